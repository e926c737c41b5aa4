"""Changes as the text of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.reports.compared import (
    BUMP_WORDS,
    IN_FLIGHT_WORDS,
    Compared,
    grouped,
    place_in_words,
    summary,
    title_of,
    where,
)
from designtool.diagnostics import Language, Text


def markdown_report(compared: Compared, language: Language) -> str:
    old, new = compared.old, compared.new
    lines = [
        f"## {_escaped(new.title)} {_escaped(old.version)} → {_escaped(new.version)}",
        "",
        summary(compared, language),
    ]
    heads = (
        Text("Vad", "What"),
        Text("Steg", "Step"),
        Text("Pågående patienter", "Patients under way"),
    )
    for heading, meaning, changes in grouped(compared.changes):
        lines += ["", f"### {heading.in_language(language)} ({len(changes)})", "", meaning.in_language(language), ""]
        lines.append("| " + " | ".join(head.in_language(language) for head in heads) + " |")
        lines.append("| --- | --- | --- |")
        lines += [_row(change, compared, language) for change in changes]
    return "\n".join(lines) + "\n"


def _row(change: Change, compared: Compared, language: Language) -> str:
    step = BUMP_WORDS[change.bump].in_language(language)
    if not change.allowed:
        step = Text("aldrig tillåtet", "never allowed").in_language(language)
    what = "<br>".join(_what(change, compared, language))
    return f"| {what} | {step} | {IN_FLIGHT_WORDS[change.in_flight].in_language(language)} |"


def _what(change: Change, compared: Compared, language: Language) -> Iterator[str]:
    yield f"**{_escaped(title_of(change, language))}** (`{change.rule}`)"
    yield f"{_escaped(place_in_words(change, compared, language))}: {_escaped(change.message.in_language(language))}"
    if change.old is not None:
        yield f"− {_escaped(_short(change.old))}"
    if change.new is not None:
        yield f"+ {_escaped(_short(change.new))}"
    if change.witness is not None:
        for_example = Text("Till exempel", "For example").in_language(language)
        yield f"{for_example} {_escaped(change.witness.in_words(language))}"
    if change.evidence is not None:
        yield f"({_escaped(change.evidence.in_language(language))})"
    place = where(change.span) or where(change.old_span)
    if place:
        yield f"`{place}`"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 300 else f"{flat[:299]}…"


def _escaped(text: str) -> str:
    """Nothing that a program says can become a mark of the page, a mention of a person or an element."""
    flat = " ".join(text.split())
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", flat)
