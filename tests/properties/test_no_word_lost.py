"""Every word of an author's page is in its block tree or under a diagnostic, whatever else is wrong with the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from designtool.load.document import Block, Inline
from designtool.load.markdown_file import ParsedPage, parse_page

_SPECIAL = [
    "*",
    "**",
    "_",
    "`",
    "``",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "|",
    "\\",
    "!",
    "![",
    "](",
    "](x)",
    "&amp;",
    "~~",
    "#",
    ":",
    "{",
    "}",
]
_LINES = [
    "> ",
    "> > ",
    "- ",
    "  - ",
    "1. ",
    "    ",
    "\t",
    "# ",
    "## ",
    "| ",
    "| --- | --- |",
    "---",
    "```",
    "~~~",
    "````",
    ":::",
    ":::{callout} tip",
    ":::{film} media/x.webm",
    ":::{if} a > 1",
    ":::{else}",
    ":::{exercise} x",
    ":::{foo}",
    "::: tip",
    ":::{reveal",
    ":alt: ",
    ":titel: ",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<b>",
    "{term}`",
    "{fel}`",
    "` ",
    "% designtool: allow long-sentence – ",
    "% ",
    "===",
    "[ref]: /adress ",
    '[ref]: /adress "',
    "![",
    "](media/a.svg)",
    "![",
    "](https://x.se/a.png) ",
    "[",
    "](//x) ",
    "](javascript:x) ",
    '](sida "',
    '")',
    "**" * 30,
    "> " * 30,
    "- " * 15,
    "[" * 30,
    "\u2028",
    "\u0085",
    "\u00a0",
    "\u200b",
]

words = st.integers(0, 10**6).map(lambda number: f"ord{number}ö")
pieces = st.one_of(words, st.sampled_from(_SPECIAL), st.sampled_from(_LINES), st.just(" "), st.just(" "))
lines = st.lists(pieces, max_size=7).map("".join)
line_starts = st.lists(st.one_of(st.sampled_from(_LINES)), max_size=2).map("".join)
pages = st.lists(st.one_of(st.tuples(line_starts, lines).map("".join), words, st.just("")), max_size=14).map("\n".join)

_WORD = re.compile(r"ord\d+ö")


@settings(max_examples=400, deadline=None)
@given(pages)
@example(":::{callout} tip\n```\nord1ö\n:::\nord2ö")
@example("| a | b |\n| --- | --- |\n| ord1ö | ord2ö | ord3ö |\nord4ö")
@example("[ref]: /adress \"ord1ö\nord2ö\"\n[ref] [ref]: /annan 'ord3ö'")
@example("> " * 40 + "ord1ö\n" + "- " * 40 + "ord2ö")
def test_every_word_is_in_the_tree_or_under_a_diagnostic(text: str) -> None:
    page = parse_page("sida.md", text.encode())
    said = " ".join(_texts(page.blocks))
    lost = [word for word in _WORD.finditer(text) if word[0] not in said and not _is_reported(text, word.start(), page)]
    # What a suppression says is kept with it, and front matter is data, not text.
    kept = {found for allowance in page.allowances for found in _WORD.findall(allowance.reason)}
    kept |= set(_WORD.findall(str(page.data)))
    assert not [word[0] for word in lost if word[0] not in kept]


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        yield block.argument
        yield from block.attributes.values()
        yield from _inline_texts(block.inlines)
        yield from _texts(block.children)


def _inline_texts(inlines: tuple[Inline, ...]) -> Iterator[str]:
    for inline in inlines:
        yield inline.text
        yield inline.href
        yield from _inline_texts(inline.children)


def _is_reported(text: str, position: int, page: ParsedPage) -> bool:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    for diagnostic in page.diagnostics:
        span = diagnostic.span
        if span.line is None or (span.line, span.column or 0) <= (line, column) < (
            span.end_line or 0,
            span.end_column or 0,
        ):
            return True
    return not page.readable and bool(page.diagnostics) and not page.blocks
