"""Lists and mappings, or blocks of a page, in each other without end."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="too-deep",
    severity=Severity.ERROR,
    title=Text("För många nivåer i varandra", "Too many levels in each other"),
    why=Text(
        "Så många nivåer går inte att läsa, varken för en människa eller på en mobilskärm. Oftast saknas ett slut på något längre upp.",
        "So many levels cannot be read, neither by a person nor on a phone. Most often something further up lacks its end.",
    ),
    messages={
        "brackets": Text("sidan har fler än {limit} hakparenteser", "the page has more than {limit} square brackets"),
        "default": Text("fler än {limit} nivåer i varandra", "more than {limit} levels in each other"),
    },
    helps={
        "brackets": Text("ta bort dem som inte hör till en länk", "take away those that are no part of a link"),
        "default": Text("gör texten plattare", "make the text flatter"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > Djupt.

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+> Djupt.
+
+:::{exercise} min_plan
""",
)
