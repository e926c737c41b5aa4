"""A file that could not be opened."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unreadable-file",
    severity=Severity.ERROR,
    title=Text("En fil som inte går att läsa", "A file that cannot be read"),
    why=Text(
        "Datorn låter inte designtool läsa filen. Oftast saknas rättigheter, eller så är filen öppen i ett annat program.",
        "The computer does not let designtool read the file. Most often rights are missing, or another program holds it.",
    ),
    messages={
        "default": Text("filen går inte att läsa ({reason})", "the file cannot be read ({reason})"),
    },
    helps={
        "default": Text("kontrollera filens rättigheter", "check the rights of the file"),
    },
    bad="""\
-- program.yaml --
(en fil som en annan användare äger)
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
