"""A dangerous answer that nobody would see."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="risk-item-without-flag",
    severity=Severity.ERROR,
    title=Text("En riskfråga som inte leder till något", "A risk item that leads to nothing"),
    why=Text(
        "Den som svarar att livet inte känns värt att leva ska mötas av hjälp direkt, och någon på enheten ska få veta det. Därför behöver varje riskfråga en flagga, en sida för patienten, en mottagare och en tid för eskalering.",
        "Somebody who answers that life is not worth living must meet help at once, and somebody at the unit must learn of it. So every risk item needs a flag, a page for the patient, a recipient and a time of escalation.",
    ),
    messages={
        "flag": Text('riskfrågan "{id}" har ingen flagga', 'the risk item "{id}" has no flag'),
        "incomplete": Text(
            'flaggorna för riskfrågan "{id}" saknar {lacking_sv}', 'the flags of the risk item "{id}" lack {lacking_en}'
        ),
    },
    helps={
        "flag": Text(
            "lägg till en flagga med when: {id} >= ..., level: red, to: unit, escalate_after_hours och patient_page",
            "add a flag with when: {id} >= ..., level: red, to: unit, escalate_after_hours and patient_page",
        ),
        "incomplete": Text(
            "en flagga med to: unit behöver escalate_after_hours och patient_page: library/kris",
            "a flag with to: unit needs escalate_after_hours and patient_page: library/kris",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    text: Hur ofta har du sovit dåligt?
+    text: Hur ofta har du tänkt på att skada dig?
-scores:
+    risk: self-harm
+scores:
""",
    good="""\
-- questionnaires/min_koll.yaml --
title: Hur mår du?
instrument:
  name: Egen fråga
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
recall: Den senaste veckan
options:
  frequency:
    - value: 0
      label: Inte alls
    - value: 1
      label: Ibland
    - value: 2
      label: Ofta
items:
  - id: q1
    text: Hur ofta har du känt dig nere?
    options: frequency
  - id: q2
    text: Hur ofta har du tänkt på att skada dig?
    options: frequency
    risk: self-harm
scores:
  - id: total
    label: Summa
    method: sum
    items: [q1 .. q2]
    missing:
      rule: require-all
      at_least: 2
    range: [0, 4]
    bands:
      - from: 0
        label: Låg
      - from: 3
        label: Hög
flags:
  - when: q2 >= 1
    level: red
    to: unit
    escalate_after_hours: 24
    patient_page: library/kris
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for item in questionnaire.items:
            if not item.risk:
                continue
            place = context.span(item.origin, "risk")
            flags = [flag for flag in questionnaire.flags if item.id in flag.about]
            if not flags:
                yield RULE.at(place, "flag", id=item.id)
                continue
            lacking = _lacking(
                page=any(flag.patient_page for flag in flags),
                recipient=any(flag.to == "unit" for flag in flags),
                escalation=any(flag.to == "unit" and flag.escalate_after_hours for flag in flags),
            )
            if lacking:
                words_sv = " och ".join(text.sv for text in lacking)
                words_en = " and ".join(text.en for text in lacking)
                yield RULE.at(place, "incomplete", id=item.id, lacking_sv=words_sv, lacking_en=words_en)


def _lacking(page: bool, recipient: bool, escalation: bool) -> list[Text]:
    lacking = []
    if not page:
        lacking.append(Text("en sida för patienten", "a page for the patient"))
    if not recipient:
        lacking.append(Text("en mottagare på enheten", "a recipient at the unit"))
    elif not escalation:
        lacking.append(Text("en tid för eskalering", "a time of escalation"))
    return lacking
