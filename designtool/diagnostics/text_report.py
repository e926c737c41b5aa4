"""Diagnostics for a person at a terminal: the excerpt, a caret under the place, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from designtool.diagnostics.diagnostic import Diagnostic, Language, Severity, Text
from designtool.diagnostics.span import Span

_WORD = {
    Severity.ERROR: Text("fel", "error"),
    Severity.WARNING: Text("varning", "warning"),
    Severity.INFO: Text("tips", "info"),
}
_COLOUR = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}
_QUIET = "\x1b[2m"
_RESET = "\x1b[0m"
_WIDEST_EXCERPT = 140


def text_report(
    diagnostics: Sequence[Diagnostic],
    line_of: Callable[[str, int], str | None],
    language: Language = "sv",
    colour: bool = False,
) -> str:
    """`line_of(path, line)` gives the author's line, or None where there is none to show."""
    parts = [_one(diagnostic, line_of, language, colour) for diagnostic in diagnostics]
    parts.append(summary_line(diagnostics, language))
    return "\n\n".join(parts) + "\n"


def summary_line(diagnostics: Sequence[Diagnostic], language: Language) -> str:
    errors, warnings, infos = counts(diagnostics)
    if not diagnostics:
        return Text("Inga fel.", "No findings.").in_language(language)
    fixable = sum(diagnostic.fix is not None for diagnostic in diagnostics)
    first = next((d for d in diagnostics if d.severity is Severity.ERROR), diagnostics[0])
    if language == "sv":
        words = [f"{errors} fel", f"{warnings} varning{'ar' if warnings != 1 else ''}", f"{infos} tips"]
        more = f"; {fixable} har ett förslag till rättning" if fixable else ""
        learn = f"Läs mer: designtool explain {first.rule}"
    else:
        words = [
            f"{errors} error{'s' if errors != 1 else ''}",
            f"{warnings} warning{'s' if warnings != 1 else ''}",
            f"{infos} info",
        ]
        more = f"; {fixable} with a suggested fix" if fixable else ""
        learn = f"Read more: designtool explain {first.rule}"
    shown = [word for word, count in zip(words, (errors, warnings, infos), strict=True) if count]
    return f"{', '.join(shown)}{more}. {learn}"


def counts(diagnostics: Sequence[Diagnostic]) -> tuple[int, int, int]:
    """Errors, warnings, infos."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    return tuple(severities.count(severity) for severity in Severity)  # type: ignore[return-value]


def _one(diagnostic: Diagnostic, line_of: Callable[[str, int], str | None], language: Language, colour: bool) -> str:
    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if colour else text

    severity = f"{_WORD[diagnostic.severity].in_language(language)}[{diagnostic.rule}]"
    span = diagnostic.span
    lines = [f"{paint(_COLOUR[diagnostic.severity], severity)}: {diagnostic.message.in_language(language)}"]
    place = span.path if span.line is None else f"{span.path}:{span.line}:{span.column}"
    lines.append(f" {paint(_QUIET, '-->')} {place}")
    excerpt = line_of(span.path, span.line) if span.line is not None else None
    margin = " " * len(str(span.line or ""))
    if excerpt is not None and span.line is not None and span.column is not None:
        shown, column, width = _window(excerpt, span.column, _width(diagnostic, excerpt))
        lines.append(paint(_QUIET, f"{margin} |"))
        lines.append(f"{paint(_QUIET, f'{span.line} |')} {shown}")
        carets = paint(_COLOUR[diagnostic.severity], "^" * max(1, _cells(shown[column - 1 : column - 1 + width])))
        lines.append(f"{paint(_QUIET, f'{margin} |')} {' ' * _cells(shown[: column - 1])}{carets}")
    for related in diagnostic.related:
        lines.append(f"{margin} = {_related_place(related.span)}: {related.message.in_language(language)}")
    if diagnostic.help is not None:
        label = Text("hjälp", "help").in_language(language)
        lines.append(f"{margin} = {label}: {diagnostic.help.in_language(language)}")
    return "\n".join(lines)


def _related_place(span: Span) -> str:
    return span.path if span.line is None else f"{span.path}:{span.line}"


def _width(diagnostic: Diagnostic, excerpt: str) -> int:
    span = diagnostic.span
    assert span.column is not None
    last = len(excerpt) + 1
    end = span.end_column if span.end_line == span.line and span.end_column else last
    return max(1, min(end, last) - span.column)


def _cells(text: str) -> int:
    """How wide a terminal shows a text: an emoji takes two places, a combining mark none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _window(excerpt: str, column: int, width: int) -> tuple[str, int, int]:
    """A long line is cut around the caret; control characters are shown as spaces so that the caret stays true."""
    start = max(0, column - 1 - _WIDEST_EXCERPT // 2) if len(excerpt) > _WIDEST_EXCERPT else 0
    cut = excerpt[start : start + _WIDEST_EXCERPT]
    shown = "".join(letter if letter.isprintable() else " " for letter in cut)
    column -= start
    return shown, column, max(1, min(width, len(shown) - column + 1))
