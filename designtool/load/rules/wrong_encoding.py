"""Text that was saved in another encoding than UTF-8."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="wrong-encoding",
    severity=Severity.ERROR,
    title=Text("Fel teckenkodning", "The wrong encoding"),
    why=Text(
        "Filen är sparad i en äldre teckenkodning. Då kan å, ä och ö bli fel hos patienten. Spara om filen som UTF-8.",
        "The file is saved in an older encoding. Then å, ä and ö can turn out wrong for the patient. Save the file again as UTF-8.",
    ),
    messages={
        "default": Text(
            "filen är sparad som {encoding} och inte som UTF-8", "the file is saved as {encoding} and not as UTF-8"
        ),
    },
    helps={
        "default": Text("välj UTF-8 när du sparar", "choose UTF-8 when you save"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu �r det dags att skriva ner din plan.

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{exercise} min_plan
:::
""",
)
