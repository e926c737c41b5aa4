"""A suppression that says not why."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="allow-without-reason",
    severity=Severity.ERROR,
    title=Text("Ett undantag utan skäl", "A suppression without a reason"),
    why=Text(
        "Den som läser programmet efter dig behöver veta varför regeln inte gäller just här. Skriv: designtool: allow regelns-namn – skälet.",
        "Whoever reads the program after you needs to know why the rule does not hold just here. Write: designtool: allow name-of-rule – the reason.",
    ),
    messages={
        "default": Text("undantaget från {rule} saknar skäl", "the suppression of {rule} lacks a reason"),
        "form": Text("designtool förstår inte undantaget", "designtool does not understand the suppression"),
    },
    helps={
        "default": Text(
            "skriv skälet efter ett tankstreck: designtool: allow {rule} – skälet",
            "write the reason after a dash: designtool: allow {rule} – the reason",
        ),
        "form": Text(
            "skriv: designtool: allow regelns-namn – skälet", "write: designtool: allow name-of-rule – the reason"
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-title: Min plan
+# designtool: allow long-sentence
+title: Min plan
""",
    good="",  # The minimal program as it is.
)
