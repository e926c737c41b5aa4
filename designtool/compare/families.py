"""Every kind of change, in the order in which they are asked: explicit, to be read and searched."""

from __future__ import annotations

from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds import unclassified_change

FAMILIES: tuple[Family, ...] = ()
REMAINDER = unclassified_change.FAMILY


def all_kinds() -> dict[str, Kind]:
    """Name to kind, those first that are asked first."""
    return {kind.name: kind for family in (*FAMILIES, REMAINDER) for kind in family.kinds}
