"""What answers can make of a condition: met by some, by none or by all of them, proved and with answers that show it.

Every combination of answers is tried where they are few (`exhaustive`). Of a number or a text that is only held against
written ones, one value between each two of those stands for all others. The items that a score alone reads are counted
together: sums that come out the same are one case. Where that is too much, and for what is known of earlier days,
ranges decide (`intervals`); they never say `never-met` wrongly. What neither settles is `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, islice, pairwise, product
from math import ceil, floor
from typing import Any, Literal

from designtool.expressions.evaluate import Reference, branches, evaluate, tree_of
from designtool.expressions.expression import Environment, Expression, Record, TimeOfDay, Type, Value
from designtool.expressions.trees import called, references_of
from designtool.expressions.types import (
    NUMBER,
    TEXT,
    TRUTH,
    arithmetic_type,
    call_type,
    comparison_outcomes,
    joined,
    negated,
    number_type,
)

MOST_CASES = 20_000
"""So many combinations of answers are tried one by one."""
_MOST_SUMS = 4_000
_FEW_SAMPLES = 10
_MOST_SAMPLES = 300
_MOST_SPLITS = 256
_MOST_SUBSETS = 6
_TODAY = date(2026, 1, 5)
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_WRITTEN = frozenset({"number", "text", "date", "time"})
_AS_IT_IS = frozenset({"answered", "missing", "count_answered", "this_week"})
_HISTORY = frozenset({"change", "previous", "baseline", "week", "days_since", "clock_span"})
_ANYTHING: frozenset[bool | None] = frozenset({True, False, None})
THIS_WEEK = "this week"
"""In place of a name: whether the form was answered this week."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that a person answers: any value of the type, or nothing."""

    type: Type
    whole: bool = False
    """Only whole numbers."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A score that adds up what the answers to its items count for."""

    parts: Mapping[Reference, Mapping[Value, tuple[Fraction, Fraction]]] = field(hash=False)
    """Item to each answer that it can have, to the points and the weight that the answer counts for."""
    value: Callable[[int, Fraction, Fraction], Fraction | None] = field(compare=False)
    """The score by how many items are answered, their points and their weight; None where that is too little."""
    type: Type


@dataclass(frozen=True, slots=True)
class Worked:
    """Something that is worked out in a way that is not followed here: any value of the type, or nothing."""

    type: Type


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a questionnaire in which some are asked for some answers alone, or a field that is shown for some."""

    item: Reference
    values: tuple[Value, ...]
    condition: Sequence[Any] | None = None
    """The tree of what decides it; it reads earlier items alone. None: it is always asked."""
    when_hidden: Value = None
    """What it counts as when it is not asked."""
    answer: Answer | None = None
    """Of a field: what can be answered while it is shown."""


Domain = Answer | Sum | Worked
Kind = Literal["can-be-met", "never-met", "always-met", "unknown"]


@dataclass(frozen=True, slots=True)
class Proof:
    kind: Kind
    method: Literal["exhaustive", "intervals"]
    witness: Mapping[Reference, Value] | None = field(default=None, hash=False)
    """Answers, and the scores that they give, with which the condition comes out as `kind` says: of one that is never met,
    those that meet most of its parts. `environment_of` makes the environment in which they can be seen to."""


def prove(
    expression: Expression | Sequence[Any],
    domains: Mapping[Reference, Domain],
    items: Sequence[Asked] = (),
    fields: Sequence[Asked] = (),
) -> Proof:
    """What the answers in `domains` can make of a condition. What it reads and has no domain can be anything.

    `always-met` looks away from what is unanswered, unless the condition itself asks whether there is an answer.
    `items`: all items, in their order, of questionnaires in which some are asked for some answers alone.
    `fields`: those of exercises that are shown for some answers alone, each after those that decide it.
    """
    return _Search(tree_of(expression), domains, items, fields).proof()


def possible_values(
    sum: Sum, items: Sequence[Asked] = (), answered_in_full: bool = False
) -> frozenset[Fraction] | None:
    """Every value that a score can have, those worked out with answers missing too; None where they are too many.

    `answered_in_full`: only where everything that is asked is answered.
    """
    states = _sums((sum,), _steps(sum.parts, items), frozenset())
    if states is None:
        return None
    values = (sum.value(*state.sums[0]) for state in states if state.complete or not answered_in_full)
    return frozenset(value for value in values if value is not None)


def answers_without_value(sum: Sum, items: Sequence[Asked]) -> Mapping[Reference, Value] | None:
    """Answers to all that is asked that leave without a value a score that others have; None where there are none, or too
    many cases."""
    states = _sums((sum,), _steps(sum.parts, items), frozenset()) or {}
    complete = {state: chain for state, chain in states.items() if state.complete}
    without = [chain for state, chain in complete.items() if sum.value(*state.sums[0]) is None]
    return dict(reversed(tuple(_unchained(without[0])))) if without and len(without) < len(complete) else None


def sample_values(sum: Sum, items: Sequence[Asked] = ()) -> frozenset[Fraction]:
    """Some of the values of a score: with every item answered, from all lowest to all highest, one step at a time."""
    steps = _steps(sum.parts, items)
    if any(step.condition is not None for step in steps):
        stair = _stair({step.item: step.values for step in steps}, (sum,))
        worked_out = (sum.value(*_added(sum, _as_asked(answers, steps)[0])) for answers in stair)
        return frozenset(value for value in worked_out if value is not None)
    ways = [sorted(way.values()) for way in sum.parts.values()]
    points = weight = Fraction(0)
    for way in ways:
        points, weight = points + way[0][0], weight + way[0][1]
    found = {sum.value(len(ways), points, weight)}
    for way in ways:
        for before, after in pairwise(way):
            points += after[0] - before[0]
            found.add(sum.value(len(ways), points, weight))
    return frozenset(value for value in found if value is not None)


def some_numbers(
    expression: Expression, domains: Mapping[Reference, Domain], items: Sequence[Asked] = ()
) -> frozenset[Fraction]:
    """Numbers that a value really comes to with some answers."""
    search = _Search(tree_of(expression), domains, items)
    given = islice(search.samples(), _MOST_SAMPLES)
    settled = (search.settled(one) for one in given)
    return search.numbers(_worked_out(search.sums, answers) for answers, complete in settled if complete)


def all_numbers(
    expression: Expression, domains: Mapping[Reference, Domain], items: Sequence[Asked] = ()
) -> frozenset[Fraction] | None:
    """Every number that a value can come to where everything that is asked is answered; None where the cases are too many."""
    search = _Search(tree_of(expression), domains, items)
    cases = search.cases() if search.exact else None
    if cases is None:
        return None
    return search.numbers(case for case, complete in cases if complete)


def range_of(tree: Sequence[Any], domains: Mapping[Reference, Domain]) -> Type:
    """The numbers that a tree can come to: at least every one that really can come."""
    return _number(tree, {}, domains)


def environment_of(witness: Mapping[Reference, Value]) -> Environment:
    """An environment in which each form was filled in once, with these answers."""
    forms: dict[str, dict[str, Value]] = {}
    earlier = {form for (form, name), value in witness.items() if name == THIS_WEEK and value is False}
    for (form, name), value in witness.items():
        forms.setdefault(form, {})
        if name != THIS_WEEK:
            forms[form][name] = value
    return Environment(
        today=_TODAY,
        start=_TODAY - timedelta(days=28),
        records={
            form: (Record(_TODAY - timedelta(days=14 if form in earlier else 0), None, values),)
            for form, values in forms.items()
        },
    )


class _Search:
    def __init__(
        self,
        tree: Sequence[Any],
        domains: Mapping[Reference, Domain],
        items: Sequence[Asked],
        fields: Sequence[Asked] = (),
    ) -> None:
        self.tree = tree
        self.domains = domains
        self.fields = fields
        # What decides whether a field is shown is answered too.
        considered = ("and", tree, *(one.condition for one in fields)) if fields else tree
        read = dict.fromkeys(references_of(considered))
        self.sums = {name: domain for name in read if isinstance(domain := domains.get(name), Sum)}
        self.followed = not _has_history(tree) and all(isinstance(domains.get(name), Answer | Sum) for name in read)
        self.choices: dict[Reference, tuple[Value, ...]] = {}
        self.exact = self.followed
        shown = {field.item: field.answer for field in fields}
        for name in read:
            domain = shown.get(name) or domains.get(name)
            if isinstance(domain, Answer):
                self.choices[name], exact = _values_of(name, domain, considered)
                self.exact = self.exact and exact
        for form in _asked_this_week(tree):
            self.choices[form, THIS_WEEK] = (True, False)
        parts = {item: ways for sum in self.sums.values() for item, ways in sum.parts.items()}
        self.steps = _steps({item: ways for item, ways in parts.items() if item not in self.choices}, items, read)
        self.decided = any(step.condition is not None for step in self.steps)
        self.asks = not self.followed or any(part in _AS_IT_IS for part in called(tree))
        self.met: Mapping[Reference, Value] | None = None
        self.unmet: Mapping[Reference, Value] | None = None
        self.nearest: Mapping[Reference, Value] | None = None
        self.closeness: tuple[bool, int, tuple[bool, ...]] = (False, 0, ())

    def proof(self) -> Proof:
        # Most conditions can be met, and the first few answers show it.
        samples = self.samples()
        for amount in (_FEW_SAMPLES, _MOST_SAMPLES):
            for given in islice(samples, amount):
                answers, complete = self.settled(given)
                self.look_at(_worked_out(self.sums, answers), complete)
                if self.met is not None and (self.unmet is not None or not self.exact):
                    is_always = not self.exact and self.is_always_by_ranges()
                    return (
                        Proof("always-met", "intervals") if is_always else Proof("can-be-met", "exhaustive", self.met)
                    )
            if amount == _FEW_SAMPLES and True not in _truths(self.tree, {}, self.domains):
                return Proof("never-met", "intervals", self.nearest)
        if self.exact and (cases := self.cases()) is not None:
            for case, complete in cases:
                self.look_at(case, complete)
            if self.met is None:
                return Proof("never-met", "exhaustive", self.nearest)
            return Proof("can-be-met" if self.unmet is not None else "always-met", "exhaustive", self.met)
        if self.met is not None:
            return Proof("can-be-met", "exhaustive", self.met)
        if self.is_never_by_splitting():
            return Proof("never-met", "intervals", self.nearest)
        return Proof("always-met" if self.is_always_by_ranges() else "unknown", "intervals")

    def is_always_by_ranges(self) -> bool:
        """Whether no value that the answers can have makes it false. What asks for an answer is met only by there being one."""
        if _has_history(self.tree) or not _AS_IT_IS.isdisjoint(called(self.tree)):
            return False
        return False not in _truths(self.tree, {}, self.domains)

    def look_at(self, case: Mapping[Reference, Value], complete: bool) -> None:
        environment = environment_of(case)
        came = evaluate(self.tree, environment) is True
        if came:
            if self.met is None:
                self.met = case
            return
        if complete or self.asks:
            self.unmet = case
        parts = self.tree[1:] if self.tree[0] == "and" else ()
        met = tuple(evaluate(part, environment) is True for part in parts)
        closeness = (complete, sum(met), met)
        if self.nearest is None or closeness > self.closeness:
            self.closeness, self.nearest = closeness, case

    def settled(self, given: Mapping[Reference, Value]) -> tuple[Mapping[Reference, Value], bool]:
        """The answers without those to what is not asked or shown, and whether all that is, is answered."""
        answers, left_out = _as_asked(given, self.steps) if self.decided else (given, frozenset())
        answers, hidden = self.as_shown(answers)
        return answers, all(value is not None or name in left_out | hidden for name, value in answers.items())

    def as_shown(self, answers: Mapping[Reference, Value]) -> tuple[Mapping[Reference, Value], frozenset[Reference]]:
        """The answers with what hidden fields count as, and which these are. A condition that is unknown hides."""
        if not self.fields:
            return answers, frozenset()
        found, hidden = dict(answers), set()
        for one in self.fields:
            if one.condition is not None and evaluate(one.condition, environment_of(found)) is not True:
                found[one.item] = one.when_hidden
                hidden.add(one.item)
        return found, frozenset(hidden)

    def numbers(self, cases: Iterable[Mapping[Reference, Value]]) -> frozenset[Fraction]:
        values = (evaluate(self.tree, environment_of(case)) for case in cases)
        return frozenset(value for value in values if isinstance(value, Fraction))

    def samples(self) -> Iterator[Mapping[Reference, Value]]:
        """Some answers: all from the lowest to the highest together, then each combination beside such a stair."""
        others = {step.item: step.values for step in self.steps if step.item not in self.choices}
        yield from _stair({**self.choices, **others}, tuple(self.sums.values()))
        rest = tuple(_stair(others, tuple(self.sums.values())))
        for values in product(*((*values, None) for values in self.choices.values())):
            chosen = dict(zip(self.choices, values, strict=True))
            for answers in rest:
                yield {**chosen, **answers}

    def cases(self) -> Iterable[tuple[Mapping[Reference, Value], bool]] | None:
        """Every case: its answers and scores, and whether all is answered; None where they are too many."""
        stepped = {step.item for step in self.steps}
        free = {name: values for name, values in self.choices.items() if name not in stepped}
        count = 1
        for name, values in free.items():
            count *= len(values) + (name[1] != THIS_WEEK)
        if count > MOST_CASES:
            return None
        states = _sums(tuple(self.sums.values()), self.steps, frozenset(self.choices))
        if states is None or count * len(states) > MOST_CASES:
            return None
        return self.every_case(free, states)

    def every_case(
        self, free: Mapping[Reference, tuple[Value, ...]], states: Mapping[_State, _Chain]
    ) -> Iterator[tuple[Mapping[Reference, Value], bool]]:
        ways = ((*values, None) if name[1] != THIS_WEEK else values for name, values in free.items())
        for values in product(*ways):
            chosen, hidden = self.as_shown(dict(zip(free, values, strict=True)))
            answered_all = all(value is not None or name in hidden for name, value in chosen.items())
            own = tuple(_added(rule, chosen) for rule in self.sums.values())
            for state, chain in states.items():
                answers = {**chosen, **dict(_unchained(chain))}
                complete = state.complete and answered_all
                case: dict[Reference, Value] = dict(answers)
                unfinished: dict[Reference, Value] = {}
                for (name, rule), one, other in zip(self.sums.items(), own, state.sums, strict=True):
                    answered = one[0] + other[0]
                    case[name] = rule.value(answered, one[1] + other[1], one[2] + other[2])
                    if case[name] is not None and answered < len(rule.parts):
                        unfinished[name] = None
                yield case, complete
                if unfinished:
                    # While somebody still writes, what would be prorated is missing.
                    yield {**case, **unfinished}, False

    def is_never_by_splitting(self) -> bool:
        """Each combination of the answers that can be told apart, with ranges for all the rest."""
        ways: dict[Reference, tuple[Value, ...]] = {}
        count = 1
        for name, values in self.choices.items():
            domain = self.domains.get(name)
            finite = isinstance(domain, Answer) and _values_of(name, domain, self.tree)[1]
            if finite and count * (len(values) + 1) <= _MOST_SPLITS:
                ways[name] = (*values, None)
                count *= len(values) + 1
        return all(
            True not in _truths(self.tree, dict(zip(ways, values, strict=True)), self.domains)
            for values in product(*ways.values())
        )


# Answers


def _values_of(name: Reference, answer: Answer, tree: Sequence[Any]) -> tuple[tuple[Value, ...], bool]:
    """Values that an answer can have, and whether they stand for all that it can have as far as the tree can tell."""
    type = answer.type
    if type.kind == "truth":
        return (False, True), True
    if type.kind == "number" and type.values:
        return type.values, True
    if type.kind == "choice" and type.options:
        return type.options, True
    if type.kind == "choices" and type.options:
        sizes = range(1, len(type.options) + 1) if len(type.options) <= _MOST_SUBSETS else (1, len(type.options))
        sets = tuple(frozenset(some) for size in sizes for some in combinations(type.options, size))
        return sets, len(type.options) <= _MOST_SUBSETS
    if type.kind in ("choices", "rows"):
        return (), False
    written = _held_against(name, tree)
    exact = written is not None
    values = [evaluate(one, environment_of({})) for one in written or ()]
    if type.kind == "number":
        return _number_values([value for value in values if isinstance(value, Fraction)], answer), exact
    if type.kind == "time":
        times = [value.minutes for value in values if isinstance(value, TimeOfDay)] or [720]
        near = {minute + step for minute in times for step in (-1, 0, 1)}
        return tuple(TimeOfDay(minute) for minute in sorted(near) if 0 <= minute < 1440), exact
    if type.kind == "date":
        dates = [value for value in values if isinstance(value, date)] or [_TODAY]
        return tuple(sorted({day + timedelta(days=step) for day in dates for step in (-1, 0, 1)})), exact
    words = [value for value in values if isinstance(value, str)]
    other = next(word for word in ("text", *(f"text{number}" for number in range(len(words) + 1))) if word not in words)
    return (*dict.fromkeys(words), other), exact


def _number_values(written: Iterable[Fraction], answer: Answer) -> tuple[Fraction, ...]:
    """The written numbers, the ends of the range, and one number between each two of these, within the range."""
    low, high = answer.type.low, answer.type.high
    cuts = sorted({*written, *(end for end in (low, high) if end is not None)} or {Fraction(0)})
    found = {*cuts, Fraction(floor(cuts[0]) - 1), Fraction(ceil(cuts[-1]) + 1)}
    for a, b in pairwise(cuts):
        whole = Fraction(floor(a) + 1)
        found.add(whole if whole < b or answer.whole else (a + b) / 2)
    return tuple(
        value
        for value in sorted(found)
        if (low is None or value >= low)
        and (high is None or value <= high)
        and (not answer.whole or value.denominator == 1)
    )


def _held_against(name: Reference, tree: Sequence[Any]) -> list[Sequence[Any]] | None:
    """The written values that an answer is compared with; None where something else is done with it."""
    operator = tree[0]
    if operator in ("ref", "cells", "column"):
        return None if name in references_of(tree) else []
    if operator in _WRITTEN or operator in ("extra", "entries"):
        return []
    parts = branches(tree)
    own = [part for part in parts if part[0] == "ref" and (part[1], part[2]) == name]
    if operator == "call" and tree[1] in ("answered", "missing", "count_answered"):
        parts = [part for part in parts if part not in own]
    elif operator in _COMPARISONS or operator == "in":
        if own and not all(part[0] in _WRITTEN for part in parts if part not in own):
            return None
        if own:
            return [part for part in parts if part not in own]
    elif own:
        return None
    found: list[Sequence[Any]] = []
    for part in parts:
        inner = _held_against(name, part)
        if inner is None:
            return None
        found += inner
    return found


def _has_history(tree: Sequence[Any]) -> bool:
    """Whether the tree looks at more than the present copy of each form."""
    if tree[0] in ("column", "entries", "cells", "extra") or (tree[0] == "call" and tree[1] in _HISTORY):
        return True
    return any(_has_history(part) for part in branches(tree))


def _asked_this_week(tree: Sequence[Any]) -> frozenset[str]:
    if tree[0] == "call" and tree[1] == "this_week":
        return frozenset({tree[2][1]})
    return frozenset(form for part in branches(tree) for form in _asked_this_week(part))


# Sums

_Added = tuple[int, Fraction, Fraction]
"""How many items of a score are answered, their points and their weight."""
_Reached = tuple[Value, bool]
"""What an item came to, and whether it was left out because it is not asked."""


@dataclass(frozen=True, slots=True)
class _State:
    """What answers to the items so far come to, as far as what follows can tell them apart."""

    sums: tuple[_Added, ...]
    complete: bool = True
    """Everything that is asked is answered."""
    kept: tuple[_Reached, ...] = ()
    """Of items that the condition itself reads, or that a later item waits for."""
    decided: tuple[bool | None, ...] = ()
    """Whether later items are asked, where nothing more can change that."""


_Chain = tuple[Any, ...]
"""The answers that lead there: the last one, and the chain before it."""
_NOTHING = (0, Fraction(0), Fraction(0))


def _steps(
    parts: Mapping[Reference, Mapping[Value, Any]], items: Sequence[Asked], read: Iterable[Reference] = ()
) -> tuple[Asked, ...]:
    """The items to go through one after the other: those of sums, and in their order those that are asked or not, when
    they are read, with all that decides it."""
    wanted = {*parts, *read}
    for item in reversed(items):
        if item.condition is not None and item.item in wanted:
            wanted |= set(references_of(item.condition))
    ordered = [item for item in items if item.item in wanted]
    if all(item.condition is None for item in ordered):
        return tuple(Asked(item, tuple(ways)) for item, ways in parts.items())
    known = {item.item for item in ordered}
    return (*ordered, *(Asked(item, tuple(ways)) for item, ways in parts.items() if item not in known))


def _sums(
    rules: Sequence[Sum], steps: Sequence[Asked], choices: frozenset[Reference]
) -> Mapping[_State, _Chain] | None:
    """Everything that answers to these items can add up to, with answers that do; None where that is too much.

    What stands in `choices` is told apart by its answer, not by its points alone.
    """
    states: dict[_State, _Chain] = {_State(tuple(_NOTHING for _ in rules)): ()}
    kept: tuple[Reference, ...] = ()
    decided: tuple[Sequence[Any], ...] = ()
    for number, step in enumerate(steps):
        seen = {one.item for one in steps[: number + 1]}
        waiting: list[Sequence[Any]] = []
        for one in steps[number + 1 :]:
            if one.condition is not None and one.condition not in waiting:
                waiting.append(one.condition)
        now_decided = tuple(one for one in waiting if seen.issuperset(references_of(one)))
        wanted = {name for one in waiting if one not in now_decided for name in references_of(one)} | choices
        keep = tuple(name for name in (*kept, step.item) if name in wanted)
        adds = {
            way: tuple(rule.parts[step.item][way] if step.item in rule.parts else None for rule in rules)
            for way in step.values
        }
        found: dict[_State, _Chain] = {}
        for state, chain in states.items():
            before = dict(zip(kept, state.kept, strict=True))
            outcomes = list(zip(decided, state.decided, strict=True))
            asked = next((outcome for one, outcome in outcomes if one == step.condition), True)
            # An answer before none, so that what is shown is answered in full where that comes to the same.
            for way, not_asked in _ways(step, asked):
                after = {**before, step.item: (way, not_asked)} if waiting or keep else {}
                key = _State(
                    state.sums if way is None else _with(state.sums, adds[way]),
                    state.complete and (way is not None or not_asked),
                    tuple(after[name] for name in keep),
                    tuple(
                        next((outcome for known, outcome in outcomes if known == one), None)
                        if one in decided
                        else _is_asked(one, after)
                        for one in now_decided
                    ),
                )
                found.setdefault(key, (step.item, way, chain))
        if len(found) > _MOST_SUMS:
            return None
        states, kept, decided = found, keep, now_decided
    return states


def _with(sums: tuple[_Added, ...], adds: tuple[tuple[Fraction, Fraction] | None, ...]) -> tuple[_Added, ...]:
    return tuple(
        one if add is None else (one[0] + 1, one[1] + add[0], one[2] + add[1])
        for one, add in zip(sums, adds, strict=True)
    )


def _ways(step: Asked, asked: bool | None) -> tuple[_Reached, ...]:
    """What the item can come to, once it is known whether it is asked."""
    if asked:
        return (*((value, False) for value in step.values), (None, False))
    return ((None, False),) if asked is None else ((step.when_hidden, True),)


def _is_asked(condition: Sequence[Any], before: Mapping[Reference, _Reached]) -> bool | None:
    """None while an answer is missing that could decide it, as the scoring of patients' answers has it."""
    came = evaluate(condition, environment_of({name: value for name, (value, _) in before.items()}))
    if isinstance(came, bool):
        return came
    missing = (before[name] for name in references_of(condition) if before[name][0] is None)
    return False if all(not_asked for _, not_asked in missing) else None


def _as_asked(
    answers: Mapping[Reference, Value], steps: Sequence[Asked]
) -> tuple[Mapping[Reference, Value], frozenset[Reference]]:
    """The answers without those to items that are not asked, and which these are."""
    reached: dict[Reference, _Reached] = {}
    # Several items often wait for the same: what decides it stands before the first of them.
    outcomes: list[tuple[Sequence[Any] | None, bool | None]] = [(None, True)]
    for step in steps:
        if all(condition != step.condition for condition, _ in outcomes):
            assert step.condition is not None
            outcomes.append((step.condition, _is_asked(step.condition, reached)))
        ways = _ways(step, next(outcome for condition, outcome in outcomes if condition == step.condition))
        given = (answers[step.item], False)
        reached[step.item] = given if given in ways else ways[0]
    found = {**answers, **{name: value for name, (value, _) in reached.items()}}
    return found, frozenset(name for name, (_, not_asked) in reached.items() if not_asked)


def _unchained(chain: _Chain) -> Iterator[tuple[Reference, Value]]:
    while chain:
        item, way, chain = chain
        yield item, way


def _added(rule: Sum, answers: Mapping[Reference, Value]) -> tuple[int, Fraction, Fraction]:
    given = [rule.parts[item][answer] for item, answer in answers.items() if item in rule.parts and answer is not None]
    return len(given), sum((one[0] for one in given), Fraction(0)), sum((one[1] for one in given), Fraction(0))


def _worked_out(sums: Mapping[Reference, Sum], answers: Mapping[Reference, Value]) -> Mapping[Reference, Value]:
    """The answers with the scores that they give."""
    return {**answers, **{name: rule.value(*_added(rule, answers)) for name, rule in sums.items()}}


def _stair(ways: Mapping[Reference, tuple[Value, ...]], rules: Sequence[Sum]) -> Iterator[Mapping[Reference, Value]]:
    """All of them lowest, all highest, then from the lowest one after the other raised a step at a time."""
    ordered = {name: _by_points(name, values, rules) for name, values in ways.items() if values}
    now = {name: values[0] for name, values in ordered.items()}
    yield dict(now)
    if any(len(values) > 1 for values in ordered.values()):
        # All highest, and made this week: what asks for this week would else be met late.
        yield {name: values[0] if name[1] == THIS_WEEK else values[-1] for name, values in ordered.items()}
    for name, values in ordered.items():
        for value in values[1:]:
            now[name] = value
            yield dict(now)


def _by_points(name: Reference, values: tuple[Value, ...], rules: Sequence[Sum]) -> tuple[Value, ...]:
    parts = next((rule.parts[name] for rule in rules if name in rule.parts), None)
    return values if parts is None else tuple(sorted(values, key=lambda value: parts[value][0]))


# Ranges


def _truths(
    tree: Sequence[Any], known: Mapping[Reference, Value], domains: Mapping[Reference, Domain]
) -> frozenset[bool | None]:
    """What a condition can come to: at least every outcome that really can come."""
    operator = tree[0]
    if operator in ("and", "or"):
        return _joint(operator, [_truths(part, known, domains) for part in tree[1:]])
    if operator == "not":
        return frozenset(None if part is None else not part for part in _truths(tree[1], known, domains))
    if _is_known(tree, known):
        value = evaluate(tree, environment_of(known))
        return frozenset({value if isinstance(value, bool) else None})
    if operator in _COMPARISONS and _is_number(tree[1], domains) and _is_number(tree[2], domains):
        a, b = (_number(part, known, domains) for part in tree[1:])
        return comparison_outcomes(operator, a, b) | {None}
    if operator == "if":
        return _truths(tree[2], known, domains) | _truths(tree[3], known, domains) | {None}
    return _ANYTHING


def _joint(operator: str, parts: Sequence[frozenset[bool | None]]) -> frozenset[bool | None]:
    settles = operator == "or"
    found: set[bool | None] = {settles for part in parts if settles in part}
    if all((not settles) in part for part in parts):
        found.add(not settles)
    if any(None in part for part in parts) and all(part != {settles} for part in parts):
        found.add(None)
    return frozenset(found)


def _is_known(tree: Sequence[Any], known: Mapping[Reference, Value]) -> bool:
    if _has_history(tree) or _asked_this_week(tree):
        return False
    return all(name in known for name in references_of(tree))


def _is_number(tree: Sequence[Any], domains: Mapping[Reference, Domain]) -> bool:
    operator = tree[0]
    if operator == "ref":
        domain = domains.get((tree[1], tree[2]))
        return domain is not None and domain.type.kind == "number"
    if operator == "call":
        if tree[1] in ("this_week", "previous", "baseline"):
            return _is_number(tree[2], domains)
        return tree[1] not in ("answered", "missing")
    if operator == "if":
        return _is_number(tree[2], domains) and _is_number(tree[3], domains)
    return operator in ("number", "+", "-", "*", "/", "negate")


def _number(tree: Sequence[Any], known: Mapping[Reference, Value], domains: Mapping[Reference, Domain]) -> Type:
    operator = tree[0]
    if operator in ("ref", "column", "cells"):
        name = (tree[1], tree[3] if operator == "column" else tree[2])
        value = known.get(name) if operator == "ref" else None
        if isinstance(value, Fraction):
            return number_type((value,))
        domain = domains.get(name)
        return NUMBER if domain is None or operator == "cells" or domain.type.kind != "number" else domain.type
    if operator == "number":
        return number_type((Fraction(tree[1]),))
    if operator in ("+", "-", "*", "/"):
        a, b = (_number(part, known, domains) for part in tree[1:])
        return arithmetic_type(operator, a, b)
    if operator == "negate":
        return negated(_number(tree[1], known, domains))
    if operator == "if":
        return joined([_number(part, known, domains) for part in tree[2:]])
    if operator == "call":
        arguments = [_argument(part, known, domains) for part in tree[2:]]
        return call_type(tree[1], arguments, tree[2:])
    return NUMBER


def _argument(
    tree: Sequence[Any], known: Mapping[Reference, Value], domains: Mapping[Reference, Domain]
) -> tuple[Type, bool]:
    """The type of an argument, and whether it is a list."""
    if tree[0] == "entries":
        return Type("rows"), False
    if tree[0] in ("ref", "column", "cells"):
        domain = domains.get((tree[1], tree[3] if tree[0] == "column" else tree[2]))
        if domain is not None and domain.type.kind != "number" and tree[0] != "cells":
            return domain.type, tree[0] == "column"
        return (Type("rows") if domain is None else _number(tree, known, domains)), tree[0] != "ref"
    if tree[0] in ("and", "or", "not", "in", "member", *_COMPARISONS):
        return TRUTH, False
    if tree[0] in ("text", "time", "date", "later", "earlier"):
        return TEXT, False
    return _number(tree, known, domains), False
