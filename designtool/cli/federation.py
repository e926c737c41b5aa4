"""designtool federation: the ceremonies in which the regions say who may sign what, and the trust that a unit puts in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.click_words import Commands
from designtool.cli.output import Usage, language_of
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase, refuse
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.share.draft import Draft
    from designtool.share.keys import PublicKey
    from designtool.share.metadata_store import FolderMetadataStore

_Command = TypeVar("_Command", bound=Callable[..., Any])
DRAFTS_FOLDER = "drafts"
_FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
_PUBLIC_KEY = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("federation", cls=Commands)
def command() -> None:
    """Bestäm tillsammans vilka som får skriva under, och lita på dem."""


def _refusing(work: _Command) -> Any:
    """What is refused is said with its code, and ends with status 1; what cannot be read or written, with 2."""

    @wraps(work)
    def guarded(*arguments: Any, **options: Any) -> None:
        from designtool.share.trust_problems import TrustProblem

        try:
            work(*arguments, **options)
        except TrustProblem as problem:
            refuse(problem)
        except OSError as error:
            where, why = error.filename or "", error.strerror or type(error).__name__
            raise Usage(
                Text(f"det gick inte att läsa eller skriva {where}: {why}", f"cannot read or write {where}: {why}")
            ) from error

    return guarded


@command.command("init")
@_FOLDER
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
@_refusing
def init(
    folder: Path, founders: tuple[Path, ...], online: tuple[Path, ...], safety: tuple[Path, ...], threshold: int
) -> None:
    """Börja en federation: utkast till rot, regioner och återkallelser, för grundarna att skriva under."""
    from designtool.share.publication import draft_federation
    from designtool.share.trust_problems import TrustProblem

    if _store(folder).versions("root"):
        raise TrustProblem("federation-exists", folder=folder)
    drafts = draft_federation(_public(founders), threshold, _public(online), _public(safety), _now())
    _write_drafts(folder, drafts)


@command.command("add-region")
@_FOLDER
@click.argument("region")
@click.option(
    "--key",
    "keys",
    type=_PUBLIC_KEY,
    multiple=True,
    required=True,
    help="En öppen nyckel för regionen: minst en som publicerar och en kliniskt ansvarig.",
)
@_refusing
def add_region(folder: Path, region: str, keys: tuple[Path, ...]) -> None:
    """Ta med en region, med dess två personer. Grundarna skriver under."""
    from designtool.share.publication import draft_region

    _write_drafts(folder, draft_region(_store(folder), region, _public(keys), _now()))


@command.command("rotate")
@_FOLDER
@click.argument("role")
@click.option("--old", help="Id på nyckeln som ska bort, eller dess början.")
@click.option("--new", type=_PUBLIC_KEY, required=True, help="Den nya öppna nyckeln.")
@_refusing
def rotate(folder: Path, role: str, old: str | None, new: Path) -> None:
    """Byt en nyckel. ROLE är founder, online, recall eller en region. Utan --old läggs den nya till."""
    (key,) = _public((new,))
    _change_key(folder, role, old, key)


@command.command("revoke")
@_FOLDER
@click.argument("role")
@click.option("--old", required=True, help="Id på nyckeln som ska bort, eller dess början.")
@_refusing
def revoke(folder: Path, role: str, old: str) -> None:
    """Ta bort en nyckel som inte längre går att lita på. ROLE är founder, online, recall eller en region."""
    _change_key(folder, role, old, None)


@command.command("renew")
@_FOLDER
@click.argument("role")
@_refusing
def renew(folder: Path, role: str) -> None:
    """Förläng ett halvår, utan att något ändras. ROLE är root, targets, recall eller en region."""
    from designtool.share.publication import draft_renewal

    _write_drafts(folder, (draft_renewal(_store(folder), role, _now()),))


@command.command("release")
@_FOLDER
@click.argument("bundle", type=click.Path(path_type=Path))
@_refusing
def release(folder: Path, bundle: Path) -> None:
    """Gör ett utkast till utgivning av ett paket, för regionens två personer att skriva under."""
    from designtool.bundle import Refused
    from designtool.share.publication import draft_release
    from designtool.share.release import release_of_bundle

    try:
        with opened_bundle(bundle) as opened:
            wanted = release_of_bundle(opened)
    except Refused as refused:
        click.echo(refusal_line(refused, language_of(None)), err=True)
        click.get_current_context().exit(1)
    _write_drafts(folder, (draft_release(_store(folder), wanted, _now()),))


@command.command("sign")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", required=True, help="Namnet på din nyckel.")
@click.option("--yes", is_flag=True, help="Fråga inte, för automatiska körningar. Det som skrivs under visas ändå.")
@KEYS
@PASSPHRASE_FILE
@_refusing
def sign(file: Path, key: str, yes: bool, key_folder: Path, passphrase_file: Path | None) -> None:
    """Visa vad ett utkast innehåller, och skriv under det. Det går bra utan nät."""
    from designtool.atomic import write_atomically
    from designtool.share.draft import LARGEST_DRAFT, describe, encode_draft, progress_of, read_draft, sign_draft
    from designtool.share.keys import open_key

    language = language_of(None)
    with open(file, "rb") as stream:
        draft = read_draft(stream.read(LARGEST_DRAFT + 1), file.name)
    for line in describe(draft):
        click.echo(line.in_language(language))
    question = Text("Vill du skriva under?", "Do you want to sign?").in_language(language)
    if not yes and not click.confirm(question, default=False):
        raise click.Abort
    signer = open_key(key_folder, key, asked_passphrase(passphrase_file, key, is_new=False))
    done = sign_draft(draft, signer)
    write_atomically(file, lambda stream: stream.write(encode_draft(done)))
    still = progress_of(done).still
    said = Text(
        f"Underskrivet. Underskrifter som saknas: {still}." if still else "Underskrivet. Alla underskrifter finns.",
        f"Signed. Signatures that are missing: {still}." if still else "Signed. All signatures are there.",
    )
    click.echo(said.in_language(language))


@command.command("adopt")
@_FOLDER
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE..."
)
@_refusing
def adopt(folder: Path, files: tuple[Path, ...]) -> None:
    """Ta in underskrivna utkast i federationens metadata, i den ordning de ges."""
    from designtool.share.draft import LARGEST_DRAFT, read_draft, signed_digest
    from designtool.share.publication import adopt as adopt_draft

    language = language_of(None)
    for file in files:
        with open(file, "rb") as stream:
            draft = read_draft(stream.read(LARGEST_DRAFT + 1), file.name)
        name = adopt_draft(draft, _store(folder))
        click.echo(Text(f"Intaget: {name}", f"Adopted: {name}").in_language(language))
        if draft.role == "root":
            digest = signed_digest(draft.metadata, "root")
            said = Text(f"Rotens fingeravtryck, för papper: {digest}", f"The root's digest, for paper: {digest}")
            click.echo(said.in_language(language))


@command.command("stamp")
@_FOLDER
@click.option("--key", required=True, help="Namnet på nyckeln som tidsstämplar.")
@KEYS
@PASSPHRASE_FILE
@_refusing
def stamp(folder: Path, key: str, key_folder: Path, passphrase_file: Path | None) -> None:
    """Intyga att allt i mappen hör ihop och är färskt. Körs efter varje ändring, och minst en gång i veckan."""
    from designtool.share.federation import TIMESTAMP_LIFETIME
    from designtool.share.keys import open_key
    from designtool.share.publication import stamp as stamp_store

    signer = open_key(key_folder, key, asked_passphrase(passphrase_file, key, is_new=False))
    now = _now()
    stamp_store(_store(folder), [signer], now)
    until = f"{now + TIMESTAMP_LIFETIME:%Y-%m-%d %H:%M} UTC"
    click.echo(Text(f"Stämplat. Gäller till {until}.", f"Stamped. Valid until {until}.").in_language(language_of(None)))


@command.command("show")
@_FOLDER
@_refusing
def show(folder: Path) -> None:
    """Visa federationen: rotens fingeravtryck, vilka som får skriva under vad, och hur länge det gäller."""
    from designtool.share.draft import describe, draft_of_current
    from designtool.share.publication import newest_root, newest_targets

    language, store = language_of(None), _store(folder)
    root = newest_root(store)
    for role, current in (("root", root), ("targets", newest_targets(store))):
        for line in describe(draft_of_current(role, current.data, root.data)):
            click.echo(line.in_language(language))


@command.command("trust")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="Rotens fil: 1.root.json.",
)
@click.option("--digest", required=True, help="Rotens fingeravtryck, avskrivet från papper.")
@_refusing
def trust(folder: Path, root: Path, digest: str) -> None:
    """Lita på en federation vars rot har det fingeravtryck som står på papper. Skapar mappen som run och verify använder."""
    from designtool.share.draft import LARGEST
    from designtool.share.trust import create_trust_folder

    with open(root, "rb") as stream:
        create_trust_folder(folder, stream.read(LARGEST["root"] + 1), digest)
    said = Text(
        f"Skapade {folder}. Hämta nu metadata: designtool federation update",
        f"Made {folder}. Now get metadata: designtool federation update",
    )
    click.echo(said.in_language(language_of(None)))


@command.command("update")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Ett minne eller en mapp med federationens metadata.",
)
@_refusing
def update(folder: Path, source: Path) -> None:
    """Ta över nyare metadata från ett minne eller en mapp, om den är riktig och färsk."""
    from designtool.share.metadata_store import FolderMetadataStore
    from designtool.share.stick import take_over

    client = take_over(FolderMetadataStore(source), folder, _now())
    until = f"{client.expires:%Y-%m-%d %H:%M} UTC"
    said = Text(f"Metadatan är riktig och gäller till {until}.", f"The metadata is right, and valid until {until}.")
    click.echo(said.in_language(language_of(None)))


def _change_key(folder: Path, role: str, old: str | None, new: PublicKey | None) -> None:
    from designtool.share.publication import draft_key_change, whole_key_id

    store = _store(folder)
    removed = whole_key_id(store, role, old) if old is not None else None
    _write_drafts(folder, draft_key_change(store, role, removed, new, _now()))


def _write_drafts(folder: Path, drafts: Sequence[Draft]) -> None:
    """Drafts are written beside the metadata, never over one that somebody may have signed already."""
    from designtool.cli.written import check_targets, write_text
    from designtool.share.draft import encode_draft

    language = language_of(None)
    paths = [folder / DRAFTS_FOLDER / f"{draft.file.removesuffix('.json')}.draft.json" for draft in drafts]
    check_targets(paths, force=False)
    for path, draft in zip(paths, drafts, strict=True):
        write_text(path, encode_draft(draft).decode())
        said = Text(f"Utkast att skriva under: {path}", f"Draft to be signed: {path}")
        click.echo(said.in_language(language))


def _store(folder: Path) -> FolderMetadataStore:
    from designtool.share.metadata_store import FolderMetadataStore

    return FolderMetadataStore(folder)


def _public(paths: tuple[Path, ...]) -> list[PublicKey]:
    from designtool.share.keys import read_public

    return [read_public(path) for path in paths]


def _now() -> datetime:
    return datetime.now(UTC)
