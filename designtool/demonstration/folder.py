"""The folder that a demonstration keeps its data in: only one that it has made itself is ever emptied."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason

MARK = "DEMONSTRATION.txt"
_MARK_TEXT = """\
Den här mappen hör till designtool demo. Alla personer i den är påhittade.
Nästa demonstration tömmer den och börjar om. Du kan ta bort den när du vill.

This folder belongs to designtool demo. All people in it are invented.
The next demonstration empties it and begins anew. You can remove it whenever you like.
"""


@contextmanager
def demonstration_folder(folder: Path, keep: bool) -> Iterator[bool]:
    """The folder, ours alone until the end. True when it is as the last demonstration left it, False when it is empty.

    Raises Cannot for a folder with anything that no demonstration has made, and for one that another one is using.
    """
    with _held(folder) as mark:
        kept = keep and mark.stat().st_size > 0
        if not kept:
            with _said(folder):
                _empty(folder)
        yield kept


def mark_as_filled(folder: Path) -> None:
    """From here on the demonstration can be gone on with: one that was cut off while it was filled cannot."""
    (folder / MARK).write_text(_MARK_TEXT, encoding="utf-8")


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    """The folder's mark, open and locked."""
    mark = folder / MARK
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.is_file() and any(folder.iterdir()):
            raise Cannot(
                Text(
                    f"{folder} innehåller annat än en demonstration. Välj en tom mapp med --data.",
                    f"{folder} holds something else than a demonstration. Choose an empty folder with --data.",
                )
            )
        held = open(mark, "a", encoding="utf-8")  # noqa: SIM115
    with held:
        _lock(held, folder)
        yield mark


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """What the disk refuses, as something to tell."""
    try:
        yield
    except OSError as error:
        why = os_reason(error)
        raise Cannot(Text(f"{folder} går inte att använda: {why.sv}", f"{folder} cannot be used: {why.en}")) from error


def _empty(folder: Path) -> None:
    # The mark stays, and loses its text: the folder is ours, and not filled yet.
    (folder / MARK).write_text("", encoding="utf-8")
    for entry in folder.iterdir():
        if entry.name == MARK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _lock(held: IO[str], folder: Path) -> None:
    if sys.platform == "win32":
        return  # There a database that is in use cannot be removed, which says the same.
    import fcntl

    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Cannot(
            Text(
                f"en annan demonstration använder {folder}. Avsluta den, eller välj en annan mapp med --data.",
                f"another demonstration is using {folder}. End it, or choose another folder with --data.",
            )
        ) from None
