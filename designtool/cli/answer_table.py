"""Tables of answers, a person a row, read a line at a time: what is wrong in one row is told of that row, and the rest goes on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from designtool.cli.output import Usage
from designtool.diagnostics import Text, nearest

LONGEST_LINE = 64 * 1024
"""Bytes. A longer line is refused without being held in memory."""
ID = "id"
"""The heading of a first column that says who answered. It is carried through and counts for nothing."""
_SEPARATORS = {",": Text("komma", "comma"), ";": Text("semikolon", "semicolon"), "\t": Text("tabb", "tab")}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS = Text("Spara den som CSV UTF-8.", "Save it as CSV UTF-8.")


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    """Of the file, from 1."""
    cells: Sequence[str]
    """One a heading; the id is not among them."""
    id: str | None


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that cannot be read as cells. None of it is scored."""

    line: int
    item: str
    """The heading over what is wrong; empty where that cannot be said."""
    value: str
    message: Text


@dataclass(frozen=True, slots=True)
class EmptyRow:
    """A row in which nothing stands, not even who it is: left over by the program that wrote the table, or somebody who skipped all."""

    line: int


class AnswerTable:
    """The rows of a stream of CSV. Raises Usage for a heading that says nothing certain."""

    def __init__(self, name: str, stream: BinaryIO, items: Sequence[str]) -> None:
        self.name = name
        self._lines = _lines(stream)
        heading = self._heading()
        self._separator = self._separator_of(heading)
        names = [cell.strip() for cell in self._cells_of_heading(heading)]
        self._has_id = names[0].lower() == ID and names[0] not in items
        self.headings = tuple(names[1:] if self._has_id else names)
        self._check(items)

    def rows(self) -> Iterator[Row | WrongRow | EmptyRow]:
        """Every row in their order. A line without anything, cells or not, is none where a row has more cells than one."""
        separator, headings, has_id = self._separator, self.headings, self._has_id
        width = len(headings) + has_id
        for number, data in self._lines:
            if data is None:
                yield WrongRow(
                    number,
                    "",
                    "",
                    Text(f"raden är längre än {LONGEST_LINE} byte", f"the line is longer than {LONGEST_LINE} bytes"),
                )
                continue
            try:
                text = data.decode()
                # A quotation mark is rare: without one, a row is what stands between the separators.
                cells = text.split(separator) if '"' not in text else _quoted(text, separator)
            except UnicodeDecodeError:
                yield self._not_utf8(number, data)
                continue
            except csv.Error:
                yield WrongRow(
                    number,
                    "",
                    printable(text),
                    Text(
                        "ett citattecken öppnar en cell som inte slutar på raden",
                        "a quotation mark opens a cell that does not end on its line",
                    ),
                )
                continue
            if not "".join(cells).strip():
                if text or width == 1:
                    yield EmptyRow(number)
            elif len(cells) == width:
                if "\0" in text:
                    yield self._with_nul(number, cells)
                else:
                    yield Row(number, cells[1:] if has_id else cells, cells[0].strip() if has_id else None)
            else:
                yield self._of_another_width(number, cells, width)

    def _heading(self) -> str:
        found = next(((number, data) for number, data in self._lines if data is None or data.strip()), None)
        if found is None:
            raise Usage(Text(f"{self.name} har ingen rubrikrad", f"{self.name} has no header"))
        number, data = found
        if data is None:
            raise Usage(
                Text(
                    f"{self.name}, rad {number}: rubrikraden är längre än {LONGEST_LINE} byte",
                    f"{self.name}, line {number}: the header is longer than {LONGEST_LINE} bytes",
                )
            )
        if data.startswith(_UTF16):
            raise Usage(
                Text(f"{self.name} är UTF-16. {_SAVE_AS.sv}", f"{self.name} is UTF-16. {_SAVE_AS.en}"),
            )
        try:
            heading = data.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise Usage(
                Text(f"{self.name} är inte UTF-8. {_SAVE_AS.sv}", f"{self.name} is not UTF-8. {_SAVE_AS.en}")
            ) from problem
        if "\r" in heading or "\0" in heading:
            raise Usage(
                Text(
                    f"{self.name}, rad {number}: rubrikraden innehåller tecken som inte hör hemma i text",
                    f"{self.name}, line {number}: the header has characters that do not belong in text",
                )
            )
        return heading

    def _separator_of(self, heading: str) -> str:
        """No item has a separator in its id, so what stands in the heading is certain; two of them are not."""
        found = [separator for separator in _SEPARATORS if separator in heading]
        if len(found) > 1:
            sv, en = (" och ".join(_SEPARATORS[one].sv for one in found), "")
            en = " and ".join(_SEPARATORS[one].en for one in found)
            raise Usage(
                Text(
                    f"{self.name}: rubrikraden har både {sv}. Använd ett enda skiljetecken.",
                    f"{self.name}: the header has both {en}. Use one separator.",
                )
            )
        return found[0] if found else ","

    def _cells_of_heading(self, heading: str) -> list[str]:
        try:
            return _quoted(heading, self._separator)
        except csv.Error as problem:
            raise Usage(
                Text(
                    f"{self.name}: ett citattecken i rubrikraden har inget slut",
                    f"{self.name}: a quotation mark in the header has no end",
                )
            ) from problem

    def _check(self, items: Sequence[str]) -> None:
        for place, heading in enumerate(self.headings):
            shown = printable(heading)
            if heading in self.headings[:place]:
                raise Usage(
                    Text(
                        f"{self.name}: kolumnen {shown} finns två gånger",
                        f"{self.name}: the column {shown} stands twice",
                    )
                )
            if heading not in items:
                near = nearest(heading, items)
                sv, en = (f" Menade du {near}?", f" Did you mean {near}?") if near else ("", "")
                raise Usage(
                    Text(
                        f'{self.name}: kolumnen "{shown}" är ingen fråga i formuläret.{sv} '
                        f"Bara en första kolumn med rubriken {ID} får stå bredvid frågorna.",
                        f'{self.name}: the column "{shown}" is no item of the questionnaire.{en} '
                        f"Only a first column with the heading {ID} may stand beside the items.",
                    )
                )
        if not self.headings:
            raise Usage(Text(f"{self.name} har inga frågor i rubrikraden", f"{self.name} has no items in its header"))

    def _heading_over(self, place: int) -> str:
        names = ([ID] if self._has_id else []) + list(self.headings)
        return names[place] if place < len(names) else ""

    def _not_utf8(self, number: int, data: bytes) -> WrongRow:
        for place, cell in enumerate(data.split(self._separator.encode())):
            try:
                cell.decode()
            except UnicodeDecodeError:
                return self._wrong(
                    number, place, cell.decode(errors="backslashreplace"), Text("är inte UTF-8", "is not UTF-8")
                )
        return WrongRow(number, "", "", Text("raden är inte UTF-8", "the line is not UTF-8"))

    def _with_nul(self, number: int, cells: Sequence[str]) -> WrongRow:
        place = next(place for place, cell in enumerate(cells) if "\0" in cell)
        return self._wrong(
            number,
            place,
            cells[place],
            Text("innehåller ett nolltecken", "has a NUL character"),
        )

    def _wrong(self, number: int, place: int, value: str, why: Text) -> WrongRow:
        item, shown = self._heading_over(place), printable(value)
        return WrongRow(number, item, shown, Text(f"{item}: {shown} {why.sv}", f"{item}: {shown} {why.en}"))

    def _of_another_width(self, number: int, cells: Sequence[str], width: int) -> WrongRow:
        if len(cells) < width:
            item = self._heading_over(len(cells))
            return WrongRow(
                number,
                item,
                "",
                Text(
                    f"raden har {len(cells)} celler men rubrikerna är {width}: {item} saknar cell. "
                    "En fråga utan svar ska ha en tom cell.",
                    f"the row has {len(cells)} cells but there are {width} headings: {item} has no cell. "
                    "An item without an answer needs an empty cell.",
                ),
            )
        shown = printable(cells[width])
        return WrongRow(
            number,
            "",
            shown,
            Text(
                f"raden har {len(cells)} celler men rubrikerna är {width}: {shown} står utan rubrik",
                f"the row has {len(cells)} cells but there are {width} headings: {shown} has no heading",
            ),
        )


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Each line without its ending, with its number; None for one that is too long, which is read past."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        if line.endswith(b"\n"):
            bare = line[:-2] if line.endswith(b"\r\n") else line[:-1]
        else:
            bare = line.removesuffix(b"\r")
        if len(bare) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            yield number, None
        else:
            yield number, bare


def _quoted(text: str, separator: str) -> list[str]:
    """Raises csv.Error for a quotation mark without its end: a cell stays on its line."""
    return next(csv.reader([text], delimiter=separator, strict=True), [])


def printable(text: str, longest: int = 60) -> str:
    """As it is written, but nothing that moves a terminal's cursor, and not for ever."""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text[: longest + 1])
    return shown if len(text) <= longest else shown[:longest] + "…"
