"""designtool diff: what has changed between two versions, and what that means."""

from __future__ import annotations

import os
from pathlib import Path

import click

from designtool.cli.output import MEDIA, Usage, language_of, print_json
from designtool.cli.settings import colour_wanted
from designtool.cli.versions import GIT, HERE, Version, name_in, version
from designtool.diagnostics import Text

_FORMAT = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    help="Form på utskriften.",
)


@click.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@MEDIA
@_FORMAT
def command(old: str, new: str | None, media: Path | None, output_format: str) -> None:
    """Jämför två versioner av ett program: mappar, paket eller git:VERSION. Utan NEW jämförs med det som ligger i arbetsytan."""
    from designtool.compare import compare
    from designtool.compare.reports import Compared, html_report, json_report, markdown_report, text_report

    before, after = _sides(old, new, media)
    changes = compare(before.program, after.program, before.documents, after.documents)
    compared = Compared(before.program, after.program, before.source, after.source, changes)
    language = language_of(after.documents or before.documents or None)
    if output_format == "json":
        print_json(json_report(compared, language))
    elif output_format == "markdown":
        click.echo(markdown_report(compared, language), nl=False)
    elif output_format == "html":
        click.echo(html_report(compared, language), nl=False)
    else:
        click.echo(text_report(compared, language, colour_wanted()), nl=False, color=True)
    if changes.not_allowed:
        click.get_current_context().exit(1)


def _sides(old: str, new: str | None, media: Path | None) -> tuple[Version, Version]:
    """A revision that names no program is of the program that the other side has."""
    if new is None:
        after = version(_in_work_tree(old), media=media)
        return version(old, after.program.id, media=media), after
    if old.startswith(GIT) and not new.startswith(GIT):
        after = version(new, media=media)
        return version(old, after.program.id, _near(new), media), after
    before = version(old, name_in(new), media=media)
    return before, version(new, before.program.id, _near(old), media)


def _near(other: str) -> Path:
    """Where to look for the repository: around the folder of the other side, or else here."""
    return Path(other) if Path(other).is_dir() else HERE


def _in_work_tree(old: str) -> str:
    """The folder of the program that `old` is of, in the workspace around the folder where the command runs."""
    from designtool.cli.output import workspace_of
    from designtool.source.tree import programs_folder
    from designtool.source.workspace import WORKSPACE_FILE

    name = name_in(old)
    if not old.startswith(GIT):
        raise Usage(Text("ange också vad det ska jämföras med", "name what to compare it with, too"))
    if not name:
        return "."
    root = workspace_of(Path())
    return os.path.relpath(root / programs_folder((root / WORKSPACE_FILE).read_bytes()) / name)
