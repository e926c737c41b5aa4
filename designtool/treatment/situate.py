"""From the state to all that a page needs: what is open, due and known at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from designtool.expressions.expression import Environment
from designtool.model.exercise import Decision, Entry, Exercise
from designtool.model.program import Program
from designtool.treatment.clock import time_passed
from designtool.treatment.days import local, local_date, week_of
from designtool.treatment.decisions import Locked, Proposed, outcome
from designtool.treatment.environment import decision_values
from designtool.treatment.frame import Frame, environment_beside, frame_of
from designtool.treatment.json_values import plain_json
from designtool.treatment.records import NOTHING, fill, form_of
from designtool.treatment.reuse import standing
from designtool.treatment.rows import rows_in
from designtool.treatment.schedule import (
    Access,
    Plan,
    access,
    copy_of,
    decision_is_open,
    diary_dates,
    entries_within,
    follow_ups,
    is_passed_by,
)
from designtool.treatment.situation import (
    DecisionSituation,
    EarlierVersion,
    FollowUp,
    FormSituation,
    RaisedFlag,
    Situation,
)
from designtool.treatment.state import State


def situation(state: State, programs: Mapping[str, Program], now: datetime) -> Situation:
    """How the treatment stands at a moment. What time alone has brought since the last event is in it already."""
    program = programs[state.digest]
    _, frame = time_passed(frame_of(state, program, now), now)
    state, environment, at = frame.state, frame.environment, frame.plan
    started_on = local_date(state.started_at) if state.started_at else at.today
    day = (at.today - started_on).days
    forms = {id: _form_situation(frame, id, now) for id in (*program.questionnaire, *program.exercise)}
    return Situation(
        program=program,
        digest=state.digest,
        now=local(now),
        started_on=started_on,
        day=day,
        week=week_of(day),
        phase=_phase(state, program, at),
        modules=tuple(at.modules.values()),
        measurements=at.measurements,
        forms=MappingProxyType(forms),
        decisions=MappingProxyType(
            {
                exercise.id: _decision_situation(state, program, exercise, exercise.decision, at, environment)
                for exercise in program.exercises
                if exercise.decision is not None
            }
        ),
        flags=tuple(_in_local_time(flag) for flag in state.flags),
        messages=tuple(replace(message, at=local(message.at)) for message in state.messages),
        environment=environment,
        last_seen=_local(state.last_seen),
        patient=state.patient,
        therapist=state.therapist,
        earlier=earlier_versions(state, programs),
        chosen=MappingProxyType({id: module.chosen for id, module in state.modules.items() if module.chosen}),
    )


def earlier_versions(state: State, programs: Mapping[str, Program]) -> tuple[EarlierVersion, ...]:
    """Those that the treatment has been under before, oldest first."""
    left = (*(one.moved_at for one in state.earlier[1:]), state.moved_at)
    return tuple(
        EarlierVersion(number, programs[before.digest].version, local_date(left_at))
        for number, (before, left_at) in enumerate(zip(state.earlier, left, strict=False), start=1)
        if left_at is not None
    )


def _in_local_time(flag: RaisedFlag) -> RaisedFlag:
    """With the times that the clocks of the care unit showed."""
    return replace(
        flag,
        raised_at=local(flag.raised_at),
        escalate_at=_local(flag.escalate_at),
        downgraded_at=_local(flag.downgraded_at),
        acknowledged_at=_local(flag.acknowledged_at),
        notified_at=_local(flag.notified_at),
        escalated_at=_local(flag.escalated_at),
    )


def _local(at: datetime | None) -> datetime | None:
    return None if at is None else local(at)


def _phase(
    state: State, program: Program, at: Plan
) -> Literal["registered", "assessment", "decision", "under-way", "maintenance", "ended"]:
    if state.phase != "under-way":
        return state.phase
    left = [
        module.id
        for module in program.modules
        if not (module.optional or is_passed_by(state, program, module))
        and at.modules[module.id].status in ("locked", "open")
    ]
    return "under-way" if left else "maintenance"


def _form_situation(frame: Frame, id: str, now: datetime) -> FormSituation:
    state, program, environment, at = frame.state, frame.program, frame.environment, frame.plan
    form = form_of(program, id)
    assert form is not None
    way_in = access(state, program, id, at)
    records = environment.records.get(id, ())
    status: Literal["not-open", "open", "done"] = "not-open"
    if way_in.open and not (
        way_in.done and _is_finished(way_in, records, form.entry if isinstance(form, Exercise) else None)
    ):
        status = "open"
    elif way_in.done:
        status = "done"
    diary = isinstance(form, Exercise) and form.kind == "diary"
    drafts: dict[date, dict[str, Any]] = {}
    entries: dict[date, dict[str, Any]] = {}
    if isinstance(form, Exercise) and diary:
        for dated in way_in.dates:
            entry = copy_of(state, form, dated)
            drafts[dated] = _typed(state, id, entry)
            entries[dated] = _plain(state.answers(id, entry))
    draft_date = _draft_date(way_in, drafts, frozenset(record.dated for record in records))
    copy = way_in.copy
    if diary and draft_date is not None:
        assert isinstance(form, Exercise)
        copy = copy_of(state, form, draft_date)
    draft = _typed(state, id, copy) if copy else {}
    around = environment_beside(frame, id, copy, now)
    answers = state.answers(id, copy) if copy else {}
    begun = _prefilled(state, program, form, copy, environment) if isinstance(form, Exercise) and way_in.open else {}
    filled = fill(form, {**begun, **answers}, around, False, draft_date or at.today)
    required, done = _entries(state, program, form, at) if isinstance(form, Exercise) else (0, 0)
    return FormSituation(
        id=id,
        status=status,
        draft=MappingProxyType(draft),
        draft_date=draft_date,
        draft_values=filled.values,
        hidden=filled.hidden,
        records=records,
        summaries=environment.summaries.get(id, NOTHING),
        entries_required=required,
        entries_done=done,
        open_dates=way_in.dates,
        copy=copy,
        prefilled=MappingProxyType(begun),
        follow_ups=_follow_ups(state, form, at.today) if isinstance(form, Exercise) else (),
        filled_by=tuple(one.by for one in state.copies.get(id, ())),
        is_open=way_in.open,
        entry_drafts=MappingProxyType({dated: MappingProxyType(stands) for dated, stands in entries.items() if stands}),
    )


def _prefilled(state: State, program: Program, form: Exercise, copy: str, environment: Environment) -> dict[str, Any]:
    """Of a copy that was finished before, nothing: what is not in it was left out then."""
    if not any(one.prefill for one in form.fields) or any(one.id == copy for one in state.copies.get(form.id, ())):
        return {}
    typed = state.drafts.get(form.id, NOTHING).get(copy, NOTHING)
    stands = standing(form, typed, None, environment, program)
    return {id: answer for id, answer in stands.items() if id not in typed}


def _follow_ups(state: State, form: Exercise, today: date) -> tuple[FollowUp, ...]:
    found = []
    for copy in follow_ups(state, form, today):
        answers = state.answers(form.id, copy.id)
        days = [
            date.fromisoformat(row["day"])
            for one in form.fields
            if one.type == "plan-entry"
            for row in rows_in(answers.get(one.id))
            if "day" in row
        ]
        week = copy.dated + timedelta(days=7)
        asked_on = min(week, max(days) + timedelta(days=1)) if days else week
        found.append(FollowUp(copy.dated, MappingProxyType(_plain(answers)), today >= asked_on))
    return tuple(found)


def _is_finished(way_in: Access, records: tuple[Any, ...], entry: Entry | None) -> bool:
    """Done, though it can still be changed: a diary when each open date has its entry, a worksheet once it was sent."""
    if entry is not None and entry.per == "occurrence":
        return False
    if way_in.dates:
        written = {record.dated for record in records}
        return all(dated in written for dated in way_in.dates)
    return way_in.copy == "1" or not way_in.copy.isdigit()


def _typed(state: State, form: str, copy: str) -> dict[str, Any]:
    """What was typed since the copy was last finished. An answer that was taken back stands as None beside a finished one."""
    typed = state.drafts.get(form, NOTHING).get(copy, NOTHING)
    finished = any(one.id == copy for one in state.copies.get(form, ()))
    return _plain({id: answer for id, answer in typed.items() if finished or answer is not None})


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {id: plain_json(answer) for id, answer in answers.items()}


def _draft_date(way_in: Access, drafts: Mapping[date, Mapping[str, Any]], written: frozenset[date]) -> date | None:
    """The latest date that something has been typed for, else the latest without an entry, else the latest."""
    begun = [dated for dated in way_in.dates if drafts.get(dated)]
    empty = [dated for dated in way_in.dates if dated not in written]
    return next(iter([*begun, *empty, *way_in.dates]), None)


def _entries(state: State, program: Program, form: Exercise, at: Plan) -> tuple[int, int]:
    """Entries required, and those that are there of them: since the module that counts them opened."""
    if form.required is None:
        return 0, 0
    opened = [
        situation.opened_on
        for module in program.modules_with.get(form.id, ())
        if (situation := at.modules[module]).status == "open" and situation.opened_on
    ]
    begun = diary_dates(state, form, program)
    since = max(opened) if opened else (begun[0] if begun else at.today)
    if form.kind == "diary":
        return form.required.entries, entries_within(state.copies.get(form.id, ()), since, form.required.within_days)
    made = sum(copy.dated >= since for copy in state.copies.get(form.id, ()))
    return form.required.entries, made


def _decision_situation(
    state: State, program: Program, exercise: Exercise, decision: Decision, at: Plan, environment: Environment
) -> DecisionSituation:
    known = state.decision(exercise.id)
    said = outcome(decision, program, environment, known)
    proposal = known.proposal
    status: Literal["not-open", "waiting-for-data", "locked", "proposed", "confirmed", "stopped", "overdue"]
    reason = said.reason
    if known.stopped_at is not None:
        status = "stopped"
    elif not decision_is_open(program, exercise.id, at):
        status = "not-open"
    elif isinstance(said, Locked):
        status = "locked"
    elif proposal is not None:
        late = at.today > local_date(proposal.at) + timedelta(days=decision.overdue_days)
        late = late and exercise.id not in state.paused
        status, reason = "overdue" if late else "proposed", proposal.reason
    elif known.confirmed is not None:
        status = "confirmed"
    else:
        status = "waiting-for-data"
    proposed = None if proposal is None or status in ("stopped", "locked") else proposal.value
    return DecisionSituation(
        id=exercise.id,
        status=status,
        measure=proposal.measure if proposal else said.measure,
        entries=proposal.entries if proposal else said.entries,
        proposed=proposed,
        proposed_on=local_date(proposal.at) if proposal and proposed is not None else None,
        reason=None if isinstance(said, Proposed) and proposal is None else reason,
        confirmed=known.confirmed,
        confirmed_on=local_date(known.confirmed_at) if known.confirmed_at else None,
        confirmed_by=known.confirmed_by,
        values=decision_values(program, exercise.id, known.confirmed, environment),
        proposed_values=decision_values(program, exercise.id, proposed, environment),
    )
