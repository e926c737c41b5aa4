"""What an earlier assembling made, used again where everything that it was made from is the very same value.

Values are frozen, so that the same object means the same content. Nothing is guessed from times or sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from designtool.diagnostics import Diagnostic
from designtool.model.findings import Findings

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Made:
    """A value, what was found while it was made, and everything that it was made from."""

    made_from: tuple[object, ...]
    value: Any
    found: tuple[Diagnostic, ...]


NOTHING: Mapping[tuple[str, ...], Made] = MappingProxyType({})


@dataclass(slots=True)
class Reuse:
    """Lives through one assembling: `now` becomes the `before` of the next."""

    before: Mapping[tuple[str, ...], Made]
    now: dict[tuple[str, ...], Made] = field(default_factory=dict)

    def made(
        self,
        key: tuple[str, ...],
        made_from: tuple[object, ...],
        findings: Findings,
        make: Callable[[Findings], Value],
    ) -> Value:
        """The earlier value under `key` when it was made from these same objects; else a new one. `made_from` names
        all that `make` looks at besides the broken files, which are part of every comparison."""
        made_from = (self.same(("broken",), findings.broken_files), *made_from)
        made = self.before.get(key)
        if made is None or not _are_same(made.made_from, made_from):
            own = Findings(findings.broken_files)
            made = Made(made_from, make(own), tuple(own.found))
        self.now[key] = made
        findings.found += made.found
        value: Value = made.value
        return value

    def same(self, key: tuple[str, ...], value: Value) -> Value:
        """The earlier object under `key` if it is equal to `value`, so that what was made from it can be used again."""
        made = self.before.get(key)
        kept: Value = made.value if made is not None and made.value == value else value
        self.now[key] = Made((), kept, ())
        return kept


def _are_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
