"""What every template can name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from designtool.render.blocks import telephone
from designtool.render.context import PageContext
from designtool.render.display import day, moment
from designtool.render.html import paragraphs
from designtool.render.icons import icon


def template_facts(context: PageContext) -> dict[str, Any]:
    def said_day(value: date) -> str:
        return day(value, context.language, context.today)

    def said_moment(value: datetime) -> str:
        return moment(value, context.language, context.situation.now)

    return {
        "situation": context.situation,
        "program": context.program,
        "viewpoint": context.viewpoint,
        "language": context.language,
        "target": context.target,
        "therapist": context.is_therapist,
        "say": context.say,
        "href": context.href,
        "words": context.text,
        "token_field": context.token_field(),
        "icon": icon,
        "day": said_day,
        "moment": said_moment,
        "paragraphs": paragraphs,
        "telephone": telephone,
    }
