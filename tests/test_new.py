"""designtool new: what it writes has no errors, and nothing is ever overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from designtool import scaffold
from designtool.cli import group
from designtool.cli import new as new_command
from designtool.diagnostics import Diagnostic
from designtool.load.kinds import kind_of
from designtool.load.yaml_file import parse_yaml
from designtool.treatment.journey import run_journey
from designtool.workspace import compile_workspace

TODAY = date(2026, 11, 20)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `designtool new ...` in a workspace of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, answers: str | None = None) -> Result:
        return CliRunner().invoke(group, ["new", *arguments], input=answers)

    assert run("workspace", "--region", "vgr").exit_code == 0
    return run


def found_in(folder: Path) -> list[tuple[str, str]]:
    diagnostics: tuple[Diagnostic, ...] = compile_workspace(folder, TODAY).diagnostics
    return [(one.rule, one.span.path) for one in diagnostics]


def answers(template: str, **more: object) -> scaffold.Answers:
    said = {
        "id": "lugnare-kvallar",
        "title": "Lugnare kvällar",
        "audience": "vuxna som sover dåligt.",
        "weeks": 8,
        "responsible": "Eva Lind",
        "template": template,
        "region": "vgr",
    }
    return scaffold.Answers(**{**said, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(("region", "page"), [("vgr", "1177.se/Vastra-Gotaland/"), ("skane", "1177.se/hitta-vard/")])
def test_a_new_workspace_sends_nobody_to_another_region(region: str, page: str, run: Run, tmp_path: Path) -> None:
    assert run("workspace", "skåne och så", "--region", region).exit_code == 0
    contacts = (tmp_path / "skåne och så" / "programs" / "library" / "contacts.yaml").read_text("utf-8")
    found = yaml.safe_load(contacts)
    assert {one["region"] for one in found.values() if "region" in one} == {region}
    assert page in found["psykakut"]["address"] and (region == "vgr") == ("Gotaland" in contacts)


def test_a_new_workspace_has_no_findings_and_all_that_an_editor_needs(run: Run, tmp_path: Path) -> None:
    assert found_in(tmp_path) == []
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text(encoding="utf-8"))
    for schema, globs in settings["yaml.schemas"].items():
        assert (tmp_path / schema).is_file(), "schemas lie in the workspace: no network is needed"
        for glob in globs:
            example = glob.replace("/*.yaml", "/a.yaml").replace("*", "a")
            assert f"{kind_of(example)}.schema.json" == Path(schema).name
    assert (tmp_path / "programs/library/pages/kris.md").is_file()
    assert (tmp_path / "README.md").is_file()
    assert (tmp_path / ".gitignore").is_file()


@pytest.mark.parametrize("template", scaffold.PROGRAM_TEMPLATES)
def test_a_program_from_each_template_is_silent_and_its_journeys_pass(run: Run, tmp_path: Path, template: str) -> None:
    result = run("program", "Lugnare kvällar", "--template", template, "--yes")
    assert result.exit_code == 0, result.output
    assert found_in(tmp_path) == []
    compiled = compile_workspace(tmp_path, TODAY)
    (made,) = compiled.programs
    assert made.folder == "programs/lugnare-kvallar"
    assert made.program is not None
    assert (made.program.title, made.program.publisher.region) == ("Lugnare kvällar", "vgr")
    assert len(made.program.modules) == 2
    assert made.program.journeys
    for journey in made.program.journeys:
        assert run_journey(journey, made.program).passed


def test_parts_of_a_program_are_silent_where_they_can_be(run: Run, tmp_path: Path) -> None:
    run("program", "lugnare-kvallar", "--yes")
    for part in (("module", "Dag för dag"), ("page", "Vila: två sätt"), ("questionnaire", "Min koll")):
        result = run(part[0], "lugnare-kvallar", part[1])
        assert result.exit_code == 0, result.output
    assert [rule for rule, _ in found_in(tmp_path)] == ["unused-questionnaire"]
    measured(tmp_path / "programs/lugnare-kvallar/program.yaml", result.output)
    assert found_in(tmp_path) == []
    module = tmp_path / "programs/lugnare-kvallar/modules/02-dag-for-dag"
    assert sorted(path.name for path in module.iterdir()) == [
        "10-borja-har.md",
        "20-vila-tva-satt.md",
        "exercises",
        "module.yaml",
        "therapist.md",
    ]
    assert (tmp_path / "programs/lugnare-kvallar/questionnaires/min_koll.yaml").is_file()


def measured(program: Path, told: str) -> None:
    """The program with the lines under measurements: that the command says to write there."""
    lines = told[told.index("  - questionnaire:") :].rstrip("\n")
    text = program.read_text(encoding="utf-8")
    program.write_text(text.replace("measurements:\n", f"measurements:\n{lines}\n"), encoding="utf-8")


def test_an_exercise_is_shown_by_the_line_that_is_told(run: Run, tmp_path: Path) -> None:
    run("program", "lugnare-kvallar", "--yes")
    result = run("exercise", "programs/lugnare-kvallar", "Min vecka", "--module", "forsta-steget")
    assert result.exit_code == 0, result.output
    assert ":::{exercise} min_vecka" in result.output
    assert [rule for rule, _ in found_in(tmp_path)] == ["unused-exercise"]
    page = tmp_path / "programs/lugnare-kvallar/modules/01-forsta-steget/10-borja-smatt.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n:::{exercise} min_vecka\n:::\n", encoding="utf-8")
    assert found_in(tmp_path) == []


def test_a_page_can_be_put_in_a_named_module(run: Run, tmp_path: Path) -> None:
    run("program", "lugnare-kvallar", "--yes")
    assert run("page", "lugnare-kvallar", "Mer att veta", "--module", "valkommen").exit_code == 0
    assert (tmp_path / "programs/lugnare-kvallar/modules/00-valkommen/50-mer-att-veta.md").is_file()
    assert found_in(tmp_path) == []


def test_five_questions_are_asked_at_a_terminal(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_command, "_at_a_terminal", lambda: True)
    said = "Lugnare kvällar\nvuxna som sover dåligt\n20\n6\nEva Lind\nsomn\n"
    result = run("program", answers=said)
    assert result.exit_code == 0, result.output
    compiled = compile_workspace(tmp_path, TODAY)
    program = compiled.programs[0].program
    assert program is not None
    assert (program.id, program.title, program.weeks) == ("lugnare-kvallar", "Lugnare kvällar", 6)
    assert program.summary == "Ett program för vuxna som sover dåligt."
    assert program.publisher.responsible == "Eva Lind"
    assert program.modules[1].id == "se-din-somn"
    assert compiled.diagnostics == ()


def test_what_is_said_is_not_asked_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_command, "_at_a_terminal", lambda: True)
    said = ("--audience", "vuxna", "--weeks", "8", "--responsible", "Eva", "--template", "tom")
    result = run("program", "Lugnare kvällar", *said, answers="")
    assert result.exit_code == 0, result.output
    assert "?" not in result.output


def test_without_a_terminal_nothing_is_asked(run: Run, tmp_path: Path) -> None:
    assert run("program", answers="").exit_code == 2
    assert run("program", "Lugnare kvällar", answers="").exit_code == 0
    assert found_in(tmp_path) == []


def test_a_program_brings_what_its_library_lacks_and_keeps_what_is_there(run: Run, tmp_path: Path) -> None:
    library = tmp_path / "programs/library"
    (library / "questionnaires/phq9.yaml").unlink()
    contacts = library / "contacts.yaml"
    contacts.write_bytes(contacts.read_bytes() + b"# Our own line.\n")
    before = contacts.read_bytes()
    assert run("program", "Lugnare kvällar", "--template", "nedstämdhet", "--yes").exit_code == 0
    assert contacts.read_bytes() == before
    assert found_in(tmp_path) == []


@pytest.mark.parametrize(
    "again",
    [
        ("workspace",),
        ("program", "lugnare-kvallar", "--yes"),
        ("module", "lugnare-kvallar", "Första steget"),
        ("page", "lugnare-kvallar", "Börja smått"),
        ("exercise", "lugnare-kvallar", "Mina mål"),
        ("questionnaire", "lugnare-kvallar", "PHQ9"),
        ("questionnaire", "lugnare-kvallar", "mina_mal"),
    ],
)
def test_what_exists_is_never_overwritten(run: Run, tmp_path: Path, again: tuple[str, ...]) -> None:
    run("program", "lugnare-kvallar", "--yes")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run(*again)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit) and result.exception.code == 2
    assert "finns redan" in result.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_one_existing_file_keeps_a_workspace_from_being_written_over_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Min egen text.", encoding="utf-8")
    result = CliRunner().invoke(group, ["new", "workspace", str(tmp_path)])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("program", "!!!", "--yes"),
        ("program", "Library", "--yes"),
        ("program", "A", "--weeks", "3"),
        ("program", "A", "--template", "oro"),
        ("module", "finns-inte", "A"),
        ("page", "lugnare-kvallar", "A", "--module", "finns-inte"),
        ("exercise", "lugnare-kvallar", "2026"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run("program", "lugnare-kvallar", "--yes")
    before = sorted(tmp_path.rglob("*"))
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert sorted(tmp_path.rglob("*")) == before


def test_outside_of_a_workspace_the_way_to_one_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(group, ["new", "program", "A", "--yes"])
    assert result.exit_code == 2
    assert "designtool new workspace" in result.output


@pytest.mark.parametrize("stated", ["{}/somn", "./somn", "../somn", "..", ".", "~/somn", "programs/library/somn", "/"])
def test_a_path_is_not_taken_for_a_title(run: Run, tmp_path: Path, stated: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    result = run("program", stated.format(tmp_path), "--yes")
    assert (result.exit_code, "är en sökväg" in result.output) == (2, True), result.output
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "stated", ["programs/sova-gott", "programs/sova-gott/", "./programs/sova-gott", "{}/programs/sova-gott"]
)
def test_the_folder_that_a_program_is_to_have_gives_its_id(run: Run, tmp_path: Path, stated: str) -> None:
    result = run("program", stated.format(tmp_path), "--yes")
    assert result.exit_code == 0, result.output
    assert "title: Sova gott\n" in (tmp_path / "programs/sova-gott/program.yaml").read_text("utf-8")


@pytest.mark.parametrize("title", ["KBT/ACT mot oro", "KBT/ACT", "24/7", "Sömn ~ vila"])
def test_a_title_may_have_a_slash(run: Run, tmp_path: Path, title: str) -> None:
    assert "sökväg" not in run("program", title, "--yes").output


def test_a_misspelt_program_is_suggested(run: Run) -> None:
    run("program", "lugnare-kvallar", "--yes")
    assert 'Menade du "lugnare-kvallar"?' in run("page", "lugnare-kvalar", "A").output


@pytest.mark.parametrize("template", scaffold.PROGRAM_TEMPLATES)
def test_what_is_written_is_block_style_and_points_at_its_schema(template: str) -> None:
    for path, text in scaffold.program_files(answers(template)).items():
        if path.endswith(".yaml"):
            first, _, rest = text.partition("\n")
            up = "../" * (path.count("/") + 2)
            kind = kind_of(f"programs/lugnare-kvallar/{path}")
            assert first == f"# yaml-language-server: $schema={up}.vscode/schemas/{kind}.schema.json"
            assert not any(
                line.rstrip().endswith(("}", "]")) and ": " in line for line in rest.replace("[]", "").splitlines()
            )
        assert text.endswith("\n") and not text.endswith("\n\n"), path
        assert "{{" not in text and "{%" not in text


@given(st.text(max_size=60))
def test_any_words_stand_in_yaml_as_themselves(words: str) -> None:
    text = scaffold.yaml_text(words)
    parsed = parse_yaml("a.yaml", f"title: {text}\n".encode())
    assert parsed.diagnostics == ()
    shown = "".join(letter for letter in parsed.data["title"] if letter != " ")
    assert shown == "".join(letter for letter in words if letter.isprintable() and letter != " ")


def test_a_title_with_signs_of_yaml_keeps_the_program_whole(run: Run, tmp_path: Path) -> None:
    for number, title in enumerate(("Sov: lugnt # nu", "true", "- lista", '"citat" & *mer*', "100 % bättre", "{a, b}")):
        result = run("program", f"program-{chr(97 + number)}", "--title", title, "--responsible", title, "--yes")
        assert result.exit_code == 0, result.output
    assert found_in(tmp_path) == []
