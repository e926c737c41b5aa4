"""A value of another sort than the key takes: text where a number is meant."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="wrong-type",
    severity=Severity.ERROR,
    title=Text("Ett värde av fel slag", "A value of the wrong sort"),
    why=Text(
        "Varje nyckel tar emot ett visst slags värde: text, tal, ja eller nej, en lista eller en grupp av nycklar. "
        "Telefonnummer och annat som är text men ser ut som tal skrivs inom citattecken.",
        "Each key takes a certain sort of value: text, a number, true or false, a list or a group of keys. "
        "Telephone numbers and other text that looks like a number stand in quotation marks.",
    ),
    messages={
        "default": Text(
            "{where_sv} ska vara {expected_sv}, men är {actual_sv}",
            "{where_en} should be {expected_en}, but is {actual_en}",
        ),
        "no-value": Text("{where_sv} har inget värde", "{where_en} has no value"),
        "empty-file": Text("{where_sv} är tom", "{where_en} is empty"),
    },
    helps={
        "default": Text("{description_sv}", "{description_en}"),
        "no-value": Text("{description_sv}", "{description_en}"),
        "quote": Text("sätt citattecken om värdet: {mended}", "put quotation marks around the value: {mended}"),
        "truth": Text("skriv {mended}", "write {mended}"),
        "list": Text(
            "skriv varje del på en egen rad som börjar med ett bindestreck",
            "write each part on a line that begins with a hyphen",
        ),
        "empty-file": Text("börja med {keys}", "begin with {keys}"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-fields:
+minutes: fem
+fields:
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-fields:
+minutes: 5
+fields:
""",
)
