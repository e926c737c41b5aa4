"""The fields of exercises to HTML, by one small function a type in one table.

Every input has a visible label, its help and its error tied to it, and no value that the patient has not given.
Names: the field's id; `table.0.column` in tables (rows count from 0 in the order that is shown), `ranking.0` for the first place,
`plan.0.activity` in plans; a row that comes from earlier answers stands by its name. Numbers, minutes and clock times are text inputs: the server reads `7,5`, `22.30` and `2230`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.diagnostics import Language
from designtool.expressions.expression import TimeOfDay, Value
from designtool.model.exercise import Field, Option
from designtool.render.context import PageContext
from designtool.render.display import (
    all_decimals,
    clock,
    computed_value,
    day,
    exact_number,
    field_value,
    fraction,
    in_shown_order,
    option_label,
)
from designtool.render.html import Attributes, Child, classes, element, joined, text
from designtool.render.icons import icon
from designtool.treatment.answers import ROW, most_rows, read_answer
from designtool.treatment.reuse import resolved

_CANONICAL_TIME = re.compile("[0-9]{2}:[0-9]{2}")
_READ_BACK = frozenset({"time", "minutes"})
_MOST_SCALE_STEPS = 21
"""A scale with more steps is written as a number."""


@dataclass(frozen=True)
class FieldView:
    """One field as it is to be shown."""

    field: Field
    context: PageContext
    name: str
    """Of the input in the form that is sent."""
    id: str
    """Of the input on the page; unique there."""
    value: Any
    """As a form sends it (JSON), or typed."""
    error: str = ""
    is_doubt: bool = False
    """The error asks again: the patient may say that it is right."""
    asks_again: Markup | None = None
    """Of a field at which something may be asked again: what may have been meant. None of all others."""
    hidden: bool = False
    mark_optional: bool = False
    computed: Value = None
    """Of a table: its rows with what is worked out in them, typed."""
    disabled: bool = False
    follows_up: bool = False
    """Of a plan: it is made, and asked is how it went."""
    in_plan: bool = False


def render_field(view: FieldView) -> Markup:
    """A field with its label, help and error; an unknown type is a fault in designtool."""
    context = view.context
    known = resolved(view.field, context.situation.environment, context.program, view.value)
    view = view if known is view.field else replace(view, field=known)
    if view.field.id == "day" and view.field.type == "choice" and view.in_plan:
        return _day(view)
    return FIELDS[view.field.type](view)


# Single inputs


def _text(view: FieldView) -> Markup:
    return _single(view, _input(view, {"type": "text", "maxlength": view.field.max_length, "dir": "auto"}))


def _long_text(view: FieldView) -> Markup:
    attributes = _common(view) | {"rows": 4, "maxlength": view.field.max_length, "dir": "auto"}
    # HTML drops one line break after the start tag, so one is given that may be dropped.
    return _single(view, element("textarea", attributes, Markup("\n"), _written(view)))


def _integer(view: FieldView) -> Markup:
    return _single(
        view,
        _input(view, {"type": "text", "inputmode": _keys(view, "numeric"), "class": "short", "autocomplete": "off"}),
        unit=view.field.unit,
    )


def _decimal(view: FieldView) -> Markup:
    return _single(
        view,
        _input(view, {"type": "text", "inputmode": _keys(view, "decimal"), "class": "short", "autocomplete": "off"}),
        unit=view.field.unit,
    )


def _keys(view: FieldView, numbers: str) -> str:
    """The keys that a phone shows: those for numbers often lack the minus sign."""
    return "text" if view.field.min is not None and view.field.min < 0 else numbers


def _minutes(view: FieldView) -> Markup:
    entry = _input(view, {"type": "text", "inputmode": "numeric", "class": "short", "autocomplete": "off"})
    return _single(view, entry, unit=view.context.say("minutes-unit"))


def _time(view: FieldView) -> Markup:
    entry = _input(
        view, {"type": "text", "inputmode": "numeric", "class": "short", "maxlength": 20, "autocomplete": "off"}
    )
    # An example shows how to write it, and in fewer words.
    return _single(view, entry, hint="" if view.field.example else view.context.say("time-help"))


def _date(view: FieldView) -> Markup:
    return _single(view, _input(view, {"type": "date", "class": "medium"}))


# Groups


def _scale(view: FieldView) -> Markup:
    """A radio for each step, none chosen; the words of the ends stand above it and are read with the end steps."""
    steps = scale_steps(view.field)
    if len(steps) > _MOST_SCALE_STEPS:
        return _single(
            view,
            _input(view, {"type": "text", "inputmode": "decimal", "class": "short", "autocomplete": "off"}),
            hint=_ends_in_words(view),
        )
    language = view.context.language
    ends = view.field.ends
    chosen = fraction(view.value)
    options = []
    for at, step in enumerate(steps):
        shown = exact_number(step, language)
        end = ends[0] if ends and at == 0 else ends[-1] if len(ends) > 1 and at == len(steps) - 1 else ""
        options.append(
            element(
                "label",
                {"class": "scale-step"},
                _choice_input(view, "radio", str(step), at, chosen == step and view.value is not None),
                element("span", {}, shown, element("span", {"class": "visually-hidden"}, f": {end}") if end else None),
            )
        )
    words = (
        element(
            "p",
            {"class": "scale-ends", "aria-hidden": "true"},
            element("span", {}, element("b", {}, exact_number(steps[0], language)), " ", ends[0]),
            element("span", {}, element("b", {}, exact_number(steps[-1], language)), " ", ends[-1])
            if len(ends) > 1
            else None,
        )
        if ends and steps
        else None
    )
    return _group(
        view,
        words,
        element("div", {"class": f"scale scale-{len(steps)}"}, *options),
        _clear(view, chosen in steps and view.value is not None),
    )


def scale_steps(field: Field) -> tuple[Fraction, ...]:
    low, high = field.min or Fraction(0), field.max if field.max is not None else Fraction(10)
    step = field.step or Fraction(1)
    count = int((high - low) / step)
    return tuple(low + at * step for at in range(min(count, 1000) + 1))


def _ends_in_words(view: FieldView) -> str:
    low, high = view.field.min or Fraction(0), view.field.max if view.field.max is not None else Fraction(10)
    numbers = [exact_number(value, view.context.language) for value in (low, high)]
    words = [*view.field.ends, "", ""]
    return "; ".join(f"{number} = {word}" if word else number for number, word in zip(numbers, words, strict=False))


def _choice(view: FieldView) -> Markup:
    options = view.field.options
    if not options:
        return _group(view, element("p", {"class": "quiet"}, view.context.say("no-options-yet")))
    chosen = None if view.value is None else str(view.value)
    return _group(
        view,
        element(
            "div",
            {"class": "choices"},
            *(_option(view, "radio", option, at, str(option.value) == chosen) for at, option in enumerate(options)),
        ),
        _clear(view, any(str(option.value) == chosen for option in options)),
    )


def _choices(view: FieldView) -> Markup:
    options = view.field.options
    if not options:
        return _group(view, element("p", {"class": "quiet"}, view.context.say("no-options-yet")))
    chosen = {str(one) for one in _as_list(view.value)}
    return _group(
        view,
        # Boxes of which none is ticked send nothing: this tells them from boxes that were not on the page.
        element("input", {"type": "hidden", "name": f"shown-{view.name}", "value": "yes", "disabled": view.disabled}),
        element(
            "div",
            {"class": "choices"},
            *(_option(view, "checkbox", option, at, str(option.value) in chosen) for at, option in enumerate(options)),
        ),
    )


def _yes_no(view: FieldView) -> Markup:
    written = {True: "yes", False: "no", "true": "yes", "false": "no"}.get(view.value, view.value)
    options = [Option("yes", view.context.say("yes")), Option("no", view.context.say("no"))]
    return _group(
        view,
        element(
            "div",
            {"class": "choices choices-pair"},
            *(_option(view, "radio", option, at, option.value == written) for at, option in enumerate(options)),
        ),
        _clear(view, any(option.value == written for option in options)),
    )


def _ranking(view: FieldView) -> Markup:
    """A choice for each place, so that it can be done with any keyboard and without script."""
    options = view.field.options
    if not options:
        return _group(view, element("p", {"class": "quiet"}, view.context.say("no-options-yet")))
    chosen = [str(one) for one in _as_list(view.value)]
    places = []
    for at in range(len(options)):
        current = chosen[at] if at < len(chosen) else ""
        label = view.context.say("place", number=at + 1)
        places.append(
            element(
                "div",
                {"class": "place"},
                element("label", {"for": f"{view.id}-{at}"}, label),
                _select(
                    view,
                    f"{view.name}.{at}",
                    f"{view.id}-{at}",
                    [(str(option.value), option.label) for option in options],
                    current,
                ),
                _movers(view, at, len(options), option_label(options, current)) if current else None,
            )
        )
    return _group(view, *places)


def _movers(view: FieldView, at: int, count: int, label: str | None) -> Markup | None:
    """Buttons that let what stands in a place change places with its neighbour."""
    ways = [("up", "move-up", at > 0), ("down", "move-down", at < count - 1)]
    if view.disabled:
        return None
    return element(
        "span",
        {"class": "movers"},
        *(
            element(
                "button",
                {
                    "type": "submit",
                    "name": "action",
                    "value": f"move-{way}.{view.name}.{at}",
                    "class": "button button-quiet",
                },
                view.context.say(words),
                element("span", {"class": "visually-hidden"}, f": {label or at + 1}"),
            )
            for way, words, possible in ways
            if possible
        ),
    )


# Groups of fields


def _table(view: FieldView) -> Markup:
    """A card for each row; on a wide screen its fields stand side by side."""
    rows = [row if isinstance(row, Mapping) else {} for row in _as_list(view.value)]
    fixed = bool(view.field.rows or view.field.rows_from)
    computed: Sequence[Mapping[str, Any]] = view.computed if isinstance(view.computed, tuple) else ()
    if fixed:
        names = tuple(row.id for row in view.field.rows)
        rows, computed = _in_order_of_rows(rows, names), _in_order_of_rows(computed, names)
    count = len(view.field.rows) if fixed else max(len(rows), view.field.min_rows, 1)
    cards = [
        _row(
            view,
            # Rows that come from earlier answers are known by name: those answers may change while the page is open.
            view.field.rows[at].id if view.field.rows_from else str(at),
            view.field.rows[at].label if fixed else view.context.say("row", number=at + 1),
            rows[at] if at < len(rows) else {},
            computed[at] if at < len(computed) else {},
        )
        for at in range(count)
    ]
    add = None if fixed else _add_row(view, count)
    empty = element("p", {"class": "quiet"}, view.context.say("no-options-yet")) if not count else None
    return _group(view, empty, element("div", {"class": "rows", "data-rows": view.name}, *cards), add)


def _add_row(view: FieldView, count: int) -> Markup | None:
    most = most_rows(view.field) if view.field.type == "plan-entry" else view.field.max_rows
    if view.disabled or (most is not None and count >= most):
        return None
    return joined(
        (
            element(
                "template",
                {"data-row-template": view.name},
                _row(view, "__row__", view.context.say("row", number="__number__"), {}, {}),
            ),
            element(
                "button",
                {
                    "type": "submit",
                    "name": "action",
                    "value": f"add-row.{view.name}",
                    "class": "button button-quiet",
                    "data-add-row": view.name,
                    "data-most-rows": most,
                },
                icon("plus"),
                view.context.say("add-row"),
            ),
        )
    )


def _in_order_of_rows(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Mapping[str, Any]]:
    """What was answered for each row stands beside that row, also when the rows have changed since. As sent, they stand in order."""
    if not any(ROW in row for row in rows):
        return list(rows)
    named = {row.get(ROW): row for row in rows}
    return [named.get(name, {}) for name in names]


def _row(view: FieldView, at: str, label: str, row: Mapping[str, Any], computed: Mapping[str, Any]) -> Markup:
    language = view.context.language
    cells: list[Markup] = [
        render_field(
            FieldView(
                field=column,
                context=view.context,
                name=f"{view.name}.{at}.{column.id}",
                id=f"{view.id}-{at}-{column.id}",
                value=row.get(column.id),
                error=_error_for(view, f"{view.name}.{at}.{column.id}"),
                disabled=view.disabled,
                in_plan=view.field.type == "plan-entry",
            )
        )
        for column in _columns(view)
    ]
    outputs = [
        element(
            "p",
            {"class": "row-computed"},
            element("span", {}, one.label, ": "),
            element(
                "output",
                {"data-value": f"{view.name}.{at}.{one.id}"},
                computed_value(one, computed.get(one.id), language) or "–",
            ),
        )
        for one in view.field.computed
    ]
    return element(
        "fieldset",
        {"class": "row-card", "data-row": at},
        element("legend", {}, label),
        element("div", {"class": "row-fields"}, *cells),
        *outputs,
    )


def _error_for(view: FieldView, name: str) -> str:
    return next(
        (view.context.text(error.message) for error in view.context.viewpoint.errors if error.field == name), ""
    )


_PLAN_SCALE = {"min": Fraction(0), "max": Fraction(10)}


def plan_fields(context: PageContext) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """What a plan entry asks before and after. The activity, its day and its expected worth; then how it went."""
    none, much = context.say("none"), context.say("very-much")

    def one(id: str, type: Any, **more: Any) -> Field:
        return Field(id, type, context.say(f"plan-{id}"), **more)

    days = tuple(
        Option(
            (context.today + timedelta(days=at)).isoformat(),
            day(context.today + timedelta(days=at), context.language, context.today),
        )
        for at in range(8)
    )
    before = (
        one("activity", "text", max_length=200),
        one("day", "choice", options=days),
        one("time", "time"),
        one("duration", "minutes"),
        one("difficulty", "scale", **_PLAN_SCALE, ends=(context.say("very-easy"), context.say("very-hard"))),
        one("pleasure_expected", "scale", **_PLAN_SCALE, ends=(none, much)),
        one("mastery_expected", "scale", **_PLAN_SCALE, ends=(none, much)),
        one("hindrance", "text", max_length=500),
        one("if_then", "text", max_length=500),
    )
    done = tuple(Option(id, context.say(f"plan-done-{id}")) for id in ("yes", "partly", "no"))
    after = (
        one("done", "choice", options=done),
        one("pleasure", "scale", **_PLAN_SCALE, ends=(none, much)),
        one("mastery", "scale", **_PLAN_SCALE, ends=(none, much)),
        one("hindered", "text", max_length=500),
    )
    return before, after


def _columns(view: FieldView) -> Sequence[Field]:
    """What a row asks for: of a plan what is planned, and once it is made how it went."""
    if view.field.type != "plan-entry":
        return view.field.columns
    before, after = plan_fields(view.context)
    return after if view.follows_up else before


def _plan_entry(view: FieldView) -> Markup:
    """A card for each thing that is planned; afterwards, the same with what became of it."""
    rows = _as_list([view.value] if isinstance(view.value, Mapping) else view.value)
    if not view.follows_up:
        return _table(replace(view, value=rows))
    before, _ = plan_fields(view.context)
    cards = [
        element(
            "div",
            {"class": "plan-outcome"},
            _planned(before, row, view.context),
            _row(view, str(at), text_of(row.get("activity")) or view.context.say("row", number=at + 1), row, {}),
        )
        for at, row in enumerate(rows)
        if isinstance(row, Mapping) and row
    ]
    return _group(view, element("div", {"class": classes("rows", "plan"), "data-rows": view.name}, *cards))


def _planned(fields: Sequence[Field], row: Mapping[str, Any], context: PageContext) -> Markup:
    shown = [(field.label, plan_value(field, row.get(field.id), context)) for field in fields]
    return element(
        "dl",
        {"class": "answers answers-close"},
        *(
            element("div", {}, element("dt", {}, label), element("dd", {"dir": "auto"}, words))
            for label, words in shown
            if words
        ),
    )


def plan_value(field: Field, value: Any, context: PageContext) -> str:
    """One part of an entry of a plan in words: its day by name, however far away."""
    if field.id != "day":
        return field_value(field, value, context.language)
    known = _as_date(value) if isinstance(value, str) else value
    return day(known, context.language, context.today) if isinstance(known, date) else text_of(known)


def text_of(value: Any) -> str:
    return "" if value is None else str(value)


def _day(view: FieldView) -> Markup:
    """The coming days to choose from, and a day that was chosen before."""
    options = [(str(option.value), option.label) for option in view.field.options]
    current = "" if view.value is None else view.value.isoformat() if isinstance(view.value, date) else str(view.value)
    if current and current not in dict(options):
        options.insert(0, (current, plan_value(view.field, current, view.context) or current))
    return _single(view, _select(view, view.name, view.id, options, current))


def _as_date(written: str) -> date | str:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return written


# What groups and inputs have in common


def input_value(field: Field, value: Any, language: Language) -> str:
    """An answer as it stands in a text input: what was typed, once it is known what is meant by it."""
    if value is None:
        return ""
    if isinstance(value, TimeOfDay):
        return clock(value, language)
    if field.type == "time" and _CANONICAL_TIME.fullmatch(str(value)):
        return str(value).replace(":", ".") if language == "sv" else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if field.type in ("integer", "decimal", "minutes", "scale"):
        exact = fraction(value)
        if exact is not None:
            return all_decimals(exact, language).replace("−", "-")
    return str(value)


def _written(view: FieldView) -> str:
    """What was sent and can be read is shown as it was understood; the rest as it was typed."""
    if view.field.type in ("time", "minutes", "integer", "decimal") and isinstance(view.value, str):
        read = read_answer(view.field, view.value)
        if read.problem is None:
            return input_value(view.field, read.value, view.context.language)
    return input_value(view.field, view.value, view.context.language)


def _common(view: FieldView) -> dict[str, str | int | bool | None]:
    return {
        "id": view.id,
        "name": view.name,
        "aria-describedby": _described_by(view),
        "aria-invalid": "true" if view.error else None,
        "disabled": view.disabled,
    }


def _input(view: FieldView, attributes: Attributes) -> Markup:
    return element("input", _common(view) | dict(attributes) | {"value": _written(view) or None})


def _select(view: FieldView, name: str, id: str, options: Sequence[tuple[str, str]], current: str) -> Markup:
    choices = [element("option", {"value": ""}, view.context.say("choose"))]
    choices += [element("option", {"value": value, "selected": value == current}, label) for value, label in options]
    return element("select", {"id": id, "name": name, "disabled": view.disabled}, *choices)


def _choice_input(view: FieldView, type: str, value: str, at: int, checked: bool) -> Markup:
    return element(
        "input",
        {
            "type": type,
            "id": f"{view.id}-{at}",
            "name": view.name,
            "value": value,
            "checked": checked,
            "disabled": view.disabled,
        },
    )


def _option(view: FieldView, type: str, option: Option, at: int, checked: bool) -> Markup:
    return element(
        "label",
        {"class": "option"},
        _choice_input(view, type, str(option.value), at, checked),
        element("span", {"dir": "auto"}, option.label),
    )


def clear_button(context: PageContext, name: str, label: str, chosen: bool) -> Markup:
    """Takes a choice back, which touching it again does not. Hidden while nothing is chosen."""
    return element(
        "button",
        {
            "type": "submit",
            "name": "action",
            "value": f"clear.{name}",
            "class": "button button-quiet button-clear",
            "data-clear": name,
            "hidden": not chosen,
        },
        context.say("clear"),
        element("span", {"class": "visually-hidden"}, f": {label}"),
    )


def _clear(view: FieldView, chosen: bool) -> Markup | None:
    """Where an answer may be left out: a row of a table always may."""
    may_be_left_out = not view.field.required or "." in view.name
    return (
        None
        if view.disabled or not may_be_left_out
        else clear_button(view.context, view.name, view.field.label, chosen)
    )


def _single(view: FieldView, entry: Markup, unit: str = "", hint: str = "") -> Markup:
    label = element("label", {"class": "field-label", "for": view.id}, view.field.label, _optional_mark(view))
    beside = [
        element("span", {"class": "unit", "id": f"{view.id}-unit"}, unit) if unit else None,
        # How what is written is understood; the browser fills it in.
        element("span", {"class": "read-back", "id": f"{view.id}-read-back", "data-read-back": view.name})
        if view.field.type in _READ_BACK
        else None,
    ]
    control = element("div", {"class": "input-row"}, entry, *beside) if any(beside) else entry
    return element(
        "div",
        {
            "class": classes("field", view.error and ("field-doubt" if view.is_doubt else "field-wrong")),
            "id": f"{view.id}-field",
            "data-field": view.name,
            "hidden": view.hidden,
        },
        label,
        _help(view, hint),
        _error(view),
        control,
        _confirm(view),
    )


def _group(view: FieldView, *content: Child) -> Markup:
    return element(
        "fieldset",
        {
            "class": classes(
                "field", "field-group", view.error and ("field-doubt" if view.is_doubt else "field-wrong")
            ),
            "id": f"{view.id}-field",
            "data-field": view.name,
            "hidden": view.hidden,
            "aria-describedby": _described_by(view),
        },
        element("legend", {"class": "field-label"}, view.field.label, _optional_mark(view)),
        _help(view, ""),
        _error(view),
        *content,
        _confirm(view),
    )


def _optional_mark(view: FieldView) -> Markup | None:
    if not view.mark_optional:
        return None
    return joined((" ", element("span", {"class": "optional"}, f"({view.context.say('optional-field')})")))


def _help(view: FieldView, hint: str) -> Markup | None:
    example = view.context.say("for-example", example=_example(view)) if view.field.example else ""
    parts = [part for part in (view.field.help, hint, example) if part]
    if not parts:
        return None
    return element(
        "div", {"class": "field-help", "id": f"{view.id}-help"}, *(element("p", {}, text(part)) for part in parts)
    )


def _example(view: FieldView) -> str:
    """As the field would show it."""
    return input_value(view.field, view.field.example, view.context.language)


def _error(view: FieldView) -> Markup:
    """Stands empty in the page too, so that an answer that was just saved can be told what is wrong."""
    return element(
        "p",
        {"class": "field-error", "id": f"{view.id}-error", "hidden": not view.error},
        icon("important"),
        element("span", {"data-error": view.name}, view.error),
    )


def _confirm(view: FieldView) -> Markup | None:
    """Asks again: `confirmed-<field>` is sent with the answer when the patient says that it is right."""
    if view.asks_again is None:
        return None
    yes = element(
        "label",
        {"class": "option confirm", "data-confirm": view.name, "hidden": not view.is_doubt},
        element(
            "input",
            {
                "type": "checkbox",
                "name": f"confirmed-{view.name}",
                "value": "yes",
                "aria-describedby": f"{view.id}-error",
            },
        ),
        element("span", {}, view.context.say("confirm-yes")),
    )
    return joined((view.asks_again, yes))


def _described_by(view: FieldView) -> str | None:
    has_help = (
        view.field.help
        or view.field.example
        or view.field.type == "time"
        or (view.field.type == "scale" and len(scale_steps(view.field)) > _MOST_SCALE_STEPS)
    )
    has_unit = view.field.type == "minutes" or (view.field.type in ("integer", "decimal") and view.field.unit)
    names = [
        f"{view.id}-help" if has_help else "",
        f"{view.id}-unit" if has_unit else "",
        f"{view.id}-read-back" if view.field.type in _READ_BACK else "",
        f"{view.id}-error" if view.error else "",
    ]
    return classes(*names) or None


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, frozenset):
        return list(in_shown_order(value))
    return [] if value in (None, "") else [value]


FIELDS: dict[str, Callable[[FieldView], Markup]] = {
    "text": _text,
    "long-text": _long_text,
    "integer": _integer,
    "decimal": _decimal,
    "scale": _scale,
    "choice": _choice,
    "choices": _choices,
    "yes-no": _yes_no,
    "date": _date,
    "time": _time,
    "minutes": _minutes,
    "table": _table,
    "ranking": _ranking,
    "plan-entry": _plan_entry,
}
