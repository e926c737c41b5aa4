"""A head of a page that never ends."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unclosed-front-matter",
    severity=Severity.ERROR,
    title=Text("Sidhuvudet avslutas inte", "The head of the page does not end"),
    why=Text(
        "Sidans titel och andra uppgifter står mellan två rader med tre streck. Saknas den andra raden går det inte att veta var texten börjar.",
        "The title of the page and what else is said about it stand between two lines of three dashes. Without the second line nobody knows where the text begins.",
    ),
    messages={
        "default": Text(
            "sidhuvudet som börjar här avslutas aldrig", "the head of the page that begins here never ends"
        ),
    },
    helps={
        "default": Text("skriv --- på en egen rad efter uppgifterna", "write --- on a line of its own after them"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-title: Första sidan
----
+title: Första sidan
+
""",
    good="",  # The minimal program as it is.
)
