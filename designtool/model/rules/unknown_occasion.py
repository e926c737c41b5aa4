"""A time for a measurement that nobody can tell."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-occasion",
    severity=Severity.ERROR,
    title=Text("En mättidpunkt som inte går att förstå", "A time of measurement that cannot be understood"),
    why=Text(
        "En mätning som aldrig blir av gör att behandlaren inte ser om patienten blir sämre.",
        "A measurement that never comes leaves the therapist unable to see a patient getting worse.",
    ),
    messages={
        "default": Text('"{text}" är ingen tidpunkt för en mätning', '"{text}" is no time for a measurement'),
    },
    helps={
        "default": Text(
            "skriv start, end, every week, every 2 weeks, before each module eller 6 months after end",
            "write start, end, every week, every 2 weeks, before each module or 6 months after end",
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
  weeks: 6
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
    at:
      - ibland
    window_days: 3
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
  weeks: 6
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
    at:
      - every 2 weeks
    window_days: 3
""",
)
