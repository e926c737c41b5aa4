"""What designtool says to an author: one record, a rule behind it, and the formats it is shown in."""

from designtool.diagnostics.cannot import Cannot
from designtool.diagnostics.diagnostic import (
    Diagnostic,
    Edit,
    Fix,
    Language,
    Related,
    Severity,
    Text,
    has_errors,
    in_order,
)
from designtool.diagnostics.json_report import diagnostic_json, report_json
from designtool.diagnostics.rule import Rule
from designtool.diagnostics.span import NOWHERE, Span
from designtool.diagnostics.suggest import nearest
from designtool.diagnostics.text_report import counts, summary_line, text_report

__all__ = [
    "NOWHERE",
    "Cannot",
    "Diagnostic",
    "Edit",
    "Fix",
    "Language",
    "Related",
    "Rule",
    "Severity",
    "Span",
    "Text",
    "counts",
    "diagnostic_json",
    "has_errors",
    "in_order",
    "nearest",
    "report_json",
    "summary_line",
    "text_report",
]
