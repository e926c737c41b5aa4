"""Conditions or calculations that wait for each other."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-cycle",
    severity=Severity.ERROR,
    title=Text(
        "Villkor eller uträkningar som väntar på varandra", "Conditions or calculations that wait for each other"
    ),
    why=Text(
        "Visas två frågor bara om den andra är besvarad ställs ingen av dem. Räknas två värden ut ur varandra blir det inget värde.",
        "Two items that are asked only if the other one is answered are never asked. Two values worked out of each other have no value.",
    ),
    messages={
        "default": Text("de här väntar på varandra: {names}", "these wait for each other: {names}"),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a", "enableWhen": [{"question": "b", "operator": "=", "answerBoolean": true}]},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}]}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}]}
]}
""",
)
