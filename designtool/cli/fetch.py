"""designtool fetch: a bundle from a registry."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.output import FORMAT, print_json
from designtool.cli.registries import Here, problems_told, shown_progress
from designtool.diagnostics import Text


@click.command("fetch")
@click.argument("name")
@click.option(
    "--from",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./sticka).",
)
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketet."
)
@FORMAT
def command(name: str, registry: str, output: Path, output_format: str) -> None:
    """Hämta ett paket ur ett register. NAME är region/program (den senaste versionen), region/program:1.0.0 eller region/program@sha256:…. Det som hämtas är helt och oförändrat, men inte betrott för det: signaturer kontrolleras inte här, och driftmiljön avgör om det tas emot."""
    from designtool.share.fetch import fetch
    from designtool.share.names import parse_wanted

    here = Here()
    with problems_told(here.language, output_format):
        wanted = parse_wanted(name)
        with here.open(registry) as source, shown_progress() as progress:
            fetched = fetch(wanted, source, output, progress)
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
                "trusted": False,
            }
        )
        return
    click.echo(f"{fetched.name} {fetched.version}  {fetched.digest}  {fetched.path}")
    told = Text(
        "Paketet är helt och oförändrat. Vem som har gjort det kontrolleras inte när det hämtas.",
        "The bundle is whole and unaltered. Who made it is not checked by fetching it.",
    )
    click.echo(told.in_language(here.language), err=True)
