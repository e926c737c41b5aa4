"""YAML as authors mean it, with the place of every key and value.

libyaml gives the events; everything else is done here: its own composer overflows the C stack on deep nesting, and its
own typing makes false of `no` and 1350 of `22:30`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser

from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text
from designtool.load.allowances import read_allowance
from designtool.load.document import Allowance, Place
from designtool.load.rules.complex_key import RULE as COMPLEX_KEY
from designtool.load.rules.repeated_key import RULE as REPEATED_KEY
from designtool.load.rules.several_documents import RULE as SEVERAL_DOCUMENTS
from designtool.load.rules.split_by_comma import RULE as SPLIT_BY_COMMA
from designtool.load.rules.tab_character import RULE as TAB_CHARACTER
from designtool.load.rules.text_after_hash import RULE as TEXT_AFTER_HASH
from designtool.load.rules.too_deep import RULE as TOO_DEEP
from designtool.load.rules.yaml_anchor import RULE as YAML_ANCHOR
from designtool.load.rules.yaml_tag import RULE as YAML_TAG
from designtool.load.text_file import decode
from designtool.load.yaml_syntax import syntax_diagnostic

DEEPEST = 100
"""Levels of lists and mappings in each other."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*[1-9])?")
_MOST_DIGITS = 15
"""What a binary fraction keeps without loss; a longer row of digits is an identity, not an amount, and stays text."""
_COMMENT = re.compile(r"(?m)(?:^|(?<=[ \t]))#[ \t]*(designtool:[^\n]*)")
_TEXT_AFTER_HASH = re.compile(r"(?m)^[ \t]*[^\s#][^\n#]* (#[^\s#][^\n]*)$")
_TAG = re.compile(r"!\S*")
_LINE_BREAKS_OF_LIBYAML_ALONE = "\x85\u2028\u2029"


@dataclass(frozen=True, slots=True)
class ParsedYaml:
    data: Any
    """None both for an empty file and for one that could not be read; `readable` tells them apart."""
    values: Mapping[str, Place] = field(default_factory=dict)
    keys: Mapping[str, Place] = field(default_factory=dict)
    allowances: tuple[Allowance, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    readable: bool = True


def parse_yaml(path: str, data: bytes, first_line: int = 1) -> ParsedYaml:
    """The data of a YAML file, or of the part of a file that starts at `first_line`."""
    decoded = decode(path, data)
    if decoded.text is None:
        return ParsedYaml(None, diagnostics=decoded.diagnostics, readable=False)
    parsed = parse_yaml_text(path, decoded.text, first_line)
    if not decoded.diagnostics:
        return parsed
    diagnostics = (*decoded.diagnostics, *parsed.diagnostics)
    return ParsedYaml(parsed.data, parsed.values, parsed.keys, parsed.allowances, diagnostics, parsed.readable)


def parse_yaml_text(path: str, text: str, first_line: int = 1) -> ParsedYaml:
    """As `parse_yaml`, for text that `decode` has made."""
    substitutes = _substitutes(text)
    composer = _Composer(path, text.translate(substitutes) if substitutes else text, first_line, substitutes)
    data = composer.compose()
    allowances = composer.read_comments() if "designtool:" in text else ()
    if "\t" in text:
        composer.find_tabs()
    if " #" in text:
        composer.find_text_after_hash()
    return ParsedYaml(
        data, composer.values, composer.keys, allowances, tuple(composer.diagnostics), readable=composer.readable
    )


def typed(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar: typed when it is written as that value is written shortest, else text."""
    if text == "true":
        return True
    if text == "false":
        return False
    if text == "" or text == "null":
        return None
    if text[0] not in "-0123456789" or not _NUMBER.fullmatch(text) or text == "-0":
        return text
    if "." not in text:
        return int(text)
    return float(text) if len(text.lstrip("-").replace(".", "").lstrip("0")) <= _MOST_DIGITS else text


NextEvent = Callable[[], Any]


class _Unreadable(Exception):
    """Reading stops here; the diagnostic is already written."""


class _Composer:
    """Builds data from libyaml's events, keeping the place of each value and key under its JSON pointer."""

    def __init__(self, path: str, text: str, first_line: int, substitutes: Mapping[int, int]) -> None:
        self.path = path
        self.text = text
        self.line_offset = first_line
        self.restored = {substitute: original for original, substitute in substitutes.items()}
        self.values: dict[str, Place] = {}
        self.keys: dict[str, Place] = {}
        self.diagnostics: list[Diagnostic] = []
        self.readable = True
        self.anchor_reported = False
        self.line_starts: list[int] = []
        self.scalars: list[tuple[int, int]] = []
        """Start and end of each text in characters: a tab or a number sign inside them is the author's own."""

    def compose(self) -> Any:
        parser = CParser(self.text)
        try:
            return self._document(parser)
        except yaml.MarkedYAMLError as error:
            self.diagnostics.append(syntax_diagnostic(self.path, self.text, self.line_offset, error))
        except _Unreadable:
            pass
        self.readable = False
        self.values.clear()
        self.keys.clear()
        return None

    def _document(self, parser: Any) -> Any:
        next_event = parser.get_event
        next_event()  # The start of the stream.
        event = next_event()
        if event.__class__ is yaml.StreamEndEvent:
            self.values[""] = (self.line_offset, 1, self.line_offset, 1)
            return None
        data = self._value(next_event(), next_event, "", 0)[0]
        next_event()  # The end of the document.
        event = next_event()
        if event.__class__ is not yaml.StreamEndEvent:
            line, column = event.start_mark.line + self.line_offset, event.start_mark.column + 1
            self.diagnostics.append(SEVERAL_DOCUMENTS.at(Span(self.path, line, column, line, column + 3)))
            raise _Unreadable
        return data

    def _value(self, event: Any, next_event: NextEvent, pointer: str, depth: int) -> tuple[Any, int, int]:
        """The value that starts with this event, and the line (of libyaml) and column where it ends."""
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            return self._scalar(event, pointer)
        if kind is yaml.AliasEvent:
            self._anchor(event, "alias")
            raise _Unreadable
        if event.anchor is not None:
            self._anchor(event, "anchor")
        if event.tag is not None:
            self._tag(event)
        if depth == DEEPEST:
            self.diagnostics.append(TOO_DEEP.at(self._span(event.start_mark, 1), limit=DEEPEST))
            raise _Unreadable
        if kind is yaml.SequenceStartEvent:
            return self._sequence(event, next_event, pointer, depth)
        return self._mapping(event, next_event, pointer, depth)

    def _scalar(self, event: Any, pointer: str) -> tuple[Any, int, int]:
        start, end = event.start_mark, event.end_mark
        value: Any = event.value
        if event.style == "" and event.tag is None:
            value = typed(value)
        if event.anchor is not None:
            self._anchor(event, "anchor")
        if event.tag is not None:
            self._tag(event)
        line, column = end.line, end.column
        if event.style in ("|", ">"):
            line, column = self._end_of_block(start.index, end.index, start.line)
        if value.__class__ is str:
            self.scalars.append((start.index, end.index))
            if self.restored:
                value = value.translate(self.restored)
        offset = self.line_offset
        self.values[pointer] = (start.line + offset, start.column + 1, line + offset, column + 1)
        return value, line, column

    def _sequence(self, event: Any, next_event: NextEvent, pointer: str, depth: int) -> tuple[list[Any], int, int]:
        start = event.start_mark
        items: list[Any] = []
        line, column = start.line, start.column + 1
        flow = event.flow_style
        unclosed = 0  # Parentheses that the last text opened: what follows up to their end was one text with it.
        rest: Any = None
        while True:
            item = next_event()
            if unclosed > 0 and item.__class__ is yaml.ScalarEvent and item.style == "":
                unclosed += _opened(item.value)
                rest = item
                continue
            if rest is not None:
                items[-1] = self._joined(f"{pointer}/{len(items) - 1}", rest)
                rest = None
            if item.__class__ is yaml.SequenceEndEvent:
                break
            unclosed = _opened(item.value) if flow and item.__class__ is yaml.ScalarEvent and item.style == "" else 0
            value, line, column = self._value(item, next_event, f"{pointer}/{len(items)}", depth + 1)
            items.append(value)
        if flow:
            closing: Any = item.end_mark
            line, column = closing.line, closing.column
        offset = self.line_offset
        self.values[pointer] = (start.line + offset, start.column + 1, line + offset, column + 1)
        return items, line, column

    def _mapping(self, event: Any, next_event: NextEvent, pointer: str, depth: int) -> tuple[dict[str, Any], int, int]:
        start = event.start_mark
        data: dict[str, Any] = {}
        line, column = start.line, start.column + 1
        flow = event.flow_style
        offset = self.line_offset
        previous = ""
        repeated = False
        rest: Any = None
        while True:
            key_event = next_event()
            if key_event.__class__ is yaml.MappingEndEvent:
                break
            if key_event.__class__ is not yaml.ScalarEvent:
                self._no_plain_key(key_event)
            key = key_event.value
            if self.restored:
                key = key.translate(self.restored)
            if key == "<<" and key_event.style == "":
                self._anchor(key_event, "merge")
                raise _Unreadable
            if key_event.anchor is not None:
                self._anchor(key_event, "anchor")
            if key_event.tag is not None:
                self._tag(key_event)
            value_event = next_event()
            if flow and previous and self._is_rest_of(previous, data, key_event, value_event):
                rest = key_event
                continue
            if rest is not None:
                data[previous] = self._joined(f"{pointer}/{_escaped(previous)}", rest)
                rest = None
            key_start, key_end = key_event.start_mark, key_event.end_mark
            place = (key_start.line + offset, key_start.column + 1, key_end.line + offset, key_end.column + 1)
            inside = f"{pointer}/{_escaped(key)}"
            self.scalars.append((key_start.index, key_end.index))
            if key in data:
                is_part = pointer.rsplit("/", 1)[-1].isdecimal()
                # A forgotten hyphen makes two parts of a list one, and repeats every key that they share.
                if not (is_part and repeated):
                    first, help = Span(self.path, *self.keys[inside]), "part" if is_part else "default"
                    self.diagnostics.append(
                        REPEATED_KEY.at(Span(self.path, *place), help=help, pointer=inside, key=key, line=first.line)
                    )
                repeated = True
                # The first one counts: what stands under the second is read for its own mistakes alone.
                kept_values, kept_keys = self.values, self.keys
                self.values, self.keys = {}, {}
                _, line, column = self._value(value_event, next_event, inside, depth + 1)
                self.values, self.keys = kept_values, kept_keys
                continue
            self.keys[inside] = place
            data[key], line, column = self._value(value_event, next_event, inside, depth + 1)
            if value_event.start_mark.index == value_event.end_mark.index and data[key] is None:
                # An empty value stands where its key ends, not where libyaml went on to look for it.
                line, column = key_end.line, key_end.column + 1
                self.values[inside] = (line + offset, column + 1, line + offset, column + 1)
            previous = key
        if rest is not None:
            data[previous] = self._joined(f"{pointer}/{_escaped(previous)}", rest)
        if flow:
            closing: Any = key_event.end_mark
            line, column = closing.line, closing.column
        self.values[pointer] = (start.line + offset, start.column + 1, line + offset, column + 1)
        return data, line, column

    def _is_rest_of(self, previous: str, data: dict[str, Any], key: Any, value: Any) -> bool:
        """True for a key without colon after a plain value: both were one text before the comma split it."""
        value_mark: Any = value.start_mark
        return (
            isinstance(data.get(previous), str | int | float)
            and key.style == ""
            and value.__class__ is yaml.ScalarEvent
            and value.style == ""
            and value.value == ""
            and ":" not in self.text[key.end_mark.index : value_mark.index + 1]
            and self.text[self.scalars[-1][0] : self.scalars[-1][0] + 1] not in ("'", '"')
        )

    def _joined(self, pointer: str, rest: Any) -> str:
        """The text that a comma split, put together again and reported once."""
        first = self.values[pointer]
        end = rest.end_mark
        begin = self._index(first[0] - self.line_offset, first[1] - 1)
        whole = self.text[begin : end.index]
        self.values[pointer] = (first[0], first[1], end.line + self.line_offset, end.column + 1)
        self.scalars.append((begin, end.index))
        text = whole.translate(self.restored) if self.restored else whole
        span = Span(self.path, *self.values[pointer])
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        fix = Fix(
            Text("sätt citattecken om hela värdet", "put quotation marks around the whole value"), (Edit(span, quoted),)
        )
        self.diagnostics.append(SPLIT_BY_COMMA.at(span, pointer=pointer, value=text, fix=fix))
        return text

    def _no_plain_key(self, event: Any) -> None:
        if event.__class__ is yaml.AliasEvent:
            self._anchor(event, "alias")
        else:
            self.diagnostics.append(COMPLEX_KEY.at(self._span(event.start_mark, 1)))
        raise _Unreadable

    def _anchor(self, event: Any, variant: str) -> None:
        """Said once a file: an anchor, its aliases and merge keys are one habit."""
        if self.anchor_reported:
            return
        self.anchor_reported = True
        length = 2 if variant == "merge" else len(event.anchor) + 1
        mark: Any = event.start_mark
        index = self.text.find("&", mark.index) if variant == "anchor" else mark.index
        span = self._span(mark, length, index - mark.index)
        self.diagnostics.append(YAML_ANCHOR.at(span, variant, name=event.anchor or "<<"))

    def _tag(self, event: Any) -> None:
        mark = event.start_mark
        index = self.text.find("!", mark.index)
        found = _TAG.match(self.text, index)
        length = len(found[0]) if found else 1
        span = self._span(mark, length, index - mark.index)
        self.diagnostics.append(YAML_TAG.at(span, tag=self.text[index : index + length]))

    def _span(self, mark: Any, length: int, skip: int = 0) -> Span:
        line, column = mark.line + self.line_offset, mark.column + 1 + skip
        return Span(self.path, line, column, line, column + length)

    def _end_of_block(self, start: int, end: int, line: int) -> tuple[int, int]:
        """Where a block text ends: libyaml's mark stands behind the empty lines that follow it."""
        body = self.text[start:end].rstrip()
        newlines = body.count("\n")
        last = body.rfind("\n")
        column = len(body) - last - 1 if last >= 0 else len(body) + self._column(start)
        return line + newlines, column

    def _column(self, index: int) -> int:
        return index - self.text.rfind("\n", 0, index) - 1

    def _index(self, line: int, column: int) -> int:
        return self._line_starts()[line] + column

    def _line_starts(self) -> list[int]:
        if not self.line_starts:
            self.line_starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return self.line_starts

    def _line_and_column(self, index: int) -> tuple[int, int]:
        """Both from 0."""
        starts = self._line_starts()
        line = bisect_right(starts, index) - 1
        return line, index - starts[line]

    def read_comments(self) -> tuple[Allowance, ...]:
        allowances = []
        lines = self.text.split("\n")
        self.scalars.sort()
        spoken_of = _next_lines_with_text(lines)
        for found in _COMMENT.finditer(self.text):
            if self._is_inside_text(found.start()):
                continue
            line, column = self._line_and_column(found.start())
            column += 1
            span = Span(self.path, line + self.line_offset, column, line + self.line_offset, len(lines[line]) + 1)
            allowance, diagnostic = read_allowance(found[1], span, _silenced(lines, line, spoken_of) + self.line_offset)
            if allowance:
                allowances.append(allowance)
            if diagnostic:
                self.diagnostics.append(diagnostic)
        return tuple(allowances)

    def find_tabs(self) -> None:
        """A tab between keys and values that libyaml let pass: it looks like spaces and is none."""
        if not self.readable:
            return
        self.scalars.sort()
        edits = []
        for found in re.finditer(r"\t+", self.text):
            index, column = self._line_and_column(found.start())
            before = self.text[found.start() - column : found.start()]
            ends_line = self.text[found.end() : found.end() + 1] in ("\n", "")
            if ends_line or self._is_inside_text(found.start()) or re.search(r"(?:^|\s)#", before):
                continue
            line = index + self.line_offset
            edits.append(Edit(Span(self.path, line, column + 1, line, column + 1 + len(found[0])), " "))
        if edits:
            fix = Fix(Text("byt tabbar mot mellanslag", "replace tabs with spaces"), tuple(edits))
            self.diagnostics.append(TAB_CHARACTER.at(edits[0].span, fix=fix))

    def find_text_after_hash(self) -> None:
        """What looks like the rest of a text and is a comment to YAML: a value, a blank, and # close to a word."""
        if not self.readable:
            return
        self.scalars.sort()
        for found in _TEXT_AFTER_HASH.finditer(self.text):
            if not self._is_inside_text(found.start(1)):
                index, column = self._line_and_column(found.start(1))
                line, lost = index + self.line_offset, found[1].rstrip()
                span = Span(self.path, line, column + 1, line, column + 1 + len(lost))
                self.diagnostics.append(TEXT_AFTER_HASH.at(span, lost=lost if len(lost) <= 60 else f"{lost[:59]}…"))

    def _is_inside_text(self, index: int) -> bool:
        nearest = bisect_right(self.scalars, (index, len(self.text))) - 1
        return nearest >= 0 and index < self.scalars[nearest][1]


def _silenced(lines: list[str], line: int, next_with_text: list[int]) -> int:
    """The line that a comment speaks of: its own, or the next one with text when it stands alone."""
    return next_with_text[line] if lines[line].lstrip().startswith("#") else line


def _next_lines_with_text(lines: list[str]) -> list[int]:
    """For each line, the first one from there on that is neither empty nor a comment; itself where none follows."""
    following: list[int] = [0] * len(lines)
    found = -1
    for number in range(len(lines) - 1, -1, -1):
        stripped = lines[number].strip()
        if stripped and not stripped.startswith("#"):
            found = number
        following[number] = found if found >= 0 else number
    return following


def _opened(text: str) -> int:
    """Parentheses that are opened and not closed; negative when more are closed."""
    return text.count("(") - text.count(")")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key


def _substitutes(text: str) -> dict[int, int]:
    """Private characters that stand in for the line breaks that libyaml knows and no editor does."""
    if text.isascii() or not any(letter in text for letter in _LINE_BREAKS_OF_LIBYAML_ALONE):
        return {}
    free = (code for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    return {ord(letter): next(free) for letter in _LINE_BREAKS_OF_LIBYAML_ALONE}
