"""Metadata copied from one place to another, over the network or carried by hand: nothing is taken over unverified."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from designtool.atomic import write_atomically
from designtool.share.federation.draft import LARGEST, LARGEST_TARGETS
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, FolderMetadataStore, MetadataStore, alone_in
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.publication import check_not_older, stamped_files
from designtool.share.federation.trust import ANCHOR_FILE, CLIENT_FOLDER, ROOTS_FOLDER, Client, Seen, mirror_of, refresh

TRIAL_FOLDER = "trial"


def take_over(source: MetadataStore, trust_folder: Path, now: datetime, witness: Seen | None = None) -> Client:
    """Verify the metadata of another place, and take it into the trust folder: all of it, or nothing.

    What has not changed since is not read again: where nothing is new, two files are asked for (the next root, which is not
    there, and the timestamp). What does not verify of one region is in the client's `problems`, and keeps no other region's from
    being taken over. Raises TrustProblem, and RegistryProblem where the source is a registry that does not answer; the trust folder
    is then as it was, but for newer roots: what was signed with keys that they have revoked is not trusted from then on.
    """
    if not (trust_folder / ANCHOR_FILE).is_file():
        raise TrustProblem("trust-missing", folder=trust_folder)
    trial = trust_folder / TRIAL_FOLDER
    trial.mkdir(exist_ok=True)
    # Nobody who asks whether a bundle is trusted waits for the network: the trust folder is locked before it and after it alone.
    with alone_in(trial), _trial_client(trust_folder, trial / CLIENT_FOLDER) as folder:
        tried = refresh(source, trust_folder, now, witness, client_folder=folder)
        tried.load_roles()
        with alone_in(trust_folder):
            mirror = mirror_of(trust_folder)
            for name, data in {**tried.roots(), **tried.files()}.items():
                _put_newer(mirror, name, data)
            client = refresh(mirror, trust_folder, now, witness)
            client.load_roles()
    client.problems.update(tried.problems)
    return client


def copy_metadata(source: MetadataStore, target: MetadataStore) -> tuple[str, ...]:
    """Copy what the timestamp of a place leads to: every root, and the newest of each role. Gives the names of the files.

    Each file is verified by the source's own chain of roots; whoever takes it over holds it against the root on paper. The
    timestamp is written last, so that a stick that was pulled out too early holds no more than before. Raises TrustProblem for a
    source without metadata, and for a target that has newer one.
    """
    files = stamped_files(source)
    check_not_older(files, target)
    for name, data in files.items():
        before = target.get(name, LARGEST["timestamp"]) if name == TIMESTAMP_FILE else None
        target.put(name, data, before)
    return tuple(files)


@contextmanager
def _trial_client(trust_folder: Path, folder: Path) -> Iterator[Path]:
    """A copy of what python-tuf's client has verified, to go on from. Newer roots alone are kept of it."""
    client = trust_folder / CLIENT_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    if client.is_dir():
        with alone_in(trust_folder):
            shutil.copytree(client, folder, symlinks=True)
    try:
        yield folder
    finally:
        with alone_in(trust_folder):
            _keep_roots(folder / ROOTS_FOLDER, client / ROOTS_FOLDER, (trust_folder / ANCHOR_FILE).read_bytes())
        shutil.rmtree(folder, ignore_errors=True)


def _keep_roots(tried: Path, kept: Path, anchor: bytes) -> None:
    for path in sorted(tried.iterdir()) if tried.is_dir() else ():
        data = path.read_bytes()
        if data != anchor and not (kept / path.name).exists():
            kept.mkdir(parents=True, exist_ok=True)
            write_atomically(kept / path.name, lambda stream, data=data: stream.write(data))  # type: ignore[misc]


def _put_newer(mirror: FolderMetadataStore, name: str, data: bytes) -> None:
    """The mirror is nobody's word: where it holds another file by this name, the verified one takes its place."""
    mirror.put(name, data, mirror.get(name, LARGEST_TARGETS))
