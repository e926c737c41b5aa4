"""designtool catalogue: what the regions of the federation offer, and what is new since the version in use."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.agreements import DEFAULT_FOLDER
from designtool.cli.output import Usage, print_json, today
from designtool.cli.recall_news import recall_news
from designtool.cli.registries import Here, problems_told
from designtool.cli.written import FORCE, check_targets, write_text
from designtool.diagnostics import Text
from designtool.diagnostics.as_argument import as_argument
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.share.agreements.terms import Standing
    from designtool.share.catalogue.words import CatalogueView
    from designtool.share.registries.registry import Registry

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("catalogue")
@click.option(
    "--trust", type=_FOLDER, required=True, help="Mapp med förtroende: där står vad regionerna har skrivit under."
)
@click.option(
    "--from",
    "place",
    help="Platsen att först hämta nytt från, också avtal: ett namn under registries i designtool.yaml, en adress eller en mapp.",
)
@click.option("--region", help="Din region (vanligen den i designtool.yaml).")
@click.option(
    "--agreements", "agreements_folder", type=_FOLDER, help="Mapp med avtalen (vanligen agreements i arbetsytan)."
)
@click.option(
    "--in-use",
    "in_use",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Paket som ni använder, eller en mapp med dem. Kan anges flera gånger.",
)
@click.option("--program", default="", help="Bara det här programmet: region/program.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="Form på utskriften.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Skriv till den här filen.")
@FORCE
def command(
    trust: Path,
    place: str | None,
    region: str | None,
    agreements_folder: Path | None,
    in_use: tuple[Path, ...],
    program: str,
    output_format: str,
    output: Path | None,
    force: bool,
) -> None:
    """Visa vad regionerna ger ut: vad det är, för vem, hur länge, vem som svarar för det, och hur det står till med avtal. Med --in-use också vad som är nytt sedan versionen ni använder. Inga paket hämtas."""
    here = Here()
    check_targets([output], force)
    with problems_told(here.language, output_format), ExitStack() as opened:
        try:
            view = _view(here, opened, trust, place, region or here.region, agreements_folder, in_use, program)
        except OSError as error:
            where, why = error.filename or trust, os_reason(error)
            raise Usage(
                Text(f"{where} går inte att läsa: {why.sv}", f"{where} cannot be read: {why.en}"), here.language
            ) from error
        _write(view, here, output_format, output)
    if any(entry.agreed.state == "not-read" for entry in view.catalogue.entries):
        click.echo(_where_agreements_are(trust, place).in_language(here.language), err=True)
    if view.problems or view.catalogue.is_expired:
        click.get_current_context().exit(1)


def _where_agreements_are(trust: Path, place: str | None) -> Text:
    if place is not None:
        return Text(
            f"Inga avtal är hämtade: de finns inte i {place}. Hämta dem i regionernas register: "
            f"designtool agreements fetch --trust {as_argument(trust)} --from REGISTER",
            f"No agreements have been fetched: they are not in {place}. Get them from the regions' registry: "
            f"designtool agreements fetch --trust {as_argument(trust)} --from REGISTRY",
        )
    return Text(
        f"Inga avtal är hämtade. Hämta dem, och annat som är nytt: designtool catalogue --trust {as_argument(trust)} --from REGISTER",
        f"No agreements have been fetched. Get them, and what else is new: designtool catalogue --trust {as_argument(trust)} --from REGISTRY",
    )


def _view(
    here: Here,
    opened: ExitStack,
    trust: Path,
    place: str | None,
    region: str,
    agreements_folder: Path | None,
    in_use: tuple[Path, ...],
    program: str,
) -> CatalogueView:
    from designtool.share.catalogue.differences import FoundBundle, bundles_at, differences, programs_of
    from designtool.share.catalogue.entries import catalogue
    from designtool.share.catalogue.words import CatalogueView
    from designtool.share.federation.offers import read_offers
    from designtool.share.recalls.listing import recalls
    from designtool.share.registries.names import parse_wanted
    from designtool.share.registries.problems import RegistryProblem

    if program and str(parse_wanted(program).name) != program:
        raise RegistryProblem("name-form", name=program)
    with recall_news(trust, here.language):
        problems = _brought_up_to_date(here, trust, place)
    registry = here.open_beside_metadata(place) if place is not None else None
    if registry is not None:
        opened.enter_context(registry)
        problems += _brought_agreements(registry, trust, agreements_folder or here.root / DEFAULT_FOLDER)
    standings, more = _standings(here, trust, agreements_folder)
    problems += more
    found = [one for path in in_use for one in bundles_at([path])]
    problems += [
        Text(f"{one.path}: {one.why.sv}", f"{one.path}: {one.why.en}")
        for one in found
        if not isinstance(one, FoundBundle)
    ]
    bundles = [one for one in found if isinstance(one, FoundBundle)]
    used = tuple({(one.in_use.name, one.in_use.digest): one.in_use for one in bundles}.values())
    made = catalogue(read_offers(trust), recalls(trust), standings, region, used, datetime.now(UTC), today(), program)
    changed = differences(made, programs_of({one.in_use.digest: one.path for one in bundles}, registry))
    return CatalogueView(made, changed, tuple(problems))


def _brought_up_to_date(here: Here, trust: Path, place: str | None) -> list[Text]:
    """Take over what is new in a place, or verify what the trust folder has. What has expired is read all the same, and said."""
    from designtool.share.federation.copying import take_over
    from designtool.share.federation.metadata_store import alone_in
    from designtool.share.federation.places import opened_metadata
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.trust import ANCHOR_FILE, mirror_of, refresh

    now = datetime.now(UTC)
    if not (trust / ANCHOR_FILE).is_file():
        raise TrustProblem("trust-missing", folder=trust)
    try:
        if place is not None:
            with opened_metadata(place, here.registries, here.root) as source:
                client = take_over(source, trust, now)
        else:
            with alone_in(trust):
                client = refresh(mirror_of(trust), trust, now)
                client.load_roles()
    except TrustProblem as problem:
        if problem.code != "metadata-expired":
            raise
        return [problem.message]
    return [problem.message for problem in client.problems.values()]


def _brought_agreements(registry: Registry, trust: Path, folder: Path) -> list[Text]:
    """Take over the agreements that are new in a place; what of them could not be had is said, and the catalogue is shown."""
    from designtool.share.agreements.registry import bring_agreements
    from designtool.share.registries.problems import RegistryProblem

    try:
        found = bring_agreements(registry, trust, folder)
    except RegistryProblem as problem:
        return [problem.message]
    return [Text(f"{one.file}: {one.message.sv}", f"{one.file}: {one.message.en}") for one in found.problems]


def _standings(here: Here, trust: Path, stated: Path | None) -> tuple[tuple[Standing, ...] | None, list[Text]]:
    """The agreements as they stand today, and files that do not count; None where there is no folder of agreements."""
    from designtool.share.agreements.folder import read_agreement_folder
    from designtool.share.federation.region_keys import region_keys

    folder = stated if stated is not None else here.root / DEFAULT_FOLDER
    if stated is None and not folder.is_dir():
        return None, []
    keys = region_keys(trust)
    found = read_agreement_folder(folder, keys)
    problems = [Text(f"{one.file}: {one.message.sv}", f"{one.file}: {one.message.en}") for one in found.problems]
    return found.standings(keys, today()), problems


def _write(view: CatalogueView, here: Here, output_format: str, output: Path | None) -> None:
    from designtool.share.catalogue.page import catalogue_page
    from designtool.share.catalogue.report import json_catalogue, text_report

    if output_format == "json" and output is None:
        print_json(json_catalogue(view, here.language))
        return
    if output_format == "json":
        import json

        shown = json.dumps(json_catalogue(view, here.language), ensure_ascii=False, indent=2) + "\n"
    elif output_format == "html":
        shown = catalogue_page(view, here.language)
    else:
        shown = text_report(view, here.language)
    if output is None:
        click.echo(shown, nl=False)
        return
    write_text(output, shown)
    said = Text(f"Skrivet: {output}", f"Written: {output}")
    click.echo(said.in_language(here.language), err=True)
