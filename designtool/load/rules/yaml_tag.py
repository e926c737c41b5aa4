"""A type tag of YAML."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="yaml-tag",
    severity=Severity.ERROR,
    title=Text("En typ i YAML", "A tag of YAML"),
    why=Text(
        "Ett ord efter utropstecken anger en typ i YAML. designtool läser typen av hur värdet är skrivet. En text som börjar med utropstecken behöver citattecken.",
        "A word after an exclamation mark names a type in YAML. designtool reads the type from how the value is written. A text that begins with an exclamation mark needs quotation marks.",
    ),
    messages={
        "default": Text("{tag} läses som en typ", "{tag} is read as a type"),
    },
    helps={
        "default": Text(
            "ta bort {tag}, eller sätt citattecken om hela värdet",
            "take {tag} away, or put quotation marks around the whole value",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    label: Vad ska du göra?
+    label: !!str Vad ska du göra?
""",
    good="",  # The minimal program as it is.
)
