"""A runtime that asks a registry: it obeys what it hears, answers it, and nobody in treatment waits for any of that."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import federations
import pytest
import runtime_samples
from failpoints import failing, in_a_child, killed
from fake_registry import FakeRegistry, fake_registry
from federations import CLINICAL, PUBLISHER, SAFETY, contents, person
from receipt_samples import LUND
from registries import http_registry, respond
from test_share_runtime import ANNA, BO, GOALS, REGISTRATION, Shared, shared

from designtool.runtime import polling as polling_module
from designtool.runtime.outbox import Outbox, outbox_of
from designtool.runtime.polling import (
    FAULT,
    Here,
    Outcome,
    Poller,
    Polling,
    RuntimeKey,
    Status,
    here_in,
    poll,
    read_success,
    valid_until,
    warnings,
)
from designtool.share.agreements.folder import write_agreement
from designtool.share.agreements.registry import send_agreements
from designtool.share.agreements.terms import Agreement, propose, read_agreement
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import release_name
from designtool.share.recalls.lifts import sign_lift
from designtool.share.recalls.listing import Recall, draft_lift, draft_recall, lift_for
from designtool.share.receipts.documents import Enrolment, Receipt, enrol, overview
from designtool.share.receipts.recalled import recalled_in
from designtool.share.receipts.registry import collect, send
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.network import Patience
from designtool.share.registries.registry import Registry

NOW = runtime_samples.NOW
DAY = timedelta(days=1)
UNIT = person("Psykiatrimottagningen", "runtime", "vgr")
KEY = RuntimeKey(UNIT.public, UNIT.signer)
FEW = Patience(connect=2, silence=2, answer=2, attempts=1, longest_wait=0)


@dataclass
class Place:
    """A clinic and the registry that it asks."""

    shared: Shared
    open: Callable[[], Registry]
    folder: Path
    fake: FakeRegistry | None = None

    @property
    def now(self) -> datetime:
        return self.shared.clinic.time.now

    @property
    def outbox(self) -> Outbox:
        return outbox_of(self.shared.clinic.service.store.folder)

    def polling(self, **changes: Any) -> Polling:
        service = self.shared.clinic.service
        assert service.trust is not None
        made = Polling(
            service.trust,
            self.outbox,
            here_in(service.store, service.treatments, service.recalls),
            self.open,
            "./register",
            self.folder / "agreements",
            KEY,
        )
        return replace(made, **changes)

    def poll(self, **changes: Any) -> Outcome:
        return poll(self.polling(**changes), self.now)

    def publish(self) -> None:
        """What the federation says now goes to the registry."""
        self.shared.federation.stamp(self.now)
        with self.open() as registry:
            copy_metadata(self.shared.federation.store, RegistryMetadataStore(registry))

    @property
    def release(self) -> str:
        program = self.shared.clinic.service.programs.program(self.shared.clinic.bundle.digest)
        return f"{program.publisher.region}/{program.id}/{program.version}"

    def recall(self, level: str = "no-new-patients", name: str = "", **more: Any) -> None:
        store = self.shared.federation.store
        wanted = Recall(release_name(name or self.release), level, "Fel i sömnfönstret.", **more)  # type: ignore[arg-type]
        self.shared.federation.adopt(draft_recall(store, wanted, self.now), SAFETY)
        self.publish()

    def lift(self) -> None:
        store = self.shared.federation.store
        lift = lift_for(store, release_name(self.release), "Felet är rättat.", self.now.date())
        for one in (SAFETY, BO):
            lift = sign_lift(lift, one.signer, one.public, [SAFETY.public, BO.public])
        self.shared.federation.adopt(draft_lift(store, lift, self.now), SAFETY)
        self.publish()

    def receipts(self) -> list[Receipt]:
        """What lies in the registry."""
        with self.open() as registry:
            found = collect(registry, ["vgr"])
        assert found.problems == ()
        return [one.content for one in found.documents if isinstance(one.content, Receipt)]

    def why_not(self) -> str:
        why = self.shared.clinic.service.why_not_begin(self.shared.clinic.bundle.digest)
        return why.sv if why is not None else ""


@contextmanager
def a_place(folder: Path, kind: str = "folder") -> Iterator[Place]:
    with shared(folder) as made:
        if kind == "folder":
            place = Place(made, lambda: FolderRegistry(folder / "registry"), folder)
            place.publish()
            yield place
            return
        with fake_registry() as service:
            place = Place(made, lambda: http_registry(service.address, patience=FEW), folder, service)
            place.publish()
            yield place


@pytest.fixture(params=["folder", "service"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path, request.param) as made:
        yield made


@pytest.fixture
def folder_place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as made:
        yield made


# What a poll does


def test_a_recall_is_heard_obeyed_and_answered(place: Place) -> None:
    assert place.poll() == Outcome(True)
    assert place.why_not() == ""
    place.recall()
    place.shared.clinic.time.pass_(minutes=60)
    assert place.poll() == Outcome(True, written=1, sent=1)
    assert "Fel i sömnfönstret" in place.why_not()
    (receipt,) = place.receipts()
    (recalled,) = recalled_in(place.shared.trust)
    assert receipt == Receipt(
        "vgr",
        place.release,
        "no-new-patients",
        recalled.digest,
        receipt.metadata_version,
        place.now.replace(microsecond=0),
        has_release=True,
        is_activated=True,
        has_treatments=True,
        done=("new-starts-stopped",),
    )
    assert receipt.metadata_version == 2
    assert place.poll() == Outcome(True), "what is answered is answered once"


def test_patients_under_way_go_on_and_nobody_new_begins(folder_place: Place) -> None:
    place, made = folder_place, folder_place.shared.clinic
    place.recall()
    place.poll()
    refused = made.sign_in("pa-1").post("/administration/register", {**REGISTRATION, "program": made.bundle.digest})
    assert (refused.status_code, "Fel i sömnfönstret" in refused.text) == (422, True)
    patient = made.sign_in(made.patient.id)
    assert patient.get(f"{made.patient_base}/home").status_code == 200
    saved = patient.save(f"{made.patient_base}/{GOALS}", field="viktigast", value="Sova", revision=None)
    assert saved.status_code == 200


def test_parts_that_are_stopped_are_told(folder_place: Place) -> None:
    folder_place.recall("stop-use", parts=("all",), patient_text="Vänta med det här.", therapist_text="Ring patienten.")
    folder_place.poll()
    (receipt,) = folder_place.receipts()
    assert (receipt.level, receipt.done) == ("stop-use", ("new-starts-stopped", "parts-stopped"))


def test_information_stops_nothing(folder_place: Place) -> None:
    folder_place.recall("info")
    folder_place.poll()
    (receipt,) = folder_place.receipts()
    assert (receipt.level, receipt.done, receipt.is_activated) == ("info", (), True)
    assert folder_place.why_not() == ""


def test_a_release_that_is_not_here_is_answered_too(folder_place: Place) -> None:
    folder_place.recall(name="region-a/prov/1.0.0")
    assert folder_place.poll().sent == 1
    (receipt,) = folder_place.receipts()
    assert (receipt.has_release, receipt.is_activated, receipt.has_treatments, receipt.done) == (
        False,
        False,
        False,
        (),
    )


def test_treatments_that_have_ended_are_none_under_way(folder_place: Place) -> None:
    made = folder_place.shared.clinic
    ended = made.sign_in("b-1").post(f"/t/{made.treatment}/care", {"action": "end", "text": "Klar"})
    assert ended.status_code == 303
    folder_place.recall()
    folder_place.poll()
    (receipt,) = folder_place.receipts()
    assert (receipt.is_activated, receipt.has_treatments) == (True, False)


def test_a_receipt_says_nothing_of_any_patient(folder_place: Place) -> None:
    folder_place.recall()
    folder_place.poll()
    (one,) = folder_place.outbox.sent().receipts
    made = folder_place.shared.clinic
    for word in (made.patient.name, made.patient.id, made.patient.identity, made.treatment):
        assert word.encode() not in one.envelope.payload
    numbers = [value for value in json.loads(one.envelope.payload).values() if type(value) is int]
    assert numbers == [1, 2], "the format and the version of the list"


def test_a_lift_is_answered_and_what_was_stopped_begins_again(folder_place: Place) -> None:
    folder_place.recall()
    folder_place.poll()
    folder_place.lift()
    assert folder_place.poll() == Outcome(True, written=1, sent=1)
    assert folder_place.why_not() == ""
    assert [(one.level, one.done) for one in sorted(folder_place.receipts(), key=lambda one: one.level)] == [
        ("lifted", ()),
        ("no-new-patients", ("new-starts-stopped",)),
    ]


def test_the_receipt_counts_for_whoever_asks(folder_place: Place) -> None:
    enrolment = Enrolment(UNIT.public, "Eva Lind", "031-17 00 00", NOW)
    with folder_place.open() as registry:
        send([enrol(enrolment, ANNA.signer, ANNA.public)], registry)
    folder_place.recall()
    folder_place.poll()
    with folder_place.open() as registry:
        found = collect(registry, ["vgr"])
    trust = folder_place.shared.trust
    seen = overview(found.documents, recalled_in(trust), region_keys(trust), NOW + 2 * DAY, DAY, found.problems)
    assert seen.is_everybody_heard
    assert [len(one.answered) for one in seen.recalls] == [1]


def test_without_a_key_a_recall_is_obeyed_and_nobody_hears(folder_place: Place) -> None:
    folder_place.recall()
    assert folder_place.poll(key=None) == Outcome(True)
    assert "Fel i sömnfönstret" in folder_place.why_not()
    assert folder_place.receipts() == []
    assert folder_place.poll().sent == 1, "with a key it is answered later"


def test_another_key_answers_again(folder_place: Place) -> None:
    folder_place.recall()
    folder_place.poll()
    other = replace(LUND.public, region="vgr")
    assert folder_place.poll(key=RuntimeKey(other, LUND.signer)) == Outcome(True, written=1, sent=1)


def test_agreements_come_too(folder_place: Place) -> None:
    terms = Agreement(
        "region-a", "vgr", ("prov",), ">=1.0 <2.0", date(2026, 1, 1), date(2030, 1, 1), None, "a@a.example"
    )
    own = folder_place.folder / "own"
    write_agreement(own, read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a"))
    keys = {one.public.key_id: one.public for one in (PUBLISHER, CLINICAL)}
    with folder_place.open() as registry:
        send_agreements(own, registry, "region-a", keys)
    assert folder_place.poll() == Outcome(True, new_agreements=1)
    assert len(list((folder_place.folder / "agreements").glob("*.agreement.json"))) == 1
    assert folder_place.poll() == Outcome(True)
    assert folder_place.poll(agreements=None).is_fresh


def test_new_bundles_are_not_imported(folder_place: Place) -> None:
    before = folder_place.shared.clinic.service.store.bundles()
    folder_place.shared.federation.release("region-a/prov/1.0.1", federations.SECOND, NOW)
    folder_place.publish()
    folder_place.poll()
    assert folder_place.shared.clinic.service.store.bundles() == before


def test_what_comes_on_a_stick_is_answered_without_any_registry(folder_place: Place) -> None:
    folder_place.recall()
    with folder_place.open() as stick:
        take_over(RegistryMetadataStore(stick), folder_place.shared.trust, NOW)
    assert folder_place.poll(open=None) == Outcome(False, written=1)
    assert "Fel i sömnfönstret" in folder_place.why_not()
    assert len(folder_place.outbox.unsent().receipts) == 1


def test_few_requests_are_made_when_nothing_is_new(tmp_path: Path) -> None:
    with a_place(tmp_path, "service") as place:
        assert place.fake is not None
        place.poll()
        place.fake.requests.clear()
        place.poll()
        # Of the metadata what a fetch asks for, and what each region has put among the agreements. Of receipts nothing.
        assert [one.split("/v2/")[1].partition("?")[0] for one in place.fake.requests] == [
            "",
            "federation/root/manifests/2",
            "federation/timestamp/manifests/current",
            "agreements/region-a/tags/list",
            "agreements/region-b/tags/list",
            "agreements/vgr/tags/list",
        ]


# What goes wrong


def test_a_registry_that_is_down_hears_of_it_at_the_next_poll(tmp_path: Path) -> None:
    with a_place(tmp_path, "service") as place:
        assert place.fake is not None
        place.recall()

        def receipts_are_down(handler: BaseHTTPRequestHandler) -> bool:
            if "/receipts/" not in handler.path:
                return False
            respond(handler, 503, b"{}")
            return True

        place.fake.twist = receipts_are_down
        outcome = place.poll()
        assert (outcome.is_fresh, outcome.written, outcome.sent) == (True, 1, 0)
        assert any("kan inte svara" in problem.sv or "inte att nå" in problem.sv for problem in outcome.problems)
        assert "Fel i sömnfönstret" in place.why_not(), "it is obeyed whether or not anybody hears"
        place.shared.clinic.time.pass_(minutes=60)
        place.fake.twist = lambda handler: False
        assert place.poll() == Outcome(True, sent=1)
        (receipt,) = place.receipts()
        assert receipt.learned_at == NOW, "it says when it was heard, not when it was sent"


def html(handler: BaseHTTPRequestHandler) -> bool:
    respond(handler, 200, b"<html>Logga in</html>", {"Content-Type": "text/html"})
    return True


def oversize(handler: BaseHTTPRequestHandler) -> bool:
    respond(handler, 200, b"[" * (5 * 2**20))
    return True


def drip(handler: BaseHTTPRequestHandler) -> bool:
    """A byte now and then, for ever: never silent, and never done."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    with_pause = threading.Event()
    while not with_pause.wait(0.02):
        handler.wfile.write(b" ")
    return True


def elsewhere(handler: BaseHTTPRequestHandler) -> bool:
    respond(handler, 302, b"", {"Location": "http://169.254.169.254/latest"})
    return True


def nothing(handler: BaseHTTPRequestHandler) -> bool:
    respond(handler, 404, b"{}")
    return True


def broken(handler: BaseHTTPRequestHandler) -> bool:
    respond(handler, 200, b'{"tags": [')
    return True


@pytest.mark.parametrize("twist", [html, oversize, drip, elsewhere, nothing, broken])
def test_a_poll_that_gets_anything_else_takes_nothing_and_tells(
    tmp_path: Path, twist: Callable[[BaseHTTPRequestHandler], bool]
) -> None:
    with a_place(tmp_path, "service") as place:
        assert place.fake is not None
        assert place.poll().is_fresh
        place.recall()
        before = contents(place.shared.trust)
        place.fake.twist = twist
        outcome = place.poll(most_seconds=0.5)
        assert (outcome.is_fresh, outcome.written, outcome.sent) == (False, 0, 0)
        assert outcome.problems
        assert contents(place.shared.trust) == before
        place.fake.twist = lambda handler: False
        assert place.poll() == Outcome(True, written=1, sent=1)


def test_a_place_that_cannot_be_opened_is_told(folder_place: Place) -> None:
    def fails() -> Registry:
        raise OSError(13, "Permission denied", "credentials.json")

    outcome = folder_place.poll(open=fails)
    assert not outcome.is_fresh
    assert [one.sv for one in outcome.problems] == ["credentials.json går inte att använda: du har inte rätt till det"]


def test_metadata_that_is_older_is_not_taken(folder_place: Place) -> None:
    folder_place.poll()
    old = FolderRegistry(folder_place.folder / "old")
    copy_metadata(folder_place.shared.federation.store, RegistryMetadataStore(old))
    folder_place.recall()
    folder_place.poll()
    outcome = folder_place.poll(open=lambda: old)
    assert (outcome.is_fresh, len(outcome.problems)) == (False, 1)
    assert "Fel i sömnfönstret" in folder_place.why_not()


def test_a_receipt_that_the_registry_does_not_take_keeps_no_other_from_being_sent(tmp_path: Path) -> None:
    with a_place(tmp_path, "service") as place:
        assert place.fake is not None
        place.recall()
        place.recall(name="region-a/prov/1.0.0")
        taken: list[str] = []

        def refuses_the_first(handler: BaseHTTPRequestHandler) -> bool:
            is_receipt = handler.command == "PUT" and "/manifests/receipt-" in handler.path
            if not is_receipt or taken:
                return False
            taken.append(handler.path)
            handler.rfile.read(int(handler.headers["Content-Length"]))
            respond(handler, 400, b"{}")
            return True

        place.fake.twist = refuses_the_first
        outcome = place.poll()
        assert (outcome.written, outcome.sent, len(outcome.problems)) == (2, 1, 1)
        assert place.poll() == Outcome(True, sent=1)


class Killed(BaseException):
    """What no handler of exceptions catches: the process ends here."""


def test_killed_between_writing_and_sending(folder_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_place.recall()

    def killed(*arguments: Any) -> int:
        raise Killed

    with monkeypatch.context() as broken_off:
        broken_off.setattr(polling_module, "_send_receipts", killed)
        with pytest.raises(Killed):
            folder_place.poll()
    assert len(folder_place.outbox.unsent().receipts) == 1
    assert folder_place.poll() == Outcome(True, sent=1)
    assert len(folder_place.receipts()) == 1


def test_killed_between_sending_and_remembering(folder_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_place.recall()

    def killed(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as broken_off:
        broken_off.setattr(Outbox, "keep_as_sent", killed)
        with pytest.raises(Killed):
            folder_place.poll()
    assert len(folder_place.receipts()) == 1
    assert folder_place.poll() == Outcome(True, sent=1)
    assert len(folder_place.receipts()) == 1, "the same receipt again changes nothing"


def test_killed_at_any_step_of_the_disk_loses_no_receipt_and_makes_none_twice(folder_place: Place) -> None:
    """The receipt that was signed first is the one that arrives."""
    folder_place.recall()
    folder_place.poll(key=None)
    data = folder_place.outbox.folder
    data.mkdir()

    def one_poll() -> Outcome:
        return folder_place.poll(here=lambda recalled: Here(), agreements=None)

    steps, signed = 0, set()
    while True:
        steps += 1
        ended = in_a_child(partial(_killed_at, data, steps, one_poll))
        signed |= {one.envelope for part in ("unsent", "sent") for one in getattr(folder_place.outbox, part)().receipts}
        if ended == 0:
            break
        assert steps < 50
    assert steps > 4, "the disk was written to"
    assert len(signed) == 1
    assert one_poll() == Outcome(True)
    assert len(folder_place.receipts()) == 1


def _killed_at(folder: Path, step: int, work: Callable[[], object]) -> None:
    with failing(folder, step, killed):
        work()


def test_a_full_disk_is_told_and_tried_again(folder_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_place.recall()

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device", "receipts")

    with monkeypatch.context() as broken_off:
        broken_off.setattr(Outbox, "add", full)
        outcome = folder_place.poll()
    assert (outcome.written, [one.en for one in outcome.problems]) == (
        0,
        ["receipts cannot be used: the disk is full"],
    )
    assert folder_place.poll().sent == 1


# The thread


def poller_of(place: Place, **changes: Any) -> Poller:
    return Poller(place.polling(**changes), place.folder / "polled.json", lambda: place.now)


def test_it_polls_at_start_and_when_asked_and_stops_at_once(folder_place: Place) -> None:
    folder_place.recall()
    poller = poller_of(folder_place)
    poller.start()
    try:
        assert poller.poll_now(30)
        assert poller.status.succeeded_at == folder_place.now
        assert len(folder_place.receipts()) == 1
        assert read_success(folder_place.folder / "polled.json") == folder_place.now
    finally:
        poller.stop()
    assert poller._thread is not None
    poller._thread.join(30)
    assert not poller._thread.is_alive()


def test_a_poll_that_hangs_holds_up_nobody(folder_place: Place) -> None:
    entered, let_go = threading.Event(), threading.Event()

    def hangs() -> Registry:
        entered.set()
        let_go.wait(30)
        return folder_place.open()

    folder_place.recall()
    poller = poller_of(folder_place, open=hangs)
    poller.start()
    try:
        assert entered.wait(30)
        assert poller.status.is_running
        assert not poller.poll_now(0.01), "whoever asks does not wait for it"
        made = folder_place.shared.clinic
        assert made.sign_in(made.patient.id).get(f"{made.patient_base}/home").status_code == 200
        assert folder_place.why_not() == "", "whether something may begin is answered meanwhile"
        poller.stop()
    finally:
        let_go.set()
    assert poller._thread is not None
    poller._thread.join(30)
    assert not poller._thread.is_alive()
    assert folder_place.outbox.unsent().receipts == (), "what is stopped goes no further"
    assert not (folder_place.folder / "polled.json").exists()


def test_a_fault_is_told_and_the_thread_goes_on(folder_place: Place) -> None:
    calls: list[int] = []

    def faulty() -> Registry:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return folder_place.open()

    poller = poller_of(folder_place, open=faulty)
    assert poller.run_once() == Outcome(False, (FAULT,))
    assert (poller.status.succeeded_at, poller.status.problems) == (None, (FAULT,))
    assert poller.run_once().is_fresh
    assert poller.status == Status(folder_place.now, folder_place.now)


def test_what_cannot_be_remembered_is_told(folder_place: Place) -> None:
    (folder_place.folder / "polled.json").mkdir()
    poller = poller_of(folder_place)
    outcome = poller.run_once()
    assert (outcome.is_fresh, len(outcome.problems)) == (True, 1)


def test_only_one_waits_for_a_poll(folder_place: Place) -> None:
    poller = poller_of(folder_place)
    assert not poller.poll_now(1000), "nothing runs that could be waited for"
    assert not poller_of(folder_place, open=None, key=None).has_work


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"succeeded_at": 3}', b'{"succeeded_at": "2026-01-01"}', b"\xff"]
)
def test_a_status_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "polled.json").write_bytes(content)
    assert read_success(tmp_path / "polled.json") is None


# What the administrator sees


def told(place: Place, status: Status, now: datetime | None = None, **changes: Any) -> list[str]:
    return [one.sv for one in warnings(place.polling(**changes), status, now or place.now)]


def test_what_must_not_be_missed(folder_place: Place) -> None:
    place, fine = folder_place, Status(NOW, NOW)
    place.poll()
    until = valid_until(place.shared.trust)
    assert until == NOW + 7 * DAY
    assert told(place, fine) == []
    assert told(place, fine, NOW + DAY) == []
    assert "sedan" in "".join(told(place, fine, NOW + DAY + timedelta(seconds=1)))
    assert told(place, fine, NOW + 2 * DAY, open=None) == []
    assert "går ut" in "".join(told(place, Status(), NOW + 6 * DAY))
    assert "gick ut" in "".join(told(place, Status(), NOW + 7 * DAY))
    assert told(place, Status()) == [], "before the first poll there is nothing to tell"
    assert "aldrig gått" in "".join(told(place, Status(NOW, None)))
    assert "sedan" in "".join(told(place, Status(NOW, NOW + 3 * DAY))), "a time that has not been yet is no success"
    (place.shared.trust / "client" / "timestamp.json").write_bytes(b"{}")
    assert "Inget har hämtats hit" in "".join(told(place, fine))


@contextmanager
def with_poller(folder: Path) -> Iterator[Place]:
    with a_place(folder) as place:
        service = replace(place.shared.clinic.service, poller=poller_of(place))
        place.shared.clinic.service = service
        place.shared.clinic.app.state.service = service
        yield place


def test_the_page_tells_when_what_and_until_when(tmp_path: Path) -> None:
    with with_poller(tmp_path) as place:
        made = place.shared.clinic
        assert made.service.poller is not None
        admin = made.sign_in("ea-1")
        page = admin.get("/unit/sharing")
        assert page.status_code == 200
        for shown in ("Senast hämtat: aldrig", "./register", "Hämta nu", "Inga kvitton än"):
            assert shown in page.text
        place.recall()
        made.service.poller.run_once()
        page = admin.get("/unit/sharing")
        for shown in (
            "Senast hämtat: i dag kl. 08.00",
            "Fel i sömnfönstret",
            f"{place.release} (inga nya patienter)",
            "skickat",
        ):
            assert shown in page.text
        made.time.pass_(days=2)
        for path in ("/unit", "/unit/sharing"):
            assert "Det har inte gått att hämta från registret sedan" in made.sign_in("ea-1").get(path).text
        made.time.pass_(days=4)
        assert "Det som har hämtats från federationen går ut" in made.sign_in("ea-1").get("/unit").text


def test_what_went_wrong_is_told_in_words(tmp_path: Path) -> None:
    with with_poller(tmp_path) as place:
        made = place.shared.clinic
        for path in sorted((tmp_path / "registry" / "blobs" / "sha256").iterdir()):
            path.unlink()
        assert made.service.poller is not None
        made.service.poller.run_once()
        page = made.sign_in("ea-1").get("/unit/sharing")
        assert "Det gick inte vid senaste försöket:" in page.text
        assert "Det har aldrig gått att hämta" in made.sign_in("ea-1").get("/unit").text


def test_only_the_administrator_fetches_from_an_own_page(tmp_path: Path) -> None:
    with with_poller(tmp_path) as place:
        made = place.shared.clinic
        assert made.service.poller is not None
        made.service.poller.start()
        try:
            for user in ("b-1", "pa-1"):
                person = made.sign_in(user)
                assert person.get("/unit/sharing").status_code == 404
                assert person.post("/unit/sharing", {}).status_code == 404
            assert made.sign_in(made.patient.id).get("/unit/sharing").status_code == 401
            admin = made.sign_in("ea-1")
            assert admin.client.post("/unit/sharing", data={"csrf-token": "x"}).status_code == 403
            foreign = admin.client.post(
                "/unit/sharing", data={"csrf-token": admin.token}, headers={"origin": "https://ond.example"}
            )
            assert foreign.status_code == 403
            place.recall()
            done = admin.post("/unit/sharing", {})
            assert (done.status_code, done.headers["location"]) == (303, "/unit/sharing")
            assert made.service.poller.poll_now(30)
            assert len(place.receipts()) == 1
            assert "poll" in [line.action for line in made.service.store.audit_lines(made.service.store.units()[0].id)]
        finally:
            made.service.poller.stop()


def test_a_runtime_that_trusts_nobody_has_no_such_page(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as made:
        assert made.service.poller is None
        admin = made.sign_in("ea-1")
        assert admin.get("/unit/sharing").status_code == 404
        assert "/unit/sharing" not in admin.get("/unit").text


def test_without_a_place_the_page_says_how_news_come(tmp_path: Path) -> None:
    with shared(tmp_path) as made:
        page = made.clinic.sign_in("ea-1").get("/unit/sharing")
        assert page.status_code == 200
        for shown in ("federation update", "Den lyder återkallelser, men ingen annan får veta det."):
            assert shown in page.text
        assert "Hämta nu" not in page.text


def test_the_service_polls_while_it_is_served(folder_place: Place) -> None:
    poller = poller_of(folder_place)
    made = folder_place.shared.clinic
    made.service = replace(made.service, poller=poller)
    from runtime_samples import HOST
    from starlette.testclient import TestClient

    from designtool.runtime.app import app_of

    folder_place.recall()
    with TestClient(app_of(made.service, frozenset({HOST})), base_url=f"http://{HOST}") as client:
        assert client.get("/").status_code == 200
        assert poller.poll_now(30)
    assert poller._is_stopped
    assert len(folder_place.receipts()) == 1
