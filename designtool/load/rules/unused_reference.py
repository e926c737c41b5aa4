"""A definition of a link that no link uses."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unused-reference",
    severity=Severity.WARNING,
    title=Text("En länkadress som ingen länk använder", "An address that no link uses"),
    why=Text(
        "En rad av formen [namn]: adress visas inte själv, den ger bara adressen till en länk med samma namn. Utan en sådan länk syns raden inte alls.",
        "A line of the form [name]: address is not shown itself, it only gives the address to a link of the same name. Without such a link the line is not seen at all.",
    ),
    messages={
        "default": Text('ingen länk använder adressen "{label}"', 'no link uses the address "{label}"'),
        "repeated": Text('adressen "{label}" finns redan', 'the address "{label}" exists already'),
    },
    helps={
        "default": Text(
            "ta bort raden, eller skriv länken i texten", "take the line away, or write the link in the text"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+[vården]: https://www.1177.se
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

Läs mer hos [vården].

[vården]: https://www.1177.se

:::{exercise} min_plan
:::
""",
)
