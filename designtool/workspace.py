"""Workspaces on disk: read, compiled, and their bundles written. The edge around the pipeline that most commands share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from designtool.atomic import write_if_changed
from designtool.bundle import (
    ContentChanged,
    Refused,
    digest_of,
    layout_of_content,
    make_bundle,
    manifest_of,
    write_archive,
)
from designtool.diagnostics import Cannot, Text
from designtool.load import load, programs_folder
from designtool.load.kinds import LIBRARY
from designtool.model.codec import encode_program
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.pipeline import Compiled, compile_tree
from designtool.source import find_workspace, read
from designtool.source.media import open_media


@dataclass(frozen=True, slots=True)
class BuiltBundle:
    """A bundle as it lies on disk."""

    digest: str
    path: Path
    size: int


def compile_workspace(root: Path, today: date, only: Iterable[str] | None = None) -> Compiled:
    """Reads and compiles the programs named in `only` (folder names; None: all) with the library."""
    tree, found = read(root, only=only)
    return compile_tree(tree, found, today)


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """What designtool.yaml says, as far as it can be read."""

    programs_folder: str
    language: str | None


def workspace_facts(root: Path) -> WorkspaceFacts:
    tree, _ = read(root, only=())
    documents = load(tree).documents
    workspace = documents.get("designtool.yaml")
    stated = workspace.data.get("language") if workspace is not None and isinstance(workspace.data, dict) else None
    return WorkspaceFacts(programs_folder(tree), stated if isinstance(stated, str) else None)


def build_bundle(root: Path, compiled: Compiled, program: Program, output: Path) -> BuiltBundle:
    """Writes `<id>-<version>.dtb` into `output` and says what it is. A file that already has these bytes is left alone.

    Raises Cannot when a file of the workspace changed meanwhile, when the program is more than a bundle can hold, or when
    `output` cannot be written.
    """
    path = output / f"{program.id}-{program.version}.dtb"
    try:
        content = make_bundle(program, encode_program(program), compiled.tree, lambda path: _open(root, path))
        digest = digest_of(manifest_of(content))
        files = layout_of_content(content)
        output.mkdir(parents=True, exist_ok=True)
        write_if_changed(path, lambda stream: write_archive(stream, files))
        return BuiltBundle(digest, path, path.stat().st_size)
    except ContentChanged as changed:
        raise Cannot(
            Text(
                f"en fil i {program.id} ändrades medan paketet skrevs. Bygg igen när ingen skriver i mappen.",
                f"a file of {program.id} changed while the bundle was written. Build again when nobody writes there.",
            )
        ) from changed
    except Refused as refused:
        raise Cannot(
            Text(
                f"{program.id} kan inte bli ett paket: {refused.message.sv}",
                f"{program.id} cannot become a bundle: {refused.message.en}",
            )
        ) from refused
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Cannot(
            Text(f"paketet {path} kunde inte skrivas: {reason}", f"the bundle {path} could not be written: {reason}")
        ) from error


def _open(root: Path, path: str) -> BinaryIO:
    try:
        return open_media(root, path)
    except (OSError, ValueError) as error:
        raise Cannot(
            Text(
                f"filen {path} fanns när programmet lästes men går inte att öppna nu",
                f"the file {path} was there when the program was read but cannot be opened now",
            )
        ) from error


def find_questionnaire(name: str, start: Path, today: date) -> tuple[Questionnaire | None, Compiled | None]:
    """The questionnaire in a file, or of an id in the workspace around `start`.

    None with what was compiled when it is not there or could not be read; None and None when there is no workspace.
    """
    path = Path(name)
    is_file = path.suffix in (".yaml", ".yml")
    root = find_workspace((path if is_file else start).absolute())
    if root is None:
        return None, None
    compiled = compile_workspace(root, today, _program_of(path, root) if is_file else None)
    wanted = path.absolute().resolve()
    found = [*compiled.library.questionnaires.values()]
    found += [one for built in compiled.programs if built.program for one in built.program.questionnaires]
    for questionnaire in found:
        if (root / questionnaire.origin.path).resolve() == wanted if is_file else questionnaire.id == name:
            return questionnaire, compiled
    return None, compiled


def _program_of(path: Path, root: Path) -> tuple[str, ...]:
    """The program in whose folder a file lies; none for the library, which is always read."""
    parts = path.absolute().resolve().relative_to(root.resolve()).parts
    return (parts[1],) if len(parts) > 2 and parts[1] != LIBRARY else ()
