"""An else that belongs to no condition."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="stray-else",
    severity=Severity.ERROR,
    title=Text("Ett annars utan villkor", "An else without a condition"),
    why=Text(
        ":::{else} skiljer två texter åt inom ett :::{if}: den ena visas när villkoret gäller, den andra när det inte gäller. Ett villkor har högst ett.",
        ":::{else} separates two texts inside an :::{if}: one is shown when the condition holds, the other when it does not. A condition has one at most.",
    ),
    messages={
        "default": Text(":::{{else}} står inte i ett :::{{if}}", ":::{{else}} does not stand in an :::{{if}}"),
        "twice": Text("villkoret har redan ett :::{{else}}", "the condition has an :::{{else}} already"),
    },
    helps={
        "default": Text("ta bort raden", "take the line away"),
        "twice": Text(
            "skriv ett eget :::{{if}} för den tredje texten", "write an :::{{if}} of its own for the third text"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{callout} tip
Ta en sak i taget.
:::{else}
Vila sedan.
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
Ta en sak i taget.

Vila sedan.
:::

:::{exercise} min_plan
:::
""",
)
