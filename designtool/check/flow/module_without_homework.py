"""A module that asks for nothing between the readings."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.load.shape import schema_of

RULE = Rule(
    name="module-without-homework",
    severity=Severity.ERROR,
    title=Text("En modul utan hemuppgift", "A module without homework"),
    why=Text(
        "Det är det patienten gör mellan läsningarna som hjälper. Till varje modul i en behandling hör därför en hemuppgift. En modul som bara berättar hur programmet går till skrivs med introduction: true.",
        "What the patient does between the readings is what helps. Every module of a treatment therefore has homework. A module that only tells how the program works is written with introduction: true.",
    ),
    messages={
        "default": Text('modulen "{title}" har ingen hemuppgift', 'the module "{title}" has no homework'),
    },
    helps={
        "default": Text("lägg till homework: med id för en övning", "add homework: with the id of an exercise"),
    },
    bad="""\
-- modules/01-start/module.yaml --
title: Start
goal: Du kommer i gång.
minutes: 20
""",
    good="""\
-- modules/01-start/module.yaml --
title: Start
goal: Du kommer i gång.
minutes: 20
homework:
  - min_plan
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or program.kind != "treatment":
        return
    for module in program.modules:
        document = context.documents.get(module.origin.path)
        if document is None or not isinstance(document.data, dict):
            continue  # That it holds no keys has been told.
        data = document.data
        # An unknown key has a finding of its own, and may be the homework misspelt.
        misspelt = not data.keys() <= schema_of("module")["properties"].keys()
        if not module.introduction and not data.get("homework") and not misspelt:
            yield RULE.at(context.span(module.origin, "title"), title=module.title)
