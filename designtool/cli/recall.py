"""designtool recall: releases that nothing new may begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from designtool.cli.agreements import problem_line
from designtool.cli.click_words import Commands
from designtool.cli.federation import DRAFTS_FOLDER
from designtool.cli.output import Usage, language_of
from designtool.diagnostics import Text


@click.group("recall", cls=Commands)
def command() -> None:
    """Återkalla en utgåva: inga nya behandlingar startas med den, och de som pågår fortsätter."""


@command.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("release")
@click.option("--reason", required=True, help="Varför, så som det ska stå för behandlare och administratörer.")
@click.option("--replacement", default="", help="Versionen som ska användas i stället, om det finns någon.")
def new(folder: Path, release: str, reason: str, replacement: str) -> None:
    """Gör ett utkast till återkallelse av REGION/PROGRAM/VERSION i federationens mapp. En säkerhetsansvarig skriver under."""
    from designtool.cli.written import check_targets, write_text
    from designtool.share.draft import encode_draft
    from designtool.share.federation import release_name
    from designtool.share.metadata_store import FolderMetadataStore
    from designtool.share.recalls import Recall, draft_recall
    from designtool.share.signed_problems import SignedProblem
    from designtool.share.trust_problems import TrustProblem

    try:
        wanted = Recall(release_name(release), reason, replacement)
        draft = draft_recall(FolderMetadataStore(folder), wanted, datetime.now(UTC))
    except (TrustProblem, SignedProblem) as problem:
        _refuse(problem.code, problem.message)
    except OSError as error:
        raise _unusable(folder, error) from error
    file = folder / DRAFTS_FOLDER / f"{draft.file.removesuffix('.json')}.draft.json"
    check_targets([file], force=False)
    write_text(file, encode_draft(draft).decode())
    said = Text(
        f"Utkast: {file}\nSkriv under med designtool federation sign, ta in det med adopt, och stämpla.",
        f"Draft: {file}\nSign it with designtool federation sign, take it in with adopt, and stamp.",
    )
    click.echo(said.in_language(language_of(None)))


@command.command("list")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def list_(folder: Path) -> None:
    """Visa vad som är återkallat enligt metadatan i federationens mapp."""
    from designtool.share.metadata_store import FolderMetadataStore
    from designtool.share.recalls import recalls_in
    from designtool.share.trust_problems import TrustProblem

    language = language_of(None)
    try:
        found = recalls_in(FolderMetadataStore(folder))
    except TrustProblem as problem:
        _refuse(problem.code, problem.message)
    except OSError as error:
        raise _unusable(folder, error) from error
    if not found:
        click.echo(Text("Ingenting är återkallat.", "Nothing has been recalled.").in_language(language))
    for one in found:
        instead = Text(f" Ersätts av {one.replacement}.", f" Replaced by {one.replacement}.")
        click.echo(f"{one.release}: {one.reason}{instead.in_language(language) if one.replacement else ''}")


def _refuse(code: str, message: Text) -> NoReturn:
    click.echo(problem_line(code, message), err=True)
    raise click.exceptions.Exit(1)


def _unusable(place: Path, error: OSError) -> Usage:
    name, reason = error.filename or place, error.strerror or type(error).__name__
    return Usage(Text(f"{name} går inte att använda: {reason}", f"{name} cannot be used: {reason}"))
