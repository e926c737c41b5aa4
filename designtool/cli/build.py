"""designtool build: programs to bundles."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.earlier import AGAINST
from designtool.cli.output import FORMAT, MEDIA, Usage, leave, print_json, print_report, selected_programs
from designtool.cli.results import lines_on_disk, results
from designtool.diagnostics import Language, Text


@click.command("build")
@click.argument("programs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketen."
)
@AGAINST
@MEDIA
@FORMAT
def command(
    programs: tuple[Path, ...], output: Path, against: tuple[str, ...], media: Path | None, output_format: str
) -> None:
    """Bygg program till paket. Utan sökväg byggs alla program i arbetsytan."""
    from designtool.diagnostics import diagnostic_json, has_errors

    root, only = selected_programs(programs)
    found = results(root, only, output, media, against)
    language, diagnostics = found.language, found.diagnostics
    built = [
        {
            "program": program,
            "version": result.version,
            "digest": bundle.digest,
            "path": bundle.path,
            "size": bundle.size,
        }
        for result in found.results
        for program, bundle in result.bundles
    ]
    if not built and not has_errors(list(diagnostics)):
        if diagnostics:
            print_report(diagnostics, lines_on_disk(root), language, err=True)
        raise _nothing_to_build(root, only, language)
    if output_format == "json":
        print_json({"bundles": built, "diagnostics": [diagnostic_json(one, language) for one in diagnostics]})
    else:
        if diagnostics:
            print_report(diagnostics, lines_on_disk(root), language, err=True)
        for one in built:
            click.echo(f"{one['program']} {one['version']}  {one['digest']}  {one['path']}")
        if not built:
            click.echo(Text("Inget paket byggdes.", "No bundle was built.").in_language(language), err=True)
    leave(diagnostics)


def _nothing_to_build(root: Path, only: tuple[str, ...] | None, language: Language) -> Usage:
    if only == ():
        return Usage(
            Text(
                "biblioteket är inget program och byggs inte för sig. Det som ett program använder ur det följer med programmets "
                "paket: designtool build programs/<program>",
                "the library is no program and is not built by itself. What a program uses of it goes along in the program's "
                "bundle: designtool build programs/<program>",
            ),
            language,
        )
    return Usage(
        Text(
            f"det finns inget program att bygga i {root}. Skapa ett: designtool new program",
            f"there is no program to build in {root}. Make one: designtool new program",
        ),
        language,
    )
