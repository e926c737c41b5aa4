"""designtool recall: releases that are not to be used as they were, and how a recall is lifted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from designtool.cli.ceremony import DRAFTS, PLACE, ask_to_sign, drafts_in, write_drafts
from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, language_of, print_json, today
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase
from designtool.cli.registries import Here, problems_told
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.model.program import Program
    from designtool.share.federation.draft import Draft
    from designtool.share.recalls.lifts import Lift
    from designtool.share.recalls.listing import Level, Recall

_LEVELS = ("stop-use", "no-new-patients", "info")
_TEXT_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_LARGEST_TEXT = 100_000


@click.group("recall", cls=Commands)
def command() -> None:
    """Återkalla en utgåva, och häv en återkallelse. En person stoppar, två häver."""


@command.command("new")
@PLACE
@click.argument("release")
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    default="no-new-patients",
    help="stop-use stoppar delar även för dem som är i behandling, no-new-patients låter inget nytt börja, info stoppar inget.",
)
@click.option("--reason", required=True, help="Varför, så som det ska stå för behandlare och administratörer.")
@click.option("--replacement", default="", help="Versionen som ska användas i stället, om det finns någon.")
@click.option(
    "--part",
    "parts",
    multiple=True,
    help="stop-use: id på en modul, övning eller ett beslut som stoppas, eller all. Kan anges flera gånger.",
)
@click.option(
    "--bundle",
    "bundle_file",
    type=click.Path(path_type=Path),
    help="Paketet som återkallas: delarnas namn kontrolleras mot det. Utan det läses programmet i registret, om det går.",
)
@click.option("--patient-text-file", type=_TEXT_FILE, help="stop-use: texten som patienter ser i delarnas ställe.")
@click.option("--therapist-text-file", type=_TEXT_FILE, help="stop-use: texten som behandlare ser vid varje patient.")
@click.option(
    "--lift",
    "lift_file",
    type=_TEXT_FILE,
    help="För en mildare återkallelse än den som gäller: hävningen av den, underskriven av två.",
)
@DRAFTS
@FORMAT
def new(
    place: str,
    release: str,
    level: str,
    reason: str,
    replacement: str,
    parts: tuple[str, ...],
    bundle_file: Path | None,
    patient_text_file: Path | None,
    therapist_text_file: Path | None,
    lift_file: Path | None,
    drafts_folder: Path | None,
    output_format: str,
) -> None:
    """Gör ett utkast till återkallelse av REGION/PROGRAM/VERSION. En säkerhetsansvarig skriver under."""
    from designtool.share.federation.roles import release_name
    from designtool.share.recalls.listing import Recall, draft_recall, releases_beside

    here = Here()
    with problems_told(here.language, output_format):
        wanted = Recall(
            release_name(release),
            cast("Level", level),
            reason,
            replacement,
            tuple(dict.fromkeys(parts)),
            _text(patient_text_file),
            _text(therapist_text_file),
        )
        lift = _read_lift(lift_file) if lift_file is not None else None
        with here.opened_metadata(place) as store:
            draft = draft_recall(store, wanted, datetime.now(UTC), lift)
            beside = releases_beside(store, wanted.release)
        checked = _check_parts(here, place, bundle_file, draft, wanted) if parts or bundle_file is not None else None
        _tell_beside(beside)
        told = {"parts_checked": checked, "beside": list(beside)}
        write_drafts(here, drafts_in(here, place, drafts_folder), (draft,), output_format, told)


@command.command("list")
@click.argument("place", required=False)
@click.option(
    "--trust", type=click.Path(path_type=Path, file_okay=False), help="En mapp med förtroende: det som gäller där."
)
@FORMAT
def list_(place: str | None, trust: Path | None, output_format: str) -> None:
    """Visa vad som är återkallat, enligt federationens metadata eller en mapp med förtroende."""
    from designtool.share.recalls.listing import entries_in, recalls

    if (place is None) == (trust is None):
        raise Usage(Text("ange antingen platsen eller --trust", "give either the place or --trust"))
    here = Here()
    with problems_told(here.language, output_format):
        if trust is not None:
            found: list[tuple[Recall, Lift | None]] = [(one, None) for one in recalls(trust)]
        else:
            assert place is not None, "one of the two was given"
            with here.opened_metadata(place) as store:
                found = list(entries_in(store))
    if output_format == "json":
        print_json({"recalls": [_told(recall, lift) for recall, lift in found]})
        return
    _print(found)


@command.command("lift")
@PLACE
@click.argument("release")
@click.option("--reason", required=True, help="Varför det går att använda igen.")
@DRAFTS
@FORMAT
def lift_command(place: str, release: str, reason: str, drafts_folder: Path | None, output_format: str) -> None:
    """Gör ett dokument som häver återkallelsen av REGION/PROGRAM/VERSION. Två personer skriver under det."""
    from designtool.cli.written import check_targets, write_text
    from designtool.share.envelope import encode_envelope
    from designtool.share.federation.roles import release_name
    from designtool.share.recalls.listing import lift_for

    here = Here()
    with problems_told(here.language, output_format):
        with here.opened_metadata(place) as store:
            lift = lift_for(store, release_name(release), reason, today())
        folder = drafts_in(here, place, drafts_folder)
        file = folder / f"{lift.release.replace('/', '_')}.{lift.number}.lift.json"
        check_targets([file], force=False)
        write_text(file, encode_envelope(lift.envelope).decode())
    if output_format == "json":
        print_json({"lift": _lift_told(file, lift, is_whole=False)})
        return
    sign_it = f"designtool recall sign-lift {file} --place {place} --key NAME"
    _say(
        Text(
            f"Hävning: {file}\nEn säkerhetsansvarig och en kliniskt ansvarig skriver under: {sign_it}",
            f"Lift: {file}\nA safety officer and one who is clinically responsible sign it: {sign_it}",
        )
    )


@command.command("sign-lift")
@click.argument("file", type=_TEXT_FILE)
@click.option(
    "--place",
    required=True,
    help="Där federationens metadata finns: ett namn under registries, en adress eller en mapp. Där står återkallelsen som hävs.",
)
@click.option("--key", "key_name", required=True, help="Namnet på din nyckel.")
@click.option("--yes", is_flag=True, help="Fråga inte, för automatiska körningar. Det som skrivs under visas ändå.")
@KEYS
@PASSPHRASE_FILE
@FORMAT
def sign_lift_command(
    file: Path,
    place: str,
    key_name: str,
    yes: bool,
    key_folder: Path,
    passphrase_file: Path | None,
    output_format: str,
) -> None:
    """Visa återkallelsen och skriv under att den hävs. En säkerhetsansvarig och en kliniskt ansvarig behövs."""
    from designtool.atomic import write_atomically
    from designtool.share.envelope import encode_envelope
    from designtool.share.federation.keys import open_key, public_file, read_public
    from designtool.share.recalls.lifts import holds, sign_lift
    from designtool.share.recalls.listing import lift_ground
    from designtool.share.recalls.words import lift_lines, recall_lines

    here = Here()
    with problems_told(here.language, output_format):
        lift = _read_lift(file)
        with here.opened_metadata(place) as store:
            recall, keys = lift_ground(store, lift, file.name)
        for line in (
            *lift_lines(lift),
            Text("Återkallelsen som hävs:", "The recall that is lifted:"),
            *recall_lines(recall),
        ):
            # On stderr where programs read: nobody signs what was not shown.
            click.echo(line.in_language(here.language), err=output_format == "json")
        if not yes:
            ask_to_sign(here, on_stderr=output_format == "json")
        signer = open_key(key_folder, key_name, asked_passphrase(passphrase_file, key_name, is_new=False))
        done = sign_lift(lift, signer, read_public(public_file(key_folder, key_name)), keys)
        write_atomically(file, lambda stream: stream.write(encode_envelope(done.envelope)))
        is_whole = holds(done, done.release, keys)
    if output_format == "json":
        print_json({"lift": _lift_told(file, done, is_whole)})
        return
    list_it = f"designtool recall draft-lift {place} {file}"
    _say(
        Text(
            f"Underskrivet. Båda underskrifterna finns. Gör listan där den är hävd: {list_it}",
            f"Signed. Both signatures are there. Make the list in which it is lifted: {list_it}",
        )
        if is_whole
        else Text(
            "Underskrivet. Den andras underskrift saknas: lämna filen vidare.",
            "Signed. The signature of the other one is missing: hand the file on.",
        )
    )


@command.command("draft-lift")
@PLACE
@click.argument("file", type=_TEXT_FILE)
@DRAFTS
@FORMAT
def draft_lift_command(place: str, file: Path, drafts_folder: Path | None, output_format: str) -> None:
    """Gör ett utkast till lista där återkallelsen är hävd. En säkerhetsansvarig skriver under."""
    from designtool.share.recalls.listing import draft_lift

    here = Here()
    with problems_told(here.language, output_format):
        lift = _read_lift(file)
        with here.opened_metadata(place) as store:
            draft = draft_lift(store, lift, datetime.now(UTC))
        write_drafts(here, drafts_in(here, place, drafts_folder), (draft,), output_format)


def _check_parts(here: Here, place: str, bundle_file: Path | None, draft: Draft, wanted: Recall) -> bool:
    """Whether the parts were held against the program, and are there. Says what is stopped, or why it is not known.

    Raises SignedProblem for a part that is not there, and for another bundle.
    """
    from designtool.share.federation.draft import metadata_of
    from designtool.share.federation.roles import RECALL
    from designtool.share.recalls.parts import check_parts, part_lines

    target = metadata_of(draft.metadata, RECALL).signed.targets[f"{RECALL}/{wanted.release}"]
    program = _program(here, place, bundle_file, wanted, f"sha256:{target.hashes['sha256']}")
    if isinstance(program, Text):
        _warn(
            Text(
                f"DELARNA ÄR INTE KONTROLLERADE: {program.sv} En del som heter fel stoppas inte. Ange paketet med --bundle.",
                f"THE PARTS HAVE NOT BEEN CHECKED: {program.en} A part with a wrong name is not stopped. Name the bundle with --bundle.",
            )
        )
        return False
    check_parts(program, wanted.parts)
    for _, line in part_lines(program, wanted.parts):
        _warn(line)
    return True


def _program(here: Here, place: str, bundle_file: Path | None, wanted: Recall, digest: str) -> Program | Text:
    """What is recalled, out of a file or out of the registry; or why it cannot be had. Raises SignedProblem for another bundle."""
    from designtool.bundle import Refused, program_of
    from designtool.cli.bundle_file import opened_bundle
    from designtool.share.catalogue.differences import program_from
    from designtool.share.registries.names import ProgramName
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    if bundle_file is not None:
        with opened_bundle(bundle_file) as bundle:
            if bundle.digest != digest:
                raise SignedProblem("recall-bundle", file=bundle_file.name, name=wanted.release)
            return program_of(bundle)
    registry = here.open_beside_metadata(place)
    if registry is None:
        return Text("i mappen med metadata finns inget program.", "there is no program in the folder of metadata.")
    name = ProgramName(wanted.release.region, wanted.release.program)
    try:
        with registry:
            return program_from(registry, name, wanted.release.version, digest)
    except (Refused, RegistryProblem) as problem:
        return problem.message


def _tell_beside(beside: tuple[str, ...]) -> None:
    if beside:
        names = ", ".join(beside)
        _warn(
            Text(
                f"Återkallelsen gäller bara den utgåvan. Regionen har också gett ut: {names}. Återkalla dem för sig om felet finns där.",
                f"The recall is about that release alone. The region has also released: {names}. Recall them by themselves if the fault is there.",
            )
        )


def _warn(text: Text) -> None:
    """On stderr, also where programs read."""
    click.echo(text.in_language(language_of(None)), err=True)


def _print(found: Iterable[tuple[Recall, Lift | None]]) -> None:
    from designtool.share.recalls.entries import is_lifted
    from designtool.share.recalls.words import recall_lines

    is_empty = True
    for recall, lift in found:
        is_empty = False
        is_over = is_lifted(recall, lift)
        mark = Text(" (hävd)", " (lifted)") if is_over else Text("", "")
        _say(Text(f"{recall.release}{mark.sv}", f"{recall.release}{mark.en}"))
        for line in recall_lines(recall):
            _say(Text(f"  {line.sv}", f"  {line.en}"))
        if lift is not None and is_over:
            _say(Text(f"  Hävd {lift.day}: {lift.reason}", f"  Lifted {lift.day}: {lift.reason}"))
    if is_empty:
        _say(Text("Ingenting är återkallat.", "Nothing has been recalled."))


def _told(recall: Recall, lift: Lift | None) -> dict[str, Any]:
    from designtool.share.recalls.entries import is_lifted

    is_over = lift is not None and is_lifted(recall, lift)
    return {
        "release": str(recall.release),
        "level": recall.level,
        "number": recall.number,
        "reason": recall.reason,
        "replacement": recall.replacement,
        "parts": list(recall.parts),
        "patient_text": recall.patient_text,
        "therapist_text": recall.therapist_text,
        "digest": recall.digest,
        "bundle": recall.bundle,
        "damaged": recall.damaged,
        "lifted": {"reason": lift.reason, "day": lift.day.isoformat()} if lift is not None and is_over else None,
    }


def _lift_told(file: Path, lift: Lift, is_whole: bool) -> dict[str, Any]:
    return {
        "path": str(file),
        "release": lift.release,
        "recall": lift.recall,
        "number": lift.number,
        "reason": lift.reason,
        "day": lift.day.isoformat(),
        "signed": is_whole,
    }


def _text(file: Path | None) -> str:
    """A file of text as it is kept: one form of letters and line breaks, and no more than an empty line between paragraphs."""
    import unicodedata

    if file is None:
        return ""
    try:
        with open(file, encoding="utf-8-sig") as stream:
            text = stream.read(_LARGEST_TEXT)
    except UnicodeDecodeError as error:
        raise Usage(Text(f"{file} är ingen text i UTF-8", f"{file} is no text in UTF-8")) from error
    lines = "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", text).splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _read_lift(file: Path) -> Lift:
    from designtool.share.envelope import MOST_BYTES
    from designtool.share.recalls.lifts import read_lift

    with open(file, "rb") as stream:
        return read_lift(stream.read(MOST_BYTES + 1), file.name)


def _say(text: Text) -> None:
    click.echo(text.in_language(language_of(None)))
