"""Who is let in where. Every route of the application stands in the table below with those who may use it; all others are
turned away, and a route that is not in the table fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import runtime_samples
from runtime_samples import HOST, Clinic
from starlette.routing import Route

from designtool.runtime.access import RateLimit, born_by_identity
from designtool.runtime.routes import ROUTES
from designtool.treatment import commands
from designtool.treatment.commands import Actor


@dataclass(frozen=True)
class Way:
    """One route: how it is called, by whom it may be, and whether it belongs to one treatment."""

    path: str
    methods: frozenset[str]
    allowed: frozenset[str]
    """Roles; empty: everyone, signed in or not."""
    call: str = ""
    """The address with a treatment in it; empty: the path itself."""
    of_treatment: bool = False
    posts_json: bool = False


GET, POST, BOTH = frozenset({"GET", "HEAD"}), frozenset({"POST"}), frozenset({"GET", "HEAD", "POST"})
PATIENT, THERAPIST = frozenset({"patient"}), frozenset({"therapist"})
PATIENT_ADMINISTRATOR, UNIT_ADMINISTRATOR = frozenset({"patient-administrator"}), frozenset({"unit-administrator"})
WORKING = THERAPIST | PATIENT_ADMINISTRATOR | UNIT_ADMINISTRATOR
FILM = runtime_samples.bundles.FILM_PATH
WAYS = (
    Way("/kris", GET, frozenset()),
    Way("/static/{name}", GET, frozenset(), "/static/pages.css"),
    Way("/", GET, frozenset()),
    Way("/sign-in", BOTH, frozenset()),
    Way("/sign-out/patient", BOTH, PATIENT),
    Way("/sign-out/staff", BOTH, WORKING),
    Way("/mine", GET, PATIENT),
    Way("/patients", GET, THERAPIST),
    Way("/demonstration/clock", POST, WORKING),
    Way("/t/{treatment}/patient/media/{path:path}", GET, PATIENT, f"/t/T/patient/media/{FILM}", True),
    Way("/t/{treatment}/patient/{target:path}/save", POST, PATIENT, "/t/T/patient/exercise/mina_mal/save", True, True),
    Way("/t/{treatment}/patient/{target:path}", BOTH, PATIENT, "/t/T/patient/home", True),
    Way("/t/{treatment}/therapist/media/{path:path}", GET, THERAPIST, f"/t/T/therapist/media/{FILM}", True),
    Way(
        "/t/{treatment}/therapist/{target:path}/save",
        POST,
        THERAPIST,
        "/t/T/therapist/exercise/bedomning/save",
        True,
        True,
    ),
    Way("/t/{treatment}/therapist/{target:path}", BOTH, THERAPIST, "/t/T/therapist/treatment", True),
    Way("/t/{treatment}/care", BOTH, THERAPIST, "/t/T/care", True),
    Way("/administration", GET, PATIENT_ADMINISTRATOR),
    Way("/administration/register", POST, PATIENT_ADMINISTRATOR),
    Way("/administration/{treatment}", BOTH, PATIENT_ADMINISTRATOR, "/administration/T", True),
    Way("/unit", GET, UNIT_ADMINISTRATOR),
    Way("/unit/import", POST, UNIT_ADMINISTRATOR),
    Way("/unit/activate", POST, UNIT_ADMINISTRATOR),
    Way("/unit/routine", POST, UNIT_ADMINISTRATOR),
    Way("/unit/audit", BOTH, UNIT_ADMINISTRATOR),
    Way("/unit/sharing", BOTH, UNIT_ADMINISTRATOR),
    Way("/unit/catalogue", GET, UNIT_ADMINISTRATOR),
    Way("/unit/catalogue.css", GET, UNIT_ADMINISTRATOR),
)
GUARDED = [pytest.param(way, id=way.path) for way in WAYS if way.allowed]
OF_TREATMENT = [pytest.param(way, id=way.path) for way in WAYS if way.of_treatment]
POSTED = [pytest.param(way, id=way.path) for way in WAYS if "POST" in way.methods]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with runtime_samples.clinic(tmp_path_factory.mktemp("access")) as made:
        made.other_unit()
        yield made


def address(way: Way, clinic: Clinic, treatment: str = "") -> str:
    return (
        (way.call or way.path)
        .replace("/T/", f"/{treatment or clinic.treatment}/")
        .replace("administration/T", f"administration/{treatment or clinic.treatment}")
    )


def call(client: Any, method: str, url: str, way: Way, token: str = "", **more: Any) -> Any:
    if method != "POST":
        return client.request(method, url, **more)
    if way.posts_json:
        body = {"field": "text", "value": "x", "revision": None}
        headers = {"x-csrf-token": token.encode(), **more.pop("headers", {})}
        return client.post(url, json=body, headers=headers, **more)
    return client.post(url, data={"csrf-token": token}, **more)


def test_every_route_of_the_application_is_in_the_table(clinic: Clinic) -> None:
    served = [(route.path, frozenset(route.methods or ())) for route in clinic.app.routes if isinstance(route, Route)]
    assert len(served) == len(clinic.app.routes) == len(ROUTES)
    assert served == [(way.path, way.methods) for way in WAYS]


@pytest.mark.parametrize("way", GUARDED)
def test_nobody_gets_in_without_a_session(way: Way, clinic: Clinic) -> None:
    before = clinic.service.store.treatments()
    for method in sorted(way.methods):
        for cookie in (None, "designtool-patient=" + "a" * 43, "designtool-staff=x; designtool-patient=x"):
            client = clinic.browser()
            answered = call(client, method, address(way, clinic), way, headers={"cookie": cookie} if cookie else {})
            assert answered.status_code == 401, (method, cookie)
            assert clinic.patient.name not in answered.text
    assert clinic.service.store.treatments() == before


@pytest.mark.parametrize("way", GUARDED)
def test_other_roles_are_turned_away(way: Way, clinic: Clinic) -> None:
    before = clinic.service.store.treatments()
    people = [clinic.patient.id, "b-1", "pa-1", "ea-1"]
    for id in people:
        person = clinic.sign_in(id)
        if person.user.role in way.allowed:
            continue
        for method in sorted(way.methods):
            answered = call(person.client, method, address(way, clinic), way, person.token)
            # Patients and staff have sessions apart: to the other side they have not signed in at all.
            same_side = (person.user.role == "patient") == (way.allowed == PATIENT)
            assert answered.status_code == (404 if same_side else 401), (id, method)
    assert clinic.service.store.treatments() == before


@pytest.mark.parametrize("way", OF_TREATMENT)
def test_somebody_elses_treatment_does_not_exist(way: Way, clinic: Clinic) -> None:
    """For the right role: another patient, a therapist and an administrator who have nothing to do with it, another unit."""
    (role,) = way.allowed
    outsiders = {
        "patient": [clinic.new_patient()[0].id],
        "therapist": ["b-2", "x-therapist"],
        "patient-administrator": ["x-patient-administrator"],
    }[role]
    before = clinic.service.store.treatment(clinic.treatment)
    for id in outsiders:
        person = clinic.sign_in(id)
        for method in sorted(way.methods):
            answered = call(person.client, method, address(way, clinic), way, person.token)
            unknown = call(person.client, method, address(way, clinic, "0" * 16), way, person.token)
            assert answered.status_code == unknown.status_code == 404, (id, method)
            assert answered.text == unknown.text, "what exists and what does not look the same from outside"
    assert clinic.service.store.treatment(clinic.treatment) == before
    denied = [line for line in clinic.service.store.audit_lines("enheten") if line.action == "denied"]
    assert {line.user for line in denied} >= set(outsiders)


@pytest.mark.parametrize("way", OF_TREATMENT)
def test_those_of_the_treatment_get_in(way: Way, clinic: Clinic) -> None:
    """Otherwise the tests above would pass for a service that is closed."""
    (role,) = way.allowed
    insider = {"patient": clinic.patient.id, "therapist": "b-1", "patient-administrator": "pa-1"}[role]
    person = clinic.sign_in(insider)
    for method in sorted(way.methods):
        assert call(person.client, method, address(way, clinic), way, person.token).status_code not in (401, 403, 404)


@pytest.mark.parametrize("way", POSTED)
def test_a_post_needs_the_token_of_its_own_session(way: Way, clinic: Clinic) -> None:
    if not way.allowed:
        return
    ids = {
        "patient": clinic.patient.id,
        "therapist": "b-1",
        "patient-administrator": "pa-1",
        "unit-administrator": "ea-1",
    }
    person = clinic.sign_in(ids[sorted(way.allowed)[0]])
    other = clinic.sign_in(person.user.id)
    before = clinic.service.store.treatments()
    for token in ("", "x", "å", other.token, person.token.upper() + "0"):
        answered = call(person.client, "POST", address(way, clinic), way, token)
        assert answered.status_code == 403, token
    assert clinic.service.store.treatments() == before


@pytest.mark.parametrize("way", POSTED)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": f"http://{HOST}.evil.example"}, 403),
        ({"host": "evil.example", "origin": "http://evil.example"}, 421),
        ({"content-length": str(10**15)}, 413),
        ({"content-length": "-1"}, 413),
        ({"content-length": "x"}, 413),
    ],
)
def test_a_post_from_elsewhere_is_refused(way: Way, headers: dict[str, str], status: int, clinic: Clinic) -> None:
    answered = clinic.browser().post(address(way, clinic), content=b"", headers=headers)
    assert answered.status_code == status
    assert "tel:112" in answered.text


@pytest.mark.parametrize("way", [pytest.param(way, id=way.path) for way in WAYS])
def test_other_methods_are_refused(way: Way, clinic: Clinic) -> None:
    for method in {"PUT", "DELETE", "PATCH", "OPTIONS", "GET", "POST"} - way.methods:
        answered = clinic.browser().request(method, address(way, clinic), headers={"content-length": "0"})
        # A path that only takes posts may be another route's page for a GET.
        assert answered.status_code in (405, 401), method


@pytest.mark.parametrize("way", [pytest.param(way, id=way.path) for way in WAYS])
def test_every_answer_carries_the_security_headers(way: Way, clinic: Clinic) -> None:
    for answered in (
        clinic.browser().get(address(way, clinic)),
        clinic.browser().get(address(way, clinic), headers={"host": "evil.example"}),
    ):
        assert "default-src 'none'" in answered.headers["content-security-policy"]
        assert "unsafe" not in answered.headers["content-security-policy"]
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["referrer-policy"] == "same-origin"
        assert answered.headers["cache-control"] in ("no-store", "no-cache")


def test_the_cookie_is_kept_from_scripts_and_other_sites(clinic: Clinic) -> None:
    answered = clinic.browser().post("/sign-in", data={"person": "b-1"})
    cookie = answered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


def test_each_sign_in_has_a_session_of_its_own_and_signing_out_ends_it(clinic: Clinic) -> None:
    first, second = clinic.sign_in("b-1"), clinic.sign_in("b-1")
    assert first.token != second.token
    kept = dict(first.client.cookies)
    assert first.post("/sign-out/staff", {}).status_code == 303
    again = clinic.browser().get("/patients", headers={"cookie": f"designtool-staff={kept['designtool-staff']}"})
    assert again.status_code == 401
    assert second.get("/patients").status_code == 200


def test_patient_and_staff_can_be_signed_in_side_by_side(clinic: Clinic) -> None:
    person = clinic.sign_in(clinic.patient.id)
    assert person.client.post("/sign-in", data={"person": "b-1"}).status_code == 303
    assert person.get(f"{clinic.patient_base}/home").status_code == 200
    assert person.get(f"{clinic.therapist_base}/treatment").status_code == 200


def test_an_unknown_person_cannot_sign_in(clinic: Clinic) -> None:
    for sent in ({}, {"person": ""}, {"person": "nobody"}, {"person": "' OR 1=1 --"}):
        answered = clinic.browser().post("/sign-in", data=sent)
        assert answered.status_code == 422
        assert "set-cookie" not in answered.headers


def test_sign_in_is_limited(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as clinic:
        clinic.service.sign_ins.most = 3
        client = clinic.browser()
        told = [client.post("/sign-in", data={"person": "b-1"}).status_code for _ in range(5)]
    assert told == [303, 303, 303, 429, 429]


def test_the_limit_lets_in_again_when_time_has_passed() -> None:
    now = [0.0]
    limit = RateLimit(2, 60, lambda: now[0])
    assert [limit.allows("a"), limit.allows("a"), limit.allows("a"), limit.allows("b")] == [True, True, False, True]
    now[0] = 60.1
    assert limit.allows("a")


def test_a_red_flag_is_seen_by_every_therapist_of_the_unit_and_nothing_else_is(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as clinic:
        clinic.other_unit()
        colleague, stranger = clinic.sign_in("b-2"), clinic.sign_in("x-therapist")
        assert colleague.get(f"{clinic.therapist_base}/flags").status_code == 404
        patient = clinic.sign_in(clinic.patient.id)
        patient.save(f"{clinic.patient_base}/questionnaire/mood", field="q4", value="2", revision=None)
        for item in ("q1", "q2", "q3"):
            patient.save(f"{clinic.patient_base}/questionnaire/mood", field=item, value="3", revision=None)
        listed = colleague.get("/patients").text
        assert f"{clinic.therapist_base}/flags" in listed
        assert clinic.treatment not in stranger.get("/patients").text
        page = colleague.get(f"{clinic.therapist_base}/flags")
        assert page.status_code == 200
        assert "Hög poäng" not in page.text, "the yellow flag is for the treatment's own therapists"
        assert "Hög poäng" in clinic.sign_in("b-1").get(f"{clinic.therapist_base}/flags").text
        for target in ("treatment", "messages", "questionnaire/mood", "form/mood", "module/valkommen", "flags/x"):
            assert colleague.get(f"{clinic.therapist_base}/{target}").status_code == 404, target
        assert colleague.get(f"/t/{clinic.treatment}/care").status_code == 404
        assert stranger.get(f"{clinic.therapist_base}/flags").status_code == 404
        state = clinic.service.treatments.state(clinic.service.store.treatment(clinic.treatment))  # type: ignore[arg-type]
        red, yellow = (next(one for one in state.flags if one.level == level) for level in ("red", "yellow"))
        sent = {"action": "acknowledge", "text": "Ringde patienten"}
        assert colleague.post(f"{clinic.therapist_base}/flags", {**sent, "flag": yellow.number}).status_code == 404
        assert colleague.post(f"{clinic.therapist_base}/messages", {"action": "send", "text": "x"}).status_code == 404
        empty = colleague.post(f"{clinic.therapist_base}/flags", {**sent, "text": " ", "flag": red.number})
        assert empty.status_code == 422
        assert colleague.post(f"{clinic.therapist_base}/flags", {**sent, "flag": red.number}).status_code == 303
        assert colleague.get(f"{clinic.therapist_base}/flags").status_code == 404
        own = clinic.sign_in("b-1").get(f"{clinic.therapist_base}/flags").text
        assert "Ringde patienten" in own
        assert "Sam Lind" in own, "the signature says who"


def test_who_no_longer_has_to_do_with_a_treatment_no_longer_sees_it(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as clinic:
        before, after, administrator = clinic.sign_in("b-1"), clinic.sign_in("b-2"), clinic.sign_in("pa-1")
        assert before.get(f"{clinic.therapist_base}/treatment").status_code == 200
        moved = administrator.post(f"/administration/{clinic.treatment}", {"responsible": "b-2"})
        assert moved.status_code == 303
        assert before.get(f"{clinic.therapist_base}/treatment").status_code == 404
        assert after.get(f"{clinic.therapist_base}/treatment").status_code == 200
        assert administrator.get(f"/administration/{clinic.treatment}").status_code == 200
        for sent in ({"responsible": "nobody"}, {"responsible": clinic.patient.id}, {"responsible": ""}):
            assert administrator.post(f"/administration/{clinic.treatment}", sent).status_code == 422


def test_the_patient_administrator_never_sees_what_the_patient_writes(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path) as clinic:
        secret = "Hemligheten"
        patient_actor = Actor(clinic.patient.id, "patient")
        clinic.act(lambda state, program, now: commands.send_message(state, program, now, patient_actor, secret))
        administrator = clinic.sign_in("pa-1")
        for path in ("/administration", f"/administration/{clinic.treatment}"):
            shown = administrator.get(path)
            assert shown.status_code == 200
            assert secret not in shown.text


def test_only_a_demonstration_moves_the_clock_and_only_forward(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path / "still", movable_clock=False) as clinic:
        assert clinic.sign_in("b-1").post("/demonstration/clock", {"days": "1"}).status_code == 404
        clinic.service.store.set_clock_offset(86400)
        assert clinic.service.clock.now() == clinic.time.now
    with runtime_samples.clinic(tmp_path / "moving") as clinic:
        person = clinic.sign_in("b-1")
        for days in ("", "0", "-1", "1.5", "61", "00019999", "0001" + "9" * 5000, "9999999999", "en"):
            assert person.post("/demonstration/clock", {"days": days}).status_code == 422, days
        assert clinic.service.clock.now() == clinic.time.now
        assert person.post("/demonstration/clock", {"days": "7"}).status_code == 303
        assert (clinic.service.clock.now() - clinic.time.now).days == 7


@pytest.mark.parametrize(
    ("identity", "born"),
    [
        ("19900101-2385", True),
        ("199001012385", True),
        ("19900101-2386", False),
        ("19900101-1239", False),
        ("19901301-2385", False),
        ("9001012385", False),
        ("", False),
        ("１９９００１０１２３８５", False),
        ("19900101-2385\n", False),
    ],
)
def test_only_identity_numbers_for_tests_are_taken(identity: str, born: bool) -> None:
    assert (born_by_identity(identity) is not None) == born
