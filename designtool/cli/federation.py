"""designtool federation: the ceremonies in which the regions say who may sign what, and the trust that a unit puts in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from designtool.cli.bundle_file import opened_bundle
from designtool.cli.ceremony import (
    DRAFTS,
    PLACE,
    ask_to_sign,
    draft_json,
    drafts_in,
    metadata_json,
    read_draft_file,
    write_drafts,
)
from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, print_json
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase
from designtool.cli.people import person_json
from designtool.cli.recall_news import recall_news, recall_news_json
from designtool.cli.registries import Here, problems_told
from designtool.diagnostics import Text
from designtool.diagnostics.as_argument import as_argument

if TYPE_CHECKING:
    from designtool.share.agreements.registry import Collected
    from designtool.share.federation.draft import Draft
    from designtool.share.federation.keys import PublicKey
    from designtool.share.federation.metadata_store import MetadataStore

_PUBLIC_KEY = click.Path(path_type=Path, exists=True, dir_okay=False)
_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE..."
)
_MOST_ROOTS = 256
_STAMPED_AGAIN_AFTER = timedelta(days=1)
_TOLD_BEFORE = timedelta(days=30)


@click.group("federation", cls=Commands)
def command() -> None:
    """Bestäm tillsammans vilka som får skriva under, och lita på dem. PLACE är där federationens metadata finns: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp. En mapp som det har publicerats till är ett register; en ny mapp får vanliga filer."""


@command.command("init")
@PLACE
@click.option(
    "--founder", "founders", type=_PUBLIC_KEY, multiple=True, required=True, help="En grundares öppna nyckel. Upprepas."
)
@click.option(
    "--online", type=_PUBLIC_KEY, multiple=True, required=True, help="Den öppna nyckel som tidsstämplar. Kan upprepas."
)
@click.option(
    "--safety", type=_PUBLIC_KEY, multiple=True, required=True, help="En säkerhetsansvarigs öppna nyckel. Kan upprepas."
)
@click.option(
    "--threshold", type=click.IntRange(2, 50), default=2, help="Hur många grundare som måste skriva under (vanligen 2)."
)
@DRAFTS
@FORMAT
def init(
    place: str,
    founders: tuple[Path, ...],
    online: tuple[Path, ...],
    safety: tuple[Path, ...],
    threshold: int,
    drafts_folder: Path | None,
    output_format: str,
) -> None:
    """Börja en federation: utkast till rot, regioner och återkallelser, för grundarna att skriva under."""
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.publication import draft_federation

    here = Here()
    with problems_told(here.language, output_format):
        with here.opened_metadata(place) as store:
            if store.versions("root"):
                raise TrustProblem("federation-exists", folder=place)
        drafts = draft_federation(_public(founders), threshold, _public(online), _public(safety), _now())
        write_drafts(here, drafts_in(here, place, drafts_folder), drafts, output_format)


@command.command("add-region")
@PLACE
@click.argument("region")
@click.option(
    "--key",
    "keys",
    type=_PUBLIC_KEY,
    multiple=True,
    required=True,
    help="En öppen nyckel för regionen: minst en som publicerar och en kliniskt ansvarig.",
)
@DRAFTS
@FORMAT
def add_region(place: str, region: str, keys: tuple[Path, ...], drafts_folder: Path | None, output_format: str) -> None:
    """Ta med en region, med dess två personer. Grundarna skriver under."""
    from designtool.share.federation.publication import draft_region

    here = Here()
    with problems_told(here.language, output_format):
        with here.opened_metadata(place) as store:
            drafts = draft_region(store, region, _public(keys), _now())
        write_drafts(here, drafts_in(here, place, drafts_folder), drafts, output_format)


_AGREEMENTS = click.option(
    "--agreements",
    "agreements_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Mappen med avtal (vanligen agreements): vilka som inte håller utan nyckeln sägs innan den tas bort.",
)


@command.command("rotate")
@PLACE
@click.argument("role")
@click.option("--old", help="Id på nyckeln som ska bort, eller dess början.")
@click.option("--new", type=_PUBLIC_KEY, required=True, help="Den nya öppna nyckeln.")
@_AGREEMENTS
@DRAFTS
@FORMAT
def rotate(
    place: str,
    role: str,
    old: str | None,
    new: Path,
    agreements_folder: Path | None,
    drafts_folder: Path | None,
    output_format: str,
) -> None:
    """Byt en nyckel. ROLE är founder, online, recall eller en region. Utan --old läggs den nya till."""
    _change_key(place, role, old, new, agreements_folder, drafts_folder, output_format)


@command.command("revoke")
@PLACE
@click.argument("role")
@click.option("--old", required=True, help="Id på nyckeln som ska bort, eller dess början.")
@_AGREEMENTS
@DRAFTS
@FORMAT
def revoke(
    place: str,
    role: str,
    old: str,
    agreements_folder: Path | None,
    drafts_folder: Path | None,
    output_format: str,
) -> None:
    """Ta bort en nyckel som inte längre går att lita på. ROLE är founder, online, recall eller en region."""
    _change_key(place, role, old, None, agreements_folder, drafts_folder, output_format)


@command.command("renew")
@PLACE
@click.argument("role")
@DRAFTS
@FORMAT
def renew(place: str, role: str, drafts_folder: Path | None, output_format: str) -> None:
    """Förläng ett halvår, utan att något ändras. ROLE är root, targets, recall eller en region."""
    from designtool.share.federation.publication import draft_renewal

    here = Here()
    with problems_told(here.language, output_format):
        with here.opened_metadata(place) as store:
            drafts = (draft_renewal(store, role, _now()),)
        write_drafts(here, drafts_in(here, place, drafts_folder), drafts, output_format)


@command.command("release")
@PLACE
@click.argument("bundle", type=click.Path(path_type=Path))
@DRAFTS
@FORMAT
def release(place: str, bundle: Path, drafts_folder: Path | None, output_format: str) -> None:
    """Gör ett utkast till utgivning av ett paket, för regionens två personer att skriva under."""
    from designtool.share.federation.publication import draft_release
    from designtool.share.federation.release import release_of_bundle

    here = Here()
    with problems_told(here.language, output_format):
        with opened_bundle(bundle) as opened:
            wanted = release_of_bundle(opened)
        with here.opened_metadata(place) as store:
            drafts = (draft_release(store, wanted, _now()),)
        write_drafts(here, drafts_in(here, place, drafts_folder), drafts, output_format)


@command.command("sign")
@_FILES
@click.option("--key", required=True, help="Namnet på din nyckel.")
@click.option(
    "--bundle",
    "bundles",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Paketet som återkallas: vad som stoppas visas då med sina titlar. Kan anges flera gånger.",
)
@click.option("--yes", is_flag=True, help="Fråga inte, för automatiska körningar. Det som skrivs under visas ändå.")
@KEYS
@PASSPHRASE_FILE
@FORMAT
def sign(
    files: tuple[Path, ...],
    key: str,
    bundles: tuple[Path, ...],
    yes: bool,
    key_folder: Path,
    passphrase_file: Path | None,
    output_format: str,
) -> None:
    """Visa vad utkast innehåller, och skriv under dem. Det går bra utan nät."""
    from designtool.atomic import write_atomically
    from designtool.bundle import program_of
    from designtool.share.federation.draft import describe, encode_draft, sign_draft
    from designtool.share.federation.keys import open_key

    here = Here()
    is_json = output_format == "json"
    with problems_told(here.language, output_format):
        drafts = {file: read_draft_file(file) for file in files}
        programs = {}
        for bundle in bundles:
            with opened_bundle(bundle) as opened:
                programs[opened.digest] = program_of(opened)
        for draft in drafts.values():
            for line in describe(draft, programs):
                click.echo(line.in_language(here.language), err=is_json)
            if not yes:
                ask_to_sign(here, on_stderr=is_json)
        signer = open_key(key_folder, key, asked_passphrase(passphrase_file, key, is_new=False))
        # All of them, or none: a key that may not sign one of them has signed nothing.
        done = {file: sign_draft(draft, signer) for file, draft in drafts.items()}
        for file, draft in done.items():
            write_atomically(file, partial(_write, encode_draft(draft)))
    if is_json:
        print_json({"drafts": [draft_json(file, draft) for file, draft in done.items()]})
        return
    for file, draft in done.items():
        click.echo(_signed(file, draft).in_language(here.language))


def _signed(file: Path, draft: Draft) -> Text:
    """What is missing of a draft that somebody has signed, or what comes next."""
    from designtool.share.federation.draft import has_new_releases, progress_of

    progress = progress_of(draft)
    if progress.still:
        others = ", ".join(key.holder for key in progress.missing)
        return Text(
            f"{file}: underskrivet. Underskrifter som saknas: {progress.still}. Lämna filen vidare till: {others}",
            f"{file}: signed. Signatures that are missing: {progress.still}. Hand the file on to: {others}",
        )
    if not has_new_releases(draft):
        adopt = f"designtool federation adopt PLACE {file}"
        return Text(
            f"{file}: underskrivet. Alla underskrifter finns. Ta in det: {adopt}",
            f"{file}: signed. All signatures are there. Adopt it: {adopt}",
        )
    release = f"designtool publish BUNDLE --to PLACE --release {file}"
    return Text(
        f"{file}: underskrivet. Alla underskrifter finns. Ge ut paketet: {release}",
        f"{file}: signed. All signatures are there. Publish the bundle: {release}",
    )


def _write(data: bytes, stream: BinaryIO) -> None:
    stream.write(data)


@command.command("adopt")
@PLACE
@_FILES
@FORMAT
def adopt(place: str, files: tuple[Path, ...], output_format: str) -> None:
    """Ta in underskrivna utkast i federationens metadata, i den ordning de ges."""
    from designtool.share.federation.publication import adopt as adopt_draft

    here = Here()
    adopted: list[dict[str, Any]] = []
    with problems_told(here.language, output_format), here.opened_metadata(place) as store:
        for file in files:
            draft = read_draft_file(file)
            name = adopt_draft(draft, store)
            told = {"file": name, **metadata_json(draft.role, draft.metadata)}
            adopted.append(told)
            if output_format == "json":
                continue
            click.echo(Text(f"Intaget: {name}", f"Adopted: {name}").in_language(here.language))
            if draft.role == "root":
                digest = told["digest"]
                said = Text(f"Rotens fingeravtryck, för papper: {digest}", f"The root's digest, for paper: {digest}")
                click.echo(said.in_language(here.language))
    if output_format == "json":
        print_json({"adopted": adopted})
        return
    stamp = f"designtool federation stamp {place} --key NAME"
    said = Text(f"Det gäller när det har stämplats: {stamp}", f"It is in force once it has been stamped: {stamp}")
    click.echo(said.in_language(here.language))


@command.command("stamp")
@PLACE
@click.option("--key", required=True, help="Namnet på nyckeln som tidsstämplar.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med förtroende som minns vad som har stämplats: det som är äldre stämplas inte.",
)
@click.option(
    "--if-needed",
    is_flag=True,
    help="Stämpla bara om något är nytt, eller om stämpeln är äldre än ett dygn: för en körning var tionde minut.",
)
@KEYS
@PASSPHRASE_FILE
@FORMAT
def stamp(
    place: str,
    key: str,
    trust: Path | None,
    if_needed: bool,
    key_folder: Path,
    passphrase_file: Path | None,
    output_format: str,
) -> None:
    """Intyga att all metadata hör ihop och är färsk. Körs efter varje ändring, och minst en gång i veckan."""
    from designtool.share.federation.copying import take_over
    from designtool.share.federation.keys import open_key
    from designtool.share.federation.publication import check_not_behind, expiring, stamped_until
    from designtool.share.federation.publication import stamp as stamp_store
    from designtool.share.federation.roles import TIMESTAMP_LIFETIME
    from designtool.share.federation.trust import read_versions

    here = Here()
    with problems_told(here.language, output_format):
        now = _now()
        with here.opened_metadata(place) as store:
            if trust is not None:
                # A registry that has been put back, or that lies, would have what is old declared to be fresh.
                check_not_behind(store, read_versions(trust))
            until = stamped_until(store) if if_needed else None
            is_needed = until is None or until < now + TIMESTAMP_LIFETIME - _STAMPED_AGAIN_AFTER
            files: tuple[str, ...] = ()
            if is_needed:
                signer = open_key(key_folder, key, asked_passphrase(passphrase_file, key, is_new=False))
                files = stamp_store(store, [signer], now)
                until = now + TIMESTAMP_LIFETIME
            if trust is not None:
                take_over(store, trust, now)
            ending = expiring(store, now + _TOLD_BEFORE)
    for role, day_of_end in ending.items():
        # A stamp makes nothing fresh that people have signed themselves: half a year goes by unnoticed where it is a habit.
        renew = f"designtool federation renew {place} {role}"
        day = f"{day_of_end:%Y-%m-%d}"
        said = (
            Text(
                f"varning: det som är underskrivet för {role} gick ut {day} och gäller inte. Förläng det: {renew}",
                f"warning: what is signed for {role} expired {day} and does not hold. Renew it: {renew}",
            )
            if day_of_end <= now
            else Text(
                f"varning: det som är underskrivet för {role} gäller bara till {day}. Förläng det: {renew}",
                f"warning: what is signed for {role} is valid until {day} only. Renew it: {renew}",
            )
        )
        click.echo(said.in_language(here.language), err=True)
    assert until is not None, "what was not stamped holds until a time"
    if output_format == "json":
        print_json({"files": list(files), "expires": until.isoformat()})
        return
    shown = f"{until:%Y-%m-%d %H:%M} UTC"
    said = (
        Text(f"Stämplat. Gäller till {shown}.", f"Stamped. Valid until {shown}.")
        if is_needed
        else Text(f"Inget nytt att stämpla. Gäller till {shown}.", f"Nothing new to stamp. Valid until {shown}.")
    )
    click.echo(said.in_language(here.language))


@command.command("show")
@PLACE
@FORMAT
def show(place: str, output_format: str) -> None:
    """Visa federationen: rotens fingeravtryck, vilka som får skriva under vad, och hur länge det gäller."""
    from designtool.share.federation.draft import describe, draft_of_current
    from designtool.share.federation.publication import newest_root, newest_targets

    here = Here()
    with problems_told(here.language, output_format), here.opened_metadata(place) as store:
        root, targets = newest_root(store), newest_targets(store)
    current = (("root", root), ("targets", targets))
    if output_format == "json":
        roles = {**root.signed.roles, **targets.signed.delegations.roles}
        delegators = dict.fromkeys(root.signed.roles, root.signed) | dict.fromkeys(
            targets.signed.delegations.roles, targets.signed
        )
        print_json(
            {
                "metadata": [metadata_json(role, one.data) for role, one in current],
                "roles": [_role_json(role, roles[role].threshold, delegators[role]) for role in roles],
            }
        )
        return
    for role, one in current:
        for line in describe(draft_of_current(role, one.data, root.data)):
            click.echo(line.in_language(here.language))


@command.command("trust")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--root", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Rotens fil, som 1.root.json."
)
@click.option("--from", "place", help="Där federationens metadata finns, om roten ska hämtas därifrån.")
@click.option("--digest", required=True, help="Rotens fingeravtryck, avskrivet från papper.")
@FORMAT
def trust(folder: Path, root: Path | None, place: str | None, digest: str, output_format: str) -> None:
    """Lita på en federation vars rot har det fingeravtryck som står på papper. Skapar mappen som run och verify använder."""
    from designtool.share.federation.draft import LARGEST
    from designtool.share.federation.trust import create_trust_folder

    here = Here()
    if (root is None) == (place is None):
        raise Usage(Text("ange antingen --root eller --from", "give either --root or --from"), here.language)
    with problems_told(here.language, output_format):
        if root is not None:
            with open(root, "rb") as stream:
                data = stream.read(LARGEST["root"] + 1)
        else:
            assert place is not None, "one of them is given"
            with here.opened_metadata(place) as store:
                data = _root_with(store, digest)
        create_trust_folder(folder, data, digest)
    if output_format == "json":
        print_json({"folder": str(folder)})
        return
    told, source = as_argument(folder), as_argument(place) if place is not None else "PLACE"
    said = Text(
        f"Skapade {folder}. Hämta nu metadata: designtool federation update {told} --from {source}",
        f"Made {folder}. Now get metadata: designtool federation update {told} --from {source}",
    )
    click.echo(said.in_language(here.language))


@command.command("update")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--from", "place", required=True, help="Där metadatan finns: ett namn, en adress, ett USB-minne eller en mapp."
)
@click.option(
    "--agreements",
    "agreements_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Hämta också regionernas avtal, till den här mappen.",
)
@FORMAT
def update(folder: Path, place: str, agreements_folder: Path | None, output_format: str) -> None:
    """Ta över nyare metadata till mappen med förtroende, om den är riktig och färsk. Återkallelser följer med, och de som är nya visas."""
    from designtool.share.federation.copying import take_over

    here = Here()
    with problems_told(here.language, output_format):
        with recall_news(folder, here.language) as news, here.opened_metadata(place) as source:
            client = take_over(source, folder, _now())
        collected = _agreements_too(here, place, folder, agreements_folder) if agreements_folder is not None else None
    if output_format == "json":
        problems = [
            {"role": role, "code": problem.code, "message": problem.message.in_language(here.language)}
            for role, problem in client.problems.items()
        ]
        told = {"expires": client.expires.isoformat(), "versions": client.versions(), "not_trusted": problems}
        if collected is not None:
            told["agreements"] = {
                "files": [path.name for path in collected.files],
                "problems": [
                    {"file": one.file, "code": one.code, "message": one.message.in_language(here.language)}
                    for one in collected.problems
                ],
            }
        print_json({**told, **recall_news_json(news)})
        return
    until = f"{client.expires:%Y-%m-%d %H:%M} UTC"
    said = Text(f"Metadatan är riktig och gäller till {until}.", f"The metadata is right, and valid until {until}.")
    click.echo(said.in_language(here.language))
    for role, problem in client.problems.items():
        said = Text(
            f"Inget från {role} är betrott: {problem.message.sv}", f"Nothing of {role} is trusted: {problem.message.en}"
        )
        click.echo(
            f"{Text('fel', 'error').in_language(here.language)}[{problem.code}]: {said.in_language(here.language)}",
            err=True,
        )
    if collected is not None:
        count = len(collected.files)
        said = Text(f"Nya avtal och avslut: {count}", f"New agreements and ends: {count}")
        click.echo(said.in_language(here.language))
        for one in collected.problems:
            click.echo(
                f"{Text('fel', 'error').in_language(here.language)}[{one.code}]: {one.file}: "
                f"{one.message.in_language(here.language)}",
                err=True,
            )


def _agreements_too(here: Here, place: str, trust: Path, folder: Path) -> Collected:
    """The agreements that a place has. Leaves with status 2 for a folder of metadata as plain files, which has none."""
    from designtool.share.agreements.registry import bring_agreements

    registry = here.open_beside_metadata(place)
    if registry is None:
        said = Text(
            f"i {place} finns bara metadata, och inga avtal. Kör utan --agreements",
            f"{place} has metadata alone, and no agreements. Run without --agreements",
        )
        raise Usage(said, here.language)
    with registry:
        return bring_agreements(registry, trust, folder)


@command.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@FORMAT
def copy(source: str, target: str, output_format: str) -> None:
    """Kopiera federationens metadata från ett ställe till ett annat: också återkallelserna, på vilket USB-minne som helst. En ny mapp blir ett register, som designtool publish kan lägga paket i."""
    from designtool.share.federation.copying import copy_metadata

    here = Here()
    with (
        problems_told(here.language, output_format),
        here.opened_metadata(source) as origin,
        here.opened_metadata(target, new_is_registry=True) as store,
    ):
        files = copy_metadata(origin, store)
    if output_format == "json":
        print_json({"files": list(files)})
        return
    said = Text(f"Metadata kopierad: {len(files)} filer.", f"Metadata copied: {len(files)} files.")
    click.echo(said.in_language(here.language))


def _change_key(
    place: str,
    role: str,
    old: str | None,
    new: Path | None,
    agreements_folder: Path | None,
    drafts_folder: Path | None,
    output_format: str,
) -> None:
    from designtool.cli.key_change import tell_what_falls
    from designtool.share.federation.publication import draft_key_change, whole_key_id

    here = Here()
    with problems_told(here.language, output_format):
        (key,) = _public((new,)) if new is not None else (None,)
        with here.opened_metadata(place) as store:
            removed = whole_key_id(store, role, old) if old is not None else None
            drafts = draft_key_change(store, role, removed, key, _now())
            told = tell_what_falls(here, place, store, role, removed, agreements_folder) if removed is not None else {}
        write_drafts(here, drafts_in(here, place, drafts_folder), drafts, output_format, told)


def _root_with(store: MetadataStore, digest: str) -> bytes:
    """The root with the digest that is on paper, wherever in the chain it is. Raises TrustProblem."""
    from designtool.share.federation.draft import LARGEST, signed_digest
    from designtool.share.federation.metadata_store import file_name
    from designtool.share.federation.problems import TrustProblem

    found = digest
    for version in reversed(store.versions("root")[-_MOST_ROOTS:]):
        data = store.get(file_name("root", version), LARGEST["root"])
        found = signed_digest(data, "root") if data is not None else found
        if data is not None and found == digest.strip().lower():
            return data
    if found == digest:
        raise TrustProblem("metadata-missing", name="root.json")
    raise TrustProblem("root-digest", found=found)


def _role_json(role: str, threshold: int, delegator: Any) -> dict[str, Any]:
    from designtool.share.federation.roles import keys_of_role

    keys = [person_json(key) for key in keys_of_role(delegator, role)]
    return {"role": role, "threshold": threshold, "keys": keys}


def _public(paths: Iterable[Path]) -> list[PublicKey]:
    from designtool.share.federation.keys import read_public

    return [read_public(path) for path in paths]


def _now() -> datetime:
    return datetime.now(UTC)
