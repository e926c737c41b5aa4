"""Test cases as text: files laid over the minimal workspace, compiled by the real pipeline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from designtool.pipeline import Compiled, compile_tree
from designtool.source import read
from designtool.source.tree import File, Tree, tree_of

MINIMAL = Path(__file__).parent / "minimal"
PROGRAM = "programs/exempel"
TODAY = date(2026, 11, 21)
CHANGE = " (change)"


def sections(text: str) -> list[tuple[str, str]]:
    """The `-- name --` sections of a case, in order; what stands before the first is the comment."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines(keepends=True):
        stripped = line.rstrip("\n")
        if stripped.startswith("-- ") and stripped.endswith(" --") and len(stripped) > 6:
            found.append((stripped[3:-3], []))
        elif found:
            found[-1][1].append(line)
    return [(name, "".join(lines)) for name, lines in found]


def overlaid(files: Mapping[str, bytes | None]) -> Tree:
    """The minimal workspace with these files laid over it; None takes a file away."""
    tree = minimal_tree()
    kept = [file for path, file in tree.files.items() if path not in files]
    added = [text_file(path, data) for path, data in files.items() if data is not None]
    return tree_of([*kept, *added])


def text_file(path: str, data: bytes) -> File:
    return File(path, len(data), f"sha256:{hashlib.sha256(data).hexdigest()}", data)


def example_files(example: str) -> dict[str, bytes | None]:
    """The files of a rule's example: paths inside the program, or with a leading slash inside the workspace.

    `-- path (change) --` alters a file of the minimal workspace: lines with `-` go, lines with `+` come in their place.
    """
    files: dict[str, bytes | None] = {}
    for name, text in sections(example):
        path = name.removesuffix(CHANGE)
        path = path[1:] if path.startswith("/") else f"{PROGRAM}/{path}"
        files[path] = _changed(path, text) if name.endswith(CHANGE) else text.encode()
    return files


def _changed(path: str, change: str) -> bytes:
    """The file with each run of `-` lines replaced by the `+` lines that follow it; `+` lines alone come at its end."""
    data = minimal_tree().files[path].data
    assert data is not None
    text = data.decode()
    old: list[str] = []
    new: list[str] = []
    for line in [*change.splitlines(), "-"]:
        if line.startswith("-") and new:
            before, after = "".join(old), "".join(new)
            assert not old or text.count(before) == 1, f"{path} holds the lines to change {text.count(before)} times"
            text = text.replace(before, after) if old else text + after
            old, new = [], []
        assert line[:1] in ("-", "+"), f"neither - nor +: {line}"
        (old if line.startswith("-") else new).append(f"{line[1:]}\n")
    return text.encode()


def compiled(files: Mapping[str, bytes | None]) -> Compiled:
    return compile_tree(overlaid(files), (), TODAY)


@cache
def minimal_tree() -> Tree:
    tree, found = read(MINIMAL)
    assert not found
    return tree
