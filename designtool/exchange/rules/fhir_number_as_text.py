"""A number that stands between quotation marks."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-number-as-text",
    severity=Severity.WARNING,
    title=Text("Ett tal som står som text", "A number that stands as text"),
    why=Text(
        "FHIR har tal utan citattecken. Talet är läst som det står, eftersom det inte kan betyda något annat.",
        "FHIR has numbers without quotation marks. It was read as it stands, since it can mean nothing else.",
    ),
    messages={
        "default": Text("talet {found} står inom citattecken", "the number {found} stands between quotation marks"),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "choice", "text": "Fråga a", "answerOption": [{"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 0}], "valueCoding": {"code": "0", "display": "Nej"}}, {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": "1"}], "valueCoding": {"code": "1", "display": "Ja"}}]}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "choice", "text": "Fråga a", "answerOption": [{"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 0}], "valueCoding": {"code": "0", "display": "Nej"}}, {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1}], "valueCoding": {"code": "1", "display": "Ja"}}]}
]}
""",
)
