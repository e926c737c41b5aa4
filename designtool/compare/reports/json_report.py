"""Changes for programs to read: schemas/diff.schema.json."""

from __future__ import annotations

from typing import Any

from designtool.compare.change import Change, Witness
from designtool.compare.reports.compared import Compared
from designtool.diagnostics import Language, Span
from designtool.model.program import Program


def json_report(compared: Compared, language: Language) -> dict[str, Any]:
    changes = compared.changes
    return {
        "required_bump": changes.required_bump,
        "in_flight": changes.in_flight,
        "allowed": not changes.not_allowed,
        "old": _version(compared.old, compared.old_source),
        "new": _version(compared.new, compared.new_source),
        "changes": [_change(change, language) for change in changes.changes],
    }


def _version(program: Program, source: str) -> dict[str, Any]:
    return {"program": program.id, "version": program.version, "source": source}


def _change(change: Change, language: Language) -> dict[str, Any]:
    return {
        "rule": change.rule,
        "subject": change.subject,
        "old": change.old,
        "new": change.new,
        "bump": change.bump,
        "in_flight": change.in_flight,
        "allowed": change.allowed,
        "needs_acknowledgement": change.needs_acknowledgement,
        "message": change.message.in_language(language),
        "consequence": change.consequence.in_language(language),
        "witness": _witness(change.witness, language),
        "evidence": None if change.evidence is None else change.evidence.in_language(language),
        "place": _place(change.span),
        "old_place": _place(change.old_span),
    }


def _witness(witness: Witness | None, language: Language) -> dict[str, Any] | None:
    if witness is None:
        return None
    return {
        "answers": dict(witness.answers),
        "old": witness.old.in_language(language),
        "new": witness.new.in_language(language),
    }


def _place(span: Span | None) -> dict[str, Any] | None:
    if span is None or not span.path:
        return None
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
