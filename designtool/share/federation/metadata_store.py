"""Where the metadata of a federation lies: files by name, in a folder, on a stick, or in the registry itself.

Nothing that comes out of a store is trusted: it may be anybody's. Files that carry a version in their name are written once;
`timestamp.json` alone is replaced, as the last step of every change, so that a reader sees the old state or the new one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from designtool.atomic import write_atomically
from designtool.share.federation.problems import TrustProblem

TIMESTAMP_FILE = "timestamp.json"
LOCK_FILE = ".lock"
_NAME = re.compile(r"timestamp\.json|([1-9][0-9]{0,15})\.([a-z0-9]+(?:-[a-z0-9]+)*)\.json")


class MetadataStore(Protocol):
    """Files of metadata by name: `timestamp.json`, and `<version>.<role>.json` for all others.

    Every verb raises TrustProblem for what is there and is no metadata, and RegistryProblem where a registry cannot be reached.
    """

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """The file, or its first `most_bytes + 1` bytes where it is longer; None where there is none."""

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        """The whole file, in one step, if what is there now is `before` (None: nothing).

        The same bytes again are no change. Raises TrustProblem `metadata-changed` where something else is there.
        """

    def versions(self, role: str) -> tuple[int, ...]:
        """The versions of a role that there are files of, rising. The timestamp has none."""


def file_name(role: str, version: int) -> str:
    return TIMESTAMP_FILE if role == "timestamp" else f"{version}.{role}.json"


def parsed_name(name: str) -> tuple[str, int | None] | None:
    """The role and the version of a file; no version for the timestamp, and None for what is no name of metadata."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return ("timestamp", None) if found[1] is None else (found[2], int(found[1]))


class FolderMetadataStore:
    """Metadata in a folder, which several computers may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str, most_bytes: int) -> bytes | None:
        if parsed_name(name) is None:
            return None
        try:
            with open(self.folder / name, "rb") as stream:
                return stream.read(most_bytes + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        if parsed_name(name) is None:
            raise ValueError(f"{name!r} is no name of metadata")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        with alone_in(self.folder):
            found = path.read_bytes() if path.exists() else None
            if found == data:
                return
            if found != before:
                raise TrustProblem("metadata-changed", name=name)
            write_atomically(path, lambda stream: stream.write(data))

    def versions(self, role: str) -> tuple[int, ...]:
        try:
            found = [parsed_name(one.name) for one in self.folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted(one[1] for one in found if one is not None and one[0] == role and one[1] is not None))


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Until the end of the block no other process is in this folder. The lock falls with the process that holds it."""
    with open(folder / LOCK_FILE, "ab") as lock:
        _lock(lock.fileno())
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(number: int) -> None:
        msvcrt.locking(number, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)
