"""What several commands do alike: find the workspace, print findings, leave with the right status."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

import click

from designtool.cli.settings import Settings, colour_wanted
from designtool.diagnostics import Diagnostic, Language, Text, has_errors, nearest, text_report
from designtool.load.document import Document
from designtool.source.tree import Tree

FORMAT = click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="Form på utskriften."
)

MEDIA = click.option(
    "--media",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Mappen med filmerna som står i media.lock, om det är en annan än i designtool.yaml.",
)


class Usage(click.ClickException):
    """What was asked for cannot be done: exit status 2."""

    exit_code = 2

    def __init__(self, message: Text, language: Language | None = None) -> None:
        self.language = language or language_of(None)
        super().__init__(message.in_language(self.language))

    def show(self, file: IO[Any] | None = None) -> None:
        word = Text("fel", "error").in_language(self.language)
        click.echo(f"{word}: {self.format_message()}", file=file, err=file is None)


def settings() -> Settings:
    context = click.get_current_context(silent=True)
    found = context.find_object(Settings) if context is not None else None
    return found if found is not None else Settings(language=None)


def language_of(documents: Mapping[str, Document] | None) -> Language:
    """The language of messages: as asked for, else what designtool.yaml says, else Swedish."""
    workspace = documents.get("designtool.yaml") if documents else None
    stated = workspace.data.get("language") if workspace is not None and isinstance(workspace.data, dict) else None
    return settings().in_workspace(stated)


def workspace_of(path: Path) -> Path:
    """The workspace that a path lies in; leaves with status 2 where there is none."""
    from designtool.source import find_workspace

    if not path.exists():
        near = _program_near(path)
        raise Usage(
            Text(
                f"{path} finns inte." + (f" Menade du {near}?" if near else ""),
                f"{path} does not exist." + (f" Did you mean {near}?" if near else ""),
            )
        )
    root = find_workspace(path.absolute())
    if root is None:
        raise Usage(
            Text(
                f"ingen designtool.yaml i {path.absolute()} eller mapparna ovanför. "
                "Skapa en arbetsyta med: designtool new workspace",
                f"no designtool.yaml in {path.absolute()} or the folders above. "
                "Make a workspace with: designtool new workspace",
            )
        )
    return root


def _program_near(path: Path) -> str | None:
    """The program's folder that was meant: named by its id alone, or misspelt."""
    from designtool.source import find_workspace
    from designtool.source.tree import programs_folder
    from designtool.source.workspace import WORKSPACE_FILE

    root = find_workspace(Path())
    if root is None:
        return None
    programs = root / programs_folder((root / WORKSPACE_FILE).read_bytes())
    near = nearest(path.name, [found.parent.name for found in programs.glob("*/program.yaml")])
    return os.path.relpath(programs / near) if near else None


def selected_programs(paths: Sequence[Path]) -> tuple[Path, tuple[str, ...] | None]:
    """The workspace of these paths, and the program folders that they name (None: all of it).

    A path is the workspace, its folder of programs, a program's folder, or anything inside one. Without a path it is the workspace
    around the folder where the command runs.
    """
    from designtool.load.kinds import LIBRARY
    from designtool.source.tree import programs_folder
    from designtool.source.workspace import WORKSPACE_FILE

    if not paths:
        return workspace_of(Path()), None
    roots = {workspace_of(path) for path in paths}
    if len(roots) > 1:
        raise Usage(Text("sökvägarna ligger i olika arbetsytor", "the paths lie in different workspaces"))
    root = roots.pop()
    programs = programs_folder((root / WORKSPACE_FILE).read_bytes())
    folder = (root / programs).resolve()
    names: list[str] = []
    for path in paths:
        place = path.absolute().resolve()
        if place == folder or place in folder.parents or place == (root / WORKSPACE_FILE).resolve():
            return root, None
        inside = place.relative_to(folder).parts if folder in place.parents else ()
        if not inside or not (folder / inside[0]).is_dir():
            raise Usage(
                Text(
                    f"{path} hör inte till något program: de ligger i {programs}/",
                    f"{path} is no part of a program: those lie in {programs}/",
                )
            )
        if inside[0] != LIBRARY:
            names.append(inside[0])
    return root, tuple(dict.fromkeys(names))


def today() -> date:
    return date.today()


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_report(
    diagnostics: Sequence[Diagnostic],
    line_of: Callable[[str, int], str | None],
    language: Language,
    *,
    err: bool = False,
) -> None:
    click.echo(text_report(diagnostics, line_of, language, colour_wanted(err)), nl=False, err=err, color=True)


def line_reader(tree: Tree) -> Any:
    """`line_of(path, line)` over the bytes that were read, so that an excerpt always matches its finding."""
    texts: dict[str, list[str]] = {}

    def line_of(path: str, line: int) -> str | None:
        if path not in texts:
            file = tree.files.get(path)
            data = file.data if file is not None else None
            texts[path] = (
                data.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n") if data is not None else []
            )
        lines = texts[path]
        return lines[line - 1].removesuffix("\r") if 0 < line <= len(lines) else None

    return line_of


def leave(diagnostics: Sequence[Diagnostic], strict: bool = False) -> None:
    """Exit status 1 when there are errors (with `strict`: anything at all)."""
    if has_errors(list(diagnostics)) or (strict and diagnostics):
        click.get_current_context().exit(1)
