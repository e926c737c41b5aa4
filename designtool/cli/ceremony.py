"""What the ceremonies do alike: the place where the metadata is, and drafts for people to sign, never written over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.output import print_json
from designtool.cli.people import person_json
from designtool.cli.registries import Here
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.share.federation.draft import Draft

DRAFTS_FOLDER = "drafts"
_YES, _NO = frozenset({"j", "ja", "y", "yes"}), frozenset({"", "n", "nej", "no"})
PLACE = click.argument("place")
DRAFTS = click.option(
    "--drafts",
    "drafts_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp för utkast att skriva under (vanligen drafts, i mappen med metadata eller här om metadatan finns i ett register).",
)


def drafts_in(here: Here, place: str, stated: Path | None) -> Path:
    """Where the drafts for a place lie: beside its metadata if that is a folder of files, else where the command runs."""
    from designtool.share.federation.places import plain_folder

    if stated is not None:
        return stated
    folder = plain_folder(place, here.registries)
    return (folder if folder is not None else Path()) / DRAFTS_FOLDER


def write_drafts(
    here: Here,
    folder: Path,
    drafts: Sequence[Draft],
    output_format: str,
    told: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Write drafts, never over one that somebody may have signed already, and say where they are.

    `told`: what else stands in the JSON.
    """
    from designtool.cli.written import check_targets, write_text
    from designtool.share.federation.draft import encode_draft

    paths = [folder / f"{draft.file.removesuffix('.json')}.draft.json" for draft in drafts]
    check_targets(paths, force=False)
    for path, draft in zip(paths, drafts, strict=True):
        write_text(path, encode_draft(draft).decode())
    if output_format == "json":
        written = [draft_json(path, draft) for path, draft in zip(paths, drafts, strict=True)]
        print_json({"drafts": written, **told})
        return
    for path in paths:
        click.echo(Text(f"Utkast att skriva under: {path}", f"Draft to be signed: {path}").in_language(here.language))


def ask_to_sign(here: Here, on_stderr: bool) -> None:
    """Go on when whoever is to sign says yes, in Swedish or English. Leaves with `click.Abort` at a no, or no answer at all."""
    question = Text("Vill du skriva under? (ja/nej)", "Do you want to sign? (yes/no)").in_language(here.language)
    while True:
        answer = click.prompt(question, default="", show_default=False, err=on_stderr).strip().lower()
        if answer in _YES:
            return
        if answer in _NO:
            click.echo(Text("Inget är underskrivet.", "Nothing is signed.").in_language(here.language), err=True)
            raise click.Abort
        click.echo(Text("Svara ja eller nej.", "Answer yes or no.").in_language(here.language), err=on_stderr)


def read_draft_file(path: Path) -> Draft:
    """Raises TrustProblem."""
    from designtool.share.federation.draft import LARGEST_DRAFT, read_draft

    with path.open("rb") as stream:
        return read_draft(stream.read(LARGEST_DRAFT + 1), path.name)


def draft_json(path: Path, draft: Draft) -> dict[str, Any]:
    from designtool.share.federation.draft import progress_of

    progress = progress_of(draft)
    return {
        "path": str(path),
        **metadata_json(draft.role, draft.metadata),
        "signed_by": [person_json(key) for key in progress.signed],
        "missing_signatures": progress.still,
    }


def metadata_json(role: str, data: bytes) -> dict[str, Any]:
    from designtool.share.federation.draft import metadata_of, signed_digest

    signed = metadata_of(data, role).signed
    return {
        "role": role,
        "version": signed.version,
        "expires": signed.expires.isoformat(),
        "digest": signed_digest(data, role),
    }
