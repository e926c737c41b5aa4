"""The words of questionnaires: of validated instruments, which may not be altered, and of a program's own."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference, Place
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, NEVER, PINNED, SAFE
from designtool.compare.kinds.exchanged import EXCHANGED, are_ends_turned, stood_before_at
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Field, Option
from designtool.model.questionnaire import Instrument, Item, Questionnaire

_PLAN = "-- modules/01-start/exercises/min_plan.yaml (change) --\n"
_OWN = "-- questionnaires/min_koll.yaml (change) --\n"
_VALIDATED = "-- /programs/library/questionnaires/provskala.yaml (change) --\n"

VALIDATED = Kind(
    name="validated-wording-changed",
    bump="major",
    in_flight="pin-only",
    allowed=False,
    title=Text("Ett prövat formulär har fått andra ord", "A validated instrument has other words"),
    why=Text(
        "Poäng och gränser gäller för den ordalydelse som är prövad. Med andra ord är det ett annat formulär, och det ska ha "
        "ett eget id. Formulär som programmets egen rättighetshavare har skrivit räknas inte hit.",
        "Scores and cut-offs hold for the wording that was validated. In other words it is another instrument, which must "
        "have an id of its own. Questionnaires written by the holder of the program's rights are not among these.",
    ),
    consequence=NEVER,
    messages={
        "default": Text("ordalydelsen är ändrad under samma id", "the wording has been changed under the same id"),
        "instrument": Text("ett annat instrument har fått samma id", "another instrument has been given the same id"),
        "order": Text(
            "frågorna eller svaren står i en annan ordning", "the items or the answers stand in another order"
        ),
    },
    fires=_VALIDATED
    + """\
-    text: Sovit dåligt
+    text: Sovit illa
""",
    near_miss=_OWN
    + """\
-    text: Hur ofta har du varit trött?
+    text: Hur ofta har du känt dig trött?
""",
)
REWORDED = Kind(
    name="item-reworded",
    bump="minor",
    in_flight="pin-only",
    title=Text("En egen fråga har fått andra ord", "An item of the program's own has other words"),
    why=Text(
        "Svar på två ordalydelser går inte säkert att jämföra. Enheten ska veta om det innan versionen aktiveras.",
        "Answers to two wordings cannot safely be compared. The unit must know of it before the version is activated.",
    ),
    consequence=PINNED,
    messages={
        "default": Text("frågan har andra ord", "the item has other words"),
        "around": Text("inledningen till frågorna har andra ord", "what introduces the items has other words"),
    },
    fires=_OWN
    + """\
-    text: Hur ofta har du varit trött?
+    text: Hur ofta har du känt dig trött?
""",
    near_miss=_OWN
    + """\
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
LABEL = Kind(
    name="option-label-reworded",
    bump="minor",
    in_flight="safe",
    title=Text("Ett svarsalternativ har fått andra ord", "An answer to choose has other words"),
    why=Text(
        "Värdet är detsamma, men patienten kan förstå svaret annorlunda.",
        "The value is the same, but patients may understand the answer otherwise.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("svarets ord är ändrade", "the words of the answer have been changed"),
        "ends": Text("orden vid skalans ändar är ändrade", "the words at the ends of the scale have been changed"),
        "order": Text("svaren står i en annan ordning", "the answers stand in another order"),
    },
    fires=_PLAN
    + """\
-        label: Varje dag
+        label: Alla dagar
""",
    near_miss=_PLAN
    + """\
-    label: Hur ofta?
+    label: Hur ofta då?
""",
)
OPTION_ADDED = Kind(
    name="option-added",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett svarsalternativ har kommit till", "An answer to choose has been added"),
    why=Text(
        "De som redan har svarat hade inte det valet, och poäng och villkor kan se ett nytt värde.",
        "Those who have answered did not have that choice, and scores and conditions may see a new value.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("svaret {id} är nytt", "the answer {id} is new")},
    fires=_PLAN
    + """\
-      - value: ibland
-        label: Ibland
+      - value: ibland
+        label: Ibland
+      - value: aldrig
+        label: Aldrig
""",
    near_miss=_PLAN
    + """\
-        label: Varje dag
+        label: Alla dagar
""",
)
OPTION_REMOVED = Kind(
    name="option-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett svarsalternativ är borttaget", "An answer to choose has been removed"),
    why=Text(
        "De som har valt det har ett svar som inte längre finns.",
        "Those who have chosen it have an answer that no longer exists.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("svaret {id} är borttaget", "the answer {id} has been removed")},
    fires=_PLAN
    + """\
-      - value: ibland
-        label: Ibland
+
""",
    near_miss=_PLAN
    + """\
-        label: Varje dag
+        label: Alla dagar
""",
)
ITEM_ADDED = Kind(
    name="item-added",
    bump="major",
    in_flight="needs-migration",
    title=Text("En fråga har kommit till i ett formulär", "An item has been added to a questionnaire"),
    why=Text(
        "Formuläret mäter något annat än det som patienten redan har besvarat.",
        "The questionnaire measures something else than what patients have answered already.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("frågan {id} är ny", "the item {id} is new")},
    fires=_OWN
    + """\
-scores:
+  - id: q3
+    text: Hur ofta har du varit orolig?
+    options: frequency
+    scored: false
+scores:
""",
    near_miss=_OWN
    + """\
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
ITEM_REMOVED = Kind(
    name="item-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En fråga är borttagen ur ett formulär", "An item has been removed from a questionnaire"),
    why=Text(
        "Svar som patienter har gett har inte längre någon fråga.",
        "Answers that patients have given no longer have an item.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("frågan {id} är borttagen", "the item {id} has been removed")},
    before=_OWN
    + """\
-scores:
+  - id: q3
+    text: Hur ofta har du varit orolig?
+    options: frequency
+    scored: false
+scores:
""",
    fires=_OWN
    + """\
-  - id: q3
-    text: Hur ofta har du varit orolig?
-    options: frequency
-    scored: false
+
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - q3
""",
    near_miss=_OWN
    + """\
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
ITEM_MOVED = Kind(
    name="item-moved",
    bump="minor",
    in_flight="pin-only",
    title=Text(
        "Frågorna i ett eget formulär står i en annan ordning",
        "The items of a questionnaire of one's own stand in another order",
    ),
    why=Text(
        "Ordningen kan påverka svaren, så att mätningar före och efter inte säkert går att jämföra.",
        "The order may affect the answers, so that measurements before and after cannot safely be compared.",
    ),
    consequence=PINNED,
    messages={"default": Text("frågan {id} har en annan plats", "the item {id} has another place")},
    before=_OWN
    + """\
-    items: [q1 .. q2]
+    items: [q1, q2]
""",
    fires=_OWN
    + """\
-  - id: q1
-    text: Hur ofta har du känt dig nere?
-    options: frequency
-  - id: q2
-    text: Hur ofta har du varit trött?
-    options: frequency
+  - id: q2
+    text: Hur ofta har du varit trött?
+    options: frequency
+  - id: q1
+    text: Hur ofta har du känt dig nere?
+    options: frequency
""",
    near_miss=_OWN
    + """\
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
FACTS = Kind(
    name="instrument-facts-changed",
    bump="minor",
    in_flight="safe",
    title=Text("Uppgifterna om ett instrument är ändrade", "The facts about an instrument have been changed"),
    why=Text(
        "Licens, rättighetshavare, källa eller ålder avgör om en enhet får använda formuläret och för vem.",
        "Licence, holder, source or age decide whether a unit may use the questionnaire, and for whom.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("uppgiften {field} om instrumentet är ändrad", "{field} of the instrument has been changed"),
        "mark": Text("frågan är märkt annorlunda", "the item is marked otherwise"),
    },
    fires=_VALIDATED
    + """\
-  source: Ett arkiv
+  source: Ett annat arkiv
""",
    near_miss=_VALIDATED
    + """\
-title: Provskalan
+title: Provskala
""",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, field = difference.place, difference.field
    if difference.what == "changed" and field in ("items", "options"):
        return  # Two of one id: nobody can tell which is which.
    if place.of is Instrument:
        if field in ("name", "language") and is_validated(place, pair):
            yield pair.change(VALIDATED, difference, "instrument")
        else:
            yield pair.change(FACTS, difference, field=field)
    elif field == "scored":
        yield pair.change(FACTS, difference, "mark")
    elif field == "items":
        yield from _of_item(difference, pair)
    elif field == "options":
        yield from _of_option(difference, pair)
    elif field == "ends":
        if are_ends_turned(difference):
            yield pair.change(EXCHANGED, difference, "ends", is_text=True)
        elif pair.is_risk(place):
            yield pair.change(RISK, difference, is_text=True)
        else:
            yield pair.change(LABEL, difference, "ends", is_text=True)
    elif field == "label" or place.of is Item or place.of is Questionnaire:
        yield from _of_words(difference, pair)


def is_validated(place: Place, pair: Pair) -> bool:
    """Whether the questionnaire of a place is an instrument of others, which the program may not alter."""
    around = place.within(Questionnaire)
    if around is None:
        return False
    old: Questionnaire = around.old
    return old.instrument.holder not in (pair.old.rights.holder, pair.new.rights.holder)


def _of_words(difference: Difference, pair: Pair) -> Iterator[Change]:
    place = difference.place
    filled_in = difference.old and difference.new
    if filled_in and is_validated(place, pair):
        yield pair.change(VALIDATED, difference, is_text=True)
    elif other := stood_before_at(difference):
        yield pair.change(EXCHANGED, difference, is_text=True, other=other)
    elif pair.is_risk(place):
        yield pair.change(RISK, difference, is_text=True)
    elif place.of is Option:
        yield pair.change(LABEL, difference, is_text=True)
    else:
        yield pair.change(REWORDED, difference, "default" if place.of is Item else "around", is_text=True)


def _of_item(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, what, id = difference.place, difference.what, difference.id
    if what == "moved":
        validated = is_validated(place, pair)
        old, new = ([item.id for item in one.items].index(id) + 1 for one in (place.old, place.new))
        if validated:
            yield pair.change(VALIDATED, difference, "order", old=old, new=new)
        else:
            yield pair.change(ITEM_MOVED, difference, old=old, new=new, id=id)
    else:
        yield pair.change(ITEM_ADDED if what == "added" else ITEM_REMOVED, difference, id=id)


def _of_option(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, what, id = difference.place, difference.what, difference.id
    if what == "moved":
        old, new = ([str(option.value) for option in one.options].index(id) + 1 for one in (place.old, place.new))
        kind = VALIDATED if is_validated(place, pair) else LABEL
        yield pair.change(kind, difference, "order", old=old, new=new)
        return
    yield pair.change(OPTION_ADDED if what == "added" else OPTION_REMOVED, difference, id=id)


FAMILY = Family(
    (VALIDATED, EXCHANGED, REWORDED, LABEL, OPTION_ADDED, OPTION_REMOVED, ITEM_ADDED, ITEM_REMOVED, ITEM_MOVED, FACTS),
    frozenset(
        {
            (Questionnaire, "items"),
            (Questionnaire, "recall"),
            (Questionnaire, "introduction"),
            (Item, "text"),
            (Item, "options"),
            (Item, "scored"),
            (Field, "options"),
            (Field, "ends"),
            (Option, "label"),
            *((Instrument, name) for name in ("name", "language", "licence", "holder", "source", "age_min", "age_max")),
        }
    ),
    changes,
)
