"""Scores and conditions as FHIRPath, in the part of it on which engines agree.

That part is `iif where exists select count`, comparisons, `+ - * /` and `floor`. Sums are written out, since engines differ on
`sum()` and `weight()`. The number of an answer is looked up among the options in %questionnaire, so that an expression holds no
second copy of them. An empty collection is what a missing value is here, and behaves alike in arithmetic and comparisons; only `iif`
takes an empty condition for false, so conditions go through `select`, which passes an empty one on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any

from designtool.expressions.expression import Expression
from designtool.model.questionnaire import Item, Questionnaire, Score
from designtool.treatment.scoring import counted_items, needed_answers

LONGEST = 400_000
"""Characters of one expression. Conditions on conditions can grow without end when they are written out."""
_NEARLY_NOTHING = "0.000000001"
"""Far less than what can tell two scores apart, and more than what a binary fraction loses."""


class NotExpressible(Exception):
    """The expression looks at something that a response to this questionnaire does not hold."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def score_as_fhirpath(score: Score, questionnaire: Questionnaire, weight_url: str) -> str:
    """The score over %resource, a response to %questionnaire; empty where ours is insufficient. Raises NotExpressible."""
    return _within_bounds(_Lowering(questionnaire, weight_url, questionnaire.scores).score(score))


def condition_as_fhirpath(condition: Expression, questionnaire: Questionnaire, weight_url: str) -> str:
    """True, false, or empty for unknown. Raises NotExpressible."""
    return _within_bounds(_Lowering(questionnaire, weight_url, ()).tree(condition.tree))


def text_literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _within_bounds(path: str) -> str:
    if len(path) > LONGEST:
        raise NotExpressible(f"more than {LONGEST} characters")
    return path


@dataclass(frozen=True, slots=True)
class _Lowering:
    questionnaire: Questionnaire
    weight_url: str
    scores: tuple[Score, ...]
    """Those that have a value already; to the others a score that reads them finds nothing."""

    # Items

    def item(self, id: str) -> str:
        """The number that the item counts as; empty where it has no answer."""
        item = self._item(id)
        answer = self._looked_up(item)
        if item.show_if is None:
            return answer
        shown = self.inside(item.show_if.tree)
        if item.when_hidden is None:
            return _within_bounds(f"{shown}.where($this).select({answer})")
        counts_as = _number(Fraction(item.when_hidden))
        asked_or_not = f"{shown}.select(iif($this, {answer}, {counts_as}))"
        return _within_bounds(
            f"iif({shown}.exists(), {asked_or_not}, iif({self._nothing_can_decide(item)}, {counts_as}))"
        )

    def not_asked(self, item: Item) -> str:
        """Whether it is settled that the item is not asked, as `treatment.scoring` has it."""
        if item.show_if is None:
            return "false"
        shown = self.inside(item.show_if.tree)
        return _within_bounds(f"iif({shown}.exists(), {shown}.not(), {self._nothing_can_decide(item)})")

    def _nothing_can_decide(self, item: Item) -> str:
        """Of a condition that is unknown: whether all that it misses are answers to items that are not asked either."""
        assert item.show_if is not None
        parts = []
        for _, name in item.show_if.references:
            read = self._item(name)
            answered = f"{_inside(self.item(name))}.exists()"
            # An item that counts as something while it is not asked has a value then.
            is_plain = read.show_if is None or read.when_hidden is not None
            parts.append(answered if is_plain else f"({answered} or {_inside(self.not_asked(read))})")
        return " and ".join(parts) or "true"

    def _item(self, id: str) -> Item:
        return next(item for item in self.questionnaire.items if item.id == id)

    def _looked_up(self, item: Item) -> str:
        here = f"item.where(linkId={text_literal(item.id)})"
        return (
            f"%questionnaire.{here}.answerOption.where(value.code=%resource.{here}.answer.value.code)"
            f".extension.where(url={text_literal(self.weight_url)}).value"
        )

    # Scores

    def score(self, score: Score) -> str:
        counted = counted_items(score, self.questionnaire)
        needed = needed_answers(score, len(counted))
        if score.value is not None:
            value = replace(self, scores=self.scores[: self.scores.index(score)]).tree(score.value.tree)
        else:
            value = self._points(score, counted, needed)
        if needed == 0 or (needed == len(counted) and score.method != "expression"):
            return value
        return f"iif({self._answered(counted)} >= {needed}, {value})"

    def _points(self, score: Score, counted: Sequence[str], needed: int) -> str:
        """All of it in whole numbers and one division, so that no binary fraction adds up to something else."""
        items = {item.id: item for item in self.questionnaire.items}
        weights = {
            id: score.weights.get(id, Fraction(1)) if score.method == "weighted" else Fraction(1) for id in counted
        }
        below = lcm(*(weight.denominator for weight in weights.values())) if weights else 1
        whole = {id: int(weight * below) for id, weight in weights.items()}
        is_whole = needed == len(counted)
        terms = []
        for id in counted:
            points = self.item(id)
            if id in score.reverse:
                values = [Fraction(option.value) for option in items[id].options]
                points = f"({_number(min(values) + max(values))} - {points})"
            if whole[id] != 1:
                points = f"{_number(Fraction(whole[id]))} * {points}"
            terms.append(points if is_whole else f"iif({self.item(id)}.exists(), {points}, 0)")
        total = f"({' + '.join(terms)})" if terms else "0"
        if score.method == "mean":
            return f"{total} / {len(counted) if is_whole else self._answered(counted)}"
        if is_whole:
            return total if below == 1 else f"{total} / {below}"
        everything = sum(whole.values())
        parts = [f"iif({self.item(id)}.exists(), {_number(Fraction(whole[id]))}, 0)" for id in counted]
        answered = f"({' + '.join(parts)})"
        prorated = (
            f"{total} * {_number(Fraction(everything))} / {answered if below == 1 else f'({below} * {answered})'}"
        )
        if everything:
            return prorated
        return f"iif({answered} = 0, {total if below == 1 else f'{total} / {below}'}, {prorated})"

    def _answered(self, ids: Sequence[str]) -> str:
        return f"({' + '.join(f'iif({self.item(id)}.exists(), 1, 0)' for id in ids)})" if ids else "0"

    # Expressions

    def tree(self, tree: Sequence[Any]) -> str:
        lower = _OPERATIONS.get(tree[0])
        if lower is None:
            raise NotExpressible(str(tree[0]))
        return _within_bounds(lower(self, tree))

    def inside(self, tree: Sequence[Any]) -> str:
        return _inside(self.tree(tree))

    def reference(self, tree: Sequence[Any]) -> str:
        _, form, name = tree
        if form != self.questionnaire.id:
            raise NotExpressible(f"{form}.{name}")
        score = next((score for score in self.scores if score.id == name), None)
        if score is not None:
            return f"({self.score(score)})"
        return self.item(name) if any(item.id == name for item in self.questionnaire.items) else "{}"

    def joined(self, tree: Sequence[Any]) -> str:
        return f" {tree[0]} ".join(self.inside(part) for part in tree[1:])

    def comparison(self, tree: Sequence[Any]) -> str:
        operator = {"==": "="}.get(tree[0], tree[0])
        return f"{self.inside(tree[1])} {operator} {self.inside(tree[2])}"

    def among(self, tree: Sequence[Any]) -> str:
        return " or ".join(f"({self.inside(tree[1])} = {self.inside(part)})" for part in tree[2:])

    def branch(self, tree: Sequence[Any]) -> str:
        return f"{self.inside(tree[1])}.select(iif($this, {self.tree(tree[2])}, {self.tree(tree[3])}))"

    def call(self, tree: Sequence[Any]) -> str:
        lower = _FUNCTIONS.get(tree[1])
        if lower is None:
            raise NotExpressible(f"{tree[1]}()")
        return lower(self, tree[2:])

    # Functions

    def count_answered(self, trees: Sequence[Sequence[Any]]) -> str:
        return f"({' + '.join(f'iif({self.inside(tree)}.exists(), 1, 0)' for tree in trees)})"

    def summed(self, trees: Sequence[Sequence[Any]]) -> str:
        return f"iif({self.count_answered(trees)} > 0, {self._total(trees)})"

    def mean(self, trees: Sequence[Sequence[Any]]) -> str:
        return f"{self._total(trees)} / {self.count_answered(trees)}"

    def _total(self, trees: Sequence[Sequence[Any]]) -> str:
        return f"({' + '.join(f'iif({self.inside(tree)}.exists(), {self.tree(tree)}, 0)' for tree in trees)})"

    def extreme(self, trees: Sequence[Sequence[Any]], sign: str) -> str:
        """The one of the values that no other one goes beyond, item by item: missing ones are passed over."""
        found = self.inside(trees[0])
        for tree in trees[1:]:
            other = self.inside(tree)
            found = _within_bounds(
                f"iif({found}.exists() and {other}.exists(), iif({found} {sign} {other}, {found}, {other}), "
                f"iif({found}.exists(), {found}, {other}))"
            )
        return found

    def count(self, trees: Sequence[Sequence[Any]]) -> str:
        """Conditions that hold; missing when all of them are unknown."""
        holding = " + ".join(f"iif({self.inside(tree)}, 1, 0)" for tree in trees)
        return f"iif({self.count_answered(trees)} > 0, {holding})"

    def rounded(self, trees: Sequence[Sequence[Any]]) -> str:
        """Half away from zero. `round()` of engines differs, `floor()` does not."""
        scale = 10 ** (int(Fraction(trees[1][1])) if len(trees) > 1 else 0)
        up = f"($this * {scale} + 0.5 + {_NEARLY_NOTHING}).floor()"
        down = f"(0 - (0.5 + {_NEARLY_NOTHING} - $this * {scale}).floor())"
        return f"{self.inside(trees[0])}.select(iif($this >= 0, {up}, {down}) / {scale})"

    def ceiled(self, trees: Sequence[Sequence[Any]]) -> str:
        step = _number(Fraction(trees[1][1]))
        return f"{self.inside(trees[0])}.select((0 - ({_NEARLY_NOTHING} - $this / {step}).floor()) * {step})"


def _inside(path: str) -> str:
    """As an operand of whatever stands around it."""
    return path if path.startswith("%") and not _has_operator(path) else f"({path})"


def _has_operator(path: str) -> bool:
    """True when an operator stands outside of all brackets and texts."""
    depth, quoted = 0, False
    for before, letter in zip(" " + path, path, strict=False):
        if letter == "'" and before != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == " " and depth == 0:
            return True
    return False


def _number(number: Fraction) -> str:
    """A literal: whole or with decimals. Raises NotExpressible for what has no end of decimals."""
    below = number.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if below != 1:
        return f"({number.numerator} / {number.denominator})"
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    whole, rest = divmod(abs(int(number * 10**digits)), 10**digits)
    text = f"{whole}.{str(rest).zfill(digits)}" if digits else str(whole)
    return f"(-{text})" if number < 0 else text


_OPERATIONS: Mapping[str, Callable[[_Lowering, Sequence[Any]], str]] = {
    "number": lambda lowering, tree: _number(Fraction(tree[1])),
    "ref": _Lowering.reference,
    **dict.fromkeys(("and", "or", "+", "-", "*", "/"), _Lowering.joined),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _Lowering.comparison),
    "not": lambda lowering, tree: f"{lowering.inside(tree[1])}.not()",
    "in": _Lowering.among,
    "negate": lambda lowering, tree: f"0 - {lowering.inside(tree[1])}",
    "if": _Lowering.branch,
    "call": _Lowering.call,
}
_FUNCTIONS: Mapping[str, Callable[[_Lowering, Sequence[Sequence[Any]]], str]] = {
    "answered": lambda lowering, trees: f"{lowering.inside(trees[0])}.exists()",
    "missing": lambda lowering, trees: f"{lowering.inside(trees[0])}.exists().not()",
    "count_answered": _Lowering.count_answered,
    "sum": _Lowering.summed,
    "mean": _Lowering.mean,
    "min": lambda lowering, trees: lowering.extreme(trees, "<="),
    "max": lambda lowering, trees: lowering.extreme(trees, ">="),
    "count": _Lowering.count,
    "round": _Lowering.rounded,
    "ceil_to": _Lowering.ceiled,
}
