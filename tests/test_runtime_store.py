"""What the runtime keeps: nothing acknowledged is lost, nothing is half-written, and the log shows when it was changed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import runtime_samples
from runtime_samples import Clinic, a_deed
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from designtool.runtime.access import Area, find_session, find_visit, open_session
from designtool.runtime.store import _BEFORE_APPENDING, DATABASE_FILE, Conflict, OtherSchema, Store, Treatment
from designtool.runtime.treatments import Programs, Treatments
from designtool.treatment import commands
from designtool.treatment.commands import Actor
from designtool.treatment.events import Answered, Event, MessageSent
from designtool.treatment.frame import frame_of
from designtool.treatment.state import fold


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with runtime_samples.clinic(tmp_path) as made:
        yield made


def treatment_of(clinic: Clinic) -> Treatment:
    found = clinic.service.store.treatment(clinic.treatment)
    assert found is not None
    return found


def message(clinic: Clinic, text: str) -> Event:
    return Event(clinic.time.now, clinic.patient.id, "patient", clinic.bundle.digest, MessageSent(text))


def raw(clinic: Clinic) -> sqlite3.Connection:
    return sqlite3.connect(clinic.service.store.folder / DATABASE_FILE)


def test_what_was_stored_is_there_when_the_database_is_opened_again(clinic: Clinic, tmp_path: Path) -> None:
    before = clinic.service.treatments.state(treatment_of(clinic))
    clinic.service.store.close()
    store = Store(tmp_path)
    again = Treatments(store, Programs(store), clinic.service.clock)
    assert again.state(treatment_of(clinic)) == before
    store.close()


def test_every_write_is_on_the_disk_before_it_is_acknowledged(clinic: Clinic) -> None:
    with clinic.service.store._engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    assert told == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


def test_a_database_of_another_schema_is_not_opened(clinic: Clinic, tmp_path: Path) -> None:
    clinic.service.store.close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute("UPDATE facts SET value = '99' WHERE name = 'schema'")
    with pytest.raises(OtherSchema, match="99"):
        Store(tmp_path)


def test_who_looked_at_older_events_is_told_and_nothing_is_written(clinic: Clinic) -> None:
    store, treatment = clinic.service.store, treatment_of(clinic)
    lines = store.audit_lines(treatment.unit)
    with pytest.raises(Conflict):
        store.append(treatment.id, treatment.count - 1, (message(clinic, "Hej"),), a_deed())
    assert treatment_of(clinic) == treatment
    assert store.audit_lines(treatment.unit) == lines


def test_an_act_is_worked_out_anew_when_somebody_else_was_faster(clinic: Clinic) -> None:
    treatments, treatment = clinic.service.treatments, treatment_of(clinic)
    treatments.state(treatment)
    faster = [message(clinic, "Jag hann först")]

    def work(state, program, now):  # type: ignore[no-untyped-def]
        if faster:
            clinic.service.store.append(treatment.id, state.count, (faster.pop(),), a_deed())
        outcome = commands.send_message(state, program, now, Actor(clinic.patient.id, "patient"), "Och jag sedan")
        return outcome, None

    state, _ = treatments.act(treatment, work, a_deed())
    assert [one.text for one in state.messages] == ["Jag hann först", "Och jag sedan"]
    assert state == fold(
        (stored.event for stored in clinic.service.store.events(treatment.id)),
        {treatment.digest: clinic.service.programs.program(treatment.digest)},
    )


def test_answers_from_many_devices_at_once_are_all_kept(clinic: Clinic) -> None:
    treatment, count = treatment_of(clinic), 8
    together = threading.Barrier(count)
    failed: list[BaseException] = []

    def device(number: int) -> None:
        def work(state, program, now):  # type: ignore[no-untyped-def]
            return commands.send_message(state, program, now, Actor(clinic.patient.id, "patient"), f"{number}"), None

        try:
            together.wait()
            for _ in range(5):
                clinic.service.treatments.act(treatment, work, a_deed())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=device, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    stored = clinic.service.store.events(treatment.id)
    texts = [one.event.what.text for one in stored if isinstance(one.event.what, MessageSent)]
    assert sorted(texts) == sorted([str(number) for number in range(count)] * 5)
    assert [one.number for one in stored] == list(range(1, len(stored) + 1))
    assert clinic.service.store.broken_audit_line() is None


def test_the_events_of_an_act_are_stored_together_or_not_at_all(clinic: Clinic) -> None:
    store, treatment = clinic.service.store, treatment_of(clinic)
    lines = store.audit_lines(treatment.unit)
    with raw(clinic) as connection:
        connection.execute(
            f"CREATE TRIGGER stop BEFORE INSERT ON events WHEN NEW.number = {treatment.count + 2} "
            "BEGIN SELECT RAISE(ABORT, 'the second event'); END"
        )
    with pytest.raises(Conflict):
        store.append(treatment.id, treatment.count, (message(clinic, "Ett"), message(clinic, "Två")), a_deed())
    assert treatment_of(clinic) == treatment
    assert store.audit_lines(treatment.unit) == lines


@pytest.mark.parametrize("table", ["events", "audit"])
def test_an_act_and_its_line_in_the_log_are_stored_together_or_not_at_all(clinic: Clinic, table: str) -> None:
    store, treatment = clinic.service.store, treatment_of(clinic)
    lines = store.audit_lines(treatment.unit)
    with raw(clinic) as connection:
        connection.execute(f"CREATE TRIGGER stop BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises((Conflict, IntegrityError)):
        store.append(treatment.id, treatment.count, (message(clinic, "Ett"),), a_deed())
    assert treatment_of(clinic) == treatment
    assert store.audit_lines(treatment.unit) == lines


def test_a_treatment_of_nobody_leaves_nothing_behind(clinic: Clinic) -> None:
    orphan = replace(treatment_of(clinic), id="orphan", patient="nobody", staff=frozenset())
    with pytest.raises(IntegrityError):
        clinic.service.store.add_treatment(orphan, (message(clinic, "Hej"),), a_deed())
    assert clinic.service.store.treatment("orphan") is None
    assert clinic.service.store.events("orphan") == ()


def test_the_state_is_kept_in_memory_and_follows_what_others_store(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, treatment = clinic.service, treatment_of(clinic)
    state = service.treatments.state(treatment)
    asked: list[dict[str, int]] = []
    ask = service.store.events_of
    monkeypatch.setattr(Store, "events_of", lambda self, after: asked.append(dict(after)) or ask(after))
    assert service.treatments.state(treatment) is state
    assert asked == []
    service.store.append(treatment.id, treatment.count, (message(clinic, "Från en annan process"),), a_deed())
    later = service.treatments.state(treatment_of(clinic))
    assert [one.text for one in later.messages] == ["Från en annan process"]
    assert asked == [{treatment.id: treatment.count}]


def test_only_so_much_is_kept_in_memory(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    treatments, treatment = clinic.service.treatments, treatment_of(clinic)
    state = treatments.state(treatment)
    frame = frame_of(state, clinic.service.programs.program(treatment.digest), clinic.time.now)
    monkeypatch.setattr("designtool.runtime.treatments._STATES_KEPT", 2)
    for id in ("first", "second", "first", "third"):
        treatments.remember_frame(id, frame)
    assert [treatments.frame(id) is frame for id in ("first", "second", "third")] == [True, False, True]


def test_a_line_in_the_log_that_another_process_took_is_a_conflict_and_nothing_is_written(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, before = clinic.service.store, treatment_of(clinic)
    ask = Connection.execute

    def late(self: Connection, statement: object, *more: object) -> object:
        # The database of another process, which does not wait for ours: its line comes between our look and our line.
        found = ask(self, statement, *more)
        return SimpleNamespace(one=lambda: (found.one()[0], 1, "0" * 64)) if statement is _BEFORE_APPENDING else found

    monkeypatch.setattr(Connection, "execute", late)
    with pytest.raises(Conflict):
        store.append(before.id, before.count, (message(clinic, "För sent"),), a_deed())
    monkeypatch.undo()
    assert treatment_of(clinic) == before and store.broken_audit_line() is None


def test_the_states_of_a_whole_unit_cost_one_question(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 5):
        clinic.new_patient(number=number)
    fresh = Treatments(clinic.service.store, clinic.service.programs, clinic.service.clock)
    asked: list[int] = []
    ask = clinic.service.store.events_of
    monkeypatch.setattr(Store, "events_of", lambda self, after: asked.append(len(after)) or ask(after))
    states = fresh.states(clinic.service.store.treatments_of_unit("enheten"))
    assert len(states) == 5
    assert all(state.phase == "under-way" for state in states.values())
    assert asked == [5]


def test_what_time_brings_is_stored_once(clinic: Clinic) -> None:
    treatments = clinic.service.treatments
    clinic.time.pass_(days=8)
    treatments.tick()
    missed = treatment_of(clinic).count
    assert any(one.event.kind == "missed" for one in clinic.service.store.events(clinic.treatment))
    treatments.tick()
    treatments.current(treatment_of(clinic))
    assert treatment_of(clinic).count == missed


def test_a_clock_that_is_moved_passes_every_midnight(clinic: Clinic) -> None:
    before = clinic.service.clock.now()
    clinic.service.treatments.move_clock(before + timedelta(days=20))
    days = {one.event.at.date() for one in clinic.service.store.events(clinic.treatment) if one.event.kind == "missed"}
    assert len(days) > 1, "what was missed in different weeks was seen on different days"
    with pytest.raises(ValueError, match="back"):
        clinic.service.clock.move_to(before)


def test_a_session_is_known_by_its_hash_alone_and_ends(clinic: Clinic) -> None:
    store, now = clinic.service.store, clinic.time.now
    session = open_session(store, clinic.patient, now, now)
    assert find_session(store, session.token, "patient", now) is not None
    assert find_session(store, session.token, "staff", now) is None
    assert find_session(store, session.token[:-1], "patient", now) is None
    assert find_session(store, session.token[::-1], "patient", now) is None
    clinic.time.pass_(hours=8, seconds=1)
    assert find_session(store, session.token, "patient", clinic.time.now) is None
    for path in clinic.service.store.folder.glob("runtime.sqlite*"):
        assert session.token.encode() not in path.read_bytes()


def test_a_visit_says_what_two_questions_say(clinic: Clinic) -> None:
    store, now, id = clinic.service.store, clinic.time.now, clinic.treatment
    session = open_session(store, clinic.patient, now, now)

    def visit(treatment: str = id, area: Area = "patient") -> tuple[object, object]:
        found, visited = find_visit(store, session.token, area, clinic.time.now, treatment)
        assert found == find_session(store, session.token, area, clinic.time.now)
        return found, visited

    assert visit() == (session, treatment_of(clinic)) and len(treatment_of(clinic).staff) > 1
    assert visit("nobody's") == (session, None)
    assert visit(area="staff")[0] is None
    for staff in (("b-2",), ()):
        store.set_staff(id, staff, treatment_of(clinic).count, (message(clinic, "Ny"),), a_deed())
        _, visited = visit()
        assert visited == treatment_of(clinic)
        assert visited.staff == frozenset(staff), "nobody stays who has been taken away"
    assert find_visit(store, session.token[::-1], "patient", now, id) == (None, None)
    assert find_visit(store, "' OR 1=1 --", "patient", now, id) == (None, None)
    clinic.time.pass_(hours=8, seconds=1)
    assert visit() == (None, None), "an ended session is told nothing of the treatment"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit SET user = 'somebody-else' WHERE number = 3",
        "UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 3",
        "DELETE FROM audit WHERE number = 3",
        "UPDATE audit SET hash = previous WHERE number = 3",
    ],
)
def test_a_changed_audit_log_is_seen(clinic: Clinic, harm: str) -> None:
    for _ in range(5):
        clinic.service.store.write_down(a_deed())
    assert clinic.service.store.broken_audit_line() is None
    with raw(clinic) as connection:
        connection.execute(harm)
    assert clinic.service.store.broken_audit_line() == 3


def test_the_audit_log_carries_nothing_clinical(clinic: Clinic) -> None:
    secret = "Jag har det mycket svårt"
    person = clinic.sign_in(clinic.patient.id)
    saved = person.save(f"{clinic.patient_base}/exercise/mina_mal", field="viktigast", value=secret, revision=None)
    assert saved.status_code == 200
    with raw(clinic) as connection:
        rows = connection.execute("SELECT * FROM audit").fetchall()
    written = repr(rows)
    assert "save-answer" in written
    for hidden in (secret, clinic.patient.name, clinic.patient.identity):
        assert hidden not in written
    stored = clinic.service.store.events(clinic.treatment)[-1].event
    assert isinstance(stored.what, Answered)
    assert stored.what.value == secret
