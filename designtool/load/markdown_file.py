"""A page: front matter, and CommonMark with tables, directives and inline roles, as a tree of blocks.

markdown-it gives tokens; this turns them into our own values and says what an author would otherwise lose. Every word
of the page is in the tree or under a diagnostic.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text, nearest
from designtool.load.allowances import read_allowance
from designtool.load.directives import DEEPEST, DIRECTIVES, ROLES, Directive, Opening, Part, add_directives
from designtool.load.document import Allowance, Block, Inline, Place
from designtool.load.rules import (
    image_in_text,
    indented_code,
    link_title,
    malformed_directive,
    missing_argument,
    raw_html,
    remote_media,
    repeated_option,
    stray_else,
    stray_fence,
    table_row_too_long,
    too_deep,
    unclosed_code_fence,
    unclosed_directive,
    unclosed_front_matter,
    unclosed_role,
    unexpected_argument,
    unexpected_content,
    unknown_directive,
    unknown_option,
    unknown_role,
    unsafe_link,
    unused_reference,
    wrong_choice,
)
from designtool.load.safe_text import SCHEMES, misplaced_sign
from designtool.load.text_file import decode
from designtool.load.yaml_file import ParsedYaml, parse_yaml_text

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNREAD_LINK = re.compile(r"\[[^\[\]]+\]\([^()\s]+[^\S\n][^()]*\)")
"""`[words](two words)`, which Markdown leaves as text."""
_IGNORED_BY_BROWSERS = re.compile("[\x00-\x20\x7f-\x9f]")
_UNCLOSED_ROLE = re.compile(r"\{(" + "|".join(ROLES) + r")\}(`?)")
_QUOTE_MARKS = " \t>"
_DEEPEST_INLINE = 20


MOST_BRACKETS = 5_000
"""Each may begin a link, and the parser looks for the end of each: a page of nothing else takes it a minute."""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    data: Any
    """The front matter; an empty mapping when there is none."""
    values: Mapping[str, Place] = field(default_factory=dict)
    keys: Mapping[str, Place] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    readable: bool = True
    """False when the file is no text, or its front matter could not be read."""


def parse_page(path: str, data: bytes) -> ParsedPage:
    decoded = decode(path, data)
    if decoded.text is None:
        return ParsedPage({}, diagnostics=decoded.diagnostics, readable=False)
    text = decoded.text
    if text.count("[") > MOST_BRACKETS:
        return ParsedPage({}, diagnostics=(*decoded.diagnostics, _too_many_brackets(path, text)), readable=False)
    front, body, first_line, unclosed = _front_matter(path, text)
    page = _Page(path, body, first_line)
    blocks = page.read()
    diagnostics = (*decoded.diagnostics, *unclosed, *front.diagnostics, *page.diagnostics)
    return ParsedPage(
        front.data if front.data is not None else {},
        front.values,
        front.keys,
        blocks,
        (*front.allowances, *page.allowances),
        diagnostics,
        readable=front.readable and not unclosed,
    )


def _too_many_brackets(path: str, text: str) -> Diagnostic:
    position = -1
    for _ in range(MOST_BRACKETS + 1):
        position = text.index("[", position + 1)
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return too_deep.RULE.at(Span(path, line, column, line, column + 1), "brackets", limit=MOST_BRACKETS)


def _front_matter(path: str, text: str) -> tuple[ParsedYaml, str, int, tuple[Diagnostic, ...]]:
    """The front matter, the text behind it and the line where that begins."""
    first = text.partition("\n")[0].rstrip()
    if first != "---":
        return ParsedYaml({}), text, 1, ()
    found = _FRONT_MATTER.match(text)
    if not found:
        unclosed = unclosed_front_matter.RULE.at(Span(path, 1, 1, 1, 4))
        return ParsedYaml({}), text.partition("\n")[2], 2, (unclosed,)
    first_line = text.count("\n", 0, found.end()) + 1
    return parse_yaml_text(path, found[1], 2), text[found.end() :], first_line, ()


@cache
def _parser() -> MarkdownIt:
    """One parser a process: building it costs as much as reading a page."""
    # HTML is recognised so that it can be reported; it reaches the tree as text and never as markup.
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False, "maxNesting": 100, "store_labels": True})
    parser.enable("table")
    add_directives(parser)
    for name in ("backticks", "link", "image", "autolink", "html_inline", "role"):
        rule = next(rule for rule in parser.inline.ruler.__rules__ if rule.name == name)
        parser.inline.ruler.at(name, _located(rule.fn))
    # What is a safe address is decided below, where it can be said; the tree keeps addresses as written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return parser


def _located(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule, noting on each token that it makes where in the running text it was found."""

    def located(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            for token in state.tokens[known:]:
                if token.type != "text":
                    token.meta.setdefault("at", (start, state.pos))
        return True

    return located


class _Page:
    """Turns the tokens of one page into blocks, and collects what it finds on the way."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path = path
        self.text = text
        self.first_line = first_line
        self.lines = text.split("\n")
        self.starts = _line_starts(self.lines)
        self.diagnostics: list[Diagnostic] = []
        self.allowances: list[Allowance] = []
        self.used_labels: set[str] = set()
        self.unclosed: list[tuple[Opening, Span]] = []
        self.leaves: list[tuple[Opening, Span]] = []
        """Directives that hold text though they may not: perhaps it is their end that is missing."""
        self.tokens: list[Token] = []
        self.next = 0

    def read(self) -> tuple[Block, ...]:
        environment: dict[str, Any] = {"allowances": []}
        self.tokens = _parser().parse(self.text, environment)
        blocks = self._blocks()
        self._read_allowances(environment["allowances"])
        self._report_references(environment)
        self._report_unclosed()
        self.diagnostics.sort(key=lambda diagnostic: (diagnostic.span.line or 0, diagnostic.span.column or 0))
        return tuple(blocks)

    # Blocks

    def _blocks(self) -> list[Block]:
        """Blocks up to the end of what encloses them; the closing token is taken too."""
        blocks: list[Block] = []
        while self.next < len(self.tokens):
            token = self.tokens[self.next]
            self.next += 1
            if token.nesting < 0:
                break
            blocks.extend(_READERS[token.type](self, token))
        return blocks

    def _paragraph(self, token: Token) -> list[Block]:
        inline = self.tokens[self.next]
        self.next += 2
        children = inline.children or []
        running = _RunningText(self, inline)
        if children and all(child.type in ("image", "softbreak", "hardbreak") for child in children):
            return [self._image(child, running) for child in children if child.type == "image"]
        inlines = running.read()
        return [Block("paragraph", inlines=inlines, span=self._span(token.map))]

    def _image(self, token: Token, running: _RunningText) -> Block:
        span = running.span(*token.meta.get("at", (0, len(running.source))))
        address, alt, title = _image_parts(token)
        self._use(token)
        attributes = {"alt": alt} | ({"caption": title} if title else {})
        if self._is_remote(address):
            self.diagnostics.append(remote_media.RULE.at(span, address=_shortened(address)))
            return _words(" ".join(attributes.values()), span)
        return Block(
            "image",
            address,
            MappingProxyType(attributes),
            span=span,
            spans=MappingProxyType({"kind": span, "argument": span, "alt": span}),
        )

    def _heading(self, token: Token) -> list[Block]:
        inline = self.tokens[self.next]
        self.next += 2
        attributes = MappingProxyType({"level": token.tag[1:]})
        return [Block("heading", "", attributes, _RunningText(self, inline).read(), span=self._span(token.map))]

    def _group(self, token: Token) -> list[Block]:
        """A list, an item or a quote."""
        kind = _GROUPS[token.type]
        attributes: dict[str, str] = {}
        if kind == "ordered-list":
            attributes["start"] = str(token.attrs.get("start", 1))
        children = tuple(self._blocks())
        return [Block(kind, "", MappingProxyType(attributes), children=children, span=self._span(token.map))]

    def _fence(self, token: Token) -> list[Block]:
        span = self._span(token.map)
        assert token.map
        last = self.lines[token.map[1] - 1].lstrip(_QUOTE_MARKS).rstrip() if token.map[1] <= len(self.lines) else ""
        closed = token.map[1] - token.map[0] > 1 and last.startswith(token.markup) and not last.strip(token.markup[0])
        if not closed:
            line = self.lines[token.map[0]]
            column = line.find(token.markup) + 1
            number = token.map[0] + self.first_line
            place = Span(self.path, number, column, number, column + len(token.markup))
            self.diagnostics.append(unclosed_code_fence.RULE.at(place, fence=token.markup))
        attributes = {"text": token.content.removesuffix("\n")}
        if token.info.strip():
            attributes["info"] = token.info.strip()
        return [Block("code", "", MappingProxyType(attributes), span=span)]

    def _code_block(self, token: Token) -> list[Block]:
        span = self._span(token.map)
        self.diagnostics.append(indented_code.RULE.at(span))
        text = token.content.removesuffix("\n")
        return [Block("code", "", MappingProxyType({"text": text}), span=span)]

    def _rule(self, token: Token) -> list[Block]:
        return [Block("rule", span=self._span(token.map))]

    def _html_block(self, token: Token) -> list[Block]:
        span = self._span(token.map)
        self._report_html(token.content.strip(), span)
        return [_words(token.content.strip(), span)]

    def _too_deep(self, token: Token) -> list[Block]:
        span = self._span(token.map)
        self.diagnostics.append(too_deep.RULE.at(span, limit=DEEPEST))
        return [_words(token.content, span)]

    def _stray_fence(self, token: Token) -> list[Block]:
        self.diagnostics.append(stray_fence.RULE.at(self._span(token.map)))
        return []

    def _stray_else(self, token: Token) -> list[Block]:
        self.diagnostics.append(stray_else.RULE.at(self._span(token.map)))
        return []

    def _table(self, token: Token) -> list[Block]:
        rows: list[Block] = []
        aligns: list[str] = []
        while True:
            part = self.tokens[self.next]
            self.next += 1
            if part.type == "table_close":
                break
            if part.type == "tr_open":
                rows.append(self._row(part, aligns, header=not rows))
        attributes = MappingProxyType({"align": ",".join(aligns)})
        return [Block("table", "", attributes, children=tuple(rows), span=self._span(token.map))]

    def _row(self, token: Token, aligns: list[str], header: bool) -> Block:
        cells: list[Block] = []
        assert token.map
        line = self.lines[token.map[0]]
        cursor = 0
        while True:
            part = self.tokens[self.next]
            self.next += 1
            if part.type == "tr_close":
                break
            if part.type in ("th_open", "td_open"):
                if header:
                    aligns.append(str(part.attrs.get("style", "")).removeprefix("text-align:"))
                inline = self.tokens[self.next]
                running = _RunningText(self, inline, cursor)
                cells.append(Block("table-cell", inlines=running.read(), span=running.span(0, len(inline.content))))
                cursor = max(cursor, running.first_column + len(inline.content))
        if not header:
            self._check_row(line, token.map[0], len(aligns))
        attributes = MappingProxyType({"header": "true"} if header else {})
        return Block("table-row", "", attributes, children=tuple(cells), span=self._span(token.map))

    def _check_row(self, line: str, number: int, columns: int) -> None:
        """Cells beyond the last column of the head are not in the tree: they must be said."""
        start = len(line) - len(line.lstrip(_QUOTE_MARKS))
        stripped = line[start:].strip()
        cells = escapedSplit(stripped)
        if cells and cells[0] == "":
            cells.pop(0)
            start += 1
        if cells and cells[-1] == "":
            cells.pop()
        if len(cells) <= columns:
            return
        column = start + _end_of_cells(line[start:], columns)
        place = Span(self.path, number + self.first_line, column + 1, number + self.first_line, len(line.rstrip()) + 1)
        self.diagnostics.append(table_row_too_long.RULE.at(place, cells=len(cells), columns=columns))

    # Directives

    def _directive(self, token: Token) -> list[Block]:
        opening: Opening = token.meta["opening"]
        span = self._span(token.map)
        name = self._directive_name(opening)
        children = tuple(self._branches() if opening.name[0] == "if" else self._blocks())
        if not opening.closed:
            self.unclosed.append((opening, span))
        if name is None:
            said = [opening.argument[0], *(value[0] for _, value in opening.options)]
            words = " ".join(text for text in said if text)
            return [*([_words(words, span)] if words else []), *children]
        directive = DIRECTIVES[name]
        spans = {"kind": self._part(opening.name), "argument": self._part(opening.argument)}
        attributes = self._attributes(name, directive, opening, spans)
        self._check_argument(name, directive, opening)
        if name == "video-meeting":
            self._check_address(opening.argument[0], self._part(opening.argument))
        if children and not directive.content:
            self.leaves.append((opening, children[0].span))
        if directive.files and self._remote_files(opening, attributes, spans):
            return [_words(" ".join((opening.argument[0], *attributes.values())), span), *children]
        if name == "if" and opening.name[0] != "if":
            children = (Block("branch", children=children, span=span),)
        return [
            Block(name, opening.argument[0], MappingProxyType(attributes), (), children, span, MappingProxyType(spans))
        ]

    def _directive_name(self, opening: Opening) -> str | None:
        """The directive that is meant; None when nobody can tell."""
        written = opening.name[0]
        near = written if written in DIRECTIVES else nearest(written, DIRECTIVES)
        if not opening.well_formed:
            span = self._part(opening.line)
            fix = None
            if near:
                whole = f":::{{{near}}} {opening.argument[0]}".rstrip()
                fix = Fix(Text(f"skriv {whole}", f"write {whole}"), (Edit(span, whole),))
            self.diagnostics.append(malformed_directive.RULE.at(span, name=near or "callout", fix=fix))
        elif written not in DIRECTIVES:
            span = self._part(opening.name)
            if near:
                fix = Fix(Text(f'byt till "{near}"', f'change to "{near}"'), (Edit(span, near),))
                self.diagnostics.append(unknown_directive.RULE.at(span, help="near", name=written, near=near, fix=fix))
            else:
                known = ", ".join(DIRECTIVES)
                self.diagnostics.append(unknown_directive.RULE.at(span, help="known", name=written, known=known))
        return near

    def _branches(self) -> list[Block]:
        """The branches of an `if`: one or two. A third `else` is reported, and its text joins the second branch."""
        branches: list[Block] = []
        while self.tokens[self.next].type == "branch_open":
            token = self.tokens[self.next]
            self.next += 1
            assert token.map
            blocks = tuple(self._blocks())
            if branches:
                self._check_else(token.map[0] - 1)
            if len(branches) < 2:
                branches.append(Block("branch", children=blocks, span=self._span(token.map)))
                continue
            line = [token.map[0] - 1, token.map[0]]
            self.diagnostics.append(stray_else.RULE.at(self._span(line), "twice"))
            branches[1] = replace(branches[1], children=(*branches[1].children, *blocks))
        self.next += 1
        return branches

    def _check_else(self, number: int) -> None:
        """Text behind `:::{else}` belongs to no branch."""
        line = self.lines[number]
        written, mark, rest = line.partition(":::{else}")
        if not mark:
            start = line.index(":")
            span = self._part((line[start:].rstrip(), self.starts[number] + start))
            fix = Fix(Text("skriv :::{else}", "write :::{else}"), (Edit(span, ":::{else}"),))
            self.diagnostics.append(malformed_directive.RULE.at(span, name="else", fix=fix))
        elif rest.strip():
            start = len(written) + len(mark) + len(rest) - len(rest.lstrip())
            span = self._part((rest.strip(), self.starts[number] + start))
            self.diagnostics.append(unexpected_argument.RULE.at(span, name="else"))

    def _attributes(self, name: str, directive: Directive, opening: Opening, spans: dict[str, Span]) -> dict[str, str]:
        attributes: dict[str, str] = {}
        for key, value in opening.options:
            span = self._part(key)
            if key[0] in attributes:
                whole = replace(span, end_column=self._part(value).end_column)
                self.diagnostics.append(repeated_option.RULE.at(whole, option=key[0]))
                continue
            attributes[key[0]] = value[0]
            spans[":" + key[0]] = span
            spans[key[0]] = self._part(value)
            if key[0] not in directive.options:
                self._unknown_option(name, directive, key[0], span)
            elif directive.options[key[0]] and value[0] not in directive.options[key[0]]:
                self._wrong_choice(value[0], directive.options[key[0]], self._part(value))
        return attributes

    def _unknown_option(self, name: str, directive: Directive, key: str, span: Span) -> None:
        near = nearest(key, directive.options)
        if near:
            fix = Fix(Text(f'byt till "{near}"', f'change to "{near}"'), (Edit(span, near),))
            found = unknown_option.RULE.at(span, help="near", option=key, directive=name, near=near, fix=fix)
        elif directive.options:
            known = ", ".join(directive.options)
            found = unknown_option.RULE.at(span, help="known", option=key, directive=name, known=known)
        else:
            found = unknown_option.RULE.at(span, help="none", option=key, directive=name)
        self.diagnostics.append(found)

    def _check_argument(self, name: str, directive: Directive, opening: Opening) -> None:
        argument = opening.argument[0]
        if directive.argument and not argument:
            self.diagnostics.append(missing_argument.RULE.at(self._part(opening.name), name=name))
        elif directive.argument is False and argument:
            self.diagnostics.append(unexpected_argument.RULE.at(self._part(opening.argument), name=name))
        elif directive.choices and argument not in directive.choices:
            self._wrong_choice(argument, directive.choices, self._part(opening.argument))

    def _wrong_choice(self, written: str, choices: Sequence[str], span: Span) -> None:
        near = nearest(written, choices)
        fix = Fix(Text(f'byt till "{near}"', f'change to "{near}"'), (Edit(span, near),)) if near else None
        known = ", ".join(choices)
        self.diagnostics.append(wrong_choice.RULE.at(span, written=written, known=known, fix=fix))

    def _remote_files(self, opening: Opening, attributes: Mapping[str, str], spans: Mapping[str, Span]) -> bool:
        named = [
            ("argument", opening.argument[0]),
            *((key, attributes.get(key, "")) for key in ("captions", "transcript")),
        ]
        remote = [(key, address) for key, address in named if self._is_remote(address)]
        for key, address in remote:
            self.diagnostics.append(remote_media.RULE.at(spans[key], address=_shortened(address)))
        return bool(remote)

    def _report_unclosed(self) -> None:
        """One message for one missing end: at a directive that may hold nothing when text went into it, else at the
        opening that is left over."""
        if any(found.rule == unclosed_code_fence.RULE.name for found in self.diagnostics):
            self.unclosed.clear()  # The code took the closing lines with it.
        for opening, span in self.unclosed:
            inside = [leaf for leaf in self.leaves if _covers(span, leaf[1])]
            guilty = opening
            if inside:
                guilty = inside[0][0]
                self.leaves.remove(inside[0])
            place = self._part(guilty.line)
            self.diagnostics.append(unclosed_directive.RULE.at(place, name=guilty.name[0] or ":::"))
        for opening, span in self.leaves:
            self.diagnostics.append(unexpected_content.RULE.at(span, name=opening.name[0]))

    # What the whole page tells

    def _read_allowances(self, found: list[tuple[str, int, int]]) -> None:
        following = _next_lines_with_text(self.lines) if found else []
        for text, position, line in found:
            span = self._part((self.text[position : self.starts[line] + len(self.lines[line])].rstrip(), position))
            silenced = following[min(line + 1, len(following) - 1)]
            allowance, diagnostic = read_allowance(text, span, silenced + self.first_line)
            if allowance:
                self.allowances.append(allowance)
            if diagnostic:
                self.diagnostics.append(diagnostic)

    def _report_references(self, environment: Mapping[str, Any]) -> None:
        """A definition that no link uses, or uses in part, holds words that no one would see."""
        for label, definition in environment.get("references", {}).items():
            span = self._span(definition["map"])
            if label not in self.used_labels:
                self.diagnostics.append(unused_reference.RULE.at(span, label=_shortened(label)))
            elif definition["title"]:
                self.diagnostics.append(link_title.RULE.at(span))
        for definition in environment.get("duplicate_refs", ()):
            span = self._span(definition["map"])
            self.diagnostics.append(unused_reference.RULE.at(span, "repeated", label=_shortened(definition["label"])))

    def _use(self, token: Token) -> None:
        label = token.meta.get("label")
        if label:
            self.used_labels.add(label)

    def _report_html(self, content: str, span: Span) -> None:
        """The end of an element that was reported is no second mistake."""
        if content.startswith("</") and any(found.rule == raw_html.RULE.name for found in self.diagnostics):
            return
        variant = "comment" if content.startswith("<!--") else "default"
        self.diagnostics.append(raw_html.RULE.at(span, variant, html=_shortened(content)))

    def _check_address(self, address: str, span: Span) -> bool:
        """True when the address may be followed; what is wrong with it is said."""
        clean = _IGNORED_BY_BROWSERS.sub("", address)
        scheme = _SCHEME.match(clean)
        sign = misplaced_sign(address)
        if not clean:
            self.diagnostics.append(unsafe_link.RULE.at(span, "empty"))
        elif scheme and scheme[1].lower() not in SCHEMES:
            self.diagnostics.append(unsafe_link.RULE.at(span, scheme=scheme[1]))
        elif clean.startswith(("//", "/\\", "\\")):
            self.diagnostics.append(unsafe_link.RULE.at(span, "no-scheme"))
        elif sign:
            code = sign if sign.isprintable() else f"U+{ord(sign):04X}"
            shown = Text("mellanslag", "a space") if sign == " " else Text(code, code)
            self.diagnostics.append(unsafe_link.RULE.at(span, "sign", sign_sv=shown.sv, sign_en=shown.en))
        else:
            return True
        return False

    def _is_remote(self, address: str) -> bool:
        clean = _IGNORED_BY_BROWSERS.sub("", address)
        return bool(_SCHEME.match(clean)) or clean.replace("\\", "/").startswith("//")

    # Places

    def _span(self, lines: Sequence[int] | None) -> Span:
        """The place of these lines, without what quotes and empty lines add around them."""
        assert lines
        first = min(lines[0], len(self.lines) - 1)
        last = min(max(lines[1], first + 1), len(self.lines)) - 1
        while last > first and not self.lines[last].strip(_QUOTE_MARKS):
            last -= 1
        text = self.lines[first]
        column = len(text) - len(text.lstrip(_QUOTE_MARKS)) + 1
        end_column = max(len(self.lines[last].rstrip()) + 1, column if last == first else 1)
        return Span(self.path, first + self.first_line, column, last + self.first_line, end_column)

    def _part(self, part: Part) -> Span:
        text, position = part
        line = bisect_right(self.starts, position) - 1
        column = position - self.starts[line] + 1
        number = line + self.first_line
        return Span(self.path, number, column, number, column + len(text))


class _RunningText:
    """The inline tokens of one block, turned into inlines with their places."""

    def __init__(self, page: _Page, inline: Token, cursor: int = 0) -> None:
        assert inline.map
        self.page = page
        self.source = inline.content
        self.children = inline.children or []
        self.first_line = inline.map[0]
        self.cursor = 0
        lines = self.source.split("\n")
        self.line_starts = _line_starts(lines)
        self.columns = [self._column(number, line, cursor) for number, line in enumerate(lines)]
        self.first_column = self.columns[0]

    def _column(self, number: int, text: str, cursor: int) -> int:
        """Where a line of the running text starts in the line of the file: quotes and indentation stand before it."""
        index = self.first_line + number
        if index >= len(self.page.lines):
            return 0
        line = self.page.lines[index]
        found = line.find(text, cursor) if cursor else line.rfind(text.rstrip())
        return max(found, 0)

    def span(self, start: int, end: int) -> Span:
        line, column = self._place(start)
        end_line, end_column = self._place(max(start, end))
        return Span(self.page.path, line, column, end_line, end_column)

    def _place(self, position: int) -> tuple[int, int]:
        number = bisect_right(self.line_starts, position) - 1
        column = self.columns[number] + position - self.line_starts[number] + 1
        return self.first_line + number + self.page.first_line, column

    def read(self) -> tuple[Inline, ...]:
        """Marks in marks are kept on a stack of our own: no depth of them can exhaust Python's."""
        stack: list[tuple[Token | None, list[Inline], int]] = [(None, [], 0)]
        flattened = 0
        for token in self.children:
            if token.nesting > 0:
                if len(stack) > _DEEPEST_INLINE:
                    flattened += 1
                    if flattened == 1:
                        self.page.diagnostics.append(
                            too_deep.RULE.at(self.span(self.cursor, len(self.source)), limit=_DEEPEST_INLINE)
                        )
                    self._link_checked(token)
                    stack[-1][1].append(Inline("text", token.attrs.get("href", "")))  # type: ignore[arg-type]
                    continue
                start = token.meta.get("at", (self._found(token.markup),))[0]
                stack.append((token, [], start))
                self.cursor = start + (len(token.markup) if token.type != "link_open" else 1)
            elif token.nesting < 0:
                if flattened:
                    flattened -= 1
                    continue
                opened, inlines, start = stack.pop()
                assert opened
                stack[-1][1].extend(self._closed(opened, tuple(inlines), start, token))
            else:
                stack[-1][1].extend(self._leaf(token))
        return _merged(stack[0][1])

    def _found(self, text: str) -> int:
        found = self.source.find(text, self.cursor) if text else -1
        return found if found >= 0 else self.cursor

    def _closed(self, token: Token, children: tuple[Inline, ...], start: int, closing: Token) -> tuple[Inline, ...]:
        children = _merged(children)
        if token.type != "link_open":
            self.cursor = self._found(closing.markup) + len(closing.markup)
            kind = "strong" if token.type == "strong_open" else "emphasis"
            return (Inline(kind, children=children, span=self.span(start, self.cursor)),)
        self.cursor = token.meta.get("at", (start, self.cursor))[1]
        span = self.span(start, self.cursor)
        if not self._link_checked(token, span):
            return children
        return (Inline("link", href=str(token.attrs["href"]), children=children, span=span),)

    def _link_checked(self, token: Token, span: Span | None = None) -> bool:
        """True when the address may be followed; what is wrong with the link is said."""
        if token.type != "link_open":
            return True
        span = span or self.span(*token.meta.get("at", (self.cursor, self.cursor)))
        self.page._use(token)
        if token.attrs.get("title") and not token.meta.get("label"):
            self.page.diagnostics.append(link_title.RULE.at(span))
        return self.page._check_address(str(token.attrs["href"]), span)

    def _leaf(self, token: Token) -> tuple[Inline, ...]:
        if token.type == "text":
            return (self._text(token.content),)
        if token.type in ("softbreak", "hardbreak"):
            end = max(self.source.find("\n", self.cursor), self.cursor)
            span = self.span(end, end)
            self.cursor = min(end + 1, len(self.source))
            return (Inline("text", " ", span=span) if token.type == "softbreak" else Inline("line-break", span=span),)
        start, self.cursor = token.meta.get("at", (self.cursor, self.cursor))
        span = self.span(start, self.cursor)
        if token.type == "code_inline":
            return (Inline("code", token.content, span=span),)
        if token.type == "role":
            return (self._role(token, span),)
        if token.type == "image":
            return self._image(token, span)
        if token.type == "html_inline":
            self.page._report_html(token.content, span)
        return (Inline("text", token.content, span=span),)

    def _text(self, content: str) -> Inline:
        found = self.source.find(content, self.cursor)
        start = found if found >= 0 else self.cursor
        if found >= 0:
            self.cursor = found + len(content)
        role = _UNCLOSED_ROLE.search(content)
        if role and (role[2] or found >= 0):
            begin = start + role.start()
            place = self.span(begin, begin + len(role[0]))
            variant = "default" if role[2] else "other-sign"
            self.page.diagnostics.append(unclosed_role.RULE.at(place, variant, name=role[1]))
        for link in _UNREAD_LINK.finditer(content) if found >= 0 else ():
            place = self.span(start + link.start(), start + link.end())
            self.page.diagnostics.append(unsafe_link.RULE.at(place, "blank"))
        return Inline("text", content, span=self.span(start, max(start, self.cursor)))

    def _role(self, token: Token, span: Span) -> Inline:
        written: str = token.meta["name"]
        if written in ROLES:
            return Inline(written, token.content, span=span)
        near = nearest(written, ROLES)
        place = replace(
            span,
            column=(span.column or 1) + 1,
            end_line=span.line,
            end_column=(span.column or 1) + 1 + len(written),
        )
        if near:
            fix = Fix(Text(f'byt till "{near}"', f'change to "{near}"'), (Edit(place, near),))
            self.page.diagnostics.append(unknown_role.RULE.at(place, help="near", name=written, near=near, fix=fix))
            return Inline(near, token.content, span=span)
        known = ", ".join(ROLES)
        self.page.diagnostics.append(unknown_role.RULE.at(place, help="known", name=written, known=known))
        return Inline("text", token.content, span=span)

    def _image(self, token: Token, span: Span) -> tuple[Inline, ...]:
        address, alt, title = _image_parts(token)
        self.page._use(token)
        if self.page._is_remote(address):
            self.page.diagnostics.append(remote_media.RULE.at(span, address=_shortened(address)))
        else:
            self.page.diagnostics.append(image_in_text.RULE.at(span))
        return (Inline("text", f"{alt} {title}".strip(), span=span),)


_GROUPS = {
    "bullet_list_open": "bullet-list",
    "ordered_list_open": "ordered-list",
    "list_item_open": "list-item",
    "blockquote_open": "quote",
}
_READERS: Mapping[str, Callable[[_Page, Token], list[Block]]] = {
    **dict.fromkeys(_GROUPS, _Page._group),
    "paragraph_open": _Page._paragraph,
    "heading_open": _Page._heading,
    "fence": _Page._fence,
    "code_block": _Page._code_block,
    "hr": _Page._rule,
    "html_block": _Page._html_block,
    "table_open": _Page._table,
    "directive_open": _Page._directive,
    "too_deep": _Page._too_deep,
    "stray_fence": _Page._stray_fence,
    "stray_else": _Page._stray_else,
}


def _image_parts(token: Token) -> tuple[str, str, str]:
    """Address, text alternative and title. An alternative with marks of its own is kept as it was written."""
    plain = all(child.type in ("text", "softbreak", "text_special") for child in token.children or [])
    alt = "".join(child.content or " " for child in token.children or []) if plain else token.content
    return str(token.attrs.get("src", "")), alt, str(token.attrs.get("title", "") or "")


def _merged(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """Neighbouring pieces of plain text as one."""
    merged: list[Inline] = []
    for inline in inlines:
        before = merged[-1] if merged else None
        if before and before.kind == "text" and inline.kind == "text":
            span = replace(before.span, end_line=inline.span.end_line, end_column=inline.span.end_column)
            merged[-1] = Inline("text", before.text + inline.text, span=span)
        else:
            merged.append(inline)
    return tuple(merged)


def _words(text: str, span: Span) -> Block:
    """A paragraph of plain text: what stays of something that cannot be shown as it was meant."""
    return Block("paragraph", inlines=(Inline("text", text, span=span),), span=span)


def _line_starts(lines: Sequence[str]) -> list[int]:
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _end_of_cells(line: str, columns: int) -> int:
    """The index behind the bar that ends this many cells."""
    bars = 0
    wanted = columns + line.startswith("|")
    escaped = False
    for index, letter in enumerate(line):
        if letter == "|" and not escaped:
            bars += 1
            if bars == wanted:
                return index + 1
        escaped = letter == "\\"
    return 0


def _covers(outer: Span, inner: Span) -> bool:
    return (outer.line or 0) <= (inner.line or 0) <= (outer.end_line or 0)


def _next_lines_with_text(lines: Sequence[str]) -> list[int]:
    """For each line, the first one from there on that holds text; the last line where none follows."""
    following = [len(lines) - 1] * len(lines)
    for number in range(len(lines) - 2, -1, -1):
        following[number] = following[number + 1] if _says_nothing(lines[number]) else number
    return following


def _says_nothing(line: str) -> bool:
    stripped = line.strip(_QUOTE_MARKS)
    return not stripped or stripped.startswith("% designtool:")


def _shortened(text: str) -> str:
    first = text.partition("\n")[0]
    return first if len(first) <= 60 else first[:57] + "..."
