"""Ids: how they are written, and the id that an author's own words make."""

from __future__ import annotations

import re
import unicodedata

KEBAB_CASE = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Places: programs, modules, pages, media."""
LOWER_SNAKE = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
"""What an expression can name: questionnaires, exercises, fields, items, scores."""
EITHER = "^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"
"""Contacts, words of the glossary, persons, sources: only pages name them."""

_LETTERS_WITHOUT_MARKS = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})
_NOT_IN_IDS = re.compile("[^a-z0-9]+")


def kebab_case(words: str) -> str:
    """`Lugnare kvällar` is `lugnare-kvallar`. Empty when there is no letter to begin with."""
    return _joined(words, "-")


def lower_snake(words: str) -> str:
    """`Min vecka, dag för dag` is `min_vecka_dag_for_dag`. Empty when there is no letter to begin with."""
    return _joined(words, "_")


def _joined(words: str, separator: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.lower().translate(_LETTERS_WITHOUT_MARKS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    parts = [part for part in _NOT_IN_IDS.split(plain) if part]
    while parts and not parts[0].lstrip("0123456789"):
        parts.pop(0)
    joined = separator.join(parts).lstrip("0123456789")
    return joined[:60].rstrip(separator)
