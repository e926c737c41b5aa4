"""What a name in an expression stands for: an answer, a score, a table's column, a diary's last days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from designtool.diagnostics import Diagnostic, nearest
from designtool.expressions.expression import Form
from designtool.expressions.parse import Syntax
from designtool.expressions.rules.expression_syntax import RULE as EXPRESSION_SYNTAX
from designtool.expressions.rules.unknown_name import RULE as UNKNOWN_NAME
from designtool.expressions.rules.wrong_arguments import RULE as WRONG_ARGUMENTS
from designtool.expressions.typed import Typed
from designtool.expressions.types import FUNCTIONS

if TYPE_CHECKING:
    from designtool.expressions.compiler import Compiler

_HYPHENATED = re.compile(r"(?<![\w.-])[a-z][a-z0-9_]*(?:-[a-z0-9_]+)+")
_NOTHING = frozenset({"null", "none", "nil", "undefined", "tom", "tomt", "empty"})
YES_OR_NO = frozenset({"true", "false", "ja", "nej", "sant", "falskt", "yes", "no", "True", "False"})


def found_bare(compiler: Compiler, name: str) -> Typed | None:
    if name in compiler.scope.extra:
        return Typed(["extra", name], compiler.scope.extra[name])
    own = compiler.scope.forms.get(compiler.scope.own)
    if own is not None and name in own.names:
        return Typed(["ref", own.id, name], own.names[name])
    return None


def name(compiler: Compiler, syntax: Syntax) -> Typed | None:
    found = found_bare(compiler, syntax.word)
    if found is None:
        unknown(compiler, syntax)
    return found


def unknown(compiler: Compiler, syntax: Syntax) -> None:
    word = syntax.word
    if word in compiler.scope.forms:
        example = next(iter(compiler.scope.forms[word].names), "x")
        compiler.report(UNKNOWN_NAME, syntax, "form-alone", found=word, example=f"{word}.{example}")
        return
    if word in FUNCTIONS or word == "last":
        usage = FUNCTIONS[word].usage if word in FUNCTIONS else "last(7).x"
        compiler.report(UNKNOWN_NAME, syntax, "function-alone", found=word, usage=usage)
        return
    if word in YES_OR_NO:
        compiler.report(UNKNOWN_NAME, syntax, "yes-or-no", found=word)
        return
    if word.lower() in _NOTHING:
        compiler.report(UNKNOWN_NAME, syntax, "nothing", found=word)
        return
    elsewhere = [form.id for form in compiler.scope.forms.values() if word in form.names]
    if len(elsewhere) == 1:
        compiler.report(UNKNOWN_NAME, syntax, "elsewhere", found=word, near=f"{elsewhere[0]}.{word}")
        return
    own = compiler.scope.forms.get(compiler.scope.own)
    names = [*compiler.scope.extra, *(own.names if own else ()), *compiler.scope.forms, *FUNCTIONS]
    suggest(compiler, syntax, word, names)


def hyphenated(compiler: Compiler, text: str) -> list[Diagnostic]:
    """Names that exist when their hyphens are underscores: one finding each, instead of all that the minus brought about."""
    own = compiler.scope.forms.get(compiler.scope.own)
    known = {*compiler.scope.extra, *compiler.scope.forms, *(own.names if own else ())}
    return [
        UNKNOWN_NAME.at(
            compiler.where.span(*found.span()), "hyphen", help="near", found=found[0], near=found[0].replace("-", "_")
        )
        for found in _HYPHENATED.finditer(text)
        if found[0].replace("-", "_") in known
    ]


def suggest(
    compiler: Compiler, syntax: Syntax, word: str, names: Iterable[str], variant: str = "default", **facts: Any
) -> None:
    near = nearest(word, names)
    span = compiler.where.span(syntax.start, syntax.end)
    help = "near" if near else "none"
    compiler.diagnostics.append(UNKNOWN_NAME.at(span, variant, help=help, found=word, near=near or "", **facts))


def member(compiler: Compiler, syntax: Syntax) -> Typed | None:
    base = syntax.children[0]
    # The name after the point is the last word of the piece.
    named = Syntax("name", syntax.end - len(syntax.word), syntax.end, syntax.word)
    diary = diary_of(compiler, base)
    if diary is not None:
        return column(compiler, base, diary, named)
    if base.kind == "method" or (base.kind == "call" and base.word == "last"):
        compiler.piece(base)
        return None
    if base.kind == "member":
        typed = member(compiler, base)
        return typed and cells(compiler, typed, base, named)
    if base.kind != "name":
        compiler.report(EXPRESSION_SYNTAX, syntax, "operator", found=".")
        return None
    own = found_bare(compiler, base.word)
    if own is not None and own.type.kind == "rows":
        return cells(compiler, own, base, named)
    form = compiler.scope.forms.get(base.word)
    if form is None:
        if own is not None:
            compiler.report(UNKNOWN_NAME, base, "no-inside", found=base.word)
        else:
            suggest(compiler, base, base.word, compiler.scope.forms, "form")
        return None
    if syntax.word not in form.names:
        suggest(compiler, named, syntax.word, form.names, "in-form", form=form.id)
        return None
    return Typed(["ref", form.id, syntax.word], form.names[syntax.word])


def cells(compiler: Compiler, table: Typed, base: Syntax, named: Syntax) -> Typed | None:
    if table.type.kind != "rows" or table.tree[0] != "ref":
        compiler.report(UNKNOWN_NAME, base, "no-inside", found=table.tree[-1])
        return None
    if named.word not in table.type.columns:
        suggest(compiler, named, named.word, table.type.columns, "in-form", form=table.tree[2])
        return None
    return Typed(["cells", table.tree[1], table.tree[2], named.word], table.type.columns[named.word], many=True)


def diary_of(compiler: Compiler, syntax: Syntax) -> Form | None:
    """The diary of `last(n)` or `diary.last(n)`; None for everything else."""
    if syntax.word != "last":
        return None
    if syntax.kind == "call":
        form = compiler.scope.forms.get(compiler.scope.own)
    elif syntax.kind == "method" and syntax.children[0].kind == "name":
        form = compiler.scope.forms.get(syntax.children[0].word)
    else:
        return None
    return form if form is not None and form.kind in ("diary", "plan") else None


def days(compiler: Compiler, syntax: Syntax) -> int | None:
    arguments = syntax.children if syntax.kind == "call" else syntax.children[1:]
    if len(arguments) == 1 and arguments[0].kind == "number":
        days = Fraction(arguments[0].word)
        if days.denominator == 1 and 1 <= days <= 1000:
            return int(days)
    compiler.report(WRONG_ARGUMENTS, syntax, "days", found="last")
    return None


def column(compiler: Compiler, base: Syntax, diary: Form, named: Syntax) -> Typed | None:
    number = days(compiler, base)
    if number is None:
        return None
    if named.word not in diary.names or named.word in diary.summaries:
        names = [name for name in diary.names if name not in diary.summaries]
        suggest(compiler, named, named.word, names, "in-form", form=diary.id)
        return None
    return Typed(["column", diary.id, number, named.word], diary.names[named.word], many=True)
