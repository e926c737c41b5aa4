"""Words that now stand at another id than before: what was answered under the id was an answer to something else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from designtool.compare.difference import Difference
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import PINNED
from designtool.diagnostics import Text
from designtool.model.exercise import Exercise, Field, Option, Row
from designtool.model.questionnaire import Item, Questionnaire

EXCHANGED = Kind(
    name="words-exchanged",
    bump="major",
    in_flight="pin-only",
    title=Text("Ord har bytt plats mellan frågor eller svar", "Words have changed places between questions or answers"),
    why=Text(
        "Ett svar sparas under sitt id. När orden står vid ett annat id betyder svar från förr något annat än det patienten "
        "menade. Är det en rättelse av ett fel ska en namngiven kliniker ha sett den; säkrast är nya id:n.",
        "An answer is kept under its id. When the words stand at another id, answers from before mean something else than "
        "the patient meant. Where it corrects a mistake, a named clinician must have seen it; new ids are safest.",
    ),
    consequence=PINNED,
    messages={
        "default": Text(
            "orden stod förut vid {other}: svar från förr skulle betyda något annat",
            "the words stood at {other} before: answers from before would mean something else",
        ),
        "ends": Text(
            "skalans ändar har bytt plats: svar från förr skulle betyda motsatsen",
            "the ends of the scale have changed places: answers from before would mean the opposite",
        ),
    },
    needs_acknowledgement=True,
    fires="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-      - value: varje_dag
-        label: Varje dag
-      - value: ibland
-        label: Ibland
+      - value: varje_dag
+        label: Ibland
+      - value: ibland
+        label: Varje dag
""",
    near_miss="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-        label: Varje dag
+        label: Alla dagar
""",
)
_SIBLINGS: Mapping[type, tuple[tuple[type, str], ...]] = MappingProxyType(
    {
        Option: ((Field, "options"), (Item, "options")),
        Row: ((Field, "rows"),),
        Field: ((Exercise, "fields"), (Field, "columns")),
        Item: ((Questionnaire, "items"),),
    }
)
_WORDS: Mapping[type, str] = MappingProxyType({Option: "label", Row: "label", Field: "label", Item: "text"})


def stood_before_at(difference: Difference) -> str:
    """The id of the neighbour whose words these were in the old version, and are no longer; empty for words of its own."""
    place, around = difference.place, difference.place.around
    if around is None or difference.what != "changed" or _WORDS.get(place.of) != difference.field:
        return ""
    words = _comparable(difference.new)
    for of, name in _SIBLINGS[place.of]:
        if around.of is of and words:
            before, after = ({_id(one): _said(one) for one in getattr(side, name)} for side in (around.old, around.new))
            own = _id(place.new)
            found = (id for id, said in before.items() if id != own and said == words and after.get(id, said) != said)
            other = next(found, "")
            if other:
                return other
    return ""


def are_ends_turned(difference: Difference) -> bool:
    old, new = ([_comparable(word) for word in ends] for ends in (difference.old, difference.new))
    return difference.field == "ends" and len(old) > 1 and old != new and old == new[::-1]


def _id(one: Any) -> str:
    return str(one.value) if isinstance(one, Option) else str(one.id)


def _said(one: Any) -> str:
    return _comparable(getattr(one, _WORDS[type(one)]))


def _comparable(words: str) -> str:
    return " ".join(words.split()).casefold()
