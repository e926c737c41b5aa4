"""What is proved of a condition agrees with trying everything, and every witness shows what is claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.check.domains import asked_items, sum_of
from designtool.diagnostics import Span
from designtool.expressions import compile_expression, evaluate
from designtool.expressions.expression import Expression, Form, Scope, Type, Value
from designtool.expressions.prove import Answer, Domain, Proof, Sum, Worked, environment_of, possible_values, prove
from designtool.model.exercise import Option
from designtool.model.questionnaire import Instrument, Item, Missing, Questionnaire, Score
from designtool.treatment.scoring import item_type, score

METHODS = ("sum", "mean", "weighted")
RULES = ("require-all", "prorate", "mean-of-answered")
PLACE = Span("prov.yaml", 1, 1)


@st.composite
def shown_by(draw: st.DrawFn, earlier: list[str]) -> Expression:
    first, second = draw(st.sampled_from(earlier)), draw(st.sampled_from(earlier))
    text = draw(st.sampled_from([f"{first} > 0", f"{first} + {second} >= 2", f"{first} == 1 or {second} > 1"]))
    found = compiled(text, dict.fromkeys(earlier, Type("number")))
    assert isinstance(found, Expression)
    return found


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Three or four items with options of their own, and one or two scores of any kind over some of them."""
    items = []
    for number in range(1, draw(st.integers(3, 4)) + 1):
        values = draw(st.lists(st.integers(-1, 4), min_size=1, max_size=3, unique=True))
        item = Item(f"q{number}", "Fråga", tuple(Option(value, str(value)) for value in values))
        if items and draw(st.integers(0, 2)) == 0:
            hidden = draw(st.sampled_from([None, *values]))
            item = replace(item, show_if=draw(shown_by([one.id for one in items])), when_hidden=hidden)
        items.append(item)
    ids = [item.id for item in items]
    scores = []
    for name in ("total", "del")[: draw(st.integers(1, 2))]:
        counted = tuple(draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)))
        method = draw(st.sampled_from(METHODS))
        weights = {id: Fraction(draw(st.sampled_from([1, 2, "1/2", 0, -1]))) for id in counted}
        scores.append(
            Score(
                id=name,
                label=name,
                method=method,
                items=counted,
                weights=weights if method == "weighted" else {},
                reverse=tuple(draw(st.lists(st.sampled_from(counted), unique=True))),
                missing=Missing(draw(st.sampled_from(RULES)), draw(st.integers(1, len(counted)))),
            )
        )
    instrument = Instrument("Prov", "sv", "free", "", "")
    return Questionnaire("prov", "Prov", instrument, "", "", None, tuple(items), tuple(scores), (), ())


NUMBERS = st.sampled_from([-2, -1, 0, 1, 2, 3, 4, 5, 8, 12]).map(str) | st.sampled_from(["0.5", "2.5", "4.75"])


@st.composite
def conditions(draw: st.DrawFn, names: list[str], depth: int = 3) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(names))
        kind = draw(st.integers(0, 5))
        if kind == 0:
            return f"{draw(st.sampled_from(['answered', 'missing']))}({name})"
        if kind == 1:
            return f"{name} + {draw(st.sampled_from(names))} {draw(st.sampled_from(['<', '>=', '==']))} {draw(NUMBERS)}"
        if kind == 2:
            return f"this_week({name}) >= {draw(NUMBERS)}"
        return f"{name} {draw(st.sampled_from(['==', '!=', '<', '<=', '>', '>=']))} {draw(NUMBERS)}"
    inner = conditions(names, depth - 1)
    if draw(st.integers(0, 4)) == 0:
        return f"not ({draw(inner)})"
    return f"({draw(inner)}) {draw(st.sampled_from(['and', 'and', 'or']))} ({draw(inner)})"


def domains_of(questionnaire: Questionnaire) -> dict[tuple[str, str], Domain]:
    found: dict[tuple[str, str], Domain] = {("prov", item.id): Answer(item_type(item)) for item in questionnaire.items}
    for one in questionnaire.scores:
        domain = sum_of(questionnaire, one)
        assert domain is not None
        found["prov", one.id] = domain
    return found


def everything(questionnaire: Questionnaire) -> Iterator[tuple[dict[tuple[str, str], Value], bool]]:
    """Every way to answer, by the scoring that patients meet: submitted, half-written, and two weeks old."""
    ways = [(None, *(option.value for option in item.options)) for item in questionnaire.items]
    for values in product(*ways):
        answers = {item.id: value for item, value in zip(questionnaire.items, values, strict=True) if value is not None}
        complete = "skipped" not in score(questionnaire, answers).statuses.values()
        for submitted in (True, False):
            scored = score(questionnaire, answers, submitted=submitted).values
            found: dict[tuple[str, str], Value] = {("prov", name): value for name, value in scored.items()}
            # Until it is submitted, what is not asked and counts for nothing keeps a prorated score away.
            whole = complete and (submitted or all(item.id in scored for item in questionnaire.items))
            yield found, whole
            yield {**found, ("prov", "this week"): False}, whole


def compiled(text: str, names: dict[str, Type]) -> Any:
    expression, _ = compile_expression(
        text, Scope({"prov": Form("prov", "questionnaire", names)}, "prov"), PLACE, "truth"
    )
    return expression


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_proof_agrees_with_trying_everything(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires())
    names = {one.id: Type("number") for one in (*questionnaire.items, *questionnaire.scores)}
    expression = compiled(data.draw(conditions(list(names))), names)
    if expression is None:
        return
    proof = prove(expression, domains_of(questionnaire), asked_items(questionnaire))
    came = [
        (evaluate(expression, environment_of(case)) is True, complete) for case, complete in everything(questionnaire)
    ]
    assert proof.kind != "unknown"
    assert (proof.kind == "never-met") == (not any(met for met, _ in came))
    if proof.kind == "always-met":
        assert all(met for met, complete in came if complete)
    assert proof.witness is not None
    assert (evaluate(expression, environment_of(proof.witness)) is True) == (proof.kind != "never-met")


@settings(max_examples=100, deadline=None)
@given(questionnaires())
def test_the_possible_values_of_a_score_are_those_that_scoring_gives(questionnaire: Questionnaire) -> None:
    domains = domains_of(questionnaire)
    for one in questionnaire.scores:
        domain = domains["prov", one.id]
        assert isinstance(domain, Sum)
        given = {case.get(("prov", one.id)) for case, _ in everything(questionnaire)} - {None}
        items = asked_items(questionnaire)
        assert possible_values(domain, items) == given
        in_full = {case.get(("prov", one.id)) for case, complete in everything(questionnaire) if complete} - {None}
        assert possible_values(domain, items, answered_in_full=True) == in_full
        assert all((domain.type.low is None or value >= domain.type.low) for value in given)
        assert all((domain.type.high is None or value <= domain.type.high) for value in given)


FIELDS: dict[str, Answer] = {
    "antal": Answer(Type("number", low=Fraction(0)), whole=True),
    "tid": Answer(Type("number", low=Fraction(0), high=Fraction(10))),
    "klar": Answer(Type("truth")),
    "plats": Answer(Type("choice", options=("hemma", "ute"))),
    "varor": Answer(Type("choices", options=("a", "b", "c"))),
    "ord": Answer(Type("text")),
    "nar": Answer(Type("time")),
}


def proved(text: str, **more: Domain) -> tuple[Proof, Any]:
    fields: dict[str, Domain] = {**FIELDS, **more}
    # Without the ranges, or the compiler would refuse some of these before they are proved.
    names = {name: Type(domain.type.kind, options=domain.type.options) for name, domain in fields.items()}
    expression = compiled(text, names)
    assert expression is not None, text
    return prove(expression, {("prov", name): domain for name, domain in fields.items()}), expression


@pytest.mark.parametrize(
    ("text", "kind", "method"),
    [
        ("antal > 2 and antal < 3", "never-met", "exhaustive"),
        ("tid > 2 and tid < 3", "can-be-met", "exhaustive"),
        ("antal > 2 and antal < 4", "can-be-met", "exhaustive"),
        ("tid > 10 or tid < 0 or tid >= 0", "always-met", "exhaustive"),
        ("antal >= 5 or antal < 5", "always-met", "exhaustive"),
        ("klar and not klar", "never-met", "exhaustive"),
        ("klar or not klar", "always-met", "exhaustive"),
        ("answered(klar)", "can-be-met", "exhaustive"),
        ("answered(klar) and missing(klar)", "never-met", "exhaustive"),
        ("plats == 'hemma' and plats == 'ute'", "never-met", "exhaustive"),
        ("'a' in varor and 'b' in varor", "can-be-met", "exhaustive"),
        ("'a' in varor and not ('a' in varor)", "never-met", "exhaustive"),
        ("ord == 'ja' and ord == 'nej'", "never-met", "exhaustive"),
        ("ord != 'ja' and ord != 'nej'", "can-be-met", "exhaustive"),
        ("nar < '07:00' and nar > '07:00'", "never-met", "exhaustive"),
        ("nar > '07:00' and nar < '07:02'", "can-be-met", "exhaustive"),
        ("tid + tid > 20 and klar", "never-met", "intervals"),
        ("klar and not klar and change(tid) > 1", "never-met", "intervals"),
        ("change(tid) > 11", "never-met", "intervals"),
        ("change(tid) > 5", "unknown", "intervals"),
        ("klar or change(tid) > 5", "can-be-met", "exhaustive"),
        ("antal * antal == 2", "unknown", "intervals"),
        ("week() >= 30", "unknown", "intervals"),
        ("snitt > 4", "unknown", "intervals"),
        ("snitt > 4 and klar and not klar", "never-met", "intervals"),
        ("snitt / 2 > 4", "never-met", "intervals"),
        ("snitt / 2 < 4", "always-met", "intervals"),
        ("snitt <= 5 or klar", "always-met", "intervals"),
        ("klar or snitt <= 5", "always-met", "intervals"),
        ("snitt < 5", "unknown", "intervals"),
        ("snitt <= 5 and klar", "unknown", "intervals"),
        ("answered(snitt) or snitt <= 5", "unknown", "intervals"),
        ("previous(snitt) <= 5", "unknown", "intervals"),
    ],
)
def test_what_is_proved_and_how(text: str, kind: str, method: str) -> None:
    proof, expression = proved(text, snitt=Worked(Type("number", low=Fraction(0), high=Fraction(5))))
    assert (proof.kind, proof.method) == (kind, method)
    if (kind, method) in (("can-be-met", "exhaustive"), ("always-met", "exhaustive")):
        assert proof.witness is not None
        assert evaluate(expression, environment_of(proof.witness)) is True


def test_a_score_of_many_items_is_proved_by_its_sums() -> None:
    items = tuple(Item(f"q{number}", "", tuple(Option(value, "") for value in range(4))) for number in range(1, 10))
    total = Score("total", "", "sum", tuple(item.id for item in items), missing=Missing("prorate", 8))
    phq = Questionnaire("prov", "", Instrument("", "sv", "free", "", ""), "", "", None, items, (total,), (), ())
    names = {one.id: Type("number") for one in (*items, total)}
    for text, kind in (
        ("q9 >= 2 and total < 2", "never-met"),
        ("q9 >= 2 and total < 3", "can-be-met"),
        ("total >= 28", "never-met"),
        ("total > 26 and total < 27", "never-met"),
        ("total == 4.5", "can-be-met"),
        ("total == 4.25", "never-met"),
        ("q1 == 0 and total > 24", "never-met"),
        ("q1 == 0 and total == 24", "can-be-met"),
    ):
        proof = prove(compiled(text, names), domains_of(phq))
        assert proof.kind == kind, text
        assert proof.witness is not None
        assert (evaluate(compiled(text, names), environment_of(proof.witness)) is True) == (kind == "can-be-met")
