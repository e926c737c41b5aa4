"""A crisis page, written anew, that no longer leads to help."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="crisis-page-without-help",
    severity=Severity.ERROR,
    title=Text("En ny krissida utan hjälp", "A new crisis page without help"),
    why=Text(
        "Den som behöver hjälp nu ska alltid hitta 112 på krissidan, och någon att vända sig till där hen bor.",
        "Whoever needs help now must always find 112 on the crisis page, and somebody to turn to where they live.",
    ),
    messages={
        "default": Text("krissidan leder inte till 112", "the crisis page does not lead to 112"),
        "alone": Text(
            "krissidan leder till 112 och inte till någon mer", "the crisis page leads to 112 and to nobody else"
        ),
        "region": Text(
            "krissidan leder inte till någon i regionen {region}",
            "the crisis page leads to nobody in the region {region}",
        ),
    },
    helps={
        "default": Text(
            'skriv en kontakt med phone: "112" på sidan, till exempel {{contact}}`crisis`',
            'write a contact with phone: "112" on the page, for example {{contact}}`crisis`',
        ),
        "alone": Text(
            "skriv också en akut kontakt i regionen, till exempel psykiatrisk akutmottagning",
            "write an acute contact in the region as well, for example psychiatric emergency care",
        ),
        "region": Text(
            "skriv en kontakt med region: {region} i contacts.yaml, och nämn den på sidan",
            "write a contact with region: {region} in contacts.yaml, and name it on the page",
        ),
    },
    bad="""\
-- variants/plus.yaml --
title: Exempel Plus
replace:
  - page: library/kris
    with: kris.md
-- variants/plus/kris.md --
---
title: Behöver du hjälp nu?
---
Ring {contact}`crisis` om det är fara för liv.
""",
    good="""\
-- variants/plus.yaml --
title: Exempel Plus
replace:
  - page: library/kris
    with: kris.md
-- variants/plus/contacts.yaml --
crisis:
  label: Vid fara för liv
  phone: "112"
  checked: 2026-11-01
akut:
  label: Psykiatrisk akutmottagning
  phone: 010-123 45 67
  checked: 2026-11-01
-- variants/plus/kris.md --
---
title: Behöver du hjälp nu?
---
Ring {contact}`crisis` om det är fara för liv, och annars {contact}`akut`.
""",
    safety=True,
)
