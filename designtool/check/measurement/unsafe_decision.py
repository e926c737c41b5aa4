"""A rule of a decision that leaves somebody without an answer, or goes too far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from designtool.check.context import Context
from designtool.check.measurement.sum_of_one_day import SUMMING_UP
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.evaluate import branches
from designtool.expressions.expression import Type
from designtool.expressions.values import decimal_text
from designtool.load.document import Key
from designtool.model.exercise import Decision

RULE = Rule(
    name="unsafe-decision",
    severity=Severity.ERROR,
    title=Text(
        "En beslutsregel som lämnar luckor eller går för långt", "A decision rule that leaves gaps or goes too far"
    ),
    why=Text(
        "Ett sömnfönster under fem timmar är farligt, steg över en halv timme prövas inte i någon källa, och ett underlag på färre än fem nätter säger för lite. Källor: Hindawi Sleep Disorders 2013:726372, utvilad.se.",
        "A sleep window under five hours is dangerous, no source tries steps of more than half an hour, and fewer than five nights say too little. Sources: Hindawi Sleep Disorders 2013:726372, utvilad.se.",
    ),
    messages={
        "start": Text("värden under {start} hör inte till något steg", "values under {start} belong to no step"),
        "order": Text(
            "steget börjar vid {start}, men det förra började vid {before}",
            "the step begins at {start}, but the one before began at {before}",
        ),
        "floor": Text("golvet {floor} minuter är under fem timmar", "the floor of {floor} minutes is under five hours"),
        "ceiling": Text(
            "taket {ceiling} är inte över golvet {floor}", "the ceiling {ceiling} is not above the floor {floor}"
        ),
        "window": Text(
            "taket {ceiling} minuter är över nio timmar", "the ceiling of {ceiling} minutes is over nine hours"
        ),
        "step": Text(
            "steget {step} minuter är längre än en halvtimme", "the step of {step} minutes is longer than half an hour"
        ),
        "nights": Text(
            "{entries} dagar är för lite underlag; minst 5 behövs",
            "{entries} days are too few to go by; at least 5 are needed",
        ),
        "too-many-nights": Text(
            "{entries} dagar inom {days} dagar kan ingen fylla i, så det blir aldrig något förslag",
            "nobody can fill in {entries} days within {days} days, so there is never a proposal",
        ),
        "no-diary": Text(
            "måttet räknas inte ur någon dagbok, så underlaget är alltid 0 dagar och det blir aldrig något förslag",
            "the measure comes from no diary, so there are always 0 days to go by, and never a proposal",
        ),
        "one-day": Text(
            "{key} är bara den senaste dagens {name}, så ett enda dygn avgör",
            "{key} is the {name} of the latest day alone, so a single day decides",
        ),
        "percent": Text(
            "start räknas ur procent, men beslutet är i minuter",
            "start is worked out from a percentage, but the decision is in minutes",
        ),
        "direction": Text(
            "steget {step} vid {start} är mindre än steget {before} före: det som går bättre skulle ge mindre",
            "the step {step} at {start} is less than the step {before} before: what goes better would give less",
        ),
        "nothing-changes": Text(
            "inget steg ändrar något, så värdet blir alltid det första",
            "no step changes anything, so the value stays the first for ever",
        ),
        "outside": Text(
            "steget börjar vid {start}, men måttet går från {low} till {high}",
            "the step begins at {start}, but the measure goes from {low} to {high}",
        ),
        "grid": Text(
            "{value} går inte jämnt upp i {grid}, som startvärdet avrundas till",
            "{value} is no multiple of {grid}, to which the start is rounded",
        ),
        "start-value": Text(
            "startvärdet blir {low} till {high}, och aldrig mellan golvet {floor} och taket {ceiling}",
            "the start is {low} to {high}, and never between the floor {floor} and the ceiling {ceiling}",
        ),
    },
    helps={
        "start": Text("låt det första steget börja vid 0", "let the first step begin at 0"),
        "order": Text("skriv stegen i stigande ordning", "write the steps in ascending order"),
        "floor": Text("skriv minst 300, helst 330", "write at least 300, better 330"),
        "ceiling": Text("rätta floor eller ceiling", "mend floor or ceiling"),
        "window": Text("skriv högst 540", "write at most 540"),
        "step": Text("skriv högst 30", "write at most 30"),
        "nights": Text("skriv minst 5", "write at least 5"),
        "too-many-nights": Text("skriv entries: {days} eller lägre", "write entries: {days} or lower"),
        "no-diary": Text("mät ur en dagbok", "measure from a diary"),
        "one-day": Text(
            "ta veckans värde ur summary:, eller skriv mean({form}.last(7).{name})",
            "take the week's value of summary:, or write mean({form}.last(7).{name})",
        ),
        "percent": Text("räkna ut start ur tider i dagboken", "work start out from times in the diary"),
        "direction": Text("rätta tecknet på steget, eller ordningen", "mend the sign of the step, or the order"),
        "nothing-changes": Text("skriv hur mycket värdet ändras", "write by how much the value changes"),
        "outside": Text("rätta from, eller ta bort steget", "mend from, or take the step away"),
        "grid": Text("skriv en multipel av {grid}", "write a multiple of {grid}"),
        "start-value": Text("rätta start, floor eller ceiling", "mend start, floor or ceiling"),
    },
    bad="""\
-- modules/01-start/exercises/somn.yaml --
title: Sömndagbok
kind: diary
entry:
  per: day
fields:
  - id: tid
    type: minutes
    label: Hur länge sov du?
    min: 0
    max: 600
    required: true
summary:
  - id: vecka
    label: Veckans medelvärde
    value: mean(last(7).tid)
-- modules/01-start/exercises/fonster.yaml --
title: Tid i sängen
kind: decision
measure: somn.vecka
needs:
  entries: 5
  within_days: 7
start: somn.vecka
floor: 240
ceiling: 540
unit: minutes
bands:
  - from: 0
    step: -15
  - from: 80
    step: 0
  - from: 85
    step: 15
confirm: therapist
overdue_days: 2
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} somn
+:::
+
+:::{exercise} fonster
+:::
""",
    good="""\
-- modules/01-start/exercises/somn.yaml --
title: Sömndagbok
kind: diary
entry:
  per: day
fields:
  - id: tid
    type: minutes
    label: Hur länge sov du?
    min: 0
    max: 600
    required: true
summary:
  - id: vecka
    label: Veckans medelvärde
    value: mean(last(7).tid)
-- modules/01-start/exercises/fonster.yaml --
title: Tid i sängen
kind: decision
measure: somn.vecka
needs:
  entries: 5
  within_days: 7
start: somn.vecka
floor: 330
ceiling: 540
unit: minutes
bands:
  - from: 0
    step: -15
  - from: 80
    step: 0
  - from: 85
    step: 15
confirm: therapist
overdue_days: 2
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} somn
+:::
+
+:::{exercise} fonster
+:::
""",
    safety=True,
)


_SHORTEST_WINDOW = 300
_LONGEST_WINDOW = 540
_LONGEST_STEP = 30
_FEWEST_ENTRIES = 5


def check(context: Context) -> Iterator[Diagnostic]:
    for exercise in context.exercises:
        if exercise.decision is not None:
            yield from _findings(exercise.decision, context)
            if context.is_whole:
                yield from _steps_without_effect(exercise.decision, context)
                yield from _out_of_reach(exercise.decision, context)
                yield from _of_another_kind(exercise.decision, context)


def _findings(decision: Decision, context: Context) -> Iterator[Diagnostic]:
    origin = decision.origin
    for index, band in enumerate(decision.bands):
        place = context.span(origin, "bands", index, "from")
        if index == 0 and band.start > 0:
            yield RULE.at(place, "start", start=band.start)
        elif index and band.start <= decision.bands[index - 1].start:
            yield RULE.at(place, "order", start=band.start, before=decision.bands[index - 1].start)
        if decision.unit == "minutes" and abs(band.step) > _LONGEST_STEP:
            place = context.span(origin, "bands", index, "step")
            yield RULE.at(place, "step", step=decimal_text(band.step))
    if decision.ceiling <= decision.floor:
        place = context.span(origin, "ceiling")
        yield RULE.at(place, "ceiling", ceiling=decision.ceiling, floor=decision.floor)
    elif decision.unit == "minutes" and decision.ceiling > _LONGEST_WINDOW:
        yield RULE.at(context.span(origin, "ceiling"), "window", ceiling=decision.ceiling)
    if decision.unit == "minutes" and decision.floor < _SHORTEST_WINDOW:
        yield RULE.at(context.span(origin, "floor"), "floor", floor=decimal_text(decision.floor))
    needs = decision.needs
    if needs.entries < _FEWEST_ENTRIES:
        yield RULE.at(context.span(origin, "needs", "entries"), "nights", entries=needs.entries)


def _steps_without_effect(decision: Decision, context: Context) -> Iterator[Diagnostic]:
    origin = decision.origin
    if decision.bands and all(band.step == 0 for band in decision.bands):
        yield RULE.at(context.span(origin, "bands"), "nothing-changes")
    for index, (before, band) in enumerate(pairwise(decision.bands), start=1):
        if band.step < before.step and band.start > before.start:
            place = context.span(origin, "bands", index, "step")
            yield RULE.at(place, "direction", step=band.step, start=band.start, before=before.step)
    type = _range_of_measure(decision, context)
    for index, band in enumerate(decision.bands):
        if type.low is not None and type.high is not None and not type.low <= band.start <= type.high:
            place = context.span(origin, "bands", index, "from")
            low, high = decimal_text(type.low), decimal_text(type.high)
            yield RULE.at(place, "outside", start=decimal_text(band.start), low=low, high=high)
    grid = _grid(decision.start.tree)
    if grid is not None:
        values: list[tuple[Fraction, tuple[Key, ...]]] = [
            (decision.floor, ("floor",)),
            (decision.ceiling, ("ceiling",)),
        ]
        values += [(band.step, ("bands", index, "step")) for index, band in enumerate(decision.bands)]
        for value, keys in values:
            if value % grid:
                place = context.span(origin, *keys)
                yield RULE.at(place, "grid", value=decimal_text(value), grid=decimal_text(grid))


def _out_of_reach(decision: Decision, context: Context) -> Iterator[Diagnostic]:
    """What keeps every patient from a proposal, or from one that the rule itself has worked out."""
    origin, needs = decision.origin, decision.needs
    exercises = {one.id: one for one in context.exercises}
    forms = [form for form, _ in (*decision.measure.references, *decision.start.references)]
    diary = next((exercises[form] for form in forms if form in exercises and exercises[form].kind == "diary"), None)
    if diary is None:
        yield RULE.at(context.span(origin, "measure"), "no-diary")
    elif diary.entry is not None and diary.entry.per == "day" and needs.entries > (needs.within_days or needs.entries):
        place = context.span(origin, "needs", "entries")
        yield RULE.at(place, "too-many-nights", entries=needs.entries, days=needs.within_days)
    start = context.domains.range_of(decision.start)
    if start.low is None or start.high is None or decision.ceiling <= decision.floor:
        return
    if start.high < decision.floor or start.low > decision.ceiling:
        yield RULE.at(
            context.span(origin, "start"),
            "start-value",
            low=decimal_text(start.low),
            high=decimal_text(start.high),
            floor=decimal_text(decision.floor),
            ceiling=decimal_text(decision.ceiling),
        )


def _of_another_kind(decision: Decision, context: Context) -> Iterator[Diagnostic]:
    """A value of one day where the rule needs several, and a start in percent for a window in minutes."""
    exercises = {one.id: one for one in context.exercises}
    for key, expression in (("measure", decision.measure), ("start", decision.start)):
        for form, name in _named(expression.tree):
            one = exercises.get(form)
            if one is not None and one.kind == "diary" and name not in {summed.id for summed in one.summary}:
                yield RULE.at(context.span(decision.origin, key), "one-day", key=key, form=form, name=name)
                break
    worked_out = {
        (one.id, value.id): value.unit for one in context.exercises for value in (*one.summary, *one.computed)
    }
    units = {worked_out.get(reference, "minutes") for reference in decision.start.references}
    if decision.unit == "minutes" and units == {"percent"}:
        yield RULE.at(context.span(decision.origin, "start"), "percent")


def _named(tree: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Answers that stand by their name. What a function sums up is the business of sum-of-one-day."""
    if tree[0] == "ref":
        yield tree[1], tree[2]
    elif not (tree[0] == "call" and tree[1] in SUMMING_UP):
        for part in branches(tree):
            yield from _named(part)


def _range_of_measure(decision: Decision, context: Context) -> Type:
    """What is known of the measure: a value that its diary calls a percentage is one."""
    if decision.measure.tree[0] == "ref":
        form, name = decision.measure.references[0]
        computed = {(one.id, value.id): value for one in context.exercises for value in (*one.summary, *one.computed)}
        if (form, name) in computed and computed[form, name].unit == "percent":
            return Type("number", low=Fraction(0), high=Fraction(100))
    return context.domains.range_of(decision.measure)


def _grid(tree: Sequence[Any]) -> Fraction | None:
    """What a start value is rounded up to."""
    return Fraction(tree[3][1]) if tree[0] == "call" and tree[1] == "ceil_to" and tree[3][0] == "number" else None
