"""Journeys: scripted patients whose way through a program must be exactly what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from designtool.diagnostics import Text, nearest
from designtool.expressions.expression import Value
from designtool.expressions.values import to_json
from designtool.model.codec import encode_fraction
from designtool.model.journey import Expect, ExpectedFlag, Journey
from designtool.model.origin import Origin
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire, Vector
from designtool.treatment.answers import value_json
from designtool.treatment.json_values import plain_json
from designtool.treatment.scoring import Scored, is_clinical, score
from designtool.treatment.simulate import FIRST_DAY, Simulation, step_moment
from designtool.treatment.situate import situation
from designtool.treatment.situation import RaisedFlag, Situation

_DIGEST = "sha256:journey"
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Failure:
    origin: Origin
    """Of the step, the act or the expectation."""
    day: int
    message: Text


@dataclass(frozen=True, slots=True)
class JourneyResult:
    name: str
    passed: bool
    failures: tuple[Failure, ...]


def run_journey(journey: Journey, program: Program) -> JourneyResult:
    """Play a journey from its start to its end and hold every expectation against what came of it."""
    simulation = Simulation(program, _DIGEST, FIRST_DAY)
    failures: list[Failure] = []
    seen = 0
    for step in journey.steps:
        simulation.go_to(step_moment(step, FIRST_DAY))
        for act in step.does:
            failures += [Failure(act.origin, step.day, text) for text in simulation.do(act)]
        if step.expect is not None:
            now = situation(simulation.state, {_DIGEST: program}, simulation.now)
            raised = tuple(flag for flag in now.flags if flag.number > seen)
            where = step.expect.origin
            failures += [
                Failure(where.at(*keys), step.day, text)
                for keys, text in (*_unknown_names(step.expect, program), *_differences(step.expect, now, raised))
            ]
        seen = simulation.state.count
    return JourneyResult(journey.id, not failures, tuple(failures))


def run_vector(questionnaire: Questionnaire, vector: Vector) -> tuple[Text, ...]:
    """Score a golden case; what differs from what was expected."""
    return vector_differences(questionnaire, vector, score(questionnaire, vector.answers))


def vector_differences(questionnaire: Questionnaire, vector: Vector, scored: Scored) -> tuple[Text, ...]:
    """Where what an evaluator made of a golden case differs from what was expected."""
    if scored.refusals:
        return tuple(refusal.message for refusal in scored.refusals)
    return tuple(_vector_differences(questionnaire, vector, scored))


def _vector_differences(questionnaire: Questionnaire, vector: Vector, scored: Scored) -> Iterator[Text]:
    results = {result.id: result for result in scored.scores}
    rules = {rule.id: rule for rule in questionnaire.scores}
    for id, wanted in vector.scores.items():
        result = results.get(id)
        if result is None:
            yield Text(f"Poängen {id} finns inte.", f"There is no score {id}.")
            continue
        parts: Mapping[str, Any] = wanted if isinstance(wanted, Mapping) else {"value": wanted}
        if isinstance(wanted, str) and wanted == "insufficient":
            parts = {"status": wanted}
        found = {
            "value": result.value,
            "status": result.status,
            "band": result.band,
            "clinical": is_clinical(rules[id], result.value),
        }
        for part, value in parts.items():
            if part not in found or not _agrees(found[part], value):
                yield _differs(f"{id} {part}" if part != "value" else id, value, found.get(part))
    names = sorted({flag.level if flag.id not in _OWN_FLAGS else flag.id for flag in scored.flags})
    if sorted(set(vector.flags)) != names:
        yield _differs("flags", sorted(set(vector.flags)), names)


_OWN_FLAGS = frozenset({"skipped-risk-item", "declined-risk-item"})


def _unknown_names(expect: Expect, program: Program) -> Iterator[tuple[tuple[str, ...], Text]]:
    """A value under a name that leads nowhere is always missing, and would be taken for what was expected to be."""
    known = _names(program)
    for key, names in (("scores", expect.scores or {}), ("values", expect.values or {})):
        for name in names:
            if name not in known:
                form, _, id = name.partition(".")
                of_form = {one.partition(".")[2]: one for one in sorted(known) if one.startswith(f"{form}.")}
                near = of_form.get(nearest(id, of_form) or "")
                sv, en = (f" Menade du {near}?", f" Did you mean {near}?") if near else ("", "")
                yield (key, name), Text(f"{name} finns inte.{sv}", f"There is no {name}.{en}")


def _names(program: Program) -> frozenset[str]:
    """Whatever a form of the program gives a value: `phq9.total`, `somndagbok.week_se`, `somnfonster.value`."""
    found: set[str] = set()
    for form in program.questionnaires:
        found |= {f"{form.id}.{item.id}" for item in form.items} | {f"{form.id}.{score.id}" for score in form.scores}
    for exercise in program.exercises:
        found |= {f"{exercise.id}.{field.id}" for field in exercise.fields}
        found |= {f"{exercise.id}.{worked_out.id}" for worked_out in (*exercise.computed, *exercise.summary)}
        if exercise.decision is not None:
            follows = (worked_out.id for worked_out in exercise.decision.computed)
            found |= {f"{exercise.id}.{id}" for id in ("value", *follows)}
    return frozenset(found)


def _differences(
    expect: Expect, now: Situation, raised: tuple[RaisedFlag, ...]
) -> Iterator[tuple[tuple[str, ...], Text]]:
    """Where in the expectation, and what differs."""
    if expect.open is not None:
        found = tuple(module.id for module in now.modules if module.status == "open")
        if found != expect.open:
            yield ("open",), _differs("open", expect.open, found)
    if expect.due is not None:
        found = tuple(dict.fromkeys(one.questionnaire for one in now.measurements if one.status == "due"))
        if sorted(found) != sorted(set(expect.due)):
            yield ("due",), _differs("due", expect.due, found)
    if expect.shown is not None:
        found = tuple(dict.fromkeys(flag.patient_page for flag in raised if flag.patient_page))
        if sorted(found) != sorted(set(expect.shown)):
            yield ("shown",), _differs("shown", expect.shown, found)
    if expect.flags is not None:
        for text in _flag_differences(expect.flags, raised):
            yield ("flags",), text
    # What is expected under a name that does not exist has been told.
    names = _names(now.program)
    for name, wanted in (expect.scores or {}).items():
        if name not in names:
            continue
        value = _score(name, wanted, now)
        if not _agrees(value, wanted):
            yield ("scores", name), _differs(name, wanted, value)
    for name, wanted in (expect.values or {}).items():
        if name not in names:
            continue
        value = _value(name, now)
        if not _agrees(value, wanted):
            yield ("values", name), _differs(name, wanted, value)
    for name, wanted in (expect.decisions or {}).items():
        decision, _, part = name.partition(".")
        known = now.decisions.get(decision)
        value = None if known is None else known.proposed if part == "proposed" else known.confirmed
        if known is None or part not in ("proposed", "confirmed") or not _agrees(value, wanted):
            yield ("decisions", name), _differs(name, wanted, value)


def _flag_differences(wanted: tuple[ExpectedFlag, ...], raised: tuple[RaisedFlag, ...]) -> Iterator[Text]:
    """Each expected flag must be one of those raised, and each raised one expected; the order does not matter."""
    left = list(raised)
    # The most precise expectation chooses first, so that a vague one does not take its flag.
    for flag in sorted(wanted, key=lambda one: -sum(map(bool, (one.level, one.about, one.to)))):
        found = next((one for one in left if _is(one, flag)), None)
        if found is None:
            name = _flag_name(flag.level, flag.about, flag.to)
            yield Text(f"Flaggan {name} väntades men höjdes inte.", f"The flag {name} was expected but not raised.")
        else:
            left.remove(found)
    for extra in left:
        name = _flag_name(extra.level, ", ".join(extra.about) or extra.id, extra.to)
        yield Text(f"Flaggan {name} höjdes men väntades inte.", f"The flag {name} was raised but not expected.")


def _is(raised: RaisedFlag, wanted: ExpectedFlag) -> bool:
    about = {raised.id, ", ".join(raised.about), *raised.about}
    return (
        (not wanted.level or raised.level == wanted.level)
        and (not wanted.about or wanted.about in about)
        and (not wanted.to or raised.to == wanted.to)
    )


def _flag_name(level: str, about: str, to: str) -> str:
    return " ".join(part for part in (level, about, f"→ {to}" if to else "") if part)


def _score(name: str, wanted: Any, now: Situation) -> Value:
    form, _, id = name.partition(".")
    records = now.environment.records.get(form, ())
    if not records:
        return None
    if isinstance(wanted, str) and not _is_number(wanted):
        return records[-1].statuses.get(id)
    return records[-1].values.get(id)


def _value(name: str, now: Situation) -> Value:
    form, _, id = name.partition(".")
    decision = now.decisions.get(form)
    if decision is not None:
        return decision.confirmed if id == "value" else decision.values.get(id)
    summaries = now.environment.summaries.get(form, {})
    if id in summaries:
        return summaries[id]
    records = now.environment.records.get(form, ())
    return records[-1].values.get(id) if records else None


def _agrees(found: Value, wanted: Any) -> bool:
    """Exactly; a number that is expected with decimals is compared at two decimals."""
    if isinstance(found, Fraction) and not isinstance(wanted, bool) and _is_number(wanted):
        number = Fraction(repr(wanted)) if isinstance(wanted, float) else Fraction(wanted)
        return found == number if number.denominator == 1 and isinstance(wanted, int) else _two(found) == _two(number)
    return bool(plain_json(value_json(found)) == plain_json(wanted))


def _is_number(wanted: Any) -> bool:
    if isinstance(wanted, str):
        try:
            Fraction(wanted)
        except (ValueError, ZeroDivisionError):
            return False
        return True
    return isinstance(wanted, int | float | Fraction)


def _two(number: Fraction) -> int:
    """Hundredths, half away from zero."""
    hundredths = (abs(number) * 100 + Fraction(1, 2)).__floor__()
    return hundredths if number >= 0 else -hundredths


def _differs(name: str, wanted: Any, found: Any) -> Text:
    return Text(
        f"{name}: väntade {_shown(wanted)}, blev {_shown(found)}.",
        f"{name}: expected {_shown(wanted)}, was {_shown(found)}.",
    )


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return f"[{', '.join(value)}]"
    if isinstance(value, Fraction):
        return str(encode_fraction(value)) if value.denominator == 1 else f"{float(value):.4f}".rstrip("0")
    return _NOTHING if value is None else str(to_json(value))
