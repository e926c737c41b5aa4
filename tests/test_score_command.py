"""`designtool score`: an instrument of the library held against given answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from designtool.cli import group
from designtool.resources import folder

NINE = tuple(f"q{number}" for number in range(1, 10))
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def in_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(tmp_path: Path, content: str | bytes, *more: str, name: str = "svar.json", form: str = "phq9") -> Any:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(group, ["score", form, "--answers", str(file), "--format", "json", *more])


ALL_TWO = json.dumps({f"q{number}": 2 for number in range(1, 9)} | {"q9": 0})


def test_command_prints_scores_and_flags(tmp_path: Path) -> None:
    result = run(tmp_path, ALL_TWO)
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["scores"]["total"] == {
        "value": 16,
        "exact": "16",
        "status": "complete",
        "band": "Måttligt svår",
        "clinical": True,
    }
    assert data["flags"] == []


def test_command_takes_a_file_and_rounds_to_four_decimals(tmp_path: Path) -> None:
    content = json.dumps({f"q{number}": 1 for number in range(1, 9)} | {"q1": 2})
    result = run(tmp_path, content, form="programs/library/questionnaires/phq9.yaml")
    data = json.loads(result.stdout)
    assert data["scores"]["total"] == {
        "value": 10.125,
        "exact": "81/8",
        "status": "prorated",
        "band": "Måttlig",
        "clinical": True,
    }
    assert [flag["level"] for flag in data["flags"]] == ["yellow"]


@pytest.mark.parametrize(
    ("content", "item"),
    [
        ('{"q1": 7}', "q1"),
        ('{"q1": 1, "q1": 1}', "q1"),
        ('{"q1": NaN}', "q1"),
        ('{"q77": 1}', "q77"),
        ('{"q1": "declined"}', "q1"),
    ],
)
def test_refused_answers_leave_with_one_and_no_score(tmp_path: Path, content: str, item: str) -> None:
    result = run(tmp_path, content)
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["scores"] == {} and data["flags"] == []
    assert data["refusals"][0]["item"] == item


@pytest.mark.parametrize(
    "content", ["", "[1]", "{", '{"q1": 1,}', b"\xff\xfe", "[" * 100_000, '{"q1": ' + "1" * 5_000 + "}"]
)
def test_file_that_cannot_be_read_leaves_with_two(tmp_path: Path, content: str | bytes) -> None:
    assert run(tmp_path, content).exit_code == 2


def test_missing_file_and_unknown_questionnaire_leave_with_two(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(group, ["score", "phq9", "--answers", str(tmp_path / "x.json")]).exit_code == 2
    assert run(tmp_path, "{}", form="phq8").exit_code == 2


def test_table_gives_a_line_a_person_and_goes_on_after_a_refused_one(tmp_path: Path) -> None:
    header = ";".join(NINE)
    rows = [";".join("1" * 9), ";".join("1" * 8) + ";", "9" + ";1" * 8, ";;", ";" * 8 + "declined"]
    result = run(tmp_path, "\ufeff" + "\r\n".join([header, *rows]) + "\r\n", name="svar.csv")
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["scores"].get("total", {}).get("value") for line in lines] == [9, 9, None, None]
    assert lines[2]["refusals"][0]["item"] == "q1"
    assert {"declined-risk-item"} <= {flag["id"] for flag in lines[3]["flags"]}


@pytest.mark.parametrize("content", ["", "\n\n", "q1,q2\n1,2,3\n", 'q1\n"1'])
def test_table_that_cannot_be_read_leaves_with_two(tmp_path: Path, content: str) -> None:
    assert run(tmp_path, content, name="svar.csv").exit_code == 2


def test_text_says_the_same_in_words(tmp_path: Path) -> None:
    file = tmp_path / "svar.json"
    file.write_text(ALL_TWO)
    result = CliRunner().invoke(group, ["score", "phq9", "--answers", str(file)])
    assert result.exit_code == 0
    assert "16 (komplett), Måttligt svår" in result.stdout


@pytest.mark.parametrize("content", ["{}", ALL_TWO, '{"q9": 3}', '{"q1": true}', '{"q1": NaN, "q2": 1, "q2": [1]}'])
def test_what_is_printed_follows_its_schema(tmp_path: Path, content: str) -> None:
    schema = json.loads((folder("schemas") / "score.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(run(tmp_path, content).stdout), schema)


@pytest.mark.parametrize(
    ("name", "content", "value", "shown"),
    [
        ("svar.json", '{"q1": true}', True, "q1: true går inte."),
        ("svar.json", '{"q1": 0.5}', 0.5, "q1: 0.5 går inte."),
        ("svar.json", '{"q1": {"a": null}}', '{"a": null}', 'q1: {"a": null} går inte.'),
        ("svar.csv", "q1\n9\n", 9, "q1: 9 går inte."),
    ],
)
def test_refused_answer_is_told_as_it_was_written(
    tmp_path: Path, name: str, content: str, value: Any, shown: str
) -> None:
    result = run(tmp_path, content, name=name)
    assert result.exit_code == 1
    refused = json.loads(result.stdout)["refusals"][0]
    assert refused["item"] == "q1"
    assert refused["value"] == value
    assert refused["message"].startswith(shown)


def test_misspelt_questionnaire_is_guessed(tmp_path: Path) -> None:
    result = run(tmp_path, ALL_TWO, form="phq")
    assert result.exit_code == 2
    assert 'Menade du "phq9"?' in result.stderr
