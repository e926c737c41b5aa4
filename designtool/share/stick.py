"""Metadata and bundles carried by hand, and metadata copied from one store to another: nothing is taken over unverified."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import MetaFile, Snapshot, Timestamp

from designtool.atomic import write_atomically
from designtool.share.draft import LARGEST, LARGEST_TARGETS, metadata_of
from designtool.share.metadata_store import (
    TIMESTAMP_FILE,
    FolderMetadataStore,
    MetadataStore,
    alone_in,
    file_name,
    versions_of,
)
from designtool.share.trust import ANCHOR_FILE, Client, Seen, mirror_of, refresh
from designtool.share.trust_problems import TrustProblem

METADATA_FOLDER = "metadata"


@dataclass(frozen=True, slots=True)
class Has:
    """What the receiver of a stick has already: those files need not travel again."""

    root: int
    bundles: frozenset[str]


def export_stick(
    store: MetadataStore, bundles: Mapping[str, Path], stick: Path, since: Has | None = None
) -> tuple[str, ...]:
    """Write what a receiver needs: the newest metadata, and bundles by digest. Gives the names of the files on the stick.

    The timestamp is written last: a stick that was pulled out too early holds no more than the one before.
    Raises TrustProblem for a store without metadata, OSError for a full stick.
    """
    files, timestamp = _newest_files(store)
    known_root = since.root if since is not None else 0
    roots = {
        name: _file(store, name, LARGEST["root"])
        for name in (file_name("root", version) for version in versions_of(store, "root") if version > known_root)
    }
    folder = stick / METADATA_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for digest, path in sorted(bundles.items()):
        if since is not None and digest in since.bundles:
            continue
        with open(path, "rb") as source:
            write_atomically(stick / path.name, lambda stream, source=source: shutil.copyfileobj(source, stream))  # type: ignore[misc]
        written.append(path.name)
    for name, data in {**roots, **files, TIMESTAMP_FILE: timestamp}.items():
        write_atomically(folder / name, lambda stream, data=data: stream.write(data))  # type: ignore[misc]
        written.append(f"{METADATA_FOLDER}/{name}")
    return tuple(written)


def import_stick(stick: Path, trust_folder: Path, now: datetime, witness: Seen | None = None) -> tuple[Path, ...]:
    """Take over the metadata of a stick, if it is at least as new as what is known. Gives the bundles that lie beside it.

    The bundles are not trusted by this: each is held against the metadata when it is taken in. Raises TrustProblem, and has then
    taken over nothing.
    """
    take_over(FolderMetadataStore(stick / METADATA_FOLDER), trust_folder, now, witness)
    return tuple(sorted(path for path in stick.glob("*.dtb") if path.is_file() and not path.is_symlink()))


def take_over(source: MetadataStore, trust_folder: Path, now: datetime, witness: Seen | None = None) -> Client:
    """Verify the metadata of another store, and copy it into the trust folder's own. Raises TrustProblem."""
    if not (trust_folder / ANCHOR_FILE).is_file():
        raise TrustProblem("trust-missing", folder=trust_folder)
    with alone_in(trust_folder):
        client = refresh(source, trust_folder, now, witness)
        mirror = mirror_of(trust_folder)
        files, timestamp = _newest_files(source)
        for name, data in {**client.roots(), **files}.items():
            _put_newer(mirror, name, data)
        mirror.put(TIMESTAMP_FILE, timestamp, mirror.get(TIMESTAMP_FILE, LARGEST["timestamp"]))
        return client


def _newest_files(store: MetadataStore) -> tuple[dict[str, bytes], bytes]:
    """The files that the timestamp leads to, each as its hash demands, and the timestamp itself."""
    timestamp_data = _file(store, TIMESTAMP_FILE, LARGEST["timestamp"])
    timestamp = metadata_of(timestamp_data, "timestamp").signed
    assert isinstance(timestamp, Timestamp)
    snapshot_name = file_name("snapshot", timestamp.snapshot_meta.version)
    snapshot_data = _file(store, snapshot_name, LARGEST["snapshot"])
    _check(timestamp.snapshot_meta, snapshot_data, snapshot_name)
    snapshot = metadata_of(snapshot_data, "snapshot").signed
    assert isinstance(snapshot, Snapshot)
    files: dict[str, bytes] = {}
    for listed, meta in snapshot.meta.items():
        name = file_name(listed.removesuffix(".json"), meta.version)
        data = _file(store, name, LARGEST_TARGETS)
        _check(meta, data, name)
        files[name] = data
    files[snapshot_name] = snapshot_data
    return files, timestamp_data


def _check(meta: MetaFile, data: bytes, name: str) -> None:
    try:
        meta.verify_length_and_hashes(data)
    except RepositoryError as error:
        raise TrustProblem("metadata-mismatch", name=name) from error


def _file(store: MetadataStore, name: str, most_bytes: int) -> bytes:
    data = store.get(name, most_bytes)
    if data is None:
        raise TrustProblem("metadata-missing", name=name)
    if len(data) > most_bytes:
        raise TrustProblem("metadata-too-large", name=name, limit=most_bytes)
    return data


def _put_newer(mirror: FolderMetadataStore, name: str, data: bytes) -> None:
    """The mirror is nobody's word: where it holds another file by this name, the verified one takes its place."""
    mirror.put(name, data, mirror.get(name, LARGEST_TARGETS))
