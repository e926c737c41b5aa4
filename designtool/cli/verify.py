"""designtool verify: whether a file is a whole, unaltered bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.cli.people import person_json, say_signers
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle
    from designtool.share.federation.keys import PublicKey
    from designtool.share.provenance.statement import SignedProvenance


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med förtroende: säg också vilka som har skrivit under paketet.",
)
@click.option(
    "--provenance",
    "provenance",
    metavar="FILE_OR_PLACE",
    help="Intyget om hur paketet är byggt: en fil, eller registret som det ligger i. Paketet byggs om och jämförs.",
)
@click.option(
    "--release",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Utkast till utgivning: kontrollera att det gäller just det här paketet och har klinisk underskrift.",
)
@FORMAT
def command(bundle: Path, trust: Path | None, provenance: str | None, release: Path | None, output_format: str) -> None:
    """Kontrollera att ett paket är helt och oförändrat: varje byte i det räknas."""
    from designtool.bundle import Refused, program_of
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    language = language_of(None)
    signers: tuple[PublicKey, ...] | None = None
    built: _Built | None = None
    approved: tuple[PublicKey, ...] = ()
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
            if trust is not None:
                signers = _signers(opened, trust)
            if release is not None:
                approved = _approved(opened, release)
            if provenance is not None:
                built = _built(opened, provenance, trust)
    except (Refused, RegistryProblem, SignedProblem, TrustProblem, _NotTrusted) as refused:
        if output_format == "json":
            problem = {"code": refused.code, "message": refused.message.in_language(language)}
            print_json({"valid": False, "digest": None, "problems": [problem]})
        else:
            click.echo(refusal_line(refused, language), err=True)
        is_out_of_reach = isinstance(refused, RegistryProblem) and not refused.is_refusal
        click.get_current_context().exit(2 if is_out_of_reach else 1)
    if output_format == "json":
        more: dict[str, Any] = {} if signers is None else {"signers": [person_json(key) for key in signers]}
        if release is not None:
            more["approved"] = [person_json(key) for key in approved]
        if built is not None:
            more["provenance"] = built.told()
        print_json({"valid": True, "digest": opened.digest, "problems": [], **more})
        return
    whole = Text("Paketet är helt", "The bundle is whole").in_language(language)
    click.echo(f"{whole}: {program.id} {program.version} {opened.digest}")
    say_signers(signers or (), language)
    for key in approved:
        draft = Text("Utkastet gäller paketet och är underskrivet av", "The draft is of the bundle, and signed by")
        click.echo(f"{draft.in_language(language)} {_who(key, language)}")
    if built is not None:
        for line in built.lines():
            click.echo(line.in_language(language))


@dataclass(frozen=True, slots=True)
class _Built:
    """What a provenance says that has been tried: the source has just come to this very bundle."""

    signed: SignedProvenance
    signers: tuple[PublicKey, ...] | None
    """None where nobody said whom to trust."""

    def lines(self) -> Iterator[Text]:
        provenance = self.signed.provenance
        version, day = provenance.versions.designtool, f"{provenance.built:%Y-%m-%d}"
        yield Text(
            f"Ombyggt ur källtexten i paketet: det blir samma paket. Intyget säger {day}, med designtool {version}.",
            f"Built again from the source in the bundle: it is the same bundle. The statement says {day}, designtool {version}.",
        )
        if self.signers is None:
            yield Text(
                "Vem som har skrivit under intyget är inte kontrollerat. Det görs med --trust.",
                "Who has signed the statement is not checked. That is done with --trust.",
            )
        for key in self.signers or ():
            yield Text(f"Intygat av {_who(key, 'sv')}", f"Stated by {_who(key, 'en')}")

    def told(self) -> dict[str, Any]:
        provenance = self.signed.provenance
        return {
            "rebuilt": True,
            "designtool": provenance.versions.designtool,
            "built": provenance.built.isoformat().replace("+00:00", "Z"),
            "source": provenance.source,
            "signers": [person_json(key) for key in self.signers] if self.signers is not None else None,
        }


def _built(bundle: Bundle, stated: str, trust: Path | None) -> _Built:
    """What comes first is who says so: a bundle is not compiled because of a statement by nobody."""
    from designtool.share.federation.region_keys import region_keys
    from designtool.share.provenance.statement import check_rebuilt, provenance_signers
    from designtool.share.provenance.versions import build_versions
    from designtool.share.signed_problems import SignedProblem

    found = _provenances(bundle, stated)
    signed, signers = found[0], None
    if trust is not None:
        keys, problems = region_keys(trust), []
        for one in found:
            try:
                signed, signers = one, provenance_signers(one, keys)
                break
            except SignedProblem as problem:
                problems.append(problem)
        if signers is None:
            raise problems[0]
    check_rebuilt(bundle, signed.provenance, build_versions())
    return _Built(signed, signers)


def _provenances(bundle: Bundle, stated: str) -> tuple[SignedProvenance, ...]:
    """In a file one; in a registry whatever somebody has attached."""
    from designtool.cli.provenance import bytes_of
    from designtool.cli.registries import Here
    from designtool.share.provenance.statement import attached_provenances, check_subject, read_provenance

    path = Path(stated)
    if path.is_file():
        signed = read_provenance(bytes_of(path), path.name)
        check_subject(signed, bundle)
        return (signed,)
    with Here().open(stated) as registry:
        return attached_provenances(registry, bundle)


def _approved(bundle: Bundle, path: Path) -> tuple[PublicKey, ...]:
    """Who has signed the draft of a release, if it is of this bundle and somebody clinically responsible is among them."""
    from designtool.share.federation.approval import approvals_of
    from designtool.share.federation.draft import LARGEST_DRAFT, read_draft
    from designtool.share.federation.release import name_of_bundle
    from designtool.share.federation.roles import release_name

    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_DRAFT + 1)
    except OSError as error:
        raise Usage(Text(f"utkastet {path} går inte att läsa", f"the draft {path} cannot be read")) from error
    draft = read_draft(data, path.name)
    return approvals_of(draft, release_name(name_of_bundle(bundle)), bundle.digest)


class _NotTrusted(Exception):
    """The bundle is whole, and its signatures do not do."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def _signers(bundle: Bundle, trust_folder: Path) -> tuple[PublicKey, ...]:
    from designtool.share.federation.release import name_of_bundle
    from designtool.share.federation.trust import NotTrusted, mirror_of, trusted

    try:
        answer = trusted(
            bundle.digest, name_of_bundle(bundle), mirror_of(trust_folder), trust_folder, datetime.now(UTC)
        )
    except OSError as error:
        raise Usage(Text(f"det går inte att skriva i {trust_folder}", f"cannot write in {trust_folder}")) from error
    if isinstance(answer, NotTrusted):
        raise _NotTrusted(answer.code, answer.message)
    return answer.signers


def _who(key: PublicKey, language: Language) -> str:
    from designtool.share.federation.keys import ROLE_WORDS

    return f"{key.holder} ({ROLE_WORDS[key.role].in_language(language)}, {key.region})"
