"""A path as it is written in a command that people copy."""

from __future__ import annotations

import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./\\-]+")
_SPECIAL_IN_QUOTES = frozenset('"$`!\\')


def as_argument(stated: object) -> str:
    """As it is where every shell takes it so; else in quotes, in those that Windows takes too where they will do."""
    text = str(stated)
    if _PLAIN.fullmatch(text):
        return text
    return shlex.quote(text) if _SPECIAL_IN_QUOTES & set(text) else f'"{text}"'
