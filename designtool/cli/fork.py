"""designtool fork: a program of one's own, begun from what another region has published."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.new_folder import write_folder
from designtool.cli.output import (
    FORMAT,
    Usage,
    language_of,
    leave,
    line_reader,
    print_json,
    print_report,
    today,
)
from designtool.cli.registries import Here
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.bundle import BlobSource
    from designtool.bundle.fork import Fork
    from designtool.model.program import Program

_ENTRIES = frozenset({"contacts.yaml", "glossary.yaml", "persons.yaml"})
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Written:
    root: Path
    """The workspace that the fork lies in now."""
    folder: str
    """The program's folder in it."""
    files: tuple[str, ...]
    """What was written, by its path in the workspace."""
    kept: tuple[str, ...]
    """Files of the library that stayed as they were, though the bundle has them in another form."""


@click.command("fork")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--as", "id", help="Det nya programmets id. Utan det: programmets id med -egen efter.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Ny mapp för en egen arbetsyta. Utan den: arbetsytan här."
)
@FORMAT
def command(bundle: Path, id: str | None, output: Path | None, output_format: str) -> None:
    """Börja ett eget program från ett paket. Det säger varifrån det kommer, och har eget id och egen version."""
    from designtool.bundle import Refused, program_of
    from designtool.bundle.fork import FIRST_VERSION, CannotFork, fork_of

    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
            _refuse_overlay(program)
            own = _new_id(program, id)
            fork = fork_of(opened, program, own, Here().region if output is None else "")
            written = _write(fork, program, own, output)
    except Refused as refused:
        print_refusal(refused, language, output_format)
    except CannotFork as error:
        raise Usage(
            Text(
                "program.yaml i paketet är inte skriven med en nyckel på varje rad. Skriv ut källtexten med designtool unbundle.",
                "program.yaml in the bundle is not written one key a line. Write the source out with designtool unbundle.",
            )
        ) from error
    _tell(written, fork, own, FIRST_VERSION, output_format)


def _refuse_overlay(program: Program) -> None:
    """A fork begins from the pages of a program. Those of an overlay lie beside them, and would be left behind unseen."""
    below = program.overlay_of
    if below is not None:
        raise Usage(
            Text(
                f"{program.id} är en anpassning av {below.program} {below.version}. Börja från det paketet i stället.",
                f"{program.id} is an adaptation of {below.program} {below.version}. Begin from that bundle instead.",
            )
        )


def _tell(written: _Written, fork: Fork, id: str, version: str, output_format: str) -> None:
    from designtool.diagnostics import diagnostic_json
    from designtool.workspace import compile_workspace

    compiled = compile_workspace(written.root, today(), (id,))
    language, diagnostics = language_of(compiled.documents), compiled.diagnostics
    origin = fork.derived_from
    folder = str(written.root / written.folder)
    if output_format == "json":
        told: dict[str, Any] = {
            "program": id,
            "version": version,
            "path": folder,
            "derived_from": {"program": origin.program, "version": origin.version, "digest": origin.digest},
            "files": list(written.files),
            "kept": list(written.kept),
            "diagnostics": [diagnostic_json(one, language) for one in diagnostics],
        }
        print_json(told)
    else:
        if diagnostics:
            print_report(diagnostics, line_reader(compiled.tree), language, err=True)
        lines = [
            Text(
                f"{id} {version} i {folder} ({len(written.files)} filer), utgår från {origin.program} {origin.version}.",
                f"{id} {version} in {folder} ({len(written.files)} files), begun from {origin.program} {origin.version}.",
            )
        ]
        if written.kept:
            names = ", ".join(written.kept)
            lines.append(
                Text(
                    f"Det här har du redan, och ditt eget står kvar: {names}",
                    f"You have these already, and yours stay: {names}",
                )
            )
        lines.append(
            Text(
                f"Fyll i vem som nu svarar för programmet, och att regionen är er egen, under publisher i {written.folder}/program.yaml.",
                f"Say who answers for the program now, and that the region is your own, under publisher in {written.folder}/program.yaml.",
            )
        )
        for line in lines:
            click.echo(line.in_language(language))
    leave(diagnostics)


def _new_id(program: Program, stated: str | None) -> str:
    from designtool.load.identifiers import kebab_case
    from designtool.load.kinds import LIBRARY

    id = stated if stated is not None else f"{program.id}-egen"
    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", id) or len(id) > 60:
        near = kebab_case(id)
        raise Usage(
            Text(
                f'"{id}" är inget id för ett program: små bokstäver a–z, siffror och bindestreck, högst 60 tecken'
                + (f". Menade du {near}?" if near and near != id else ""),
                f'"{id}" is no id of a program: a-z, digits and hyphens, at most 60 characters'
                + (f". Did you mean {near}?" if near and near != id else ""),
            )
        )
    if id in (program.id, LIBRARY):
        raise Usage(
            Text(
                f"{id} är upptaget: ett program som utgår från {program.id} behöver ett eget id. Ange det med --as.",
                f"{id} is taken: a program begun from {program.id} needs an id of its own. Give it with --as.",
            )
        )
    return id


def _write(fork: Fork, program: Program, id: str, output: Path | None) -> _Written:
    from designtool.source import find_workspace

    root = find_workspace(Path()) if output is None else None
    return _write_beside(fork, program, id, root) if root is not None else _write_alone(fork, id, output or Path(id))


def _write_alone(fork: Fork, id: str, folder: Path) -> _Written:
    """The fork as a workspace of its own."""
    from designtool.bundle.manifest import blob_of
    from designtool.load.kinds import LIBRARY

    files = {
        "designtool.yaml": blob_of(fork.settings),
        **{f"{fork.programs_folder}/{LIBRARY}/{path}": blob for path, blob in fork.library.items()},
        **{f"{fork.programs_folder}/{id}/{path}": blob for path, blob in fork.program.items()},
    }
    write_folder(folder, files)
    return _Written(folder, f"{fork.programs_folder}/{id}", tuple(sorted(files)), ())


def _write_beside(fork: Fork, program: Program, id: str, root: Path) -> _Written:
    """The fork as one more program of a workspace. Its library stays as it is but for what it lacks.

    What is there in another form stays where it is the region's own by nature: contacts, words, persons and the crisis page.
    Anything else would change what the fork or the region's own programs mean, so then nothing is written.
    """
    from designtool.atomic import write_atomically
    from designtool.load.kinds import LIBRARY
    from designtool.source.tree import programs_folder

    programs = programs_folder((root / "designtool.yaml").read_bytes())
    folder = f"{programs}/{id}"
    if (root / folder).exists():
        raise Usage(
            Text(
                f"{root / folder} finns redan. Ange ett annat id med --as.",
                f"{root / folder} exists already. Give another id with --as.",
            )
        )
    lacking, kept = _library_lacks(fork, root / programs / LIBRARY, f"pages/{program.crisis_page}.md")
    try:
        for path, blob in lacking.items():
            target = root / programs / LIBRARY / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with blob.open() as content:
                write_atomically(target, partial(shutil.copyfileobj, content))
    except OSError as error:
        reason = os_reason(error)
        raise Usage(
            Text(f"biblioteket går inte att skriva: {reason.sv}", f"the library cannot be written: {reason.en}")
        ) from error
    write_folder(root / folder, fork.program)
    files = [f"{programs}/{LIBRARY}/{path}" for path in lacking] + [f"{folder}/{path}" for path in fork.program]
    return _Written(root, folder, tuple(sorted(files)), tuple(f"{programs}/{LIBRARY}/{path}" for path in kept))


def _library_lacks(fork: Fork, library: Path, crisis_page: str) -> tuple[Mapping[str, BlobSource], tuple[str, ...]]:
    """What must be written into the library for the fork, and what stays though the bundle has it in another form."""
    from designtool.bundle.entries import joined, said_otherwise
    from designtool.bundle.manifest import blob_of

    lacking: dict[str, BlobSource] = {}
    kept: list[str] = []
    differing: list[str] = []
    for path, blob in fork.library.items():
        own = library / path
        if not own.exists():
            lacking[path] = blob
        elif _has_these_bytes(own, blob):
            continue
        elif path in _ENTRIES:
            before = own.read_bytes()
            with blob.open() as stream:
                other = stream.read()
            after = joined(path, before, other)
            if after is None:
                differing.append(path)
            elif after != before:
                lacking[path] = blob_of(after)
            if after is not None and said_otherwise(path, before, other):
                kept.append(path)
        elif path == crisis_page:
            kept.append(path)
        else:
            differing.append(path)
    if differing:
        names = ", ".join(differing[:_MOST_NAMED]) + (" …" if len(differing) > _MOST_NAMED else "")
        raise Usage(
            Text(
                f"biblioteket har redan ett annat innehåll i {names}. Ingenting är skrivet. Lägg programmet i en egen arbetsyta med "
                "--output, och jämför filerna där.",
                f"the library has other content already in {names}. Nothing was written. Put the program in a workspace of its own "
                "with --output, and compare the files there.",
            )
        )
    return lacking, tuple(kept)


def _has_these_bytes(path: Path, blob: BlobSource) -> bool:
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}" == blob.digest
