"""A file that is no JSON, or that nobody should try to read."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="fhir-unreadable",
    severity=Severity.ERROR,
    title=Text("En fil som inte är läsbar JSON", "A file that is no readable JSON"),
    why=Text(
        "FHIR-filer är JSON. Är filen trasig går det inte att veta vad som stod där, och en gissning kan bli fel fråga eller fel poäng. Hämta filen på nytt.",
        "FHIR files are JSON. Of a broken file nobody knows what it said, and a guess could become a wrong item or a wrong score. Fetch the file anew.",
    ),
    messages={
        "syntax": Text("filen är inte JSON: här står {found}", "the file is no JSON: here stands {found}"),
        "empty": Text("filen är tom", "the file is empty"),
        "encoding": Text("filen är inte UTF-8", "the file is not UTF-8"),
        "text": Text(
            "texten är inte avslutad eller innehåller ogiltiga tecken",
            "the text is not closed or holds signs that it may not",
        ),
        "number": Text("{found} är inget tal i JSON", "{found} is no number in JSON"),
        "repeated-key": Text(
            'nyckeln "{key}" står två gånger i samma objekt', 'the key "{key}" stands twice in the same object'
        ),
        "depth": Text(
            "filen har fler än {most} nivåer i varandra", "the file has more than {most} levels in each other"
        ),
        "size": Text("filen är större än {most} MB", "the file is larger than {most} MB"),
        "values": Text("filen har fler än {most} värden", "the file has more than {most} values"),
        "items": Text(
            "formuläret har {count} frågor; högst {most} går", "the form has {count} items; {most} at most will do"
        ),
    },
    helps={
        "repeated-key": Text(
            "ta bort den ena: det går inte att veta vilken som gäller",
            "take one away: nobody can know which one counts",
        ),
    },
    bad="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort",
 "status": "active", "item": []}
""",
    good="""\
{"resourceType": "Questionnaire", "status": "draft", "title": "Kort", "item": [
  {"linkId": "a", "type": "boolean", "text": "Fråga a"}
]}
""",
)
