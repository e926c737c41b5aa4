"""Scores, bands, what is missing, and what answers raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from designtool.diagnostics import Span
from designtool.expressions import compile_expression
from designtool.expressions.expression import Environment, Expression, Form, Record, Scope, Type
from designtool.model.exercise import Option
from designtool.model.flow import Flag, Level
from designtool.model.questionnaire import Band, Instrument, Item, Missing, Questionnaire, Score
from designtool.treatment.scoring import score

NINE = tuple(f"q{number}" for number in range(1, 10))
OPTIONS = tuple(Option(value, str(value)) for value in range(4))
ITEM = Type("number", values=tuple(map(Fraction, range(4))), low=Fraction(0), high=Fraction(3))
FORM = Form(
    "phq9",
    "questionnaire",
    {**dict.fromkeys(NINE, ITEM), "q10": ITEM, "total": Type("number", low=Fraction(0), high=Fraction(27))},
)
BANDS = tuple(
    Band(Fraction(start), label)
    for start, label in ((0, "ingen"), (5, "lindrig"), (10, "måttlig"), (15, "måttligt svår"), (20, "svår"))
)
TODAY = date(2026, 3, 16)


def expression(text: str) -> Expression:
    found, diagnostics = compile_expression(text, Scope({"phq9": FORM}, "phq9"), Span("f", 1, 1, 1, 2))
    assert found is not None, diagnostics
    return found


def flag(number: int, when: str, level: Level, **more: Any) -> Flag:
    fields = {"message": "", "to": "therapist", "escalate_after_hours": None, "patient_page": ""} | more
    return Flag(f"phq9-{number}", expression(when), level, ("q9",), **fields)


TOTAL = Score("total", "Summa", "sum", NINE, missing=Missing("prorate", 8), high=Fraction(27), bands=BANDS)
PHQ9 = Questionnaire(
    id="phq9",
    title="PHQ-9",
    instrument=Instrument("PHQ-9", "sv", "free", "", ""),
    recall="",
    introduction="",
    minutes=None,
    items=(
        *(Item(id, id, OPTIONS, risk="suicidality" if id == "q9" else "") for id in NINE),
        Item("q10", "q10", OPTIONS, scored=False),
    ),
    scores=(TOTAL,),
    flags=(
        flag(1, "q9 >= 1", "yellow", patient_page="library/kris"),
        flag(2, "q9 >= 2 or change(q9) >= 1", "red", to="unit", escalate_after_hours=24),
        flag(3, "total >= 20", "red", message="Hög poäng"),
    ),
    vectors=(),
)


def with_score(**changes: Any) -> Questionnaire:
    return replace(PHQ9, scores=(replace(TOTAL, **changes),), flags=())


def answers(*values: int | None) -> dict[str, Any]:
    return {id: value for id, value in zip(NINE, values, strict=False) if value is not None}


@pytest.mark.parametrize(
    ("given", "value", "status", "band"),
    [
        (answers(*[2] * 6, *[0] * 3), "12", "complete", "måttlig"),
        (answers(*[3] * 9), "27", "complete", "svår"),
        (answers(*[0] * 9), "0", "complete", "ingen"),
        (answers(3, 3, 2, 2, 1, 1, 0, 0), "27/2", "prorated", "måttlig"),
        (answers(1, 1, 1, 1, 0, 0, 0, 0), "9/2", "prorated", "ingen"),
        (answers(3, 3, 2, 2, 1, 1, 0), None, "insufficient", None),
        (answers(), None, "insufficient", None),
        ({**answers(*[1] * 8), "q9": "declined"}, "9", "prorated", "lindrig"),
        ({**answers(*[1] * 9), "q10": 3}, "9", "complete", "lindrig"),
        ({**answers(*[1] * 8), "q9": None}, "9", "prorated", "lindrig"),
        ({**answers(*[1] * 8), "q9": 1.0}, "9", "complete", "lindrig"),
    ],
)
def test_sum_prorated(given: Mapping[str, Any], value: str | None, status: str, band: str | None) -> None:
    (result,) = score(PHQ9, given).scores
    assert result.value == (None if value is None else Fraction(value))
    assert (result.status, result.band) == (status, band)


@pytest.mark.parametrize(
    ("changes", "given", "value", "status"),
    [
        ({"missing": Missing("require-all", 9)}, answers(*[1] * 8), None, "insufficient"),
        ({"missing": Missing("require-all", 0)}, answers(*[1] * 8), None, "insufficient"),
        ({"missing": Missing("require-all", 9)}, answers(*[1] * 9), "9", "complete"),
        ({"missing": Missing("prorate", 0)}, answers(), None, "insufficient"),
        ({"method": "mean", "missing": Missing("mean-of-answered", 2)}, answers(3, 2, 2), "7/3", "prorated"),
        ({"method": "mean", "missing": Missing("mean-of-answered", 4)}, answers(3, 2, 2), None, "insufficient"),
        ({"method": "mean", "missing": Missing("require-all", 9)}, answers(*[2] * 9), "2", "complete"),
        ({"missing": Missing("mean-of-answered", 3)}, answers(3, 2, 2), "21", "prorated"),
        ({"reverse": ("q1", "q2")}, answers(0, 1, *[0] * 7), "5", "complete"),
        ({"reverse": ("q9",)}, answers(*[0] * 8), "0", "prorated"),
        (
            {"method": "weighted", "weights": {"q1": Fraction(2), "q2": Fraction(1, 3)}},
            answers(1, 1, *[0] * 7),
            "7/3",
            "complete",
        ),
        ({"method": "weighted", "weights": {"q9": Fraction(0)}}, answers(*[1] * 8), "8", "prorated"),
        ({"method": "weighted", "weights": {"q9": Fraction(8)}}, answers(*[1] * 8), "16", "prorated"),
        (
            {
                "method": "weighted",
                "items": ("q1", "q2"),
                "weights": {"q1": Fraction(0)},
                "missing": Missing("prorate", 1),
            },
            answers(3),
            None,
            "insufficient",
        ),
    ],
)
def test_methods_and_rules_for_what_is_missing(
    changes: dict[str, Any], given: Mapping[str, Any], value: str | None, status: str
) -> None:
    (result,) = score(with_score(**changes), given).scores
    assert result.value == (None if value is None else Fraction(value))
    assert result.status == status


def test_expression_score_reads_earlier_scores_and_says_when_items_are_missing() -> None:
    double = Score(
        "double", "", "expression", (), missing=Missing("prorate", 2), value=expression("total / 2 + q1 + q2")
    )
    form = replace(PHQ9, scores=(TOTAL, double), flags=())
    assert [one.value for one in score(form, answers(*[1] * 9)).scores] == [9, Fraction(13, 2)]
    assert score(form, answers(*[1] * 9)).scores[1].status == "complete"
    assert score(form, answers(1)).scores[1].status == "insufficient"
    best = replace(double, value=expression("max(q1, q2)"), missing=Missing("mean-of-answered", 1))
    result = score(replace(PHQ9, scores=(best,), flags=()), answers(2)).scores[0]
    assert (result.value, result.status) == (2, "prorated")


def raised(given: Mapping[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(one.id, one.level) for one in score(PHQ9, given, **more).flags]


def earlier(**values: int) -> Environment:
    record = Record(TODAY, None, {name: Fraction(value) for name, value in values.items()})
    return Environment(TODAY, TODAY, records={"phq9": (record,)})


@pytest.mark.parametrize(
    ("given", "more", "flags"),
    [
        (answers(*[0] * 9), {}, []),
        (answers(*[0] * 8, 1), {}, [("phq9-1", "yellow")]),
        (answers(*[0] * 8, 2), {}, [("phq9-1", "yellow"), ("phq9-2", "red")]),
        (answers(*[0] * 8, 1), {"environment": earlier(q9=0)}, [("phq9-1", "yellow"), ("phq9-2", "red")]),
        (answers(*[0] * 8, 1), {"environment": earlier(q9=1)}, [("phq9-1", "yellow")]),
        (answers(*[0] * 8), {}, [("skipped-risk-item", "yellow")]),
        ({**answers(*[0] * 8), "q9": "declined"}, {}, [("declined-risk-item", "yellow")]),
        ({**answers(*[0] * 8), "q9": "declined"}, {"submitted": False}, [("declined-risk-item", "yellow")]),
        (answers(*[0] * 8), {"submitted": False}, []),
        (
            answers(None, None, None, None, None, None, None, None, 2),
            {"submitted": False},
            [("phq9-1", "yellow"), ("phq9-2", "red")],
        ),
        # Seven times three is already twenty-one, whatever is answered to the last two.
        (answers(*[3] * 7), {"submitted": False}, [("phq9-3", "red")]),
        (answers(*[3] * 6), {"submitted": False}, []),
    ],
)
def test_flags(given: Mapping[str, Any], more: dict[str, Any], flags: list[tuple[str, str]]) -> None:
    assert raised(given, **more) == flags


def test_raised_flag_carries_what_the_treatment_needs() -> None:
    first, second = score(PHQ9, answers(*[0] * 8, 2)).flags
    assert (first.about, first.to, first.patient_page) == (("q9",), "therapist", "library/kris")
    assert (second.to, second.escalate_after_hours) == ("unit", 24)
    assert "q9" in second.message.sv
    assert score(PHQ9, answers(*[3] * 9)).flags[-1].message == ("Hög poäng", "Hög poäng")


def test_record_keeps_values_and_why_others_have_none() -> None:
    result = score(PHQ9, {**answers(*[1] * 7), "q9": "declined"})
    assert dict(result.values) == {id: Fraction(1) for id in NINE[:7]}
    assert dict(result.statuses) == {"q8": "skipped", "q9": "declined", "q10": "skipped", "total": "insufficient"}
    assert score(PHQ9, answers(*[1] * 9)).values["total"] == 9


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("q1", 4),
        ("q1", -1),
        ("q1", 1.5),
        ("q1", True),
        ("q1", "2"),
        ("q1", "declined"),
        ("q1", [1]),
        ("q1", {}),
        ("q1", float("nan")),
        ("q1", float("inf")),
        ("q1", 10**400),
        ("q9", "skipped"),
        ("q11", 1),
        ("", 1),
    ],
)
def test_wrong_answer_is_refused_by_name_and_nothing_is_scored(item: str, value: Any) -> None:
    result = score(PHQ9, {**answers(*[1] * 9), item: value})
    (refusal,) = result.refusals
    assert refusal.item == item
    assert item in refusal.message.sv
    assert result.scores == result.flags == ()


SYMPTOMS = "count(" + ", ".join(f"q{number} >= 2" for number in range(1, 9)) + ", q9 >= 1)"


def by_symptoms(when: str, items: tuple[Item, ...] = PHQ9.items) -> Questionnaire:
    """With a score that counts symptoms, and one flag on it."""
    types = {**FORM.names, "symptoms": Type("number", low=Fraction(0), high=Fraction(9))}
    scope = Scope({"phq9": replace(FORM, names=types)}, "phq9")
    place = Span("f", 1, 1, 1, 2)
    value, _ = compile_expression(SYMPTOMS, scope, place)
    condition, found = compile_expression(when, scope, place, "truth")
    assert value is not None and condition is not None, found
    symptoms = Score("symptoms", "", "expression", (), missing=Missing("require-all", 0), high=Fraction(9), value=value)
    raised = Flag("phq9-1", condition, "yellow", (), "", "therapist", None, "")
    return replace(PHQ9, items=items, scores=(TOTAL, symptoms), flags=(raised,))


@pytest.mark.parametrize(
    ("when", "answers", "is_raised"),
    [
        # Five already, whatever is answered to the last four; four, and that depends.
        ("symptoms >= 5", dict.fromkeys(NINE[:5], 2), True),
        ("symptoms >= 5", dict.fromkeys(NINE[:4], 3), False),
        ("symptoms >= 5 and (q1 >= 2 or q2 >= 2)", dict.fromkeys(NINE[:8], 2), True),
        ("symptoms >= 5 and (q1 >= 2 or q2 >= 2)", dict.fromkeys(NINE[2:], 2), False),
        ("symptoms < 5", dict.fromkeys(NINE[:5], 0), True),
        ("symptoms < 5", dict.fromkeys(NINE[:4], 0), False),
        # Nobody knows what it was before.
        ("change(symptoms) >= 1", dict.fromkeys(NINE[:8], 2), False),
    ],
)
def test_a_worked_out_score_that_no_missing_answer_could_lower_raises_its_flag(
    when: str, answers: dict[str, int], is_raised: bool
) -> None:
    found = score(by_symptoms(when), answers)
    assert found.scores[1].status == "insufficient"
    assert ("phq9-1" in {one.id for one in found.flags}) is is_raised


def test_a_worked_out_score_that_stays_without_a_value_raises_nothing() -> None:
    never = expression("q1 >= 1 and q2 >= 1")
    items = tuple(replace(item, show_if=never) if item.id == "q8" else item for item in PHQ9.items)
    answers = {"q1": 0, **dict.fromkeys(NINE[2:7], 2)}
    found = score(by_symptoms("symptoms >= 5", items), answers)
    assert found.statuses["q8"] == "not-asked"
    assert "phq9-1" not in {one.id for one in found.flags}
