"""designtool verify: whether a file is a whole, unaltered bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle
    from designtool.share.keys import PublicKey


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med förtroende: säg också vilka som har signerat paketet.",
)
@FORMAT
def command(bundle: Path, trust: Path | None, output_format: str) -> None:
    """Kontrollera att ett paket är helt och oförändrat: varje byte i det räknas."""
    from designtool.bundle import Refused, program_of

    language = language_of(None)
    signers: tuple[PublicKey, ...] | None = None
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
            if trust is not None:
                signers = _signers(opened, trust)
    except (Refused, _NotTrusted) as refused:
        if output_format == "json":
            problem = {"code": refused.code, "message": refused.message.in_language(language)}
            print_json({"valid": False, "digest": None, "problems": [problem]})
        else:
            click.echo(refusal_line(refused, language), err=True)
        click.get_current_context().exit(1)
    if output_format == "json":
        signed = {} if signers is None else {"signers": [_signer(key) for key in signers]}
        print_json({"valid": True, "digest": opened.digest, "problems": [], **signed})
        return
    whole = Text("Paketet är helt", "The bundle is whole").in_language(language)
    click.echo(f"{whole}: {program.id} {program.version} {opened.digest}")
    for key in signers or ():
        from designtool.share.keys import ROLE_WORDS

        signed_by = Text("Signerat av", "Signed by").in_language(language)
        click.echo(f"{signed_by} {key.holder} ({ROLE_WORDS[key.role].in_language(language)}, {key.region})")


class _NotTrusted(Exception):
    """The bundle is whole, and its signatures do not do."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def _signers(bundle: Bundle, trust_folder: Path) -> tuple[PublicKey, ...]:
    from designtool.share.release import name_of_bundle
    from designtool.share.trust import NotTrusted, mirror_of, trusted

    try:
        answer = trusted(
            bundle.digest, name_of_bundle(bundle), mirror_of(trust_folder), trust_folder, datetime.now(UTC)
        )
    except OSError as error:
        raise Usage(Text(f"det går inte att skriva i {trust_folder}", f"cannot write in {trust_folder}")) from error
    if isinstance(answer, NotTrusted):
        raise _NotTrusted(answer.code, answer.message)
    return answer.signers


def _signer(key: PublicKey) -> dict[str, str]:
    return {"holder": key.holder, "role": key.role, "region": key.region, "key": key.key_id}
