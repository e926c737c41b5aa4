"""Where in the author's files a part of the program was written. Never encoded: a bundle has no such places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from designtool.load.document import Key


@dataclass(frozen=True, slots=True)
class Origin:
    path: str = ""
    keys: tuple[Key, ...] = ()

    def at(self, *keys: Key) -> Origin:
        return Origin(self.path, (*self.keys, *keys))


def origin_field() -> Any:
    """A dataclass field for an `Origin`: no part of equality, and left out by the codec."""
    return field(default=Origin(), compare=False, repr=False, metadata={"codec": "skip"})
