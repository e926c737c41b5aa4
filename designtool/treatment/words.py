"""How days are written for a patient."""

from __future__ import annotations

from datetime import date

from designtool.diagnostics import Text

_WEEKDAYS_SV = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_SV = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_words(on: date) -> Text:
    """`måndag 2 mars`, `Monday 2 March`."""
    return Text(
        f"{_WEEKDAYS_SV[on.weekday()]} {on.day} {_MONTHS_SV[on.month - 1]}",
        f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {_MONTHS_EN[on.month - 1]}",
    )
