"""Films that lie outside of the workspace: media.lock names each with its digest and size, a folder holds the bytes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from designtool.diagnostics import Diagnostic, Span
from designtool.load.document import Document
from designtool.load.yaml_file import parse_yaml
from designtool.source.media import open_media
from designtool.source.rules import changed_locked_media, missing_locked_media
from designtool.source.tree import File
from designtool.source.workspace import WORKSPACE_FILE

LOCK_FILE = "media.lock"
NAME = re.compile(
    r"media(/[A-Za-z0-9][A-Za-z0-9._-]*)+[.](avif|gif|jpeg|jpg|m4a|mp3|mp4|oga|ogg|ogv|opus|pdf|png|wav|webm|webp)"
)
"""What can be locked: media that are no text. The same as in the schema of media.lock."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of a media.lock."""

    name: str
    """Inside the program's folder: `media/andning.mp4`."""
    digest: str
    size: int
    span: Span


def locked_in(lock: File) -> Iterator[Locked]:
    """The entries that can be read. What is wrong with the others, the schema says."""
    parsed = parse_yaml(lock.path, lock.data or b"")
    document = Document(lock.path, "media-lock", parsed.data, parsed.values, parsed.keys)
    for name, stated in parsed.data.items() if isinstance(parsed.data, dict) else ():
        digest, size = (stated.get("digest"), stated.get("size")) if isinstance(stated, dict) else (None, None)
        if NAME.fullmatch(name) and isinstance(digest, str) and _DIGEST.fullmatch(digest) and type(size) is int:
            yield Locked(name, digest, size, document.key_span(name))


def files_of(lock: File, tree_files: dict[str, File], folder: Path | None) -> tuple[list[File], list[Diagnostic]]:
    """What the lock adds to a tree: each film as its identity alone. Every byte of a film is read and held against its digest.

    A film that lies in the program's own media folder as well is looked at there.
    """
    added: list[File] = []
    found: list[Diagnostic] = []
    program = lock.path.rpartition("/")[0]
    for entry in locked_in(lock):
        path = f"{program}/{entry.name}"
        beside = tree_files.get(path)
        if beside is not None:
            if beside.digest != entry.digest:
                found.append(_changed(entry, f"{program}/media", path))
            continue
        added.append(File(path, entry.size, entry.digest, None))
        if folder is None:
            found.append(missing_locked_media.RULE.at(entry.span, "no-folder", help="no-folder", name=entry.name))
            continue
        place = place_of(folder, entry.name, entry.digest)
        if place is None:
            found.append(missing_locked_media.RULE.at(entry.span, name=entry.name, folder=str(folder)))
        elif _digest_at(place) != entry.digest:
            found.append(_changed(entry, str(folder), str(place)))
    return added, found


def media_folder(root: Path, settings: File | None, stated: Path | None) -> Path | None:
    """The folder of films: `stated` on the command line, else what designtool.yaml (`settings`) says, else None."""
    if stated is not None:
        return stated.absolute()
    data = parse_yaml(WORKSPACE_FILE, settings.data or b"").data if settings is not None else None
    named = data.get("media") if isinstance(data, dict) else None
    return root.absolute() / named if isinstance(named, str) and named and "\0" not in named else None


def place_of(folder: Path, name: str, digest: str) -> Path | None:
    """Where a film lies in the folder of films: under its digest, or else under the last part of its name."""
    for last in (digest.removeprefix("sha256:"), name.rpartition("/")[2]):
        place = folder / last
        try:
            if stat.S_ISREG(place.stat().st_mode):
                return place
        except OSError:
            continue
    return None


def open_locked(root: Path, path: str, file: File | None, folder: Path | None) -> BinaryIO:
    """A stream over media of a tree, in the workspace or else in the folder of films. Raises OSError and ValueError as `open_media`."""
    try:
        return open_media(root, path)
    except FileNotFoundError:
        place = place_of(folder, path, file.digest) if file is not None and folder is not None else None
        if place is None:
            raise
        return open(place, "rb")


def _changed(entry: Locked, folder: str, path: str) -> Diagnostic:
    return changed_locked_media.RULE.at(entry.span, name=entry.name, folder=folder, path=path)


def _digest_at(place: Path) -> str | None:
    try:
        with open(os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except OSError:
        return None
