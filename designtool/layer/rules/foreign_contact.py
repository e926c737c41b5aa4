"""A contact of another region in a region's overlay."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.layer.rules.example import overlay_with

_OTHERS = """\
-- /programs/library/contacts.yaml --
crisis:
  label: Vid fara för liv
  phone: "112"
  checked: 2026-11-01
akut:
  label: Psykiatrisk akutmottagning
  phone: 010-123 45 67
  checked: 2026-11-01
  region: vgr
-- /programs/library/pages/kris.md --
---
title: Behöver du hjälp nu?
---
Ring {contact}`crisis` om det är fara för liv, och annars {contact}`akut`.
"""

RULE = Rule(
    name="foreign-contact",
    severity=Severity.ERROR,
    title=Text("En annan regions kontakt", "A contact of another region"),
    why=Text(
        "Den som ringer ska nå någon som kan hjälpa där hen bor. En mottagning i en annan region kan inte det.",
        "Whoever calls must reach somebody who can help where they live. A clinic in another region cannot.",
    ),
    messages={
        "default": Text(
            'kontakten "{contact}" hör till regionen {region}', 'the contact "{contact}" belongs to the region {region}'
        ),
    },
    helps={
        "default": Text(
            "i contacts.yaml i anpassningens mapp: skriv er egen regions uppgifter för {contact}, och er region under region",
            "in contacts.yaml in the folder of the overlay: write your own region's details of {contact}, and your region as region",
        ),
    },
    bad=_OTHERS + overlay_with(),
    good=_OTHERS
    + overlay_with()
    + """\
-- /overlays/exempel/contacts.yaml --
crisis:
  label: Vid fara för liv
  phone: "112"
  checked: 2026-11-01
akut:
  label: Psykiatrisk akutmottagning i Skåne
  phone: 010-765 43 21
  checked: 2026-11-01
  region: skane
""",
    safety=True,
)
