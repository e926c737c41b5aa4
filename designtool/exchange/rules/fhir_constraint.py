"""A rule of FHIR that real files break without harm."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-constraint",
    severity=Severity.WARNING,
    title=Text("En regel i FHIR som filen bryter mot", "A rule of FHIR that the file breaks"),
    why=Text(
        "Filen går att läsa, men den som gjorde den har missat en regel i FHIR. Det säger något om hur noga resten är kontrollerad.",
        "The file can be read, but its maker has missed a rule of FHIR. That says something of how well the rest was checked.",
    ),
    messages={
        "no-status": Text('"status" saknas', '"status" is missing'),
        "status": Text(
            '"status" är "{found}", som inte finns i FHIR', '"status" is "{found}", which FHIR does not have'
        ),
        "empty-group": Text("gruppen har inga frågor", "the group has no items"),
        "group-answers": Text('gruppen kan inte ha "{key}"', 'a group cannot have "{key}"'),
        "display": Text('en text (display) kan inte ha "{key}"', 'a display cannot have "{key}"'),
        "answers": Text('en fråga av typen {type} kan inte ha "{key}"', 'an item of type {type} cannot have "{key}"'),
        "initial": Text("frågan har både answerOption och initial", "the item has both answerOption and initial"),
        "expression-name": Text(
            'uttrycket heter "{found}"; understreck får inte stå där',
            'the expression is named "{found}"; an underscore may not stand there',
        ),
        "no-items": Text("formuläret har inga frågor", "the form has no items"),
        "no-title": Text("formuläret har varken title eller name", "the form has neither title nor name"),
    },
    bad="""\
{"resourceType": "Questionnaire", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
