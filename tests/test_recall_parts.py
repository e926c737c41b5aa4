"""The parts that a recall names are there: held against the bundle, and whoever signs reads what they are called."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import federations
import pytest
from click.testing import CliRunner, Result
from federations import SAFETY
from runtime_samples import bundle_bytes, sample_program
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.bundle import read_bundle
from designtool.cli import group
from designtool.share.federation.metadata_store import FolderMetadataStore
from designtool.share.recalls.parts import part_lines

NAME = "region-a/provet/1.0.0"
STOP = ("--level", "stop-use", "--reason", "Fel.", "--patient-text-file", "p.txt", "--therapist-text-file", "t.txt")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    content = bundle_of("1.0.0")
    made = federations.founded(datetime.now(UTC))
    for version in ("1.0.0", "1.0.1"):
        data = bundle_of(version)
        made.release(f"region-a/provet/{version}", read_bundle(BytesIO(data)).digest, datetime.now(UTC))
    made.release("region-a/provet-plus/1.0.0", "sha256:" + "7" * 64, datetime.now(UTC))
    made.stamp(datetime.now(UTC))
    for name, data in made.store.files.items():
        FolderMetadataStore(tmp_path / "fed").put(name, data, None)
    _put_key(tmp_path / "keys", "sam", SAFETY)
    (tmp_path / "provet.dtb").write_bytes(content)
    (tmp_path / "annat.dtb").write_bytes(bundle_of("1.0.1"))
    (tmp_path / "p.txt").write_text("Pausa.")
    (tmp_path / "t.txt").write_text("Ring.")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def bundle_of(version: str) -> bytes:
    program = sample_program(version=version)
    return bundle_bytes(replace(program, publisher=replace(program.publisher, region="region-a")))


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(group, list(arguments), input=answer)


def new(*parts: str, place: str = "fed", bundle: str = "") -> Result:
    named = [argument for part in parts for argument in ("--part", part)]
    return run("recall", "new", place, NAME, *STOP, *named, *(("--bundle", bundle) if bundle else ()))


@pytest.mark.parametrize(
    ("part", "code", "said"),
    [
        ("somnfonstret", "recall-part-near", "Menade du somnfonster?"),
        ("finns-inte-alls", "recall-part-unknown", "valkommen, baslinje"),
        ("mood", "recall-part-questionnaire", "mätningar stoppas aldrig"),
    ],
)
def test_a_part_that_is_not_there_is_refused_with_help(part: str, code: str, said: str, place: Path) -> None:
    done = new("mina_mal", part, bundle="provet.dtb")
    assert (done.exit_code, f"fel[{code}]" in done.stderr, said in done.stderr) == (1, True, True), done.output
    assert not (place / "fed" / "drafts").exists()
    right = new("mina_mal", "somnfonster", bundle="provet.dtb")
    assert right.exit_code == 0, right.output
    assert "Stoppas: Mina mål (övning, mina_mal)" in right.stderr
    assert "Stoppas: Ditt sömnfönster (beslut, somnfonster)" in right.stderr


def test_another_bundle_tells_nothing_of_the_parts(place: Path) -> None:
    done = new("mina_mal", bundle="annat.dtb")
    assert (done.exit_code, "fel[recall-bundle]" in done.stderr) == (1, True), done.output
    assert not (place / "fed" / "drafts").exists()


def test_what_could_not_be_checked_is_said_loudly(place: Path) -> None:
    done = new("finns-inte-alls")
    assert done.exit_code == 0, done.output
    assert "DELARNA ÄR INTE KONTROLLERADE" in done.stderr


def test_in_a_registry_the_program_is_read_by_the_digest_that_was_signed(place: Path) -> None:
    copied = run("federation", "copy", "fed", "./register")
    assert copied.exit_code == 0, copied.output
    missing = new("mina_mal", place="./register")
    assert (missing.exit_code, "DELARNA ÄR INTE KONTROLLERADE" in missing.stderr) == (0, True), missing.output
    for draft in (place / "drafts").iterdir():
        draft.unlink()
    sent = run("publish", "provet.dtb", "--to", "./register", "--unsigned")
    assert sent.exit_code == 0, sent.output
    wrong = new("mina_mall", place="./register")
    assert (wrong.exit_code, "Menade du mina_mal?" in wrong.stderr) == (1, True), wrong.output
    right = run("recall", "new", "./register", NAME, *STOP, "--part", "fonster", "--format", "json")
    assert right.exit_code == 0, right.output
    told = json.loads(right.stdout)
    assert told["parts_checked"] is True
    assert told["beside"] == ["region-a/provet-plus/1.0.0", "region-a/provet/1.0.1"]
    assert "Stoppas: Lämplighet (övning, lamplighet)" in right.stderr, "what goes with a module"


def test_other_versions_and_variants_are_told(place: Path) -> None:
    done = new("mina_mal", bundle="provet.dtb")
    assert "region-a/provet-plus/1.0.0, region-a/provet/1.0.1" in done.stderr
    other = run("recall", "new", "fed", "region-a/provet-plus/1.0.0", "--reason", "Fel.", "--drafts", "andra")
    assert other.exit_code == 0, other.output
    assert "Regionen har också gett ut" not in other.stderr


def test_whoever_signs_reads_the_titles(place: Path) -> None:
    assert new("mina_mal", bundle="provet.dtb").exit_code == 0
    (draft,) = (place / "fed" / "drafts").iterdir()
    without = run("federation", "sign", str(draft), "--key", "sam", "--keys", "keys", answer="nej\n")
    assert "Stoppar: mina_mal" in without.stdout
    assert "Mina mål" not in without.stdout
    other = run(
        "federation", "sign", str(draft), "--key", "sam", "--keys", "keys", "--bundle", "annat.dtb", answer="nej\n"
    )
    assert "Mina mål" not in other.stdout, "of another bundle nothing is told"
    signed = run("federation", "sign", str(draft), "--key", "sam", "--keys", "keys", "--bundle", "provet.dtb", "--yes")
    assert (signed.exit_code, "Stoppas: Mina mål (övning, mina_mal)" in signed.stdout) == (0, True), signed.output


def test_where_all_is_stopped_it_is_said_what_goes_on() -> None:
    lines = [text.sv for _, text in part_lines(sample_program(), ("all",))]
    assert "Går på som förut: Sömndagbok (dagbok, somndagbok)" in lines
    assert "Går på som förut: Bedömning (fylls i av behandlaren, bedomning)" in lines
    assert "Stoppas: Ditt sömnfönster (beslut, somnfonster)" in lines
    unknown = [text.sv for _, text in part_lines(sample_program(), ("gammalt-id",))]
    assert unknown == ["Finns inte i programmet: gammalt-id"]
