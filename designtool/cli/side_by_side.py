"""Two texts in columns at a terminal, with the lines that belong together at the same height."""

from __future__ import annotations

import difflib
import shutil
import textwrap
from collections.abc import Iterator
from itertools import zip_longest

_NARROWEST = 24
_WIDEST_LINE = 2000


def side_by_side(left: tuple[str, str], right: tuple[str, str], width: int | None = None) -> Iterator[str]:
    """Lines of a table of two `(heading, text)`; `≠` stands before those that differ."""
    from designtool.bundle.refusals import printable

    total = width if width is not None else shutil.get_terminal_size().columns
    column = max(_NARROWEST, (total - 5) // 2)

    def wrapped(line: str) -> list[str]:
        return textwrap.wrap(printable(line, longest=_WIDEST_LINE), column) or [""]

    def row(mark: str, one: str, other: str) -> str:
        return f"{mark} {one:<{column}} │ {other}".rstrip()

    yield row(" ", left[0], right[0])
    yield row(" ", "─" * column, "─" * column)
    for one, other in _pairs(left[1].splitlines(), right[1].splitlines()):
        mark = " " if one == other else "≠"
        for first, second in zip_longest(wrapped(one), wrapped(other), fillvalue=""):
            yield row(mark, first, second)


def _pairs(left: list[str], right: list[str]) -> Iterator[tuple[str, str]]:
    for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield from zip_longest(left[i1:i2], right[j1:j2], fillvalue="")
