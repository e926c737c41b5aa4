"""The audit log: who did what to whose data, at which unit, when. Each line seals the one before it.

It carries no clinical content, so that it can outlive what it tells about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

FIRST = "0" * 64
"""Stands before the first line."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does, to be written down with it."""

    at: datetime
    user: str
    """Id of a person, or `clock`."""
    role: str
    unit: str
    action: str
    """`read`, `save-answer`, `sign-in` ..."""
    about: str = ""
    """Which page or part, by its address; never what stands there."""
    treatment: str = ""
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    at: str
    user: str
    role: str
    unit: str
    action: str
    about: str
    treatment: str
    patient: str
    previous: str
    hash: str


_SEALED = tuple(name for name in Line.__slots__ if name != "hash")


def sealed(number: int, at: str, deed: Deed, previous: str) -> Line:
    """The line of a deed, after the line whose hash is `previous`."""
    open_line = Line(
        number, at, deed.user, deed.role, deed.unit, deed.action, deed.about, deed.treatment, deed.patient, previous, ""
    )
    return replace(open_line, hash=seal_of(open_line))


def seal_of(line: Line) -> str:
    content = {name: getattr(line, name) for name in _SEALED}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(lines: Iterable[Line]) -> int | None:
    """Number of the first line that was changed, taken out or put in; None when the chain holds. Lines from the first on."""
    previous = FIRST
    for number, line in enumerate(lines, start=1):
        if line.number != number or line.previous != previous or line.hash != seal_of(line):
            return number
        previous = line.hash
    return None
