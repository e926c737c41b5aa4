"""Conditions and sums that are written otherwise and come to the same by the rules of logic and arithmetic alone.

The rules hold for what is unknown, too: `not (a < b)` is unknown exactly when `a >= b` is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

Tree = Sequence[Any]
ARITHMETIC = frozenset({"+", "-", "*", "/", "negate", "number"})


_OPPOSITE: Mapping[str, str] = MappingProxyType({"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"})
_MIRRORED: Mapping[str, str] = MappingProxyType({">": "<", ">=": "<="})
_BOTH: Mapping[str, str] = MappingProxyType({"and": "or", "or": "and"})


def normal_form(tree: Tree) -> Tree:
    """The same condition, in the one way in which all that come to the same by the rules of logic are written."""
    operator = tree[0]
    if operator == "not":
        return _negated(tree[1])
    if operator in _BOTH:
        return _joined(operator, [normal_form(part) for part in tree[1:]])
    if operator in _OPPOSITE:
        return _comparison(operator, tree[1], tree[2])
    return tree


def _negated(tree: Tree) -> Tree:
    operator = tree[0]
    if operator == "not":
        return normal_form(tree[1])
    if operator in _BOTH:
        return _joined(_BOTH[operator], [_negated(part) for part in tree[1:]])
    if operator in _OPPOSITE:
        return _comparison(_OPPOSITE[operator], tree[1], tree[2])
    return ("not", tree)


def _comparison(operator: str, left: Tree, right: Tree) -> Tree:
    if operator in _MIRRORED:
        return (_MIRRORED[operator], right, left)
    if operator in ("==", "!=") and repr(right) < repr(left):
        return (operator, right, left)
    return (operator, left, right)


def _joined(operator: str, parts: list[Tree]) -> Tree:
    """One of a kind, in one order, without another of the same operator inside."""
    flat = [inner for part in parts for inner in (part[1:] if part[0] == operator else (part,))]
    ordered = sorted({repr(part): part for part in flat}.items())
    return ordered[0][1] if len(ordered) == 1 else (operator, *(part for _, part in ordered))


def sum_of_terms(tree: Tree) -> Mapping[str, Fraction]:
    """The terms, without a number that adds nothing."""
    return {name: count for name, count in _terms(tree).items() if name or count}


def _terms(tree: Tree) -> Mapping[str, Fraction]:
    """A sum as its terms, each by how often it counts; of a number that stands alone, the term has no name.

    A term that is taken away again stays as nothing: without it there is no value, either.
    """
    operator = tree[0]
    if operator == "number":
        return {"": Fraction(tree[1])}
    if operator == "negate":
        return {name: -count for name, count in _terms(tree[1]).items()}
    if operator in ("+", "-"):
        found = dict(_terms(tree[1]))
        for name, count in _terms(tree[2]).items():
            found[name] = found.get(name, Fraction(0)) + (count if operator == "+" else -count)
        return found
    if operator in ("*", "/"):
        left, right = _terms(tree[1]), _terms(tree[2])
        if set(left) == {""} and operator == "*":
            left, right = right, left
        if set(right) == {""} and (operator == "*" or right[""]):
            factor = right[""] if operator == "*" else 1 / right[""]
            return {name: count * factor for name, count in left.items()}
    return {repr(tree): Fraction(1)}
