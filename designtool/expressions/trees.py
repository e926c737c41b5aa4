"""Walks over compiled trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LOOKS_BACK = frozenset({"change", "previous", "baseline", "this_week", "week", "days_since"})
"""Functions that see more than the present copy of a form: earlier copies, or the day."""


def references_of(tree: Any) -> Iterator[tuple[str, str]]:
    """Every (form, name) that a tree reads, in the order of the tree; a diary's entries as such have no name."""
    if tree[0] in ("ref", "cells"):
        yield (tree[1], tree[2])
    elif tree[0] == "column":
        yield (tree[1], tree[3])
    for branch in tree[1:]:
        if isinstance(branch, list | tuple) and tree[0] != "column":
            yield from references_of(branch)


def called(tree: Any) -> Iterator[str]:
    """The name of every function in a tree."""
    if tree[0] == "call":
        yield tree[1]
    for branch in tree[1:]:
        if isinstance(branch, list | tuple) and tree[0] != "column":
            yield from called(branch)


def paired(tree: Any) -> Any:
    """The tree, each column told which others over the same days must have a value for an entry to count."""
    columns: dict[tuple[str, int], set[str]] = {}
    for part in _parts(tree):
        if part[0] == "column":
            columns.setdefault((part[1], part[2]), set()).add(part[3])

    def with_pairs(part: Any) -> Any:
        if not isinstance(part, list):
            return part
        if part[0] == "column":
            return [*part[:4], sorted(columns[part[1], part[2]])]
        return [with_pairs(element) for element in part]

    return with_pairs(tree)


def _parts(tree: Any) -> Iterator[list[Any]]:
    if isinstance(tree, list):
        yield tree
        for branch in tree[1:]:
            yield from _parts(branch)
