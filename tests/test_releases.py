"""The history of a small program, ten releases long: every step, every acknowledgement and every migration is as expected.

tests/releases has a file a version. Each lies over the version before it, and says at its head what is expected of the step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from case_files import sections
from click.testing import CliRunner, Result
from test_compare_kinds import laid_over, program_of

from designtool.cli import group
from designtool.compare.against import Earlier, Held, findings, hold, needed_version
from designtool.compare.dry_run import dry_run
from designtool.compare.migrate import Upgrade
from designtool.compare.version_step import stepped
from designtool.model.migration import version_key
from designtool.model.program import Program
from designtool.pipeline import Compiled
from designtool.source.tree import Tree, tree_of
from designtool.treatment import events as happened
from designtool.treatment.simulate import Simulation
from designtool.treatment.walks import walks

FOLDER = Path(__file__).parent / "releases"
VERSIONS = sorted((path.stem for path in FOLDER.glob("*.txt")), key=version_key)
STEPS = [pytest.param(before, after, id=after) for before, after in pairwise(VERSIONS)]
PATIENTS = 20
PROGRAM = "programs/exempel"


@dataclass(frozen=True)
class Expected:
    """What the head of a release's file says of the step that leads to it."""

    step: str
    in_flight: str
    changes: list[str]
    acknowledged: list[str]
    migration: str
    counts: Mapping[str, int]


def text_of(version: str) -> str:
    return (FOLDER / f"{version}.txt").read_text(encoding="utf-8")


def expected(version: str) -> Expected:
    head = text_of(version).partition("\n-- ")[0]
    said = dict(line.split(": ", 1) for line in head.splitlines()[2:])
    counts = [int(number) for number in said["untouched, sees again, held back"].split(", ")]
    return Expected(
        said["step"],
        said["in flight"],
        said["changes"].split(", "),
        [] if said["acknowledged"] == "none" else said["acknowledged"].split("; "),
        "" if said["migration"] == "none" else said["migration"],
        dict(zip(("untouched", "sees-again", "held-back"), counts, strict=True)),
    )


@cache
def tree_of_release(version: str) -> Tree:
    place = VERSIONS.index(version)
    before = tree_of([]) if place == 0 else tree_of_release(VERSIONS[place - 1])
    return laid_over(before, text_of(version))


@cache
def release(version: str) -> tuple[Program, Compiled]:
    return program_of(tree_of_release(version))


@cache
def held_against(before: str, after: str) -> Held:
    (old, old_compiled), (new, compiled) = release(before), release(after)
    return hold(new, compiled.documents, "", Earlier(old, f"exempel {before}", "", old_compiled.documents))


def test_there_are_ten_releases_after_the_first() -> None:
    assert len(VERSIONS) == 11
    assert all(release(version)[0].version == version for version in VERSIONS)


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_the_step_is_the_expected_one_and_nothing_is_missing(before: str, after: str) -> None:
    held, what = held_against(before, after), expected(after)
    assert held.changes.required_bump == what.step
    assert held.changes.in_flight == what.in_flight
    found = {change.rule for change in held.changes.changes} - {"version-stated"}
    assert sorted(found) == what.changes
    assert (held.needed, needed_version([held])) == (after, after)
    assert findings(release(after)[0], release(after)[1].documents, [held]) == ()


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_what_had_to_be_acknowledged_is(before: str, after: str) -> None:
    asked = held_against(before, after).changes.to_acknowledge
    assert sorted(f"{change.rule} {change.subject}" for change in asked) == expected(after).acknowledged
    given = set(release(after)[0].release.acknowledgements) - set(release(before)[0].release.acknowledgements)
    assert {one.finding for one in given} == {change.finding for change in asked}


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_what_had_to_be_said_of_patients_is(before: str, after: str) -> None:
    new = [name for name in map(migration_of, release(after)[0].migrations) if name not in migrations(before)]
    assert new == ([expected(after).migration] if expected(after).migration else [])
    assert upgrade(before, after).unanswered == ()


def migration_of(migration: object) -> str:
    return f"{getattr(migration, 'earlier', '')}-{getattr(migration, 'later', '')}"


def migrations(version: str) -> list[str]:
    return [migration_of(one) for one in release(version)[0].migrations]


@cache
def upgrade(before: str, after: str) -> Upgrade:
    return Upgrade.between(release(before)[0], "sha256:old", release(after)[0], "sha256:new")


@cache
def patients(version: str) -> tuple[Simulation, ...]:
    return tuple(one.played for one in walks(release(version)[0], "sha256:old", PATIENTS))


def has_met(patient: Simulation, form: str) -> bool:
    """Told by the events alone: begun, sent in, or missed."""
    return any(
        getattr(event.what, "form", None) == form
        or (isinstance(event.what, happened.Missed) and event.what.questionnaire == form)
        for event in patient.events
    )


def has_opened(patient: Simulation, module: str) -> bool:
    opened = happened.Opened | happened.OpenedByTherapist
    return any(isinstance(event.what, opened) and event.what.module == module for event in patient.events)


def has_sent(patient: Simulation, form: str) -> bool:
    return any(isinstance(event.what, happened.Submitted) and event.what.form == form for event in patient.events)


# What must become of a patient, from what has happened to them. In every other release nobody notices anything.
BECOMES: Mapping[str, Callable[[Simulation], str]] = {
    "2.0.0": lambda patient: "sees-again" if has_sent(patient, "min_plan") else "untouched",
    "3.0.0": lambda patient: "held-back" if has_met(patient, "kvallskoll") else "untouched",
    "7.0.0": lambda patient: (
        "held-back" if has_met(patient, "kvallskoll") or has_opened(patient, "framat") else "untouched"
    ),
}


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_patients_become_what_their_own_history_says(before: str, after: str) -> None:
    made = patients(before)
    report = dry_run(((one.patient, one.state, one.now) for one in made), upgrade(before, after))
    becomes = BECOMES.get(after, lambda _: "untouched")
    counted = dict.fromkeys(("untouched", "sees-again", "held-back"), 0)
    for one in made:
        counted[becomes(one)] += 1
    assert dict(report.counts) == counted == expected(after).counts
    assert (report.lost, report.unanswered, report.total) == (0, (), PATIENTS)


def test_a_patient_of_the_first_version_is_held_against_each_later_one() -> None:
    """Compared with every version that still has patients, not with the last one alone: each change is met again."""
    new, compiled = release("7.0.0")
    held = [
        hold(new, compiled.documents, "", Earlier(release(version)[0], version, "", release(version)[1].documents))
        for version in VERSIONS[:-1]
    ]
    assert needed_version(held) == "7.0.0"
    first = {change.rule for change in held[0].changes.changes}
    # The text about risk stands in a module that is called something else by now.
    assert {"flag-weakened", "score-bands-changed", "risk-text-changed", "field-removed", "module-removed"} <= first
    found = findings(new, compiled.documents, held)
    # The flag that was weakened is written otherwise in 1.1.1. Whoever took a stand read it as it stood there.
    assert [(one.rule, one.facts["earlier"]) for one in found] == [("unacknowledged-change", "exempel 1.0.0")]


# On the disk


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def write(version: str, folder: Path) -> None:
    for path, file in tree_of_release(version).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(file.data or b"")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "ny"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def build(version: str, folder: Path) -> Path:
    """The bundle of a release."""
    write(version, folder)
    done = run("build", folder / PROGRAM, "--output", folder / "build")
    assert done.exit_code == 0, done.output
    return folder / f"build/exempel-{version}.dtb"


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_a_release_is_built_when_it_is_complete_and_refused_when_it_is_not(
    before: str, after: str, workspace: Path, tmp_path: Path
) -> None:
    earlier = build(before, tmp_path / "gammal")
    write(after, workspace)
    program, released = workspace / PROGRAM / "program.yaml", workspace / PROGRAM / "release.yaml"
    done = run("build", "--against", earlier)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    (workspace / f"build/exempel-{after}.dtb").unlink()

    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace(f"version: {after}", f"version: {before}"), encoding="utf-8")
    for migration in (workspace / PROGRAM).glob(f"migrations/*-{after}.yaml"):
        migration.rename(migration.with_suffix(".kept"))
    done = run("build", "--against", earlier)
    assert done.exit_code == 1
    assert "published-version-changed" in done.stderr
    assert after in done.stderr
    assert "Inget paket byggdes." in done.stderr
    assert list((workspace / "build").glob("*.dtb")) == []

    if expected(after).step != "patch":
        little = stepped(before, "patch")
        program.write_text(text.replace(f"version: {after}", f"version: {little}"), encoding="utf-8")
        done = run("build", "--against", earlier)
        assert done.exit_code == 1
        assert f"fel[version-too-low]: version {little} räcker inte efter exempel {before}" in done.stderr
        assert f"kräver minst {after}" in done.stderr
        program.write_text(text.replace(f"version: {after}", f"version: {before}"), encoding="utf-8")

    done = run("bump", "--against", earlier)
    assert done.exit_code == 0, done.output
    assert f"exempel {before} → {after}" in done.stdout
    assert program.read_text(encoding="utf-8") == text
    for kept in (workspace / PROGRAM).glob("migrations/*.kept"):
        kept.rename(kept.with_suffix(".yaml"))
    assert run("build", "--against", earlier).exit_code == 0
    (workspace / f"build/exempel-{after}.dtb").unlink()

    if expected(after).acknowledged:
        without = release(before)[1].tree.files[f"{PROGRAM}/release.yaml"].data
        assert without is not None
        released.write_bytes(without)
        done = run("build", "--against", earlier)
        assert done.exit_code == 1
        assert done.stderr.count("fel[unacknowledged-change]") == len(expected(after).acknowledged)
        findings = re.findall(r"finding: (sha256:[0-9a-f]{64})", done.stderr)
        assert set(findings) <= {one.finding for one in release(after)[0].release.acknowledgements}
        assert list((workspace / "build").glob("*.dtb")) == []


def test_a_history_of_files_has_no_file_that_no_release_names() -> None:
    for version in VERSIONS[1:]:
        assert {name for name, _ in sections(text_of(version))} >= {"program.yaml (change)"}
        assert expected(version).step in ("patch", "minor", "major")
