"""Diagnostics as the JSON that `--format json` promises (schemas/diagnostics.schema.json)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designtool.diagnostics.diagnostic import Diagnostic, Language
from designtool.diagnostics.span import Span
from designtool.diagnostics.text_report import counts


def diagnostic_json(diagnostic: Diagnostic, language: Language) -> dict[str, Any]:
    fix = diagnostic.fix
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message.in_language(language),
        **_span(diagnostic.span),
        "pointer": diagnostic.pointer,
        "help": diagnostic.help.in_language(language) if diagnostic.help else None,
        "related": [
            {"message": related.message.in_language(language), **_span(related.span)} for related in diagnostic.related
        ],
        "fix": fix
        and {
            "title": fix.title.in_language(language),
            "edits": [{**_span(edit.span), "replacement": edit.replacement} for edit in fix.edits],
        },
    }


def report_json(diagnostics: Sequence[Diagnostic], language: Language) -> dict[str, Any]:
    errors, warnings, infos = counts(diagnostics)
    return {
        "diagnostics": [diagnostic_json(diagnostic, language) for diagnostic in diagnostics],
        "summary": {"errors": errors, "warnings": warnings, "infos": infos},
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
