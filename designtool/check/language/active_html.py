"""Text that a browser would act upon, if it were ever taken for HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.load.document import Document, Key
from designtool.load.safe_text import active_html
from designtool.model.assemble_pages import walk_inlines
from designtool.model.page import Block

RULE = Rule(
    name="active-html",
    severity=Severity.ERROR,
    title=Text("HTML som kan göra något står i en text", "HTML that can do something stands in a text"),
    why=Text(
        "Programmets texter visas alltid som text, aldrig som HTML. Men regionerna tar inte emot ett paket med text som skulle kunna köras som ett skript, ens inom citattecken eller som kod.",
        "The texts of a program are always shown as text, never as HTML. But no region takes a bundle with text that could be run as a script, not even in quotation marks or as code.",
    ),
    messages={
        "default": Text("texten innehåller HTML: {html}", "the text holds HTML: {html}"),
    },
    helps={
        "default": Text(
            "ta bort det, eller beskriv det med ord: skriv script utan <",
            "take it away, or tell it in words: write script without <",
        ),
    },
    bad="""\
-- modules/01-start/module.yaml --
title: Start
goal: Du har en plan <img src=x>.
minutes: 10
complete_when: [min_plan]
homework: [min_plan]
""",
    good="""\
-- modules/01-start/module.yaml --
title: Start
goal: Du har en plan.
minutes: 10
complete_when: [min_plan]
homework: [min_plan]
""",
    safety=True,
)
_NOT_IN_PROGRAMS = frozenset({"workspace", "sources", "transcript"})
_EXPRESSIONS = frozenset({"show_if", "when", "value", "measure", "start", "hold_if", "lock_if", "assert"})
"""Keys whose text is an expression, in which `<` is an operator. A journey has none."""


def check(context: Context) -> Iterator[Diagnostic]:
    for path, document in context.documents.items():
        if path.startswith(_folder(context)) and document.kind not in _NOT_IN_PROGRAMS:
            yield from _in_document(document)
    # What is HTML on a page has been told when the page was read.
    if context.is_whole:
        for _, blocks in context.texts():
            yield from _in_blocks(blocks)
        yield from _in_templates(context)


def _folder(context: Context) -> str:
    """A program sees the library's documents too, and they are looked at with the library."""
    return context.program.origin.path.rpartition("/")[0] + "/" if context.program is not None else ""


def _in_document(document: Document) -> Iterator[Diagnostic]:
    for keys, text in _texts(document.data, (), expressions=document.kind != "journey"):
        found = active_html(text)
        if found is not None:
            yield RULE.at(document.span(*keys), html=_shown(found))


def _texts(value: Any, keys: tuple[Key, ...], expressions: bool) -> Iterator[tuple[tuple[Key, ...], str]]:
    if isinstance(value, str):
        if "<" in value and not (expressions and keys and keys[-1] in _EXPRESSIONS):
            yield keys, value
        return
    inside: Iterable[tuple[Key, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, content in inside:
        yield from _texts(content, (*keys, key), expressions)


def _in_blocks(blocks: tuple[Block, ...]) -> Iterator[Diagnostic]:
    for block in blocks:
        written = [(block.argument, block.spans.get("argument", block.span))]
        written += [(text, block.spans.get(key, block.span)) for key, text in block.attributes.items()]
        written += [(inline.text, inline.span) for inline in walk_inlines(block.inlines)]
        written += [(inline.href, inline.span) for inline in walk_inlines(block.inlines)]
        for text, span in written:
            found = active_html(text)
            if found is not None:
                yield RULE.at(_within(span, text, found), html=_shown(found))
        yield from _in_blocks(block.children)


def _in_templates(context: Context) -> Iterator[Diagnostic]:
    """Beginnings of answers, which are kept as the text of several paragraphs."""
    for module in context.program.modules if context.program is not None else ():
        for template in module.feedback_templates:
            for text in (template.title, template.text):
                found = active_html(text)
                if found is not None:
                    path = f"{module.origin.path.rpartition('/')[0]}/therapist.md"
                    document = context.documents.get(path)
                    yield RULE.at(document.span() if document else Span(path), html=_shown(found))


def _within(span: Span, text: str, found: str) -> Span:
    """The piece itself, when the text stands on one line exactly as written; else the whole."""
    if span.line is None or span.line != span.end_line or span.column is None:
        return span
    if span.end_column != span.column + len(text):
        return span
    start = span.column + text.index(found)
    return Span(span.path, span.line, start, span.line, start + len(found))


def _shown(html: str) -> str:
    line = " ".join(html.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
