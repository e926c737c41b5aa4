"""designtool provenance: a signed statement of the source and the versions that a bundle was built from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from designtool.cli.bundle_file import opened_bundle
from designtool.cli.click_words import Commands
from designtool.cli.output import Usage, language_of
from designtool.cli.passphrase import KEYS, PASSPHRASE_FILE, asked_passphrase, refuse
from designtool.cli.written import FORCE, check_targets, write_text
from designtool.diagnostics import Text

SUFFIX = ".provenance.json"


@click.group("provenance", cls=Commands)
def command() -> None:
    """Intyga vilken källtext och vilka versioner ett paket är byggt av."""


@command.command("new")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", "key_name", required=True, help="Namnet på din nyckel.")
@KEYS
@PASSPHRASE_FILE
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fil för intyget. Utan den: bredvid paketet, med ändelsen .provenance.json.",
)
@FORCE
def new(
    bundle: Path, key_name: str, key_folder: Path, passphrase_file: Path | None, output: Path | None, force: bool
) -> None:
    """Bygg om ett paket ur källtexten som ligger i det, och intyga med din underskrift att det blev samma paket."""
    from designtool.bundle import Refused
    from designtool.share.envelope import encode_envelope
    from designtool.share.federation.keys import open_key, public_file, read_public
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.provenance.statement import make_provenance, sign_provenance
    from designtool.share.provenance.versions import build_versions
    from designtool.share.signed_problems import SignedProblem

    target = output if output is not None else bundle.with_suffix(SUFFIX)
    check_targets([target], force)
    try:
        with opened_bundle(bundle) as opened:
            provenance = make_provenance(opened, build_versions(), datetime.now(UTC))
        signer = open_key(key_folder, key_name, asked_passphrase(passphrase_file, key_name, is_new=False))
        envelope = sign_provenance(provenance, signer, read_public(public_file(key_folder, key_name)), target.name)
    except (Refused, SignedProblem, TrustProblem) as problem:
        refuse(problem)
        return
    write_text(target, encode_envelope(envelope).decode())
    said = Text(
        f"{provenance.name} är byggt av källtexten som ligger i paketet. Intyget: {target}",
        f"{provenance.name} is built from the source that lies in the bundle. The statement: {target}",
    )
    click.echo(said.in_language(language_of(None)))


def bytes_of(path: Path) -> bytes:
    """Of a provenance in a file: no more than tells that it is too large. Leaves with status 2 where it cannot be read."""
    from designtool.share.envelope import MOST_BYTES

    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Usage(Text(f"{path} går inte att läsa", f"{path} cannot be read")) from error
