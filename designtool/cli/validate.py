"""designtool validate: everything that is wrong, at its place."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.output import (
    FORMAT,
    language_of,
    leave,
    print_json,
    print_report,
    selected_programs,
    today,
)


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Låt även varningar och tips ge slutstatus 1.")
@FORMAT
def command(paths: tuple[Path, ...], strict: bool, output_format: str) -> None:
    """Granska program. Utan sökväg granskas hela arbetsytan."""
    from designtool.diagnostics import report_json
    from designtool.workspace import compile_workspace

    root, only = selected_programs(paths)
    compiled = compile_workspace(root, today(), only)
    language = language_of(compiled.documents)
    if output_format == "json":
        print_json(report_json(compiled.diagnostics, language))
    else:
        print_report(compiled.diagnostics, compiled.tree, language)
    leave(compiled.diagnostics, strict)
