"""Exercises and questionnaires that have come or gone, or become something else."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, NEVER, SAFE
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Active, Entry, Exercise
from designtool.model.program import Program

_NEW_EXERCISE = """\
-- modules/01-start/exercises/ny.yaml --
title: En ny övning
kind: worksheet
fields:
  - id: tanke
    type: text
    label: Vad tänkte du?
-- modules/02-vidare/10-vidare.md (change) --
-:::{exercise} dagbok
-:::
+:::{exercise} dagbok
+:::
+
+:::{exercise} ny
+:::
"""

_NEW_QUESTIONNAIRE = """\
-- questionnaires/en_fraga.yaml --
title: En fråga
instrument:
  name: Egen fråga
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
recall: I dag
options:
  hur:
    - value: 0
      label: Dåligt
    - value: 1
      label: Bra
items:
  - id: e1
    text: Hur mår du i dag?
    options: hur
scores:
  - id: summa_e
    label: Summa
    method: sum
    items: [e1]
    missing:
      rule: require-all
      at_least: 1
    range: [0, 1]
-- program.yaml (change) --
-measurements:
+measurements:
+  - questionnaire: en_fraga
+    at: [start]
+    window_days: 3
"""

EXERCISE_ADDED = Kind(
    name="exercise-added",
    bump="minor",
    in_flight="safe",
    title=Text("En övning har kommit till", "An exercise has been added"),
    why=Text(
        "Patienten får något nytt att göra. Enheten ska veta om det innan versionen aktiveras.",
        "Patients have something new to do. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("övningen {id} är ny", "the exercise {id} is new")},
    fires=_NEW_EXERCISE,
    near_miss="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-title: Min plan
+title: Min egen plan
""",
)
EXERCISE_REMOVED = Kind(
    name="exercise-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En övning är borttagen", "An exercise has been removed"),
    why=Text(
        "Patienter kan ha svar sparade i den, och annat kan räknas på dem.",
        "Patients may have answers in it, and other things may be worked out from them.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("övningen {id} är borttagen", "the exercise {id} has been removed")},
    before=_NEW_EXERCISE,
    fires="""\
-- modules/01-start/exercises/ny.yaml (removed) --
-- modules/02-vidare/10-vidare.md (change) --
-:::{exercise} ny
-:::
+
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - ny
+  - tanke
""",
    near_miss="""\
-- modules/01-start/exercises/ny.yaml (change) --
-title: En ny övning
+title: En annan övning
""",
)
QUESTIONNAIRE_ADDED = Kind(
    name="questionnaire-added",
    bump="minor",
    in_flight="safe",
    title=Text("Ett formulär har kommit till", "A questionnaire has been added"),
    why=Text(
        "Patienten får fler frågor att besvara. Enheten ska veta om det innan versionen aktiveras.",
        "Patients have more questions to answer. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("formuläret {id} är nytt", "the questionnaire {id} is new")},
    fires=_NEW_QUESTIONNAIRE,
    near_miss="""\
-- questionnaires/min_koll.yaml (change) --
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
QUESTIONNAIRE_REMOVED = Kind(
    name="questionnaire-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett formulär är borttaget", "A questionnaire has been removed"),
    why=Text(
        "Det mäts inte längre, och de flaggor som det gav försvinner.",
        "It is no longer measured, and the flags that it gave are gone.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("formuläret {id} är borttaget", "the questionnaire {id} has been removed")},
    before=_NEW_QUESTIONNAIRE,
    fires="""\
-- questionnaires/en_fraga.yaml (removed) --
-- program.yaml (change) --
-  - questionnaire: en_fraga
-    at: [start]
-    window_days: 3
+
""",
    near_miss="""\
-- questionnaires/min_koll.yaml (change) --
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
KIND_CHANGED = Kind(
    name="exercise-kind-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En övning är av en annan sort", "An exercise is of another kind"),
    why=Text(
        "Ett arbetsblad, en dagbok och en plan sparar svar på olika sätt, och det gör skillnad vem som fyller i.",
        "A worksheet, a diary and a plan keep answers in different ways, and it makes a difference who fills them in.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("övningen är av en annan sort", "the exercise is of another kind"),
        "filled_by": Text("någon annan fyller i övningen", "somebody else fills in the exercise"),
        "module": Text("övningen hör till en annan modul", "the exercise belongs to another module"),
    },
    fires="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-kind: worksheet
+kind: plan
""",
    near_miss="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-title: Min plan
+title: Min egen plan
""",
)
RHYTHM = Kind(
    name="exercise-rhythm-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En övning fylls i vid andra tider", "An exercise is filled in at other times"),
    why=Text(
        "Hur ofta och hur länge en övning fylls i avgör vilka svar som finns och hur de räknas ihop.",
        "How often and for how long an exercise is filled in decides which answers there are and how they add up.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("när övningen fylls i är ändrat", "when the exercise is filled in has been changed")},
    fires="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-  backfill_days: 2
+  backfill_days: 1
""",
    near_miss="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-title: Dagbok
+title: Dagboken
""",
)
ID_REUSED = Kind(
    name="id-reused",
    bump="major",
    in_flight="pin-only",
    allowed=False,
    title=Text("Ett id används för något annat än förut", "An id is used for something else than before"),
    why=Text(
        "Svar är sparade under id:t. Betyder det något annat blandas gamla och nya svar ihop, och ingen ser det.",
        "Answers are kept under the id. If it means something else, old and new answers are mixed, and nobody sees it.",
    ),
    consequence=NEVER,
    messages={
        "default": Text(
            "id:t {id} används för något annat än förut", "the id {id} is used for something else than before"
        ),
        "reserved": Text("id:t {id} var reserverat och används igen", "the id {id} was reserved and is used again"),
    },
    fires="""\
-- release.yaml (change) --
-reserved:
-  - gammal_plan
+reserved: []
-- modules/01-start/exercises/min_plan.yaml (change) --
-  - id: svar
+  - id: gammal_plan
+    type: text
+    label: Din gamla plan
+  - id: svar
""",
    near_miss="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-  - id: svar
+  - id: ny_plan
+    type: text
+    label: Din nya plan
+  - id: svar
""",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, field, what, id = difference.place, difference.field, difference.what, difference.id
    if field == "exercises" and what in ("added", "removed"):
        added = what == "added"
        other = pair.old.questionnaire if added else pair.new.questionnaire
        if id in other:
            yield pair.change(ID_REUSED, difference, about=(("exercise", id),), old=id, new=id, id=id)
        yield pair.change(EXERCISE_ADDED if added else EXERCISE_REMOVED, difference, id=id)
    elif field == "questionnaires" and what in ("added", "removed"):
        yield pair.change(QUESTIONNAIRE_ADDED if what == "added" else QUESTIONNAIRE_REMOVED, difference, id=id)
    elif field in ("kind", "filled_by", "module"):
        yield pair.change(KIND_CHANGED, difference, "default" if field == "kind" else field)
    elif place.of in (Entry, Active) or field in ("fill", "entry", "active"):
        yield pair.change(RHYTHM, difference)


FAMILY = Family(
    (EXERCISE_ADDED, EXERCISE_REMOVED, QUESTIONNAIRE_ADDED, QUESTIONNAIRE_REMOVED, KIND_CHANGED, RHYTHM, ID_REUSED),
    frozenset(
        {
            (Program, "exercises"),
            (Program, "questionnaires"),
            (Exercise, "kind"),
            (Exercise, "filled_by"),
            (Exercise, "module"),
            (Exercise, "fill"),
            (Exercise, "entry"),
            (Exercise, "active"),
            (Entry, "per"),
            (Entry, "dated"),
            (Entry, "backfill_days"),
            (Active, "start"),
            (Active, "end"),
        }
    ),
    changes,
)
