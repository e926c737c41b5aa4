"""What an author is told about an expression, and what the evaluator does where vectors cannot reach."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from time import perf_counter
from typing import Any

import pytest
from expression_vectors import FORMS, environment_of, scope_of
from lark import Lark

from designtool.diagnostics import Diagnostic, Language, Span, text_report
from designtool.expressions import (
    WrongValue,
    certainly_true,
    compile_expression,
    evaluate,
    from_json,
    missing_in,
    to_json,
)
from designtool.expressions.expression import Environment, Expression, Form, Record, Scope, TimeOfDay, Type
from designtool.expressions.parse import _GRAMMAR, LONGEST_TEXT, Syntax, parse

DAY = Scope(FORMS, "dag")
NIGHT = Scope(FORMS, "natt")
PHQ9 = Scope(FORMS, "phq9")
PAGE = Scope(FORMS)
TODAY = date(2026, 3, 16)


def found(text: str, scope: Scope = DAY, expected: Any = None) -> list[Diagnostic]:
    return compile_expression(text, scope, Span("fil.yaml", 3, 10, 3, 10 + len(text)), expected)[1]


def compiled(text: str, scope: Scope = DAY, expected: Any = None) -> Expression:
    expression, diagnostics = compile_expression(text, scope, Span("fil.yaml", 3, 10, 3, 10 + len(text)), expected)
    assert expression is not None, diagnostics
    return expression


def test_grammar_has_no_conflict_that_is_resolved_silently() -> None:
    Lark(_GRAMMAR.read_text("utf-8"), parser="lalr", strict=True)


@pytest.mark.parametrize(
    ("text", "stretch", "help"),
    [
        ("a = 4", "=", "=="),
        ("ja && nej", "&&", "and"),
        ("ja || nej", "||", "or"),
        ("!ja", "!", "not"),
        ("(a + b", "(", ")"),
        ("a + b)", ")", "("),
        ("a * 0,5", "0,5", "0.5"),
        ("max(1,2)", "1,2", "mellanslag"),
        ("ja och nej", "och", "and"),
        ("ja eller nej", "eller", "or"),
        ("inte ja", "inte", "not"),
        ("ja AND nej", "AND", "and"),
        ("plats == “hemma”", "“", "raka"),
        ("plats == 'hemma", "'hemma", "citattecken"),
        ("a <> 4", "<>", "!="),
        ("a => 4", "=>", ">="),
        ("a =< 4", "=<", "<="),
        ("a ≥ 4", "≥", ">="),
        ("a in [1, 2]", "[", "parenteser"),
        ("1 < a < 4", "<", "and"),
        ("a >= .5", ".5", "0.5"),
        ("a >= 85 %", "%", "85"),
        ("ja nej", "nej", "and"),
        ("a +", "+", "lägg till"),
    ],
)
def test_slip_is_one_message_at_its_place_with_what_to_write(text: str, stretch: str, help: str) -> None:
    (diagnostic,) = found(text)
    assert diagnostic.rule == "expression-syntax"
    assert diagnostic.span.column is not None and diagnostic.span.end_column is not None
    start, end = diagnostic.span.column - 10, diagnostic.span.end_column - 10
    assert text[start:end] == stretch
    assert start == (text.rindex(stretch) if text == "1 < a < 4" else text.index(stretch))
    assert diagnostic.help is not None and help in diagnostic.help.sv


@pytest.mark.parametrize(
    ("text", "stretch", "sv", "en"),
    [
        ("a = 4", "=", "skriv == för lika med", "write == for equal"),
        ("ja && nej", "&&", "skriv and", "write and"),
        ("ja || nej", "||", "skriv or", "write or"),
        ("!ja", "!", "skriv not", "write not"),
        ("(a + b > 1", "(", "lägg till )", "add )"),
        ("a * 4,5", "4,5", "skriv 4.5 med punkt", "write 4.5 with a point"),
        ("a ≥ 4", "≥", "skriv >=", "write >="),
        ("plats == “hemma”", "“", "skriv raka citattecken", "write straight ones"),
        ("ja och nej", "och", "skriv and", "write and"),
        ("ja eller nej", "eller", "skriv or", "write or"),
        ("inte ja", "inte", "skriv not", "write not"),
        ("inte (ja)", "inte", "not", "not"),
    ],
)
def test_slip_is_shown_with_a_caret_and_what_to_write_in_both_languages(
    text: str, stretch: str, sv: str, en: str
) -> None:
    diagnostics = found(text)
    languages: tuple[tuple[Language, str], ...] = (("sv", sv), ("en", en))
    for language, help in languages:
        report = text_report(diagnostics, lambda *_: " " * 9 + text, language, colour=False)
        written = report.splitlines()
        carets = next(line for line in written if "^" in line)
        under = written[written.index(carets) - 1]
        assert under[carets.index("^") : carets.rindex("^") + 1] == stretch
        assert help in report


@pytest.mark.parametrize(
    "text", ["", "   ", "*a", "a @ b", "f(,)", "a.1", "()", "a == == b", "sum(1 .. )", "\x00", "'", "é"]
)
def test_unreadable_text_is_one_syntax_message(text: str) -> None:
    assert [one.rule for one in found(text)] == ["expression-syntax"]


def test_each_wrong_sign_is_told() -> None:
    assert [one.span.column for one in found("ja && nej || !okand")] == [13, 20, 23]


def test_certain_slip_has_a_fix() -> None:
    (diagnostic,) = found("a = 4")
    assert diagnostic.fix is not None
    assert diagnostic.fix.edits[0].replacement == "=="


@pytest.mark.parametrize(
    ("text", "scope", "rule", "stretch", "help"),
    [
        ("phq9.totl >= 3", DAY, "unknown-name", "totl", "total"),
        ("phq8.total >= 3", DAY, "unknown-name", "phq8", "phq9"),
        ("platz == 'ute'", DAY, "unknown-name", "platz", "plats"),
        ("q9 >= 1", DAY, "unknown-name", "q9", "phq9.q9"),
        ("phq9 >= 1", DAY, "unknown-name", "phq9", "phq9.q1"),
        ("summ(a) >= 1", DAY, "unknown-name", "summ", "sum"),
        ("summa(a) >= 1", DAY, "unknown-name", "summa", "sum"),
        ("inte(ja)", DAY, "unknown-name", "inte", "not"),
        ("sum >= 1", DAY, "unknown-name", "sum", "sum("),
        ("plats == hemma", DAY, "unknown-name", "hemma", "'hemma'"),
        ("plats in (hemma, 'ute')", DAY, "unknown-name", "hemma", "'hemma'"),
        ("true", DAY, "unknown-name", "true", "not"),
        ("a.b >= 1", DAY, "unknown-name", "a", "punkten"),
        ("sum(tabell.mat) >= 1", DAY, "unknown-name", "mat", "matt"),
        ("count(last(7)) >= 5", DAY, "unknown-name", "last(7)", "natt.last(7)"),
        ("sum(natt.last(7).tsst) > 3", DAY, "unknown-name", "tsst", "tst"),
        ("sum(last(7).week_se) > 3", NIGHT, "unknown-name", "week_se", "stavningen"),
        ("natt.first(7).tst > 3", DAY, "unknown-name", "first", "stavningen"),
        ("ja == ja_visst", DAY, "unknown-name", "ja_visst", "stavningen"),
        ("vila == ja", NIGHT, "type-mismatch", "ja", "not namnet"),
        ("a == 'sex'", DAY, "type-mismatch", "a == 'sex'", ""),
        ("ja + 1 > 2", DAY, "type-mismatch", "ja", ""),
        ("ja and a", DAY, "type-mismatch", "a", "x >= 1"),
        ("not a", DAY, "type-mismatch", "a", "x >= 1"),
        ("plats < 'ute'", DAY, "type-mismatch", "plats < 'ute'", "=="),
        ("steg == 'oro'", DAY, "type-mismatch", "steg == 'oro'", "in"),
        ("tabell == tabell", DAY, "type-mismatch", "tabell == tabell", "count"),
        ("out - bed > 3", NIGHT, "type-mismatch", "out - bed", "clock_span"),
        ("dag - 3 == dag", DAY, "type-mismatch", "dag - 3", "days_since"),
        ("week_se > tib", NIGHT, "type-mismatch", "week_se > tib", ""),
        ("week_se + tib > 3", NIGHT, "type-mismatch", "week_se + tib", ""),
        ("sum(week_se, tib) > 3", NIGHT, "type-mismatch", "sum(week_se, tib)", ""),
        ("bed + week_se == out", NIGHT, "type-mismatch", "bed + week_se", ""),
        ("tid == '25:30'", DAY, "type-mismatch", "'25:30'", "22:30"),
        ("dag == '1 mars'", DAY, "type-mismatch", "'1 mars'", "2026"),
        ("last(7).tst > 3", NIGHT, "type-mismatch", "last(7).tst", "sum"),
        ("count(a) > 3", DAY, "type-mismatch", "a", "count_answered"),
        ("if(ja, a, 'x') == 3", DAY, "type-mismatch", "if(ja, a, 'x')", ""),
        ("round(a, 1, 2) > 3", DAY, "wrong-arguments", "round(a, 1, 2)", "round(x"),
        ("week(1) > 3", DAY, "wrong-arguments", "week(1)", "week()"),
        ("round(a, b) > 3", DAY, "wrong-arguments", "b", ""),
        ("ceil_to(a, 0) > 3", DAY, "wrong-arguments", "0", ""),
        ("sum(last(a).tst) > 3", NIGHT, "wrong-arguments", "last(a)", "last(7)"),
        ("sum(last(0).tst) > 3", NIGHT, "wrong-arguments", "last(0)", "last(7)"),
        ("change(a + 1) > 3", DAY, "wrong-arguments", "a + 1", "change("),
        ("change(week_se) > 3", NIGHT, "wrong-arguments", "week_se", "change("),
        ("change(fonster.value) > 3", DAY, "wrong-arguments", "fonster.value", "change("),
        ("previous(a, 0) > 3", DAY, "wrong-arguments", "0", ""),
        ("sum(q9 .. q1) > 3", PHQ9, "wrong-arguments", "q9 .. q1", "byt plats"),
        ("sum(q1 .. 3) > 3", PHQ9, "wrong-arguments", "q1 .. 3", "q1 .. q9"),
        ("sum(a .. phq9.q2) > 3", DAY, "wrong-arguments", "a .. phq9.q2", "q1 .. q9"),
        ("answered(q1 .. q9)", PHQ9, "wrong-arguments", "q1 .. q9", "sum"),
        ("plats == 'hema'", DAY, "choice-not-in-list", "'hema'", "hemma"),
        ("'hema' == plats", DAY, "choice-not-in-list", "'hema'", "hemma"),
        ("plats in ('ute', 'skogen')", DAY, "choice-not-in-list", "'skogen'", "hemma, ute"),
        ("'skogen' in steg", DAY, "choice-not-in-list", "'skogen'", "oro"),
        ("phq9.q9 >= 4", PAGE, "condition-never-true", "phq9.q9 >= 4", "gränsen"),
        ("4 <= phq9.q9", PAGE, "condition-never-true", "4 <= phq9.q9", "gränsen"),
        ("phq9.q9 == 1.5", PAGE, "condition-never-true", "phq9.q9 == 1.5", "gränsen"),
        ("phq9.q9 in (1, 4)", PAGE, "condition-never-true", "4", "gränsen"),
        ("phq9.total > 27", PAGE, "condition-never-true", "phq9.total > 27", "gränsen"),
        ("sum(phq9.q1 .. q9) > 27", PAGE, "condition-never-true", "sum(phq9.q1 .. q9) > 27", "gränsen"),
        ("change(phq9.q9) > 3", PAGE, "condition-never-true", "change(phq9.q9) > 3", "gränsen"),
        ("this_week(phq9.q9) + 1 < 1", PAGE, "condition-never-true", "this_week(phq9.q9) + 1 < 1", "gränsen"),
        ("clock_span(bed, out) > 25 * 60", NIGHT, "condition-never-true", "clock_span(bed, out) > 25 * 60", "gränsen"),
        ("waso < 0", NIGHT, "condition-never-true", "waso < 0", "gränsen"),
        ("phq9.q9 >= 0", PAGE, "condition-always-true", "phq9.q9 >= 0", "answered"),
        ("phq9.q9 != 7", PAGE, "condition-always-true", "phq9.q9 != 7", "answered"),
        ("mean(phq9.q1 .. q9) <= 3", PAGE, "condition-always-true", "mean(phq9.q1 .. q9) <= 3", "answered"),
        (
            "count_answered(phq9.q1 .. q9) <= 9",
            PAGE,
            "condition-always-true",
            "count_answered(phq9.q1 .. q9) <= 9",
            "answered",
        ),
        ("waso >= 0", NIGHT, "condition-always-true", "waso >= 0", "answered"),
        ("1 == 1", PAGE, "condition-always-true", "1 == 1", "answered"),
        ("9 / 7 > 1", PAGE, "condition-always-true", "9 / 7 > 1", "answered"),
        (
            " * ".join(["9" * 30] * 90) + " / 7 > 1",
            PAGE,
            "condition-always-true",
            " * ".join(["9" * 30] * 90) + " / 7 > 1",
            "",
        ),
    ],
)
def test_mistake_is_one_message_at_its_place(text: str, scope: Scope, rule: str, stretch: str, help: str) -> None:
    (diagnostic,) = found(text, scope)
    assert diagnostic.rule == rule
    assert diagnostic.span.column is not None and diagnostic.span.end_column is not None
    assert text[diagnostic.span.column - 10 : diagnostic.span.end_column - 10] == stretch
    assert help in (diagnostic.help.sv if diagnostic.help else "")


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("phq9.q9 >= 3", PAGE),
        ("phq9.q9 >= 1 or change(phq9.q9) >= 1", PAGE),
        ("phq9.total >= 10 and not answered(plats)", DAY),
        ("clock_span(bed, out) <= 12 * 60", NIGHT),
        ("clock_span(lights_out, final) - sol - waso >= 0", NIGHT),
        ("100 * sum(last(7).tst) / sum(last(7).tib) < 85", NIGHT),
        ("min(phq9.q1 .. q9) >= 3", PAGE),
        ("sum(phq9.q1 .. q9) >= 27", PAGE),
        ("sum(last(7).waso) > 5000", NIGHT),
        ("round(mean(phq9.q1 .. q9)) == 3", PAGE),
        ("vila", NIGHT),
        ("sol > waso", NIGHT),
        ("android_1 > 2", Scope({}, "", {"android_1": Type("number")})),
    ],
)
def test_condition_that_can_go_either_way_is_accepted(text: str, scope: Scope) -> None:
    assert compiled(text, scope, "truth").type == "truth"


def test_independent_mistakes_are_told_together() -> None:
    assert [one.rule for one in found("platz == 'ute' and phq9.q9 > 3")] == ["unknown-name", "condition-never-true"]


def test_value_of_another_kind_than_needed_is_told() -> None:
    assert [one.rule for one in found("a", expected="truth")] == ["type-mismatch"]
    assert [one.rule for one in found("ja", expected="number")] == ["type-mismatch"]
    assert compiled("'22:00'", DAY, "time").tree == ["time", "22:00"]


@pytest.mark.parametrize(
    ("place", "columns"),
    [
        (Span("f", 2, 5, 2, 13), (5, 6)),
        (Span("f", 2, 5, 2, 15), (6, 7)),
        (Span("f", 2, 5, 2, 19), (5, 19)),
        (Span("f", 2, 5, 4, 9), (5, 9)),
    ],
)
def test_place_is_exact_plain_and_quoted_and_whole_where_it_was_written_otherwise(
    place: Span, columns: tuple[int, int]
) -> None:
    (diagnostic,) = compile_expression("x > 3333", DAY, place)[1]
    assert (diagnostic.span.column, diagnostic.span.end_column) == columns
    assert diagnostic.span.line == 2


def test_text_across_lines_is_compiled_and_told_as_a_whole() -> None:
    place = Span("f", 2, 5, 3, 9)
    assert compile_expression("ja\nand\n  nej", DAY, place)[0] is not None
    assert compile_expression("ja\nand\n  nejj", DAY, place)[1][0].span == place


def test_references_are_listed_sorted_and_once() -> None:
    expression = compiled("sum(natt.last(7).tst) > phq9.q2 and phq9.q1 > phq9.q2 or count(tabell) > a", DAY)
    assert expression.references == (("dag", "a"), ("dag", "tabell"), ("natt", "tst"), ("phq9", "q1"), ("phq9", "q2"))
    assert compiled("fonster.value > 3").references == (("fonster", "value"),)


def test_tree_is_json() -> None:
    tree = compiled("100 * sum(last(7).tst) / sum(last(7).tib) < 85.5 and vila", NIGHT).tree
    assert json.loads(json.dumps(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        ")" * 4_000,
        "a" * 1_000_000,
        "not " * 1_200 + "ja",
        "-" * 4_000 + "a",
        "a." * 2_000 + "a",
        "a + " * 1_200 + "a",
        "if(ja, " * 500 + "1",
        "!" * 4_000,
        "0,5 " * 1_000,
        "'" * 4_999,
        "last(" * 900,
        "a" + "(" * 2_000 + ")" * 2_000,
        "9" * 4_000,
    ],
)
def test_hostile_text_is_a_quick_diagnostic(text: str) -> None:
    start = perf_counter()
    assert found(text)
    assert perf_counter() - start < 5


def test_brackets_alone_are_no_depth() -> None:
    assert isinstance(parse("(" * 2_000 + "1" + ")" * 2_000), Syntax)
    assert isinstance(parse(" " * (LONGEST_TEXT - 1) + "1"), Syntax)


# Evaluation


def phq9(draft: dict[str, int], *earlier: dict[str, int]) -> Environment:
    def record(values: dict[str, int]) -> Record:
        return Record(TODAY, None, {name: Fraction(value) for name, value in values.items()})

    records = {"phq9": tuple(map(record, earlier))}
    return Environment(TODAY, TODAY, records=records, own="phq9", draft=record(draft))


ITEM = FORMS["phq9"].names["q1"]
DOMAINS = {("phq9", f"q{number}"): ITEM for number in range(1, 10)} | {("phq9", "total"): FORMS["phq9"].names["total"]}


@pytest.mark.parametrize(
    ("text", "draft", "certain"),
    [
        ("q9 >= 1", {"q9": 1}, True),
        ("q9 >= 1", {"q9": 0}, False),
        ("q9 >= 1", {}, False),
        ("q1 + q9 >= 3", {"q1": 3}, True),
        ("q1 + q9 >= 4", {"q1": 3}, False),
        ("q9 >= 1 or q9 <= 0", {}, True),
        ("q9 >= 2 or q1 >= 1 or q9 < 2", {}, True),
        ("q9 >= 2 or change(q9) >= 1", {}, False),
        ("missing(q9)", {}, True),
        ("answered(q9)", {}, False),
        ("answered(q9) or q9 >= 1", {}, False),
        ("total >= 10", {}, False),
        ("sum(q1 .. q9) >= 20 or not q9 >= 2 or q9 >= 2", {f"q{n}": 0 for n in range(1, 7)}, True),
        # Nine open items are too many to try one by one; ranges decide.
        ("q1 + q2 + q3 + q4 + q5 + q6 + q7 + q8 + q9 + total >= 3 or q2 == 9 * q3", {"q1": 3}, True),
        ("q1 + q2 + q3 + q4 + q5 + q6 + q7 + q8 + q9 >= total", {}, False),
        ("not q1 + q2 + q3 + q4 + q5 + q6 + q7 + q8 + q9 > 24 and answered(q1)", {"q1": 0}, True),
        ("max(q1 .. q9) >= 3 and count_answered(q1 .. q9) == 1", {"q1": 3}, True),
        ("if(answered(q1), sum(q1 .. q9), total) >= 2", {"q1": 2}, True),
        ("mean(q1 .. q9) >= 0.5 or min(q1 .. q9) >= 3", {}, False),
    ],
)
def test_certainly_true_holds_whatever_is_answered(text: str, draft: dict[str, int], certain: bool) -> None:
    assert certainly_true(compiled(text, PHQ9), phq9(draft), DOMAINS) is certain


def test_what_has_no_domain_stays_missing() -> None:
    assert not certainly_true(compiled("q1 >= 1 or q1 <= 0", PHQ9), phq9({}), {})


def test_draft_wins_over_finished_copies_even_where_it_is_empty() -> None:
    environment = phq9({"q1": 1}, {"q1": 3, "q2": 2})
    assert evaluate(compiled("q1", PHQ9), environment) == 1
    assert evaluate(compiled("q2", PHQ9), environment) is None
    assert missing_in(compiled("q1 + q2", PHQ9), environment) == (("phq9", "q2"),)


def test_known_part_of_an_unknown_whole_misses_nothing() -> None:
    condition = compiled("(q1 >= 1 or q2 >= 1) and q3 >= 1", PHQ9)
    assert missing_in(condition, phq9({"q1": 1})) == (("phq9", "q3"),)
    assert missing_in(condition, phq9({"q1": 0, "q2": 0})) == ()


def test_stored_value_of_another_kind_leaves_a_comparison_unknown() -> None:
    wrong = Record(TODAY, None, {"q1": "x"})
    environment = Environment(TODAY, TODAY, own="phq9", draft=wrong)
    assert evaluate(compiled("q1 >= 1", PHQ9), environment) is None
    assert evaluate(compiled("q1 + 1", PHQ9), environment) is None


def test_trees_of_tuples_are_evaluated_like_lists() -> None:
    def frozen(tree: Any) -> Any:
        return tuple(map(frozen, tree)) if isinstance(tree, list) else tree

    environment = environment_of({"today": "2026-03-16", "start": "2026-03-16"})
    tree = compiled("count(last(7)) == 0 and not answered(vila) and (sum(last(7).tst) > 3 or waso > 2)", NIGHT).tree
    assert evaluate(frozen(tree), environment) is evaluate(tree, environment) is None
    assert missing_in(frozen(tree), environment) == missing_in(tree, environment) == (("natt", "tst"), ("natt", "waso"))


# Values


NUMBER = Type("number")
GOOD: list[tuple[Type, Any, Any]] = [
    (NUMBER, 3, Fraction(3)),
    (NUMBER, 7.5, Fraction(15, 2)),
    (NUMBER, 0.1, Fraction(1, 10)),
    (NUMBER, "7,5", Fraction(15, 2)),
    (NUMBER, "7.5", Fraction(15, 2)),
    (NUMBER, " -3 ", Fraction(-3)),
    (NUMBER, "27/2", Fraction(27, 2)),
    (NUMBER, "", None),
    (NUMBER, None, None),
    (ITEM, 3, Fraction(3)),
    (Type("truth"), True, True),
    (Type("truth"), "ja", True),
    (Type("truth"), "no", False),
    (Type("text"), "a\r\nb", "a\nb"),
    (Type("text"), "  ", None),
    (Type("date"), "2026-03-01", date(2026, 3, 1)),
    (Type("time"), "07:30", TimeOfDay(450)),
    (Type("time"), "7:30", TimeOfDay(450)),
    (Type("time"), "7.30", TimeOfDay(450)),
    (Type("time"), "0730", TimeOfDay(450)),
    (Type("time"), "00:00", TimeOfDay(0)),
    (Type("choice", options=("a", "1")), "a", "a"),
    (Type("choice", options=("a", "1")), 1, "1"),
    (Type("choices", options=("a", "b")), ["b", "a", "b"], frozenset({"a", "b"})),
    (Type("choices", options=("a", "b")), [], None),
    (Type("rows", columns={"x": NUMBER}), [{"x": 1}, {"x": None, "row": "r"}], ({"x": 1}, {"x": None, "row": "r"})),
    (Type("rows", columns={"x": NUMBER}), {"x": "1,5"}, ({"x": Fraction(3, 2)},)),
    (Type("rows"), [], None),
]


@pytest.mark.parametrize(("type", "json", "value"), GOOD)
def test_json_is_read_and_written_back(type: Type, json: Any, value: Any) -> None:
    read = from_json(type, json)
    assert read == value
    assert from_json(type, to_json(read)) == value


@pytest.mark.parametrize(
    ("type", "json"),
    [
        (NUMBER, True),
        (NUMBER, "sju"),
        (NUMBER, float("nan")),
        (NUMBER, float("inf")),
        (NUMBER, "1e9"),
        (NUMBER, "1/0"),
        (NUMBER, "1" * 1_000_000),
        (NUMBER, 10**400),
        (NUMBER, [1]),
        (NUMBER, "1,5,5"),
        (NUMBER, "0," + "1" * 31),
        (NUMBER, 1e-190),
        (NUMBER, "1/" + "1" * 1_300),
        (NUMBER, "٣"),
        (ITEM, 4),
        (ITEM, -1),
        (ITEM, 1.5),
        (Type("number", low=Fraction(1, 2)), 0),
        (Type("number", high=Fraction(600)), 601),
        (Type("truth"), 1),
        (Type("truth"), "kanske"),
        (Type("text"), 3),
        (Type("text"), "x" * 10_001),
        (Type("text"), "a\x00b"),
        (Type("text"), "a\ud800b"),
        (Type("date"), "2026-02-30"),
        (Type("date"), "20260301"),
        (Type("date"), "2026-W10-1"),
        (Type("time"), "24:00"),
        (Type("time"), "12:60"),
        (Type("time"), "kvart i"),
        (Type("time"), 730),
        (Type("choice", options=("a",)), "b"),
        (Type("choice", options=("a",)), True),
        (Type("choices", options=("a",)), "a"),
        (Type("choices", options=("a",)), ["b"]),
        (Type("choices", options=("a",)), [["a"]]),
        (Type("rows", columns={"x": NUMBER}), [{"y": 1}]),
        (Type("rows", columns={"x": NUMBER}), [1]),
        (Type("rows", columns={"x": NUMBER}), "x"),
        (Type("rows", columns={"x": NUMBER}), [{}] * 1_001),
    ],
)
def test_wrong_value_is_refused_in_both_languages(type: Type, json: Any) -> None:
    with pytest.raises(WrongValue) as refused:
        from_json(type, json)
    assert refused.value.message.sv and refused.value.message.en


def test_number_that_is_no_small_integer_is_stored_as_text() -> None:
    assert to_json(Fraction(27, 2)) == "27/2"
    assert to_json(Fraction(2**60)) == str(2**60)
    assert to_json(Fraction(-3)) == -3


def test_bare_last_needs_the_diary_of_its_own_file() -> None:
    own = Form("plan", "plan", {"done": Type("truth")})
    expression = compiled("count(last(7).done) / count(last(7)) > 0.5", Scope({"plan": own}, "plan"))
    assert expression.references == (("plan", "done"),)
    assert found("count(last(7)) > 2", scope_of({}))[0].rule == "unknown-name"
