"""Every kind of change, in the order in which they are asked: explicit, to be read and searched."""

from __future__ import annotations

from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds import (
    computed,
    constraints,
    decisions,
    fields,
    flags,
    forms,
    media,
    program_facts,
    release,
    scores,
    structure,
    surroundings,
    text,
    unclassified_change,
    unlocking,
    visibility,
    wording,
)
from designtool.compare.kinds.risk_text import RISK

FAMILIES: tuple[Family, ...] = (
    release.FAMILY,
    forms.FAMILY,
    structure.FAMILY,
    unlocking.FAMILY,
    visibility.FAMILY,
    wording.FAMILY,
    scores.FAMILY,
    flags.FAMILY,
    decisions.FAMILY,
    constraints.FAMILY,
    fields.FAMILY,
    computed.FAMILY,
    *surroundings.FAMILIES,
    media.FAMILY,
    text.FAMILY,
    *program_facts.FAMILIES,
)
REMAINDER = unclassified_change.FAMILY


def all_kinds() -> dict[str, Kind]:
    """Name to kind."""
    kinds = [kind for family in (*FAMILIES, REMAINDER) for kind in family.kinds]
    return {kind.name: kind for kind in (RISK, *kinds)}
