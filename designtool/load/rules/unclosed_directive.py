"""A block that never ends."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unclosed-directive",
    severity=Severity.ERROR,
    title=Text("Ett block utan slut", "A block without an end"),
    why=Text(
        "Ett block slutar med en rad av tre kolon. Utan den vet ingen vilken text som hör till blocket.",
        "A block ends with a line of three colons. Without it nobody knows which text belongs to the block.",
    ),
    messages={
        "default": Text("{name} avslutas aldrig", "{name} never ends"),
    },
    helps={
        "default": Text(
            "skriv ::: på en egen rad där blocket slutar", "write ::: on a line of its own where the block ends"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
+
+:::{callout} tip
+Ta en sak i taget.
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
+
+:::{callout} tip
+Ta en sak i taget.
+:::
""",
)
