"""Treatments under way: their state from the stored events, and acts that are worked out and stored as one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from designtool.bundle import Bundle, program_of, read_bundle
from designtool.compare.migrate import Upgrade
from designtool.diagnostics import Text
from designtool.model.live_contacts import NO_CONTACTS, with_help
from designtool.model.page import Page
from designtool.model.program import Contact, Program
from designtool.runtime.audit import Deed
from designtool.runtime.clock import Clock
from designtool.runtime.permitting import NotPermitted, Permission, nothing_begins, used_up
from designtool.runtime.store import Conflict, Store, Treatment, UsesSpent
from designtool.treatment.clock import clock_events
from designtool.treatment.days import local_date, moment
from designtool.treatment.events import Event, Started
from designtool.treatment.frame import Frame
from designtool.treatment.situation import Situation
from designtool.treatment.state import NEW, State, fold
from designtool.wordings import Wordings

_Result = TypeVar("_Result")
_Kept = TypeVar("_Kept")
_MOST_TRIES = 50
_STATES_KEPT = 2000


def _nothing_stopped(digest: str) -> frozenset[str]:
    return frozenset()


@dataclass(eq=False)
class Programs(Mapping[str, Program]):
    """The imported bundles by digest, each read once and kept open for its films."""

    store: Store
    wordings: Wordings = Wordings()
    _bundles: dict[str, Bundle] = field(default_factory=dict)
    _programs: dict[str, Program] = field(default_factory=dict)
    _contacts: Mapping[str, Contact] = field(default_factory=lambda: NO_CONTACTS)
    _crisis_page: Page | None = None
    _shown: dict[str, Program] = field(default_factory=dict)
    _upgrades: dict[tuple[str, str], Upgrade] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def program(self, digest: str) -> Program:
        """As it is shown: with the region's own contacts and crisis page."""
        self._load(digest)
        with self._lock:
            shown = self._shown.get(digest)
            if shown is None:
                shown = self._shown[digest] = with_help(self._programs[digest], self._contacts, self._crisis_page)
        return shown

    def show_help(self, contacts: Mapping[str, Contact], crisis_page: Page | None) -> None:
        """From now on every program is shown with these."""
        with self._lock:
            self._contacts, self._crisis_page = contacts, crisis_page
            self._shown.clear()

    def __getitem__(self, digest: str) -> Program:
        if digest not in self._programs and digest not in iter(self):
            raise KeyError(digest)
        return self.program(digest)

    def __iter__(self) -> Iterator[str]:
        return (bundle.digest for bundle in self.store.bundles())

    def __len__(self) -> int:
        return len(self.store.bundles())

    def upgrade(self, old: str, new: str) -> Upgrade:
        """What patients meet between two bundles of a program, worked out once."""
        with self._lock:
            known = self._upgrades.get((old, new))
        if known is None:
            known = Upgrade.between(self.program(old), old, self.program(new), new)
            with self._lock:
                self._upgrades[old, new] = known
        return known

    def unfit_wordings(self, digests: Iterable[str]) -> tuple[Text, ...]:
        """What of the local wordings does not fit these programs as they were released."""
        return self.wordings.problems(program_of(self.bundle(digest)) for digest in digests)

    def bundle(self, digest: str) -> Bundle:
        self._load(digest)
        return self._bundles[digest]

    def _load(self, digest: str) -> None:
        with self._lock:
            if digest in self._programs:
                return
            stream = open(self.store.bundle_path(digest), "rb")  # noqa: SIM115
            try:
                bundle = read_bundle(stream)
                program = program_of(bundle)
            except BaseException:
                stream.close()
                raise
            self._bundles[digest] = bundle
            self._programs[digest] = self.wordings.filled(program)


@dataclass
class Treatments:
    """States are kept in memory by treatment and by their number of events; the database says whether they are the latest.

    Beside them the frame of the last answer: what is worked out in it is held against the latest state (see `frame_of`).
    """

    store: Store
    programs: Programs
    clock: Clock
    permission: Callable[[str], Permission] = nothing_begins
    """Whether something new may begin with the bundle of this digest."""
    stopped: Callable[[str], frozenset[str]] = _nothing_stopped
    """The modules and exercises of a bundle that are stopped for now: of them time brings nothing."""
    _states: OrderedDict[str, State] = field(default_factory=OrderedDict)
    _frames: OrderedDict[str, Frame] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def state(self, treatment: Treatment) -> State:
        """With every event that was stored when `treatment` was read, and perhaps later ones."""
        return self.states((treatment,))[treatment.id]

    def states(self, treatments: Iterable[Treatment]) -> dict[str, State]:
        """Of several treatments with one question to the database."""
        with self._lock:
            known = {one.id: self._states.get(one.id, NEW) for one in treatments}
        behind = {one.id: known[one.id].count for one in treatments if known[one.id].count < one.count}
        for id, events in self.store.events_of(behind).items() if behind else ():
            known[id] = fold((stored.event for stored in events), self.programs, known[id])
            self._remember(id, known[id])
        return known

    def frame(self, id: str) -> Frame | None:
        """Of a treatment, at some earlier moment."""
        with self._lock:
            return self._frames.get(id)

    def remember_frame(self, id: str, frame: Frame) -> None:
        with self._lock:
            _put(self._frames, id, frame)

    def current(self, treatment: Treatment) -> tuple[State, datetime]:
        """The state now. What time has brought until now has been stored."""
        state, now = self.state(treatment), self.clock.now()
        for _ in range(_MOST_TRIES):
            paused = self._paused(state)
            brought = clock_events(paused, self.programs, now)
            if not brought:
                return paused, now
            try:
                state = self._store(treatment, state, brought, None, "")
            except Conflict:
                state = self._again(treatment)
        raise Conflict(f"{treatment.id}: never quiet enough to be read")

    def act(
        self,
        treatment: Treatment,
        work: Callable[[State, Program, datetime], tuple[tuple[Event, ...], _Result]],
        deed: Deed,
        device: str = "",
    ) -> tuple[State, _Result]:
        """Work out what somebody does from the latest state, and store its events and its line in the log together.

        When somebody else was faster it is worked out anew, so that of two who write at once both are kept. An act without
        events is refused or changes nothing, and leaves nothing behind. Raises NotPermitted for a treatment that may not start.
        """
        state = self.state(treatment)
        for _ in range(_MOST_TRIES):
            paused = self._paused(state)
            events, result = work(paused, self.programs[state.digest], self.clock.now())
            if not events:
                return paused, result
            try:
                return self._paused(self._store(treatment, state, events, deed, device)), result
            except Conflict:
                state = self._again(treatment)
        raise Conflict(f"{treatment.id}: never quiet enough to be written to")

    def _paused(self, state: State) -> State:
        """With what is stopped for now, which no stored event says and no stored state holds.

        It is said before anything is worked out: an event that was taken away afterwards would give those after it other numbers,
        and a flag is told by its number.
        """
        return replace(state, paused=self.stopped(state.digest))

    def tick(self) -> None:
        """Store what time has brought in every treatment."""
        treatments = self.store.treatments()
        self.states(treatments)
        for treatment in treatments:
            self.current(treatment)

    def move_clock(self, when: datetime) -> None:
        """In a demonstration: let time pass, with a look at every midnight on the way, as it would have passed by itself."""
        while (midnight := moment(local_date(self.clock.now()) + timedelta(days=1))) < when:
            self.clock.move_to(midnight)
            self.tick()
        self.clock.move_to(when)
        self.tick()

    def _store(
        self, treatment: Treatment, state: State, events: tuple[Event, ...], deed: Deed | None, device: str
    ) -> State:
        # Folded first: an event that cannot follow is a fault, and must not be stored.
        after = fold(events, self.programs, state)
        is_start = any(isinstance(event.what, Started) for event in events)
        permission = self.permission(after.digest) if is_start else Permission()
        if permission.why is not None:
            raise NotPermitted(permission)
        try:
            self.store.append(treatment.id, state.count, events, deed, device, permission.uses)
        except UsesSpent as error:
            raise NotPermitted(used_up()) from error
        self._remember(treatment.id, after)
        return after

    def _again(self, treatment: Treatment) -> State:
        latest = self.store.treatment(treatment.id)
        return self.state(latest if latest is not None else treatment)

    def _remember(self, id: str, state: State) -> None:
        with self._lock:
            known = self._states.get(id)
            _put(self._states, id, state if known is None or known.count < state.count else known)


def _put(kept: OrderedDict[str, _Kept], id: str, value: _Kept) -> None:
    """As the latest of so many."""
    kept[id] = value
    kept.move_to_end(id)
    while len(kept) > _STATES_KEPT:
        kept.popitem(last=False)


def with_names(situation: Situation, names: Mapping[str, str]) -> Situation:
    """With names where events have ids of people: what is stored tells nobody's name, and a page must."""

    def name(id: str) -> str:
        return names.get(id, id)

    return replace(
        situation,
        therapist=name(situation.therapist),
        flags=tuple(replace(flag, acknowledged_by=name(flag.acknowledged_by)) for flag in situation.flags),
        messages=tuple(replace(message, author=name(message.author)) for message in situation.messages),
        decisions=MappingProxyType(
            {id: replace(one, confirmed_by=name(one.confirmed_by)) for id, one in situation.decisions.items()}
        ),
    )
