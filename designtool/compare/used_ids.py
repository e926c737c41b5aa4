"""Every id that answers and events of a program are kept under."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.model.program import Program


def used_ids(program: Program) -> frozenset[str]:
    return frozenset(_ids(program))


def _ids(program: Program) -> Iterator[str]:
    for module in program.modules:
        yield module.id
        yield from (page.id for page in module.pages)
    for exercise in program.exercises:
        yield exercise.id
        for field in exercise.fields:
            yield field.id
            yield from (column.id for column in field.columns)
            yield from (row.id for row in field.rows)
            yield from (one.id for one in field.computed)
        worked = (*exercise.computed, *exercise.summary, *(exercise.decision.computed if exercise.decision else ()))
        yield from (one.id for one in worked)
    for questionnaire in program.questionnaires:
        yield questionnaire.id
        yield from (item.id for item in questionnaire.items)
        yield from (score.id for score in questionnaire.scores)
