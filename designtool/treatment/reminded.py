"""What a reminder is about, told by the name that it has among those that were sent."""

from __future__ import annotations

from designtool.model.program import Program

_DAY = len("-2026-01-01")


def reminded_part(program: Program, occasion: str) -> str:
    """The module or the diary that a reminder is about; empty for a reminder of a measurement, or of having been away."""
    number, _, rest = occasion.partition("-")
    when = program.reminders[int(number) - 1].when
    if when == "module-due":
        return rest
    return rest[:-_DAY] if when == "diary-morning" else ""
