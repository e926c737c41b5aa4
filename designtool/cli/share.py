"""designtool share: what stands around the sharing of programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import Usage
from designtool.cli.token_issuer import account
from designtool.cli.token_issuer import command as token_issuer
from designtool.diagnostics import Text

_Value = TypeVar("_Value")


@click.group("share", cls=Commands)
def command() -> None:
    """Verktyg kring delning av program."""


command.add_command(token_issuer)
command.add_command(account)


@command.group("tuf-client", cls=Commands)
@click.option(
    "--metadata-dir",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Mapp för den metadata som har verifierats.",
)
@click.option("--metadata-url", help="Adress till metadatan.")
@click.option("--target-name", "target_names", multiple=True, help="Namn på det som ska hämtas. Kan upprepas.")
@click.option("--target-base-url", help="Adress till det som ska hämtas.")
@click.option("--target-dir", type=click.Path(path_type=Path, file_okay=False), help="Mapp för det som hämtas.")
@click.pass_context
def tuf_client(
    context: click.Context,
    metadata_dir: Path,
    metadata_url: str | None,
    target_names: tuple[str, ...],
    target_base_url: str | None,
    target_dir: Path | None,
) -> None:
    """Den klient som granskar signaturer, så som den öppna testsviten tuf-conformance vill anropa den."""
    context.meta["designtool.tuf-client"] = (metadata_dir, metadata_url, target_names, target_base_url, target_dir)


@tuf_client.command("init")
@click.argument("trusted_root", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def init(context: click.Context, trusted_root: Path) -> None:
    """Lita på en rot."""
    from designtool.share.federation.tuf_client import initialise

    folder, *_ = context.meta["designtool.tuf-client"]
    initialise(folder, trusted_root.read_bytes())


@tuf_client.command("refresh")
@click.pass_context
def refresh(context: click.Context) -> None:
    """Hämta och granska metadata."""
    from designtool.share.federation.tuf_client import refresh_metadata

    folder, address, *_ = context.meta["designtool.tuf-client"]
    _run(context, lambda: refresh_metadata(folder, _needed(address, "--metadata-url")))


@tuf_client.command("download")
@click.pass_context
def download(context: click.Context) -> None:
    """Hämta och granska filer."""
    from designtool.share.federation.tuf_client import download_targets

    folder, address, names, target_address, target_folder = context.meta["designtool.tuf-client"]
    _run(
        context,
        lambda: download_targets(
            folder,
            _needed(address, "--metadata-url"),
            _needed(names, "--target-name"),
            _needed(target_address, "--target-base-url"),
            _needed(target_folder, "--target-dir"),
        ),
    )


def _run(context: click.Context, work: Callable[[], None]) -> None:
    """Status 1 for anything that was refused or could not be had."""
    from tuf.api.exceptions import DownloadError, RepositoryError

    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.tuf_client import TargetMissing

    try:
        work()
    except (DownloadError, RepositoryError, TrustProblem, TargetMissing, OSError, ValueError) as problem:
        click.echo(f"{type(problem).__name__}: {problem}", err=True)
        context.exit(1)


def _needed(value: _Value | None, option: str) -> _Value:
    if not value:
        raise Usage(Text(f"{option} saknas", f"{option} is missing"))
    return value
