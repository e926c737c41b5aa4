"""Opening the versions that a command compares: a folder, a bundle, or a revision of git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.output import (
    Usage,
    language_of,
    line_reader,
    print_report,
    selected_programs,
    today,
    workspace_of,
)
from designtool.diagnostics import Text, has_errors, nearest

if TYPE_CHECKING:
    from designtool.load.document import Document
    from designtool.model.program import Program

GIT = "git:"
BUNDLE = ".dtb"
HERE = Path()


@dataclass(frozen=True)
class Version:
    """One side of a comparison."""

    program: Program
    documents: Mapping[str, Document] = field(repr=False)
    source: str
    """As it was asked for."""
    digest: str = ""
    """Of the bundle that it was read from; empty where it was read from elsewhere."""


def version(source: str, of: str = "", near: Path = HERE, media: Path | None = None) -> Version:
    """The program in a folder, in a bundle, or at a revision (`git:REV`, `git:REV:PROGRAM`).

    `of` is the program that the other side has, for a revision that names none; `near` lies in the workspace whose revisions
    are meant. `media` is the folder of films, if it is another than designtool.yaml says. Leaves with status 2 where there is no such
    version, where it has errors, and where it is damaged.
    """
    if source.startswith(GIT):
        return _at_revision(source, of, near, media)
    path = Path(source)
    if path.suffix == BUNDLE or path.is_file():
        return _in_bundle(path)
    return _in_folder(path, source, media)


def name_in(source: str) -> str:
    """The program that a revision names; empty for what is no revision, or names none."""
    if not source.startswith(GIT):
        return ""
    return source.removeprefix(GIT).partition(":")[2].rstrip("/").rsplit("/", 1)[-1]


def _in_bundle(path: Path) -> Version:
    from designtool.bundle import Refused, program_of

    try:
        with opened_bundle(path) as opened:
            return Version(program_of(opened), MappingProxyType({}), str(path), opened.digest)
    except Refused as refused:
        click.echo(f"{path}: {refusal_line(refused, language_of(None))}", err=True)
        raise click.exceptions.Exit(2) from refused


def _in_folder(path: Path, source: str, media: Path | None) -> Version:
    root, only = selected_programs([path])
    return _compiled(root, only, source, media)


def _at_revision(source: str, of: str, near: Path, media: Path | None) -> Version:
    from designtool.revision import find_revision, write_revision
    from designtool.source import read
    from designtool.source.locked import media_folder
    from designtool.source.workspace import WORKSPACE_FILE

    name, _, _ = source.removeprefix(GIT).partition(":")
    if not name:
        raise Usage(Text("ange en version efter git: som i git:HEAD", "name a revision after git:, as in git:HEAD"))
    root = workspace_of(near)
    revision = find_revision(root, name)
    wanted = name_in(source) or of or (revision.program_names[0] if len(revision.program_names) == 1 else "")
    if not wanted:
        raise Usage(_which(revision.program_names, f"{GIT}{name}:"))
    if wanted not in revision.program_names:
        meant = nearest(wanted, revision.program_names)
        raise Usage(
            Text(
                f"{name} har inget program som heter {wanted}." + (f" Menade du {meant}?" if meant else ""),
                f"{name} has no program called {wanted}." + (f" Did you mean {meant}?" if meant else ""),
            )
        )
    with TemporaryDirectory(prefix="designtool-") as folder:
        write_revision(revision, wanted, Path(folder))
        # Films that lie outside of git are the same ones for every revision.
        films = media or media_folder(root, read(Path(folder), only=())[0].files.get(WORKSPACE_FILE), None)
        return _compiled(Path(folder), (wanted,), source, films)


def _compiled(root: Path, only: tuple[str, ...] | None, source: str, media: Path | None) -> Version:
    from designtool.workspace import compile_workspace

    compiled = compile_workspace(root, today(), only, media)
    names = tuple(one.folder.rsplit("/", 1)[-1] for one in compiled.programs)
    if len(compiled.programs) != 1:
        raise Usage(_which(names, ""))
    found = compiled.programs[0]
    if found.program is None or not compiled.can_be_built(found):
        with _told_of(source):
            errors = [one for one in compiled.diagnostics if has_errors([one])]
            print_report(errors, line_reader(compiled.tree), language_of(compiled.documents), err=True)
    assert found.program is not None
    return Version(found.program, compiled.documents, source if source != "." else found.folder)


@contextmanager
def _told_of(source: str) -> Iterator[None]:
    """What is printed here is about one side, which cannot be compared."""
    language = language_of(None)
    told = Text(f"{source} har fel och kan inte jämföras:", f"{source} has errors and cannot be compared:")
    click.echo(told.in_language(language), err=True)
    yield
    raise click.exceptions.Exit(2)


def _which(names: tuple[str, ...], start: str) -> Text:
    if not names:
        return Text("där finns inget program", "there is no program there")
    listed = ", ".join(f"{start}{name}" for name in names)
    return Text(f"ange ett av programmen: {listed}", f"name one of the programs: {listed}")
