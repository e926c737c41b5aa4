"""tests/cases: what designtool says about a workspace, as text that anybody can add to.

A case is a comment, files laid over the minimal workspace, and what comes of it:

    -- modules/01-start/module.yaml --      the whole file (with a leading slash: from the workspace, not the program)
    -- program.yaml (change) --             lines with - go, lines with + come in their place
    -- program.yaml (absent) --             the file is taken away
    -- program.yaml (bytes) --              \\xNN, \\r and \\n stand for bytes; where the line ends means nothing
    -- program.yaml (latin-1) --            saved in that encoding; also cp1252, utf-16
    -- program.yaml (times 1000) --         the text so many times, on one line
    -- expect --                            each finding and its help, in Swedish; empty for none
    -- terminal --                          instead: exactly what a terminal shows

`pytest --update` writes what came; read the difference.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from case_files import MINIMAL, PROGRAM, TODAY, example_files, sections

from designtool.cli.output import line_reader
from designtool.diagnostics import Diagnostic, Severity, text_report
from designtool.workspace import compile_workspace

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.case"))
OUTCOMES = ("expect", "terminal")
_FORM = re.compile(r"(.*) \(([a-z0-9-]+)(?: ([0-9]+))?\)")


@pytest.mark.parametrize("case", FILES, ids=lambda path: str(path.relative_to(CASES).with_suffix("")))
def test_case(case: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = case.read_text(encoding="utf-8")
    parts = sections(text)
    kind, expected = parts[-1]
    assert kind in OUTCOMES, f"{case.name} ends with one of {OUTCOMES}"
    assert not text.startswith("-- "), f"{case.name} begins with what it is about"
    shutil.copytree(MINIMAL, tmp_path, dirs_exist_ok=True)
    for name, content in parts[:-1]:
        lay(tmp_path, name, content)
    came = outcome(tmp_path, kind)
    if request.config.getoption("--update") and came != expected:
        case.write_text(text.removesuffix(expected) + came, encoding="utf-8")
        expected = came
    assert came == expected


def lay(root: Path, name: str, text: str) -> None:
    form = _FORM.fullmatch(name)
    if form is None or form[2] == "change":
        for path, data in example_files(f"-- {name} --\n{text}").items():
            write(root, path, data)
        return
    path = form[1][1:] if form[1].startswith("/") else f"{PROGRAM}/{form[1]}"
    if form[2] == "absent":
        write(root, path, None)
    elif form[2] == "bytes":
        write(root, path, text.replace("\n", "").encode("ascii").decode("unicode_escape").encode("latin-1"))
    elif form[2] == "times":
        write(root, path, (text.rstrip("\n") * int(form[3])).encode())
    else:
        write(root, path, text.encode(form[2]))


def write(root: Path, path: str, data: bytes | None) -> None:
    place = root / path
    if data is None:
        place.unlink()
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def outcome(root: Path, kind: str) -> str:
    compiled = compile_workspace(root, TODAY)
    if kind == "terminal":
        return text_report(compiled.diagnostics, line_reader(compiled.tree))
    return "".join(told(diagnostic) for diagnostic in compiled.diagnostics)


def told(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    place = span.path if span.line is None else f"{span.path}:{span.line}:{span.column}"
    said = f"{diagnostic.severity}[{diagnostic.rule}] {place}: {diagnostic.message.sv}\n"
    return said + (f"    {diagnostic.help.sv}\n" if diagnostic.help else "")


def test_there_are_cases_and_each_says_what_it_is_about() -> None:
    assert len(FILES) >= 40
    assert all(len(path.read_text(encoding="utf-8").partition("\n-- ")[0]) > 15 for path in FILES)
    assert {severity.value for severity in Severity} == {"error", "warning", "info"}
