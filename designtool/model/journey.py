"""A scripted patient with expected results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from designtool.model.origin import Origin, origin_field


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does.

    `fill` (target: questionnaire or exercise, answers), `complete` (target: module: fills in nothing, it asserts that
    the patient reads the pages and submits the module), `therapist` (target: acknowledges, feedback, opens, holds, confirms,
    declines, signs, reassigns; details: action, module, decision, text), `stop` (target: decision; the patient's stop),
    `follow-up` (target: plan, answers: how the oldest plan that waits for it went), `take` (target: plan; details: what: one
    thing that was left undone, or that stands in the list, is taken into the plan), `choose` (target: one of the modules that
    the patient chooses between).
    """

    kind: Literal["fill", "complete", "therapist", "stop", "follow-up", "take", "choose"]
    target: str
    answers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Ranges of items expanded; values as JSON: what a form would send."""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class ExpectedFlag:
    level: str = ""
    about: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Expect:
    """Exact where given; None: not looked at."""

    open: tuple[str, ...] | None = None
    """Modules that are open, in order."""
    scores: Mapping[str, Any] | None = field(default=None, hash=False)
    """`form.score` to value, or to its status when that is not complete."""
    values: Mapping[str, Any] | None = field(default=None, hash=False)
    """`form.field` of computed values and summaries."""
    flags: tuple[ExpectedFlag, ...] | None = None
    """Those raised in this step."""
    shown: tuple[str, ...] | None = None
    """Pages that a flag shows to the patient in this step."""
    decisions: Mapping[str, Any] | None = field(default=None, hash=False)
    """`decision.proposed` or `decision.confirmed` to value."""
    due: tuple[str, ...] | None = None
    """Questionnaires due."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Step:
    day: int
    time: str
    """HH:MM, local."""
    does: tuple[Act, ...]
    expect: Expect | None
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Journey:
    id: str
    title: str
    steps: tuple[Step, ...]
    """In order of time; `day: 1..7` has become seven steps, the expectation on the last."""
    origin: Origin = origin_field()
