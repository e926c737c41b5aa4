"""JSON from strangers, with the place of every value. Strict where leniency would guess: no repeated keys, no NaN."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import Any

from designtool.diagnostics import Diagnostic, Span
from designtool.exchange.rules.fhir_unreadable import RULE as UNREADABLE

LARGEST = 10_000_000
"""Bytes. The largest forms in use are a tenth of it."""
DEEPEST = 100
"""Levels of objects and lists in each other."""
MOST_VALUES = 500_000
"""Each is kept with its place; the largest forms in use have a tenth of it."""
_LONGEST_NUMBER = 40

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z_]+|-Infinity")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PlacedJson:
    data: Any
    """None also where it could not be read: `diagnostics` then says why."""
    path: str
    line_starts: tuple[int, ...] = (0,)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, hash=False)
    """JSON pointer to the offsets where the value begins and ends."""
    diagnostics: tuple[Diagnostic, ...] = ()

    def span(self, pointer: str) -> Span:
        """The place of a value; of one that is not there, that of the nearest one around it."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        start, end = self.places.get(pointer, (0, 1))
        return _span(self.path, self.line_starts, start, end)


def read_json(path: str, data: bytes) -> PlacedJson:
    """The data with its places, or the diagnostic that says why it is none; never an exception."""
    if len(data) > LARGEST:
        return PlacedJson(
            None, path, diagnostics=(UNREADABLE.at(Span(path, 1, 1, 1, 1), "size", most=LARGEST // 10**6),)
        )
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        return PlacedJson(None, path, diagnostics=(UNREADABLE.at(Span(path, line, 1, line, 1), "encoding"),))
    line_starts = (0, *(match.end() for match in re.finditer("\n", text)))
    reader = _Reader(text)
    try:
        value = reader.document()
    except _Problem as problem:
        span = _span(path, line_starts, problem.start, max(problem.start + 1, problem.end))
        found = UNREADABLE.at(span, problem.variant, pointer=problem.pointer, **problem.facts)
        return PlacedJson(None, path, line_starts, diagnostics=(found,))
    return PlacedJson(value, path, line_starts, reader.places)


def escaped(key: str) -> str:
    """A key as part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _span(path: str, line_starts: tuple[int, ...], start: int, end: int) -> Span:
    first, last = bisect_right(line_starts, start), bisect_right(line_starts, end)
    return Span(path, first, start - line_starts[first - 1] + 1, last, end - line_starts[last - 1] + 1)


class _Problem(Exception):
    def __init__(self, variant: str, start: int, end: int, pointer: str = "", **facts: Any) -> None:
        super().__init__(variant)
        self.variant, self.start, self.end, self.pointer, self.facts = variant, start, end, pointer, facts


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.places: dict[str, tuple[int, int]] = {}

    def document(self) -> Any:
        if not self.text.strip():
            raise _Problem("empty", 0, 0)
        value, end = self.value(self.blank(0), "", 0)
        end = self.blank(end)
        if end < len(self.text):
            raise _Problem("syntax", end, end + 1, found=self.shown(end))
        return value

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        assert found is not None
        return found.end()

    def value(self, at: int, pointer: str, depth: int) -> tuple[Any, int]:
        letter = self.text[at : at + 1]
        if letter in ("{", "["):
            if depth == DEEPEST:
                raise _Problem("depth", at, at + 1, pointer, most=DEEPEST)
            read: Callable[[int, str, int], tuple[Any, int]] = self.object if letter == "{" else self.array
            value, end = read(at + 1, pointer, depth + 1)
        elif letter == '"':
            value, end = self.string(at, pointer)
        else:
            value, end = self.scalar(at, pointer)
        self.places[pointer] = (at, end)
        if len(self.places) > MOST_VALUES:
            raise _Problem("values", at, end, most=MOST_VALUES)
        return value, end

    def object(self, at: int, pointer: str, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.blank(at)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise _Problem("syntax", at, at + 1, pointer, found=self.shown(at))
            key, end = self.string(at, pointer)
            inside = f"{pointer}/{escaped(key)}"
            if key in found:
                raise _Problem("repeated-key", at, end, inside, key=key[:60])
            at = self.expected(":", self.blank(end), pointer)
            found[key], end = self.value(self.blank(at), inside, depth)
            at = self.blank(end)
            if self.text[at : at + 1] == "}":
                return found, at + 1
            at = self.blank(self.expected(",", at, pointer))

    def array(self, at: int, pointer: str, depth: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.blank(at)
        if self.text[at : at + 1] == "]":
            return found, at + 1
        while True:
            value, end = self.value(at, f"{pointer}/{len(found)}", depth)
            found.append(value)
            at = self.blank(end)
            if self.text[at : at + 1] == "]":
                return found, at + 1
            at = self.blank(self.expected(",", at, pointer))

    def expected(self, sign: str, at: int, pointer: str) -> int:
        if self.text[at : at + 1] != sign:
            raise _Problem("syntax", at, at + 1, pointer, found=self.shown(at))
        return at + 1

    def string(self, at: int, pointer: str) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, True)
        except JSONDecodeError as problem:
            raise _Problem("text", min(problem.pos, len(self.text)), problem.pos + 1, pointer) from problem
        if _SURROGATE.search(value):
            raise _Problem("text", at, end, pointer)
        return value, end

    def scalar(self, at: int, pointer: str) -> tuple[Any, int]:
        number = _NUMBER.match(self.text, at)
        if number is not None:
            text = number[0]
            if len(text) > _LONGEST_NUMBER or not math.isfinite(float(text)):
                raise _Problem("number", at, number.end(), pointer, found=f"{text[:20]}…")
            return float(text) if number[1] or number[2] else int(text), number.end()
        word = _WORD.match(self.text, at)
        if word is None or word[0] not in _WORDS:
            if word is not None and word[0] in ("NaN", "Infinity", "-Infinity"):
                raise _Problem("number", at, word.end(), pointer, found=word[0])
            raise _Problem("syntax", at, at + 1, pointer, found=self.shown(at))
        return _WORDS[word[0]], word.end()

    def shown(self, at: int) -> str:
        """What stands at a place where something else should stand."""
        return repr(self.text[at]) if at < len(self.text) else "slut/end"
