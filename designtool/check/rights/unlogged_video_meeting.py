"""A video meeting whose service is not known to log."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unlogged-video-meeting",
    severity=Severity.ERROR,
    title=Text("Ett videomöte utan uppgift om loggning", "A video meeting that does not say how it logs"),
    why=Text(
        "Patientdatalagen kräver att åtkomst till patientens uppgifter loggas. Tjänsten som länken leder till måste göra det, och programmet ska säga det.",
        "The Patient Data Act asks that access to a patient's data is logged. The service that the link leads to must do so, and the program must say it.",
    ),
    messages={
        "default": Text('videomötet saknar ":logging: pdl"', 'the video meeting has no ":logging: pdl"'),
    },
    helps={
        "default": Text(
            'kontrollera att tjänsten loggar enligt patientdatalagen och skriv ":logging: pdl"',
            'check that the service logs as the Patient Data Act asks and write ":logging: pdl"',
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{video-meeting} https://video.example.se/
:title: Samtal med din behandlare
:::

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{video-meeting} https://video.example.se/
:title: Samtal med din behandlare
:logging: pdl
:::

:::{exercise} min_plan
:::
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        if block.kind == "video-meeting" and block.attributes.get("logging") != "pdl":
            yield RULE.at(block.spans.get("logging", block.spans.get("kind", block.span)))
