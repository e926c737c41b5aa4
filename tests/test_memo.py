"""The memo never changes what is found or built; it only saves the work."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from case_files import MINIMAL

from designtool import memo
from designtool.cli import results as results_module
from designtool.cli.results import Results, results
from designtool.diagnostics import Diagnostic, Edit, Fix, Related, Severity, Span, Text

PAGE = "programs/exempel/modules/01-start/10-sida.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL, tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the programs that were compiled, and not remembered."""
    names: list[str] = []
    compile_one = results_module._compile

    def counted(root: Path, name: str, output: Path | None, media: Path | None) -> memo.Result:
        names.append(name)
        return compile_one(root, name, output, media)

    monkeypatch.setattr(results_module, "_compile", counted)
    monkeypatch.setattr(memo, "_JUST_NOW_NS", 0)
    return names


def without_memo(root: Path, output: Path | None = None) -> Results:
    shutil.rmtree(root / ".designtool", ignore_errors=True)
    return results(root, None, output)


def edit(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_has_not_changed_is_not_compiled_again(root: Path, compiled: list[str]) -> None:
    first = results(root, None)
    assert compiled == ["exempel"]
    assert results(root, None) == first
    assert compiled == ["exempel"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PAGE, "din plan", "din egen plan"),
        ("programs/library/contacts.yaml", "fara för liv", "fara"),
        ("programs/exempel/modules/01-start/module.yaml", "homework:", "hemuppgift:"),
        ("designtool.yaml", "region: vgr", "region: skane"),
    ],
)
def test_a_change_is_seen(root: Path, compiled: list[str], path: str, old: str, new: str) -> None:
    results(root, None)
    edit(root, path, old, new)
    again = results(root, None)
    assert compiled == ["exempel", "exempel"]
    assert again == without_memo(root)


def test_a_change_that_keeps_size_and_time_is_seen(root: Path, compiled: list[str]) -> None:
    results(root, None)
    before = os.stat(root / PAGE)
    edit(root, PAGE, "Nu är", "Vi är")
    os.utime(root / PAGE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert os.stat(root / PAGE).st_size == before.st_size
    results(root, None)
    assert compiled == ["exempel", "exempel"]


def test_a_new_and_a_removed_file_are_seen(root: Path, compiled: list[str]) -> None:
    results(root, None)
    (root / PAGE).with_name("20-ny.md").write_text("---\ntitle: Ny\n---\nText.\n", encoding="utf-8")
    results(root, None)
    (root / PAGE).with_name("20-ny.md").unlink()
    results(root, None)
    # The third state is the first one again, but only the latest is remembered.
    assert compiled == ["exempel"] * 3


def test_findings_are_the_same_from_the_memo(root: Path, compiled: list[str]) -> None:
    edit(root, PAGE, "{exercise} min_plan", "{exercise} min_plann")
    first = results(root, None)
    assert [found.rule for found in first.diagnostics] == ["broken-reference"]
    assert results(root, None) == first
    assert compiled == ["exempel"]


def test_every_part_of_a_finding_is_kept() -> None:
    span = Span("a.yaml", 1, 2, 3, 4)
    found = Diagnostic(
        "rule",
        Severity.WARNING,
        Text("sv", "en"),
        span,
        Text("hjälp", "help"),
        "/a/0",
        (Related(Span("b"), Text("se", "see")),),
        Fix(Text("rätta", "mend"), (Edit(span, "ny"),)),
        {"a": "1"},
    )
    told = json.loads(json.dumps(memo._encode(found)))
    assert memo._decode(told) == found


def test_an_unchanged_build_writes_nothing_and_a_lost_bundle_is_made_again(
    root: Path, tmp_path: Path, compiled: list[str]
) -> None:
    output = tmp_path / "out"
    first = results(root, None, output)
    bundle = first.results[0].bundle
    assert bundle is not None
    stamp = os.stat(bundle.path).st_mtime_ns
    assert results(root, None, output) == first
    assert os.stat(bundle.path).st_mtime_ns == stamp
    assert compiled == ["exempel"]
    Path(bundle.path).write_bytes(b"damaged")
    again = results(root, None, output).results[0].bundle
    assert again is not None
    assert again.digest == bundle.digest
    assert Path(bundle.path).stat().st_size == bundle.size


def test_validate_and_build_share_what_they_found(root: Path, tmp_path: Path, compiled: list[str]) -> None:
    results(root, None, tmp_path / "out")
    results(root, None)
    results(root, None, tmp_path / "out")
    assert compiled == ["exempel"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"fingerprint": 1}',
        b'{"fingerprint": "another designtool", "programs_folder": "programs", "language": null, "files": {}, "results": {}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_memo_that_is_broken_or_foreign_is_as_good_as_none(root: Path, compiled: list[str], damage: bytes) -> None:
    first = results(root, None)
    (root / ".designtool/memo.json").write_bytes(damage)
    assert results(root, None) == first
    assert compiled == ["exempel", "exempel"]


def test_a_memo_with_damaged_parts_is_as_good_as_none(root: Path, compiled: list[str]) -> None:
    first = results(root, None)
    path = root / ".designtool/memo.json"
    whole = json.loads(path.read_bytes())
    for part in ("files", "results"):
        for damage in (None, 3, [], {"exempel": None}, {"exempel": {"key": 1}}):
            path.write_text(json.dumps({**whole, part: damage}))
            assert results(root, None) == first


def test_another_day_is_looked_at_anew(root: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    results(root, None)
    monkeypatch.setattr(results_module, "today", lambda: date(2031, 1, 1))
    assert [found.rule for found in results(root, None).diagnostics] == ["unchecked-contact"]
    assert compiled == ["exempel", "exempel"]


def test_a_file_that_changed_just_now_is_not_trusted(
    root: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memo, "_JUST_NOW_NS", 3_600_000_000_000)
    results(root, None)
    told = json.loads((root / ".designtool/memo.json").read_bytes())
    assert told["files"] == {}
    # designtool.yaml itself is not trusted either, so nothing of the memo is.
    results(root, None)
    assert compiled == ["exempel", "exempel"]


def test_several_programs_give_the_same_in_several_processes(root: Path, tmp_path: Path) -> None:
    for name in ("andra", "tredje", "fjarde"):
        shutil.copytree(root / "programs/exempel", root / "programs" / name)
        edit(root, f"programs/{name}/program.yaml", "id: exempel", f"id: {name}")
    together = results(root, None, tmp_path / "a")
    one_by_one = [results(root, (result.program or "",), tmp_path / "b").results[0] for result in together.results]
    assert [one.bundle and one.bundle.digest for one in together.results] == [
        one.bundle and one.bundle.digest for one in one_by_one
    ]
    assert len({one.bundle and one.bundle.digest for one in together.results}) == 4
