"""release.yaml: ids that may never be used again, clinical acknowledgements, and when the next review is due."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import NEVER, SAFE
from designtool.compare.kinds.forms import ID_REUSED
from designtool.compare.pair import Pair
from designtool.compare.used_ids import used_ids
from designtool.diagnostics import Text
from designtool.model.exercise import Decision, Exercise, Field
from designtool.model.module import Module
from designtool.model.program import Program, Release
from designtool.model.questionnaire import Questionnaire

MISSING = Kind(
    name="reserved-id-missing",
    bump="major",
    in_flight="pin-only",
    allowed=False,
    title=Text(
        "Ett id som inte får återanvändas är inte reserverat", "An id that may not be used again is not reserved"
    ),
    why=Text(
        "Svar är sparade under id:t. Står det inte under reserved i release.yaml kan någon av misstag använda det igen.",
        "Answers are kept under the id. Unless it stands under reserved in release.yaml, somebody may use it again by mistake.",
    ),
    consequence=NEVER,
    messages={
        "default": Text(
            "id:t {id} var reserverat och saknas nu under reserved i release.yaml",
            "the id {id} was reserved and is now missing under reserved in release.yaml",
        ),
        "removed": Text(
            "id:t {id} är borttaget men står inte under reserved i release.yaml",
            "the id {id} has been removed but does not stand under reserved in release.yaml",
        ),
    },
    fires="""\
-- release.yaml (change) --
-reserved:
-  - gammal_plan
+reserved: []
""",
    near_miss="""\
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
)
ADDED = Kind(
    name="reserved-id-added",
    bump="patch",
    in_flight="safe",
    title=Text("Ett id är reserverat", "An id is reserved"),
    why=Text(
        "Det får inte användas igen. Inget som finns påverkas.",
        "It may not be used again. Nothing that is there is affected.",
    ),
    consequence=SAFE,
    messages={"default": Text("id:t {id} får inte användas igen", "the id {id} may not be used again")},
    fires="""\
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
    near_miss="""\
-- release.yaml (change) --
-reserved:
-  - gammal_plan
+reserved: []
""",
)
ACKNOWLEDGEMENT = Kind(
    name="acknowledgement-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Kliniska ställningstaganden är ändrade", "Clinical acknowledgements have been changed"),
    why=Text(
        "Vem som har tagit ställning till vad är en del av det som släpps.",
        "Who has taken a stand on what is a part of what is released.",
    ),
    consequence=SAFE,
    messages={"default": Text("ställningstagandena är ändrade", "the acknowledgements have been changed")},
    fires="""\
-- release.yaml (change) --
-acknowledgements: []
+acknowledgements:
+  - finding: sha256:0000000000000000000000000000000000000000000000000000000000000000
+    name: Eva Lind
+    role: Legitimerad psykolog
+    reason: Genomgången.
""",
    near_miss="""\
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
)
REVIEW_DAY = Kind(
    name="review-day-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Dagen för nästa granskning är ändrad", "The day of the next review has been changed"),
    why=Text(
        "Andra regioner ser i katalogen när programmet senast ska ha granskats på nytt.",
        "Other regions see in the catalogue by when the program is to have been reviewed again.",
    ),
    consequence=SAFE,
    messages={"default": Text("dagen för nästa granskning är ändrad", "the day of the next review has been changed")},
    fires="""\
-- release.yaml (change) --
-acknowledgements: []
+acknowledgements: []
+review_by: 2099-05-01
""",
    near_miss="""\
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
)
_HOLD_IDS = frozenset(
    {
        (Program, "modules"),
        (Program, "exercises"),
        (Module, "pages"),
        (Exercise, "fields"),
        (Exercise, "computed"),
        (Exercise, "summary"),
        (Field, "columns"),
        (Field, "computed"),
        (Field, "rows"),
        (Decision, "computed"),
        (Questionnaire, "items"),
        (Questionnaire, "scores"),
    }
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.field == "acknowledgements":
        yield pair.change(ACKNOWLEDGEMENT, difference, old=len(difference.old), new=len(difference.new))
    elif difference.field == "review_by":
        yield pair.change(REVIEW_DAY, difference, old=difference.old or None, new=difference.new or None)
    elif difference.field == "reserved":
        used = used_ids(pair.new)
        for id in sorted(set(difference.old) - set(difference.new)):
            about = (("reserved", id),)
            yield pair.change(MISSING, difference, about=about, old=id, new=None, id=id)
            if id in used:
                yield pair.change(ID_REUSED, difference, "reserved", about=about, old="reserved", new=id, id=id)
        for id in sorted(set(difference.new) - set(difference.old)):
            yield pair.change(ADDED, difference, about=(("reserved", id),), old=None, new=id, id=id)
    elif difference.what == "removed":
        id = difference.id
        if id not in pair.new.release.reserved and id not in used_ids(pair.new):
            yield pair.change(MISSING, difference, "removed", id=id)


FAMILY = Family(
    (MISSING, ADDED, ACKNOWLEDGEMENT, REVIEW_DAY),
    _HOLD_IDS | {(Program, "release"), *((Release, name) for name in ("reserved", "acknowledgements", "review_by"))},
    changes,
)
