"""designtool publish: bundles to a registry, with the signatures of those who vouch for them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle
from designtool.cli.ceremony import read_draft_file
from designtool.cli.inspect_text import size_in_words
from designtool.cli.output import FORMAT, Usage, print_json
from designtool.cli.people import person_json, say_signers
from designtool.cli.registries import Here, problems_told, shown_progress
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle
    from designtool.share.federation.draft import Draft
    from designtool.share.federation.keys import PublicKey
    from designtool.share.federation.metadata_store import MetadataStore
    from designtool.share.publish import Published
    from designtool.share.registries.names import ProgramName
    from designtool.share.registries.registry import Registry

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("publish")
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BUNDLE...")
@click.option(
    "--to",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).",
)
@click.option(
    "--release",
    "drafts",
    type=_FILE,
    multiple=True,
    help="Utkastet från designtool federation release, underskrivet av båda. Det tas in i registrets metadata. Kan upprepas.",
)
@click.option(
    "--metadata",
    "place",
    help="Kopiera också federationens metadata härifrån, till ett USB-minne: ett namn, en adress eller en mapp.",
)
@click.option(
    "--since",
    "earlier",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Ett tidigare paket som mottagaren har: det som finns i det utelämnas på USB-minnet. Kan upprepas.",
)
@click.option(
    "--provenance",
    "statements",
    type=_FILE,
    multiple=True,
    help="Intyget om hur ett paket är byggt, från designtool provenance new. Det läggs bredvid paketet. Kan upprepas.",
)
@click.option("--unsigned", is_flag=True, help="Publicera utan underskrifter. Då går ingen i god för paketet.")
@FORMAT
def command(
    bundles: tuple[Path, ...],
    registry: str,
    drafts: tuple[Path, ...],
    place: str | None,
    earlier: tuple[Path, ...],
    statements: tuple[Path, ...],
    unsigned: bool,
    output_format: str,
) -> None:
    """Publicera paket i ett register eller på ett USB-minne, under sin region, sitt id och sin version. En utgiven version ändras aldrig. Regionens två personer ska ha skrivit under utgåvan: i ett utkast som anges med --release, eller i metadata som redan finns där."""
    from designtool.bundle import program_of
    from designtool.share.federation.copying import copy_metadata
    from designtool.share.federation.publication import adopt
    from designtool.share.federation.registry_metadata import RegistryMetadataStore
    from designtool.share.left_out import earlier_of
    from designtool.share.provenance.statement import attach_provenance
    from designtool.share.publish import publish

    here = Here()
    if drafts and (place is not None or unsigned):
        raise Usage(
            Text(
                "--release går inte ihop med --metadata eller --unsigned: ta först in utkastet där metadatan finns",
                "--release does not go with --metadata or --unsigned: first adopt the draft where the metadata is",
            ),
            here.language,
        )
    with problems_told(here.language, output_format), ExitStack() as opened:
        made = [opened.enter_context(opened_bundle(path)) for path in bundles]
        for bundle in made:
            program_of(bundle)
        known = [opened.enter_context(opened_bundle(path)) for path in earlier]
        target = opened.enter_context(here.open(registry))
        _check_earlier(made, known, target, here.language)
        own = RegistryMetadataStore(target)
        source = opened.enter_context(here.opened_metadata(place)) if place is not None else None
        signed = [read_draft_file(path) for path in drafts]
        _check_drafts(made, signed, here.language)
        signers = [() if unsigned else _signers(bundle, source or own, signed) for bundle in made]
        stated = [_read_statement(path, made, None if unsigned else source or own) for path in statements]
        progress = opened.enter_context(shown_progress())
        published = [
            publish(bundle, target, _others(bundle, here), progress, earlier_of(bundle, known)) for bundle in made
        ]
        for bundle, data in stated:
            attach_provenance(target, bundle, data)
        metadata = [adopt(draft, own) for draft in signed]
        if source is not None:
            metadata += copy_metadata(source, own)
        address = target.address
    if output_format == "json":
        told = [_told(one, people) for one, people in zip(published, signers, strict=True)]
        print_json({"registry": address, "published": told, "metadata": metadata})
        return
    for one, people in zip(published, signers, strict=True):
        _say(one, here.language)
        say_signers(people, here.language)
    if unsigned:
        said = Text(
            "Ingen går i god för det: det har inga underskrifter.", "Nobody vouches for it: it has no signatures."
        )
        click.echo(said.in_language(here.language), err=True)
    if signed:
        said = Text(
            f"Utgåvan gäller när metadatan har stämplats: designtool federation stamp {registry} --key NAME",
            f"The release is in force once the metadata has been stamped: designtool federation stamp {registry} --key NAME",
        )
        click.echo(said.in_language(here.language))
    if source is not None:
        said = Text(f"Metadata kopierad: {len(metadata)} filer.", f"Metadata copied: {len(metadata)} files.")
        click.echo(said.in_language(here.language))


def _signers(bundle: Bundle, store: MetadataStore, drafts: Sequence[Draft]) -> tuple[PublicKey, ...]:
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.release import name_of_bundle, release_of_bundle
    from designtool.share.federation.roles import release_name
    from designtool.share.federation.vouching import signers_of_release

    try:
        return signers_of_release(release_of_bundle(bundle), store, drafts)
    except TrustProblem as problem:
        if problem.code != "metadata-missing":
            raise
        # There is no federation there yet, or nothing of this region.
        name = release_name(name_of_bundle(bundle))
        raise TrustProblem("release-unsigned", name=name, region=name.region) from problem


def _read_statement(path: Path, bundles: Sequence[Bundle], store: MetadataStore | None) -> tuple[Bundle, bytes]:
    """A provenance and the bundle that it is about. `store`: where it stands who releases for the region, if that is asked for."""
    from designtool.cli.provenance import bytes_of
    from designtool.share.federation.publication import newest_targets
    from designtool.share.federation.roles import keys_of_role
    from designtool.share.provenance.statement import check_subject, provenance_signers, read_provenance

    data = bytes_of(path)
    signed = read_provenance(data, path.name)
    bundle = next((one for one in bundles if one.digest == signed.provenance.digest), bundles[0])
    check_subject(signed, bundle)
    if store is not None:
        keys = keys_of_role(newest_targets(store).signed, signed.provenance.region)
        provenance_signers(signed, {key.key_id: key for key in keys})
    return bundle, data


def _check_drafts(bundles: Sequence[Bundle], drafts: Sequence[Draft], language: Language) -> None:
    """Nothing is adopted beside what is published."""
    regions = {bundle.manifest.annotations.region for bundle in bundles}
    for draft in drafts:
        if draft.role not in regions:
            raise Usage(
                Text(
                    f"utkastet gäller {draft.role} och inget av paketen. Ta in det med designtool federation adopt",
                    f"the draft is about {draft.role} and none of the bundles. Adopt it with designtool federation adopt",
                ),
                language,
            )


def _check_earlier(bundles: Sequence[Bundle], earlier: Sequence[Bundle], target: Registry, language: Language) -> None:
    from designtool.share.registries.names import name_of

    if earlier and not target.is_folder:
        raise Usage(
            Text("--since gäller USB-minnen och mappar: ett register har allt", "--since is for sticks and folders"),
            language,
        )
    names = {name_of(bundle.manifest.annotations) for bundle in bundles}
    for one in earlier:
        name = name_of(one.manifest.annotations)
        if name not in names:
            raise Usage(
                Text(f"--since: inget av paketen är {name}", f"--since: none of the bundles is {name}"), language
            )


def _others(bundle: Bundle, here: Here) -> list[ProgramName]:
    """Programs of one workspace share its library, and so perhaps films."""
    from designtool.share.registries.names import is_part, program_name

    region = bundle.manifest.annotations.region
    return [program_name(region, program) for program in here.programs if is_part(region) and is_part(program)]


def _told(published: Published, signers: Sequence[PublicKey]) -> dict[str, Any]:
    return {
        "name": str(published.name),
        "version": published.version,
        "digest": published.digest,
        "new": published.is_new,
        "sent_bytes": published.sent_bytes,
        "mounted_bytes": published.mounted_bytes,
        "signed_by": [person_json(key) for key in signers],
    }


def _say(published: Published, language: Language) -> None:
    what = f"{published.name} {published.version}  {published.digest}"
    size = size_in_words(published.sent_bytes)
    if published.is_new:
        said = Text(f"Publicerat: {what}  ({size} skickat)", f"Published: {what}  ({size} sent)")
    elif published.sent:
        said = Text(f"Kompletterat: {what}  ({size} skickat)", f"Completed: {what}  ({size} sent)")
    else:
        said = Text(f"Fanns redan: {what}", f"Was there already: {what}")
    click.echo(said.in_language(language))
