"""Films outside of the workspace: media.lock pins each by its digest, and only those bytes come into a bundle."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from designtool import resources
from designtool.bundle import read_bundle
from designtool.cli import group
from designtool.source import Reading, read, read_again, read_files_again
from tests.case_files import compiled

FILM = b"\x1aE\xdf\xa3" + bytes(range(256)) * 900
DIGEST = f"sha256:{hashlib.sha256(FILM).hexdigest()}"
OTHER = FILM[:-1] + b"x"
LOCK = "programs/exempel/media.lock"
PAGE = "programs/exempel/modules/01-start/10-sida.md"
FILM_PATH = "programs/exempel/media/andning.webm"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(*arguments: object, status: int = 0) -> dict[str, Any]:
    done = run(*arguments, "--format", "json")
    assert done.exit_code == status, (done.exception, done.output[:3000])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that shows a film, which lies beside it in `filmer`."""
    root = tmp_path / "yta"
    shutil.copytree(Path(__file__).parent / "minimal", root, ignore=shutil.ignore_patterns(".designtool"))
    (tmp_path / "filmer").mkdir()
    (tmp_path / "filmer/andning.webm").write_bytes(FILM)
    with open(root / PAGE, "a", encoding="utf-8") as page:
        page.write("\n:::{film} media/andning.webm\n:captions: media/andning.vtt\n:transcript: media/andning.md\n:::\n")
    (root / "programs/exempel/media").mkdir()
    (root / "programs/exempel/media/andning.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:04.000\nAndas lugnt.\n", encoding="utf-8"
    )
    (root / "programs/exempel/media/andning.md").write_text("Andas lugnt.\n", encoding="utf-8")
    with open(root / "designtool.yaml", "a", encoding="utf-8") as settings:
        settings.write("media: ../filmer\n")
    (root / LOCK).write_text(f"media/andning.webm:\n  digest: {DIGEST}\n  size: {len(FILM)}\n", encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def rules(*arguments: object, status: int = 1) -> list[tuple[str, str, int | None]]:
    found = run_json("validate", *arguments, status=status)["diagnostics"]
    return [(one["rule"], one["path"], one["line"]) for one in found if one["severity"] == "error"]


def test_a_locked_film_is_in_the_bundle_and_in_its_source(root: Path, tmp_path: Path) -> None:
    assert rules(status=0) == []
    (built,) = run_json("build")["bundles"]
    with open(built["path"], "rb") as stream:
        bundle = read_bundle(stream)
        assert bundle.read(f"media/{FILM_PATH}") == FILM
        assert bundle.read(f"source/{LOCK}") == (root / LOCK).read_bytes()
    assert run("unbundle", built["path"], "--output", tmp_path / "ny").exit_code == 0
    (again,) = run_json("build", tmp_path / "ny", "--output", tmp_path / "ut")["bundles"]
    assert again["digest"] == built["digest"]


def test_it_is_the_bundle_of_a_film_that_lies_inside(root: Path, tmp_path: Path) -> None:
    (locked,) = run_json("build")["bundles"]
    shutil.move(tmp_path / "filmer/andning.webm", root / FILM_PATH)
    (inside,) = run_json("build")["bundles"]
    assert inside["digest"] == locked["digest"]


def test_the_folder_can_be_named_on_the_command_line(root: Path, tmp_path: Path) -> None:
    shutil.move(tmp_path / "filmer", tmp_path / "annan")
    assert rules() == [("missing-locked-media", LOCK, 1)]
    assert rules("--media", tmp_path / "annan", status=0) == []
    assert run_json("build", "--media", tmp_path / "annan")["bundles"]
    assert run("build", "--media", tmp_path / "finns-inte").exit_code == 2


def test_a_film_may_lie_under_its_digest(root: Path, tmp_path: Path) -> None:
    shutil.move(tmp_path / "filmer/andning.webm", tmp_path / "filmer" / DIGEST.removeprefix("sha256:"))
    assert rules(status=0) == []


def test_a_missing_film_is_said_once_and_mended_without_a_trace(root: Path, tmp_path: Path) -> None:
    assert run_json("build")["bundles"]
    shutil.move(tmp_path / "filmer/andning.webm", tmp_path / "undan.webm")
    assert rules() == [("missing-locked-media", LOCK, 1)]
    assert run_json("build", status=1)["bundles"] == []
    shutil.move(tmp_path / "undan.webm", tmp_path / "filmer/andning.webm")
    assert rules(status=0) == []


def test_nobody_says_where_the_films_are(root: Path) -> None:
    settings = (root / "designtool.yaml").read_text()
    (root / "designtool.yaml").write_text(settings.replace("media: ../filmer\n", ""))
    found = run_json("validate", status=1)["diagnostics"]
    assert [(one["rule"], "--media" in one["help"]) for one in found] == [("missing-locked-media", True)]


@pytest.mark.parametrize("data", [OTHER, FILM[:-1], FILM + b"x", b""])
def test_a_film_with_other_bytes_does_not_come_in(root: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "filmer/andning.webm").write_bytes(data)
    assert rules() == [("changed-locked-media", LOCK, 1)]
    assert run_json("build", status=1)["bundles"] == []


def test_a_film_that_changes_while_the_bundle_is_written_is_not_taken(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from designtool import workspace

    compile_workspace = workspace.compile_workspace

    def compiled_and_changed(*arguments: Any, **more: Any) -> Any:
        made = compile_workspace(*arguments, **more)
        (tmp_path / "filmer/andning.webm").write_bytes(OTHER)
        return made

    monkeypatch.setattr(workspace, "compile_workspace", compiled_and_changed)
    refused = run("--lang", "en", "build")
    assert refused.exit_code == 2
    assert "changed while the bundle was written" in refused.stderr
    assert list((root / "build").iterdir()) == []


def test_a_film_of_the_same_name_inside_must_be_the_same(root: Path) -> None:
    (root / FILM_PATH).write_bytes(OTHER)
    assert rules() == [("changed-locked-media", LOCK, 1)]


@pytest.mark.parametrize("place", ["folder", "pipe", "nothing"])
def test_what_is_no_file_is_no_film(root: Path, tmp_path: Path, place: str) -> None:
    film = tmp_path / "filmer/andning.webm"
    film.unlink()
    if place == "folder":
        film.mkdir()
    if place == "pipe":
        import os

        os.mkfifo(film)
    assert rules() == [("missing-locked-media", LOCK, 1)]


def test_a_film_that_nobody_locked_is_unknown(root: Path) -> None:
    (root / LOCK).unlink()
    assert [rule for rule, _, _ in rules()] == ["broken-reference"]


def test_entries_that_no_page_shows_stay_at_home(root: Path, tmp_path: Path) -> None:
    (tmp_path / "filmer/annan.webm").write_bytes(OTHER)
    assert run("media", "lock", tmp_path / "filmer/annan.webm").exit_code == 0
    (built,) = run_json("build")["bundles"]
    with open(built["path"], "rb") as stream:
        bundle = read_bundle(stream)
        assert b"annan" not in bundle.read(f"source/{LOCK}")
        assert b"andning" in bundle.read(f"source/{LOCK}")


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("../andning.webm", "wrong-value"),
        ("/etc/passwd", "wrong-value"),
        ("media/../../andning.webm", "wrong-value"),
        ("media/sida.md", "wrong-value"),
        ("media/bild.svg", "wrong-value"),
    ],
)
def test_a_name_that_leads_elsewhere_is_no_entry(entry: str, rule: str) -> None:
    text = f"{entry}:\n  digest: {DIGEST}\n  size: 1\n"
    found = compiled({LOCK: text.encode()}).diagnostics
    assert {one.rule for one in found} & {rule, "unknown-key", "wrong-id"}, found


def test_an_entry_of_another_shape_is_said(root: Path) -> None:
    (root / LOCK).write_text("media/andning.webm:\n  digest: md5:0\n  size: 3\n")
    assert "wrong-value" in {rule for rule, _, _ in rules()}


def test_lock_writes_what_validate_wants(root: Path, tmp_path: Path) -> None:
    (root / LOCK).unlink()
    told = run_json("media", "lock", tmp_path / "filmer/andning.webm")
    jsonschema.validate(told, json.loads((resources.folder("schemas") / "media.schema.json").read_text()))
    assert (told["name"], told["digest"], told["size"]) == ("media/andning.webm", DIGEST, len(FILM))
    assert rules(status=0) == []
    written = (root / LOCK).read_bytes()
    run_json("media", "lock", tmp_path / "filmer/andning.webm")
    assert (root / LOCK).read_bytes() == written
    (tmp_path / "filmer/andning.webm").write_bytes(OTHER)
    run_json("media", "lock", tmp_path / "filmer/andning.webm")
    assert rules(status=0) == []
    assert (root / LOCK).read_bytes() != written


def test_a_film_inside_a_program_is_locked_there(root: Path) -> None:
    (root / "programs/annat").mkdir()
    (root / "programs/annat/program.yaml").write_text("id: annat\n")
    (root / "programs/exempel/media/lang").mkdir()
    (root / "programs/exempel/media/lang/film.mp4").write_bytes(OTHER)
    told = run_json("media", "lock", "programs/exempel/media/lang/film.mp4")
    assert (told["path"], told["name"]) == (str(root / LOCK), "media/lang/film.mp4")
    asked = run("--lang", "en", "media", "lock", root.parent / "filmer/andning.webm")
    assert asked.exit_code == 2 and "annat, exempel" in asked.stderr
    assert run("media", "lock", root.parent / "filmer/andning.webm", "--program", "exempel").exit_code == 0


@pytest.mark.parametrize("name", ["film.md", "film med blanksteg.mp4", "film", "saknas.mp4"])
def test_what_cannot_be_locked(root: Path, tmp_path: Path, name: str) -> None:
    if name != "saknas.mp4":
        (tmp_path / name).write_bytes(FILM)
    before = (root / LOCK).read_bytes()
    assert run("media", "lock", tmp_path / name).exit_code == 2
    assert (root / LOCK).read_bytes() == before


def test_a_lock_that_cannot_be_read_is_not_written_over(root: Path, tmp_path: Path) -> None:
    (root / LOCK).write_text("media/andning.webm: vet inte\n")
    assert run("media", "lock", tmp_path / "filmer/andning.webm").exit_code == 2
    assert (root / LOCK).read_text() == "media/andning.webm: vet inte\n"


def test_the_preview_reads_a_changed_lock_anew(root: Path) -> None:
    before = read_again(root, None)
    assert before.tree.files[FILM_PATH].digest == DIGEST
    assert read(root)[0] == before.tree
    (root / LOCK).write_text(f"media/andning.webm:\n  digest: sha256:{'0' * 64}\n  size: 1\n")
    assert read_files_again(root, before, [LOCK]) is None
    after: Reading = read_again(root, before)
    assert [one.rule for one in after.diagnostics] == ["changed-locked-media"]
