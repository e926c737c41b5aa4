"""A stream that is held against its digest and length while it is read."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from designtool.bundle import Refused
from designtool.share.registries.registry import Progress


class VerifiedStream(io.RawIOBase):
    """The pieces of a blob as a stream. Reading its end raises Refused when the bytes were not those of the digest."""

    def __init__(self, pieces: Iterator[bytes], digest: str, size: int, progress: Progress) -> None:
        self._pieces = pieces
        self._progress = progress
        self._digest = digest
        self._left = size
        self._seen = hashlib.sha256()
        self._rest = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and not self._ended:
            self._next_piece()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        closing = getattr(self._pieces, "close", None)
        if closing is not None:
            closing()
        super().close()

    def _next_piece(self) -> None:
        piece = next(self._pieces, None)
        if piece is not None:
            self._left -= len(piece)
            if self._left < 0:
                raise Refused("wrong-size", name=self._digest)
            self._seen.update(piece)
            self._rest = memoryview(piece)
            self._progress(len(piece))
            return
        if self._left:
            raise Refused("wrong-size", name=self._digest)
        if f"sha256:{self._seen.hexdigest()}" != self._digest:
            raise Refused("wrong-digest", name=self._digest)
        self._ended = True
