"""Which directives and inline roles there are, and how they are written on a page.

A directive stands between `:::{name} argument` and `:::`, with `:key: value` lines directly under its opening. A closing
line closes the innermost. An inline role is `{name}` with its text between backticks behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline


@dataclass(frozen=True, slots=True)
class Directive:
    argument: bool | None = None
    """True: it must have one; False: it has none; None: as the author likes."""
    choices: tuple[str, ...] = ()
    """The arguments there are; empty when the argument is a name or a text."""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Option to its values; no values when any text will do."""
    content: bool = False
    """True when there may be text between its opening and its end."""
    files: bool = False
    """True when its argument, and its options captions and transcript, name files of the workspace."""


_FILM = {"captions": (), "transcript": (), "alt": (), "caption": (), "credit": ()}

DIRECTIVES: Mapping[str, Directive] = {
    "film": Directive(argument=True, options=_FILM, files=True),
    "audio": Directive(argument=True, options=_FILM, files=True),
    "image": Directive(argument=True, options={"alt": (), "caption": (), "credit": ()}, files=True),
    "example": Directive(argument=True, content=True),
    "callout": Directive(argument=True, choices=("tip", "important", "crisis"), options={"title": ()}, content=True),
    "reveal": Directive(argument=True, content=True),
    "summary": Directive(content=True),
    "exercise": Directive(argument=True),
    "questionnaire": Directive(argument=True),
    "if": Directive(argument=True, content=True),
    "chart": Directive(argument=True, options={"title": ()}),
    "review": Directive(argument=True, options={"of": ("latest", "week", "first")}),
    "checklist": Directive(content=True),
    "video-meeting": Directive(argument=True, options={"title": (), "logging": ("pdl",)}),
    "therapist": Directive(argument=False, content=True),
    "page": Directive(argument=True),
}
ROLES: tuple[str, ...] = ("term", "answer", "score", "contact", "program")

ELSE = "else"
"""The separator inside an `if`; no directive of its own."""

DEEPEST = 20
"""Levels of blocks in each other; a list is one and its item another."""

_CLOSING = re.compile(r":{3,}[ \t]*$")
_OPENING = re.compile(r"(:{3,})([ \t]*)(\{?)[ \t]*([^\s{}]*)[ \t]*(\}?)[ \t]*(.*?)[ \t]*$")
_OPTION = re.compile(r":([A-Za-z][\w-]*):(?:[ \t]+(.*?))?[ \t]*$")
_LIST_MARKERS = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+")
_CODE_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_ALLOWANCE = re.compile(r"%[ \t]*(designtool:.*)$")
_ROLE = re.compile(r"\{([A-Za-z][\w-]{0,40})\}(`+)(?!`)")

Part = tuple[str, int]
"""A piece of the author's text and where it starts, in characters from 0 of the parsed text."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening line as it was written, with its options."""

    name: Part
    argument: Part
    options: tuple[tuple[Part, Part], ...]
    well_formed: bool
    closed: bool
    separators: tuple[int, ...]
    """Lines with `:::{else}` of an `if`, those of blocks inside it excepted."""
    line: Part


def add_directives(parser: MarkdownIt) -> None:
    """Teaches a parser our two forms, the suppressions, and a limit of depth that drops nothing."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("table", "too_deep", _too_deep)
    parser.block.ruler.before("fence", "directive", _directive, interrupts)
    parser.block.ruler.before("fence", "allowance", _allowance, interrupts)
    parser.inline.ruler.before("backticks", "role", _role)


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Takes the lines of a block that lies too deep as they are, so that they are reported and not dropped."""
    if silent or state.level < DEEPEST:
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    token = state.push("too_deep", "", 0)
    token.map = [start, line]
    token.content = state.getLines(start, line, state.blkIndent, False)
    state.line = line
    return True


def _allowance(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    position = state.bMarks[start] + state.tShift[start]
    found = _ALLOWANCE.match(state.src, position, state.eMarks[start]) if state.src.startswith("%", position) else None
    if not found:
        return False
    if not silent:
        state.env["allowances"].append((found[1], position, start))
        state.line = start + 1
    return True


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    position = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", position) or state.is_code_block(start):
        return False
    if silent:
        return True
    text = state.src[position : state.eMarks[start]]
    if _CLOSING.match(text):
        return _single_line(state, start, "stray_fence", position)
    parts = _OPENING.match(text)
    assert parts  # Whatever follows three colons fits.
    if parts[4] == ELSE:
        return _single_line(state, start, "stray_else", position)
    last, separators = _find_closing(state, start, end, parts[4])
    closed = last < end and bool(_CLOSING.match(_line(state, last)[0]))
    options, line = _options(state, start + 1, last)
    opening = Opening(
        name=(parts[4], position + parts.start(4)),
        argument=(parts[6], position + parts.start(6)),
        options=options,
        well_formed=bool(parts[4] and parts[3] and parts[5]) and not parts[2],
        closed=closed,
        separators=tuple(separators),
        line=(text.rstrip(), position),
    )
    _content(state, opening, (start, last + closed), line, last)
    state.line = last + closed
    return True


def _single_line(state: StateBlock, line: int, kind: str, position: int) -> bool:
    token = state.push(kind, "", 0)
    token.map = [line, line + 1]
    token.content = state.src[position : state.eMarks[line]]
    state.line = line + 1
    return True


def _find_closing(state: StateBlock, start: int, end: int, name: str) -> tuple[int, list[int]]:
    """The line that closes the directive (or the first one that is no part of it), and its `else` lines."""
    depth = 1
    fence = ""
    separators: list[int] = []
    line = start + 1
    while line < end:
        indent = state.sCount[line] - state.blkIndent
        if indent < 0 and not state.isEmpty(line):
            break
        text = _line(state, line)[0]
        if fence:
            if text.startswith(fence) and not text.strip(fence[0] + " \t"):
                fence = ""
        elif indent < 4 and text:
            if text[0] in "-*+0123456789":
                markers = _LIST_MARKERS.match(text)
                text = text[markers.end() :] if markers else text
            code = _CODE_FENCE.match(text)
            if code:
                fence = code[1]
            elif text.startswith(":::"):
                depth, separates = _counted(text, depth)
                if depth == 0:
                    break
                if separates and name == "if":
                    separators.append(line)
        line += 1
    return line, separators


def _counted(text: str, depth: int) -> tuple[int, bool]:
    """The depth behind a line with a colon fence, and whether the line is an `else` of the outermost directive."""
    if _CLOSING.match(text):
        return depth - 1, False
    parts = _OPENING.match(text)
    if parts and parts[4] == ELSE:
        return depth, depth == 1
    return depth + 1, False


def _options(state: StateBlock, line: int, end: int) -> tuple[tuple[tuple[Part, Part], ...], int]:
    options = []
    while line < end:
        text, position = _line(state, line)
        found = _OPTION.match(text)
        if found:
            value = (found[2] or "", position + (found.start(2) if found[2] is not None else len(text)))
            options.append(((found[1], position + 1), value))
        elif not _allowance(state, line, end, False):
            break
        line += 1
    return tuple(options), line


def _content(state: StateBlock, opening: Opening, lines: tuple[int, int], first: int, last: int) -> None:
    token = state.push("directive_open", "", 1)
    token.map = [*lines]
    token.meta = {"opening": opening}
    old_parent, old_end = state.parentType, state.lineMax
    state.parentType = "directive"
    if opening.name[0] == "if":
        start = first
        for end in (*opening.separators, last):
            branch = state.push("branch_open", "", 1)
            branch.map = [start, end]
            state.lineMax = end
            state.md.block.tokenize(state, start, end)
            state.push("branch_close", "", -1)
            start = end + 1
    else:
        state.lineMax = last
        state.md.block.tokenize(state, first, last)
    state.parentType, state.lineMax = old_parent, old_end
    state.push("directive_close", "", -1)


def _line(state: StateBlock, line: int) -> Part:
    position = state.bMarks[line] + state.tShift[line]
    return state.src[position : state.eMarks[line]], position


def _role(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] != "{":
        return False
    found = _ROLE.match(state.src, start, state.posMax)
    if not found:
        return False
    ticks = found[2]
    end = found.end()
    while True:
        end = state.src.find(ticks, end, state.posMax)
        if end < 0:
            return False
        after = end + len(ticks)
        while after < state.posMax and state.src[after] == "`":
            after += 1
        if after - end == len(ticks):
            break
        end = after
    if not silent:
        token = state.push("role", "", 0)
        token.content = state.src[found.end() : end].replace("\n", " ")
        token.meta = {"name": found[1]}
    state.pos = after
    return True
