"""A key that must be there and is not."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-key",
    severity=Severity.ERROR,
    title=Text("En nyckel saknas", "A key is missing"),
    why=Text(
        "Utan nyckeln går det inte att veta vad du menar, och designtool gissar aldrig i en behandling. Lägg till raden.",
        "Without the key nobody can know what you mean, and designtool never guesses in a treatment. Add the line.",
    ),
    messages={
        "default": Text('{where_sv} saknar "{key}"', '{where_en} lacks "{key}"'),
    },
    helps={
        "default": Text("{description_sv}", "{description_en}"),
        "front-matter": Text(
            'sidan börjar med tre rader: "---", "{key}: ..." och "---"',
            'the page begins with three lines: "---", "{key}: ..." and "---"',
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
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
