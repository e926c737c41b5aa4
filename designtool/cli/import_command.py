"""designtool import: a questionnaire from another system as a file of ours."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, language_of, print_json, print_report, workspace_of
from designtool.cli.written import FORCE, check_targets, write_text
from designtool.diagnostics import Language, Text, diagnostic_json, has_errors

if TYPE_CHECKING:
    from designtool.exchange import ImportedQuestionnaire


@click.group("import", cls=Commands)
def command() -> None:
    """Läs in ett formulär från ett annat system."""


@command.command("fhir")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Fil för formuläret. Utan den: arbetsytans bibliotek, med namn efter formuläret.",
)
@click.option("--loss", type=click.Path(path_type=Path), help="Fil för det som formatet inte har plats för, som JSON.")
@FORCE
@FORMAT
def fhir(file: Path, output: Path | None, loss: Path | None, force: bool, output_format: str) -> None:
    """Läs in ett FHIR Questionnaire, R4 eller R5. Det som en människa behöver avgöra står som kommentarer i filen."""
    from designtool.exchange import import_questionnaire, loss_report

    data = _bytes(file)
    language = _language()
    imported = import_questionnaire(str(file), data, language)
    path = None
    if imported.text is not None:
        path = output if output is not None else _place_in_library(imported.id)
        check_targets([path, loss], force)
        write_text(path, imported.text)
        if loss is not None:
            report = loss_report(imported.losses, "import", imported.id, imported.release, language)
            write_text(loss, json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    _tell(imported, path, data, language, output_format)
    if has_errors(imported.diagnostics):
        click.get_current_context().exit(1)


def _tell(
    imported: ImportedQuestionnaire, path: Path | None, data: bytes, language: Language, output_format: str
) -> None:
    if output_format == "json":
        print_json(
            {
                "diagnostics": [diagnostic_json(found, language) for found in imported.diagnostics],
                "path": None if path is None else str(path),
            }
        )
        return
    if imported.diagnostics:
        print_report(imported.diagnostics, _line_reader(data), language, err=True)
    if path is not None:
        click.echo(Text(f"Skrev {path}", f"Wrote {path}").in_language(language))


def _bytes(path: Path) -> bytes:
    """The file, or so much of it as tells that it is too large. A pipe or a device might never end and is not opened."""
    from designtool.exchange.json_places import LARGEST

    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise Usage(Text(f"{path} är ingen fil", f"{path} is no file"))
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except FileNotFoundError as problem:
        raise Usage(Text(f"{path} finns inte", f"{path} does not exist")) from problem
    except (OSError, ValueError) as problem:
        raise Usage(Text(f"{path} går inte att läsa", f"{path} cannot be read")) from problem


def _language() -> Language:
    """That of the workspace around the folder where the command runs, if there is one."""
    from designtool.cli.output import settings
    from designtool.source import find_workspace
    from designtool.workspace import workspace_facts

    root = find_workspace(Path().absolute())
    return language_of(None) if root is None else settings().in_workspace(workspace_facts(root).language)


def _place_in_library(id: str) -> Path:
    from designtool.workspace import workspace_facts

    root = workspace_of(Path())
    return root / workspace_facts(root).programs_folder / "library" / "questionnaires" / f"{id}.yaml"


def _line_reader(data: bytes) -> Callable[[str, int], str | None]:
    lines = data.decode("utf-8-sig", errors="replace").split("\n")
    return lambda _, line: lines[line - 1].removesuffix("\r") if 0 < line <= len(lines) else None
