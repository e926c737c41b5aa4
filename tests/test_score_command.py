"""`designtool score`: an instrument of the library held against given answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from safety_samples import instruments

from designtool.cli import group
from designtool.resources import folder
from designtool.treatment.scoring import score

NINE = tuple(f"q{number}" for number in range(1, 10))
ROOT = Path(__file__).parent.parent
PHQ9 = "programs/library/questionnaires/phq9.yaml"


@pytest.fixture(autouse=True)
def in_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(tmp_path: Path, content: str | bytes, *more: str, name: str = "svar.json", form: str = PHQ9) -> Any:
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
        ('{"q1": "1"}', "q1"),
        ('{"q1": true}', "q1"),
        ('{"q1": -1}', "q1"),
        ('{"q1": 1.5}', "q1"),
        ('{"q1": [1]}', "q1"),
        ('{"q1": {"a": 1}}', "q1"),
        ('{"q1": Infinity}', "q1"),
        ('{"q1": 1e999}', "q1"),
        ('{"q1": 1e-400}', "q1"),
        ('{"q1": 1e-99999999999999999999}', "q1"),
        ('{"q1": 1.0000000000000000000001}', "q1"),
        ('{"q1": 0.99999999999999999999}', "q1"),
        ('{"q1": ' + "1" * 100 + "}", "q1"),
        ('{"q1": ' + "1" * 5_000 + "}", "q1"),
        ('{"q1": "\\u001b[2J"}', "q1"),
        ('{"q1": "\\ud800"}', "q1"),
        ('{"\\ud800": 1}', "\ud800"),
        ('{"": 1}', ""),
        ('{"q10 ": 1}', "q10 "),
    ],
)
def test_refused_answers_leave_with_one_and_no_score(tmp_path: Path, content: str, item: str) -> None:
    result = run(tmp_path, content)
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["scores"] == {} and data["flags"] == []
    (refusal,) = data["refusals"]
    assert refusal["item"] == item
    assert item.encode(errors="replace").decode() in refusal["message"] or item == "\ud800"


@pytest.mark.parametrize(
    "content", ["", "[1]", "{", '{"q1": 1,}', b"\xff\xfe", "[" * 100_000, "{" + " " * 1_100_000 + "}"]
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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "ingen rubrikrad"),
        ("\n\n", "ingen rubrikrad"),
        ("q1,q77\n1,2\n", 'kolumnen "q77" är ingen fråga i formuläret. Menade du q7?'),
        ("q1,id\n1,2\n", 'kolumnen "id" är ingen fråga'),
        ("q1,\n1,2\n", 'kolumnen "" är ingen fråga'),
        ("id\nA\n", "inga frågor"),
        ("q1,q2,q1\n1,2,3\n", "kolumnen q1 finns två gånger"),
        ("q1,q2;q3\n1,2;3\n", "både komma och semikolon"),
        ('"q1,q2\n1,2\n', "citattecken i rubrikraden"),
        ("q1,q2\r1,2\r", "tecken som inte hör hemma"),
        ("q1\0,q2\n", "tecken som inte hör hemma"),
        (b"q1,q2,\xe5\n1,2,3\n", "är inte UTF-8. Spara den som CSV UTF-8."),
        ("q1,q2\n1,2\n".encode("utf-16"), "är UTF-16"),
        ("q1," * 100_000, "längre än"),
    ],
)
def test_table_whose_heading_says_nothing_certain_leaves_with_two(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    result = run(tmp_path, content, name="svar.csv")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def table(tmp_path: Path, content: str | bytes, status: int) -> list[Any]:
    result = run(tmp_path, content, name="svar.csv")
    assert result.exit_code == status, result.output
    schema = json.loads((folder("schemas") / "score.schema.json").read_text("utf-8"))
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for line in lines:
        jsonschema.validate(line, schema)
    return lines


@pytest.mark.parametrize(
    ("row", "item", "value", "said"),
    [
        ("1,7", "q2", 7, "rad 3, q2: 7 går inte."),
        ("1,ja", "q2", "ja", "rad 3, q2: ja går inte."),
        ('1,"1,5"', "q2", 1.5, "rad 3, q2: "),
        ("1,NaN", "q2", "NaN", "rad 3, q2: NaN"),
        ("1," + "9" * 2_000, "q2", "9" * 2_000, "rad 3, q2: 9999"),
        ("1", "q2", "", "q2 saknar cell"),
        ("1,2,3", "", "3", "3 står utan rubrik"),
        ('1,"2', "", '1,"2', "citattecken"),
        ('1,"2"x', "", '1,"2"x', "citattecken"),
        ("1,2\0", "q2", "2\\x00", "rad 3, q2: 2\\x00 innehåller ett nolltecken"),
        (b"1,\xe5", "q2", "\\xe5", "rad 3, q2: \\xe5 är inte UTF-8"),
        ("1," + " " * 100_000 + "2", "", "", "längre än"),
        ("declined,1", "q1", "declined", "rad 3, q1: declined"),
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_wrong_row_is_told_by_line_item_and_value_and_the_rest_goes_on(
    tmp_path: Path, row: str | bytes, item: str, value: Any, said: str, ending: bytes
) -> None:
    middle = row if isinstance(row, bytes) else row.encode()
    before, wrong, after = table(tmp_path, ending.join([b"q1,q2", b"1,1", middle, b'"2",2', b""]), 1)
    assert before["scores"]["total"]["status"] == after["scores"]["total"]["status"] == "insufficient"
    assert (before["line"], wrong["line"], after["line"]) == (2, 3, 4)
    assert wrong["scores"] == {} and wrong["flags"] == []
    (refusal,) = wrong["refusals"]
    assert (refusal["item"], refusal["value"]) == (item, value)
    assert said in refusal["message"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_table_as_different_programs_write_it(
    tmp_path: Path, separator: str, mark: str, quote: str, ending: str
) -> None:
    rows = [("id", *NINE), ("Åsa", *"22222222", "declined"), ("B", *"111111110"), ("C", *"11111111", "")]
    written = [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows]
    lines = table(tmp_path, mark + ending.join(written), 0)
    assert [line["id"] for line in lines] == ["Åsa", "B", "C"]
    assert [line["line"] for line in lines] == [2, 3, 4]
    assert [line["scores"]["total"]["value"] for line in lines] == [18, 8, 9]
    assert [[flag["id"] for flag in line["flags"]] for line in lines] == [
        ["declined-risk-item"],
        [],
        ["skipped-risk-item"],
    ]


@pytest.mark.parametrize(
    ("content", "status", "scored", "said"),
    [
        ("q1,q2\n1,2\n,\n,\n", 0, [2], "varning: 2 helt tomma rader i {} räknades inte: rad 3–4. "),
        ("q1,q2\n1,2\n,\n\n2,1\n , \n", 1, [2, 5], "fel: 2 helt tomma rader i {} räknades inte: rad 3, 6. "),
        ('q1;q2\n"";""\n1;1\n', 1, [3], "fel: 1 helt tom rad i {} räknades inte: rad 2. "),
        ("id,q1\n,\na,1\n", 1, [3], "fel: 1 helt tom rad i {} räknades inte: rad 2. "),
        ("q9\n1\n\n2\n", 1, [2, 4], "fel: 1 helt tom rad i {} räknades inte: rad 3. "),
        ("q1,q2\n1,2\n,,,\n", 0, [2], "varning: 1 helt tom rad i {} räknades inte: rad 3. "),
        ("q1,q2\n\n1,2\n\n", 0, [3], ""),
        ("q1,q2\n" + ",\n1,\n" * 21, 1, [*range(3, 44, 2)], "rad 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, "),
    ],
)
def test_wholly_empty_row_is_told_and_does_not_count(
    tmp_path: Path, content: str, status: int, scored: list[int], said: str
) -> None:
    result = run(tmp_path, content, name="svar.csv")
    assert result.exit_code == status
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == scored
    assert said.format(tmp_path / "svar.csv") in result.stderr
    assert bool(result.stderr) == bool(said)
    assert not said or "en första kolumn med rubriken id" in result.stderr


def test_person_who_skipped_all_and_has_an_id_is_never_left_out(tmp_path: Path) -> None:
    (line,) = table(tmp_path, f"id,{','.join(NINE)}\nÅsa{',' * 9}\n", 0)
    assert (line["id"], line["scores"]["total"]["status"]) == ("Åsa", "insufficient")
    assert [flag["id"] for flag in line["flags"]] == ["skipped-risk-item"]


def test_every_row_of_a_table_is_what_its_answers_give_alone(tmp_path: Path) -> None:
    random = Random(7)
    people = [[random.choice(["", "0", "1", "2", "3"]) for _ in NINE] for _ in range(300)]
    lines = table(tmp_path, "\n".join([",".join(NINE), *map(",".join, people)]), 0)
    phq9 = instruments()["phq9"]
    for line, person in zip(lines, people, strict=True):
        given = {id: int(cell) for id, cell in zip(NINE, person, strict=True) if cell}
        (alone,) = score(phq9, given).scores
        found = line["scores"]["total"]
        exact = None if alone.value is None else str(alone.value)
        assert (found["exact"], found["status"], found["band"]) == (exact, alone.status, alone.band)


def test_large_table_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    few, many = (peak_kilobytes(tmp_path, rows) for rows in (2_000, 40_000))
    assert many - few < 8_000, (few, many)


def test_line_of_a_hundred_megabytes_is_read_past(tmp_path: Path) -> None:
    assert peak_kilobytes(tmp_path, 1, b"0" * (100 << 20)) < peak_kilobytes(tmp_path, 1) + 8_000


def peak_kilobytes(tmp_path: Path, rows: int, more: bytes = b"") -> int:
    """The most memory that the command had in a process of its own, fed with rows as they are made up."""
    script = (
        "import resource, sys\nfrom designtool.cli import group\n"
        "group(['score', 'phq9', '--answers', '-', '--format', 'json'], standalone_mode=False)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    errors = tmp_path / "errors"
    with errors.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=file, cwd=ROOT
        )
        assert process.stdin is not None
        with process.stdin as stream:
            stream.write(",".join(NINE).encode() + b"\n")
            for number in range(rows):
                stream.write((",".join(str(number // 4**place % 4) for place in range(9)) + "\n").encode())
            stream.write(more)
        assert process.wait() == 0
    return int(errors.read_text().split()[-1])


def test_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "svar.csv"
    file.write_text(",".join(NINE) + "\n" + "1,1,1,1,1,1,1,1,1\n" * 5_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "designtool", "score", "phq9", "--answers", str(file), "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)
    process.stderr.close()


@pytest.mark.parametrize(
    ("content", "rows"), [(ALL_TWO, 0), ("  " + ALL_TWO, 0), ("q1,q9\n1,0\n2,1\n", 2), ("\ufeffq1;q9\r\n1;0\r\n", 1)]
)
def test_standard_input_is_an_object_or_a_table(content: str, rows: int) -> None:
    command = ["score", "phq9", "--answers", "-", "--format", "json"]
    result = CliRunner().invoke(group, command, input=content)
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == rows if rows else json.loads(result.stdout)["scores"]["total"]


def test_questionnaire_file_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "PHQ-9 (kopia).yaml"
    source = (ROOT / "programs/library/questionnaires/phq9.yaml").read_text("utf-8")
    file.write_text(source, "utf-8")
    eight = json.dumps({f"q{number}": value for number, value in enumerate((3, 3, 2, 2, 1, 1, 0, 0), 1)})
    result = run(tmp_path, eight, form=str(file))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["scores"]["total"]["exact"] == "27/2"
    assert run(tmp_path, eight, form=str(tmp_path / "finns-inte.yaml")).exit_code == 2
    assert run(tmp_path, eight, form="phq9").exit_code == 2
    file.write_text(source.replace("q9 == 1", "andra.total == 1"), "utf-8")
    refused = run(tmp_path, eight, form=str(file))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "PHQ-9 (kopia).yaml:101:11" in refused.stderr


def test_file_beside_the_programs_of_a_workspace_stands_alone(tmp_path: Path) -> None:
    copy = tmp_path / "designtool.yaml"
    copy.write_text("format: 1\n")
    form = tmp_path / "phq9.yaml"
    form.write_bytes((ROOT / "programs/library/questionnaires/phq9.yaml").read_bytes())
    assert run(tmp_path, ALL_TWO, form=str(form)).exit_code == 0


@pytest.mark.parametrize(
    ("answered", "shown", "flag"),
    [
        (
            (3, 3, 2, 2, 1, 1, 0, 0, None),
            "13,5 (beräknad trots saknade svar), Måttlig",
            "Flagga (gul): Patienten hoppade",
        ),
        ((None, 3, 2, 2, 1, 1, 0, 1, 2), "13,5 (beräknad trots saknade svar), Måttlig", "Flagga (röd)"),
        ((None, None, 2, 2, 1, 1, 0, 1, 1), "– (för få svar)\n", "Flagga (gul): Svaret på fråga 9"),
    ],
)
def test_sum_of_eight_is_prorated_and_of_seven_is_none_and_item_nine_raises_its_flag(
    tmp_path: Path, answered: tuple[int | None, ...], shown: str, flag: str
) -> None:
    file = tmp_path / "svar.json"
    file.write_text(json.dumps(dict(zip(NINE, answered, strict=True))))
    result = CliRunner().invoke(group, ["score", "phq9", "--answers", str(file)])
    assert f"Summa PHQ-9: {shown}" in result.stdout
    assert flag in result.stdout


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
        ("svar.csv", "q1\n9\n", 9, "rad 2, q1: 9 går inte."),
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


def test_answer_to_an_item_that_is_not_asked_is_told(tmp_path: Path) -> None:
    form = "programs/library/questionnaires/audit.yaml"
    alone = json.loads(run(tmp_path, '{"q1": 0, "q2": 4, "q9": 0, "q10": 0}', form=form).stdout)
    assert alone["not_asked"] == ["q2"]
    assert alone["scores"]["total"]["value"] == 0
    rows = "q1,q2,q9,q10\n0,4,0,0\n0,,0,0\n0,1,0,0\n"
    found = run(tmp_path, rows, form=form, name="svar.csv").stdout.splitlines()
    assert [json.loads(line).get("not_asked") for line in found] == [["q2"], None, ["q2"]]
    file = tmp_path / "svar.csv"
    shown = CliRunner().invoke(group, ["score", form, "--answers", str(file)]).stdout
    assert shown.count("frågan inte ställs: q2") == 2
