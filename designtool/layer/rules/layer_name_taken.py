"""Something added under a name that is taken."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="layer-name-taken",
    severity=Severity.ERROR,
    title=Text("Ett tillägg med ett namn som redan finns", "An addition under a name that is taken"),
    why=Text(
        "Det som kommer till får aldrig i tysthet ta platsen för något som finns. Ge det ett eget namn. Ska det komma i stället "
        "för en sida, skriv det under replace.",
        "What is added must never silently take the place of what is there. Give it a name of its own. If it is to come in place "
        "of a page, write it under replace.",
    ),
    messages={
        "default": Text("{name} finns redan i programmet", "{name} is in the program already"),
    },
    helps={
        "default": Text("ge den ett annat namn", "give it another name"),
    },
    bad="""\
-- variants/plus.yaml --
title: Exempel Plus
add:
  pages:
    - in: start
      file: 10-sida.md
-- variants/plus/10-sida.md --
---
title: Mer att läsa
---
Här finns mer att läsa.
""",
    good="""\
-- variants/plus.yaml --
title: Exempel Plus
add:
  pages:
    - in: start
      file: 15-mer.md
-- variants/plus/15-mer.md --
---
title: Mer att läsa
---
Här finns mer att läsa.
""",
)
