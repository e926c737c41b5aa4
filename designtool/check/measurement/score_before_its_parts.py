"""A score that is worked out from one that is not there yet."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="score-before-its-parts",
    severity=Severity.ERROR,
    title=Text("En poäng som står före den som den räknas ur", "A score that stands before one it is worked out from"),
    why=Text(
        "Poängen räknas i den ordning de står. Den som behöver en senare poäng, eller sig själv, får aldrig något värde.",
        "Scores are worked out in the order in which they stand. One that needs a later one, or itself, never has a value.",
    ),
    messages={
        "default": Text(
            'poängen "{id}" räknas ur "{part}", som står efter den',
            'the score "{id}" is worked out from "{part}", which stands after it',
        ),
        "itself": Text('poängen "{id}" räknas ur sig själv', 'the score "{id}" is worked out from itself'),
    },
    helps={
        "default": Text('flytta "{part}" före "{id}"', 'move "{part}" before "{id}"'),
        "itself": Text("räkna den ur frågorna", "work it out from the items"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-scores:
+scores:
+  - id: dubbel
+    label: Dubbel
+    method: expression
+    value: total * 2
+    missing:
+      rule: require-all
+    range: [0, 8]
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-      - from: 3
-        label: Hög
+      - from: 3
+        label: Hög
+  - id: dubbel
+    label: Dubbel
+    method: expression
+    value: total * 2
+    missing:
+      rule: require-all
+    range: [0, 8]
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires:
        for index, score in enumerate(questionnaire.scores):
            if score.value is None:
                continue
            read = {name for form, name in score.value.references if form == questionnaire.id}
            for later in questionnaire.scores[index:]:
                if later.id in read:
                    variant = "itself" if later is score else "default"
                    yield RULE.at(context.span(score.origin, "value"), variant, id=score.id, part=later.id)
