"""A program for which nobody answers."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

_PROGRAM_BEFORE = """\
-- program.yaml --
format: 1
id: exempel
version: 1.0.0
title: Exempel
summary: Ett kort program som visar hur ett program skrivs.
kind: treatment
language: sv
"""
_PROGRAM_AFTER = """\
rights:
  licence: CC-BY-4.0
  holder: Region Exempel
audience:
  age:
    min: 18
duration:
  weeks: 8
  minutes_per_week: 60
therapist:
  competence: Legitimerad psykolog
  feedback_within_days: 7
  messages_within_working_days: 2
measurements:
  - questionnaire: min_koll
    at: [start, every week, end]
    window_days: 3
"""

RULE = Rule(
    name="missing-publisher",
    severity=Severity.ERROR,
    title=Text("Programmet saknar utgivare", "The program has no publisher"),
    why=Text(
        "Regionen som ger ut ett program ansvarar för det: för att innehållet är rätt, för att fel rättas och för att den som hittar "
        "en risk vet vem som ska ringas. Ett program utan utgivare får ingen patient möta. Skriv regionen och personen som svarar "
        "för innehållet under publisher.",
        "The region that publishes a program answers for it: that its content is right, that mistakes are mended, and that "
        "whoever finds a risk knows whom to call. No patient may meet a program without a publisher. Write the region and the "
        "person who answers for the content under publisher.",
    ),
    messages={
        "default": Text(
            '{where_sv} saknar "publisher": ingen svarar för programmet',
            '{where_en} lacks "publisher": nobody answers for the program',
        ),
        "part": Text(
            'publisher saknar "{key}": ingen svarar för programmet',
            'publisher lacks "{key}": nobody answers for the program',
        ),
    },
    helps={
        "default": Text("{description_sv}", "{description_en}"),
        "part": Text("{description_sv}", "{description_en}"),
    },
    bad=_PROGRAM_BEFORE + _PROGRAM_AFTER,
    good=_PROGRAM_BEFORE
    + """\
publisher:
  region: vgr
  responsible: Eva Lind
  role: Legitimerad psykolog
  contact: program@example.org
"""
    + _PROGRAM_AFTER,
    safety=True,
)
