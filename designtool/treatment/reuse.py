"""Answers that are met again: options, rows and first values that come from an earlier exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designtool.model.exercise import Exercise, Field, Option, Row
from designtool.model.program import Program
from designtool.treatment.records import form_of
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


def prefill_of(field: Field, state: State, program: Program) -> Any:
    """The latest finished answer to the field that this one begins with, as JSON; None without one."""
    form, _, name = field.prefill.partition(".")
    copies = state.copies.get(form, ())
    return copies[-1].answers.get(name) if copies else None


def _texts(reference: str, state: State, program: Program) -> Iterator[str]:
    """Every text in an answer: of a table its first column (or the one that is named), of a choice the labels' values."""
    form, _, rest = reference.partition(".")
    name, _, column = rest.partition(".")
    known = form_of(program, form)
    copies = state.copies.get(form, ())
    if not copies or not isinstance(known, Exercise):
        return
    source = next((one for one in known.fields if one.id == name), None)
    # Of a form that is filled again and again every copy counts; of others the latest stands for all.
    for copy in copies if known.fill == "whenever" else copies[-1:]:
        answer = copy.answers.get(name)
        if source is None or answer is None:
            continue
        if source.type == "table":
            wanted = column or (source.columns[0].id if source.columns else "")
            yield from (str(row[wanted]) for row in answer if wanted in row)
        elif source.type == "plan-entry":
            yield from (str(answer[wanted]) for wanted in (column or "activity",) if wanted in answer)
        elif isinstance(answer, tuple):
            yield from (str(value) for value in answer)
        else:
            yield str(answer)
