"""A questionnaire that nobody is ever asked."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

_QUESTIONNAIRE = """\
-- questionnaires/min_vecka.yaml --
title: Hur var veckan?
instrument:
  name: Egen fråga
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
options:
  frequency:
    - value: 0
      label: Inte alls
    - value: 1
      label: Ofta
items:
  - id: q1
    text: Hur ofta vilade du?
    options: frequency
"""

RULE = Rule(
    name="unused-questionnaire",
    severity=Severity.WARNING,
    title=Text("Ett formulär som aldrig används", "A questionnaire that is never used"),
    why=Text(
        "Filen finns, men ingen mätning är planerad och ingen sida visar formuläret. Planera en mätning, visa det på en sida, eller ta bort filen.",
        "The file is there, but no measurement is planned and no page shows the questionnaire. Plan a measurement, show it on a page, or take the file away.",
    ),
    messages={
        "default": Text(
            'formuläret "{id}" mäts aldrig och visas inte på någon sida',
            'the questionnaire "{id}" is never measured, and no page shows it',
        ),
    },
    helps={
        "default": Text(
            "skriv det under measurements: i program.yaml, eller visa det med :::{{questionnaire}} {id}",
            "write it under measurements: in program.yaml, or show it with :::{{questionnaire}} {id}",
        ),
    },
    bad=_QUESTIONNAIRE,
    good=f"""\
{_QUESTIONNAIRE}-- modules/01-start/10-sida.md (change) --
+
+:::{{questionnaire}} min_vecka
+:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    measured = {measurement.questionnaire for measurement in program.measurements}
    for questionnaire in context.questionnaires:
        if questionnaire.id not in measured and questionnaire.id not in program.modules_with:
            yield RULE.at(context.span(questionnaire.origin, "title"), id=questionnaire.id)
