"""A row with more cells than its table has columns."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="table-row-too-long",
    severity=Severity.ERROR,
    title=Text("En tabellrad med för många celler", "A table row with too many cells"),
    why=Text(
        "Det som står efter sista kolumnen skulle inte visas. Lägg till en kolumn i rubrikraden, eller skriv tecknet | som \\|.",
        "What stands after the last column would not be shown. Add a column to the head, or write the sign | as \\|.",
    ),
    messages={
        "default": Text(
            "raden har {cells} celler, men tabellen har {columns} kolumner",
            "the row has {cells} cells, but the table has {columns} columns",
        ),
    },
    helps={
        "default": Text(
            "lägg till en kolumn i rubrikraden, eller ta bort cellen", "add a column to the head, or take the cell away"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

| Dag | Plan |
| --- | --- |
| Måndag | Promenad | Vila |

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

| Dag | Plan | Sedan |
| --- | --- | --- |
| Måndag | Promenad | Vila |

:::{exercise} min_plan
:::
""",
)
