"""designtool diff: folders, bundles and revisions, every format, and the statuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from case_files import MINIMAL
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from test_compare_kinds import COMPARED

from designtool.cli import group

ROOT = Path(__file__).parent.parent
PROGRAM = "programs/exempel"
QUESTIONNAIRE = "programs/library/questionnaires/provskala.yaml"
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/diff.schema.json").read_text(encoding="utf-8")))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(*arguments: object, status: int = 0) -> Any:
    done = run("diff", *arguments, "--format", "json")
    assert done.exit_code == status, done.output
    report = json.loads(done.stdout)
    SCHEMA.validate(report)
    return report


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=Eva", "-c", "user.email=eva@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", str(folder), *settings, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in a repository with one commit. The command runs in it."""
    folder = tmp_path / "arbetsyta"
    shutil.copytree(COMPARED, folder, ignore=shutil.ignore_patterns(".designtool"))
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Början")
    monkeypatch.chdir(folder)
    return folder


def test_the_same_version_twice_is_nothing(workspace: Path) -> None:
    report = run_json("git:HEAD", PROGRAM)
    assert (report["required_bump"], report["in_flight"], report["allowed"], report["changes"]) == (
        "none",
        "safe",
        True,
        [],
    )
    assert "Inget har ändrats" in run("diff", "git:HEAD").stdout


def test_a_folder_a_bundle_and_a_revision_are_compared_alike(workspace: Path, tmp_path: Path) -> None:
    assert run("build", PROGRAM, "--output", tmp_path).exit_code == 0
    bundle = tmp_path / "exempel-1.0.0.dtb"
    before = tmp_path / "innan"
    shutil.copytree(workspace, before)
    edit(workspace, QUESTIONNAIRE, "p3 >= 2", "p3 >= 3")
    reports = [run_json(old, PROGRAM) for old in ("git:HEAD", "git:HEAD:exempel", bundle, before / PROGRAM)]
    found = [
        [(one["rule"], one["subject"], one["witness"], one["place"]) for one in report["changes"]] for report in reports
    ]
    assert found[0] == found[1] == found[2] == found[3]
    (change,) = reports[0]["changes"]
    assert change["rule"] == "flag-weakened"
    assert change["subject"] == "questionnaire provskala flag 1"
    assert change["witness"]["answers"] == {"provskala.p3": "2"}
    assert (change["bump"], change["in_flight"], change["needs_acknowledgement"]) == ("major", "pin-only", True)
    assert change["place"]["path"] == QUESTIONNAIRE
    assert change["place"]["line"] == 49


def test_two_bundles_have_no_places(workspace: Path, tmp_path: Path) -> None:
    for name in ("gammal", "ny"):
        assert run("build", PROGRAM, "--output", tmp_path / name).exit_code == 0
        edit(workspace, QUESTIONNAIRE, "Känt dig nedstämd" if name == "gammal" else "Känt dig låg", "Känt dig låg")
    # The second bundle was built after the edit.
    report = run_json(tmp_path / "gammal/exempel-1.0.0.dtb", tmp_path / "ny/exempel-1.0.0.dtb", status=1)
    assert [(one["rule"], one["place"]) for one in report["changes"]] == [("validated-wording-changed", None)]
    assert (report["required_bump"], report["allowed"]) == ("major", False)


def test_what_is_written_otherwise_and_means_the_same_is_a_correction(workspace: Path) -> None:
    edit(workspace, QUESTIONNAIRE, "p3 >= 2", "not (p3 < 2)")
    report = run_json("git:HEAD")
    assert [one["rule"] for one in report["changes"]] == ["rewritten-expression"]
    assert report["required_bump"] == "patch"


def test_a_change_that_is_never_allowed_has_status_one(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/release.yaml", "reserved:\n  - gammal_plan\n", "reserved: []\n")
    report = run_json("git:HEAD", status=1)
    assert [(one["rule"], one["allowed"]) for one in report["changes"]] == [("reserved-id-missing", False)]
    assert report["required_bump"] == "major"
    assert "Aldrig tillåtet" in run("diff", "git:HEAD").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("git:finns-inte",), "finns-inte"),
        (("git:",), "git:"),
        (("git:--output=x",), "--output=x"),
        (("git:HEAD:exemple",), "exempel"),
        (("git:HEAD", "programs/finns-inte"), "finns inte"),
        (("finns-inte.dtb", PROGRAM), "finns inte"),
        ((PROGRAM,), "jämföras med"),
        (("programs/library/contacts.yaml", PROGRAM), "contacts.yaml"),
    ],
)
def test_what_cannot_be_compared_has_status_two(workspace: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("diff", *arguments)
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert done.stdout == ""


def test_a_side_with_errors_has_status_two_and_says_where(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/modules/02-vidare/module.yaml", "min_koll.total", "min_koll.finns_inte")
    done = run("diff", "git:HEAD", PROGRAM)
    assert done.exit_code == 2
    assert "unknown-name" in done.stderr
    assert done.stdout == ""


def test_an_old_side_with_errors_has_status_two(workspace: Path) -> None:
    path = f"{PROGRAM}/modules/02-vidare/module.yaml"
    edit(workspace, path, "min_koll.total", "min_koll.finns_inte")
    git(workspace, "commit", "-q", "-a", "-m", "Fel")
    edit(workspace, path, "min_koll.finns_inte", "min_koll.total")
    assert run("diff", "git:HEAD", PROGRAM).exit_code == 2
    assert run("diff", "git:HEAD~1", PROGRAM).exit_code == 0


def test_a_damaged_bundle_has_status_two(workspace: Path, tmp_path: Path) -> None:
    assert run("build", PROGRAM, "--output", tmp_path).exit_code == 0
    bundle = tmp_path / "exempel-1.0.0.dtb"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    for sides in ((bundle, PROGRAM), (PROGRAM, bundle)):
        done = run("diff", *sides)
        assert done.exit_code == 2
        assert "fel[" in done.stderr
        assert done.stdout == ""


def test_where_there_is_no_repository_the_status_is_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "utan"
    shutil.copytree(MINIMAL, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    done = run("diff", "git:HEAD")
    assert done.exit_code == 2
    assert "git" in done.stderr


def test_a_revision_touches_nothing_in_the_work_tree(workspace: Path) -> None:
    edit(workspace, QUESTIONNAIRE, "p3 >= 2", "p3 >= 3")
    (workspace / "ny fil").write_text("osparat", encoding="utf-8")
    before = (git(workspace, "status", "--porcelain"), sorted(os.listdir(workspace)))
    index = (workspace / ".git/index").read_bytes()
    assert run("diff", "git:HEAD").exit_code == 0
    assert before == (git(workspace, "status", "--porcelain"), sorted(os.listdir(workspace)))
    assert index == (workspace / ".git/index").read_bytes()


def test_the_library_is_that_of_the_revision(workspace: Path) -> None:
    edit(workspace, "programs/library/contacts.yaml", '"112"', '"113"')
    report = run_json("git:HEAD")
    assert [(one["rule"], one["old"], one["new"]) for one in report["changes"]] == [
        ("crisis-contact-changed", "112", "113")
    ]


def test_a_workspace_inside_a_repository_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "allt/vård"
    shutil.copytree(COMPARED, folder, ignore=shutil.ignore_patterns(".designtool"))
    git(tmp_path / "allt", "init", "-q")
    git(tmp_path / "allt", "add", "-A")
    git(tmp_path / "allt", "commit", "-q", "-m", "Början")
    monkeypatch.chdir(folder / PROGRAM)
    edit(folder, f"{PROGRAM}/program.yaml", "weeks: 6", "weeks: 8")
    assert [one["rule"] for one in run_json("git:HEAD")["changes"]] == ["duration-changed"]


def test_the_page_for_reviewers_needs_nothing_else_and_escapes(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/modules/01-start/10-sida.md", "Välj något som", "Välj 1 < 2 & något som")
    page = run("diff", "git:HEAD", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "&lt;" in page
    assert "1 < 2" not in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert 'lang="sv"' in page


def test_markdown_cannot_be_broken_out_of(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/modules/01-start/10-sida.md", "Välj något som", "Välj @alla | [något] som")
    text = run("diff", "git:HEAD", "--format", "markdown").stdout
    assert "@alla" not in text
    assert r"\| \[något\]" in text


def test_english_and_swedish(workspace: Path) -> None:
    edit(workspace, QUESTIONNAIRE, "p3 >= 2", "p3 >= 3")
    assert "answers that gave a red flag" in run("--lang", "en", "diff", "git:HEAD").stdout
    assert "svar som gav röd flagga" in run("diff", "git:HEAD").stdout


def test_explain_tells_of_kinds_of_change() -> None:
    one = run("explain", "flag-weakened")
    assert one.exit_code == 0
    assert "kliniskt ställningstagande" in one.stdout
    everything = json.loads(run("explain", "changes", "--format", "json").stdout)
    assert {"flag-weakened", "id-reused", "unclassified-change"} <= {kind["rule"] for kind in everything["changes"]}
    assert 'Menade du "flag-weakened"?' in run("explain", "flag-weakend").stderr
