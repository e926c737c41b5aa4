"""A questionnaire to answer: its instructions, one group an item, nothing chosen beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.model.questionnaire import Item, Questionnaire
from designtool.render.context import PageContext
from designtool.render.fields import clear_button
from designtool.render.html import classes, element, paragraphs
from designtool.render.icons import icon


def questionnaire_items(
    questionnaire: Questionnaire, values: Mapping[str, Any], context: PageContext, disabled: bool = False
) -> Markup:
    """All items in order. The numbers behind the options are sent but never shown."""
    return Markup("").join(
        _item(questionnaire, item, at, values.get(item.id), context, disabled)
        for at, item in enumerate(questionnaire.items, start=1)
    )


def instructions(questionnaire: Questionnaire) -> Markup:
    """What the instrument says before its items; the time that is asked about stands out."""
    return Markup("").join(
        (
            paragraphs(questionnaire.introduction),
            element("p", {"class": "recall"}, questionnaire.recall) if questionnaire.recall else Markup(""),
        )
    )


def answer_key(value: Any) -> str:
    """A choice as its option's value is written in the form, however it is typed."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return str(value.numerator)
    return "" if value is None else str(value)


def _item(
    questionnaire: Questionnaire, item: Item, at: int, value: Any, context: PageContext, disabled: bool
) -> Markup:
    place = f"{questionnaire.id}-{item.id}"
    chosen = answer_key(value)
    error = next((context.text(one.message) for one in context.errors(questionnaire.id) if one.field == item.id), "")
    options = [(str(option.value), option.label) for option in item.options]
    if item.risk:
        options.append(("declined", context.say("decline")))
    return element(
        "fieldset",
        {
            "class": classes("field", "field-group", "item", error and "field-wrong"),
            "id": f"{place}-field",
            "data-field": item.id,
            # In a copy that cannot be written in everything is there to be read.
            "hidden": item.id in context.form(questionnaire.id).hidden and not disabled,
            "aria-describedby": f"{place}-error" if error else None,
        },
        element(
            "legend",
            {"class": "field-label"},
            element(
                "span", {"class": "item-number"}, context.say("question-of", number=at, all=len(questionnaire.items))
            ),
            element("span", {"class": "item-text"}, item.text),
        ),
        element(
            "p",
            {"class": "field-error", "id": f"{place}-error", "hidden": not error},
            icon("important"),
            element("span", {"data-error": item.id}, error),
        ),
        element(
            "div",
            {"class": "choices"},
            *(
                element(
                    "label",
                    {"class": classes("option", key == "declined" and "option-decline")},
                    element(
                        "input",
                        {
                            "type": "radio",
                            "id": f"{place}-{number}",
                            "name": item.id,
                            "value": key,
                            "checked": chosen == key,
                            "disabled": disabled,
                        },
                    ),
                    element("span", {}, label),
                )
                for number, (key, label) in enumerate(options)
            ),
        ),
        # At an item of risk an answer is left out by saying so.
        clear_button(context, item.id, item.text, bool(chosen))
        if not (disabled or item.risk or item.required)
        else None,
    )
