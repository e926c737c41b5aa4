"""Mistakes planted in either evaluator, one at a time: each is a piece of its text and what stands there instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import designtool.expressions

PACKAGE = Path(designtool.expressions.__file__).parent
SCRIPT = PACKAGE.parent / "static" / "expressions.js"

PYTHON: Mapping[str, tuple[str, str, str]] = {
    "or settled by a false": ("evaluate", 'tree[0] == "or"', 'tree[0] == "and"'),
    "unknown taken for false": ("evaluate", "all(value is (not settles) for", "all(value is not settles for"),
    "not unknown is true": ("evaluate", "return not value if isinstance(value, bool) else None", "return not value"),
    "a missing option is another one": (
        "evaluate",
        "return True if True in found else None if None in found else False",
        "return True in found",
    ),
    "member of nothing is false": (
        "evaluate",
        "frozenset) else None\n\n    def arithmetic",
        "frozenset) else False\n\n    def arithmetic",
    ),
    "minus the other way": ("evaluate", 'a - b if tree[0] == "-"', 'b - a if tree[0] == "-"'),
    "division by zero is zero": ("evaluate", "bounded(a / b) if b else None", "bounded(a / b) if b else Fraction(0)"),
    "later loses part of a minute upwards": (
        "evaluate",
        "moved.numerator // moved.denominator %",
        "-(-moved.numerator // moved.denominator) %",
    ),
    "unknown condition takes the second branch": (
        "evaluate",
        "if condition else tree[3]) if isinstance(condition, bool) else None",
        "if condition else tree[3])",
    ),
    "sum of nothing is zero": ("evaluate", "Fraction(0) if numbers else None", "Fraction(0)"),
    "mean over all that was asked": ("evaluate", "bounded(total / len(numbers))", "bounded(total / len(trees))"),
    "columns not paired": ("evaluate", "if all(record.values.get(pair) is not None for pair in pairs):", "if True:"),
    "one day too many": ("evaluate", "timedelta(days=days - 1)", "timedelta(days=days)"),
    "tomorrow counted": ("evaluate", "first <= record.dated <= today", "first <= record.dated"),
    "the draft is overlooked": ("evaluate", "form == environment.own and environment.draft is not None", "False"),
    "the draft counted as earlier": ("evaluate", "else records[:-1]", "else records"),
    "summaries overlooked": ("evaluate", "if name in summaries:", "if False:"),
    "the first week is week 0": ("evaluate", "// 7 + 1))", "// 7))"),
    "weeks before the start are counted": ("evaluate", "Fraction(max(0, ", "Fraction(max(-9, "),
    "this week is the last seven days": (
        "evaluate",
        "(record.dated - start).days // 7 == (self.environment.today - start).days // 7",
        "(self.environment.today - record.dated).days < 7",
    ),
    "change since the copy before only": ("evaluate", "(value for value in earlier if value is not None)", "earlier"),
    "baseline is the latest": ("evaluate", "records[0].values.get(trees[0][2])", "records[-1].values.get(trees[0][2])"),
    "previous is one too far back": ("evaluate", "earlier[index].values", "earlier[index + 1].values"),
    "days the other way": ("evaluate", "(self.environment.today - day).days", "(day - self.environment.today).days"),
    "clock span without the night": (
        "evaluate",
        "(end.minutes - start.minutes) % MINUTES_A_DAY",
        "end.minutes - start.minutes",
    ),
    "summer time overlooked": ("evaluate", "return shown - moved if spans_the_move else shown", "return shown"),
    "the hour of the autumn night": ("evaluate", "(_TWO if moved > 0 else _THREE)", "_TWO"),
    "count of no condition is zero": ("evaluate", "Fraction(sum(found)) if found else None", "Fraction(sum(found))"),
    "count of every condition": ("evaluate", "found.append(int(value))", "found.append(1)"),
    "false is no answer": ("evaluate", "as_it_is().value(trees[0]) is not None", "as_it_is().value(trees[0])"),
    "other kinds are different": (
        "evaluate",
        "isinstance(a, comparable):\n        return None",
        "isinstance(a, comparable):\n        return operator == '!='",
    ),
    "min is max": (
        "evaluate",
        "min(evaluation.numbers(trees), default=None)",
        "max(evaluation.numbers(trees), default=None)",
    ),
    "half to even": ("types", "(doubled.numerator // doubled.denominator + 1) // 2", "round(doubled / 2)"),
    "round towards plus": (
        "types",
        "whole if number >= 0 else -whole, scale",
        "whole if number >= 0 else 1 - whole, scale",
    ),
    "ceil is floor": ("types", "-((-number) // step) * step", "(number // step) * step"),
    "no bound": ("types", "return number if within else None", "return number"),
    "a bound of one bit less": ("types", "<= MOST_BITS", "< MOST_BITS"),
    "at most is less than": ("types", '"<=": lambda x, y: x <= y', '"<=": lambda x, y: x < y'),
    "different is equal": ("types", '"!=": lambda x, y: x != y', '"!=": lambda x, y: x == y'),
}
"""Name to the module, a piece of it that stands there once, and the mistake."""

JAVASCRIPT: Mapping[str, tuple[str, str]] = {
    "and settled by a true": (
        '["and", ["t*", (tree, around) => junction(tree, around, false)]]',
        '["and", ["t*", (tree, around) => junction(tree, around, true)]]',
    ),
    "unknown taken for false": ("values.every((value) => value === !settles) ? !settles : null", "!settles"),
    "not unknown is true": ('typeof value === "boolean" ? !value : null', "!value"),
    "a missing option is another one": (
        "found.includes(true) ? true : found.includes(null) ? null : false",
        "found.includes(true)",
    ),
    "member of nothing is false": ("options.has(option) : null", "options.has(option) : false"),
    "plus in floating point": ("arithmetic((a, b) => a.plus(b))", "arithmetic((a, b) => floating(a, b))"),
    "minus the other way": ("arithmetic((a, b) => a.minus(b))", "arithmetic((a, b) => b.minus(a))"),
    "division by zero is zero": ("(b.numerator === 0n ? null : a.over(b))", "(b.numerator === 0n ? b : a.over(b))"),
    "not in lowest terms": (
        "const divisor = denominator < 0n ? -a : a;",
        "const divisor = denominator < 0n ? -1n : 1n;",
    ),
    "a negative below the line": ("denominator < 0n ? -a : a", "a"),
    "floor towards zero": ("whole * this.denominator > this.numerator ? whole - 1n : whole", "whole"),
    "later without midnight": ("Number((shown + day) % day)", "Number(shown)"),
    "earlier is later": (
        "moved((time, minutes) => time.minus(minutes))",
        "moved((time, minutes) => time.plus(minutes))",
    ),
    "unknown condition takes the second branch": (
        'typeof holds === "boolean" ? valueOf(holds ? yes : no, around) : null',
        "valueOf(holds ? yes : no, around)",
    ),
    "both branches the same": ("valueOf(holds ? yes : no, around)", "valueOf(yes, around)"),
    "sum of nothing is zero": (
        "bounded(total.plus(term)), whole(0)) : null;",
        "bounded(total.plus(term)), whole(0)) : whole(0);",
    ),
    "mean over all that was asked": ("total.over(whole(found.length))", "total.over(whole(trees.length))"),
    "max is min": ("extreme(numbers(trees, around), 1)", "extreme(numbers(trees, around), -1)"),
    "columns not paired": ("lastEntries(diary, days, around).filter(whole)", "lastEntries(diary, days, around)"),
    "one day too many": ("today - days < dated.number", "today - days <= dated.number"),
    "tomorrow counted": ("today - days < dated.number && dated.number <= today", "today - days < dated.number"),
    "the draft is overlooked": ("around.draft ? around.draft : around.records", "false ? null : around.records"),
    "the draft counted as earlier": ("records : records.slice(0, -1)", "records : records"),
    "summaries overlooked": ("summaries?.has(name)", "false"),
    "the first week is week 0": ("weekOf(around.today, around) + 1", "weekOf(around.today, around)"),
    "weeks towards zero": (
        "Math.floor((day.number - around.start.number) / 7)",
        "Math.trunc((day.number - around.start.number) / 7)",
    ),
    "change since the copy before only": ("earlier.findLast((value) => value !== null)", "earlier.at(-1)"),
    "change the other way": ("bounded(now.minus(before))", "bounded(before.minus(now))"),
    "baseline is the latest": ("(around.records.get(form) ?? [])[0]", "(around.records.get(form) ?? []).at(-1)"),
    "previous is one too far back": ("back ? -Number(back[1]) : -1", "back ? -Number(back[1]) - 1 : -1"),
    "leap years of a century": ("year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)", "year % 4 === 0"),
    "a leap day too few": ("+ Math.floor(before / 400)", ""),
    "summer time overlooked": ("(spansTheMove ? moved : 0)", "0"),
    "the hour of the autumn night": ("(moved > 0 ? TWO : THREE)", "TWO"),
    "clock span without the night": ("start.minutes <= end.minutes ? 0 : MINUTES_A_DAY", "0"),
    "half towards zero": ("const up = (nearest + 1n) / 2n;", "const up = nearest / 2n;"),
    "ceil is floor": ("-number.negated().over(step).floor()", "number.over(step).floor()"),
    "no bound": (
        "return number && within(number.numerator) && within(number.denominator) ? number : null;",
        "return number;",
    ),
    "a bound of one bit more": ("const MOST_BITS = 2048n;", "const MOST_BITS = 2049n;"),
    "false is no answer": (
        '["answered", ["t", ([x], around) => valueOf(x, asItIs(around)) !== null]]',
        '["answered", ["t", ([x], around) => Boolean(valueOf(x, asItIs(around)))]]',
    ),
    "zero is no answer": (
        "listed(trees, asItIs(around)).filter((value) => value !== null)",
        "listed(trees, asItIs(around)).filter((value) => value && value.numerator !== 0n)",
    ),
    "count of every condition": ("[Number(value)]", "[1]"),
    "rows counted as one": (
        "if (Array.isArray(value)) return [value.length];",
        "if (Array.isArray(value)) return [1];",
    ),
    "text compared as times": ("return plain && !ordered ?", "return plain ?"),
    "numbers in lowest terms only as decimals": (
        "`${this.numerator}/${this.denominator}`",
        "`${Number(this.numerator) / Number(this.denominator)}`",
    ),
}
"""Name to a piece of the script that stands there once, and the mistake."""

FLOATING = """
function floating(a, b) {
  const sum = Number(a.numerator) / Number(a.denominator) + Number(b.numerator) / Number(b.denominator);
  return Number.isFinite(sum) ? new Rational(BigInt(Math.round(sum * 2 ** 40)), 2n ** 40n) : null;
}
"""


def python_mutant(name: str) -> Callable[..., Any]:
    """`evaluate` with the mistake."""
    file, piece, instead = PYTHON[name]
    texts = {module: (PACKAGE / f"{module}.py").read_text("utf-8") for module in ("evaluate", "types")}
    texts[file] = replaced(texts[file], piece, instead)
    made = {}
    for module in texts:
        # Dataclasses look their module up by its name, which is that of the original.
        made[module] = ModuleType(f"designtool.expressions.{module}")
        exec(compile(texts[module], f"{module} with: {name}", "exec"), made[module].__dict__)
    if file == "types":
        for word in ("bounded", "ceiled", "compared", "rounded"):
            setattr(made["evaluate"], word, getattr(made["types"], word))
    found: Callable[..., Any] = made["evaluate"].evaluate
    return found


def javascript_mutant(name: str, folder: Path) -> Path:
    """A file of the module with the mistake."""
    piece, instead = JAVASCRIPT[name]
    path = folder / f"{name.replace(' ', '_')}.js"
    path.write_text(replaced(SCRIPT.read_text("utf-8"), piece, instead) + FLOATING, "utf-8")
    return path


def replaced(text: str, piece: str, instead: str) -> str:
    assert text.count(piece) == 1, f"stands {text.count(piece)} times: {piece}"
    return text.replace(piece, instead)
