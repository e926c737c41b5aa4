"""designtool receipts: which runtimes have heard of a recall, and whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.agreements import problem_line
from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from designtool.share.federation.keys import PublicKey
    from designtool.share.receipts.documents import Answers, Overview, Problem, Receipt, Runtime, Signed
    from designtool.share.registries.registry import Registry

_PLACE_WORDS = "Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne)."
_TO = click.option("--to", "place", required=True, help=_PLACE_WORDS)
_FROM = click.option("--from", "source", required=True, help=_PLACE_WORDS)
_TRUST = click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Mapp med förtroende: där står vilka nycklar som är regionernas.",
)
_KEY = click.option("--key", "key_name", required=True, help="Namnet på din nyckel.")


@click.group("receipts", cls=Commands)
def command() -> None:
    """Skriv in körmiljöer, och visa vilka som har svarat på en återkallelse och vilka du behöver ringa."""


@command.command("enrol")
@click.argument("public_key", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", help="Vad körmiljön heter, för den som ska ringa. Utan det: det som står i nyckeln.")
@click.option("--contact", required=True, help="Personen man ringer.")
@click.option("--telephone", required=True, help="Numret man ringer, när som helst på dygnet.")
@_KEY
@KEYS
@PASSPHRASE_FILE
@_TRUST
@_TO
@FORMAT
def enrol_command(
    public_key: Path,
    name: str | None,
    contact: str,
    telephone: str,
    key_name: str,
    key_folder: Path,
    passphrase_file: Path | None,
    trust: Path,
    place: str,
    output_format: str,
) -> None:
    """Skriv in en körmiljö, så att det är känt att den ska svara på återkallelser. PUBLIC_KEY är filen med dess öppna nyckel."""
    from dataclasses import replace

    from designtool.share.federation.keys import read_public
    from designtool.share.receipts.documents import Enrolment, check_signer, enrol

    with _told(output_format):
        runtime = read_public(public_key)
        if name is not None:
            runtime = replace(runtime, holder=name)
        own = _own_key(key_folder, key_name, trust)
        check_signer(runtime.region, own)
        enrolment = Enrolment(runtime, contact, telephone, _now())
        _say(
            Text(
                f"{runtime.holder} i {runtime.region} ska svara på återkallelser.\n"
                f"Nyckelns id: {runtime.key_id}\nRing {contact}, {telephone}, om den inte svarar.",
                f"{runtime.holder} in {runtime.region} is to answer recalls.\n"
                f"Key id: {runtime.key_id}\nCall {contact}, {telephone}, if it does not answer.",
            )
        )
        signed = enrol(enrolment, _signer(key_folder, key_name, passphrase_file), own)
        _send((signed,), place, output_format)


@command.command("end")
@click.argument("runtime")
@_KEY
@KEYS
@PASSPHRASE_FILE
@_TRUST
@_TO
@FORMAT
def end_command(
    runtime: str,
    key_name: str,
    key_folder: Path,
    passphrase_file: Path | None,
    trust: Path,
    place: str,
    output_format: str,
) -> None:
    """Avsluta en körmiljö som inte finns längre. RUNTIME är dess namn, eller början av nyckelns id."""
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.receipts.documents import end, runtimes
    from designtool.share.receipts.registry import collect
    from designtool.share.signed_problems import SignedProblem

    with _told(output_format):
        own = _own_key(key_folder, key_name, trust)
        with _opened(place) as registry:
            found = collect(registry, [own.region], [])
        known, _ = runtimes(found.documents, region_keys(trust), _now())
        meant = [one for one in known if one.key.holder == runtime or _begins(one.key, runtime)]
        if len(meant) != 1:
            raise SignedProblem("enrolment-unknown", name=runtime, region=own.region)
        (one,) = meant
        _say(
            Text(
                f"{one.key.holder} i {one.key.region} ska inte längre svara på återkallelser.\nNyckelns id: {one.key.key_id}",
                f"{one.key.holder} in {one.key.region} is no longer to answer recalls.\nKey id: {one.key.key_id}",
            )
        )
        # In the same second as it was enrolled, if need be: what was enrolled until then has ended.
        at = max(_now(), one.enrolment.enrolled_at)
        signed = end(one.key, at, _signer(key_folder, key_name, passphrase_file), own)
        _send((signed,), place, output_format)


@command.command("list")
@_TRUST
@_FROM
@click.option("--recall", "release", help="Bara den här utgåvan: REGION/PROGRAM/VERSION.")
@click.option(
    "--hours",
    type=click.IntRange(0, 24 * 365),
    default=24,
    help="Hur många timmar en körmiljö har på sig att svara (vanligen 24).",
)
@FORMAT
def list_command(trust: Path, source: str, release: str | None, hours: int, output_format: str) -> None:
    """Visa per återkallelse vilka körmiljöer som har svarat, och vilka du behöver ringa. Status 1 när någon inte har svarat i tid."""
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.receipts.documents import overview
    from designtool.share.receipts.recalled import recalled_in
    from designtool.share.receipts.registry import collect
    from designtool.share.signed_problems import SignedProblem

    now = datetime.now(UTC)
    with _told(output_format):
        with _opened(source) as registry:
            problems = _updated(trust, registry, now)
            keys = region_keys(trust)
            entries = tuple(one for one in recalled_in(trust) if release in (None, one.release))
            if release is not None and not entries:
                raise SignedProblem("release-not-recalled", name=release)
            found = collect(registry, {key.region for key in keys.values()}, [one.digest for one in entries])
        seen = overview(found.documents, entries, keys, now, timedelta(hours=hours), (*problems, *found.problems))
    _print(seen, output_format)
    if not seen.is_everybody_heard:
        click.get_current_context().exit(1)


@command.command("send")
@click.argument("data", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_TO
@FORMAT
def send_command(data: Path, place: str, output_format: str) -> None:
    """Lägg en körmiljös kvitton i ett register eller på ett USB-minne. DATA är körmiljöns mapp för databas och paket."""
    from designtool.runtime.outbox import outbox_of

    with _told(output_format):
        outbox = outbox_of(data)
        unsent, sent = outbox.unsent(), outbox.sent()
        # Also what has been sent before: a stick may never have arrived, and the same receipt again changes nothing.
        _send((*unsent.receipts, *sent.receipts), place, output_format, (*unsent.problems, *sent.problems))
        outbox.keep_as_sent(unsent.receipts)
    if unsent.problems or sent.problems:
        click.get_current_context().exit(1)


@command.command("collect")
@_TRUST
@_FROM
@_TO
@FORMAT
def collect_command(trust: Path, source: str, place: str, output_format: str) -> None:
    """Ta över kvitton från ett USB-minne till ett register. Det som ingen känd nyckel har skrivit under lämnas kvar."""
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.receipts.documents import sound
    from designtool.share.receipts.registry import collect

    with _told(output_format):
        keys = region_keys(trust)
        regions = {key.region for key in keys.values()}
        with _opened(source) as stick:
            found = collect(stick, regions)
        with _opened(place) as registry:
            known = collect(registry, regions, [])
        holding, wrong = sound(found.documents, known.documents, keys, _now())
        problems = (*found.problems, *wrong)
        _send(holding, place, output_format, problems)
    if problems:
        click.get_current_context().exit(1)


# Places and keys


@contextmanager
def _opened(stated: str) -> Iterator[Registry]:
    from designtool.cli.registries import Here

    with Here().open(stated) as registry:
        yield registry


def _updated(trust: Path, registry: Registry, now: datetime) -> tuple[Problem, ...]:
    """Take over the place's metadata, so that the newest recalls are the ones that are asked about.

    A place that has none, as a stick with receipts alone, is no problem as long as what is known holds.
    """
    from designtool.share.federation.copying import take_over
    from designtool.share.federation.draft import LARGEST
    from designtool.share.federation.metadata_store import TIMESTAMP_FILE
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.registry_metadata import RegistryMetadataStore
    from designtool.share.federation.trust import refresh_own
    from designtool.share.receipts.documents import Problem

    store = RegistryMetadataStore(registry)
    try:
        if store.get(TIMESTAMP_FILE, LARGEST["timestamp"]) is None:
            refresh_own(trust, now)
        else:
            take_over(store, trust, now)
    except TrustProblem as problem:
        if problem.code == "trust-missing":
            raise
        # Who has heard of what is known is shown all the same.
        return (Problem(registry.address, problem.code, problem.message),)
    return ()


def _own_key(folder: Path, name: str, trust: Path) -> PublicKey:
    """One's own key as the federation knows it: another one's signature would hold nobody."""
    from designtool.share.federation.keys import check_name, public_file, read_public
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.federation.trust import refresh_own
    from designtool.share.signed_problems import SignedProblem

    check_name(name)
    own = read_public(public_file(folder, name))
    refresh_own(trust, _now())
    known = region_keys(trust).get(own.key_id)
    if known is None:
        raise SignedProblem("agreement-key", key=own.key_id[:12], region=own.region)
    return known


def _signer(folder: Path, name: str, passphrase_file: Path | None) -> Signer:
    """Typing the passphrase is the act of signing: what is signed has been shown by then."""
    from designtool.share.federation.keys import open_key

    return open_key(folder, name, asked_passphrase(passphrase_file, name, is_new=False))


def _begins(key: PublicKey, stated: str) -> bool:
    return len(stated) >= 6 and key.key_id.startswith(stated.lower())


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


# What is said


def _send(documents: Sequence[Signed], place: str, output_format: str, problems: Iterable[Problem] = ()) -> None:
    from designtool.share.receipts.registry import send, tag_of

    with _opened(place) as registry:
        new = send(documents, registry)
        address = registry.address
    language = language_of(None)
    if output_format == "json":
        sent = [{"region": one.region, "name": tag_of(one)} for one in new]
        print_json({"sent": sent, "place": address, "problems": _problems_json(problems)})
        return
    count = len(new)
    said = (
        Text(f"Skickat till {address}: {count} nya dokument.", f"Sent to {address}: {count} new documents.")
        if count
        else Text(f"Allt fanns redan i {address}.", f"All of it was in {address} already.")
    )
    click.echo(said.in_language(language))
    for one in problems:
        click.echo(problem_line(one.code, one.message), err=True)


def _print(seen: Overview, output_format: str) -> None:
    from designtool.share.receipts.documents import Receipt, told_by

    if output_format == "json":
        print_json(
            {
                "runtimes": [_runtime_json(one) for one in seen.runtimes],
                "recalls": [_answers_json(one) for one in seen.recalls],
                "unknown": [told_by(one.content) for one in seen.unknown if isinstance(one.content, Receipt)],
                "problems": _problems_json(seen.problems),
            }
        )
        return
    language = language_of(None)
    if not seen.runtimes:
        click.echo(Text("Inga körmiljöer är inskrivna.", "No runtimes are enrolled.").in_language(language))
    if not seen.recalls:
        click.echo(Text("Ingenting är återkallat.", "Nothing has been recalled.").in_language(language))
    for answers in seen.recalls:
        for line in _answers_lines(answers):
            click.echo(line.in_language(language))
    if seen.unknown:
        click.echo(
            Text(
                "Kvitton från körmiljöer som inte är inskrivna (de räknas inte):",
                "Receipts of runtimes that are not enrolled (they do not count):",
            ).in_language(language)
        )
        for one in seen.unknown:
            click.echo(f"  {one.file}")
    for problem in seen.problems:
        click.echo(problem_line(problem.code, problem.message), err=True)


_LEVELS: Mapping[str, Text] = {
    "stop-use": Text("delar är stoppade", "parts are stopped"),
    "no-new-patients": Text("inga nya patienter", "no new patients"),
    "info": Text("information", "information"),
    "lifted": Text("hävd", "lifted"),
}


def _answers_lines(answers: Answers) -> Iterator[Text]:
    entry = answers.entry
    level, short = _LEVELS[entry.level], entry.digest[:19]
    yield Text(
        f"{entry.release}: {level.sv} ({short}, {_minute(entry.since)})",
        f"{entry.release}: {level.en} ({short}, {_minute(entry.since)})",
    )
    if answers.silent:
        yield Text("  HAR INTE SVARAT I TID. Ring:", "  HAS NOT ANSWERED IN TIME. Call:")
    for runtime in answers.silent:
        yield _same(f"    {runtime.enrolment.telephone}  {runtime.enrolment.contact}, {_runtime_words(runtime)}")
    if answers.waiting:
        yield Text("  Har inte svarat, men har tid kvar:", "  Has not answered, and has time left:")
    for runtime in answers.waiting:
        yield _same(f"    {_runtime_words(runtime)}")
    if answers.answered:
        yield Text("  Har svarat:", "  Has answered:")
    for one in answers.answered:
        said = _receipt_words(one.receipt)
        start = f"    {_minute(one.receipt.learned_at)}  {_runtime_words(one.runtime)}"
        yield Text(f"{start}: {said.sv}", f"{start}: {said.en}")
    if not (answers.silent or answers.waiting or answers.answered):
        yield Text("  Ingen ska svara.", "  Nobody is to answer.")


def _receipt_words(receipt: Receipt) -> Text:
    from designtool.share.receipts.documents import DONE_WORDS

    if not receipt.has_release:
        parts = [Text("har inte utgåvan", "does not have the release")]
    else:
        parts = [
            Text("har utgåvan", "has the release"),
            Text("aktiverad", "activated") if receipt.is_activated else Text("inte aktiverad", "not activated"),
            Text("behandlingar pågår", "treatments are under way")
            if receipt.has_treatments
            else Text("inga behandlingar pågår", "no treatments are under way"),
        ]
    parts += [DONE_WORDS[one] for one in receipt.done]
    return Text(", ".join(one.sv for one in parts), ", ".join(one.en for one in parts))


def _runtime_words(runtime: Runtime) -> str:
    return f"{runtime.key.holder} ({runtime.key.region}, {runtime.key.key_id[:12]})"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _answers_json(answers: Answers) -> dict[str, Any]:
    from designtool.share.receipts.documents import moment_words, told_by

    entry = answers.entry
    return {
        "release": entry.release,
        "level": entry.level,
        "entry": entry.digest,
        "since": moment_words(entry.since),
        "silent": [_runtime_json(one) for one in answers.silent],
        "waiting": [_runtime_json(one) for one in answers.waiting],
        "answered": [
            {"runtime": _runtime_json(one.runtime), "receipt": told_by(one.receipt)} for one in answers.answered
        ],
    }


def _runtime_json(runtime: Runtime) -> dict[str, Any]:
    return {
        "region": runtime.key.region,
        "name": runtime.key.holder,
        "key_id": runtime.key.key_id,
        "contact": runtime.enrolment.contact,
        "telephone": runtime.enrolment.telephone,
    }


def _problems_json(problems: Iterable[Problem]) -> list[dict[str, str]]:
    language = language_of(None)
    return [{"code": one.code, "message": one.message.in_language(language)} for one in problems]


@contextmanager
def _told(output_format: str) -> Iterator[None]:
    """Say why something is refused, and leave with 1; with 2 where it cannot be done."""
    from designtool.bundle import Refused
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    try:
        yield
    except (Refused, RegistryProblem, SignedProblem, TrustProblem) as problem:
        if output_format == "json":
            message = problem.message.in_language(language_of(None))
            print_json({"problems": [{"code": problem.code, "message": message}]})
        else:
            click.echo(problem_line(problem.code, problem.message), err=True)
        is_refusal = not isinstance(problem, RegistryProblem) or problem.is_refusal
        raise click.exceptions.Exit(1 if is_refusal else 2) from problem
    except OSError as error:
        name, reason = error.filename or "", os_reason(error)
        raise Usage(Text(f"{name} går inte att använda: {reason.sv}", f"{name} cannot be used: {reason.en}")) from error


def _say(text: Text) -> None:
    """On stderr, also where JSON is asked for: nobody signs what was not shown."""
    click.echo(text.in_language(language_of(None)), err=True)


def _same(words: str) -> Text:
    return Text(words, words)
