"""What is asked in an exercise: its fields, their types, limits and conditions."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, SAFE
from designtool.compare.kinds.flags import WEAKENED
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.kinds.unlocking import same_or_not_shown
from designtool.compare.meaning import tree_or_always
from designtool.compare.normal_form import normal_form
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.questionnaire import Item

_PLAN = "-- modules/01-start/exercises/min_plan.yaml (change) --\n"

ADDED = Kind(
    name="field-added",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett fält har kommit till", "A field has been added"),
    why=Text(
        "De som redan har fyllt i övningen har inget svar där, och den som är mitt i den möter en ny fråga.",
        "Those who have filled in the exercise have no answer there, and those in the middle of it meet a new question.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("fältet {id} är nytt", "the field {id} is new")},
    fires=_PLAN
    + """\
-  - id: svar
+  - id: nytt
+    type: text
+    label: Något mer?
+  - id: svar
""",
    near_miss=_PLAN
    + """\
-    label: Hur länge?
+    label: Hur många minuter?
""",
)
REMOVED = Kind(
    name="field-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett fält är borttaget", "A field has been removed"),
    why=Text(
        "Svar som patienter har gett i fältet har inte längre någon plats.",
        "Answers that patients have given in the field no longer have a place.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("fältet {id} är borttaget", "the field {id} has been removed")},
    fires=_PLAN
    + """\
-  - id: hur
-    type: choice
-    label: Hur ofta?
-    options:
-      - value: varje_dag
-        label: Varje dag
-      - value: ibland
-        label: Ibland
+
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - hur
""",
    near_miss=_PLAN
    + """\
-    label: Hur länge?
+    label: Hur många minuter?
""",
)
MOVED = Kind(
    name="field-moved",
    bump="minor",
    in_flight="safe",
    title=Text("Ett fält har bytt plats", "A field has changed its place"),
    why=Text("Frågorna kommer i en annan ordning.", "The questions come in another order."),
    consequence=SAFE,
    messages={"default": Text("fältet {id} har en annan plats", "the field {id} has another place")},
    fires=_PLAN
    + """\
-  - id: hinder
-    type: long-text
-    label: Vad kan hindra dig?
-    show_if: svar
-  - id: minuter
-    type: minutes
-    label: Hur länge?
-    min: 5
-    max: 60
+  - id: minuter
+    type: minutes
+    label: Hur länge?
+    min: 5
+    max: 60
+  - id: hinder
+    type: long-text
+    label: Vad kan hindra dig?
+    show_if: svar
""",
    near_miss=_PLAN
    + """\
-    label: Hur länge?
+    label: Hur många minuter?
""",
)
TYPE = Kind(
    name="type-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett fält eller värde är av en annan typ", "A field or value is of another type"),
    why=Text(
        "Svar av den gamla typen kan inte läsas som den nya.",
        "Answers of the old type cannot be read as the new one.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("svaren är av en annan typ", "the answers are of another type")},
    fires=_PLAN
    + """\
-    type: long-text
-    label: Vad kan hindra dig?
+    type: text
+    label: Vad kan hindra dig?
""",
    near_miss=_PLAN
    + """\
-    label: Vad kan hindra dig?
+    label: Vad hindrar dig?
""",
)
UNIT = Kind(
    name="unit-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett tal har en annan enhet", "A number has another unit"),
    why=Text(
        "Samma tal betyder något annat: 90 minuter är inte 90 timmar.",
        "The same number means something else: 90 minutes are not 90 hours.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("enheten är ändrad", "the unit has been changed")},
    fires=_PLAN
    + """\
-    unit: timmar
+    unit: minutes
""",
    near_miss=_PLAN
    + """\
-    label: Timmar
+    label: Antal timmar
""",
)
NOW_REQUIRED = Kind(
    name="optional-made-required",
    bump="major",
    in_flight="needs-migration",
    title=Text("Något som var frivilligt måste besvaras", "Something that was optional must be answered"),
    why=Text(
        "Den som hade lämnat frågan tom kan inte längre lämna in, och gamla svar uppfyller inte kravet.",
        "Those who had left the question empty can no longer submit, and old answers do not meet the demand.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("måste nu besvaras", "must now be answered")},
    fires=_PLAN
    + """\
-    label: Hur länge?
+    label: Hur länge?
+    required: true
""",
    near_miss=_PLAN
    + """\
-    required: true
+    required: false
""",
)
NOW_OPTIONAL = Kind(
    name="required-made-optional",
    bump="minor",
    in_flight="safe",
    title=Text("Något som måste besvaras är nu frivilligt", "Something that had to be answered is now optional"),
    why=Text(
        "Svar kan saknas där de alltid fanns förut. Enheten ska veta om det innan versionen aktiveras.",
        "Answers may be missing where they always were before. The unit must know before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("får nu lämnas tomt", "may now be left empty")},
    fires=_PLAN
    + """\
-    required: true
+    required: false
""",
    near_miss=_PLAN
    + """\
-    label: Hur länge?
+    label: Hur länge?
+    required: true
""",
)
TIGHTER = Kind(
    name="limits-tightened",
    bump="major",
    in_flight="needs-migration",
    title=Text("Färre svar är tillåtna", "Fewer answers are allowed"),
    why=Text(
        "Svar som patienter redan har gett kan ligga utanför gränserna.",
        "Answers that patients have given already may lie outside the limits.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("{limit} är snävare", "{limit} is narrower")},
    fires=_PLAN
    + """\
-    max: 60
+    max: 55
""",
    near_miss=_PLAN
    + """\
-    max: 60
+    max: 90
""",
)
WIDER = Kind(
    name="limits-loosened",
    bump="minor",
    in_flight="safe",
    title=Text("Fler svar är tillåtna", "More answers are allowed"),
    why=Text(
        "Alla gamla svar ryms. Nya kan bli större eller mindre än förut.",
        "All old answers fit. New ones may be larger or smaller than before.",
    ),
    consequence=SAFE,
    messages={"default": Text("{limit} är vidare", "{limit} is wider")},
    fires=_PLAN
    + """\
-    max: 60
+    max: 90
""",
    near_miss=_PLAN
    + """\
-    max: 60
+    max: 55
""",
)
SCALE = Kind(
    name="scale-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En skala har andra steg", "A scale has other steps"),
    why=Text(
        "En femma på en skala till 5 är inte en femma på en skala till 10.",
        "A five on a scale to 5 is not a five on a scale to 10.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("skalans {limit} är ändrat", "{limit} of the scale has been changed")},
    fires=_PLAN
    + """\
-    max: 10
+    max: 5
""",
    near_miss=_PLAN
    + """\
-    max: 60
+    max: 90
""",
)
ASKED = Kind(
    name="field-condition-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En fråga ställs till andra än förut", "A question is asked of others than before"),
    why=Text(
        "Det som inte frågas räknas som obesvarat eller som ett bestämt värde, och allt som räknas på det ändras.",
        "What is not asked counts as unanswered or as a fixed value, and all that is worked out from it changes.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("frågan ställs till andra patienter", "the question is asked of other patients"),
        "hidden": Text("det som inte frågas räknas som något annat", "what is not asked counts as something else"),
        "unknown": Text(
            "villkoret är omskrivet; det gick inte att visa att samma patienter får frågan",
            "the condition is rewritten; it could not be shown that the same patients are asked",
        ),
    },
    fires=_PLAN
    + """\
-    show_if: svar
+    show_if: svar and minuter > 10
""",
    near_miss=_PLAN
    + """\
-    show_if: svar
+    show_if: not (not svar)
""",
)
SOURCE = Kind(
    name="answers-source-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Val eller rader hämtas från något annat", "Options or rows come from something else"),
    why=Text(
        "Patienten väljer bland andra svar än förut, och gamla val kan sakna sin rad.",
        "Patients choose among other answers than before, and old choices may lack their row.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("val eller rader hämtas från något annat", "options or rows come from something else"),
        "order": Text(
            "raderna ordnas annorlunda, och de översta hämtas till ett annat fält",
            "the rows are ordered otherwise, and another field takes the top ones",
        ),
    },
    before=_PLAN
    + """\
-  - id: svar
+  - id: vald
+    type: choice
+    label: Vilken?
+    options_from: min_plan.vad
+  - id: svar
""",
    fires=_PLAN
    + """\
-    options_from: min_plan.vad
+    options_from: min_plan.hinder
""",
    near_miss=_PLAN
    + """\
-    label: Vilken?
+    label: Vilken då?
""",
)
ASSISTANCE = Kind(
    name="filling-in-help-changed",
    bump="patch",
    in_flight="safe",
    title=Text(
        "Ett svar står ifyllt från början, eller visas annorlunda",
        "An answer stands there to begin with, or is shown otherwise",
    ),
    why=Text(
        "Patienten kan skriva detsamma som förut. Bara utgångsläget eller visningen är annan.",
        "Patients can write the same as before. Only what stands there first, or how it is shown, is different.",
    ),
    consequence=SAFE,
    messages={
        "prefill": Text(
            "det som står ifyllt från början är ändrat", "what stands there to begin with has been changed"
        ),
        "order_by": Text("svaren visas i en annan ordning", "the answers are shown in another order"),
        "order": Text("svaren visas i en annan ordning", "the answers are shown in another order"),
        "top_rows": Text("ett annat antal rader står öppna", "another number of rows stands open"),
        "groups": Text("medelvärdena som visas är andra", "other means are shown"),
        "display_digits": Text("talet visas med ett annat antal decimaler", "the number is shown with other decimals"),
    },
    fires=_PLAN
    + """\
-    digits: 1
+    digits: 2
""",
    near_miss=_PLAN
    + """\
-    label: Timmar
+    label: Antal timmar
""",
)
_LIMITS = ("min", "max", "step", "max_length", "min_rows", "max_rows")
_SOURCES = ("options_from", "rows_from", "from_if", "from_top")
_SHOWN_AGAIN = ("order_by", "order", "top_rows", "groups")
_LOWER = frozenset({"min", "min_rows"})
_ROW_OR_FIELD = frozenset({(Exercise, "fields"), (Field, "columns"), (Field, "rows")})


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    field, id, old, new = difference.field, difference.id, difference.old, difference.new
    if (difference.place.of, field) in _ROW_OR_FIELD:
        if difference.what == "changed":
            return  # Two fields of one id: nobody can tell which is which.
        kind = {"added": ADDED, "removed": REMOVED, "moved": MOVED}[difference.what]
        yield pair.change(kind, difference, id=id)
    elif field == "type":
        yield pair.change(TYPE, difference)
    elif field == "unit":
        yield pair.change(UNIT, difference)
    elif field == "required":
        if not new and pair.is_risk(difference.place):
            yield pair.change(WEAKENED, difference, "optional")
        yield pair.change(NOW_REQUIRED if new else NOW_OPTIONAL, difference)
    elif field in _LIMITS:
        yield from _of_limit(difference, pair)
    elif field == "show_if":
        yield from _of_condition(difference, pair)
    elif field == "when_hidden":
        yield pair.change(ASKED, difference, "hidden")
    elif field in _SOURCES:
        if difference.is_equal:
            return
        if field == "from_if" and _means_the_same(difference, pair):
            yield pair.change(REWRITTEN, difference)
        else:
            yield pair.change(SOURCE, difference, old=old or None, new=new or None)
    elif field in ("order_by", "order") and _is_taken_from_the_top(difference, pair):
        yield pair.change(SOURCE, difference, "order")
    else:
        yield pair.change(ASSISTANCE, difference, field)


def _means_the_same(difference: Difference, pair: Pair) -> bool:
    old, new = difference.old, difference.new
    if old is None or new is None or normal_form(old.tree) != normal_form(new.tree):
        return False
    return pair.grounds[0].of(old) == pair.grounds[1].of(new)


def _is_taken_from_the_top(difference: Difference, pair: Pair) -> bool:
    """Whether some field takes so many rows of this table, from the top: another order brings others."""
    place, around = difference.place, difference.place.around
    if place.of is not Field or around is None or around.of is not Exercise:
        return False
    name = f"{around.new.id}.{place.new.id}"
    takers = [field for exercise in pair.new.exercises for field in exercise.fields if field.from_top is not None]
    return any(name in (one.options_from, one.rows_from, one.prefill) for one in takers)


def _of_limit(difference: Difference, pair: Pair) -> Iterator[Change]:
    old, new, field = difference.old, difference.new, difference.field
    if pair.is_scale(difference.place):
        yield pair.change(SCALE, difference, limit=field)
        return
    if field == "step":
        # Without a step everything in between is allowed; a step that divides the old one keeps all old answers.
        tighter = new is not None and (old is None or (old / new).denominator != 1)
    elif field in _LOWER:
        tighter = new is not None and (old is None or new > old)
    else:
        tighter = new is not None and (old is None or new < old)
    yield pair.change(TIGHTER if tighter else WIDER, difference, limit=field)


def _of_condition(difference: Difference, pair: Pair) -> Iterator[Change]:
    old, new = tree_or_always(difference.old), tree_or_always(difference.new)
    fewer, more = pair.meaning.holds_no_longer(old, new), pair.meaning.holds_from_now_on(old, new)
    asked, not_asked = Text("frågas", "asked"), Text("frågas inte", "not asked")
    found = next((one for one in (fewer, more) if one.kind == "different"), None)
    if found is not None:
        before, after = (asked, not_asked) if found is fewer else (not_asked, asked)
        yield pair.change(ASKED, difference, witness=found.witness(before, after), evidence=found.evidence)
    elif not difference.is_equal:
        yield from same_or_not_shown(difference, pair, ASKED, (fewer, more), {})


FAMILY = Family(
    (ADDED, REMOVED, MOVED, TYPE, UNIT, NOW_REQUIRED, NOW_OPTIONAL, TIGHTER, WIDER, SCALE, ASKED, SOURCE, ASSISTANCE),
    _ROW_OR_FIELD
    | {
        (Field, "type"),
        (Field, "unit"),
        (Computed, "unit"),
        (Field, "required"),
        (Item, "required"),
        (Field, "show_if"),
        (Item, "show_if"),
        (Field, "when_hidden"),
        (Item, "when_hidden"),
        (Field, "prefill"),
        *((Field, name) for name in _SOURCES),
        *((kind, name) for kind in (Field, Exercise) for name in _SHOWN_AGAIN),
        (Computed, "display_digits"),
        *((Field, name) for name in _LIMITS),
    },
    changes,
)
