"""What a page is made of before it becomes a document."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from designtool.render.context import PageContext
from designtool.render.html import element
from designtool.render.icons import icon
from designtool.render.words import WORDS


@dataclass(frozen=True, slots=True)
class Body:
    """The title, and the main column as named parts in order."""

    title: str
    parts: tuple[tuple[str, Markup], ...]
    aside: Markup = Markup("")
    """What stands beside the main column on a wide screen."""
    aside_title: str = ""
    authored: frozenset[str] = frozenset()
    """The parts that are in the author's language, which may be another than the interface's."""


def heading(title: str, eyebrow: str | Markup = "", lead: str = "") -> Markup:
    return element(
        "div",
        {"class": "heading"},
        element("p", {"class": "eyebrow"}, eyebrow) if eyebrow else None,
        element("h1", {}, title),
        element("p", {"class": "lead"}, lead) if lead else None,
    )


def saved_notice(context: PageContext) -> Markup:
    """What was just done, confirmed at the top of the page."""
    saved = context.viewpoint.saved
    if not saved:
        return Markup("")
    key = f"saved-{saved}" if f"saved-{saved}" in WORDS else "saved-other"
    return element("p", {"class": "saved", "role": "status"}, icon("check"), element("span", {}, context.say(key)))
