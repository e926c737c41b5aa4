"""designtool export: a questionnaire in the form that other systems read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from designtool.cli.click_words import Commands
from designtool.cli.named_questionnaire import named_questionnaire
from designtool.cli.output import FORMAT, print_json
from designtool.cli.written import FORCE, check_targets, write_text
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.exchange import Release


@click.group("export", cls=Commands)
def command() -> None:
    """Skriv ut ett formulär i en form som andra system läser."""


@command.command("fhir")
@click.argument("questionnaire")
@click.option("--release", type=click.Choice(["R4", "R5"]), default="R4", help="Utgåva av FHIR (vanligen R4).")
@click.option(
    "--both-weights", is_flag=True, help="Skriv svarens tal både som R4 (ordinalValue) och som R5 (itemWeight) har dem."
)
@click.option("--loss", type=click.Path(path_type=Path), help="Fil för det som FHIR inte har plats för, som JSON.")
@click.option("--output", type=click.Path(path_type=Path), help="Fil att skriva till. Utan den: standard ut.")
@FORCE
@FORMAT
def fhir(
    questionnaire: str,
    release: str,
    both_weights: bool,
    loss: Path | None,
    output: Path | None,
    force: bool,
    output_format: str,
) -> None:
    """Skriv ut ett formulär som FHIR Questionnaire. QUESTIONNAIRE är en fil eller ett id i arbetsytan."""
    from designtool.exchange import export_questionnaire, loss_report

    form, language = named_questionnaire(questionnaire)
    check_targets([output, loss], force)
    exported = export_questionnaire(form, cast("Release", release), "both" if both_weights else "usual")
    if loss is not None:
        report = loss_report(exported.losses, "export", form.id, release, language)
        write_text(loss, _text(report))
    if output is None:
        # A resource is JSON whichever form is asked for.
        print_json(exported.resource)
        return
    write_text(output, _text(exported.resource))
    if output_format == "json":
        print_json({"path": str(output)})
    else:
        click.echo(Text(f"Skrev {output}", f"Wrote {output}").in_language(language))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
