"""Instruments without words in the runtime: what is shown, and what a unit that has the right to the words fills in."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from runtime_samples import bundle_bytes, clinic, sample_program

from designtool import resources
from designtool.bundle import program_of, read_bundle
from designtool.cli import group
from designtool.cli import run as run_command
from designtool.model.exercise import Option
from designtool.model.program import Program
from designtool.preview.studio import Studio
from designtool.render import Viewpoint, load_templates, view
from designtool.wordings import MOST_BYTES, UnfitWording, read_wordings

TEMPLATES = load_templates(resources.folder("templates"))

WORDS = """\
instrument: mood
language: sv
introduction: Läs varje fråga för sig.
items:
  q1: Lokal fråga ett
  q2: Lokal fråga två
  q3: Lokal fråga tre
  q4: Lokal fråga fyra
options:
  q1 .. q4:
    - {value: 0, label: Lokalt aldrig}
    - {value: 1, label: Lokalt ibland}
    - {value: 2, label: Lokalt ofta}
    - {value: 3, label: Lokalt jämt}
"""


def wordless(**changes: Any) -> Program:
    """The sample whose questionnaire has its scoring alone."""
    program = sample_program(**changes)
    mood = program.questionnaire["mood"]
    items = tuple(
        replace(item, text="", options=tuple(Option(one.value, str(one.value)) for one in item.options))
        for item in mood.items
    )
    instrument = replace(mood.instrument, licence="permission")
    return replace(program, questionnaires=(replace(mood, instrument=instrument, items=items),))


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return bundle_bytes(wordless())


@pytest.fixture
def words(tmp_path: Path) -> Path:
    folder = tmp_path / "ord"
    folder.mkdir()
    (folder / "mood.yaml").write_text(WORDS, encoding="utf-8")
    return folder


def test_without_words_the_patient_is_told_so_and_the_therapist_why(tmp_path: Path, bundle: bytes) -> None:
    with clinic(tmp_path, bundle) as unit:
        patient = unit.sign_in(unit.patient.id)
        page = patient.get(f"{unit.patient_base}/questionnaire/mood").text
        assert "Frågorna i det här formuläret visas inte här" in page
        assert 'type="radio"' not in page
        therapist = unit.sign_in("b-1")
        seen = therapist.get(f"{unit.therapist_base}/form/mood")
        assert seen.status_code == 200


def test_the_words_of_the_unit_are_shown_and_counted_as_the_program_says(
    tmp_path: Path, bundle: bytes, words: Path
) -> None:
    with clinic(tmp_path / "data", bundle, wording=words) as unit:
        patient = unit.sign_in(unit.patient.id)
        page = patient.get(f"{unit.patient_base}/questionnaire/mood").text
        assert "Läs varje fråga för sig." in page and "Lokal fråga två" in page and "Lokalt ofta" in page
        answers = {"q1": "3", "q2": "3", "q3": "2", "q4": "0"}
        sent = patient.post(f"{unit.patient_base}/questionnaire/mood", {"action": "submit", **answers})
        assert sent.status_code == 303, sent.text
        therapist = unit.sign_in("b-1")
        seen = therapist.get(f"{unit.therapist_base}/form/mood").text
        assert "Lokal fråga ett" in seen and "Lokalt jämt" in seen
        state = unit.service.treatments.state(unit.service.store.treatment(unit.treatment))  # type: ignore[arg-type]
        assert state.copies["mood"][0].record.values["total"] == 8


def test_the_words_never_reach_the_bundle(tmp_path: Path, bundle: bytes, words: Path) -> None:
    with clinic(tmp_path / "data", bundle, wording=words) as unit:
        shown = unit.service.programs.program(unit.bundle.digest)
        assert shown.questionnaire["mood"].has_text
        kept = unit.service.store.bundle_path(unit.bundle.digest).read_bytes()
        assert kept == bundle
        released = program_of(unit.service.programs.bundle(unit.bundle.digest))
        assert not released.questionnaire["mood"].has_text
        assert b"Lokal" not in kept
    assert not any(b"Lokal fr" in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()), (
        "nothing that is kept holds the words"
    )


def test_words_that_fit_an_earlier_version_alone_are_left_out_whole(
    tmp_path: Path, words: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program = wordless()
    mood = program.questionnaire["mood"]
    further = replace(mood, items=(*mood.items, replace(mood.items[0], id="q5", risk="")))
    with (
        caplog.at_level(logging.WARNING, "designtool.wordings"),
        clinic(tmp_path / "data", bundle_bytes(replace(program, questionnaires=(further,))), wording=words) as unit,
    ):
        page = unit.sign_in(unit.patient.id).get(f"{unit.patient_base}/questionnaire/mood").text
        assert "Lokal fråga" not in page and "visas inte här" in page
        assert unit.service.programs.unfit_wordings([unit.bundle.digest])
    assert "does not fit" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mood.yaml", "instrument: [", "mood.yaml:1"),
        ("mood.yaml", WORDS.replace("language: sv", "scores: []"), "scores"),
        ("mood.yaml", "x" * (MOST_BYTES + 1), "megabyte"),
        ("mood.txt", WORDS, "ingen fil som slutar på .yaml"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UnfitWording) as refused:
        read_wordings(tmp_path)
    assert any(said in problem.sv for problem in refused.value.problems)
    assert all(problem.sv and problem.en for problem in refused.value.problems)


def test_two_files_for_one_instrument_and_a_folder_that_is_not_there(tmp_path: Path, words: Path) -> None:
    (words / "mood-igen.yml").write_text(WORDS, encoding="utf-8")
    with pytest.raises(UnfitWording, match="has its text in"):
        read_wordings(words)
    with pytest.raises(UnfitWording, match="cannot be read"):
        read_wordings(tmp_path / "saknas")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", None),
        ("  q4: Lokal fråga fyra\n", "", "Frågan q4 saknar text."),
        ("value: 3", "value: 4", "inget svar har värdet 4"),
        ("instrument: mood", "instrument: annat", "inget program har formuläret annat"),
        ("language: sv", "language: en", "är på språket sv"),
    ],
)
def test_the_command_holds_the_words_against_the_bundle_before_it_starts(
    tmp_path: Path,
    bundle: bytes,
    words: Path,
    old: str,
    new: str,
    said: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(run_command, "serve", lambda service, *rest: started.append(service))
    (tmp_path / "prov.dtb").write_bytes(bundle)
    (words / "mood.yaml").write_text(WORDS.replace(old, new) if old else WORDS, encoding="utf-8")
    arguments = ["run", str(tmp_path / "prov.dtb"), "--data", str(tmp_path / "data"), "--port", "0"]
    result = CliRunner().invoke(group, [*arguments, "--wording", str(words), "--unsigned-demonstration"])
    if said is None:
        assert result.exit_code == 0, result.output
        assert len(started) == 1
    else:
        assert result.exit_code == 1 and not started
        assert said in result.output


def test_the_sample_is_a_bundle_like_any_other(bundle: bytes) -> None:
    assert not program_of(read_bundle(BytesIO(bundle))).questionnaire["mood"].has_text


def test_the_preview_shows_the_words_and_compiles_without_them(tmp_path: Path) -> None:
    root = tmp_path / "arbetsyta"
    shutil.copytree(Path(__file__).parent / "minimal", root)
    form = root / "programs" / "exempel" / "questionnaires" / "min_koll.yaml"
    text = form.read_text(encoding="utf-8").replace("licence: CC-BY-4.0", "licence: permission")
    for label, value in (("Inte alls", 0), ("Ibland", 1), ("Ofta", 2)):
        text = text.replace(f"label: {label}", f'label: "{value}"')
    for line in ("    text: Hur ofta har du känt dig nere?\n", "    text: Hur ofta har du sovit dåligt?\n"):
        text = text.replace(line, "")
    form.write_text(text, encoding="utf-8")
    words = WORDS.replace("mood", "min_koll").replace("  q3: Lokal fråga tre\n  q4: Lokal fråga fyra\n", "")
    words = words.replace("q1 .. q4", "q1 .. q2").replace("    - {value: 3, label: Lokalt jämt}\n", "")
    (tmp_path / "min_koll.yaml").write_text(words, encoding="utf-8")
    faults: list[Exception] = []
    studio = Studio(root, None, lambda: date(2026, 11, 21), faults.append, read_wordings(tmp_path))
    studio.refresh()
    simulated = studio.simulate("exempel", "", 0)
    assert simulated is not None and not faults
    html = view("questionnaire/min_koll", simulated.situation, Viewpoint("patient", base="/p"), TEMPLATES)
    assert "Lokal fråga två" in html and "Lokalt ofta" in html
    compiled = studio.program("exempel")
    assert compiled is not None and not compiled.questionnaire["min_koll"].has_text
