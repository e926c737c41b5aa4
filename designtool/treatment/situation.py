"""What is open, due and known in a treatment at one moment: all that a page needs to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from designtool.diagnostics import Text
from designtool.expressions.expression import Environment, Record, Value
from designtool.model.program import Program


@dataclass(frozen=True, slots=True)
class ModuleSituation:
    id: str
    status: Literal["locked", "open", "submitted", "complete", "hidden"]
    """Open: can be worked with. Submitted: sent to the therapist, feedback not yet given. Complete: done. All but locked and hidden can be read."""
    opened_on: date | None
    opens_on: date | None
    """The day it opens if all that must be done is done; None when that depends on somebody."""
    waits_for: tuple[Text, ...]
    """Why it is locked, in words for the patient."""
    to_do: tuple[str, ...]
    """Ids of what is required and not done yet, in order."""
    feedback_due: date | None = None
    waits_for_paused: str = ""
    """The module to be finished before it, where something is paused for now; empty where it does not wait for such a one."""


@dataclass(frozen=True, slots=True)
class MeasurementSituation:
    questionnaire: str
    occasion: str
    """`start`, `week-2`, `end`, `before-<module>`, `after-end-26w` ...: one planned time, unique in a treatment."""
    status: Literal["upcoming", "due", "done", "missed"]
    due_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A finished plan of which it is not known yet what became of it all."""

    dated: date
    """The day it was made: by this it is known among the plans of its exercise."""
    answers: Mapping[str, Any] = field(hash=False)
    """What was planned, and what has been said of how it went, as JSON values."""
    due: bool
    """Its last day has passed, or a week: it is time to ask."""


@dataclass(frozen=True, slots=True)
class FormSituation:
    """One questionnaire or exercise as it stands."""

    id: str
    status: Literal["not-open", "open", "done"]
    draft: Mapping[str, Any] = field(hash=False)
    """What has been typed and not been submitted, as JSON values, field by field: nothing typed is ever lost."""
    draft_date: date | None
    """Of a diary: the date of the entry that the draft is for."""
    draft_values: Mapping[str, Value] = field(hash=False)
    """Draft answers and what is computed from them, as typed values."""
    hidden: frozenset[str]
    """Fields and items whose `show_if` does not hold in the draft."""
    records: tuple[Record, ...]
    """Finished copies, oldest first."""
    summaries: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    entries_required: int = 0
    entries_done: int = 0
    open_dates: tuple[date, ...] = ()
    """Of a diary: dates for which an entry can be made or changed now, latest first."""
    entry_drafts: Mapping[date, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of a diary: all that stands in the entry of each open date that has something, finished or only typed, as JSON values."""
    copy: str = ""
    """Which copy the draft is of: what a browser has kept for another one is no answer to this."""
    prefilled: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What stands in fields that nobody has written in yet, from earlier answers, as JSON values."""
    follow_ups: tuple[FollowUp, ...] = ()
    filled_by: tuple[str, ...] = ()
    """Who made each of the records."""
    is_open: bool = True
    """It can be filled in, or what was finished can be changed."""


@dataclass(frozen=True, slots=True)
class DecisionSituation:
    """A decision: what the rule proposes (for the therapist's eyes) and what has been confirmed (the patient's instruction)."""

    id: str
    status: Literal["not-open", "waiting-for-data", "locked", "proposed", "confirmed", "stopped", "overdue"]
    measure: Value
    entries: int
    proposed: Value
    proposed_on: date | None
    reason: Text | None
    """How the rule came to the proposal."""
    confirmed: Value
    confirmed_on: date | None
    confirmed_by: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """The decision's `computed`, worked out from the confirmed value."""
    proposed_values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A flag as it was raised; it never disappears, it is acknowledged."""

    number: int
    """Sequence number of its event in the treatment: its identity."""
    id: str
    """The model's flag id, or a name of designtool's own: skipped-risk-item, declined-risk-item, measurement-missed, decision-overdue."""
    level: Literal["green", "yellow", "red"]
    raised_at: datetime
    form: str
    about: tuple[str, ...]
    values: Mapping[str, Any] = field(hash=False)
    """The answers that raised it, as JSON, kept when they are corrected."""
    message: Text
    to: str
    patient_page: str
    escalate_at: datetime | None
    downgraded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    action: str = ""
    copy: str = ""
    """Which filled copy of the form raised it."""
    corrected: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """The answers after the correction that downgraded it; `values` stay beside them."""
    notified_at: datetime | None = None
    """When somebody was last told that there is a flag."""
    escalated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    actor: Literal["patient", "therapist"]
    author: str
    text: str
    module: str = ""
    """For feedback: the module it answers."""


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """A version of the program that the treatment has been under, and that can be read as it stood then."""

    number: int
    """From 1, oldest first."""
    version: str
    left_on: date


@dataclass(frozen=True, slots=True)
class Situation:
    program: Program
    digest: str
    """Of the bundle that the treatment is pinned to; empty in a preview."""
    now: datetime
    """Aware, in the zone of the care unit."""
    started_on: date
    day: int
    """Day 0 is the local date of the start."""
    week: int
    phase: Literal["registered", "assessment", "decision", "under-way", "maintenance", "ended", "erased"]
    modules: tuple[ModuleSituation, ...]
    measurements: tuple[MeasurementSituation, ...]
    forms: Mapping[str, FormSituation] = field(hash=False)
    decisions: Mapping[str, DecisionSituation] = field(hash=False)
    flags: tuple[RaisedFlag, ...]
    messages: tuple[Message, ...]
    environment: Environment
    last_seen: datetime | None = None
    patient: str = ""
    """The name shown on pages."""
    therapist: str = ""
    chosen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Module where one of several is chosen, to the chosen one."""
    earlier: tuple[EarlierVersion, ...] = ()

    def module(self, id: str) -> ModuleSituation | None:
        return next((module for module in self.modules if module.id == id), None)
