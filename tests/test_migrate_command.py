"""designtool migrate: tried on invented and on exported patients; what it says, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from case_files import MINIMAL
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from designtool.bundle import program_of, read_bundle
from designtool.cli import group
from designtool.treatment.exported import to_line
from designtool.treatment.walks import walks

ROOT = Path(__file__).parent.parent
PROGRAM = "programs/exempel"
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/migrate.schema.json").read_text(encoding="utf-8")))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(*arguments: object, status: int = 0) -> Any:
    done = run("migrate", *arguments, "--dry-run", "--format", "json", "--patients", 12)
    assert done.exit_code == status, done.output
    report = json.loads(done.stdout)
    SCHEMA.validate(report)
    return report


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "arbetsyta"
    shutil.copytree(MINIMAL, folder, ignore=shutil.ignore_patterns(".designtool"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def bundle(workspace: Path, tmp_path: Path) -> Path:
    assert run("build", PROGRAM, "--output", tmp_path).exit_code == 0
    edit(workspace / PROGRAM / "program.yaml", "version: 1.0.0", "version: 2.0.0")
    return tmp_path / "exempel-1.0.0.dtb"


def require_more(workspace: Path) -> None:
    """The program's exercise asks for something that it did not ask for before."""
    exercise = workspace / PROGRAM / "modules/01-start/exercises/min_plan.yaml"
    text = exercise.read_text(encoding="utf-8")
    more = "  - id: varfor\n    type: text\n    label: Varför vill du det?\n    required: true\n"
    exercise.write_text(text.rstrip("\n") + "\n" + more, encoding="utf-8", newline="\n")


def test_nobody_notices_a_version_with_nothing_new(workspace: Path, bundle: Path) -> None:
    report = run_json(bundle, PROGRAM)
    assert (report["from"], report["to"], report["treatments"]) == ("1.0.0", "2.0.0", 12)
    assert report["counts"] == {"untouched": 12, "sees-again": 0, "held-back": 0, "lost": 0}
    assert report["unanswered"] == []


def test_a_change_without_a_word_in_the_migration_holds_back_and_is_named(workspace: Path, bundle: Path) -> None:
    require_more(workspace)
    report = run_json(bundle, PROGRAM, status=1)
    assert [one["rule"] for one in report["unanswered"]] == ["field-added"]
    assert report["counts"]["held-back"] > 0
    assert report["counts"]["lost"] == 0
    text = run("migrate", bundle, PROGRAM, "--dry-run", "--patients", 12).stdout
    assert "migrations/1.0.0-2.0.0.yaml" in text
    assert "förlorar svar" in text

    migrations = workspace / PROGRAM / "migrations"
    migrations.mkdir()
    (migrations / "1.0.0-2.0.0.yaml").write_text("begun:\n  forms:\n    min_plan: see-again\n", encoding="utf-8")
    report = run_json(bundle, PROGRAM)
    assert report["unanswered"] == []
    assert report["counts"]["held-back"] == 0
    assert report["counts"]["sees-again"] > 0
    assert report["examples"]["sees-again"]["reasons"]


def test_exported_patients_are_counted_as_the_invented_ones_they_are(
    workspace: Path, bundle: Path, tmp_path: Path
) -> None:
    require_more(workspace)
    with bundle.open("rb") as stream:
        opened = read_bundle(stream)
        program, digest = program_of(opened), opened.digest
    states = tmp_path / "states.jsonl"
    lines = [to_line(str(one.seed), one.played.events) + "\n" for one in walks(program, digest, 12)]
    stranger = lines[0].replace(digest, "sha256:" + "0" * 64)
    states.write_text("".join([*lines, "\n", stranger]), encoding="utf-8")
    report = run_json(bundle, PROGRAM, "--states", states, status=1)
    assert report["counts"] == run_json(bundle, PROGRAM, status=1)["counts"], "the stranger is under another version"
    assert report["not_reached"] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{\n", "rad 1"),
        ('\n{"format":1}\n', "rad 2"),
        ("\udcff", "UTF-8"),
    ],
)
def test_a_file_that_no_export_has_written_is_told_with_its_line(
    workspace: Path, bundle: Path, tmp_path: Path, content: str, message: str
) -> None:
    states = tmp_path / "states.jsonl"
    states.write_bytes(content.encode(errors="surrogateescape"))
    done = run("migrate", bundle, PROGRAM, "--dry-run", "--states", states)
    assert done.exit_code == 2
    assert message in done.stderr


def test_what_cannot_be_tried_has_status_two(workspace: Path, bundle: Path, tmp_path: Path) -> None:
    for arguments, message in (
        ((bundle, PROGRAM), "--dry-run"),
        ((PROGRAM, bundle, "--dry-run"), "senare version"),
        ((bundle, "finns-inte", "--dry-run"), "finns inte"),
        ((PROGRAM, PROGRAM, "--dry-run"), "senare version"),
        ((bundle, PROGRAM, "--dry-run", "--states", tmp_path / "finns-inte"), "går inte att läsa"),
    ):
        done = run("migrate", *arguments)
        assert done.exit_code == 2, done.output
        assert message in done.stderr
