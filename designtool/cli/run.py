"""designtool run: bundles in the reference runtime."""

from __future__ import annotations

import gc
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from designtool.cli.bundle_file import refusal_line
from designtool.cli.listening import listening
from designtool.cli.output import Usage, language_of
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase, refuse
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette

    from designtool.runtime.polling import RuntimeKey
    from designtool.runtime.service import Service
    from designtool.share.registries.registry import Registry

DEFAULT_PORT = 8770
DEFAULT_DATA = Path("designtool-data")
DEFAULT_MINUTES = 60


@click.command("run")
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BUNDLE...")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_DATA,
    help=f"Mapp för databas och paket (vanligen {DEFAULT_DATA}).",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help=f"Port på 127.0.0.1 (vanligen {DEFAULT_PORT})."
)
@click.option(
    "--wording",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med ordalydelsen till instrument som enheten har rätt till. Den blir aldrig en del av ett paket.",
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med förtroende: bara paket som federationens regioner har skrivit under tas emot.",
)
@click.option("--region", default="", help="Regionen som enheten hör till, med dess kortnamn. Behövs med --trust.")
@click.option(
    "--agreements",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Mapp med avtalen om andra regioners program. Utan avtal startar inga nya behandlingar med dem.",
)
@click.option(
    "--from",
    "source",
    help="Registret att hämta återkallelser och avtal från, regelbundet: ett namn i designtool.yaml, en adress eller en mapp (./minne).",
)
@click.option(
    "--poll-minutes",
    type=click.IntRange(1, 24 * 60),
    default=DEFAULT_MINUTES,
    help=f"Hur ofta det hämtas (vanligen var {DEFAULT_MINUTES}:e minut).",
)
@click.option(
    "--receipt-key", "key_name", help="Namnet på körmiljöns nyckel: med den skrivs kvitton på återkallelser under."
)
@KEYS
@PASSPHRASE_FILE
@click.option(
    "--contacts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fil med regionens egna kontakter. De visas i stället för dem i programmen, och en rättelse syns på en gång.",
)
@click.option(
    "--crisis-page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fil med regionens egen krissida, i stället för den i programmen. Den nämner kontakter i --contacts.",
)
@click.option("--unsigned-demonstration", is_flag=True, help="Ta emot osignerade paket. Det står på varje sida.")
def command(
    bundles: tuple[Path, ...],
    data: Path,
    port: int | None,
    wording: Path | None,
    trust: Path | None,
    region: str,
    agreements: Path | None,
    source: str | None,
    poll_minutes: int,
    key_name: str | None,
    key_folder: Path,
    passphrase_file: Path | None,
    contacts: Path | None,
    crisis_page: Path | None,
    unsigned_demonstration: bool,
) -> None:
    """Kör paket i referensmiljön, med låtsasinloggning och påhittade personer. Avsluta med Ctrl-C."""
    from designtool.runtime.app import Settings, create_service
    from designtool.runtime.importing import Policy
    from designtool.runtime.live_contacts import UnfitContacts
    from designtool.runtime.polling import NOBODY_HEARS
    from designtool.wordings import UnfitWording

    language = language_of(None)
    for path in bundles:
        if not path.is_file():
            raise Usage(Text(f"{path} finns inte, eller är ingen fil", f"{path} does not exist, or is no file"))
    if trust is not None and unsigned_demonstration:
        raise Usage(
            Text(
                "ange --trust eller --unsigned-demonstration, inte båda",
                "give --trust or --unsigned-demonstration, not both",
            )
        )
    if crisis_page is not None and contacts is None:
        raise Usage(
            Text(
                "ange också --contacts: krissidan nämner kontakter ur den filen",
                "give --contacts as well: the crisis page names contacts of that file",
            )
        )
    if (trust is not None) != bool(region) or (agreements is not None and trust is None):
        raise Usage(
            Text(
                "--trust och --region anges tillsammans, och --agreements bara med dem: avtal prövas för signerade paket",
                "give --trust and --region together, and --agreements only with them: agreements are asked for of signed bundles",
            )
        )
    if trust is None and (source is not None or key_name is not None):
        raise Usage(
            Text(
                "ange --from och --receipt-key bara tillsammans med --trust: utan det är inget att lita på",
                "give --from and --receipt-key only together with --trust: without it nothing is to be trusted",
            )
        )
    opens = _opening(source, language) if source is not None else None
    key = _runtime_key(key_folder, key_name, passphrase_file, region) if key_name is not None else None
    if source is not None and agreements is None:
        agreements = data / "agreements"
        agreements.mkdir(parents=True, exist_ok=True)
    if trust is not None and key is None:
        _warn(NOBODY_HEARS, language)
    listener = listening(port, DEFAULT_PORT)
    address = listener.getsockname()[1]
    settings = Settings(
        data=data,
        hosts=frozenset({f"127.0.0.1:{address}", f"localhost:{address}"}),
        policy=Policy.UNSIGNED_DEMONSTRATION if unsigned_demonstration else Policy.SIGNED,
        movable_clock=unsigned_demonstration,
        language=language,
        wording=wording,
        contacts=contacts,
        crisis_page=crisis_page,
        trust=trust,
        region=region,
        agreements=agreements,
        registry=opens,
        place=source or "",
        poll_minutes=poll_minutes,
        receipt_key=key,
    )
    with listener:
        try:
            service = create_service(settings)
        except (UnfitWording, UnfitContacts) as unfit:
            _refuse_to_start(unfit.problems, language)
        try:
            _prepare(service, bundles, language)
            serve(service, settings.hosts, listener, language)
        finally:
            service.store.close()


def _say_what_is_fetched(place: str, language: Language) -> None:
    said = Text(
        f"Avtal och återkallelser hämtas från {place} när körmiljön har startat. Se sedan efter under Enheten.",
        f"Agreements and recalls are fetched from {place} once the runtime has started. Look then at the page of the unit.",
    )
    click.echo(said.in_language(language), err=True)


def serve(service: Service, hosts: frozenset[str], listener: socket.socket, language: Language) -> None:
    """Until Ctrl-C. Says the address on stdout once it answers."""
    from designtool.runtime.app import app_of

    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    words = Text(f"Referensmiljön: {address}  (avsluta med Ctrl-C)", f"Reference runtime: {address}  (end with Ctrl-C)")
    click.echo(words.in_language(language))
    serve_app(app_of(service, hosts), listener)


def serve_app(app: Starlette, listener: socket.socket) -> None:
    """Until Ctrl-C."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="on")
    )
    # What was loaded stays: the collector need not look through it again.
    gc.freeze()
    server.run(sockets=[listener])


def _prepare(service: Service, paths: tuple[Path, ...], language: Language) -> None:
    """Import and activate; in a new folder also a care unit, its staff, and a patient for each program."""
    from designtool.bundle import Refused
    from designtool.runtime import first_people
    from designtool.runtime.importing import NotTaken
    from designtool.runtime.permitting import NotPermitted

    try:
        bundles = first_people.import_all(service, paths)
    except (Refused, NotTaken) as refused:
        click.echo(refusal_line(refused, language), err=True)
        click.get_current_context().exit(1)
    except OSError as error:
        raise Usage(Text(f"{error.filename} går inte att läsa", f"{error.filename} cannot be read")) from error
    stopped = {bundle.digest: service.why_not_begin(bundle.digest) for bundle in bundles}
    for why in stopped.values():
        if why is not None:
            _warn(why, language)
    if any(stopped.values()) and service.poller is not None and service.poller.polling.open is not None:
        # What stops them may be that nothing has been fetched yet.
        place = service.poller.polling.place
        _say_what_is_fetched(place, language)
    unfit = service.programs.unfit_wordings(bundle.digest for bundle in bundles)
    if unfit:
        _refuse_to_start(unfit, language)
    is_new = not service.store.units()
    if is_new:
        first_people.add_unit(service)
    for number, bundle in enumerate(bundles):
        if stopped[bundle.digest] is not None:
            continue
        first_people.activate_at_unit(service, bundle)
        if is_new:
            try:
                first_people.start_patient(service, bundle, first_people.new_patient(number))
            except NotPermitted as refused:
                # The patient of another bundle has just taken the last use of an agreement about both.
                assert refused.permission.why is not None, "what is not permitted says why"
                _warn(refused.permission.why, language)


def _opening(stated: str, language: Language) -> Callable[[], Registry]:
    """Opens the registry for each poll. A name that means nothing is told at once; one that does not answer is asked again later."""
    from designtool.cli.registries import Here

    here = Here()
    with here.open(stated):
        return lambda: here.open(stated)


def _runtime_key(folder: Path, name: str, passphrase_file: Path | None, region: str) -> RuntimeKey:
    from designtool.runtime.polling import RuntimeKey
    from designtool.share.federation.keys import check_name, open_key, public_file, read_public
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.signed_problems import SignedProblem

    try:
        check_name(name)
        public = read_public(public_file(folder, name))
        if public.role != "runtime":
            raise SignedProblem("enrolment-key", key=public.key_id[:12], holder=public.holder)
        if public.region != region:
            raise TrustProblem("key-role", key=public.holder, found=public.region, wanted=region)
        return RuntimeKey(public, open_key(folder, name, asked_passphrase(passphrase_file, name, is_new=False)))
    except (SignedProblem, TrustProblem) as problem:
        refuse(problem)
        raise


def _warn(why: Text, language: Language) -> None:
    word = Text("varning", "warning").in_language(language)
    click.echo(f"{word}: {why.in_language(language)}", err=True)


def _refuse_to_start(problems: tuple[Text, ...], language: Language) -> NoReturn:
    """Nothing starts with words that may stand under the wrong number, or with contacts that may lead nowhere."""
    for problem in problems:
        click.echo(problem.in_language(language), err=True)
    raise click.exceptions.Exit(1)
