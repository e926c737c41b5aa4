"""Keys on the command line: where they lie, and how their passphrase is asked for. A passphrase is never an argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.output import Usage, language_of
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.cli.bundle_file import Refusal

VARIABLE = "DESIGNTOOL_PASSPHRASE"

KEYS = click.option(
    "--keys",
    "key_folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path.home() / ".designtool" / "keys",
    help="Mappen med dina nycklar (vanligen .designtool/keys i hemmappen).",
)
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Fil med lösenfrasen, för automatiska körningar. Annars frågas det, eller läses DESIGNTOOL_PASSPHRASE.",
)


def asked_passphrase(file: Path | None, name: str, is_new: bool) -> str:
    """From a file, the environment, or the terminal: there twice when it is a new one. Leaves with status 2 where nobody can answer."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise Usage(Text(f"{file} går inte att läsa", f"{file} cannot be read")) from error
    if (stated := os.environ.get(VARIABLE)) is not None:
        return stated
    if not is_terminal():
        raise Usage(
            Text(
                f"lösenfrasen till {name} behövs: kör i en terminal, eller ange --passphrase-file eller {VARIABLE}",
                f"the passphrase of {name} is needed: run in a terminal, or give --passphrase-file or {VARIABLE}",
            )
        )
    language = language_of(None)
    question = Text(f"Lösenfras till {name}", f"Passphrase of {name}").in_language(language)
    again = Text("Samma lösenfras igen", "The same passphrase again").in_language(language)
    while True:
        answer: str = click.prompt(question, hide_input=True, err=True)
        if not is_new or click.prompt(again, hide_input=True, err=True) == answer:
            return answer
        unlike = Text("De två var olika. Försök igen.", "The two were not alike. Try again.")
        click.echo(unlike.in_language(language), err=True)


def is_terminal() -> bool:
    return sys.stdin.isatty()


def refuse(problem: Refusal) -> None:
    """Say why something is not trusted or cannot be done, and leave with status 1."""
    language = language_of(None)
    word = Text("fel", "error").in_language(language)
    click.echo(f"{word}[{problem.code}]: {problem.message.in_language(language)}", err=True)
    click.get_current_context().exit(1)
