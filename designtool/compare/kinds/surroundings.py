"""Measurements, reminders, charts, contacts, and what only tests and reviewers see."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, SAFE
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.kinds.stated import stated
from designtool.compare.kinds.text import CORRECTED
from designtool.compare.pair import Pair
from designtool.compare.risk import CRISIS_CONTACT
from designtool.diagnostics import Text
from designtool.model.exercise import Decision, Exercise, Field
from designtool.model.flow import Occasion, PlannedMeasurement, Reminder
from designtool.model.journey import Journey
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Contact, Program
from designtool.model.questionnaire import Questionnaire

_HEAD = "-- program.yaml (change) --\n"
_DIARY = "-- modules/02-vidare/exercises/dagbok.yaml (change) --\n"
_CONTACTS = "-- /programs/library/contacts.yaml (change) --\n"

MEASUREMENT_ADDED = Kind(
    name="measurement-added",
    bump="minor",
    in_flight="safe",
    title=Text("En mätning har kommit till", "A measurement has been added"),
    why=Text(
        "Patienten får fler frågor att besvara. Enheten ska veta om det innan versionen aktiveras.",
        "Patients have more questions to answer. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Pågående patienter får de nya mätningarna från den dag de får den nya versionen.",
        "Patients under way get the new measurements from the day they have the new version.",
    ),
    messages={"default": Text("{id} mäts vid fler tillfällen", "{id} is measured on more occasions")},
    fires=_HEAD + "-    at: [start, end]\n+    at: [start, every 2 weeks, end]\n",
    near_miss=_HEAD + "-    at: [start, end]\n+    at: [start]\n",
)
MEASUREMENT_REMOVED = Kind(
    name="measurement-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En mätning är borttagen", "A measurement has been removed"),
    why=Text(
        "Försämring och risk som mätningen hade visat syns inte, och serien får ett hål.",
        "Deterioration and risk that the measurement would have shown are not seen, and the series has a gap.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("{id} mäts vid färre tillfällen", "{id} is measured on fewer occasions")},
    fires=_HEAD + "-    at: [start, end]\n+    at: [start]\n",
    near_miss=_HEAD + "-    at: [start, end]\n+    at: [start, every 2 weeks, end]\n",
)
WINDOW = Kind(
    name="measurement-window-changed",
    bump="minor",
    in_flight="safe",
    title=Text(
        "En mätning får göras under ett annat antal dagar", "A measurement may be made on another number of days"
    ),
    why=Text(
        "När en mätning räknas som missad avgör vad behandlaren följer upp.",
        "When a measurement counts as missed decides what therapists follow up.",
    ),
    consequence=SAFE,
    messages={
        "default": Text(
            "antalet dagar för mätningen är ändrat", "the number of days for the measurement has been changed"
        )
    },
    fires=_HEAD + "-    at: [start, end]\n-    window_days: 3\n+    at: [start, end]\n+    window_days: 4\n",
    near_miss=_HEAD + "-    at: [start, end]\n+    at: [start]\n",
)
REMINDER = Kind(
    name="reminder-changed",
    bump="minor",
    in_flight="safe",
    title=Text("Påminnelser kommer vid andra tillfällen", "Reminders come on other occasions"),
    why=Text(
        "Patienten får fler eller färre meddelanden. Enheten ska veta om det innan versionen aktiveras.",
        "Patients get more or fewer messages. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("påminnelserna är ändrade", "the reminders have been changed")},
    fires=_HEAD + "-    after_days: 3\n+    after_days: 2\n",
    near_miss=_HEAD + "-    text: Ditt nästa steg väntar på dig.\n+    text: Nästa steg väntar på dig.\n",
)
CONTACT = Kind(
    name="contact-changed",
    bump="patch",
    in_flight="safe",
    title=Text("En kontakt är ändrad", "A contact has been changed"),
    why=Text(
        "Kontakter är regionens egna uppgifter och gäller alltid så som de är just nu.",
        "Contacts are the region's own facts and always hold as they are right now.",
    ),
    consequence=Text(
        "Alla patienter ser regionens aktuella uppgifter, oavsett version.",
        "All patients see the region's present facts, whatever their version.",
    ),
    messages={"default": Text("kontakten är ändrad", "the contact has been changed")},
    fires=_CONTACTS + '-  phone: "112"\n-  checked: 2026-11-01\n+  phone: "112"\n+  checked: 2026-11-20\n',
    near_miss=_CONTACTS + '-  phone: "112"\n+  phone: "1177"\n',
)
CRISIS = Kind(
    name="crisis-contact-changed",
    bump="major",
    in_flight="safe",
    needs_acknowledgement=True,
    title=Text("Vart man vänder sig vid fara för liv är ändrat", "Whom to turn to in danger of life has been changed"),
    why=Text(
        "Ett fel nummer här kan kosta ett liv. En namngiven kliniker ska ha sett ändringen. Det gäller den första kontakten och "
        "telefon och adress till alla som krissidan hänvisar till.",
        "A wrong number here may cost a life. A named clinician must have seen the change. It holds for the first contact, and "
        "for telephone and address of all that the crisis page refers to.",
    ),
    consequence=Text(
        "Alla patienter ser regionens aktuella uppgifter, oavsett version.",
        "All patients see the region's present facts, whatever their version.",
    ),
    messages={
        "default": Text("uppgifterna om vem man ringer är ändrade", "the facts about whom to call have been changed")
    },
    fires=_CONTACTS + '-  phone: "112"\n+  phone: "1177"\n',
    near_miss="-- program.yaml (change) --\n-version: 1.0.0\n+version: 1.0.1\n",
)
CHART = Kind(
    name="chart-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Ett diagram visar något annat", "A chart shows something else"),
    why=Text(
        "Diagrammet ritas av samma svar. Vad som räknas på dem är oförändrat.",
        "The chart is drawn from the same answers. What is worked out from them is unchanged.",
    ),
    consequence=SAFE,
    messages={"default": Text("diagrammen är ändrade", "the charts have been changed")},
    fires=_DIARY + "-    target: 85\n+    target: 90\n",
    near_miss=_DIARY + "-title: Dagbok\n+title: Dagboken\n",
)
TESTS = Kind(
    name="test-cases-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Provresor eller facit är ändrade", "Journeys or vectors have been changed"),
    why=Text(
        "De visar att programmet gör det som är tänkt. Ingen patient möter dem.",
        "They show that the program does what is meant. No patient meets them.",
    ),
    consequence=SAFE,
    messages={"default": Text("det som provar programmet är ändrat", "what tries the program has been changed")},
    fires="-- journeys/vanlig.yaml (change) --\n-title: En vanlig väg\n+title: En helt vanlig väg\n",
    near_miss=_HEAD + "-summary: Ett litet program som visar formatet.\n+summary: Ett litet program.\n",
)
SAFETY_REMOVED = Kind(
    name="safety-mark-removed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("Något är inte längre märkt som säkerhet", "Something is no longer marked as safety"),
    why=Text(
        "Varianter och regioners anpassningar kan nu dölja det.",
        "Variants and the overlays of regions can hide it now.",
    ),
    consequence=Text(
        "Pågående patienter fortsätter på den version de började med, där innehållet inte kan döljas.",
        "Patients under way go on with the version they began with, where the content cannot be hidden.",
    ),
    messages={"default": Text("märkningen safety är borttagen", "the mark safety has been removed")},
    fires="-- modules/02-vidare/30-slut.md (change) --\n-safety: true\n+minutes: 1\n",
    near_miss="-- modules/02-vidare/30-slut.md (change) --\n-title: Till sist\n+title: Till slut\n",
)
SAFETY_ADDED = Kind(
    name="safety-mark-added",
    bump="patch",
    in_flight="safe",
    title=Text("Något är nu märkt som säkerhet", "Something is now marked as safety"),
    why=Text(
        "Varianter och regioners anpassningar kan inte dölja det längre.",
        "Variants and the overlays of regions can no longer hide it.",
    ),
    consequence=SAFE,
    messages={"default": Text("märkningen safety har kommit till", "the mark safety has been added")},
    fires="-- modules/01-start/20-mer.md (change) --\n-title: Mer att läsa\n+title: Mer att läsa\n+safety: true\n",
    near_miss="-- modules/01-start/20-mer.md (change) --\n-title: Mer att läsa\n+title: Läs mer\n",
)
ORDER = Kind(
    name="listed-in-another-order",
    bump="patch",
    in_flight="safe",
    title=Text("Något står i en annan ordning i en lista", "Something stands in another order in a list"),
    why=Text(
        "Ordningen i listan avgör inte vad patienten möter eller när.",
        "The order of the list does not decide what patients meet, or when.",
    ),
    consequence=SAFE,
    messages={"default": Text("{id} står på en annan plats i listan", "{id} stands in another place of the list")},
    fires=_HEAD
    + """\
-  - questionnaire: provskala
-    at: [start, every week, end]
-    window_days: 3
-  - questionnaire: min_koll
-    at: [start, end]
-    window_days: 3
+  - questionnaire: min_koll
+    at: [start, end]
+    window_days: 3
+  - questionnaire: provskala
+    at: [start, every week, end]
+    window_days: 3
""",
    near_miss=_HEAD + "-    at: [start, end]\n+    at: [start]\n",
)
_MARKS = frozenset({(Module, "safety"), (Page, "safety")})
_CONTACT_FIELDS = frozenset(
    {(Contact, name) for name in ("id", "label", "phone", "address", "hours", "text", "checked", "region")}
)
_UNSEEN_LISTS = frozenset(
    {
        (Program, "exercises"),
        (Program, "questionnaires"),
        (Program, "library_pages"),
        (Program, "contacts"),
        (Program, "glossary"),
        (Program, "persons"),
        (Program, "media"),
        (Program, "journeys"),
        (Program, "measurements"),
        (Questionnaire, "scores"),
        (Exercise, "computed"),
        (Exercise, "summary"),
        (Field, "computed"),
        (Decision, "computed"),
    }
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, field, what = difference.place, difference.field, difference.what
    if what == "moved":
        if (place.of, field) in _UNSEEN_LISTS:
            yield pair.change(ORDER, difference, id=difference.id)
    elif field in ("at", "measurements"):
        yield from _of_measurement(difference, pair)
    elif field == "reminders":
        yield from _of_reminders(difference, pair)
    elif field == "contacts" or (place.of is Contact):
        yield pair.change(CRISIS if _is_to_call(difference, pair) else CONTACT, difference)
    elif (place.of, field) in _MARKS:
        yield pair.change(SAFETY_ADDED if difference.new else SAFETY_REMOVED, difference)
    elif field == "crisis_page":
        yield pair.change(RISK, difference, "settings")
    elif field in ("journeys", "vectors", "steps") or place.of is Journey:
        old, new = _count(difference.old), _count(difference.new)
        yield pair.change(TESTS, difference, old=None if old == new else old, new=None if old == new else new)


def _is_to_call(difference: Difference, pair: Pair) -> bool:
    """Whether somebody at risk would be told otherwise whom to turn to, or how to reach them."""
    place, field = difference.place, difference.field
    if field == "checked":
        return False  # Somebody has seen that it is still right.
    # Where two have one id, one of them may be the one to call.
    id = difference.id or (place.new.id if place.of is Contact else CRISIS_CONTACT)
    if id == CRISIS_CONTACT:
        return True
    is_shown = any(id in risk.contacts for risk in pair.risk)
    return is_shown and (difference.what == "removed" or field in ("phone", "address"))


def _of_measurement(difference: Difference, pair: Pair) -> Iterator[Change]:
    """One questionnaire: all its occasions when it came or went, else those that did."""
    if difference.what in ("added", "removed"):
        measurement: PlannedMeasurement = difference.new or difference.old
        kind = MEASUREMENT_ADDED if difference.what == "added" else MEASUREMENT_REMOVED
        old = None if difference.what == "added" else measurement.at
        new = measurement.at if difference.what == "added" else None
        yield pair.change(kind, difference, old=old, new=new, id=difference.id)
        return
    old, new = difference.old, difference.new
    id = difference.place.new.questionnaire if difference.place.of is PlannedMeasurement else ""
    if any(not _is_among(one, old) for one in new):
        yield pair.change(MEASUREMENT_ADDED, difference, id=id)
    if any(not _is_among(one, new) for one in old):
        yield pair.change(MEASUREMENT_REMOVED, difference, id=id)
    if set(old) == set(new):
        yield pair.change(ORDER, difference, id=id)


def _is_among(one: Occasion, others: tuple[Occasion, ...]) -> bool:
    """Whether a measurement is made on all of these occasions: every week is every second week, too."""
    if one in others:
        return True
    # Occasions of the same week or day have the same name however often they come; months are counted otherwise.
    return any(
        other.kind == one.kind == "every"
        and other.unit == one.unit
        and one.unit in ("day", "week")
        and one.number % max(other.number, 1) == 0
        for other in others
    )


def _of_reminders(difference: Difference, pair: Pair) -> Iterator[Change]:
    def occasions(reminders: tuple[Reminder, ...]) -> list[tuple[str, int]]:
        return [(one.when, one.after_days) for one in reminders]

    old, new = difference.old, difference.new
    if occasions(old) != occasions(new):
        yield pair.change(REMINDER, difference, old=_reminders(old), new=_reminders(new))
        return
    for before, after in zip(old, new, strict=True):
        if before.text != after.text:
            yield pair.change(CORRECTED, difference, old=before.text, new=after.text, is_text=True)


def _reminders(reminders: tuple[Reminder, ...]) -> str:
    return "; ".join(f"{one.when} +{one.after_days}: {one.text}" for one in reminders)


def _count(value: object) -> object:
    return f"{len(value)}" if isinstance(value, tuple) else value


FAMILY = Family(
    (
        MEASUREMENT_ADDED,
        MEASUREMENT_REMOVED,
        REMINDER,
        CONTACT,
        CRISIS,
        TESTS,
        SAFETY_REMOVED,
        SAFETY_ADDED,
        ORDER,
    ),
    _MARKS
    | _CONTACT_FIELDS
    | _UNSEEN_LISTS
    | {
        (PlannedMeasurement, "at"),
        (Program, "reminders"),
        (Program, "crisis_page"),
        (Questionnaire, "vectors"),
        (Journey, "id"),
        (Journey, "title"),
        (Journey, "steps"),
    },
    changes,
)
FAMILIES = (
    FAMILY,
    stated(WINDOW, [(PlannedMeasurement, "window_days")]),
    stated(CHART, [(Exercise, "charts")]),
)
