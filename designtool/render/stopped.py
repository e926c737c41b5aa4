"""Parts of a program that the region has stopped for now: what stands in their place, and what the patient has written there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from designtool.model.exercise import Exercise, Field
from designtool.model.module import Module
from designtool.render.context import PageContext, form_target, form_title
from designtool.render.display import option_label
from designtool.render.html import element, joined, paragraphs
from designtool.render.icons import icon
from designtool.treatment.answers import columns_of


def stopped_card(context: PageContext, part: str) -> Markup:
    """What is said in place of a part; empty where it is not stopped."""
    text = context.stopped(part)
    return Markup("") if text is None else _card(context, text, context.say("stopped-title"))


def stopped_at_home(context: PageContext) -> Markup:
    """What the patient is told at once, of parts that they have come to; each text once."""
    texts = dict.fromkeys(
        context.stopped(part) or "" for part in context.viewpoint.stopped if _has_come_to(context, part)
    )
    return joined(_card(context, text, context.say("stopped-at-home")) for text in texts)


def written_in(context: PageContext, module: Module) -> Markup:
    """Where the patient reads what they have written in a module that is stopped."""
    own = (one.id for one in context.program.exercises if one.module == module.id)
    ids = dict.fromkeys((*module.complete_when, *module.homework, *own))
    shown = [id for id in ids if _is_written(context, id)]
    if not shown:
        return Markup("")
    place = context.unique("written")
    links = (
        element(
            "li",
            {},
            element("a", {"href": context.href(form_target(context.program, id))}, form_title(context.program, id)),
        )
        for id in shown
    )
    return element(
        "section",
        {"aria-labelledby": place},
        element("h2", {"id": place}, context.say("stopped-written")),
        element("ul", {}, joined(links)),
    )


def _is_written(context: PageContext, id: str) -> bool:
    exercise, form = context.program.exercise.get(id), context.form(id)
    if exercise is not None and (exercise.filled_by != "patient" or exercise.kind == "decision"):
        return False
    return bool(form.records or form.draft)


def typed_there(context: PageContext, exercise: Exercise) -> Markup:
    """What was just sent to a part that is stopped, as it was typed: nobody has to remember it."""
    sent = context.sent(exercise.id)
    pairs = [(field.label, _typed(field, sent.get(field.id))) for field in exercise.fields]
    shown = [(label, value) for label, value in pairs if value]
    if not shown:
        return Markup("")
    place = context.unique("typed-there")
    return element(
        "section",
        {"class": "card", "aria-labelledby": place},
        element("h2", {"class": "card-title", "id": place}, context.say("stopped-typed")),
        element("p", {"class": "quiet"}, context.say("stopped-typed-text")),
        element(
            "dl",
            {"class": "answers"},
            *(
                element("div", {}, element("dt", {}, label), element("dd", {"dir": "auto"}, value))
                for label, value in shown
            ),
        ),
    )


def recalled_cards(context: PageContext) -> Markup:
    """That the patient's version is recalled, and which modules wait for what is paused, for the therapist."""
    return joined((*_recalled(context), _modules_behind(context)))


def _modules_behind(context: PageContext) -> Markup:
    behind = [one.id for one in context.situation.modules if one.waits_for_paused and context.stopped(one.id) is None]
    if not behind:
        return Markup("")
    links = (
        element("li", {}, element("a", {"href": context.href(f"module/{id}")}, context.program.module[id].title))
        for id in behind
    )
    return element(
        "section",
        {"class": "callout callout-tip"},
        element("p", {}, context.say("recalled-go-on")),
        element("ul", {}, joined(links)),
    )


def _recalled(context: PageContext) -> Iterator[Markup]:
    for one in context.viewpoint.recalled:
        place = context.unique("recalled")
        yield element(
            "section",
            {"class": "callout callout-important", "aria-labelledby": place},
            element(
                "h2", {"class": "callout-title", "id": place}, icon("flag"), element("span", {}, context.say(one.title))
            ),
            *(element("p", {}, context.text(line)) for line in one.lines),
            element("p", {"class": "eyebrow"}, context.say("recalled-for-you")) if one.text else None,
            element("div", {"dir": "auto"}, paragraphs(one.text)) if one.text else None,
        )


def _card(context: PageContext, text: str, title: str) -> Markup:
    place = context.unique("stopped")
    write = element(
        "a", {"class": "button button-secondary", "href": context.href("messages")}, context.say("stopped-write")
    )
    crisis = element("a", {"href": context.href("crisis")}, context.say("crisis-link-long"))
    # Of a treatment that has ended there is nobody to write to.
    links = (crisis,) if context.situation.phase == "ended" else (write, crisis)
    return element(
        "section",
        {"class": "callout callout-important stopped", "aria-labelledby": place},
        element("h2", {"class": "callout-title", "id": place}, icon("lock"), element("span", {}, title)),
        element("div", {"dir": "auto"}, paragraphs(text)),
        element("p", {"class": "stopped-ways"}, joined(links)) if not context.is_therapist else None,
    )


def _has_come_to(context: PageContext, part: str) -> bool:
    module = context.situation.module(part)
    if module is not None:
        return module.status not in ("locked", "hidden")
    decision = context.situation.decisions.get(part)
    if decision is not None:
        return decision.status != "not-open"
    if context.program.exercise[part].filled_by == "therapist":
        return False
    form = context.form(part)
    return form.status != "not-open" or bool(form.records)


def _typed(field: Field, value: Any) -> Markup:
    if value is None or value == "":
        return Markup("")
    if isinstance(value, list | tuple):
        items = [text for one in value if (text := _typed(field, one))]
        return element("ul", {}, *(element("li", {}, item) for item in items)) if items else Markup("")
    if isinstance(value, dict):
        return joined(_cells(field, value))
    return paragraphs(option_label(field.options, value) or str(value))


def _cells(field: Field, row: dict[str, Any]) -> Iterator[Markup]:
    for column in columns_of(field):
        if shown := _typed(column, row.get(column.id)):
            yield element("p", {"class": "quiet"}, column.label)
            yield shown
