"""What an expression builds on: the answers it can be given, and the scores and computed values on its way.

An expression that reads the same in two versions means the same in both only if all of this is the same too. Which answers
are allowed is no part of it: the same answers come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from designtool.compare.normal_form import ARITHMETIC, sum_of_terms
from designtool.expressions.evaluate import Reference
from designtool.expressions.expression import Expression
from designtool.expressions.trees import references_of
from designtool.model.exercise import Constraint, Field
from designtool.model.flow import Flag
from designtool.model.program import Program


class Grounds:
    """Of one program. Each is worked out once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.known: dict[Reference, object] = {}

    def of(self, value: Any) -> tuple[object, ...]:
        """Everything that the expressions in a value build on, beside what they say themselves."""
        return tuple(self.of_reference(read) for one in expressions_in(value) for read in reads_of(one))

    def of_reference(self, reference: Reference) -> object:
        if reference not in self.known:
            # What leads back to itself builds on nothing more.
            self.known[reference] = None
            self.known[reference] = self.worked_out(reference)
        return self.known[reference]

    def worked_out(self, reference: Reference) -> object:
        form, name = reference
        questionnaire, exercise = self.program.questionnaire.get(form), self.program.exercise.get(form)
        if questionnaire is not None:
            for item in questionnaire.items:
                if item.id == name:
                    hidden = item.when_hidden
                    return ("item", type(hidden), hidden, _tree(item.show_if), self.of(item.show_if))
            for score in questionnaire.scores:
                if score.id == name:
                    parts = tuple(self.of_reference((form, id)) for id in score.items)
                    # What an answer counts for backwards depends on the lowest and the highest answer that there is.
                    turned = tuple(
                        (item.id, tuple(sorted(str(option.value) for option in item.options)))
                        for item in questionnaire.items
                        if item.id in score.reverse
                    )
                    rule = (score.method, score.items, dict(score.weights), score.reverse, score.missing)
                    return ("score", rule, parts, turned, _tree(score.value), self.of(score.value))
        if exercise is not None:
            for one in (*exercise.computed, *exercise.summary):
                if one.id == name:
                    return ("computed", _tree(one.value), self.of(one.value))
            for field in exercise.fields:
                if field.id == name:
                    return self.of_field(field)
            if exercise.decision is not None:
                # A confirmed value is the therapist's; what follows from it is worked out.
                for one in exercise.decision.computed:
                    if one.id == name:
                        return ("computed", _tree(one.value), self.of(one.value))
                return ("decision", exercise.decision.unit)
        return None

    def of_field(self, field: Field) -> object:
        return (
            "field",
            field.type,
            (type(field.when_hidden), field.when_hidden, _tree(field.show_if), self.of(field.show_if)),
            tuple((column.id, self.of_field(column)) for column in field.columns),
            tuple((one.id, _tree(one.value), self.of(one.value)) for one in field.computed),
        )


def expressions_in(value: Any) -> Iterator[Expression]:
    """The expressions of a field of a program; of blocks, those of the blocks in them too."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Flag):
        yield value.when
    elif isinstance(value, Constraint):
        yield value.condition
    elif isinstance(value, tuple):
        for one in value:
            yield from expressions_in(one)
    elif hasattr(value, "children") and hasattr(value, "condition"):
        yield from expressions_in(value.condition)
        yield from expressions_in(value.children)


def every_expression(value: Any) -> Iterator[Expression]:
    """All expressions of a program, or of a part of it."""
    if isinstance(value, Expression):
        yield value
    elif is_dataclass(value):
        for part in fields(value):
            if part.metadata.get("codec") != "skip":
                yield from every_expression(getattr(value, part.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from every_expression(one)


def reads_of(expression: Expression) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys((*expression.references, *references_of(expression.tree))))


def _tree(expression: Expression | None) -> object:
    """The tree; of a sum its terms, in whatever order they are written."""
    if expression is None or expression.tree[0] not in ARITHMETIC:
        return None if expression is None else expression.tree
    return tuple(sorted(sum_of_terms(expression.tree).items()))
