"""Somebody who answers everything that is asked and still has no score."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.check.domains import witness_in_words
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.prove import Sum, answers_without_value

RULE = Rule(
    name="no-score-when-hidden",
    severity=Severity.WARNING,
    title=Text("Den som inte får en fråga får ingen poäng", "Whoever is not asked an item has no score"),
    why=Text(
        "En fråga som inte ställs saknas, och räknas aldrig som noll av sig själv. Kräver poängen den frågan får den som har svarat på allt ändå ingen poäng. Säger källan vad frågan då räknas som, skriv det.",
        "An item that is not asked is missing, and never counts as zero by itself. When the score needs it, somebody who has answered everything still has no score. When the source says what the item then counts as, write it.",
    ),
    messages={
        "default": Text(
            'poängen "{id}" saknas för den som har svarat på allt som frågas: {answers}',
            'the score "{id}" is missing for somebody who has answered all that is asked: {answers}',
        ),
    },
    helps={
        "default": Text(
            "skriv when_hidden på frågan som inte ställs, eller låt poängen klara sig utan den",
            "write when_hidden on the item that is not asked, or let the score do without it",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+    show_if: q1 >= 1
+scores:
-    range: [0, 4]
-    bands:
-      - from: 0
+    range: [1, 4]
+    bands:
+      - from: 1
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
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        left_out = {item.id for item in questionnaire.items if item.show_if is not None and item.when_hidden is None}
        for score in questionnaire.scores:
            sum = context.domains.of_score(questionnaire, score)
            if left_out.isdisjoint(score.items) or not isinstance(sum, Sum):
                continue
            answers = answers_without_value(sum, context.domains.asked(questionnaire))
            if answers is not None:
                place = context.span(score.origin, "missing")
                yield RULE.at(place, id=score.id, answers=witness_in_words(answers, questionnaire.id))
