"""What a form's page tells the browser, so that it can work out while somebody writes what the server will say after the save.

The browser gets the trees of the form itself: when its fields are shown, what is worked out from them, and what must hold. What
such a tree reads elsewhere stands in it as a constant, and only where the reader may see it: the patient's own answers and
scores, but nothing that a therapist has filled in. A tree that needs more than that stays on the server, and so does all that
builds on it; its fields and values change when the server has answered. static/live.js is the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from designtool.expressions.evaluate import branches, evaluate
from designtool.expressions.expression import Expression, TimeOfDay, Value
from designtool.expressions.values import number_text
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.questionnaire import Item, Questionnaire
from designtool.render.context import PageContext
from designtool.treatment.answers import columns_of, read_answer
from designtool.treatment.corrections import fields_read
from designtool.treatment.days import clock_moved
from designtool.treatment.json_values import plain_json
from designtool.treatment.records import NOTHING, in_order_of_need
from designtool.treatment.reuse import resolved

Tree = Sequence[Any]

_LISTS = frozenset({"column", "entries", "cells"})
_OF_EARLIER_COPIES = frozenset({"change", "previous", "baseline", "this_week"})
_WRITTEN = frozenset({"time", "minutes", "integer", "decimal"})
"""Types of fields whose answers are written as text and can be written wrongly."""
_SHOWN_KINDS = frozenset({"number", "truth", "time", "text", "choice"})
"""Types of computed values that the browser puts into words as the server does."""


def live_form(
    form: Questionnaire | Exercise,
    context: PageContext,
    dated: date | None,
    prefilled: tuple[str, ...] = (),
    stands: Mapping[str, Any] = NOTHING,
    follows_up: bool = False,
) -> dict[str, Any]:
    """All that the browser needs of a form, as JSON.

    `dated` is the date of the diary entry on the page, `prefilled` the fields in which an earlier answer stands to begin with,
    `stands` what the page shows, as a form sends it. Where a plan is followed up most of it has no inputs on the page, and is
    told with its field.
    """
    environment = context.situation.environment
    night = isinstance(form, Exercise) and form.entry is not None and form.entry.per == "day" and dated is not None
    return {
        "form": form.id,
        "language": context.language,
        "today": environment.today.isoformat(),
        "start": environment.start.isoformat(),
        "clock_moved": clock_moved(dated) if night and dated else 0,
        "prefilled": list(prefilled),
        **(
            _of_exercise(form, context, stands, follows_up)
            if isinstance(form, Exercise)
            else _of_questionnaire(form, context)
        ),
    }


def _of_questionnaire(form: Questionnaire, context: PageContext) -> dict[str, Any]:
    trees = _Trees(form.id, frozenset(item.id for item in form.items), context)
    return {
        "fields": [_told_item(item, trees) for item in form.items],
        "computed": [],
        "constraints": [],
    }


def _told_item(item: Item, trees: _Trees) -> dict[str, Any]:
    counts_as = None if item.when_hidden is None else str(item.when_hidden)
    options = [str(option.value) for option in item.options]
    return {"id": item.id, "type": "item", "options": options, **_told_condition(item.show_if, trees, counts_as)}


def _of_exercise(form: Exercise, context: PageContext, stands: Mapping[str, Any], follows_up: bool) -> dict[str, Any]:
    names = {one.id for one in form.fields} | {one.id for one in form.computed}
    trees = _Trees(form.id, frozenset(names), context)
    on_server = None
    # What builds on something that stays on the server stays there too.
    while on_server != len(trees.on_server):
        on_server = len(trees.on_server)
        tables = {
            one.id: [_told_computed(cell, trees, one.id) for cell in in_order_of_need(one.computed, form.id)]
            for one in form.fields
        }
        computed = [_told_computed(one, trees) for one in form.computed]
    fields = [
        {
            **_told_field(one, context, stands.get(one.id)),
            **_told_condition(one.show_if, trees, one.when_hidden),
            **({"given": plain_json(stands[one.id])} if follows_up and one.id in stands else {}),
            "computed": tables[one.id],
        }
        for one in form.fields
    ]
    return {
        "fields": fields,
        "computed": computed,
        "constraints": [
            {
                "assert": tree,
                "level": one.level,
                "message": one.message,
                "field": read[-1].id if read else "",
                "reads": [one.id for one in read],
            }
            for one in form.constraints
            if (tree := trees.told(one.condition.tree)) is not None
            for read in (fields_read(one.condition, form),)
        ],
    }


def _told_condition(condition: Expression | None, trees: _Trees, counts_as: int | str | bool | None) -> dict[str, Any]:
    if condition is None:
        return {}
    tree = trees.told(condition.tree)
    return {"show_if": tree, "on_server": tree is None, "when_hidden": counts_as}


def _told_computed(one: Computed, trees: _Trees, table: str = "") -> dict[str, Any]:
    """Its tree is null where it stays on the server."""
    tree = trees.told(one.value.tree, table)
    if tree is None:
        trees.keep_on_server(one.id, table)
    shown = one.value.type in _SHOWN_KINDS
    return {"id": one.id, "value": tree, "unit": one.unit, "digits": one.display_digits, "shown": shown}


def _told_field(one: Field, context: PageContext, answered: Any = None) -> dict[str, Any]:
    """`answered`: what stands in the field, which stays an option or a row although it is offered no longer."""
    one = resolved(one, context.situation.environment, context.program, answered)
    told = {
        # Rows that come from earlier answers stand in the names of inputs by their own names.
        "named_rows": True if one.rows_from else None,
        "min": _number(one.min),
        "max": _number(one.max),
        "step": _number(one.step),
        "max_length": one.max_length,
        "columns": [_told_field(column, context) for column in columns_of(one)],
        "rows": [row.id for row in one.rows],
        "options": [str(option.value) for option in one.options],
        "wrong": _mistakes(one, context),
    }
    # A plan is filled in as a table that grows.
    type = "table" if one.type == "plan-entry" else one.type
    return {"id": one.id, "type": type, **{key: value for key, value in told.items() if value not in (None, [], {})}}


def _mistakes(one: Field, context: PageContext) -> dict[str, str]:
    """What the server would say of an answer that cannot be read, is too low, too high, or between two steps."""
    if one.type not in _WRITTEN:
        return {}
    low, step = one.min or Fraction(0), one.step or Fraction(0)
    between = low + (step / 2 if one.type == "decimal" else 1)
    tried = {
        "unread": "?",
        "low": number_text(low - 1),
        "high": None if one.max is None else number_text(one.max + 1),
        "step": number_text(between) if step not in (0, 1) or one.type == "decimal" else None,
    }
    found = {kind: read_answer(one, written).problem for kind, written in tried.items() if written is not None}
    return {kind: context.text(problem) for kind, problem in found.items() if problem is not None}


def _number(value: Fraction | None) -> str | None:
    return None if value is None else number_text(value)


@dataclass
class _Trees:
    """The trees of one form as the browser is told them."""

    form: str
    names: frozenset[str]
    """Its own fields and computed values."""
    context: PageContext
    on_server: set[str] = field(default_factory=set)
    """Own values that the browser cannot work out; `table.column` of a table's."""

    def keep_on_server(self, name: str, table: str) -> None:
        self.on_server.add(f"{table}.{name}" if table else name)

    def told(self, tree: Tree, table: str = "") -> list[Any] | None:
        """The tree with constants for all that lies outside the form; None when it must stay on the server.

        `table`: the one in whose rows it is worked out.
        """
        if tree[0] == "ref" and self._is_own(tree):
            return None if tree[2] in self.on_server else list(tree)
        if tree[0] == "cells" and self._is_own(tree):
            return None if f"{tree[2]}.{tree[3]}" in self.on_server else list(tree)
        if tree[0] == "extra":
            return None if f"{table}.{tree[1]}" in self.on_server else list(tree)
        if not self._reads_own(tree):
            return self._constant(tree)
        if tree[0] in _LISTS or (tree[0] == "call" and tree[1] in _OF_EARLIER_COPIES):
            return None
        told: list[Any] = []
        for part in tree:
            inner = self.told(part, table) if isinstance(part, list | tuple) else part
            if inner is None:
                return None
            told.append(inner)
        return told

    def _is_own(self, tree: Tree) -> bool:
        return tree[1] == self.form and tree[2] in self.names

    def _reads_own(self, tree: Tree) -> bool:
        if tree[0] in ("ref", "cells"):
            return self._is_own(tree)
        return tree[0] == "extra" or any(self._reads_own(part) for part in branches(tree))

    def _constant(self, tree: Tree) -> list[Any] | None:
        if tree[0] in _LISTS or not all(self._may_be_seen(form) for form in _forms_read(tree)):
            return None
        if tree[0] in ("number", "text", "date", "time"):
            return list(tree)
        return _literal(evaluate(tree, self.context.situation.environment))

    def _may_be_seen(self, form: str) -> bool:
        # Of the form itself only the copy on the page is known here: what its earlier copies come to is the server's to say.
        exercise = self.context.program.exercise.get(form)
        hidden = exercise is not None and exercise.filled_by == "therapist" and not self.context.is_therapist
        return form != self.form and not hidden


def _forms_read(tree: Tree) -> Iterator[str]:
    if tree[0] in ("ref", "column", "cells", "entries"):
        yield tree[1]
    for part in branches(tree):
        yield from _forms_read(part)


_MISSING = ["/", ["number", "1"], ["number", "0"]]


def _literal(value: Value) -> list[Any] | None:
    """A tree that is worth this; None for what has no literal (several choices, rows)."""
    match value:
        case None:
            return _MISSING
        case bool():
            return ["==" if value else "!=", ["number", "1"], ["number", "1"]]
        case Fraction():
            return ["number", number_text(value)]
        case str():
            return ["text", value]
        case TimeOfDay():
            return ["time", str(value)]
        case date():
            return ["date", value.isoformat()]
    return None
