"""A folder with pages and without its module.yaml."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-module-file",
    severity=Severity.ERROR,
    title=Text("En modul utan module.yaml", "A module without its module.yaml"),
    why=Text(
        "module.yaml säger vad modulen heter, vad den ska leda till och hur lång tid den tar. Utan den kommer mappens sidor inte med i programmet.",
        "module.yaml says what the module is called, what it is to lead to and how long it takes. Without it the pages of the folder are not in the program.",
    ),
    messages={
        "default": Text("mappen {folder} saknar module.yaml", "the folder {folder} has no module.yaml"),
    },
    helps={
        "default": Text(
            "lägg en module.yaml med title, goal och minutes i mappen, eller skapa modulen med: designtool new module",
            "put a module.yaml with title, goal and minutes in the folder, or make the module with: designtool new module",
        ),
    },
    bad="""\
-- modules/02-mer/10-sida.md --
---
title: Mer
---
Mer att läsa.
""",
    good="",  # The minimal program as it is.
)
