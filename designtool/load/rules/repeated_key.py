"""The same key twice in one mapping."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="repeated-key",
    severity=Severity.ERROR,
    title=Text("Samma nyckel två gånger", "The same key twice"),
    why=Text(
        "Bara det första värdet läses. Det andra skulle tyst försvinna. Ta bort det ena.",
        "Only the first value is read. The second would silently disappear. Take one away.",
    ),
    messages={
        "default": Text('nyckeln "{key}" finns redan på rad {line}', 'the key "{key}" stands on line {line} already'),
    },
    helps={
        "default": Text("ta bort den ena", "take one of them away"),
        "part": Text(
            "ta bort den ena; börjar en ny del här, skriv ett bindestreck före den första nyckeln",
            "take one of them away; where a new part begins, write a hyphen before its first key",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-fields:
+title: Min andra plan
+fields:
""",
    good="",  # The minimal program as it is.
)
