"""designtool agreements: which programs of one region another may use, signed by both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, language_of, print_json, today
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from designtool.share.agreements.folder import AgreementFolder, FileProblem
    from designtool.share.agreements.terms import Agreement, SignedAgreement, Standing
    from designtool.share.envelope import Envelope
    from designtool.share.federation.keys import PublicKey

DEFAULT_FOLDER = "agreements"
_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med avtalen (vanligen agreements i arbetsytan).",
)
_TRUST = click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Mapp med förtroende: där står vilka nycklar som är regionernas.",
)
_KEY = click.option("--key", "key_name", required=True, help="Namnet på din nyckel.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("agreements", cls=Commands)
def command() -> None:
    """Skriv, skriv under, visa och avsluta avtal om program mellan regioner."""


@command.command("propose")
@click.option("--from", "giver", required=True, help="Regionen som har gjort programmen.")
@click.option("--to", "taker", required=True, help="Regionen som får använda dem.")
@click.option("--program", "programs", multiple=True, required=True, help="Ett programs id. Kan anges flera gånger.")
@click.option("--versions", required=True, help='Versioner, till exempel ">=1.0 <2.0".')
@click.option("--first-day", type=_DAY, required=True, help="Första dagen då behandlingar får starta.")
@click.option("--last-day", type=_DAY, required=True, help="Sista dagen då behandlingar får starta.")
@click.option(
    "--uses",
    type=click.IntRange(1, 1_000_000),
    help="Hur många behandlingar som får starta. Utan: alla. Varje körmiljö räknar bara dem i sin egen databas: har regionen "
    "flera kan det sammanlagt bli fler.",
)
@click.option("--contact", required=True, help="Vem man frågar om avtalet.")
@_KEY
@KEYS
@PASSPHRASE_FILE
@_FOLDER
@FORMAT
def propose_command(
    giver: str,
    taker: str,
    programs: tuple[str, ...],
    versions: str,
    first_day: datetime,
    last_day: datetime,
    uses: int | None,
    contact: str,
    key_name: str,
    key_folder: Path,
    passphrase_file: Path | None,
    folder: Path | None,
    output_format: str,
) -> None:
    """Föreslå ett avtal och skriv under det för din region. Den andra regionen skriver under sedan."""
    from designtool.share.agreements.folder import write_agreement
    from designtool.share.agreements.terms import Agreement, propose, read_agreement, unsigned

    agreement = Agreement(
        giver,
        taker,
        tuple(sorted(set(programs))),
        versions,
        first_day.date(),
        last_day.date(),
        uses,
        contact,
    )
    place = _folder(folder)
    try:
        key = _public_key(key_folder, key_name)
        _show(agreement, unsigned(agreement).digest)
        envelope = propose(agreement, _signer(key_folder, key_name, passphrase_file), key)
        written = write_agreement(place, read_agreement(envelope, "agreement"))
        _tell_written(place, {key.key_id: key}, written, envelope, output_format)
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)


@command.command("countersign")
@click.argument("agreement")
@_KEY
@KEYS
@PASSPHRASE_FILE
@_TRUST
@_FOLDER
@FORMAT
def countersign_command(
    agreement: str,
    key_name: str,
    key_folder: Path,
    passphrase_file: Path | None,
    trust: Path,
    folder: Path | None,
    output_format: str,
) -> None:
    """Skriv under ett avtal för din region. Det gäller när båda regionerna har gjort det, och håller när en nyckel byts om två i regionen har det."""
    from designtool.share.agreements.folder import write_agreement
    from designtool.share.agreements.terms import check_countersign, countersign, read_agreement

    place = _folder(folder)
    try:
        keys = _region_keys(trust)
        key = _federation_key(_public_key(key_folder, key_name), keys)
        proposed = _meant(place, agreement, keys)
        check_countersign(proposed, key, keys, today())
        _show(proposed.agreement, proposed.digest)
        envelope = countersign(proposed, _signer(key_folder, key_name, passphrase_file), key, keys, today())
        written = write_agreement(place, read_agreement(envelope, proposed.file))
        _tell_written(place, keys, written, envelope, output_format)
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)


@command.command("end")
@click.argument("agreement")
@click.option("--from-day", type=_DAY, help="Första dagen då inga nya behandlingar får starta (vanligen i dag).")
@_KEY
@KEYS
@PASSPHRASE_FILE
@_TRUST
@_FOLDER
@FORMAT
def end_command(
    agreement: str,
    from_day: datetime | None,
    key_name: str,
    key_folder: Path,
    passphrase_file: Path | None,
    trust: Path,
    folder: Path | None,
    output_format: str,
) -> None:
    """Avsluta ett avtal. Den ena regionens underskrift räcker. Behandlingar som pågår fortsätter."""
    from designtool.share.agreements.folder import write_end
    from designtool.share.agreements.terms import check_signer, end, read_end

    place = _folder(folder)
    day = from_day.date() if from_day is not None else today()
    try:
        keys = _region_keys(trust)
        key = _federation_key(_public_key(key_folder, key_name), keys)
        known = _meant(place, agreement, keys)
        check_signer(known.agreement, key)
        _show(known.agreement, known.digest)
        _say(
            Text(
                f"Du avslutar avtalet: från och med {day} startas inga nya behandlingar.",
                f"You end the agreement: from {day} on no new treatments begin.",
            )
        )
        envelope = end(known, day, _signer(key_folder, key_name, passphrase_file), key)
        written = write_end(place, read_end(envelope, "agreement-end"))
        _tell_written(place, keys, written, known.envelope, output_format)
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)


@command.command("publish")
@click.option(
    "--to",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).",
)
@click.option("--region", help="Regionens kortnamn. Utan det: det som står i designtool.yaml.")
@_TRUST
@_FOLDER
@FORMAT
def publish_command(registry: str, region: str | None, trust: Path, folder: Path | None, output_format: str) -> None:
    """Publicera i ett register det som din region har skrivit under av avtal och avslut, så att den andra regionen kan hämta det."""
    from designtool.cli.registries import Here
    from designtool.share.agreements.registry import send_agreements

    here, place = Here(), _folder(folder)
    own = region or here.region
    if not own:
        raise Usage(
            Text("ange regionens kortnamn med --region", "give the region's short name with --region"), here.language
        )
    try:
        keys = _region_keys(trust)
        with here.open(registry) as target:
            sent = send_agreements(place, target, own, keys)
        about = _standings_of(place, sent.files, keys)
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)
    _print(about, sent.problems, None, output_format, sent.files)
    if sent.problems:
        click.get_current_context().exit(1)


@command.command("fetch")
@click.option(
    "--from",
    "registry",
    required=True,
    help="Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).",
)
@_TRUST
@_FOLDER
@FORMAT
def fetch_command(registry: str, trust: Path, folder: Path | None, output_format: str) -> None:
    """Hämta regionernas avtal och avslut ur ett register. Det som ingen betrodd nyckel har skrivit under hämtas inte."""
    from designtool.cli.registries import Here
    from designtool.share.agreements.registry import collect_agreements

    here, place = Here(), _folder(folder)
    try:
        keys = _region_keys(trust)
        with here.open(registry) as source:
            collected = collect_agreements(source, {key.region for key in keys.values()}, place, keys)
        names = tuple(path.name for path in collected.files)
        about = _standings_of(place, names, keys)
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)
    _print(about, collected.problems, None, output_format, names)
    if collected.problems:
        click.get_current_context().exit(1)


@command.command("list")
@_TRUST
@_FOLDER
@FORMAT
def list_command(trust: Path, folder: Path | None, output_format: str) -> None:
    """Visa avtalen och om de gäller i dag."""
    from designtool.share.agreements.folder import read_agreement_folder

    place = _folder(folder)
    try:
        keys = _region_keys(trust)
        found = read_agreement_folder(place, keys)
        standings = found.standings(keys, today())
    except _problems() as problem:
        _refuse(cast(_Problem, problem), output_format)
    except OSError as error:
        _unusable(place, error)
    _print(standings, found.problems, None, output_format)
    if found.problems:
        click.get_current_context().exit(1)


def _meant(place: Path, stated: str, keys: Mapping[str, PublicKey]) -> SignedAgreement:
    """The agreement that is meant, of all copies as one."""
    from designtool.share.agreements.folder import found_agreement, read_agreement_folder
    from designtool.share.agreements.terms import joined
    from designtool.share.signed_problems import SignedProblem

    known: AgreementFolder = read_agreement_folder(place, keys)
    wrong = next((one for one in known.problems if one.file == stated), None)
    if wrong is not None:
        raise SignedProblem("agreement-file", file=stated, reason=wrong.code)
    chosen = found_agreement(known.agreements, stated)
    if len({one.digest for one in chosen}) != 1:
        raise SignedProblem("agreement-unknown", name=stated, folder=place)
    return joined([one for one in known.agreements if one.digest == chosen[0].digest])


def _standings_of(place: Path, files: Collection[str], keys: Mapping[str, PublicKey]) -> tuple[Standing, ...]:
    """How those agreements stand that these files are, or are ends of."""
    from designtool.share.agreements.folder import read_agreement_folder

    found = read_agreement_folder(place, keys)
    about = {one.digest for one in found.agreements if one.file in files}
    about |= {one.end.agreement for one in found.ends if one.file in files}
    return tuple(one for one in found.standings(keys, today()) if one.digest in about)


def _public_key(folder: Path, name: str) -> PublicKey:
    from designtool.share.federation.keys import check_name, public_file, read_public

    check_name(name)
    return read_public(public_file(folder, name))


def _federation_key(own: PublicKey, keys: Mapping[str, PublicKey]) -> PublicKey:
    """One's own key as the federation knows it: another one's signature would count nowhere."""
    from designtool.share.signed_problems import SignedProblem

    if own.key_id not in keys:
        raise SignedProblem("agreement-key", key=own.key_id[:12], region=own.region)
    return keys[own.key_id]


def _signer(folder: Path, name: str, passphrase_file: Path | None) -> Signer:
    """Typing the passphrase is the act of signing: what is signed has been shown by then."""
    from designtool.share.federation.keys import open_key

    return open_key(folder, name, asked_passphrase(passphrase_file, name, is_new=False))


def _region_keys(trust: Path) -> dict[str, PublicKey]:
    """As the federation has them now."""
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.federation.trust import refresh_own

    refresh_own(trust, datetime.now(UTC))
    return region_keys(trust)


def _folder(stated: Path | None) -> Path:
    from designtool.source import find_workspace

    return stated if stated is not None else (find_workspace(Path().absolute()) or Path()) / DEFAULT_FOLDER


def _show(agreement: Agreement, digest: str) -> None:
    """On stderr, also where JSON is asked for: nobody signs what was not shown."""
    from designtool.share.agreements.terms import described

    for line in described(agreement, digest):
        _say(line)


def _say(text: Text) -> None:
    click.echo(text.in_language(language_of(None)), err=True)


def _tell_written(
    place: Path, keys: Mapping[str, PublicKey], written: Path, envelope: Envelope, output_format: str
) -> None:
    from designtool.share.agreements.folder import read_agreement_folder

    found = read_agreement_folder(place, keys)
    about = tuple(one for one in found.standings(keys, today()) if one.digest == envelope.digest)
    _print(about, (), written, output_format)


def _print(
    standings: Iterable[Standing],
    problems: Iterable[FileProblem],
    written: Path | None,
    output_format: str,
    carried: Collection[str] | None = None,
) -> None:
    """`carried`: the files that have gone to a registry or come from one."""
    from designtool.share.agreements.terms import signed_words, told

    language = language_of(None)
    if output_format == "json":
        print_json(
            {
                "agreements": [_json(one) for one in standings],
                "written": str(written) if written is not None else None,
                **({"files": list(carried)} if carried is not None else {}),
                "problems": [{"code": one.code, "message": one.message.in_language(language)} for one in problems],
            }
        )
        return
    lines = [
        line for one in standings for line in (told(one), _indented(signed_words(one)), _indented(_same(one.digest)))
    ]
    if carried is not None:
        lines.append(_carried_words(len(carried)))
    if not lines and written is None:
        lines = [Text("Här finns inga avtal.", "There are no agreements here.")]
    for line in lines:
        click.echo(line.in_language(language))
    if written is not None:
        click.echo(Text(f"Skrivet till {written}", f"Written to {written}").in_language(language))
    for one in problems:
        click.echo(problem_line(one.code, one.message), err=True)


def _carried_words(count: int) -> Text:
    if count == 0:
        return Text("Inget nytt.", "Nothing new.")
    return Text(f"Nya filer: {count}", f"New files: {count}")


def _json(standing: Standing) -> dict[str, object]:
    one = standing.agreement
    return {
        "digest": standing.digest,
        "state": standing.state,
        "from": one.giver,
        "to": one.taker,
        "programs": list(one.programs),
        "versions": one.versions,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "uses": one.uses,
        "contact": one.contact,
        "signed_by": [{"key_id": key.key_id, "holder": key.holder, "region": key.region} for key in standing.signed_by],
        "ended_from": standing.ended_from.isoformat() if standing.ended_from is not None else None,
        "files": list(standing.files),
    }


def _indented(text: Text) -> Text:
    return Text(f"  {text.sv}", f"  {text.en}")


def _same(words: str) -> Text:
    return Text(words, words)


def _problems() -> tuple[type[Exception], ...]:
    from designtool.bundle import Refused
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    return Refused, RegistryProblem, SignedProblem, TrustProblem


class _Problem(Protocol):
    code: str
    message: Text


def _refuse(problem: _Problem, output_format: str) -> NoReturn:
    if output_format == "json":
        message = problem.message.in_language(language_of(None))
        print_json({"agreements": [], "written": None, "problems": [{"code": problem.code, "message": message}]})
    else:
        click.echo(problem_line(problem.code, problem.message), err=True)
    raise click.exceptions.Exit(1 if getattr(problem, "is_refusal", True) else 2)


def problem_line(code: str, message: Text) -> str:
    language = language_of(None)
    return f"{Text('fel', 'error').in_language(language)}[{code}]: {message.in_language(language)}"


def _unusable(place: Path, error: OSError) -> NoReturn:
    name, reason = error.filename or place, os_reason(error)
    raise Usage(Text(f"{name} går inte att använda: {reason.sv}", f"{name} cannot be used: {reason.en}")) from error
