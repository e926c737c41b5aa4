"""What an expression is worth, given what has been answered. None is missing, and of a condition: unknown.

Pure and exact: the browser's evaluator works the same trees out to the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from designtool.expressions.expression import Environment, Expression, Record, TimeOfDay, Type, Value
from designtool.expressions.types import (
    bounded,
    ceiled,
    compared,
    rounded,
)
from designtool.expressions.values import from_json

MINUTES_A_DAY = 1440
_TWO, _THREE = 120, 180
_ORDERED = (Fraction, date, TimeOfDay)

Reference = tuple[str, str]
"""Form and name."""


def evaluate(expression: Expression | Sequence[Any], environment: Environment) -> Value:
    """The value of an expression (or of its tree), None where what is missing leaves it open."""
    return Evaluation(environment, {}).value(tree_of(expression))


def missing_in(expression: Expression | Sequence[Any], environment: Environment) -> tuple[Reference, ...]:
    """The (form, name) whose absence leaves the expression without a value, sorted; none when it has one.

    An earlier value that does not exist (`change`, `previous`, `baseline`) is not listed: nobody can answer it now.
    """
    return tuple(sorted(set(_missing(tree_of(expression), Evaluation(environment, {})))))


def tree_of(expression: Expression | Sequence[Any]) -> Sequence[Any]:
    return expression.tree if isinstance(expression, Expression) else expression


class Evaluation:
    """One working-out. `assumed` are values taken for missing answers of the present copies."""

    def __init__(self, environment: Environment, assumed: Mapping[Reference, Value]) -> None:
        self.environment = environment
        self.assumed = assumed

    def value(self, tree: Sequence[Any]) -> Value:
        return _OPERATIONS[tree[0]](self, tree)

    def number(self, tree: Sequence[Any]) -> Fraction | None:
        value = self.value(tree)
        return value if isinstance(value, Fraction) else None

    # What the environment holds

    def present_record(self, form: str) -> Record | None:
        """The copy that is being filled in, or the latest finished one."""
        environment = self.environment
        if form == environment.own and environment.draft is not None:
            return environment.draft
        records = environment.records.get(form, ())
        return records[-1] if records else None

    def earlier_records(self, form: str) -> Sequence[Record]:
        """The finished copies before the present one, oldest first."""
        records = self.environment.records.get(form, ())
        return records if form == self.environment.own and self.environment.draft is not None else records[:-1]

    def present(self, form: str, name: str) -> Value:
        summaries = self.environment.summaries.get(form, {})
        found: Value
        if name in summaries:
            found = summaries[name]
        else:
            record = self.present_record(form)
            found = None if record is None else record.values.get(name)
        return self.assumed.get((form, name)) if found is None else found

    def last_entries(self, diary: str, days: int) -> list[Record]:
        today = self.environment.today
        first = today - timedelta(days=days - 1)
        return [record for record in self.environment.records.get(diary, ()) if first <= record.dated <= today]

    def listed(self, trees: Sequence[Sequence[Any]]) -> Iterator[Value]:
        """The values of arguments, each list among them with all of its own."""
        for tree in trees:
            if tree[0] == "column":
                _, diary, days, name, pairs = tree
                for record in self.last_entries(diary, days):
                    if all(record.values.get(pair) is not None for pair in pairs):
                        yield record.values.get(name)
            elif tree[0] == "cells":
                _, form, table, column = tree
                rows = self.present(form, table)
                for row in rows if isinstance(rows, tuple) else ():
                    yield row.get(column)
            elif tree[0] == "entries":
                for record in self.last_entries(tree[1], tree[2]):
                    yield (record.values,)
            else:
                yield self.value(tree)

    def numbers(self, trees: Sequence[Sequence[Any]]) -> list[Fraction]:
        return [value for value in self.listed(trees) if isinstance(value, Fraction)]

    # Operators

    def truths(self, tree: Sequence[Any]) -> Value:
        """`and` is settled by one false, `or` by one true; otherwise one unknown leaves it unknown."""
        settles: bool = tree[0] == "or"
        values = [self.value(part) for part in tree[1:]]
        if any(value is settles for value in values):
            return settles
        return not settles if all(value is (not settles) for value in values) else None

    def opposite(self, tree: Sequence[Any]) -> Value:
        value = self.value(tree[1])
        return not value if isinstance(value, bool) else None

    def comparison(self, tree: Sequence[Any]) -> Value:
        return _compared(tree[0], self.value(tree[1]), self.value(tree[2]))

    def among(self, tree: Sequence[Any]) -> Value:
        value = self.value(tree[1])
        found = [_compared("==", value, self.value(part)) for part in tree[2:]]
        return True if True in found else None if None in found else False

    def chosen(self, tree: Sequence[Any]) -> Value:
        option, options = self.value(tree[1]), self.value(tree[2])
        return option in options if isinstance(option, str) and isinstance(options, frozenset) else None

    def arithmetic(self, tree: Sequence[Any]) -> Value:
        a, b = self.number(tree[1]), self.number(tree[2])
        if a is None or b is None:
            return None
        if tree[0] == "/":
            return bounded(a / b) if b else None
        return bounded(a + b if tree[0] == "+" else a - b if tree[0] == "-" else a * b)

    def moved(self, tree: Sequence[Any]) -> Value:
        """A clock time some minutes later or earlier; part of a minute is cut off towards the earlier."""
        time, minutes = self.value(tree[1]), self.number(tree[2])
        if not isinstance(time, TimeOfDay) or minutes is None:
            return None
        moved = time.minutes + minutes if tree[0] == "later" else time.minutes - minutes
        return TimeOfDay(moved.numerator // moved.denominator % MINUTES_A_DAY)

    def branch(self, tree: Sequence[Any]) -> Value:
        condition = self.value(tree[1])
        return self.value(tree[2] if condition else tree[3]) if isinstance(condition, bool) else None

    def call(self, tree: Sequence[Any]) -> Value:
        return _FUNCTIONS[tree[1]](self, tree[2:])

    # Functions

    def as_it_is(self) -> Evaluation:
        """Without assumptions: what asks whether there is an answer is told how it stands now."""
        return Evaluation(self.environment, {}) if self.assumed else self

    def count_answered(self, trees: Sequence[Sequence[Any]]) -> Value:
        return Fraction(sum(value is not None for value in self.as_it_is().listed(trees)))

    def summed(self, trees: Sequence[Sequence[Any]]) -> Value:
        return _total(self.numbers(trees))

    def mean(self, trees: Sequence[Sequence[Any]]) -> Value:
        numbers = self.numbers(trees)
        total = _total(numbers)
        return None if total is None else bounded(total / len(numbers))

    def count(self, trees: Sequence[Sequence[Any]]) -> Value:
        """Entries, rows and choices one by one, and conditions that hold; missing when nothing of it is there."""
        found: list[int] = []
        for tree in trees:
            if tree[0] == "entries":
                found.append(len(self.last_entries(tree[1], tree[2])))
                continue
            for value in self.listed([tree]):
                if isinstance(value, tuple | frozenset):
                    found.append(len(value))
                elif isinstance(value, bool):
                    found.append(int(value))
        return Fraction(sum(found)) if found else None

    def rounded(self, trees: Sequence[Sequence[Any]]) -> Value:
        number = self.number(trees[0])
        digits = int(Fraction(trees[1][1])) if len(trees) > 1 else 0
        return None if number is None else bounded(rounded(number, digits))

    def ceiled(self, trees: Sequence[Sequence[Any]]) -> Value:
        number = self.number(trees[0])
        return None if number is None else bounded(ceiled(number, Fraction(trees[1][1])))

    def clock_span(self, trees: Sequence[Sequence[Any]]) -> Value:
        start, end = self.value(trees[0]), self.value(trees[1])
        if not isinstance(start, TimeOfDay) or not isinstance(end, TimeOfDay):
            return None
        return Fraction(_elapsed(start, end, self.environment.clock_moved))

    def minutes(self, trees: Sequence[Sequence[Any]]) -> Value:
        time = self.value(trees[0])
        return Fraction(time.minutes) if isinstance(time, TimeOfDay) else None

    def days_since(self, trees: Sequence[Sequence[Any]]) -> Value:
        day = self.value(trees[0])
        return Fraction((self.environment.today - day).days) if isinstance(day, date) else None

    def week(self, trees: Sequence[Sequence[Any]]) -> Value:
        """The first seven days of the treatment are week 1; before its start it is week 0."""
        return Fraction(max(0, (self.environment.today - self.environment.start).days // 7 + 1))

    def this_week(self, trees: Sequence[Sequence[Any]]) -> Value:
        _, form, name = trees[0]
        record = self.present_record(form)
        if record is None:
            return None
        start = self.environment.start
        same = (record.dated - start).days // 7 == (self.environment.today - start).days // 7
        return self.present(form, name) if same else None

    def change(self, trees: Sequence[Sequence[Any]]) -> Value:
        """Since the latest earlier copy that has a value: a week that was skipped or declined hides no increase."""
        _, form, name = trees[0]
        now = self.present(form, name)
        earlier = (record.values.get(name) for record in reversed(self.earlier_records(form)))
        before = next((value for value in earlier if value is not None), None)
        return bounded(now - before) if isinstance(now, Fraction) and isinstance(before, Fraction) else None

    def previous(self, trees: Sequence[Sequence[Any]]) -> Value:
        back = int(Fraction(trees[1][1])) if len(trees) > 1 else 1
        return self.copy(trees[0][1], trees[0][2], -back)

    def baseline(self, trees: Sequence[Sequence[Any]]) -> Value:
        records = self.environment.records.get(trees[0][1], ())
        return records[0].values.get(trees[0][2]) if records else None

    def copy(self, form: str, name: str, index: int) -> Value:
        earlier = self.earlier_records(form)
        return earlier[index].values.get(name) if len(earlier) >= -index else None


def _total(numbers: Sequence[Fraction]) -> Fraction | None:
    """Bounded after each term, so that no answers can make it work for ever; None of nothing."""
    total: Fraction | None = Fraction(0) if numbers else None
    for number in numbers:
        total = None if total is None else bounded(total + number)
    return total


def _compared(operator: str, a: Value, b: Value) -> bool | None:
    """Unknown when either is missing, or when a stored value is of another kind than the program now expects."""
    comparable = _ORDERED if operator not in ("==", "!=") else (*_ORDERED, bool, str)
    if type(a) is not type(b) or not isinstance(a, comparable):
        return None
    return compared(operator, a, b)  # type: ignore[arg-type]


def _elapsed(start: TimeOfDay, end: TimeOfDay, moved: int) -> int:
    """Minutes from one clock time to the next time the clock shows the other; equal times are no time apart.

    A night in which the clocks were moved is as long as it was: they go from two to three, or from three to two. Of a
    time that came twice the first is meant; one that never came is taken as it was written.
    """
    shown = (end.minutes - start.minutes) % MINUTES_A_DAY
    begins = start.minutes if start.minutes <= end.minutes else start.minutes - MINUTES_A_DAY
    spans_the_move = begins < (_TWO if moved > 0 else _THREE) and end.minutes >= _THREE
    return shown - moved if spans_the_move else shown


_OPERATIONS: dict[str, Callable[[Evaluation, Sequence[Any]], Value]] = {
    "number": lambda evaluation, tree: Fraction(tree[1]),
    "text": lambda evaluation, tree: str(tree[1]),
    "date": lambda evaluation, tree: from_json(Type("date"), tree[1]),
    "time": lambda evaluation, tree: from_json(Type("time"), tree[1]),
    "ref": lambda evaluation, tree: evaluation.present(tree[1], tree[2]),
    "extra": lambda evaluation, tree: evaluation.environment.extra.get(tree[1]),
    "entries": lambda evaluation, tree: (
        tuple(record.values for record in evaluation.last_entries(tree[1], tree[2])) or None
    ),
    "and": Evaluation.truths,
    "or": Evaluation.truths,
    "not": Evaluation.opposite,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), Evaluation.comparison),
    "in": Evaluation.among,
    "member": Evaluation.chosen,
    **dict.fromkeys(("+", "-", "*", "/"), Evaluation.arithmetic),
    "negate": lambda evaluation, tree: None if (number := evaluation.number(tree[1])) is None else -number,
    "later": Evaluation.moved,
    "earlier": Evaluation.moved,
    "if": Evaluation.branch,
    "call": Evaluation.call,
}
_FUNCTIONS: dict[str, Callable[[Evaluation, Sequence[Sequence[Any]]], Value]] = {
    "answered": lambda evaluation, trees: evaluation.as_it_is().value(trees[0]) is not None,
    "missing": lambda evaluation, trees: evaluation.as_it_is().value(trees[0]) is None,
    "count_answered": Evaluation.count_answered,
    "sum": Evaluation.summed,
    "mean": Evaluation.mean,
    "min": lambda evaluation, trees: min(evaluation.numbers(trees), default=None),
    "max": lambda evaluation, trees: max(evaluation.numbers(trees), default=None),
    "count": Evaluation.count,
    "round": Evaluation.rounded,
    "ceil_to": Evaluation.ceiled,
    "clock_span": Evaluation.clock_span,
    "minutes": Evaluation.minutes,
    "days_since": Evaluation.days_since,
    "week": Evaluation.week,
    "this_week": Evaluation.this_week,
    "change": Evaluation.change,
    "previous": Evaluation.previous,
    "baseline": Evaluation.baseline,
}

_EARLIER = frozenset({"previous", "baseline"})
_AS_IT_IS = frozenset({"answered", "missing", "count_answered"})


def branches(tree: Sequence[Any]) -> list[Sequence[Any]]:
    """The trees inside a tree."""
    parts = tree[2:] if tree[0] == "call" else tree[1:]
    return [part for part in parts if isinstance(part, list | tuple)] if tree[0] != "column" else []


def _missing(tree: Sequence[Any], evaluation: Evaluation) -> Iterator[Reference]:
    """Only what has no value is looked into: the known part of an unknown whole misses nothing."""
    if tree[0] == "column":
        if all(value is None for value in evaluation.listed([tree])):
            yield (tree[1], tree[3])
    elif tree[0] == "cells":
        if all(value is None for value in evaluation.listed([tree])):
            yield (tree[1], tree[2])
    elif tree[0] == "entries" or evaluation.value(tree) is not None:
        return
    elif tree[0] == "ref":
        yield (tree[1], tree[2])
    elif tree[0] == "extra":
        yield ("", tree[1])
    elif tree[0] == "call" and tree[1] == "this_week":
        yield (tree[2][1], tree[2][2])
    elif tree[0] == "call" and tree[1] in _EARLIER:
        return
    else:
        for branch in branches(tree):
            yield from _missing(branch, evaluation)


def present_reads(tree: Sequence[Any]) -> Iterator[Reference]:
    """Every answer whose value the tree reads from a present copy."""
    if tree[0] in ("ref", "cells"):
        yield (tree[1], tree[2])
    elif not (tree[0] == "call" and tree[1] in _EARLIER | _AS_IT_IS):
        for branch in branches(tree):
            yield from present_reads(branch)
