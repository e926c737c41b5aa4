"""Answers that are met again: options and rows that come from an earlier exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designtool.model.exercise import Field, Option, Row
from designtool.model.program import Program
from designtool.treatment.answers import PLAN_COLUMNS
from designtool.treatment.state import State


def options_of(field: Field, state: State, program: Program) -> tuple[Option, ...]:
    """The field's options, or what the patient has written in the exercise that they come from."""
    if not field.options_from:
        return field.options
    return tuple(Option(text, text) for text in dict.fromkeys(_texts(field.options_from, state, program)))


def rows_of(field: Field, state: State, program: Program) -> tuple[Row, ...]:
    """A table's fixed rows, or one for each thing that the patient has written in the exercise that they come from."""
    if not field.rows_from:
        return field.rows
    return tuple(Row(text, text) for text in dict.fromkeys(_texts(field.rows_from, state, program)))


def _texts(reference: str, state: State, program: Program) -> Iterator[str]:
    """The words in the latest answer to a field: of a table its first column (or the one named), of a choice the labels."""
    form, _, rest = reference.partition(".")
    name, _, column = rest.partition(".")
    exercise = program.exercise.get(form)
    source = next((one for one in exercise.fields if one.id == name), None) if exercise is not None else None
    answers = [copy.answers[name] for copy in state.copies.get(form, ()) if name in copy.answers]
    if source is None or not answers:
        return
    answer = answers[-1]
    if source.type in ("table", "plan-entry"):
        columns = source.columns if source.type == "table" else PLAN_COLUMNS
        wanted = next((one for one in columns if one.id == column), columns[0] if columns else None)
        for row in answer if source.type == "table" else (answer,):
            if wanted is not None and wanted.id in row:
                yield _word(wanted, row[wanted.id])
    else:
        yield from (
            _word(source, value) for value in (answer if isinstance(answer, tuple) else (answer,)) if value is not None
        )


def _word(field: Field, value: Any) -> str:
    return next((option.label for option in field.options if option.value == value), str(value))
