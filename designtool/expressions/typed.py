"""A compiled piece on its way to a tree, and the words for its kind in messages."""

from __future__ import annotations

from typing import Any, NamedTuple

from designtool.diagnostics import Text
from designtool.expressions.expression import Type


class Typed(NamedTuple):
    """A compiled piece. None in its place means: a mistake in it has been reported."""

    tree: Any
    type: Type
    many: bool = False
    """True for a list of values of this type: a column."""


_KINDS: dict[str, Text] = {
    "truth": Text("ett villkor (sant eller falskt)", "a condition (true or false)"),
    "number": Text("ett tal", "a number"),
    "text": Text("en text", "a text"),
    "date": Text("ett datum", "a date"),
    "time": Text("ett klockslag", "a clock time"),
    "choice": Text("ett val ur en lista", "a choice from a list"),
    "choices": Text("flera val ur en lista", "several choices from a list"),
    "rows": Text("en lista med rader", "a list of rows"),
}


def kind_sv(kind: str) -> str:
    return _KINDS[kind].sv


def kind_en(kind: str) -> str:
    return _KINDS[kind].en


def found_words(type: Type) -> dict[str, str]:
    return {"found": kind_sv(type.kind), "found_en": kind_en(type.kind)}


def unit_words(a: Type, b: Type, of_time: str = "") -> dict[str, str]:
    sv = {"minutes": "minuter", "percent": "procent"}
    first, second = a.unit or of_time, b.unit
    return {"a": sv[first], "b": sv[second], "a_en": first, "b_en": second}
