"""Finding the questionnaire that a command was given: a file, or an id in the workspace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from designtool.cli.output import Usage, language_of, line_reader, print_report, today
from designtool.diagnostics import Language, Severity, Text, nearest

if TYPE_CHECKING:
    from designtool.model.questionnaire import Questionnaire
    from designtool.pipeline import Compiled


def named_questionnaire(name: str) -> tuple[Questionnaire, Language]:
    """The questionnaire, if it is there and without errors: what is made of a faulty instrument would mislead."""
    from designtool.workspace import find_questionnaire

    search = find_questionnaire(name, Path(), today())
    if search is None:
        if Path(name).suffix in (".yaml", ".yml"):
            raise Usage(Text(f"filen {name} finns inte", f"there is no file {name}"))
        raise Usage(
            Text(
                f"här är ingen arbetsyta att söka formuläret {name} i: ange dess fil",
                f"there is no workspace here to look for the questionnaire {name} in: name its file",
            )
        )
    found, compiled = search.questionnaire, search.compiled
    language = language_of(compiled.documents)
    errors = [
        replace(one, span=replace(one.span, path=name))
        for one in compiled.diagnostics
        if one.span.path == search.path and one.severity is Severity.ERROR
    ]
    if errors:
        line_of = line_reader(compiled.tree)
        print_report(errors, lambda _, line: line_of(search.path, line), language, err=True)
        raise Usage(Text(f"formuläret {name} har fel", f"the questionnaire {name} has errors"), language)
    if found is None:
        near = nearest(name, _names(compiled))
        sv, en = (f'. Menade du "{near}"?', f'. Did you mean "{near}"?') if near else ("", "")
        raise Usage(Text(f"formuläret {name} finns inte{sv}", f"there is no questionnaire {name}{en}"), language)
    return found, language


def _names(compiled: Compiled) -> list[str]:
    own = [one.id for built in compiled.programs if built.program for one in built.program.questionnaires]
    return [*compiled.library.questionnaires, *own]
