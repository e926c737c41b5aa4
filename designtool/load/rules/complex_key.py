"""A list or mapping that stands where a key should."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="complex-key",
    severity=Severity.ERROR,
    title=Text("En lista eller grupp i stället för en nyckel", "A list or group instead of a key"),
    why=Text(
        "En nyckel är ett enkelt ord följt av kolon. Står det en hakparentes, en klammerparentes eller ett frågetecken där, vet ingen vad värdet hör till. Sätt citattecken om texten.",
        "A key is a plain word followed by a colon. With a bracket, a brace or a question mark there, nobody knows what the value belongs to. Put quotation marks around the text.",
    ),
    messages={
        "default": Text("här ska det stå en nyckel", "a key should stand here"),
    },
    helps={
        "default": Text(
            "en text som börjar med [ eller {{ behöver citattecken",
            "a text that begins with [ or {{ needs quotation marks",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
[title]: Min plan
kind: worksheet
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
