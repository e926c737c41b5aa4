"""Random questionnaires, with every method, rule and kind of condition, and random answers to them.

Conditions and worked-out scores are written as an author would write them, and compiled. Answers are whole, or have gaps,
are declined, and are given to items that are hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Span
from designtool.expressions import compile_expression
from designtool.expressions.expression import Expression, Form, Scope, Type
from designtool.model.exercise import Option
from designtool.model.flow import Flag
from designtool.model.questionnaire import Band, ClinicalThreshold, Instrument, Item, Missing, Questionnaire, Score
from designtool.treatment.scoring import item_type

PLACE = Span("slump", 1, 1, 1, 2)
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]


def questionnaire(random: Random) -> Questionnaire:
    """One that the compiler would let through, as far as scoring it goes."""
    writer = _Writer(random)
    items = tuple(writer.item(number) for number in range(random.choice([1, 2, 3, 4, 5, 5, 6, 8])))
    scores = tuple(writer.score(number, items) for number in range(random.choice([0, 1, 1, 2, 3, 4])))
    flags = tuple(writer.flag(number) for number in range(random.choice([0, 1, 2, 3, 4])))
    instrument = Instrument("Slump", "sv", "free", "", "")
    return Questionnaire("slump", "Slump", instrument, "", "", None, items, scores, flags, ())


def answers(random: Random, form: Questionnaire) -> dict[str, Any]:
    """One of its options, declined where that is possible, null or absent for each item."""
    missing = random.choice([0.0, 0.1, 0.3, 0.6, 1.0])
    found: dict[str, Any] = {}
    for item in form.items:
        if random.random() >= missing:
            found[item.id] = random.choice(item.options).value
        elif item.risk and random.random() < 0.4:
            found[item.id] = "declined"
        elif random.random() < 0.3:
            found[item.id] = None
    return found


def wrong_answers(random: Random, form: Questionnaire) -> dict[str, Any]:
    """Answers of which one or two cannot be."""
    found = answers(random, form)
    for _ in range(random.choice([1, 1, 2])):
        id = random.choice([*(item.id for item in form.items), "okand", "__proto__", ""])
        found[id] = random.choice([99, -99, 0.5, "1", "", "declined", True, [1], {}, 10**18, "skipped", 1.0])
    return found


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: dict[str, Type] = {}
        self.items: list[str] = []

    def item(self, number: int) -> Item:
        random = self.random
        pool = random.choice([range(4), range(4), range(1, 6), (0, 2, 4), (-3, -1, 2), range(11), (0, 1), (5,)])
        options = tuple(Option(value, str(value)) for value in pool)
        shown = self.compiled(self.condition) if self.names and random.random() < 0.25 else None
        hidden = random.choice([None, random.choice(list(pool))]) if shown is not None else None
        risk = "suicidality" if random.random() < 0.25 else ""
        item = Item(f"q{number + 1}", "?", options, risk=risk, show_if=shown, when_hidden=hidden)
        self.names[item.id] = item_type(item)
        self.items.append(item.id)
        return item

    def score(self, number: int, items: tuple[Item, ...]) -> Score:
        random = self.random
        method = random.choice(["sum", "sum", "mean", "weighted", "expression"])
        chosen = tuple(sorted(random.sample(self.items, random.randint(1, len(self.items)))))
        weights = {id: Fraction(random.choice(["1", "2", "1/3", "0", "-1", "5/2"])) for id in chosen}
        value = self.compiled(self.amount) if method == "expression" else None
        listed = () if method == "expression" and random.random() < 0.6 else chosen
        score = Score(
            f"s{number + 1}",
            "",
            method,  # type: ignore[arg-type]
            listed,
            weights=MappingProxyType(weights if method == "weighted" or random.random() < 0.2 else {}),
            reverse=tuple(id for id in chosen if random.random() < 0.3),
            missing=Missing(
                random.choice(["require-all", "prorate", "mean-of-answered"]),  # type: ignore[arg-type]
                random.randint(0, len(chosen)),
            ),
            bands=tuple(Band(Fraction(random.randint(-8, 24), random.choice([1, 2])), name) for name in "abc"),
            clinical_threshold=random.choice(
                [None, ClinicalThreshold(Fraction(5), "from"), ClinicalThreshold(Fraction(9, 2), "below")]
            ),
            value=value,
        )
        self.names[score.id] = Type("number")
        return score

    def flag(self, number: int) -> Flag:
        level = self.random.choice(["green", "yellow", "red"])
        return Flag(f"slump-{number + 1}", self.compiled(self.condition), level, (), "", "therapist", None, "")

    def compiled(self, written: Callable[[int], str]) -> Expression:
        """The first text that the compiler has nothing against: what is always true is drawn again."""
        scope = Scope({"slump": Form("slump", "questionnaire", dict(self.names))}, "slump")
        while True:
            found, _ = compile_expression(written(self.random.choice([1, 2, 3])), scope, PLACE)
            if found is not None:
                return found

    def condition(self, depth: int) -> str:
        random, name = self.random, self.name
        if depth == 0 or random.random() < 0.3:
            return f"{name()} {random.choice(COMPARISONS)} {self.number()}"
        return random.choice(
            [
                lambda: f"({self.condition(depth - 1)}) {random.choice(['and', 'or'])} ({self.condition(depth - 1)})",
                lambda: f"not ({self.condition(depth - 1)})",
                lambda: f"{random.choice(['answered', 'missing'])}({name()})",
                lambda: f"{name()} in ({self.number()}, {self.number()})",
                lambda: f"{self.amount(depth - 1)} {random.choice(COMPARISONS)} {self.amount(depth - 1)}",
                lambda: (
                    f"{self.wide()} {random.choice(COMPARISONS)} {random.choice(['-60', '-10', '0', '3', '40', '500'])}"
                ),
            ]
        )()

    def wide(self) -> str:
        """So wide that the ways to answer it are often too many to try one by one."""
        random = self.random
        total = random.choice(
            [" + ".join(self.items), f"{random.choice(['sum', 'mean', 'min'])}({', '.join(self.items)})"]
        )
        other = random.choice([self.name(), f"({total} - 3)", "7", "-2"])
        return f"({total}) {random.choice('+-*/')} {other}"

    def amount(self, depth: int) -> str:
        random, name = self.random, self.name
        if depth == 0 or random.random() < 0.2:
            return name()
        inner = lambda: f"({self.amount(depth - 1)})"  # noqa: E731
        several = lambda: ", ".join(self.amount(depth - 1) for _ in range(random.randint(1, 4)))  # noqa: E731
        return random.choice(
            [
                lambda: f"{inner()} {random.choice('+-*/')} {random.choice([self.number, inner])()}",
                lambda: f"{inner()} {random.choice('+-*/')} {random.choice([self.number, inner])()}",
                lambda: f"-{inner()}",
                lambda: f"{random.choice(['sum', 'mean', 'min', 'max', 'count_answered'])}({several()})",
                lambda: f"if({self.condition(depth - 1)}, {self.amount(depth - 1)}, {self.amount(depth - 1)})",
                lambda: f"round({inner()}, {random.choice('012')})",
                lambda: f"ceil_to({inner()}, {random.choice(['1', '0.5', '5'])})",
            ]
        )()

    def number(self) -> str:
        return self.random.choice(["0", "1", "2", "3", "4", "5", "10", "0.5", "-1"])

    def name(self) -> str:
        return self.random.choice(list(self.names))
