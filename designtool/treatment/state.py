"""What the events of one treatment amount to. `apply` is the only way from one state to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from designtool.diagnostics import Text
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Record
from designtool.model.program import Program
from designtool.treatment import events as happened
from designtool.treatment.days import local_date
from designtool.treatment.decisions import lock_is_signed
from designtool.treatment.environment import environment_of
from designtool.treatment.events import Event
from designtool.treatment.moving import after_move
from designtool.treatment.records import NOTHING, form_of, record_of
from designtool.treatment.situation import Message, RaisedFlag

Phase = Literal["registered", "assessment", "decision", "under-way", "ended"]


class ImpossibleEvent(Exception):
    """An event that cannot have happened in this state: a fault of the code that made or stored it."""


@dataclass(frozen=True, slots=True)
class ModuleState:
    opened_on: date | None = None
    opened_by_therapist: bool = False
    held: bool = False
    hidden: bool = False
    """By a therapist, for this patient."""
    submitted_at: datetime | None = None
    feedback_at: datetime | None = None
    chosen: str = ""
    """Where one of several modules is chosen: which."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy of a form. The latest submission of it counts; earlier ones stay in the events."""

    id: str
    dated: date
    submitted_at: datetime
    answers: Mapping[str, Any] = field(hash=False)
    record: Record
    by: str = field(default="", compare=False)
    """Who finished it: of what a therapist fills in, the one who answers for it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    value: Fraction
    measure: Fraction | None
    entries: int
    reason: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionState:
    proposal: Proposal | None = None
    """What waits for a therapist; None when nothing does."""
    confirmed: Fraction | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    reviewed_at: datetime | None = None
    """Of the last confirmation or refusal."""
    stopped_at: datetime | None = None
    signed_at: datetime | None = None
    contraindicated: bool = False
    """Answers that were sent since the last signature speak against it; other answers do not take that back."""


@dataclass(frozen=True, slots=True)
class State:
    """Every mapping is read-only. A State is never made otherwise than by `apply`, from `NEW`."""

    count: int = 0
    """Events so far: the number of the last one, and what optimistic concurrency compares."""
    digest: str = ""
    phase: Phase = "registered"
    patient: str = ""
    born: date | None = None
    accepted: bool = False
    therapist: str = ""
    registered_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    last_seen: datetime | None = None
    """When the patient last did something."""
    modules: Mapping[str, ModuleState] = field(default_factory=lambda: NOTHING, hash=False)
    drafts: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=lambda: NOTHING, hash=False)
    """Form, copy, field: what was typed since that copy was last submitted. None: taken back."""
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=lambda: NOTHING, hash=False)
    """Form to its finished copies, in order of their dates and then of their first submission."""
    measured: frozenset[tuple[str, str]] = frozenset()
    """(questionnaire, occasion)."""
    missed: frozenset[tuple[str, str]] = frozenset()
    decisions: Mapping[str, DecisionState] = field(default_factory=lambda: NOTHING, hash=False)
    flags: tuple[RaisedFlag, ...] = ()
    messages: tuple[Message, ...] = ()
    reminded: frozenset[str] = frozenset()
    moved_at: datetime | None = None
    """When the treatment last moved to another version of its program."""
    earlier: tuple[State, ...] = ()
    """As it stood under each version that it has left, oldest first: what was begun then can always be read."""
    again: Mapping[str, datetime] = field(default_factory=lambda: NOTHING, hash=False)
    """Forms that are to be filled in once more, and since when: what was sent before counts, but is not what is asked for."""
    paused: frozenset[str] = frozenset()
    """Modules and exercises that the region has stopped for now: nobody is reminded of them, and nothing of them is proposed or
    waited for. It is said by the one who works with the state and comes of no event."""

    def module(self, id: str) -> ModuleState:
        return self.modules.get(id, _NEW_MODULE)

    def decision(self, id: str) -> DecisionState:
        return self.decisions.get(id, _NEW_DECISION)

    def answers(self, form: str, copy: str) -> dict[str, Any]:
        """What stands in a copy: as it was last submitted, and over that what was typed since."""
        finished = next((one.answers for one in self.copies.get(form, ()) if one.id == copy), NOTHING)
        typed = self.drafts.get(form, NOTHING).get(copy, NOTHING)
        return {id: answer for id, answer in {**finished, **typed}.items() if answer is not None}

    def done(self, form: str) -> tuple[Copy, ...]:
        """The finished copies that count when it is asked whether a form has been filled in."""
        copies, since = self.copies.get(form, ()), self.again.get(form)
        return copies if since is None else tuple(copy for copy in copies if copy.submitted_at >= since)

    def flag(self, number: int) -> RaisedFlag | None:
        return next((flag for flag in self.flags if flag.number == number), None)


NEW = State()
_NEW_MODULE = ModuleState()
_NEW_DECISION = DecisionState()


def fold(events: Iterable[Event], programs: Mapping[str, Program], state: State = NEW) -> State:
    """The state after these events."""
    for event in events:
        state = apply(state, event, programs)
    return state


def apply(state: State, event: Event, programs: Mapping[str, Program]) -> State:
    """The state after one more event. Raises ImpossibleEvent for one that cannot follow."""
    program = programs.get(event.digest)
    if program is None:
        raise ImpossibleEvent(f"no program has the digest {event.digest!r}")
    _require(
        bool(state.count) != isinstance(event.what, happened.Registered), event, "a treatment is registered once, first"
    )
    _require(not state.count or event.digest == state.digest, event, "the treatment is pinned to another bundle")
    before = state
    state = replace(
        state,
        count=state.count + 1,
        last_seen=event.at if event.role == "patient" else state.last_seen,
    )
    if isinstance(event.what, happened.MovedToVersion):
        target = programs.get(event.what.to)
        if target is None:
            raise ImpossibleEvent(f"no program has the digest {event.what.to!r}")
        _require(target.id == program.id, event, "that is another program")
        return replace(after_move(state, event.at, program, target, event.what.to), earlier=(*before.earlier, before))
    return _after(state, event, program)


def _after(state: State, event: Event, program: Program) -> State:
    what, at = event.what, event.at
    match what:
        case happened.Registered():
            return replace(
                state, digest=event.digest, patient=what.patient, born=what.born, registered_at=at, phase="registered"
            )
        case happened.Assessed():
            _require(state.phase in ("registered", "assessment"), event, "it is not waiting for an assessment")
            return replace(state, phase="assessment")
        case happened.Decided():
            _require(state.phase == "assessment", event, "an assessment comes first")
            return replace(state, phase="decision", accepted=what.accepted)
        case happened.Started():
            _require(state.phase == "decision" and state.accepted, event, "nobody has decided to offer it")
            return replace(state, phase="under-way", started_at=at, therapist=what.therapist)
        case happened.Opened() | happened.OpenedByTherapist() | happened.Held() | happened.Hidden():
            return _after_door(state, event, program)
        case happened.ModuleChosen():
            _require(what.module in program.module, event, "there is no such module")
            return _with_module(state, what.module, replace(state.module(what.module), chosen=what.chosen))
        case happened.ModuleSubmitted():
            _require(state.module(what.module).opened_on is not None, event, "the module has not opened")
            return _with_module(
                state, what.module, replace(state.module(what.module), submitted_at=at, feedback_at=None)
            )
        case happened.FeedbackGiven():
            _require(what.module in program.module, event, "there is no such module")
            message = Message(at, "therapist", event.actor, what.text, what.module)
            state = _with_module(state, what.module, replace(state.module(what.module), feedback_at=at))
            return replace(state, messages=(*state.messages, message))
        case happened.MessageSent():
            author: Literal["patient", "therapist"] = "patient" if event.role == "patient" else "therapist"
            return replace(state, messages=(*state.messages, Message(at, author, event.actor, what.text)))
        case happened.Answered():
            _require(form_of(program, what.form) is not None, event, "there is no such form")
            copies = state.drafts.get(what.form, NOTHING)
            typed = MappingProxyType({**copies.get(what.copy, NOTHING), what.field: what.value})
            return _with_drafts(state, what.form, {**copies, what.copy: typed})
        case happened.Submitted():
            return _after_submission(state, event, what, program)
        case happened.Missed():
            return replace(state, missed=state.missed | {(what.questionnaire, what.occasion)})
        case happened.Reminded():
            return replace(state, reminded=state.reminded | {what.occasion})
        case happened.Reassigned():
            return replace(state, therapist=what.therapist)
        case happened.Ended():
            _require(state.phase == "under-way", event, "it is not under way")
            return replace(state, phase="ended", ended_at=at)
        case happened.FlagRaised():
            return replace(state, flags=(*state.flags, _raised(state.count, at, what)))
        case (
            happened.FlagDowngraded() | happened.FlagNotified() | happened.FlagEscalated() | happened.FlagAcknowledged()
        ):
            return _after_flag(state, event, what)
        case (
            happened.DecisionProposed()
            | happened.DecisionConfirmed()
            | happened.DecisionDeclined()
            | happened.DecisionExpired()
            | happened.DecisionStopped()
            | happened.ContraindicationSigned()
        ):
            return _after_decision(state, event, what, program)
    raise ImpossibleEvent(f"nothing is known of {type(what).__name__}")


def _after_door(state: State, event: Event, program: Program) -> State:
    what = event.what
    assert isinstance(what, happened.Opened | happened.OpenedByTherapist | happened.Held | happened.Hidden)
    _require(what.module in program.module, event, "there is no such module")
    _require(state.started_at is not None, event, "the treatment has not started")
    module = state.module(what.module)
    match what:
        case happened.Opened():
            _require(module.opened_on is None, event, "the module is open already")
            module = replace(module, opened_on=what.on)
        case happened.OpenedByTherapist():
            opened_on = module.opened_on or local_date(event.at)
            module = replace(module, opened_on=opened_on, opened_by_therapist=True, held=False, hidden=False)
        case happened.Held():
            module = replace(module, held=True)
        case happened.Hidden():
            module = replace(module, hidden=True)
    return _with_module(state, what.module, module)


def _after_submission(state: State, event: Event, what: happened.Submitted, program: Program) -> State:
    _require(form_of(program, what.form) is not None, event, "there is no such form")
    copy = Copy(what.copy, what.dated, event.at, what.answers, record_of(program, what, event.at), event.actor)
    earlier = state.copies.get(what.form, ())
    if any(one.id == copy.id for one in earlier):
        after = [copy if one.id == copy.id else one for one in earlier]
    else:
        after = [*earlier, copy]
    after.sort(key=lambda one: one.dated)
    drafts = {id: typed for id, typed in state.drafts.get(what.form, NOTHING).items() if id != what.copy}
    state = replace(
        _with_drafts(state, what.form, drafts),
        copies=MappingProxyType({**state.copies, what.form: tuple(after)}),
        measured=state.measured | {(what.form, occasion) for occasion in what.occasions},
    )
    return _with_contraindications(state, event, what.form, program)


def _with_contraindications(state: State, event: Event, form: str, program: Program) -> State:
    """A contraindication stands until a therapist has signed, also when the patient answers otherwise after it."""
    for exercise in program.exercises:
        decision = exercise.decision
        lock_if = decision.lock_if if decision is not None else None
        if decision is None or lock_if is None or not any(owner == form for owner, _ in lock_if.references):
            continue
        known, environment = state.decision(exercise.id), environment_of(state, program, event.at)
        if evaluate(lock_if, environment) is True and not lock_is_signed(decision, environment, known.signed_at):
            known = replace(known, contraindicated=True)
            state = replace(state, decisions=MappingProxyType({**state.decisions, exercise.id: known}))
    return state


def _raised(number: int, at: datetime, what: happened.FlagRaised) -> RaisedFlag:
    return RaisedFlag(
        number=number,
        id=what.flag,
        level=what.level,
        raised_at=at,
        form=what.form,
        about=what.about,
        values=what.values,
        message=what.message,
        to=what.to,
        patient_page=what.patient_page,
        escalate_at=what.escalate_at,
        copy=what.copy,
    )


def _after_flag(
    state: State,
    event: Event,
    what: happened.FlagDowngraded | happened.FlagNotified | happened.FlagEscalated | happened.FlagAcknowledged,
) -> State:
    flag = state.flag(what.flag)
    if flag is None:
        raise ImpossibleEvent(f"{event.kind}: no flag has the number {what.flag}")
    match what:
        case happened.FlagDowngraded():
            flag = replace(flag, level=what.level, downgraded_at=event.at, corrected=what.values)
        case happened.FlagNotified():
            flag = replace(flag, notified_at=event.at)
        case happened.FlagEscalated():
            flag = replace(flag, escalated_at=event.at)
        case happened.FlagAcknowledged():
            _require(flag.acknowledged_at is None, event, "the flag is acknowledged already")
            _require(
                bool(what.action.strip() and what.signature.strip()), event, "an action and a signature are needed"
            )
            flag = replace(flag, acknowledged_at=event.at, acknowledged_by=what.signature, action=what.action)
    flags = tuple(flag if one.number == flag.number else one for one in state.flags)
    return replace(state, flags=flags)


def _after_decision(
    state: State,
    event: Event,
    what: happened.DecisionProposed
    | happened.DecisionConfirmed
    | happened.DecisionDeclined
    | happened.DecisionExpired
    | happened.DecisionStopped
    | happened.ContraindicationSigned,
    program: Program,
) -> State:
    exercise = program.exercise.get(what.decision)
    _require(exercise is not None and exercise.decision is not None, event, "there is no such decision")
    decision, at = state.decision(what.decision), event.at
    match what:
        case happened.DecisionProposed():
            decision = replace(decision, proposal=Proposal(what.value, what.measure, what.entries, what.reason, at))
        case happened.DecisionConfirmed():
            _require(decision.proposal is not None, event, "nothing has been proposed")
            decision = replace(
                decision,
                proposal=None,
                confirmed=what.value,
                confirmed_at=at,
                confirmed_by=event.actor,
                reviewed_at=at,
            )
        case happened.DecisionDeclined():
            _require(decision.proposal is not None, event, "nothing has been proposed")
            decision = replace(decision, proposal=None, reviewed_at=at)
        case happened.DecisionExpired():
            _require(decision.proposal is not None, event, "nothing has been proposed")
            decision = replace(decision, proposal=None)
        case happened.DecisionStopped():
            decision = DecisionState(stopped_at=at)
        case happened.ContraindicationSigned():
            decision = replace(decision, signed_at=at, stopped_at=None, contraindicated=False)
    return replace(state, decisions=MappingProxyType({**state.decisions, what.decision: decision}))


def _with_module(state: State, id: str, module: ModuleState) -> State:
    return replace(state, modules=MappingProxyType({**state.modules, id: module}))


def _with_drafts(state: State, form: str, copies: Mapping[str, Mapping[str, Any]]) -> State:
    return replace(state, drafts=MappingProxyType({**state.drafts, form: MappingProxyType(dict(copies))}))


def _require(condition: bool, event: Event, why: str) -> None:
    if not condition:
        raise ImpossibleEvent(f"{event.kind}: {why}")
