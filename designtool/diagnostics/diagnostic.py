"""One finding, as data. Every report format is made from this record and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

from designtool.diagnostics.span import Span

Language = Literal["sv", "en"]


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Text(NamedTuple):
    """The same sentence in the two languages of designtool's messages."""

    sv: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.sv if language == "sv" else self.en


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace exactly this span with this text."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that are certain to be what the author meant."""

    title: Text
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that the author needs to see to understand the finding."""

    span: Span
    message: Text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    rule: str
    severity: Severity
    message: Text
    span: Span
    help: Text | None = None
    pointer: str = ""
    """JSON pointer to the value inside the document, where there is one."""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the message template was filled with."""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.span.path, self.span.line or 0, self.span.column or 0, self.rule, self.message.en)


def has_errors(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, each finding once: what every report shows."""
    unique = {(d.rule, d.span, d.message): d for d in diagnostics}
    return tuple(sorted(unique.values(), key=lambda d: d.sort_key))
