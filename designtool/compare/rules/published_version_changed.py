"""A version that is published already, with other content."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="published-version-changed",
    severity=Severity.ERROR,
    title=Text("En utgiven version har fått annat innehåll", "A published version has been given other content"),
    why=Text(
        "Patienter går i den version som är utgiven, och svaren hör till den. Om samma nummer stod för två innehåll skulle "
        "ingen kunna säga vad en patient har sett. Varje ändring är en ny version, om det så bara är en kommentar.",
        "Patients are in the version that was published, and their answers belong to it. If one number stood for two contents, "
        "nobody could say what a patient has seen. Every change is a new version, be it a comment alone.",
    ),
    messages={
        "default": Text(
            "version {version} är redan utgiven, men något har ändrats sedan dess: {what}",
            "version {version} is published already, but something has changed since: {what_en}",
        ),
        "bytes": Text(
            "version {version} är redan utgiven, och paketet skulle bli ett annat fast inget har ändrats för någon",
            "version {version} is published already, and the bundle would be another though nothing has changed for anybody",
        ),
    },
    helps={
        "default": Text(
            "skriv version: {needed} eller senare, eller kör designtool bump",
            "write version: {needed} or later, or run designtool bump",
        ),
    },
    bad="""\
-- program.yaml (change) --
-minutes_per_week: 60
+minutes_per_week: 70
""",
    good="",
)
