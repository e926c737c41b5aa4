"""inspect, verify and unbundle."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from designtool import resources
from designtool.bundle import BlobSource, BundleContent, digest_of, make_bundle, program_of, read_bundle
from designtool.cli import group
from designtool.model.codec import encode_program
from designtool.model.origin import Origin
from tests.bundles import (
    FILM,
    FILM_PATH,
    SVG,
    SVG_PATH,
    archive_of,
    archive_with_file,
    sample_content,
    sample_program,
    sample_tree,
)
from tests.case_files import text_file

CONTENT = sample_content()
ARCHIVE = archive_of(CONTENT)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "prov-1.2.3.dtb"
    path.write_bytes(ARCHIVE)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--format", "json")
    assert done.exit_code == 0, (done.exception, done.output[:2000])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_inspect_says_what_a_bundle_contains(bundle: Path) -> None:
    found = run_json("inspect", bundle)
    assert (found["program"], found["version"], found["format"], found["publisher"]) == ("prov", "1.2.3", 1, "vgr")
    assert found["digest"].startswith("sha256:")
    sizes = {file["name"]: file["size"] for file in found["files"]}
    assert sizes["program.json"] == len(CONTENT.program)
    assert sizes[f"media/{FILM_PATH}"] == len(FILM)


@pytest.mark.parametrize("name", ["inspect", "verify", "unbundle"])
def test_json_keeps_to_its_schema(bundle: Path, tmp_path: Path, name: str) -> None:
    schema = json.loads((resources.folder("schemas") / f"{name}.schema.json").read_text(encoding="utf-8"))
    output = ("--output", tmp_path / "ny") if name == "unbundle" else ()
    jsonschema.validate(run_json(name, bundle, *output), schema)


def test_inspect_speaks_to_people_in_both_languages(bundle: Path) -> None:
    swedish, english = run("inspect", bundle), run("--lang", "en", "inspect", bundle)
    assert swedish.exit_code == english.exit_code == 0
    for word in ("Prövning", "Utgivare", "18+ år", "Filer", "768 B"):
        assert word in swedish.stdout
    for word in ("Prövning", "Publisher", "age 18+", "Files"):
        assert word in english.stdout


def test_inspect_tells_all_that_a_bundle_carries(bundle: Path) -> None:
    found = run_json("inspect", bundle)
    (item,) = found["safety_case"]["risk_items"]
    (flag,) = item["flags"]
    assert (item["text"], flag["recipient"], flag["escalate_after_hours"]) == ("Tankar på döden?", "unit", 24)
    assert (flag["patient_text"][:4], flag["journeys"], flag["vectors"]) == ("Kris", ["risk"], [2])
    assert [(one["form"], one["id"]) for one in found["codebook"]["variables"]][:2] == [
        ("fraga", "q1"),
        ("fraga", "total"),
    ]
    assert found["rights"]["instruments"][0]["licence"] == "free"
    assert found["release"]["reserved"] == ["gammalt_falt"]
    assert found["changelog"].startswith("# 1.2.3")
    assert (found["journeys"], found["vectors"]) == ([{"id": "risk", "title": "Hög risk", "steps": 1}], {"fraga": 2})
    assert "block-film" in found["features"]
    assert "programs/prov/program.yaml" in found["source"]


def test_inspect_tells_people_all_of_it(bundle: Path) -> None:
    told = run("--lang", "en", "inspect", bundle).stdout
    for words in (
        "Start (1 page, 10 min)",
        "fraga.q1, suicidality: Tankar på döden?",
        "red flag to the unit, further after 24 hours when q1 >= 1",
        "the patient reads library/kris",
        "shown by: risk, 1 vector",
        "a yellow flag",
        "fraga: Fråga, free, 2 vectors",
        "risk: Hög risk",
        "fraga: 2",
        "all: 4",
        "the program: CC-BY-4.0, Region Prov",
        "reserved ids: gammalt_falt",
        "Först.",
        "block-film",
    ):
        assert words in told, words


def test_translations_variants_and_migrations_go_along_and_are_told(tmp_path: Path) -> None:
    tree = sample_tree()
    files = {"i18n/en.po": 'msgid ""\n', "variants/plus.yaml": "id: plus\n", "migrations/1.0.0-1.2.3.yaml": "{}\n"}
    for path, text in files.items():
        tree = tree.with_file(text_file(f"programs/prov/{path}", text.encode()))
    program = sample_program()
    content = make_bundle(program, encode_program(program), tree, lambda path: BytesIO(FILM))
    (tmp_path / "fil.dtb").write_bytes(archive_of(content))
    found = run_json("inspect", tmp_path / "fil.dtb")
    assert (found["translations"], found["variants"], found["migrations"]) == (["en"], ["plus"], ["1.0.0-1.2.3"])
    assert run("unbundle", tmp_path / "fil.dtb", "--output", tmp_path / "ny").exit_code == 0
    for path, text in files.items():
        assert (tmp_path / "ny/programs/prov" / path).read_text() == text


def test_what_a_bundle_says_cannot_steer_a_terminal(tmp_path: Path) -> None:
    program = sample_program(title="\x1b[2JTitel", summary="a\x07b")
    content = make_bundle(program, encode_program(program), sample_tree(), lambda path: BytesIO(FILM))
    (tmp_path / "fil.dtb").write_bytes(archive_of(content))
    told = run("inspect", tmp_path / "fil.dtb").stdout
    assert "Titel" in told and all(letter == "\n" or letter.isprintable() for letter in told)


def test_a_bundle_is_tested_without_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = run_json("build", Path(__file__).parent.parent, "--output", tmp_path)["bundles"]
    monkeypatch.chdir(tmp_path)
    for one in built:
        told = run_json("test", one["path"])
        assert told["journeys"] and all(journey["passed"] for journey in told["journeys"])
        assert told["vectors"]["passed"] and not told["vectors"]["failed"]


def test_verify_accepts_a_bundle(bundle: Path) -> None:
    found = run_json("verify", bundle)
    assert found == {"valid": True, "digest": run_json("inspect", bundle)["digest"], "problems": []}
    assert run("verify", bundle).stdout.startswith("Paketet är helt: prov 1.2.3 sha256:")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not-a-bundle"),
        (b"hej", "not-a-bundle"),
        (ARCHIVE[:-1], "archive-truncated"),
        (ARCHIVE + b"x", "trailing-data"),
        (archive_with_file(CONTENT, "program.json", b"{}"), "program-invalid"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "fil.dtb"
    path.write_bytes(data)
    for name in ("verify", "inspect", "unbundle"):
        refused = run(name, path, "--format", "json")
        assert refused.exit_code == 1
        assert [problem["code"] for problem in json.loads(refused.stdout)["problems"]] == [code]
        spoken = run("--lang", "en", name, path)
        assert spoken.exit_code == 1
        assert f"error[{code}]" in spoken.stderr
        assert spoken.stdout == ""
    assert os.listdir(tmp_path) == ["fil.dtb"]


def test_folders_devices_and_pipes_are_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, Path("/dev/null"), Path("/dev/zero"), tmp_path / "pipe"):
        for name in ("verify", "inspect", "unbundle"):
            refused = run(name, path, "--format", "json")
            assert refused.exit_code == 1
            assert json.loads(refused.stdout)["problems"][0]["code"] == "not-a-file"


def test_a_missing_file_is_a_mistake_in_the_call(tmp_path: Path) -> None:
    for name in ("verify", "inspect", "unbundle"):
        missing = run(name, tmp_path / "saknas.dtb", "--format", "json")
        assert missing.exit_code == 2
        assert missing.stdout == ""
        assert "saknas.dtb" in missing.stderr


def test_unbundle_writes_the_source_with_identical_bytes(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ny" / "mapp"
    written = run_json("unbundle", bundle, "--output", folder)
    assert written["path"] == str(folder)
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert sorted(found) == written["files"]
    assert found[FILM_PATH] == FILM
    assert found[SVG_PATH] == SVG
    assert found["designtool.yaml"] == b'format: 1\nregion: "vgr"\nprograms: "programs"\n'
    for path, data in found.items():
        if path not in (FILM_PATH, "designtool.yaml"):
            assert data == sample_tree().files[path].data
    assert [path.name for path in folder.parent.iterdir()] == ["mapp"]


def test_unbundle_names_the_folder_after_the_program(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bundle.parent)
    assert run("unbundle", bundle).exit_code == 0
    assert (bundle.parent / "prov-1.2.3" / "designtool.yaml").is_file()


def test_unbundle_touches_nothing_that_exists(bundle: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    assert run("unbundle", bundle, "--output", taken).exit_code == 0
    before = sorted(path.name for path in tmp_path.iterdir())
    (taken / "designtool.yaml").write_text("mitt")
    for output in (taken, bundle):
        assert run("unbundle", bundle, "--output", output).exit_code == 2
    assert (taken / "designtool.yaml").read_text() == "mitt"
    assert bundle.read_bytes() == ARCHIVE
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_unbundle_says_that_a_file_is_no_place_for_a_folder(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "fil.txt").write_text("mitt")
    refused = run("--lang", "en", "unbundle", bundle, "--output", tmp_path / "fil.txt")
    assert refused.exit_code == 2
    assert f"{tmp_path / 'fil.txt'} is a file" in refused.stderr
    assert (tmp_path / "fil.txt").read_text() == "mitt"


def test_build_says_why_nothing_was_built(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "minimal", tmp_path / "yta")
    library = run("--lang", "en", "build", tmp_path / "yta/programs/library", "--output", tmp_path / "ut")
    assert library.exit_code == 2
    assert "the library is no program" in library.stderr
    shutil.rmtree(tmp_path / "yta/programs/exempel")
    nothing = run("--lang", "en", "build", tmp_path / "yta", "--output", tmp_path / "ut", "--format", "json")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert "there is no program to build" in nothing.stderr
    assert not (tmp_path / "ut").exists()


def test_unbundle_leaves_nothing_when_the_disk_is_full(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[object] = []

    def copy(source: BinaryIO, target: BinaryIO) -> None:
        copied.append(target)
        target.write(source.read(1))
        if len(copied) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", copy)
    full = run("unbundle", bundle, "--output", tmp_path / "ny")
    assert full.exit_code == 2
    assert "disken är full" in full.stderr
    assert os.listdir(tmp_path) == [bundle.name]


@pytest.mark.parametrize("path", [FILM_PATH, FILM_PATH.upper()])
def test_unbundle_refuses_two_files_for_one_place(tmp_path: Path, path: str) -> None:
    """In the bundle their names differ; in the workspace they would be one file, on some computers or on all."""
    doubled = {**CONTENT.files, f"source/{path}": BlobSource(digest_of(FILM), len(FILM), lambda: BytesIO(FILM))}
    (tmp_path / "fil.dtb").write_bytes(archive_of(BundleContent(CONTENT.annotations, CONTENT.program, doubled)))
    refused = run("unbundle", tmp_path / "fil.dtb", "--output", tmp_path / "ny", "--format", "json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["problems"][0]["code"] == "file-collision"
    assert not (tmp_path / "ny").exists()


@pytest.mark.parametrize("workspace", ["tests/minimal", "."])
def test_the_source_in_a_bundle_builds_to_the_same_bytes(tmp_path: Path, workspace: str) -> None:
    first = run_json("build", Path(__file__).parent.parent / workspace, "--output", tmp_path / "first")
    assert first["bundles"]
    for built in first["bundles"]:
        assert run_json("verify", built["path"])["digest"] == built["digest"]
        folder = tmp_path / built["program"]
        assert run("unbundle", built["path"], "--output", folder).exit_code == 0
        again = run_json("build", folder, "--output", tmp_path / "again")
        assert [(one["program"], one["digest"]) for one in again["bundles"]] == [(built["program"], built["digest"])]
        assert Path(again["bundles"][0]["path"]).read_bytes() == Path(built["path"]).read_bytes()


def test_the_source_has_the_bytes_that_were_written(tmp_path: Path) -> None:
    """Every file of a program, and of the library what it reaches: of the shared lists the entries, and not the whole lists."""
    root = Path(__file__).parent.parent
    shared = [f"programs/library/{name}.yaml" for name in ("contacts", "glossary", "persons")]
    for built in run_json("build", root, "--output", tmp_path / "ut")["bundles"]:
        folder = tmp_path / built["program"]
        files = run_json("unbundle", built["path"], "--output", folder)["files"]
        own = root / "programs" / built["program"]
        mine = {str(path.relative_to(root)) for path in own.rglob("*") if path.is_file()}
        assert {path for path in files if not path.startswith("programs/library/")} == {"designtool.yaml", *mine}
        for path in {*files} - {"designtool.yaml", *shared}:
            assert (folder / path).read_bytes() == (root / path).read_bytes(), path
        for path in shared:
            written, whole = (folder / path).read_text(), (root / path).read_text()
            assert len(written) <= len(whole) and all(part in whole for part in written.split("\n"))
        reached = {person["name"] for person in yaml.safe_load((folder / shared[2]).read_text()).values()}
        with open(built["path"], "rb") as stream:
            assert reached == {person.name for person in program_of(read_bundle(stream)).persons}
        assert 0 < len(reached) < len(yaml.safe_load((root / shared[2]).read_text()))
        pictures = {path for path in files if path.startswith("programs/library/media/")}
        assert len(pictures) == len(reached)


def test_make_bundle_takes_the_library_that_variants_reach() -> None:
    base = sample_program()
    other = replace(base.questionnaires[0], id="annan", origin=Origin("programs/library/questionnaires/annan.yaml"))
    variant = sample_program(id="prov-plus", questionnaires=(*base.questionnaires, other))
    sources = []
    for program in (base, variant):
        content = make_bundle(
            program, encode_program(program), sample_tree(), lambda path: BytesIO(FILM), (base, variant)
        )
        sources.append({name: blob.digest for name, blob in content.files.items() if name.startswith("source/")})
    assert "source/programs/library/questionnaires/annan.yaml" in sources[0]
    assert sources[0] == sources[1]
