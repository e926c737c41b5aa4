"""Two names in a folder that only differ in case."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="names-differ-in-case",
    severity=Severity.ERROR,
    title=Text("Två namn som bara skiljer sig i stor och liten bokstav", "Two names that only differ in case"),
    why=Text(
        "På Windows och Mac är de samma fil, och den ena skriver över den andra. Byt namn på den ena.",
        "On Windows and Mac they are one file, and one overwrites the other. Rename one of them.",
    ),
    messages={
        "default": Text(
            '"{name}" och "{other}" skiljer sig bara i stora och små bokstäver',
            '"{name}" and "{other}" only differ in case',
        ),
    },
    helps={
        "default": Text("byt namn på den ena", "rename one of them"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
-- modules/01-start/exercises/Min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
""",
)
