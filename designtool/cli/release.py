"""designtool release: a bundle becomes one of the published versions that later ones are held against."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.earlier import AGAINST, asked_for, listed, release_list
from designtool.cli.output import FORMAT, Usage, language_of, print_json, print_report, today, workspace_of
from designtool.cli.results import lines_on_disk
from designtool.diagnostics import Cannot, Diagnostic, Text, has_errors
from designtool.diagnostics.os_reasons import os_reason
from designtool.source.released import bundle_path, list_path

if TYPE_CHECKING:
    from designtool.model.program import Program


@click.command("release")
@click.argument("bundle", type=click.Path(path_type=Path))
@AGAINST
@FORMAT
def command(bundle: Path, against: tuple[str, ...], output_format: str) -> None:
    """Skriv in ett paket bland de utgivna versionerna i releases/. Nya versioner jämförs sedan med det."""
    from designtool.bundle import Refused, program_of

    root = workspace_of(Path())
    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            program, digest = program_of(opened), opened.digest
            _hold(root, program, digest, against)
            files = _write(root, bundle, program, digest)
    except Refused as refused:
        print_refusal(refused, language, output_format)
        return
    if output_format == "json":
        print_json(
            {
                "program": program.id,
                "version": program.version,
                "digest": digest,
                "path": list_path(program.id),
                "files": list(files),
            }
        )
        return
    name = f"{program.id} {program.version}"
    if files:
        told = Text(f"{name} är utgiven: {', '.join(files)}", f"{name} is published: {', '.join(files)}")
    else:
        told = Text(f"{name} är redan utgiven.", f"{name} is published already.")
    click.echo(told.in_language(language))


def _hold(root: Path, program: Program, digest: str, against: tuple[str, ...]) -> None:
    """Leaves with status 1 where the bundle may not follow the versions before it: it may have been built without them at hand."""
    from designtool.compare.against import findings, hold

    found: tuple[Diagnostic, ...]
    if against:
        earlier, found = asked_for(root, [program.id], against, None)[program.id], ()
    else:
        earlier, found = listed(root, program.id, program.version)
    # A version of the same number is met below, where nothing but the very same bundle passes.
    others = [one for one in earlier if one.program.version != program.version]
    held = [hold(program, {}, digest, one) for one in others]
    found = (*found, *findings(program, {}, held, is_complete=not has_errors(found)))
    if has_errors(found):
        print_report(found, lines_on_disk(root), language_of(None), err=True)
        raise click.exceptions.Exit(1)


def _write(root: Path, bundle: Path, program: Program, digest: str) -> tuple[str, ...]:
    """The bundle first, then the list that names it. What was written, by its path in the workspace."""
    from designtool.atomic import write_atomically
    from designtool.compare.release_list import Published, with_version
    from designtool.diagnostics import Span

    path = list_path(program.id)
    known = release_list(root, program.id)
    if has_errors(known.diagnostics):
        print_report(known.diagnostics, lines_on_disk(root), language_of(None), err=True)
        raise click.exceptions.Exit(1)
    same = next((one for one in known.versions if one.version == program.version), None)
    if same is not None and same.digest != digest:
        told = Text(
            f"{program.id} {program.version} är redan utgiven, som {same.digest}. En utgiven version ändras aldrig.",
            f"{program.id} {program.version} is published already, as {same.digest}. A published version never changes.",
        )
        click.echo(told.in_language(language_of(None)), err=True)
        raise click.exceptions.Exit(1)
    written: list[str] = []
    try:
        target = root / bundle_path(program.id, program.version)
        if not _has_digest(target, digest):
            target.parent.mkdir(parents=True, exist_ok=True)
            with bundle.open("rb") as stream:
                write_atomically(target, lambda output: shutil.copyfileobj(stream, output))
            written.append(bundle_path(program.id, program.version))
        if same is None:
            before = (root / path).read_bytes() if (root / path).exists() else b""
            entry = Published(program.version, digest, today().isoformat(), True, Span(path))
            write_atomically(root / path, lambda output: output.write(with_version(before, entry)))
            written.append(path)
    except OSError as error:
        reason = os_reason(error)
        raise Cannot(
            Text(f"det går inte att skriva i releases/: {reason.sv}", f"cannot write in releases/: {reason.en}")
        ) from error
    return tuple(written)


def _has_digest(path: Path, digest: str) -> bool:
    """Whether the very bundle lies there already. Another one that is in the way is nobody's to write over."""
    from designtool.bundle import Refused, read_bundle

    if not path.exists():
        return False
    try:
        with path.open("rb") as stream:
            if read_bundle(stream).digest == digest:
                return True
    except Refused:
        pass
    raise Usage(
        Text(
            f"{path} finns redan och är ett annat paket. Flytta bort det först.",
            f"{path} is there already and is another bundle. Move it away first.",
        )
    )
