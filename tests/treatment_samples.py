"""A small program for tests of treatments: a welcome, a week of diary, a decision, and a module with tables and choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import yaml

from designtool.expressions.expression import Expression, Scope
from designtool.load.document import Document
from designtool.model import assemble_forms
from designtool.model.exercise import Exercise
from designtool.model.findings import Findings
from designtool.model.flow import Feedback, Occasion, PlannedMeasurement, Reminder, Unlock
from designtool.model.journey import Journey
from designtool.model.module import Module
from designtool.model.program import Audience, Program, Publisher, Release, Rights, TherapistTerms
from designtool.model.questionnaire import Questionnaire
from designtool.model.reading import Node
from designtool.model.scope import exercise_form, questionnaire_form
from designtool.treatment.commands import Actor
from designtool.treatment.days import moment

DIGEST = "sha256:sample"
START = date(2026, 1, 12)
PATIENT = Actor("p1", "patient")
THERAPIST = Actor("t1", "therapist")

MOOD = """
title: Mående
instrument: {name: Mående, language: sv, licence: free, holder: X, source: Y}
options:
  often:
    - {value: 0, label: Inte alls}
    - {value: 1, label: Flera dagar}
    - {value: 2, label: Mer än hälften}
    - {value: 3, label: Nästan varje dag}
items:
  - {id: q1, text: Ett, options: often}
  - {id: q2, text: Två, options: often}
  - {id: q3, text: Tre, options: often}
  - {id: q4, text: Fyra, options: often, risk: suicidality}
scores:
  - id: total
    method: sum
    items: [q1, q2, q3, q4]
    missing: {rule: prorate, at_least: 3}
    range: [0, 12]
    bands: [{from: 0, label: Lindrig}, {from: 6, label: Svår}]
flags:
  - {when: q4 >= 1, level: yellow, patient_page: library/kris}
  - {when: q4 >= 2 or change(q4) >= 1, level: red, to: unit, escalate_after_hours: 24, patient_page: library/kris}
  - {when: total >= 9, level: yellow, message: Hög poäng}
"""

EXERCISES = {
    "mina_mal": (
        "valkommen",
        """
title: Mina mål
kind: worksheet
fields:
  - {id: viktigast, type: text, label: Viktigast, required: true}
  - {id: har_plan, type: yes-no, label: "Har du en plan?"}
  - {id: plan, type: long-text, label: "Vilken?", show_if: har_plan, required: true}
  - {id: antal, type: integer, label: Antal, min: 0, max: 5, when_hidden: 0, show_if: har_plan}
computed:
  - {id: dubbelt, label: Dubbelt, value: antal * 2}
constraints:
  - {assert: dubbelt <= 8, level: confirm, message: "Är det verkligen så många?"}
  - {assert: dubbelt != 2, level: block, message: Ett är för lite.}
""",
    ),
    "somndagbok": (
        "",
        """
title: Sömndagbok
kind: diary
entry: {per: day, dated: wake_up_date, backfill_days: 2}
active: {from: baslinje, until: end}
required: {entries: 5, within_days: 7}
fields:
  - {id: bed, type: time, label: I säng, required: true}
  - {id: lights_out, type: time, label: Släckte, required: true}
  - {id: sol, type: minutes, label: Insomning, min: 0, max: 600, required: true}
  - {id: nwak, type: integer, label: Uppvaknanden, min: 0, max: 50}
  - {id: waso, type: minutes, label: Vaken, min: 0, max: 600, show_if: nwak > 0, when_hidden: 0}
  - {id: final, type: time, label: Vaknade, required: true}
  - {id: out, type: time, label: Gick upp, required: true}
computed:
  - {id: tib, label: Tid i sängen, unit: minutes, value: "clock_span(bed, out)"}
  - {id: tst, label: Sömntid, unit: minutes, value: "clock_span(lights_out, final) - sol - waso"}
  - {id: se, label: Effektivitet, unit: percent, value: 100 * tst / tib}
summary:
  - {id: week_se, label: Veckan, unit: percent, value: 100 * sum(last(7).tst) / sum(last(7).tib)}
constraints:
  - {assert: tst >= 0, level: block, message: Tiderna går inte ihop.}
  - {assert: "clock_span(bed, out) <= 12 * 60", level: confirm, message: "Mer än tolv timmar?"}
""",
    ),
    "lamplighet": (
        "fonster",
        """
title: Lämplighet
kind: worksheet
fields:
  - {id: epilepsi, type: yes-no, label: "Epilepsi?"}
  - {id: kor_bil, type: yes-no, label: "Kör du bil i arbetet?"}
  - {id: somnig, type: yes-no, label: "Somnig på dagen?"}
flags:
  - {when: epilepsi, level: red, to: unit, escalate_after_hours: 48, message: Epilepsi}
""",
    ),
    "uppstigning": (
        "fonster",
        """
title: Uppstigning
kind: worksheet
fill: whenever
fields:
  - {id: tid, type: time, label: Gå upp}
""",
    ),
    "somnfonster": (
        "fonster",
        """
title: Ditt sömnfönster
kind: decision
measure: somndagbok.week_se
needs: {entries: 5, within_days: 7}
start: ceil_to(mean(somndagbok.last(7).tst), 15)
floor: 330
ceiling: 540
unit: minutes
bands: [{from: 0, step: -15}, {from: 80, step: 0}, {from: 85, step: 15}]
every_days: 7
hold_if: lamplighet.kor_bil and lamplighet.somnig
lock_if: lamplighet.epilepsi
confirm: therapist
overdue_days: 2
computed:
  - {id: laggdags, label: I säng tidigast, value: uppstigning.tid - current}
""",
    ),
    "mina_aktiviteter": (
        "aktiviteter",
        """
title: Mina aktiviteter
kind: worksheet
fields:
  - id: lista
    type: table
    label: Aktiviteter
    max_rows: 10
    columns:
      - {id: vad, type: text, label: Vad, required: true}
      - {id: vikt, type: scale, label: Viktighet, min: 0, max: 10}
      - {id: nu, type: scale, label: Nu, min: 0, max: 10}
    computed:
      - {id: gap, label: Gap, value: vikt - nu}
""",
    ),
    "veckans_val": (
        "aktiviteter",
        """
title: Veckans val
kind: worksheet
fill: each-module
fields:
  - {id: val, type: choice, label: Välj, options_from: mina_aktiviteter.lista}
  - {id: ordning, type: ranking, label: Ordna, options: [{value: a, label: A}, {value: b, label: B}, {value: c, label: C}]}
  - {id: flera, type: choices, label: Flera, options: [{value: a, label: A}, {value: b, label: B}]}
  - {id: matt, type: decimal, label: Mått, min: 0, max: 100}
  - {id: nar, type: date, label: När}
  - {id: plan, type: plan-entry, label: Plan}
""",
    ),
    "bedomning": (
        "",
        """
title: Bedömning
kind: worksheet
filled_by: therapist
fields:
  - {id: text, type: long-text, label: Text}
""",
    ),
}


def forms_of(
    questionnaires: dict[str, str], exercises: dict[str, tuple[str, str]]
) -> tuple[tuple[Questionnaire, ...], tuple[Exercise, ...], Scope]:
    """Compiled as the model does it; a mistake in a sample fails the test that uses it."""
    asked = {
        id: Node(Document(f"{id}.yaml", "questionnaire", yaml.safe_load(text))) for id, text in questionnaires.items()
    }
    done = {id: Node(Document(f"{id}.yaml", "exercise", yaml.safe_load(text))) for id, (_, text) in exercises.items()}
    forms = {id: questionnaire_form(id, node) for id, node in asked.items()}
    forms |= {id: exercise_form(id, node) for id, node in done.items()}
    forms = assemble_forms.computed_types(done, forms)
    findings = Findings(frozenset())
    compiled = (
        tuple(assemble_forms.questionnaire(id, node, forms, findings) for id, node in asked.items()),
        tuple(assemble_forms.exercise(id, node, exercises[id][0], forms, findings) for id, node in done.items()),
        Scope(forms),
    )
    assert not findings.found, [found.message.en for found in findings.found]
    return compiled


def condition(text: str, scope: Scope) -> Expression:
    node = Node(Document("x.yaml", "module", {"when": text}))
    findings = Findings(frozenset())
    expression = findings.expression(node, "when", scope, "truth")
    assert expression is not None, [found.message.en for found in findings.found]
    return expression


WITHIN_A_WEEK = Feedback(7, False)


def module(
    id: str,
    after: str = "",
    days: int = 0,
    complete_when: tuple[str, ...] = (),
    feedback: Feedback = WITHIN_A_WEEK,
    **more: object,
) -> Module:
    built = Module(
        id=id,
        title=id.capitalize(),
        goal="Mål",
        minutes=30,
        unlock=Unlock(after, days, None, False),
        complete_when=complete_when,
        homework=(),
        feedback=feedback,
        pages=(),
        guidance=(),
        feedback_templates=(),
    )
    return replace(built, **more)  # type: ignore[arg-type]


def program(
    modules: Iterable[Module] | None = None,
    measurements: tuple[PlannedMeasurement, ...] | None = None,
    reminders: tuple[Reminder, ...] = (),
    journeys: tuple[Journey, ...] = (),
    questionnaires: dict[str, str] | None = None,
    exercises: dict[str, tuple[str, str]] | None = None,
) -> Program:
    asked, done, _ = forms_of(questionnaires or {"mood": MOOD}, EXERCISES if exercises is None else exercises)
    if modules is None:
        modules = (
            module("valkommen", complete_when=("mood", "mina_mal"), introduction=True),
            module("baslinje", "valkommen", 0, ("somndagbok",)),
            module("fonster", "baslinje", 7, ("lamplighet",)),
            module("aktiviteter", "fonster", 7, ("mina_aktiviteter", "veckans_val"), Feedback(7, True)),
        )
    if measurements is None:
        measurements = (
            PlannedMeasurement(
                "mood",
                (Occasion("start"), Occasion("every", 1, "week"), Occasion("end"), Occasion("after-end", 6, "month")),
                3,
            ),
        )
    return Program(
        format=1,
        id="provet",
        version="1.0.0",
        title="Provet",
        summary="Ett prov.",
        kind="treatment",
        language="sv",
        publisher=Publisher("vgr", "A", "Psykolog", "a@example.org"),
        producer="",
        rights=Rights("CC-BY-4.0", "A"),
        audience=Audience(18, 65, "mild", ("F32",)),
        weeks=6,
        minutes_per_week=60,
        codes=(),
        therapist=TherapistTerms("KBT", 7, 2),
        unlock_sequential=True,
        days_per_module=7,
        measurements=measurements,
        reminders=reminders,
        retention="agreed",
        modules=tuple(modules),
        exercises=done,
        questionnaires=asked,
        library_pages=(),
        contacts=(),
        glossary=(),
        persons=(),
        media=(),
        journeys=journeys,
        release=Release(),
    )


def at(day: int, clock: str = "12:00") -> datetime:
    """A time of the care unit, counted from the day the sample treatments start."""
    hours, minutes = clock.split(":")
    return moment(START + timedelta(days=day), time(int(hours), int(minutes)))


# Worked nights of the sleep diary (bed, lights out, minutes to sleep, minutes awake, woke, rose), and the week of them.
C1A = ("22:30", "23:00", 45, 60, "06:15", "07:00")
WEEK = (
    C1A,
    ("22:00", "22:30", 60, 90, "05:30", "07:00"),
    ("23:00", "23:15", 30, 45, "06:30", "07:00"),
    ("22:30", "22:30", 90, 30, "06:00", "07:15"),
    ("23:30", "23:30", 15, 20, "06:45", "07:00"),
    ("01:00", "01:00", 10, 0, "09:00", "09:30"),
    ("22:15", "22:45", 50, 70, "06:00", "07:00"),
)


def night(values: tuple[str, str, int, int, str, str]) -> dict[str, object]:
    bed, lights_out, sol, waso, final, out = values
    return {
        "bed": bed,
        "lights_out": lights_out,
        "sol": sol,
        "nwak": 1 if waso else 0,
        "waso": waso or None,
        "final": final,
        "out": out,
    }


def night_of(tst: int, tib: int) -> dict[str, object]:
    """A night with these minutes asleep and in bed: to bed at 22:00, awake only before sleep."""
    minutes = (22 * 60 + tib) % 1440
    rise = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return {"bed": "22:00", "lights_out": "22:00", "sol": tib - tst, "nwak": 0, "final": rise, "out": rise}
