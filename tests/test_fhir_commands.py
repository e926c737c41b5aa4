"""`designtool export fhir` and `designtool import fhir` as a script meets them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from case_files import MINIMAL
from jsonschema import Draft202012Validator

from designtool import cli
from designtool.load.shape import schema_of

FOREIGN = json.dumps(
    {
        "resourceType": "Questionnaire",
        "title": "Two",
        "id": "Två-frågor",
        "item": [
            {"linkId": "A/1", "text": "Hard?", "type": "boolean"},
            {"linkId": "b", "text": "Why?", "type": "text"},
        ],
    },
    indent=1,
)


class Came(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Came]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL, tmp_path / "Mina filer på jobbet", ignore=shutil.ignore_patterns(".designtool"))
    return tmp_path / "Mina filer på jobbet"


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(root)

    def call(*arguments: str) -> Came:
        monkeypatch.setattr(sys, "argv", ["designtool", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        streams = capfd.readouterr()
        assert isinstance(left.value.code, int)
        return Came(left.value.code, streams.out, streams.err)

    return call


def valid(text: str, name: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(text)
    Draft202012Validator(schema_of(name)).validate(value)
    return value


@pytest.mark.parametrize("release", ["R4", "R5"])
@pytest.mark.parametrize("form", [(), ("--format", "json")])
def test_export_prints_the_resource(run: Run, release: str, form: tuple[str, ...]) -> None:
    came = run("export", "fhir", "min_koll", "--release", release, *form)
    assert (came.status, came.err) == (0, "")
    resource = valid(came.out, "export")
    assert [item["linkId"] for item in resource["item"]] == ["q1", "q2", "total"]  # type: ignore[attr-defined]


def test_export_and_import_are_each_others_inverse(root: Path, run: Run) -> None:
    came = run("export", "fhir", "min_koll", "--output", "ut/min.json", "--loss", "ut/loss.json")
    assert (came.status, came.out, came.err) == (0, "Skrev ut/min.json\n", "")
    assert valid((root / "ut/loss.json").read_text("utf-8"), "fhir-loss")["direction"] == "export"
    came = run("import", "fhir", "ut/min.json", "--output", "ut/min_koll.yaml", "--format", "json")
    assert came.status == 0
    assert valid(came.out, "import") == {"diagnostics": [], "path": "ut/min_koll.yaml"}
    shutil.copy(root / "ut/min_koll.yaml", root / "programs/exempel/questionnaires/min_koll.yaml")
    assert run("validate").status == 0
    assert run("export", "fhir", "min_koll", "--both-weights").out.count("itemWeight") == 6


def test_import_writes_into_the_library(root: Path, run: Run) -> None:
    (root / "in.json").write_text(FOREIGN, "utf-8")
    came = run("--lang", "en", "import", "fhir", "in.json", "--loss", "loss.json")
    written = root / "programs/library/questionnaires/tva_fragor.yaml"
    assert (came.status, came.out) == (0, f"Wrote {written}\n")
    assert "HUMAN: the licence is unknown" in written.read_text("utf-8")
    assert 'the item "b" of type text cannot stand in a questionnaire' in came.err
    assert '"status" is missing' in came.err
    assert " --> in.json:" in came.err
    report = valid((root / "loss.json").read_text("utf-8"), "fhir-loss")
    assert report["questionnaire"] == "tva_fragor"
    came = run("validate", "--format", "json")
    found = {one["rule"] for one in json.loads(came.out)["diagnostics"]}
    assert found <= {"unlicensed-instrument", "unused-questionnaire"}


def test_a_broken_resource_has_status_1_and_writes_nothing(root: Path, run: Run) -> None:
    (root / "in.json").write_text(FOREIGN.replace('"boolean"', '"slider"'), "utf-8")
    before = sorted(root.rglob("*"))
    for extra in ((), ("--format", "json")):
        came = run("import", "fhir", "in.json", "--output", "ut.yaml", "--loss", "loss.json", *extra)
        assert came.status == 1
        assert "Traceback" not in came.err
    report = valid(came.out, "import")
    assert report["path"] is None
    (error,) = [one for one in report["diagnostics"] if one["severity"] == "error"]  # type: ignore[attr-defined]
    assert (error["rule"], error["pointer"], error["path"]) == ("fhir-unknown-item-type", "/item/0/type", "in.json")
    assert FOREIGN.splitlines()[error["line"] - 1].strip().startswith('"type"')
    assert sorted(root.rglob("*")) == before


def test_files_that_are_there_stay_unless_they_may_go(root: Path, run: Run) -> None:
    (root / "in.json").write_text(FOREIGN, "utf-8")
    (root / "min.yaml").write_text("mitt", "utf-8")
    (root / "loss.json").write_text("mitt", "utf-8")
    for arguments in (
        ("import", "fhir", "in.json", "--output", "min.yaml"),
        ("import", "fhir", "in.json", "--output", "ny.yaml", "--loss", "loss.json"),
        ("export", "fhir", "min_koll", "--output", "min.yaml"),
        ("export", "fhir", "min_koll", "--output", "ny.json", "--loss", "loss.json"),
    ):
        came = run(*arguments)
        assert (came.status, came.out) == (2, "")
        assert "finns redan" in came.err
    assert (root / "min.yaml").read_text("utf-8") == (root / "loss.json").read_text("utf-8") == "mitt"
    assert not (root / "ny.yaml").exists()
    assert not (root / "ny.json").exists()
    assert run("import", "fhir", "in.json", "--output", "min.yaml", "--force").status == 0
    assert (root / "min.yaml").read_text("utf-8").startswith("# Läst ur FHIR R4.")


def test_what_cannot_be_read_or_written_has_status_2(root: Path, run: Run) -> None:
    (root / "in.json").write_text(FOREIGN, "utf-8")
    (root / "mapp").mkdir()
    os.mkfifo(root / "ror")
    for arguments in (
        ("import", "fhir", "finns-inte.json"),
        ("import", "fhir", "mapp"),
        ("import", "fhir", "ror"),
        ("import", "fhir", "in.json", "--output", "mapp"),
        ("import", "fhir", "in.json", "--output", "in.json/x.yaml"),
        ("export", "fhir", "finns_inte"),
        ("export", "fhir", "min_koll", "--release", "R3"),
        ("export", "fhir", "min_koll", "--output", "in.json/x.json"),
    ):
        came = run(*arguments)
        assert (came.status, came.out) == (2, ""), arguments
        assert "fel: " in came.err
        assert "Traceback" not in came.err


def test_import_without_a_workspace_needs_a_file_to_write(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tom").mkdir()
    monkeypatch.chdir(tmp_path / "tom")
    Path("in.json").write_text(FOREIGN, "utf-8")
    assert run("import", "fhir", "in.json").status == 2
    assert run("import", "fhir", "in.json", "--output", "ut.yaml").status == 0


def test_a_questionnaire_with_errors_is_not_exported(root: Path, run: Run) -> None:
    path = root / "programs/exempel/questionnaires/min_koll.yaml"
    path.write_text(path.read_text("utf-8").replace("range: [0, 4]", "range: [0, 5]"), "utf-8")
    came = run("export", "fhir", "min_koll")
    assert (came.status, came.out) == (2, "")
    assert "score-range" in came.err
