"""Something that is neither a file nor a folder."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="special-file",
    severity=Severity.ERROR,
    title=Text("Varken fil eller mapp", "Neither file nor folder"),
    why=Text(
        "Rör, uttag och enheter är inget som ett program kan bestå av. De öppnas aldrig.",
        "Pipes, sockets and devices are nothing that a program can be made of. They are never opened.",
    ),
    messages={
        "default": Text("detta är varken en fil eller en mapp", "this is neither a file nor a folder"),
    },
    helps={
        "default": Text("ta bort den ur mappen", "take it out of the folder"),
    },
    bad="""\
-- media/rapport.txt --
(ett rör, skapat med mkfifo)
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
