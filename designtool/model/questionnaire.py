"""An instrument: its items, how they are scored, and what they raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from designtool.expressions.expression import Expression
from designtool.model.exercise import Option
from designtool.model.flow import Flag
from designtool.model.origin import Origin, origin_field

Licence = Literal["free", "public-domain", "CC-BY-4.0", "permission", "restricted"]
REDISTRIBUTABLE: frozenset[str] = frozenset({"free", "public-domain", "CC-BY-4.0"})


@dataclass(frozen=True, slots=True)
class Instrument:
    name: str
    language: str
    licence: Licence
    """`permission` and `restricted`: the wording is filled in locally by a unit that has the right to it."""
    holder: str
    source: str
    age_min: int | None = None
    age_max: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    text: str
    """Empty where the wording may not be redistributed: a licensed unit fills it locally."""
    options: tuple[Option, ...]
    risk: str = ""
    """What it asks about when that is a risk (`suicidality`). Such an item can be declined but not passed silently."""
    scored: bool = True
    required: bool = False
    show_if: Expression | None = None
    """Reads earlier items of the same questionnaire alone. Unknown hides."""
    when_hidden: int | None = None
    """The answer that it counts as when it is not asked, one of its options; None: it is missing."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Missing:
    rule: Literal["require-all", "prorate", "mean-of-answered"]
    at_least: int
    """How many items must be answered for a score at all."""


@dataclass(frozen=True, slots=True)
class Band:
    """From this score on, until the next band begins."""

    start: Fraction
    label: str


@dataclass(frozen=True, slots=True)
class ClinicalThreshold:
    """The published cut-off of an instrument. It says what a score may point to; it is no diagnosis."""

    at: Fraction
    side: Literal["from", "below"]
    """`from`: at this score or higher. `below`: under it, for an instrument whose low scores are the worrying ones."""

    def is_met_by(self, value: Fraction) -> bool:
        return value >= self.at if self.side == "from" else value < self.at


@dataclass(frozen=True, slots=True)
class Score:
    id: str
    label: str
    method: Literal["sum", "mean", "weighted", "expression"]
    items: tuple[str, ...]
    weights: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    reverse: tuple[str, ...] = ()
    """Items that count backwards: highest plus lowest option minus the answer."""
    missing: Missing = Missing("require-all", 0)
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    bands: tuple[Band, ...] = ()
    reliable_change: Fraction | None = None
    clinical_threshold: ClinicalThreshold | None = None
    value: Expression | None = None
    """For method `expression`."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Vector:
    """A golden case: answers and what they must give. Kept as written and run by `designtool test`."""

    answers: Mapping[str, Any] = field(hash=False)
    scores: Mapping[str, Any] = field(hash=False)
    flags: tuple[str, ...]
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    id: str
    title: str
    instrument: Instrument
    recall: str
    introduction: str
    minutes: int | None
    items: tuple[Item, ...]
    scores: tuple[Score, ...]
    flags: tuple[Flag, ...]
    vectors: tuple[Vector, ...]
    origin: Origin = origin_field()

    @property
    def has_text(self) -> bool:
        """False for an instrument whose wording is filled in locally: it cannot be answered as it is."""
        return all(item.text for item in self.items)


def is_wordless(option: Option) -> bool:
    """Whether an answer waits for its words: its label is then nothing but its value, so that lists still can show it."""
    return option.label in ("", str(option.value))
