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
from designtool.compare.renaming import renamed
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


def opened(person: Person, target: str) -> dict[str, str]:
    """What a page that stands open would send along."""
    return dict(re.findall(r'name="(form-revision|form-page|return-to)" value="([^"]*)"', person.get(target).text))


def move(clinic: Clinic) -> None:
    therapist = clinic.sign_in("b-1")
    care = f"/t/{clinic.treatment}/care"
    assert therapist.post(care, shown(therapist.get(care).text)).status_code == 303


def stands(clinic: Clinic, form: str = "mina_mal") -> dict[str, Any]:
    one = clinic.service.store.treatment(clinic.treatment)
    assert one is not None
    return clinic.service.treatments.state(one).answers(form, "1")


@pytest.mark.parametrize("action", ["save", "submit"])
def test_a_page_from_before_the_move_loses_nothing_in_silence(clinic: Clinic, action: str) -> None:
    patient = write_a_goal(clinic)
    target = f"{clinic.patient_base}/exercise/mina_mal"
    along = opened(patient, target)
    activate(clinic, renamed_field())
    move(clinic)
    sent = {**along, "viktigast": "Orka <mer>", "har_plan": "false", "action": action}
    answer = patient.post(target, sent)
    assert answer.status_code == 422
    assert "ny version" in answer.text and "Orka &lt;mer&gt;" in answer.text
    assert 'name="viktigt"' in answer.text
    assert stands(clinic) == {"viktigt": "Sova bättre"}
    saved = patient.save(target, field="viktigast", value="Orka", revision=int(along["form-revision"]))
    assert saved.status_code == 422 and "ny version" in saved.json()["error"]
    again = {**opened(patient, target), "viktigt": "Orka mer", "har_plan": "false", "action": action}
    assert patient.post(target, again).status_code == 303
    assert stands(clinic) == {"viktigt": "Orka mer", "har_plan": False}


def without_first_field(program: Program = FIRST) -> Program:
    exercises = tuple(replace(one, fields=one.fields[1:]) if one.id == "mina_mal" else one for one in program.exercises)
    changed = replace(program, exercises=exercises, release=Release(("viktigast",)))
    return later(changed, removed_fields=("mina_mal.viktigast",))


def test_what_was_typed_in_a_question_that_is_gone_is_told_word_for_word(clinic: Clinic) -> None:
    patient = clinic.sign_in(clinic.patient.id)
    target = f"{clinic.patient_base}/exercise/mina_mal"
    along = opened(patient, target)
    activate(clinic, without_first_field())
    move(clinic)
    answer = patient.post(target, {**along, "viktigast": "Sova & vila", "har_plan": "false", "action": "submit"})
    assert answer.status_code == 422
    assert "finns inte längre" in answer.text and "Sova &amp; vila" in answer.text
    assert stands(clinic) == {}


def renamed_form() -> Program:
    forms = MappingProxyType({"mina_mal": "malen"})
    program = renamed(FIRST, Migration("1.0.0", "2.0.0", forms=forms))
    return later(replace(program, release=Release(("mina_mal",))), forms={"mina_mal": "malen"})


def test_a_page_of_a_form_with_another_name_now_leads_to_it(clinic: Clinic) -> None:
    patient = write_a_goal(clinic)
    target = f"{clinic.patient_base}/exercise/mina_mal"
    along = opened(patient, target)
    activate(clinic, renamed_form())
    move(clinic)
    answer = patient.post(target, {**along, "viktigast": "Orka", "action": "submit"})
    assert answer.status_code == 422
    assert "Orka" in answer.text and f'action="{clinic.patient_base}/exercise/malen"' in answer.text
    assert stands(clinic, "malen") == {"viktigast": "Sova bättre"}


def test_a_page_of_a_form_that_is_gone_tells_what_was_typed(clinic: Clinic) -> None:
    patient = clinic.sign_in(clinic.patient.id)
    target = f"{clinic.patient_base}/exercise/mina_mal"
    along = opened(patient, target)
    modules = tuple(
        replace(
            one,
            complete_when=tuple(id for id in one.complete_when if id != "mina_mal"),
            homework=tuple(id for id in one.homework if id != "mina_mal"),
            pages=tuple(
                replace(page, blocks=tuple(block for block in page.blocks if block.argument != "mina_mal"))
                for page in one.pages
            ),
        )
        for one in FIRST.modules
    )
    gone = next(one for one in FIRST.exercises if one.id == "mina_mal")
    ids = ("mina_mal", *(one.id for one in (*gone.fields, *gone.computed)))
    program = replace(
        FIRST,
        modules=modules,
        exercises=tuple(one for one in FIRST.exercises if one.id != "mina_mal"),
        release=Release(ids),
    )
    activate(clinic, later(program, removed_forms=("mina_mal",)))
    move(clinic)
    answer = patient.post(target, {**along, "viktigast": "Orka", "action": "submit"})
    assert answer.status_code == 422
    assert "Orka" in answer.text and "ny version" in answer.text


def test_two_who_move_at_once_move_once(clinic: Clinic) -> None:
    write_a_goal(clinic)
    digest = activate(clinic, renamed_field())
    care, ready = f"/t/{clinic.treatment}/care", threading.Barrier(2)
    answered: list[int] = []

    def act(therapist: Person) -> None:
        ready.wait()
        sent = {"action": "move", "digest": digest, "outcome": "untouched"}
        answered.append(therapist.post(care, sent).status_code)

    threads = [threading.Thread(target=act, args=(clinic.sign_in("b-1"),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answered) == [303, 422]
    events = clinic.service.store.events(clinic.treatment)
    assert sum(isinstance(stored.event.what, MovedToVersion) for stored in events) == 1
    assert stands(clinic) == {"viktigt": "Sova bättre"}
