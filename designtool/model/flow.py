"""When things open, are due, and are told to the therapist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from designtool.expressions.expression import Expression
from designtool.model.origin import Origin, origin_field

Level = Literal["green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a condition raises for the therapist. Raised at once, on each answer, on the server."""

    id: str
    """`<form>-<number>`, from 1 in the order of the file: what a raised flag refers to."""
    when: Expression
    level: Level
    about: tuple[str, ...]
    """The items or fields that the condition names, in the order of the form."""
    message: str
    """What the therapist reads. Empty: the view writes it from level and items."""
    to: str
    """`therapist`, or `unit`: the unit's named duty function, told without clinical content."""
    escalate_after_hours: int | None
    patient_page: str
    """`library/<page>` that the patient sees at once; empty for none."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Occasion:
    """A planned time: `start`, `end`, `every` n days or weeks, `before-module`, `after-start`, `after-end`."""

    kind: Literal["start", "end", "every", "before-module", "after-start", "after-end"]
    number: int = 0
    unit: Literal["", "day", "week", "month"] = ""


@dataclass(frozen=True, slots=True)
class PlannedMeasurement:
    questionnaire: str
    at: tuple[Occasion, ...]
    window_days: int
    """So many days after it was due a measurement counts as missed."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Reminder:
    when: Literal["not-signed-in", "module-due", "measurement-due", "diary-morning"]
    after_days: int
    text: str
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Unlock:
    """What must hold for a module to open; all of it. The first module has nothing to wait for."""

    after: str
    """Id of the module that must be complete first; empty for none."""
    days: int
    """Whole days since that module (or the treatment) opened; doors open at local midnight."""
    when: Expression | None
    therapist: bool
    """Only a therapist opens it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    within_days: int
    required_before_next: bool
