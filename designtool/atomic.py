"""Files that are either the old ones or whole new ones, whatever happens in between."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

_Result = TypeVar("_Result")


def write_atomically(path: Path, write: Callable[[BinaryIO], _Result]) -> _Result:
    """Let `write` fill a new file that takes the place of `path` once it is safely on the disk.

    The folder must exist. When `write` fails, or the disk is full, nothing is left and an earlier file stands untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return result
