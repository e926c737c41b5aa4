"""The frame in which every act is tried: what expressions may look at, and what is open and due."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime

from designtool.expressions.expression import Environment
from designtool.model.program import Program
from designtool.treatment.days import local_date
from designtool.treatment.environment import environment_of
from designtool.treatment.schedule import Plan, plan
from designtool.treatment.state import State


@dataclass(frozen=True, slots=True)
class Frame:
    """Of one state on one day. Made by `frame_of` alone."""

    state: State
    program: Program
    environment: Environment
    plan: Plan


def frame_of(state: State, program: Program, now: datetime, known: Frame | None = None) -> Frame:
    """`known`: a frame of an earlier state. It is taken over where nothing has changed that a frame looks at, as when an
    answer is only typed: working a frame out takes longer than anything else about an answer."""
    if known is not None and known.program is program and known.plan.today == local_date(now):
        before = known.state
        if all(getattr(before, name) is getattr(state, name) for name in _LOOKED_AT):
            return known if before is state else replace(known, state=state)
    environment = environment_of(state, program, now)
    return Frame(state, program, environment, plan(state, program, now, environment))


def environment_beside(frame: Frame, form: str, copy: str, now: datetime) -> Environment:
    """What a copy of a form sees while it is filled in: finished copies beside it, and not an earlier version of itself."""
    if any(one.id == copy for one in frame.state.copies.get(form, ())):
        return environment_of(frame.state, frame.program, now, without=(form, copy))
    return frame.environment


PASSED_OVER = frozenset({"count", "last_seen", "drafts", "flags", "messages", "reminded"})
"""What neither the environment nor the plan looks at. All else that a state holds makes a new frame when it changes."""
_LOOKED_AT = tuple(part.name for part in fields(State) if part.name not in PASSED_OVER)
