"""What is certain already, although answers are missing: a flag that no answer could lower is raised at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

from designtool.expressions.evaluate import Evaluation, Reference, present_reads, tree_of
from designtool.expressions.expression import Environment, Expression, Type, Value
from designtool.expressions.types import (
    NUMBER,
    arithmetic_type,
    call_type,
    comparison_outcomes,
    joined,
    negated,
    number_type,
)

_MOST_COMPLETIONS = 4_096
"""Up to so many ways to answer what is missing are tried one by one; beyond, ranges decide."""


def certainly_true(
    expression: Expression | Sequence[Any], environment: Environment, domains: Mapping[Reference, Type]
) -> bool:
    """True for a condition that holds now, or will whatever is answered where an answer is missing.

    `domains` gives what each missing answer can be. One that has no domain stays missing. Every completion is tried
    when they are few; otherwise ranges decide, which never says true wrongly.
    """
    tree = tree_of(expression)
    evaluation = Evaluation(environment, {})
    known = evaluation.value(tree)
    if known is not None:
        return known is True
    absent = sorted({reference for reference in present_reads(tree) if evaluation.present(*reference) is None})
    open_ones = [reference for reference in absent if reference in domains]
    if not open_ones:
        return False
    ways = [_possible_values(domains[reference]) for reference in open_ones]
    if 0 < prod(map(len, ways)) <= _MOST_COMPLETIONS:
        return all(
            Evaluation(environment, dict(zip(open_ones, values, strict=True))).value(tree) is True
            for values in product(*ways)
        )
    return _outcomes(tree, evaluation, {reference: domains[reference] for reference in open_ones}) == {True}


def possible_numbers(
    expression: Expression | Sequence[Any], environment: Environment, domains: Mapping[Reference, Type]
) -> Type | None:
    """The numbers that it can come to, whatever is answered where an answer is missing; None where it can stay missing.

    `domains` and the ways to answer are those of `certainly_true`.
    """
    tree = tree_of(expression)
    evaluation = Evaluation(environment, {})
    absent = sorted({reference for reference in present_reads(tree) if evaluation.present(*reference) is None})
    open_ones = [reference for reference in absent if reference in domains]
    if not open_ones:
        return None
    ways = [_possible_values(domains[reference]) for reference in open_ones]
    if not 0 < prod(map(len, ways)) <= _MOST_COMPLETIONS:
        return _range(tree, evaluation, {reference: domains[reference] for reference in open_ones})
    numbers = [
        Evaluation(environment, dict(zip(open_ones, values, strict=True))).number(tree) for values in product(*ways)
    ]
    known = [number for number in numbers if number is not None]
    return number_type(known) if len(known) == len(numbers) else None


def _possible_values(type: Type) -> tuple[Value, ...]:
    """All values of a type, where they are few; none where they are not known one by one."""
    if type.kind == "truth":
        return (False, True)
    return type.options if type.kind == "choice" else type.values


def _outcomes(tree: Sequence[Any], evaluation: Evaluation, domains: Mapping[Reference, Type]) -> set[bool | None]:
    """What a condition can come to, by ranges: at least every outcome that really can happen."""
    operator = tree[0]
    anything: set[bool | None] = {True, False, None}
    if operator in ("and", "or"):
        parts = [_outcomes(part, evaluation, domains) for part in tree[1:]]
        settles = operator == "or"
        if any(part == {settles} for part in parts):
            return {settles}
        return {not settles} if all(part == {not settles} for part in parts) else anything
    if operator == "not":
        return {None if part is None else not part for part in _outcomes(tree[1], evaluation, domains)}
    known = evaluation.value(tree)
    if isinstance(known, bool) and not any(reference in domains for reference in present_reads(tree)):
        return {known}
    if operator in ("==", "!=", "<", "<=", ">", ">="):
        a, b = (_range(part, evaluation, domains) for part in tree[1:])
        return anything if a is None or b is None else set(comparison_outcomes(operator, a, b))
    return anything


def _range(tree: Sequence[Any], evaluation: Evaluation, domains: Mapping[Reference, Type]) -> Type | None:
    """The numbers that a tree can come to once what has a domain is answered; None where it can stay missing."""
    operator = tree[0]
    if operator == "ref" and (tree[1], tree[2]) in domains:
        domain = domains[tree[1], tree[2]]
        return domain if domain.kind == "number" else None
    if not any(reference in domains for reference in present_reads(tree)):
        value = evaluation.value(tree)
        return number_type((value,)) if isinstance(value, Fraction) else None
    if operator in ("+", "-", "*", "/"):
        a, b = (_range(part, evaluation, domains) for part in tree[1:])
        if (
            a is None
            or b is None
            or (operator == "/" and True in comparison_outcomes("==", b, number_type((Fraction(0),))))
        ):
            return None
        return arithmetic_type(operator, a, b)
    if operator == "negate":
        inner = _range(tree[1], evaluation, domains)
        return None if inner is None else negated(inner)
    if operator == "if":
        a, b = (_range(part, evaluation, domains) for part in tree[2:])
        decided = None not in _outcomes(tree[1], evaluation, domains)
        return joined((a, b)) if decided and a is not None and b is not None else None
    if operator == "call":
        return _call_range(tree, evaluation, domains)
    return None


def _call_range(tree: Sequence[Any], evaluation: Evaluation, domains: Mapping[Reference, Type]) -> Type | None:
    name, trees = tree[1], tree[2:]
    if name in ("round", "ceil_to"):
        inner = _range(trees[0], evaluation, domains)
        return None if inner is None else call_type(name, [(inner, False)], trees)
    if name not in ("sum", "mean", "min", "max") or any(part[0] in ("column", "cells") for part in trees):
        return None
    # What stays missing is left out of these, so the rest alone decides; and all of the rest is answered.
    parts = [part for tree in trees if (part := _range(tree, evaluation, domains)) is not None]
    if len(parts) < len(trees) or not parts:
        return None
    if name != "sum":
        return _aggregate_range(name, parts)
    total = parts[0]
    for part in parts[1:]:
        total = arithmetic_type("+", total, part)
    return total


def _aggregate_range(name: str, parts: Sequence[Type]) -> Type:
    if name == "mean":
        total = parts[0]
        for part in parts[1:]:
            total = arithmetic_type("+", total, part)
        return arithmetic_type("/", total, number_type((Fraction(len(parts)),)))
    lows = [part.low for part in parts if part.low is not None]
    highs = [part.high for part in parts if part.high is not None]
    if len(lows) < len(parts) or len(highs) < len(parts):
        return NUMBER
    pick: Callable[[list[Fraction]], Fraction] = min if name == "min" else max
    return Type("number", low=pick(lows), high=pick(highs))
