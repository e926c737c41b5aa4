"""Answers that are met again: options, rows and beginnings that come from what was written in another exercise.

A row keeps its name wherever it goes (`answers.ROW`), so that a list can be changed, sorted and added to without an answer
ever coming to stand at another row than the one it was given for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment, Ranked, TimeOfDay, Value
from designtool.model.exercise import Exercise, Field, Option, Row
from designtool.model.program import Program
from designtool.treatment.answers import OUTCOME, ROW, ROW_LABEL, RowName, columns_of, read_answer, value_json

_TEXTS = ("text", "long-text")


@dataclass(frozen=True, slots=True)
class Source:
    """One row, choice or text that was written earlier."""

    name: str
    """By which answers about it are kept apart from those about others."""
    label: str
    cells: Mapping[str, Value]
    """Of a row: what stands in its columns."""


def resolved(field: Field, environment: Environment, program: Program, answered: Any = None) -> Field:
    """The field as it stands to be answered now, with the options and rows that come from earlier answers.

    `answered`, as a form sends it or typed, stays: a choice that was made can be seen although it is no longer offered, and a
    row that was answered stands under the words that it was answered under.
    """
    if field.options_from and field.type != "plan-entry":
        given = [str(one) for one in _each(answered) if one not in (None, "")]
        labels = [source.label for source in sources(field, field.options_from, environment, program)]
        field = replace(field, options=tuple(Option(text, text) for text in dict.fromkeys([*labels, *given])))
    if field.rows_from:
        now = sources(field, field.rows_from, environment, program)
        then = {row.id: row for row in _answered_rows(answered)}
        rows = [then.get(source.name) or Row(source.name, source.label) for source in now]
        known = {row.id for row in rows}
        field = replace(field, rows=(*rows, *(row for id, row in then.items() if id not in known)))
    if any(column.options_from for column in field.columns):
        rows_there = [row for row in _each(answered) if isinstance(row, Mapping)]
        columns = [
            resolved(column, environment, program, [row.get(column.id) for row in rows_there])
            for column in field.columns
        ]
        field = replace(field, columns=tuple(columns))
    return field


def prefilled(field: Field, environment: Environment, program: Program) -> Any:
    """What stands in the field before anybody has written in it, as JSON of a form; None: nothing does."""
    if not field.prefill:
        return None
    form, _, name = field.prefill.partition(".")
    source = source_field(program, field.prefill)
    if source is None:
        return None
    if columns_of(field):
        rows = [_copied(field, one) for one in sources(field, field.prefill, environment, program)]
        return tuple(row for row in rows if len(row) > 1)[: field.max_rows] or None
    if columns_of(source):
        found = sources(field, field.prefill, environment, program)
        return found[0].label if found and field.type in _TEXTS else None
    value = _latest(environment, form, name.partition(".")[0])
    if field.type in _TEXTS and source.type not in _TEXTS:
        return ", ".join(_words(source, value)) or None
    return _answer_json(value)


def standing(
    form: Exercise,
    typed: Mapping[str, Any],
    finished: Mapping[str, Any] | None,
    environment: Environment,
    program: Program,
) -> dict[str, Any]:
    """What stands in a copy for whoever opens it: what was typed, over what was finished; before either, what is prefilled."""
    stands = {id: answer for id, answer in {**(finished or {}), **typed}.items() if answer is not None}
    for field in form.fields if finished is None else ():
        if field.prefill and field.id not in typed:
            value = prefilled(field, environment, program)
            if value is not None:
                stands[field.id] = value
    return stands


def suggestions(
    field: Field, exercise: Exercise, environment: Environment, program: Program, answered: Any
) -> tuple[Source, ...]:
    """Of a plan: what can be taken into it with one tap. What came to nothing the last time comes first, then the list."""
    taken = {str(row[ROW]) for row in _each(answered) if isinstance(row, Mapping) and ROW in row}
    found = [*unfinished(field, exercise, environment)]
    if field.options_from:
        done = {one.name for one in found}
        found += [one for one in sources(field, field.options_from, environment, program) if one.name not in done]
    return tuple(one for one in found if one.name not in taken)


def planned_from(source: Source) -> dict[str, Any]:
    """A suggestion as an entry of a plan: the same thing to do, on a day that is still to be chosen, with no outcome."""
    entry = _copied(Field("plan", "plan-entry", ""), source)
    return {id: value for id, value in entry.items() if id not in {"day", *OUTCOME}}


def unfinished(field: Field, exercise: Exercise, environment: Environment) -> Iterator[Source]:
    """Entries of the latest plan that were done in part or not at all."""
    records = environment.records.get(exercise.id, ())
    rows = records[-1].values.get(field.id) if records else None
    for row in rows if isinstance(rows, tuple) else ():
        if row.get("done") in ("no", "partly") and row.get("activity"):
            yield Source(str(row.get(ROW) or _name_of(str(row["activity"]))), str(row["activity"]), row)


def sources(field: Field, reference: str, environment: Environment, program: Program) -> tuple[Source, ...]:
    """What a reference leads to now: those for which `from_if` holds, in the order of the table, the first `from_top`."""
    source = source_field(program, reference)
    if source is None:
        return ()
    form, _, rest = reference.partition(".")
    name, _, column = rest.partition(".")
    found: dict[str, Source] = {}
    for value in _values(environment, program.exercise[form], name):
        for one in _of(source, value, column):
            found.setdefault(one.name, one)
    kept = [one for one in found.values() if one.label and _is_wanted(field, one, environment)]
    if source.order_by:
        kept.sort(key=lambda one: order_of(source.order, one.cells.get(source.order_by)))
    return tuple(kept[: field.from_top])


def source_field(program: Program, reference: str) -> Field | None:
    form, _, rest = reference.partition(".")
    exercise = program.exercise.get(form)
    name = rest.partition(".")[0]
    return next((one for one in exercise.fields if one.id == name), None) if exercise is not None else None


def order_of(order: str, value: Any) -> tuple[bool, Any]:
    """What rows are sorted by; those without the value come last. The sort is stable."""
    if not isinstance(value, Fraction):
        return (True, Fraction(0))
    return (False, value if order == "smallest-first" else -value)


def row_label(field: Field, row: Mapping[str, Any]) -> str:
    """What a row is called: the words that it was answered under, else those of a row of the program; empty for neither."""
    name = row.get(ROW)
    if isinstance(name, RowName):
        return name.label
    if ROW_LABEL in row:
        return str(row[ROW_LABEL])
    return next((one.label for one in field.rows if one.id == name), "")


def _values(environment: Environment, exercise: Exercise, name: str) -> Iterator[Value]:
    """Of a diary all entries, the latest first; of anything else the latest copy that has the answer."""
    records = reversed(environment.records.get(exercise.id, ()))
    answered = (value for record in records if (value := record.values.get(name)) is not None)
    for value in answered:
        yield value
        if exercise.kind != "diary":
            return


def _latest(environment: Environment, form: str, name: str) -> Value:
    records = reversed(environment.records.get(form, ()))
    return next((value for record in records if (value := record.values.get(name)) is not None), None)


def _of(source: Field, value: Value, column: str) -> Iterator[Source]:
    if not columns_of(source):
        for word, name in zip(_words(source, value), _names(source, value), strict=True):
            yield Source(name, word, MappingProxyType({}))
        return
    columns = {one.id: one for one in columns_of(source)}
    wanted = columns.get(column) or next((one for one in columns.values() if one.type in _TEXTS), None)
    for row in value if isinstance(value, tuple) else ():
        label = "" if column else row_label(source, row)
        if not label and wanted is not None:
            label = ", ".join(_words(wanted, row.get(wanted.id)))
        # Rows that were written before rows had names are known by their words.
        yield Source(str(row.get(ROW) or _name_of(label)), label, row)


def _is_wanted(field: Field, one: Source, environment: Environment) -> bool:
    return field.from_if is None or evaluate(field.from_if, replace(environment, extra=one.cells)) is True


def _words(field: Field, value: Value) -> list[str]:
    labels = {str(option.value): option.label for option in field.options}
    return [labels.get(str(one), str(one)) for one in _each(value) if one is not None]


def _names(field: Field, value: Value) -> list[str]:
    """Of what stands in no row: choices by their values, a text by its words."""
    return [_name_of(str(one)) for one in _each(value) if one is not None]


def _name_of(text: str) -> str:
    plain = text.isascii() and text.replace("_", "a").isalnum() and len(text) <= 40
    return text if plain else f"t{sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _each(value: Any) -> list[Any]:
    if isinstance(value, Ranked):
        return list(value.places)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return list(value)
    return [] if value is None else [value]


def _answered_rows(answered: Any) -> Iterator[Row]:
    """The rows of a table that have something written in them, under the words that they had then."""
    for row in _each(answered):
        if not isinstance(row, Mapping) or ROW not in row:
            continue
        label = row[ROW].label if isinstance(row[ROW], RowName) else row.get(ROW_LABEL)
        if label and any(cell is not None for id, cell in row.items() if id not in (ROW, ROW_LABEL)):
            yield Row(str(row[ROW]), str(label))


def _copied(field: Field, one: Source) -> dict[str, Any]:
    """A row of the field with what it has in common with the row that it is made from, where that may stand in it."""
    row: dict[str, Any] = {ROW: one.name}
    columns = columns_of(field)
    for column in columns:
        value = read_answer(column, _answer_json(one.cells.get(column.id))).value
        if value is not None:
            row[column.id] = value
    first = next((column for column in columns if column.type in _TEXTS), None)
    if first is not None and first.id not in row and one.label:
        row[first.id] = one.label
    return row


def _answer_json(value: Value) -> Any:
    if isinstance(value, Ranked):
        return value.places
    return str(value) if isinstance(value, TimeOfDay) else value_json(value)
