"""Two versions of a program: what has changed in meaning, and what that means for the version and for patients under way."""

from designtool.compare.change import BUMPS, IN_FLIGHT, Bump, Change, Changes, InFlight, Witness
from designtool.compare.clinical import CLINICAL, clinical_meaning_differences
from designtool.compare.compare import compare
from designtool.compare.families import all_kinds
from designtool.compare.kind import Kind

__all__ = [
    "BUMPS",
    "CLINICAL",
    "IN_FLIGHT",
    "Bump",
    "Change",
    "Changes",
    "InFlight",
    "Kind",
    "Witness",
    "all_kinds",
    "clinical_meaning_differences",
    "compare",
]
