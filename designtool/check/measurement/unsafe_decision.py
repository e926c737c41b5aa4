"""A rule of a decision that leaves somebody without an answer, or goes too far."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
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
    },
    helps={
        "start": Text("låt det första steget börja vid 0", "let the first step begin at 0"),
        "order": Text("skriv stegen i stigande ordning", "write the steps in ascending order"),
        "floor": Text("skriv minst 300, helst 330", "write at least 300, better 330"),
        "ceiling": Text("rätta floor eller ceiling", "mend floor or ceiling"),
        "window": Text("skriv högst 540", "write at most 540"),
        "step": Text("skriv högst 30", "write at most 30"),
        "nights": Text("skriv minst 5", "write at least 5"),
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


def _findings(decision: Decision, context: Context) -> Iterator[Diagnostic]:
    origin = decision.origin
    for index, band in enumerate(decision.bands):
        place = context.span(origin, "bands", index, "from")
        if index == 0 and band.start > 0:
            yield RULE.at(place, "start", start=band.start)
        elif index and band.start <= decision.bands[index - 1].start:
            yield RULE.at(place, "order", start=band.start, before=decision.bands[index - 1].start)
        if decision.unit == "minutes" and abs(band.step) > _LONGEST_STEP:
            yield RULE.at(context.span(origin, "bands", index, "step"), "step", step=band.step)
    if decision.ceiling <= decision.floor:
        place = context.span(origin, "ceiling")
        yield RULE.at(place, "ceiling", ceiling=decision.ceiling, floor=decision.floor)
    elif decision.unit == "minutes" and decision.ceiling > _LONGEST_WINDOW:
        yield RULE.at(context.span(origin, "ceiling"), "window", ceiling=decision.ceiling)
    if decision.unit == "minutes" and decision.floor < _SHORTEST_WINDOW:
        yield RULE.at(context.span(origin, "floor"), "floor", floor=decision.floor)
    if decision.needs.entries < _FEWEST_ENTRIES:
        yield RULE.at(context.span(origin, "needs", "entries"), "nights", entries=decision.needs.entries)
