"""Plans that come back: how what was planned went, and what can be taken into the new plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from designtool.model.exercise import Exercise, Field
from designtool.render.context import PageContext
from designtool.render.display import day
from designtool.render.fields import FieldView, render_field
from designtool.render.html import element, joined
from designtool.render.icons import icon
from designtool.treatment.reuse import Source, suggestions, unfinished
from designtool.treatment.situation import FollowUp


def being_followed_up(exercise: Exercise, context: PageContext) -> FollowUp | None:
    """The plan whose follow-up was just sent, and has to be shown again."""
    if context.is_therapist or not context.errors(exercise.id):
        return None
    asked = context.viewpoint.entry_date
    return next((one for one in context.form(exercise.id).follow_ups if one.dated.isoformat() == asked), None)


def outcome_fields(exercise: Exercise, plan: FollowUp, context: PageContext) -> Markup:
    """What was planned, and the questions about how it went."""
    again = being_followed_up(exercise, context) == plan
    values: Mapping[str, Any] = {**plan.answers, **(context.sent(exercise.id) if again else {})}
    errors = {error.field: error for error in context.errors(exercise.id)} if again else {}
    title = context.say("follow-up-title", date=day(plan.dated, context.language, context.today))
    fields = [
        render_field(
            FieldView(
                field=field,
                context=context,
                name=field.id,
                # Alone on its page the follow-up has the ids that the list of errors leads to.
                id=f"{exercise.id}-{field.id}" if again else f"{exercise.id}-{plan.dated.isoformat()}-{field.id}",
                value=values.get(field.id),
                error=context.text(errors[field.id].message) if field.id in errors else "",
                follows_up=True,
            )
        )
        for field in exercise.fields
        if field.type == "plan-entry"
    ]
    return joined(
        (
            element("h2", {"class": "follow-up-title"}, icon("check"), title),
            element("p", {}, context.say("follow-up-text")),
            *fields,
        )
    )


def plan_suggestions(exercise: Exercise, field: Field, value: Any, context: PageContext) -> Markup:
    """Buttons that take something along into the plan: what was left undone, and what stands in the patient's list."""
    environment = context.situation.environment
    found = suggestions(field, exercise, environment, context.program, value)
    left = {one.name for one in unfinished(field, exercise, environment)}
    return joined(
        (
            _buttons(field, [one for one in found if one.name in left], "take-unfinished", context),
            _buttons(field, [one for one in found if one.name not in left], "take-from-list", context),
        )
    )


def _buttons(field: Field, found: list[Source], title: str, context: PageContext) -> Markup:
    if not found:
        return Markup("")
    place = context.unique(f"{title}-{field.id}")
    buttons = [
        element(
            "li",
            {},
            element(
                "button",
                {
                    "type": "submit",
                    "name": "action",
                    "value": f"take.{field.id}.{one.name}",
                    "class": "button button-quiet",
                    "dir": "auto",
                },
                icon("plus"),
                context.say("take", what=one.label),
            ),
        )
        for one in found
    ]
    return element(
        "div",
        {"class": "take-along"},
        element("p", {"class": "field-label", "id": place}, context.say(title)),
        element("ul", {"aria-labelledby": place}, *buttons),
    )
