"""designtool fetch: a bundle from a registry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from designtool.cli.output import FORMAT, print_json
from designtool.cli.people import person_json, say_signers
from designtool.cli.recall_news import RecallNews, recall_news, recall_news_json
from designtool.cli.registries import Here, problems_told, shown_progress
from designtool.diagnostics import Text


@click.command("fetch")
@click.argument("name")
@click.option(
    "--from",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).",
)
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketet."
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med förtroende: hämta bara det som regionens två personer har skrivit under, och säg vilka de är.",
)
@FORMAT
def command(name: str, registry: str, output: Path, trust: Path | None, output_format: str) -> None:
    """Hämta ett paket ur ett register eller från ett USB-minne. NAME är region/program (den senaste versionen), region/program:1.0.0 eller region/program@sha256:…. Med --trust är det den utgåva som regionens två personer har skrivit under. Utan --trust är paketet helt och oförändrat, men inte betrott för det: då kontrolleras inga underskrifter."""
    from designtool.share.federation.registry_metadata import RegistryMetadataStore
    from designtool.share.fetch import fetch
    from designtool.share.registries.names import parse_wanted
    from designtool.share.trusted_fetch import fetch_trusted

    here, news = Here(), RecallNews()
    with problems_told(here.language, output_format):
        wanted = parse_wanted(name)
        with here.open(registry) as source, shown_progress() as progress:
            if trust is None:
                fetched = fetch(wanted, source, output, progress)
            else:
                metadata = RegistryMetadataStore(source)
                with recall_news(trust, here.language) as news:
                    fetched = fetch_trusted(wanted, source, metadata, trust, output, _now(), progress)
            address = source.address
    if output_format == "json":
        print_json(
            {
                "name": str(fetched.name),
                "version": fetched.version,
                "digest": fetched.digest,
                "registry": address,
                "path": str(fetched.path),
                "new": fetched.is_new,
                "received_bytes": fetched.received_bytes,
                "trusted": trust is not None,
                "signed_by": [person_json(key) for key in fetched.signers],
                **recall_news_json(news),
            }
        )
        return
    click.echo(f"{fetched.name} {fetched.version}  {fetched.digest}  {fetched.path}")
    if trust is not None:
        say_signers(fetched.signers, here.language)
        return
    told = Text(
        "Paketet är helt och oförändrat. Vem som har gjort det kontrolleras inte när det hämtas utan --trust.",
        "The bundle is whole and unaltered. Who made it is not checked by fetching it without --trust.",
    )
    click.echo(told.in_language(here.language), err=True)


def _now() -> datetime:
    return datetime.now(UTC)
