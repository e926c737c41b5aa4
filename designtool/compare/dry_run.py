"""A migration tried on many treatments before it touches one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from designtool.compare.change import Change
from designtool.compare.migrate import OUTCOMES, Outcome, Upgrade, moving
from designtool.diagnostics import Text
from designtool.treatment.state import State


@dataclass(frozen=True, slots=True)
class Example:
    """One treatment that came out so, in plain words."""

    treatment: str
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    counts: Mapping[Outcome, int]
    """How many treatments came out each way; every way is there."""
    lost: int
    """Treatments in which answers would be found nowhere. They are among those held back; there must be none."""
    examples: Mapping[Outcome, Example]
    """The first treatment of each outcome that there was."""
    reasons: Mapping[Outcome, tuple[tuple[Text, int], ...]]
    """Every reason that was given, and for how many treatments, most first."""
    unanswered: tuple[Change, ...]
    """What the migration should say something about, and does not."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def dry_run(treatments: Iterable[tuple[str, State, datetime]], upgrade: Upgrade) -> DryRun:
    """`treatments`: name, state and present moment of each. Nothing is moved, and none is kept in memory."""
    counts = dict.fromkeys(OUTCOMES, 0)
    reasons: dict[Outcome, dict[Text, int]] = {outcome: {} for outcome in OUTCOMES}
    examples: dict[Outcome, Example] = {}
    lost = 0
    for name, state, now in treatments:
        came = moving(state, upgrade, now, "dry-run")
        counts[came.outcome] += 1
        lost += bool(came.lost)
        examples.setdefault(came.outcome, Example(name, came.reasons))
        for reason in dict.fromkeys(came.reasons):
            reasons[came.outcome][reason] = reasons[came.outcome].get(reason, 0) + 1
    return DryRun(
        counts=MappingProxyType(counts),
        lost=lost,
        examples=MappingProxyType(examples),
        reasons=MappingProxyType(
            {outcome: tuple(sorted(given.items(), key=lambda one: -one[1])) for outcome, given in reasons.items()}
        ),
        unanswered=upgrade.unanswered,
    )
