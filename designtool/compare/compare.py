"""What has changed between two versions of a program, in meaning; which step the version needs; whom it touches."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change, Changes, in_order
from designtool.compare.difference import Difference, Place, differences
from designtool.compare.families import FAMILIES, REMAINDER
from designtool.compare.grounds import Grounds
from designtool.compare.pair import NO_DOCUMENTS, Documents, Pair
from designtool.model.program import Program
from designtool.model.questionnaire import Score


def compare(
    old: Program,
    new: Program,
    old_documents: Documents = NO_DOCUMENTS,
    new_documents: Documents = NO_DOCUMENTS,
) -> Changes:
    """Every change from `old` to `new`, each of a published kind. `compare(x, x)` is empty.

    The documents, where there are any, give changes their places in the author's files. Nothing that differs is passed
    over: what no kind recognises is an `unclassified-change`, which needs the largest step.
    """
    before, after = Grounds(old), Grounds(new)

    def same_meaning(place: Place, field: str) -> bool:
        if place.of is Score and field == "items":
            # A score builds on its items, by name alone.
            score = (place.about[0][1], place.old.id)
            return before.of_reference(score) == after.of_reference(score)
        return before.of(getattr(place.old, field)) == after.of(getattr(place.new, field))

    pair = Pair(old, new, old_documents, new_documents)
    return Changes(in_order(change for one in differences(old, new, same_meaning) for change in _changes_of(one, pair)))


def _changes_of(difference: Difference, pair: Pair) -> Iterator[Change]:
    found = False
    for family in FAMILIES:
        if (difference.place.of, difference.field) in family.looks_at:
            for change in family.changes(difference, pair):
                found = True
                yield change
    if not found and not difference.is_equal:
        yield from REMAINDER.changes(difference, pair)
