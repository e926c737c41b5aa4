"""A picture that some patients cannot see."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="missing-alt",
    severity=Severity.ERROR,
    title=Text("En bild utan text för den som inte ser den", "A picture without words for those who cannot see it"),
    why=Text(
        "Den som använder skärmläsare får annars inte veta vad bilden visar. Beskriv det patienten ska ta med sig från bilden, i en eller två meningar.",
        "Somebody who uses a screen reader would not learn what the picture shows. Say in a sentence or two what the patient is to take from it.",
    ),
    messages={
        "default": Text("bilden saknar :alt:", "the picture has no :alt:"),
        "brackets": Text("bilden saknar text för den som inte ser den", "the picture has no text alternative"),
    },
    helps={
        "default": Text(
            'lägg till en rad under bilden: ":alt: Vad bilden visar"',
            'add a line below the picture: ":alt: What it shows"',
        ),
        "brackets": Text(
            "skriv vad bilden visar inom hakparentesen: ![Vad bilden visar](...)",
            "write what the picture shows between the brackets: ![What it shows](...)",
        ),
    },
    bad="""\
-- media/kurva.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 9L9 0"/></svg>
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{image} media/kurva.svg
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- media/kurva.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 9L9 0"/></svg>
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan.

:::{image} media/kurva.svg
:alt: En kurva som stiger från vänster till höger
:::

:::{exercise} min_plan
:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        if block.kind == "image" and not block.attributes.get("alt", "").strip():
            place = block.spans.get("alt", block.spans.get("kind", block.span))
            # A picture written as ![](...) is one piece: its kind stands nowhere by itself.
            if block.spans.get("kind") == block.span:
                yield RULE.at(place, "brackets", help="brackets")
            else:
                yield RULE.at(place)
