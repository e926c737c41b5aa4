"""designtool unbundle: the source in a bundle as a workspace of its own."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.new_folder import write_folder
from designtool.cli.output import FORMAT, language_of, print_json
from designtool.diagnostics import Text


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
            write_folder(folder, {path: opened.blobs[opened.files[name].digest] for path, name in files.items()})
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
