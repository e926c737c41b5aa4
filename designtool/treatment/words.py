"""How days are written for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from designtool.diagnostics import Language, Text

WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[Language, tuple[str, ...]] = {
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def day_in(language: Language, on: date) -> str:
    return f"{WEEKDAYS[language][on.weekday()]} {on.day} {MONTHS[language][on.month - 1]}"


def day_words(on: date) -> Text:
    """`måndag 2 mars`, `Monday 2 March`."""
    return Text(day_in("sv", on), day_in("en", on))
