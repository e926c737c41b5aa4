"""A picture or film on another server."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="remote-media",
    severity=Severity.ERROR,
    title=Text("En bild eller film från en annan webbplats", "A picture or film on another site"),
    why=Text(
        "Hämtas bilden från en annan webbplats får den veta att patienten läser sidan, och den kan försvinna när som helst. Lägg filen i programmets media.",
        "When the picture is fetched from another site, that site learns that the patient reads the page, and the picture can disappear any day. Put the file in the media of the program.",
    ),
    messages={
        "default": Text("{address} ligger på en annan webbplats", "{address} lies on another site"),
    },
    helps={
        "default": Text(
            "lägg filen i mappen media och skriv dess sökväg", "put the file in the folder media and write its path"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+![En plan på papper](https://example.se/plan.png)
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+En plan kan vara ett papper.
+
+:::{exercise} min_plan
""",
)
