"""Opening the bundle that a command was given."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from designtool.cli.output import Usage
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle, Refused


class Refusal(Protocol):
    """Anything with a published code and its words."""

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> Text: ...


@contextmanager
def opened_bundle(path: Path) -> Iterator[Bundle]:
    """The bundle in a file, open until the end of the block.

    Leaves with status 2 where there is no file to read, and raises Refused for a file that is no bundle. A folder, a device or
    a pipe is refused without being opened: reading a pipe might never end.
    """
    from designtool.bundle import Refused, read_bundle

    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise Usage(Text(f"{path} finns inte", f"{path} does not exist")) from error
    if not stat.S_ISREG(mode):
        raise Refused("not-a-file", path=path)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Usage(Text(f"{path} går inte att läsa", f"{path} cannot be read")) from error
    with stream:
        yield read_bundle(stream)


def refusal_line(refused: Refusal, language: Language) -> str:
    word = Text("fel", "error").in_language(language)
    return f"{word}[{refused.code}]: {refused.message.in_language(language)}"


def print_refusal(refused: Refused, language: Language, output_format: str) -> None:
    """Say why a file is no bundle, and leave with status 1."""
    from designtool.cli.output import print_json

    if output_format == "json":
        print_json({"problems": [{"code": refused.code, "message": refused.message.in_language(language)}]})
    else:
        click.echo(refusal_line(refused, language), err=True)
    click.get_current_context().exit(1)
