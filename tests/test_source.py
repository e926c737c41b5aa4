"""Reading a folder: what is in it comes out, and what is wrong with it is said and not opened."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from designtool.bundle.manifest import is_file_name
from designtool.diagnostics import Diagnostic
from designtool.source import find_workspace, read
from designtool.source.media import media_type, open_media
from designtool.source.read import DEEPEST, LARGEST_PAGE, LARGEST_YAML, LONGEST_PATH, clean_name

PROGRAM = "programs/exempel"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "arbetsyta"
    write(root, "designtool.yaml", "format: 1\nprograms: programs\n")
    write(root, f"{PROGRAM}/program.yaml", "format: 1\n")
    write(root, f"{PROGRAM}/media/bild.png", b"\x89PNG")
    write(root, "programs/andra/program.yaml", "format: 1\n")
    write(root, "programs/library/contacts.yaml", "crisis: {}\n")
    return root


def write(root: Path, path: str, content: str | bytes) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def rules_at(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    return [(diagnostic.rule, diagnostic.span.path) for diagnostic in diagnostics]


def test_text_carries_its_bytes_and_media_their_digest(workspace: Path) -> None:
    tree, found = read(workspace)
    assert not found
    assert list(tree.files) == sorted(tree.files)
    assert tree.files[f"{PROGRAM}/program.yaml"].data == b"format: 1\n"
    picture = tree.files[f"{PROGRAM}/media/bild.png"]
    assert picture.data is None
    assert picture.digest == "sha256:" + hashlib.sha256(b"\x89PNG").hexdigest()
    assert picture.size == 4


def test_only_reads_the_programs_it_is_asked_for_and_the_library(workspace: Path) -> None:
    tree, _ = read(workspace, only=["exempel"])
    assert {path.split("/")[1] for path in tree.files if "/" in path} == {"exempel", "library"}


def test_programs_may_lie_in_another_folder(workspace: Path) -> None:
    write(workspace, "designtool.yaml", "format: 1\nprograms: 'behandlingar/alla' # här\n")
    write(workspace, "behandlingar/alla/en/program.yaml", "format: 1\n")
    tree, found = read(workspace)
    assert not found
    assert set(tree.files) == {"designtool.yaml", "behandlingar/alla/en/program.yaml"}


@pytest.mark.parametrize("folder", ["..", "/etc", "a/../../b", "programs/.."])
def test_programs_never_lie_outside_the_workspace(workspace: Path, folder: str) -> None:
    write(workspace.parent, "program/program.yaml", "format: 1\n")
    write(workspace, "designtool.yaml", f"format: 1\nprograms: {folder}\n")
    tree, _ = read(workspace)
    assert all(path == "designtool.yaml" or path.startswith("programs/") for path in tree.files)


def test_an_empty_folder_and_a_missing_one_are_empty_trees(tmp_path: Path) -> None:
    assert read(tmp_path) == read(tmp_path / "finns-inte")
    assert not read(tmp_path)[0].files


def test_an_editor_buffer_lies_over_the_file(workspace: Path) -> None:
    path = f"{PROGRAM}/program.yaml"
    tree, _ = read(workspace, {path: b"format: 2\n", f"{PROGRAM}/ny.yaml": b"a: 1\n", "../utanför.yaml": b"x"})
    assert tree.files[path].data == b"format: 2\n"
    assert tree.files[f"{PROGRAM}/ny.yaml"].data == b"a: 1\n"
    assert "../utanför.yaml" not in tree.files


def test_what_editors_leave_behind_is_passed_over(workspace: Path) -> None:
    for name in (
        ".git/config",
        "program.yaml~",
        ".program.yaml.swp",
        "#program.yaml#",
        ".DS_Store",
        "Thumbs.db",
        "build/ut.html",
    ):
        write(workspace, f"{PROGRAM}/{name}", "skräp")
    assert read(workspace)[1] == ()
    assert len(read(workspace)[0].files) == 5


@pytest.mark.parametrize("target", ["/etc/passwd", "../../hemligt", "program.yaml", "finns-inte"])
def test_a_link_is_reported_and_not_followed(workspace: Path, target: str) -> None:
    write(workspace.parent, "hemligt/fil.yaml", "a: 1\n")
    link = f"{PROGRAM}/lank.yaml"
    os.symlink(target, workspace / link)
    tree, found = read(workspace)
    assert rules_at(found) == [("link-in-workspace", link)]
    assert link not in tree.files


@pytest.mark.parametrize("link", ["programs", "programs/exempel", f"{PROGRAM}/media"])
def test_a_linked_folder_is_reported_and_not_entered(workspace: Path, link: str) -> None:
    outside = workspace.parent / "utanför"
    (workspace / link).rename(outside)
    os.symlink(outside, workspace / link)
    tree, found = read(workspace)
    assert rules_at(found) == [("link-in-workspace", link)]
    assert not any(path.startswith(link + "/") for path in tree.files)


def test_linked_settings_are_not_read(workspace: Path) -> None:
    (workspace / "designtool.yaml").rename(workspace.parent / "annan.yaml")
    os.symlink(workspace.parent / "annan.yaml", workspace / "designtool.yaml")
    tree, found = read(workspace)
    assert rules_at(found) == [("link-in-workspace", "designtool.yaml")]
    assert "designtool.yaml" not in tree.files


def test_a_pipe_is_never_opened(workspace: Path) -> None:
    os.mkfifo(workspace / PROGRAM / "ror.yaml")
    assert rules_at(read(workspace)[1]) == [("special-file", f"{PROGRAM}/ror.yaml")]


def test_names_that_differ_only_in_case(workspace: Path) -> None:
    write(workspace, f"{PROGRAM}/media/Bild.png", b"x")
    (found,) = read(workspace)[1]
    assert found.rule == "names-differ-in-case"
    assert {found.span.path, found.related[0].span.path} == {f"{PROGRAM}/media/Bild.png", f"{PROGRAM}/media/bild.png"}


def test_a_name_with_spaces_gets_a_suggestion(workspace: Path) -> None:
    write(workspace, f"{PROGRAM}/media/min bild på mig.png", b"x")
    (found,) = read(workspace)[1]
    assert (found.rule, found.facts["clean"]) == ("unclean-name", "min-bild-pa-mig.png")
    assert clean_name("åäö !.svg") == "aao-.svg"


def test_a_name_that_is_no_text_is_reported_without_a_crash(workspace: Path) -> None:
    with open(os.fsencode(workspace / PROGRAM) + b"/\xff\xfe\n.yaml", "wb") as stream:
        stream.write(b"a: 1\n")
    tree, found = read(workspace)
    assert [one.rule for one in found] == ["unclean-name"]
    assert found[0].span.path.isprintable()
    assert found[0].span.path.encode()
    assert len(tree.files) == 5


def test_a_hundred_megabytes_are_refused_without_being_read(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workspace / PROGRAM / "stor.yaml"
    path.touch()
    os.truncate(path, 100 << 20)
    taken: list[int] = []
    real = os.read

    def counting(descriptor: int, size: int) -> bytes:
        data = real(descriptor, size)
        taken.append(len(data))
        return data

    monkeypatch.setattr(os, "read", counting)
    tree, found = read(workspace)
    assert rules_at(found) == [("file-too-large", f"{PROGRAM}/stor.yaml")]
    assert f"{PROGRAM}/stor.yaml" not in tree.files
    assert sum(taken) < 1000


@pytest.mark.parametrize(("name", "limit"), [("x.yaml", LARGEST_YAML), ("x.md", LARGEST_PAGE)])
def test_the_limit_is_exact(workspace: Path, name: str, limit: int) -> None:
    write(workspace, f"{PROGRAM}/{name}", b"x" * limit)
    assert read(workspace)[1] == ()
    assert [one.rule for one in read(workspace, {f"{PROGRAM}/{name}": b"x" * (limit + 1)})[1]] == ["file-too-large"]


def test_a_file_that_cannot_be_opened_is_said_and_one_that_vanished_is_not(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def failing(path: str, *rest: int) -> int:
        if path.endswith("program.yaml"):
            raise PermissionError(13, "Permission denied") if "exempel" in path else FileNotFoundError(2, "gone")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", failing)
    tree, found = read(workspace)
    assert rules_at(found) == [("unreadable-file", f"{PROGRAM}/program.yaml")]
    assert "programs/andra/program.yaml" not in tree.files


def test_too_many_files_and_too_deep_folders_end_the_walk(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules["designtool.source.read"], "MOST_FILES", 5)
    for number in range(20):
        write(workspace, f"{PROGRAM}/media/{number}.txt", "x")
    write(workspace, "programs/andra/" + "a/" * 20 + "x.yaml", "a: 1")
    tree, found = read(workspace)
    assert [one.rule for one in found] == ["too-many-files", "too-many-files"]
    assert sum(path.startswith(PROGRAM) for path in tree.files) == 5


def test_the_workspace_is_found_from_inside(workspace: Path) -> None:
    assert find_workspace(workspace / PROGRAM / "media") == workspace
    assert find_workspace(workspace.parent) is None


def test_media_open_inside_the_workspace_alone(workspace: Path) -> None:
    with open_media(workspace, f"{PROGRAM}/media/bild.png") as stream:
        assert stream.read() == b"\x89PNG"
    os.symlink("/etc/passwd", workspace / PROGRAM / "media" / "lank.png")
    for path in ("../hemligt", "/etc/passwd", f"{PROGRAM}/media/lank.png", f"{PROGRAM}/../../../x"):
        with pytest.raises(ValueError, match="workspace"):
            open_media(workspace, path)
    with pytest.raises(FileNotFoundError):
        open_media(workspace, f"{PROGRAM}/media/ingen.png")


def test_media_types_do_not_depend_on_the_machine() -> None:
    assert media_type("media/Film.WEBM") == "video/webm"
    assert media_type("okänd.xyz") == "application/octet-stream"


def test_every_path_that_is_read_fits_in_a_bundle(workspace: Path) -> None:
    longest = "a" * (LONGEST_PATH - len(f"{PROGRAM}/media/") - 4) + ".txt"
    deepest = f"{PROGRAM}/" + "b/" * (DEEPEST - 2) + "c.txt"
    for path in (f"{PROGRAM}/media/{longest}", deepest):
        write(workspace, path, "Hej.\n")
    tree, found = read(workspace)
    assert not found
    assert max(map(len, tree.files)) == LONGEST_PATH
    assert all(is_file_name(f"source/{path}") for path in tree.files)

    write(workspace, f"{PROGRAM}/media/x{longest}", "Hej.\n")
    write(workspace, deepest.replace("b/c.txt", "b/b/c.txt"), "Hej.\n")
    _, found = read(workspace)
    assert rules_at(found) == [
        ("too-many-files", deepest.replace("b/c.txt", "b/b")),
        ("unclean-name", f"{PROGRAM}/media/x{longest}"),
    ]


def test_an_empty_folder_among_the_programs_is_told(workspace: Path) -> None:
    (workspace / "programs/tom/modules").mkdir(parents=True)
    _, found = read(workspace)
    assert rules_at(found) == [("empty-folder", "programs/tom")]
    _, found = read(workspace, unsaved={"programs/tom/program.yaml": b"format: 1\n"})
    assert not found
