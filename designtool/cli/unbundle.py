"""designtool unbundle: the source in a bundle as a workspace of its own."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle


@click.command("unbundle")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path), help="Ny mapp för källtexten. Utan den: programmets id och version."
)
@FORMAT
def command(bundle: Path, output: Path | None, output_format: str) -> None:
    """Skriv ut källtexten ur ett paket i en ny mapp. Den bygger till samma paket igen."""
    from designtool.bundle import Refused, program_of
    from designtool.bundle.source import source_files

    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
            files = source_files(opened)
            folder = output if output is not None else Path(f"{program.id}-{program.version}")
            _write(opened, files, folder)
    except Refused as refused:
        print_refusal(refused, language, output_format)
    if output_format == "json":
        print_json(
            {
                "program": program.id,
                "version": program.version,
                "digest": opened.digest,
                "path": str(folder),
                "files": sorted(files),
            }
        )
        return
    click.echo(Text(f"{len(files)} filer i {folder}", f"{len(files)} files in {folder}").in_language(language))


def _write(bundle: Bundle, files: dict[str, str], folder: Path) -> None:
    """All files or none: they are written beside the folder, which gets its name when all of them are there."""
    folder = Path(os.path.realpath(folder))
    if folder.exists() and not folder.is_dir():
        raise Usage(
            Text(
                f"{folder} är en fil, och källtexten behöver en mapp. Ange en ny mapp med --output.",
                f"{folder} is a file, and the source needs a folder. Name a new folder with --output.",
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise Usage(
            Text(
                f"{folder} finns redan och är inte tom. Ange en ny mapp med --output.",
                f"{folder} exists already and is not empty. Name a new folder with --output.",
            )
        )
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir(parents=True)
        for path, name in files.items():
            target = temporary / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with bundle.open(name) as content, target.open("xb") as file:
                shutil.copyfileobj(content, file)
        if folder.exists():
            folder.rmdir()
        os.rename(temporary, folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Usage(Text(f"{folder} går inte att skriva: {reason}", f"{folder} cannot be written: {reason}")) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
