"""Headings that skip a level."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.assemble_pages import walk

RULE = Rule(
    name="heading-jump",
    severity=Severity.ERROR,
    title=Text("En rubrik hoppar över en nivå", "A heading skips a level"),
    why=Text(
        "Skärmläsare visar sidan som en innehållsförteckning av rubrikerna. Ett hopp låter som om något saknades. Sidans titel är nivå ett, så textens rubriker börjar på nivå två.",
        "A screen reader shows the page as a table of its headings. A jump sounds as if something were missing. The title of the page is level one, so headings in the text begin at level two.",
    ),
    messages={
        "default": Text(
            "rubriken är på nivå {level}, men här passar nivå {fitting}",
            "the heading is at level {level}, where level {fitting} fits",
        ),
        "title": Text(
            "nivå ett är sidans titel; rubriken här börjar på nivå två",
            "level one is the title of the page; the heading here begins at level two",
        ),
    },
    helps={
        "default": Text("skriv {marks} före rubriken", "write {marks} before the heading"),
        "title": Text("skriv ## före rubriken", "write ## before the heading"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
## En början

Steg för steg.

#### Planen

Nu är det dags att skriva ner din plan.

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
## En början

Steg för steg.

### Planen

Nu är det dags att skriva ner din plan.

:::{exercise} min_plan
:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for path, blocks in context.texts():
        # A page without a title most often has it as a heading: that it lacks one has been told.
        document = context.documents.get(path)
        lacks_title = document is not None and document.kind == "page" and "title" not in document.data
        before = 1
        for block in walk(blocks):
            if block.kind != "heading":
                continue
            level = int(block.attributes["level"])
            if level == 1:
                if not lacks_title:
                    yield RULE.at(block.span, "title")
            elif level > before + 1:
                yield RULE.at(block.span, level=level, fitting=before + 1, marks="#" * (before + 1))
            before = max(level, 2)
