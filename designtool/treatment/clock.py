"""What time alone brings: doors that open, measurements that were missed, proposals, reminders and escalations.

`clock_events` can be asked as often as wanted: what it has brought once, and what is in the state, it never brings again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta

from designtool.diagnostics import Text
from designtool.expressions.expression import Environment
from designtool.model.exercise import Decision
from designtool.model.flow import Level
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment import events as happened
from designtool.treatment.days import local, local_date
from designtool.treatment.decisions import Locked, Proposed, outcome
from designtool.treatment.environment import environment_of
from designtool.treatment.events import Event, Happening
from designtool.treatment.frame import Frame, frame_of
from designtool.treatment.records import form_of
from designtool.treatment.schedule import Plan, access, decision_is_open, diary_dates
from designtool.treatment.situation import ModuleSituation
from designtool.treatment.state import DecisionState, Proposal, State, fold
from designtool.treatment.words import day_words

MEASUREMENT_MISSED = "measurement-missed"
DECISION_OVERDUE = "decision-overdue"
NOTIFY_AGAIN_AFTER = timedelta(hours=4)
"""So often the duty function is told of a red flag that nobody has acknowledged."""
_MORNING = time(7)
_MOST_ROUNDS = 100
"""What one event makes possible the next round brings; a real treatment needs three or four."""


def clock_events(state: State, programs: Mapping[str, Program], now: datetime) -> tuple[Event, ...]:
    """What has come of time alone until now, oldest first; empty when nothing has."""
    brought, _ = time_passed(frame_of(state, programs[state.digest], now), now)
    return brought


def time_passed(frame: Frame, now: datetime) -> tuple[tuple[Event, ...], Frame]:
    """What has come of time alone until now, and the frame after it. `frame`: of that day."""
    brought: list[Event] = []
    for _ in range(_MOST_ROUNDS):
        state, program = frame.state, frame.program
        new: list[Event] = []
        for step in _STEPS:
            happenings = step(state, program, now, frame.plan, frame.environment)
            new = [Event(now, "clock", "system", state.digest, what) for what in happenings]
            if new:
                break
        if not new:
            break
        frame = frame_of(fold(new, {state.digest: program}, state), program, now, frame)
        brought += new
    return tuple(brought), frame


def _doors(state: State, program: Program, now: datetime, at: Plan, environment: Environment) -> Iterator[Happening]:
    for module in at.modules.values():
        if module.status == "locked" and not module.waits_for and module.opened_on is None:
            yield happened.Opened(module.id, at.today)


def _missed_measurements(
    state: State, program: Program, now: datetime, at: Plan, environment: Environment
) -> Iterator[Happening]:
    for one in at.measurements:
        if one.status != "missed" or (one.questionnaire, one.occasion) in state.missed:
            continue
        yield happened.Missed(one.questionnaire, one.occasion)
        questionnaire = form_of(program, one.questionnaire)
        assert isinstance(questionnaire, Questionnaire)
        # A measurement that asks about a risk leaves the therapist without an answer that somebody wanted.
        level: Level = "yellow" if any(item.risk for item in questionnaire.items) else "green"
        due = day_words(one.due_on)
        yield _own_flag(
            MEASUREMENT_MISSED,
            level,
            one.questionnaire,
            one.occasion,
            Text(
                f"Mätningen {questionnaire.title} som skulle göras {due.sv} blev inte gjord.",
                f"The measurement {questionnaire.title} that was due on {due.en} was not made.",
            ),
        )


def _proposals(
    state: State, program: Program, now: datetime, at: Plan, environment: Environment
) -> Iterator[Happening]:
    if state.phase != "under-way":
        return
    for exercise in program.exercises:
        decision, known = exercise.decision, state.decision(exercise.id)
        if decision is None or known.stopped_at is not None or not decision_is_open(program, exercise.id, at):
            continue
        if exercise.id in state.paused:
            # When it goes on, what was proposed before is held against the days that have come since.
            continue
        every = timedelta(days=max(decision.every_days, 1))
        said = outcome(decision, program, environment, known)
        if known.proposal is not None:
            proposed_on = local_date(known.proposal.at)
            if (
                isinstance(said, Locked)
                or at.today >= proposed_on + every
                or _is_outdated(known.proposal, decision, known, state, program)
            ):
                yield happened.DecisionExpired(exercise.id)
            elif at.today > proposed_on + timedelta(days=decision.overdue_days):
                copy = known.proposal.at.isoformat()
                if not any(
                    flag.id == DECISION_OVERDUE and flag.form == exercise.id and flag.copy == copy
                    for flag in state.flags
                ):
                    yield _own_flag(
                        DECISION_OVERDUE,
                        "yellow",
                        exercise.id,
                        copy,
                        Text(
                            f"Förslaget för ”{exercise.title}” väntar på att du bekräftar eller säger nej. Det som gäller nu ändras inte.",
                            f"The proposal for “{exercise.title}” waits for you to confirm or decline. What holds now does not change.",
                        ),
                    )
            continue
        reviewed = known.reviewed_at
        if reviewed is not None and at.today < local_date(reviewed) + every:
            continue
        if isinstance(said, Proposed):
            yield happened.DecisionProposed(exercise.id, said.value, said.measure, said.entries, said.reason)


def _is_outdated(proposal: Proposal, decision: Decision, known: DecisionState, state: State, program: Program) -> bool:
    """Whether answers from the days that it builds on have been corrected or added, so that it would be another one."""
    again = outcome(decision, program, environment_of(state, program, proposal.at), known)
    return not isinstance(again, Proposed) or again.value != proposal.value


def _notifications(
    state: State, program: Program, now: datetime, at: Plan, environment: Environment
) -> Iterator[Happening]:
    for flag in state.flags:
        if flag.acknowledged_at is not None:
            continue
        if flag.escalate_at is not None and now >= flag.escalate_at and flag.escalated_at is None:
            yield happened.FlagEscalated(flag.number)
            yield happened.FlagNotified(flag.number, "second")
        elif flag.level == "red" and (flag.notified_at is None or now >= flag.notified_at + NOTIFY_AGAIN_AFTER):
            yield happened.FlagNotified(flag.number, "second" if flag.escalated_at else "duty")


def _reminders(
    state: State, program: Program, now: datetime, at: Plan, environment: Environment
) -> Iterator[Happening]:
    if state.phase != "under-way" or state.started_at is None or local(now).time() < _MORNING:
        return
    for number, reminder in enumerate(program.reminders, start=1):
        wait = timedelta(days=reminder.after_days)
        occasions: list[str] = []
        match reminder.when:
            case "not-signed-in":
                seen_on = local_date(state.last_seen or state.started_at)
                if at.today >= seen_on + wait:
                    occasions.append(seen_on.isoformat())
            case "module-due":
                occasions += [
                    module.id
                    for module in at.modules.values()
                    if module.status == "open" and module.opened_on and at.today >= module.opened_on + wait
                    if not _is_paused(module, state.paused)
                ]
            case "measurement-due":
                occasions += [
                    f"{one.questionnaire}-{one.occasion}"
                    for one in at.measurements
                    if one.status == "due" and at.today >= one.due_on + wait
                ]
            case "diary-morning":
                occasions += [f"{diary}-{at.today}" for diary in _unwritten_diaries(state, program, at, wait)]
        for occasion in occasions:
            name = f"{number}-{occasion}"
            if name not in state.reminded:
                yield happened.Reminded(name, reminder.text)


def _is_paused(module: ModuleSituation, paused: frozenset[str]) -> bool:
    """Whether there is nothing to do in it for now: it is paused, or all that is left to do in it is."""
    return module.id in paused or (bool(module.to_do) and paused.issuperset(module.to_do))


def _unwritten_diaries(state: State, program: Program, at: Plan, wait: timedelta) -> Iterator[str]:
    """Diaries that can be written in today and have had no entry for so many days."""
    for exercise in program.exercises:
        if exercise.kind != "diary" or exercise.filled_by != "patient" or exercise.id in state.paused:
            continue
        dates = access(state, program, exercise.id, at).dates
        begun = diary_dates(state, exercise, program)
        if at.today not in dates or begun is None:
            continue
        written = [copy.dated for copy in state.copies.get(exercise.id, ())]
        if at.today not in written and at.today >= max([begun[0], *written]) + wait:
            yield exercise.id


def _own_flag(id: str, level: Level, form: str, copy: str, message: Text) -> happened.FlagRaised:
    return happened.FlagRaised(id, level, form, copy, (), {}, message, "therapist", "", None)


_Step = Callable[[State, Program, datetime, Plan, Environment], Iterator[Happening]]
_STEPS: tuple[_Step, ...] = (_doors, _missed_measurements, _proposals, _notifications, _reminders)
