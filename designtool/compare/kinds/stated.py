"""Kinds that are told by the field alone: whatever differs there is of that kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.pair import Pair


def stated(kind: Kind, fields: Iterable[tuple[type, str]], is_text: bool = False) -> Family:
    """The family of one such kind, whose message may name the `{field}`."""

    def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
        yield pair.change(kind, difference, is_text=is_text, field=difference.field)

    found: Callable[[Difference, Pair], Iterator[Change]] = changes
    return Family((kind,), frozenset(fields), found)
