"""Whether a tree is one that the compiler could have made: what comes from elsewhere is asked before it is worked out.

It is a question of form alone. Names may lead nowhere and values be of another kind: an evaluator gives "missing" for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from designtool.expressions.expression import Type
from designtool.expressions.types import FUNCTIONS
from designtool.expressions.values import WrongValue, from_json

_NUMBER = re.compile(r"-?[0-9]{1,200}(?:/[0-9]{1,200})?")
_MOST_DAYS = 1000
_MOST_BACK = 1000
_MOST_DIGITS = 6


def is_well_formed(tree: Any) -> bool:
    """True for a tree that every evaluator can work out, on any answers."""
    kind = _kind(tree)
    return kind in _SHAPES and _SHAPES[kind](tree)


def _kind(tree: Any) -> str:
    is_tree = isinstance(tree, list | tuple) and len(tree) > 0 and isinstance(tree[0], str)
    return tree[0] if is_tree else ""


def _all(trees: Sequence[Any]) -> bool:
    return all(is_well_formed(tree) for tree in trees)


def _branches(least: int, most: int | None = None) -> Callable[[Any], bool]:
    return lambda tree: least <= len(tree) - 1 <= (most or len(tree)) and _all(tree[1:])


def _names(count: int) -> Callable[[Any], bool]:
    return lambda tree: len(tree) == count + 1 and all(isinstance(name, str) for name in tree[1:])


def _written(kind: Any) -> Callable[[Any], bool]:
    """A day or a clock time as the author wrote it."""

    def check(tree: Any) -> bool:
        if len(tree) != 2 or not isinstance(tree[1], str):
            return False
        try:
            return from_json(Type(kind), tree[1]) is not None
        except WrongValue:
            return False

    return check


def _number(tree: Any) -> bool:
    return _value(tree) is not None


def _value(tree: Any) -> Fraction | None:
    if _kind(tree) != "number" or len(tree) != 2 or not isinstance(tree[1], str) or not _NUMBER.fullmatch(tree[1]):
        return None
    try:
        return Fraction(tree[1])
    except ZeroDivisionError:
        return None


def _is_days(days: Any) -> bool:
    return type(days) is int and 1 <= days <= _MOST_DAYS


def _entries(tree: Any) -> bool:
    return len(tree) == 3 and isinstance(tree[1], str) and _is_days(tree[2])


def _column(tree: Any) -> bool:
    return (
        len(tree) == 5
        and isinstance(tree[1], str)
        and _is_days(tree[2])
        and isinstance(tree[3], str)
        and isinstance(tree[4], list | tuple)
        and all(isinstance(name, str) for name in tree[4])
    )


def _listed(tree: Any) -> bool:
    """What stands where many values may stand."""
    kind = _kind(tree)
    return _column(tree) if kind == "column" else _names(3)(tree) if kind == "cells" else is_well_formed(tree)


def _call(tree: Any) -> bool:
    if len(tree) < 2 or not isinstance(tree[1], str) or tree[1] not in FUNCTIONS or tree[1] == "if":
        return False
    function, arguments = FUNCTIONS[tree[1]], tree[2:]
    if function.values:
        return len(arguments) > 0 and all(_listed(argument) for argument in arguments)
    if not function.least <= len(arguments) <= len(function.parameters):
        return False
    return all(
        _PARAMETERS.get(parameter, is_well_formed)(argument)
        for parameter, argument in zip(function.parameters, arguments, strict=False)
    )


def _written_number(allowed: Callable[[Fraction], bool]) -> Callable[[Any], bool]:
    def check(tree: Any) -> bool:
        number = _value(tree)
        return number is not None and allowed(number)

    return check


def _remembered(tree: Any) -> bool:
    return _kind(tree) == "ref" and _names(2)(tree)


_PARAMETERS: dict[str, Callable[[Any], bool]] = {
    "present": _remembered,
    "history": _remembered,
    "whole": _written_number(lambda number: number.denominator == 1 and 1 <= number <= _MOST_BACK),
    "digits": _written_number(lambda number: number.denominator == 1 and 0 <= number <= _MOST_DIGITS),
    "step": _written_number(lambda number: number > 0),
}
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "number": _number,
    "text": _names(1),
    "date": _written("date"),
    "time": _written("time"),
    "ref": _names(2),
    "extra": _names(1),
    "entries": _entries,
    "and": _branches(1),
    "or": _branches(1),
    "not": _branches(1, 1),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _branches(2, 2)),
    "in": _branches(2),
    "member": _branches(2, 2),
    **dict.fromkeys(("+", "-", "*", "/"), _branches(2, 2)),
    "negate": _branches(1, 1),
    "later": _branches(2, 2),
    "earlier": _branches(2, 2),
    "if": _branches(3, 3),
    "call": _call,
}
