"""designtool build: programs to bundles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from designtool.diagnostics import Text


@click.command("build")
@click.argument("programs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketen."
)
@FORMAT
def command(programs: tuple[Path, ...], output: Path, output_format: str) -> None:
    """Bygg program till paket. Utan sökväg byggs alla program i arbetsytan."""
    from designtool.diagnostics import diagnostic_json
    from designtool.workspace import build_bundle, compile_workspace

    root, only = selected_programs(programs)
    compiled = compile_workspace(root, today(), only)
    language = language_of(compiled.documents)
    built: list[dict[str, Any]] = []
    for one in compiled.programs:
        if one.program is not None and compiled.can_be_built(one):
            product = build_bundle(root, compiled, one.program, output)
            built.append(
                {
                    "program": one.program.id,
                    "version": one.program.version,
                    "digest": product.digest,
                    "path": str(product.path),
                    "size": product.size,
                }
            )
    if output_format == "json":
        found = [diagnostic_json(diagnostic, language) for diagnostic in compiled.diagnostics]
        print_json({"bundles": built, "diagnostics": found})
    else:
        if compiled.diagnostics:
            print_report(compiled.diagnostics, compiled.tree, language, err=True)
        for bundle in built:
            click.echo(f"{bundle['program']} {bundle['version']}  {bundle['digest']}  {bundle['path']}")
        if not built:
            nothing = Text("Inget paket byggdes.", "No bundle was built.")
            click.echo(nothing.in_language(language), err=True)
    leave(compiled.diagnostics)
