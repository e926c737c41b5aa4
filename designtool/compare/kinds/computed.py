"""Values that an exercise works out from its answers."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, PINNED, SAFE
from designtool.compare.kinds.unlocking import same_or_not_shown
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Computed, Decision, Exercise, Field

_PLAN = "-- modules/01-start/exercises/min_plan.yaml (change) --\n"
_SECOND = (
    _PLAN
    + """\
-computed:
+computed:
+  - id: dubbelt
+    label: Dubbelt så länge
+    value: minuter * 2
"""
)

ADDED = Kind(
    name="computed-added",
    bump="minor",
    in_flight="safe",
    title=Text("Ett beräknat värde har kommit till", "A computed value has been added"),
    why=Text(
        "Patient och behandlare ser ett nytt värde. Enheten ska veta om det innan versionen aktiveras.",
        "Patient and therapist see a new value. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("värdet {id} är nytt", "the value {id} is new")},
    fires=_SECOND,
    near_miss=_PLAN
    + """\
-    label: Timmar
+    label: Antal timmar
""",
)
REMOVED = Kind(
    name="computed-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Ett beräknat värde är borttaget", "A computed value has been removed"),
    why=Text(
        "Det som byggde på värdet har inget att gå på, och diagram slutar mitt i.",
        "What built on the value has nothing to go by, and charts end in the middle.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("värdet {id} är borttaget", "the value {id} has been removed")},
    before=_SECOND,
    fires=_PLAN
    + """\
-  - id: dubbelt
-    label: Dubbelt så länge
-    value: minuter * 2
+
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - dubbelt
""",
    near_miss=_PLAN
    + """\
-    label: Dubbelt så länge
+    label: Dubbelt
""",
)
CHANGED = Kind(
    name="computed-value-changed",
    bump="major",
    in_flight="pin-only",
    title=Text("Samma svar ger ett annat beräknat värde", "The same answers give another computed value"),
    why=Text(
        "Värden före och efter går inte att jämföra, och diagrammet skulle visa en förändring som ingen har gjort.",
        "Values before and after cannot be compared, and the chart would show a change that nobody has made.",
    ),
    consequence=PINNED,
    messages={
        "default": Text("samma svar ger ett annat värde", "the same answers give another value"),
        "unknown": Text(
            "uttrycket är omskrivet; det gick inte att visa att det ger samma värde",
            "the expression is rewritten; it could not be shown to give the same value",
        ),
    },
    fires=_PLAN
    + """\
-    value: minuter / 60
+    value: minuter / 30
""",
    near_miss=_PLAN
    + """\
-    value: minuter / 60
+    value: minuter / 120 * 2
""",
)
_LISTS = frozenset({(Exercise, "computed"), (Exercise, "summary"), (Field, "computed"), (Decision, "computed")})


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.field != "value":
        if difference.what in ("added", "removed"):
            yield pair.change(ADDED if difference.what == "added" else REMOVED, difference, id=difference.id)
        return
    verdict = pair.meaning.comes_to_another_value(difference.old.tree, difference.new.tree)
    if verdict.kind == "different":
        yield pair.change(CHANGED, difference, witness=verdict.value_witness(), evidence=verdict.evidence)
    elif not difference.is_equal:
        yield from same_or_not_shown(difference, pair, CHANGED, (verdict,), {})


FAMILY = Family((ADDED, REMOVED, CHANGED), _LISTS | {(Computed, "value")}, changes)
