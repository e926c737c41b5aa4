"""A title of a link, which no one sees."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="link-title",
    severity=Severity.WARNING,
    title=Text("En länktitel som ingen ser", "A title of a link that no one sees"),
    why=Text(
        "Texten inom citattecken efter en länkadress visas bara när en mus hålls över länken. På en telefon syns den aldrig. Skriv det viktiga i texten.",
        "The text in quotation marks after the address of a link shows only when a mouse rests on the link. On a phone it never shows. Write what matters in the text.",
    ),
    messages={
        "default": Text("länkens titel visas inte", "the title of the link is not shown"),
    },
    helps={
        "default": Text("flytta titelns ord till texten", "move the words of the title into the text"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Läs mer på [1177](https://www.1177.se "råd om vård").
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Läs mer på [1177, råd om vård](https://www.1177.se).
+
+:::{exercise} min_plan
""",
)
