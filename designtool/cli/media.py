"""designtool media: large films that lie outside of the workspace."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, language_of, print_json, workspace_of
from designtool.diagnostics import Text, nearest
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.source.locked import Locked

_HEAD = "# Filmer utanför arbetsytan. Skrivs av: designtool media lock FIL\n"


@click.group("media", cls=Commands)
def command() -> None:
    """Håll reda på stora filmer som ligger utanför arbetsytan."""


@command.command("lock")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--program", help="Programmet som visar filmen (library: alla), om det finns flera.")
@FORMAT
def lock(file: Path, program: str | None, output_format: str) -> None:
    """Skriv in en film i media.lock, med sitt fingeravtryck. Filmen behöver sedan inte ligga i programmets mapp."""
    from designtool.atomic import write_if_changed
    from designtool.source.locked import LOCK_FILE, NAME, media_folder
    from designtool.source.tree import File
    from designtool.source.workspace import WORKSPACE_FILE

    root = workspace_of(Path())
    settings = (root / WORKSPACE_FILE).read_bytes()
    folder, inside = _program_of(file, program, root, settings)
    name = inside or f"media/{file.name}"
    if not NAME.fullmatch(name):
        raise Usage(
            Text(
                f"{file.name} går inte att låsa. Det som låses är filmer, ljud och bilder, med namn av a–z, siffror, punkt och bindestreck.",
                f"{file.name} cannot be locked. What is locked are films, sound and pictures, with names of a-z, digits, dots and hyphens.",
            )
        )
    digest, size = _identity_of(file)
    path = folder / LOCK_FILE
    entries = {one.name: (one.digest, one.size) for one in _locked_already(path)} | {name: (digest, size)}
    text = _HEAD + "".join(
        f"{name}:\n  digest: {digest}\n  size: {size}\n" for name, (digest, size) in sorted(entries.items())
    )
    try:
        write_if_changed(path, lambda stream: stream.write(text.encode()))
    except OSError as error:
        raise Usage(
            Text(
                f"det går inte att skriva {path}: {os_reason(error).sv}", f"cannot write {path}: {os_reason(error).en}"
            )
        ) from error
    if output_format == "json":
        print_json({"path": str(path), "name": name, "digest": digest, "size": size})
        return
    films = media_folder(root, File(WORKSPACE_FILE, len(settings), "", settings), None)
    language = language_of(None)
    click.echo(Text(f"{name} står i {path}: {digest}", f"{name} stands in {path}: {digest}").in_language(language))
    next_step = (
        Text(f"Lägg filmen i {films}.", f"Put the film into {films}.")
        if films is not None
        else Text(
            "Säg var filmerna ligger, under media i designtool.yaml eller med --media.",
            "Say where the films lie, under media in designtool.yaml or with --media.",
        )
    )
    click.echo(next_step.in_language(language))


def _program_of(file: Path, stated: str | None, root: Path, settings: bytes) -> tuple[Path, str]:
    """The folder of the program (or library) that a film belongs to, and its name in that folder, if it lies there."""
    from designtool.load.kinds import LIBRARY
    from designtool.source.tree import programs_folder

    programs = (root / programs_folder(settings)).resolve()
    place = file.absolute().resolve()
    if programs in place.parents:
        inside = place.relative_to(programs).parts
        if len(inside) > 1 and stated in (None, inside[0]):
            return programs / inside[0], "/".join(inside[1:])
    known = sorted(found.parent.name for found in programs.glob("*/program.yaml"))
    name = stated or (known[0] if len(known) == 1 else None)
    if name in (*known, LIBRARY):
        return programs / str(name), ""
    near = nearest(name, known) if name else None
    shown = ", ".join(known)
    raise Usage(
        Text(
            f"vilket program visar filmen? Ange det med --program: {near or shown}",
            f"which program shows the film? Say it with --program: {near or shown}",
        )
    )


def _identity_of(file: Path) -> tuple[str, int]:
    try:
        with open(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            facts = os.fstat(stream.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise Usage(Text(f"{file} är ingen vanlig fil", f"{file} is no ordinary file"))
            return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}", facts.st_size
    except OSError as error:
        raise Usage(
            Text(f"{file} går inte att läsa: {os_reason(error).sv}", f"{file} cannot be read: {os_reason(error).en}")
        ) from error


def _locked_already(path: Path) -> list[Locked]:
    from designtool.load.yaml_file import parse_yaml
    from designtool.source.locked import locked_in
    from designtool.source.tree import File

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    entries = list(locked_in(File(str(path), len(data), "", data)))
    stated = parse_yaml(str(path), data).data
    if len(entries) != len(stated or {}):
        raise Usage(
            Text(
                f"{path} har poster som inte går att läsa. Rätta dem först: designtool validate",
                f"{path} has entries that cannot be read. Mend them first: designtool validate",
            )
        )
    return entries
