"""designtool export: a questionnaire in the form that other systems read, and treatments to try a migration on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from designtool.cli.click_words import Commands
from designtool.cli.named_questionnaire import named_questionnaire
from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.cli.written import FORCE, check_targets, write_text
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.exchange import Release


@click.group("export", cls=Commands)
def command() -> None:
    """Skriv ut ett formulär eller pågående behandlingar i en form som andra verktyg läser."""


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


@command.command("states")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("designtool-data"),
    help="Körmiljöns mapp (vanligen designtool-data).",
)
@click.option("--program", default="", help="Bara behandlingar i detta program.")
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="Fil att skriva till, en behandling på varje rad."
)
@FORCE
@FORMAT
def states(data: Path, program: str, output: Path, force: bool, output_format: str) -> None:
    """Skriv ut behandlingar utan namn och meddelanden, att pröva en flytt på. Filen är vårddata: svaren står i den."""
    from designtool.runtime.store import DATABASE_FILE, Store
    from designtool.treatment.events import Registered
    from designtool.treatment.exported import to_line

    if not (data / DATABASE_FILE).is_file():
        raise Usage(Text(f"i {data} finns ingen körmiljö", f"there is no runtime in {data}"))
    check_targets([output], force)
    store = Store(data)
    try:
        lines = []
        for treatment in store.treatments():
            events = [stored.event for stored in store.events(treatment.id)]
            registered = events[0].what if events else None
            if isinstance(registered, Registered) and program in ("", registered.program):
                lines.append(to_line(treatment.id, events) + "\n")
    finally:
        store.close()
    write_text(output, "".join(lines), secret=True)
    if output_format == "json":
        print_json({"path": str(output), "treatments": len(lines)})
    else:
        told = Text(f"{len(lines)} behandlingar i {output}", f"{len(lines)} treatments in {output}")
        click.echo(told.in_language(language_of(None)))
