"""A module that takes too long to read."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.load.document import plain_text
from designtool.model.assemble_pages import walk

RULE = Rule(
    name="module-length",
    severity=Severity.WARNING,
    title=Text("En modul som tar för lång tid att läsa", "A module that takes too long to read"),
    why=Text(
        "Den som är nedstämd eller har sovit dåligt orkar inte läsa länge. Räkna med 200 ord i minuten och högst 25 minuters läsning i en modul. Gränsen är ett förslag, inte ett forskningsresultat.",
        "Somebody who is low or has slept badly cannot read for long. Count on 200 words a minute and at most 25 minutes of reading in a module. The limit is a proposal, not a finding of research.",
    ),
    messages={
        "default": Text(
            'modulen "{title}" tar ungefär {minutes} minuter att läsa ({words} ord)',
            'the module "{title}" takes about {minutes} minutes to read ({words} words)',
        ),
    },
    helps={
        "default": Text(
            "dela modulen, eller lägg fördjupning under reveal", "split the module, or put the details under a reveal"
        ),
    },
    bad="-- modules/01-start/10-sida.md --\n---\ntitle: Första sidan\n---\n"
    + "Här står det ord efter ord utan paus eller ände. " * 520
    + "\n\n:::{exercise} min_plan\n:::\n",
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


WORDS_A_MINUTE = 200
_LONGEST_MINUTES = 25


def check(context: Context) -> Iterator[Diagnostic]:
    for module in context.program.modules if context.program else ():
        words = sum(len(plain_text(block.inlines).split()) for page in module.pages for block in walk(page.blocks))
        minutes = round(words / WORDS_A_MINUTE)
        if minutes > _LONGEST_MINUTES:
            yield RULE.at(context.span(module.origin, "title"), title=module.title, minutes=minutes, words=words)
