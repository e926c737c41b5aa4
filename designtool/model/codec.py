"""The one JSON form of a Program.

Fields are written in their dataclass's order of names, defaults left out, so that a program without some feature reads as
if the feature did not exist, and a reader fills the default in. Numbers that are no small integers are text (`"27/2"`).
Places in the author's files are not part of it.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from designtool.model.program import FORMAT, Program

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that JSON readers keep exactly."""
_DEEPEST = 200


class NotAProgram(Exception):
    """The JSON does not describe a program of a format that this designtool reads."""


def encode_program(program: Program) -> dict[str, Any]:
    encoded: dict[str, Any] = encode_value(program)
    return encoded


def decode_program(data: Any) -> Program:
    """Raises NotAProgram for anything that `encode_program` does not write. Keys that it does not know are passed over:
    a later minor format may have them."""
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise NotAProgram("/: a program is an object with a format number")
    if data["format"] > FORMAT:
        raise NotAProgram(f"/format: format {data['format']} is newer than this designtool reads ({FORMAT})")
    program: Program = _decoder(Program)(data, "", 0)
    return program


def encode_fraction(number: Fraction) -> int | str:
    """An integer when it is one that JSON keeps exactly, else `numerator/denominator` as text."""
    if number.denominator == 1 and abs(number.numerator) <= LARGEST_INTEGER:
        return number.numerator
    return f"{number.numerator}/{number.denominator}"


def decode_fraction(value: Any) -> Fraction:
    """Raises ValueError for what `encode_fraction` does not write."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{value!r} is no number")
    if isinstance(value, str) and (len(value) > 200 or not value.isascii()):
        raise ValueError("not a number")
    try:
        number = Fraction(value)
    except ZeroDivisionError as error:
        raise ValueError("division by zero") from error
    if encode_fraction(number) != value:
        raise ValueError(f"{value!r} is not in its shortest form")
    return number


def encode_value(value: Any) -> Any:
    """One value of a program as JSON."""
    if isinstance(value, Fraction):
        return encode_fraction(value)
    if is_dataclass(value):
        return {
            name: encode_value(content)
            for name, default in encoded_fields(type(value))  # type: ignore[arg-type]
            if (content := getattr(value, name)) is not None and not _is_default(content, default)
        }
    if isinstance(value, Mapping):
        return {key: encode_value(content) for key, content in value.items()}
    if isinstance(value, tuple | list):
        return [encode_value(content) for content in value]
    if isinstance(value, float):
        return encode_fraction(Fraction(repr(value)))
    return value


def _is_default(content: Any, default: Any) -> bool:
    return default is not MISSING and type(content) is type(default) and content == default


@cache
def encoded_fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """Name and default of each field that is written; a default that is None or absent is given as MISSING."""
    return tuple(
        (
            field.name,
            field.default_factory()
            if field.default_factory is not MISSING
            else (MISSING if field.default is None else field.default),
        )
        for field in sorted(fields(kind), key=lambda field: field.name)
        if field.metadata.get("codec") != "skip"
    )


_Decoder = Callable[[Any, str, int], Any]


@cache
def _decoder(annotation: Any) -> _Decoder:
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if is_dataclass(annotation):
        return _dataclass_decoder(annotation)  # type: ignore[arg-type]
    if annotation is Any:
        return _any_value
    if annotation is Fraction:
        return _fraction
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, types.UnionType):
        return _union_decoder(arguments)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(arguments[1])
    return _plain(annotation)


def _dataclass_decoder(kind: type) -> _Decoder:
    hints: dict[str, Any] | None = None
    names = {name for name, _ in encoded_fields(kind)}
    needed = {
        field.name
        for field in fields(kind)
        if field.name in names and field.default is MISSING and field.default_factory is MISSING
    }
    optional: set[str] = set()

    def decode(data: Any, where: str, depth: int) -> Any:
        nonlocal hints
        if hints is None:  # Not before the first use: a block's children are blocks.
            hints = {name: _decoder(hint) for name, hint in get_type_hints(kind).items() if name in names}
            optional.update(name for name, hint in get_type_hints(kind).items() if type(None) in get_args(hint))
        if not isinstance(data, dict):
            raise NotAProgram(f"{where}: expected an object")
        if depth > _DEEPEST:
            raise NotAProgram(f"{where}: nested too deep")
        values = {
            name: hints[name](content, f"{where}/{name}", depth + 1) for name, content in data.items() if name in names
        }
        for name in needed - values.keys():
            if name not in optional:
                raise NotAProgram(f"{where}: {name} is missing")
            values[name] = None
        return kind(**values)

    return decode


def _union_decoder(arguments: tuple[Any, ...]) -> _Decoder:
    decoders = [_decoder(argument) for argument in arguments if argument is not type(None)]

    def decode(data: Any, where: str, depth: int) -> Any:
        problem: NotAProgram | None = None
        for decoder in decoders:
            try:
                return decoder(data, where, depth)
            except NotAProgram as error:
                problem = error
        raise problem or NotAProgram(f"{where}: no value")

    return decode


def _tuple_decoder(arguments: tuple[Any, ...]) -> _Decoder:
    if len(arguments) == 2 and arguments[1] is ...:
        item = _decoder(arguments[0])

        def decode_list(data: Any, where: str, depth: int) -> Any:
            if not isinstance(data, list):
                raise NotAProgram(f"{where}: expected a list")
            return tuple(item(content, f"{where}/{index}", depth + 1) for index, content in enumerate(data))

        return decode_list
    decoders = [_decoder(argument) for argument in arguments]

    def decode_fixed(data: Any, where: str, depth: int) -> Any:
        if not isinstance(data, list) or len(data) != len(decoders):
            raise NotAProgram(f"{where}: expected a list of {len(decoders)}")
        return tuple(
            decoder(content, f"{where}/{index}", depth + 1)
            for index, (decoder, content) in enumerate(zip(decoders, data, strict=True))
        )

    return decode_fixed


def _mapping_decoder(of: Any) -> _Decoder:
    item = _decoder(of)

    def decode(data: Any, where: str, depth: int) -> Any:
        if not isinstance(data, dict):
            raise NotAProgram(f"{where}: expected an object")
        return types.MappingProxyType(
            {key: item(content, f"{where}/{key}", depth + 1) for key, content in data.items()}
        )

    return decode


def _fraction(data: Any, where: str, depth: int) -> Any:
    try:
        return decode_fraction(data)
    except ValueError as error:
        raise NotAProgram(f"{where}: {error}") from error


def _one_of(values: tuple[Any, ...]) -> _Decoder:
    def decode(data: Any, where: str, depth: int) -> Any:
        if not isinstance(data, str) or data not in values:
            raise NotAProgram(f"{where}: expected one of {', '.join(values)}")
        return data

    return decode


def _plain(kind: type) -> _Decoder:
    def decode(data: Any, where: str, depth: int) -> Any:
        if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
            raise NotAProgram(f"{where}: expected {kind.__name__}")
        return data

    return decode


def _any_value(data: Any, where: str, depth: int) -> Any:
    """JSON as it is, with lists frozen to tuples: answers of journeys, trees of expressions."""
    if depth > _DEEPEST:
        raise NotAProgram(f"{where}: nested too deep")
    if isinstance(data, list):
        return tuple(_any_value(content, where, depth + 1) for content in data)
    if isinstance(data, dict):
        return types.MappingProxyType({key: _any_value(content, where, depth + 1) for key, content in data.items()})
    if isinstance(data, float):
        raise NotAProgram(f"{where}: a number that is no integer stands as text")
    return data
