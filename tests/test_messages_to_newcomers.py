"""What a person who has never seen designtool writes by mistake, and the words that must lead on. One mistake a line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def called(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "designtool", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arbetsyta")
    for command in (
        ("new", "workspace"),
        ("new", "program", "Lugnare kvällar", "--yes"),
        ("new", "page", "lugnare-kvallar", "Tankar i sängen"),
        ("new", "exercise", "lugnare-kvallar", "Kvällslista"),
        ("new", "questionnaire", "lugnare-kvallar", "Kvällsfrågor"),
    ):
        status, said = called(folder, *command)
        assert status == 0, said
    media = folder / "programs/lugnare-kvallar/media/x.svg"
    media.parent.mkdir()
    media.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 9L9 0"/></svg>\n')
    page = folder / PAGE
    shown = "\n:::{exercise} kvallslista\n:::\n\n:::{questionnaire} kvallsfragor\n:::\n"
    page.write_text(page.read_text(encoding="utf-8") + shown, encoding="utf-8")
    assert called(folder, "validate", "--strict") == (0, "Inga fel.\n")
    return folder


PROGRAM = "programs/lugnare-kvallar/program.yaml"
MODULE = "programs/lugnare-kvallar/modules/01-forsta-steget/module.yaml"
PAGE = "programs/lugnare-kvallar/modules/01-forsta-steget/30-tankar-i-sangen.md"
EXERCISE = "programs/lugnare-kvallar/modules/01-forsta-steget/exercises/kvallslista.yaml"
QUESTIONNAIRE = "programs/lugnare-kvallar/questionnaires/kvallsfragor.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "rule", "words"),
    [
        (MODULE, "homework:", "hemework:", "unknown-key", 'menade du "homework"?'),
        (PAGE, "} kvallslista", "} kvallslista.yaml", "broken-reference", 'menade du "kvallslista"?'),
        (PAGE, "} kvallslista", "} Kvällslista", "broken-reference", 'menade du "kvallslista"?'),
        (PAGE, "---\ntitle: Tankar i sängen\nminutes: 3\n---\n", "", "missing-key", '"---", "title: ..." och "---"'),
        (EXERCISE, "type: text\n    label", "type: choice\n    label", "missing-key", "nycklarna value:, label:"),
        (QUESTIONNAIRE, "    missing:\n      rule: require-all\n", "", "missing-key", "nycklarna rule:"),
        (
            QUESTIONNAIRE,
            "    text: Hur ofta har du känt dig nöjd med dagen?\n",
            "",
            "item-without-text",
            "lägg till text:",
        ),
        (MODULE, "mitt_forsta_steg", "mitt_första_steg", "broken-reference", 'menade du "mitt_forsta_steg"?'),
        (EXERCISE, "  - id: nar", "    id: nar", "repeated-key", "bindestreck före den första nyckeln"),
        (PAGE, ":::{exercise}", "![](media/x.svg)\n\n:::{exercise}", "missing-alt", "![Vad bilden visar](...)"),
        (PROGRAM, "version: 0.1.0", "version: 1", "wrong-type", "`version: 1.0.0`"),
        (PROGRAM, "weeks: 8", "weeks: åtta", "wrong-type", "`weeks: 9`"),
        (
            PROGRAM,
            "measurements:\n",
            "measurements:\n  - kvallsfragor\n",
            "wrong-type",
            "nycklarna questionnaire:, at:",
        ),
    ],
)
def test_one_mistake_gives_one_message_that_says_what_to_write(
    workspace: Path, path: str, old: str, new: str, rule: str, words: str
) -> None:
    file = workspace / path
    right = file.read_text(encoding="utf-8")
    assert right.count(old) == 1
    try:
        file.write_text(right.replace(old, new), encoding="utf-8")
        status, said = called(workspace, "validate")
    finally:
        file.write_text(right, encoding="utf-8")
    findings = [line for line in said.splitlines() if line.startswith(("fel[", "varning["))]
    assert status == 1 and [line.split("]")[0] for line in findings if "max_length" not in line] == [f"fel[{rule}"], (
        said
    )
    assert words in said


def test_a_manuscript_is_not_passed_over_in_silence(workspace: Path) -> None:
    manuscript = workspace / MODULE.replace("module.yaml", "40-min-text.docx")
    manuscript.write_bytes(b"PK\x03\x04")
    status, said = called(workspace, "validate")
    manuscript.unlink()
    assert status == 0 and "varning[stray-file]" in said and "slutar på .md" in said


def test_a_module_without_its_file_is_not_passed_over_in_silence(workspace: Path) -> None:
    page = workspace / "programs/lugnare-kvallar/modules/02-ny/10-hej.md"
    page.parent.mkdir()
    page.write_text("---\ntitle: Hej\n---\nHej!\n")
    status, said = called(workspace, "validate")
    page.unlink()
    page.parent.rmdir()
    assert status == 1 and "fel[missing-module-file]: mappen programs/lugnare-kvallar/modules/02-ny saknar" in said


def test_of_two_things_with_one_id_both_are_named(workspace: Path) -> None:
    copy = workspace / EXERCISE.replace("01-forsta-steget", "00-valkommen")
    copy.write_bytes((workspace / EXERCISE).read_bytes())
    status, said = called(workspace, "validate")
    copy.unlink()
    assert status == 1 and said.count("duplicate-id]") == 1
    assert EXERCISE in said and EXERCISE.replace("01-forsta-steget", "00-valkommen") in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nwe",), 'kommandot "nwe" finns inte. Menade du "new"?'),
        (("new", "progam"), 'kommandot "progam" finns inte. Menade du "program"?'),
        (("--lang", "en", "nwe"), 'there is no command "nwe". Did you mean "new"?'),
        (("validate", "--fromat", "json"), "valet --fromat finns inte. Menade du --format?"),
        (("score", "phq9"), "--answers saknas."),
        (("new", "page"), "PROGRAM saknas."),
        (("build", "--format", "xml"), "--format: välj ett av: text, json"),
        (("validate", "lugnare-kvallar"), "finns inte. Menade du programs/lugnare-kvallar?"),
        (("--lang", "en", "validate", "nothing"), "error: nothing does not exist."),
        (("new", "page", "somn", "Hej"), "Program som finns: lugnare-kvallar"),
        (("new", "program", "Lugnare Kvällar", "--yes"), "finns redan. Ingenting är skrivet."),
        (("federation", "sign", "drafts/1.root.draft.json", "--key", "anna"), "drafts/1.root.draft.json finns inte."),
        (("federation", "sign", "programs", "--key", "anna"), "programs går inte att använda."),
        (("new", "program", "Nytt", "--weeks", "99"), "--weeks: skriv ett heltal från 4 till 15."),
    ],
)
def test_a_command_that_was_called_wrongly_says_how_to_call_it(
    workspace: Path, arguments: tuple[str, ...], words: str
) -> None:
    status, said = called(workspace, *arguments)
    assert status == 2 and words in said, said


def test_help_is_swedish_and_english_when_asked(workspace: Path) -> None:
    assert "Så skrivs det: " in called(workspace, "validate", "--help")[1]
    assert "Usage: " in called(workspace, "--lang", "en", "validate", "--help")[1]
