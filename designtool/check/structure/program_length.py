"""A treatment that is too short or too long."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="program-length",
    severity=Severity.ERROR,
    title=Text("En behandling som är för kort eller för lång", "A treatment that is too short or too long"),
    why=Text(
        "Nationellt är behandlingar över nätet mellan fyra och femton veckor, oftast sex till tio. Källa: 1177, KBT via nätet, och VGR Behandling.",
        "Nationally, treatments over the internet take between four and fifteen weeks, mostly six to ten. Source: 1177, KBT via nätet, and VGR Behandling.",
    ),
    messages={
        "default": Text("{weeks} veckor är utanför 4 till 15", "{weeks} weeks is outside 4 to 15"),
        "unusual": Text(
            "{weeks} veckor är ovanligt: de flesta behandlingar tar 6 till 10",
            "{weeks} weeks is unusual: most treatments take 6 to 10",
        ),
    },
    helps={
        "default": Text(
            "ändra duration: weeks:, eller skriv kind: education eller support",
            "change duration: weeks:, or write kind: education or support",
        ),
    },
    bad="""\
-- program.yaml (change) --
-  weeks: 6
+  weeks: 24
""",
    good="""\
-- program.yaml (change) --
-  weeks: 6
+  weeks: 10
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or program.kind != "treatment":
        return
    place = context.span(program.origin, "duration", "weeks")
    if program.weeks == 0:
        # Not a number, or missing: that has a finding of its own.
        return
    if not 4 <= program.weeks <= 15:
        yield RULE.at(place, weeks=program.weeks)
    elif not 6 <= program.weeks <= 10:
        yield RULE.at(place, "unusual", severity=Severity.INFO, weeks=program.weeks)
