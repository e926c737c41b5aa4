"""What a score says of items that it does not count, or counts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.questionnaire import Questionnaire, Score

RULE = Rule(
    name="item-not-in-score",
    severity=Severity.ERROR,
    title=Text("En poäng som talar om fel frågor", "A score that speaks of the wrong items"),
    why=Text(
        "En vikt eller en omvänd fråga som inte ingår i poängen gör ingenting, så antingen är frågan bortglömd eller fel skriven. En fråga som står två gånger räknas dubbelt.",
        "A weight or a reversed item that is not part of the score does nothing, so an item is forgotten or misnamed. An item that stands twice counts double.",
    ),
    messages={
        "reverse": Text(
            'frågan "{id}" är omvänd men ingår inte i poängen "{score}"',
            'the item "{id}" is reversed but is not part of the score "{score}"',
        ),
        "weights": Text(
            'frågan "{id}" har en vikt men ingår inte i poängen "{score}"',
            'the item "{id}" has a weight but is not part of the score "{score}"',
        ),
        "twice": Text(
            'frågan "{id}" står {count} gånger i poängen "{score}"',
            'the item "{id}" stands {count} times in the score "{score}"',
        ),
        "no-item": Text(
            '"{id}" är ingen fråga, så den kan inte räknas in i poängen "{score}"',
            '"{id}" is no item, so it cannot be counted into the score "{score}"',
        ),
    },
    helps={
        "reverse": Text(
            "lägg till den i items:, eller ta bort den ur reverse:", "add it to items:, or take it out of reverse:"
        ),
        "weights": Text("lägg till den i items:, eller ta bort vikten", "add it to items:, or take the weight away"),
        "twice": Text("skriv varje fråga en gång", "write each item once"),
        "no-item": Text("räkna med frågor, inte med andra poäng", "count items, not other scores"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    text: Hur ofta har du sovit dåligt?
-    options: frequency
-scores:
+    text: Hur ofta har du sovit dåligt?
+    options: frequency
+  - id: q3
+    text: Hur ofta har du varit orolig?
+    options: frequency
+    scored: false
+scores:
-    items: [q1 .. q2]
+    items: [q1 .. q2]
+    reverse: [q3]
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-    items: [q1 .. q2]
+    items: [q1 .. q2]
+    reverse: [q2]
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for score in questionnaire.scores:
            yield from _findings(score, questionnaire, context)


def _findings(score: Score, questionnaire: Questionnaire, context: Context) -> Iterator[Diagnostic]:
    items = {item.id for item in questionnaire.items}
    counted = set(score.items)
    place = context.span(score.origin, "items")
    for id, count in Counter(score.items).items():
        if id not in items:
            yield RULE.at(place, "no-item", id=id, score=score.id)
        elif count > 1:
            yield RULE.at(place, "twice", id=id, score=score.id, count=count)
    if not counted:
        return
    for id in dict.fromkeys(score.reverse):
        if id not in counted:
            yield RULE.at(context.span(score.origin, "reverse"), "reverse", id=id, score=score.id)
    for id in score.weights:
        if id not in counted:
            yield RULE.at(context.key_span(score.origin, "weights", id), "weights", id=id, score=score.id)
