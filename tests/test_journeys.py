"""Journeys are played exactly, and what differs is told at its place; `designtool test` runs them and the vectors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from click.testing import CliRunner
from treatment_samples import C1A, DIGEST, WEEK, night, program

from designtool.cli import group, javascript
from designtool.model.journey import Act, Expect, ExpectedFlag, Journey, Step
from designtool.model.origin import Origin
from designtool.model.questionnaire import Vector
from designtool.treatment.days import local
from designtool.treatment.journey import run_journey, run_vector
from designtool.treatment.simulate import FIRST_DAY, blank, events_until, play
from designtool.treatment.situate import situation
from designtool.treatment.state import fold
from designtool.treatment.verify import verify

PROGRAM = program()
SH = shutil.which("sh")


def fill(form: str, **answers: object) -> Act:
    return Act("fill", form, answers, origin=Origin("j.yaml", ("steps", form)))


def step(day: int, *does: Act, clock: str = "12:00", **expect: Any) -> Step:
    return Step(day, clock, does, Expect(**expect, origin=Origin("j.yaml", (day,))) if expect else None)


def journey(*steps: Step) -> Journey:
    return Journey("resan", "Resan", steps)


GOOD = {"q1": 0, "q2": 1, "q3": 1, "q4": 0}
FIRST = step(
    0,
    fill("mood", **GOOD),
    fill("mina_mal", viktigast="Sova"),
    Act("complete", "valkommen"),
    open=("baslinje",),
    scores={"mood.total": 2},
    flags=(),
    due=(),
    shown=(),
)
NIGHTS = tuple(
    step(
        day,
        fill("somndagbok", **night(one)),
        **(
            {"values": {"somndagbok.se": 64.71, "somndagbok.tst": 330, "somndagbok.bed": "22:30"}} if one is C1A else {}
        ),
    )
    for day, one in enumerate(WEEK)
)
WINDOW = step(
    7,
    fill("uppstigning", tid="07:00"),
    fill("lamplighet", epilepsi=False, kor_bil=False, somnig=False),
    due=("mood",),
    open=("fonster",),
    decisions={"somnfonster.proposed": 360, "somnfonster.confirmed": None},
    values={"somnfonster.laggdags": None, "somnfonster.value": None},
)
CONFIRMED = step(
    7,
    Act("therapist", "confirms", details={"decision": "somnfonster"}),
    Act("therapist", "feedback", details={"module": "baslinje", "text": "Fint"}),
    clock="13:00",
    decisions={"somnfonster.proposed": None, "somnfonster.confirmed": 360},
    values={"somnfonster.laggdags": "01:00", "somnfonster.value": 360},
)
WHOLE = journey(FIRST, *NIGHTS, step(6, Act("complete", "baslinje"), clock="20:00"), WINDOW, CONFIRMED)


def messages(steps: Journey) -> list[str]:
    return [failure.message.sv for failure in run_journey(steps, PROGRAM).failures]


def test_a_whole_journey_passes() -> None:
    result = run_journey(WHOLE, PROGRAM)
    assert result.failures == ()
    assert (result.name, result.passed) == ("resan", True)


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"open": ("valkommen",)}, "open: väntade [valkommen], blev [baslinje]."),
        ({"open": ()}, "open: väntade [], blev [baslinje]."),
        ({"due": ("mood",)}, "due: väntade [mood], blev []."),
        ({"shown": ("library/kris",)}, "shown: väntade [library/kris], blev []."),
        ({"scores": {"mood.total": 3}}, "mood.total: väntade 3, blev 2."),
        ({"scores": {"mood.total": "insufficient"}}, "mood.total: väntade insufficient, blev complete."),
        ({"scores": {"finns.inte": 3}}, "finns.inte finns inte."),
        ({"scores": {"mood.totl": None}}, "mood.totl finns inte. Menade du mood.total?"),
        ({"values": {"somndagbok.veckan": None}}, "somndagbok.veckan finns inte."),
        ({"values": {"mina_mal.viktigast": "Vila"}}, "mina_mal.viktigast: väntade Vila, blev Sova."),
        ({"decisions": {"somnfonster.proposed": 360}}, "somnfonster.proposed: väntade 360, blev –."),
        ({"decisions": {"somnfonster.gissat": 360}}, "somnfonster.gissat: väntade 360, blev –."),
        ({"flags": (ExpectedFlag("red", "q4", "unit"),)}, "Flaggan red q4 → unit väntades men höjdes inte."),
    ],
)
def test_what_differs_is_told(expect: Mapping[str, Any], message: str) -> None:
    wrong = replace(FIRST, expect=Expect(**expect, origin=Origin("j.yaml", ("steps", 0, "expect"))))
    result = run_journey(journey(wrong), PROGRAM)
    assert [failure.message.sv for failure in result.failures] == [message]
    (part,) = expect
    assert result.failures[0].origin.keys[:4] == ("steps", 0, "expect", part)
    assert not result.passed


def test_decimals_are_compared_at_two_and_whole_numbers_exactly() -> None:
    nights = journey(FIRST, replace(NIGHTS[0], expect=Expect(values={"somndagbok.se": 64.7, "somndagbok.tib": 511})))
    assert messages(nights) == [
        "somndagbok.se: väntade 64.7, blev 64.7059.",
        "somndagbok.tib: väntade 511, blev 510.",
    ]
    as_in_a_bundle = replace(NIGHTS[0], expect=Expect(values={"somndagbok.se": "6471/100", "somndagbok.tib": 510}))
    assert not messages(journey(FIRST, as_in_a_bundle))


def test_flags_are_those_of_the_step_alone() -> None:
    risk = step(
        0,
        fill("mood", q1=0, q2=0, q3=0, q4=2),
        flags=(ExpectedFlag("red", "q4", "unit"), ExpectedFlag("yellow")),
        shown=("library/kris",),
    )
    after = step(1, Act("therapist", "acknowledges", details={"action": "Ringde"}), flags=(), shown=())
    assert not messages(journey(risk, after))
    unexpected = replace(risk, expect=Expect(flags=(ExpectedFlag("yellow"),)))
    assert messages(journey(unexpected)) == ["Flaggan red q4 → unit höjdes men väntades inte."]


def test_flags_that_time_brings_belong_to_the_step_that_comes_next() -> None:
    missed = step(10, flags=(ExpectedFlag("yellow", "measurement-missed"),))
    assert not messages(journey(FIRST, missed))


def test_a_refused_act_is_a_failure_at_its_place() -> None:
    result = run_journey(journey(step(0, fill("mood", q1=9), Act("complete", "baslinje"))), PROGRAM)
    assert [failure.message.sv for failure in result.failures] == [
        "q1: Välj ett av svaren som finns.",
        "Den delen är inte öppen.",
    ]
    assert result.failures[0].origin == Origin("j.yaml", ("steps", "mood"))


@pytest.mark.parametrize("deed", ["acknowledges", "feedback", "confirms", "declines", "holds", "opens", "dansar"])
def test_a_therapist_cannot_do_what_there_is_nothing_for(deed: str) -> None:
    assert messages(journey(step(0, Act("therapist", deed))))


def test_a_journey_stands_where_its_program_is_at_any_day() -> None:
    events = events_until(WHOLE, PROGRAM, DIGEST, 4, time(9))
    state = fold(events, {DIGEST: PROGRAM})
    now = situation(state, {DIGEST: PROGRAM}, events[-1].at)
    assert [record.dated for record in now.forms["somndagbok"].records] == [
        FIRST_DAY + timedelta(days=n) for n in range(4)
    ]
    later = play(PROGRAM, DIGEST, WHOLE.steps, 30)
    assert local(later.now).date() == FIRST_DAY + timedelta(days=30)
    assert verify(later.events, {DIGEST: PROGRAM}) == ()


def test_a_simulation_goes_on_though_an_act_is_refused() -> None:
    odd = (step(0, fill("mood", q1=9), fill("mina_mal", viktigast="x")),)
    assert "mina_mal" in play(PROGRAM, DIGEST, odd, 1).state.copies


def test_a_blank_treatment_has_started_and_nothing_more() -> None:
    state = blank(PROGRAM, DIGEST, date(2026, 3, 27))
    assert (state.phase, dict(state.copies), list(state.modules)) == ("under-way", {}, ["valkommen"])


@pytest.mark.parametrize(
    ("answers", "scores", "flags", "message"),
    [
        (GOOD, {"total": 2}, (), None),
        (GOOD, {"total": {"value": 2, "status": "complete", "band": "Lindrig"}}, (), None),
        ({"q1": 3, "q2": 3, "q3": 2}, {"total": 10.67}, ("yellow", "skipped-risk-item"), None),
        ({"q1": 3}, {"total": "insufficient"}, ("skipped-risk-item",), None),
        (GOOD, {"total": 3}, (), "total: väntade 3, blev 2."),
        (GOOD, {"total": {"band": "Svår"}}, (), "total band: väntade Svår, blev Lindrig."),
        (GOOD, {"summa": 2}, (), "Poängen summa finns inte."),
        (GOOD, {}, ("red",), "flags: väntade [red], blev []."),
    ],
)
def test_vectors(answers: Any, scores: Any, flags: tuple[str, ...], message: str | None) -> None:
    found = run_vector(PROGRAM.questionnaire["mood"], Vector(answers, MappingProxyType(scores), flags))
    assert [text.sv for text in found] == ([message] if message else [])


def test_a_vector_with_answers_that_cannot_be() -> None:
    assert run_vector(PROGRAM.questionnaire["mood"], Vector({"q1": 7}, {}, ()))


# The command

ROOT = Path(__file__).parent.parent
JOURNEY = """\
title: Första dagen
steps:
  - day: 0
    does:
      - fill: min_plan
        answers:
          vad: Promenera
      - complete: start
    expect:
      open: []
      values:
        min_plan.vad: %s
"""
VECTORS = """\
vectors:
  - answers:
      q1 .. q2: 2
    expect:
      scores:
        total:
          value: %d
          band: Hög
      flags: []
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The minimal workspace with a journey and a vector that hold."""
    root = tmp_path / "arbetsyta"
    shutil.copytree(ROOT / "tests" / "minimal", root)
    write(root, "Promenera", 4)
    return root


def write(root: Path, answer: str, total: int) -> None:
    program = root / "programs" / "exempel"
    (program / "journeys").mkdir(exist_ok=True)
    (program / "journeys" / "forsta-dagen.yaml").write_text(JOURNEY % answer, encoding="utf-8")
    questionnaire = (ROOT / "tests/minimal/programs/exempel/questionnaires/min_koll.yaml").read_text(encoding="utf-8")
    path = program / "questionnaires" / "min_koll.yaml"
    path.write_text(questionnaire + VECTORS % total, encoding="utf-8")


def command(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "designtool", "test", *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_journeys_and_vectors_of_this_repository_hold() -> None:
    found = command("programs/somnbehandlingen", "--format", "json")
    report = json.loads(found.stdout)
    assert found.returncode == 0, found.stdout
    assert report["journeys"]
    assert all(one["passed"] and not one["failures"] for one in report["journeys"])
    assert report["vectors"]["passed"] > 0
    assert report["vectors"]["failed"] == 0
    assert report["evaluators"] == ["python", "javascript"]


def test_the_command_says_what_holds(workspace: Path) -> None:
    found = command(cwd=workspace)
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines() == [
        "✓ exempel: forsta-dagen – Första dagen",
        "1 av 1 provresor och 1 av 1 facit stämmer.",
        "Facit är räknade både i Python och i JavaScript.",
    ]


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (None, "här finns inget Node (version 20 eller nyare behövs)"),
        (f"#!{SH}\necho v18.20.4\n", "Node här är v18.20.4 (version 20 eller nyare behövs)"),
        (f"#!{SH}\nexit 1\n", "Node här är ? (version 20 eller nyare behövs)"),
        ("no program", "går inte att köra"),
    ],
)
def test_without_a_node_that_is_new_enough_the_command_says_so(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str | None, why: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if node is not None:
        (programs / "node").write_text(node)
        (programs / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    report = json.loads(command("--format", "json", cwd=workspace).stdout)
    assert report["evaluators"] == ["python"]
    assert why in report["not_run"]["javascript"]
    assert report["vectors"]["passed"] == 1
    last = command(cwd=workspace).stdout.splitlines()[-1]
    assert last.startswith("Facit är bara räknade i Python, inte i JavaScript som i webbläsaren: ")
    assert why in last


def test_a_node_that_breaks_off_is_told_and_not_taken_for_agreement(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "node").write_text(
        f'#!{SH}\n[ "$1" = --version ] && echo v20.0.0 || {{ echo "Error: slut" >&2; exit 7; }}\n'
    )
    (programs / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    found = command(cwd=workspace)
    assert found.returncode == 2
    assert "gick inte att köra i Node: Error: slut" in found.stderr


def test_a_browser_that_scores_otherwise_is_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = javascript.scripts()
    wrong = (
        real["scoring"]
        .replace("low = low.plus", "low = low.minus")
        .replace("sum.plus(part), ZERO", "sum.plus(part), ONE")
    )
    monkeypatch.setattr(javascript, "scripts", lambda: {**real, "scoring": wrong})
    monkeypatch.chdir(workspace)
    report = json.loads(CliRunner().invoke(group, ["test", "--format", "json"]).stdout)
    assert report["vectors"]["failed"] == 1
    (failure,) = report["vectors"]["failures"]
    assert "javascript: " in failure


def test_the_command_points_at_what_does_not_hold(workspace: Path) -> None:
    write(workspace, "Sova", 3)
    found = command("programs/exempel", "--format", "json", cwd=workspace)
    assert found.returncode == 1
    report = json.loads(found.stdout)
    place = "programs/exempel/journeys/forsta-dagen.yaml:12"
    assert report["journeys"] == [
        {
            "program": "exempel",
            "name": "forsta-dagen",
            "title": "Första dagen",
            "passed": False,
            "failures": [f"{place}: dag 0: min_plan.vad: väntade Sova, blev Promenera."],
        }
    ]
    assert (report["vectors"]["passed"], report["vectors"]["failed"]) == (0, 1)
    assert report["vectors"]["failures"][0].startswith("min_koll 1: programs/exempel/questionnaires/min_koll.yaml:")
    assert "✗ exempel: forsta-dagen" in command(cwd=workspace).stdout


def test_a_program_with_errors_is_not_tested(workspace: Path) -> None:
    (workspace / "programs/exempel/modules/01-start/module.yaml").write_text("goal: Utan titel\n", encoding="utf-8")
    found = command("--format", "json", cwd=workspace)
    assert found.returncode == 1
    assert json.loads(found.stdout)["journeys"] == []
    assert "module.yaml" in found.stderr


def test_a_bundle_carries_its_journeys(workspace: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "designtool", "build", "--output", str(workspace / "ut")],
        cwd=workspace,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (bundle,) = (workspace / "ut").glob("*.dtb")
    found = command(str(bundle), "--format", "json", cwd=workspace.parent)
    report = json.loads(found.stdout)
    assert (found.returncode, [one["passed"] for one in report["journeys"]]) == (0, [True])
    assert report["vectors"]["passed"] == 1


def test_a_place_without_a_workspace_is_a_mistake_of_usage(tmp_path: Path) -> None:
    assert command(cwd=tmp_path).returncode == 2
    assert command(str(tmp_path / "finns-inte")).returncode == 2
    broken = tmp_path / "trasigt.dtb"
    broken.write_bytes(b"inget paket")
    assert command(str(broken)).returncode == 2
