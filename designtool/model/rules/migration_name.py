"""A migration whose name does not say from which version to which."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="migration-name",
    severity=Severity.ERROR,
    title=Text("En flyttfil vars namn inte säger mellan vilka versioner", "A migration whose name names no versions"),
    why=Text(
        "Flyttfilens namn bestämmer vilka patienter den gäller. Med ett namn som inte går att läsa skulle ingen flyttas, "
        "eller fel personer.",
        "The name of a migration decides for which patients it holds. With a name that cannot be read nobody would be moved, "
        "or the wrong people.",
    ),
    messages={
        "default": Text(
            '"{name}" säger inte mellan vilka versioner patienter flyttas',
            '"{name}" does not say between which versions patients move',
        ),
        "later": Text(
            "flyttfilen leder till version {later}, men programmet är version {version}",
            "the migration leads to version {later}, but the program is version {version}",
        ),
    },
    helps={
        "default": Text(
            "kalla filen till exempel 1.4.0-2.0.0.yaml, med den tidigare versionen först",
            "call the file for example 1.4.0-2.0.0.yaml, with the earlier version first",
        ),
        "later": Text(
            "höj versionen i program.yaml, eller ändra filens namn",
            "raise the version in program.yaml, or change the name of the file",
        ),
    },
    bad="""\
-- migrations/till-2.yaml --
begun:
  modules:
    start: keep
""",
    good="""\
-- migrations/0.9.0-1.0.0.yaml --
begun:
  modules:
    start: keep
""",
)
