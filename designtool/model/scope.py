"""What expressions can know of each form, read from the documents before any expression is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from designtool.expressions.expression import Form, Type
from designtool.model.reading import Node, as_fraction

_LONGEST_SCALE = 101

_FIXED = {
    "text": Type("text"),
    "long-text": Type("text"),
    "yes-no": Type("truth"),
    "date": Type("date"),
    "time": Type("time"),
}

PLAN_ENTRY: Mapping[str, Type] = {
    "activity": Type("text"),
    "day": Type("date"),
    "time": Type("time"),
    "duration": Type("number", unit="minutes"),
    "difficulty": Type("number", low=Fraction(0), high=Fraction(10)),
    "pleasure_expected": Type("number", low=Fraction(0), high=Fraction(10)),
    "mastery_expected": Type("number", low=Fraction(0), high=Fraction(10)),
    "hindrance": Type("text"),
    "if_then": Type("text"),
    "done": Type("choice", options=("yes", "partly", "no")),
    "pleasure": Type("number", low=Fraction(0), high=Fraction(10)),
    "mastery": Type("number", low=Fraction(0), high=Fraction(10)),
    "hindered": Type("text"),
}
"""What one entry of a plan holds: what is planned, and what became of it."""


def field_type(node: Node) -> Type:
    """The type of a field's answers; text where the field does not say, so that one mistake gives one message."""
    type, hidden = _shown_type(node), node.fraction("when_hidden")
    if type.kind != "number" or hidden is None:
        return type
    # What it counts as while it is hidden need not be something that can be answered.
    return replace(
        type,
        low=None if type.low is None else min(type.low, hidden),
        high=None if type.high is None else max(type.high, hidden),
        values=tuple(sorted({*type.values, hidden})) if type.values else (),
    )


def _shown_type(node: Node) -> Type:
    kind = node.text("type")
    low, high = node.fraction("min"), node.fraction("max")
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in ("integer", "decimal"):
        return Type("number", low=low, high=high)
    if kind == "minutes":
        return Type("number", unit="minutes", low=low if low is not None else Fraction(0), high=high)
    if kind == "scale":
        return Type("number", low=low, high=high, values=scale_values(low, high, node.fraction("step")))
    if kind in ("choice", "choices", "ranking"):
        options = tuple(str(option.raw("value")) for option in node.mappings("options"))
        return Type("choice" if kind == "choice" else "choices", options=options)
    if kind == "table":
        columns = {column.text("id"): field_type(column) for column in node.mappings("columns")}
        columns |= {computed.text("id"): _computed_type(computed) for computed in node.mappings("computed")}
        return Type("rows", columns=columns)
    if kind == "plan-entry":
        computed = {one.text("id"): _computed_type(one) for one in node.mappings("computed")}
        return Type("rows", columns={**PLAN_ENTRY, **computed})
    return Type("text")


def questionnaire_form(id: str, node: Node) -> Form:
    names: dict[str, Type] = {}
    lists = _option_values(node)
    for item in node.mappings("items"):
        values = lists.get(item.text("options"), ())
        names[item.text("id")] = Type(
            "number", values=values, low=values[0] if values else None, high=values[-1] if values else None
        )
    for score in node.mappings("scores"):
        stretch = score.raw("range")
        ends = [as_fraction(end) for end in stretch] if isinstance(stretch, list) else []
        low, high = (ends[0], ends[1]) if len(ends) == 2 else (None, None)
        names[score.text("id")] = Type("number", low=low, high=high)
    return Form(id, "questionnaire", names)


def exercise_form(id: str, node: Node) -> Form:
    kind = node.text("kind")
    if kind == "decision":
        names = {"value": Type("number", unit=node.text("unit"))}
        names |= {computed.text("id"): _computed_type(computed) for computed in node.mappings("computed")}
        return Form(id, "decision", names)
    names = {field.text("id"): field_type(field) for field in node.mappings("fields")}
    names |= {computed.text("id"): _computed_type(computed) for computed in node.mappings("computed")}
    summaries = {computed.text("id"): _computed_type(computed) for computed in node.mappings("summary")}
    known = kind if kind in ("worksheet", "diary", "plan") else "worksheet"
    return Form(id, known, names | summaries, frozenset(summaries))  # type: ignore[arg-type]


def _computed_type(node: Node) -> Type:
    """A computed value is a number until its expression, once compiled, says otherwise."""
    return Type("number", unit=node.text("unit"))


def _option_values(node: Node) -> dict[str, tuple[Fraction, ...]]:
    found: dict[str, tuple[Fraction, ...]] = {}
    lists = node.raw("options")
    for name in lists if isinstance(lists, dict) else ():
        options = Node(node.document, (*node.keys, "options")).mappings(name)
        values = {value for option in options if (value := option.fraction("value")) is not None}
        found[name] = tuple(sorted(values))
    return found


def scale_values(low: Fraction | None, high: Fraction | None, step: Fraction | None) -> tuple[Fraction, ...]:
    """Every value of a scale, where they are few."""
    step = step or Fraction(1)
    if low is None or high is None or step <= 0 or high < low or (high - low) / step >= _LONGEST_SCALE:
        return ()
    return tuple(low + step * index for index in range(int((high - low) / step) + 1))
