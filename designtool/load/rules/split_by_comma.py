"""A text that a comma splits in a flow mapping."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="split-by-comma",
    severity=Severity.ERROR,
    title=Text("Ett värde som delas av ett kommatecken", "A value that a comma splits"),
    why=Text(
        "Mellan klamrar skiljer kommatecknet två värden åt, även mitt i en svensk mening eller ett uttryck. Det du skrev efter kommatecknet skulle bli en nyckel. Sätt citattecken om hela värdet, eller skriv varje nyckel på en egen rad.",
        "Between braces a comma separates two values, also in the middle of a sentence or an expression. What you wrote after the comma would become a key. Put quotation marks around the whole value, or write each key on a line of its own.",
    ),
    messages={
        "default": Text("kommatecknet delar värdet {value}", "the comma splits the value {value}"),
    },
    helps={
        "default": Text("sätt citattecken om hela värdet", "put quotation marks around the whole value"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - {id: vad, type: text, label: Vad ska du göra, och när?, required: true}
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    label: Vad ska du göra?
+    label: Vad ska du göra, och när?
""",
)
