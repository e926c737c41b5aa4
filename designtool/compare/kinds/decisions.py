"""What a rule proposes to a therapist: the sleep window and its like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from designtool.compare.change import Change, Witness
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.meaning import NEVER, Verdict, value_words
from designtool.compare.pair import Pair
from designtool.compare.shown import shown
from designtool.diagnostics import Text
from designtool.expressions.expression import Environment, Expression
from designtool.model.exercise import Decision, Exercise, Required, StepBand
from designtool.model.program import Program
from designtool.treatment.decisions import Proposed, propose

_WINDOW = "-- modules/02-vidare/exercises/fonster.yaml (change) --\n"

CHANGED = Kind(
    name="decision-rule-changed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("En regel föreslår något annat än förut", "A rule proposes something else than before"),
    why=Text(
        "Regeln avgör vad behandlaren föreslås att ordna: hur lite en patient får sova, när det hålls och när det låses.",
        "The rule decides what therapists are proposed to prescribe: how little a patient may sleep, when that is held and "
        "when it is locked.",
    ),
    consequence=Text(
        "Pågående patienter fortsätter med den regel de började med.",
        "Patients under way go on with the rule they began with.",
    ),
    messages={
        "default": Text("{what} är ändrat", "{what_en} has been changed"),
        "unknown": Text(
            "{what} är omskrivet; det gick inte att visa att det betyder detsamma",
            "{what_en} is rewritten; it could not be shown to mean the same",
        ),
    },
    fires=_WINDOW
    + """\
-  - from: 80
-    step: 0
+  - from: 82
+    step: 0
""",
    near_miss=_WINDOW
    + """\
-  - from: 80
-    step: 0
+  - from: 80
+    step: 0
+  - from: 83
+    step: 0
""",
)
_WORDS = {
    "measure": Text("måttet", "the measure"),
    "needs": Text("hur många registreringar som behövs", "how many entries are needed"),
    "start": Text("det första värdet", "the first value"),
    "floor": Text("det lägsta värdet", "the lowest value"),
    "ceiling": Text("det högsta värdet", "the highest value"),
    "bands": Text("gränserna och stegen", "the limits and steps"),
    "unit": Text("enheten för värdet", "the unit of the value"),
    "every_days": Text("hur ofta ett förslag kommer", "how often a proposal comes"),
    "hold_if": Text("när värdet hålls kvar", "when the value is held"),
    "lock_if": Text("när regeln låses", "when the rule is locked"),
    "confirm": Text("vem som bekräftar", "who confirms"),
    "overdue_days": Text("när ett förslag är försenat", "when a proposal is overdue"),
    "decision": Text("regeln", "the rule"),
}
_TODAY = date(2026, 3, 2)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    field, place = difference.field, difference.place
    if place.of is Required and place.within(Decision) is None:
        return
    words = _WORDS["needs" if place.of is Required else field]
    facts: dict[str, Any] = {"what": words.sv, "what_en": words.en}
    if field in ("measure", "start") or (field in ("hold_if", "lock_if")):
        yield from _of_expression(difference, pair, facts)
        return
    around = place.within(Decision)
    witness = _proposed_apart(around.old, around.new, pair.new) if around is not None else None
    if field == "bands" and witness is None:
        evidence = Text("förslagen är desamma vid varje gräns", "the proposals are the same at every limit")
        yield pair.change(
            REWRITTEN, difference, old=_bands(difference.old), new=_bands(difference.new), evidence=evidence
        )
        return
    values = (_bands(difference.old), _bands(difference.new)) if field == "bands" else (difference.old, difference.new)
    yield pair.change(CHANGED, difference, old=values[0], new=values[1], witness=witness, **facts)


def _of_expression(difference: Difference, pair: Pair, facts: dict[str, Any]) -> Iterator[Change]:
    verdicts: tuple[Verdict, ...]
    old, new = (_tree(one) for one in (difference.old, difference.new))
    if difference.field in ("measure", "start"):
        verdicts = (pair.meaning.comes_to_another_value(old, new),)
    else:
        verdicts = (pair.meaning.holds_no_longer(old, new), pair.meaning.holds_from_now_on(old, new))
    found = next((one for one in verdicts if one.kind == "different"), None)
    open_one = next((one for one in verdicts if one.kind == "not-shown"), None)
    if found is not None:
        yield pair.change(CHANGED, difference, witness=found.value_witness(), evidence=found.evidence, **facts)
    elif difference.is_equal:
        return
    elif open_one is not None:
        yield pair.change(CHANGED, difference, "unknown", evidence=open_one.evidence, **facts)
    else:
        yield pair.change(REWRITTEN, difference, evidence=verdicts[0].evidence)


def _tree(expression: Expression | None) -> tuple[object, ...]:
    """A condition that is not there is never met."""
    return tuple(NEVER) if expression is None else expression.tree


def _proposed_apart(old: Decision, new: Decision, program: Program) -> Witness | None:
    """A measure and a present value for which the two propose something else, looking away from holding and locking."""
    measures = {start + step for one in (old, new) for start in _starts(one) for step in (-1, 0, 1)}
    currents = {value for one in (old, new) for value in (one.floor, (one.floor + one.ceiling) / 2, one.ceiling)}
    # A patient who has a value already says most; then one who gets the first.
    pairs: list[tuple[Fraction, Fraction | None]] = [
        (measure, value) for measure in sorted(measures) for value in sorted(currents)
    ]
    pairs += [(measure, None) for measure in sorted(measures)]
    for measure, current in (pair for pair in pairs if pair[0] >= 0):
        came = [_proposal(one, program, measure, current) for one in (old, new)]
        if came[0] != came[1]:
            answers = {"measure": shown(measure) or ""}
            if current is not None:
                answers["current"] = shown(current) or ""
            return Witness(MappingProxyType(answers), value_words(came[0]), value_words(came[1]))
    return None


def _starts(decision: Decision) -> set[Fraction]:
    return {band.start for band in decision.bands} | {decision.floor, decision.ceiling}


def _proposal(decision: Decision, program: Program, measure: Fraction, current: Fraction | None) -> Fraction | None:
    number = Expression(str(measure), ("number", str(measure)), "number")
    bare = replace(decision, measure=number, start=number, needs=Required(0), hold_if=None, lock_if=None)
    found = propose(bare, program, Environment(today=_TODAY, start=_TODAY), current)
    return found.value if isinstance(found, Proposed) else None


def _bands(bands: tuple[StepBand, ...]) -> str:
    return ", ".join(f"{shown(band.start)}: {shown(band.step)}" for band in bands)


FAMILY = Family(
    (CHANGED,),
    frozenset(
        {
            (Exercise, "decision"),
            (Required, "entries"),
            (Required, "within_days"),
            *((Decision, name) for name in _WORDS if name not in ("decision",)),
        }
    ),
    changes,
)
