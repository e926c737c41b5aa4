"""From answers to scores and flags: exact, and never a number where too little was answered."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from designtool.diagnostics import Text
from designtool.expressions import WrongValue, certainly_true, evaluate, from_json, possible_numbers
from designtool.expressions.expression import Environment, Record, Type, Value
from designtool.model.flow import Flag, Level
from designtool.model.questionnaire import Band, Item, Questionnaire, Score

Status = Literal["complete", "prorated", "insufficient"]
DECLINED = "declined"
"""The answer to a risk item of somebody who does not want to answer it."""
NOT_ASKED = "not-asked"
"""The status of an item whose `show_if` does not hold. While an answer is missing that would decide it, it has not got it."""
SKIPPED_RISK_ITEM = "skipped-risk-item"
DECLINED_RISK_ITEM = "declined-risk-item"
NOTHING_AROUND = Environment(today=date(1970, 1, 1), start=date(1970, 1, 1))
"""No earlier submission, no other form: the answers stand alone."""
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ScoreResult:
    id: str
    value: Fraction | None
    status: Status
    """Prorated: worked out although items are missing, as the score's rule allows."""
    band: str | None


@dataclass(frozen=True, slots=True)
class RaisedByAnswers:
    """What the answers raise for the therapist."""

    id: str
    """The model's flag id, or skipped-risk-item or declined-risk-item."""
    level: Level
    message: Text
    about: tuple[str, ...]
    to: str = "therapist"
    escalate_after_hours: int | None = None
    patient_page: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that cannot be one. Nothing is scored then."""

    item: str
    value: Any
    message: Text


@dataclass(frozen=True, slots=True)
class Scored:
    scores: tuple[ScoreResult, ...] = ()
    flags: tuple[RaisedByAnswers, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Answers and scores as typed values, as a `Record` keeps them."""
    statuses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of every score; and of items that have no answer: declined, not asked, or skipped once submitted."""
    hidden: frozenset[str] = frozenset()
    """Items whose `show_if` does not hold, or is unknown. What was answered to them before counts for nothing."""


def score(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    environment: Environment | None = None,
    submitted: bool = True,
) -> Scored:
    """The scores and flags of these answers, item id to JSON value; None and what is absent are unanswered.

    `environment` holds what else a flag may look at: earlier submissions for `change(x)`, the day, other forms. Before
    submission an item without an answer is not reached yet, and raises nothing of its own.
    """
    values, statuses, refusals = _read(questionnaire, answers)
    if refusals:
        return Scored(refusals=refusals)
    around = environment or NOTHING_AROUND
    hidden = take_away_hidden(questionnaire, values, statuses, around)
    if submitted:
        statuses |= {item.id: "skipped" for item in questionnaire.items if item.id not in values | statuses}
    results: list[ScoreResult] = []
    for rule in questionnaire.scores:
        result = _result(rule, questionnaire, values, _with_draft(around, questionnaire, values, statuses))
        results.append(result)
        statuses[rule.id] = result.status
        # What is prorated while somebody is still writing would be taken for the result.
        if result.value is not None and (submitted or result.status == "complete"):
            values[rule.id] = result.value
    flags = (
        *_raised(questionnaire, values, hidden, _with_draft(around, questionnaire, values, statuses)),
        *_unanswered_risks(questionnaire, statuses),
    )
    return Scored(tuple(results), flags, (), MappingProxyType(values), MappingProxyType(statuses), hidden)


def band_of(value: Fraction, bands: tuple[Band, ...]) -> str | None:
    """The label of the last band that begins at or below the value, so that 4.5 has one too."""
    begun = [band for band in bands if band.start <= value]
    return max(begun, key=lambda band: band.start).label if begun else None


def is_clinical(rule: Score, value: Fraction | None) -> bool | None:
    """Whether the score meets its instrument's published cut-off; None without a value or a cut-off."""
    return None if value is None or rule.clinical_threshold is None else rule.clinical_threshold.is_met_by(value)


def item_type(item: Item) -> Type:
    """The numbers that can be answered to an item."""
    values = tuple(Fraction(value) for value in sorted(option.value for option in item.options))
    return Type("number", values=values, low=values[0] if values else None, high=values[-1] if values else None)


def _read(
    questionnaire: Questionnaire, answers: Mapping[str, Any]
) -> tuple[dict[str, Value], dict[str, str], tuple[Refusal, ...]]:
    items = {item.id: item for item in questionnaire.items}
    values: dict[str, Value] = {}
    statuses: dict[str, str] = {}
    refusals: list[Refusal] = []
    for id, answer in answers.items():
        item = items.get(id)
        if item is None:
            message = Text(
                f"Frågan {_short(id)} finns inte i {questionnaire.title}.",
                f"{questionnaire.title} has no item {_short(id)}.",
            )
            refusals.append(Refusal(id, answer, message))
        elif answer == DECLINED and item.risk:
            statuses[id] = DECLINED
        elif answer is not None:
            try:
                values[id] = _answer(item, answer)
            except WrongValue as wrong:
                about = Text(f"{id}: {_short(answer)} går inte. ", f"{id}: {_short(answer)} is not possible. ")
                refusals.append(Refusal(id, answer, Text(about.sv + wrong.message.sv, about.en + wrong.message.en)))
    return values, statuses, tuple(refusals)


def value_when_hidden(item: Item, status: str | None) -> Fraction | None:
    """What a hidden item counts as. While it is unknown whether it is asked, it is missing."""
    return Fraction(item.when_hidden) if status == NOT_ASKED and item.when_hidden is not None else None


def take_away_hidden(
    questionnaire: Questionnaire, values: dict[str, Value], statuses: dict[str, str], around: Environment
) -> frozenset[str]:
    """What is not asked loses its answer, from the first item on: a condition reads items above it alone."""
    hidden: set[str] = set()
    for item in questionnaire.items:
        if item.show_if is None:
            continue
        shown = evaluate(item.show_if, _with_draft(around, questionnaire, values, statuses))
        if shown is True:
            continue
        hidden.add(item.id)
        values.pop(item.id, None)
        statuses.pop(item.id, None)
        # Undecided is what an answer could still decide: not a condition that only misses what is not asked itself.
        missing = (name for _, name in item.show_if.references if values.get(name) is None)
        if shown is False or all(statuses.get(name) == NOT_ASKED for name in missing):
            statuses[item.id] = NOT_ASKED
        counts_as = value_when_hidden(item, statuses.get(item.id))
        if counts_as is not None:
            values[item.id] = counts_as
    return frozenset(hidden)


def _answer(item: Item, answer: Any) -> Value:
    """Options are coded numbers, so an answer is one; text that looks like a number is not."""
    if isinstance(answer, bool) or not isinstance(answer, int | float | Fraction):
        raise WrongValue(Text("Svaret ska vara ett tal.", "The answer must be a number."))
    if isinstance(answer, float) and not math.isfinite(answer):
        raise WrongValue(Text("Svaret ska vara ett tal.", "The answer must be a number."))
    if isinstance(answer, int) and any(option.value == answer for option in item.options):
        return Fraction(answer)
    return from_json(item_type(item), answer)


def _short(value: Any) -> str:
    """As the answers file writes it."""
    text = (
        value
        if isinstance(value, str)
        else str(value)
        if isinstance(value, Fraction)
        else json.dumps(value, default=str)
    )
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _with_draft(
    environment: Environment, questionnaire: Questionnaire, values: Mapping[str, Value], statuses: Mapping[str, str]
) -> Environment:
    """The environment as the flags and computed scores of this questionnaire see it: its answers stand bare."""
    here = environment.draft if environment.own == questionnaire.id else None
    dated, made_at = (here.dated, here.made_at) if here is not None else (environment.today, None)
    draft = Record(dated, made_at, MappingProxyType(dict(values)), MappingProxyType(dict(statuses)))
    return replace(environment, own=questionnaire.id, draft=draft)


def _result(
    rule: Score, questionnaire: Questionnaire, values: Mapping[str, Value], environment: Environment
) -> ScoreResult:
    counted = counted_items(rule, questionnaire)
    answered = [id for id in counted if values.get(id) is not None]
    value: Fraction | None = None
    if len(answered) >= needed_answers(rule, len(counted)):
        value = _value(rule, questionnaire, counted, answered, values, environment)
    if value is None:
        return ScoreResult(rule.id, None, "insufficient", None)
    status: Status = "complete" if len(answered) == len(counted) else "prorated"
    return ScoreResult(rule.id, value, status, band_of(value, rule.bands))


def counted_items(rule: Score, questionnaire: Questionnaire) -> tuple[str, ...]:
    """The items of a score; of an expression that lists none, those that it reads, itself or through an earlier score.

    So a percentage of a sum is prorated when the sum is.
    """
    if rule.items or rule.value is None:
        return rule.items
    read = {name for form, name in rule.value.references if form == questionnaire.id}
    for earlier in questionnaire.scores[: questionnaire.scores.index(rule)]:
        if earlier.id in read:
            read.update(counted_items(earlier, questionnaire))
    return tuple(item.id for item in questionnaire.items if item.id in read)


def _value(
    rule: Score,
    questionnaire: Questionnaire,
    counted: tuple[str, ...],
    answered: list[str],
    values: Mapping[str, Value],
    environment: Environment,
) -> Fraction | None:
    if rule.method == "expression":
        found = evaluate(rule.value, environment) if rule.value is not None else None
        return found if isinstance(found, Fraction) else None
    items = {item.id: item for item in questionnaire.items}
    weights = {id: rule.weights.get(id, Fraction(1)) for id in counted} if rule.method == "weighted" else {}
    total = Fraction(0)
    for id in answered:
        answer = values[id]
        assert isinstance(answer, Fraction)
        answer = _reversed(items[id], answer) if id in rule.reverse else answer
        total += weights[id] * answer if weights else answer
    if not weights:
        return value_of_sums(rule, len(answered), total, Fraction(len(answered)), Fraction(len(set(counted))))
    answered_weight = sum((weights[id] for id in answered), Fraction(0))
    return value_of_sums(rule, len(answered), total, answered_weight, sum(weights.values(), Fraction(0)))


def value_of_sums(
    rule: Score, answered: int, total: Fraction, answered_weight: Fraction, whole_weight: Fraction
) -> Fraction | None:
    """The score of so many answered items, which weigh so much of the whole and have these points together."""
    if rule.method == "mean":
        return total / answered if answered else None
    # What is missing is taken to be as the answered items are on average: for a plain sum that is × items / answered.
    if answered_weight == whole_weight:
        return total
    return total * whole_weight / answered_weight if answered_weight else None


def needed_answers(rule: Score, counted: int) -> int:
    """So many of the counted items must be answered for a score at all."""
    return counted if rule.missing.rule == "require-all" else max(1, rule.missing.at_least)


def points(rule: Score, item: Item, answer: Fraction) -> tuple[Fraction, Fraction]:
    """What an answer adds to a score that is no expression: its points, and its weight."""
    weight = rule.weights.get(item.id, Fraction(1)) if rule.method == "weighted" else Fraction(1)
    return weight * (_reversed(item, answer) if item.id in rule.reverse else answer), weight


def _reversed(item: Item, answer: Fraction) -> Fraction:
    ends = _ends(item)
    assert ends is not None
    return ends[0] + ends[1] - answer


def _ends(item: Item) -> tuple[Fraction, Fraction] | None:
    """The lowest and the highest number that can be answered; None where there is none."""
    values = [option.value for option in item.options]
    return (Fraction(min(values)), Fraction(max(values))) if values else None


def _raised(
    questionnaire: Questionnaire, values: Mapping[str, Value], hidden: frozenset[str], environment: Environment
) -> Iterator[RaisedByAnswers]:
    domains = _domains(questionnaire, values, hidden, environment)
    for flag in questionnaire.flags:
        if certainly_true(flag.when, environment, domains):
            yield RaisedByAnswers(
                flag.id,
                flag.level,
                _message(flag),
                flag.about,
                flag.to,
                flag.escalate_after_hours,
                flag.patient_page,
            )


def _domains(
    questionnaire: Questionnaire, values: Mapping[str, Value], hidden: frozenset[str], environment: Environment
) -> dict[tuple[str, str], Type]:
    """What each missing answer could be, and what each missing score could become if all its items were answered.

    Of those that some flag reads: this is worked out anew with every answer that is saved.
    """
    id = questionnaire.id
    read = {name for flag in questionnaire.flags for form, name in flag.when.references if form == id}
    for rule in reversed(questionnaire.scores):
        if rule.id in read and rule.method == "expression" and rule.value is not None:
            read |= {*counted_items(rule, questionnaire), *(name for form, name in rule.value.references if form == id)}
    missing = {name for name in read if values.get(name) is None}
    found = {(id, item.id): item_type(item) for item in questionnaire.items if item.id in missing - hidden}
    for rule in questionnaire.scores:
        if rule.id not in missing:
            continue
        if rule.method != "expression":
            found[id, rule.id] = _reachable(rule, questionnaire, values)
            continue
        counted = counted_items(rule, questionnaire)
        # An item that is not asked keeps it without a value, however the others are answered.
        if rule.value is not None and all(values.get(item) is not None or (id, item) in found for item in counted):
            possible = possible_numbers(rule.value, environment, found)
            if possible is not None:
                found[id, rule.id] = possible
    return found


def _reachable(rule: Score, questionnaire: Questionnaire, values: Mapping[str, Value]) -> Type:
    items = {item.id: item for item in questionnaire.items}
    low = high = Fraction(0)
    for id in rule.items:
        answer = values.get(id)
        ends = (answer, answer) if isinstance(answer, Fraction) else _ends(items[id])
        if ends is None:
            return Type("number")
        if id in rule.reverse:
            ends = (_reversed(items[id], ends[1]), _reversed(items[id], ends[0]))
        if rule.method == "weighted":
            weight = rule.weights.get(id, Fraction(1))
            ends = (min(ends[0] * weight, ends[1] * weight), max(ends[0] * weight, ends[1] * weight))
        low, high = low + ends[0], high + ends[1]
    if rule.method == "mean" and rule.items:
        low, high = low / len(rule.items), high / len(rule.items)
    return Type("number", low=low, high=high)


def _message(flag: Flag) -> Text:
    if flag.message:
        return Text(flag.message, flag.message)
    sv = {"green": "Grön flagga", "yellow": "Gul flagga", "red": "Röd flagga"}[flag.level]
    about = ", ".join(flag.about)
    tail = f": {about}" if about else ""
    return Text(f"{sv}{tail}", f"{flag.level.capitalize()} flag{tail}")


def _unanswered_risks(questionnaire: Questionnaire, statuses: Mapping[str, str]) -> Iterator[RaisedByAnswers]:
    """A risk item passed over or declined is something to ask the patient about, whatever the other answers say."""
    for item in questionnaire.items:
        status = statuses.get(item.id)
        if not item.risk or status not in ("skipped", DECLINED):
            continue
        if status == DECLINED:
            message = Text(
                f"Patienten ville inte svara på {item.id}.", f"The patient did not want to answer {item.id}."
            )
            yield RaisedByAnswers(DECLINED_RISK_ITEM, "yellow", message, (item.id,))
        else:
            message = Text(f"Patienten hoppade över {item.id}.", f"The patient skipped {item.id}.")
            yield RaisedByAnswers(SKIPPED_RISK_ITEM, "yellow", message, (item.id,))
