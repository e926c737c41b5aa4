"""The preview's server: what it answers, to whom, and what it never gives away."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import studios
from starlette.testclient import TestClient

from designtool import resources
from designtool.preview import studio as studio_module
from designtool.preview.server import NOTICE, Hub, create_app
from designtool.preview.studio import Studio
from designtool.render import Viewpoint, fragments, load_templates
from designtool.web_guard import CONTENT_SECURITY_POLICY, LARGEST_POST

ADDRESS = "http://127.0.0.1:8765"
ORIGIN = {"origin": ADDRESS}
PATIENT = "/view/exempel/patient/-/0"
THERAPIST = "/view/exempel/therapist/-/0"
PLAN = f"{studios.PROGRAM}/modules/01-start/exercises/min_plan.yaml"
TEMPLATES = load_templates(resources.folder("templates"))


@dataclass
class Bench:
    root: Path
    studio: Studio
    hub: Hub
    client: TestClient
    told: list[int] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def save(self, path: str, text: str | bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode() if isinstance(text, str) else text)
        self.refresh({path})

    def refresh(self, paths: set[str] | None = None) -> None:
        self.studio.refresh(frozenset(paths) if paths else None, lambda: self.told.append(self.studio.version))
        self.studio.prove(lambda: self.told.append(self.studio.version))

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        self.save(path, text.replace(old, new))

    def page(self, target: str, base: str = PATIENT) -> str:
        answer = self.client.get(f"{base}/{target}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def state(self, **query: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get("/state", params=query).json()
        return told

    def blocks(self, target: str, known: str = "") -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(
            f"{PATIENT.replace('/view/', '/fragments/')}/{target}", params={"known": known}
        ).json()
        return told


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    root = studios.workspace(tmp_path)
    faults: list[Exception] = []
    studio = Studio(root, None, lambda: date(2026, 11, 21), faults.append)
    studio.refresh()
    studio.prove()
    hub = Hub()
    app = create_app(studio, hub, root, TEMPLATES, "sv", frozenset({"127.0.0.1:8765", "localhost:8765"}))
    with TestClient(app, base_url=ADDRESS) as client:
        made = Bench(root, studio, hub, client)
        made.faults = faults
        yield made


# Who is answered


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:9999", "evil.example:8765", "", "127.0.0.1:8765.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/state", "/events", f"{PATIENT}/home", "/static/studio.js"])
def test_another_host_is_refused(bench: Bench, host: str, path: str) -> None:
    answer = bench.client.get(path, headers={"host": host})
    assert answer.status_code == 421
    assert "Exempel" not in answer.text


def test_localhost_is_another_name_of_the_same(bench: Bench) -> None:
    assert bench.client.get("/state", headers={"host": "LOCALHOST:8765"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:9999", "https://evil.example:8765"],
)
@pytest.mark.parametrize(
    "path", ["/forget/exempel", f"{PATIENT}/exercise/min_plan", f"{PATIENT}/exercise/min_plan/save"]
)
def test_a_post_from_another_origin_is_refused(bench: Bench, origin: str | None, path: str) -> None:
    headers = {"origin": origin} if origin is not None else {}
    assert bench.client.post(path, content=b"{}", headers=headers).status_code == 403


def test_a_post_that_is_too_large_or_of_unknown_length_is_refused(bench: Bench) -> None:
    large = bench.client.post(f"{PATIENT}/exercise/min_plan/save", content=b"x" * (LARGEST_POST + 1), headers=ORIGIN)
    assert large.status_code == 413
    endless = bench.client.post(f"{PATIENT}/exercise/min_plan/save", content=iter([b"{}"]), headers=ORIGIN)
    assert endless.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/state", {}),
        ("GET", "/events", {}),
        ("GET", f"{PATIENT}/home", {}),
        ("GET", f"{THERAPIST}/treatment", {}),
        ("GET", f"{PATIENT.replace('view', 'fragments')}/home", {}),
        ("GET", "/static/studio.js", {}),
        ("GET", f"{PATIENT}/media/programs/exempel/media/ingen.png", {}),
        ("GET", "/finns-inte", {}),
        ("GET", "/state", {"host": "evil.example"}),
        ("POST", "/forget/exempel", ORIGIN),
        ("POST", "/forget/exempel", {}),
        ("POST", f"{PATIENT}/exercise/min_plan/save", ORIGIN),
        ("DELETE", "/state", ORIGIN),
    ],
)
def test_every_answer_carries_the_headers_of_security(
    bench: Bench, method: str, path: str, headers: dict[str, str]
) -> None:
    bench.hub.closed = True  # The stream of events says where it is and ends.
    answer = bench.client.request(method, path, headers=headers, content=b"" if method == "POST" else None)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    sources = [source for part in CONTENT_SECURITY_POLICY.split("; ") for source in part.split(" ")[1:]]
    assert set(sources) == {"'self'", "'none'"}


# What is not given away


@pytest.mark.parametrize(
    "name",
    [
        "../studio.js",
        "..%2Fresources.py",
        "%2e%2e/__init__.py",
        "....//x.css",
        "/etc/passwd",
        "studio.js%00",
        "STUDIO.JS",
        "x.py",
        ".js",
        "",
    ],
)
def test_nothing_but_its_own_static_files(bench: Bench, name: str) -> None:
    assert bench.client.get(f"/static/{name}").status_code in (404, 307)
    assert bench.client.get("/static/studio.js").status_code == 200


def with_picture(bench: Bench) -> None:
    bench.save(f"{studios.PROGRAM}/media/kurva.png", bytes(range(256)) * 8)
    text = (bench.root / studios.PAGE).read_text("utf-8")
    bench.save(studios.PAGE, f"{text}\n:::{{image}} media/kurva.png\n:alt: En kurva\n:::\n")
    bench.refresh()


def test_media_that_the_program_shows_and_no_other_file(bench: Bench) -> None:
    with_picture(bench)
    bench.save(f"{studios.PROGRAM}/media/annan.png", b"never shown")
    bench.refresh()
    address = re.search(r'src="([^"]+kurva\.png)"', bench.page("page/start/sida"))
    assert address is not None
    answer = bench.client.get(address[1])
    assert answer.status_code == 200 and answer.content == bytes(range(256)) * 8
    assert answer.headers["content-type"] == "image/png"
    outside = bench.root.parent / "hemligt.txt"
    outside.write_text("hemligt")
    for path in (
        "programs/exempel/media/annan.png",
        "programs/exempel/program.yaml",
        "designtool.yaml",
        "../hemligt.txt",
        "..%2Fhemligt.txt",
        "programs/exempel/media/../../../../hemligt.txt",
        str(outside),
        "%2Fetc%2Fpasswd",
        "",
    ):
        foreign = bench.client.get(f"{PATIENT}/media/{path}")
        assert foreign.status_code == 404, path
        assert "hemligt" not in foreign.text


def test_media_behind_a_link_that_came_later_is_not_followed(bench: Bench) -> None:
    with_picture(bench)
    picture = bench.root / studios.PROGRAM / "media" / "kurva.png"
    outside = bench.root.parent / "hemligt.txt"
    outside.write_text("hemligt")
    picture.unlink()
    picture.symlink_to(outside)
    answer = bench.client.get(f"{PATIENT}/media/{studios.PROGRAM}/media/kurva.png")
    assert answer.status_code == 404 and "hemligt" not in answer.text


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-", 200, 0, 2048),
        ("bytes=10-19", 206, 10, 20),
        ("bytes=2000-9999", 206, 2000, 2048),
        ("bytes=-48", 206, 2000, 2048),
        ("bytes=9999-", 200, 0, 2048),
        ("bytes=20-10", 200, 0, 2048),
        ("bytes=-", 200, 0, 2048),
        ("bytes=0-1,5-6", 200, 0, 2048),
        ("nonsense", 200, 0, 2048),
    ],
)
def test_a_player_can_ask_for_a_part(bench: Bench, asked: str, status: int, start: int, end: int) -> None:
    with_picture(bench)
    answer = bench.client.get(f"{PATIENT}/media/{studios.PROGRAM}/media/kurva.png", headers={"range": asked})
    assert answer.status_code == status
    assert answer.content == (bytes(range(256)) * 8)[start:end]
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/2048"


@pytest.mark.parametrize(
    "path",
    [
        "/finns-inte",
        f"{PATIENT}/finns/inte",
        f"{PATIENT}/page/start/ingen",
        "/view/annat/patient/-/0/home",
        "/view/exempel/administrator/-/0/home",
        "/view/exempel/patient/-/401/home",
        "/view/exempel/patient/-/-1/home",
        "/view/exempel/patient/-/x/home",
        f"{PATIENT}/flags",
        f"{PATIENT}/treatment",
        f"{THERAPIST}/home",
        "/fragments/annat/patient/-/0/home",
    ],
)
def test_unknown_addresses_are_not_found(bench: Bench, path: str) -> None:
    assert bench.client.get(path).status_code == 404


def test_a_page_that_is_gone_is_told_of_as_such(bench: Bench) -> None:
    assert bench.blocks("page/start/ingen")["blocks"] is None


def test_what_is_the_therapists_is_never_under_patient(bench: Bench) -> None:
    secret = "uppmuntra det som redan är på gång"
    assert secret in (bench.root / f"{studios.PROGRAM}/modules/01-start/therapist.md").read_text("utf-8")
    seen = dict.fromkeys(("patient", "therapist"), "")
    for role, targets in bench.state()["targets"].items():
        for one in targets:
            seen[role] += bench.page(one["target"], PATIENT if role == "patient" else THERAPIST)
    assert secret in seen["therapist"]
    assert secret not in seen["patient"]


# What is shown


def test_every_page_of_the_list_can_be_opened(bench: Bench) -> None:
    targets = bench.state()["targets"]
    assert {"home", "page/start/sida", "exercise/min_plan"} <= {one["target"] for one in targets["patient"]}
    for role, base in (("patient", PATIENT), ("therapist", THERAPIST)):
        for one in targets[role]:
            assert "<main" in bench.page(one["target"], base)


def test_the_blocks_of_a_page_are_those_that_the_view_is_made_of(bench: Bench) -> None:
    for role, targets in bench.state()["targets"].items():
        for one in targets:
            base = f"/view/exempel/{role}/-/0"
            simulated = bench.studio.simulate("exempel", "", 0)
            assert simulated is not None
            viewpoint = Viewpoint(role=role, base=base, notices=(NOTICE,))
            made = fragments(one["target"], simulated.situation, viewpoint, TEMPLATES)
            told = bench.client.get(f"{base.replace('view', 'fragments')}/{one['target']}").json()["blocks"]
            assert [(block["id"], block["html"]) for block in told] == [(block.id, block.html) for block in made]


def test_a_saved_change_is_in_the_blocks_and_only_what_changed_is_sent(bench: Bench) -> None:
    before = bench.blocks("page/start/sida")
    hashes = [block["hash"] for block in before["blocks"]] + [before["around"]["hash"]]
    assert all("html" in block for block in before["blocks"])
    same = bench.blocks("page/start/sida", ",".join(hashes))
    assert all("html" not in block for block in (*same["blocks"], same["around"]))
    bench.replace(studios.PAGE, "Nu är det dags", "I dag är det dags")
    after = bench.blocks("page/start/sida", ",".join(hashes))
    sent = [block for block in after["blocks"] if "html" in block]
    assert len(sent) == 1 and "I dag är det dags" in sent[0]["html"]
    assert "html" not in after["around"]
    assert after["version"] != before["version"]


def test_a_new_paragraph_leaves_those_after_it_as_they_were(bench: Bench) -> None:
    bench.replace(studios.PAGE, "Nu är", "Ett.\n\nTvå.\n\nTre.\n\nNu är")
    before = [block["hash"] for block in bench.blocks("page/start/sida")["blocks"]]
    bench.replace(studios.PAGE, "Ett.\n", "Noll.\n\nEtt.\n")
    after = bench.blocks("page/start/sida", ",".join(before))["blocks"]
    assert [re.sub("<[^>]+>", "", block["html"]).strip() for block in after if "html" in block] == ["Noll."]


def test_a_new_title_of_the_program_is_around_the_blocks(bench: Bench) -> None:
    before = bench.blocks("home")["around"]["hash"]
    bench.replace(f"{studios.PROGRAM}/program.yaml", "title: Exempel", "title: Nytt namn")
    after = bench.blocks("home", before)["around"]
    assert "Nytt namn" in after["html"]
    assert bench.state()["programs"] == [{"name": "exempel", "title": "Nytt namn"}]


BREAKING = {
    "a yaml error": (PLAN, b"title: [\nfields: }"),
    "an unknown directive": (studios.PAGE, b"---\ntitle: A\n---\n:::{flim} x\n:::\n"),
    "half a file": (PLAN, b"title: Min plan\nkind: worksheet\nfields:\n  - id: vad\n    type: te"),
    "an empty file": (PLAN, b""),
    "an old encoding": (studios.PAGE, "---\ntitle: Första sidan\n---\nNu är det dags.\n".encode("cp1252")),
    "zeros": (studios.PAGE, b"\x00" * 64),
    "a program.yaml that is no yaml": (f"{studios.PROGRAM}/program.yaml", b"\t: ["),
    "a program.yaml that says nothing": (f"{studios.PROGRAM}/program.yaml", b""),
    "a broken library": ("programs/library/pages/kris.md", b":::{if}\n"),
}


@pytest.mark.parametrize("what", BREAKING)
def test_under_an_error_the_last_good_page_stays(bench: Bench, what: str) -> None:
    path, broken = BREAKING[what]
    whole = (bench.root / path).read_bytes()
    pages = {target: bench.page(target) for target in ("page/start/sida", "exercise/min_plan")}
    bench.save(path, broken)
    state = bench.state()
    errors = [found for found in state["problems"] if found["severity"] == "error"]
    assert state["is_old"] and errors
    assert errors[0]["path"] == path and errors[0]["message"]
    assert any(found["help"] for found in errors)
    assert {target: bench.page(target) for target in pages} == pages
    bench.save(path, whole)
    assert bench.state()["problems"] == [] and not bench.state()["is_old"]
    assert not bench.faults


def test_a_deleted_file_is_an_error_until_it_is_back(bench: Bench) -> None:
    plan = (bench.root / PLAN).read_bytes()
    before = bench.page("page/start/sida")
    (bench.root / PLAN).unlink()
    bench.refresh({PLAN})
    assert bench.state()["is_old"]
    assert bench.page("page/start/sida") == before
    bench.save(PLAN, plan)
    assert bench.state()["problems"] == []


def test_a_renamed_folder_is_another_program(bench: Bench) -> None:
    shutil.move(bench.root / studios.PROGRAM, bench.root / "programs/nytt")
    bench.refresh()
    state = bench.state(program="exempel")
    assert state["program"] == "nytt"
    assert bench.client.get(f"{PATIENT}/home").status_code == 404
    shutil.move(bench.root / "programs/nytt", bench.root / studios.PROGRAM)
    bench.refresh()
    assert bench.state(program="exempel")["program"] == "exempel"


def test_a_workspace_without_programs(bench: Bench) -> None:
    shutil.rmtree(bench.root / studios.PROGRAM)
    bench.refresh()
    state = bench.state()
    assert state["programs"] == [] and state["program"] == ""
    assert state["targets"] == {"patient": [], "therapist": []}
    shutil.rmtree(bench.root / "programs")
    bench.refresh()
    assert bench.state()["programs"] == []
    assert not bench.faults


def test_a_program_that_never_could_be_read(bench: Bench) -> None:
    bench.save("programs/trasigt/program.yaml", b"[")
    bench.refresh()
    state = bench.state(program="trasigt")
    assert state["program"] == "trasigt" and state["targets"]["patient"] == []
    assert not state["is_old"]
    assert [found["path"] for found in state["problems"]] == ["programs/trasigt/program.yaml"]
    # The other program is as well as before.
    assert bench.state(program="exempel")["problems"] == []


def test_what_a_rule_finds_hides_nothing(bench: Bench) -> None:
    bench.replace(studios.PAGE, "Nu är det dags", "Ring 010-123 45 67 om det är dags")
    state = bench.state()
    assert [found["rule"] for found in state["problems"]] == ["bare-phone-number"]
    assert not state["is_old"]
    assert "010-123" in bench.page("page/start/sida")


def test_pages_are_told_of_before_what_the_rules_find(bench: Bench) -> None:
    bench.replace(studios.PAGE, "Nu är det dags", "Ring 010-123 45 67 om det är dags")
    assert len(bench.told) == 2
    bench.told.clear()
    bench.replace(studios.PAGE, "om det är dags", "när det är dags")
    # The finding stands where it stood: there is no news but the page.
    assert len(bench.told) == 1


def test_looking_again_at_unchanged_files_is_no_news(bench: Bench) -> None:
    version = bench.studio.version
    bench.refresh()
    bench.refresh({studios.PAGE})
    assert bench.told == [] and bench.studio.version == version


def test_a_fault_in_designtool_is_shown_and_the_next_save_recovers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.page("page/start/sida")

    def fails(*_: object) -> None:
        raise RuntimeError("hemlig text ur programmet")

    with monkeypatch.context() as patched:
        patched.setattr(studio_module, "assemble_workspace_again", fails)
        bench.replace(studios.PAGE, "Nu är", "I dag är")
    assert [type(fault) for fault in bench.faults] == [RuntimeError]
    answer = bench.client.get("/state")
    assert answer.json()["fault"] == "RuntimeError" and "hemlig" not in answer.text
    assert bench.page("page/start/sida") == before
    bench.replace(studios.PAGE, "I dag är", "Nu är")
    assert bench.state()["fault"] == ""
    assert bench.page("page/start/sida") == before


def test_a_fault_in_a_page_is_an_apology_without_content(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("hemlig text ur programmet")

    monkeypatch.setattr("designtool.preview.server.view", fails)
    monkeypatch.setattr("designtool.preview.server.targets", fails)
    answer = bench.client.get(f"{PATIENT}/home")
    assert answer.status_code == 500 and "Fel i designtool" in answer.text and "hemlig" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    state = bench.client.get("/state")
    assert state.status_code == 200 and state.json()["targets"] == {"patient": [], "therapist": []}
    assert len(bench.faults) == 3


# The simulated patient


def save_answer(bench: Bench, value: object, name: str = "vad", **more: object) -> Any:
    return bench.client.post(
        f"{PATIENT}/exercise/min_plan/save",
        json={"field": name, "value": value, "entry_date": "", **more},
        headers=ORIGIN,
    )


def test_an_answer_is_saved_as_the_pages_script_expects(bench: Bench) -> None:
    answer = save_answer(bench, "Gå en promenad")
    assert answer.status_code == 200
    told = answer.json()
    assert {"saved", "revision", "hidden", "values", "errors", "pages"} <= set(told)
    assert told["errors"] == {} and isinstance(told["revision"], int)
    assert "Gå en promenad" in bench.page("exercise/min_plan")


def test_typed_answers_outlive_a_save_of_the_files(bench: Bench) -> None:
    save_answer(bench, "Gå en promenad")
    bench.replace(PLAN, "Vad ska du göra?", "Vad vill du göra?")
    page = bench.page("exercise/min_plan")
    assert "Vad vill du göra?" in page and "Gå en promenad" in page


def test_an_answer_to_what_is_no_longer_asked_is_left_out_and_comes_back(bench: Bench) -> None:
    save_answer(bench, "Gå en promenad")
    bench.replace(PLAN, "id: vad", "id: annat")
    assert "Gå en promenad" not in bench.page("exercise/min_plan")
    bench.replace(PLAN, "id: annat", "id: vad")
    assert "Gå en promenad" in bench.page("exercise/min_plan")


def test_answers_belong_to_one_person_and_day_and_can_be_cleared(bench: Bench) -> None:
    save_answer(bench, "Gå en promenad")
    assert "Gå en promenad" not in bench.page("exercise/min_plan", "/view/exempel/patient/-/1")
    assert bench.client.post("/forget/exempel", content=b"", headers=ORIGIN).status_code == 200
    assert "Gå en promenad" not in bench.page("exercise/min_plan")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'{"value": 1}',
        b'{"field": 1, "value": 1}',
        b'{"field": "vad", "value": "x", "entry_date": "i morgon"}',
        b"\xff",
    ],
)
def test_what_is_no_answer_is_refused(bench: Bench, body: bytes) -> None:
    answer = bench.client.post(f"{PATIENT}/exercise/min_plan/save", content=body, headers=ORIGIN)
    assert answer.status_code == 400
    assert not bench.faults


def test_hostile_answers_are_text(bench: Bench) -> None:
    save_answer(bench, '"><script>alert(1)</script>')
    assert "<script>alert" not in bench.page("exercise/min_plan")


def test_the_stream_begins_with_where_it_is_and_ends_when_it_is_closed(bench: Bench) -> None:
    bench.hub.close()
    answer = bench.client.get("/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == f"retry: 1000\nevent: change\ndata: {bench.studio.start}.{bench.studio.version}\n\n"


def test_the_shell_has_all_its_words(bench: Bench) -> None:
    page = bench.client.get("/").text
    script = bench.client.get("/static/studio.js").text
    stated = re.search(r'data-words="([^"]+)"', page)
    assert stated is not None
    words = json.loads(stated[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))
    used = set(re.findall(r"words\.([a-z]+)", script)) | set(re.findall(r'words\["([a-z-]+)"\]', script))
    assert used and used <= set(words)
