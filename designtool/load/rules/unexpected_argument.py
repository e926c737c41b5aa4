"""A text after the name of a directive that takes none."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unexpected-argument",
    severity=Severity.ERROR,
    title=Text("En text som inte hör dit", "A text that does not belong there"),
    why=Text(
        "Det här blocket har ingen text på sin första rad. Det du skrev där skulle inte visas. Flytta det till raden under.",
        "This block has no text on its first line. What you wrote there would not be shown. Move it to the line below.",
    ),
    messages={
        "default": Text("{name} har ingen text på samma rad", "{name} has no text on its line"),
    },
    helps={
        "default": Text("flytta texten till raden under", "move the text to the line below"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{therapist} Till dig som behandlar
Fråga om planen.
:::

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{therapist}
+Fråga om planen.
+:::
+
+:::{exercise} min_plan
""",
)
