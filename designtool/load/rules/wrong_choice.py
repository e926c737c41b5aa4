"""A word that is none of those to choose from."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="wrong-choice",
    severity=Severity.ERROR,
    title=Text("Ett ord som inte går att välja", "A word that cannot be chosen"),
    why=Text(
        "Här finns bara några ord att välja mellan, och vart och ett visas på sitt sätt.",
        "There are only a few words to choose from here, and each is shown in its own way.",
    ),
    messages={
        "default": Text('"{written}" går inte att välja här', '"{written}" cannot be chosen here'),
    },
    helps={
        "default": Text("välj mellan {known}", "choose from {known}"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{callout} viktigt
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{callout} important
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
)
