"""A film that some patients cannot hear."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="missing-captions",
    severity=Severity.ERROR,
    title=Text("En film utan undertexter", "A film without captions"),
    why=Text(
        "Den som inte hör, eller ser filmen utan ljud på bussen, missar annars det som sägs. Undertexter är också ett lagkrav.",
        "Somebody who cannot hear, or who watches without sound on the bus, would miss what is said. The law asks for captions too.",
    ),
    messages={
        "default": Text("filmen saknar :captions:", "the film has no :captions:"),
    },
    helps={
        "default": Text(
            'lägg undertexterna som en .vtt-fil i media/ och skriv ":captions: media/film.sv.vtt"',
            'put the captions in media/ as a .vtt file and write ":captions: media/film.en.vtt"',
        ),
    },
    bad="""\
-- media/film.webm --
film
-- media/film.md --
Två personer samtalar om veckan.
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{film} media/film.webm
:transcript: media/film.md
:alt: Två personer samtalar
:::

:::{exercise} min_plan
:::
""",
    good="""\
-- media/film.webm --
film
-- media/film.md --
Två personer samtalar om veckan.
-- media/film.sv.vtt --
WEBVTT

00:00.000 --> 00:02.000
Hej.
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{film} media/film.webm
:transcript: media/film.md
:captions: media/film.sv.vtt
:alt: Två personer samtalar
:::

:::{exercise} min_plan
:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        if block.kind == "film" and not block.attributes.get("captions", "").strip():
            yield RULE.at(block.spans.get("captions", block.spans.get("kind", block.span)))
