"""A question that the patient would see as an empty line."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.questionnaire import REDISTRIBUTABLE

RULE = Rule(
    name="item-without-text",
    severity=Severity.ERROR,
    title=Text("En fråga utan text", "An item without text"),
    why=Text(
        "Patienten ser svaren men ingen fråga. Bara ett formulär vars text inte får spridas (licence: restricted eller permission) står utan text: den enhet som har licens fyller i den hos sig.",
        "The patient sees the answers and no question. Only an instrument whose wording may not be passed on (licence: restricted or permission) stands without text: a unit with a licence fills it in at its own place.",
    ),
    messages={
        "default": Text('frågan "{id}" har ingen text', 'the item "{id}" has no text'),
    },
    helps={
        "default": Text(
            "lägg till text: med frågan som patienten läser", "add text: with the question that patients read"
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-  - id: q1
-    text: Hur ofta har du känt dig nere?
+  - id: q1
""",
    good="",  # The minimal program as it is.
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for item in questionnaire.items if questionnaire.instrument.licence in REDISTRIBUTABLE else ():
            if not item.text:
                yield RULE.at(context.span(item.origin, "id"), id=item.id)
