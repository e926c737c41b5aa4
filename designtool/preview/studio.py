"""What the preview knows: the workspace as last read, the last good version of each program, and the simulated patients."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property

from designtool.diagnostics import Diagnostic, Severity, has_errors
from designtool.model.program import Program
from designtool.pipeline import Compiled
from designtool.treatment import commands
from designtool.treatment.commands import Refusal
from designtool.treatment.events import Event
from designtool.treatment.simulate import FIRST_DAY, THERAPIST, play
from designtool.treatment.situate import situation
from designtool.treatment.situation import Situation
from designtool.treatment.state import ImpossibleEvent, State, apply, fold

PREVIEW_DIGEST = "preview"
LATEST_DAY = 400
_NOON = time(12)


@dataclass(frozen=True)
class Shown:
    """A program as the preview shows it."""

    program: Program | None
    """The last version without errors; while there has been none, what could be made. None: not even that."""
    is_good: bool
    """True when that version has no errors."""
    diagnostics: tuple[Diagnostic, ...]
    """Of the files as they are now."""

    @cached_property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR)


@dataclass(frozen=True)
class Simulated:
    """The simulated patient on a day."""

    state: State
    situation: Situation


@dataclass
class Studio:
    """Changed by the watcher's thread and read by the server's: each change replaces whole values under the lock."""

    compile: Callable[[], Compiled]
    version: int = 1
    """Grows by one with every reading of the files."""
    compiled: Compiled = field(init=False)
    shown: Mapping[str, Shown] = field(init=False)
    """Program's folder name to what is shown of it."""
    _typed: dict[tuple[str, str, int], tuple[Event, ...]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.compiled = self.compile()
        self.shown = _shown(self.compiled, {})

    def refresh(self) -> int:
        """Read the files again. What was typed in the simulation stays, as far as the program still asks for it."""
        compiled = self.compile()
        with self._lock:
            self.shown = _shown(compiled, self.shown)
            self.compiled = compiled
            self.version += 1
            return self.version

    def program(self, name: str) -> Program | None:
        shown = self.shown.get(name)
        return shown.program if shown is not None else None

    def simulate(self, name: str, person: str, day: int) -> Simulated | None:
        """Somebody at noon of a day: the person of a journey, or (empty) one who has just begun and may see everything.

        None where there is no such program.
        """
        program = self.program(name)
        if program is None:
            return None
        programs = {PREVIEW_DIGEST: program}
        journey = next((journey for journey in program.journeys if journey.id == person), None)
        played = play(program, PREVIEW_DIGEST, journey.steps if journey else (), day, _NOON, FIRST_DAY)
        state = played.state
        if journey is None:
            for module in program.modules:
                opened = commands.open_module(state, program, played.now, THERAPIST, module.id)
                state = state if isinstance(opened, Refusal) else fold(opened, programs, state)
        with self._lock:
            typed = self._typed.get((name, person, day), ())
        for event in typed:
            try:
                state = apply(state, event, programs)
            except ImpossibleEvent:
                continue  # The program no longer has what this answered.
        return Simulated(state, situation(state, programs, played.now))

    def keep(self, name: str, person: str, day: int, events: tuple[Event, ...]) -> None:
        """Remember what was done in the simulation on that day, until the preview ends."""
        with self._lock:
            key = (name, person, day)
            self._typed[key] = (*self._typed.get(key, ()), *events)

    def forget(self, name: str) -> None:
        """Begin the simulations of a program anew."""
        with self._lock:
            self._typed = {key: events for key, events in self._typed.items() if key[0] != name}


def _shown(compiled: Compiled, before: Mapping[str, Shown]) -> dict[str, Shown]:
    shown: dict[str, Shown] = {}
    for one in compiled.programs:
        name = one.folder.rsplit("/", 1)[-1]
        found = (*compiled.shared, *one.diagnostics)
        earlier = before.get(name)
        if not has_errors(found):
            shown[name] = Shown(one.program, True, found)
        elif earlier is not None and earlier.is_good:
            shown[name] = Shown(earlier.program, True, found)
        else:
            shown[name] = Shown(one.program or (earlier.program if earlier else None), False, found)
    return shown
