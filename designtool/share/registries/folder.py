"""A registry that is a folder: an OCI image layout on a disk, a file share or a stick. Nothing needs to be started for it.

All programs lie in one layout, so what they share lies there once. A program's version is the name
`<region>/<program>:<version>` of a manifest in `index.json`, where other tools find it as well.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from designtool.atomic import write_atomically
from designtool.bundle import BlobSource, ContentChanged, Refused, digest_of
from designtool.bundle.layout import INDEX_FILE, LAYOUT_BYTES, LAYOUT_FILE, REFERENCE_NAME, blob_name
from designtool.bundle.manifest import INDEX_TYPE, is_digest
from designtool.share.registries.names import is_tag
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import (
    LARGEST_MANIFEST,
    MANIFEST_TYPES,
    Progress,
    Pushed,
    Referrer,
    StoredManifest,
)
from designtool.share.registries.verified import VerifiedStream

_CHUNK = 64 * 1024
_LARGEST_INDEX = 16 * 2**20
_LOCK_FILE = ".index.lock"
_LONGEST_LOCK = 60.0
_LOOKED_AT_EVERY = 0.05


class FolderRegistry:
    """See `designtool.share.registries.registry.Registry`. Whatever happens meanwhile, the index has all of a version or nothing of it."""

    def __init__(self, root: Path, wait: Callable[[float], None] = time.sleep) -> None:
        self._root = root
        self._wait = wait

    @property
    def address(self) -> str:
        return str(self._root)

    @property
    def is_folder(self) -> bool:
        return True

    def tagged(self, repository: str, tag: str) -> str | None:
        entry = self._named(self._index(), repository, tag)
        return entry["digest"] if entry is not None else None

    def tags(self, repository: str) -> tuple[str, ...]:
        start = f"{repository}:"
        names = [_name(entry) for entry in self._index()["manifests"]]
        return tuple(
            sorted({name[len(start) :] for name in names if name.startswith(start) and is_tag(name[len(start) :])})
        )

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        index = self._index()
        if is_digest(reference):
            start = f"{repository}:"
            found = [one for one in index["manifests"] if one["digest"] == reference and _name(one).startswith(start)]
            entry = found[0] if found else None
        else:
            entry = self._named(index, repository, reference)
        if entry is None or entry.get("mediaType") not in MANIFEST_TYPES:
            raise RegistryProblem("not-in-registry", what=f"{repository} {reference}", registry=self.address)
        data = self._read(blob_name(entry["digest"]), LARGEST_MANIFEST)
        if data is None:
            raise Refused("blob-missing", name="manifest")
        if digest_of(data) != entry["digest"]:
            raise Refused("wrong-digest", name="manifest")
        return StoredManifest(entry["digest"], entry["mediaType"], data)

    def has_blob(self, repository: str, digest: str, size: int) -> bool:
        """A blob of another size was left by whoever took the stick out too early: it is not there."""
        try:
            found = os.lstat(self._root / blob_name(digest))
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_size == size

    def open_blob(self, repository: str, digest: str, size: int, progress: Progress) -> BinaryIO:
        stream = self._opened(blob_name(digest))
        if stream is None:
            raise Refused("blob-missing", name=digest)
        if os.fstat(stream.fileno()).st_size != size:
            stream.close()
            raise Refused("wrong-size", name=digest)
        return cast(BinaryIO, VerifiedStream(_pieces(stream), digest, size, progress))

    def push_blob(self, repository: str, blob: BlobSource, others: Sequence[str], progress: Progress) -> Pushed:
        if self.has_blob(repository, blob.digest, blob.size):
            return "present"
        self._prepare()

        def copy(stream: BinaryIO) -> None:
            with VerifiedStream(_pieces(blob.open()), blob.digest, blob.size, progress) as content:
                while piece := content.read(_CHUNK):
                    stream.write(piece)

        try:
            write_atomically(self._root / blob_name(blob.digest), copy)
        except Refused as refused:
            # It is not the registry that gave other bytes, but the bundle.
            raise ContentChanged(f"{blob.digest} did not have the promised bytes") from refused
        return "sent"

    def push_manifest(self, repository: str, data: bytes, media_type: str, tag: str, expected: str | None) -> None:
        self._prepare()
        digest = digest_of(data)
        with self._locked():
            index = self._index()
            entry = self._named(index, repository, tag)
            known = entry["digest"] if entry is not None else None
            if known not in (expected, digest):
                raise RegistryProblem("tag-moved", tag=f"{repository}:{tag}", registry=self.address)
            write_atomically(self._root / blob_name(digest), lambda stream: stream.write(data))
            if known == digest:
                return
            value = json.loads(data)
            described = {
                "mediaType": media_type,
                **({"artifactType": value["artifactType"]} if "artifactType" in value else {}),
                "digest": digest,
                "size": len(data),
                "annotations": {REFERENCE_NAME: f"{repository}:{tag}"},
            }
            # What others have written into the index stays, known or not.
            others = [one for one in index["manifests"] if one is not entry]
            manifests = sorted([*others, described], key=lambda one: (_name(one), one["digest"]))
            changed = json.dumps({**index, "manifests": manifests}, ensure_ascii=False, indent=1).encode()
            write_atomically(self._root / INDEX_FILE, lambda stream: stream.write(changed))

    def told_referrers(self, repository: str, digest: str) -> tuple[Referrer, ...] | None:
        return None

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """A folder keeps nobody waiting."""
        return nullcontext()

    def close(self) -> None:
        """There is nothing open between the verbs."""

    def __enter__(self) -> FolderRegistry:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self) -> None:
        """Make the folder a layout, if there is nothing in it yet."""
        if (self._root / LAYOUT_FILE).exists():
            self._check_layout()
        else:
            if not self._is_unused() and not (self._root / LAYOUT_FILE).exists():
                raise RegistryProblem("not-a-registry-folder", folder=self._root)
            self._root.mkdir(parents=True, exist_ok=True)
            write_atomically(self._root / LAYOUT_FILE, lambda stream: stream.write(LAYOUT_BYTES))
        for folder in (self._root / "blobs", self._root / "blobs" / "sha256"):
            if folder.is_symlink():
                raise RegistryProblem("not-a-registry-folder", folder=self._root)
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)

    def _is_unused(self) -> bool:
        """Whether there is no such folder, or nothing in it: a registry in which nothing has been published yet."""
        if not self._root.exists():
            return True
        # Somebody else may be making a registry of it at this moment.
        beginning = f".{LAYOUT_FILE}."
        return self._root.is_dir() and all(path.name.startswith(beginning) for path in self._root.iterdir())

    def _check_layout(self) -> None:
        data = self._read(LAYOUT_FILE, len(LAYOUT_BYTES) * 16)
        try:
            stated = json.loads(data) if data is not None else None
        except (ValueError, RecursionError):
            stated = None
        if not isinstance(stated, dict) or stated.get("imageLayoutVersion") != "1.0.0":
            raise RegistryProblem("not-a-registry-folder", folder=self._root)

    def _index(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": []}
        if self._is_unused():
            return nothing
        self._check_layout()
        data = self._read(INDEX_FILE, _LARGEST_INDEX)
        if data is None:
            return nothing
        try:
            index = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._unreadable() from error
        manifests = index.get("manifests") if isinstance(index, dict) else None
        if not isinstance(manifests, list) or not all(isinstance(one, dict) for one in manifests):
            raise self._unreadable()
        names = [_name(one) for one in manifests if _name(one)]
        if not all(is_digest(one.get("digest")) for one in manifests) or len(set(names)) != len(names):
            raise self._unreadable()
        return cast(dict[str, Any], index)

    def _unreadable(self) -> RegistryProblem:
        return RegistryProblem("answer-unreadable", registry=self.address, found=INDEX_FILE)

    def _named(self, index: dict[str, Any], repository: str, tag: str) -> dict[str, Any] | None:
        name = f"{repository}:{tag}"
        return next((one for one in index["manifests"] if _name(one) == name), None)

    def _opened(self, name: str) -> BinaryIO | None:
        """An ordinary file of the layout, which is no link to somewhere else: what is on a stick may come from anybody."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            stream = os.fdopen(os.open(self._root / name, flags), "rb")
        except OSError:
            return None
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            return None
        return stream

    def _read(self, name: str, most: int) -> bytes | None:
        stream = self._opened(name)
        if stream is None:
            return None
        with stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise Refused("too-large", name=name, limit=most)
        return data

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the index. The operating system holds the lock, so that it ends with whoever held it."""
        with open(self._root / _LOCK_FILE, "ab") as held:
            waited = 0.0
            while not _lock(held.fileno()):
                if waited >= _LONGEST_LOCK:
                    raise RegistryProblem("registry-locked", registry=self.address)
                self._wait(_LOOKED_AT_EVERY)
                waited += _LOOKED_AT_EVERY
            yield


def _lock(file: int) -> bool:
    """Whether the file is locked now. Closing it gives the lock back."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(entry: dict[str, Any]) -> str:
    annotations = entry.get("annotations")
    name = annotations.get(REFERENCE_NAME) if isinstance(annotations, dict) else None
    return name if isinstance(name, str) else ""


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(_CHUNK):
            yield piece
