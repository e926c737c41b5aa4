"""What was read from a workspace: the value that every later stage works on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_PART = rb"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_PROGRAMS = re.compile(rb"""(?m)^programs:[ \t]*["']?(%s(?:/%s)*)["']?[ \t]*(?:#.*)?\r?$""" % (_PART, _PART))


@dataclass(frozen=True, slots=True)
class File:
    """One file. Text (and SVG, which is text) carries its bytes; other media only their identity."""

    path: str
    """Relative to the workspace, with forward slashes."""
    size: int
    digest: str
    """`sha256:<hex>` of the bytes as read."""
    data: bytes | None
    """The bytes of a text file; None for media, which are streamed from the folder when they are needed."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder as it was at one moment, sorted by path. Reading it again needs no disk, media excepted."""

    files: Mapping[str, File]

    def under(self, folder: str) -> Tree:
        """The part of the tree below a folder, paths unchanged."""
        prefix = folder.rstrip("/") + "/" if folder else ""
        return tree_of(file for path, file in self.files.items() if path.startswith(prefix))

    def with_file(self, file: File) -> Tree:
        return tree_of([*(other for other in self.files.values() if other.path != file.path), file])


def tree_of(files: Iterable[File]) -> Tree:
    """A tree of these files, in canonical order: by the bytes of their paths."""
    ordered = sorted(files, key=lambda file: file.path.encode())
    return Tree(MappingProxyType({file.path: file for file in ordered}))


def programs_folder(settings: bytes) -> str:
    """The folder of programs that designtool.yaml names, before anything is parsed: every stage asks here.

    A path that leads out of the workspace is not one: the schema reports it, and `programs` is read.
    """
    found = _PROGRAMS.search(settings)
    return found[1].decode() if found else "programs"
