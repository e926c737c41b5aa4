"""A tab where spaces should stand."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="tab-character",
    severity=Severity.ERROR,
    title=Text("En tabb i stället för mellanslag", "A tab instead of spaces"),
    why=Text(
        "I YAML visar indraget vad som hör ihop, och en tabb är olika bred i olika editorer. Använd två mellanslag för varje steg.",
        "In YAML the indentation shows what belongs together, and a tab has another width in each editor. Use two spaces a step.",
    ),
    messages={
        "default": Text(
            "här står en tabb; indrag görs med mellanslag", "a tab stands here; indentation is made with spaces"
        ),
    },
    helps={
        "default": Text("använd två mellanslag för varje steg", "use two spaces for each step"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
\trequired: true
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
