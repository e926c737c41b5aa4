"""What follows of the type of a value: the table of functions, and ranges worked out as far as they are certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from designtool.expressions.expression import Type

TRUTH = Type("truth")
NUMBER = Type("number")
TEXT = Type("text")
TIME = Type("time")
DATE = Type("date")

MOST_BITS = 2_048
"""A worked-out number whose numerator or denominator takes more bits than this is missing, in every evaluator."""
_MOST_VALUES = 400
"""A number with more possible values than this is known by its ends alone."""
_UNITS = frozenset({"minutes", "percent"})

Parameter = Literal[
    "value", "number", "time", "date", "amount", "present", "history", "whole", "digits", "step", "truth"
]
"""What may stand as an argument. amount: a number or a clock time. present, history: the name of an answer or score, the
latter of one that has earlier copies. whole: a written whole number from 1; digits: one from 0 to 6; step: a written positive number."""


@dataclass(frozen=True, slots=True)
class Function:
    usage: str
    """As an author writes it."""
    parameters: tuple[Parameter, ...] = ()
    optional: int = 0
    """So many of the last parameters may be left out."""
    values: Literal["", "any", "number", "countable"] = ""
    """One argument or more, each a value, a range of items or a column, instead of `parameters`."""

    @property
    def least(self) -> int:
        return 1 if self.values else len(self.parameters) - self.optional

    @property
    def most(self) -> int | None:
        return None if self.values else len(self.parameters)


FUNCTIONS: dict[str, Function] = {
    "answered": Function("answered(x)", ("value",)),
    "missing": Function("missing(x)", ("value",)),
    "count_answered": Function("count_answered(q1 .. q9)", values="any"),
    "sum": Function("sum(q1 .. q9)", values="number"),
    "mean": Function("mean(q1 .. q9)", values="number"),
    "min": Function("min(q1 .. q9)", values="number"),
    "max": Function("max(q1 .. q9)", values="number"),
    "count": Function("count(last(7))", values="countable"),
    "round": Function("round(x, digits)", ("number", "digits"), optional=1),
    "ceil_to": Function("ceil_to(x, step)", ("number", "step")),
    "clock_span": Function("clock_span(from, to)", ("time", "time")),
    "minutes": Function("minutes(hours, minutes)", ("amount", "number"), optional=1),
    "days_since": Function("days_since(date)", ("date",)),
    "week": Function("week()"),
    "this_week": Function("this_week(phq9.total)", ("present",)),
    "change": Function("change(phq9.total)", ("history",)),
    "previous": Function("previous(phq9.total, 1)", ("history", "whole"), optional=1),
    "baseline": Function("baseline(phq9.total)", ("history",)),
    "if": Function("if(condition, a, b)", ("truth", "value", "value")),
}
"""`last(n)` is no function of its own: it belongs to a diary and is read together with it."""


def number_type(values: Iterable[Fraction], unit: str = "") -> Type:
    """A number that is one of these."""
    ordered = tuple(sorted(set(values)))
    if len(ordered) > _MOST_VALUES:
        return Type("number", unit, low=ordered[0], high=ordered[-1])
    return Type("number", unit, values=ordered, low=ordered[0], high=ordered[-1])


def units_agree(a: Type, b: Type) -> bool:
    """False for minutes against percent: units that cannot be added or compared. Other units are words to show."""
    return a.unit == b.unit or not {a.unit, b.unit} <= _UNITS


def negated(a: Type) -> Type:
    if a.values:
        return number_type((-value for value in a.values), a.unit)
    return Type("number", a.unit, low=_minus(a.high), high=_minus(a.low))


def arithmetic_type(operator: str, a: Type, b: Type) -> Type:
    """The type of `a operator b`, both numbers: its unit, and what values it can have."""
    unit = _unit(operator, a.unit, b.unit)
    if operator == "-":
        return arithmetic_type("+", Type("number", unit, values=a.values, low=a.low, high=a.high), negated(b))
    if a.values and b.values and len(a.values) * len(b.values) <= _MOST_VALUES:
        work = _WORK[operator]
        values = [work(x, y) for x in a.values for y in b.values if operator != "/" or y]
        return number_type(values, unit) if values else Type("number", unit)
    if operator == "+":
        return Type("number", unit, low=_plus(a.low, b.low), high=_plus(a.high, b.high))
    if operator == "/":
        if b.low is None or b.high is None or b.low <= 0 <= b.high:
            return Type("number", unit)
        b = Type("number", low=1 / b.high, high=1 / b.low)
    return _product(a, b, unit)


_WORK: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


def _product(a: Type, b: Type, unit: str) -> Type:
    if a.low is not None and a.high is not None and b.low is not None and b.high is not None:
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return Type("number", unit, low=min(corners), high=max(corners))
    if a.low is not None and a.low >= 0 and b.low is not None and b.low >= 0:
        return Type("number", unit, low=a.low * b.low)
    return Type("number", unit)


def _unit(operator: str, a: str, b: str) -> str:
    if operator == "/":
        return "" if b else a
    return (a if not b else b if not a else "") if operator == "*" else a or b


def _plus(x: Fraction | None, y: Fraction | None) -> Fraction | None:
    return None if x is None or y is None else x + y


def _minus(x: Fraction | None) -> Fraction | None:
    return None if x is None else -x


def joined(types: Sequence[Type]) -> Type:
    """The type of a value that is one of several numbers: wide enough for all of them."""
    unit = next((type.unit for type in types if type.unit), "")
    if types and all(type.values for type in types):
        return number_type((value for type in types for value in type.values), unit)
    lows, highs = [type.low for type in types], [type.high for type in types]
    return Type("number", unit, low=_least(lows), high=_most(highs))


def summed(types: Sequence[Type], open_ended: bool) -> Type:
    """The type of a sum of what is there of these. `open_ended` when a list of unknown length is among them."""
    unit = next((type.unit for type in types if type.unit), "")
    low, high = _least([type.low for type in types]), _most([type.high for type in types])
    if low is not None and low < 0:
        low = None if open_ended else sum((min(type.low or Fraction(0), Fraction(0)) for type in types), Fraction(0))
    if high is not None and high > 0:
        high = None if open_ended else sum((max(type.high or Fraction(0), Fraction(0)) for type in types), Fraction(0))
    return Type("number", unit, low=low, high=high)


def rounded_to(type: Type, work: Callable[[Fraction], Fraction]) -> Type:
    """The type after `work`, which never turns a greater number into a smaller one."""
    if type.values:
        return number_type(map(work, type.values), type.unit)
    low = None if type.low is None else work(type.low)
    high = None if type.high is None else work(type.high)
    return Type("number", type.unit, low=low, high=high)


def difference(type: Type) -> Type:
    """The type of the change between two values of this type."""
    return arithmetic_type("-", type, type)


def _least(ends: Sequence[Fraction | None]) -> Fraction | None:
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def _most(ends: Sequence[Fraction | None]) -> Fraction | None:
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def compared(operator: str, x: Fraction, y: Fraction) -> bool:
    return _COMPARE[operator](x, y)


_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison_outcomes(operator: str, a: Type, b: Type) -> frozenset[bool]:
    """The outcomes that a comparison of two numbers can have when neither is missing; both where nothing is certain."""
    if a.values and b.values:
        return frozenset(compared(operator, x, y) for x in a.values for y in b.values)
    outcomes = _outcomes(operator, a, b) & _outcomes(_MIRRORED[operator], b, a)
    return outcomes or frozenset({True, False})


def _outcomes(operator: str, a: Type, b: Type) -> frozenset[bool]:
    """By the lower end of a against the upper end of b alone."""
    both = frozenset({True, False})
    if a.low is None or b.high is None or a.low < b.high:
        return both
    if a.low > b.high:
        return frozenset({operator in ("!=", ">", ">=")})
    return frozenset({operator == ">="}) if operator in (">=", "<") else both


def call_type(name: str, arguments: Sequence[tuple[Type, bool]], trees: Sequence[Sequence[object]]) -> Type:
    """The type of what a function gives. Each argument is its type and whether it is a list; `trees` hold written numbers."""
    types = [type for type, _ in arguments]
    many = any(is_list for _, is_list in arguments)
    if name in ("answered", "missing"):
        return TRUTH
    if name in ("count_answered", "count"):
        open_ended = many or any(type.kind in ("rows", "choices") for type in types)
        return Type("number", low=Fraction(0), high=None if open_ended else Fraction(len(types)))
    if name == "sum":
        return summed(types, many)
    if name == "mean":
        wide = joined(types)
        return Type("number", wide.unit, low=wide.low, high=wide.high)
    if name in ("min", "max"):
        return joined(types)
    if name in ("round", "ceil_to"):
        written = Fraction(str(trees[1][1])) if len(trees) > 1 else Fraction(0)
        return rounded_to(
            types[0], (lambda x: rounded(x, int(written))) if name == "round" else (lambda x: ceiled(x, written))
        )
    return _MORE_TYPES[name](types)


_MORE_TYPES: dict[str, Callable[[list[Type]], Type]] = {
    # Longer than a day by the hour that the clocks are put back.
    "clock_span": lambda types: Type("number", "minutes", low=Fraction(0), high=Fraction(1499)),
    "minutes": lambda types: Type("number", "minutes", low=Fraction(0), high=Fraction(1439)),
    "days_since": lambda types: NUMBER,
    "week": lambda types: Type("number", low=Fraction(0)),
    "this_week": lambda types: types[0],
    "previous": lambda types: types[0],
    "baseline": lambda types: types[0],
    "change": lambda types: difference(types[0]),
}


def bounded(number: Fraction) -> Fraction | None:
    """The number, or None for one that no answer in earnest leads to: no form can make an evaluator work for ever."""
    within = max(number.numerator.bit_length(), number.denominator.bit_length()) <= MOST_BITS
    return number if within else None


def rounded(number: Fraction, digits: int) -> Fraction:
    """To so many decimals; a half goes away from zero."""
    scale = 10**digits
    doubled = abs(number) * scale * 2
    whole = (doubled.numerator // doubled.denominator + 1) // 2
    return Fraction(whole if number >= 0 else -whole, scale)


def ceiled(number: Fraction, step: Fraction) -> Fraction:
    """Up to the nearest multiple of a positive step."""
    return -((-number) // step) * step
