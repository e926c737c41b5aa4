"""Functions in an expression: what they are given, and the type of what they give."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from designtool.expressions.expression import Type, TypeKind
from designtool.expressions.names import days, diary_of, suggest
from designtool.expressions.parse import Syntax
from designtool.expressions.rules.type_mismatch import RULE as TYPE_MISMATCH
from designtool.expressions.rules.unknown_name import RULE as UNKNOWN_NAME
from designtool.expressions.rules.wrong_arguments import RULE as WRONG_ARGUMENTS
from designtool.expressions.typed import Typed, found_words, unit_words
from designtool.expressions.types import (
    FUNCTIONS,
    TIME,
    Function,
    Parameter,
    arithmetic_type,
    call_type,
    joined,
    number_type,
    units_agree,
)

if TYPE_CHECKING:
    from designtool.expressions.compiler import Compiler

_SWEDISH_FUNCTIONS = {
    "inte": "not",
    "om": "if",
    "summa": "sum",
    "medel": "mean",
    "medelvarde": "mean",
    "antal": "count",
    "besvarad": "answered",
    "saknas": "missing",
    "avrunda": "round",
    "vecka": "week",
    "avg": "mean",
    "average": "mean",
    "length": "count",
    "len": "count",
}
_WANTED: dict[Parameter, TypeKind] = {"number": "number", "time": "time", "date": "date", "truth": "truth"}


def call(compiler: Compiler, syntax: Syntax) -> Typed | None:
    name, arguments = syntax.word, syntax.children
    if name == "last":
        return entries(compiler, syntax)
    function = FUNCTIONS.get(name)
    if function is None:
        word = Syntax("name", syntax.start, syntax.start + len(name), name)
        near = _SWEDISH_FUNCTIONS.get(name.lower())
        if near:
            compiler.report(UNKNOWN_NAME, word, "swedish-function", help="instead", found=name, instead=near)
        else:
            suggest(compiler, word, name, [*FUNCTIONS, "last"], "function")
        return None
    if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
        compiler.report(WRONG_ARGUMENTS, syntax, found=name, usage=function.usage, count=len(arguments))
        return None
    if function.values:
        return aggregate(compiler, syntax, function)
    typed = [
        argument(compiler, parameter, given, syntax)
        for parameter, given in zip(function.parameters, arguments, strict=False)
    ]
    found = [part for part in typed if part is not None]
    if len(found) < len(typed):
        return None
    return called(compiler, syntax, found)


def called(compiler: Compiler, syntax: Syntax, found: list[Typed]) -> Typed | None:
    name = syntax.word
    if name == "if":
        return chosen(compiler, syntax, found)
    if name == "minutes":
        return minutes(compiler, found, syntax)
    type = call_type(name, [(part.type, part.many) for part in found], [part.tree for part in found])
    return Typed(["call", name, *(part.tree for part in found)], type)


def chosen(compiler: Compiler, syntax: Syntax, found: list[Typed]) -> Typed | None:
    condition, a, b = found
    both = Syntax("compare", syntax.start, syntax.end, "==", syntax.children[1:])
    pair = compiler.alike(both, a, b)
    if pair is None:
        return None
    a, b = pair
    type = joined((a.type, b.type)) if a.type.kind == "number" else a.type if a.type.kind != "text" else b.type
    return Typed(["if", condition.tree, a.tree, b.tree], type)


def minutes(compiler: Compiler, found: list[Typed], syntax: Syntax) -> Typed | None:
    """`minutes(30)` is 30 minutes, `minutes(7, 30)` is 7 hours and 30 minutes, `minutes(bed)` counts from midnight."""
    first = found[0]
    if first.type.kind == "time":
        if len(found) > 1:
            compiler.report(WRONG_ARGUMENTS, syntax, found="minutes", usage="minutes(bed)", count=2)
            return None
        return Typed(["call", "minutes", first.tree], call_type("minutes", [(TIME, False)], [first.tree]))
    minutes = Type("number", "minutes", values=first.type.values, low=first.type.low, high=first.type.high)
    if len(found) == 1:
        return Typed(first.tree, minutes)
    hours = arithmetic_type("*", minutes, number_type((Fraction(60),)))
    tree = ["+", ["*", first.tree, ["number", "60"]], found[1].tree]
    return Typed(tree, arithmetic_type("+", hours, found[1].type))


def argument(compiler: Compiler, parameter: Parameter, syntax: Syntax, call: Syntax) -> Typed | None:
    if syntax.kind == "range":
        compiler.report(WRONG_ARGUMENTS, syntax, "no-range", found=call.word)
        return None
    if parameter in ("whole", "digits", "step"):
        return written_number(compiler, parameter, syntax, call)
    typed = compiler.value(syntax)
    if typed is None or parameter == "value":
        return typed
    if parameter == "amount":
        return typed if typed.type.kind == "time" else compiler.wanted(typed, "number", syntax)
    if parameter in ("present", "history"):
        return remembered(compiler, parameter, typed, syntax, call)
    return compiler.wanted(typed, _WANTED[parameter], syntax)


def written_number(compiler: Compiler, parameter: Parameter, syntax: Syntax, call: Syntax) -> Typed | None:
    if syntax.kind == "number":
        number = Fraction(syntax.word)
        whole = number.denominator == 1
        allowed = {"whole": whole and 1 <= number <= 1000, "digits": whole and number <= 6, "step": number > 0}
        if allowed[parameter]:
            return compiler.number(syntax)
    compiler.report(WRONG_ARGUMENTS, syntax, parameter, found=call.word)
    return None


def remembered(compiler: Compiler, parameter: Parameter, typed: Typed, syntax: Syntax, call: Syntax) -> Typed | None:
    """An answer or a score by its name; earlier copies are kept of what a form itself holds, and not of summaries."""
    form = compiler.scope.forms.get(typed.tree[1]) if typed.tree[0] == "ref" else None
    kept = form is not None and form.kind != "decision" and typed.tree[2] not in form.summaries
    if not kept or typed.type.kind in ("rows", "choices"):
        compiler.report(WRONG_ARGUMENTS, syntax, "name", found=call.word, usage=FUNCTIONS[call.word].usage)
        return None
    if call.word == "change":
        return compiler.wanted(typed, "number", syntax)
    return typed


def aggregate(compiler: Compiler, syntax: Syntax, function: Function) -> Typed | None:
    found: list[Typed] = []
    for given in syntax.children:
        parts = stretch(compiler, given) if given.kind == "range" else [compiler.piece(given)]
        for part in parts:
            if part is None:
                return None
            checked = countable(compiler, part, given) if function.values == "countable" else part
            if function.values == "number":
                checked = compiler.wanted(part, "number", given)
            if checked is None:
                return None
            found.append(checked)
    numbers = [part.type for part in found if part.type.kind == "number"]
    if syntax.word != "count_answered":
        for type in numbers[1:]:
            if not units_agree(numbers[0], type):
                compiler.report(TYPE_MISMATCH, syntax, "units", **unit_words(numbers[0], type))
                return None
    type = call_type(syntax.word, [(part.type, part.many) for part in found], [part.tree for part in found])
    return Typed(["call", syntax.word, *(part.tree for part in found)], type)


def countable(compiler: Compiler, typed: Typed, syntax: Syntax) -> Typed | None:
    if typed.type.kind == "truth" or (typed.type.kind in ("rows", "choices") and not typed.many):
        return typed
    compiler.report(TYPE_MISMATCH, syntax, "not-countable", **found_words(typed.type))
    return None


def stretch(compiler: Compiler, syntax: Syntax) -> Sequence[Typed | None]:
    """The items from the first to the last named, in the order of the form."""
    first_syntax, last_syntax = syntax.children
    for end in syntax.children:
        if end.kind not in ("name", "member"):
            compiler.report(WRONG_ARGUMENTS, syntax, "range-ends")
            return [None]
    first = compiler.piece(first_syntax)
    if first is None or first.tree[0] != "ref":
        if first is not None:
            compiler.report(WRONG_ARGUMENTS, syntax, "range-ends")
        return [None]
    form = compiler.scope.forms[first.tree[1]]
    if last_syntax.kind == "name" and last_syntax.word in form.names:
        last = Typed(["ref", form.id, last_syntax.word], form.names[last_syntax.word])
    else:
        found = compiler.piece(last_syntax)
        if found is None:
            return [None]
        last = found
    if last.tree[0] != "ref" or last.tree[1] != form.id:
        compiler.report(WRONG_ARGUMENTS, syntax, "range-ends")
        return [None]
    names = list(form.names)
    start, end_index = names.index(first.tree[2]), names.index(last.tree[2])
    if start > end_index:
        compiler.report(WRONG_ARGUMENTS, syntax, "range-backwards", first=first.tree[2], last=last.tree[2])
        return [None]
    return [Typed(["ref", form.id, name], form.names[name]) for name in names[start : end_index + 1]]


def entries(compiler: Compiler, syntax: Syntax) -> Typed | None:
    diary = diary_of(compiler, syntax)
    if diary is None:
        diaries = [form.id for form in compiler.scope.forms.values() if form.kind in ("diary", "plan")]
        example = f"{diaries[0]}.last(7)" if diaries else "somndagbok.last(7)"
        compiler.report(UNKNOWN_NAME, syntax, "no-diary", found="last", example=example)
        return None
    number = days(compiler, syntax)
    return None if number is None else Typed(["entries", diary.id, number], Type("rows"))


def method(compiler: Compiler, syntax: Syntax) -> Typed | None:
    base = syntax.children[0]
    if syntax.word == "last":
        if base.kind == "name" and base.word not in compiler.scope.forms:
            suggest(compiler, base, base.word, compiler.scope.forms, "form")
            return None
        return entries(compiler, syntax)
    # Only `last` stands after a point; the bracket that follows the name is no part of the place.
    word = Syntax("name", base.end + 1, base.end + 1 + len(syntax.word), syntax.word)
    suggest(compiler, word, syntax.word, ["last"], "method")
    return None


def misplaced(compiler: Compiler, syntax: Syntax) -> None:
    compiler.report(WRONG_ARGUMENTS, syntax, "range-place")
