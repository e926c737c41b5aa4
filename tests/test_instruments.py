"""Every instrument of the library against a table written by hand from the source that its file names.

The oracle shares no line with the engine: it adds as a person with pen and paper would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safety_samples import REPOSITORY, instruments

from designtool.model.questionnaire import REDISTRIBUTABLE, ClinicalThreshold, Missing
from designtool.treatment.journey import run_vector
from designtool.treatment.scoring import is_clinical, score
from designtool.workspace import compile_workspace


def numbered(first: int, last: int, letter: str = "q") -> tuple[str, ...]:
    return tuple(f"{letter}{at}" for at in range(first, last + 1))


@dataclass(frozen=True)
class Sum:
    items: tuple[str, ...]
    low: int
    high: int
    reverse: tuple[str, ...] = ()
    times: int = 1
    bands: tuple[int, ...] = ()
    """Where each begins."""
    clinical: tuple[str, int] | None = None
    change: int | None = None
    may_lack: int = 0


@dataclass(frozen=True)
class Published:
    options: Mapping[str, tuple[int, ...]]
    scores: Mapping[str, Sum]
    unscored: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    text: bool = False
    as_asked: Callable[[Mapping[str, int]], Mapping[str, int]] = dict
    """The answers with what the manual makes of items that it passes over."""


def audit_as_asked(answers: Mapping[str, int]) -> Mapping[str, int]:
    """From item 1 to 9 where item 1 is 0; from item 3 to 9 where items 2 and 3 make 0. What is not asked counts 0."""
    if answers.get("q1") == 0:
        return {**answers, **dict.fromkeys(numbered(2, 8), 0)}
    if "q1" not in answers:
        return {item: value for item, value in answers.items() if item in ("q9", "q10")}
    if "q2" not in answers or "q3" not in answers:
        return {item: value for item, value in answers.items() if item not in numbered(4, 8)}
    if answers["q2"] + answers["q3"] == 0:
        return {**answers, **dict.fromkeys(numbered(4, 8), 0)}
    return answers


def scale(items: tuple[str, ...], *values: int) -> dict[str, tuple[int, ...]]:
    return dict.fromkeys(items, values)


NINE, TEN = numbered(1, 9), numbered(1, 10)
FEAR, AVOIDANCE = numbered(1, 24, "f"), numbered(1, 24, "a")
SITUATIONS = tuple(item for pair in zip(FEAR, AVOIDANCE, strict=True) for item in pair)

PUBLISHED = {
    "phq9": Published(
        scale(TEN, 0, 1, 2, 3),
        {"total": Sum(NINE, 0, 27, bands=(0, 5, 10, 15, 20), clinical=("from", 10), change=5, may_lack=1)},
        unscored=("q10",),
        risks=("q9",),
        text=True,
    ),
    "gad7": Published(
        scale(numbered(1, 7), 0, 1, 2, 3),
        {"total": Sum(numbered(1, 7), 0, 21, bands=(0, 5, 10, 15), clinical=("from", 10), change=4, may_lack=1)},
        text=True,
    ),
    "isi": Published(scale(numbered(1, 7), 0, 1, 2, 3, 4), {"total": Sum(numbered(1, 7), 0, 28, bands=(0, 8, 15, 22))}),
    "madrs_s": Published(
        scale(NINE, 0, 1, 2, 3, 4, 5, 6), {"total": Sum(NINE, 0, 54, bands=(0, 13, 20, 35))}, risks=("q9",)
    ),
    "pss10": Published(scale(TEN, 0, 1, 2, 3, 4), {"total": Sum(TEN, 0, 40, reverse=("q4", "q5", "q7", "q8"))}),
    "who5": Published(
        scale(numbered(1, 5), 0, 1, 2, 3, 4, 5),
        {
            "raw": Sum(numbered(1, 5), 0, 25),
            "percent": Sum(numbered(1, 5), 0, 100, times=4, clinical=("below", 52), change=10),
        },
    ),
    "audit": Published(
        {**scale(numbered(1, 8), 0, 1, 2, 3, 4), **scale(("q9", "q10"), 0, 2, 4)},
        {
            "consumption": Sum(numbered(1, 3), 0, 12),
            "total": Sum(TEN, 0, 40, bands=(0, 8, 16, 20), clinical=("from", 8)),
        },
        as_asked=audit_as_asked,
    ),
    "pswq": Published(
        scale(numbered(1, 16), 1, 2, 3, 4, 5),
        {"total": Sum(numbered(1, 16), 16, 80, reverse=("q1", "q3", "q8", "q10", "q11"))},
    ),
    "pdss_sr": Published(scale(numbered(1, 7), 0, 1, 2, 3, 4), {"total": Sum(numbered(1, 7), 0, 28)}),
    "lsas_sr": Published(
        scale(SITUATIONS, 0, 1, 2, 3),
        {
            "fear": Sum(FEAR, 0, 72),
            "avoidance": Sum(AVOIDANCE, 0, 72),
            "total": Sum(SITUATIONS, 0, 144, bands=(0, 30, 60), clinical=("from", 30)),
        },
    ),
    "k10": Published(scale(TEN, 1, 2, 3, 4, 5), {"total": Sum(TEN, 10, 50)}),
}

IDS = sorted(PUBLISHED)


def by_hand(known: Published, rule: Sum, answers: Mapping[str, int]) -> tuple[Fraction | None, str, int | None]:
    """Value, status, and where its band begins."""
    points = []
    answers = known.as_asked(answers)
    for item in rule.items:
        if item in answers:
            values = known.options[item]
            points.append(values[0] + values[-1] - answers[item] if item in rule.reverse else answers[item])
    lacking = len(rule.items) - len(points)
    if lacking > rule.may_lack:
        return None, "insufficient", None
    value = Fraction(sum(points) * rule.times)
    if lacking:
        value = value * len(rule.items) / len(points)
    begun = [start for start in rule.bands if start <= value]
    return value, "prorated" if lacking else "complete", begun[-1] if begun else None


def agrees(id: str, answers: Mapping[str, int]) -> None:
    known, questionnaire = PUBLISHED[id], instruments()[id]
    results = {one.id: one for one in score(questionnaire, answers).scores}
    rules = {rule.id: rule for rule in questionnaire.scores}
    assert list(results) == list(known.scores)
    for name, rule in known.scores.items():
        value, status, start = by_hand(known, rule, answers)
        labels = {int(band.start): band.label for band in rules[name].bands}
        label = None if start is None else labels[start]
        assert (results[name].value, results[name].status, results[name].band) == (value, status, label), name
        clinical = None
        if rule.clinical is not None and value is not None:
            side, at = rule.clinical
            clinical = value >= at if side == "from" else value < at
        assert is_clinical(rules[name], value) is clinical


def with_sum(known: Published, rule: Sum, total: int) -> dict[str, int]:
    """Answers whose points make this sum; items outside the score have their first option."""
    answers = {item: values[0] for item, values in known.options.items()}
    left = total - sum(known.options[item][0] for item in rule.items)
    # Items with few options first: what they cannot take, the others can.
    for item in sorted(rule.items, key=lambda item: len(known.options[item])):
        values = known.options[item]
        point = max(value for value in values if value - values[0] <= left)
        left -= point - values[0]
        answers[item] = values[0] + values[-1] - point if item in rule.reverse else point
    assert left == 0
    return answers


def test_every_instrument_of_the_library_stands_here() -> None:
    assert set(instruments()) == set(PUBLISHED)


@pytest.mark.parametrize("id", IDS)
def test_items_options_ranges_and_limits_are_the_published_ones(id: str) -> None:
    known, questionnaire = PUBLISHED[id], instruments()[id]
    assert [item.id for item in questionnaire.items] == list(known.options)
    for item in questionnaire.items:
        assert tuple(option.value for option in item.options) == known.options[item.id]
        assert item.scored is (item.id not in known.unscored)
        assert bool(item.risk) is (item.id in known.risks)
    for rule in questionnaire.scores:
        wanted = known.scores[rule.id]
        assert (rule.low, rule.high) == (wanted.low, wanted.high)
        assert tuple(band.start for band in rule.bands) == wanted.bands
        assert rule.reliable_change == wanted.change
        limit = wanted.clinical
        assert rule.clinical_threshold == (None if limit is None else ClinicalThreshold(Fraction(limit[1]), limit[0]))  # type: ignore[arg-type]


@pytest.mark.parametrize("id", IDS)
def test_every_sum_from_lowest_to_highest(id: str) -> None:
    known = PUBLISHED[id]
    for rule in known.scores.values():
        for value in range(rule.low, rule.high + 1, rule.times):
            answers = with_sum(known, rule, value // rule.times)
            assert by_hand(known, rule, answers)[0] == value
            agrees(id, answers)


@pytest.mark.parametrize("id", IDS)
def test_each_item_alone_moves_the_scores_that_count_it(id: str) -> None:
    known = PUBLISHED[id]
    lowest = {item: values[0] for item, values in known.options.items()}
    for item, values in known.options.items():
        for value in values:
            agrees(id, {**lowest, item: value})


def test_what_the_audit_passes_over_is_told_apart_from_what_somebody_passes_over() -> None:
    audit = instruments()["audit"]
    passed = score(audit, {"q1": 0, "q2": 4, "q9": 0, "q10": 0})
    assert passed.hidden == set(numbered(2, 8))
    assert {passed.statuses[item] for item in numbered(2, 8)} == {"not-asked"}
    undecided = score(audit, {"q2": 0, "q3": 0, "q9": 0, "q10": 0})
    assert undecided.hidden == set(numbered(2, 8))
    assert {undecided.statuses[item] for item in numbered(1, 8)} == {"skipped"}


@pytest.mark.parametrize("id", IDS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_half_filled_forms(id: str, data: Any) -> None:
    known = PUBLISHED[id]
    missing = data.draw(st.sets(st.sampled_from(sorted(known.options)), max_size=3))
    agrees(
        id, {item: data.draw(st.sampled_from(values)) for item, values in known.options.items() if item not in missing}
    )


@pytest.mark.parametrize("id", IDS)
def test_a_value_that_no_option_has_gives_no_score(id: str) -> None:
    known, questionnaire = PUBLISHED[id], instruments()[id]
    first = {item: values[0] for item, values in known.options.items()}
    for item, values in known.options.items():
        between = sorted(set(range(values[0], values[-1])) - set(values))
        for wrong in (values[0] - 1, values[-1] + 1, *between, str(values[0]), True, float("nan")):
            result = score(questionnaire, {**first, item: wrong})
            assert [refusal.item for refusal in result.refusals] == [item]
            assert result.scores == ()


@pytest.mark.parametrize("id", IDS)
def test_golden_vectors_hold_and_reach_every_limit(id: str) -> None:
    questionnaire, known = instruments()[id], PUBLISHED[id]
    seen: dict[str, set[Fraction]] = {name: set() for name in known.scores}
    insufficient = set()
    for vector in questionnaire.vectors:
        assert run_vector(questionnaire, vector) == ()
        for name, wanted in vector.scores.items():
            if wanted == "insufficient":
                insufficient.add(name)
            elif not isinstance(wanted, Mapping):
                seen[name].add(Fraction(wanted))
            elif wanted["status"] == "complete":
                seen[name].add(Fraction(wanted["value"]))
    assert insufficient >= {list(known.scores)[-1]}
    for name, rule in known.scores.items():
        assert {rule.low, rule.high} <= seen[name]
        limits = {*rule.bands[1:], *((rule.clinical[1],) if rule.clinical else ())}
        assert {limit - rule.times for limit in limits} | limits <= seen[name]


@pytest.mark.parametrize("id", IDS)
def test_only_wording_that_may_be_passed_on_is_there(id: str) -> None:
    questionnaire = instruments()[id]
    assert questionnaire.has_text is PUBLISHED[id].text
    assert (questionnaire.instrument.licence in REDISTRIBUTABLE) is PUBLISHED[id].text
    assert questionnaire.instrument.holder and "http" in questionnaire.instrument.source
    if not PUBLISHED[id].text:
        assert questionnaire.introduction == ""
        assert not any(item.text for item in questionnaire.items)
        assert all(option.label == str(option.value) for item in questionnaire.items for option in item.options)


def test_what_is_worked_out_from_a_prorated_sum_is_prorated() -> None:
    assert prorated("who5", {}) == ("insufficient", None)
    assert prorated("who5", {"q1": 3, "q2": 3, "q3": 3, "q4": 3}) == ("prorated", Fraction(60))
    assert prorated("who5", {"q1": 3, "q2": 3, "q3": 3}) == ("insufficient", None)
    assert prorated("who5", {"q1": 3, "q2": 3, "q3": 3, "q4": 3, "q5": 3}) == ("complete", Fraction(60))


def prorated(id: str, answers: Mapping[str, int]) -> tuple[str, Fraction | None]:
    """The last score of the instrument, had it let one answer be missing."""
    questionnaire = instruments()[id]
    loose = tuple(replace(rule, missing=Missing("prorate", 4)) for rule in questionnaire.scores)
    result = score(replace(questionnaire, scores=loose), answers).scores[-1]
    return result.status, result.value


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("from: 10", None),
        ("below: 10", None),
        ("from: 10\n      below: 12", "below"),
        ("from: tio", "tal"),
        ("above: 10", "above"),
        ("{}", "below"),
    ],
)
def test_a_clinical_threshold_has_one_side(tmp_path: Path, limit: str, said: str | None) -> None:
    for name in ("designtool.yaml", "programs/library/questionnaires/pdss_sr.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        text = text.replace("    display_round", f"    clinical_threshold:\n      {limit}\n    display_round")
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = [
        one.message.sv
        for one in compile_workspace(tmp_path, date(2026, 11, 21)).diagnostics
        if "pdss_sr" in one.span.path
    ]
    assert (not found) if said is None else any(said in message for message in found), found
