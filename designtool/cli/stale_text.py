"""A page of a region's whose page below has changed: what the publisher has changed, and the region's own beside it."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.cli.side_by_side import side_by_side
from designtool.diagnostics import Language, Text


def stale_lines(path: str, own: str, before: str | None, now: str, language: Language) -> Iterator[str]:
    """The region's page beside the publisher's, and then the publisher's as it was beside what it is."""
    own_heading = Text(f"er sida: {path}", f"your page: {path}").in_language(language)
    now_heading = Text("utgivarens sida nu", "the publisher's page now").in_language(language)
    yield from side_by_side((own_heading, own), (now_heading, now))
    yield ""
    if before is not None:
        before_heading = Text("utgivarens sida förut", "the publisher's page before").in_language(language)
        yield from side_by_side((before_heading, before), (now_heading, now))
    else:
        yield Text(
            "Hur utgivarens sida såg ut förut finns inte sparat i upstream/.",
            "What the publisher's page was like before is not kept in upstream/.",
        ).in_language(language)
