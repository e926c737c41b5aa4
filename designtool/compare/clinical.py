"""Whether two versions score, warn and decide alike: what a region's overlay may never alter."""

from __future__ import annotations

from designtool.compare.change import Change
from designtool.compare.compare import compare
from designtool.compare.pair import NO_DOCUMENTS, Documents
from designtool.model.program import Program

CLINICAL: frozenset[str] = frozenset(
    {
        "score-changed",
        "score-removed",
        "score-bands-changed",
        "score-interpretation-changed",
        "flag-weakened",
        "flag-strengthened",
        "decision-rule-changed",
        "validated-wording-changed",
        "item-added",
        "item-removed",
        "item-moved",
        "item-reworded",
    }
)
"""Kinds of change that alter what answers come to: scores, bands, flags, decisions and the wording of instruments."""


def clinical_meaning_differences(
    old: Program,
    new: Program,
    old_documents: Documents = NO_DOCUMENTS,
    new_documents: Documents = NO_DOCUMENTS,
) -> tuple[Change, ...]:
    """What makes `new` score, warn, decide or ask in the words of an instrument otherwise than `old`; empty when nothing
    does. What could not be shown to mean the same is among it, and so is what no kind of change describes."""
    found = compare(old, new, old_documents, new_documents).changes
    return tuple(change for change in found if _is_clinical(change))


def _is_clinical(change: Change) -> bool:
    if change.rule in CLINICAL or change.rule == "unclassified-change":
        return True
    # An item that is asked of others, or has other answers to choose, is another item; a field of an exercise may be both.
    return change.rule in _OF_ITEMS and change.about[0][0] == "questionnaire"


_OF_ITEMS = frozenset(
    {
        "option-added",
        "option-removed",
        "option-label-reworded",
        "field-condition-changed",
        "optional-made-required",
        "required-made-optional",
    }
)
