"""Values as JSON: what a form sends and what is stored, read strictly against the type of the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from designtool.diagnostics import Text
from designtool.expressions.expression import TimeOfDay, Type, Value
from designtool.expressions.types import rounded

LONGEST_ANSWER = 10_000
"""Characters of a text answer."""
MOST_DIGITS = 30
"""Digits of a number that is written as text, on either side of the point or the slash."""
LONGEST_EXACT_NUMBER = 1_300
"""Characters of a stored exact number, `27/2`: room for whatever `types.bounded` lets through."""
MOST_ROWS = 1_000
_EXACT_IN_JSON = 2**53

_DECIMAL = re.compile(r"([+-]?)([0-9]+)(?:[.,]([0-9]+))?")
_EXACT = re.compile(r"(-?[0-9]+)(?:/([0-9]+))?")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2})(?::00)?)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_YES = frozenset({"ja", "yes", "true"})
_NO = frozenset({"nej", "no", "false"})


class WrongValue(ValueError):
    """A value that an answer cannot have; `message` says why, in words for the person who gave it."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


def from_json(type: Type, json: Any) -> Value:
    """The value that JSON or the text of a form stands for. None and what is empty are missing. Raises WrongValue."""
    if json is None or (isinstance(json, str) and not json.strip()):
        return None
    if type.kind == "number":
        return _number_of(type, json)
    if type.kind == "truth":
        return _truth(json)
    if type.kind == "choices":
        return _choices(type, json)
    if type.kind == "rows":
        return _rows(type, json)
    if type.kind == "choice" and isinstance(json, int) and not isinstance(json, bool):
        json = str(json)
    if not isinstance(json, str):
        raise WrongValue(Text("Svaret ska vara text.", "The answer must be text."))
    if len(json) > LONGEST_ANSWER:
        raise WrongValue(
            Text(
                f"Svaret får vara högst {LONGEST_ANSWER} tecken.",
                f"The answer may have at most {LONGEST_ANSWER} characters.",
            )
        )
    if type.kind == "date":
        return _date(json.strip())
    if type.kind == "time":
        return _time(json.strip())
    if type.kind == "choice":
        return _choice(type, json)
    if _UNSTORABLE.search(json):
        raise WrongValue(
            Text("Svaret innehåller tecken som inte går att spara.", "The answer has characters that cannot be stored.")
        )
    return json.replace("\r\n", "\n").replace("\r", "\n")


def to_json(value: Value) -> Any:
    """The value as JSON, from which `from_json` makes the same value again."""
    if isinstance(value, Fraction):
        whole = value.denominator == 1 and abs(value.numerator) < _EXACT_IN_JSON
        return value.numerator if whole else number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, TimeOfDay):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [{key: to_json(cell) for key, cell in row.items()} for row in value]
    return value


def number_text(number: Fraction) -> str:
    """`27/2`, or `27` for a whole number."""
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


def number_from_text(text: str) -> Fraction | None:
    """The number that a text stands for: `7`, `7,5`, `7.5`, `-3` or `27/2`. None for anything else."""
    word = text.strip().replace("−", "-")
    if len(word) > LONGEST_EXACT_NUMBER:
        return None
    exact = _EXACT.fullmatch(word)
    if exact:
        below = int(exact[2] or "1")
        return Fraction(int(exact[1]), below) if below else None
    decimal = _DECIMAL.fullmatch(word)
    if not decimal or max(len(decimal[2]), len(decimal[3] or "")) > MOST_DIGITS:
        return None
    return Fraction(f"{decimal[1]}{decimal[2]}.{decimal[3] or '0'}")


def decimal_text(number: Fraction, digits: int = 4) -> str:
    """The number with at most so many decimals, for people: `7.5`. Never by way of a float, which has an end."""
    short = rounded(number, digits)
    whole, rest = divmod(abs(short.numerator), short.denominator)
    decimals = str(rest * 10**digits // short.denominator).zfill(digits).rstrip("0")
    return f"{'-' if short < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


def _number_of(type: Type, json: Any) -> Fraction:
    number: Fraction | None = None
    if isinstance(json, Fraction):
        number = json
    elif isinstance(json, int) and not isinstance(json, bool):
        number = Fraction(json) if abs(json) < 10**MOST_DIGITS else None
    elif isinstance(json, float):
        # The shortest decimals that stand for the float are what was written.
        finite = math.isfinite(json) and abs(json) < 10**MOST_DIGITS
        number = Fraction(repr(json)) if finite else None
        if number is not None and number.denominator > 10**MOST_DIGITS:
            number = None
    elif isinstance(json, str):
        number = number_from_text(json)
    if number is None:
        raise WrongValue(Text("Svaret ska vara ett tal.", "The answer must be a number."))
    if type.values and number not in type.values:
        raise WrongValue(Text("Svaret är inte ett av alternativen.", "The answer is none of the options."))
    if type.low is not None and number < type.low:
        raise WrongValue(
            Text(
                f"Svaret får vara lägst {_shown(type.low)[0]}.",
                f"The answer may be no less than {_shown(type.low)[1]}.",
            )
        )
    if type.high is not None and number > type.high:
        raise WrongValue(
            Text(
                f"Svaret får vara högst {_shown(type.high)[0]}.",
                f"The answer may be no more than {_shown(type.high)[1]}.",
            )
        )
    return number


def _shown(number: Fraction) -> tuple[str, str]:
    text = decimal_text(number)
    return text.replace(".", ","), text


def _truth(json: Any) -> bool:
    if isinstance(json, bool):
        return json
    if isinstance(json, str) and json.strip().lower() in _YES | _NO:
        return json.strip().lower() in _YES
    raise WrongValue(Text("Svaret ska vara ja eller nej.", "The answer must be yes or no."))


def _choice(type: Type, json: str) -> str:
    if type.options and json not in type.options:
        raise WrongValue(Text("Svaret är inte ett av alternativen.", "The answer is none of the options."))
    if _UNSTORABLE.search(json):
        raise WrongValue(
            Text("Svaret innehåller tecken som inte går att spara.", "The answer has characters that cannot be stored.")
        )
    return json


def _choices(type: Type, json: Any) -> frozenset[str] | None:
    """What is chosen; nothing chosen is missing, for a form cannot tell the two apart."""
    if not isinstance(json, list | tuple | frozenset) or len(json) > MOST_ROWS:
        raise WrongValue(Text("Svaret ska vara en lista med alternativ.", "The answer must be a list of options."))
    one = Type("choice", options=type.options)
    chosen = frozenset(word for part in json if isinstance(word := from_json(one, part), str))
    return chosen or None


def _rows(type: Type, json: Any) -> tuple[Mapping[str, Any], ...] | None:
    """A table's rows, or the one row of a plan entry, which is an object. Without any row it is missing."""
    parts = [json] if isinstance(json, Mapping) else json
    if not isinstance(parts, list | tuple) or len(parts) > MOST_ROWS:
        raise WrongValue(
            Text(f"Svaret ska vara högst {MOST_ROWS} rader.", f"The answer must be at most {MOST_ROWS} rows.")
        )
    return tuple(_row(type, part) for part in parts) or None


def _row(type: Type, json: Any) -> Mapping[str, Any]:
    if not isinstance(json, Mapping):
        raise WrongValue(Text("Varje rad ska ha sina kolumner vid namn.", "Each row must have its columns by name."))
    row: dict[str, Any] = {}
    for key, cell in json.items():
        column = Type("text") if key == "row" else type.columns.get(key)
        if column is None:
            raise WrongValue(Text(f"Kolumnen {key!s:.60} finns inte.", f"There is no column {key!s:.60}."))
        row[key] = from_json(column, cell)
    return row


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        # Such a day does not exist: the same answer as for any other text.
        pass
    raise WrongValue(Text("Skriv datumet som 2026-03-01.", "Write the date as 2026-03-01."))


def clock_time(text: str) -> TimeOfDay | None:
    """A clock time as people type it: 22:30, 22.30, 2230, 7.05, 705, and a bare hour such as 7."""
    found = _CLOCK.fullmatch(text)
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    return TimeOfDay(60 * hours + minutes) if hours < 24 and minutes < 60 else None


def _time(text: str) -> TimeOfDay:
    time = clock_time(text)
    if time is not None:
        return time
    raise WrongValue(Text("Skriv klockslaget som 22:30.", "Write the time as 22:30."))
