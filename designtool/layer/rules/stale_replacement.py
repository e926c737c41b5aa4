"""A page that replaces another than the one that it was written for."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="stale-replacement",
    severity=Severity.ERROR,
    title=Text("En ersatt sida har ändrats", "A replaced page has changed"),
    why=Text(
        "Sidan som ersätts har ändrats sedan den nya skrevs. Ändringen kan vara en rättelse som patienten behöver. Läs båda, "
        "för in det som ska med, och godkänn sedan den nya utgåvan.",
        "The page that is replaced has changed since the new one was written. The change may be a correction that the patient "
        "needs. Read both, carry over what is to come along, and then accept the new edition.",
    ),
    messages={
        "default": Text(
            "sidan {page} har ändrats sedan den här ersättningen skrevs",
            "the page {page} has changed since this replacement was written",
        ),
    },
    helps={
        "default": Text(
            "läs {path}, rätta er sida, och skriv sedan: replaces: {digest}",
            "read {path}, mend your page, and then write: replaces: {digest}",
        ),
    },
    bad="""\
-- variants/plus.yaml --
title: Exempel Plus
replace:
  - page: start/sida
    with: sida.md
    replaces: sha256:0000000000000000000000000000000000000000000000000000000000000000
-- variants/plus/sida.md --
---
title: Första sidan
---
Nu är det dags att skriva. Ta god tid på dig.

:::{exercise} min_plan
:::
""",
    good="""\
-- variants/plus.yaml --
title: Exempel Plus
replace:
  - page: start/sida
    with: sida.md
    replaces: sha256:1981818b46566581e6210df5a283733a7bcd83eac6070f81959f2c428ee0f5fd
-- variants/plus/sida.md --
---
title: Första sidan
---
Nu är det dags att skriva. Ta god tid på dig.

:::{exercise} min_plan
:::
""",
    safety=True,
)
