"""From syntax to a typed tree: every name is found, every type agrees, every place of a mistake is exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from designtool.diagnostics import Diagnostic, Edit, Fix, Rule, Span, Text, nearest
from designtool.expressions.expression import Expression, Form, Scope, Type, TypeKind
from designtool.expressions.parse import Syntax, SyntaxProblem, parse
from designtool.expressions.rules.choice_not_in_list import RULE as CHOICE_NOT_IN_LIST
from designtool.expressions.rules.condition_always_true import RULE as CONDITION_ALWAYS_TRUE
from designtool.expressions.rules.condition_never_true import RULE as CONDITION_NEVER_TRUE
from designtool.expressions.rules.expression_syntax import RULE as EXPRESSION_SYNTAX
from designtool.expressions.rules.type_mismatch import RULE as TYPE_MISMATCH
from designtool.expressions.rules.unknown_name import RULE as UNKNOWN_NAME
from designtool.expressions.rules.wrong_arguments import RULE as WRONG_ARGUMENTS
from designtool.expressions.types import (
    DATE,
    FUNCTIONS,
    TEXT,
    TIME,
    TRUTH,
    Function,
    Parameter,
    arithmetic_type,
    call_type,
    comparison_outcomes,
    joined,
    negated,
    number_type,
    units_agree,
)
from designtool.expressions.values import WrongValue, decimal_text, from_json, number_text

_YES_OR_NO = frozenset({"true", "false", "ja", "nej", "sant", "falskt", "yes", "no", "True", "False"})
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


def compile_expression(
    text: str, scope: Scope, place: Span, expected: TypeKind | None = None
) -> tuple[Expression | None, list[Diagnostic]]:
    """An author's expression, typed and with every name resolved, or what is wrong with it.

    `place` is where its text stands in the author's file, quotes included. `expected` is the kind of value that is needed there.
    """
    syntax = parse(text)
    where = _Places(text, place)
    if not isinstance(syntax, Syntax):
        return None, [_syntax_diagnostic(problem, where) for problem in syntax]
    compiler = _Compiler(scope, where)
    typed = compiler.value(syntax)
    if typed is not None and expected is not None:
        typed = compiler.wanted(typed, expected, syntax)
    if typed is None or compiler.diagnostics:
        return None, compiler.diagnostics
    references = tuple(sorted(set(references_of(typed.tree))))
    return Expression(text, _paired(typed.tree), typed.type.kind, references), []


def references_of(tree: Any) -> Iterator[tuple[str, str]]:
    """Every (form, name) that a tree reads, in the order of the tree; a diary's entries as such have no name."""
    if tree[0] in ("ref", "cells"):
        yield (tree[1], tree[2])
    elif tree[0] == "column":
        yield (tree[1], tree[3])
    for branch in tree[1:]:
        if isinstance(branch, list | tuple) and tree[0] != "column":
            yield from references_of(branch)


def _paired(tree: Any) -> Any:
    """The tree, each column told which others over the same days must have a value for an entry to count."""
    columns: dict[tuple[str, int], set[str]] = {}
    for part in _parts(tree):
        if part[0] == "column":
            columns.setdefault((part[1], part[2]), set()).add(part[3])

    def with_pairs(part: Any) -> Any:
        if not isinstance(part, list):
            return part
        if part[0] == "column":
            return [*part[:4], sorted(columns[part[1], part[2]])]
        return [with_pairs(element) for element in part]

    return with_pairs(tree)


def _parts(tree: Any) -> Iterator[list[Any]]:
    if isinstance(tree, list):
        yield tree
        for branch in tree[1:]:
            yield from _parts(branch)


class _Places:
    """Spans of pieces of the text, exact when it stands on one line as it was written."""

    def __init__(self, text: str, place: Span) -> None:
        self.place = place
        width = None
        if place.line is not None and place.line == place.end_line and place.column and place.end_column:
            width = place.end_column - place.column
        self.shift = {len(text): 0, len(text) + 2: 1}.get(-1 if width is None else width)
        if "\n" in text:
            self.shift = None

    @property
    def exact(self) -> bool:
        return self.shift is not None

    def span(self, start: int, end: int) -> Span:
        place = self.place
        if self.shift is None or place.column is None:
            return place
        column = place.column + self.shift
        return Span(place.path, place.line, column + start, place.line, column + max(end, start + 1))


def _syntax_diagnostic(problem: SyntaxProblem, where: _Places) -> Diagnostic:
    span = where.span(problem.start, problem.end)
    fix = None
    if problem.replacement is not None and where.exact:
        title = Text(f"Skriv {problem.replacement}", f"Write {problem.replacement}")
        fix = Fix(title, (Edit(span, problem.replacement),))
    return EXPRESSION_SYNTAX.at(span, problem.variant, fix=fix, **dict[str, Any](problem.facts))


class Typed(NamedTuple):
    """A compiled piece. None in its place means: a mistake in it has been reported."""

    tree: Any
    type: Type
    many: bool = False
    """True for a list of values of this type: a column."""


class _Compiler:
    def __init__(self, scope: Scope, where: _Places) -> None:
        self.scope = scope
        self.where = where
        self.diagnostics: list[Diagnostic] = []

    def report(
        self, rule: Rule, syntax: Syntax, variant: str = "default", help: str | None = None, **facts: Any
    ) -> None:
        self.diagnostics.append(rule.at(self.where.span(syntax.start, syntax.end), variant, help=help, **facts))

    # Values

    def value(self, syntax: Syntax) -> Typed | None:
        """A single value; a column alone is a mistake."""
        typed = self.piece(syntax)
        if typed is not None and typed.many:
            self.report(TYPE_MISMATCH, syntax, "column")
            return None
        return typed

    def piece(self, syntax: Syntax) -> Typed | None:
        return _PIECES[syntax.kind](self, syntax)

    def number(self, syntax: Syntax) -> Typed:
        number = Fraction(syntax.word)
        return Typed(["number", number_text(number)], number_type((number,)))

    def text(self, syntax: Syntax) -> Typed:
        return Typed(["text", syntax.word], TEXT)

    def sign(self, syntax: Syntax) -> Typed | None:
        typed = self.number_value(syntax.children[0])
        if typed is None or syntax.word == "+":
            return typed
        if typed.tree[0] == "number":
            number = -Fraction(typed.tree[1])
            return Typed(["number", number_text(number)], number_type((number,)))
        return Typed(["negate", typed.tree], negated(typed.type))

    def junction(self, syntax: Syntax) -> Typed | None:
        typed = [self.truth_value(child) for child in syntax.children]
        trees = [part.tree for part in typed if part is not None]
        return Typed([syntax.kind, *trees], TRUTH) if len(trees) == len(typed) else None

    def operation(self, syntax: Syntax) -> Typed | None:
        left, right = (self.value(child) for child in syntax.children)
        if left is None or right is None:
            return None
        operator = syntax.word
        if left.type.kind == "time" and operator in "+-":
            return self.moved_time(syntax, left, right)
        for typed, child in zip((left, right), syntax.children, strict=True):
            if typed.type.kind in ("time", "date"):
                self.report(TYPE_MISMATCH, syntax, f"{typed.type.kind}-arithmetic")
                return None
            if self.wanted(typed, "number", child) is None:
                return None
        if operator in "+-" and not units_agree(left.type, right.type):
            self.report(TYPE_MISMATCH, syntax, "units", **_units(left.type, right.type))
            return None
        return Typed([operator, left.tree, right.tree], arithmetic_type(operator, left.type, right.type))

    def moved_time(self, syntax: Syntax, left: Typed, right: Typed) -> Typed | None:
        if right.type.kind == "time":
            self.report(TYPE_MISMATCH, syntax, "time-arithmetic")
            return None
        if self.wanted(right, "number", syntax.children[1]) is None:
            return None
        if right.type.unit == "percent":
            self.report(TYPE_MISMATCH, syntax, "units", **_units(left.type, right.type, "minutes"))
            return None
        return Typed(["later" if syntax.word == "+" else "earlier", left.tree, right.tree], TIME)

    def truth_value(self, syntax: Syntax) -> Typed | None:
        typed = self.value(syntax)
        return typed and self.wanted(typed, "truth", syntax)

    def number_value(self, syntax: Syntax) -> Typed | None:
        typed = self.value(syntax)
        return typed and self.wanted(typed, "number", syntax)

    def wanted(self, typed: Typed, kind: TypeKind, syntax: Syntax) -> Typed | None:
        """The value, if it is of this kind or is a literal that can be read as one."""
        found = typed.type.kind
        if found == kind or {found, kind} == {"text", "choice"}:
            return typed
        if typed.tree[0] == "text" and kind in ("time", "date"):
            return self.literal(typed.tree[1], TIME if kind == "time" else DATE, syntax)
        variant = "truth-from-number" if kind == "truth" and found == "number" else "default"
        self.report(
            TYPE_MISMATCH, syntax, variant, wanted=_kind_sv(kind), wanted_en=_kind_en(kind), **_found(typed.type)
        )
        return None

    def literal(self, word: str, type: Type, syntax: Syntax) -> Typed | None:
        """A written clock time or date, which stands as text in quotes."""
        try:
            value = from_json(type, word)
        except WrongValue:
            value = None
        if value is None:
            self.report(TYPE_MISMATCH, syntax, f"not-a-{type.kind}", found=word)
            return None
        written = value.isoformat() if isinstance(value, date) else str(value)
        return Typed([type.kind, written], type)

    # Comparisons

    def compare(self, syntax: Syntax) -> Typed | None:
        if self.unquoted(*syntax.children) or self.unquoted(*reversed(syntax.children)):
            return None
        left, right = (self.value(child) for child in syntax.children)
        if left is None or right is None:
            return None
        pair = self.alike(syntax, left, right)
        if pair is None:
            return None
        left, right = pair
        kind, operator = left.type.kind, syntax.word
        if kind in ("choices", "rows"):
            self.report(TYPE_MISMATCH, syntax, "set-compared" if kind == "choices" else "rows-compared")
            return None
        if operator not in ("==", "!=") and kind in ("truth", "text", "choice"):
            self.report(TYPE_MISMATCH, syntax, "order", operator=operator, **_found(left.type))
            return None
        if kind == "number" and not self.can_differ(syntax, operator, left.type, right.type):
            return None
        return Typed([operator, left.tree, right.tree], TRUTH)

    def alike(self, syntax: Syntax, left: Typed, right: Typed) -> tuple[Typed, Typed] | None:
        """Both sides as one kind: a text in quotes becomes a time, a date or an option where the other side is one."""
        kinds = (left.type.kind, right.type.kind)
        for one, other, child in ((left, right, syntax.children[0]), (right, left, syntax.children[1])):
            if one.tree[0] == "text" and other.type.kind in ("time", "date"):
                read = self.literal(one.tree[1], other.type, child)
                return read and ((read, other) if one is left else (other, read))
            if one.tree[0] == "text" and other.type.kind == "choice" and not self.in_list(one, other.type, child):
                return None
        if kinds[0] == kinds[1] or set(kinds) == {"text", "choice"}:
            if kinds[0] == "number" and not units_agree(left.type, right.type):
                self.report(TYPE_MISMATCH, syntax, "units", **_units(left.type, right.type))
                return None
            return left, right
        if "choices" in kinds and kinds[0] != kinds[1]:
            self.report(TYPE_MISMATCH, syntax, "set-compared")
            return None
        a, b = _found(left.type), _found(right.type)
        facts = {"a": a["found"], "a_en": a["found_en"], "b": b["found"], "b_en": b["found_en"]}
        self.report(TYPE_MISMATCH, syntax, "compared", **facts)
        return None

    def unquoted(self, word: Syntax, other: Syntax) -> bool:
        """True, and reported, for an option without quotes or a yes written out: `x == ja`."""
        if word.kind != "name" or self.found_bare(word.word) is not None:
            return False
        silent = _Compiler(self.scope, self.where)
        typed = silent.piece(other)
        if typed is None:
            return False
        if typed.type.kind == "truth" and word.word in _YES_OR_NO:
            self.report(TYPE_MISMATCH, word, "truth-compared", found=word.word)
            return True
        if typed.type.kind in ("choice", "choices") and word.word in typed.type.options:
            self.report(UNKNOWN_NAME, word, "quotes", found=word.word)
            return True
        return False

    def can_differ(self, syntax: Syntax, operator: str, left: Type, right: Type) -> bool:
        """False, and reported, for a comparison whose outcome is settled by what the two sides can be."""
        outcomes = comparison_outcomes(operator, left, right)
        if len(outcomes) == 2:
            return True
        rule = CONDITION_ALWAYS_TRUE if True in outcomes else CONDITION_NEVER_TRUE
        written = right if len(right.values) == 1 else left
        other = left if written is right else right
        if other.low is not None and other.high is not None:
            self.report(rule, syntax, low=decimal_text(other.low), high=decimal_text(other.high))
        else:
            self.report(rule, syntax, "half-open")
        return False

    def in_list(self, typed: Typed, choice: Type, syntax: Syntax) -> bool:
        """True if a text in quotes is one of the options; any text where the options are not known."""
        word = typed.tree[1]
        if typed.tree[0] != "text" or not choice.options or word in choice.options:
            return True
        near = nearest(word, choice.options)
        options = ", ".join(choice.options)
        self.report(
            CHOICE_NOT_IN_LIST, syntax, "near" if near else "default", found=word, near=near or "", options=options
        )
        return False

    def within(self, syntax: Syntax) -> Typed | None:
        left_syntax, right_syntax = syntax.children
        members = right_syntax.children if right_syntax.kind == "list" else (right_syntax,)
        if any(self.unquoted(member, left_syntax) for member in members) or self.unquoted(left_syntax, right_syntax):
            return None
        left = self.value(left_syntax)
        if right_syntax.kind != "list":
            right = self.value(right_syntax)
            if left is None or right is None:
                return None
            if right.type.kind == "choices":
                if self.wanted(left, "choice", left_syntax) is None or not self.in_list(left, right.type, left_syntax):
                    return None
                return self.maybe_not(syntax, ["member", left.tree, right.tree])
            pair = self.alike(syntax, left, right)
            return pair and self.maybe_not(syntax, ["in", pair[0].tree, pair[1].tree])
        found = [self.value(member) for member in members]
        if left is None or any(member is None for member in found):
            return None
        trees = []
        for member, member_syntax in zip(found, members, strict=True):
            assert member is not None
            both = Syntax("compare", member_syntax.start, member_syntax.end, "==", (left_syntax, member_syntax))
            pair = self.alike(both, left, member)
            if pair is None or (
                left.type.kind == "number" and not self.possible_member(member_syntax, left.type, member.type)
            ):
                return None
            trees.append(pair[1].tree)
        if left.type.kind in ("choices", "rows"):
            self.report(TYPE_MISMATCH, left_syntax, "set-compared" if left.type.kind == "choices" else "rows-compared")
            return None
        return self.maybe_not(syntax, ["in", left.tree, *trees])

    def possible_member(self, syntax: Syntax, left: Type, member: Type) -> bool:
        outcomes = comparison_outcomes("==", left, member)
        return True in outcomes or self.can_differ(syntax, "==", left, member)

    def maybe_not(self, syntax: Syntax, tree: list[Any]) -> Typed:
        return Typed(["not", tree] if syntax.kind == "not_within" else tree, TRUTH)

    # Names

    def found_bare(self, name: str) -> Typed | None:
        if name in self.scope.extra:
            return Typed(["extra", name], self.scope.extra[name])
        own = self.scope.forms.get(self.scope.own)
        if own is not None and name in own.names:
            return Typed(["ref", own.id, name], own.names[name])
        return None

    def name(self, syntax: Syntax) -> Typed | None:
        found = self.found_bare(syntax.word)
        if found is None:
            self.unknown(syntax)
        return found

    def unknown(self, syntax: Syntax) -> None:
        word = syntax.word
        if word in self.scope.forms:
            example = next(iter(self.scope.forms[word].names), "x")
            self.report(UNKNOWN_NAME, syntax, "form-alone", found=word, example=f"{word}.{example}")
            return
        if word in FUNCTIONS or word == "last":
            usage = FUNCTIONS[word].usage if word in FUNCTIONS else "last(7).x"
            self.report(UNKNOWN_NAME, syntax, "function-alone", found=word, usage=usage)
            return
        if word in _YES_OR_NO:
            self.report(UNKNOWN_NAME, syntax, "yes-or-no", found=word)
            return
        elsewhere = [form.id for form in self.scope.forms.values() if word in form.names]
        if len(elsewhere) == 1:
            self.report(UNKNOWN_NAME, syntax, "elsewhere", found=word, near=f"{elsewhere[0]}.{word}")
            return
        own = self.scope.forms.get(self.scope.own)
        names = [*self.scope.extra, *(own.names if own else ()), *self.scope.forms, *FUNCTIONS]
        self.suggest(syntax, word, names)

    def suggest(self, syntax: Syntax, word: str, names: Iterable[str], variant: str = "default", **facts: Any) -> None:
        near = nearest(word, names)
        span = self.where.span(syntax.start, syntax.end)
        help = "near" if near else "none"
        self.diagnostics.append(UNKNOWN_NAME.at(span, variant, help=help, found=word, near=near or "", **facts))

    def member(self, syntax: Syntax) -> Typed | None:
        base = syntax.children[0]
        # The name after the point is the last word of the piece.
        named = Syntax("name", syntax.end - len(syntax.word), syntax.end, syntax.word)
        diary = self.diary_of(base)
        if diary is not None:
            return self.column(base, diary, named)
        if base.kind == "method" or (base.kind == "call" and base.word == "last"):
            self.piece(base)
            return None
        if base.kind == "member":
            typed = self.member(base)
            return typed and self.cells(typed, base, named)
        if base.kind != "name":
            self.report(EXPRESSION_SYNTAX, syntax, "operator", found=".")
            return None
        own = self.found_bare(base.word)
        if own is not None and own.type.kind == "rows":
            return self.cells(own, base, named)
        form = self.scope.forms.get(base.word)
        if form is None:
            if own is not None:
                self.report(UNKNOWN_NAME, base, "no-inside", found=base.word)
            else:
                self.suggest(base, base.word, self.scope.forms, "form")
            return None
        if syntax.word not in form.names:
            self.suggest(named, syntax.word, form.names, "in-form", form=form.id)
            return None
        return Typed(["ref", form.id, syntax.word], form.names[syntax.word])

    def cells(self, table: Typed, base: Syntax, named: Syntax) -> Typed | None:
        if table.type.kind != "rows" or table.tree[0] != "ref":
            self.report(UNKNOWN_NAME, base, "no-inside", found=table.tree[-1])
            return None
        if named.word not in table.type.columns:
            self.suggest(named, named.word, table.type.columns, "in-form", form=table.tree[2])
            return None
        return Typed(["cells", table.tree[1], table.tree[2], named.word], table.type.columns[named.word], many=True)

    def diary_of(self, syntax: Syntax) -> Form | None:
        """The diary of `last(n)` or `diary.last(n)`; None for everything else."""
        if syntax.word != "last":
            return None
        if syntax.kind == "call":
            form = self.scope.forms.get(self.scope.own)
        elif syntax.kind == "method" and syntax.children[0].kind == "name":
            form = self.scope.forms.get(syntax.children[0].word)
        else:
            return None
        return form if form is not None and form.kind in ("diary", "plan") else None

    def days(self, syntax: Syntax) -> int | None:
        arguments = syntax.children if syntax.kind == "call" else syntax.children[1:]
        if len(arguments) == 1 and arguments[0].kind == "number":
            days = Fraction(arguments[0].word)
            if days.denominator == 1 and 1 <= days <= 1000:
                return int(days)
        self.report(WRONG_ARGUMENTS, syntax, "days", found="last")
        return None

    def column(self, base: Syntax, diary: Form, named: Syntax) -> Typed | None:
        days = self.days(base)
        if days is None:
            return None
        if named.word not in diary.names or named.word in diary.summaries:
            names = [name for name in diary.names if name not in diary.summaries]
            self.suggest(named, named.word, names, "in-form", form=diary.id)
            return None
        return Typed(["column", diary.id, days, named.word], diary.names[named.word], many=True)

    # Functions

    def call(self, syntax: Syntax) -> Typed | None:
        name, arguments = syntax.word, syntax.children
        if name == "last":
            return self.entries(syntax)
        function = FUNCTIONS.get(name)
        if function is None:
            word = Syntax("name", syntax.start, syntax.start + len(name), name)
            near = _SWEDISH_FUNCTIONS.get(name.lower())
            if near:
                self.report(UNKNOWN_NAME, word, "swedish-function", help="instead", found=name, instead=near)
            else:
                self.suggest(word, name, [*FUNCTIONS, "last"], "function")
            return None
        if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
            self.report(WRONG_ARGUMENTS, syntax, found=name, usage=function.usage, count=len(arguments))
            return None
        if function.values:
            return self.aggregate(syntax, function)
        typed = [
            self.argument(parameter, argument, syntax)
            for parameter, argument in zip(function.parameters, arguments, strict=False)
        ]
        found = [part for part in typed if part is not None]
        if len(found) < len(typed):
            return None
        return self.called(syntax, found)

    def called(self, syntax: Syntax, found: list[Typed]) -> Typed | None:
        name = syntax.word
        if name == "if":
            return self.chosen(syntax, found)
        if name == "minutes":
            return self.minutes(found, syntax)
        type = call_type(name, [(part.type, part.many) for part in found], [part.tree for part in found])
        return Typed(["call", name, *(part.tree for part in found)], type)

    def chosen(self, syntax: Syntax, found: list[Typed]) -> Typed | None:
        condition, a, b = found
        both = Syntax("compare", syntax.start, syntax.end, "==", syntax.children[1:])
        pair = self.alike(both, a, b)
        if pair is None:
            return None
        a, b = pair
        type = joined((a.type, b.type)) if a.type.kind == "number" else a.type if a.type.kind != "text" else b.type
        return Typed(["if", condition.tree, a.tree, b.tree], type)

    def minutes(self, found: list[Typed], syntax: Syntax) -> Typed | None:
        """`minutes(30)` is 30 minutes, `minutes(7, 30)` is 7 hours and 30 minutes, `minutes(bed)` counts from midnight."""
        first = found[0]
        if first.type.kind == "time":
            if len(found) > 1:
                self.report(WRONG_ARGUMENTS, syntax, found="minutes", usage="minutes(bed)", count=2)
                return None
            return Typed(["call", "minutes", first.tree], call_type("minutes", [(TIME, False)], [first.tree]))
        minutes = Type("number", "minutes", values=first.type.values, low=first.type.low, high=first.type.high)
        if len(found) == 1:
            return Typed(first.tree, minutes)
        hours = arithmetic_type("*", minutes, number_type((Fraction(60),)))
        tree = ["+", ["*", first.tree, ["number", "60"]], found[1].tree]
        return Typed(tree, arithmetic_type("+", hours, found[1].type))

    def argument(self, parameter: Parameter, syntax: Syntax, call: Syntax) -> Typed | None:
        if syntax.kind == "range":
            self.report(WRONG_ARGUMENTS, syntax, "no-range", found=call.word)
            return None
        if parameter in ("whole", "digits", "step"):
            return self.written_number(parameter, syntax, call)
        typed = self.value(syntax)
        if typed is None or parameter == "value":
            return typed
        if parameter == "amount":
            return typed if typed.type.kind == "time" else self.wanted(typed, "number", syntax)
        if parameter in ("present", "history"):
            return self.remembered(parameter, typed, syntax, call)
        return self.wanted(typed, _WANTED[parameter], syntax)

    def written_number(self, parameter: Parameter, syntax: Syntax, call: Syntax) -> Typed | None:
        if syntax.kind == "number":
            number = Fraction(syntax.word)
            whole = number.denominator == 1
            allowed = {"whole": whole and 1 <= number <= 1000, "digits": whole and number <= 6, "step": number > 0}
            if allowed[parameter]:
                return self.number(syntax)
        self.report(WRONG_ARGUMENTS, syntax, parameter, found=call.word)
        return None

    def remembered(self, parameter: Parameter, typed: Typed, syntax: Syntax, call: Syntax) -> Typed | None:
        """An answer or a score by its name; earlier copies are kept of what a form itself holds, and not of summaries."""
        form = self.scope.forms.get(typed.tree[1]) if typed.tree[0] == "ref" else None
        kept = form is not None and form.kind != "decision" and typed.tree[2] not in form.summaries
        if not kept or typed.type.kind in ("rows", "choices"):
            self.report(WRONG_ARGUMENTS, syntax, "name", found=call.word, usage=FUNCTIONS[call.word].usage)
            return None
        if call.word == "change":
            return self.wanted(typed, "number", syntax)
        return typed

    def aggregate(self, syntax: Syntax, function: Function) -> Typed | None:
        found: list[Typed] = []
        for argument in syntax.children:
            parts = self.stretch(argument) if argument.kind == "range" else [self.piece(argument)]
            for part in parts:
                if part is None:
                    return None
                checked = self.countable(part, argument) if function.values == "countable" else part
                if function.values == "number":
                    checked = self.wanted(part, "number", argument)
                if checked is None:
                    return None
                found.append(checked)
        numbers = [part.type for part in found if part.type.kind == "number"]
        if syntax.word != "count_answered":
            for type in numbers[1:]:
                if not units_agree(numbers[0], type):
                    self.report(TYPE_MISMATCH, syntax, "units", **_units(numbers[0], type))
                    return None
        type = call_type(syntax.word, [(part.type, part.many) for part in found], [part.tree for part in found])
        return Typed(["call", syntax.word, *(part.tree for part in found)], type)

    def countable(self, typed: Typed, syntax: Syntax) -> Typed | None:
        if typed.type.kind == "truth" or (typed.type.kind in ("rows", "choices") and not typed.many):
            return typed
        self.report(TYPE_MISMATCH, syntax, "not-countable", **_found(typed.type))
        return None

    def stretch(self, syntax: Syntax) -> Sequence[Typed | None]:
        """The items from the first to the last named, in the order of the form."""
        first_syntax, last_syntax = syntax.children
        for end in syntax.children:
            if end.kind not in ("name", "member"):
                self.report(WRONG_ARGUMENTS, syntax, "range-ends")
                return [None]
        first = self.piece(first_syntax)
        if first is None or first.tree[0] != "ref":
            if first is not None:
                self.report(WRONG_ARGUMENTS, syntax, "range-ends")
            return [None]
        form = self.scope.forms[first.tree[1]]
        if last_syntax.kind == "name" and last_syntax.word in form.names:
            last = Typed(["ref", form.id, last_syntax.word], form.names[last_syntax.word])
        else:
            found = self.piece(last_syntax)
            if found is None:
                return [None]
            last = found
        if last.tree[0] != "ref" or last.tree[1] != form.id:
            self.report(WRONG_ARGUMENTS, syntax, "range-ends")
            return [None]
        names = list(form.names)
        start, end_index = names.index(first.tree[2]), names.index(last.tree[2])
        if start > end_index:
            self.report(WRONG_ARGUMENTS, syntax, "range-backwards", first=first.tree[2], last=last.tree[2])
            return [None]
        return [Typed(["ref", form.id, name], form.names[name]) for name in names[start : end_index + 1]]

    def entries(self, syntax: Syntax) -> Typed | None:
        diary = self.diary_of(syntax)
        if diary is None:
            diaries = [form.id for form in self.scope.forms.values() if form.kind in ("diary", "plan")]
            example = f"{diaries[0]}.last(7)" if diaries else "somndagbok.last(7)"
            self.report(UNKNOWN_NAME, syntax, "no-diary", found="last", example=example)
            return None
        days = self.days(syntax)
        return None if days is None else Typed(["entries", diary.id, days], Type("rows"))

    def method(self, syntax: Syntax) -> Typed | None:
        base = syntax.children[0]
        if syntax.word == "last":
            if base.kind == "name" and base.word not in self.scope.forms:
                self.suggest(base, base.word, self.scope.forms, "form")
                return None
            return self.entries(syntax)
        # Only `last` stands after a point; the bracket that follows the name is no part of the place.
        word = Syntax("name", base.end + 1, base.end + 1 + len(syntax.word), syntax.word)
        self.suggest(word, syntax.word, ["last"], "method")
        return None

    def misplaced(self, syntax: Syntax) -> None:
        self.report(WRONG_ARGUMENTS, syntax, "range-place")


_PIECES: dict[str, Callable[[_Compiler, Syntax], Typed | None]] = {
    "or": _Compiler.junction,
    "and": _Compiler.junction,
    "not": _Compiler.junction,
    "compare": _Compiler.compare,
    "within": _Compiler.within,
    "not_within": _Compiler.within,
    "operation": _Compiler.operation,
    "sign": _Compiler.sign,
    "number": _Compiler.number,
    "text": _Compiler.text,
    "name": _Compiler.name,
    "member": _Compiler.member,
    "call": _Compiler.call,
    "method": _Compiler.method,
    "range": _Compiler.misplaced,
}
_WANTED: dict[Parameter, TypeKind] = {"number": "number", "time": "time", "date": "date", "truth": "truth"}
_KINDS: dict[str, Text] = {
    "truth": Text("ett villkor (sant eller falskt)", "a condition (true or false)"),
    "number": Text("ett tal", "a number"),
    "text": Text("en text", "a text"),
    "date": Text("ett datum", "a date"),
    "time": Text("ett klockslag", "a clock time"),
    "choice": Text("ett val ur en lista", "a choice from a list"),
    "choices": Text("flera val ur en lista", "several choices from a list"),
    "rows": Text("en lista med rader", "a list of rows"),
}


def _kind_sv(kind: str) -> str:
    return _KINDS[kind].sv


def _kind_en(kind: str) -> str:
    return _KINDS[kind].en


def _found(type: Type) -> dict[str, str]:
    return {"found": _kind_sv(type.kind), "found_en": _kind_en(type.kind)}


def _units(a: Type, b: Type, of_time: str = "") -> dict[str, str]:
    sv = {"minutes": "minuter", "percent": "procent"}
    first, second = a.unit or of_time, b.unit
    return {"a": sv[first], "b": sv[second], "a_en": first, "b_en": second}
