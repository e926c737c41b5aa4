"""A layer that changes what answers come to."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

_PROGRAM = """\
-- modules/02-oro/module.yaml --
title: Oro
goal: Du vet hur orolig du är.
minutes: 20
homework:
  - min_oro
-- modules/02-oro/10-sida.md --
---
title: Om oro
---
Svara på frågan här.

:::{questionnaire} min_oro
:::
"""
_SCORED = """\
title: Hur orolig är du?
instrument:
  name: Egen fråga
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
options:
  frequency:
    - value: 0
      label: Inte alls
    - value: 1
      label: Ofta
items:
  - id: q1
    text: Har du varit orolig?
    options: frequency
scores:
  - id: total
    label: Summa
    method: sum
    items: [q1]
    missing:
      rule: require-all
      at_least: 1
    range: [0, 1]
    bands:
      - from: 0
        label: Låg
      - from: 1
        label: Hög
"""

RULE = Rule(
    name="layer-alters-meaning",
    severity=Severity.ERROR,
    title=Text("En anpassning som ändrar vad svaren betyder", "A layer that alters what answers mean"),
    why=Text(
        "Poäng, gränser, larm, beslutsregler och ett instruments ordalydelse är prövade tillsammans. En variant eller en "
        "regions anpassning får lägga till nya, men de som finns ska vara exakt likadana. Behöver de ändras är det ett eget program.",
        "Scores, bands, flags, decision rules and the wording of an instrument have been proved together. A variant or a "
        "region's overlay may add new ones, but those that are there must be exactly the same. If they need to change, it is a "
        "program of its own.",
    ),
    messages={
        "default": Text('"{title}" ({id}) är ändrad', '"{title}" ({id}) has been altered'),
        "removed": Text(
            '"{title}" ({id}) försvinner med det som utelämnas', '"{title}" ({id}) goes with what is left out'
        ),
    },
    helps={
        "default": Text("låt formuläret vara som det är", "leave the form as it is"),
        "removed": Text("låt modulen vara kvar", "let the module stay"),
    },
    bad=_PROGRAM
    + "-- /programs/library/questionnaires/min_oro.yaml --\n"
    + _SCORED
    + """\
-- variants/plus.yaml --
title: Exempel Plus
hide:
  modules: [oro]
""",
    good=_PROGRAM
    + "-- /programs/library/questionnaires/min_oro.yaml --\n"
    + _SCORED
    + """\
-- modules/03-bara-text/module.yaml --
title: Mer om oro
goal: Du vet var du kan läsa mer.
minutes: 20
introduction: true
-- modules/03-bara-text/10-sida.md --
---
title: Att läsa
---
Här finns mer att läsa.
-- variants/plus.yaml --
title: Exempel Plus
hide:
  modules: [bara-text]
""",
    safety=True,
)
