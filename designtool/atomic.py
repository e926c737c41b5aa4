"""Files that are either the old ones or whole new ones, whatever happens in between."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

_Result = TypeVar("_Result")


def write_if_changed(path: Path, write: Callable[[BinaryIO], object]) -> bool:
    """As `write_atomically`, but a file that already has these bytes is left as it is, its times included.

    `write` may be called twice and must give the same bytes each time. True when the file was written.
    """
    try:
        with open(path, "rb") as existing:
            comparison = _Comparison(existing)
            write(cast(BinaryIO, comparison))
            if not existing.read(1):
                return False
    except (FileNotFoundError, _Different):
        pass
    write_atomically(path, write)
    return True


def write_atomically(path: Path, write: Callable[[BinaryIO], _Result], secret: bool = False) -> _Result:
    """Let `write` fill a new file that takes the place of `path` once it is safely on the disk.

    `secret`: nobody but its owner may read it, from the first byte on. The folder must exist. When `write` fails, or the disk is full, nothing is left and an earlier file stands untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb", opener=_open_for_owner if secret else None) as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return result


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Different(Exception):
    pass


class _Comparison(io.RawIOBase):
    """Takes what is written as long as it is what stands in a file."""

    def __init__(self, existing: BinaryIO) -> None:
        self._existing = existing

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._existing.read(len(data)) != data:
            raise _Different
        return len(data)
