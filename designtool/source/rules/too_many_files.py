"""More files or levels of folders than a program has."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="too-many-files",
    severity=Severity.ERROR,
    title=Text("För många filer", "Too many files"),
    why=Text(
        "Så många filer eller mappar i varandra är nästan alltid något annat än ett program. Resten läses inte.",
        "So many files, or folders in each other, are nearly always something else than a program. The rest is not read.",
    ),
    messages={
        "default": Text("fler än {limit} filer i ett program", "more than {limit} files in one program"),
        "deep": Text("fler än {limit} mappar i varandra", "more than {limit} folders in each other"),
    },
    helps={
        "default": Text("flytta det som inte hör till programmet", "move what is no part of the program"),
        "deep": Text("flytta det som inte hör till programmet", "move what is no part of the program"),
    },
    bad="""\
-- media/export/ --
(en mapp med 30 000 bilder)
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
""",
)
