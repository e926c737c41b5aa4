"""What the compiler makes of an author's expression, and what an evaluator needs to work it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

TypeKind = Literal["truth", "number", "text", "date", "time", "choice", "choices", "rows"]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value; each may be missing."""

    kind: TypeKind
    unit: str = ""
    """minutes or percent: a number with a unit is a number."""
    options: tuple[str, ...] = ()
    """Of choice and choices: the list that the value belongs to."""
    values: tuple[Fraction, ...] = ()
    """Of a number from a list of options: all values it can have, ascending."""
    low: Fraction | None = None
    high: Fraction | None = None
    columns: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of rows: the type of each column."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an expression can know of a questionnaire or an exercise: the types of its items, fields, scores and computed values."""

    id: str
    kind: Literal["questionnaire", "worksheet", "diary", "plan", "decision"]
    names: Mapping[str, Type] = field(hash=False)
    """In the order of the form, so that `q1 .. q9` is the stretch between the two."""
    summaries: frozenset[str] = frozenset()
    """Of a diary: the names in `names` that are worked out over all entries."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at a place: every form of the program, and the form in whose file the expression stands."""

    forms: Mapping[str, Form] = field(hash=False)
    own: str = ""
    """Id of the form whose names need no prefix; empty outside of forms."""
    extra: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Further bare names, such as `current` in a decision."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. Its tree is JSON: nested lists that Python and the browser evaluate alike."""

    source: str
    """As the author wrote it."""
    tree: Any = field(hash=False)
    """`["and", a, b]`, `["ref", "phq9", "total"]`, `["number", "27/2"]` ...: see docs in `expressions.parse`."""
    type: TypeKind
    references: tuple[tuple[str, str], ...] = ()
    """(form, name) pairs that it reads, sorted."""


@dataclass(frozen=True, slots=True, order=True)
class TimeOfDay:
    """A clock time, in minutes after midnight, 0 to 1439."""

    minutes: int

    def __str__(self) -> str:
        return f"{self.minutes // 60:02d}:{self.minutes % 60:02d}"


class Ranked(frozenset[str]):
    """Things that somebody has put in order: to expressions a set, to people a list."""

    places: tuple[str, ...]

    def __new__(cls, places: Iterable[str]) -> Ranked:
        ordered = tuple(places)
        made = super().__new__(cls, ordered)
        made.places = ordered
        return made


Value = bool | Fraction | str | date | TimeOfDay | frozenset[str] | tuple[Mapping[str, Any], ...] | None
"""A value at evaluation; None is missing. Numbers are always Fraction. Text and choice are str; rows are a tuple of mappings."""


@dataclass(frozen=True, slots=True)
class Record:
    """One filled copy of a form: a submission of a questionnaire or worksheet, or one entry of a diary."""

    dated: date
    """The local date it belongs to: of the submission, or the entry's own (a night: its morning)."""
    made_at: datetime | None
    values: Mapping[str, Value] = field(hash=False)
    """Answers, scores and computed values. Absent or None is missing."""
    statuses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of scores: complete, prorated or insufficient. Of items: declined or skipped, where that is known."""


@dataclass(frozen=True, slots=True)
class Environment:
    """All that an expression may look at, as values. `today` and `start` are local dates of the care unit."""

    today: date
    start: date
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Form to its finished copies, oldest first."""
    own: str = ""
    draft: Record | None = None
    """The copy of the form `own` that is being filled in; its names stand bare and win over finished copies."""
    summaries: Mapping[str, Mapping[str, Value]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Form to values that are worked out over all its entries (a diary's week, a confirmed decision's `value`)."""
    extra: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    clock_moved: int = 0
    """Minutes that the clocks were put forward in the night that the draft is about; negative when they were put back."""
