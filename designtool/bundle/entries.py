"""A part of a YAML file of entries, each under its own id: some of the entries, with every byte as the author wrote it."""

from __future__ import annotations

from collections.abc import Collection

from designtool.load.document import pointer
from designtool.load.yaml_file import ParsedYaml, parse_yaml


def entries_of(path: str, data: bytes, ids: Collection[str]) -> bytes | None:
    """The file with the entries in `ids` and no others; None when none of them is left.

    Comments at the head of the file stay; those right above an entry go with it. A file that is not written an entry below the
    other is given whole.
    """
    parsed = parse_yaml(path, data)
    if not parsed.readable or not isinstance(parsed.data, dict):
        return data
    kept = {id: value for id, value in parsed.data.items() if id in ids}
    if len(kept) == len(parsed.data):
        return data
    if not kept:
        return None
    part = _cut(data, parsed, kept, with_head=True)
    again = parse_yaml(path, part)
    return part if again.readable and again.data == kept else data


def joined(path: str, own: bytes, other: bytes) -> bytes | None:
    """`own` with those entries of `other` below it that it lacks; what stands in both stays as `own` has it.

    None when one of them is not written an entry below the other.
    """
    mine, theirs = parse_yaml(path, own), parse_yaml(path, other)
    if not (mine.readable and theirs.readable and isinstance(mine.data, dict) and isinstance(theirs.data, dict)):
        return None
    lacking = {id: value for id, value in theirs.data.items() if id not in mine.data}
    if not lacking:
        return own
    line_break = b"" if own.endswith(b"\n") else b"\n"
    whole = own + line_break + _cut(other, theirs, lacking, with_head=False)
    again = parse_yaml(path, whole)
    return whole if again.readable and again.data == {**mine.data, **lacking} else None


def said_otherwise(path: str, own: bytes, other: bytes) -> bool:
    """Whether an entry stands in both files and says something else in each."""
    mine, theirs = parse_yaml(path, own).data, parse_yaml(path, other).data
    return any(mine[id] != theirs[id] for id in mine.keys() & theirs.keys())


def _cut(data: bytes, parsed: ParsedYaml, kept: Collection[str], *, with_head: bool) -> bytes:
    lines = data.splitlines(keepends=True)
    starts = sorted((parsed.keys[pointer(id)][0] - 1, id) for id in parsed.data)
    begins = [starts[0][0], *(_with_comments(lines, start) for start, _ in starts[1:])]
    ends = [*begins[1:], len(lines)]
    shown = [
        line
        for (_, id), begin, end in zip(starts, begins, ends, strict=True)
        if id in kept
        for line in lines[begin:end]
    ]
    return b"".join([*(lines[: begins[0]] if with_head else ()), *shown])


def _with_comments(lines: list[bytes], start: int) -> int:
    """Where the comments begin that stand right above a line."""
    while lines[start - 1].startswith(b"#"):
        start -= 1
    return start
