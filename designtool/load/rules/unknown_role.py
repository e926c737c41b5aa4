"""An inline role that does not exist."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-role",
    severity=Severity.ERROR,
    title=Text("En märkning som inte finns", "An inline role that does not exist"),
    why=Text(
        "En märkning i texten hämtar ett ord, ett svar, en poäng eller en kontakt. Är namnet felstavat hämtas ingenting.",
        "A role in the text fetches a term, an answer, a score or a contact. When its name is misspelt nothing is fetched.",
    ),
    messages={
        "default": Text('märkningen "{name}" finns inte', 'there is no role "{name}"'),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "known": Text("märkningar som finns: {known}", "roles that exist: {known}"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ring {contakt}`crisis` om det är fara för liv.
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ring {contact}`crisis` om det är fara för liv.
+
+:::{exercise} min_plan
""",
)
