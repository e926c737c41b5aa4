"""Work that nobody is ever shown."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unused-exercise",
    severity=Severity.WARNING,
    title=Text("En övning som inte visas någonstans", "An exercise that is shown nowhere"),
    why=Text(
        "Filen finns, men patienten kommer aldrig till övningen. Visa den på en sida, eller ta bort filen.",
        "The file is there, but the patient never comes to the exercise. Show it on a page, or take the file away.",
    ),
    messages={
        "default": Text('övningen "{id}" visas inte på någon sida', 'no page shows the exercise "{id}"'),
    },
    helps={
        "default": Text("visa den med :::{{exercise}} {id}", "show it with :::{{exercise}} {id}"),
    },
    bad="""\
-- modules/01-start/exercises/glomd.yaml --
title: Glömd
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
""",
    good="""\
-- modules/01-start/exercises/glomd.yaml --
title: Glömd
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} glomd
+:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    shown = {block.argument for block in context.blocks if block.kind == "exercise"}
    required = {id for module in program.modules for id in (*module.homework, *module.complete_when)}
    for exercise in program.exercises:
        # One that is required and not shown is an impossible gate, which says more.
        if exercise.filled_by == "patient" and exercise.id not in shown | required:
            yield RULE.at(context.span(exercise.origin, "title"), id=exercise.id)
