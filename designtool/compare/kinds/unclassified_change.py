"""Something differs that no other kind describes. It needs the largest step, so that nothing is taken for harmless."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.pair import Pair
from designtool.diagnostics import Text

KIND = Kind(
    name="unclassified-change",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("Något skiljer som ingen annan sort beskriver", "Something differs that no other kind describes"),
    why=Text(
        "Det som inte går att bedöma behandlas som det mest ingripande, så att inget viktigt passerar obemärkt.",
        "What cannot be judged is treated as the most far-reaching, so that nothing important passes unnoticed.",
    ),
    consequence=Text(
        "Pågående patienter fortsätter på den version de började med.",
        "Patients under way go on with the version they began with.",
    ),
    messages={
        "default": Text(
            "uppgiften {field} har ändrats på ett sätt som inte är bedömt",
            "{field} has changed in a way that has not been judged",
        ),
    },
    fires="",
    near_miss="",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    yield pair.change(KIND, difference, field=difference.field)


FAMILY = Family((KIND,), frozenset(), changes)
