"""What the preview knows: the workspace as last read, the last good version of each program, and the simulated patients."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from types import MappingProxyType

from designtool.check import CHECKS
from designtool.diagnostics import Diagnostic, Severity, in_order
from designtool.incremental import Again, Assembled, AssembledProgram, assemble_workspace_again, check_again
from designtool.model.program import Program
from designtool.pipeline import Compiled
from designtool.source import Reading, read_again, read_files_again
from designtool.source.tree import Tree
from designtool.treatment import commands
from designtool.treatment.commands import Refusal
from designtool.treatment.events import Event
from designtool.treatment.simulate import FIRST_DAY, THERAPIST, play
from designtool.treatment.situate import situation
from designtool.treatment.situation import Situation
from designtool.treatment.state import ImpossibleEvent, State, apply, fold
from designtool.wordings import Wordings

PREVIEW_DIGEST = "preview"
LATEST_DAY = 400
_NOON = time(12)
_MOST_SIMULATED = 32
_OF_RULES = frozenset(rule.name for rule, _ in CHECKS)


@dataclass(frozen=True)
class Shown:
    """A program as the preview shows it."""

    program: Program | None
    """The last version that could be read without errors; while there has been none, what could be made. None: not even
    that."""
    is_whole: bool
    """True when that version could be read without errors. What the rules then say about it hides nothing."""
    is_old: bool
    """True when the files have errors now, so that this is how they were before."""
    diagnostics: tuple[Diagnostic, ...]
    """Of the files as they are now. For a moment after a save, what the rules find is still that of before it."""
    variant_of: str = ""
    """Of a variant: the name of its program."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR)


@dataclass(frozen=True)
class Simulated:
    """The simulated patient on a day."""

    state: State
    situation: Situation


@dataclass(frozen=True)
class _Played:
    """A simulation with all that it was made from."""

    program: Program
    typed: tuple[Event, ...]
    simulated: Simulated


@dataclass
class Studio:
    """Changed by the watcher's thread and read by the server's: each change replaces whole values under the lock."""

    root: Path
    only: tuple[str, ...] | None
    """The program folders to show; None: all of them."""
    today: Callable[[], date]
    report: Callable[[Exception], None]
    """Told of a fault in designtool itself, which must not end the preview."""
    wordings: Wordings = Wordings()
    """Of instruments without text, for one who has the right to them: shown, and no part of what is compiled."""
    start: str = field(default_factory=lambda: secrets.token_hex(4))
    """Tells this preview from an earlier one at the same address."""
    version: int = 0
    """Grows by one whenever something else is to be shown."""
    pages_version: int = 0
    """The version in which the pages last changed: findings alone do not count."""
    fault: str = ""
    """The kind of the fault that kept the files from being read again; empty for none."""
    shown: Mapping[str, Shown] = field(default_factory=lambda: MappingProxyType({}))
    """Program's folder name, or id of a variant, to what is shown of it. Variants are made when the rules have run."""
    beside: tuple[Diagnostic, ...] = ()
    """Found outside of any program."""
    tree: Tree = field(default_factory=lambda: Tree(MappingProxyType({})))
    _reading: Reading | None = None
    _assembled: Assembled | None = None
    _again: Again | None = None
    _day: date | None = None
    """On which the rules looked."""
    _typed: dict[tuple[str, str, int], tuple[Event, ...]] = field(default_factory=dict)
    _played: dict[tuple[str, str, int], _Played] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def compiled(self) -> Compiled | None:
        return self._again.compiled if self._again is not None else None

    @property
    def programs_folder(self) -> str:
        return self._assembled.programs_folder if self._assembled is not None else "programs"

    def refresh(self, changed: frozenset[str] | None = None, tell: Callable[[], None] = lambda: None) -> None:
        """Read the files again (`changed`: these alone), and `tell` if other pages are to be shown. What was typed in the
        simulation stays, as far as the program still asks for it. What the rules say is left to `prove`."""
        self._kept_from_faults(lambda: self._refresh(changed, tell), tell)

    def prove(self, tell: Callable[[], None] = lambda: None) -> None:
        """Run the rules over what was last read, and `tell` if they find something else than before."""
        self._kept_from_faults(lambda: self._prove(tell), tell)

    def _kept_from_faults(self, act: Callable[[], None], tell: Callable[[], None]) -> None:
        """A fault in designtool is shown and reported, and the next change begins from nothing."""
        try:
            act()
        except Exception as fault:
            self.report(fault)
            with self._lock:
                self._reading = self._assembled = self._again = None
                self.fault = type(fault).__name__
                self.version += 1
            tell()

    def _refresh(self, changed: frozenset[str] | None, tell: Callable[[], None]) -> None:
        reading = self._read(changed)
        before, self._reading = self._reading, reading
        if before is not None and before.tree == reading.tree and before.diagnostics == reading.diagnostics:
            return
        assembled = assemble_workspace_again(self._assembled, reading.tree, reading.diagnostics)
        with self._lock:
            self._assembled, self.tree, self.fault = assembled, reading.tree, ""
            self._show(_shown(assembled, self.shown), assembled.found_beside, are_pages=True)
        tell()

    def _prove(self, tell: Callable[[], None]) -> None:
        assembled, today = self._assembled, self.today()
        if assembled is None or (self._again is not None and self._again.assembled is assembled and self._day == today):
            return
        again = check_again(self._again, assembled, today)
        with self._lock:
            self._again, self._day = again, today
            ruled = _ruled(again.compiled, self.shown)
            is_news = self._show(ruled, again.compiled.shared, are_pages=_is_any_variant_new(self.shown, ruled))
        if is_news:
            tell()

    def _read(self, changed: frozenset[str] | None) -> Reading:
        if changed is not None and self._reading is not None:
            reading = read_files_again(self.root, self._reading, changed)
            if reading is not None:
                return reading
        return read_again(self.root, self._reading, self.only)

    def _show(self, shown: Mapping[str, Shown], beside: tuple[Diagnostic, ...], are_pages: bool) -> bool:
        """False when all of it is shown already."""
        if not are_pages and shown == self.shown and beside == self.beside:
            return False
        self.shown, self.beside = MappingProxyType(dict(shown)), beside
        self.version += 1
        if are_pages:
            self.pages_version = self.version
        return True

    def program(self, name: str) -> Program | None:
        shown = self.shown.get(name)
        return shown.program if shown is not None else None

    def simulate(self, name: str, person: str, day: int) -> Simulated | None:
        """Somebody at noon of a day: the person of a journey, or (empty) one who has just begun and may see everything.

        None where there is no such program.
        """
        key = (name, person, day)
        with self._lock:
            program = self.program(name)
            typed = self._typed.get(key, ())
            played = self._played.get(key)
        if program is None:
            return None
        if played is not None and played.program is program and played.typed is typed:
            return played.simulated
        simulated = _simulated(self.wordings.filled(program), person, day, typed)
        with self._lock:
            while len(self._played) >= _MOST_SIMULATED:
                del self._played[next(iter(self._played))]
            self._played[key] = _Played(program, typed, simulated)
        return simulated

    def keep(self, name: str, person: str, day: int, events: tuple[Event, ...]) -> None:
        """Remember what was done in the simulation on that day, until the preview ends."""
        with self._lock:
            key = (name, person, day)
            self._typed[key] = (*self._typed.get(key, ()), *events)

    def forget(self, name: str) -> None:
        """Begin the simulations of a program anew."""
        with self._lock:
            self._typed = {key: events for key, events in self._typed.items() if key[0] != name}


def _simulated(program: Program, person: str, day: int, typed: tuple[Event, ...]) -> Simulated:
    programs = {PREVIEW_DIGEST: program}
    journey = next((journey for journey in program.journeys if journey.id == person), None)
    played = play(program, PREVIEW_DIGEST, journey.steps if journey else (), day, _NOON, FIRST_DAY)
    state = played.state
    if journey is None:
        for module in program.modules:
            opened = commands.open_module(state, program, played.now, THERAPIST, module.id)
            state = state if isinstance(opened, Refusal) else fold(opened, programs, state)
    for event in typed:
        try:
            state = apply(state, event, programs)
        except ImpossibleEvent:
            continue  # The program no longer has what this answered.
    return Simulated(state, situation(state, programs, played.now))


def _shown(assembled: Assembled, before: Mapping[str, Shown]) -> dict[str, Shown]:
    """Each program as it was assembled, before the rules have run over it."""
    beside = assembled.found_beside
    shown = {
        (name := _name(one.folder)): _shown_program(one, assembled.library_has_errors, beside, before.get(name))
        for one in assembled.programs
    }
    return shown | {name: one for name, one in before.items() if one.variant_of in shown}


def _shown_program(
    one: AssembledProgram, library_has_errors: bool, beside: tuple[Diagnostic, ...], earlier: Shown | None
) -> Shown:
    ruled = (found for found in earlier.diagnostics if found.rule in _OF_RULES) if earlier is not None else ()
    found = in_order([*beside, *one.part.found, *one.found, *ruled])
    if not library_has_errors and not one.has_errors and one.program is not None:
        return Shown(one.program, True, False, found)
    if earlier is not None and earlier.is_whole:
        return Shown(earlier.program, True, True, found)
    return Shown(one.program or (earlier.program if earlier is not None else None), False, False, found)


def _ruled(compiled: Compiled, before: Mapping[str, Shown]) -> dict[str, Shown]:
    """The same programs with all that is found in them, and their variants. While there are errors, a variant is as it was."""
    shown: dict[str, Shown] = {}
    for one in compiled.programs:
        name, found = _name(one.folder), in_order([*compiled.shared, *one.diagnostics])
        shown[name] = replace(before[name], diagnostics=found)
        if compiled.can_be_built(one):
            shown |= {made.id: Shown(made, True, False, found, name) for made in one.variants}
        else:
            earlier = {id: old for id, old in before.items() if old.variant_of == name}
            shown |= {
                made.id: Shown(made, False, False, found, name) for made in one.variants if made.id not in earlier
            }
            shown |= {id: replace(old, is_old=old.is_whole, diagnostics=found) for id, old in earlier.items()}
    return shown


def _is_any_variant_new(before: Mapping[str, Shown], now: Mapping[str, Shown]) -> bool:
    def variants(shown: Mapping[str, Shown]) -> dict[str, tuple[Program | None, bool]]:
        return {name: (one.program, one.is_old) for name, one in shown.items() if one.variant_of}

    return variants(before) != variants(now)


def _name(folder: str) -> str:
    return folder.rsplit("/", 1)[-1]
