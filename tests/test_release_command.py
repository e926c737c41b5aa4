"""designtool release, bump, and what validate and build make of the list of published versions: every way in which it can be wrong."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from test_compare_kinds import COMPARED
from test_diff_command import edit, git

from designtool.cli import bump, group, release
from designtool.compare import all_kinds
from designtool.compare.changelog import GROUP_OF, GROUPS, with_entry
from designtool.load.shape import schema_of
from designtool.load.splice import spliced
from designtool.load.yaml_file import parse_yaml
from designtool.source.read import LARGEST_PAGE, LARGEST_YAML

PROGRAM = "programs/exempel"
LIST = "releases/exempel.yaml"
BUNDLE = "releases/bundles/exempel-1.0.0.dtb"
QUESTIONNAIRE = "programs/library/questionnaires/provskala.yaml"
CHANGELOG = f"{PROGRAM}/CHANGELOG.md"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def run_json(schema: str, *arguments: object, status: int = 0) -> Any:
    done = run(*arguments, "--format", "json")
    assert done.exit_code == status, done.output
    told = json.loads(done.stdout)
    Draft202012Validator(schema_of(schema)).validate(told)
    return told


def rules(*arguments: object, status: int = 1) -> list[tuple[str, str]]:
    """What validate finds: rule and path."""
    told = run_json("diagnostics", "validate", *arguments, status=status)
    return [(one["rule"], one["path"]) for one in told["diagnostics"]]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose program is published as 1.0.0. The command runs in it."""
    folder = tmp_path / "arbetsyta"
    shutil.copytree(COMPARED, folder, ignore=shutil.ignore_patterns(".designtool"))
    monkeypatch.chdir(folder)
    assert run("build").exit_code == 0
    assert run("release", "build/exempel-1.0.0.dtb").exit_code == 0
    return folder


def say_weeks(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/program.yaml", "weeks: 6", "weeks: 8")


def say_minutes(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/program.yaml", "minutes_per_week: 60", "minutes_per_week: 70")


# The list


def test_a_bundle_is_listed_once_and_kept_beside_the_list(workspace: Path) -> None:
    listed = parse_yaml(LIST, (workspace / LIST).read_bytes()).data
    assert list(listed) == ["1.0.0"]
    assert listed["1.0.0"]["patients"] is True
    assert (workspace / BUNDLE).read_bytes() == (workspace / "build/exempel-1.0.0.dtb").read_bytes()
    before = (workspace / LIST).read_bytes()
    again = run_json("release-command", "release", "build/exempel-1.0.0.dtb")
    assert again["files"] == []
    assert again["digest"] == listed["1.0.0"]["digest"]
    assert (workspace / LIST).read_bytes() == before
    assert rules(status=0) == []


def test_what_was_written_in_the_list_stays(workspace: Path) -> None:
    text = "# Vår egen rad.\r\n" + (workspace / LIST).read_text(encoding="utf-8").replace("\n", "\r\n").rstrip("\r\n")
    (workspace / LIST).write_bytes(text.encode())
    say_minutes(workspace)
    assert run("bump").exit_code == 0
    assert run("build").exit_code == 0
    told = run_json("release-command", "release", "build/exempel-1.0.1.dtb")
    assert told["files"] == ["releases/bundles/exempel-1.0.1.dtb", LIST]
    after = (workspace / LIST).read_bytes().decode()
    assert after.startswith(text + "\r\n1.0.1:\r\n  digest: sha256:")
    assert rules(status=0) == []


def test_a_published_version_never_changes(workspace: Path, tmp_path: Path) -> None:
    say_minutes(workspace)
    assert rules() == [("published-version-changed", f"{PROGRAM}/program.yaml")]
    assert run("build", "--output", tmp_path / "bygge").exit_code == 1
    assert not (tmp_path / "bygge").exists()
    (workspace / LIST).rename(tmp_path / "list.yaml")
    assert run("build", "--output", tmp_path / "bygge").exit_code == 0
    (tmp_path / "list.yaml").rename(workspace / LIST)
    before = (workspace / LIST).read_bytes(), (workspace / BUNDLE).read_bytes()
    done = run("release", tmp_path / "bygge/exempel-1.0.0.dtb")
    assert done.exit_code == 1
    assert "ändras aldrig" in done.stderr
    assert before == ((workspace / LIST).read_bytes(), (workspace / BUNDLE).read_bytes())


def test_what_was_built_past_the_list_is_refused_when_it_is_to_be_published(workspace: Path, tmp_path: Path) -> None:
    say_weeks(workspace)
    edit(workspace, f"{PROGRAM}/program.yaml", "version: 1.0.0", "version: 1.0.1")
    (workspace / LIST).rename(tmp_path / "list.yaml")
    assert run("build").exit_code == 0
    (tmp_path / "list.yaml").rename(workspace / LIST)
    before = (workspace / LIST).read_bytes()
    done = run("release", "build/exempel-1.0.1.dtb")
    assert done.exit_code == 1
    assert "version-too-low" in done.stderr
    assert (workspace / LIST).read_bytes() == before
    assert not (workspace / "releases/bundles/exempel-1.0.1.dtb").exists()
    # A correction of an older line is held against that line alone.
    assert run("release", "build/exempel-1.0.1.dtb", "--against", "build/exempel-1.0.1.dtb").exit_code == 0


def test_a_comment_alone_is_another_bundle_and_so_another_version(workspace: Path) -> None:
    with (workspace / PROGRAM / "program.yaml").open("a", encoding="utf-8") as file:
        file.write("# En kommentar.\n")
    assert rules() == [("published-version-changed", f"{PROGRAM}/program.yaml")]
    told = run_json("bump", "bump")
    assert (told["version"], told["step"]) == ("1.0.1", "patch")
    assert "Inget som patienter eller behandlare märker" in told["changelog"]
    assert rules(status=0) == []


def test_a_bundle_that_is_not_at_hand_is_told_at_its_entry(workspace: Path) -> None:
    (workspace / BUNDLE).unlink()
    told = run_json("diagnostics", "validate", status=1)
    (found,) = told["diagnostics"]
    assert (found["rule"], found["path"], found["line"]) == ("missing-release-bundle", LIST, 2)
    assert BUNDLE in found["help"]
    assert run("build").exit_code == 1
    assert run("bump").exit_code == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b""), "inget helt paket"),
        (lambda path: path.write_bytes(path.read_bytes()[:-600]), "inget helt paket"),
        (lambda path: path.write_bytes(b"\0" * 4096), "inget helt paket"),
        (lambda path: (path.unlink(), path.mkdir()), "finns inte"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "finns inte"),
        (lambda path: (path.unlink(), path.symlink_to("/finns/inte")), "finns inte"),
    ],
    ids=["empty", "cut", "zeros", "folder", "pipe", "link"],
)
def test_a_damaged_bundle_is_told_at_its_entry(workspace: Path, spoil: Callable[[Path], object], said: str) -> None:
    spoil(workspace / BUNDLE)
    told = run_json("diagnostics", "validate", status=1)
    (found,) = told["diagnostics"]
    assert (found["rule"], found["path"]) == ("missing-release-bundle", LIST)
    assert said in found["message"]


def test_another_bundle_in_its_place_is_told(workspace: Path, tmp_path: Path) -> None:
    say_minutes(workspace)
    assert run("bump").exit_code == 0
    assert run("build", "--output", tmp_path).exit_code == 0
    shutil.copy(tmp_path / "exempel-1.0.1.dtb", workspace / BUNDLE)
    told = run_json("diagnostics", "validate", status=1)
    assert [one["rule"] for one in told["diagnostics"]] == ["missing-release-bundle"]
    assert "inte det paket" in told["diagnostics"][0]["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"1.0.0: [",
        b"- 1.0.0\n",
        b"1.0:\n  digest: x\n",
        b"1.0.0:\n  digest: sha256:abc\n  published: 2026-11-21\n  patients: true\n",
        b"1.0.0:\n  digest: sha256:" + b"0" * 64 + b"\n  published: 2026-11-21\n  patients: kanske\n",
        b"1.0.0: {}\n",
        b"\xff\xfe1\x00",
        b"a: &a {}\nb: *a\n",
        b"\0" * 100,
        b"# " + b"x" * LARGEST_YAML,
    ],
    ids=["yaml", "list", "version", "digest", "patients", "empty", "utf-16", "anchor", "zeros", "huge"],
)
def test_a_broken_list_is_a_finding_in_the_list_and_never_silence(workspace: Path, content: bytes) -> None:
    (workspace / LIST).write_bytes(content)
    found = rules()
    assert found
    assert {path for _, path in found} == {LIST}
    assert run("bump").exit_code == 1
    done = run("release", "build/exempel-1.0.0.dtb")
    assert done.exit_code == 1
    assert (workspace / LIST).read_bytes() == content


def test_the_same_version_twice_in_the_list_is_a_finding(workspace: Path) -> None:
    text = (workspace / LIST).read_text(encoding="utf-8")
    (workspace / LIST).write_text(text + text, encoding="utf-8")
    assert {rule for rule, _ in rules()} == {"repeated-key"}


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_list_that_is_no_file_is_a_finding(workspace: Path, kind: str) -> None:
    (workspace / LIST).unlink()
    if kind == "folder":
        (workspace / LIST).mkdir()
    else:
        os.mkfifo(workspace / LIST)
    assert rules() == [("special-file", LIST)]


def test_an_empty_list_and_no_list_are_no_finding(workspace: Path) -> None:
    say_minutes(workspace)
    (workspace / LIST).write_text("# Inget ännu.\n", encoding="utf-8")
    assert rules(status=0) == []
    (workspace / LIST).unlink()
    assert rules(status=0) == []


def test_a_change_of_the_list_is_noticed_though_nothing_else_changed(workspace: Path) -> None:
    """The memo keeps what came of a program: it must know all that this depends on."""
    assert rules(status=0) == []
    kept = (workspace / BUNDLE).read_bytes()
    (workspace / BUNDLE).write_bytes(kept[:-600])
    assert [rule for rule, _ in rules()] == ["missing-release-bundle"]
    (workspace / BUNDLE).write_bytes(kept)
    assert rules(status=0) == []
    (workspace / LIST).write_text("1.0.0: {}\n", encoding="utf-8")
    assert rules()


def test_versions_without_patients_are_left_alone_but_for_the_latest(workspace: Path) -> None:
    say_minutes(workspace)
    assert run("bump").exit_code == 0
    assert run("build").exit_code == 0
    assert run("release", "build/exempel-1.0.1.dtb").exit_code == 0
    (workspace / BUNDLE).unlink()
    assert [rule for rule, _ in rules()] == ["missing-release-bundle"]
    text = (workspace / LIST).read_text(encoding="utf-8")
    (workspace / LIST).write_text(text.replace("patients: true", "patients: false"), encoding="utf-8")
    assert rules(status=0) == []
    (workspace / "releases/bundles/exempel-1.0.1.dtb").unlink()
    assert [rule for rule, _ in rules()] == ["missing-release-bundle"]


@pytest.mark.parametrize("content", [b"", b"ingenting", b"\0" * 2048])
def test_what_is_no_bundle_cannot_be_published(workspace: Path, content: bytes) -> None:
    (workspace / "x.dtb").write_bytes(content)
    before = sorted(os.listdir(workspace / "releases"))
    assert run("release", "x.dtb").exit_code == 1
    assert run("release", "finns-inte.dtb").exit_code == 2
    assert sorted(os.listdir(workspace / "releases")) == before


def test_another_file_in_the_way_is_not_written_over(workspace: Path) -> None:
    say_minutes(workspace)
    assert run("bump").exit_code == 0
    assert run("build").exit_code == 0
    other = workspace / "releases/bundles/exempel-1.0.1.dtb"
    other.write_bytes(b"mitt eget")
    assert run("release", "build/exempel-1.0.1.dtb").exit_code == 2
    assert other.read_bytes() == b"mitt eget"
    assert "1.0.1" not in (workspace / LIST).read_text(encoding="utf-8")


# --against


def test_against_takes_bundles_folders_and_revisions_and_leaves_the_list_alone(workspace: Path, tmp_path: Path) -> None:
    shutil.copytree(workspace, tmp_path / "innan")
    git(workspace, "init", "-q")
    git(workspace, "add", "-A")
    git(workspace, "commit", "-q", "-m", "Början")
    say_weeks(workspace)
    found = [
        [
            (one["rule"], one["path"], one["line"])
            for one in run_json("diagnostics", "validate", "--against", ref, status=1)["diagnostics"]
        ]
        for ref in ("git:HEAD", "git:HEAD:exempel", tmp_path / "innan" / PROGRAM)
    ]
    assert found[0] == found[1] == found[2]
    assert {rule for rule, _, _ in found[0]} == {"version-too-low", "migration-says-nothing"}
    published = {rule for rule, _ in rules("--against", BUNDLE)}
    assert published == {"published-version-changed", "migration-says-nothing"}
    assert {rule for rule, _ in rules("--against", "git:HEAD", "--against", BUNDLE)} == published
    (workspace / LIST).write_text("1.0.0: [", encoding="utf-8")
    assert {path for _, path in rules("--against", "git:HEAD")} == {f"{PROGRAM}/program.yaml"}
    # What was found against another version is not remembered as what the program is like.
    (workspace / LIST).unlink()
    assert rules(status=0) == []
    assert rules("--against", "git:HEAD")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("git:finns-inte", "finns-inte"),
        ("git:", "git:"),
        ("git:--output=x", "--output=x"),
        ("git:HEAD:exemple", "exempel"),
        ("finns-inte.dtb", "finns inte"),
        ("releases/skadat.dtb", "fel["),
        ("releases/exempel.yaml", "hör inte till något program"),
        ("../arbetsyta/programs/finns", "finns inte"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "build", "bump"])
def test_a_version_that_cannot_be_read_has_status_two_and_never_reads_as_clean(
    workspace: Path, command: str, reference: str, said: str
) -> None:
    git(workspace, "init", "-q")
    git(workspace, "add", "-A")
    git(workspace, "commit", "-q", "-m", "Början")
    (workspace / "releases/skadat.dtb").write_bytes((workspace / BUNDLE).read_bytes()[:5000])
    if reference.endswith(".yaml"):
        reference = "programs/library/contacts.yaml"
        said = "contacts.yaml"
    done = run(command, "--against", reference)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert done.stdout == ""


def test_a_version_with_errors_has_status_two(workspace: Path, tmp_path: Path) -> None:
    shutil.copytree(workspace, tmp_path / "innan")
    edit(tmp_path / "innan", f"{PROGRAM}/modules/02-vidare/module.yaml", "min_koll.total", "min_koll.finns_inte")
    done = run("validate", "--against", tmp_path / "innan" / PROGRAM)
    assert done.exit_code == 2
    assert done.stdout == ""


def test_of_several_programs_each_is_held_against_its_own(workspace: Path) -> None:
    git(workspace, "init", "-q")
    git(workspace, "add", "-A")
    git(workspace, "commit", "-q", "-m", "Början")
    shutil.copytree(workspace / PROGRAM, workspace / "programs/annat")
    edit(workspace, "programs/annat/program.yaml", "id: exempel", "id: annat")
    say_minutes(workspace)
    # The other program is new since then, and has nothing to be held against.
    assert rules("--against", "git:HEAD") == [("version-too-low", f"{PROGRAM}/program.yaml")]
    assert rules("--against", BUNDLE) == [("published-version-changed", f"{PROGRAM}/program.yaml")]
    done = run("validate", "programs/annat", "--against", BUNDLE)
    assert done.exit_code == 1, "another id is another program, and no later version of this one"
    shutil.copytree(workspace / "programs/annat", workspace / "programs/tredje")
    edit(workspace, "programs/tredje/program.yaml", "id: annat", "id: tredje")
    done = run("validate", "programs/annat", "programs/tredje", "--against", BUNDLE)
    assert done.exit_code == 2
    assert "exempel" in done.stderr


def test_findings_of_versions_are_carried_by_json_and_text_alike(workspace: Path) -> None:
    say_minutes(workspace)
    told = run_json("build", "build", status=1)
    assert told["bundles"] == []
    assert [one["rule"] for one in told["diagnostics"]] == ["published-version-changed"]
    text = run("build")
    assert text.exit_code == 1
    assert "fel[published-version-changed]" in text.stderr
    assert text.stdout == ""
    assert "error[published-version-changed]" in run("--lang", "en", "validate").stdout
    assert "published-version-changed" in run("explain", "published-version-changed").stdout


# bump


def test_a_bump_writes_the_version_alone_and_what_is_new(workspace: Path) -> None:
    path = workspace / PROGRAM / "program.yaml"
    edit(workspace, f"{PROGRAM}/program.yaml", "version: 1.0.0\n", 'version: "1.0.0"   # Höjs av designtool bump.\n')
    say_weeks(workspace)
    before = path.read_text(encoding="utf-8")
    told = run_json("bump", "bump")
    assert (told["previous"], told["version"], told["step"]) == ("1.0.0", "2.0.0", "major")
    assert told["files"] == [CHANGELOG, f"{PROGRAM}/program.yaml"]
    assert path.read_text(encoding="utf-8") == before.replace('"1.0.0"  ', "2.0.0  ")
    text = (workspace / CHANGELOG).read_text(encoding="utf-8")
    assert text.startswith("# Ändringar\n\n## 2.0.0 (")
    assert "### För patienter\n\n- Programmet tar ett annat antal veckor.\n" in text


def test_a_second_bump_adds_nothing(workspace: Path) -> None:
    say_weeks(workspace)
    assert run("bump").exit_code == 0
    before = [(workspace / path).read_bytes() for path in (CHANGELOG, f"{PROGRAM}/program.yaml")]
    told = run_json("bump", "bump")
    assert (told["files"], told["changelog"], told["version"]) == ([], None, "2.0.0")
    assert before == [(workspace / path).read_bytes() for path in (CHANGELOG, f"{PROGRAM}/program.yaml")]


def test_what_changes_after_a_bump_is_told_as_not_told(workspace: Path) -> None:
    say_weeks(workspace)
    assert run_json("bump", "bump")["not_told"] == []
    edit(workspace, f"{PROGRAM}/modules/01-start/10-sida.md", "Välj något som", "Välj nåt som")
    line = "- Text som patienten läser är ändrad: modulen ”Start”, sidan ”Första sidan”."
    assert run_json("bump", "bump")["not_told"] == [line]
    assert line in run("bump").stdout
    with (workspace / CHANGELOG).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert run_json("bump", "bump")["not_told"] == []


def test_a_version_that_was_left_before_it_was_published_is_told(workspace: Path) -> None:
    say_minutes(workspace)
    assert run_json("bump", "bump")["never_published"] is None
    say_weeks(workspace)
    told = run_json("bump", "bump", "--dry-run")
    assert (told["previous"], told["version"], told["never_published"]) == ("1.0.1", "2.0.0", "1.0.1")
    assert "1.0.1, som aldrig gavs ut" in run("bump").stdout


def test_without_changes_a_bump_says_so(workspace: Path) -> None:
    before = sorted(str(path) for path in workspace.rglob("*"))
    done = run("bump")
    assert done.exit_code == 0
    assert "Inget har ändrats" in done.stdout
    assert before == sorted(str(path) for path in workspace.rglob("*"))


def test_a_dry_run_writes_nothing_and_shows_what_it_would(workspace: Path) -> None:
    say_weeks(workspace)
    before = (workspace / PROGRAM / "program.yaml").read_bytes()
    done = run("bump", "--dry-run")
    assert done.exit_code == 0
    assert "1.0.0 → 2.0.0" in done.stdout
    assert "Programmet tar ett annat antal veckor" in done.stdout
    assert (workspace / PROGRAM / "program.yaml").read_bytes() == before
    assert not (workspace / CHANGELOG).exists()


def test_a_version_that_claims_more_is_the_authors_to_choose(workspace: Path) -> None:
    say_minutes(workspace)
    edit(workspace, f"{PROGRAM}/program.yaml", "version: 1.0.0", "version: 3.0.0")
    told = run_json("bump", "bump")
    assert (told["version"], told["step"], told["files"]) == ("3.0.0", "patch", [CHANGELOG])


def test_a_version_that_went_back_is_raised_again(workspace: Path) -> None:
    say_minutes(workspace)
    edit(workspace, f"{PROGRAM}/program.yaml", "version: 1.0.0", "version: 0.9.0")
    assert [rule for rule, _ in rules()] == ["version-too-low"]
    assert run_json("bump", "bump")["version"] == "1.0.1"
    assert rules(status=0) == []


@pytest.mark.parametrize("version", ["1.0", "ett", "1.0.0.0", "01.0.0", "-1.0.0", "1.0.0-beta", "99999999.0.0", "true"])
def test_what_is_no_version_is_found_before_anything_is_compared(workspace: Path, version: str) -> None:
    edit(workspace, f"{PROGRAM}/program.yaml", "version: 1.0.0", f"version: {version}")
    found = rules()
    assert {rule for rule, _ in found} <= {"wrong-value", "wrong-type"}
    assert found
    assert run("bump").exit_code == 1
    assert run("build").exit_code == 1


def test_a_migration_to_the_version_that_is_to_be_written_may_be_there_first(workspace: Path) -> None:
    say_weeks(workspace)
    (workspace / PROGRAM / "migrations").mkdir()
    (workspace / PROGRAM / "migrations/1.0.0-2.0.0.yaml").write_text("begun:\n  program: keep\n", encoding="utf-8")
    assert [rule for rule, _ in rules()] == ["migration-name"]
    assert run_json("bump", "bump")["version"] == "2.0.0"
    assert rules(status=0) == []


def test_what_is_never_allowed_has_no_version(workspace: Path) -> None:
    edit(workspace, f"{PROGRAM}/release.yaml", "reserved:\n  - gammal_plan\n", "reserved: []\n")
    done = run("bump")
    assert done.exit_code == 1
    assert "fel[change-never-allowed]" in done.stderr
    assert "version: 1.0.0" in (workspace / PROGRAM / "program.yaml").read_text(encoding="utf-8")


def test_a_bump_needs_one_program_and_something_to_compare_with(workspace: Path) -> None:
    assert run("bump", "finns-inte").exit_code == 2
    shutil.rmtree(workspace / "releases")
    done = run("bump")
    assert done.exit_code == 2
    assert "--against" in done.stderr
    shutil.copytree(workspace / PROGRAM, workspace / "programs/annat")
    edit(workspace, "programs/annat/program.yaml", "id: exempel", "id: annat")
    done = run("bump")
    assert done.exit_code == 2
    assert "annat" in done.stderr


# CHANGELOG.md

HAND_WRITTEN = "# Ändringar\n\nTill dig.\n\n## 2.0.0\n\nSkriven för hand.\n\n## 1.0.0\n\nFörst.\n"


@pytest.mark.parametrize(
    "heading", ["## 2.0.0", "## 2.0.0 (i höst)", "## [2.0.0] – 2026-12-01", "##   v2.0.0", "  ## 2.0.0"]
)
def test_an_entry_that_somebody_wrote_stays(workspace: Path, heading: str) -> None:
    written = HAND_WRITTEN.replace("## 2.0.0", heading)
    (workspace / CHANGELOG).write_text(written, encoding="utf-8")
    say_weeks(workspace)
    told = run_json("bump", "bump")
    assert (told["version"], told["changelog"]) == ("2.0.0", None)
    assert (workspace / CHANGELOG).read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    "heading", ["## 12.0.0", "## 2.0.01", "## 2.0.0-beta", "### 2.0.0", "## 2x0.0", "2.0.0", "```\n## 2.0.0\n```"]
)
def test_what_only_looks_like_an_entry_is_none(workspace: Path, heading: str) -> None:
    (workspace / CHANGELOG).write_text(HAND_WRITTEN.replace("## 2.0.0", heading), encoding="utf-8")
    say_weeks(workspace)
    assert run_json("bump", "bump")["changelog"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "text",
    ["", "# Ändringar\n", "# Ändringar\n\nTill dig.", "## 1.0.0\n\nFörst.\n", HAND_WRITTEN.replace("2.0.0", "1.9.9")],
)
def test_line_ends_and_byte_order_marks_stay(workspace: Path, text: str, mark: str, end: str) -> None:
    before = (mark + text).replace("\n", end)
    (workspace / CHANGELOG).write_bytes(before.encode())
    say_weeks(workspace)
    assert run("bump").exit_code == 0
    after = (workspace / CHANGELOG).read_bytes().decode()
    assert after.startswith(mark)
    assert after.count("\ufeff") == len(mark)
    assert after.count("## 2.0.0 (") == 1
    if "\n" in text:
        assert after.replace("\r\n", "").count("\n") == (0 if end == "\r\n" else after.count("\n"))
    rest = before.removeprefix(mark)
    place = after.index("## 2.0.0 (")
    kept = after[:place] + after[after.index("##", place + 3) :] if "## 1" in rest else after[:place]
    assert all(line in after for line in rest.split(end))
    assert kept.startswith(mark)
    again = (workspace / CHANGELOG).read_bytes()
    assert run("bump").exit_code == 0
    assert (workspace / CHANGELOG).read_bytes() == again


def test_a_changelog_that_is_no_text_or_too_large_is_left_alone(workspace: Path) -> None:
    say_weeks(workspace)
    for content, status in (
        ("Ändringar åäö".encode("cp1252"), 2),
        (b"x" * (LARGEST_PAGE - 100), 2),
        (b"x" * (LARGEST_PAGE + 1), 1),
    ):
        (workspace / CHANGELOG).write_bytes(content)
        done = run("bump")
        assert done.exit_code == status, done.output
        assert "CHANGELOG.md" in done.stderr
        assert (workspace / CHANGELOG).read_bytes() == content
        assert "version: 1.0.0" in (workspace / PROGRAM / "program.yaml").read_text(encoding="utf-8")


def test_a_file_that_changes_meanwhile_is_not_written_over(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say_weeks(workspace)
    path = workspace / PROGRAM / "program.yaml"
    whole = bump._bump

    def slowly(*arguments: Any) -> Any:
        found = whole(*arguments)
        edit(workspace, f"{PROGRAM}/program.yaml", "title: Exempel", "title: Något annat")
        return found

    monkeypatch.setattr(bump, "_bump", slowly)
    done = run("bump")
    assert done.exit_code == 2
    assert "ändrades under tiden" in done.stderr
    assert "title: Något annat" in path.read_text(encoding="utf-8")


def test_the_words_are_for_those_who_treat_patients(workspace: Path) -> None:
    edit(workspace, QUESTIONNAIRE, "p3 >= 2", "p3 >= 3")
    edit(workspace, f"{PROGRAM}/modules/01-start/10-sida.md", "Välj något som", "Välj nåt som")
    edit(workspace, f"{PROGRAM}/modules/02-vidare/therapist.md", "ifylld", "helt ifylld")
    edit(workspace, f"{PROGRAM}/modules/01-start/exercises/min_plan.yaml", "    max: 60", "    max: 55")
    text = run_json("bump", "bump")["changelog"]
    assert [line for line in text.splitlines() if line.startswith("###")] == [
        "### För patienter",
        "### För behandlare",
        "### Poäng och flaggor",
        "### Rättelser",
    ]
    for id in ("provskala", "min_plan", "minuter", "01-start", "text-corrected"):
        assert id not in text
    assert "övningen ”Min plan”, fältet ”Hur länge?”" in text
    assert "Pågående patienter fortsätter på den version de började med." in text


def test_a_title_cannot_become_a_mark_of_the_page(workspace: Path) -> None:
    edit(
        workspace, f"{PROGRAM}/modules/01-start/10-sida.md", "title: Första sidan", 'title: "[A](http://x) *b* <i> `c`"'
    )
    text = run_json("bump", "bump")["changelog"]
    assert r"\[A\](http://x) \*b\* \<i\> \`c\`" in text


def test_every_kind_of_change_has_a_place_in_the_changelog() -> None:
    assert set(GROUP_OF) == set(all_kinds())
    assert {group for group in GROUP_OF.values() if group is not None} == set(GROUPS)


def test_an_english_program_has_an_english_changelog() -> None:
    from datetime import date

    assert with_entry("", "1.0.0", date(2026, 11, 22), "New.\n", "en") == "# Changes\n\n## 1.0.0 (2026-11-22)\n\nNew.\n"


@pytest.mark.parametrize(
    "data", [b"a: 1\r\nb: 2 # c\r\n", "\ufeffb: 2\na: å\n".encode(), 'x: "y\u2028"\nb: "2"\n'.encode()]
)
def test_a_value_is_replaced_and_every_other_byte_stays(data: bytes) -> None:
    place = parse_yaml("x.yaml", data).values["/b"]
    after = spliced(data, place, "33")
    assert after == data.replace(b'"2"', b"33").replace(b"b: 2", b"b: 33")
    assert parse_yaml("x.yaml", after).data["b"] == 33


def test_release_is_named_as_it_is_called() -> None:
    assert release.command.name == "release"


# Variants


@pytest.fixture
def with_variant(workspace: Path) -> Path:
    """The next version has a variant, and both are published."""
    folder = workspace / PROGRAM / "variants"
    folder.mkdir()
    (folder / "plus.yaml").write_text("title: Exempel plus\nhide:\n  pages: [start/mer]\n", encoding="utf-8")
    assert run("bump").exit_code == 0
    done = run("build")
    assert done.exit_code == 0, done.output
    for name in ("exempel", "exempel-plus"):
        assert run("release", f"build/{name}-1.0.1.dtb").exit_code == 0
    return workspace


def test_a_variant_is_held_against_its_own_versions_and_nothing_is_told_twice(with_variant: Path) -> None:
    assert rules(status=0) == []
    assert sorted(os.listdir(with_variant / "releases")) == ["bundles", "exempel-plus.yaml", "exempel.yaml"]
    say_minutes(with_variant)
    assert rules() == [("published-version-changed", f"{PROGRAM}/program.yaml")]
    assert rules("--against", "releases/bundles/exempel-plus-1.0.1.dtb") == [
        ("published-version-changed", f"{PROGRAM}/program.yaml")
    ]
    assert run("bump").exit_code == 0
    assert rules(status=0) == []


def test_what_a_variant_alone_changes_needs_its_step_too(with_variant: Path) -> None:
    edit(with_variant, f"{PROGRAM}/variants/plus.yaml", "hide:\n  pages: [start/mer]\n", "")
    edit(with_variant, f"{PROGRAM}/program.yaml", "version: 1.0.1", "version: 1.0.2")
    # The program itself needs no more than it says: the page has come to the variant.
    assert rules() == [("version-too-low", f"{PROGRAM}/program.yaml")]
    told = run_json("bump", "bump")
    assert (told["version"], told["step"]) == ("1.1.0", "minor")
    assert "modulen ”Start”, sidan ”Mer att läsa”" in told["changelog"]
    assert rules(status=0) == []


def test_the_bundle_of_a_variant_that_is_not_at_hand_is_told(with_variant: Path) -> None:
    assert rules(status=0) == []
    (with_variant / "releases/bundles/exempel-plus-1.0.1.dtb").unlink()
    assert rules() == [("missing-release-bundle", "releases/exempel-plus.yaml")]
