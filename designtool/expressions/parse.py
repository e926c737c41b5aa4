"""From text to syntax: which words stand where. What they mean is the business of `compiler`.

The compiler turns the syntax into the tree that is kept in a program and that every evaluator works out. The tree is JSON:
a list whose first element says what it is, and whose other elements are trees unless the table says otherwise.

    ["number", "27/2"]                      a number, exact, always as text; a whole one without a slash
    ["text", "ja"]                          a text, or an option of a choice
    ["date", "2026-03-01"] ["time", "23:00"]
    ["ref", form, name]                     an item, field, score, computed value or summary of a form
    ["extra", name]                         a bare name that a place adds, such as `current` in a decision
    ["cells", form, table, column]          the values of one column of a table, a list
    ["entries", diary, n]                   the entries of the last n days, today included, a list; n is a JSON number
    ["column", diary, n, name, [names]]     the values of one column of those entries, a list; an entry counts only if
                                            it has a value for each of `names`: the columns over the same days in the expression
    ["and", a, b, ...] ["or", a, b, ...] ["not", a]
    ["==", a, b] ["!=", a, b] ["<", a, b] ["<=", a, b] [">", a, b] [">=", a, b]
    ["in", a, b, c, ...]                    a equals one of b, c, ...
    ["member", a, set]                      the option a is among the chosen
    ["+", a, b] ["-", a, b] ["*", a, b] ["/", a, b] ["negate", a]
    ["later", time, minutes] ["earlier", time, minutes]
    ["if", condition, a, b]
    ["call", name, a, ...]                  a function of `types.FUNCTIONS`; a list among the arguments of count_answered,
                                            sum, mean, min, max and count stands for all its values. change, previous and
                                            baseline have a ["ref", form, name] first; previous then has how many copies back.

A range of items `q1 .. q9` has become as many arguments, and `last(n)` knows its diary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

LONGEST_TEXT = 5_000
"""Characters of one expression."""
DEEPEST_TREE = 100
"""Levels of operators and functions; a chain of as many + is as deep, for each works on what the one before gave."""
LONGEST_NUMBER = 30
"""Digits of a number that is written in an expression."""

_GRAMMAR = Path(__file__).with_name("grammar.lark")


@dataclass(frozen=True, slots=True)
class Syntax:
    """A piece of an expression as written. Offsets count characters of the text from 0; `end` is the first one after."""

    kind: str
    """The name of the rule in grammar.lark."""
    start: int
    end: int
    word: str = ""
    """The operator, name, number or text; of a text, what stands between the quotes."""
    children: tuple[Syntax, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a text is no expression: a variant of the rule `expression-syntax`, the place, and facts for its message."""

    variant: str
    start: int
    end: int
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    replacement: str | None = None
    """What certainly belongs there instead."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Syntax | tuple[SyntaxProblem, ...]:
    """The syntax of an expression, or what is wrong with it; never an exception, however long or deep the text."""
    if len(text) > LONGEST_TEXT:
        return (SyntaxProblem("too-long", 0, len(text), {"most": str(LONGEST_TEXT)}),)
    if not text.strip():
        return (SyntaxProblem("empty", 0, len(text)),)
    certain = tuple(_certain_slips(_without_texts(text)))
    if certain:
        return certain
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = _parser().parse(text)
    except UnexpectedToken as error:
        return _explained(text, error.token)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        return _explained(text, text[offset], offset)
    if _depth(tree) > DEEPEST_TREE:
        return (SyntaxProblem("too-deep", 0, len(text), {"most": str(DEEPEST_TREE)}),)
    long = next((token for token in _tokens(tree) if token.type == "NUMBER" and len(token) > LONGEST_NUMBER), None)
    if long is not None:
        facts = {"most": str(LONGEST_NUMBER)}
        return (SyntaxProblem("long-number", _start(long), _end(long), facts),)
    return _syntax(tree.children[0])


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR.read_text("utf-8"), parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _depth(tree: Tree[Token]) -> int:
    """Counted without recursion, before anything that recurses touches the tree."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for parent in level for child in parent.children if not isinstance(child, str)]
    return deepest


def _tokens(tree: Tree[Token]) -> Iterator[Token]:
    for subtree in tree.iter_subtrees():
        for child in subtree.children:
            if isinstance(child, str):
                yield child


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


def _end(token: Token) -> int:
    assert token.end_pos is not None
    return token.end_pos


def _syntax(tree: Any) -> Syntax:
    """The tree without lark's classes, each piece with its place."""
    words = [child for child in tree.children if isinstance(child, str)]
    children = tuple(
        child
        for part in tree.children
        if not isinstance(part, str)
        for child in (map(_syntax, part.children) if part.data == "arguments" else (_syntax(part),))
    )
    word = str(words[0]) if words else ""
    if tree.data == "text":
        word = word[1:-1]
    return Syntax(str(tree.data), tree.meta.start_pos, tree.meta.end_pos, word, children)


_TEXT = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_HIDDEN = "\x00"
_DECIMAL_COMMA = re.compile(r"(?<![\w.])[0-9]+,[0-9]+")
_CURLY = re.compile("[“”„‘’‚«»]")
_SIGNS = {
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "=!": "!=",
    "===": "==",
    "!==": "!=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "!": "not",
    "...": "..",
    "…": "..",
}
_SIGN = re.compile(r"!==|===|&&|\|\||<>|=>|=<|=!(?!=)|\.\.\.|[&|≥≤≠×·÷−–…]|!(?!=)")
_BARE_TIME = re.compile(r"(?<![\w.:])[0-9]{1,2}:[0-9]{2}(?![\w:])")
_COLON = re.compile(r"(?<![0-9]):|:(?![0-9])")
_IF_IN_WORDS = re.compile(r"\bif\b(?!\s*\()")
_SINGLE_EQUALS = re.compile(r"(?<![<>=!])=(?![=<>!])")
_WORDS = {"och": "and", "eller": "or", "inte": "not", "ej": "not", "om": "if", "i": "in"}
_WORD = re.compile(r"\b(och|eller|inte|ej)\b|\b(AND|OR|NOT|And|Or|Not)\b", re.IGNORECASE)
_LOOSE_POINT = re.compile(r"(?<![\w.)])\.[0-9]+|(?<![\w.])[0-9]+\.(?![\w.])")


def _without_texts(text: str) -> str:
    """The text with every quoted text blanked, so that signs inside it are not taken for operators."""
    return _TEXT.sub(lambda match: _HIDDEN * len(match[0]), text)


def _certain_slips(masked: str) -> Iterator[SyntaxProblem]:
    """What is wrong wherever it stands. `0,5` could be read as two arguments, so it is refused even where it parses."""
    for match in _DECIMAL_COMMA.finditer(masked):
        whole, _, part = match[0].partition(",")
        yield SyntaxProblem(
            "decimal-comma", match.start(), match.end(), {"found": match[0], "decimal": f"{whole}.{part}"}
        )


def _explained(text: str, found: Any, offset: int | None = None) -> tuple[SyntaxProblem, ...]:
    """The likeliest reason why a text did not parse: a slip from other languages, a bracket, or what stands there."""
    masked = _without_texts(text)
    slips = tuple(_slips(masked))
    if slips:
        return slips
    bracket = _unmatched_bracket(masked)
    if bracket is not None:
        return (bracket,)
    if offset is not None:
        return (SyntaxProblem("character", offset, offset + 1, {"found": found}),)
    if found.type == "$END":
        end = len(text.rstrip())
        return (SyntaxProblem("end", max(0, end - 1), end),)
    start, end = _start(found), _end(found)
    facts = {"found": str(found)}
    if found.type == "COMPARISON":
        return (SyntaxProblem("chained" if _compared_before(masked[:start]) else "operator", start, end, facts),)
    operand = found.type in ("NAME", "NUMBER", "TEXT", "NOT") or found == "("
    if operand and re.search(r"[\w)\x00]\s*$", masked[:start]):
        return (SyntaxProblem("missing-operator", start, end, facts),)
    return (SyntaxProblem("operator", start, end, facts),)


def _slips(masked: str) -> Iterator[SyntaxProblem]:
    for match in _CURLY.finditer(masked):
        yield SyntaxProblem("curly-quote", match.start(), match.end(), {"found": match[0]}, "'")
        return
    for match in re.finditer("['\"]", masked):
        yield SyntaxProblem("unclosed-quote", match.start(), len(masked))
        return
    for match in _SINGLE_EQUALS.finditer(masked):
        yield SyntaxProblem("single-equals", match.start(), match.end(), replacement="==")
    for match in _SIGN.finditer(masked):
        instead = _SIGNS[match[0]]
        yield SyntaxProblem("sign", match.start(), match.end(), {"found": match[0], "instead": instead})
    for match in _BARE_TIME.finditer(masked):
        yield SyntaxProblem("bare-time", match.start(), match.end(), {"found": match[0]}, f"'{match[0]}'")
    for match in _COLON.finditer(masked):
        yield SyntaxProblem("colon", match.start(), match.end())
    for match in _IF_IN_WORDS.finditer(masked):
        yield SyntaxProblem("if-in-words", match.start(), match.end())
    for match in _WORD.finditer(masked):
        if match[0] in ("and", "or", "not"):
            continue
        instead = _WORDS.get(match[0].lower(), match[0].lower())
        yield SyntaxProblem("word", match.start(), match.end(), {"found": match[0], "instead": instead}, instead)
    for match in _LOOSE_POINT.finditer(masked):
        yield SyntaxProblem("loose-point", match.start(), match.end(), {"found": match[0]})
    for match in re.finditer(r"[\[\]{}]", masked):
        yield SyntaxProblem("other-bracket", match.start(), match.end(), {"found": match[0]})
        return
    for match in re.finditer("%", masked):
        yield SyntaxProblem("percent", match.start(), match.end())


def _unmatched_bracket(masked: str) -> SyntaxProblem | None:
    open_at: list[int] = []
    for offset, letter in enumerate(masked):
        if letter == "(":
            open_at.append(offset)
        elif letter == ")":
            if not open_at:
                return SyntaxProblem("extra-bracket", offset, offset + 1)
            open_at.pop()
    return SyntaxProblem("missing-bracket", open_at[-1], open_at[-1] + 1) if open_at else None


def _compared_before(masked: str) -> bool:
    """True when the comparison just before this place stands with it in one chain, as in `1 < x < 3`."""
    stretch = re.split(r"\band\b|\bor\b|\(|,", masked)[-1]
    return re.search(r"[<>=!]=|[<>]", stretch) is not None
