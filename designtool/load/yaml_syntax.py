"""What libyaml could not read, said in the author's words and at the place where the author would mend it."""

from __future__ import annotations

import re

import yaml

from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text
from designtool.load.rules.tab_character import RULE as TAB_CHARACTER
from designtool.load.rules.yaml_syntax import RULE as YAML_SYNTAX

_CANNOT_START = "@`%"
_OPENS = re.compile(r"""[:-] +(["'])$""")
_OPENS_AND_GOES_ON = re.compile(r"""[:-] +(["'])(?:(?!\1).)*$""")
_HARD_SPACE = re.compile("[ \t]*[\u00a0\u2002-\u200b\u202f]")
_QUOTES = "'\""


def syntax_diagnostic(path: str, text: str, first_line: int, error: yaml.MarkedYAMLError) -> Diagnostic:
    """The one diagnostic for a file that could not be read; `first_line` is the line of the file where `text` begins."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    context = error.context_mark
    line = min(mark.line, len(lines) - 1) if mark else 0
    column = min(mark.column, len(lines[line])) if mark else 0
    problem = error.problem or ""
    place = _Place(path, lines, first_line)
    if "\t" in _indentation(lines[line]) or lines[line][column : column + 1] == "\t":
        return _tabs(place, line, column)
    for suspect in (line, min(context.line, len(lines) - 1) if context else line):
        blank = _HARD_SPACE.match(lines[suspect])
        if blank is not None:
            return place.at("blank", suspect, blank.end() - 1)
    if "unexpected end of stream" in problem and context:
        return place.at("quote", context.line, context.column)
    if "unknown escape" in problem:
        return place.at("escape", line, column + (lines[line][column : column + 1] != "\\"))
    if "cannot start any token" in problem:
        return place.at("start", line, column, sign=lines[line][column : column + 1])
    if "alphabetic or numeric" in problem and context:
        return place.at("start", context.line, context.column, sign=lines[context.line][context.column])
    if "expected ',' or" in problem and context:
        variant = "bracket" if lines[context.line][context.column : context.column + 1] == "[" else "brace"
        return place.at(variant, context.line, context.column)
    if "expected node content" in problem:
        return place.at("start", line, column, sign=lines[line][column : column + 1] or "?")
    if "mapping values are not allowed" in problem:
        return _second_colon(place, line, column)
    if "expected ':'" in problem and context:
        return place.whole_line("colon", context.line)
    if "directive" in (error.context or "") or "document start" in problem:
        return place.whole_line("marker", line)
    if "block sequence entries" in problem:
        return place.at("list", line, column)
    if "'-' indicator" in problem:
        return place.whole_line("indentation", line)
    if "did not find expected key" in problem:
        opening = _opening_quote(lines, line, column)
        return place.at("quote", *opening) if opening else _no_key(place, line, column)
    return place.at("default", line, column)


def _opening_quote(lines: list[str], line: int, column: int) -> tuple[int, int] | None:
    """Where a text begins whose closing mark is really the opening one of a later line: `a: "x` and below it `b: "y"`."""
    opening = _OPENS.search(lines[line][:column])
    if opening is None:
        return None
    for earlier in range(line - 1, -1, -1):
        found = _OPENS_AND_GOES_ON.search(lines[earlier])
        if found and found[1] == opening[1]:
            return earlier, found.start(1)
        if opening[1] in lines[earlier]:
            return None
    return None


class _Place:
    """Makes spans of the file from lines and columns of libyaml, which count from 0."""

    def __init__(self, path: str, lines: list[str], first_line: int) -> None:
        self.path = path
        self.lines = lines
        self.first_line = first_line

    def span(self, line: int, column: int, length: int = 1) -> Span:
        number = line + self.first_line
        return Span(self.path, number, column + 1, number, column + 1 + length)

    def at(self, variant: str, line: int, column: int, sign: str = "") -> Diagnostic:
        return YAML_SYNTAX.at(self.span(line, column), variant, sign=sign)

    def whole_line(self, variant: str, line: int) -> Diagnostic:
        text = self.lines[line]
        start = len(_indentation(text))
        return YAML_SYNTAX.at(self.span(line, start, max(1, len(text.rstrip()) - start)), variant)


def _tabs(place: _Place, line: int, column: int) -> Diagnostic:
    """Tabs in every indentation of the file are one habit of the editor, and one fix."""
    edits = [
        Edit(place.span(number, len(before), len(tabs)), "  " * len(tabs))
        for number, text in enumerate(place.lines)
        for before, tabs in re.findall(r"^( *)(\t+)", text)
    ]
    here = place.span(line, place.lines[line].find("\t", 0 if edits else column))
    fix = Fix(Text("byt tabbar mot mellanslag", "replace tabs with spaces"), tuple(edits)) if edits else None
    return TAB_CHARACTER.at(here, fix=fix)


def _second_colon(place: _Place, line: int, column: int) -> Diagnostic:
    """A colon inside a value that has no quotation marks, a line that is indented too far, or a line before without colon."""
    text = place.lines[line]
    key = re.match(r"\s*(?:- )*\s*([^\s:][^:]*?):\s+(?=\S)", text)
    if key and key.end() <= column:
        value = text[key.end() :].rstrip()
        fix = None
        if not set(value) & set('"\\#'):
            title = Text("sätt citattecken om värdet", "put quotation marks around the value")
            fix = Fix(title, (Edit(place.span(line, key.end(), len(value)), f'"{value}"'),))
        return YAML_SYNTAX.at(place.span(line, column), "second-colon", fix=fix)
    before = line - 1
    while before >= 0 and not place.lines[before].strip():
        before -= 1
    if before >= 0 and ":" not in place.lines[before]:
        return place.whole_line("colon", before)
    return place.whole_line("indentation", line)


def _no_key(place: _Place, line: int, column: int) -> Diagnostic:
    text = place.lines[line]
    if not text[:column].strip():
        return place.whole_line("indentation", line)
    before = text[:column].rstrip()
    if before[-1:] in _QUOTES:
        return place.at("after-quote", line, column)
    return place.at("default", line, column)


def _indentation(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
