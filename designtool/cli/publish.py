"""designtool publish: a bundle to a registry."""

from __future__ import annotations

from pathlib import Path

import click

from designtool.cli.bundle_file import opened_bundle
from designtool.cli.inspect_text import size_in_words
from designtool.cli.output import FORMAT, print_json
from designtool.cli.registries import Here, problems_told, shown_progress
from designtool.diagnostics import Text


@click.command("publish")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./sticka).",
)
@FORMAT
def command(bundle: Path, registry: str, output_format: str) -> None:
    """Publicera ett paket i ett register, under sin region, sitt id och sin version. En utgiven version ändras aldrig. Det är ingen signatur: paketet är helt i registret, men ingen har gått i god för det genom att det ligger där."""
    from designtool.bundle import program_of
    from designtool.share.names import is_part, program_name
    from designtool.share.publish import publish

    here = Here()
    with problems_told(here.language, output_format), opened_bundle(bundle) as opened:
        program_of(opened)
        region = opened.manifest.annotations.region
        with here.open(registry) as target, shown_progress() as progress:
            # Programs of one workspace share its library, and so perhaps films.
            others = [
                program_name(region, program) for program in here.programs if is_part(region) and is_part(program)
            ]
            published = publish(opened, target, others, progress)
            address = target.address
    if output_format == "json":
        print_json(
            {
                "name": str(published.name),
                "version": published.version,
                "digest": published.digest,
                "registry": address,
                "new": published.is_new,
                "sent_bytes": published.sent_bytes,
                "mounted_bytes": published.mounted_bytes,
            }
        )
        return
    what = f"{published.name} {published.version}  {published.digest}"
    if not published.is_new:
        click.echo(Text(f"Fanns redan: {what}", f"Was there already: {what}").in_language(here.language))
        return
    size = size_in_words(published.sent_bytes)
    click.echo(
        Text(f"Publicerat: {what}  ({size} skickat)", f"Published: {what}  ({size} sent)").in_language(here.language)
    )
