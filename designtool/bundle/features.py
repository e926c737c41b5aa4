"""What a runtime must be able to do to run a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from designtool.load.document import Inline
from designtool.model.exercise import Exercise, Field, FieldType
from designtool.model.page import Block
from designtool.model.program import Program

_EVERYWHERE = frozenset(
    {
        *("heading", "paragraph", "bullet-list", "ordered-list", "list-item", "quote", "code", "rule"),
        *("table", "table-row", "table-cell"),
        *("text", "strong", "emphasis", "link", "line-break"),
    }
)
"""Blocks and inlines of CommonMark: every runtime shows them."""
_BLOCKS = (
    *("film", "audio", "image", "example", "callout", "reveal", "summary", "exercise", "questionnaire", "if", "branch"),
    *("chart", "review", "checklist", "video-meeting", "therapist", "page"),
)
_ROLES = ("term", "answer", "score", "contact", "program")
_EXERCISES = ("worksheet", "diary", "plan", "decision")
_SCORES = ("sum", "mean", "weighted", "expression")

KNOWN_FEATURES: frozenset[str] = frozenset(
    {
        *(f"block-{kind}" for kind in _BLOCKS),
        *(f"role-{kind}" for kind in _ROLES),
        *(f"exercise-{kind}" for kind in _EXERCISES),
        *(f"field-{kind}" for kind in get_args(FieldType)),
        *(f"score-{method}" for method in _SCORES),
    }
)
"""What this designtool can run."""


def features_of(program: Program) -> tuple[str, ...]:
    """Sorted names, `block-film`, `exercise-diary`, `field-table` ...: all that the program uses beyond plain text."""
    found: set[str] = set()
    for block in blocks_of(program):
        if block.kind not in _EVERYWHERE:
            found.add(f"block-{block.kind}")
        found.update(
            f"role-{inline.kind}"
            for inline in inlines_of(block.inlines)
            if inline.kind not in _EVERYWHERE and inline.kind != "code"
        )
    for exercise in program.exercises:
        found.add(f"exercise-{exercise.kind}")
        found.update(f"field-{field.type}" for field in fields_of(exercise))
    for questionnaire in program.questionnaires:
        found.update(f"score-{score.method}" for score in questionnaire.scores)
    return tuple(sorted(found))


def blocks_of(program: Program) -> Iterator[Block]:
    """Every block of every page, and of what therapists alone see, each before those inside it."""
    pages = [page for module in program.modules for page in module.pages]
    for page in (*pages, *program.library_pages):
        yield from _with_children(page.blocks)
    for module in program.modules:
        yield from _with_children(module.guidance)


def inlines_of(inlines: Iterable[Inline]) -> Iterator[Inline]:
    for inline in inlines:
        yield inline
        yield from inlines_of(inline.children)


def fields_of(exercise: Exercise) -> Iterator[Field]:
    """Every field, and the columns of tables."""
    for field in exercise.fields:
        yield field
        yield from field.columns


def _with_children(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _with_children(block.children)
