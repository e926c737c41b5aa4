"""A field that no answer fits."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.values import decimal_text
from designtool.model.exercise import Exercise, Field

RULE = Rule(
    name="impossible-field",
    severity=Severity.ERROR,
    title=Text("Ett fält som inget svar passar i", "A field that no answer fits"),
    why=Text(
        "Patienten får veta att svaret är fel vad hon än skriver, och ett fält som krävs stänger resten.",
        "The patient is told that the answer is wrong whatever she writes, and a field that is required shuts off the rest.",
    ),
    messages={
        "ends": Text(
            '"{id}" ska vara minst {min} och högst {max}: inget tal är det',
            '"{id}" must be {min} at least and {max} at most: no number is',
        ),
        "step": Text(
            '"{id}" går från {min} i steg om {step}, så {max} nås aldrig',
            '"{id}" goes from {min} in steps of {step}, so {max} is never reached',
        ),
        "rows": Text(
            '"{id}" ska ha minst {min} rader och högst {max}', '"{id}" must have {min} rows at least and {max} at most'
        ),
        "entries": Text(
            "{entries} dagar krävs inom {days} dagar, men en dag kan bara fyllas i en gång",
            "{entries} days are required within {days} days, but a day can be filled in only once",
        ),
    },
    helps={
        "ends": Text("byt plats på min och max, eller rätta dem", "let min and max change places, or mend them"),
        "step": Text("rätta step eller max", "mend step or max"),
        "rows": Text("rätta min_rows eller max_rows", "mend min_rows or max_rows"),
        "entries": Text("skriv entries: {days} eller lägre", "write entries: {days} or lower"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: hur_svart
    type: scale
    label: Hur svårt är det?
    min: 10
    max: 0
    required: true
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} min_plan
+:::
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: hur_svart
    type: scale
    label: Hur svårt är det?
    min: 0
    max: 10
    required: true
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} min_plan
+:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for exercise in context.exercises if context.is_whole else ():
        for field in exercise.fields:
            for one in (field, *field.columns):
                yield from _findings(one, context)
        yield from _too_many_days(exercise, context)


def _findings(field: Field, context: Context) -> Iterator[Diagnostic]:
    if field.min is not None and field.max is not None:
        low, high = decimal_text(field.min), decimal_text(field.max)
        if field.min > field.max:
            yield RULE.at(context.span(field.origin, "max"), "ends", id=field.id, min=low, max=high)
        elif field.type == "scale" and field.step and (field.max - field.min) % field.step:
            step = decimal_text(field.step)
            yield RULE.at(context.span(field.origin, "step"), "step", id=field.id, min=low, max=high, step=step)
    most = len(field.rows) or field.max_rows
    if most is not None and field.min_rows > most:
        yield RULE.at(context.span(field.origin, "min_rows"), "rows", id=field.id, min=field.min_rows, max=most)


def _too_many_days(exercise: Exercise, context: Context) -> Iterator[Diagnostic]:
    required = exercise.required
    if required is None or exercise.entry is None or exercise.entry.per != "day":
        return
    if required.within_days is not None and required.entries > required.within_days:
        yield RULE.at(
            context.span(exercise.origin, "required", "entries"),
            "entries",
            entries=required.entries,
            days=required.within_days,
        )
