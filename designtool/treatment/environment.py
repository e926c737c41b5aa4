"""What expressions may look at in a treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment, Expression, Value
from designtool.model.program import Program
from designtool.treatment.days import local_date

if TYPE_CHECKING:
    from designtool.treatment.state import State


def environment_of(
    state: State, program: Program, now: datetime, without: tuple[str, str] | None = None
) -> Environment:
    """Finished copies, what is summed up over them, and confirmed decisions, as they stand.

    `without` is the (form, copy) that is being filled in again: its earlier version is not a copy beside it.
    """
    today = local_date(now)
    environment = Environment(
        today=today,
        start=local_date(state.started_at) if state.started_at else today,
        records=MappingProxyType(
            {
                form: tuple(copy.record for copy in copies if (form, copy.id) != without)
                for form, copies in state.copies.items()
            }
        ),
    )
    return _Summaries(state, program, environment).environment()


def decision_values(program: Program, decision: str, value: Value, environment: Environment) -> Mapping[str, Value]:
    """What follows from a value of a decision, confirmed or only proposed."""
    exercise = program.exercise[decision]
    if exercise.decision is None or value is None:
        return MappingProxyType({})
    summaries = {**environment.summaries, decision: MappingProxyType({"value": value})}
    within = replace(
        environment, own=decision, summaries=MappingProxyType(summaries), extra=MappingProxyType({"current": value})
    )
    return MappingProxyType({one.id: evaluate(one.value, within) for one in exercise.decision.computed})


@dataclass(frozen=True, slots=True)
class _Sum:
    expression: Expression
    extra: Mapping[str, Value]


class _Summaries:
    """Works out every summary after those that it looks at itself."""

    def __init__(self, state: State, program: Program, environment: Environment) -> None:
        self.values: dict[str, dict[str, Value]] = {}
        self.sums: dict[tuple[str, str], _Sum] = {}
        self.begun: set[tuple[str, str]] = set()
        for exercise in program.exercises:
            if exercise.decision is not None:
                confirmed = state.decision(exercise.id).confirmed
                self.values[exercise.id] = {"value": confirmed}
                if confirmed is not None:
                    extra = MappingProxyType({"current": confirmed})
                    for one in exercise.decision.computed:
                        self.sums[exercise.id, one.id] = _Sum(one.value, extra)
            elif exercise.summary:
                self.values[exercise.id] = {}
                for one in exercise.summary:
                    self.sums[exercise.id, one.id] = _Sum(one.value, MappingProxyType({}))
        self.base = replace(environment, summaries=MappingProxyType(self.values))

    def environment(self) -> Environment:
        for form, name in self.sums:
            self.work_out(form, name)
        frozen = {form: MappingProxyType(values) for form, values in self.values.items()}
        return replace(self.base, summaries=MappingProxyType(frozen))

    def work_out(self, form: str, name: str) -> None:
        one = self.sums.get((form, name))
        if one is None or (form, name) in self.begun:
            return
        self.begun.add((form, name))
        for owner, needed in one.expression.references:
            self.work_out(owner, needed)
        self.values[form][name] = evaluate(one.expression, replace(self.base, own=form, extra=one.extra))
