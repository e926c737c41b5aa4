"""A filled copy of a form: what its answers mean, what is hidden, and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Text
from designtool.expressions import certainly_true, evaluate, possible_numbers
from designtool.expressions.expression import Environment, Expression, Record, Type, Value
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.flow import Flag
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.answers import (
    answer_type,
    typed_answer,
    typed_item_answer,
    value_from_json,
    value_json,
    without_empty_rows,
)
from designtool.treatment.days import clock_moved
from designtool.treatment.events import StoredScore, Submitted
from designtool.treatment.scoring import RaisedByAnswers, score, value_when_hidden

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """One copy as it stands, finished or not."""

    answers: Mapping[str, Any] = field(hash=False)
    """Canonical JSON, those that were given."""
    values: Mapping[str, Value] = field(hash=False)
    """Answers, scores and computed values, as expressions see them."""
    computed: Mapping[str, Any] = field(hash=False)
    """Computed values as JSON; of a table, a list with what was computed for each row."""
    scores: Mapping[str, StoredScore] = field(hash=False)
    statuses: Mapping[str, str] = field(hash=False)
    """Items that are declined, not asked or, in a finished copy, skipped."""
    hidden: frozenset[str]
    flags: tuple[RaisedByAnswers, ...]
    """What the answers raise as they stand."""
    around: Environment
    """What an expression of the form sees, this copy as its draft."""

    def record(self, dated: date, made_at: datetime | None) -> Record:
        statuses = {**{id: stored.status for id, stored in self.scores.items()}, **self.statuses}
        return Record(dated, made_at, self.values, MappingProxyType(statuses))


def form_of(program: Program, id: str) -> Questionnaire | Exercise | None:
    return program.questionnaire.get(id) or program.exercise.get(id)


def fill(
    form: Questionnaire | Exercise, answers: Mapping[str, Any], environment: Environment, finished: bool, dated: date
) -> Filled:
    """Work out a copy of a form. `answers` are canonical JSON; the environment knows nothing of this copy.

    A score of a copy that is not finished counts for expressions only when nothing is missing: what is prorated
    while somebody is still writing would be taken for the result.
    """
    if finished:
        answers = {id: without_empty_rows(answer) for id, answer in answers.items()}
    given = {id: answer for id, answer in answers.items() if answer is not None}
    if isinstance(form, Questionnaire):
        return _fill_questionnaire(form, given, environment, finished, dated)
    return _Exercise(form, given, environment, dated).filled()


def record_of(program: Program, stored: Submitted, made_at: datetime) -> Record:
    """The finished copy as expressions see it, from what was stored when it was submitted. Nothing is computed again."""
    form = form_of(program, stored.form)
    if form is None:
        raise KeyError(stored.form)
    if isinstance(form, Questionnaire):
        values: dict[str, Value] = {
            item.id: value_when_hidden(item, stored.statuses.get(item.id))
            if item.id in stored.hidden
            else typed_item_answer(stored.answers.get(item.id))
            for item in form.items
        }
        values |= {id: result.value for id, result in stored.scores.items()}
    else:
        values = {}
        for one in form.fields:
            answer = _as_hidden(one) if one.id in stored.hidden else stored.answers.get(one.id)
            values[one.id] = typed_answer(one, answer)
            if one.computed and one.id in stored.values and values[one.id] is not None:
                values[one.id] = _with_computed(one, values[one.id], stored.values[one.id])
        values |= {one.id: value_from_json(one.value.type, stored.values.get(one.id)) for one in form.computed}
    statuses = {**{id: result.status for id, result in stored.scores.items()}, **stored.statuses}
    return Record(stored.dated, made_at, MappingProxyType(values), MappingProxyType(statuses))


def in_order_of_need(computed: tuple[Computed, ...], form: str) -> tuple[Computed, ...]:
    """Each after those of the same form that it is worked out from; the compiler has proved that there is no circle."""
    known = {one.id: one for one in computed}
    ordered: dict[str, Computed] = {}

    def add(one: Computed, waiting: frozenset[str]) -> None:
        for owner, name in one.value.references:
            if owner == form and name in known and name not in ordered and name not in waiting:
                add(known[name], waiting | {name})
        ordered.setdefault(one.id, one)

    for one in computed:
        add(one, frozenset({one.id}))
    return tuple(ordered.values())


def _fill_questionnaire(
    form: Questionnaire, given: Mapping[str, Any], environment: Environment, finished: bool, dated: date
) -> Filled:
    around = replace(environment, own=form.id, draft=Record(dated, None, NOTHING))
    scored = score(form, given, around, submitted=finished)
    names = {item.id for item in form.items}
    results = {one.id: StoredScore(one.value, one.status) for one in scored.scores}
    return Filled(
        answers=MappingProxyType(dict(given)),
        values=scored.values,
        computed=NOTHING,
        scores=MappingProxyType(results),
        statuses=MappingProxyType({id: status for id, status in scored.statuses.items() if id in names}),
        hidden=scored.hidden,
        flags=scored.flags,
        around=replace(around, draft=Record(dated, None, scored.values, scored.statuses)),
    )


class _Exercise:
    """Works out a copy of an exercise: a field's condition may look at computed values, and these at fields."""

    def __init__(self, form: Exercise, given: Mapping[str, Any], environment: Environment, dated: date) -> None:
        self.form = form
        self.given = given
        self.fields = {one.id: one for one in form.fields}
        self.computed = {one.id: one for one in form.computed}
        self.values: dict[str, Value] = {}
        self.stored: dict[str, Any] = {}
        self.hidden: set[str] = set()
        self.begun: set[str] = set()
        draft = Record(dated, None, MappingProxyType(self.values))
        # Only an entry that is dated by its morning says which night its clock times belong to.
        dated_night = form.entry is not None and form.entry.per == "day"
        moved = clock_moved(dated) if dated_night else 0
        self.environment = replace(environment, own=form.id, draft=draft, clock_moved=moved)

    def filled(self) -> Filled:
        for name in [*self.fields, *self.computed]:
            self.work_out(name)
        domains = self.domains() if self.form.flags else {}
        return Filled(
            answers=MappingProxyType(dict(self.given)),
            values=MappingProxyType(self.values),
            computed=MappingProxyType(self.stored),
            scores=NOTHING,
            statuses=NOTHING,
            hidden=frozenset(self.hidden),
            flags=tuple(
                _raised(flag, self.form)
                for flag in self.form.flags
                if certainly_true(flag.when, self.environment, domains)
            ),
            around=self.environment,
        )

    def domains(self) -> dict[tuple[str, str], Type]:
        """What each missing answer could be, and what each value that waits for one could come to."""
        found = {
            (self.form.id, one.id): answer_type(one)
            for one in self.form.fields
            if self.values[one.id] is None and one.id not in self.hidden
        }
        for one in self.form.computed:
            possible = possible_numbers(one.value, self.environment, found) if self.values[one.id] is None else None
            if possible is not None:
                found[self.form.id, one.id] = possible
        return found

    def work_out(self, name: str) -> None:
        if name in self.begun:
            return
        self.begun.add(name)
        if name in self.fields:
            self.work_out_field(self.fields[name])
        elif name in self.computed:
            value = self.value_of(self.computed[name].value)
            self.values[name] = value
            self.stored[name] = value_json(value)

    def work_out_field(self, one: Field) -> None:
        if one.show_if is not None and self.value_of(one.show_if) is not True:
            self.hidden.add(one.id)
            self.values[one.id] = typed_answer(one, _as_hidden(one))
            return
        self.values[one.id] = typed_answer(one, self.given.get(one.id))
        rows = self.values[one.id]
        if one.computed and isinstance(rows, tuple):
            computed = tuple(MappingProxyType(dict(self.row_values(one, row))) for row in rows)
            self.stored[one.id] = computed
            self.values[one.id] = _with_computed(one, rows, computed)

    def row_values(self, table: Field, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        known: dict[str, Value] = dict(row)
        for one in in_order_of_need(table.computed, self.form.id):
            value = self.value_of(one.value, MappingProxyType(known))
            known[one.id] = value
            yield one.id, value_json(value)

    def value_of(self, expression: Expression, extra: Mapping[str, Value] | None = None) -> Value:
        for form, name in expression.references:
            if form == self.form.id:
                self.work_out(name)
        environment = self.environment if extra is None else replace(self.environment, extra=extra)
        return evaluate(expression, environment)


_LEVEL_WORDS = {
    "green": Text("Grön flagga", "Green flag"),
    "yellow": Text("Gul flagga", "Yellow flag"),
    "red": Text("Röd flagga", "Red flag"),
}


def _raised(flag: Flag, form: Exercise) -> RaisedByAnswers:
    labels = ", ".join(one.label for one in form.fields if one.id in flag.about)
    words = _LEVEL_WORDS[flag.level]
    message = Text(f"{words.sv}: {labels}".removesuffix(": "), f"{words.en}: {labels}".removesuffix(": "))
    if flag.message:
        message = Text(flag.message, flag.message)
    return RaisedByAnswers(
        flag.id, flag.level, message, flag.about, flag.to, flag.escalate_after_hours, flag.patient_page
    )


def _as_hidden(one: Field) -> Any:
    if isinstance(one.when_hidden, bool) and one.type != "yes-no":
        return None
    return one.when_hidden


def _with_computed(table: Field, rows: Any, computed: Any) -> Value:
    return tuple(
        MappingProxyType(
            {**row, **{one.id: value_from_json(one.value.type, values.get(one.id)) for one in table.computed}}
        )
        for row, values in zip(rows, computed, strict=True)
    )
