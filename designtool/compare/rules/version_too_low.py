"""A version that claims less than what has changed."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="version-too-low",
    severity=Severity.ERROR,
    title=Text("Ett versionsnummer som säger för lite", "A version that claims too little"),
    why=Text(
        "Versionen säger vad en enhet måste ta ställning till innan den aktiveras, och om pågående patienter kan följa med. "
        "Ett för litet steg låter en ändring komma till patienter utan att någon har tagit ställning till den. Steget räknas "
        "ut av vad som har ändrats: designtool bump skriver in rätt version.",
        "The version says what a unit has to decide on before it is activated, and whether patients under way can follow. Too "
        "small a step lets a change come to patients without anybody having decided on it. The step is worked out from what "
        "has changed: designtool bump writes the right version.",
    ),
    messages={
        "default": Text(
            "version {version} räcker inte efter {earlier}: {what} kräver minst {needed}",
            "version {version} is not enough after {earlier}: {what_en} needs at least {needed}",
        ),
        "not-later": Text(
            "version {version} är inte senare än {earlier}, men något har ändrats: {what} kräver minst {needed}",
            "version {version} is not later than {earlier}, but something has changed: {what_en} needs at least {needed}",
        ),
        "earlier": Text(
            "version {version} är tidigare än {earlier}",
            "version {version} is earlier than {earlier}",
        ),
    },
    helps={
        "default": Text(
            "skriv version: {needed} eller senare, eller kör designtool bump",
            "write version: {needed} or later, or run designtool bump",
        ),
    },
    bad="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.0.1
-- modules/01-start/30-ny.md --
---
title: En ny sida
---
Hej.
""",
    good="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.1.0
-- modules/01-start/30-ny.md --
---
title: En ny sida
---
Hej.
""",
)
