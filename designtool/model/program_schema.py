"""The JSON Schema of the Program's JSON, read off the dataclasses that `model.codec` writes.

It says what `decode_program` says of types, names and lists. That an expression's tree can be evaluated, or that a name leads
anywhere, is not a question of form.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from designtool.model.codec import LARGEST_INTEGER, encode_value, encoded_fields
from designtool.model.program import FORMAT, Program

Schema = dict[str, Any]

_NUMBER: Schema = {
    "description": "An exact number: an integer, or numerator/denominator in its lowest terms.",
    "type": ["integer", "string"],
    "minimum": -LARGEST_INTEGER,
    "maximum": LARGEST_INTEGER,
    "pattern": "^-?[1-9][0-9]*/[1-9][0-9]*$",
    "maxLength": 200,
}
_VALUE: Schema = {
    "description": "Any JSON but a number that is no integer, which stands as text.",
    "type": ["null", "boolean", "integer", "string", "array", "object"],
    "items": {"$ref": "#/$defs/value"},
    "additionalProperties": {"$ref": "#/$defs/value"},
}


def program_schema(descriptions: Mapping[str, str]) -> Schema:
    """`descriptions` has English sentences by `Class` and `Class.field`: the docstrings, which only the source holds.

    Readers keep what they do not know, so no object is closed.
    """
    definitions: dict[str, Schema] = {}
    kinds: dict[str, type] = {}

    def of_dataclass(kind: type) -> Schema:
        name = _definition_name(kind.__name__)
        if name not in kinds:
            kinds[name] = kind
            definitions[name] = of_fields(kind)
        assert kinds[name] is kind, f"two classes are called {kind.__name__}"
        return {"$ref": f"#/$defs/{name}"}

    def of_fields(kind: type) -> Schema:
        hints = get_type_hints(kind)
        properties: dict[str, Schema] = {}
        for name, default in encoded_fields(kind):
            described = descriptions.get(f"{kind.__name__}.{name}")
            properties[name] = {
                **({"description": described} if described else {}),
                **of_type(hints[name]),
                **({} if default is MISSING else {"default": encode_value(default)}),
            }
        required = [
            field.name
            for field in sorted(fields(kind), key=lambda field: field.name)
            if field.name in properties
            and field.default is MISSING
            and field.default_factory is MISSING
            and type(None) not in get_args(hints[field.name])
        ]
        described = descriptions.get(kind.__name__)
        return {
            **({"description": described} if described else {}),
            "type": "object",
            **({"required": required} if required else {}),
            "properties": properties,
        }

    def of_type(annotation: Any) -> Schema:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if is_dataclass(annotation):
            return of_dataclass(annotation)  # type: ignore[arg-type]
        if annotation is Any:
            definitions["value"] = _VALUE
            return {"$ref": "#/$defs/value"}
        if annotation is Fraction:
            definitions["number"] = _NUMBER
            return {"$ref": "#/$defs/number"}
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if origin in (Union, types.UnionType):
            # None is written by leaving the field out.
            return _one_of([of_type(argument) for argument in arguments if argument is not type(None)])
        if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
            return {"type": "array", "items": of_type(arguments[0])}
        if origin is tuple:
            return {
                "type": "array",
                "prefixItems": [of_type(argument) for argument in arguments],
                "items": False,
                "minItems": len(arguments),
            }
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": of_type(arguments[1])}
        return {"type": _PLAIN[annotation]}

    program = of_fields(Program)
    program["properties"]["format"]["const"] = FORMAT
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://designtool.example/schemas/{FORMAT}/program-representation.schema.json",
        "title": "A compiled program",
        **program,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


_PLAIN: Mapping[type, str] = {str: "string", int: "integer", bool: "boolean"}


def _one_of(schemas: list[Schema]) -> Schema:
    if len(schemas) == 1:
        return schemas[0]
    assert all(schema.keys() == {"type"} for schema in schemas), "only plain types stand beside each other"
    return {"type": [schema["type"] for schema in schemas]}


def _definition_name(name: str) -> str:
    """PlannedMeasurement is `planned-measurement`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
