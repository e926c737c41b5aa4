"""The same option twice in a directive."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="repeated-option",
    severity=Severity.ERROR,
    title=Text("Samma val två gånger", "The same option twice"),
    why=Text(
        "Bara det första skulle gälla, och det andra tyst försvinna. Ta bort det ena.",
        "Only the first would hold, and the second silently disappear. Take one away.",
    ),
    messages={
        "default": Text(":{option}: står redan ovanför", ":{option}: stands above already"),
    },
    helps={
        "default": Text("ta bort den ena raden", "take one of the lines away"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{callout} tip
:title: Ett råd
:title: Ett tips
Ta en sak i taget.
:::

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{callout} tip
:title: Ett råd
Ta en sak i taget.
:::

:::{exercise} min_plan
:::
""",
)
