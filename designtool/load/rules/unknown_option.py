"""An option that the directive does not have."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-option",
    severity=Severity.ERROR,
    title=Text("Ett val som inte finns", "An option that does not exist"),
    why=Text(
        "Ett felstavat val läses inte: en undertext eller bildtext skulle tyst försvinna. Rätta stavningen.",
        "A misspelt option is not read: a caption would silently disappear. Mend the spelling.",
    ),
    messages={
        "default": Text('{directive} har inte ":{option}:"', '{directive} has no ":{option}:"'),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "known": Text("val som finns här: {known}", "options that exist here: {known}"),
        "none": Text("det här blocket har inga val", "this block has no options"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{callout} tip
:titel: Ett råd
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
