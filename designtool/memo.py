"""What the last validate or build found, so that what has not changed is not done again.

One small JSON file in the workspace's `.designtool/`. It is never needed: one that is missing, broken, or written by another
designtool is as good as none. Nothing here imports a parser, which is what makes an unchanged build quick.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designtool import __version__, resources
from designtool.atomic import write_atomically
from designtool.diagnostics import Diagnostic, Edit, Fix, Related, Severity, Span, Text
from designtool.load.kinds import LIBRARY
from designtool.source.released import BUNDLES, RELEASES

_FILE = ".designtool/memo.json"
_WORKSPACE_FILE = "designtool.yaml"
_JUST_NOW_NS = 50_000_000
"""A file that changed so shortly before it was read may change again within the same tick of its clock."""

Stamp = tuple[int, int, int, int]
"""Size, time of change of the content, time of change of the entry, inode."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was written."""

    digest: str
    path: str
    size: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one program."""

    program: str | None
    """Its id; None when there is no readable program.yaml."""
    version: str
    diagnostics: tuple[Diagnostic, ...]
    shared: tuple[Diagnostic, ...]
    """Of the library and the workspace: the same for all programs."""
    bundle: Bundle | None
    variants: tuple[tuple[str, Bundle], ...] = ()
    """The bundle of each variant, by its id. As many as there are, when there is a bundle at all."""

    @property
    def bundles(self) -> tuple[tuple[str, Bundle], ...]:
        """Of the program and of its variants."""
        own = ((self.program or "", self.bundle),) if self.bundle is not None else ()
        return (*own, *self.variants)


@dataclass
class Memo:
    """The memo of a workspace and what its files are like now."""

    root: Path
    programs_folder: str
    language: str | None
    _known: dict[str, tuple[Stamp, str]]
    _results: dict[str, dict[str, Any]]
    media: Path | None = None
    """The folder of films that media.lock names, if it is another than designtool.yaml says."""
    _started: int = field(default_factory=time.time_ns)
    _stamps: dict[str, Stamp] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def program_names(self) -> list[str]:
        """Folders below the folder of programs, the library excepted, in order."""
        try:
            with os.scandir(self.root / self.programs_folder) as entries:
                names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return []
        return sorted(name for name in names if name != LIBRARY and not name.startswith("."))

    def result(self, name: str, today: str, output: Path | None) -> Result | None:
        """What came of a program whose files have not changed since. With `output`: only if its bundle lies there, whole."""
        kept = self._results.get(name)
        if kept is None or kept["key"] != self.key(name) or kept["today"] != today:
            return None
        result = _result(kept)
        if output is None or any(found.severity is Severity.ERROR for found in (*result.diagnostics, *result.shared)):
            return result
        if result.bundle is None:
            return None
        for _, bundle in result.bundles:
            if Path(bundle.path).parent != output.absolute() or _stamp_of(bundle.path) != bundle.stamp:
                return None
        return result

    def keep(self, name: str, key: str, today: str, result: Result) -> None:
        """`key` is the one from before the files were read: what changed in the meantime is met the next time."""
        earlier = self._results.get(name)
        entry = {"key": key, "today": today, **_encoded(result)}
        if result.bundle is None and earlier is not None and earlier["key"] == entry["key"]:
            entry["bundle"], entry["variants"] = earlier["bundle"], earlier["variants"]
        self._results[name] = entry

    def key(self, name: str) -> str:
        """One digest for all that a program is made of: its files, the library's, designtool.yaml."""
        if name not in self._keys:
            shared = [_WORKSPACE_FILE, *self._below(f"{self.programs_folder}/{LIBRARY}")]
            digest = hashlib.sha256()
            own = self._below(f"{self.programs_folder}/{name}") if name else []
            for path in sorted([*shared, *own]):
                digest.update(f"{path}\0{self._digest(path)}\n".encode("utf-8", "surrogateescape"))
            if any(path.endswith("/media.lock") for path in (*shared, *own)):
                digest.update(repr(self._films()).encode("utf-8", "surrogateescape"))
            if name:
                digest.update(repr(self._released(name)).encode("utf-8", "surrogateescape"))
            self._keys[name] = digest.hexdigest()
        return self._keys[name]

    def _released(self, name: str) -> list[tuple[str, str]]:
        """The versions that a program and its variants are compared with: their lists, and their bundles where they are looked for."""
        found = []
        for folder in (RELEASES, BUNDLES):
            try:
                with os.scandir(self.root / folder) as entries:
                    named = [entry.name for entry in entries if entry.name.startswith((f"{name}.", f"{name}-"))]
            except OSError:
                continue
            for path in (f"{folder}/{one}" for one in named):
                try:
                    status = os.stat(self.root / path)
                except OSError:
                    continue
                if folder == BUNDLES or not stat.S_ISREG(status.st_mode):
                    found.append((path, repr((status.st_mode, _stamp(status)))))
                else:
                    self._stamps[path] = _stamp(status)
                    found.append((path, self._digest(path)))
        return sorted(found)

    def _films(self) -> tuple[str, list[tuple[str, Stamp]]]:
        """What lies in the folder of films: one that comes or goes there changes what is found in a program."""
        from designtool.source.locked import media_folder
        from designtool.source.tree import File

        try:
            data = (self.root / _WORKSPACE_FILE).read_bytes()
            folder = media_folder(self.root, File(_WORKSPACE_FILE, len(data), "", data), self.media)
            if folder is None:
                return "", []
            with os.scandir(folder) as entries:
                found = [(entry.name, _stamp(entry.stat())) for entry in entries if entry.is_file()]
        except OSError:
            return "", []
        return str(folder), sorted(found)

    def save(self) -> None:
        """Best effort: a workspace that cannot be written to is built all the same, only not as quickly the next time."""
        trusted = {
            path: [*stamp, digest]
            for path, (stamp, digest) in self._known.items()
            if max(stamp[1], stamp[2]) < self._started - _JUST_NOW_NS
        }
        told = {
            "fingerprint": _fingerprint(),
            "programs_folder": self.programs_folder,
            "language": self.language,
            "files": trusted,
            "results": self._results,
        }
        data = json.dumps(told, separators=(",", ":")).encode()
        path = self.root / _FILE
        try:
            path.parent.mkdir(exist_ok=True)
            if not path.exists() or path.read_bytes() != data:
                write_atomically(path, lambda stream: stream.write(data))
        except OSError:
            return

    def _below(self, folder: str) -> list[str]:
        found = []
        for path, stamp in _walk(self.root, folder):
            self._stamps[path] = stamp
            found.append(path)
        return found

    def _digest(self, path: str) -> str:
        stamp = self._stamps.get(path) or _stamp_of(self.root / path)
        known = self._known.get(path)
        if known is not None and stamp is not None and known[0] == stamp:
            return known[1]
        try:
            with open(self.root / path, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            return f"unreadable: {error.errno}"
        if stamp is not None:
            self._known[path] = (stamp, digest)
        return digest


def open_memo(root: Path) -> Memo | None:
    """The memo of a workspace, or None when there is none that holds for this designtool and this designtool.yaml."""
    try:
        told = json.loads((root / _FILE).read_bytes())
        if told["fingerprint"] != _fingerprint():
            return None
        known = {path: ((one[0], one[1], one[2], one[3]), str(one[4])) for path, one in told["files"].items()}
        memo = Memo(root, str(told["programs_folder"]), told["language"], known, dict(told["results"]))
        for kept in memo._results.values():
            _result(kept)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    return memo if _WORKSPACE_FILE in known and _stamp_of(root / _WORKSPACE_FILE) == known[_WORKSPACE_FILE][0] else None


def new_memo(root: Path, programs_folder: str, language: str | None) -> Memo:
    return Memo(root, programs_folder, language, {}, {})


def bundle_written(digest: str, path: Path, size: int) -> Bundle | None:
    stamp = _stamp_of(path)
    return Bundle(digest, str(path.absolute()), size, stamp) if stamp is not None else None


def _walk(root: Path, folder: str) -> Iterator[tuple[str, Stamp]]:
    """Every file below a folder with its stamp. Links are told as what they are, and not followed."""
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            with os.scandir(root / current) as entries:
                for entry in entries:
                    path = f"{current}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    elif entry.is_file(follow_symlinks=False):
                        yield path, _stamp(entry.stat(follow_symlinks=False))
        except OSError:
            yield f"{current}/?", (0, 0, 0, 0)


def _stamp(status: os.stat_result) -> Stamp:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _stamp_of(path: str | Path) -> Stamp | None:
    try:
        return _stamp(os.lstat(path))
    except OSError:
        return None


def _fingerprint() -> str:
    """This designtool: its version, and in a checkout the state of its files, which change under one version."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent
    for folder in (package, resources.folder("schemas")):
        for path, stamp in sorted(_walk(folder.parent, folder.name)):
            if not path.endswith(".pyc"):
                digest.update(f"{path}{stamp}".encode())
    return digest.hexdigest()


def _encoded(result: Result) -> dict[str, Any]:
    return {
        "program": result.program,
        "version": result.version,
        "diagnostics": [_encode(found) for found in result.diagnostics],
        "shared": [_encode(found) for found in result.shared],
        "bundle": result.bundle and _encode_bundle(result.bundle),
        "variants": [[id, _encode_bundle(bundle)] for id, bundle in result.variants],
    }


def _result(told: Mapping[str, Any]) -> Result:
    bundle = told["bundle"]
    return Result(
        told["program"],
        told["version"],
        tuple(_decode(found) for found in told["diagnostics"]),
        tuple(_decode(found) for found in told["shared"]),
        _decode_bundle(bundle) if bundle else None,
        tuple((id, _decode_bundle(one)) for id, one in told["variants"]),
    )


def _encode_bundle(bundle: Bundle) -> list[Any]:
    return [bundle.digest, bundle.path, bundle.size, *bundle.stamp]


def _decode_bundle(told: list[Any]) -> Bundle:
    return Bundle(told[0], told[1], told[2], (told[3], told[4], told[5], told[6]))


def _encode(found: Diagnostic) -> list[Any]:
    fix = found.fix
    return [
        found.rule,
        found.severity.value,
        found.message,
        _span(found.span),
        found.help,
        found.pointer,
        [[_span(related.span), related.message] for related in found.related],
        fix and [fix.title, [[_span(edit.span), edit.replacement] for edit in fix.edits]],
        dict(found.facts),
    ]


def _decode(told: list[Any]) -> Diagnostic:
    rule, severity, message, span, help, pointer, related, fix, facts = told
    return Diagnostic(
        rule=rule,
        severity=Severity(severity),
        message=Text(*message),
        span=Span(*span),
        help=Text(*help) if help else None,
        pointer=pointer,
        related=tuple(Related(Span(*place), Text(*words)) for place, words in related),
        fix=Fix(Text(*fix[0]), tuple(Edit(Span(*place), text) for place, text in fix[1])) if fix else None,
        facts=facts,
    )


def _span(span: Span) -> list[str | int | None]:
    return [span.path, span.line, span.column, span.end_line, span.end_column]
