"""Two things said of the same page, module or questionnaire."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="layer-says-twice",
    severity=Severity.ERROR,
    title=Text("Samma sak nämns två gånger", "The same thing is spoken of twice"),
    why=Text(
        "En sida kan ersättas eller utelämnas, en gång. Står det två saker om den vet ingen vilken som gäller.",
        "A page can be replaced or left out, once. When two things are said of it, nobody knows which one counts.",
    ),
    messages={
        "default": Text("{name} är redan nämnd", "{name} has been spoken of already"),
    },
    helps={
        "default": Text("ta bort det ena", "take one of them away"),
    },
    bad="""\
-- modules/01-start/20-mer.md --
---
title: Mer att läsa
---
Här finns mer att läsa.
-- variants/plus.yaml --
title: Exempel Plus
hide:
  pages: [start/mer, start/mer]
""",
    good="""\
-- modules/01-start/20-mer.md --
---
title: Mer att läsa
---
Här finns mer att läsa.
-- variants/plus.yaml --
title: Exempel Plus
hide:
  pages: [start/mer]
""",
)
