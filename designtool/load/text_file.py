"""Bytes of an author's file as text whose lines and columns an editor would count the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text
from designtool.load.rules.byte_order_mark import RULE as BYTE_ORDER_MARK
from designtool.load.rules.control_character import RULE as CONTROL_CHARACTER
from designtool.load.rules.not_a_text_file import RULE as NOT_A_TEXT_FILE
from designtool.load.rules.wrong_encoding import RULE as WRONG_ENCODING

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_MOST_CONTROLS = 1 / 20
"""A file with a larger share of control characters was never text."""


@dataclass(frozen=True, slots=True)
class TextFile:
    text: str | None
    """Without byte order mark and with `\\n` as line end; None when the bytes are no text in UTF-8."""
    diagnostics: tuple[Diagnostic, ...] = ()


def decode(path: str, data: bytes) -> TextFile:
    """Every mistake of encoding is one diagnostic. A fix whose edit has a span without line replaces the whole file."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _other_encoding(path, data, "utf-16")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_a_text_file(path) if b"\0" in data else _other_encoding(path, data, "cp1252")
    if "\0" in text:
        return _not_a_text_file(path)
    diagnostics: list[Diagnostic] = []
    if text.startswith("\ufeff"):
        text = text[1:]
        diagnostics.append(BYTE_ORDER_MARK.at(Span(path, 1, 1, 1, 1), fix=_whole_file(path, text)))
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return TextFile(text, tuple(diagnostics))
    found = _CONTROL.search(text)
    if found:
        if sum(1 for _ in _CONTROL.finditer(text)) > len(text) * _MOST_CONTROLS + 1 and "\r" not in text:
            return _not_a_text_file(path)
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        clean = _CONTROL.sub(lambda match: "\n" if match[0] == "\r" else "", text)
        diagnostics.append(
            CONTROL_CHARACTER.at(
                Span(path, line, column, line, column + 1),
                "line-ends" if found[0] == "\r" else "default",
                code=f"U+{ord(found[0]):04X}",
                fix=_whole_file(path, clean),
            )
        )
        if "\r" in text:
            return TextFile(None, tuple(diagnostics))  # Where its lines begin is anybody's guess.
        # The rest is read as if the characters were blank, so that the places of other findings stay true.
        text = _CONTROL.sub(" ", text)
    return TextFile(text, tuple(diagnostics))


def _not_a_text_file(path: str) -> TextFile:
    return TextFile(None, (NOT_A_TEXT_FILE.at(Span(path)),))


def _other_encoding(path: str, data: bytes, encoding: str) -> TextFile:
    """Nearly every old Windows file of a Swedish author is cp1252; its five unused bytes are what no such file has."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return _not_a_text_file(path)
    if len(_CONTROL.findall(text.replace("\r\n", "\n"))) > len(text) * _MOST_CONTROLS + 1:
        return _not_a_text_file(path)
    line, column = _first_undecodable(data)
    span = Span(path, line, column, line, column + 1)
    shown = "Windows-1252" if encoding == "cp1252" else "UTF-16"
    fix = _whole_file(path, text.removeprefix("\ufeff"))
    return TextFile(None, (WRONG_ENCODING.at(span, encoding=shown, fix=fix),))


def _first_undecodable(data: bytes) -> tuple[int, int]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return before.count("\n") + 1, len(before) - before.rfind("\n")
    return 1, 1


def _whole_file(path: str, text: str) -> Fix:
    title = Text("spara filen som ren UTF-8", "save the file as plain UTF-8")
    return Fix(title, (Edit(Span(path), text),))
