"""The pages of the runtime: the same as the preview's, byte for byte; what is typed is kept, what is wrong is refused."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import runtime_samples
import treatment_samples
from httpx import Response
from runtime_samples import HOST, Clinic, a_deed
from starlette.testclient import TestClient

from designtool import resources
from designtool.bundle import layout_of_content, make_bundle, write_archive
from designtool.diagnostics import Text
from designtool.model.codec import encode_program
from designtool.preview import server as preview_server
from designtool.preview.studio import Studio
from designtool.render import Viewpoint, load_templates, targets
from designtool.runtime import first_people
from designtool.runtime.access import session_hash
from designtool.runtime.routes import treatment as treatment_routes
from designtool.runtime.store import Store, Treatment
from designtool.runtime.treatments import Programs, Treatments
from designtool.source.media import open_media
from designtool.treatment import commands
from designtool.treatment.commands import Actor
from designtool.treatment.events import Answered, Submitted
from designtool.treatment.simulate import FIRST_DAY, play
from designtool.treatment.situate import situation

ROOT = Path(__file__).parent.parent
MOOD = "questionnaire/mood"
GOALS = "exercise/mina_mal"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with runtime_samples.clinic(tmp_path) as made:
        yield made


# The same pages as the preview


@pytest.fixture(scope="module")
def studio() -> Studio:
    def report(fault: Exception) -> None:
        raise fault

    made = Studio(ROOT, None, lambda: date(2026, 11, 22), report)
    made.refresh()
    return made


@pytest.mark.parametrize("name", ["depressionshjalpen", "somnbehandlingen"])
def test_preview_and_runtime_send_the_same_bytes(
    name: str, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page of both roles, of every scripted patient, from both web services over HTTP, for the same viewpoint."""
    program = studio.program(name)
    assert program is not None
    content = make_bundle(program, encode_program(program), studio.tree, lambda path: open_media(ROOT, path))
    archive = BytesIO()
    write_archive(archive, layout_of_content(content))
    preview = TestClient(
        preview_server.create_app(
            studio,
            preview_server.Hub(),
            ROOT,
            load_templates(resources.folder("templates")),
            "sv",
            frozenset({HOST}),
        )
    )
    compared = 0
    with runtime_samples.clinic(tmp_path, archive.getvalue()) as clinic:
        for day, journey in ((10, program.journeys[0]), (30, program.journeys[-1])):
            played = play(program, clinic.bundle.digest, journey.steps, day, first_day=FIRST_DAY)
            clinic.time.now = played.now
            patient = first_people.new_patient(100 + day)
            store = clinic.service.store
            store.add_treatment(
                Treatment(
                    f"day-{day}", "enheten", clinic.bundle.digest, patient.id, frozenset({"b-1"}), len(played.events)
                ),
                played.events,
                runtime_samples.a_deed(),
                patient,
            )
            shown = situation(played.state, {clinic.bundle.digest: program}, played.now)
            for role, person in (("patient", clinic.sign_in(patient.id)), ("therapist", clinic.sign_in("b-1"))):
                same = Viewpoint(role, base="/here", token="token", notices=(Text("Prov", "Trial"),))  # type: ignore[arg-type]
                monkeypatch.setattr(preview_server._Preview, "_viewpoint", lambda *_, same=same, **__: same)
                monkeypatch.setattr(treatment_routes, "_viewpoint", lambda *_, same=same: same)
                for target, _ in targets(shown, same):
                    ours = person.get(f"/t/day-{day}/{role}/{target}")
                    theirs = preview.get(f"http://{HOST}/view/{name}/{role}/{journey.id}/{day}/{target}")
                    assert ours.status_code == theirs.status_code == 200, (target, role, day)
                    assert ours.content == theirs.content, (target, role, day)
                    compared += 1
    assert compared > 100


# What every page says


def test_every_page_says_that_it_is_a_demonstration_and_unsigned(clinic: Clinic) -> None:
    people = {id: clinic.sign_in(id) for id in (clinic.patient.id, "b-1", "pa-1", "ea-1")}
    pages = [
        (clinic.patient.id, f"{clinic.patient_base}/home"),
        (clinic.patient.id, f"{clinic.patient_base}/crisis"),
        (clinic.patient.id, "/nowhere"),
        ("b-1", f"{clinic.therapist_base}/treatment"),
        ("b-1", "/patients"),
        ("b-1", f"/t/{clinic.treatment}/care"),
        ("pa-1", "/administration"),
        ("pa-1", f"/administration/{clinic.treatment}"),
        ("ea-1", "/unit"),
        ("ea-1", "/unit/audit"),
        ("ea-1", "/kris"),
        ("ea-1", "/sign-in"),
        ("ea-1", "/sign-out/staff"),
    ]
    for id, path in pages:
        text = people[id].get(path).text
        assert "inte CE-märkt, inte för vård av patienter" in text, path
        assert "inte signerade" in text, path


def test_a_page_names_people_and_an_event_does_not(clinic: Clinic) -> None:
    therapist = clinic.sign_in("b-1")
    sent = therapist.post(f"{clinic.therapist_base}/messages", {"action": "send", "text": "Välkommen hit"})
    assert sent.status_code == 303
    page = clinic.sign_in(clinic.patient.id).get(f"{clinic.patient_base}/messages").text
    assert "Välkommen hit" in page
    assert "Robin Ek" in page
    assert "b-1" not in page
    assert clinic.service.store.events(clinic.treatment)[-1].event.actor == "b-1"


@pytest.mark.parametrize("path", ["/mine", "/patients", "/administration", "/unit", "/unit/audit"])
def test_lists_show_a_hostile_name_as_text(path: str, clinic: Clinic) -> None:
    name = "<script>alert(1)</script>"
    administrator = clinic.sign_in("pa-1")
    registered = administrator.post("/administration/register", {**registration(clinic), "name": name})
    assert registered.status_code == 303
    id = next(user.id for user in clinic.service.store.users() if user.name == name)
    who = {"/mine": id, "/patients": "b-1", "/administration": "pa-1"}.get(path, "ea-1")
    assert "<script>alert" not in clinic.sign_in(who).get(path).text


# The crisis page


def test_the_crisis_page_works_when_the_database_is_gone(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise AssertionError("the crisis page asked the database")

    monkeypatch.setattr(Store, "_read", gone)
    monkeypatch.setattr(Store, "_write", gone)
    for cookie in ("", "designtool-patient=" + "a" * 43):
        answered = clinic.browser().get("/kris", headers={"cookie": cookie})
        assert answered.status_code == 200
        assert 'href="tel:112"' in answered.text
        assert "Du är inte ensam." in answered.text
        assert "<script" not in answered.text
    broken = clinic.browser().get("/patients", headers={"cookie": "designtool-staff=" + "a" * 43})
    assert broken.status_code == 500
    assert 'href="tel:112"' in broken.text
    assert "AssertionError" not in broken.text


def test_there_is_help_before_any_program_is_there(clinic: Clinic, tmp_path: Path) -> None:
    from designtool.runtime.app import Settings, create_app

    app = create_app(Settings(tmp_path / "empty", frozenset({HOST})))
    answered = TestClient(app).get(f"http://{HOST}/kris")
    assert 'href="tel:112"' in answered.text
    assert 'href="tel:1177"' in answered.text
    app.state.service.store.close()


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/static/../app.py", 404), ("/static/x.css", 404), ("/mine", 401)]
)
def test_every_error_page_leads_to_help(path: str, status: int, clinic: Clinic) -> None:
    answered = clinic.browser().get(path)
    assert answered.status_code == status
    assert 'href="tel:112"' in answered.text
    assert 'href="/kris"' in answered.text


# Answers


def test_an_answer_is_kept_as_it_is_typed(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    answered = person.save(f"{clinic.patient_base}/{GOALS}", field="viktigast", value="Sova bättre", revision=None)
    assert answered.status_code == 200
    told = answered.json()
    assert told["errors"] == {}
    assert told["revision"] == clinic.service.store.treatment(clinic.treatment).count  # type: ignore[union-attr]
    assert "Sova bättre" in clinic.sign_in(clinic.patient.id).get(f"{clinic.patient_base}/{GOALS}").text


def test_an_answer_meets_what_another_process_has_done_meanwhile(clinic: Clinic) -> None:
    store = Store(clinic.service.store.folder)
    other = Treatments(store, Programs(store), clinic.service.clock)
    person = clinic.sign_in(clinic.patient.id)

    def save(value: str) -> Response:
        return person.save(f"{clinic.patient_base}/{GOALS}", field="viktigast", value=value, revision=None)

    def elsewhere(work: Any) -> None:
        treatment = store.treatment(clinic.treatment)
        assert treatment is not None
        other.act(treatment, lambda *known: (work(*known), None), a_deed(clinic.time.now))

    try:
        first = save("Sova").json()["revision"]
        therapist = Actor("b-1", "therapist")
        elsewhere(lambda state, program, now: commands.send_message(state, program, now, therapist, "Hej"))
        assert save("Orka").json()["revision"] == first + 2, "its own event comes after that of the other process"
        assert other.state(store.treatment(clinic.treatment)).messages  # type: ignore[arg-type]
        assert clinic.service.treatments.frame(clinic.treatment), "what is held in memory is put to the test"
        elsewhere(lambda state, program, now: commands.hold_module(state, program, now, therapist, "valkommen"))
        assert save("Läsa").status_code == 422, "the module where the form stands has been locked"
        elsewhere(lambda state, program, now: commands.open_module(state, program, now, therapist, "valkommen"))
        assert save("Läsa").status_code == 200
        elsewhere(lambda state, program, now: commands.end_treatment(state, program, now, therapist, "Klart"))
        assert save("Arbeta").status_code == 422, "the treatment has ended"
        store.end_session(session_hash(person.client.cookies["designtool-patient"]), a_deed())
        assert save("Arbeta").status_code == 401, "the session has ended"
        answers = [one.event.what for one in store.events(clinic.treatment) if isinstance(one.event.what, Answered)]
        assert [one.value for one in answers] == ["Sova", "Orka", "Läsa"]
    finally:
        store.close()


def test_two_answers_at_once_from_two_devices_are_both_kept(clinic: Clinic) -> None:
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    first = phone.save(f"{clinic.patient_base}/{MOOD}", field="q1", value="1", revision=None).json()
    other = computer.save(f"{clinic.patient_base}/{MOOD}", field="q2", value="2", revision=first["revision"]).json()
    again = phone.save(f"{clinic.patient_base}/{MOOD}", field="q3", value="3", revision=first["revision"])
    assert again.status_code == 200, "another field: both are kept"
    page = phone.get(f"{clinic.patient_base}/{MOOD}").text
    for item, value in (("q1", "1"), ("q2", "2"), ("q3", "3")):
        assert re.search(rf'name="{item}" value="{value}"[^>]* checked', page), item
    assert other["revision"] > first["revision"]


def test_an_answer_to_the_same_field_is_never_overwritten_silently(clinic: Clinic) -> None:
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    first = phone.save(path, field="viktigast", value="Från mobilen", revision=None).json()
    second = computer.save(path, field="viktigast", value="Från datorn", revision=first["revision"]).json()
    refused = phone.save(path, field="viktigast", value="Från mobilen igen", revision=first["revision"])
    assert refused.status_code == 409
    assert refused.json() == {"revision": second["revision"]}
    assert "Från datorn" in phone.get(path).text
    told = phone.save(path, field="viktigast", value="Nu vet jag", revision=refused.json()["revision"])
    assert told.status_code == 200


def test_the_same_device_may_send_again_what_it_got_no_answer_to(clinic: Clinic) -> None:
    phone = clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    first = phone.save(path, field="viktigast", value="Ett", revision=None).json()
    phone.save(path, field="viktigast", value="Två", revision=first["revision"])
    again = phone.save(path, field="viktigast", value="Tre", revision=first["revision"])
    assert again.status_code == 200


def page_of(person: Any, path: str) -> dict[str, str]:
    """What a page without script sends back besides what is typed."""
    hidden = re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', person.get(path).text)
    return {"action": "save", **dict(hidden)}


def test_a_whole_form_overwrites_nothing_that_it_did_not_show(clinic: Clinic) -> None:
    """Without script a form sends every field, those too in which another device has written meanwhile."""
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    phone.save(path, field="har_plan", value="yes", revision=None)
    shown = page_of(phone, path)
    computer.save(path, field="viktigast", value="Från datorn", revision=None)
    sent = phone.post(path, {**shown, "viktigast": "", "har_plan": "yes", "plan": "Från mobilen"})
    assert sent.status_code == 303
    page = phone.get(path).text
    assert "Från datorn" in page
    assert "Från mobilen" in page


def test_a_whole_form_asks_where_two_devices_wrote_in_one_field(clinic: Clinic) -> None:
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    shown = page_of(phone, path)
    computer.save(path, field="viktigast", value="Från datorn", revision=None)
    typed = {"viktigast": "Från mobilen", "har_plan": "yes", "plan": "Min plan"}
    asked = phone.post(path, {**shown, **typed})
    assert asked.status_code == 422
    assert "ändrats på en annan enhet" in asked.text
    for text in ("Från mobilen", "Min plan"):
        assert text in asked.text
    assert "Från datorn" in computer.get(path).text, "nothing was overwritten"
    assert "Min plan" in computer.get(path).text, "what nobody else wrote in was kept"
    again = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', asked.text))
    assert phone.post(path, {**again, **typed, "action": "save"}).status_code == 303
    assert "Från mobilen" in computer.get(path).text


def test_two_windows_of_one_device_overwrite_nothing_of_each_other(clinic: Clinic) -> None:
    phone = clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    old, new = page_of(phone, path), page_of(phone, path)
    assert old["form-page"] != new["form-page"]

    def save(shown: dict[str, str], value: str, field: str = "viktigast") -> int:
        revision, page = int(shown["form-revision"]), shown["form-page"]
        return int(phone.save(path, field=field, value=value, revision=revision, page=page).status_code)

    assert save(new, "I det nya fönstret") == 200
    assert save(new, "I det nya fönstret, igen") == 200, "its own answers are no news to a window"
    assert save(old, "I det gamla") == 409
    assert save(old, "yes", "har_plan") == 200, "another field: both are kept"
    asked = phone.post(path, {**old, "viktigast": "I det gamla", "har_plan": "yes", "plan": "Min plan"})
    assert asked.status_code == 422
    assert "i ett annat fönster" in asked.text
    page = phone.get(path).text
    for text in ("I det nya fönstret, igen", "Min plan"):
        assert text in page
    again = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', asked.text))
    assert save(again, "Nu vet jag") == 200


@pytest.mark.parametrize("page", ["", "x" * 500, "'; drop table", 7, None, ["a"]])
def test_a_page_without_a_name_of_ours_is_known_by_its_device_alone(clinic: Clinic, page: object) -> None:
    phone = clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    for value in ("Ett", "Två"):
        assert phone.save(path, field="viktigast", value=value, revision=2, page=page).status_code == 200
    devices = {one.device for one in clinic.service.store.events(clinic.treatment) if one.device}
    assert all(re.fullmatch("[0-9a-f]{16}", device) for device in devices)


def test_two_devices_that_write_the_same_agree(clinic: Clinic) -> None:
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/{GOALS}"
    shown = page_of(phone, path)
    computer.save(path, field="viktigast", value="Sova", revision=None)
    assert phone.post(path, {**shown, "viktigast": "Sova"}).status_code == 303


def test_two_devices_write_in_cells_of_one_table(clinic: Clinic) -> None:
    therapist = Actor("b-1", "therapist")
    clinic.act(lambda state, program, now: commands.open_module(state, program, now, therapist, "aktiviteter"))
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/exercise/mina_aktiviteter"
    revision = int(page_of(phone, path)["form-revision"])
    for person, field, value, status in (
        (computer, "lista.0.vad", "Promenad", 200),
        (phone, "lista.0.vikt", "7", 200),
        (phone, "lista.1.vad", "Bad", 200),
        (phone, "lista.0.vad", "Löpning", 409),
        (computer, "lista.2.vad", "Läsa", 200),
        (phone, "lista.1.vad", "Bada", 200),
        (phone, "lista.0.vikt", "8", 200),
        (computer, "lista.1.vad", "Sova", 409),
    ):
        assert person.save(path, field=field, value=value, revision=revision).status_code == status, field
    page = phone.get(path).text
    assert "Promenad" in page
    assert "Bada" in page


def test_a_whole_form_keeps_the_cells_that_another_device_wrote(clinic: Clinic) -> None:
    therapist = Actor("b-1", "therapist")
    clinic.act(lambda state, program, now: commands.open_module(state, program, now, therapist, "aktiviteter"))
    phone, computer = clinic.sign_in(clinic.patient.id), clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/exercise/mina_aktiviteter"
    phone.save(path, field="lista.0.vad", value="Promenad", revision=None)
    shown = page_of(phone, path)
    computer.save(path, field="lista.1.vad", value="Bad", revision=None)
    computer.save(path, field="lista.0.vikt", value="7", revision=None)
    rows = {"lista.0.vad": "Promenad i skogen", "lista.1.vad": "", "lista.2.vad": "Sova"}
    assert phone.post(path, {**shown, **rows}).status_code == 303
    page = phone.get(path).text
    for words in ("Promenad i skogen", "Bad", "Sova"):
        assert f'value="{words}"' in page, words
    assert re.search(r'name="lista.0.vikt" value="7"[^>]* checked', page)

    shown = page_of(phone, path)
    computer.save(path, field="lista.0.vad", value="Löpning", revision=None)
    computer.save(path, field="lista.1.vad", value="Bada", revision=None)
    rows = {"lista.0.vad": "Cykling", "lista.0.vikt": "7", "lista.1.vad": "Bad", "lista.2.vad": "Sova länge"}
    asked = phone.post(path, {**shown, **rows})
    assert asked.status_code == 422
    for words in ("Cykling", "Bada", "Sova länge"):
        assert f'value="{words}"' in asked.text, "what was written here, over what was written there"
    assert "Löpning" in computer.get(path).text, "nothing was overwritten"
    again = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', asked.text))
    sent = {**rows, "lista.1.vad": "Bada", "action": "save"}
    assert phone.post(path, {**again, **sent}).status_code == 303
    page = computer.get(path).text
    assert all(f'value="{words}"' in page for words in ("Cykling", "Bada", "Sova länge"))


def finished(clinic: Clinic, form: str) -> int:
    events = clinic.service.store.events(clinic.treatment)
    return sum(isinstance(one.event.what, Submitted) and one.event.what.form == form for one in events)


def test_a_form_that_is_sent_twice_is_finished_once(clinic: Clinic) -> None:
    """A button that is pressed twice, or a browser that got no answer and posts again."""
    therapist = Actor("b-1", "therapist")
    clinic.act(lambda state, program, now: commands.open_module(state, program, now, therapist, "aktiviteter"))
    phone = clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/exercise/mina_aktiviteter"
    typed = {"lista.0.vad": "Promenad", "lista.0.vikt": "7", "action": "submit"}
    shown = page_of(phone, path)
    first, second = (phone.post(path, {**shown, **typed}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert finished(clinic, "mina_aktiviteter") == 1
    assert phone.post(path, {**shown, **typed, "lista.1.vad": "Bad", "lista.1.vikt": "2"}).status_code == 303
    assert finished(clinic, "mina_aktiviteter") == 2, "other answers are no repetition"
    assert phone.post(path, {**page_of(phone, path), **typed}).status_code == 303
    assert finished(clinic, "mina_aktiviteter") == 3, "nor are the same answers on a new page"


def test_a_flag_shows_the_patient_help_at_once(clinic: Clinic, tmp_path: Path) -> None:
    person = clinic.sign_in(clinic.patient.id)
    told = person.save(f"{clinic.patient_base}/{MOOD}", field="q4", value="2", revision=None).json()
    assert "Du är inte ensam." in told["pages"]
    flags = clinic.sign_in("b-1").get(f"{clinic.therapist_base}/flags").text
    assert "flag-red" in flags


WRONG_VALUES: list[tuple[str, str, Any]] = [
    (MOOD, "q1", "4"),
    (MOOD, "q1", "-1"),
    (MOOD, "q1", "x"),
    (MOOD, "q1", 1.5),
    (MOOD, "q1", True),
    (MOOD, "q1", ["1"]),
    (MOOD, "q1", {"a": 1}),
    (MOOD, "q1", "1" * 5000),
    (GOALS, "viktigast", 7),
    (GOALS, "viktigast", ["x"]),
    (GOALS, "viktigast", "x" * 200_000),
    (GOALS, "viktigast", "\ud800"),
    (GOALS, "antal", "6"),
    (GOALS, "antal", "1e400"),
    (GOALS, "antal", 10**400),
    (GOALS, "har_plan", "kanske"),
]


@pytest.mark.parametrize(("form", "field", "value"), WRONG_VALUES)
def test_a_wrong_answer_is_refused_in_words_and_not_kept(form: str, field: str, value: Any, clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    answered = person.client.post(
        f"{clinic.patient_base}/{form}/save",
        content=json.dumps({"field": field, "value": value, "revision": None}).encode(),
        headers={"x-csrf-token": person.token},
    )
    assert answered.status_code in (200, 422)
    told = answered.json()
    message = told["errors"][field] if answered.status_code == 200 else told["error"]
    assert re.match(r"[A-ZÅÄÖ”].*\.$", message), message
    assert stored(clinic) == before


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (MOOD, "q9"),
        (MOOD, ""),
        (MOOD, "total"),
        (MOOD, "q1.0"),
        (GOALS, "dubbelt"),
        (GOALS, "__proto__"),
        (GOALS, "viktigast.0.x"),
        ("exercise/finns_inte", "x"),
        ("questionnaire/mina_mal", "x"),
        ("exercise/somndagbok", "bed"),
        ("exercise/lamplighet", "epilepsi"),
        ("exercise/somnfonster", "value"),
        ("exercise/bedomning", "text"),
    ],
)
def test_what_cannot_be_filled_in_now_is_refused_in_words(form: str, field: str, clinic: Clinic) -> None:
    """Unknown fields, unknown forms, forms of modules that are not open, and forms that are the therapist's."""
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    answered = person.save(f"{clinic.patient_base}/{form}", field=field, value="x", revision=None)
    assert answered.status_code in (200, 422)
    assert answered.status_code == 422 or answered.json()["errors"]
    assert stored(clinic) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"[]",
        b"null",
        b"{}",
        b'{"field": "q1"}',
        b'{"field": 1, "value": "1"}',
        b'{"field": "q1", "value": NaN}',
        b'{"field": "q1", "value": Infinity}',
        b'{"field": "q1", "value": "1", "revision": "7"}',
        b'{"field": "q1", "value": "1", "revision": -1}',
        b'{"field": "q1", "value": "1", "revision": true}',
        b'{"field": "q1", "value": "1", "revision": 1e400}',
        b'{"field": "q1", "value": "1", "entry_date": "2026-02-30"}',
        b'{"field": "q1", "value": "1", "entry_date": 7}',
        b"[" * 100_000,
        b'{"field": "q1", "value": "\xff"}',
    ],
)
def test_what_is_no_answer_is_refused(content: bytes, clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    answered = person.client.post(
        f"{clinic.patient_base}/{MOOD}/save", content=content, headers={"x-csrf-token": person.token}
    )
    assert answered.status_code == 400
    assert answered.json()["error"]
    assert stored(clinic) == before


def test_too_much_is_refused_before_it_is_read(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    path = f"{clinic.patient_base}/{GOALS}"
    assert person.save(path, field="viktigast", value="x" * 2_000_000, revision=None).status_code == 413
    assert person.post(path, {"action": "save", "viktigast": "x" * 2_000_000}).status_code == 413
    many = {f"field{number}": "x" for number in range(6000)}
    assert person.post(path, {"action": "save", **many}).status_code in (400, 413)
    assert stored(clinic) == before


def test_a_body_in_pieces_is_refused_whatever_length_it_states(clinic: Clinic) -> None:
    headers = {"transfer-encoding": "chunked", "content-length": "5"}
    assert clinic.browser().post("/sign-in", content=b"perso", headers=headers).status_code == 413


@pytest.mark.parametrize("encoding", ["unicode_escape", "undefined", "rot13", "there-is-none"])
def test_text_that_cannot_be_stored_is_refused(encoding: str, clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    fields = {"csrf-token": person.token, "action": "send", "text": r"\ud800"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    answered = person.client.post(
        f"{clinic.patient_base}/messages",
        content="".join(parts) + "--x--\r\n",
        headers={"content-type": f"multipart/form-data; boundary=x; charset={encoding}"},
    )
    if encoding in ("unicode_escape", "undefined"):
        assert answered.status_code == 400
        assert stored(clinic) == before
    else:
        assert answered.status_code == 303, "an encoding that does not exist is no reason to lose what was written"


def test_who_goes_away_halfway_leaves_nothing_behind_and_is_no_fault(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    sent: list[Any] = []
    path = f"{clinic.patient_base}/{GOALS}"
    headers = {
        "host": HOST,
        "origin": f"http://{HOST}",
        "content-length": "100",
        "content-type": "application/x-www-form-urlencoded",
        "cookie": "; ".join(f"{name}={value}" for name, value in person.client.cookies.items()),
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": (HOST, 80),
    }
    arriving = iter(({"type": "http.request", "body": b"viktig", "more_body": True}, {"type": "http.disconnect"}))

    async def receive() -> Any:
        return next(arriving)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(clinic.app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert stored(clinic) == before


def test_a_decision_says_yes_or_no(clinic: Clinic) -> None:
    therapist = clinic.sign_in("b-1")
    for chosen in ({}, {"accepted": ""}, {"accepted": "kanske"}):
        answered = therapist.post(f"/t/{clinic.treatment}/care", {"action": "decide", "text": "Passar", **chosen})
        assert answered.status_code == 422
        assert "gick inte att läsa" in answered.text


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "\u202erutin"])
def test_a_routine_that_cannot_be_read_is_refused(name: str, clinic: Clinic) -> None:
    administrator = clinic.sign_in("ea-1")
    before = clinic.service.store.unit(first_people.UNIT.id)
    assert administrator.post("/unit/routine", {"routine": name, "responsible": "Jouren"}).status_code == 422
    assert clinic.service.store.unit(first_people.UNIT.id) == before


def test_a_posted_form_shows_what_is_wrong_and_loses_nothing_that_was_typed(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    sent = {"action": "submit", "viktigast": "Ork", "har_plan": "yes", "antal": "77", "plan": "Min plan"}
    answered = person.post(f"{clinic.patient_base}/{GOALS}", sent)
    assert answered.status_code == 422
    for typed in ("Ork", "77", "Min plan"):
        assert typed in answered.text
    assert "errors" in answered.text


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("home", {}),
        ("home", {"action": "x"}),
        ("module/valkommen", {"action": "feedback", "text": "Från patienten"}),
        ("module/fonster", {"action": "submit"}),
        ("module/finns_inte", {"action": "submit"}),
        ("decision/somnfonster", {"action": "confirm"}),
        ("flags", {"action": "acknowledge", "flag": "1", "text": "x"}),
        ("messages", {"action": "send", "text": "   "}),
        ("messages", {"action": "send", "text": "x" * 100_000}),
        ("exercise/somndagbok", {"action": "submit", "bed": "2230"}),
        ("exercise/mina_mal", {"action": "delete"}),
        ("exercise/mina_mal", {"action": "submit", "return-to": "https://evil.example/"}),
    ],
)
def test_an_act_that_is_not_the_patients_to_do_now_is_refused(
    target: str, sent: dict[str, str], clinic: Clinic
) -> None:
    person = clinic.sign_in(clinic.patient.id)
    before = stored(clinic)
    answered = person.post(f"{clinic.patient_base}/{target}", sent)
    assert answered.status_code in (404, 422)
    assert stored(clinic) == before


def test_addresses_that_do_not_exist_are_not_found(clinic: Clinic) -> None:
    person, therapist = clinic.sign_in(clinic.patient.id), clinic.sign_in("b-1")
    for target in (
        "",
        "nowhere",
        "page/valkommen/x",
        "exercise/x",
        "form/mood",
        "flags",
        "../therapist/flags",
    ):
        assert person.client.request("GET", f"http://{HOST}{clinic.patient_base}/{target}").status_code in (401, 404), (
            target
        )
    for target in ("home", "modules", "decision/x", "module/x"):
        assert therapist.get(f"{clinic.therapist_base}/{target}").status_code == 404, target


def test_only_media_of_the_treatments_own_program_are_served(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    base = f"{clinic.patient_base}/media"
    film = person.get(f"{base}/{runtime_samples.bundles.FILM_PATH}")
    assert (film.status_code, film.content) == (200, runtime_samples.FILM)
    assert film.headers["content-type"] == "video/webm"
    for path in (
        "programs/prov/program.yaml",
        "program.json",
        "../program.json",
        "%2e%2e/program.json",
        "/etc/passwd",
        "",
    ):
        assert person.get(f"{base}/{path}").status_code == 404, path


@pytest.mark.parametrize(
    ("wanted", "status", "stretch"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=700-", 206, slice(700, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999", 206, slice(0, None)),
        ("bytes=768-", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=a-b", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
    ],
)
def test_a_player_gets_the_stretch_it_asks_for(wanted: str, status: int, stretch: slice | None, clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    path = f"{clinic.patient_base}/media/{runtime_samples.bundles.FILM_PATH}"
    answered = person.client.get(path, headers={"range": wanted})
    assert answered.status_code == status
    assert answered.content == (runtime_samples.FILM[stretch] if stretch is not None else b"")


# The way of a treatment


def registration(clinic: Clinic) -> dict[str, Any]:
    return {
        "name": "Ny Patient",
        "identity": "19900101-2385",
        "entry": "self-referral",
        "program": clinic.bundle.digest,
        "responsible": "b-1",
        "therapist": ["b-2"],
    }


def test_from_registration_to_the_first_page(clinic: Clinic) -> None:
    administrator, therapist = clinic.sign_in("pa-1"), clinic.sign_in("b-2")
    registered = administrator.post("/administration/register", registration(clinic))
    assert registered.status_code == 303
    treatment = registered.headers["location"].rsplit("/", 1)[1]
    patient = clinic.sign_in(clinic.service.store.treatment(treatment).patient)  # type: ignore[union-attr]
    waiting = patient.get("/mine").text
    assert "tagit emot din anmälan" in waiting
    care = f"/t/{treatment}/care"
    for sent, status in (
        ({"action": "start"}, 422),
        ({"action": "decide", "accepted": "yes"}, 422),
        ({"action": "assess", "text": " "}, 422),
        ({"action": "assess", "text": "Lindrig nedstämdhet"}, 303),
        ({"action": "start"}, 422),
        ({"action": "decide", "accepted": "yes", "text": "Passar"}, 303),
        ({"action": "start"}, 303),
        ({"action": "start"}, 422),
        ({"action": "x"}, 422),
    ):
        assert therapist.post(care, sent).status_code == status, sent
    assert patient.get("/mine").headers["location"] == f"/t/{treatment}/patient/home"
    assert patient.get(f"/t/{treatment}/patient/home").status_code == 200
    assert therapist.post(care, {"action": "end", "text": "Klar"}).status_code == 303
    read = patient.get(f"/t/{treatment}/patient/messages")
    assert read.status_code == 200
    refused = patient.save(f"/t/{treatment}/patient/{GOALS}", field="viktigast", value="x", revision=None)
    assert refused.status_code == 422
    assert "avslutad" in refused.json()["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "\x00"},
        {"identity": "19121212-1212"},
        {"identity": ""},
        {"entry": "x"},
        {"program": "sha256:" + "0" * 64},
        {"program": ""},
        {"responsible": "ea-1"},
        {"responsible": ""},
        {"therapist": ["nobody"]},
    ],
)
def test_a_registration_that_is_not_right_is_refused_and_shown_again(change: dict[str, Any], clinic: Clinic) -> None:
    administrator = clinic.sign_in("pa-1")
    before = clinic.service.store.treatments(), clinic.service.store.users()
    answered = administrator.post("/administration/register", {**registration(clinic), **change})
    assert answered.status_code == 422
    assert "Det gick inte" in answered.text
    assert (clinic.service.store.treatments(), clinic.service.store.users()) == before


def test_the_same_identity_number_is_registered_once(clinic: Clinic) -> None:
    administrator = clinic.sign_in("pa-1")
    assert administrator.post("/administration/register", registration(clinic)).status_code == 303
    again = administrator.post("/administration/register", {**registration(clinic), "identity": "199001012385"})
    assert again.status_code == 422


def test_a_therapist_confirms_what_was_proposed(clinic: Clinic) -> None:
    """From a filled-in diary to an instruction on the patient's page."""
    patient, therapist = Actor(clinic.patient.id, "patient"), Actor("b-1", "therapist")
    for module in ("baslinje", "fonster"):
        clinic.act(
            lambda state, program, now, module=module: commands.open_module(state, program, now, therapist, module)
        )
    suitable = {"epilepsi": False, "kor_bil": False, "somnig": False}
    clinic.act(lambda state, program, now: commands.save_answers(state, program, now, patient, "lamplighet", suitable))
    clinic.act(lambda state, program, now: commands.submit_form(state, program, now, patient, "lamplighet"))
    sure = frozenset({"", "out", "final"})
    for values in treatment_samples.WEEK:
        clinic.time.pass_(days=1)
        night = treatment_samples.night(values)
        dated = treatment_samples.START + (clinic.time.now - runtime_samples.NOW)
        clinic.act(
            lambda state, program, now, night=night, dated=dated: commands.save_answers(
                state, program, now, patient, "somndagbok", night, dated
            )
        )
        clinic.act(
            lambda state, program, now, dated=dated: commands.submit_form(
                state, program, now, patient, "somndagbok", dated, sure
            )
        )
    person = clinic.sign_in("b-1")
    page = person.get(f"{clinic.therapist_base}/decision/somnfonster")
    assert page.status_code == 200
    assert "confirm" in page.text
    confirmed = person.post(f"{clinic.therapist_base}/decision/somnfonster", {"action": "confirm"})
    assert confirmed.status_code == 303
    shown = person.get(confirmed.headers["location"]).text
    assert "Robin Ek" in shown
    declined = person.post(f"{clinic.therapist_base}/decision/somnfonster", {"action": "confirm"})
    assert declined.status_code == 422


# The unit administrator


def test_a_program_is_activated_when_the_unit_is_ready(clinic: Clinic) -> None:
    clinic.other_unit()
    administrator = clinic.sign_in("x-unit-administrator")
    sent = {"digest": clinic.bundle.digest, "sign-off": "yes"}
    assert "färre än två behandlare" in administrator.post("/unit/activate", sent).text
    clinic.service.store.add_user(first_people.User("x-2", "annan", "therapist", "Andra", "SE-x2"))
    assert "rutin" in administrator.post("/unit/activate", sent).text
    assert administrator.post("/unit/routine", {"routine": " ", "responsible": "x"}).status_code == 422
    assert administrator.post("/unit/routine", {"routine": "Rutin", "responsible": "Jouren"}).status_code == 303
    assert "godkänt" in administrator.post("/unit/activate", {"digest": clinic.bundle.digest}).text
    assert administrator.post("/unit/activate", {**sent, "digest": "sha256:x"}).status_code == 422
    assert clinic.service.store.activations("annan") == ()
    assert administrator.post("/unit/activate", sent).status_code == 303
    (active,) = clinic.service.store.activations("annan")
    assert (active.digest, active.by) == (clinic.bundle.digest, "x-unit-administrator")
    assert active.checklist["risk-routine"] == "Rutin"


def test_a_bundle_is_imported_through_the_page(clinic: Clinic) -> None:
    administrator = clinic.sign_in("ea-1")
    newer = runtime_samples.bundle_bytes(runtime_samples.sample_program(version="1.1.0", title="Nyare"))
    files = {"bundle": ("x.dtb", newer)}
    assert administrator.post("/unit/import", {}, files=files).status_code == 303
    assert "Nyare 1.1.0" in administrator.get("/unit").text
    for content in (b"", b"x", newer[:-1]):
        refused = administrator.post("/unit/import", {}, files={"bundle": ("x.dtb", content)})
        assert refused.status_code == 422
    assert administrator.post("/unit/import", {}).status_code == 422


def test_a_patient_stays_on_the_version_that_the_treatment_began_with(clinic: Clinic) -> None:
    administrator = clinic.sign_in("ea-1")
    newer = runtime_samples.bundle_bytes(runtime_samples.sample_program(version="2.0.0", title="En helt annan"))
    administrator.post("/unit/import", {}, files={"bundle": ("x.dtb", newer)})
    digest = next(one.digest for one in clinic.service.store.bundles() if one.version == "2.0.0")
    assert administrator.post("/unit/activate", {"digest": digest, "sign-off": "yes"}).status_code == 303
    page = clinic.sign_in(clinic.patient.id).get(f"{clinic.patient_base}/home").text
    assert "En helt annan" not in page
    registered = clinic.sign_in("pa-1").post("/administration/register", {**registration(clinic), "program": digest})
    assert registered.status_code == 303


def test_reads_and_acts_are_in_the_log_and_checks_of_it_too(clinic: Clinic) -> None:
    clinic.sign_in(clinic.patient.id).get(f"{clinic.patient_base}/home")
    clinic.sign_in("b-1").get(f"{clinic.therapist_base}/treatment")
    administrator = clinic.sign_in("ea-1")
    assert administrator.post("/unit/audit", {}).status_code == 303
    told = {(line.user, line.action, line.about, line.patient) for line in clinic.service.store.audit_lines("enheten")}
    assert (clinic.patient.id, "read", "patient/home", clinic.patient.id) in told
    assert ("b-1", "read", "therapist/treatment", clinic.patient.id) in told
    assert ("ea-1", "check-log", "audit", "") in told
    page = administrator.get("/unit/audit").text
    assert "Kedjan är hel" in page
    assert "therapist/treatment" in page


def stored(clinic: Clinic) -> Any:
    return clinic.service.store.events(clinic.treatment)
