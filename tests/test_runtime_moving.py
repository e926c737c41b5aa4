"""A therapist moves a patient to a later version of the program: told first what it means, stored as one act, readable ever after."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import runtime_samples
from click.testing import CliRunner
from runtime_samples import Clinic, Person

from designtool.cli import group
from designtool.model.exercise import Field
from designtool.model.migration import Migration
from designtool.model.program import Program, Release
from designtool.runtime.treatments import Programs, Treatments
from designtool.treatment.events import MovedToVersion
from designtool.treatment.exported import from_line

FIRST = runtime_samples.sample_program()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with runtime_samples.clinic(tmp_path / "data") as made:
        yield made


def later(program: Program = FIRST, version: str = "2.0.0", **migration: Any) -> Program:
    ids = {name: MappingProxyType(value) if isinstance(value, dict) else value for name, value in migration.items()}
    return replace(program, version=version, migrations=(Migration("1.0.0", version, **ids),))


def renamed_field() -> Program:
    """The goal is called otherwise, and is one of the things that patients have written."""
    exercises = tuple(
        replace(one, fields=(replace(one.fields[0], id="viktigt"), *one.fields[1:])) if one.id == "mina_mal" else one
        for one in FIRST.exercises
    )
    program = replace(FIRST, exercises=exercises, release=Release(("viktigast",)))
    return later(program, fields={"mina_mal.viktigast": "mina_mal.viktigt"})


def activate(clinic: Clinic, program: Program) -> str:
    administrator = clinic.sign_in("ea-1")
    content = runtime_samples.bundle_bytes(program)
    assert administrator.post("/unit/import", {}, files={"bundle": ("x.dtb", content)}).status_code == 303
    digest = next(one.digest for one in clinic.service.store.bundles() if one.version == program.version)
    assert administrator.post("/unit/activate", {"digest": digest, "sign-off": "yes"}).status_code == 303
    return digest


def write_a_goal(clinic: Clinic, text: str = "Sova bättre") -> Person:
    patient = clinic.sign_in(clinic.patient.id)
    target = f"{clinic.patient_base}/exercise/mina_mal"
    assert patient.save(target, field="viktigast", value=text).status_code == 200
    return patient


def shown(page: str) -> dict[str, str]:
    """What the form for moving would send."""
    found = dict(re.findall(r'type="hidden" name="(digest|outcome)" value="([^"]+)"', page))
    return {"action": "move", **found}


def test_a_patient_is_moved_and_keeps_what_was_written(clinic: Clinic) -> None:
    patient = write_a_goal(clinic)
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    assert "Ny version" not in therapist.get(care).text
    digest = activate(clinic, renamed_field())
    page = therapist.get(care).text
    assert "märker ingen skillnad" in page and "Flytta till version 2.0.0" in page
    assert therapist.post(care, shown(page)).status_code == 303
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None and one.digest == digest
    state = clinic.service.treatments.state(one)
    assert state.answers("mina_mal", "1")["viktigt"] == "Sova bättre"
    form = patient.get(f"{clinic.patient_base}/exercise/mina_mal").text
    assert "Sova bättre" in form and 'name="viktigt"' in form
    assert (
        patient.save(f"{clinic.patient_base}/exercise/mina_mal", field="viktigt", value="Sova gott").status_code == 200
    )
    assert "Ny version" not in therapist.get(care).text
    told = {(line.user, line.action, line.about) for line in clinic.service.store.audit_lines("enheten")}
    assert ("b-1", "move", "care") in told


def test_another_process_and_a_restart_read_the_whole_history(clinic: Clinic) -> None:
    write_a_goal(clinic)
    activate(clinic, renamed_field())
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    therapist.post(care, shown(therapist.get(care).text))
    fresh = Treatments(clinic.service.store, Programs(clinic.service.store), clinic.service.clock)
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None
    assert fresh.state(one) == clinic.service.treatments.state(one)
    assert sum(isinstance(stored.event.what, MovedToVersion) for stored in clinic.service.store.events(one.id)) == 1


def test_what_was_before_can_be_read_and_not_written(clinic: Clinic) -> None:
    patient = write_a_goal(clinic)
    activate(clinic, renamed_field())
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    therapist.post(care, shown(therapist.get(care).text))
    for person, base, start in (
        (patient, clinic.patient_base, "modules"),
        (therapist, clinic.therapist_base, "treatment"),
    ):
        page = person.get(f"{base}/{start}").text
        assert f"{base}/earlier/1/{start}" in page
        earlier = person.get(f"{base}/earlier/1/{start}")
        assert earlier.status_code == 200
        assert "version 1.0.0" in earlier.text and "inte att skriva" in earlier.text
        assert "<form" not in re.sub(r"(?s)<header.*?</header>", "", earlier.text)
        links = set(re.findall(rf'href="({base}/earlier/1/[^"#?]+)"', earlier.text))
        assert links
        for link in links:
            assert person.get(link).status_code in (200, 404), link
        assert person.get(f"{base}/earlier/1/module/valkommen").status_code == 200
        assert person.post(f"{base}/earlier/1/module/valkommen", {"action": "submit"}).status_code == 404
        assert person.get(f"{base}/earlier/2/{start}").status_code == 404
        assert person.get(f"{base}/earlier/0/{start}").status_code == 404
        assert person.get(f"{base}/earlier/1/messages").status_code == 404
        assert person.get(f"{base}/earlier/1/media/{FIRST.media[0].path}").content == runtime_samples.FILM
    written = patient.get(f"{clinic.patient_base}/earlier/1/exercise/mina_mal").text
    assert "Sova bättre" in written, "what was typed and never sent can be read too"


def test_only_a_therapist_of_the_patient_moves_anybody(clinic: Clinic) -> None:
    activate(clinic, later())
    care = f"/t/{clinic.treatment}/care"
    page = clinic.sign_in("b-1").get(care).text
    stranger = clinic.other_unit()["therapist"]
    for user in (stranger.id, "pa-1", "ea-1"):
        assert clinic.sign_in(user).post(care, shown(page)).status_code == 404
    assert clinic.sign_in(clinic.patient.id).post(care, shown(page)).status_code in (401, 403, 404)
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None and one.digest == clinic.bundle.digest


def test_who_is_held_back_cannot_be_moved_and_the_reason_is_told(clinic: Clinic) -> None:
    write_a_goal(clinic)
    exercises = tuple(
        replace(one, fields=(*one.fields, Field("mer", "text", "Mer", required=True))) if one.id == "mina_mal" else one
        for one in FIRST.exercises
    )
    digest = activate(clinic, later(replace(FIRST, exercises=exercises)))
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    page = therapist.get(care).text
    assert "blir kvar" in page and "Mina mål" in page
    assert 'value="move"' not in page
    refused = therapist.post(care, {"action": "move", "digest": digest, "outcome": "held-back"})
    assert refused.status_code == 422
    assert "flyttades inte" in refused.text
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None and one.digest == clinic.bundle.digest


def test_what_has_become_another_since_it_was_shown_is_not_done(clinic: Clinic) -> None:
    digest = activate(clinic, later())
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    for sent in (
        {"action": "move"},
        {"action": "move", "digest": digest},
        {"action": "move", "digest": digest, "outcome": "sees-again"},
        {"action": "move", "digest": clinic.bundle.digest, "outcome": "untouched"},
        {"action": "move", "digest": "sha256:x", "outcome": "untouched"},
    ):
        assert therapist.post(care, sent).status_code == 422
    assert therapist.post(care, {"action": "move", "digest": digest, "outcome": "untouched"}).status_code == 303


def test_an_answer_and_a_move_at_once_are_both_kept(clinic: Clinic) -> None:
    digest = activate(clinic, later())
    therapist, patient = clinic.sign_in("b-1"), clinic.sign_in(clinic.patient.id)
    ready = threading.Barrier(2)
    answered: list[int] = []

    def move() -> None:
        ready.wait()
        sent = {"action": "move", "digest": digest, "outcome": "untouched"}
        answered.append(therapist.post(f"/t/{clinic.treatment}/care", sent).status_code)

    def save() -> None:
        ready.wait()
        target = f"{clinic.patient_base}/exercise/mina_mal"
        answered.append(patient.save(target, field="viktigast", value="Sova").status_code)

    threads = [threading.Thread(target=act) for act in (move, save)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answered) == [200, 303]
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None and one.digest == digest
    assert clinic.service.treatments.state(one).answers("mina_mal", "1") == {"viktigast": "Sova"}


def test_states_are_exported_for_a_migration_to_be_tried_on(clinic: Clinic, tmp_path: Path) -> None:
    write_a_goal(clinic)
    output = tmp_path / "states.jsonl"
    arguments = ["export", "states", "--data", str(tmp_path / "data"), "--output", str(output)]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.output
    assert output.stat().st_mode & 0o077 == 0
    (line,) = output.read_text(encoding="utf-8").splitlines()
    name, events = from_line(line)
    assert name == clinic.treatment
    assert len(events) == len(clinic.service.store.events(clinic.treatment))
    assert clinic.patient.name not in line
    assert CliRunner().invoke(group, arguments).exit_code == 2, "nothing is written over"
    nothing = ["export", "states", "--data", str(tmp_path), "--output", str(tmp_path / "x")]
    assert CliRunner().invoke(group, nothing).exit_code == 2
    other = [*arguments, "--force", "--program", "annat", "--format", "json"]
    assert '"treatments": 0' in CliRunner().invoke(group, other).stdout
