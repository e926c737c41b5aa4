"""An item that cannot be told from another one."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-link-id",
    severity=Severity.ERROR,
    title=Text("En fråga utan eget linkId", "An item without a linkId of its own"),
    why=Text(
        "Svar och villkor hittar frågan genom dess linkId. Saknas det, eller har två frågor samma, hamnar svaren fel.",
        "Answers and conditions find an item by its linkId. Without one, or with one that two items share, answers end up in the wrong place.",
    ),
    messages={
        "missing": Text('frågan saknar "linkId"', 'the item has no "linkId"'),
        "default": Text(
            'linkId "{found}" finns redan på rad {line}', 'the linkId "{found}" stands already on line {line}'
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
