"""A character that no one can see and no page can show."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="control-character",
    severity=Severity.ERROR,
    title=Text("Ett styrtecken i texten", "A control character in the text"),
    why=Text(
        "Osynliga styrtecken följer med när text klistras in från andra program. De syns inte i din editor men stör patientens sida. Ta bort dem.",
        "Invisible control characters come along when text is pasted from other programs. They do not show in your editor but disturb the patient's page. Take them away.",
    ),
    messages={
        "default": Text(
            "här står ett osynligt styrtecken ({code})", "an invisible control character stands here ({code})"
        ),
        "line-ends": Text(
            "raderna slutar på ett sätt som bara gamla datorer använder ({code})",
            "the lines end in a way that only old computers use ({code})",
        ),
    },
    helps={
        "default": Text("ta bort tecknet", "take the character away"),
        "line-ends": Text("välj radslut LF eller CRLF när du sparar", "choose LF or CRLF as line ends when you save"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags\x07 att skriva ner din plan.

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
