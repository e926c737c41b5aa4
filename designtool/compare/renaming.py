"""An earlier version with the ids of a later one, so that only what differs in meaning is left between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from designtool.expressions.expression import Expression
from designtool.load.document import Inline
from designtool.model.exercise import Active, Chart, Computed, Exercise, Field
from designtool.model.flow import Flag, PlannedMeasurement, Unlock
from designtool.model.journey import Journey
from designtool.model.migration import Migration
from designtool.model.module import Module
from designtool.model.page import Block
from designtool.model.program import Program
from designtool.model.questionnaire import Item, Questionnaire, Score

_FORM_BLOCKS = frozenset({"exercise", "questionnaire", "review"})
_NAME_INLINES = frozenset({"answer", "score"})
_NAMED = ("ref", "cells")


def renamed(program: Program, way: Migration) -> Program:
    """The program as if its ids had always been those of the later version. Journeys are left as they are."""
    if not (way.modules or way.forms or way.fields):
        return program
    again: Program = _Renaming(way).value(program, "")
    return again


@dataclass(frozen=True, slots=True)
class _Renaming:
    way: Migration

    def value(self, value: Any, form: str) -> Any:
        """`form`: the earlier id of the exercise or questionnaire in which the value stands."""
        if isinstance(value, Expression):
            return self._expression(value)
        if isinstance(value, tuple):
            return tuple(self.value(one, form) for one in value)
        if isinstance(value, Mapping):
            return MappingProxyType({key: self.value(one, form) for key, one in value.items()})
        if not is_dataclass(value) or isinstance(value, Journey | Migration | type):
            return value
        if isinstance(value, Exercise | Questionnaire):
            form = value.id
        # A column of a table may be called as a field is; migrations do not name columns.
        within = "" if isinstance(value, Field) else form
        inner = {part.name: self.value(getattr(value, part.name), within) for part in fields(value) if part.compare}
        return replace(value, **{**inner, **self._ids(value, form)})

    def _ids(self, value: Any, form: str) -> dict[str, Any]:
        way = self.way
        match value:
            case Module():
                return {
                    "id": way.module(value.id),
                    "complete_when": tuple(map(way.form, value.complete_when)),
                    "homework": tuple(map(way.form, value.homework)),
                    "choose": tuple(map(way.module, value.choose)),
                }
            case Unlock():
                return {"after": way.module(value.after)}
            case Exercise():
                return {
                    "id": way.form(value.id),
                    "module": way.module(value.module),
                    "order_by": way.field_of(form, value.order_by) if value.order_by else "",
                    "groups": tuple(
                        replace(one, by=way.field_of(form, one.by), mean=way.field_of(form, one.mean))
                        for one in value.groups
                    ),
                }
            case Questionnaire():
                return {"id": way.form(value.id)}
            case Field():
                return {
                    "id": way.field_of(form, value.id) if form else value.id,
                    "options_from": self._name(value.options_from),
                    "prefill": self._name(value.prefill),
                    "rows_from": self._name(value.rows_from),
                }
            case Item() | Computed():
                return {"id": way.field_of(form, value.id)}
            case Score():
                return {
                    "id": way.field_of(form, value.id),
                    "items": self._fields(form, value.items),
                    "reverse": self._fields(form, value.reverse),
                    "weights": MappingProxyType({way.field_of(form, id): by for id, by in value.weights.items()}),
                }
            case Flag():
                number = value.id.removeprefix(f"{form}-")
                return {"id": f"{way.form(form)}-{number}", "about": self._fields(form, value.about)}
            case Active():
                return {"start": way.module(value.start), "end": way.module(value.end)}
            case Chart():
                return {"line": self._fields(form, value.line)}
            case PlannedMeasurement():
                return {"questionnaire": way.form(value.questionnaire)}
            case Block() if value.kind in _FORM_BLOCKS:
                return {"argument": way.form(value.argument)}
            case Block() if value.kind == "chart":
                return {"argument": self._name(value.argument)}
            case Inline() if value.kind in _NAME_INLINES:
                return {"text": self._name(value.text)}
        return {}

    def _fields(self, form: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.way.field_of(form, name) for name in names)

    def _name(self, name: str) -> str:
        """`form.field`, perhaps with a column after it."""
        form, dot, rest = name.partition(".")
        field, more, column = rest.partition(".")
        return f"{self.way.form(form)}{dot}{self.way.field_of(form, field) if field else ''}{more}{column}"

    def _expression(self, expression: Expression) -> Expression:
        return replace(
            expression,
            tree=self._tree(expression.tree),
            references=tuple(
                sorted((self.way.form(form), self.way.field_of(form, name)) for form, name in expression.references)
            ),
        )

    def _tree(self, tree: Any) -> Any:
        if not isinstance(tree, list | tuple) or not tree:
            return tree
        if tree[0] in _NAMED:
            return (tree[0], self.way.form(tree[1]), self.way.field_of(tree[1], tree[2]), *tree[3:])
        if tree[0] == "entries":
            return (tree[0], self.way.form(tree[1]), *tree[2:])
        if tree[0] == "column":
            form = tree[1]
            pairs = tuple(sorted(self.way.field_of(form, name) for name in tree[4])) if len(tree) > 4 else ()
            named = (tree[0], self.way.form(form), tree[2], self.way.field_of(form, tree[3]))
            return (*named, pairs, *tree[5:]) if len(tree) > 4 else named
        return (tree[0], *(self._tree(branch) for branch in tree[1:]))
