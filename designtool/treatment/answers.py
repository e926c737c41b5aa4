"""What may be typed into a field, and what it then means.

`read_answer` takes what a form sent (JSON, or the text of an input) to canonical JSON, or says in words what is wrong.
`typed_answer` takes canonical JSON to the value that expressions see.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from designtool.diagnostics import Text
from designtool.expressions.expression import Ranked, TimeOfDay, Type, TypeKind, Value
from designtool.expressions.values import clock_time, from_json, to_json
from designtool.model.exercise import Field, FieldType, Option, Row
from designtool.model.questionnaire import Item
from designtool.treatment.json_values import frozen_json
from designtool.treatment.scoring import DECLINED

LONGEST_TEXT = 10_000
MOST_ROWS = 200
ROW = "row"
"""In a row of a table or a plan: which one it is. A row keeps this name for as long as the treatment lasts, also when it is
copied into another form, so that what is answered about it elsewhere follows it."""
ROW_LABEL = "row-label"
"""In a row that comes from an earlier answer: the words that it stood under when it was answered."""
LONGEST_ROW_NAME = 100

_WHOLE_NUMBER = re.compile(r"[-−]?[0-9]{1,9}")
_CLOCK_WORD = re.compile(r"^(?:klockan|kl\.?)\s*", re.IGNORECASE)
_BETWEEN_HOURS_AND_MINUTES = re.compile(r"([0-9])[, ]([0-9]{2})$")
_MIDNIGHT = re.compile(r"24(?:[:.]?00)?")
_HOURS_AND_MINUTES = re.compile(
    r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*(?:h|t|tim|timme|timmar|hour|hours)\.?"
    r"(?:\s*(?:och|and)?\s*([0-9]{1,3})\s*(?:m|min|minut|minuter|minutes?)?\.?)?",
    re.IGNORECASE,
)
_ONLY_MINUTES = re.compile(r"([-−]?[0-9]{1,9})\s*(?:m|min|minut|minuter|minutes?)\.?", re.IGNORECASE)
_ON_A_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_DECIMAL = re.compile(r"[-−]?[0-9]{1,9}([.,][0-9]{1,6})?")
_RATIO = re.compile(r"-?[0-9]{1,12}/[1-9][0-9]{0,11}")
_DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_YES = frozenset({"true", "yes", "ja", "on"})
_NO = frozenset({"false", "no", "nej"})


class Read(NamedTuple):
    """An answer in canonical JSON (None: nothing was answered), or what is wrong with it."""

    value: Any
    problem: Text | None = None


def _plan_column(
    id: str, type: FieldType, label: str, low: int | None = None, high: int | None = None, required: bool = False
) -> Field:
    return Field(
        id,
        type,
        label,
        required=required,
        min=None if low is None else Fraction(low),
        max=None if high is None else Fraction(high),
        options=(Option("yes", "Ja"), Option("partly", "Delvis"), Option("no", "Nej")) if type == "choice" else (),
    )


PLAN_COLUMNS: tuple[Field, ...] = (
    _plan_column("activity", "text", "Aktivitet", required=True),
    _plan_column("day", "date", "Dag"),
    _plan_column("time", "time", "Tid"),
    _plan_column("duration", "minutes", "Hur länge", 0, 1440),
    _plan_column("difficulty", "scale", "Svårighet", 0, 10),
    _plan_column("pleasure_expected", "scale", "Väntad glädje", 0, 10),
    _plan_column("mastery_expected", "scale", "Väntad behållning", 0, 10),
    _plan_column("hindrance", "text", "Vad kan hindra"),
    _plan_column("if_then", "text", "Om det händer, då gör jag så här"),
    _plan_column("done", "choice", "Blev det av"),
    _plan_column("pleasure", "scale", "Glädje", 0, 10),
    _plan_column("mastery", "scale", "Behållning", 0, 10),
    _plan_column("hindered", "text", "Vad hindrade"),
)
"""The parts of an entry of a plan."""
OUTCOME = frozenset({"done", "pleasure", "mastery", "hindered"})
"""Those that say afterwards what became of it."""


class RowName(str):
    """The name of a row, and the words that it stood under when it was answered."""

    label: str

    def __new__(cls, name: str, label: str) -> RowName:
        made = super().__new__(cls, name)
        made.label = label
        return made


def columns_of(field: Field) -> tuple[Field, ...]:
    """What a row of the field's answer holds; nothing for a field without rows."""
    return PLAN_COLUMNS if field.type == "plan-entry" else field.columns


def most_rows(field: Field) -> int:
    """A plan has one entry where the author says nothing else."""
    if field.type == "plan-entry":
        return min(field.max_rows or max(field.min_rows, 1), MOST_ROWS)
    return min(field.max_rows or MOST_ROWS, MOST_ROWS)


def read_answer(
    field: Field, raw: object, options: Sequence[Option] | None = None, rows: Sequence[Row] | None = None
) -> Read:
    """Read what was sent for a field. `options` and `rows` where they come from another exercise's answers."""
    if raw is None or raw == "":
        return Read(None)
    match field.type:
        case "text" | "long-text":
            return _read_text(raw, min(field.max_length or LONGEST_TEXT, LONGEST_TEXT))
        case "integer" | "scale" | "minutes" | "decimal":
            return _read_number(field, raw)
        case "choice":
            return _read_choice(raw, field.options if options is None else options)
        case "choices" | "ranking":
            return _read_choices(field.type, raw, field.options if options is None else options)
        case "yes-no":
            return _read_truth(raw)
        case "date":
            return _read_date(raw)
        case "time":
            return _read_time(raw)
        case "table":
            return _read_table(field, raw, field.rows if rows is None else rows)
        case "plan-entry":
            return _read_table(field, [raw] if isinstance(raw, Mapping) else raw, ())


def read_item_answer(item: Item, raw: object) -> Read:
    """Read what was sent for an item of a questionnaire: the number of an option, or `declined` for a risk item."""
    if raw is None or raw == "":
        return Read(None)
    if raw == DECLINED and item.risk:
        return Read(DECLINED)
    return _read_choice(raw, item.options)


def typed_answer(field: Field, answer: Any) -> Value:
    """The value that expressions see. `answer` is canonical JSON. Computed columns of tables are not in it."""
    if answer is None:
        return None
    match field.type:
        case "text" | "long-text" | "choice":
            return str(answer)
        case "integer" | "scale" | "minutes" | "decimal":
            return Fraction(answer)
        case "choices":
            return frozenset(str(value) for value in answer)
        case "ranking":
            return Ranked(str(value) for value in answer if value is not None)
        case "yes-no":
            return bool(answer)
        case "date":
            return date.fromisoformat(answer)
        case "time":
            hours, _, minutes = answer.partition(":")
            return TimeOfDay(int(hours) * 60 + int(minutes))
        case "table" | "plan-entry":
            # An entry of a plan was once stored without the list around it.
            rows = (answer,) if isinstance(answer, Mapping) else answer
            return tuple(_typed_row(columns_of(field), row) for row in rows)


def typed_item_answer(answer: Any) -> Value:
    """The number behind an item's answer; missing when it was declined or not given."""
    return None if answer is None or answer == DECLINED else Fraction(answer)


def without_empty_rows(answer: Any) -> Any:
    """A table as it is when it is finished: rows that nothing was written in are none."""
    if not isinstance(answer, tuple) or not any(isinstance(row, Mapping) and not row for row in answer):
        return answer
    return tuple(row for row in answer if row) or None


def answer_type(field: Field) -> Type:
    """What an answer to the field can be, as far as it can be told without the answers of other forms."""
    match field.type:
        case "yes-no":
            return Type("truth")
        case "choice":
            return Type("choice", options=tuple(str(option.value) for option in field.options))
        case "scale" if field.min is not None and field.max is not None:
            step = field.step or Fraction(1)
            count = int((field.max - field.min) / step) + 1
            values = tuple(field.min + step * index for index in range(count)) if count <= MOST_ROWS else ()
            return Type("number", values=values, low=field.min, high=field.max)
        case "integer" | "decimal" | "scale" | "minutes":
            return Type("number", low=field.min, high=field.max)
        case "date":
            return Type("date")
        case "time":
            return Type("time")
        case "choices" | "ranking":
            return Type("choices", options=tuple(str(option.value) for option in field.options))
        case "table" | "plan-entry":
            return Type("rows")
        case _:
            return Type("text")


def value_json(value: Value) -> Any:
    """A computed value as frozen JSON, to be stored."""
    return frozen_json(to_json(value))


def value_from_json(kind: TypeKind, stored: Any) -> Value:
    """The computed value of this type that `value_json` wrote."""
    return from_json(Type(kind), stored)


def _typed_row(columns: Sequence[Field], row: Mapping[str, Any]) -> Mapping[str, Value]:
    typed: dict[str, Value] = {column.id: typed_answer(column, row.get(column.id)) for column in columns}
    if ROW in row:
        typed[ROW] = RowName(row[ROW], row[ROW_LABEL]) if ROW_LABEL in row else str(row[ROW])
    return MappingProxyType(typed)


def _read_text(raw: object, longest: int) -> Read:
    if not isinstance(raw, str):
        return _wrong("Skriv ditt svar som text.", "Write your answer as text.")
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text):
        return _wrong("Texten innehåller tecken som inte går att spara.", "The text has signs that cannot be saved.")
    if len(text) > longest:
        over = len(text) - longest
        return _wrong(
            f"Texten är {over} tecken för lång. Den får vara högst {longest} tecken.",
            f"The text is {over} characters too long. At most {longest} fit.",
        )
    return Read(text if text.strip() else None)


def _read_number(field: Field, raw: object) -> Read:
    number = _minutes(raw) if field.type == "minutes" else _number(raw, whole=_is_whole(field))
    if number is None:
        if field.type == "decimal":
            return _wrong("Skriv ett tal, till exempel 7,5.", "Write a number, such as 7.5.")
        if field.type == "minutes":
            return _wrong(
                "Skriv tiden i minuter, till exempel 80, eller i timmar och minuter, till exempel 1:20.",
                "Write the time in minutes, such as 80, or in hours and minutes, such as 1:20.",
            )
        return _wrong("Skriv ett heltal med siffror, till exempel 3.", "Write a whole number in digits, such as 3.")
    low = field.min if field.min is not None or field.type != "minutes" else Fraction(0)
    if low is not None and number < low:
        return _wrong(f"Talet får vara lägst {_swedish(low)}.", f"The number may be {_english(low)} at least.")
    if field.max is not None and number > field.max:
        return _wrong(
            f"Talet får vara högst {_swedish(field.max)}.", f"The number may be {_english(field.max)} at most."
        )
    if field.step is not None and (number - (low or 0)) % field.step:
        return _wrong(
            f"Talet ska gå i steg om {_swedish(field.step)}.", f"The number goes in steps of {_english(field.step)}."
        )
    return Read(int(number) if number.denominator == 1 else _english(number))


def _is_whole(field: Field) -> bool:
    """A scale can go in halves."""
    return field.type == "integer" or (field.type == "scale" and (field.step is None or field.step.denominator == 1))


def _number(raw: object, whole: bool) -> Fraction | None:
    if isinstance(raw, bool):
        return None
    text = repr(raw) if isinstance(raw, int | float) and abs(raw) < 10**10 else raw
    if not isinstance(text, str):
        return None
    text = text.strip()
    if not whole and _RATIO.fullmatch(text):
        return Fraction(text)
    if not (_WHOLE_NUMBER if whole else _DECIMAL).fullmatch(text):
        return None
    return Fraction(text.replace("−", "-").replace(",", "."))


def _minutes(raw: object) -> Fraction | None:
    """Whole minutes as people write them: 80, 80 min, 1:20, 1 h 20, 1 tim 20 min, 1,5 tim."""
    if not isinstance(raw, str):
        return _number(raw, whole=True)
    text = raw.strip()
    if found := _ON_A_CLOCK.fullmatch(text):
        return Fraction(60 * int(found[1]) + int(found[2]))
    if found := _HOURS_AND_MINUTES.fullmatch(text):
        hours, part, rest = found[1], found[2] or "0", found[3]
        minutes = 60 * (int(hours) + Fraction(int(part), 10 ** len(part))) + int(rest or 0)
        # 1,25 tim 20 is two ways at once, and 1 h 90 no way at all.
        both = (found[2] and rest) or int(rest or 0) > 59
        return None if both or minutes.denominator != 1 else minutes
    only = _ONLY_MINUTES.fullmatch(text)
    return _number(only[1] if only else text, whole=True)


def _read_choice(raw: object, options: Sequence[Option]) -> Read:
    found = None if isinstance(raw, bool) else next((one for one in options if str(one.value) == str(raw)), None)
    if found is None:
        return _wrong("Välj ett av svaren som finns.", "Choose one of the answers that are there.")
    return Read(found.value)


def _read_choices(kind: str, raw: object, options: Sequence[Option]) -> Read:
    chosen = raw if isinstance(raw, list | tuple) else [raw]
    if len(chosen) > MOST_ROWS:
        return _wrong("Det är för många svar.", "There are too many answers.")
    values: list[int | str | None] = []
    for one in chosen:
        if kind == "ranking" and one in (None, ""):
            values.append(None)
            continue
        value, problem = _read_choice(one, options)
        if problem:
            return Read(None, problem)
        if value not in values:
            values.append(value)
        elif kind == "ranking":
            return _wrong("Varje sak kan bara ha en plats.", "Each thing can have one place only.")
    if kind == "choices":
        order: list[int | str | None] = [option.value for option in options]
        values.sort(key=order.index)
    # A place that is empty keeps the places after it where they are.
    while values and values[-1] is None:
        values.pop()
    return Read(tuple(values) or None)


def _read_truth(raw: object) -> Read:
    if isinstance(raw, bool):
        return Read(raw)
    if isinstance(raw, str) and raw.strip().lower() in _YES | _NO:
        return Read(raw.strip().lower() in _YES)
    return _wrong("Svara ja eller nej.", "Answer yes or no.")


def _read_date(raw: object) -> Read:
    text = raw.strip() if isinstance(raw, str) else ""
    if _DATE.fullmatch(text):
        try:
            return Read(date.fromisoformat(text).isoformat())
        except ValueError:
            pass
    return _wrong("Skriv ett datum som 2026-03-01.", "Write a date such as 2026-03-01.")


def _read_time(raw: object) -> Read:
    time = _clock(raw) if isinstance(raw, str) else None
    if time is not None:
        return Read(str(time))
    return _wrong(
        "Skriv klockslaget med timmar och minuter, till exempel 22.30 eller 2230.",
        "Write the time in hours and minutes, such as 22:30 or 2230.",
    )


def _clock(raw: str) -> TimeOfDay | None:
    """A clock time as people write it: 22.30, 2230, 22 30, 7, kl 7; midnight is 24 too."""
    text = _BETWEEN_HOURS_AND_MINUTES.sub(r"\1:\2", _CLOCK_WORD.sub("", raw.strip()))
    return TimeOfDay(0) if _MIDNIGHT.fullmatch(text) else clock_time(text)


def _read_table(field: Field, raw: object, rows: Sequence[Row]) -> Read:
    if not isinstance(raw, list | tuple):
        return _wrong("Fyll i tabellen rad för rad.", "Fill in the table row by row.")
    if field.rows_from:
        # A row that nothing is written in goes when what it comes from goes.
        raw = [row for row in raw if not _is_bare(row)]
    most = len(rows) if rows else most_rows(field)
    if len(raw) > most:
        return _wrong(f"Tabellen får ha högst {most} rader.", f"The table may have {most} rows at most.")
    read: list[Any] = []
    labels = {row.id: row.label for row in rows}
    for index, content in enumerate(raw):
        name = rows[index].id if rows else ""
        if rows and isinstance(content, Mapping) and ROW in content:
            named = str(content[ROW])
            name = named if named in labels else next((row.id for row in rows if row.label == named), named)
            if name not in labels or any(name == row[ROW] for row in read):
                return _wrong(
                    "Tabellen har en rad som inte hör dit.", "The table has a row that does not belong there."
                )
        label = labels.get(name, "")
        value, problem = _read_row(
            columns_of(field), content, Text(label or f"Rad {index + 1}", label or f"Row {index + 1}")
        )
        if problem:
            return Read(None, problem)
        if not rows:
            own = _row_name(content) if value is not None else {}
            read.append(MappingProxyType({**own, **(value or {})}))
        elif value is not None and field.rows_from:
            read.append(MappingProxyType({ROW: name, ROW_LABEL: label, **value}))
        else:
            read.append(MappingProxyType({ROW: name, **(value or {})}))
    if not rows:
        # An empty row keeps the rows after it where they are on the page.
        while read and not read[-1]:
            read.pop()
        return Read(tuple(read) or None)
    # Every fixed row has its place, so that the list can be read by position too.
    given = {row[ROW]: row for row in read}
    if all(len(row) == 1 for row in read):
        return Read(None)
    return Read(tuple(given.get(row.id, MappingProxyType({ROW: row.id})) for row in rows))


def _is_bare(row: object) -> bool:
    """Whether a row has a name and nothing else."""
    if not isinstance(row, Mapping) or ROW not in row:
        return False
    return all(cell in (None, "") for id, cell in row.items() if id not in (ROW, ROW_LABEL))


def _row_name(content: object) -> dict[str, str]:
    """Of a row of the patient's own, as it was sent. Whether it may be called so is for the treatment to say."""
    name = content.get(ROW) if isinstance(content, Mapping) else None
    return {ROW: name} if isinstance(name, str) and 0 < len(name) <= LONGEST_ROW_NAME else {}


def _read_row(columns: Sequence[Field], raw: object, label: Text) -> Read:
    if not isinstance(raw, Mapping):
        return _wrong("Svaret har inte den form som fältet har.", "The answer does not have the shape of the field.")
    known = {ROW, ROW_LABEL, *(column.id for column in columns)}
    stray = next((key for key in raw if key not in known), None)
    if stray is not None:
        name = "".join(letter if letter.isprintable() else "?" for letter in str(stray)[:40])
        return _wrong(f"Det finns ingen kolumn ”{name}”.", f"There is no column “{name}”.")
    row: dict[str, Any] = {}
    for column in columns:
        value, problem = read_answer(column, raw.get(column.id))
        if problem:
            before = Text(*(f"{text}, " if text else "" for text in label))
            return Read(
                None,
                Text(f"{before.sv}{column.label}: {problem.sv}", f"{before.en}{column.label}: {problem.en}"),
            )
        if value is not None:
            row[column.id] = value
    return Read(MappingProxyType(row) if row else None)


def _wrong(sv: str, en: str) -> Read:
    return Read(None, Text(sv, en))


def _english(number: Fraction) -> str:
    """As a decimal where it ends, else as a ratio."""
    if number.denominator == 1:
        return str(number.numerator)
    for digits in range(1, 7):
        scaled = number * 10**digits
        if scaled.denominator == 1:
            sign, whole = "-" if scaled < 0 else "", abs(scaled.numerator)
            return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return f"{number.numerator}/{number.denominator}"


def _swedish(number: Fraction) -> str:
    return _english(number).replace(".", ",").replace("-", "−")
