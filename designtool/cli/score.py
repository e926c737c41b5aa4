"""designtool score: what an instrument makes of given answers, so that anyone can hold it against another source."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from designtool.cli.output import FORMAT, Usage, language_of, line_reader, print_json, print_report, today
from designtool.diagnostics import Language, Severity, Text, nearest

if TYPE_CHECKING:
    from designtool.model.questionnaire import Questionnaire
    from designtool.pipeline import Compiled
    from designtool.treatment.scoring import Refusal, Scored

_DECIMALS = 4
_STATUS = {
    "complete": Text("komplett", "complete"),
    "prorated": Text("beräknad trots saknade svar", "worked out although answers are missing"),
    "insufficient": Text("för få svar", "too few answers"),
}
_LEVEL = {"green": Text("grön", "green"), "yellow": Text("gul", "yellow"), "red": Text("röd", "red")}


class _Repeated(NamedTuple):
    """The answers of one person, and what was answered twice in the file."""

    answers: dict[str, Any]
    repeated: tuple[tuple[str, Any], ...]


@click.command("score")
@click.argument("questionnaire")
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Svaren: ett JSON-objekt från fråga till värde, eller en CSV-fil med frågorna som rubrikrad.",
)
@FORMAT
def command(questionnaire: str, answers_file: Path, output_format: str) -> None:
    """Räkna ut ett formulärs poäng för givna svar. QUESTIONNAIRE är en fil eller ett id i arbetsytan."""
    form, language = _questionnaire(questionnaire)
    is_table = answers_file.suffix.lower() == ".csv"
    people = _table(answers_file) if is_table else iter([_object(answers_file)])
    refused = False
    for person in people:
        result = _scored(form, person)
        refused = refused or bool(result.refusals)
        if output_format == "text":
            click.echo("\n".join(_lines(form, result, language)))
        elif is_table:
            click.echo(json.dumps(_json(form, result, language), ensure_ascii=False))
        else:
            print_json(_json(form, result, language))
    if refused:
        click.get_current_context().exit(1)


def _questionnaire(name: str) -> tuple[Questionnaire, Language]:
    """The questionnaire, if it is there and without errors: a score of a faulty instrument would mislead."""
    from designtool.workspace import find_questionnaire

    found, compiled = find_questionnaire(name, Path(), today())
    if compiled is None:
        raise Usage(Text(f"{name} ligger inte i en arbetsyta", f"{name} lies in no workspace"))
    language = language_of(compiled.documents)
    if found is None:
        path = Path(name).name
        own = [one for one in compiled.diagnostics if one.span.path.rsplit("/", 1)[-1] == path]
        if own:
            print_report(own, line_reader(compiled.tree), language, err=True)
        near = nearest(name, _names(compiled))
        sv, en = (f'. Menade du "{near}"?', f'. Did you mean "{near}"?') if near else ("", "")
        raise Usage(Text(f"formuläret {name} finns inte{sv}", f"there is no questionnaire {name}{en}"), language)
    own = [one for one in compiled.diagnostics if one.span.path == found.origin.path and one.severity is Severity.ERROR]
    if own:
        print_report(own, line_reader(compiled.tree), language, err=True)
        raise Usage(Text(f"formuläret {name} har fel", f"the questionnaire {name} has errors"), language)
    return found, language


def _names(compiled: Compiled) -> list[str]:
    own = [one.id for built in compiled.programs if built.program for one in built.program.questionnaires]
    return [*compiled.library.questionnaires, *own]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise Usage(Text(f"{path} kan inte läsas", f"{path} cannot be read")) from problem
    except UnicodeDecodeError as problem:
        raise Usage(Text(f"{path} är inte UTF-8", f"{path} is not UTF-8")) from problem


def _object(path: Path) -> _Repeated:
    repeated: list[tuple[str, Any]] = []

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                repeated.append((key, value))
            found[key] = value
        return found

    try:
        answers = json.loads(_text(path), object_pairs_hook=without_repeats)
    except (ValueError, RecursionError) as problem:
        raise Usage(Text(f"{path} är inte JSON: {problem}", f"{path} is not JSON: {problem}")) from problem
    if not isinstance(answers, dict):
        raise Usage(
            Text(f"{path} ska vara ett objekt från fråga till värde", f"{path} must be an object of item to value")
        )
    return _Repeated(answers, tuple(repeated))


def _table(path: Path) -> Iterator[_Repeated]:
    """One person a row. Numbers stand as text in a table; an empty cell is no answer. Excel in Swedish writes semicolons."""
    from designtool.expressions.values import number_from_text

    text = _text(path)
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if not any(header):
            raise Usage(Text(f"{path} har ingen rubrikrad", f"{path} has no header"))
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(header):
                line = rows.line_num
                raise Usage(
                    Text(
                        f"{path}, rad {line}: fler celler än rubriker", f"{path}, line {line}: more cells than headings"
                    )
                )
            answers: dict[str, Any] = {}
            repeated: list[tuple[str, Any]] = []
            for item, cell in zip(header, row, strict=False):
                number = number_from_text(cell)
                if item in answers:
                    repeated.append((item, cell))
                answers[item] = number if number is not None else cell.strip() or None
            yield _Repeated(answers, tuple(repeated))
    except csv.Error as problem:
        raise Usage(Text(f"{path} är inte CSV: {problem}", f"{path} is not CSV: {problem}")) from problem


def _scored(form: Questionnaire, person: _Repeated) -> Scored:
    from designtool.treatment.scoring import Refusal, Scored, score

    if person.repeated:
        return Scored(
            refusals=tuple(
                Refusal(
                    item, value, Text(f"{item}: Frågan är besvarad två gånger.", f"{item}: The item is answered twice.")
                )
                for item, value in person.repeated
            )
        )
    return score(form, person.answers)


def _json(form: Questionnaire, result: Scored, language: Language) -> dict[str, Any]:
    from designtool.treatment.scoring import is_clinical

    rules = {rule.id: rule for rule in form.scores}
    found: dict[str, Any] = {
        "questionnaire": form.id,
        "scores": {
            one.id: {
                "value": _number(one.value),
                "exact": None if one.value is None else _exact(one.value),
                "status": one.status,
                "band": one.band,
                "clinical": is_clinical(rules[one.id], one.value),
            }
            for one in result.scores
        },
        "flags": [
            {
                "id": flag.id,
                "level": flag.level,
                "message": flag.message.in_language(language),
                "about": list(flag.about),
                "to": flag.to,
                "escalate_after_hours": flag.escalate_after_hours,
                "patient_page": flag.patient_page,
            }
            for flag in result.flags
        ],
    }
    if result.refusals:
        found["refusals"] = [_refusal(refusal, language) for refusal in result.refusals]
    return found


def _refusal(refusal: Refusal, language: Language) -> Mapping[str, Any]:
    value = refusal.value
    plain = value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))
    shown = value if plain else _number(value) if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False)
    return {"item": refusal.item, "value": shown, "message": refusal.message.in_language(language)}


def _lines(form: Questionnaire, result: Scored, language: Language) -> Iterator[str]:
    yield form.title
    for refusal in result.refusals:
        word = Text("Vägrat svar", "Refused answer").in_language(language)
        yield f"  {word}: {refusal.message.in_language(language)}"
    labels = {score.id: score.label or score.id for score in form.scores}
    for one in result.scores:
        value = "–" if one.value is None else str(_number(one.value))
        band = f", {one.band}" if one.band else ""
        shown = value if language == "en" else value.replace(".", ",")
        yield f"  {labels[one.id]}: {shown} ({_STATUS[one.status].in_language(language)}){band}"
    for flag in result.flags:
        word = Text("Flagga", "Flag").in_language(language)
        yield f"  {word} ({_LEVEL[flag.level].in_language(language)}): {flag.message.in_language(language)}"


def _number(value: Fraction | None) -> int | float | None:
    from designtool.expressions.types import rounded

    if value is None:
        return None
    short = rounded(value, _DECIMALS)
    return short.numerator if short.denominator == 1 else float(short)


def _exact(value: Fraction) -> str:
    from designtool.expressions import number_text

    return number_text(value)
