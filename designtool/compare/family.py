"""Kinds of change that are recognised by the same code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.kind import Kind
from designtool.compare.pair import Pair


@dataclass(frozen=True, slots=True)
class Family:
    kinds: tuple[Kind, ...]
    looks_at: frozenset[tuple[type, str]]
    """The fields (class and name) whose differences it recognises."""
    changes: Callable[[Difference, Pair], Iterator[Change]]
    """What of these kinds a difference is; nothing when it is something else."""
