"""Sound and film that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="missing-transcript",
    severity=Severity.ERROR,
    title=Text("Ljud eller film utan avskrift", "Sound or film without a transcript"),
    why=Text(
        "En avskrift behövs av den som inte hör, av den som har svårt att följa med och av den som vill gå tillbaka till ett stycke.",
        "A transcript serves those who cannot hear, those who find it hard to follow, and those who want to return to a passage.",
    ),
    messages={
        "film": Text("filmen saknar :transcript:", "the film has no :transcript:"),
        "audio": Text("ljudet saknar :transcript:", "the sound has no :transcript:"),
    },
    helps={
        "film": Text(
            "skriv av det som sägs och visas i en .md-fil i media/",
            "write what is said and shown into a .md file in media/",
        ),
        "audio": Text("skriv av det som sägs i en .md-fil i media/", "write what is said into a .md file in media/"),
    },
    bad="""\
-- media/lugn.mp3 --
ljud
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{audio} media/lugn.mp3
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- media/lugn.mp3 --
ljud
-- media/lugn.md --
Andas in. Andas ut.
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{audio} media/lugn.mp3
:transcript: media/lugn.md
:::

:::{exercise} min_plan
:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        if block.kind in ("film", "audio") and not block.attributes.get("transcript", "").strip():
            yield RULE.at(block.spans.get("transcript", block.spans.get("kind", block.span)), block.kind)
