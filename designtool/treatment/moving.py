"""A treatment goes on under another version of its program.

What was begun keeps its answers, under the ids of the new version, and its scores as they were computed then. What the new
version has no place for is not carried over; it is still there in the state as it was, which is kept and can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from designtool.expressions.expression import Record
from designtool.model.exercise import Exercise, Field
from designtool.model.migration import Migration, way_between
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.answers import answer_type
from designtool.treatment.records import NOTHING, form_of

if TYPE_CHECKING:
    from designtool.treatment.situation import RaisedFlag
    from designtool.treatment.state import Copy, ModuleState, State

_BEFORE_MODULE = "before-"


def way_to(old: Program, new: Program) -> Migration:
    """What leads a patient from one version of a program to a later one."""
    return way_between(new.migrations, old.version, new.version)


def after_move(state: State, at: datetime, old: Program, new: Program, to: str) -> State:
    """The state under the new version, whose bundle has the digest `to`."""
    way = way_to(old, new)
    forms = {id: _FormWay.between(old, new, way, id) for id in {*state.copies, *state.drafts}}
    modules = {way.module(id): _module(way, way.module(id), module) for id, module in state.modules.items()}
    modules = {
        id: replace(module, chosen=way.module(module.chosen)) if module.chosen else module
        for id, module in modules.items()
    }
    again = {way.form(form): since for form, since in state.again.items()}
    again |= {form: at for form, begun in way.begun_forms.items() if begun == "see-again"}
    return replace(
        state,
        digest=to,
        moved_at=at,
        again=MappingProxyType(again),
        modules=MappingProxyType(modules),
        copies=MappingProxyType({way.form(id): forms[id].copies(copies) for id, copies in state.copies.items()}),
        drafts=MappingProxyType({way.form(id): forms[id].drafts(drafts) for id, drafts in state.drafts.items()}),
        reminded=_reminded(state, old, new, way),
        measured=frozenset((way.form(id), occasion_under(way, occasion)) for id, occasion in state.measured),
        missed=frozenset((way.form(id), occasion_under(way, occasion)) for id, occasion in state.missed),
        decisions=MappingProxyType({way.form(id): decision for id, decision in state.decisions.items()}),
        flags=tuple(
            replace(
                flag,
                id=_flag_id(flag, old, new, way),
                form=way.form(flag.form),
                about=tuple(way.field_of(flag.form, name) for name in flag.about),
                copy=occasion_under(way, way.module(flag.copy)),
            )
            for flag in state.flags
        ),
    )


def answers_under(new: Program, old: Program, form: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers to a form of the earlier version, under the names of the later one, as far as that has a place for them."""
    known = _FormWay.between(old, new, way_to(old, new), form)
    return NOTHING if known.new is None else known.answers(answers)


def _flag_id(flag: RaisedFlag, old: Program, new: Program, way: Migration) -> str:
    """By which rule of the new version it would be raised: the one for the same answers, else the one in the same place."""
    number = flag.id.removeprefix(f"{flag.form}-")
    before, after = form_of(old, flag.form), form_of(new, way.form(flag.form))
    if number == flag.id or before is None or after is None:
        return flag.id
    rule = next((one for one in before.flags if one.id == flag.id), None)
    about = tuple(way.field_of(flag.form, name) for name in flag.about)
    if rule is not None:
        like = [one for one in after.flags if one.about == about and one.level == rule.level]
        same = [one for one in like if one.when == rule.when] or like
        if len(same) == 1:
            return same[0].id
    return f"{after.id}-{number}"


def _reminded(state: State, old: Program, new: Program, way: Migration) -> frozenset[str]:
    """What the patient has been reminded of, as the new version names it: by the reminder of the same sort in its place."""
    sorts = {str(number): sort for number, sort in enumerate(_sorts(old), start=1)}
    numbers = {sort: number for number, sort in enumerate(_sorts(new), start=1)}
    found: set[str] = set()
    for name in state.reminded:
        number, _, occasion = name.partition("-")
        sort = sorts.get(number)
        if sort in numbers:
            found.add(f"{numbers[sort]}-{_reminded_of(sort[0], occasion, way)}")
    return frozenset(found)


def _reminded_of(when: str, occasion: str, way: Migration) -> str:
    if when == "not-signed-in":
        return occasion
    if when == "module-due":
        return way.module(occasion)
    # A form, and after it the occasion of a measurement or the date of a diary.
    form, _, rest = occasion.partition("-")
    return f"{way.form(form)}-{occasion_under(way, rest)}"


def _sorts(program: Program) -> list[tuple[str, int]]:
    """Of each reminder what it is about, and which of those it is: a program may remind twice of one thing."""
    seen: dict[str, int] = {}
    found: list[tuple[str, int]] = []
    for reminder in program.reminders:
        seen[reminder.when] = seen.get(reminder.when, 0) + 1
        found.append((reminder.when, seen[reminder.when]))
    return found


def _module(way: Migration, id: str, module: ModuleState) -> ModuleState:
    module = replace(module, chosen=way.module(module.chosen))
    if way.begun_modules.get(id) == "see-again":
        return replace(module, submitted_at=None, feedback_at=None)
    return module


def occasion_under(way: Migration, occasion: str) -> str:
    """The name that an occasion of a measurement has in the later version."""
    if not occasion.startswith(_BEFORE_MODULE):
        return occasion
    return _BEFORE_MODULE + way.module(occasion.removeprefix(_BEFORE_MODULE))


@dataclass(frozen=True, slots=True)
class _FormWay:
    """How the copies of one form come under the new version."""

    way: Migration
    form: str
    """Id in the old version."""
    kept: Mapping[str, str]
    """Old to new name, of all that means the same in both."""
    new: Questionnaire | Exercise | None
    cells: Mapping[str, _Cells] = field(default_factory=lambda: NOTHING)
    """Of each table that is kept, by its old name: what becomes of its columns."""

    @classmethod
    def between(cls, old: Program, new: Program, way: Migration, id: str) -> _FormWay:
        before, after = form_of(old, id), form_of(new, way.form(id))
        if before is None or after is None:
            # The new version knows nothing of it: nobody can read it wrong, so it stands as it was.
            return cls(way, id, NOTHING, None)
        there = dict(_meanings(after))
        kept = {
            name: later for name, meaning in _meanings(before) if there.get(later := way.field_of(id, name)) == meaning
        }
        cells: dict[str, _Cells] = {}
        if isinstance(before, Exercise) and isinstance(after, Exercise):
            later_fields = {field.id: field for field in after.fields}
            cells = {
                field.id: _Cells.between(field, later_fields[kept[field.id]])
                for field in before.fields
                if field.columns and field.id in kept
            }
        return cls(way, id, MappingProxyType(kept), after, MappingProxyType(cells))

    def copies(self, copies: tuple[Copy, ...]) -> tuple[Copy, ...]:
        return tuple(self._copy(copy) for copy in copies)

    def drafts(self, drafts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        return MappingProxyType({self._copy_id(id): self.answers(typed) for id, typed in drafts.items()})

    def _copy(self, copy: Copy) -> Copy:
        if self.new is None:
            return copy
        record, answers = copy.record, self.answers(copy.answers)
        carried = {name: later for name, later in self.kept.items() if name not in copy.answers or later in answers}
        values = {carried[name]: self._value(name, value) for name, value in record.values.items() if name in carried}
        statuses = {carried[name]: status for name, status in record.statuses.items() if name in carried}
        return replace(
            copy,
            id=self._copy_id(copy.id),
            answers=answers,
            record=Record(record.dated, record.made_at, MappingProxyType(values), MappingProxyType(statuses)),
        )

    def answers(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.new is None:
            return answers
        return MappingProxyType(
            {
                self.kept[name]: self._rows(name, answer)
                for name, answer in answers.items()
                if name in self.kept and self._fits(self.kept[name], answer)
            }
        )

    def _rows(self, name: str, answer: Any) -> Any:
        cells = self.cells.get(name)
        return answer if cells is None or not isinstance(answer, tuple) else cells.rows(answer)

    def _value(self, name: str, value: Any) -> Any:
        """As expressions see it: a row says of each column what stands there, if only nothing."""
        cells = self.cells.get(name)
        if cells is None or not cells.new or not isinstance(value, tuple):
            return self._rows(name, value)
        return tuple(MappingProxyType({**dict.fromkeys(cells.new), **row}) for row in cells.rows(value))

    def _copy_id(self, id: str) -> str:
        """Of an exercise that is filled in once a module, a copy bears the id of its module."""
        return self.way.module(id) if isinstance(self.new, Exercise) and self.new.fill == "each-module" else id

    def _fits(self, name: str, answer: Any) -> bool:
        """Whether an answer is still one of those that can be chosen, where they are listed."""
        if not isinstance(self.new, Exercise):
            return True
        options = next((one.options for one in self.new.fields if one.id == name), ())
        known = {str(option.value) for option in options}
        chosen = answer if isinstance(answer, tuple | list) else (answer,)
        return not known or answer is None or all(str(one) in known for one in chosen)


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the rows of one table come under the new version: cell by cell, so that a new column takes nothing with it."""

    gone: frozenset[str]
    """Columns whose cells the new version has no place for."""
    new: tuple[str, ...]

    @classmethod
    def between(cls, before: Field, after: Field) -> _Cells:
        there = {column.id: _meaning(column) for column in after.columns}
        gone = frozenset(column.id for column in before.columns if there.get(column.id) != _meaning(column))
        known = {column.id for column in before.columns} - gone
        return cls(gone, tuple(id for id in there if id not in known))

    def rows(self, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.gone:
            return rows
        return tuple(MappingProxyType({id: cell for id, cell in row.items() if id not in self.gone}) for row in rows)


def _meanings(form: Questionnaire | Exercise) -> Iterator[tuple[str, object]]:
    """Name and what a value of it is; two that are equal can stand for each other."""
    if isinstance(form, Questionnaire):
        yield from ((item.id, "item") for item in form.items)
        yield from ((score.id, "score") for score in form.scores)
        return
    yield from ((field.id, _meaning(field)) for field in form.fields)
    yield from ((one.id, (one.value.type, one.unit)) for one in form.computed)


def _meaning(field: Field) -> object:
    """Of a table without its columns: what becomes of those is seen cell by cell."""
    type = answer_type(field)
    return (field.type, type.kind, type.unit, field.unit)
