"""A file that is no FHIR Questionnaire."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-other-resource",
    severity=Severity.ERROR,
    title=Text("Något annat än ett FHIR-formulär", "Something else than a FHIR Questionnaire"),
    why=Text(
        "Bara resursen Questionnaire är ett frågeformulär. Svar (QuestionnaireResponse), samlingar (Bundle) och annat går inte att göra ett formulär av.",
        "Only the resource Questionnaire is a form. Responses, bundles and the rest cannot become one.",
    ),
    messages={
        "default": Text("filen är en {found} och inte ett Questionnaire", "the file is a {found} and no Questionnaire"),
        "missing": Text(
            'filen har ingen "resourceType" och är ingen FHIR-resurs',
            'the file has no "resourceType" and is no FHIR resource',
        ),
        "bundle": Text(
            "filen är en samling (Bundle) och inte ett Questionnaire", "the file is a Bundle and no Questionnaire"
        ),
    },
    helps={
        "bundle": Text(
            "spara resursen Questionnaire ur samlingen i en egen fil",
            "save the Questionnaire of the bundle in a file of its own",
        ),
    },
    bad="""\
{"resourceType": "QuestionnaireResponse", "status": "completed"}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
