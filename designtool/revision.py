"""A workspace as it was at a revision of its git repository, in a folder of its own. The work tree is never touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from designtool.diagnostics import Cannot, Text
from designtool.load.kinds import LIBRARY
from designtool.source.tree import programs_folder
from designtool.source.workspace import WORKSPACE_FILE

_FILE_MODES = frozenset({"100644", "100755"})
_LINK_MODE = "120000"


@dataclass(frozen=True, slots=True)
class Revision:
    """What a revision has of one workspace."""

    repository: Path
    commit: str
    entries: Mapping[str, tuple[str, str]]
    """Path in the workspace to (mode, object)."""
    programs: str
    """The folder of programs that designtool.yaml named then."""

    @property
    def program_names(self) -> tuple[str, ...]:
        prefix = f"{self.programs}/"
        names = {path[len(prefix) :].split("/", 1)[0] for path in self.entries if path.startswith(prefix)}
        return tuple(sorted(name for name in names - {LIBRARY} if f"{prefix}{name}/program.yaml" in self.entries))


def find_revision(workspace: Path, name: str) -> Revision:
    """The revision of that name (a commit, a branch, a tag) in the repository around a workspace.

    Raises Cannot where there is no git, no repository, or no such revision of this workspace.
    """
    prefix = _text(_git(workspace, "rev-parse", "--show-prefix"))
    commit = _text(
        _git(
            workspace,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{name}^{{commit}}",
            missing=Text(f"git har ingen version som heter {name}", f"git has no revision called {name}"),
        )
    )
    listed = _git(workspace, "ls-tree", "-r", "-z", "--full-tree", commit)
    entries: dict[str, tuple[str, str]] = {}
    for line in listed.split(b"\0"):
        facts, _, raw = line.partition(b"\t")
        path = os.fsdecode(raw)
        if path.startswith(prefix) and len(facts.split()) == 3:
            mode, _, object = facts.decode().split()
            entries[path.removeprefix(prefix)] = (mode, object)
    if WORKSPACE_FILE not in entries:
        raise Cannot(
            Text(
                f"{name} har ingen {WORKSPACE_FILE}: arbetsytan fanns inte då",
                f"{name} has no {WORKSPACE_FILE}: the workspace did not exist then",
            )
        )
    settings = _objects(workspace, [entries[WORKSPACE_FILE][1]])
    return Revision(workspace, commit, entries, programs_folder(next(settings)))


def write_revision(revision: Revision, program: str, folder: Path) -> None:
    """Writes designtool.yaml, the library and one program into an empty folder, as they were."""
    wanted = (f"{revision.programs}/{program}/", f"{revision.programs}/{LIBRARY}/")
    chosen = {
        path: entry
        for path, entry in revision.entries.items()
        if path == WORKSPACE_FILE or path.startswith(wanted)
        if entry[0] in (*_FILE_MODES, _LINK_MODE)
    }
    contents = _objects(revision.repository, [object for _, object in chosen.values()])
    for (path, (mode, _)), content in zip(chosen.items(), contents, strict=True):
        target = folder / path
        if ".." in target.parts:
            raise Cannot(Text(f"git har en fil utanför arbetsytan: {path}", f"git has a file outside: {path}"))
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK_MODE:
            # A link is reported where it is read, and followed by nobody.
            os.symlink(os.fsdecode(content), target)
        else:
            target.write_bytes(content)


def _objects(repository: Path, names: Sequence[str]) -> Iterator[bytes]:
    """The bytes of files, as git keeps them: no line endings are changed on the way."""
    output = _git(repository, "cat-file", "--batch", input="".join(f"{name}\n" for name in names).encode())
    position = 0
    for name in names:
        end = output.index(b"\n", position)
        found, kind, size = output[position:end].decode().split()
        assert (found, kind) == (name, "blob"), f"git answered {output[position:end]!r}"
        start = end + 1
        yield output[start : start + int(size)]
        position = start + int(size) + 1


def _git(folder: Path, *arguments: str, input: bytes | None = None, missing: Text | None = None) -> bytes:
    command = ["git", "-C", str(folder), "--no-replace-objects", *arguments]
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(command, input=input, capture_output=True, env=environment, check=False)
    except FileNotFoundError as error:
        raise Cannot(
            Text("git finns inte på den här datorn", "git is not on this computer"),
        ) from error
    if done.returncode == 0:
        return done.stdout
    if missing is not None:
        raise Cannot(missing)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    reason = said[0] if said else f"git {arguments[0]}"
    raise Cannot(Text(f"{folder} går inte att läsa med git: {reason}", f"{folder} cannot be read with git: {reason}"))


def _text(output: bytes) -> str:
    return os.fsdecode(output).removesuffix("\n")
