"""Writing a folder that is either whole or not there."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from designtool.cli.output import Usage
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.bundle import BlobSource


def write_folder(folder: Path, files: Mapping[str, BlobSource]) -> None:
    """All files or none: they are written beside the folder, which gets its name when all of them are there.

    `files` by their paths in the folder, which must be new or empty. Leaves with status 2 when it is not, or cannot be written.
    """
    folder = Path(os.path.realpath(folder))
    if folder.exists() and not folder.is_dir():
        raise Usage(
            Text(
                f"{folder} är en fil, och källtexten behöver en mapp. Ange en ny mapp med --output.",
                f"{folder} is a file, and the source needs a folder. Name a new folder with --output.",
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise Usage(
            Text(
                f"{folder} finns redan och är inte tom. Ange en ny mapp med --output.",
                f"{folder} exists already and is not empty. Name a new folder with --output.",
            )
        )
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir(parents=True)
        for path, blob in files.items():
            target = temporary / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with blob.open() as content, target.open("xb") as file:
                shutil.copyfileobj(content, file)
        if folder.exists():
            folder.rmdir()
        os.rename(temporary, folder)
    except OSError as error:
        reason = os_reason(error)
        raise Usage(
            Text(f"{folder} går inte att skriva: {reason.sv}", f"{folder} cannot be written: {reason.en}")
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
