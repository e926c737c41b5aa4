"""Rows of the patient's own, in tables that grow and in plans: what they are called, and what may be written in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Text
from designtool.treatment.answers import OUTCOME, ROW, Read


def with_row_names(read: Read, before: Any, offered: Collection[str], fresh: str) -> Read:
    """The rows with a name each: the one that they came with, else that of the row in their place, else a fresh one.

    `before` is what stands, `offered` the names that rows may come with from elsewhere; `fresh` is used in this treatment for
    nothing else. Names that somebody has thought of are refused, for answers elsewhere hang on them.
    """
    rows: tuple[Mapping[str, Any], ...] = read.value
    earlier = before if isinstance(before, tuple | list) else ()
    names = [str(row[ROW]) if ROW in row else "" for row in earlier if isinstance(row, Mapping)]
    stated = [str(row[ROW]) for row in rows if ROW in row]
    if len(set(stated)) < len(stated) or not set(stated) <= {*names, *offered}:
        return Read(
            None, Text("Tabellen har en rad som inte hör dit.", "The table has a row that does not belong there.")
        )
    taken = set(stated)
    named: list[Mapping[str, Any]] = []
    for place, row in enumerate(rows):
        if row and ROW not in row:
            held = names[place] if place < len(names) else ""
            name = held if held and held not in taken else f"{fresh}_{place + 1}"
            taken.add(name)
            row = MappingProxyType({ROW: name, **row})
        named.append(row)
    return Read(tuple(named))


def rows_in(answer: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows of an answer in which something is written, as it is stored or as a form sends it."""
    # An entry of a plan was once stored without the list around it.
    rows = [answer] if isinstance(answer, Mapping) else answer
    return tuple(row for row in rows if isinstance(row, Mapping) and row) if isinstance(rows, tuple | list) else ()


def with_outcomes(before: Any, sent: object) -> list[dict[str, Any]]:
    """A plan as it stands, with what was sent about how it went. All else that was sent is left out."""
    rows = [dict(row) for row in rows_in(before)]
    named = {row[ROW]: row for row in rows if ROW in row}
    for place, part in enumerate(rows_in(sent)):
        row = named.get(str(part[ROW])) if ROW in part else rows[place] if place < len(rows) else None
        if row:
            row.update({id: value for id, value in part.items() if id in OUTCOME})
    return rows
