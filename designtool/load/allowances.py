"""Suppressions in the author's own text: `designtool: allow <rule> – reason`."""

from __future__ import annotations

import re

from designtool.diagnostics import Diagnostic, Span
from designtool.load.document import Allowance
from designtool.load.rules.allow_without_reason import RULE as ALLOW_WITHOUT_REASON

_FORM = re.compile(r"designtool:\s*(?:allow\s+([a-z][a-z0-9-]*?))?(?:\s+(?:–|—|--|-)(.*)|\s*)$")


def read_allowance(text: str, span: Span, silenced_line: int) -> tuple[Allowance | None, Diagnostic | None]:
    """What a comment says that starts with `designtool:`; exactly one of the two is None.

    `silenced_line` is the line that the comment speaks of.
    """
    found = _FORM.match(text.strip())
    if not found or not found[1]:
        return None, ALLOW_WITHOUT_REASON.at(span, "form")
    reason = (found[2] or "").strip()
    if not reason:
        return None, ALLOW_WITHOUT_REASON.at(span, rule=found[1])
    return Allowance(found[1], reason, silenced_line, span), None
