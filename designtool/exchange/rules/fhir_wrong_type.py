"""A value of another kind than FHIR has there."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-wrong-type",
    severity=Severity.ERROR,
    title=Text("Ett värde av fel slag", "A value of the wrong kind"),
    why=Text(
        "Står det ett tal där FHIR har text, eller en text där FHIR har en lista, är filen skriven fel. Då går det inte att lita på resten av den delen.",
        "A number where FHIR has text, or a text where FHIR has a list, is written wrong, and what stands around it cannot be trusted.",
    ),
    messages={
        "default": Text('"{key}" ska vara {wanted}', '"{key}" must be {wanted_en}'),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": 7}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
