"""Scores against an oracle that is written as the rules read, and shares no line with the engine."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safety_samples import Treatment, instruments, measured_with
from treatment_samples import PATIENT

from designtool.model.exercise import Option
from designtool.model.questionnaire import Band, Instrument, Item, Missing, Questionnaire, Score
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.commands import Refusal
from designtool.treatment.scoring import score


@dataclass(frozen=True)
class Case:
    options: tuple[tuple[int, ...], ...]
    """Of each item."""
    method: str
    weights: tuple[Fraction, ...]
    reverse: tuple[bool, ...]
    rule: str
    at_least: int
    bands: tuple[tuple[Fraction, str], ...]
    answers: tuple[int | str | None, ...]


def oracle(case: Case) -> tuple[Fraction | None, str, str | None]:
    """Value, status and band, as a person with pen and paper would work them out."""
    points = []
    for options, backwards, weight, answer in zip(case.options, case.reverse, case.weights, case.answers, strict=True):
        if isinstance(answer, int):
            counted = min(options) + max(options) - answer if backwards else answer
            points.append((Fraction(counted), weight if case.method == "weighted" else Fraction(1)))
    everything = len(case.options)
    if case.rule == "require-all":
        enough = len(points) == everything
    else:
        enough = len(points) >= max(case.at_least, 1)
    if not enough:
        return None, "insufficient", None
    if case.method == "mean":
        value = sum(point for point, _ in points) / Fraction(len(points))
    else:
        gained = sum((point * weight for point, weight in points), Fraction(0))
        there = sum(weight for _, weight in points)
        whole = sum(case.weights) if case.method == "weighted" else Fraction(everything)
        value = gained * whole / there if len(points) < everything else gained
    label = None
    for start, name in sorted(case.bands):
        if value >= start:
            label = name
    return value, "complete" if len(points) == everything else "prorated", label


def questionnaire(case: Case) -> Questionnaire:
    ids = [f"q{at}" for at in range(len(case.options))]
    items = tuple(
        Item(id, "?", tuple(Option(value, "x") for value in options), risk="suicidality" if at == 0 else "")
        for at, (id, options) in enumerate(zip(ids, case.options, strict=True))
    )
    rule = Score(
        id="total",
        label="",
        method=case.method,  # type: ignore[arg-type]
        items=tuple(ids),
        weights=MappingProxyType(dict(zip(ids, case.weights, strict=True))),
        reverse=tuple(id for id, backwards in zip(ids, case.reverse, strict=True) if backwards),
        missing=Missing(case.rule, case.at_least),  # type: ignore[arg-type]
        bands=tuple(Band(start, label) for start, label in case.bands),
    )
    instrument = Instrument("x", "sv", "free", "x", "x")
    return Questionnaire("x", "X", instrument, "", "", None, items, (rule,), (), ())


@st.composite
def cases(draw: Any) -> Case:
    count = draw(st.integers(1, 7))
    options = st.lists(st.integers(-3, 9), min_size=2, max_size=6, unique=True)
    scales = tuple(tuple(draw(options)) for _ in range(count))
    if draw(st.booleans()):
        scales = (scales[0],) * count
    unanswered = st.just(None)
    answers = [draw(st.sampled_from(scale) | unanswered) for scale in scales]
    if answers[0] is None and draw(st.booleans()):
        answers[0] = "declined"
    return Case(
        options=scales,
        method=draw(st.sampled_from(["sum", "mean", "weighted"])),
        weights=tuple(draw(st.fractions(Fraction(1, 4), 5, max_denominator=6)) for _ in scales),
        reverse=tuple(draw(st.booleans()) for _ in scales),
        rule=draw(st.sampled_from(["require-all", "prorate", "mean-of-answered"])),
        at_least=draw(st.integers(0, count)),
        bands=tuple(
            (start, f"band {start}") for start in draw(st.lists(st.fractions(-10, 40, max_denominator=4), unique=True))
        ),
        answers=tuple(answers),
    )


@settings(max_examples=150, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_every_score_is_what_the_rules_say(case: Case, random: Any) -> None:
    answers = [
        (f"q{at}", answer) for at, answer in enumerate(case.answers) if answer is not None or random.random() < 0.5
    ]
    random.shuffle(answers)
    found = score(questionnaire(case), dict(answers))
    (result,) = found.scores
    assert (result.value, result.status, result.band) == oracle(case)
    assert found.values.get("total") == result.value
    for at, answer in enumerate(case.answers):
        wanted = "declined" if answer == "declined" else "skipped" if answer is None else None
        assert found.statuses.get(f"q{at}") == wanted


# Instruments with one plain sum, written down by hand from their publications; tests/test_instruments.py has every one


@dataclass(frozen=True)
class Published:
    items: int
    highest: int
    needed: int
    bands: tuple[tuple[int, str], ...]
    unscored: tuple[str, ...] = ()


PUBLISHED = {
    "phq9": Published(
        9,
        3,
        8,
        ((0, "Ingen eller minimal"), (5, "Lindrig"), (10, "Måttlig"), (15, "Måttligt svår"), (20, "Svår")),
        ("q10",),
    ),
    "gad7": Published(7, 3, 6, ((0, "Ingen eller minimal"), (5, "Lindrig"), (10, "Måttlig"), (15, "Svår"))),
    "madrs_s": Published(9, 6, 9, ((0, "Ingen eller minimal"), (13, "Lindrig"), (20, "Måttlig"), (35, "Svår"))),
    "isi": Published(
        7,
        4,
        7,
        (
            (0, "Ingen insomni av betydelse"),
            (8, "Lätta sömnbesvär"),
            (15, "Måttlig insomni"),
            (22, "Svår insomni"),
        ),
    ),
}


def published(id: str, answers: dict[str, int]) -> tuple[Fraction | None, str, str | None]:
    known = PUBLISHED[id]
    given_ones = [answers[f"q{at}"] for at in range(1, known.items + 1) if f"q{at}" in answers]
    if len(given_ones) < known.needed:
        return None, "insufficient", None
    value = Fraction(sum(given_ones) * known.items, len(given_ones))
    band = [label for start, label in known.bands if start <= value][-1]
    return value, "complete" if len(given_ones) == known.items else "prorated", band


def test_instruments_have_the_items_and_the_range_of_their_publication() -> None:
    for id, known in PUBLISHED.items():
        questionnaire = instruments()[id]
        ids = [item.id for item in questionnaire.items if item.scored]
        assert ids == [f"q{at}" for at in range(1, known.items + 1)]
        assert tuple(item.id for item in questionnaire.items if not item.scored) == known.unscored
        for item in questionnaire.items:
            assert [option.value for option in item.options] == list(range(known.highest + 1))
        (rule,) = questionnaire.scores
        assert (rule.low, rule.high) == (0, known.items * known.highest)


@pytest.mark.parametrize("id", sorted(PUBLISHED))
def test_every_sum_from_lowest_to_highest_has_its_band(id: str) -> None:
    known = PUBLISHED[id]
    for total in range(known.items * known.highest + 1):
        answers = {}
        left = total
        for at in range(1, known.items + 1):
            answers[f"q{at}"] = min(known.highest, left)
            left -= answers[f"q{at}"]
        (result,) = score(instruments()[id], answers).scores
        assert (result.value, result.status, result.band) == published(id, answers)
        assert result.value == total


@pytest.mark.parametrize("id", sorted(PUBLISHED))
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_half_filled_forms_of_the_library(id: str, data: Any) -> None:
    known = PUBLISHED[id]
    ids = [f"q{at}" for at in range(1, known.items + 1)]
    missing = data.draw(st.sets(st.sampled_from(ids), max_size=3))
    answers = {one: data.draw(st.integers(0, known.highest)) for one in ids if one not in missing}
    (result,) = score(instruments()[id], answers).scores
    assert (result.value, result.status, result.band) == published(id, answers)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([f"q{at}" for at in range(1, 11)]), st.integers(0, 3) | st.none()), max_size=24)
)
def test_what_is_stored_on_submission_is_what_was_answered_last(saves: list[tuple[str, int | None]]) -> None:
    """In any order, corrected and taken back: the score is that of the last answers, and the risk item's flag is there."""
    program = measured_with("phq9")
    treatment = Treatment(program)
    for item, value in saves:
        treatment.save("phq9", item, value)
    last = {item: value for item, value in dict(saves).items() if value is not None}
    outcome = commands.submit_form(treatment.state, program, treatment.now, PATIENT, "phq9")
    if not last:
        assert isinstance(outcome, Refusal)
        return
    (stored,) = [event.what for event in treatment.take(outcome) if isinstance(event.what, happened.Submitted)]
    value, status, _ = published("phq9", last)
    assert (stored.scores["total"].value, stored.scores["total"].status) == (value, status)
    assert dict(stored.answers) == last
    raised = {flag.id for flag in treatment.state.flags}
    said = [value for item, value in saves if item == "q9" and value is not None]
    assert ("skipped-risk-item" in raised) is ("q9" not in last)
    assert ("phq9-1" in raised) is (1 in said)
    assert ("phq9-2" in raised) is any(value >= 2 for value in said)
    treatment.verified()
