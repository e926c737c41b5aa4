"""A picture in the middle of a sentence."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="image-in-text",
    severity=Severity.ERROR,
    title=Text("En bild mitt i en mening", "A picture in the middle of a sentence"),
    why=Text(
        "En bild visas med plats omkring sig och med en text för den som inte ser den. Mitt i en mening går det inte. Lägg bilden på en egen rad med tomma rader omkring.",
        "A picture is shown with room around it and with a text for those who cannot see it. In the middle of a sentence there is no room. Put the picture on a line of its own with empty lines around it.",
    ),
    messages={
        "default": Text("bilden står mitt i texten", "the picture stands in the middle of the text"),
    },
    helps={
        "default": Text(
            "lägg bilden på en egen rad med en tom rad före och efter",
            "put the picture on a line of its own with an empty line before and after",
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

Så här ser en plan ut: ![En plan på papper](media/plan.svg)

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Så här kan en plan se ut på papper.
+
+:::{exercise} min_plan
""",
)
