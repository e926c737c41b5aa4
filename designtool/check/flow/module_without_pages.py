"""A module with nothing to read."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="module-without-pages",
    severity=Severity.ERROR,
    title=Text("En modul utan sidor", "A module without pages"),
    why=Text(
        "Patienten skulle öppna modulen och möta en tom sida.",
        "The patient would open the module and meet an empty page.",
    ),
    messages={
        "default": Text('modulen "{title}" har inga sidor', 'the module "{title}" has no pages'),
    },
    helps={
        "default": Text(
            "lägg en sida i modulens mapp, till exempel 10-start.md",
            "put a page in the folder of the module, for example 10-start.md",
        ),
    },
    bad="""\
-- modules/02-tom/module.yaml --
title: Tom
unlock:
  after: previous
goal: Du kommer i gång.
minutes: 20
homework:
  - min_plan
""",
    good="""\
-- modules/02-tom/module.yaml --
title: Tom
goal: Du kommer i gång.
minutes: 20
homework:
  - min_plan
-- modules/02-tom/10-sida.md --
---
title: Andra sidan
---
Nu är det dags att skriva ner din plan.

:::{exercise} min_plan
:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for module in context.program.modules if context.program and context.is_whole else ():
        if not module.pages:
            yield RULE.at(context.span(module.origin, "title"), title=module.title)
