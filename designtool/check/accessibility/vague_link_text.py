"""A link that does not say where it goes."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.load.document import plain_text
from designtool.model.assemble_pages import walk_inlines

RULE = Rule(
    name="vague-link-text",
    severity=Severity.ERROR,
    title=Text("En länk säger inte vart den leder", "A link does not say where it goes"),
    why=Text(
        'Den som använder skärmläsare hoppar mellan länkarna och hör bara deras text. "Klicka här" säger ingenting, "Läs om sömnens stadier" säger allt.',
        'Somebody who uses a screen reader jumps from link to link and hears their words alone. "Click here" says nothing, "Read about the stages of sleep" says it all.',
    ),
    messages={
        "default": Text(
            'länktexten "{text}" säger inte vart länken leder',
            'the link text "{text}" does not say where the link goes',
        ),
        "empty": Text("länken har ingen text", "the link has no text"),
    },
    helps={
        "default": Text("skriv vad läsaren kommer till", "write what the reader will come to"),
        "empty": Text("skriv vad läsaren kommer till", "write what the reader will come to"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan. [Läs mer](https://www.1177.se/) om nedstämdhet.

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan. [Läs om nedstämdhet på 1177.se](https://www.1177.se/) om du vill.

:::{exercise} min_plan
:::
""",
)


_VAGUE = frozenset(
    [
        "här",
        "klicka här",
        "tryck här",
        "klicka",
        "läs mer",
        "läs mer här",
        "läs vidare",
        "mer",
        "mer information",
        "mer info",
        "länk",
        "länken",
        "den här länken",
        "denna länk",
        "sidan",
        "here",
        "click here",
        "read more",
        "more",
        "link",
        "this link",
        "this page",
    ]
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        for inline in walk_inlines(block.inlines):
            if inline.kind != "link":
                continue
            text = plain_text(inline.children).strip()
            if not text:
                yield RULE.at(inline.span, "empty")
            elif text.lower().rstrip(".!:… ") in _VAGUE or text.startswith(("http://", "https://", "www.")):
                yield RULE.at(inline.span, text=text)
