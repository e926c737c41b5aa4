"""Random expressions, written by the rules of the language, and random answers to work them out on.

An expression is drawn as an author would write it: by kind, so that it is well typed, from every operator and function, with
numbers, days and clock times at their boundaries. The compiler makes its tree. Some trees then meet answers of another kind than
they were made for, as when a program has changed since the patient answered. Answers are JSON, as in the file of vectors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from expression_vectors import DATA, FORMS, environment_of

from designtool.diagnostics import Span
from designtool.expressions import compile_expression, evaluate, to_json
from designtool.expressions.expression import Environment, Scope, Type
from designtool.expressions.types import FUNCTIONS

EXTRA = {"current": Type("number", unit="minutes")}
TODAY = date(2026, 3, 16)
PLACE = Span("slump", 1, 1, 1, 2)
REFUSED = {"condition-always-true", "condition-never-true", "type-mismatch"}
"""What the compiler may have against a well-typed text: an outcome that is settled, and minutes against percent."""

COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "27",
    "60",
    "0.5",
    "0.25",
    "1.4999",
    "2.5",
    "1440",
    "999999999999999999999999999999",
]
TIMES = ["00:00", "00:01", "01:59", "02:00", "02:59", "03:00", "06:30", "12:00", "22:15", "23:59"]
DATES = ["2026-03-16", "2026-03-15", "2026-03-17", "2026-03-02", "2024-02-29", "2000-02-29", "1900-03-01", "2025-12-31"]
ANSWERS = [
    0,
    1,
    2,
    -1,
    5,
    27,
    "1/2",
    "-1/2",
    "3/2",
    "5/2",
    "-5/2",
    "1/3",
    "-7/3",
    "100/7",
    "1/1000000",
    15,
    30,
    480,
    1440,
    -1500,
]
GREATEST = [str(2**2048 - 1), str(1 - 2**2048), f"{2**2048 - 1}/3", f"1/{2**2048 - 1}", str(2**53), "9" * 30]
TEXTS = ["hej", "Hej", "oro", "hemma", "ute", "2026-03-10", "23:30", "7", "å", "😀", "\uff5e", "\ufeff"]


@dataclass(frozen=True)
class Pair:
    source: str
    tree: Any
    environment: int
    """Its place in the list of environments."""


@dataclass(frozen=True)
class Sample:
    environments: list[dict[str, Any]]
    read: list[Environment]
    pairs: list[Pair]
    values: list[Any]
    """The JSON of what Python makes of each pair."""

    def write(self, path: Path) -> None:
        """One JSON value a line: the forms, each environment, each pair with its value."""
        with path.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"forms": DATA["forms"]}) + "\n")
            for environment in self.environments:
                file.write(json.dumps({"environment": environment}) + "\n")
            for pair, value in zip(self.pairs, self.values, strict=True):
                line = {"source": pair.source, "tree": pair.tree, "within": pair.environment, "value": value}
                file.write(json.dumps(line) + "\n")


def sample(seed: int, expressions: int, times_each: int, environments: int = 600) -> Sample:
    """So many expressions, each on so many sets of answers: the same for the same seed."""
    random = Random(seed)
    stated = [environment(random) for _ in range(environments)]
    read = [environment_of(one) for one in stated]
    pairs = []
    for source, tree in trees(random, expressions):
        for _ in range(times_each):
            changed = estranged(random, tree) if random.random() < 0.1 else tree
            pairs.append(Pair(source, changed, random.randrange(environments)))
    values = [to_json(evaluate(pair.tree, read[pair.environment])) for pair in pairs]
    return Sample(stated, read, pairs, values)


def trees(random: Random, count: int) -> Iterator[tuple[str, Any]]:
    """Sources and their trees; every kind of value, truths and numbers most often."""
    made = 0
    while made < count:
        own = random.choice(["dag", "natt", "phq9"])
        kind = random.choice(
            ["truth"] * 8 + ["number"] * 8 + ["time"] * 2 + ["date", "choice", "text", "choices", "rows"]
        )
        source = Writer(random, own).written(kind, random.choice([1, 2, 2, 3, 3, 4]))
        expression, diagnostics = compile_expression(source, Scope(FORMS, own, EXTRA), PLACE)
        if expression is None:
            refused = {one.rule for one in diagnostics}
            assert refused <= REFUSED, (source, diagnostics)
            continue
        made += 1
        yield source, expression.tree


def operations(tree: Any) -> Iterator[str]:
    """Every operator and function of a tree, as often as it occurs."""
    yield f"call {tree[1]}" if tree[0] == "call" else tree[0]
    for part in tree[1:]:
        if isinstance(part, list) and tree[0] != "column":
            yield from operations(part)


ALL_OPERATIONS = frozenset(
    [
        *("number", "text", "date", "time", "ref", "extra", "cells", "entries", "column", "and", "or", "not"),
        *("==", "!=", "<", "<=", ">", ">=", "in", "member", "+", "-", "*", "/", "negate", "later", "earlier", "if"),
        *(f"call {name}" for name in FUNCTIONS if name != "if"),
    ]
)


class Writer:
    """Writes expressions of a wanted kind, at most so many levels deep, in the file of the form `own`."""

    def __init__(self, random: Random, own: str) -> None:
        self.random = random
        self.own = own

    def written(self, kind: str, depth: int) -> str:
        more = {"truth": self.truth, "number": self.number, "time": self.time}.get(kind, self.other(kind))
        if depth == 0 or self.random.random() < 0.12:
            return self.leaf(kind)
        return self.random.choice([more, more, more, more, self.other(kind)])(depth - 1)

    def inner(self, kind: str, depth: int) -> str:
        """As part of something greater: in brackets, which arithmetic can now and then do without."""
        text = self.written(kind, depth)
        bare = kind in ("number", "time") and self.random.random() < 0.3
        return text if bare or text.replace(".", "").replace("_", "").isalnum() else f"({text})"

    def leaf(self, kind: str) -> str:
        if kind == "number" and self.random.random() < 0.3:
            return self.random.choice([*NUMBERS, "current", "current"])
        return self.name(kind)

    def name(self, kind: str, forms: tuple[str, ...] = ("phq9", "natt", "dag", "fonster"), kept: bool = False) -> str:
        """An answer, score or summary of this kind; `kept` for one that has earlier copies."""
        found = [
            (form, name)
            for form in forms
            for name, type in FORMS[form].names.items()
            if type.kind == kind and not (kept and (form == "fonster" or name in FORMS[form].summaries))
        ]
        form = self.random.choice(sorted({form for form, _ in found}))
        name = self.random.choice([name for where, name in found if where == form])
        return name if form == self.own and self.random.random() < 0.7 else f"{form}.{name}"

    def other(self, kind: str) -> Callable[[int], str]:
        """What can stand for a value of any kind: a choice between two, or a copy that is not the present one."""

        def written(depth: int) -> str:
            whole = kind in ("choices", "rows")
            way = self.random.choice(
                ["if", "entries"] if kind == "rows" else ["if"] if whole else ["if", "copy", "copy"]
            )
            if way == "entries":
                return self.last()
            if way == "if":
                first = self.written(kind, depth)
                second = self.literal(kind) if self.random.random() < 0.2 else self.written(kind, depth)
                return f"if({self.written('truth', depth)}, {first}, {second})"
            name = self.name(kind, ("phq9", "natt", "dag"), kept=True)
            back = self.random.choice(["", "", ", 1", ", 2", ", 3", ", 1000"])
            return self.random.choice([f"this_week({name})", f"baseline({name})", f"previous({name}{back})"])

        return written

    def literal(self, kind: str) -> str:
        if kind == "time":
            return f"'{self.random.choice(TIMES)}'"
        if kind == "date":
            return f"'{self.random.choice(DATES)}'"
        if kind == "text":
            return f"'{self.random.choice(TEXTS)}'"
        if kind == "choice":
            return self.random.choice(["'hemma'", "'ute'"])
        return self.random.choice(NUMBERS) if kind == "number" else self.leaf(kind)

    def last(self) -> str:
        days = self.random.choice([1, 2, 3, 7, 7, 8, 14, 1000])
        return f"last({days})" if self.own == "natt" and self.random.random() < 0.5 else f"natt.last({days})"

    def listed(self, kinds: tuple[str, ...], depth: int) -> str:
        """One to four arguments of an aggregate."""
        parts = []
        for _ in range(self.random.choice([1, 1, 2, 3, 4])):
            kind = self.random.choice(kinds)
            lists = ["plain", "plain"]
            lists += {"number": ["column", "cells", "range"], "truth": ["column"], "rows": ["entries"]}.get(kind, [])
            way = self.random.choice(lists)
            if way == "column":
                names = [name for name, type in FORMS["natt"].names.items() if type.kind == kind and name != "week_se"]
                parts.append(f"{self.last()}.{self.random.choice(names)}")
            elif way == "cells":
                table = self.random.choice(["tabell", "utan_tabell"])
                parts.append(f"{table if self.own == 'dag' else 'dag.' + table}.matt")
            elif way == "range":
                first, end = sorted(self.random.sample(range(1, 10), 2))
                parts.append(f"{'' if self.own == 'phq9' else 'phq9.'}q{first} .. q{end}")
            elif way == "entries":
                parts.append(self.last())
            else:
                parts.append(self.written(kind, depth))
        return ", ".join(parts)

    def number(self, depth: int) -> str:
        random = self.random
        one = lambda kind="number": self.written(kind, depth)  # noqa: E731
        return random.choice(
            [
                lambda: f"{self.inner('number', depth)} {random.choice('+-*/')} {self.inner('number', depth)}",
                lambda: f"{self.inner('number', depth)} {random.choice('+-*/')} {self.inner('number', depth)}",
                lambda: f"-({one()})",
                lambda: f"{random.choice(['sum', 'mean', 'min', 'max'])}({self.listed(('number',), depth)})",
                lambda: f"{random.choice(['sum', 'mean', 'min', 'max'])}({self.listed(('number',), depth)})",
                lambda: f"count({self.listed(('truth', 'rows', 'choices'), depth)})",
                lambda: f"count_answered({self.listed(('number', 'truth', 'rows', 'choices', 'time', 'text'), depth)})",
                lambda: f"round({one()}{random.choice(['', ', 0', ', 1', ', 2', ', 6'])})",
                lambda: f"ceil_to({one()}, {random.choice(['15', '1', '0.5', '0.3', '7', '1000000'])})",
                lambda: f"clock_span({self.timed(depth)}, {self.timed(depth)})",
                lambda: f"minutes({one('time')})",
                lambda: f"minutes({one()}, {one()})",
                lambda: f"days_since({random.choice([one('date'), self.literal('date')])})",
                lambda: "week()",
                lambda: f"change({self.name('number', ('phq9', 'natt', 'dag'), kept=True)})",
            ]
        )()

    def timed(self, depth: int) -> str:
        return self.literal("time") if self.random.random() < 0.3 else self.written("time", depth)

    def time(self, depth: int) -> str:
        sign = self.random.choice("+-")
        return f"{self.inner('time', depth)} {sign} {self.inner('number', depth)}"

    def truth(self, depth: int) -> str:
        random = self.random
        joined = lambda: f" {random.choice(['and', 'or'])} ".join(  # noqa: E731
            self.inner("truth", depth) for _ in range(random.choice([2, 2, 3]))
        )
        return random.choice(
            [
                joined,
                joined,
                lambda: f"not {self.inner('truth', depth)}",
                lambda: self.compared(depth),
                lambda: self.compared(depth),
                lambda: self.among(depth),
                lambda: f"{self.member(depth)} {random.choice(['in', 'not in'])} {self.inner('choices', depth)}",
                lambda: f"{random.choice(['answered', 'missing'])}({self.written(self.any_kind(), depth)})",
            ]
        )()

    def any_kind(self) -> str:
        return self.random.choice(["truth", "number", "number", "time", "date", "choice", "text", "choices", "rows"])

    def compared(self, depth: int) -> str:
        kind = self.random.choice(["number", "number", "number", "time", "date", "choice", "text", "truth"])
        signs = ["==", "!="] if kind in ("choice", "text", "truth") else COMPARISONS
        right = self.literal(kind) if self.random.random() < 0.3 else self.inner(kind, depth)
        return f"{self.inner(kind, depth)} {self.random.choice(signs)} {right}"

    def among(self, depth: int) -> str:
        kind = self.random.choice(["number", "number", "time", "date", "choice", "text", "truth"])
        others = [
            self.literal(kind) if self.random.random() < 0.4 else self.written(kind, depth)
            for _ in range(self.random.choice([2, 2, 3]))
        ]
        return f"{self.inner(kind, depth)} {self.random.choice(['in', 'not in'])} ({', '.join(others)})"

    def member(self, depth: int) -> str:
        # These options are in every list of the forms.
        return self.random.choice(["'oro'", "'somn'", self.inner("choice", depth)])


def estranged(random: Random, tree: Any) -> Any:
    """The tree with some of its names exchanged for others, of whatever kind, and some of its comparisons."""
    if not isinstance(tree, list):
        return tree
    if tree[0] in ("ref", "cells") and random.random() < 0.25:
        # The names of `dag` are of every kind.
        form = random.choice([*FORMS, "dag", "dag", "dag"])
        return [tree[0], form, random.choice([*FORMS[form].names, "borta"]), *tree[3:]]
    if tree[0] == "column":
        return tree
    compares = tree[0] in COMPARISONS and random.random() < 0.7
    first = random.choice(COMPARISONS) if compares else tree[0]
    return [first, *(estranged(random, part) for part in tree[1:])]


# Answers


def environment(random: Random) -> dict[str, Any]:
    """Answers to some or all of what the forms ask: none, some or most of them missing."""
    missing = random.choice([0.0, 0.0, 0.1, 0.3, 0.8])
    great = random.random() < 0.08
    start = TODAY - timedelta(days=random.choice([0, 6, 7, 8, 13, 14, 15, 100, -1, -7, -8, -30]))
    stated: dict[str, Any] = {
        "today": TODAY.isoformat(),
        "start": start.isoformat(),
        "own": random.choice(["dag", "natt", "phq9", ""]),
    }
    if random.random() < 0.9:
        stated["records"] = {
            form: [
                record(random, form, missing, great, TODAY - timedelta(days=days_ago))
                for days_ago in sorted(random.sample([-1, 0, 1, 2, 6, 7, 8, 13, 14, 999], most), reverse=True)
            ]
            for form, most in (
                ("phq9", random.randint(0, 4)),
                ("natt", random.randint(0, 8)),
                ("dag", random.randint(0, 2)),
            )
        }
    if stated["own"] and random.random() < 0.8:
        stated["draft"] = record(
            random, stated["own"], missing, great, TODAY - timedelta(days=random.choice([0, 0, 0, 1, 7]))
        )
    if random.random() < 0.7:
        summaries = {"natt": {"week_se": FORMS["natt"].names["week_se"]}, "fonster": FORMS["fonster"].names}
        stated["summaries"] = {form: answers(random, names, missing, great) for form, names in summaries.items()}
    if random.random() < 0.7:
        stated["extra"] = {"current": random.choice([360, 330, "1/3", 0])}
    if random.random() < 0.5:
        stated["clock_moved"] = random.choice([60, -60, 30])
    return stated


def record(random: Random, form: str, missing: float, great: bool, dated: date) -> dict[str, Any]:
    return {"dated": dated.isoformat(), "values": answers(random, FORMS[form].names, missing, great)}


def answers(random: Random, names: Mapping[str, Type], missing: float, great: bool) -> dict[str, Any]:
    """A missing answer is left out, null or empty."""
    found: dict[str, Any] = {}
    for name, type in names.items():
        if random.random() >= missing:
            found[name] = answer(random, type, missing, great)
        elif random.random() < 0.3:
            found[name] = random.choice([None, ""])
    return found


def answer(random: Random, type: Type, missing: float, great: bool) -> Any:
    if type.kind == "number":
        if type.values:
            return str(random.choice(type.values))
        if great and type.low is None and random.random() < 0.7:
            return random.choice(GREATEST)
        low, high = (0 if type.low is None else int(type.low)), (27 if type.high is None else int(type.high))
        return random.randint(low, high) if type.low is not None else random.choice(ANSWERS)
    if type.kind == "truth":
        return random.choice([True, False])
    if type.kind == "choices":
        return random.sample(type.options, random.randint(1, len(type.options)))
    if type.kind == "rows":
        return [answers(random, type.columns, missing, great) for _ in range(random.randint(1, 3))]
    if type.kind == "choice":
        return random.choice(type.options)
    return random.choice({"time": TIMES, "date": DATES, "text": TEXTS}[type.kind])


def reads_something_missing(tree: Any, around: Environment) -> bool:
    """True if any answer, cell, entry or earlier copy that the tree names is missing in these answers."""
    if tree[0] in ("column", "cells"):
        return evaluate(["call", "count_answered", tree], around) == 0
    if tree[0] in ("ref", "extra", "entries") or (tree[0] == "call" and tree[1] in ("change", "previous", "baseline")):
        return evaluate(tree, around) is None
    return any(reads_something_missing(part, around) for part in tree[1:] if isinstance(part, list))
