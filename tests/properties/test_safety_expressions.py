"""Claims of the compiler against every possible answer, and three-valued logic against its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from treatment_samples import forms_of

from designtool.diagnostics import Span
from designtool.expressions import compile_expression, evaluate
from designtool.expressions.expression import Environment, Expression, Record, Scope, TimeOfDay
from designtool.expressions.types import MOST_BITS
from designtool.treatment.records import fill

START = date(2026, 1, 12)
FORM = """
title: Prov
kind: worksheet
fields:
  - {id: a, type: scale, label: A, min: 0, max: 3}
  - {id: b, type: integer, label: B, min: -2, max: 1}
  - {id: c, type: scale, label: C, min: 1, max: 3, show_if: sant, when_hidden: 0}
  - {id: d, type: integer, label: D, min: 2, max: 3, show_if: sant, when_hidden: 7}
  - {id: sant, type: yes-no, label: S}
  - {id: ord, type: choice, label: O, options: [{value: x, label: X}, {value: y, label: Y}]}
  - {id: fran, type: time, label: F}
  - {id: till, type: time, label: T}
computed:
  - {id: ab, label: AB, value: a + b}
"""
_, (PROV,), SCOPE = forms_of({}, {"prov": ("", FORM)})
POSSIBLE: dict[str, tuple[Any, ...]] = {
    "a": (None, 0, 1, 3),
    "b": (None, -2, 0, 1),
    "c": (None, 1, 3),
    "d": (None, 2, 3),
    "sant": (None, True, False),
}


def compiled(text: str) -> tuple[Expression | None, set[str]]:
    expression, found = compile_expression(
        text, Scope(SCOPE.forms, "prov"), Span("x.yaml", 1, 1, 1, 1 + len(text)), "truth"
    )
    return expression, {one.rule for one in found}


def environments(text: str) -> Iterator[Environment]:
    """Every way to fill in the fields that a text names, shown and hidden, with an earlier copy of the same."""
    named = [
        name for name in POSSIBLE if name in text.replace("abs", "").replace("ab", "a b").split() or name == "sant"
    ]
    for values in product(*(POSSIBLE[name] for name in named)):
        yield environment({name: value for name, value in zip(named, values, strict=True) if value is not None})


def environment(answers: Mapping[str, Any], earlier: Mapping[str, Any] | None = None) -> Environment:
    before = fill(PROV, earlier or {"a": 3, "b": -2, "c": 1}, Environment(START, START), True, START)
    around = Environment(START + timedelta(days=8), START, {"prov": (before.record(START, None),)})
    return fill(PROV, answers, around, False, around.today).around


numbers = st.recursive(
    st.sampled_from(["a", "b", "c", "d", "ab", "0", "1", "2.5", "7"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda p: f"( {p[0]} {p[1]} {p[2]} )"),
        inner.map(lambda one: f"( - {one} )"),
        st.tuples(st.sampled_from(["sum", "mean", "min", "max"]), inner, inner).map(
            lambda p: f"{p[0]}( {p[1]} , {p[2]} )"
        ),
        inner.map(lambda one: f"round( {one} )"),
        inner.map(lambda one: f"ceil_to( {one} , 2 )"),
        st.sampled_from(["count_answered( a , b , c )", "count( sant , a > 1 )", "change( a )", "previous( c )"]),
        st.tuples(inner, inner).map(lambda p: f"if( sant , {p[0]} , {p[1]} )"),
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(numbers, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers)
def test_what_is_called_always_or_never_true_is_so_for_every_answer(left: str, operator: str, right: str) -> None:
    text = f"{left} {operator} {right}"
    expression, rules = compiled(text)
    claims = rules & {"condition-always-true", "condition-never-true"}
    if expression is not None or not claims:
        return
    # A claim inside another is about its own comparison; this text has one comparison besides those in `count`.
    a, b = compiled_number(left), compiled_number(right)
    if a is None or b is None:
        return
    for around in environments(text):
        x, y = evaluate(a, around), evaluate(b, around)
        if x is None or y is None:
            continue
        assert isinstance(x, Fraction)
        assert isinstance(y, Fraction)
        holds = {"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]
        assert holds is ("condition-always-true" in claims), (text, x, y)


def compiled_number(text: str) -> Expression | None:
    return compile_expression(text, Scope(SCOPE.forms, "prov"), Span("x.yaml", 1, 1, 1, 1 + len(text)), "number")[0]


@pytest.mark.parametrize("text", ["c == 0", "c < 1", "d == 7", "d > 3", "c + d == 7"])
def test_what_a_hidden_field_counts_as_can_be_asked_for(text: str) -> None:
    expression, rules = compiled(text)
    assert expression is not None, rules
    assert evaluate(expression, environment({"sant": False})) is True
    assert evaluate(expression, environment({"sant": True, "c": 2, "d": 2})) is False


# The tables

T, F, U = True, False, None
LOGIC = {
    "and": {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U},
    "or": {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U},
}


def value(text: str, answers: Mapping[str, Any]) -> Any:
    expression, found = compile_expression(text, Scope(SCOPE.forms, "prov"), Span("x.yaml", 1, 1, 1, 1 + len(text)))
    assert expression is not None, found
    return evaluate(expression, environment(answers))


@pytest.mark.parametrize("operator", sorted(LOGIC))
def test_and_and_or_have_their_tables(operator: str) -> None:
    words = {T: "a == 1", F: "a == 2", U: "b == 1"}
    for (x, y), result in LOGIC[operator].items():
        assert value(f"{words[x]} {operator} {words[y]}", {"a": 1}) is result
    assert [value(f"not ({word})", {"a": 1}) for word in words.values()] == [F, T, U]


@pytest.mark.parametrize(
    ("text", "answers", "result"),
    [
        ("a == b", {"a": 1}, None),
        ("a != b", {"a": 1}, None),
        ("a + b", {"a": 1}, None),
        ("a / b", {"a": 1, "b": 0}, None),
        ("a / b", {"a": 0, "b": 0}, None),
        ("a / b > 1 or a == 1", {"a": 1, "b": 0}, True),
        ("sum(a, b)", {"a": 1}, 1),
        ("sum(a, b)", {}, None),
        ("mean(a, b)", {"a": 3}, 3),
        ("min(a, b)", {"b": -2}, -2),
        ("max(a, b)", {}, None),
        ("count_answered(a, b)", {}, 0),
        ("count_answered(a, b)", {"a": 0}, 1),
        ("count(sant, a > 1)", {}, None),
        ("count(sant, a > 1)", {"sant": False}, 0),
        ("count(sant, a > 1)", {"sant": True, "a": 3}, 2),
        ("answered(a)", {}, False),
        ("missing(a)", {}, True),
        ("answered(a / b)", {"a": 1, "b": 0}, False),
        ("a in (1, 2)", {"a": 3}, False),
        ("a in (1, b)", {"a": 1}, True),
        ("a in (0, b)", {"a": 1}, None),
        ("a not in (0, b)", {"a": 1}, None),
        ("ord in ('x', 'y')", {"ord": "y"}, True),
        ("ord == 'x'", {}, None),
        ("if(sant, a, b)", {"a": 1, "b": 1}, None),
        ("if(sant, a, b)", {"a": 1, "sant": True}, 1),
        ("if(sant, a, b)", {"a": 1, "sant": False}, None),
        ("change(a)", {"a": 1}, -2),
        ("change(a)", {}, None),
        ("previous(a, 2)", {"a": 1}, None),
        ("baseline(a)", {}, 3),
        ("round(a / 2)", {"a": 1}, 1),
        ("round(- a / 2)", {"a": 1}, -1),
        ("round(b / 3, 2)", {"b": -2}, Fraction(-67, 100)),
        ("ceil_to(a, 2)", {"a": 3}, 4),
        ("ceil_to(b, 2)", {"b": -2}, -2),
        ("clock_span(fran, till)", {"fran": "23:00", "till": "07:00"}, 480),
        ("clock_span(fran, till)", {"fran": "07:00", "till": "07:00"}, 0),
        ("clock_span(fran, till)", {"fran": "00:00", "till": "23:59"}, 1439),
        ("clock_span(fran, till)", {"fran": "00:01", "till": "00:00"}, 1439),
        ("clock_span(fran, till)", {"fran": "00:01"}, None),
        ("fran + 120", {"fran": "23:00"}, TimeOfDay(60)),
        ("fran - 120", {"fran": "01:00"}, TimeOfDay(1380)),
        ("fran - a / 2", {"fran": "00:00", "a": 1}, TimeOfDay(1439)),
        ("fran < till", {"fran": "23:00", "till": "01:00"}, False),
        ("week()", {}, 2),
    ],
)
def test_what_is_missing_is_never_taken_for_a_number(text: str, answers: dict[str, Any], result: Any) -> None:
    found = value(text, answers)
    assert found == result
    assert type(found) is type(result) or isinstance(found, Fraction)


@pytest.mark.parametrize("operator", ["*", "+", "/"])
def test_a_number_that_grows_without_end_is_missing(operator: str) -> None:
    huge = Fraction(2**MOST_BITS - 1)
    record = Record(START, None, MappingProxyType({"a": huge, "b": Fraction(1, 2**MOST_BITS - 1)}))
    around = Environment(START, START, own="prov", draft=record)
    ref_a, ref_b = ["ref", "prov", "a"], ["ref", "prov", "b"]
    assert evaluate(ref_a, around) == huge
    assert evaluate([operator, ref_a, ref_a if operator != "/" else ref_b], around) is None
    assert evaluate([">", [operator, ref_a, ref_a if operator != "/" else ref_b], ["number", "0"]], around) is None
    assert evaluate(["call", "sum", ref_a, ref_a], around) is None


@pytest.mark.parametrize(
    "text", ["(" * 5000, "not " * 5000 + "sant", "a" + " + a" * 5000, "-" * 9000 + "a", "if(" * 900]
)
def test_depth_and_size_are_a_message(text: str) -> None:
    expression, found = compile_expression(text, Scope(SCOPE.forms, "prov"), Span("x.yaml", 1, 1, 1, 1 + len(text)))
    assert expression is None
    assert found
