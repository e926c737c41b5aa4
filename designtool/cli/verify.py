"""designtool verify: whether a file is a whole, unaltered bundle."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.output import FORMAT, language_of, print_json
from designtool.diagnostics import Text


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@FORMAT
def command(bundle: Path, output_format: str) -> None:
    """Kontrollera att ett paket är helt och oförändrat: varje byte i det räknas."""
    from designtool.bundle import Refused, program_of

    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
    except Refused as refused:
        if output_format == "json":
            problem = {"code": refused.code, "message": refused.message.in_language(language)}
            print_json({"valid": False, "digest": None, "problems": [problem]})
        else:
            click.echo(refusal_line(refused, language), err=True)
        click.get_current_context().exit(1)
    if output_format == "json":
        print_json({"valid": True, "digest": opened.digest, "problems": []})
        return
    whole = Text("Paketet är helt", "The bundle is whole").in_language(language)
    click.echo(f"{whole}: {program.id} {program.version} {opened.digest}")
