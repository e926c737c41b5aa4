"""The commands as a script or a CI job meets them: status, streams, JSON, colour, places."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
from case_files import MINIMAL
from jsonschema import Draft202012Validator

from designtool import cli
from designtool.cli.english_help import ENGLISH
from designtool.load.shape import schema_of

HEAVY = (
    *("yaml", "lark", "jinja2", "jsonschema", "jsonschema_rs", "markdown_it", "starlette", "uvicorn", "sqlalchemy"),
    *("watchdog", "rfc8785", "hypothesis", "asyncio", "importlib.metadata"),
)
PAGE = "programs/exempel/modules/01-start/10-sida.md"


class Came(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Came]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The minimal workspace in a folder with blanks and å, as OneDrive has them."""
    shutil.copytree(MINIMAL, tmp_path / "Mina filer på jobbet", ignore=shutil.ignore_patterns(".designtool"))
    return tmp_path / "Mina filer på jobbet"


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the console script in the workspace, as `main` leaves it."""
    monkeypatch.chdir(root)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def call(*arguments: str) -> Came:
        monkeypatch.setattr(sys, "argv", ["designtool", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main()
        streams = capfd.readouterr()
        assert isinstance(left.value.code, int)
        return Came(left.value.code, streams.out, streams.err)

    return call


def add(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text((place.read_text(encoding="utf-8") if place.exists() else "") + text, encoding="utf-8")


def put_error(root: Path) -> None:
    add(root, PAGE, "\nRing {contact}`crises`.\n")


def put_warning(root: Path) -> None:
    add(root, PAGE, "\n% designtool: allow heading-jump-not – så är det\n")


def valid(text: str, name: str) -> Any:
    value = json.loads(text)
    Draft202012Validator(schema_of(name)).validate(value)
    return value


# Statuses


def test_a_clean_workspace_has_status_0_and_says_so(run: Run) -> None:
    assert run("validate") == (0, "Inga fel.\n", "")


def test_an_error_has_status_1(root: Path, run: Run) -> None:
    put_error(root)
    came = run("validate")
    assert came.status == 1
    assert came.out.startswith('fel[broken-reference]: kontakten "crises" finns inte\n')
    assert came.err == ""


def test_a_warning_has_status_0_and_with_strict_1(root: Path, run: Run) -> None:
    put_warning(root)
    came = run("validate")
    assert came.status == 0
    assert came.out.startswith("varning[idle-exception]")
    assert run("validate", "--strict") == came._replace(status=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("validate", "finns-inte"), "finns inte"),
        (("validate", "/"), "designtool.yaml"),
        (("validate", "--strikt"), "--strict"),
        (("validate", "--format", "xml"), "json"),
        (("valdate",), 'Menade du "validate"?'),
        (("frobnicera",), "--help"),
        (("explain", "heading-jmp"), 'Menade du "heading-jump"?'),
        (("explain", "qqqqqq"), "finns inte"),
        (("verify", "finns-inte.dtb"), "finns-inte.dtb"),
        (("build", "programs/exempl"), "programs/exempel"),
        (("score", "finns_inte", "--answers", "x.json"), "finns_inte"),
    ],
)
def test_what_cannot_be_done_has_status_2_and_is_said_on_stderr(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    came = run(*arguments)
    assert came.status == 2
    assert said in came.err
    assert came.out == ""
    assert "Traceback" not in came.err


def test_a_fault_in_designtool_has_status_3_and_tells_nothing_of_the_text(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from designtool import workspace

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("Kim Exempelsson har skrivit detta")

    monkeypatch.setattr(workspace, "compile_tree", fails)
    came = run("validate")
    assert came.status == 3
    assert came.out == ""
    assert "Ett fel i designtool" in came.err
    assert "RuntimeError" in came.err
    assert "workspace.py" in came.err
    for secret in ("Exempelsson", "Mina filer", str(Path.home())):
        assert secret not in came.err


def test_a_build_that_cannot_be_written_has_status_2(root: Path, run: Run) -> None:
    (root / "ut").mkdir()
    (root / "ut" / "exempel-1.0.0.dtb").mkdir()
    came = run("build", "--output", "ut")
    assert came.status == 2
    assert came.err.startswith("fel: paketet ut/exempel-1.0.0.dtb kunde inte skrivas")
    assert run("--lang", "en", "build", "--output", "ut").err.startswith(
        "error: the bundle ut/exempel-1.0.0.dtb could not"
    )


# Languages


def test_messages_follow_the_language_asked_for_then_that_of_the_workspace(root: Path, run: Run) -> None:
    put_error(root)
    assert 'kontakten "crises" finns inte' in run("validate").out
    assert 'the contact "crises" does not exist' in run("--lang", "en", "validate").out
    settings = root / "designtool.yaml"
    settings.write_text(settings.read_text().replace("language: sv", "language: en"))
    assert 'the contact "crises" does not exist' in run("validate").out
    assert 'kontakten "crises" finns inte' in run("--lang", "sv", "validate").out


# JSON


def test_validate_as_json(root: Path, run: Run) -> None:
    put_error(root)
    put_warning(root)
    came = run("validate", "--format", "json")
    assert came.status == 1
    assert came.err == ""
    report = valid(came.out, "diagnostics")
    assert report["summary"] == {"errors": 1, "warnings": 1, "infos": 0}
    assert {(one["rule"], one["path"]) for one in report["diagnostics"]} == {
        ("broken-reference", PAGE),
        ("idle-exception", PAGE),
    }
    assert all(one["line"] >= 1 and one["column"] >= 1 for one in report["diagnostics"])


def test_build_as_json(root: Path, run: Run) -> None:
    came = run("build", "--output", "ut", "--format", "json")
    assert (came.status, came.err) == (0, "")
    (bundle,) = valid(came.out, "build")["bundles"]
    assert (bundle["program"], bundle["version"]) == ("exempel", "1.0.0")
    assert (root / bundle["path"]).stat().st_size == bundle["size"]
    assert valid(run("verify", bundle["path"], "--format", "json").out, "verify")["digest"] == bundle["digest"]
    assert valid(run("inspect", bundle["path"], "--format", "json").out, "inspect")["digest"] == bundle["digest"]


def test_build_with_errors_as_json(root: Path, run: Run) -> None:
    put_error(root)
    came = run("build", "--output", "ut", "--format", "json")
    assert came.status == 1
    report = valid(came.out, "build")
    assert report["bundles"] == []
    assert [one["rule"] for one in report["diagnostics"]] == ["broken-reference"]
    assert not (root / "ut").exists()


def test_build_as_text_keeps_findings_off_stdout(root: Path, run: Run) -> None:
    put_warning(root)
    came = run("build", "--output", "ut")
    assert came.status == 0
    (line,) = came.out.splitlines()
    assert line.startswith("exempel 1.0.0  sha256:")
    assert "varning[idle-exception]" in came.err
    put_error(root)
    came = run("build", "--output", "ut")
    assert (came.status, came.out) == (1, "")
    assert "Inget paket byggdes." in came.err


def test_an_unchanged_bundle_is_left_alone(root: Path, run: Run) -> None:
    run("build", "--output", "ut")
    bundle = root / "ut" / "exempel-1.0.0.dtb"
    os.utime(bundle, ns=(1, 1))
    shutil.rmtree(root / ".designtool", ignore_errors=True)
    assert run("build", "--output", "ut").status == 0
    assert bundle.stat().st_mtime_ns == 1


def test_explain_as_json(run: Run) -> None:
    one = valid(run("explain", "missing-alt", "--format", "json").out, "explain")["rules"]
    everything = valid(run("explain", "--format", "json").out, "explain")["rules"]
    assert [rule["rule"] for rule in one] == ["missing-alt"]
    assert len(everything) > 50
    assert one[0] in everything


def test_test_as_json(run: Run) -> None:
    came = run("test", "--format", "json")
    assert (came.status, came.err) == (0, "")
    valid(came.out, "test")


# Colour


def test_colour_is_for_terminals_and_for_those_who_ask(root: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put_error(root)
    plain = run("validate").out
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    painted = run("validate").out
    assert "\x1b[1;31mfel[broken-reference]\x1b[0m" in painted
    assert "\x1b[1;31m" in run("build", "--output", "ut").err
    assert "\x1b" not in run("validate", "--format", "json").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert run("validate").out == plain


# Places


def test_a_path_is_read_with_the_nearest_workspace_from_anywhere(
    root: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_error(root)
    expected = run("validate", "--format", "json").out
    here = Path("programs/exempel")
    for cwd, path in (
        (root / "programs", "exempel"),
        (root / here, "."),
        (root / here / "modules", "01-start/10-sida.md"),
        (root / here, None),
        (tmp_path, str(root)),
        (tmp_path, str(root / here)),
        (tmp_path, "Mina filer på jobbet/programs"),
        (tmp_path, "Mina filer på jobbet/designtool.yaml"),
        (Path("/"), str(root / PAGE)),
    ):
        monkeypatch.chdir(cwd)
        came = run("validate", *([path] if path else []), "--format", "json")
        assert (came.status, came.out) == (1, expected), (cwd, path)


def test_only_the_program_asked_for_is_read(root: Path, run: Run) -> None:
    shutil.copytree(root / "programs/exempel", root / "programs/andra")
    add(root, "programs/andra/program.yaml", "okänt: x\n")
    assert run("validate", "programs/exempel").status == 0
    came = run("validate", "programs/andra", "--format", "json")
    assert {one["path"] for one in json.loads(came.out)["diagnostics"]} == {"programs/andra/program.yaml"}
    assert run("validate").status == 1


def test_programs_may_lie_deeper(root: Path, run: Run) -> None:
    (root / "behandlingar").mkdir()
    (root / "programs").rename(root / "behandlingar" / "alla")
    settings = root / "designtool.yaml"
    settings.write_text(settings.read_text().replace("programs: programs", "programs: behandlingar/alla"))
    assert run("validate") == (0, "Inga fel.\n", "")
    add(root, f"behandlingar/alla/{PAGE.removeprefix('programs/')}", "\nRing {contact}`crises`.\n")
    for path in ("behandlingar", "behandlingar/alla", "behandlingar/alla/exempel", "behandlingar/alla/exempel/modules"):
        assert run("validate", path).status == 1, path
    assert run("validate", "behandlingar/alla/library").status == 0


@pytest.mark.parametrize("path", ["anteckningar", "programs/LÄSMIG.txt"])
def test_what_is_no_part_of_a_program_is_not_called_clean(root: Path, run: Run, path: str) -> None:
    (root / "anteckningar").mkdir()
    add(root, "programs/LÄSMIG.txt", "Hej.\n")
    came = run("validate", path)
    assert (came.status, came.out) == (2, "")
    assert "hör inte till något program" in came.err


def test_paths_of_two_workspaces_are_refused(root: Path, run: Run, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "annan")
    assert run("validate", str(root), str(tmp_path / "annan")).status == 2


# Cost


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--version",), ("validate", "--help"), ("build", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    script = (
        "import sys\nfrom designtool.cli import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    modules = done.stderr.split()
    assert "click" in modules
    assert not set(HEAVY) & set(modules)


def test_the_module_is_the_command(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "designtool", "validate", str(root)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])},
        cwd="/",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Inga fel.\n", "")


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m designtool explain | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(cli.__file__).parents[2],
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def lines_of_help(command: click.Command, context: click.Context) -> Iterator[str]:
    yield inspect.cleandoc(command.help or "")
    yield from (option.help or "" for option in command.params if isinstance(option, click.Option))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from lines_of_help(inner, context)


def test_help_is_there_in_both_languages(run: Run) -> None:
    said = {*lines_of_help(cli.group, click.Context(cli.group)), *(line for _, _, line in cli.COMMANDS)}
    of_click = {"", "Show the version and exit."}
    assert said - of_click == set(ENGLISH)
    assert "Write, check, preview and bundle" in run("--lang", "en", "--help").out
    assert "How many weeks it takes.  [4<=x<=15]" in run("--lang", "en", "new", "program", "--help").out
    assert "Make a module at the end of a program" in run("--lang", "en", "new", "--help").out
    assert "Skriv, granska" in run("--help").out
