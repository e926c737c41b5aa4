"""Parts of the resource that stand as comments in the file."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-kept-as-comment",
    severity=Severity.INFO,
    title=Text("Uppgifter som står kvar som kommentarer", "Parts that stand as comments"),
    why=Text(
        "Koder, utvidgningar och annat som formatet inte har plats för står ordagrant som kommentarer i filen och i förlustrapporten (--loss).",
        "Codes, extensions and the rest that the format has no place for stand verbatim as comments in the file and in the loss report (--loss).",
    ),
    messages={
        "default": Text(
            "{count} uppgifter har ingen plats i formatet och står som kommentarer",
            "{count} parts have no place in the format and stand as comments",
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a", "code": [{"system": "http://loinc.org", "code": "44250-9"}]}
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
