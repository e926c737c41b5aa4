"""A question about a danger that somebody would never be asked."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="hidden-risk-item",
    severity=Severity.ERROR,
    title=Text("En riskfråga som inte ställs till alla", "A risk item that is not asked of everybody"),
    why=Text(
        "Den som svarar nej på en fråga kan ändå svara ja på nästa. En riskfråga som hoppas över för någon är en fara som ingen får veta om.",
        "Somebody who answers no to one item may still answer yes to the next. A risk item that is passed over is a danger nobody learns of.",
    ),
    messages={
        "default": Text(
            'riskfrågan "{id}" har ett villkor, så den ställs inte till alla',
            'the risk item "{id}" has a condition, so it is not asked of everybody',
        ),
    },
    helps={"default": Text("ta bort show_if från frågan", "take show_if away from the item")},
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    text: Hur ofta har du sovit dåligt?
-    options: frequency
+    text: Hur ofta har du tänkt på att skada dig?
+    options: frequency
+    risk: self-harm
+    show_if: q1 >= 1
+    when_hidden: 0
+flags:
+  - when: q2 >= 1
+    level: red
+    to: unit
+    escalate_after_hours: 24
+    patient_page: library/kris
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+    show_if: q1 >= 1
+    when_hidden: 0
+scores:
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires:
        for item in questionnaire.items:
            if item.risk and item.show_if is not None:
                yield RULE.at(context.span(item.origin, "show_if"), id=item.id)
