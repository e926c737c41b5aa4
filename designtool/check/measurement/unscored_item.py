"""An item that counts nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unscored-item",
    severity=Severity.ERROR,
    title=Text("En fråga som inte räknas med", "An item that is not scored"),
    why=Text(
        "En bortglömd fråga ger fel poäng utan att någon märker det. En fråga som inte ska räknas skrivs med scored: false.",
        "A forgotten item gives a wrong score without anybody noticing. An item that is not meant to count is written with scored: false.",
    ),
    messages={
        "default": Text('frågan "{id}" ingår inte i någon poäng', 'the item "{id}" is part of no score'),
        "both": Text(
            'frågan "{id}" har scored: false men ingår i poängen "{score}"',
            'the item "{id}" has scored: false but is part of the score "{score}"',
        ),
    },
    helps={
        "default": Text(
            "lägg till den i items: för en poäng, eller skriv scored: false",
            "add it to items: of a score, or write scored: false",
        ),
        "both": Text(
            "ta bort scored: false, eller ta bort frågan ur poängen",
            "take scored: false away, or take the item out of the score",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-scores:
+  - id: q3
+    text: Hur ofta har du varit orolig?
+    options: frequency
+scores:
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-scores:
+  - id: q3
+    text: Hur ofta har du varit orolig?
+    options: frequency
+    scored: false
+scores:
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        scored: dict[str, str] = {}
        for score in questionnaire.scores:
            read = score.value.references if score.value is not None else ()
            for id in (*score.items, *(name for form, name in read if form == questionnaire.id)):
                scored.setdefault(id, score.id)
        for item in questionnaire.items:
            place = context.span(item.origin, "id")
            if item.scored and questionnaire.scores and item.id not in scored:
                yield RULE.at(place, id=item.id)
            elif not item.scored and item.id in scored:
                yield RULE.at(place, "both", id=item.id, score=scored[item.id])
