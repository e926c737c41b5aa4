"""A folder as a tree: text as bytes, media as identity. Nothing outside the workspace is opened and no link is followed."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from designtool.diagnostics import Diagnostic, Related, Span, Text
from designtool.source.rules import (
    empty_folder,
    file_too_large,
    link_in_workspace,
    names_differ_in_case,
    special_file,
    too_many_files,
    unclean_name,
    unreadable_file,
)
from designtool.source.tree import File, Tree, programs_folder, tree_of
from designtool.source.workspace import WORKSPACE_FILE

LARGEST_YAML = 1 << 20
LARGEST_PAGE = 256 << 10
"""40,000 words of Markdown. The parser needs seconds for a larger file that was made to be slow."""
LARGEST_TEXT = 5 << 20
LARGEST_MEDIA = 2 << 30
MOST_FILES = 20_000
"""In one program; more is a folder of something else."""
DEEPEST = 14
"""Folders in each other, from the workspace on: in a bundle there are at most 16 parts in a name, which has two more."""
LONGEST_PATH = 248
"""Characters, from the workspace on: in a bundle a name has at most 255, and begins with `source/`."""

_YAML = frozenset({".yaml", ".yml"})
_TEXT = frozenset({".md", ".vtt", ".svg", ".po", ".txt", ".lock", ".css", ".json"})
_CLEAN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LEFT_ALONE = frozenset({"build", "Thumbs.db", "desktop.ini"})
_CHUNK = 1 << 20
_LIBRARY = "library"
_LOCK = "/media.lock"
_SETTLED_NS = 3_000_000_000
"""A file changed more recently than this may change again within one tick of a file system's clock."""

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, time of change of the content, and of the entry: the same file as before, if nobody sets clocks."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A tree with what is needed to read it again without opening what has not changed."""

    tree: Tree
    diagnostics: tuple[Diagnostic, ...]
    stamps: Mapping[str, Stamp]
    """Of the files that had been left alone for a while when they were read."""


def read(
    root: Path,
    unsaved: Mapping[str, bytes] | None = None,
    only: Iterable[str] | None = None,
    media: Path | None = None,
) -> tuple[Tree, tuple[Diagnostic, ...]]:
    """designtool.yaml, the library, and the program folders named in `only` (None: all of them).

    `unsaved` holds the bytes of editor buffers by path in the workspace; they lie over what is on disk. `media` is the folder of
    films that media.lock names, if it is another than designtool.yaml says.
    """
    reader = _Reader(os.fspath(root), dict(unsaved or {}), media=media)
    reader.workspace(only)
    return tree_of(reader.files.values()), tuple(reader.diagnostics)


def read_again(root: Path, before: Reading | None, only: Iterable[str] | None = None) -> Reading:
    """As `read`, but a file whose stamp is as it was is not opened: it is the same value as before."""
    reader = _Reader(os.fspath(root), {}, before=before)
    reader.workspace(only)
    return Reading(tree_of(reader.files.values()), tuple(reader.diagnostics), MappingProxyType(reader.stamps))


def read_files_again(root: Path, before: Reading, paths: Iterable[str]) -> Reading | None:
    """Only these files are looked at. None when more than the content of files that were there before may have changed."""
    reader = _Reader(os.fspath(root), {})
    for path in paths:
        if (
            path == WORKSPACE_FILE
            or path.endswith(_LOCK)
            or path not in before.tree.files
            or not reader.is_own_folder(path.rpartition("/")[0])
        ):
            return None
        reader.file(path)
        if path not in reader.files or reader.diagnostics:
            return None
    stamps = {path: stamp for path, stamp in before.stamps.items() if path not in reader.files}
    # The order of the paths is as it was: none is new.
    files = MappingProxyType({**before.tree.files, **reader.files})
    return Reading(Tree(files), before.diagnostics, MappingProxyType(stamps | reader.stamps))


def read_folder(root: Path, folder: str) -> tuple[Tree, tuple[Diagnostic, ...]]:
    """A single folder of a workspace, by its path in it, as the folder of a program is read."""
    reader = _Reader(os.fspath(root), {})
    if reader.is_own_folder(folder):
        reader.folder(folder)
    return tree_of(reader.files.values()), tuple(reader.diagnostics)


@dataclass(slots=True)
class _Reader:
    root: str
    unsaved: dict[str, bytes]
    before: Reading | None = None
    media: Path | None = None
    files: dict[str, File] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    count: int = 0
    """Files of the program that is being read."""

    def workspace(self, only: Iterable[str] | None) -> None:
        self.file(WORKSPACE_FILE, missing_is_fine=True)
        settings = self.files.get(WORKSPACE_FILE)
        programs = programs_folder(settings.data or b"") if settings else "programs"
        wanted = None if only is None else {*only, _LIBRARY}
        if self.is_own_folder(programs):
            for name in self.folder_names(programs, wanted):
                self.begin_program()
                told = len(self.diagnostics)
                self.folder(f"{programs}/{name}")
                if self.count == 0 and len(self.diagnostics) == told and not self._is_unsaved(f"{programs}/{name}/"):
                    self.diagnostics.append(empty_folder.RULE.at(Span(f"{programs}/{name}")))
        self.lay_unsaved_over(programs, wanted)
        self.locked_media(programs)

    def locked_media(self, programs: str) -> None:
        """Films that lie elsewhere are in the tree like all media: as what they are, not as their bytes."""
        locks = [path for path in self.files if path.startswith(f"{programs}/") and path.endswith(_LOCK)]
        if not locks:
            return
        from designtool.source.locked import files_of, media_folder

        folder = media_folder(Path(self.root), self.files.get(WORKSPACE_FILE), self.media)
        for path in locks:
            if path.count("/") == programs.count("/") + 2:
                added, found = files_of(self.files[path], self.files, folder)
                self.files.update((file.path, file) for file in added)
                self.diagnostics += found

    def _is_unsaved(self, folder: str) -> bool:
        return any(path.startswith(folder) for path in self.unsaved)

    def begin_program(self) -> None:
        self.count = 0

    def is_own_folder(self, path: str) -> bool:
        """True for a folder that no link on the way leads to."""
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            part = "/".join(parts[:length])
            try:
                mode = os.lstat(self._place(part)).st_mode
            except OSError:
                return False
            if stat.S_ISLNK(mode):
                self.diagnostics.append(link_in_workspace.RULE.at(Span(part)))
                return False
            if not stat.S_ISDIR(mode):
                return False
        return True

    def folder_names(self, programs: str, wanted: set[str] | None) -> list[str]:
        """The folders of programs, in order. Files that lie beside them are no part of any program."""
        entries = [entry for entry in self._entries(programs) if wanted is None or entry.name in wanted]
        names = []
        for entry in entries:
            if entry.is_symlink():
                self.diagnostics.append(link_in_workspace.RULE.at(Span(f"{programs}/{_shown(entry.name)}")))
            elif entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
        return self._well_named(programs, names)

    def folder(self, path: str) -> None:
        if path.count("/") + 1 > DEEPEST:
            self.diagnostics.append(too_many_files.RULE.at(Span(path), "deep", limit=DEEPEST))
            return
        entries = {entry.name: entry for entry in self._entries(path)}
        for name in self._well_named(path, list(entries)):
            entry = entries[name]
            inside = f"{path}/{name}"
            if entry.is_symlink():
                self.diagnostics.append(link_in_workspace.RULE.at(Span(inside)))
            elif entry.is_dir(follow_symlinks=False):
                self.folder(inside)
            elif entry.is_file(follow_symlinks=False):
                self.count += 1
                if self.count > MOST_FILES:
                    if self.count == MOST_FILES + 1:
                        self.diagnostics.append(too_many_files.RULE.at(Span(path), limit=MOST_FILES))
                    return
                self.file(inside)
            else:
                self.diagnostics.append(special_file.RULE.at(Span(inside)))

    def file(self, path: str, missing_is_fine: bool = False) -> None:
        """Adds one file. One that vanishes between the listing and the reading was never there."""
        if path in self.unsaved or self._is_as_before(path):
            return
        try:
            # O_NONBLOCK: a pipe put in the file's place must not make us wait for its other end.
            descriptor = os.open(self._place(path), os.O_RDONLY | _NO_FOLLOW | _NO_BLOCK)
        except FileNotFoundError:
            return
        except OSError as error:
            if os.path.islink(self._place(path)):
                self.diagnostics.append(link_in_workspace.RULE.at(Span(path)))
            else:
                self._unreadable(path, error)
            return
        try:
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                if not (missing_is_fine and stat.S_ISDIR(facts.st_mode)):
                    self.diagnostics.append(special_file.RULE.at(Span(path)))
                return
            self._add(path, facts.st_size, lambda size: os.read(descriptor, size))
            if path in self.files and time.time_ns() - max(facts.st_mtime_ns, facts.st_ctime_ns) > _SETTLED_NS:
                self.stamps[path] = _stamp(facts)
        except OSError as error:
            self._unreadable(path, error)
        finally:
            os.close(descriptor)

    def _is_as_before(self, path: str) -> bool:
        stamp = self.before.stamps.get(path) if self.before is not None else None
        if self.before is None or stamp is None:
            return False
        try:
            facts = os.lstat(self._place(path))
        except OSError:
            return False
        if not stat.S_ISREG(facts.st_mode) or _stamp(facts) != stamp:
            return False
        self.files[path] = self.before.tree.files[path]
        self.stamps[path] = stamp
        return True

    def lay_unsaved_over(self, programs: str, wanted: set[str] | None) -> None:
        for path, data in self.unsaved.items():
            program = path.removeprefix(f"{programs}/").partition("/")[0]
            inside = path.startswith(f"{programs}/") and (wanted is None or program in wanted)
            if path == WORKSPACE_FILE or inside:
                self._add(path, len(data), _reader_of(data))

    def _add(self, path: str, size: int, read_some: Callable[[int], bytes]) -> None:
        limit = _limit(_ending(path))
        if size > limit:
            self._too_large(path, limit)
            return
        is_read_as_text = is_text(path)
        digest = hashlib.sha256()
        chunks: list[bytes] = []
        length = 0
        while True:
            chunk = read_some(min(_CHUNK, size + 1))
            if not chunk:
                break
            length += len(chunk)
            if length > limit:
                self._too_large(path, limit)
                return
            digest.update(chunk)
            if is_read_as_text:
                chunks.append(chunk)
        data = b"".join(chunks) if is_read_as_text else None
        self.files[path] = File(path, length, f"sha256:{digest.hexdigest()}", data)

    def _entries(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._place(path)) as entries:
                return sorted((entry for entry in entries if not is_left_alone(entry.name)), key=_name)
        except FileNotFoundError:
            return []
        except OSError as error:
            self._unreadable(path, error)
            return []

    def _well_named(self, folder: str, names: list[str]) -> list[str]:
        """The names that can be a part of a bundle's paths; of two that differ only in case, the first."""
        kept: list[str] = []
        seen: dict[str, str] = {}
        for name in names:
            folded = unicodedata.normalize("NFC", name).casefold()
            place = Span(f"{folder}/{_shown(name)}")
            if folded in seen:
                other = seen[folded]
                related = (Related(Span(f"{folder}/{other}"), Text("den andra", "the other one")),)
                self.diagnostics.append(
                    names_differ_in_case.RULE.at(place, related=related, name=_shown(name), other=other)
                )
                continue
            seen[folded] = _shown(name)
            if not _CLEAN_NAME.fullmatch(name):
                self.diagnostics.append(unclean_name.RULE.at(place, name=_shown(name), clean=clean_name(name)))
                if not name.isprintable():
                    continue
            elif len(folder) + 1 + len(name) > LONGEST_PATH:
                self.diagnostics.append(unclean_name.RULE.at(place, "long", limit=LONGEST_PATH))
            kept.append(name)
        return kept

    def _place(self, path: str) -> str:
        return os.path.join(self.root, path)

    def _too_large(self, path: str, limit: int) -> None:
        self.diagnostics.append(
            file_too_large.RULE.at(Span(path), limit=f"{limit >> 20} MiB" if limit >> 20 else f"{limit >> 10} KiB")
        )

    def _unreadable(self, path: str, error: OSError) -> None:
        self.diagnostics.append(unreadable_file.RULE.at(Span(path), reason=error.strerror or type(error).__name__))


_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_NO_BLOCK: int = getattr(os, "O_NONBLOCK", 0)


def _stamp(facts: os.stat_result) -> Stamp:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def is_text(path: str) -> bool:
    """Whether a tree carries the bytes of a file with this name, and not only what they are."""
    return _ending(path) in _YAML or _ending(path) in _TEXT


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _limit(ending: str) -> int:
    if ending in _YAML:
        return LARGEST_YAML
    if ending == ".md":
        return LARGEST_PAGE
    return LARGEST_TEXT if ending in _TEXT else LARGEST_MEDIA


def clean_name(name: str) -> str:
    """A name that can stand in an address: å becomes a, spaces become hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-._") or "namn"


def is_left_alone(name: str) -> bool:
    """Hidden files and what editors and systems leave behind: nobody wrote them for the program."""
    return (
        name.startswith(".")
        or name.endswith(("~", ".swp", ".swo", ".tmp"))
        or (name.startswith("#") and name.endswith("#"))
        or name in _LEFT_ALONE
    )


def _shown(name: str) -> str:
    """The name as it can be printed: bytes that are no text, and control characters, as question marks."""
    text = name.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _reader_of(data: bytes) -> Callable[[int], bytes]:
    parts = iter((data, b""))
    return lambda size: next(parts)
