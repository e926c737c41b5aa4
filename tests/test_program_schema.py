"""schemas/program-representation.schema.json says of a program's JSON what the codec does: kept up to date, and held to it."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from case_files import compiled
from jsonschema import Draft202012Validator

from designtool import resources
from designtool.load import document
from designtool.model.codec import NotAProgram, decode_program, encode_program
from designtool.model.program_schema import program_schema
from designtool.workspace import compile_workspace

SCHEMA_FILE = resources.folder("schemas") / "program-representation.schema.json"
REPOSITORY = Path(__file__).parents[1]
PACKAGE = Path(document.__file__).parents[1]
DESCRIBED_IN = (*sorted((PACKAGE / "model").glob("*.py")), PACKAGE / "expressions" / "expression.py")
PROGRAMS = ("exempel", "depressionshjalpen", "somnbehandlingen")


@cache
def programs() -> dict[str, Any]:
    """The JSON of the minimal program and of both real ones."""
    real = compile_workspace(REPOSITORY, date(2026, 11, 21)).programs
    made = [one.program for one in (*compiled({}).programs, *real) if one.program is not None]
    return {program.id: encode_program(program) for program in made}


def docstrings() -> dict[str, str]:
    """What is written under a class and under its fields, by `Class` and `Class.field`."""
    found: dict[str, str] = {}
    for path in (*DESCRIBED_IN, Path(document.__file__)):
        for kind in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            # Of the loaded documents, running text alone is a part of programs.
            if not isinstance(kind, ast.ClassDef) or (path.name == "document.py" and kind.name != "Inline"):
                continue
            own = ast.get_docstring(kind)
            if own is not None:
                found[kind.name] = _one_line(own)
            for field, below in zip(kind.body, kind.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    text = below.value if isinstance(below, ast.Expr) else None
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        found[f"{kind.name}.{field.target.id}"] = _one_line(text.value)
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def schema() -> dict[str, Any]:
    written: dict[str, Any] = json.loads(SCHEMA_FILE.read_bytes())
    return written


@cache
def fast() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(), offline=True)


def is_taken(value: Any) -> bool:
    """What both validators say."""
    answer = fast().is_valid(value)
    assert answer == Draft202012Validator(schema()).is_valid(value), "the validators disagree"
    return answer


def is_decoded(value: Any) -> bool:
    try:
        decode_program(value)
    except NotAProgram:
        return False
    return True


def test_the_file_is_what_the_classes_say(request: pytest.FixtureRequest) -> None:
    text = json.dumps(program_schema(docstrings()), ensure_ascii=False, indent=2) + "\n"
    if request.config.getoption("--update"):
        SCHEMA_FILE.write_text(text, encoding="utf-8")
    assert SCHEMA_FILE.read_text(encoding="utf-8") == text, "run pytest tests/test_program_schema.py --update"


def test_it_is_a_schema_whose_references_lead_somewhere() -> None:
    Draft202012Validator.check_schema(schema())
    jsonschema_rs.meta.validate(schema())
    used = {reference.removeprefix("#/$defs/") for reference in references(schema())}
    assert used == set(schema()["$defs"])


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_class_and_what_is_not_plain_is_described() -> None:
    """The words come from docstrings: a few at least must be where they belong."""
    definitions = schema()["$defs"]
    assert schema()["properties"]["crisis_page"]["description"].startswith("Id of the library page")
    assert definitions["score"]["properties"]["reverse"]["description"].startswith("Items that count backwards")
    assert definitions["inline"]["description"].startswith("A piece of running text.")
    assert definitions["decision"]["properties"]["bands"]["items"] == {"$ref": "#/$defs/step-band"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_taken(name: str) -> None:
    program = programs()[name]
    assert [error.message for error in Draft202012Validator(schema()).iter_errors(program)] == []
    assert is_taken(program)
    assert '"span"' not in json.dumps(program), "places in the author's files are no part of a program"


def test_what_a_later_format_adds_is_kept() -> None:
    program = changed((), lambda found: {**found, "further": {"a": [1, None]}})
    assert is_decoded(program)
    assert is_taken(program)


# Values of another type than any field's; what takes any JSON takes them, in the codec as in the schema.
WRONG: tuple[Any, ...] = (None, True, 7, "ord", [], {}, [[1]], {"a": {}}, "4/6", 2.5)


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield way
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*way, key))


def changed(way: tuple[str | int, ...], change: Any) -> Any:
    program = copy.deepcopy(programs()["exempel"])
    if not way:
        return change(program)
    around = program
    for key in way[:-1]:
        around = around[key]
    around[way[-1]] = change(around[way[-1]])
    return program


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_value_of_another_type_is_refused_by_both_or_by_neither(wrong: Any) -> None:
    refused = 0
    for way in places(programs()["exempel"]):
        program = changed(way, lambda _: wrong)
        # A fraction that can be shortened is no matter of form.
        if wrong == "4/6" and not is_decoded(program) and fast().is_valid(program):
            continue
        assert fast().is_valid(program) == is_decoded(program), (way, wrong)
        refused += not is_decoded(program)
    assert refused > 20


def test_a_missing_field_is_refused_by_both_or_by_neither() -> None:
    refused = 0
    for way in places(programs()["exempel"]):
        if not way or not isinstance(way[-1], str):
            continue
        program = changed(way[:-1], lambda found, key=way[-1]: {k: v for k, v in found.items() if k != key})
        assert fast().is_valid(program) == is_decoded(program), way
        refused += not is_decoded(program)
    assert refused > 50


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("format",), 2),
        (("kind",), "course"),
        (("weeks",), "9"),
        (("weeks",), True),
        (("modules", 0, "pages", 0, "blocks", 0, "inlines", 0, "text"), 1),
        (("modules", 0, "pages", 0, "blocks"), {}),
        (("questionnaires", 0, "scores", 0, "high"), "27"),
        (("questionnaires", 0, "scores", 0, "high"), 2**53),
        (("questionnaires", 0, "scores", 0, "high"), 4.5),
        (("questionnaires", 0, "scores", 0, "method"), "median"),
        (("questionnaires", 0, "items", 0, "options", 0, "value"), None),
    ],
)
def test_what_the_codec_refuses_for_its_form_the_schema_refuses(way: tuple[str | int, ...], value: Any) -> None:
    program = changed(way, lambda _: value)
    assert not is_decoded(program)
    assert not is_taken(program)
