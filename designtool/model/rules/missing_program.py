"""A folder where a program should be, without its program.yaml."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-program-file",
    severity=Severity.ERROR,
    title=Text("Ett program utan program.yaml", "A program without its program.yaml"),
    why=Text(
        "program.yaml säger vad programmet heter, vem som ansvarar för det och hur det hänger ihop. Utan den finns inget program.",
        "program.yaml says what the program is called, who answers for it and how it hangs together. Without it there is no program.",
    ),
    messages={
        "default": Text("mappen {folder} saknar program.yaml", "the folder {folder} has no program.yaml"),
        "id": Text(
            'programmet heter "{id}", men mappen heter "{folder}"',
            'the program is "{id}", but its folder is "{folder}"',
        ),
    },
    helps={
        "default": Text("skapa ett program med: designtool new program", "make a program with: designtool new program"),
        "id": Text("ge mappen och programmet samma namn", "give the folder and the program the same name"),
    },
    bad="""\
-- /programs/tomt/modules/01-start/module.yaml --
title: Start
goal: Du kommer i gång.
minutes: 20
homework:
  - min_plan
""",
    good="",
)
