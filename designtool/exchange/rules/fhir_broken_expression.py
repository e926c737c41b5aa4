"""An expression that is no FHIRPath."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-broken-expression",
    severity=Severity.WARNING,
    title=Text("Ett uttryck som inte är FHIRPath", "An expression that is no FHIRPath"),
    why=Text(
        "Uttrycket går inte att räkna ut i något system. Det följer med som kommentar, så att en människa kan se vad som var tänkt.",
        "No system can work the expression out. It comes along as a comment, so that a human can see what was meant.",
    ),
    messages={
        "default": Text("uttrycket är inte FHIRPath: {problem}", "the expression is no FHIRPath: {problem_en}"),
        "missing": Text("uttrycket är tomt", "the expression is empty"),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a", "extension": [{"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression", "valueExpression": {"language": "text/fhirpath", "expression": "%patient.where(active"}}]}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
