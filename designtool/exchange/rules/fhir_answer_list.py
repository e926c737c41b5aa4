"""A list of answers that is not there, or is there twice."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-answer-list",
    severity=Severity.ERROR,
    title=Text("En lista med svar som inte går att läsa", "A list of answers that cannot be read"),
    why=Text(
        "Svaren är vad patienten väljer bland och det som ger poäng. Finns två listor, eller ingen, går det inte att veta vilka svar som gäller.",
        "The answers are what the patient chooses among and what gives the score. With two lists, or none, nobody knows which answers count.",
    ),
    messages={
        "both": Text(
            "frågan har både answerOption och answerValueSet", "the item has both answerOption and answerValueSet"
        ),
        "default": Text(
            'listan med svar "{found}" finns inte i filen (contained)',
            'the list of answers "{found}" is not in the file (contained)',
        ),
        "no-value": Text("svaret har inget värde (value…)", "the answer has no value (value…)"),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "choice", "text": "Fråga a", "answerValueSet": "#svar"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "choice", "text": "Fråga a", "answerOption": [{"valueCoding": {"code": "0", "display": "Nej"}}, {"valueCoding": {"code": "1", "display": "Ja"}}]}
]}
""",
)
