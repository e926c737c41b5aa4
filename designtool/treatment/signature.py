"""Which answers to a questionnaire come to the same scores and flags, so that those of many people are worked out once.

A person's submitted answers are summed to one number, their signature, without a fraction being touched. Answers with the
same signature have the same scores and flags, and the same items were answered though they are not asked: `score` remains
the one that says which, and is asked once a signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from designtool.expressions.expression import Value
from designtool.model.questionnaire import Item, Questionnaire, Score
from designtool.treatment.scoring import (
    DECLINED,
    NOT_ASKED,
    NOTHING_AROUND,
    counted_items,
    points,
    take_away_hidden,
)

UNANSWERED, DECLINED_CODE, _NOT_ASKED, _UNKNOWN = -1, -2, -3, -4
"""What else than one of its options an item can have: nothing, a refusal to answer, nothing since it is not asked, and nothing
since it is not known whether it is asked. An option is known by its place among the options."""
_KINDS = 4
_MOST_CONDITIONS = 10_000

_Worth = Callable[[int, int], int]
"""What an item (its place) with a code adds to one of the sums that a score or flag hangs on."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of one questionnaire. A code is the place of an option, UNANSWERED or DECLINED_CODE."""

    _questionnaire: Questionnaire
    _parts: tuple[tuple[int, ...], ...]
    """By item and code; a code below zero counts from the end."""
    _unit: int
    """Above every sum of parts: room for which items were answered though they are not asked."""
    _conditional: tuple[int, ...]
    """The items that are not always asked."""
    _read: tuple[int, ...]
    """The items that their conditions read."""
    _asked: dict[tuple[int, ...], tuple[int | None, ...]] = field(default_factory=dict)
    """What was worked out before, by the codes of those."""

    def of(self, codes: Sequence[int]) -> int:
        """The signature of a code for each item, in the order of the items."""
        unasked = 0
        if self._conditional:
            codes, unasked = self._as_asked(codes)
        return sum([part[code] for part, code in zip(self._parts, codes, strict=True)]) + self._unit * unasked

    def _as_asked(self, codes: Sequence[int]) -> tuple[list[int], int]:
        """What is not asked loses its answer, and counts as what the item says; and a bit for each that lost one."""
        key = tuple([codes[place] for place in self._read])
        if key not in self._asked:
            if len(self._asked) >= _MOST_CONDITIONS:
                self._asked.clear()
            self._asked[key] = self._worked_out(codes)
        found, unasked = list(codes), 0
        for place, code in zip(self._conditional, self._asked[key], strict=True):
            if code is not None:
                unasked |= (codes[place] != UNANSWERED) << place
                found[place] = code
        return found, unasked

    def _worked_out(self, codes: Sequence[int]) -> tuple[int | None, ...]:
        """The codes of the items that are not always asked, as `score` takes them; None for one that is asked."""
        items = self._questionnaire.items
        read = [(items[place], codes[place]) for place in self._read]
        values: dict[str, Value] = {item.id: _answer(item, code) for item, code in read if code >= 0}
        statuses = {item.id: DECLINED for item, code in read if code == DECLINED_CODE}
        hidden = take_away_hidden(self._questionnaire, values, statuses, NOTHING_AROUND)
        found: list[int | None] = []
        for place in self._conditional:
            item = items[place]
            if item.id not in hidden:
                found.append(None)
            elif statuses.get(item.id) != NOT_ASKED:
                found.append(_UNKNOWN)
            elif item.when_hidden is None:
                found.append(_NOT_ASKED)
            else:
                found.append(_option_values(item).index(item.when_hidden))
        return tuple(found)


def signatures_of(questionnaire: Questionnaire) -> Signatures | None:
    """None for a questionnaire that is not as the compiler lets one be: `score` alone knows what to make of it."""
    items = questionnaire.items
    ids = [item.id for item in items] + [rule.id for rule in questionnaire.scores]
    if len(set(ids)) < len(ids) or any(not _is_plain(item) for item in items):
        return None
    place = {item.id: at for at, item in enumerate(items)}
    counted = [rule.items for rule in questionnaire.scores]
    if any(len(set(ids)) < len(ids) or not set(ids) <= place.keys() for ids in counted):
        return None
    sums = [_parts(items, worth) for worth in _worths(questionnaire, place)]
    # Each sum has a stretch of its own in the number, as digits have.
    parts = [[0] * (len(item.options) + _KINDS) for item in items]
    unit = 1
    for one in sums:
        for item, codes in enumerate(one):
            least = min(codes)
            for code, worth in enumerate(codes):
                parts[item][code] += unit * (worth - least)
        unit *= 1 + sum(max(codes) - min(codes) for codes in one)
    conditional = tuple(at for at, item in enumerate(items) if item.show_if is not None)
    read = {place[name] for item in items if item.show_if is not None for _, name in item.show_if.references}
    return Signatures(questionnaire, tuple(map(tuple, parts)), unit, conditional, tuple(sorted(read)))


def _is_plain(item: Item) -> bool:
    values = _option_values(item)
    whole = all(isinstance(value, int) for value in values)
    return bool(values) and whole and len(set(values)) == len(values) and item.when_hidden in (None, *values)


def _option_values(item: Item) -> tuple[int, ...]:
    return tuple(option.value for option in item.options)  # type: ignore[misc]


def _answer(item: Item, code: int) -> Fraction:
    return Fraction(_option_values(item)[code])


def _parts(items: Sequence[Item], worth: _Worth) -> list[list[int]]:
    """By item and code, those below zero last, as Python counts from the end."""
    return [
        [worth(at, code) for code in (*range(len(item.options)), *range(-_KINDS, 0))] for at, item in enumerate(items)
    ]


def _worths(questionnaire: Questionnaire, place: Mapping[str, int]) -> Iterator[_Worth]:
    """Everything that the scores and flags of submitted answers without a history hang on."""
    items, rules = questionnaire.items, {rule.id: rule for rule in questionnaire.scores}
    own = [name for flag in questionnaire.flags for form, name in flag.when.references if form == questionnaire.id]
    for rule in questionnaire.scores:
        counted = {place[id] for id in counted_items(rule, questionnaire)}
        yield _answered(counted)
        if rule.method == "expression":
            references = () if rule.value is None else rule.value.references
            own += [name for form, name in references if form == questionnaire.id]
        else:
            yield from _sums(rule, items, counted)
    for name in own:
        if name in rules and rules[name].method != "expression":
            yield from _reachable(rules[name], items, {place[id] for id in rules[name].items})
    asked_about = {place[name] for name in own if name in place}
    asked_about |= {at for at, item in enumerate(items) if item.risk}
    for at in sorted(asked_about):
        yield _itself(at)


def _answered(counted: set[int]) -> _Worth:
    return lambda at, code: int(at in counted and code >= 0)


def _itself(place: int) -> _Worth:
    return lambda at, code: code if at == place else 0


def _sums(rule: Score, items: Sequence[Item], counted: set[int]) -> Iterator[_Worth]:
    """The points of the answers, and what these weigh, in a unit in which both are whole."""
    unit = lcm(*(weight.denominator for weight in rule.weights.values()))

    def part(which: int) -> _Worth:
        return lambda at, code: (
            int(points(rule, items[at], _answer(items[at], code))[which] * unit) if at in counted and code >= 0 else 0
        )

    yield part(0)
    yield part(1)


def _reachable(rule: Score, items: Sequence[Item], counted: set[int]) -> Iterator[_Worth]:
    """What the unanswered items could come to at least and at most: a flag can be certain of a score that is missing."""
    unit = lcm(*(weight.denominator for weight in rule.weights.values()))

    def end(which: Callable[[list[Fraction]], Fraction]) -> _Worth:
        return lambda at, code: (
            int(which([points(rule, items[at], Fraction(value))[0] for value in _option_values(items[at])]) * unit)
            if at in counted and code < 0
            else 0
        )

    yield end(min)
    yield end(max)
