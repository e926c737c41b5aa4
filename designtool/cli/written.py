"""Files that a command writes where it was told to, and never over another one unless it was told that too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from designtool.cli.output import Usage
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason

FORCE = click.option("--force", is_flag=True, help="Skriv över filer som redan finns.")


def check_targets(paths: Sequence[Path | None], force: bool) -> None:
    """Leaves with status 2 where a file is in the way, before anything is written."""
    for path in paths:
        if path is not None and path.is_dir():
            raise Usage(Text(f"{path} är en mapp; ange en fil", f"{path} is a folder; name a file"))
        if path is not None and not force and (path.exists() or path.is_symlink()):
            raise Usage(
                Text(
                    f"{path} finns redan. Ange en annan fil, eller --force för att skriva över den.",
                    f"{path} exists already. Name another file, or give --force to write over it.",
                )
            )


def write_text(path: Path, text: str, secret: bool = False) -> None:
    """The whole file or nothing of it, for its owner alone where it is secret; leaves with status 2 where it cannot be written."""
    from designtool.atomic import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda stream: stream.write(text.encode()), secret)
    except OSError as problem:
        reason = os_reason(problem)
        raise Usage(
            Text(f"{path} går inte att skriva: {reason.sv}", f"{path} cannot be written: {reason.en}")
        ) from problem
