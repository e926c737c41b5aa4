"""How a runtime hears of what is new: it asks a registry now and then, obeys what it hears, and answers recalls.

A poll takes over the federation's metadata and the agreements, writes a receipt for every recall that has none yet, and sends what is
unsent. Nobody waits for it: it goes on in a thread of its own, and what goes wrong is kept to be shown, and is tried again. New
bundles are not imported by it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from designtool.atomic import write_atomically
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.runtime.trusting import Trust

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from designtool.runtime.outbox import Outbox
    from designtool.runtime.recalling import Recalls
    from designtool.runtime.store import Store
    from designtool.runtime.treatments import Treatments
    from designtool.share.federation.keys import PublicKey
    from designtool.share.receipts.documents import Recalled, Receipt
    from designtool.share.registries.registry import Registry

STATUS_FILE = "polled.json"
"""In the runtime's data folder: when the last poll went well."""
TOO_LONG_AGO = timedelta(days=1)
TOO_SOON = timedelta(days=2)
"""So long before metadata runs out it is told."""
MOST_SECONDS = 300.0
"""Of one poll, whatever the registry does."""
DEFAULT_MINUTES = 60
_MOST_PROBLEMS = 20
"""Of one poll, to be shown: a registry full of junk fills no page."""
_log = logging.getLogger("designtool.runtime")


@dataclass(frozen=True, slots=True)
class RuntimeKey:
    """What this runtime signs its receipts with."""

    public: PublicKey
    signer: Signer


@dataclass(frozen=True, slots=True)
class Here:
    """What there is in this runtime of a release that was recalled. Never how many, and never who."""

    has_release: bool = False
    is_activated: bool = False
    has_treatments: bool = False
    new_starts_stopped: bool = False
    parts_stopped: bool = False


@dataclass(frozen=True)
class Polling:
    """What a poll works with."""

    trust: Trust
    outbox: Outbox
    here: Callable[[Recalled], Here]
    open: Callable[[], Registry] | None = None
    """The place that is asked, opened anew for each poll. None: nothing is asked, and what comes by hand is answered."""
    place: str = ""
    """What people call it."""
    agreements: Path | None = None
    """Folder of the agreements."""
    key: RuntimeKey | None = None
    """None: recalls are obeyed, and nobody hears of it."""
    most_seconds: float = MOST_SECONDS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a poll."""

    is_fresh: bool
    """Whether metadata was taken over."""
    problems: tuple[Text, ...] = ()
    written: int = 0
    """New receipts."""
    sent: int = 0
    new_agreements: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """How polling stands."""

    tried_at: datetime | None = None
    succeeded_at: datetime | None = None
    problems: tuple[Text, ...] = ()
    is_running: bool = False

    def after(self, outcome: Outcome, now: datetime) -> Status:
        succeeded = now if outcome.is_fresh else self.succeeded_at
        return Status(now, succeeded, outcome.problems)


def poll(polling: Polling, now: datetime, may_go_on: Callable[[], bool] = lambda: True) -> Outcome:
    """One poll at a moment. What goes wrong is among the outcome's problems; a receipt is written also when nothing can be asked.

    `may_go_on` is asked between the steps. Raises nothing that a registry, a stick or a disk can bring about.
    """
    problems: list[Text] = []
    found = _Found()
    with _opened(polling, problems) as registry:
        if registry is not None:
            with _telling(problems):
                _take_over(polling, registry, now, problems)
                found.is_fresh = True
            if found.is_fresh and may_go_on():
                with _telling(problems):
                    found.new_agreements = _collect_agreements(polling, registry, problems)
        if may_go_on():
            with _telling(problems):
                found.written = _write_receipts(polling, now)
        # Also after a failure of the above: what is unsent has waited long enough.
        if registry is not None and may_go_on():
            with _telling(problems):
                found.sent = _send_receipts(polling, registry, problems)
    return Outcome(
        found.is_fresh, tuple(dict.fromkeys(problems))[:_MOST_PROBLEMS], found.written, found.sent, found.new_agreements
    )


@dataclass
class _Found:
    is_fresh: bool = False
    written: int = 0
    sent: int = 0
    new_agreements: int = 0


@contextmanager
def _telling(problems: list[Text]) -> Iterator[None]:
    """What goes wrong in the block is told, and the next step is taken."""
    from designtool.bundle import Refused
    from designtool.diagnostics import Cannot
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    try:
        yield
    except (Cannot, Refused, RegistryProblem, SignedProblem, TrustProblem) as problem:
        problems.append(problem.message)
    except OSError as error:
        name, reason = error.filename or "?", os_reason(error)
        problems.append(Text(f"{name} går inte att använda: {reason.sv}", f"{name} cannot be used: {reason.en}"))


@contextmanager
def _opened(polling: Polling, problems: list[Text]) -> Iterator[Registry | None]:
    """The place that is asked, for so long as a poll may take; None where there is none, or it cannot be opened."""
    registry: Registry | None = None
    if polling.open is not None:
        with _telling(problems):
            registry = polling.open()
    if registry is None:
        yield None
        return
    with registry, registry.within(polling.most_seconds):
        yield registry


def _take_over(polling: Polling, registry: Registry, now: datetime, problems: list[Text]) -> None:
    from designtool.share.federation.registry_metadata import RegistryMetadataStore

    client = polling.trust.learn(RegistryMetadataStore(registry), now)
    problems += [problem.message for _, problem in sorted(client.problems.items())]


def _collect_agreements(polling: Polling, registry: Registry, problems: list[Text]) -> int:
    if polling.agreements is None:
        return 0
    from designtool.share.agreements.registry import bring_agreements

    collected = bring_agreements(registry, polling.trust.folder, polling.agreements)
    problems += [one.message for one in collected.problems]
    return len(collected.files)


def _write_receipts(polling: Polling, now: datetime) -> int:
    """One for every recall and every lift that has none yet."""
    from designtool.share.receipts.documents import answer
    from designtool.share.receipts.recalled import list_version, recalled_in

    if polling.key is None:
        return 0
    key, written = polling.key, 0
    version = list_version(polling.trust.folder)
    for recalled in recalled_in(polling.trust.folder, polling.trust.remembered()):
        if polling.outbox.has(recalled, key.public.key_id):
            continue
        receipt = _receipt(polling, recalled, version, now, key.public.region)
        polling.outbox.add(answer(receipt, key.signer), key.public.key_id)
        written += 1
    return written


def _receipt(polling: Polling, recalled: Recalled, version: int, now: datetime, region: str) -> Receipt:
    from designtool.share.receipts.documents import Receipt

    here = polling.here(recalled)
    done = {"new-starts-stopped": here.new_starts_stopped, "parts-stopped": here.parts_stopped}
    return Receipt(
        region,
        recalled.release,
        recalled.level,
        recalled.digest,
        version,
        now.replace(microsecond=0),
        here.has_release,
        here.is_activated,
        here.has_treatments,
        tuple(sorted(name for name, is_so in done.items() if is_so)),  # type: ignore[misc]
    )


def _send_receipts(polling: Polling, registry: Registry, problems: list[Text]) -> int:
    from designtool.share.receipts.registry import send

    unsent = polling.outbox.unsent()
    problems += [one.message for one in unsent.problems]
    count = 0
    for one in unsent.receipts:
        # One that the registry does not take keeps no other from being sent.
        with _telling(problems):
            send([one], registry)
            polling.outbox.keep_as_sent([one])
            count += 1
    return count


def here_in(store: Store, treatments: Treatments, recalls: Recalls) -> Callable[[Recalled], Here]:
    """What there is of a release in a runtime with these."""

    def here(recalled: Recalled) -> Here:
        from designtool.share.federation.roles import release_name

        digests = recalls.bundles_of(release_name(recalled.release), recalled.bundle)
        if not digests:
            return Here()
        active = {one.digest for unit in store.units() for one in store.activations(unit.id)}
        begun = [one for one in store.treatments() if one.digest in digests]
        standings = [recalls.about(digest) for digest in digests]
        return Here(
            has_release=True,
            is_activated=not active.isdisjoint(digests),
            has_treatments=any(state.phase == "under-way" for state in treatments.states(begun).values()),
            new_starts_stopped=not any(standing.lets_begin for standing in standings),
            parts_stopped=any(standing.patient_texts for standing in standings),
        )

    return here


# What is shown


def valid_until(trust_folder: Path) -> datetime | None:
    """When the first part of the top of the metadata, or of the recalls, runs out; None where nothing has been verified yet."""
    from designtool.share.federation.draft import LARGEST_TARGETS, metadata_of
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.federation.roles import RECALL, TOP_ROLES
    from designtool.share.federation.trust import CLIENT_FOLDER

    found = []
    for role in (*TOP_ROLES, RECALL):
        try:
            with (trust_folder / CLIENT_FOLDER / f"{role}.json").open("rb") as stream:
                data = stream.read(LARGEST_TARGETS + 1)
            expires: datetime = metadata_of(data, role).signed.expires
            found.append(expires.replace(tzinfo=UTC))
        except (OSError, TrustProblem):
            return None
    return min(found)


def warnings(polling: Polling, status: Status, now: datetime) -> tuple[Text, ...]:
    """What an administrator must not miss; empty while all is well."""
    found = []
    until = valid_until(polling.trust.folder)
    if until is None:
        found.append(_NEVER_VERIFIED)
    elif until <= now:
        found.append(_filled(_RUN_OUT, until, now))
    elif until - now < TOO_SOON:
        found.append(_filled(_RUNS_OUT, until, now))
    if polling.open is not None and status.tried_at is not None:
        if status.succeeded_at is None:
            found.append(_NEVER_POLLED)
        elif abs(now - status.succeeded_at) > TOO_LONG_AGO:
            found.append(_filled(_LONG_AGO, status.succeeded_at, now))
    return tuple(found)


def _filled(text: Text, at: datetime, now: datetime) -> Text:
    from designtool.render.display import moment
    from designtool.treatment.days import local

    return Text(
        text.sv.format(at=moment(local(at), "sv", local(now))), text.en.format(at=moment(local(at), "en", local(now)))
    )


_NEVER_VERIFIED = Text(
    "Inget har hämtats hit från federationen: nya behandlingar kan inte starta, och återkallelser hörs inte.",
    "There is no metadata of the federation here: new treatments cannot start, and recalls are not heard.",
)
_RUN_OUT = Text(
    "Det som har hämtats från federationen gick ut {at}. Nya behandlingar kan inte starta förrän nyare har kommit. Pågående fortsätter.",
    "The federation's metadata ran out {at}. New treatments cannot start until newer has come. Those under way go on.",
)
_RUNS_OUT = Text(
    "Det som har hämtats från federationen går ut {at}. Sedan kan nya behandlingar inte starta.",
    "The federation's metadata runs out {at}. After that new treatments cannot start.",
)
_NEVER_POLLED = Text(
    "Det har aldrig gått att hämta från registret. En återkallelse når inte hit.",
    "Fetching from the registry has never worked. A recall does not get here.",
)
_LONG_AGO = Text(
    "Det har inte gått att hämta från registret sedan {at}. En återkallelse når inte hit.",
    "Fetching from the registry has not worked since {at}. A recall does not get here.",
)
NOBODY_HEARS = Text(
    "Körmiljön har ingen nyckel att skriva under kvitton med. Den lyder återkallelser, men ingen annan får veta det.",
    "The runtime has no key to sign receipts with. It obeys recalls, but nobody else hears of it.",
)
FAULT = Text(
    "Något gick fel i körmiljön när den skulle hämta. Felet står i loggen. Nästa försök görs som vanligt.",
    "Something went wrong in the runtime when it was to fetch. The fault is in the log. The next attempt is made as usual.",
)


# The thread


@dataclass
class Poller:
    """Polls at once when it is started and then now and then, in a thread of its own. Nothing that happens there reaches a page."""

    polling: Polling
    file: Path
    """Where the last success is remembered."""
    clock: Callable[[], datetime]
    every: timedelta = timedelta(minutes=DEFAULT_MINUTES)
    _status: Status = field(init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _is_wanted: bool = False
    _is_stopped: bool = False
    _is_awaited: bool = False
    _rounds: int = 0
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._status = Status(succeeded_at=read_success(self.file))

    @property
    def status(self) -> Status:
        with self._changed:
            return self._status

    def warnings(self) -> tuple[Text, ...]:
        return warnings(self.polling, self.status, self.clock())

    @property
    def has_work(self) -> bool:
        """Whether there is anything to ask, or anybody who answers."""
        return self.polling.open is not None or self.polling.key is not None

    def start(self) -> None:
        if self._thread is None and self.has_work:
            # A poll may wait for the network: it keeps no process alive that is to end.
            self._thread = threading.Thread(target=self._run, name="polling", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """At once: a poll under way is left to itself, goes no further than its next step, and writes nothing after that."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def poll_now(self, wait_seconds: float) -> bool:
        """Poll without waiting for the time to come. Whether it was done within so many seconds; one alone waits for that."""
        with self._changed:
            if self._thread is None:
                return False
            is_alone, self._is_awaited = not self._is_awaited, True
            # One that is under way may have asked already: what is wanted is one that begins now.
            wanted = self._rounds + (2 if self._status.is_running else 1)
            self._is_wanted = True
            self._changed.notify_all()
            if not is_alone:
                return False
            try:
                return self._changed.wait_for(lambda: self._rounds >= wanted or self._is_stopped, wait_seconds)
            finally:
                self._is_awaited = False

    def run_once(self) -> Outcome:
        """One poll, in the thread that calls. Never raises."""
        now = self.clock()
        with self._changed:
            self._status = replace(self._status, is_running=True)
        try:
            outcome = poll(self.polling, now, self._may_go_on)
            if outcome.is_fresh and self._may_go_on():
                problems = list(outcome.problems)
                with _telling(problems):
                    write_success(self.file, now)
                outcome = replace(outcome, problems=tuple(problems))
        except Exception:
            # A fault of ours, and no reason for a patient to meet it: it is told to the administrator.
            _log.exception("the poll failed")
            outcome = Outcome(False, (FAULT,))
        with self._changed:
            self._status = self._status.after(outcome, now)
            self._rounds += 1
            self._changed.notify_all()
        return outcome

    def _may_go_on(self) -> bool:
        with self._changed:
            return not self._is_stopped

    def _run(self) -> None:
        while self._may_go_on():
            with self._changed:
                self._is_wanted = False
            self.run_once()
            with self._changed:
                self._changed.wait_for(lambda: self._is_wanted or self._is_stopped, self.every.total_seconds())


def read_success(file: Path) -> datetime | None:
    """When the last poll went well; None where that is not known."""
    try:
        at = datetime.fromisoformat(json.loads(file.read_bytes())["succeeded_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return at if at.tzinfo is not None else None


def write_success(file: Path, at: datetime) -> None:
    """Raises OSError."""
    data = json.dumps({"succeeded_at": at.astimezone(UTC).isoformat()}).encode()
    write_atomically(file, lambda stream: stream.write(data))
