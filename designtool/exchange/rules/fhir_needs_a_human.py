"""What nobody but a human can know."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-needs-a-human",
    severity=Severity.INFO,
    title=Text("Det som en människa måste avgöra", "What a human must decide"),
    why=Text(
        "FHIR säger inte vad man får göra med ett instrument, och sällan hur det ska räknas. Det som behöver avgöras är märkt MÄNNISKA i filen.",
        "FHIR does not say what may be done with an instrument, and seldom how it is scored. What must be decided is marked HUMAN in the file.",
    ),
    messages={
        "default": Text(
            "{count} ställen i filen är märkta MÄNNISKA och behöver avgöras innan formuläret används",
            "{count} places in the file are marked HUMAN and need a decision before the questionnaire is used",
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "unknown", "title": "Kort", "language": "sv",
 "extension": [{"url": "https://designtool.example/fhir/StructureDefinition/questionnaire", "extension": [{"url": "instrument", "extension": [
   {"url": "name", "valueString": "Kort"}, {"url": "language", "valueString": "sv"}, {"url": "licence", "valueString": "free"},
   {"url": "holder", "valueString": "Region Exempel"}, {"url": "source", "valueString": "https://example.org"}]}]}], "item": [
  {"linkId": "a", "type": "choice", "text": "Fråga a", "answerOption": [
    {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 0}], "valueCoding": {"code": "0", "display": "Nej"}},
    {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1}], "valueCoding": {"code": "1", "display": "Ja"}}]}
]}
""",
)
