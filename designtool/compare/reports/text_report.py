"""Changes for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.reports.compared import BUMP_WORDS, Compared, grouped, place_in_words, summary, where
from designtool.compare.reports.word_difference import shortened, word_difference
from designtool.diagnostics import Language, Text

_GONE, _COME, _QUIET, _STRONG, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


def text_report(compared: Compared, language: Language, colour: bool = False) -> str:
    lines: list[str] = []
    for heading, _, changes in grouped(compared.changes):
        lines += [_in(f"{heading.in_language(language)} ({len(changes)})", _STRONG, colour), ""]
        for change in changes:
            lines += [*_lines(change, compared, language, colour), ""]
    old, new = compared.old, compared.new
    lines.append(f"{old.id} {old.version} ({compared.old_source}) → {new.id} {new.version} ({compared.new_source})")
    lines.append(summary(compared, language))
    if compared.changes.changes:
        first = compared.changes.changes[0].rule
        read = Text(f"Läs mer: designtool explain {first}", f"Read more: designtool explain {first}")
        lines.append(read.in_language(language))
    return "\n".join(lines) + "\n"


def _lines(change: Change, compared: Compared, language: Language, colour: bool) -> Iterator[str]:
    step = BUMP_WORDS[change.bump].in_language(language)
    never = Text("aldrig tillåtet", "never allowed").in_language(language)
    yield f"{change.rule} [{step if change.allowed else never}] {place_in_words(change, compared, language)}"
    yield f"  {change.message.in_language(language)}"
    yield from _difference(change, language, colour)
    if change.witness is not None:
        for_example = Text("till exempel", "for example").in_language(language)
        yield f"  {for_example} {change.witness.in_words(language)}"
    if change.evidence is not None:
        yield f"  {change.evidence.in_language(language)}"
    yield f"  {change.consequence.in_language(language)}"
    place = where(change.span) or where(change.old_span)
    if place:
        yield _in(f"  --> {place}", _QUIET, colour)


def _difference(change: Change, language: Language, colour: bool) -> Iterator[str]:
    if change.old is None and change.new is None:
        return
    if change.is_text and change.old and change.new:
        pieces = shortened(word_difference(change.old, change.new))
        marks = {"same": ("", "", ""), "gone": ("[-", "-]", _GONE), "come": ("{+", "+}", _COME)}
        words = "".join(
            _in(f"{start}{piece.text}{end}", code, colour and bool(code))
            for piece in pieces
            for start, end, code in (marks[piece.what],)
        )
        yield from (f"    {line}" for line in words.splitlines())
        return
    for sign, value, code in (("-", change.old, _GONE), ("+", change.new, _COME)):
        for line in (value or "").splitlines()[:8]:
            yield _in(f"  {sign} {line}", code, colour)


def _in(text: str, code: str, colour: bool) -> str:
    return f"{code}{text}{_RESET}" if colour else text
