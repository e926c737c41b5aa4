"""What holds of every text, every well-typed expression and every set of answers."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent))

from expression_vectors import FORMS

from designtool.diagnostics import Span
from designtool.expressions import (
    WrongValue,
    certainly_true,
    compile_expression,
    evaluate,
    from_json,
    missing_in,
    to_json,
)
from designtool.expressions.expression import Environment, Expression, Record, Scope, TimeOfDay, Type, Value
from designtool.expressions.parse import Syntax, parse

SCOPE = Scope(FORMS, "dag")
PLACE = Span("f", 1, 1, 1, 2)
TODAY = date(2026, 3, 16)

WORDS = ["a", "ja", "phq9", "q1", "total", "natt", "last", "sum", "if", "and", "or", "not", "in", "==", "<", "=", "&&"]
WORDS += [
    "+",
    "-",
    "*",
    "/",
    "(",
    ")",
    ".",
    "..",
    ",",
    "0,5",
    "1.5",
    "7",
    "'ute'",
    "plats",
    "steg",
    "'",
    "tid",
    "week",
    "och",
]
TEXTS = st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


@settings(deadline=None)
@given(TEXTS)
def test_parse_gives_syntax_or_problems_within_the_text(text: str) -> None:
    found = parse(text)
    if not isinstance(found, Syntax):
        assert found
        assert all(0 <= problem.start <= problem.end <= len(text) for problem in found)


@settings(deadline=None)
@given(TEXTS)
def test_compile_gives_an_expression_or_diagnostics(text: str) -> None:
    expression, diagnostics = compile_expression(text, SCOPE, PLACE)
    assert (expression is None) == bool(diagnostics)


def numbers(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        [
            "a",
            "b",
            "noll",
            "saknad",
            "phq9.total",
            "phq9.q1",
            "7",
            "0.25",
            "0",
            "week()",
            "count(tabell)",
            "count(steg)",
            "sum(phq9.q1 .. q9)",
            "mean(natt.last(7).tst)",
            "count(natt.last(3))",
            "sum(tabell.matt)",
            "change(phq9.total)",
            "baseline(phq9.q1)",
            "previous(phq9.total, 2)",
            "this_week(phq9.total)",
            "clock_span(tid, utan_tid)",
            "days_since(dag)",
            "minutes(tid)",
            "minutes(1, a)",
            "100 * sum(natt.last(7).tst) / sum(natt.last(7).tib)",
        ]
    )
    if depth == 0:
        return leaves
    inner = numbers(depth - 1)
    return st.one_of(
        leaves,
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        inner.map(lambda part: f"-{part}"),
        st.tuples(
            st.sampled_from(["sum", "mean", "min", "max", "count_answered"]), st.lists(inner, min_size=1, max_size=3)
        ).map(lambda parts: f"{parts[0]}({', '.join(parts[1])})"),
        inner.map(lambda part: f"round({part}, 2)"),
        inner.map(lambda part: f"ceil_to({part}, 15)"),
        st.tuples(truths(depth - 1), inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    )


def truths(depth: int) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        [
            "ja",
            "nej",
            "okand",
            "answered(a)",
            "missing(saknad)",
            "(plats == 'ute')",
            "('oro' in steg)",
            "(tid < '12:00')",
            "(dag == '2026-03-10')",
            "(tid + 30 == utan_tid)",
            "(utan_plats in ('ute', 'hemma'))",
            "(phq9.q9 >= 1)",
        ]
    )
    if depth == 0:
        return leaves
    inner = truths(depth - 1)
    return st.one_of(
        leaves,
        st.tuples(inner, st.sampled_from(["and", "or", "==", "!="]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(numbers(depth - 1), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), numbers(depth - 1)).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(numbers(depth - 1), numbers(depth - 1), numbers(depth - 1)).map(
            lambda parts: f"({parts[0]} in ({parts[1]}, {parts[2]}))"
        ),
    )


def values_of(type: Type) -> st.SearchStrategy[Value]:
    some: st.SearchStrategy[Any]
    if type.kind == "number":
        some = st.sampled_from(type.values) if type.values else st.fractions(0, 27, max_denominator=12)
    elif type.kind == "truth":
        some = st.booleans()
    elif type.kind == "time":
        some = st.integers(0, 1439).map(TimeOfDay)
    elif type.kind == "date":
        some = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    elif type.kind == "choice":
        some = st.sampled_from(type.options)
    elif type.kind == "choices":
        some = st.frozensets(st.sampled_from(type.options), min_size=1)
    elif type.kind == "rows":
        row = st.fixed_dictionaries({name: values_of(column) for name, column in type.columns.items()})
        some = st.lists(row, min_size=1, max_size=3).map(tuple)
    else:
        some = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=5)
    return st.none() | some


def records_of(form: str) -> st.SearchStrategy[Record]:
    values = st.fixed_dictionaries({name: values_of(type) for name, type in FORMS[form].names.items()})
    days = st.integers(0, 20).map(lambda back: TODAY - timedelta(days=back))
    return st.builds(lambda dated, found: Record(dated, None, found), days, values)


ENVIRONMENTS = st.builds(
    lambda draft, phq9, natt: Environment(
        TODAY, date(2026, 3, 2), {"phq9": tuple(phq9), "natt": tuple(natt)}, "dag", draft
    ),
    records_of("dag"),
    st.lists(records_of("phq9"), max_size=3),
    st.lists(records_of("natt"), max_size=3),
)


def compiled(text: str) -> Expression | None:
    """None for what the compiler refuses because its outcome is settled: nothing else is wrong with these texts."""
    expression, diagnostics = compile_expression(text, SCOPE, PLACE)
    assert expression is not None or {one.rule for one in diagnostics} <= {
        "condition-always-true",
        "condition-never-true",
    }, (
        text,
        diagnostics,
    )
    return expression


@settings(deadline=None)
@given(numbers(2) | truths(3), ENVIRONMENTS)
def test_well_typed_expression_always_has_a_value_of_its_type_or_says_nothing(
    text: str, environment: Environment
) -> None:
    expression = compiled(text)
    if expression is None:
        return
    value = evaluate(expression, environment)
    assert value is None or isinstance(value, Fraction if expression.type == "number" else bool)
    if value is not None:
        assert missing_in(expression, environment) == ()
    assert set(missing_in(expression, environment)) <= set(expression.references)
    assert evaluate(json.loads(json.dumps(expression.tree)), environment) == value


@settings(deadline=None)
@given(truths(2), truths(2), truths(1), ENVIRONMENTS)
def test_laws_of_three_valued_logic(a: str, b: str, c: str, environment: Environment) -> None:
    if any(compiled(text) is None for text in (a, b, c)):
        return

    def value(text: str) -> Value:
        expression = compiled(text)
        assert expression is not None
        return evaluate(expression, environment)

    assert value(f"not ({a} and {b})") is value(f"not {a} or not {b}")
    assert value(f"not ({a} or {b})") is value(f"not {a} and not {b}")
    assert value(f"not not {a}") is value(a)
    assert value(f"{a} and {b}") is value(f"{b} and {a}")
    assert value(f"{a} or {b}") is value(f"{b} or {a}")
    assert value(f"({a} and {b}) and {c}") is value(f"{a} and {b} and {c}")
    assert value(f"{a} and ({b} or {c})") is value(f"{a} and {b} or {a} and {c}")
    assert value(f"{a} or {b} and {c}") is value(f"({a} or {b}) and ({a} or {c})")
    assert value(f"{a} and {a}") is value(a)


QUESTIONS = ["q1", "q2", "q3", "q4"]
SUMS = st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=4).map(" + ".join)
CONDITIONS = st.recursive(
    st.tuples(SUMS, st.sampled_from([">=", "<", "==", "!="]), st.integers(0, 9)).map(lambda p: f"{p[0]} {p[1]} {p[2]}"),
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
        lambda p: f"(({p[0]}) {p[1]} not ({p[2]}))"
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(CONDITIONS, st.fixed_dictionaries({name: st.none() | st.integers(0, 3) for name in QUESTIONS}), st.data())
def test_what_is_certainly_true_is_true_of_every_completion(
    text: str, answers: dict[str, int | None], data: Any
) -> None:
    expression, _ = compile_expression(text, Scope(FORMS, "phq9"), PLACE)
    if expression is None:
        return

    def around(values: dict[str, int | None]) -> Environment:
        draft = Record(TODAY, None, {name: None if v is None else Fraction(v) for name, v in values.items()})
        return Environment(TODAY, TODAY, own="phq9", draft=draft)

    domains = {("phq9", name): FORMS["phq9"].names[name] for name in QUESTIONS}
    # Ranges alone must be as sound as trying every completion.
    ranges_only = {key: Type("number", low=type.low, high=type.high) for key, type in domains.items()}
    complete = {name: data.draw(st.integers(0, 3)) if value is None else value for name, value in answers.items()}
    true_then = evaluate(expression, around(complete)) is True
    assert true_then or not certainly_true(expression, around(answers), domains)
    assert true_then or not certainly_true(expression, around(answers), ranges_only)


TYPES = st.sampled_from([type for form in FORMS.values() for type in form.names.values()])


@given(TYPES.flatmap(lambda type: st.tuples(st.just(type), values_of(type))))
def test_values_survive_json(pair: tuple[Type, Value]) -> None:
    type, value = pair
    if isinstance(value, str) and not value.strip():
        return
    written = json.loads(json.dumps(to_json(value)))
    assert from_json(
        Type(type.kind, options=type.options, values=type.values, columns=type.columns), written
    ) == _empty_as_missing(value)


def _empty_as_missing(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple({k: None if isinstance(v, str) and not v.strip() else v for k, v in row.items()} for row in value)
    return value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(TYPES, JSON)
def test_any_json_is_read_or_refused(type: Type, json: Any) -> None:
    try:
        value = from_json(type, json)
    except WrongValue:
        return
    assert from_json(type, to_json(value)) == value
