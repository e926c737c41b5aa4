"""Two texts as what stayed, what went and what came, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_WORDS = 4_000
_MOST_PIECES = 14
_AROUND = 60
"""Characters of unchanged text that are shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    what: Literal["same", "gone", "come"]
    text: str


def word_difference(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in reading order. Texts with little in common, or very long ones, are one gone and one come."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) > _MOST_WORDS:
        return _whole(old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for what, first, last, start, end in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece("same", "".join(before[first:last])))
            continue
        if last > first:
            pieces.append(Piece("gone", "".join(before[first:last])))
        if end > start:
            pieces.append(Piece("come", "".join(after[start:end])))
    joined = _without_islands(pieces)
    return joined if sum(piece.what != "same" for piece in joined) <= _MOST_PIECES else _whole(old, new)


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """With long stretches of what stayed cut down to what stands next to a change."""
    found = []
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.what == "same" and len(text) > 2 * _AROUND:
            start = "" if place == 0 else text[:_AROUND]
            end = "" if place == len(pieces) - 1 else text[-_AROUND:]
            text = f"{start} … {end}"
        found.append(Piece(piece.what, text))
    return tuple(found)


def _without_islands(pieces: list[Piece]) -> tuple[Piece, ...]:
    """A lone space or comma between two changes is not worth reading as something that stayed."""
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        between = 0 < place < len(pieces) - 1
        if piece.what == "same" and between and not re.search(r"\w", piece.text):
            found += [Piece("gone", piece.text), Piece("come", piece.text)]
        else:
            found.append(piece)
    return tuple(_merged(found))


def _merged(pieces: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    gone = come = ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.what == "gone":
            gone += piece.text
        elif piece.what == "come":
            come += piece.text
        else:
            merged += [Piece("gone", gone)] if gone else []
            merged += [Piece("come", come)] if come else []
            gone = come = ""
            merged += [piece] if piece.text else []
    return merged


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    pieces = (Piece("gone", old), Piece("come", new))
    return tuple(piece for piece in pieces if piece.text)
