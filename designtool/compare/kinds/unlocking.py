"""When a module opens, and what must be done before it counts as complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.meaning import Verdict, tree_or_always
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Exercise, Required
from designtool.model.flow import Feedback, Unlock
from designtool.model.module import Module

UNLOCK_LOOSENED = Kind(
    name="unlock-loosened",
    bump="minor",
    in_flight="safe",
    title=Text("En modul öppnar lättare eller tidigare", "A module opens more easily or earlier"),
    why=Text(
        "Patienten kommer vidare snabbare än förut. Enheten ska veta om det innan versionen aktiveras.",
        "Patients come on faster than before. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Hos pågående patienter kan modulen öppna när de får den nya versionen. Inget som är öppet stängs.",
        "For patients under way the module may open when they get the new version. Nothing that is open is closed.",
    ),
    messages={
        "default": Text("{what} är lättare att uppfylla", "{what_en} is easier to meet"),
        "unknown": Text(
            "{what} har ändrats; jämförelsen räckte inte", "{what_en} has changed; the comparison did not suffice"
        ),
    },
    fires="""\
-- modules/02-vidare/module.yaml (change) --
-  days: 7
+  days: 5
""",
    near_miss="""\
-- modules/02-vidare/module.yaml (change) --
-  when: min_koll.total >= 1
+  when: not (min_koll.total < 1)
""",
)
UNLOCK_TIGHTENED = Kind(
    name="unlock-tightened",
    bump="major",
    in_flight="needs-migration",
    title=Text("En modul öppnar svårare eller senare", "A module opens with more difficulty or later"),
    why=Text(
        "En patient som har modulen öppen skulle kunna få den stängd igen.",
        "A patient who has the module open could have it closed again.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("{what} är svårare att uppfylla", "{what_en} is harder to meet"),
        "unknown": Text(
            "{what} är omskrivet och kan vara svårare att uppfylla; det gick inte att visa att det är lika",
            "{what_en} is rewritten and may be harder to meet; it could not be shown to be the same",
        ),
    },
    fires="""\
-- modules/02-vidare/module.yaml (change) --
-  when: min_koll.total >= 1
+  when: min_koll.total >= 2
""",
    near_miss="""\
-- modules/02-vidare/module.yaml (change) --
-  when: min_koll.total >= 1
+  when: min_koll.total > 0
""",
)
COMPLETION_LOOSENED = Kind(
    name="completion-loosened",
    bump="minor",
    in_flight="safe",
    title=Text("Mindre krävs för att en modul ska vara klar", "Less is needed for a module to be complete"),
    why=Text(
        "Patienten kommer vidare med mindre gjort. Enheten ska veta om det innan versionen aktiveras.",
        "Patients come on with less done. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Pågående patienter kan lämna in modulen tidigare. Det de redan har gjort räknas.",
        "Patients under way can submit the module earlier. What they have done already counts.",
    ),
    messages={"default": Text("mindre krävs för att bli klar", "less is needed to be complete")},
    fires="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-  entries: 4
+  entries: 3
""",
    near_miss="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-  entries: 4
+  entries: 5
""",
)
COMPLETION_TIGHTENED = Kind(
    name="completion-tightened",
    bump="major",
    in_flight="needs-migration",
    title=Text("Mer krävs för att en modul ska vara klar", "More is needed for a module to be complete"),
    why=Text(
        "Den som trodde sig vara klar kan ha något kvar att göra.",
        "Those who thought themselves done may have something left to do.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("mer krävs för att bli klar", "more is needed to be complete")},
    fires="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-  entries: 4
+  entries: 5
""",
    near_miss="""\
-- modules/02-vidare/exercises/dagbok.yaml (change) --
-  entries: 4
+  entries: 3
""",
)
HOMEWORK = Kind(
    name="homework-changed",
    bump="minor",
    in_flight="safe",
    title=Text("Modulens lista över hemuppgifter är ändrad", "The module's list of homework has been changed"),
    why=Text(
        "Patienten ser en annan lista. Vad som krävs för att bli klar är egna ändringar.",
        "Patients see another list. What is needed to be complete is a change of its own.",
    ),
    consequence=Text(
        "Pågående patienter ser den nya listan när de får den nya versionen.",
        "Patients under way see the new list when they get the new version.",
    ),
    messages={"default": Text("hemuppgifterna är ändrade", "the homework has been changed")},
    fires="""\
-- modules/02-vidare/module.yaml (change) --
-homework:
-  - dagbok
+homework:
+  - dagbok
+  - min_plan
""",
    near_miss="""\
-- modules/02-vidare/module.yaml (change) --
-goal: Du fortsätter.
+goal: Du fortsätter varje dag.
""",
)
_WORDS = {
    "after": Text("modulen som ska vara klar först", "the module that must be complete first"),
    "days": Text("antalet dagar att vänta", "the number of days to wait"),
    "when": Text("villkoret för att modulen ska öppna", "the condition for the module to open"),
    "therapist": Text("att bara behandlaren öppnar modulen", "that only the therapist opens the module"),
    "required_before_next": Text("kravet på återkoppling först", "the need of feedback first"),
    "optional": Text("kravet på modulen", "the need of the module"),
}


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, field = difference.place, difference.field
    if field == "homework":
        yield pair.change(HOMEWORK, difference)
        return
    if field == "complete_when" or place.of in (Required, Exercise):
        yield from _of_completion(difference, pair)
        return
    words: dict[str, Any] = {"what": _WORDS[field].sv, "what_en": _WORDS[field].en}
    if field == "when":
        yield from _of_condition(difference, pair, words)
        return
    if field == "after":
        looser = _is_looser(pair, difference)
    elif field == "optional":
        looser = difference.new
    elif field == "days":
        looser = difference.new < difference.old
    else:
        looser = difference.old
    yield pair.change(UNLOCK_LOOSENED if looser else UNLOCK_TIGHTENED, difference, **words)


def _of_condition(difference: Difference, pair: Pair, words: dict[str, Any]) -> Iterator[Change]:
    old, new = tree_or_always(difference.old), tree_or_always(difference.new)
    tighter, looser = pair.meaning.holds_no_longer(old, new), pair.meaning.holds_from_now_on(old, new)
    opens, waits = Text("öppnar", "opens"), Text("öppnar inte", "does not open")
    if tighter.kind == "different":
        yield pair.change(
            UNLOCK_TIGHTENED, difference, witness=tighter.witness(opens, waits), evidence=tighter.evidence, **words
        )
    if looser.kind == "different":
        yield pair.change(
            UNLOCK_LOOSENED, difference, witness=looser.witness(waits, opens), evidence=looser.evidence, **words
        )
    if "different" not in (tighter.kind, looser.kind) and not difference.is_equal:
        yield from same_or_not_shown(difference, pair, UNLOCK_TIGHTENED, (tighter, looser), words)


def same_or_not_shown(
    difference: Difference, pair: Pair, careful: Kind, verdicts: tuple[Verdict, ...], words: dict[str, Any]
) -> Iterator[Change]:
    """Written otherwise, without a difference that was found: a rewriting if it was shown to be one, else the careful kind."""
    open_ones = [verdict for verdict in verdicts if verdict.kind == "not-shown"]
    if open_ones:
        yield pair.change(careful, difference, "unknown", evidence=open_ones[0].evidence, **words)
    else:
        yield pair.change(REWRITTEN, difference, evidence=verdicts[0].evidence)


def _is_looser(pair: Pair, difference: Difference) -> bool:
    """Whether what must be complete first is now something that had to be complete before it anyway."""
    old, new = difference.old, difference.new
    if not new:
        return True
    earlier, seen = old, set[str]()
    while earlier and earlier not in seen:
        seen.add(earlier)
        module = pair.old.module.get(earlier)
        earlier = module.unlock.after if module is not None else ""
        if earlier == new:
            return True
    return False


def _of_completion(difference: Difference, pair: Pair) -> Iterator[Change]:
    old, new = difference.old, difference.new
    if difference.field == "complete_when":
        if set(new) - set(old):
            yield pair.change(COMPLETION_TIGHTENED, difference)
        if set(old) - set(new) or set(old) == set(new):
            yield pair.change(COMPLETION_LOOSENED, difference)
        return
    if difference.field == "within_days":
        # So many within fewer days is more to ask; without a limit it is least.
        tighter = new is not None and (old is None or new < old)
    elif difference.field == "entries":
        tighter = new > old
    else:
        tighter = new is not None
    yield pair.change(COMPLETION_TIGHTENED if tighter else COMPLETION_LOOSENED, difference)


FAMILY = Family(
    (UNLOCK_LOOSENED, UNLOCK_TIGHTENED, COMPLETION_LOOSENED, COMPLETION_TIGHTENED, HOMEWORK),
    frozenset(
        {
            (Unlock, "after"),
            (Unlock, "days"),
            (Unlock, "when"),
            (Unlock, "therapist"),
            (Feedback, "required_before_next"),
            (Module, "optional"),
            (Module, "complete_when"),
            (Module, "homework"),
            (Required, "entries"),
            (Required, "within_days"),
            (Exercise, "required"),
        }
    ),
    changes,
)
