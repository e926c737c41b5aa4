"""Where in the author's file a piece of an expression stands."""

from __future__ import annotations

from typing import Any

from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text
from designtool.expressions.parse import SyntaxProblem
from designtool.expressions.rules.expression_syntax import RULE as EXPRESSION_SYNTAX


class Places:
    """Spans of pieces of the text, exact when it stands on one line as it was written."""

    def __init__(self, text: str, place: Span) -> None:
        self.place = place
        width = None
        if place.line is not None and place.line == place.end_line and place.column and place.end_column:
            width = place.end_column - place.column
        self.shift = {len(text): 0, len(text) + 2: 1}.get(-1 if width is None else width)
        if "\n" in text:
            self.shift = None

    @property
    def exact(self) -> bool:
        return self.shift is not None

    def span(self, start: int, end: int) -> Span:
        place = self.place
        if self.shift is None or place.column is None:
            return place
        column = place.column + self.shift
        return Span(place.path, place.line, column + start, place.line, column + max(end, start + 1))


def syntax_diagnostic(problem: SyntaxProblem, where: Places) -> Diagnostic:
    span = where.span(problem.start, problem.end)
    fix = None
    if problem.replacement is not None and where.exact:
        title = Text(f"Skriv {problem.replacement}", f"Write {problem.replacement}")
        fix = Fix(title, (Edit(span, problem.replacement),))
    return EXPRESSION_SYNTAX.at(span, problem.variant, fix=fix, **dict[str, Any](problem.facts))
