"""Text that four spaces turn into program code."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="indented-code",
    severity=Severity.ERROR,
    title=Text("Indragen text blir programkod", "Indented text becomes program code"),
    why=Text(
        "Fyra mellanslag före en rad gör den till programkod i Markdown. Så menar nästan ingen författare. Ta bort indraget.",
        "Four spaces before a line make it program code in Markdown. Hardly any author means that. Take the indentation away.",
    ),
    messages={
        "default": Text(
            "texten är indragen och skulle visas som programkod",
            "the text is indented and would be shown as program code",
        ),
    },
    helps={
        "default": Text("ta bort mellanslagen i början av raden", "take the spaces at the beginning of the line away"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+    Skriv en sak i taget.
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Skriv en sak i taget.
+
+:::{exercise} min_plan
""",
)
