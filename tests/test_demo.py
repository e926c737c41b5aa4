"""designtool demo without a browser: its folder, its people, its addresses, and what it refuses."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from demonstrations import COMMAND, REPOSITORY, demonstration
from starlette.testclient import TestClient

from designtool import resources
from designtool.cli.results import results
from designtool.demonstration.folder import MARK, demonstration_folder, mark_as_filled
from designtool.demonstration.people import PEOPLE, fill, people_of
from designtool.demonstration.routes import Demonstration
from designtool.demonstration.tour import ANYBODY, TOUR, tour_for
from designtool.diagnostics import Cannot
from designtool.render import Viewpoint, load_templates, view
from designtool.runtime.access import born_by_identity
from designtool.runtime.app import Settings, app_of, create_service
from designtool.runtime.first_people import import_all
from designtool.runtime.importing import Policy
from designtool.runtime.service import Service
from designtool.treatment.situate import situation

ORIGIN = "http://testserver"
MORNING, NIGHT = datetime(2026, 6, 1, 5, 31, tzinfo=UTC), datetime(2026, 3, 28, 23, 5, tzinfo=UTC)
"""Half past seven, and five past midnight on the night when the clocks go forward."""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    built = results(REPOSITORY, None, tmp_path_factory.mktemp("bundles"))
    return tuple(Path(one.bundle.path) for one in built.results if one.bundle is not None)


def filled(folder: Path, bundles: tuple[Path, ...], now: datetime) -> Service:
    settings = Settings(
        data=folder,
        hosts=frozenset(),
        policy=Policy.UNSIGNED_DEMONSTRATION,
        movable_clock=True,
        real=lambda: now,
    )
    service = create_service(settings)
    assert fill(service, import_all(service, bundles)) == ()
    return service


@pytest.fixture
def service(tmp_path: Path, bundles: tuple[Path, ...]) -> Iterator[Service]:
    made = filled(tmp_path, bundles, MORNING)
    yield made
    made.store.close()


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(app_of(service, frozenset({"testserver"}), Demonstration(service).routes())) as made:
        made.headers["origin"] = ORIGIN
        yield made


# The people


@pytest.mark.parametrize("now", [MORNING, NIGHT])
def test_everybody_is_where_their_line_says_at_any_time_of_day(
    tmp_path: Path, bundles: tuple[Path, ...], now: datetime
) -> None:
    service = filled(tmp_path, bundles, now)
    lines = {one["id"]: one["line"] for one in Demonstration(service).shown()["people"]}
    service.store.close()
    assert lines == {
        "leila": "vecka 1 i Sov igen – fyller i dagboken",
        "gunnar": "vecka 3 i Sov igen – ”Ditt sömnfönster” väntar på att bekräftas",
        "tove": "vecka 1 i Sov igen – har just börjat",
        "ingrid": "vecka 4 i Sov igen – ”Ditt sömnfönster” väntar på att bekräftas",
        "pekka": "avslutad, Sov igen",
        "samir": "vecka 1 i Steg ur nedstämdhet – har just börjat",
        "elin": "vecka 3 i Steg ur nedstämdhet – fyller i dagboken",
        "jonas": "vecka 2 i Steg ur nedstämdhet – röd flagga väntar på behandlaren",
        "birgitta": "avslutad, Steg ur nedstämdhet",
    }


def test_nobody_has_a_real_identity_number_and_nobody_comes_from_the_future(service: Service) -> None:
    patients = [user for user in service.store.users() if user.role == "patient"]
    assert {user.name for user in patients} == {person.name for person in PEOPLE}
    assert all(born_by_identity(user.identity) is not None for user in patients)
    for treatment in service.store.treatments():
        times = [stored.event.at for stored in service.store.events(treatment.id)]
        assert times == sorted(times)
        assert times[-1] <= MORNING


def test_a_program_that_is_not_ours_gets_people_from_its_own_journeys(service: Service) -> None:
    program = replace(service.programs.program(service.store.bundles()[0].digest), id="ett-annat")
    people = people_of(program, 0)
    assert [person.journey for person in people] == ["", *(journey.id for journey in program.journeys)]
    assert len({person.id for person in people}) == len(people)
    assert len({person.name for person in people}) == len(people)


def test_the_times_of_answers_are_those_of_the_care_unit(service: Service) -> None:
    treatment = service.store.treatment("leila")
    assert treatment is not None
    state, now = service.treatments.current(treatment)
    stands = situation(state, {treatment.digest: service.programs.program(treatment.digest)}, now)
    html = view("treatment", stands, Viewpoint("therapist"), load_templates(resources.folder("templates")))
    assert "i går kl. 07.30" in html


# The page and its addresses


def test_the_page_says_what_it_is_and_asks_nothing_of_a_network(client: TestClient) -> None:
    answer = client.get("/demo")
    assert answer.status_code == 200
    assert (
        "Referenskörmiljö för utveckling och demonstration – inte CE-märkt, inte för vård av patienter" in answer.text
    )
    assert "inte signerade" in answer.text
    assert "http://" not in answer.text and "https://" not in answer.text
    assert "<style" not in answer.text and " style=" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_the_clock_goes_a_day_or_a_week_forward_and_no_other_way(client: TestClient) -> None:
    before = client.get("/demo/state").json()
    moved = client.post("/demo/clock", json={"days": 7}).json()
    assert (before["date"], moved["date"]) == ("2026-06-01", "2026-06-08")
    for body in ({"days": -7}, {"days": 0}, {"days": True}, {"days": "7"}, {"days": [7]}, {"days": 400}, {}, [], None):
        assert client.post("/demo/clock", json=body).status_code == 422
    for raw in (b"", b"\xff", b"[" * 100_000):
        assert client.post("/demo/clock", content=raw).status_code == 422
    assert client.get("/demo/state").json()["date"] == "2026-06-08"


def test_the_clock_is_moved_from_this_page_alone(client: TestClient) -> None:
    for origin in ("http://elsewhere.example", "null", ""):
        assert client.post("/demo/clock", json={"days": 7}, headers={"origin": origin}).status_code == 403
    assert client.get("/demo/clock").status_code == 405
    assert client.get("/demo", headers={"host": "elsewhere.example"}).status_code == 421


def test_a_runtime_that_is_no_demonstration_has_none_of_it(service: Service) -> None:
    with TestClient(app_of(service, frozenset({"testserver"}))) as client:
        assert [client.get(path).status_code for path in ("/demo", "/demo/state")] == [404, 404]


def test_what_each_side_does_is_counted(client: TestClient) -> None:
    before = client.get("/demo/state").json()["events"]
    client.post("/sign-in", data={"person": "p-leila"})
    page = client.get("/t/leila/patient/messages").text
    token = page.split('name="csrf-token" value="')[1].split('"')[0]
    sent = {"csrf-token": token, "text": "Hej", "action": "send"}
    assert client.post("/t/leila/patient/messages", data=sent, follow_redirects=False).status_code == 303
    after = client.get("/demo/state").json()["events"]
    assert after == before | {"patient": before["patient"] + 1}


def test_the_start_page_is_the_one_of_the_side_that_asks(client: TestClient) -> None:
    client.post("/sign-in", data={"person": "p-leila"})
    client.post("/sign-in", data={"person": "b-1"})
    for wanted, start in (("", "/mine"), ("?as=patient", "/mine"), ("?as=staff", "/patients"), ("?as=x", "/mine")):
        assert client.get(f"/{wanted}", follow_redirects=False).headers["location"] == start


def test_the_tour_names_only_people_who_are_there() -> None:
    assert tour_for({person.id for person in PEOPLE}) == TOUR
    assert [step.person for step in tour_for({"leila"})] == ["leila", "leila", "leila", "leila", ""]
    assert tour_for({"noa-1"})[0] is ANYBODY


# The folder


def test_a_folder_with_anything_else_is_never_emptied(tmp_path: Path) -> None:
    own = tmp_path / "viktigt.txt"
    own.write_text("kvar")
    with pytest.raises(Cannot), demonstration_folder(tmp_path, False):
        pass
    assert own.read_text() == "kvar"
    with pytest.raises(Cannot), demonstration_folder(own, False):
        pass


def test_a_rerun_begins_anew_and_keeps_only_what_it_is_asked_to(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demonstration_folder(folder, keep=True) as kept:
        assert not kept
        (folder / "bundles").mkdir()
        (folder / "bundles" / "ett").write_text("x")
        mark_as_filled(folder)
    with demonstration_folder(folder, keep=True) as kept:
        assert kept
        assert (folder / "bundles" / "ett").exists()
    with demonstration_folder(folder, keep=False) as kept:
        assert not kept
        assert [entry.name for entry in folder.iterdir()] == [MARK]
    with demonstration_folder(folder, keep=True) as kept:
        assert not kept, "one that was cut off while it was filled is not gone on with"


def test_a_link_in_the_folder_is_removed_and_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "demo"
    outside.mkdir()
    (outside / "kvar").write_text("x")
    with demonstration_folder(folder, False):
        mark_as_filled(folder)
        (folder / "link").symlink_to(outside)
    with demonstration_folder(folder, False):
        assert not (folder / "link").exists()
    assert (outside / "kvar").exists()


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    with demonstration_folder(tmp_path, False), pytest.raises(Cannot), demonstration_folder(tmp_path, False):
        pass


# The command


def test_the_command_says_where_things_lie_and_ends_within_a_second_of_ctrl_c(tmp_path: Path) -> None:
    with demonstration(tmp_path / "demo") as (address, process):
        assert httpx.get(address).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) in (0, 130)
    assert sorted(entry.name for entry in (tmp_path / "demo").iterdir() if "-" not in entry.name) == [
        MARK,
        "bundles",
        "runtime.sqlite",
    ]


def command(*options: str, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": ""}
    return subprocess.run(
        [*COMMAND, "--no-browser", *options], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60
    )


def test_without_a_workspace_it_says_so(tmp_path: Path) -> None:
    answer = command(cwd=tmp_path)
    assert answer.returncode == 2
    assert "designtool new workspace" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_a_program_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "designtool.yaml").write_text("format: 1\nregion: vgr\nlanguage: en\n")
    (tmp_path / "programs").mkdir()
    answer = command(cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "no program to show" in answer.stderr


def test_a_program_with_an_error_is_told_and_not_shown(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "tests" / "minimal", tmp_path / "yta")
    (tmp_path / "yta" / "programs" / "exempel" / "program.yaml").write_text("format: 1\n")
    answer = command("--port", "0", "--data", str(tmp_path / "demo"), cwd=tmp_path / "yta")
    assert answer.returncode == 1
    assert "missing-key" in answer.stderr
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    assert command("--port", port).returncode == 2


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = command("--port", str(taken.getsockname()[1]), "--data", str(tmp_path / "demo"))
    assert answer.returncode == 2
    assert "används redan" in answer.stderr
    assert not (tmp_path / "demo").exists()


def test_another_workspace_can_be_shown_too(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "tests" / "minimal", tmp_path / "yta")
    with demonstration(tmp_path / "demo", cwd=tmp_path / "yta") as (address, _):
        people = httpx.get(f"{address}/state").json()["people"]
        page = httpx.get(address).text
    assert people and all(one["has-pages"] for one in people)
    assert "Välj en patient" in page and "Leila" not in page
