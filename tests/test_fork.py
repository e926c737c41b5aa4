"""designtool fork: a program of one's own, begun from a bundle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from designtool import resources
from designtool.bundle import DERIVED_FROM, Refused, read_bundle
from designtool.bundle.fork import CannotFork, begun_anew
from designtool.bundle.manifest import read_manifest
from designtool.cli import group
from designtool.model.program import DerivedFrom
from tests.bundles import archive_of, archive_with_manifest, sample_content, sample_program

ROOT = Path(__file__).parent.parent
ORIGIN = DerivedFrom("exempel", "1.0.0", "sha256:" + "a" * 64)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(*arguments: object, status: int = 0) -> dict[str, Any]:
    done = run(*arguments, "--format", "json")
    assert done.exit_code == status, (done.exception, done.output[:2000])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the minimal workspace with a migration and words that are its own."""
    folder = tmp_path_factory.mktemp("bundle")
    shutil.copytree(ROOT / "tests/minimal", folder / "yta")
    return Path(run_json("build", folder / "yta", "--output", folder)["bundles"][0]["path"])


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is in no workspace."""
    folder = tmp_path / "annanstans"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder


@pytest.fixture
def own_workspace(nowhere: Path) -> Path:
    assert run("new", "workspace", ".", "--region", "skane").exit_code == 0
    return nowhere


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_fork_says_where_it_comes_from_and_builds_under_its_own_name(minimal: Path, nowhere: Path) -> None:
    forked = run_json("fork", minimal, "--as", "mitt-eget")
    jsonschema.validate(forked, json.loads((resources.folder("schemas") / "fork.schema.json").read_text()))
    digest = read_bundle(BytesIO(minimal.read_bytes())).digest
    assert forked["derived_from"] == {"program": "exempel", "version": "1.0.0", "digest": digest}
    assert forked["diagnostics"] == []
    stated = yaml.safe_load((nowhere / "mitt-eget/programs/mitt-eget/program.yaml").read_text())
    assert (stated["id"], stated["version"], stated["derived_from"]) == ("mitt-eget", "0.1.0", forked["derived_from"])
    (built,) = run_json("build", nowhere / "mitt-eget", "--output", nowhere / "ut")["bundles"]
    assert (built["program"], built["version"]) == ("mitt-eget", "0.1.0")
    with open(built["path"], "rb") as stream:
        bundle = read_bundle(stream)
        assert json.loads(bundle.manifest.value["annotations"][DERIVED_FROM]) == forked["derived_from"]
        assert json.loads(bundle.read("rights.json"))["program"]["derived_from"] == forked["derived_from"]
    assert run_json("inspect", built["path"])["derived_from"] == forked["derived_from"]


def test_of_the_source_nothing_else_changes(minimal: Path, nowhere: Path) -> None:
    run_json("fork", minimal, "--as", "mitt-eget")
    run_json("unbundle", minimal, "--output", "kalla")
    forked = files_of(nowhere / "mitt-eget")
    before = {
        path.replace("programs/exempel/", "programs/mitt-eget/"): data
        for path, data in files_of(nowhere / "kalla").items()
    }
    changed = {path for path in forked.keys() | before.keys() if forked.get(path) != before.get(path)}
    assert changed == {"programs/mitt-eget/program.yaml", "programs/mitt-eget/CHANGELOG.md"}
    lines = forked["programs/mitt-eget/program.yaml"].decode().splitlines()
    kept = [line for line in before["programs/mitt-eget/program.yaml"].decode().splitlines() if line in lines]
    assert len(lines) == len(kept) + 2 + 4


def test_the_programs_of_this_repository_can_be_forked(nowhere: Path) -> None:
    built = run_json("build", ROOT, "--output", nowhere / "ut")["bundles"]
    for one in built:
        forked = run_json("fork", one["path"])
        assert forked["program"] == f"{one['program']}-egen"
        assert not [found for found in forked["diagnostics"] if found["severity"] == "error"]


def test_a_fork_of_a_fork_says_its_nearest_origin(minimal: Path, nowhere: Path) -> None:
    run_json("fork", minimal, "--as", "forst")
    (first,) = run_json("build", "forst", "--output", "ut")["bundles"]
    again = run_json("fork", first["path"], "--as", "sedan")
    assert again["derived_from"] == {"program": "forst", "version": "0.1.0", "digest": first["digest"]}
    text = (nowhere / "sedan/programs/sedan/program.yaml").read_text()
    assert text.count("derived_from:") == 1 and yaml.safe_load(text)["derived_from"] == again["derived_from"]


def test_migrations_of_the_other_program_stay_behind(tmp_path: Path, nowhere: Path) -> None:
    shutil.copytree(ROOT / "tests/minimal", tmp_path / "yta")
    for folder, text in {"migrations/0.9.0-1.0.0.yaml": "{}\n", "CHANGELOG.md": "## 1.0.0\n\nFörst.\n"}.items():
        path = tmp_path / "yta/programs/exempel" / folder
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    built = run_json("build", tmp_path / "yta", "--output", nowhere)["bundles"]
    forked = run_json("fork", built[0]["path"], "--as", "nytt")
    assert not [path for path in forked["files"] if "migrations" in path]
    changelog = (nowhere / "nytt/programs/nytt/CHANGELOG.md").read_text()
    assert "## 0.1.0" in changelog and built[0]["digest"] in changelog and "1.0.0\n\nFörst" not in changelog


def test_in_a_workspace_the_fork_is_one_more_program(minimal: Path, own_workspace: Path) -> None:
    before = files_of(own_workspace)
    forked = run_json("fork", minimal, "--as", "nytt")
    after = files_of(own_workspace)
    assert {path: after[path] for path in before} == before
    assert forked["path"] == str(own_workspace / "programs/nytt")
    assert forked["kept"] == ["programs/library/contacts.yaml", "programs/library/pages/kris.md"]
    assert forked["diagnostics"] == []
    stated = yaml.safe_load((own_workspace / "programs/nytt/program.yaml").read_text("utf-8"))
    assert stated["publisher"]["region"] == "skane", "it is the region's own from now on"


def test_words_and_persons_that_the_library_lacks_come_along(nowhere: Path) -> None:
    built = {one["program"]: one for one in run_json("build", ROOT, "--output", nowhere / "ut")["bundles"]}
    run_json("fork", built["somnbehandlingen"]["path"], "--as", "sov", "--output", "yta")
    own = nowhere / "yta/programs/library/persons.yaml"
    before = own.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(nowhere / "yta")
        forked = run_json("fork", built["depressionshjalpen"]["path"], "--as", "ned")
    assert own.read_bytes().startswith(before)
    assert yaml.safe_load(own.read_text()) == yaml.safe_load((ROOT / "programs/library/persons.yaml").read_text())
    assert forked["kept"] == []


def test_a_questionnaire_of_another_meaning_is_not_mixed_in(nowhere: Path) -> None:
    built = {one["program"]: one for one in run_json("build", ROOT, "--output", nowhere / "ut")["bundles"]}
    run_json("fork", built["depressionshjalpen"]["path"], "--as", "ned", "--output", "yta")
    form = nowhere / "yta/programs/library/questionnaires/phq9.yaml"
    form.write_text(form.read_text().replace("Patient", "patient") + "# Vår egen.\n")
    before = files_of(nowhere / "yta")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(nowhere / "yta")
        refused = run("--lang", "en", "fork", built["depressionshjalpen"]["path"], "--as", "ned-tva")
    assert refused.exit_code == 2
    assert "questionnaires/phq9.yaml" in refused.stderr
    assert files_of(nowhere / "yta") == before


@pytest.mark.parametrize("id", ["exempel", "library", "Mitt Eget", "../ut", "å", "", "a" * 61])
def test_an_id_that_cannot_be_is_refused(minimal: Path, nowhere: Path, id: str) -> None:
    refused = run("fork", minimal, "--as", id)
    assert refused.exit_code == 2
    assert "--as" in refused.stderr or "id för ett program" in refused.stderr
    assert list(nowhere.iterdir()) == []


def test_nothing_that_exists_is_touched(minimal: Path, own_workspace: Path) -> None:
    assert run("fork", minimal, "--as", "nytt").exit_code == 0
    before = files_of(own_workspace)
    assert run("fork", minimal, "--as", "nytt").exit_code == 2
    assert run("fork", minimal, "--as", "nytt", "--output", own_workspace).exit_code == 2
    assert files_of(own_workspace) == before


def test_what_is_no_bundle_or_not_there_is_said_as_by_other_commands(nowhere: Path) -> None:
    (nowhere / "fil.dtb").write_bytes(b"hej")
    assert run_json("fork", "fil.dtb", status=1)["problems"][0]["code"] == "not-a-bundle"
    assert run("fork", "saknas.dtb").exit_code == 2


def test_a_bundle_without_source_cannot_be_forked(nowhere: Path) -> None:
    content = sample_content()
    bare = {name: blob for name, blob in content.files.items() if not name.startswith("source/")}
    (nowhere / "fil.dtb").write_bytes(archive_of(type(content)(content.annotations, content.program, bare)))
    assert run_json("fork", "fil.dtb", status=1)["problems"][0]["code"] == "blob-missing"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_program_yaml_is_altered_in_three_places(end: str) -> None:
    written = end.join(["# Mitt.", "title: Å 😀", 'version: "1.0.0"  # Höjs.', "id: exempel", ""])
    expected = end.join(
        [
            *("# Mitt.", "title: Å 😀", "version: 0.1.0  # Höjs.", "derived_from:", "  program: exempel"),
            *("  version: 1.0.0", f"  digest: {ORIGIN.digest}", "id: nytt", ""),
        ]
    )
    assert begun_anew(written.encode(), "nytt", ORIGIN) == expected.encode()


@pytest.mark.parametrize("written", ["{id: exempel, version: 1.0.0}", 'id: "exem\\\n  pel"\nversion: 1.0.0\n', "- id"])
def test_program_yaml_in_one_line_is_left_to_people(written: str) -> None:
    with pytest.raises(CannotFork):
        begun_anew(written.encode(), "nytt", ORIGIN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "json-syntax"),
        ("[]", "manifest-invalid"),
        ('{"digest":"md5:0","program":"a","version":"1.0.0"}', "manifest-invalid"),
        (f'{{"digest":"{ORIGIN.digest}","program":"../a","version":"1.0.0"}}', "manifest-invalid"),
        (f'{{"digest":"{ORIGIN.digest}","program":"a","version":1}}', "manifest-invalid"),
        (f'{{"digest":"{ORIGIN.digest}","program":"a","version":"1.0.0","x":""}}', "manifest-invalid"),
        (f'{{"digest": "{ORIGIN.digest}","program":"a","version":"1.0.0"}}', "json-not-canonical"),
    ],
)
def test_an_origin_of_another_shape_is_refused(text: str, code: str) -> None:
    data = archive_with_manifest(
        sample_content(), lambda manifest: manifest["annotations"].update({DERIVED_FROM: text})
    )
    with pytest.raises(Refused) as refused:
        read_bundle(BytesIO(data))
    assert refused.value.code == code


def test_an_origin_that_the_program_does_not_state_is_refused() -> None:
    from designtool.bundle import program_of

    text = f'{{"digest":"{ORIGIN.digest}","program":"a","version":"1.0.0"}}'
    data = archive_with_manifest(
        sample_content(), lambda manifest: manifest["annotations"].update({DERIVED_FROM: text})
    )
    with pytest.raises(Refused, match="program-mismatch"):
        program_of(read_bundle(BytesIO(data)))
    content = sample_content(sample_program(derived_from=ORIGIN))
    bundle = read_bundle(BytesIO(archive_of(content)))
    assert program_of(bundle).derived_from == ORIGIN == read_manifest(bundle.manifest.data).annotations.derived_from
