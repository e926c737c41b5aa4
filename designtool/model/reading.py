"""Reading values out of a document that may be wrong in places.

What has the wrong shape was reported when the document was held against its schema; here it counts as absent, so that
the rest of the program can still be made and shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from designtool.diagnostics import Span
from designtool.load.document import Document, Key
from designtool.model.origin import Origin


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a document: the document and the keys that lead there."""

    document: Document
    keys: tuple[Key, ...] = ()

    @property
    def value(self) -> Any:
        value = self.document.data
        for key in self.keys:
            value = value[key]
        return value

    @property
    def origin(self) -> Origin:
        return Origin(self.document.path, self.keys)

    def span(self, *keys: Key) -> Span:
        return self.document.span(*self.keys, *keys)

    def key_span(self, *keys: Key) -> Span:
        return self.document.key_span(*self.keys, *keys)

    def raw(self, key: str) -> Any:
        value = self.value
        return value.get(key) if isinstance(value, dict) else None

    def has(self, key: str) -> bool:
        return self.raw(key) is not None

    def at(self, *keys: Key) -> Node:
        return Node(self.document, (*self.keys, *keys))

    def text(self, key: str, default: str = "") -> str:
        value = self.raw(key)
        if isinstance(value, str):
            return value
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else default

    def integer(self, key: str) -> int | None:
        value = self.raw(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def fraction(self, key: str) -> Fraction | None:
        return as_fraction(self.raw(key))

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw(key)
        return value if isinstance(value, bool) else default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def mapping(self, key: str) -> Node | None:
        """The node of a mapping below this one."""
        return self.at(key) if isinstance(self.raw(key), dict) else None

    def mappings(self, key: str) -> Iterator[Node]:
        """The nodes of the mappings in a list."""
        value = self.raw(key)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield self.at(key, index)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Key and node of each mapping in this mapping."""
        value = self.value
        for key, item in value.items() if isinstance(value, dict) else ():
            if isinstance(item, dict):
                yield key, self.at(key)

    def values(self, key: str) -> Mapping[str, Any]:
        value = self.raw(key)
        return value if isinstance(value, dict) else {}


def as_fraction(value: Any) -> Fraction | None:
    """A number as the author wrote it, exactly: YAML's decimals are typed only in their shortest form."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(repr(value))
