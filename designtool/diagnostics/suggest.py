"""Did you mean: the nearest of the names that exist."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The most similar name, if one is near enough to be a slip: about one wrong letter in three."""
    known = sorted(set(names))
    # A file's name or path is written where its id is meant.
    stem = word.rsplit("/", 1)[-1].split(".", 1)[0]
    if stem != word and stem in known:
        return stem
    best: tuple[int, str] | None = None
    for name in known:
        limit = max(1, min(len(word), len(name)) // 3)
        distance = _distance(word.lower(), name.lower(), limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, name)
    return best[1] if best else None


def _distance(a: str, b: str, limit: int) -> int:
    """Edits between two words (a swap of neighbours counts as one); stops counting above the limit."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, previous = previous, row
    return previous[-1]
