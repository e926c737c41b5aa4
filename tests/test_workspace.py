"""Bundles on disk: written whole, left alone when nothing has changed, and a plain word when it cannot be done."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest
from case_files import MINIMAL

from designtool import workspace as workspace_module
from designtool.atomic import write_if_changed
from designtool.bundle import program_of, read_bundle
from designtool.diagnostics import Cannot
from designtool.pipeline import Compiled
from designtool.workspace import build_bundle, compile_workspace

FILM = "programs/exempel/media/film.webm"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL, tmp_path / "arbetsyta")
    film = tmp_path / "arbetsyta" / FILM
    film.parent.mkdir()
    film.write_bytes(b"film" * 100_000)
    page = tmp_path / "arbetsyta/programs/exempel/modules/01-start/10-sida.md"
    film.with_suffix(".vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHej\n")
    film.with_suffix(".md").write_text("Hej.\n")
    shown = ":::{film} media/film.webm\n:captions: media/film.vtt\n:transcript: media/film.md\n:alt: En film\n:::\n"
    page.write_text(f"{page.read_text()}\n{shown}")
    return tmp_path / "arbetsyta"


def compiled(root: Path) -> Compiled:
    found = compile_workspace(root, date(2026, 11, 21))
    assert found.diagnostics == ()
    return found


def build(root: Path, made: Compiled, output: Path) -> Path:
    program = made.programs[0].program
    assert program is not None
    return build_bundle(root, made, program, output).path


def test_a_bundle_with_the_same_bytes_is_left_alone(root: Path, tmp_path: Path) -> None:
    path = build(root, compiled(root), tmp_path / "ut")
    os.utime(path, ns=(1, 1))
    before = path.stat()
    assert build(root, compiled(root), tmp_path / "ut") == path
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (1, before.st_ino)
    (root / FILM).write_bytes(b"flim" * 100_000)
    build(root, compiled(root), tmp_path / "ut")
    assert path.stat().st_mtime_ns != 1
    with open(path, "rb") as stream:
        assert program_of(read_bundle(stream)).id == "exempel"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("existing", [b"", b"ab", b"abcd", b"abd", b"x"])
def test_other_bytes_are_replaced(tmp_path: Path, existing: bytes) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(b"a")
        stream.write(b"bc")

    path = tmp_path / "fil"
    path.write_bytes(existing)
    assert write_if_changed(path, write)
    assert path.read_bytes() == b"abc"
    assert not write_if_changed(path, write)


@pytest.mark.parametrize("content", [b"kort", b"flim" * 100_000, b"film" * 200_000], ids=["shorter", "other", "longer"])
def test_a_film_that_changes_meanwhile_is_said(root: Path, tmp_path: Path, content: bytes) -> None:
    made = compiled(root)
    (root / FILM).write_bytes(content)
    with pytest.raises(Cannot, match="ändrades medan"):
        build(root, made, tmp_path / "ut")
    assert list((tmp_path / "ut").iterdir()) == []


def test_a_film_that_is_gone_is_said(root: Path, tmp_path: Path) -> None:
    made = compiled(root)
    (root / FILM).unlink()
    with pytest.raises(Cannot, match=r"film\.webm"):
        build(root, made, tmp_path / "ut")
    assert list((tmp_path / "ut").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "ut").write_text("en fil")
    with pytest.raises(Cannot, match="ut"):
        build(root, compiled(root), tmp_path / "ut")


def test_a_full_disk_leaves_the_old_bundle(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = build(root, compiled(root), tmp_path / "ut")
    old = path.read_bytes()
    (root / FILM).write_bytes(b"flim" * 100_000)
    write_archive = workspace_module.write_archive

    def full(stream: BinaryIO, files: object) -> None:
        if stream.seekable():  # The file itself; a comparison has no places.
            stream.write(b"en bit")
            raise OSError(28, "No space left on device")
        write_archive(stream, files)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace_module, "write_archive", full)
    with pytest.raises(Cannot, match="the disk is full"):
        build(root, compiled(root), tmp_path / "ut")
    assert path.read_bytes() == old
    assert [one.name for one in path.parent.iterdir()] == [path.name]
