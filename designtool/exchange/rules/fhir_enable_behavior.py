"""Several conditions that do not say whether all of them must hold."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-enable-behavior",
    severity=Severity.ERROR,
    title=Text("Flera villkor utan enableBehavior", "Several conditions without enableBehavior"),
    why=Text(
        "Har en fråga flera enableWhen måste enableBehavior säga om alla (all) eller något (any) ska gälla. Annars går det inte att veta när frågan ställs.",
        "With several enableWhen, enableBehavior must say whether all or any must hold. Otherwise nobody knows when the item is asked.",
    ),
    messages={
        "default": Text(
            "frågan har flera enableWhen men saknar enableBehavior",
            "the item has several enableWhen but no enableBehavior",
        ),
        "unknown": Text(
            'enableBehavior är "{found}"; det ska vara "all" eller "any"',
            'enableBehavior is "{found}"; it must be "all" or "any"',
        ),
    },
    helps={
        "default": Text('lägg till "enableBehavior": "all" eller "any"', 'add "enableBehavior": "all" or "any"'),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}, {"question": "a", "operator": "exists", "answerBoolean": true}]}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableBehavior": "all", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}, {"question": "a", "operator": "exists", "answerBoolean": true}]}
]}
""",
)
