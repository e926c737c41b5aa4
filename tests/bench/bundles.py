"""A bundle with a large film: how long reading it takes beside hashing it alone, and how much memory."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from designtool.bundle import BlobSource, BundleContent, layout_of_content, write_archive
from tests.bundles import sample_content

_MB = 1_000_000
_PIECE = os.urandom(_MB)

_HASH = "import hashlib, sys; hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256')"
_COPY = """
import os, shutil, sys
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as copy:
    shutil.copyfileobj(source, copy)
    os.fsync(copy.fileno())
"""
_IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from designtool.runtime.audit import Deed
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.store import Store

store = Store(Path(sys.argv[2]))
deed = Deed(datetime.now(UTC), "bench", "unit-administrator", "", "import")
with open(sys.argv[1], "rb") as stream:
    import_bundle(stream, store, Policy.UNSIGNED_DEMONSTRATION, deed)
store.close()
"""


def write_large_bundle(path: Path, megabytes: int) -> None:
    """A bundle whose film has so many megabytes. It is written as it is read: in pieces."""
    digest = hashlib.sha256()
    for _ in range(megabytes):
        digest.update(_PIECE)
    film = BlobSource(f"sha256:{digest.hexdigest()}", megabytes * _MB, lambda: cast(BinaryIO, _Repeated(megabytes)))
    content = sample_content()
    large = BundleContent(content.annotations, content.program, {**content.files, "media/lang.webm": film})
    with open(path, "wb") as stream:
        write_archive(stream, layout_of_content(large))


def commands(bundle: Path, store: Path) -> Iterator[tuple[str, list[str]]]:
    """What is measured, by its name: each a process of its own."""
    yield "hash the file alone", [sys.executable, "-c", _HASH, str(bundle)]
    yield "copy the file alone, to the disk", [sys.executable, "-c", _COPY, str(bundle), f"{bundle}.copy"]
    yield "verify", [sys.executable, "-m", "designtool", "verify", str(bundle)]
    yield "inspect", [sys.executable, "-m", "designtool", "inspect", str(bundle)]
    yield "import into a store", [sys.executable, "-c", _IMPORT, str(bundle), str(store)]


class _Repeated(BytesIO):
    """One piece over and over."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times
        self._rest = b""

    def read(self, size: int | None = -1) -> bytes:
        if not self._rest and self._left:
            self._left -= 1
            self._rest = _PIECE
        wanted = len(self._rest) if size is None or size < 0 else size
        data, self._rest = self._rest[:wanted], self._rest[wanted:]
        return data
