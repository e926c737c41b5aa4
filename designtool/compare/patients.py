"""Imagined patients: the same answers given to both versions of a program, so that what comes of them can be compared.

Their answers are made without chance, so that a comparison always comes to the same. Each version works out the answers by
its own rules (`treatment.records.fill`), and keeps those alone that it can have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import islice
from types import MappingProxyType
from typing import Any

from designtool.expressions.evaluate import Reference, branches, evaluate
from designtool.expressions.expression import Environment, Record, Value
from designtool.model.exercise import Exercise, Field
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.answers import read_answer
from designtool.treatment.records import fill, form_of, in_order_of_need
from designtool.treatment.scoring import DECLINED

MOST_PATIENTS = 1_000
"""So many are imagined for one comparison."""
_COPIES = 48
"""So many ways of filling in each form are worked out."""
_TODAY = date(2026, 3, 2)
_TIMES = ("22:30", "23:00", "06:15", "07:00", "00:30", "02:00")
_DIARY_DAYS = 10
_COURSES = (28, 3, 60)
"""Days since the treatment began."""

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Patient:
    filled: Mapping[str, tuple[tuple[int, int], ...]] = field(hash=False)
    """Form to (days ago, number of the copy), oldest first."""
    course: int
    """Days since the treatment began."""


class Patients:
    """The imagined patients of two programs, as far as some forms of theirs tell them apart."""

    def __init__(self, old: Program, new: Program, written: Mapping[Reference, frozenset[Fraction]]) -> None:
        """`written` are numbers that answers are held against somewhere."""
        self.programs = (old, new)
        self.written = written
        self.seen: dict[tuple[str, ...], list[tuple[Patient, Environment, Environment]]] = {}
        self.copies: dict[str, tuple[Answers, ...]] = {}
        self.records: dict[tuple[int, str], tuple[Record, ...]] = {}

    def seen_by(self, forms: tuple[str, ...]) -> Iterator[tuple[Patient, Environment, Environment]]:
        """The patients as the old and the new version see them."""
        if forms not in self.seen:
            self.seen[forms] = []
        seen = self.seen[forms]
        yield from seen
        for patient in islice(self.of(forms), len(seen), None):
            both = (patient, self.environment(0, patient), self.environment(1, patient))
            seen.append(both)
            yield both

    def of(self, forms: Sequence[str]) -> Iterator[Patient]:
        """Each form alone with each of its copies, then all forms together in many ways."""
        for form in forms:
            self.prepare(form)
        counts = {form: len(self.copies[form]) for form in forms}
        yield Patient(MappingProxyType({}), _COURSES[0])
        for form in forms:
            for copy in range(counts[form]):
                yield Patient(MappingProxyType({form: self.course_of(form, (copy,))}), _COURSES[0])
        chance = _Chance(len(forms))
        for number in range(MOST_PATIENTS - 1 - sum(counts.values())):
            filled = {}
            for form in forms:
                if chance.below(8):
                    some = tuple(chance.below(counts[form]) for _ in range(1 + chance.below(3)))
                    filled[form] = self.course_of(form, some)
            yield Patient(MappingProxyType(filled), _COURSES[number % len(_COURSES)])

    def course_of(self, form: str, copies: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """A diary is filled in every day, by turns in these ways; other forms once a week, lastly today."""
        found = form_of(self.programs[1], form) or form_of(self.programs[0], form)
        if isinstance(found, Exercise) and found.kind == "diary":
            return tuple((day, copies[day % len(copies)]) for day in range(_DIARY_DAYS - 1, -1, -1))
        return tuple((7 * (len(copies) - 1 - place), copy) for place, copy in enumerate(copies))

    def environment(self, side: int, patient: Patient) -> Environment:
        """What expressions see of the patient in the old (0) or the new version (1)."""
        program = self.programs[side]
        environment = Environment(
            today=_TODAY,
            start=_TODAY - timedelta(days=patient.course),
            records={
                form: tuple(self.record(side, form, days_ago, copy) for days_ago, copy in course)
                for form, course in patient.filled.items()
                if (side, form) in self.records
            },
        )
        sums: dict[str, dict[str, Value]] = {}
        environment = replace(environment, summaries=sums)
        for form in patient.filled:
            exercise = program.exercise.get(form)
            if exercise is not None and exercise.summary:
                sums[form] = {}
                for one in in_order_of_need(exercise.summary, form):
                    sums[form][one.id] = evaluate(one.value, replace(environment, own=form))
        return environment

    def record(self, side: int, form: str, days_ago: int, copy: int) -> Record:
        dated = _TODAY - timedelta(days=days_ago)
        return replace(self.records[side, form][copy], dated=dated, made_at=datetime.combine(dated, time(12)))

    def answers(self, patient: Patient) -> Iterator[tuple[Reference, Any]]:
        """The answers of each copy of each form, oldest first; None for what was left out. Of a diary, each of the
        ways in which it is filled in by turns."""
        for form, course in patient.filled.items():
            copies = (
                list(dict.fromkeys(copy for _, copy in course))
                if len(course) == _DIARY_DAYS
                else [copy for _, copy in course]
            )
            names = dict.fromkeys(name for copy in copies for name in self.copies[form][copy])
            for name in names:
                for copy in copies:
                    yield (form, name), self.copies[form][copy].get(name)

    def prepare(self, form: str) -> None:
        if form in self.copies:
            return
        found = [known for program in self.programs if (known := form_of(program, form)) is not None]
        ways: dict[str, tuple[Any, ...]] = {}
        for known in found:
            for name, values in _ways(known, self.written):
                ways[name] = tuple(_unique((*ways.get(name, ()), *values)))
        self.copies[form] = tuple(_copies(ways))
        for side, program in enumerate(self.programs):
            known_here = form_of(program, form)
            if known_here is not None:
                self.records[side, form] = tuple(_record(known_here, copy) for copy in self.copies[form])


def _ways(
    form: Questionnaire | Exercise, written: Mapping[Reference, frozenset[Fraction]]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(form, Questionnaire):
        for item in form.items:
            options = tuple(sorted(int(option.value) for option in item.options))
            yield item.id, (*options, DECLINED) if item.risk else options
        return
    for one in form.fields:
        yield one.id, _values(one, written.get((form.id, one.id), frozenset()))


def _values(one: Field, written: frozenset[Fraction]) -> tuple[Any, ...]:
    """Answers to a field as canonical JSON: those at the edges of what is allowed and of what it is held against."""
    if one.type in ("integer", "minutes", "decimal", "scale"):
        low = one.min if one.min is not None else Fraction(0)
        high = one.max if one.max is not None else low + 100
        step = one.step or Fraction(1)
        edges = {low, low + step, high, high - step, low + (high - low) // 2, low + (high - low) // 20 * step}
        edges |= {number + near for number in written for near in (-1, 0, 1)}
        return tuple(str(number) for number in sorted(edges) if low <= number <= high)
    if one.type == "yes-no":
        return (False, True)
    if one.type == "choice":
        return tuple(str(option.value) for option in one.options)
    if one.type in ("choices", "ranking"):
        names = tuple(str(option.value) for option in one.options)
        return tuple([name] for name in names) if one.type == "choices" else (list(names),)
    if one.type == "date":
        return tuple((_TODAY - timedelta(days=days)).isoformat() for days in (0, 1, 20))
    if one.type == "time":
        return _TIMES
    if one.type == "table":
        columns = {column.id: _values(column, written) for column in one.columns}
        rows = [{id: values[number % len(values)] for id, values in columns.items() if values} for number in range(6)]
        if one.rows:
            fixed = [row.id for row in one.rows]
            return tuple([{"row": id, **rows[(turn + place) % 6]} for place, id in enumerate(fixed)] for turn in (0, 2))
        return (rows[:1], rows[:3], rows)
    return ("text",) if one.type in ("text", "long-text") else ()


def _copies(ways: Mapping[str, tuple[Any, ...]]) -> Iterator[Answers]:
    """All lowest, all highest, all in the middle, each question left out, then many mixed ones."""
    names = {name: values for name, values in ways.items() if values}
    if not names:
        yield MappingProxyType({})
        return
    yield MappingProxyType({name: values[0] for name, values in names.items()})
    yield MappingProxyType({name: values[-1] for name, values in names.items()})
    yield MappingProxyType({name: values[len(values) // 2] for name, values in names.items()})
    chance = _Chance(len(names))
    for number in range(_COPIES - 3):
        picked = {name: values[chance.below(len(values))] for name, values in names.items()}
        if number % 3 == 0:
            picked.pop(list(picked)[number // 3 % len(picked)])
        yield MappingProxyType(picked)


def _record(form: Questionnaire | Exercise, answers: Answers) -> Record:
    kept = {name: answer for name, raw in answers.items() if (answer := _accepted(form, name, raw)) is not None}
    filled = fill(form, kept, Environment(today=_TODAY, start=_TODAY - timedelta(days=28)), True, _TODAY)
    return filled.record(_TODAY, None)


def _accepted(form: Questionnaire | Exercise, name: str, raw: Any) -> Any:
    """The answer as this version of the form takes it; None where it does not."""
    if isinstance(form, Questionnaire):
        item = next((item for item in form.items if item.id == name), None)
        if item is None:
            return None
        if raw == DECLINED:
            return raw if item.risk else None
        return raw if raw in [option.value for option in item.options] else None
    one = next((one for one in form.fields if one.id == name), None)
    return None if one is None else read_answer(one, raw).value


def numbers_held_against(trees: Iterable[Sequence[Any]]) -> Mapping[Reference, frozenset[Fraction]]:
    """Of each answer, the numbers that stand beside it in a comparison."""
    found: dict[Reference, set[Fraction]] = {}

    def look(tree: Sequence[Any]) -> None:
        parts = branches(tree)
        numbers = [Fraction(part[1]) for part in parts if part[0] == "number"]
        for part in parts:
            if part[0] == "ref":
                found.setdefault((part[1], part[2]), set()).update(numbers)
            look(part)

    for tree in trees:
        look(tree)
    return {reference: frozenset(numbers) for reference, numbers in found.items()}


def _unique(values: Sequence[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for value in values:
        if not any(type(value) is type(one) and value == one for one in seen):
            seen.append(value)
            yield value


class _Chance:
    """The same numbers every time, spread as if by chance."""

    def __init__(self, seed: int) -> None:
        self.state = seed * 2_654_435_761 + 12_345

    def below(self, end: int) -> int:
        self.state = (self.state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return (self.state >> 33) % end
