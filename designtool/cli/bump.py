"""designtool bump: the version that the changes need, and what is new in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.earlier import AGAINST, EarlierVersions, asked_for, earlier_of, held_against
from designtool.cli.output import (
    FORMAT,
    MEDIA,
    Usage,
    language_of,
    line_reader,
    print_json,
    print_report,
    selected_programs,
    today,
)
from designtool.diagnostics import Diagnostic, Language, Text, has_errors
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.compare.against import Held
    from designtool.compare.change import Changes
    from designtool.model.program import Program
    from designtool.pipeline import Compiled

_LEADS_FURTHER = "migration-name"
"""A migration to the version that is not written yet: that is what the command is for."""


@dataclass(frozen=True, slots=True)
class _Bump:
    """What is to be written."""

    previous: str
    version: str
    step: str
    """none where nothing has changed."""
    files: tuple[tuple[str, bytes, bytes | None], ...] = ()
    """Path in the workspace, content, and what it had before; None for a new file."""
    entry: str = ""
    """What CHANGELOG.md gets; empty where it has the version already."""
    not_told: tuple[str, ...] = ()
    """Lines that an entry of this version, which somebody has written or which was written before, does not have."""
    never_published: str = ""
    """A version that CHANGELOG.md tells of and that was left before anybody got it."""


@click.command("bump")
@click.argument("program", required=False, type=click.Path(path_type=Path))
@AGAINST
@click.option("--dry-run", is_flag=True, help="Visa bara vad som skulle skrivas.")
@MEDIA
@FORMAT
def command(
    program: Path | None, against: tuple[str, ...], dry_run: bool, media: Path | None, output_format: str
) -> None:
    """Skriv in den version som ändringarna kräver i program.yaml, och vad som är nytt i CHANGELOG.md."""
    from designtool.workspace import compile_workspace

    root, only = selected_programs([program] if program is not None else ())
    compiled = compile_workspace(root, today(), only, media)
    names = [one.folder.rsplit("/", 1)[-1] for one in compiled.programs]
    if len(names) != 1:
        raise Usage(_which(names))
    _stop_at([one for one in compiled.diagnostics if one.rule != _LEADS_FURTHER], compiled)
    found = compiled.programs[0].program
    assert found is not None, "a program without errors could be read"
    asked = asked_for(root, names, against, media)[names[0]] if against else None
    earlier, problems = earlier_of(root, compiled.programs[0], asked)
    _stop_at(problems, compiled)
    if not any(earlier.values()):
        raise Usage(
            Text(
                f"{names[0]} har ingen utgiven version i releases/. Säg vad den ska jämföras med: --against REF",
                f"{names[0]} has no published version in releases/. Say what to compare it with: --against REF",
            )
        )
    bump = _bump(root, compiled, found, earlier, media)
    if not dry_run:
        _write(root, bump)
    sources = [one.source for versions in earlier.values() for one in versions]
    _tell(bump, found, sources, dry_run, output_format, language_of(compiled.documents))


def _bump(root: Path, compiled: Compiled, program: Program, earlier: EarlierVersions, media: Path | None) -> _Bump:
    from designtool.compare.against import findings, needed_version
    from designtool.model.migration import version_key
    from designtool.workspace import bundle_digest

    one = compiled.programs[0]
    held: list[Held] = []
    for each in (program, *one.variants):
        of_this = held_against(
            each, compiled, earlier.get(each.id, ()), lambda of: bundle_digest(root, compiled, of, media)
        )
        # What no version can carry has no right version.
        found = findings(each, compiled.documents, of_this)
        _stop_at([one for one in found if one.rule == "change-never-allowed"], compiled)
        held += of_this
    if all(one.step == "none" for one in held):
        return _Bump(program.version, program.version, "none")
    version = max((program.version, needed_version(held)), key=version_key)
    # What is new is told since the latest version, of the program and of its variants.
    last = max((one.earlier.program.version for one in held), key=version_key)
    latest = [one for one in held if one.earlier.program.version == last]
    bump = _changelog(compiled, program, latest, version)
    if version == program.version:
        return bump
    return replace(
        bump,
        files=(*bump.files, _program_file(compiled, program, version)),
        never_published=bump.never_published if version_key(program.version) > version_key(last) else "",
    )


def _program_file(compiled: Compiled, program: Program, version: str) -> tuple[str, bytes, bytes]:
    from designtool.load.splice import spliced
    from designtool.load.yaml_file import parse_yaml

    path = program.origin.path
    before = compiled.tree.files[path].data or b""
    parsed = parse_yaml(path, before)
    after = spliced(before, parsed.values["/version"], version)
    assert parse_yaml(path, after).data == {**parsed.data, "version": version}, "the version alone is another"
    return path, after, before


def _changelog(compiled: Compiled, program: Program, latest: Sequence[Held], version: str) -> _Bump:
    """What becomes of CHANGELOG.md."""
    from designtool.bundle.content import program_folder
    from designtool.compare.change import BUMPS
    from designtool.compare.changelog import entry, has_entry, not_told, with_entry
    from designtool.source.read import LARGEST_PAGE

    language: Language = "sv" if program.language == "sv" else "en"
    path = f"{program_folder(program)}/CHANGELOG.md"
    file = compiled.tree.files.get(path)
    before = file.data if file is not None else None
    try:
        text = (before or b"").decode()
    except UnicodeDecodeError as error:
        raise Usage(Text(f"{path} är inte sparad som UTF-8", f"{path} is not saved as UTF-8")) from error
    told = entry(latest[0].earlier.program, program, _together(latest), language)
    after = with_entry(text, version, today(), told, language)
    bump = _Bump(program.version, version, max((one.step for one in latest), key=BUMPS.index))
    if after is None:
        return replace(bump, not_told=not_told(text, told))
    if len(after.encode()) > LARGEST_PAGE:
        raise Usage(
            Text(
                f"{path} skulle bli större än {LARGEST_PAGE >> 10} KiB. Flytta gamla versioner till en annan fil.",
                f"{path} would become larger than {LARGEST_PAGE >> 10} KiB. Move old versions to another file.",
            )
        )
    return replace(
        bump,
        files=((path, after.encode(), before),),
        entry=told,
        never_published=program.version if has_entry(text, program.version) else "",
    )


def _together(held: Sequence[Held]) -> Changes:
    """What a variant changes as its program does is one change."""
    from designtool.compare.change import Changes, in_order

    by_place = {(change.rule, change.about): change for one in reversed(held) for change in one.changes.changes}
    return Changes(in_order(by_place.values()))


def _write(root: Path, bump: _Bump) -> None:
    """The changelog first: when the second file cannot be written, the next run goes on where this one ended."""
    from designtool.atomic import write_atomically

    for path, content, before in bump.files:
        try:
            present = (root / path).read_bytes() if (root / path).exists() else None
            if present != before:
                raise Usage(
                    Text(f"{path} ändrades under tiden. Kör igen.", f"{path} has changed meanwhile. Run again.")
                )
            write_atomically(root / path, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
        except OSError as error:
            reason = os_reason(error)
            raise Usage(
                Text(f"det går inte att skriva {path}: {reason.sv}", f"cannot write {path}: {reason.en}")
            ) from error


def _tell(
    bump: _Bump, program: Program, sources: Sequence[str], dry_run: bool, output_format: str, language: Language
) -> None:
    if output_format == "json":
        told: dict[str, Any] = {
            "program": program.id,
            "previous": bump.previous,
            "version": bump.version,
            "step": bump.step,
            "dry_run": dry_run,
            "files": [path for path, _, _ in bump.files],
            "changelog": bump.entry or None,
            "not_told": list(bump.not_told),
            "never_published": bump.never_published or None,
        }
        print_json(told)
        return
    for line in _lines(bump, program, ", ".join(dict.fromkeys(sources)), dry_run):
        click.echo(line.in_language(language))
    if dry_run and bump.entry:
        click.echo(f"\n{bump.entry}", nl=False)


def _lines(bump: _Bump, program: Program, sources: str, dry_run: bool) -> list[Text]:
    name = program.id
    if bump.step == "none":
        return [
            Text(
                f"Inget har ändrats i {name} sedan {sources}. Versionen är {bump.version}.",
                f"Nothing has changed in {name} since {sources}. The version is {bump.version}.",
            )
        ]
    if bump.version == bump.previous:
        lines = [
            Text(
                f"{name} {bump.version} räcker efter {sources}.",
                f"{name} {bump.version} is late enough after {sources}.",
            )
        ]
    else:
        lines = [Text(f"{name} {bump.previous} → {bump.version}", f"{name} {bump.previous} → {bump.version}")]
    written = [path for path, _, _ in bump.files]
    if written:
        paths = ", ".join(written)
        lines.append(
            Text(f"Skulle skriva: {paths}", f"Would write: {paths}")
            if dry_run
            else Text(f"Skrev: {paths}", f"Wrote: {paths}")
        )
    if not bump.entry:
        lines.append(
            Text(
                f"CHANGELOG.md har redan {bump.version}, och står kvar som den är.",
                f"CHANGELOG.md has {bump.version} already, and stays as it is.",
            )
        )
    if bump.not_told:
        told = "\n".join(bump.not_told)
        lines.append(Text(f"Det här står inte där:\n{told}", f"This does not stand there:\n{told}"))
    if bump.never_published:
        lines.append(
            Text(
                f"CHANGELOG.md har också {bump.never_published}, som aldrig gavs ut. Låt det som står där höra till {bump.version}.",
                f"CHANGELOG.md has {bump.never_published}, too, which was never published. Let what stands there belong to {bump.version}.",
            )
        )
    return lines


def _stop_at(found: Sequence[Diagnostic], compiled: Compiled) -> None:
    """Leaves with status 1 where there are errors: what does not hold together has no version."""
    errors = [one for one in found if has_errors([one])]
    if errors:
        print_report(errors, line_reader(compiled.tree), language_of(compiled.documents), err=True)
        raise click.exceptions.Exit(1)


def _which(names: Sequence[str]) -> Text:
    if not names:
        return Text("där finns inget program", "there is no program there")
    listed = ", ".join(names)
    return Text(f"ange ett av programmen: {listed}", f"name one of the programs: {listed}")
