"""Whether a text can be FHIRPath at all, and which items it reads. Nothing here works an expression out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designtool.diagnostics import Text

_TOKEN = re.compile(
    r"(?P<blank>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<name>%?`(?:[^`\\]|\\.)*`|%'(?:[^'\\]|\\.)*'|%[A-Za-z_][A-Za-z0-9_-]*|\$[a-z]+|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<date>@[0-9T][0-9:.TZ+-]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<operator><=|>=|!=|!~|[-+*/&|=~<>.,])"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.DOTALL,
)
_WORD_OPERATORS = frozenset({"and", "or", "xor", "implies", "in", "contains", "div", "mod", "is", "as"})
_UNITS = re.compile("(?:year|month|week|day|hour|minute|second|millisecond)s?")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_LINK = re.compile(r"linkId\s*=\s*'((?:[^'\\]|\\.)*)'")
_LINKS = re.compile(r"linkId\s+in\s*\(([^()]*)\)")
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")
_VARIABLE = re.compile(r"%`?([A-Za-z_][A-Za-z0-9_-]*)")


def fhirpath_problem(path: str) -> Text | None:
    """Why no engine could read the text; None where that is not plain to see."""
    open_brackets: list[str] = []
    before, at = "operator", 0
    word_before = ""
    while at < len(path):
        token = _TOKEN.match(path, at)
        if token is None:
            shown = path[at]
            if shown in "'`":
                return Text("ett citattecken är inte avslutat", "a quotation mark is not closed")
            return Text(f"tecknet {shown} hör inte hit", f"the sign {shown} does not belong here")
        at, kind, word = token.end(), str(token.lastgroup), token[0]
        if kind == "blank":
            continue
        if kind == "open":
            if word == "(" and before == "operand" and word_before not in _WORD_OPERATORS:
                kind = "call"
            open_brackets.append(_PAIRS[word])
            before = "operator"
        elif kind == "close":
            if not open_brackets or open_brackets.pop() != word:
                return Text(f"tecknet {word} stänger ingenting", f"the sign {word} closes nothing")
            before = "operand"
        elif kind == "operator" or (kind == "name" and word in _WORD_OPERATORS and before == "operand"):
            before = "operator" if word != "." else "point"
        else:
            is_unit = word_before.isdecimal() and (kind == "text" or _UNITS.fullmatch(word))
            if before == "operand" and not is_unit:
                return Text(f"det saknas något före {word[:40]}", f"something is missing before {word[:40]}")
            before = "operand"
        word_before = word
    if open_brackets:
        return Text(f"tecknet {open_brackets[-1]} saknas", f"the sign {open_brackets[-1]} is missing")
    if before != "operand":
        return Text("uttrycket slutar mitt i", "the expression ends halfway")
    return None


def links_read(path: str) -> Iterator[str]:
    """The linkIds that an expression names."""
    yield from _LINK.findall(path)
    for found in _LINKS.findall(path):
        yield from _TEXT.findall(found)


def variables_read(path: str) -> set[str]:
    return set(_VARIABLE.findall(path))
