"""Changes side by side, for a clinical reviewer: one page that needs nothing else, on screen and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from markupsafe import Markup

from designtool.compare.change import Change
from designtool.compare.reports.compared import (
    BUMP_WORDS,
    IN_FLIGHT_WORDS,
    Compared,
    group_of,
    grouped,
    place_in_words,
    summary,
    title_of,
    where,
)
from designtool.compare.reports.style import STYLE
from designtool.compare.reports.word_difference import Piece, word_difference
from designtool.diagnostics import Language, Text
from designtool.render.html import element, joined, text

_SHORT = 12
"""Characters that are read as a whole, like a number or a version."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_report(compared: Compared, language: Language) -> str:
    title = f"{compared.new.title}: {compared.old.version} → {compared.new.version}"
    head = element(
        "head",
        {},
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta http-equiv="Content-Security-Policy" content="') + text(_POLICY) + Markup('">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        element("title", {}, title),
        Markup("<style>") + Markup(STYLE) + Markup("</style>"),
    )
    body = element("body", {}, element("main", {}, _top(compared, language), change_groups(compared, language)))
    return str(Markup("<!doctype html>\n") + element("html", {"lang": language}, head, body)) + "\n"


def _top(compared: Compared, language: Language) -> Markup:
    def say(sv: str, en: str) -> str:
        return Text(sv, en).in_language(language)

    changes = compared.changes
    facts = [
        (say("Gammal version", "Old version"), f"{compared.old.version} – {compared.old_source}"),
        (say("Ny version", "New version"), f"{compared.new.version} – {compared.new_source}"),
        (say("Minsta steg", "Least step"), BUMP_WORDS[changes.required_bump].in_language(language)),
        (say("Pågående patienter", "Patients under way"), IN_FLIGHT_WORDS[changes.in_flight].in_language(language)),
    ]
    groups = [
        element(
            "li",
            {},
            element("a", {"href": f"#{group_of(found[0])}"}, f"{heading.in_language(language)} ({len(found)})"),
        )
        for heading, _, found in grouped(changes)
    ]
    return element(
        "header",
        {},
        element("p", {"class": "eyebrow"}, say("Skillnad mellan två versioner", "Difference between two versions")),
        element("h1", {}, compared.new.title),
        element("p", {"class": "lead"}, summary(compared, language)),
        element(
            "dl",
            {"class": "facts"},
            *(element("div", {}, element("dt", {}, name), element("dd", {}, value)) for name, value in facts),
        ),
        element("nav", {"aria-label": say("Ändringar", "Changes")}, element("ul", {}, *groups)) if groups else None,
    )


def change_groups(compared: Compared, language: Language, prefix: str = "", level: Literal[2, 4] = 2) -> Markup:
    """The changes under headings from `level` on, each group with an id that begins with `prefix`: a part of any page."""
    return joined(_groups(compared, language, prefix, level))


def _groups(compared: Compared, language: Language, prefix: str, level: int) -> Iterator[Markup]:
    for heading, meaning, changes in grouped(compared.changes):
        group = group_of(changes[0])
        id = f"{prefix}{group}"
        yield element(
            "section",
            {"class": f"group group-{group}", "aria-labelledby": id},
            element(
                f"h{level}",
                {"id": id},
                f"{heading.in_language(language)} ",
                element("span", {"class": "count"}, f"({len(changes)})"),
            ),
            element("p", {"class": "meaning"}, meaning.in_language(language)),
            *(_change(change, compared, language, level + 1) for change in changes),
        )


def _change(change: Change, compared: Compared, language: Language, level: int) -> Markup:
    def say(sv: str, en: str) -> str:
        return Text(sv, en).in_language(language)

    notes: list[tuple[str, str]] = []
    if change.witness is not None:
        notes.append((say("Till exempel", "For example"), change.witness.in_words(language)))
    if change.evidence is not None:
        notes.append((say("Jämfört så här", "Compared thus"), change.evidence.in_language(language)))
    notes.append((say("Pågående patienter", "Patients under way"), change.consequence.in_language(language)))
    place = where(change.span) or where(change.old_span)
    if place:
        notes.append((say("Plats", "Place"), place))
    return element(
        "article",
        {"class": "change"},
        element(f"h{level}", {}, title_of(change, language)),
        element(
            "p",
            {"class": "about"},
            element("span", {"class": "subject"}, _capital(place_in_words(change, compared, language))),
            " – ",
            change.message.in_language(language),
            "  ",
            element("code", {}, change.rule),
        ),
        _sides(change, language, level + 1),
        element(
            "dl",
            {"class": "notes"},
            *(element("div", {}, element("dt", {}, name), element("dd", {}, note)) for name, note in notes),
        ),
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sides(change: Change, language: Language, level: int) -> Markup | None:
    if change.old is None and change.new is None:
        return None
    pieces: tuple[Piece, ...] = ()
    if change.old is not None and change.new is not None and max(len(change.old), len(change.new)) > _SHORT:
        pieces = word_difference(change.old, change.new)
    return element(
        "div",
        {"class": "sides"},
        _side("old", Text("Före", "Before"), change.old, pieces, language, level),
        _side("new", Text("Efter", "After"), change.new, pieces, language, level),
    )


def _side(
    side: Literal["old", "new"],
    name: Text,
    value: str | None,
    pieces: tuple[Piece, ...],
    language: Language,
    level: int,
) -> Markup:
    heading = element(f"h{level}", {}, name.in_language(language))
    if value is None:
        nothing = (
            Text("Fanns inte", "Was not there") if side == "old" else Text("Finns inte längre", "Is no longer there")
        )
        return element(
            "div",
            {"class": f"side side-{side}"},
            heading,
            element("p", {"class": "nothing"}, nothing.in_language(language)),
        )
    own, mark = ("gone", "del") if side == "old" else ("come", "ins")
    shown = [
        element(mark, {}, *_lines(piece.text)) if piece.what == own else joined(_lines(piece.text))
        for piece in pieces
        if piece.what in ("same", own)
    ]
    content = joined(shown) if pieces else element(mark, {}, *_lines(value))
    return element("div", {"class": f"side side-{side}"}, heading, element("p", {"dir": "auto"}, content))


def _lines(value: str) -> Iterator[Markup]:
    for number, line in enumerate(value.split("\n")):
        if number:
            yield element("br")
        yield text(line)
