"""From an address to a page: one table for each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from designtool.render import pages_patient, pages_therapist
from designtool.render.context import PageContext
from designtool.render.facts import template_facts
from designtool.render.html import element
from designtool.render.parts import Body, saved_notice
from designtool.render.templates import Templates
from designtool.render.viewpoint import Viewpoint
from designtool.treatment.situation import Situation

PageMaker = Callable[[str, PageContext, Templates], Body | None]

PATIENT: dict[str, PageMaker] = {
    "home": pages_patient.home,
    "modules": pages_patient.modules,
    "module": pages_patient.module,
    "page": pages_patient.page,
    "exercise": pages_patient.exercise,
    "questionnaire": pages_patient.questionnaire,
    "messages": pages_patient.messages,
    "results": pages_patient.results,
    "crisis": pages_patient.crisis,
    "library": pages_patient.library,
}

THERAPIST: dict[str, PageMaker] = {
    "treatment": pages_therapist.treatment,
    "module": pages_therapist.module,
    "page": pages_patient.page,
    "exercise": pages_therapist.exercise,
    "form": pages_therapist.form,
    "messages": pages_patient.messages,
    "flags": pages_therapist.flags,
    "decision": pages_therapist.decision,
    "crisis": pages_patient.crisis,
    "library": pages_patient.library,
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the main column: an element whose id is `block-<id>`, to be replaced as a whole when its HTML has changed."""

    id: str
    html: str


def view(target: str, situation: Situation, viewpoint: Viewpoint, templates: Templates) -> str:
    """The whole HTML document at an address. KeyError for an address that does not exist: see `targets`."""
    context = PageContext(situation, viewpoint, target)
    body = _body(context, templates)
    facts = template_facts(context) | {
        "title": body.title,
        "page_kind": target.partition("/")[0],
        "navigation": _navigation(context),
        "start": "treatment" if context.is_therapist else "home",
        "fragments": _fragments(body, context),
        "aside": body.aside,
        "aside_title": body.aside_title,
    }
    return str(templates.page("document", facts)) + "\n"


def fragments(target: str, situation: Situation, viewpoint: Viewpoint, templates: Templates) -> tuple[Fragment, ...]:
    """The main column in order. The same id stands for the same piece as long as the page is the same."""
    context = PageContext(situation, viewpoint, target)
    return _fragments(_body(context, templates), context)


def targets(situation: Situation, viewpoint: Viewpoint) -> tuple[tuple[str, str], ...]:
    """Every address that exists for this role, with its title, in the order of a menu."""
    context = PageContext(situation, viewpoint, "")
    maker = pages_therapist if context.is_therapist else pages_patient
    return tuple(maker.targets(context))


def _body(context: PageContext, templates: Templates) -> Body:
    kind, _, rest = context.target.partition("/")
    table = THERAPIST if context.is_therapist else PATIENT
    body = table[kind](rest, context, templates)
    if body is None:
        raise KeyError(context.target)
    return body


def _fragments(body: Body, context: PageContext) -> tuple[Fragment, ...]:
    notice = saved_notice(context)
    parts = (("saved", notice), *body.parts) if notice else body.parts
    language = context.program.language if body.authored and context.program.language != context.language else None
    return tuple(_fragment(id, html, language if id in body.authored else None) for id, html in parts if html)


def _fragment(id: str, html: Markup, language: str | None) -> Fragment:
    direction = "rtl" if language in ("ar", "fa", "he", "ur", "ckb", "ps") else None
    return Fragment(
        id,
        str(
            element(
                "div",
                {"id": f"block-{id}", "class": "block", "data-block": id, "lang": language, "dir": direction},
                html,
            )
        ),
    )


def _navigation(context: PageContext) -> list[dict[str, Any]]:
    open_flags = sum(1 for flag in context.situation.flags if flag.acknowledged_at is None and flag.level != "green")
    items: list[tuple[str, str, str, tuple[str, ...], int]]
    if context.is_therapist:
        items = [
            ("treatment", "overview", "home", ("treatment", "module", "page", "form", "exercise", "decision"), 0),
            ("flags", "flags", "flag", ("flags",), open_flags),
            ("messages", "messages", "messages", ("messages",), 0),
        ]
    else:
        items = [
            ("home", "week", "home", ("home", "exercise", "questionnaire"), 0),
            ("modules", "modules", "modules", ("modules", "module", "page"), 0),
            ("messages", "messages", "messages", ("messages",), 0),
            ("results", "results", "results", ("results",), 0),
        ]
    kind = context.target.partition("/")[0]
    return [
        {
            "target": target,
            "title": context.say(key),
            "icon": mark,
            "current": kind in kinds,
            "exact": context.target == target,
            "count": count,
        }
        for target, key, mark, kinds, count in items
    ]
