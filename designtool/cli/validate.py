"""designtool validate: everything that is wrong, at its place."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.earlier import AGAINST
from designtool.cli.output import FORMAT, MEDIA, leave, print_json, print_report, selected_programs
from designtool.cli.results import lines_on_disk, results


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Låt även varningar och tips ge slutstatus 1.")
@AGAINST
@MEDIA
@FORMAT
def command(
    paths: tuple[Path, ...], strict: bool, against: tuple[str, ...], media: Path | None, output_format: str
) -> None:
    """Granska program. Utan sökväg granskas hela arbetsytan."""
    from designtool.diagnostics import report_json

    root, only = selected_programs(paths)
    found = results(root, only, media=media, against=against)
    if output_format == "json":
        print_json(report_json(found.diagnostics, found.language))
    else:
        print_report(found.diagnostics, lines_on_disk(root), found.language)
    leave(found.diagnostics, strict)
