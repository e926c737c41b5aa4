"""Ranges of versions as an overlay names them: `>=1.0 <2.0`. All that stand must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Version = tuple[int, int, int]
Operator = Literal[">=", ">", "<=", "<", "="]

_PART = re.compile(r"(>=|<=|>|<|=)((?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){0,2})")
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class VersionRange:
    bounds: tuple[tuple[Operator, Version], ...]

    def holds(self, version: str) -> bool:
        """Whether a version (three numbers) lies in it."""
        number = _number(version)
        return all(_holds(number, operator, bound) for operator, bound in self.bounds)

    @property
    def is_empty(self) -> bool:
        """Whether no version can lie in it. A version has a next one, so what holds anywhere holds at a bound or right after."""
        zero: Version = (0, 0, 0)
        near = [zero] + [one for _, (a, b, c) in self.bounds for one in ((a, b, c), (a, b, c + 1))]
        return not any(all(_holds(one, operator, bound) for operator, bound in self.bounds) for one in near)


def version_range(text: str) -> VersionRange | None:
    """None for what is no range. A part has an operator; the numbers that are left out after `>=` and `<` are 0, and the
    others need all three, since `>1.2` could be read in two ways."""
    parts = text.split()
    if not 0 < len(parts) <= _MOST_PARTS:
        return None
    bounds: list[tuple[Operator, Version]] = []
    for part in parts:
        found = _PART.fullmatch(part)
        if found is None:
            return None
        operator: Operator = found[1]  # type: ignore[assignment]  # One of those in the pattern.
        if operator not in (">=", "<") and found[2].count(".") != 2:
            return None
        bounds.append((operator, _number(found[2])))
    return VersionRange(tuple(bounds))


def _number(text: str) -> Version:
    numbers = [int(part) for part in text.split(".")]
    major, minor, patch = (*numbers, 0, 0)[:3]
    return major, minor, patch


def _holds(version: Version, operator: Operator, bound: Version) -> bool:
    if operator == ">=":
        return version >= bound
    if operator == ">":
        return version > bound
    if operator == "<=":
        return version <= bound
    return version < bound if operator == "<" else version == bound
