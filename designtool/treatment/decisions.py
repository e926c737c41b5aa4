"""What a decision's rule proposes. A rule only proposes: a therapist confirms, and nothing is tightened unreviewed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from designtool.diagnostics import Text
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment, Expression, Value
from designtool.model.exercise import Decision, StepBand
from designtool.model.program import Program

if TYPE_CHECKING:
    from designtool.treatment.state import DecisionState


@dataclass(frozen=True, slots=True)
class Proposed:
    value: Fraction
    measure: Fraction | None
    entries: int
    reason: Text


@dataclass(frozen=True, slots=True)
class Waiting:
    """Too little is known for a proposal."""

    entries: int
    measure: Fraction | None
    reason: Text


@dataclass(frozen=True, slots=True)
class Locked:
    """A contraindication: nothing is proposed until a therapist has signed."""

    entries: int
    measure: Fraction | None
    reason: Text


def outcome(
    decision: Decision, program: Program, environment: Environment, known: DecisionState
) -> Proposed | Waiting | Locked:
    """What the rule says in this environment, with what has been confirmed and signed."""
    if known.contraindicated:
        return Locked(entries_that_count(decision, program, environment), _measured(decision, environment), _LOCKED)
    signed = lock_is_signed(decision, environment, known.signed_at)
    return propose(decision, program, environment, known.confirmed, signed)


def propose(
    decision: Decision, program: Program, environment: Environment, current: Fraction | None, signed: bool = False
) -> Proposed | Waiting | Locked:
    """What the rule says now. `current` is the confirmed value, None before there is one; `signed` lifts the lock."""
    environment = replace(environment, extra=MappingProxyType({**environment.extra, "current": current}))
    entries = entries_that_count(decision, program, environment)
    measure = _measured(decision, environment)
    if decision.lock_if is not None and not signed:
        locked = evaluate(decision.lock_if, environment)
        if locked is True:
            return Locked(entries, measure, _LOCKED)
        if locked is None:
            return Waiting(entries, measure, _UNKNOWN_LOCK)
    if entries < decision.needs.entries:
        return Waiting(entries, measure, _too_few(decision, entries))
    if current is None:
        return _first(decision, environment, entries, measure)
    if measure is None:
        return Waiting(entries, measure, _NO_MEASURE)
    return _next(decision, environment, entries, measure, current)


def band_of(decision: Decision, measure: Fraction) -> StepBand | None:
    """The band that a measure falls into: each lasts until the next begins. None below the first."""
    reached = [band for band in decision.bands if band.start <= measure]
    return max(reached, key=lambda band: band.start, default=None)


def entries_that_count(decision: Decision, program: Program, environment: Environment) -> int:
    """Entries of the diary that is measured, within the days that the decision looks at."""
    diary = _measured_diary(decision, program)
    records = environment.records.get(diary, ())
    if decision.needs.within_days is None:
        return len(records)
    first = environment.today - timedelta(days=decision.needs.within_days - 1)
    return sum(first <= record.dated <= environment.today for record in records)


def lock_is_signed(decision: Decision, environment: Environment, signed_at: datetime | None) -> bool:
    """A signature covers the answers that stood there. What is answered after it asks for a new one where it locks.

    So a question that is asked again every week does not ask for a signature every week, and one that is answered with a
    yes does. What was signed must lock without the later answers, and these must not lock without it.
    """
    lock_if = decision.lock_if
    if signed_at is None or lock_if is None:
        return False
    forms = {form for form, _ in lock_if.references}
    later = {
        form
        for form in forms
        if (records := environment.records.get(form)) and (made_at := records[-1].made_at) and made_at > signed_at
    }
    if not later:
        return True
    return _locks_without(lock_if, environment, later) and not _locks_without(lock_if, environment, forms - later)


def _locks_without(lock_if: Expression, environment: Environment, forms: Set[str]) -> bool:
    records = {form: records for form, records in environment.records.items() if form not in forms}
    return evaluate(lock_if, replace(environment, records=MappingProxyType(records))) is True


_LOCKED = Text(
    "Patientens svar talar mot det här. Inget föreslås förrän du har bedömt det och signerat.",
    "The patient's answers speak against this. Nothing is proposed until you have judged it and signed.",
)
_UNKNOWN_LOCK = Text(
    "Svar som visar om det här är säkert för patienten saknas än.",
    "Answers that show whether this is safe for the patient are still missing.",
)
_NO_MEASURE = Text(
    "Måttet som förslaget bygger på går inte att räkna ut än.",
    "The measure that the proposal builds on cannot be worked out yet.",
)


def _first(decision: Decision, environment: Environment, entries: int, measure: Fraction | None) -> Proposed | Waiting:
    start = _number(evaluate(decision.start, environment))
    if start is None:
        return Waiting(entries, measure, _NO_MEASURE)
    value = _bounded(decision, start)
    sv, en = _amount(decision, start)
    reason = Text(
        f"Första värdet räknat på {entries} registreringar: {sv}.", f"First value from {entries} entries: {en}."
    )
    return Proposed(value, measure, entries, _with_bound(decision, reason, start, value))


def _next(
    decision: Decision, environment: Environment, entries: int, measure: Fraction, current: Fraction
) -> Proposed | Waiting:
    band = band_of(decision, measure)
    if band is None:
        return Waiting(entries, measure, _NO_MEASURE)
    shown = _shown(measure)
    reason = Text(
        f"Måttet är {shown.sv}, räknat på {entries} registreringar. ",
        f"The measure is {shown.en}, from {entries} entries. ",
    )
    if band.step < 0:
        held = _held(decision.hold_if, environment)
        if held is not None:
            return Proposed(current, measure, entries, _joined(reason, held))
    if band.step == 0:
        stays = Text("Från och med {} ändras inget.", "From {} on nothing changes.")
        return Proposed(current, measure, entries, _joined(reason, _filled(stays, _shown(band.start))))
    wanted = current + band.step
    value = _bounded(decision, wanted)
    if band.step < 0:
        # A value that stands below the floor is an odd case, but tightening must never be the way out of it.
        value = min(value, current) if current >= decision.floor else current
    change = _amount(decision, abs(band.step))
    longer = band.step > 0
    changed = Text(
        f"Det ger {change.sv} {'mer' if longer else 'mindre'}.",
        f"That gives {change.en} {'more' if longer else 'less'}.",
    )
    return Proposed(value, measure, entries, _with_bound(decision, _joined(reason, changed), wanted, value))


def _held(hold_if: Expression | None, environment: Environment) -> Text | None:
    """Why what would tighten keeps the value. A condition that cannot be judged holds too: the safe side."""
    if hold_if is None:
        return None
    holds = evaluate(hold_if, environment)
    if holds is True:
        return Text(
            "Regeln hade föreslagit mindre, men patientens svar gör att värdet behålls.",
            "The rule would have proposed less, but the patient's answers keep the value as it is.",
        )
    if holds is None:
        return Text(
            "Regeln hade föreslagit mindre, men svar som visar om det är säkert saknas. Värdet behålls.",
            "The rule would have proposed less, but answers that show whether it is safe are missing. The value is kept.",
        )
    return None


def _bounded(decision: Decision, value: Fraction) -> Fraction:
    return min(max(value, decision.floor), decision.ceiling)


def _with_bound(decision: Decision, reason: Text, wanted: Fraction, value: Fraction) -> Text:
    if wanted == value:
        return reason
    limit = _amount(decision, decision.floor if wanted < value else decision.ceiling)
    word = Text("Lägsta tillåtna värde är {}.", "The lowest value allowed is {}.")
    if wanted > value:
        word = Text("Högsta tillåtna värde är {}.", "The highest value allowed is {}.")
    return _joined(_joined(reason, Text(" ", " ")), _filled(word, limit))


def _measured(decision: Decision, environment: Environment) -> Fraction | None:
    return _number(evaluate(decision.measure, environment))


def _measured_diary(decision: Decision, program: Program) -> str:
    for form, _ in (*decision.measure.references, *decision.start.references):
        exercise = program.exercise.get(form)
        if exercise is not None and exercise.kind == "diary":
            return form
    return ""


def _too_few(decision: Decision, entries: int) -> Text:
    needed, days = decision.needs.entries, decision.needs.within_days
    within = Text(f" under {days} dagar", f" within {days} days") if days else Text("", "")
    return Text(
        f"{entries} av {needed} registreringar{within.sv} finns.",
        f"{entries} of {needed} entries{within.en} are there.",
    )


def _amount(decision: Decision, value: Fraction) -> Text:
    shown = _shown(value)
    unit = Text("minuter", "minutes") if decision.unit == "minutes" else Text(decision.unit, decision.unit)
    return Text(f"{shown.sv} {unit.sv}".strip(), f"{shown.en} {unit.en}".strip())


def _shown(value: Fraction) -> Text:
    """With two decimals where it is no whole number, half away from zero."""
    if value.denominator == 1:
        return Text(str(value.numerator), str(value.numerator))
    scaled = (abs(value) * 100 + Fraction(1, 2)).__floor__()
    text = f"{'-' if value < 0 else ''}{scaled // 100}.{scaled % 100:02d}"
    return Text(text.replace(".", ","), text)


def _joined(first: Text, second: Text) -> Text:
    return Text(first.sv + second.sv, first.en + second.en)


def _filled(text: Text, value: Text) -> Text:
    return Text(text.sv.format(value.sv), text.en.format(value.en))


def _number(value: Value) -> Fraction | None:
    return value if isinstance(value, Fraction) else None
