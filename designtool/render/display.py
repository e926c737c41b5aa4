"""How values are written for people: numbers with a comma, minutes as hours, dates by name."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from designtool.diagnostics import Language
from designtool.expressions.expression import Ranked, TimeOfDay, Value
from designtool.model.exercise import Computed, Field, Option
from designtool.render.words import say
from designtool.treatment.words import MONTHS, WEEKDAYS, day_in

_NO_BREAK = "\u00a0"
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15}|/[1-9][0-9]{0,14})?")
"""No exponents: what a patient types may not make a number with a million digits."""
_MOST_DECIMALS = 6
_SHORT_MONTHS = {
    "sv": ["jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def number(value: Fraction, language: Language, digits: int = 0) -> str:
    """Rounded half away from zero, with the decimal mark of the language; digits that are zero at the end are kept."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    written = str(whole).rjust(digits + 1, "0")
    if digits:
        written = written[:-digits] + ("," if language == "sv" else ".") + written[-digits:]
    return f"−{written}" if value < 0 and whole else written


def exact_number(value: Fraction, language: Language) -> str:
    """A number as the patient wrote it: all its decimals, at most two."""
    for digits in (0, 1):
        if (value * 10**digits).denominator == 1:
            return number(value, language, digits)
    return number(value, language, 2)


def all_decimals(value: Fraction, language: Language) -> str:
    """A number with every decimal that a patient can have typed."""
    for digits in range(_MOST_DECIMALS):
        if (value * 10**digits).denominator == 1:
            return number(value, language, digits)
    return number(value, language, _MOST_DECIMALS)


def duration(minutes: Fraction, language: Language) -> str:
    """Minutes as people say them: 45 min, 7 tim 30 min."""
    rounded = int(number(abs(minutes), language))
    hours, rest = divmod(rounded, 60)
    hour_word = "tim" if language == "sv" else "h"
    sign = "−" if minutes < 0 and rounded else ""
    if not hours:
        return f"{sign}{rest}{_NO_BREAK}min"
    if not rest:
        return f"{sign}{hours}{_NO_BREAK}{hour_word}"
    return f"{sign}{hours}{_NO_BREAK}{hour_word} {rest}{_NO_BREAK}min"


def with_unit(value: Fraction, unit: str, language: Language, digits: int = 0) -> str:
    if unit == "minutes":
        return duration(value, language)
    if unit == "percent":
        return f"{number(value, language, digits)}{_NO_BREAK}%"
    return f"{number(value, language, digits)}{_NO_BREAK}{unit}" if unit else number(value, language, digits)


def day(value: date, language: Language, today: date | None = None) -> str:
    """lördag 21 november; today, yesterday and tomorrow by name when `today` is given; the year only when it is another."""
    if today is not None:
        near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get((value - today).days)
        if near:
            return say(language, near)
    name = day_in(language, value)
    return name if today is None or value.year == today.year else f"{name} {value.year}"


def short_day(value: date, language: Language) -> str:
    return f"{value.day}{_NO_BREAK}{_SHORT_MONTHS[language][value.month - 1]}"


def long_date(value: date, language: Language) -> str:
    return f"{value.day} {MONTHS[language][value.month - 1]} {value.year}"


def weekday_letters(value: date, language: Language) -> str:
    return WEEKDAYS[language][value.weekday()][:2] if language == "sv" else WEEKDAYS[language][value.weekday()][:3]


def clock(value: TimeOfDay | datetime, language: Language) -> str:
    if isinstance(value, datetime):
        value = TimeOfDay(value.hour * 60 + value.minute)
    return str(value).replace(":", ".") if language == "sv" else str(value)


def moment(value: datetime, language: Language, now: datetime) -> str:
    """i dag kl. 14.05"""
    at = "kl." if language == "sv" else "at"
    return f"{day(value.date(), language, now.date())} {at} {clock(value, language)}"


def elapsed_days(start: date, count: int) -> tuple[date, ...]:
    return tuple(start + timedelta(days=offset) for offset in range(count))


def option_label(options: tuple[Option, ...], value: Any) -> str | None:
    """The words of the option that has this value, however it is typed (1, "1", Fraction(1))."""
    written = str(value)
    return next((option.label for option in options if str(option.value) == written), None)


def field_value(field: Field, value: Any, language: Language) -> str:
    """An answer in words, from a typed value or from what a form sent; empty for none. Tables and plans have views of their own."""
    if value is None or value == "":
        return ""
    match field.type:
        case "choice":
            return option_label(field.options, value) or str(value)
        case "choices" | "ranking":
            chosen = in_shown_order(value) if isinstance(value, frozenset) else list(value)
            order = [str(option.value) for option in field.options]
            if field.type == "choices":
                chosen.sort(key=lambda one: order.index(str(one)) if str(one) in order else len(order))
            labels = [option_label(field.options, one) or str(one) for one in chosen if one not in (None, "")]
            return ", ".join(labels)
        case "yes-no":
            return say(language, "yes" if value in (True, "yes", "true") else "no")
        case "minutes":
            exact = fraction(value)
            return duration(exact, language) if exact is not None else str(value)
        case _:
            return plain_value(value, language, field.unit)


def computed_value(computed: Computed, value: Value, language: Language) -> str:
    if isinstance(value, Fraction):
        return with_unit(value, computed.unit, language, computed.display_digits)
    return plain_value(value, language)


def plain_value(value: Any, language: Language, unit: str = "") -> str:
    """Any value in words; empty for a missing one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(language, "yes" if value else "no")
    if isinstance(value, Fraction | int | float):
        exact = fraction(value)
        written = str(value) if exact is None else exact_number(exact, language)
        return f"{written}{_NO_BREAK}{unit}" if unit else written
    if isinstance(value, TimeOfDay):
        return clock(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, frozenset):
        return ", ".join(in_shown_order(value))
    if isinstance(value, list | tuple):
        return ", ".join(plain_value(one, language) for one in value)
    return f"{value}{_NO_BREAK}{unit}" if unit else str(value)


def in_shown_order(chosen: frozenset[str]) -> list[str]:
    """What was ranked in the order of its places; other choices by their names."""
    return list(chosen.places) if isinstance(chosen, Ranked) else sorted(chosen, key=str)


def fraction(value: Any) -> Fraction | None:
    """A number however it was sent; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Fraction | int):
        return Fraction(value)
    written = str(value).strip().replace(",", ".").replace("−", "-")
    return Fraction(written) if _NUMBER.fullmatch(written) else None
