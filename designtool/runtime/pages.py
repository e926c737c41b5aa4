"""The runtime's own pages: sign-in, lists, administration, errors. Pages of a treatment come from `render.view` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.responses import HTMLResponse, Response

from designtool.diagnostics import Language, Text
from designtool.render import Templates
from designtool.render.blocks import telephone
from designtool.render.display import moment
from designtool.render.html import paragraphs
from designtool.render.icons import icon
from designtool.runtime.access import Session
from designtool.runtime.crisis import CrisisHelp
from designtool.runtime.words import say
from designtool.treatment.days import local


@dataclass
class Pages:
    templates: Templates
    language: Language
    notices: tuple[Text, ...]
    help: CrisisHelp = field(default_factory=CrisisHelp)
    """Replaced as a whole when a bundle is imported."""
    crisis_html: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.set_help(self.help)

    def set_help(self, help: CrisisHelp) -> None:
        self.help = help
        self.crisis_html = self._render("crisis", None, {"title": say(self.language, "crisis-title")})

    def crisis(self) -> Response:
        """From memory: it asks neither the database nor who is there."""
        return HTMLResponse(self.crisis_html)

    def page(
        self,
        name: str,
        session: Session | None,
        facts: Mapping[str, Any],
        now: datetime | None = None,
        status: int = 200,
    ) -> Response:
        """`now`: of the care unit, where the page shows times."""
        return HTMLResponse(self._render(name, session, facts, now), status)

    def refusal(self, status: int, why: str, session: Session | None = None) -> Response:
        """An error page, with help for whoever needs it now. `why` is the name of its words."""
        title = _TITLES.get(status, "refused-title")
        facts = {"title": say(self.language, title), "why": say(self.language, why), "signed_out": status == 401}
        return self.page("refusal", session, facts, status=status)

    def _render(self, name: str, session: Session | None, facts: Mapping[str, Any], now: datetime | None = None) -> str:
        def said(key: str, **values: str | int) -> str:
            return say(self.language, key, **values)

        def said_moment(at: datetime) -> str:
            return moment(local(at), self.language, local(now or at))

        def words(text: Text) -> str:
            return text.in_language(self.language)

        template = self.templates.environment.get_template(f"runtime/{name}.html")
        return (
            template.render(
                {
                    "language": self.language,
                    "say": said,
                    "moment": said_moment,
                    "words": words,
                    "paragraphs": paragraphs,
                    "icon": icon,
                    "telephone": telephone,
                    "notices": self.notices,
                    "help": self.help,
                    "session": session,
                    "page_name": name,
                    "now": now,
                    **facts,
                }
            )
            + "\n"
        )


_TITLES = {
    401: "signed-out-title",
    404: "not-found-title",
    500: "fault-title",
    503: "fault-title",
}
