"""A telephone number written into the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.load.document import Inline
from designtool.model.assemble_pages import walk_inlines

RULE = Rule(
    name="bare-phone-number",
    severity=Severity.ERROR,
    title=Text("Ett telefonnummer står i löptexten", "A telephone number stands in the text"),
    why=Text(
        "Nummer ändras. De som står i contacts.yaml kan rättas på ett ställe, och når alla patienter samma dag. De blir också länkar som går att ringa.",
        "Numbers change. Those in contacts.yaml are mended in one place and reach every patient the same day. They also become links that can be called.",
    ),
    messages={
        "default": Text("numret {number} står i texten", "the number {number} stands in the text"),
    },
    helps={
        "default": Text(
            "lägg numret i contacts.yaml och skriv {{contact}}`id` här",
            "put the number in contacts.yaml and write {{contact}}`id` here",
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan. Ring 031-123 45 67 om du undrar något.

:::{exercise} min_plan
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva ner din plan. Ring {contact}`crisis` om det är bråttom.

:::{exercise} min_plan
:::
""",
)


_NUMBER = re.compile(
    r"(?<![0-9,.])(?:"
    r"\+46[ -]?(?:\(0\))?[0-9][0-9 -]{5,12}[0-9]"  # International.
    r"|0[0-9]{1,3}[ ]?-[ ]?[0-9][0-9 ]{4,9}[0-9]"  # 031-123 45 67
    r"|0[0-9]{1,3} [0-9]{2,3} [0-9]{2}(?: [0-9]{2})?"  # 08 123 45 67
    r"|0[0-9]{8,9}"
    r"|112|113 ?13|116 ?[0-9]{3}|90 ?101"
    r")(?![0-9]|[,.][0-9])"
)
_SERVICE = re.compile(r"(?i)\b(?:ring|ringa|ringer|telefon)\b(?: till)?(?: på)? (1177)(?![.0-9])")


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.blocks:
        for inline in walk_inlines(block.inlines):
            if inline.kind in ("text", "code"):
                for found in _NUMBER.finditer(inline.text):
                    yield RULE.at(_place(inline, found.start(), found.end()), number=found[0])
                for found in _SERVICE.finditer(inline.text):
                    yield RULE.at(_place(inline, found.start(1), found.end(1)), number=found[1])


def _place(inline: Inline, start: int, end: int) -> Span:
    """The number itself, when the text stands on one line exactly as written; else the text."""
    span = inline.span
    if span.line != span.end_line or span.column is None or span.end_column != span.column + len(inline.text):
        return span
    return Span(span.path, span.line, span.column + start, span.line, span.column + end)
