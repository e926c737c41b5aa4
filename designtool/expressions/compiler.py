"""From syntax to a typed tree: every name is found, every type agrees, every place of a mistake is exact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from designtool.diagnostics import Diagnostic, Rule, Span, nearest
from designtool.expressions.calls import call, method, misplaced
from designtool.expressions.expression import Expression, Scope, Type, TypeKind
from designtool.expressions.names import YES_OR_NO, found_bare, hyphenated, member, name
from designtool.expressions.parse import Syntax, parse
from designtool.expressions.places import Places, syntax_diagnostic
from designtool.expressions.rules.choice_not_in_list import RULE as CHOICE_NOT_IN_LIST
from designtool.expressions.rules.condition_always_true import RULE as CONDITION_ALWAYS_TRUE
from designtool.expressions.rules.condition_never_true import RULE as CONDITION_NEVER_TRUE
from designtool.expressions.rules.type_mismatch import RULE as TYPE_MISMATCH
from designtool.expressions.rules.unknown_name import RULE as UNKNOWN_NAME
from designtool.expressions.trees import paired, references_of
from designtool.expressions.typed import Typed, found_words, kind_en, kind_sv, unit_words
from designtool.expressions.types import (
    DATE,
    TEXT,
    TIME,
    TRUTH,
    arithmetic_type,
    comparison_outcomes,
    negated,
    number_type,
    units_agree,
)
from designtool.expressions.values import WrongValue, decimal_text, from_json, number_from_text, number_text


def compile_expression(
    text: str, scope: Scope, place: Span, expected: TypeKind | None = None
) -> tuple[Expression | None, list[Diagnostic]]:
    """An author's expression, typed and with every name resolved, or what is wrong with it.

    `place` is where its text stands in the author's file, quotes included. `expected` is the kind of value that is needed there.
    """
    syntax = parse(text)
    where = Places(text, place)
    if not isinstance(syntax, Syntax):
        return None, [syntax_diagnostic(problem, where) for problem in syntax]
    compiler = Compiler(scope, where)
    typed = compiler.value(syntax)
    if typed is not None and expected is not None:
        typed = compiler.wanted(typed, expected, syntax)
    if typed is None or compiler.diagnostics:
        return None, hyphenated(compiler, text) or compiler.diagnostics
    references = tuple(sorted(set(references_of(typed.tree))))
    return Expression(text, paired(typed.tree), typed.type.kind, references), []


class Compiler:
    def __init__(self, scope: Scope, where: Places) -> None:
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
            self.report(TYPE_MISMATCH, syntax, "units", **unit_words(left.type, right.type))
            return None
        return Typed([operator, left.tree, right.tree], arithmetic_type(operator, left.type, right.type))

    def moved_time(self, syntax: Syntax, left: Typed, right: Typed) -> Typed | None:
        if right.type.kind == "time":
            self.report(TYPE_MISMATCH, syntax, "time-arithmetic")
            return None
        if self.wanted(right, "number", syntax.children[1]) is None:
            return None
        if right.type.unit == "percent":
            self.report(TYPE_MISMATCH, syntax, "units", **unit_words(left.type, right.type, "minutes"))
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
        help = "entries" if kind == "number" and typed.tree[0] == "entries" else None
        self.report(
            TYPE_MISMATCH,
            syntax,
            variant,
            help,
            wanted=kind_sv(kind),
            wanted_en=kind_en(kind),
            **found_words(typed.type),
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
            self.report(TYPE_MISMATCH, syntax, "order", operator=operator, **found_words(left.type))
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
                self.report(TYPE_MISMATCH, syntax, "units", **unit_words(left.type, right.type))
                return None
            return left, right
        if "choices" in kinds and kinds[0] != kinds[1]:
            self.report(TYPE_MISMATCH, syntax, "set-compared")
            return None
        self.report_unlike(syntax, left, right)
        return None

    def report_unlike(self, syntax: Syntax, left: Typed, right: Typed) -> None:
        """Says what to write, where it can be told what was meant."""
        for one, other in ((left, right), (right, left)):
            is_written = other.tree[0] in ("text", "number")
            if one.type.kind == "number" and other.tree[0] == "text" and number_from_text(other.tree[1]) is not None:
                self.report(TYPE_MISMATCH, syntax, "number-in-quotes", found=other.tree[1].replace(",", "."))
                return
            if one.type.kind == "time" and other.tree[0] == "number":
                self.report(TYPE_MISMATCH, syntax, "time-as-number")
                return
            if one.type.kind == "truth" and one.tree[0] == "ref" and is_written:
                self.report(TYPE_MISMATCH, syntax, "truth-compared", found=other.tree[1])
                return
        a, b = found_words(left.type), found_words(right.type)
        facts = {"a": a["found"], "a_en": a["found_en"], "b": b["found"], "b_en": b["found_en"]}
        self.report(TYPE_MISMATCH, syntax, "compared", **facts)

    def unquoted(self, word: Syntax, other: Syntax) -> bool:
        """True, and reported, for an option without quotes or a yes written out: `x == ja`."""
        if word.kind != "name" or found_bare(self, word.word) is not None:
            return False
        silent = Compiler(self.scope, self.where)
        typed = silent.piece(other)
        if typed is None:
            return False
        if typed.type.kind == "truth" and word.word in YES_OR_NO:
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
        if left is None or any(one is None for one in found):
            return None
        trees = []
        for one, member_syntax in zip(found, members, strict=True):
            assert one is not None
            both = Syntax("compare", member_syntax.start, member_syntax.end, "==", (left_syntax, member_syntax))
            pair = self.alike(both, left, one)
            if pair is None or (
                left.type.kind == "number" and not self.possible_member(member_syntax, left.type, one.type)
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


_PIECES: dict[str, Callable[[Compiler, Syntax], Typed | None]] = {
    "or": Compiler.junction,
    "and": Compiler.junction,
    "not": Compiler.junction,
    "compare": Compiler.compare,
    "within": Compiler.within,
    "not_within": Compiler.within,
    "operation": Compiler.operation,
    "sign": Compiler.sign,
    "number": Compiler.number,
    "text": Compiler.text,
    "name": name,
    "member": member,
    "call": call,
    "method": method,
    "range": misplaced,
}
