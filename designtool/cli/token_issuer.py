"""designtool share token-issuer and account: who may fetch and publish what in a registry."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import language_of
from designtool.cli.passphrase import PASSPHRASE_FILE, asked_passphrase, refuse
from designtool.diagnostics import Cannot, Text

if TYPE_CHECKING:
    from designtool.share.token_issuer.tokens import Issuer

DEFAULT_PORT = 8790
_FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")


@click.group("token-issuer", cls=Commands)
def command() -> None:
    """Biljettutgivaren: en liten tjänst som avgör vad varje region får hämta och publicera i ett register. Den bestämmer efter federationens metadata och avtalen, och sparar inget själv."""


@command.command("init")
@_FOLDER
@click.option("--service", required=True, help="Registrets namn, till exempel register.example.")
@click.option(
    "--address",
    required=True,
    help="Adressen där utgivaren nås utifrån, till exempel https://biljetter.example.",
)
def init(folder: Path, service: str, address: str) -> None:
    """Skapa utgivarens nyckel och certifikat i mappen DIR. Skriver ut den del av registrets inställningar som hör till."""
    from designtool.share.token_issuer.tokens import CERTIFICATE_FILE, KEY_FILE, new_issuer, registry_configuration

    issuer = new_issuer(folder, service, address, _now())
    click.echo(registry_configuration(issuer, folder), nl=False)
    expires = f"{issuer.certificate.not_valid_after_utc:%Y-%m-%d}"
    told = Text(
        f"Lägg in raderna ovan i registrets inställningar. Registret behöver läsa {folder / CERTIFICATE_FILE}.\n"
        f"{folder / KEY_FILE} är hemlig: den som har filen kan ge sig själv tillträde till allt i registret.\n"
        f"Certifikatet gäller till {expires}.",
        "Put the lines above into the registry's configuration. The registry has to read "
        f"{folder / CERTIFICATE_FILE}.\n"
        f"{folder / KEY_FILE} is secret: who has the file can give themselves access to everything in the registry.\n"
        f"The certificate is valid until {expires}.",
    )
    click.echo(told.in_language(language_of(None)), err=True)


@command.command("run")
@_FOLDER
@click.option(
    "--accounts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fil med konton (vanligen accounts.json i DIR). Skapas med designtool share account.",
)
@click.option(
    "--trust", type=click.Path(path_type=Path, file_okay=False), help="Mapp med förtroende (vanligen trust i DIR)."
)
@click.option(
    "--agreements",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med avtalen mellan regionerna (vanligen agreements i DIR).",
)
@click.option(
    "--from",
    "registry",
    help="Registret att hämta metadata och avtal ur medan tjänsten går. Utan det håller någon annan mapparna aktuella.",
)
@click.option("--every", type=click.IntRange(1, 1440), default=5, help="Hur ofta det hämtas, i minuter (vanligen 5).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    help=f"Port på 127.0.0.1 (vanligen {DEFAULT_PORT}).",
)
def run(
    folder: Path,
    accounts: Path | None,
    trust: Path | None,
    agreements: Path | None,
    registry: str | None,
    every: int,
    port: int,
) -> None:
    """Starta utgivaren. Den lyssnar bara på den egna datorn: låt en proxy med TLS stå framför. Varje beslut skrivs som en rad. Avsluta med Ctrl-C."""
    from designtool.cli.listening import listening
    from designtool.cli.run import serve_app
    from designtool.share.token_issuer.accounts import read_accounts
    from designtool.share.token_issuer.app import Service, app_of
    from designtool.share.token_issuer.knowledge import Knowledge
    from designtool.share.token_issuer.tokens import open_issuer

    issuer = open_issuer(folder, _now())
    account_file = accounts or folder / "accounts.json"
    trust_folder = trust or folder / "trust"
    agreement_folder = agreements or folder / "agreements"
    read_accounts(account_file)
    _warn_of_certificate(issuer)
    listener = listening(port, port)
    own = listener.getsockname()[1]
    service = Service(
        issuer,
        account_file,
        Knowledge(trust_folder, agreement_folder),
        _hosts(issuer, own),
        _Log(),
        _now,
    )
    with listener:
        if registry is not None:
            _keep_current(registry, issuer, trust_folder, agreement_folder, every * 60, service.told)
        words = Text(
            f"Biljettutgivaren för {issuer.service}: http://127.0.0.1:{own}/token  (avsluta med Ctrl-C)",
            f"Token issuer of {issuer.service}: http://127.0.0.1:{own}/token  (end with Ctrl-C)",
        )
        click.echo(words.in_language(language_of(None)), err=True)
        serve_app(app_of(service), listener)


@click.command("account")
@click.argument("region")
@click.option(
    "--accounts",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Fil med konton. Skapas om den inte finns.",
)
@click.option("--steward", is_flag=True, help="Kontot får också publicera federationens gemensamma metadata.")
@click.option("--remove", is_flag=True, help="Ta bort kontot.")
@PASSPHRASE_FILE
def account(region: str, accounts: Path, steward: bool, remove: bool, passphrase_file: Path | None) -> None:
    """Ge en region ett konto hos biljettutgivaren, eller byt dess lösenfras. Det gäller på en gång, också medan utgivaren går."""
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.token_issuer.accounts import check_account_name, remove_account, set_account

    check_account_name(region)
    if remove:
        remove_account(accounts, region)
        return
    try:
        set_account(accounts, region, asked_passphrase(passphrase_file, region, is_new=True), steward)
    except TrustProblem as problem:
        refuse(problem)


class _Log:
    """Lines of JSON on stdout, one at a time."""

    def __init__(self) -> None:
        self._alone = threading.Lock()

    def __call__(self, said: Mapping[str, object]) -> None:
        import json

        with self._alone:
            print(json.dumps(said), flush=True)


def _keep_current(
    place: str,
    issuer: Issuer,
    trust_folder: Path,
    agreement_folder: Path,
    seconds: int,
    told: Callable[[Mapping[str, object]], None],
) -> None:
    """Update now and every so often, in a thread that ends with the process: files are put in whole."""
    from designtool.cli.registries import Here
    from designtool.share.registries.opening import open_registry
    from designtool.share.token_issuer.updating import own_token, update

    here = Here()
    token = own_token(issuer, _now)
    language = here.language

    def once() -> None:
        with open_registry(place, here.registries, here.root, own_token=token) as source:
            updated = update(source, trust_folder, agreement_folder, _now())
        told(
            {
                "at": f"{_now():%Y-%m-%dT%H:%M:%SZ}",
                "updated": updated.new_files,
                "problems": [
                    {"what": one.what, "code": one.code, "message": one.message.in_language(language)}
                    for one in updated.problems
                ],
            }
        )

    def for_ever() -> None:
        pause = threading.Event()
        while True:
            try:
                once()
            except Exception as problem:
                # The service goes on with what it knows; metadata that nobody renews expires, and then stops what is new.
                told({"at": f"{_now():%Y-%m-%dT%H:%M:%SZ}", "problem": str(problem)})
                if not isinstance(problem, (Cannot, OSError)):
                    traceback.print_exc(file=sys.stderr)
            pause.wait(seconds)

    # What is written wrongly is said before anything starts.
    open_registry(place, here.registries, here.root, own_token=token).close()
    threading.Thread(target=for_ever, name="updating", daemon=True).start()


def _hosts(issuer: Issuer, port: int) -> frozenset[str]:
    """What a request may call this service: as it is called outside, and on this machine."""
    from designtool.share.registries.client import parse_address

    origin = parse_address(issuer.address).origin
    return frozenset({str(origin), f"{origin.host}:{origin.port}", f"127.0.0.1:{port}", f"localhost:{port}"})


def _warn_of_certificate(issuer: Issuer) -> None:
    from designtool.share.token_issuer.tokens import TOLD_BEFORE

    expires = issuer.certificate.not_valid_after_utc
    if expires - _now() < TOLD_BEFORE:
        words = Text(
            f"varning: certifikatet gäller bara till {expires:%Y-%m-%d}. Gör ett nytt i en annan mapp och lägg det i registrets "
            "rootcertbundle bredvid det här innan du byter.",
            f"warning: the certificate is valid until {expires:%Y-%m-%d} only. Make another one in another folder, and put it into "
            "the registry's rootcertbundle beside this one before you change.",
        )
        click.echo(words.in_language(language_of(None)), err=True)


def _now() -> datetime:
    return datetime.now(UTC)
