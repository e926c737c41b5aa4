"""A condition that cannot be understood."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-enable-when",
    severity=Severity.ERROR,
    title=Text("Ett enableWhen som inte går att tolka", "An enableWhen that cannot be read"),
    why=Text(
        "enableWhen bestämmer om en fråga ställs. Pekar det på en fråga som inte finns ställs frågan aldrig, eller alltid.",
        "enableWhen decides whether an item is asked. One that points to an item that is not there asks never, or always.",
    ),
    messages={
        "default": Text(
            'enableWhen pekar på "{found}", som inte finns', 'enableWhen points to "{found}", which is not there'
        ),
        "no-question": Text('enableWhen saknar "question"', 'enableWhen has no "question"'),
        "no-operator": Text('enableWhen saknar "operator"', 'enableWhen has no "operator"'),
        "operator": Text('operatorn "{found}" finns inte i FHIR', 'FHIR has no operator "{found}"'),
        "no-answer": Text(
            "enableWhen saknar ett svar att jämföra med (answer…)", "enableWhen has no answer to compare with (answer…)"
        ),
        "several-answers": Text(
            "enableWhen har flera svar att jämföra med", "enableWhen has several answers to compare with"
        ),
        "exists": Text('operatorn "exists" kräver answerBoolean', 'the operator "exists" needs answerBoolean'),
        "unanswerable": Text(
            'enableWhen pekar på "{found}", som inte går att besvara',
            'enableWhen points to "{found}", which nobody can answer',
        ),
    },
    helps={
        "default": Text(
            'rätta "question" till linkId för en fråga i formuläret',
            'let "question" be the linkId of an item of the form',
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableWhen": [{"question": "c", "operator": "=", "answerBoolean": true}]}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"},
  {"linkId": "b", "type": "boolean", "text": "Fråga b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": true}]}
]}
""",
)
