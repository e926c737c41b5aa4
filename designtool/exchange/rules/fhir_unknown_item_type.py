"""An item type that FHIR does not have."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-unknown-item-type",
    severity=Severity.ERROR,
    title=Text("En frågetyp som inte finns i FHIR", "An item type that FHIR does not have"),
    why=Text(
        "Typen säger hur frågan besvaras. En okänd typ går inte att tolka, och en gissning kan ändra frågan.",
        "The type says how an item is answered. An unknown one cannot be read, and a guess could change the question.",
    ),
    messages={
        "default": Text(
            'frågetypen "{found}" finns inte i FHIR R4 eller R5', 'FHIR R4 and R5 have no item type "{found}"'
        ),
        "missing": Text('frågan saknar "type"', 'the item has no "type"'),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "slider", "text": "Fråga a"}
]}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
