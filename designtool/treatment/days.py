"""Days and weeks of a treatment, in the zone of the care unit.

Moments are kept and counted in UTC: between two times of the same zone Python counts what the clocks show, which is an hour
wrong around a change of the clocks.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")


def local(at: datetime) -> datetime:
    """The same moment on the clocks of the care unit."""
    return at.astimezone(ZONE)


def local_date(at: datetime) -> date:
    return local(at).date()


def moment(on: date, clock: time = time()) -> datetime:
    """The moment, in UTC, at which the care unit's clocks show this; without a clock time, local midnight, when doors open.

    A time that a change to summer time leaves out is the moment an hour later; of one that comes twice the first is meant.
    """
    return datetime.combine(on, clock, ZONE).astimezone(UTC)


def clock_moved(on: date) -> int:
    """Minutes that the clocks are put forward between midnight and noon of a date; negative when they are put back."""
    before, after = (datetime.combine(on, clock, ZONE).utcoffset() for clock in (time(), time(12)))
    assert before is not None
    assert after is not None
    return int((after - before) / timedelta(minutes=1))


def next_midnight(at: datetime) -> datetime:
    """When the next doors open."""
    return moment(local_date(at) + timedelta(days=1))


def week_of(day: int) -> int:
    """Weeks are counted from 1; each has seven days from the day of the start."""
    return day // 7 + 1


def later(on: date, number: int, unit: str) -> date:
    """So many days, weeks or calendar months later; the last of a month where it has no such day."""
    if unit == "week":
        return on + timedelta(weeks=number)
    if unit != "month":
        return on + timedelta(days=number)
    months = on.year * 12 + on.month - 1 + number
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))
