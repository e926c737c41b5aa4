"""The clock of the care units: what time it is there, and how a demonstration moves it forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from designtool.runtime.store import Store


def real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Real time, and what a demonstration has added to it. It never goes back: events stay in the order of their times."""

    store: Store
    movable: bool
    """True in a demonstration. Otherwise the clock shows real time, whatever the database says."""
    real: Callable[[], datetime] = real_time

    def now(self) -> datetime:
        return self.real() + timedelta(seconds=self.store.clock_offset()) if self.movable else self.real()

    def move_to(self, when: datetime) -> None:
        """Forward to a moment. Raises ValueError for one that has passed, and when the clock may not be moved."""
        if not self.movable:
            raise ValueError("only a demonstration moves the clock")
        if when < self.now():
            raise ValueError("the clock never goes back")
        self.store.set_clock_offset(int((when - self.real()).total_seconds() + 0.999999))
