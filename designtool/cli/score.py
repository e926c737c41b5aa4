"""designtool score: what an instrument makes of given answers, so that anyone can hold it against another source."""

from __future__ import annotations

import json
import math
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from designtool.cli.answer_table import ID, AnswerTable, EmptyRow, Row, WrongRow, printable
from designtool.cli.named_questionnaire import named_questionnaire
from designtool.cli.output import FORMAT, Usage
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.model.questionnaire import Item, Questionnaire
    from designtool.treatment.scoring import Refusal, Scored

_DECIMALS = 4
_STATUS = {
    "complete": Text("komplett", "complete"),
    "prorated": Text("beräknad trots saknade svar", "worked out although answers are missing"),
    "insufficient": Text("för få svar", "too few answers"),
}
_LEVEL = {"green": Text("grön", "green"), "yellow": Text("gul", "yellow"), "red": Text("röd", "red")}
_STDIN = Path("-")
_LARGEST_OBJECT = 1024 * 1024
"""Bytes of an answers file in JSON."""
_LONGEST_INTEGER = 100
_MOST_KNOWN = 20_000
"""Signatures whose output is kept: so much memory, however long the table."""
_LONGEST_MESSAGE = 1_000
_MOST_CELLS = 1_000
_LINES_AT_ONCE = 500
_MOST_SPANS = 20
"""Of empty rows that are named by their lines."""


class _Repeated(NamedTuple):
    """The answers of one person, and what was answered twice in the file."""

    answers: dict[str, Any]
    repeated: tuple[tuple[str, Any], ...]


class _Worked(NamedTuple):
    """What came of one person's answers."""

    scored: Scored
    unasked: tuple[str, ...] = ()
    """Items that were answered though the other answers mean that they are not asked. They count for nothing."""


@click.command("score")
@click.argument("questionnaire")
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Svaren: ett JSON-objekt från fråga till värde, eller en CSV-fil med frågorna som rubriker och en person per rad. "
    "En första kolumn med rubriken id följer med till resultatet. Med - läses svaren från standard in.",
)
@FORMAT
def command(questionnaire: str, answers_file: Path, output_format: str) -> None:
    """Räkna ut ett formulärs poäng för givna svar. QUESTIONNAIRE är en fil eller ett id i arbetsytan."""
    form, language = named_questionnaire(questionnaire)
    name = Text("standard in", "standard input").in_language(language) if answers_file == _STDIN else str(answers_file)
    with ExitStack() as stack:
        stream = _opened(answers_file, name, stack)
        try:
            if _is_table(answers_file, stream):
                refused = _score_table(form, AnswerTable(name, stream, _ids(form)), output_format, language)
            else:
                refused = _score_object(form, _object(name, stream), output_format, language)
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise _unreadable(name) from problem
    if refused:
        click.get_current_context().exit(1)


def _ids(form: Questionnaire) -> tuple[str, ...]:
    return tuple(item.id for item in form.items)


def _opened(path: Path, name: str, stack: ExitStack) -> BufferedReader:
    if path == _STDIN:
        return BufferedReader(sys.stdin.buffer)  # type: ignore[arg-type]
    try:
        return stack.enter_context(path.open("rb"))
    except OSError as problem:
        raise _unreadable(name) from problem


def _unreadable(name: str) -> Usage:
    return Usage(Text(f"{name} kan inte läsas", f"{name} cannot be read"))


def _is_table(path: Path, stream: BufferedReader) -> bool:
    """By its name; what has no such name is JSON when it begins as an object or a list does."""
    suffix = path.suffix.lower()
    if suffix in (".csv", ".json"):
        return suffix == ".csv"
    return not stream.peek(64).removeprefix(BOM_UTF8).lstrip().startswith((b"{", b"["))


def _object(name: str, stream: BufferedReader) -> _Repeated:
    repeated: list[tuple[str, Any]] = []

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                repeated.append((key, value))
            found[key] = value
        return found

    data = stream.read(_LARGEST_OBJECT + 1)
    if len(data) > _LARGEST_OBJECT:
        raise Usage(
            Text(
                f"{name} är större än en megabyte: svaren är en persons",
                f"{name} is larger than a megabyte: one person's answers",
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Usage(Text(f"{name} är inte UTF-8", f"{name} is not UTF-8")) from problem
    try:
        answers = json.loads(text, object_pairs_hook=without_repeats, parse_int=_integer, parse_float=_decimal)
    except RecursionError as problem:
        raise Usage(
            Text(f"{name} har för många nivåer i varandra", f"{name} has too many levels within each other")
        ) from problem
    except ValueError as problem:
        raise Usage(Text(f"{name} är inte JSON: {problem}", f"{name} is not JSON: {problem}")) from problem
    if not isinstance(answers, dict):
        raise Usage(
            Text(f"{name} ska vara ett objekt från fråga till värde", f"{name} must be an object of item to value")
        )
    return _Repeated(answers, tuple(repeated))


def _integer(digits: str) -> int | str:
    """What is too long to be an answer stays as it was written, to be refused by name like any text."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits


def _decimal(digits: str) -> float | str:
    """What the nearest float would turn into an answer that nobody gave, such as 1e-400, stays as it was written too."""
    if len(digits) > _LONGEST_INTEGER:
        return digits
    number = float(digits)
    if not number.is_integer():
        return number
    try:
        is_written = Decimal(digits) == number
    except InvalidOperation:
        # An exponent beyond what any decimal can have.
        is_written = False
    return number if is_written else digits


def _score_object(form: Questionnaire, person: _Repeated, output_format: str, language: Language) -> bool:
    result = _worked(form, person)
    if output_format == "text":
        click.echo("\n".join([form.title, *_lines(form, result, language)]))
    else:
        click.echo(_json_text(_json(form, result, language), indent=2))
    return bool(result.scored.refusals)


def _score_table(form: Questionnaire, table: AnswerTable, output_format: str, language: Language) -> bool:
    """A line (in text: a paragraph) for every row of the table, as it comes. True when any was refused, or may have been a person
    and was left out."""
    scorer = _TableScorer(form, table.headings, output_format == "text", language)
    first_refused, refused, count = 0, 0, 0
    waiting: list[str] = []
    empty = _EmptyRows()
    for row in table.rows():
        if isinstance(row, EmptyRow):
            empty.add(row.line)
            continue
        empty.end()
        count += 1
        shown, accepted = scorer.shown(row)
        waiting.append(shown)
        if not accepted:
            refused += 1
            first_refused = first_refused or row.line
        if len(waiting) == _LINES_AT_ONCE:
            click.echo("\n".join(waiting))
            waiting.clear()
    if waiting:
        click.echo("\n".join(waiting))
    if refused:
        sv = f"{refused} av {count} rader i {table.name} vägrades, den första på rad {first_refused}"
        en = f"{refused} of {count} rows of {table.name} were refused, the first on line {first_refused}"
        click.echo(f"{Text('fel', 'error').in_language(language)}: {Text(sv, en).in_language(language)}", err=True)
    if empty.count:
        word = Text("fel", "error") if empty.are_between else Text("varning", "warning")
        click.echo(f"{word.in_language(language)}: {empty.told(table.name).in_language(language)}", err=True)
    return refused > 0 or empty.are_between


class _EmptyRows:
    """Which rows had nothing in them. Those after the last person are what spreadsheets leave; one between two people may be
    somebody who skipped all, whose flags are then missing."""

    def __init__(self) -> None:
        self.count = 0
        self.are_between = False
        self.spans: list[tuple[int, int]] = []
        """First and last line of each that is shown, and one more where there are others."""

    def add(self, line: int) -> None:
        self.count += 1
        if self.spans and self.spans[-1][1] == line - 1:
            self.spans[-1] = (self.spans[-1][0], line)
        elif len(self.spans) <= _MOST_SPANS:
            self.spans.append((line, line))

    def end(self) -> None:
        """A row with something in it."""
        self.are_between = self.are_between or self.count > 0

    def told(self, name: str) -> Text:
        shown = ", ".join(f"{one}" if one == other else f"{one}–{other}" for one, other in self.spans[:_MOST_SPANS])
        shown += " …" if len(self.spans) > _MOST_SPANS else ""
        return Text(
            f"{self.count} {'helt tom rad' if self.count == 1 else 'helt tomma rader'} i {name} räknades inte: rad {shown}. "
            f"Om någon av dem är en person som hoppade över allt: skriv vem det är i en första kolumn med rubriken {ID}.",
            f"{self.count} wholly empty {'row' if self.count == 1 else 'rows'} of {name} did not count: line {shown}. "
            f"If one of them is a person who skipped all: say who it is in a first column with the heading {ID}.",
        )


class _TableScorer:
    """Shows what comes of each row. Rows whose scores and flags must be the same are worked out once."""

    def __init__(self, form: Questionnaire, headings: Sequence[str], as_text: bool, language: Language) -> None:
        from designtool.treatment.signature import UNANSWERED, signatures_of

        places = {item.id: place for place, item in enumerate(form.items)}
        self.form, self.headings, self.as_text, self.language = form, headings, as_text, language
        self.signatures = signatures_of(form)
        self.columns = [(places[heading], _Codes(form.items[places[heading]])) for heading in headings]
        self.nothing = [UNANSWERED] * len(form.items)
        self.known: dict[int, str] = {}

    def shown(self, row: Row | WrongRow) -> tuple[str, bool]:
        """What is printed, and whether the row was accepted."""
        if isinstance(row, WrongRow):
            from designtool.treatment.scoring import Refusal, Scored

            return self._placed(
                row.line,
                None,
                self._body(_Worked(Scored(refusals=(Refusal(row.item, row.value, row.message),))), row.line),
            ), False
        codes = self.nothing.copy()
        for (place, known), cell in zip(self.columns, row.cells, strict=True):
            code = known[cell]
            if code is None:
                break
            codes[place] = code
        else:
            if self.signatures is not None:
                signature = self.signatures.of(codes)
                body = self.known.get(signature)
                if body is None:
                    if len(self.known) >= _MOST_KNOWN:
                        self.known.clear()
                    body = self.known[signature] = self._body(self._worked_out(row), row.line)
                return self._placed(row.line, row.id, body), True
        result = self._worked_out(row)
        return self._placed(row.line, row.id, self._body(result, row.line)), not result.scored.refusals

    def _worked_out(self, row: Row) -> _Worked:
        answers = {item: _cell(cell) for item, cell in zip(self.headings, row.cells, strict=True)}
        return _worked(self.form, _Repeated(answers, ()))

    def _body(self, result: _Worked, line: int) -> str:
        """Without the line and the id, which alone tell two rows with one signature apart. What is refused names its line."""
        refusals = tuple(
            replace(one, message=Text(f"rad {line}, {one.message.sv}", f"line {line}, {one.message.en}"))
            for one in result.scored.refusals
        )
        result = result._replace(scored=replace(result.scored, refusals=refusals))
        if self.as_text:
            return "\n".join(_lines(self.form, result, self.language))
        return _json_text(_json(self.form, result, self.language)).removeprefix("{")

    def _placed(self, line: int, id: str | None, body: str) -> str:
        if self.as_text:
            place = Text(f"rad {line}", f"line {line}").in_language(self.language)
            return f"{self.form.title}, {place}{'' if id is None else f' ({printable(id)})'}\n{body}"
        who = "" if id is None else f'"{ID}": {_json_text(id)}, '
        return f'{{"line": {line}, {who}{body}'


class _Codes(dict[str, int | None]):
    """What a column's cells stand for, each worked out when it is first met; None for what the item cannot have."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item

    def __missing__(self, cell: str) -> int | None:
        from designtool.treatment.scoring import DECLINED
        from designtool.treatment.signature import DECLINED_CODE, UNANSWERED

        answer = _cell(cell)
        values: list[Any] = [option.value for option in self.item.options]
        code: int | None
        if answer is None:
            code = UNANSWERED
        elif isinstance(answer, str):
            code = DECLINED_CODE if answer == DECLINED and self.item.risk else None
        else:
            code = values.index(answer) if answer in values else None
        if len(self) < _MOST_CELLS:
            self[cell] = code
        return code


def _cell(cell: str) -> Fraction | str | None:
    """Numbers stand as text in a table; an empty cell is no answer."""
    from designtool.expressions.values import number_from_text

    number = number_from_text(cell)
    return number if number is not None else cell.strip() or None


def _worked(form: Questionnaire, person: _Repeated) -> _Worked:
    from designtool.treatment.scoring import Refusal, Scored, score

    if person.repeated:
        twice = [
            (item, value, Text(f"{item}: Frågan är besvarad två gånger.", f"{item}: The item is answered twice."))
            for item, value in person.repeated
        ]
        return _Worked(Scored(refusals=tuple(Refusal(*one) for one in twice)))
    found = score(form, person.answers)
    given = {item for item, answer in person.answers.items() if answer is not None}
    return _Worked(found, tuple(id for id in _ids(form) if id in found.hidden & given))


def _json_text(value: Any, indent: int | None = None) -> str:
    """Half a character, as JSON can hold but no output can carry, is written as its escape: the same JSON."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode(errors="backslashreplace").decode()


def _json(form: Questionnaire, result: _Worked, language: Language) -> dict[str, Any]:
    from designtool.treatment.scoring import is_clinical

    scored = result.scored
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
            for one in scored.scores
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
            for flag in scored.flags
        ],
    }
    if result.unasked:
        found["not_asked"] = list(result.unasked)
    if scored.refusals:
        found["refusals"] = [_refusal(refusal, language) for refusal in scored.refusals]
    return found


def _refusal(refusal: Refusal, language: Language) -> Mapping[str, Any]:
    value = refusal.value
    plain = value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))
    shown = value if plain else _number(value) if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False)
    return {"item": refusal.item, "value": shown, "message": refusal.message.in_language(language)}


def _lines(form: Questionnaire, result: _Worked, language: Language) -> Iterator[str]:
    for refusal in result.scored.refusals:
        word = Text("Vägrat svar", "Refused answer").in_language(language)
        yield f"  {word}: {printable(refusal.message.in_language(language), _LONGEST_MESSAGE)}"
    labels = {score.id: score.label or score.id for score in form.scores}
    for one in result.scored.scores:
        value = "–" if one.value is None else str(_number(one.value))
        band = f", {one.band}" if one.band else ""
        shown = value if language == "en" else value.replace(".", ",")
        yield f"  {labels[one.id]}: {shown} ({_STATUS[one.status].in_language(language)}){band}"
    for flag in result.scored.flags:
        word = Text("Flagga", "Flag").in_language(language)
        yield f"  {word} ({_LEVEL[flag.level].in_language(language)}): {flag.message.in_language(language)}"
    if result.unasked:
        names = ", ".join(result.unasked)
        yield "  " + Text(
            f"Räknas inte, eftersom de andra svaren gör att frågan inte ställs: {names}",
            f"Not counted, since the other answers mean that the item is not asked: {names}",
        ).in_language(language)


def _number(value: Fraction | None) -> int | float | None:
    from designtool.expressions.types import rounded

    if value is None:
        return None
    short = rounded(value, _DECIMALS)
    return short.numerator if short.denominator == 1 else float(short)


def _exact(value: Fraction) -> str:
    from designtool.expressions import number_text

    return number_text(value)
