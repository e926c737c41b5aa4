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
-- program.yaml --
format: 1
id: exempel
version: 1.0.0
title: Exempel
summary: Ett litet program som visar formatet.
kind: treatment
language: sv
publisher:
  region: vgr
  responsible: Kim Exempelsson
  role: Legitimerad psykolog
  contact: kim@example.se
rights:
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
audience:
  age:
    min: 18
  severity: mild-to-moderate
  conditions: [F32]
duration:
  weeks: 24
  minutes_per_week: 60
therapist:
  competence: Legitimerad psykolog
  feedback_within_days: 7
  messages_within_working_days: 2
pacing:
  unlock: sequential
  days_per_module: 7
measurements:
  - questionnaire: min_koll
    at: [start, every week, end]
    window_days: 3
retention: agreed
""",
    good="""\
-- program.yaml --
format: 1
id: exempel
version: 1.0.0
title: Exempel
summary: Ett litet program som visar formatet.
kind: treatment
language: sv
publisher:
  region: vgr
  responsible: Kim Exempelsson
  role: Legitimerad psykolog
  contact: kim@example.se
rights:
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
audience:
  age:
    min: 18
  severity: mild-to-moderate
  conditions: [F32]
duration:
  weeks: 10
  minutes_per_week: 60
therapist:
  competence: Legitimerad psykolog
  feedback_within_days: 7
  messages_within_working_days: 2
pacing:
  unlock: sequential
  days_per_module: 7
measurements:
  - questionnaire: min_koll
    at: [start, every week, end]
    window_days: 3
retention: agreed
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or program.kind != "treatment":
        return
    place = context.span(program.origin, "duration", "weeks")
    if not 4 <= program.weeks <= 15:
        yield RULE.at(place, weeks=program.weeks)
    elif not 6 <= program.weeks <= 10:
        yield RULE.at(place, "unusual", severity=Severity.INFO, weeks=program.weeks)
