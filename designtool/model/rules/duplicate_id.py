"""Two things with one name."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="duplicate-id",
    severity=Severity.ERROR,
    title=Text("Två saker har samma id", "Two things have the same id"),
    why=Text(
        "Svar sparas under sitt id. Har två frågor samma id skriver de över varandra, och ingen ser vilket svar som gäller. "
        "Övningar och formulär delar på namnen i ett program.",
        "Answers are kept under their id. Two questions of one id overwrite each other, and nobody sees which answer holds. "
        "Exercises and questionnaires share one set of names in a program.",
    ),
    messages={
        "default": Text('id:t "{id}" används redan', 'the id "{id}" is already in use'),
    },
    helps={
        "default": Text("ge den ena ett annat id", "give one of them another id"),
        "other": Text(
            "den andra är {other}; ge den ena ett annat id", "the other is {other}; give one of them another id"
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: vad
+    type: text
+    label: Var ska du göra det?
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: var
+    type: text
+    label: Var ska du göra det?
""",
)
