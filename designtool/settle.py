"""What becomes of findings: severities set by the workspace, and suppressions that an author gave a reason for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from designtool.check import CHECKS
from designtool.diagnostics import Diagnostic, Severity
from designtool.load.document import Document

_CHECKED = frozenset(rule.name for rule, _ in CHECKS)


def settle(diagnostics: Sequence[Diagnostic], documents: Mapping[str, Document]) -> tuple[Diagnostic, ...]:
    """Only what the rules of `check` find can be allowed or softened, and of those no safety rule: what an earlier stage
    could not read, resolve or compile is missing from the program, whatever a line of text says."""
    # What is no id at all cannot exist either: where both are found of one value, the one that knows what was meant stays.
    unresolved = {diagnostic.span for diagnostic in diagnostics if diagnostic.rule == "broken-reference"}
    # A misspelt block is read as the one that was meant; what it lacks is asked for once its name is right.
    misspelt = {(one.span.path, one.span.line) for one in diagnostics if one.rule == "unknown-directive"}
    open_to_judgement = {rule.name for rule, _ in CHECKS if not rule.safety}
    severities = _severities(documents)
    settled = []
    for diagnostic in diagnostics:
        if diagnostic.rule == "wrong-id" and diagnostic.span in unresolved:
            continue
        if diagnostic.rule in _CHECKED and (diagnostic.span.path, diagnostic.span.line) in misspelt:
            continue
        if diagnostic.rule in open_to_judgement:
            word = severities.get(diagnostic.rule)
            if word == "off" or _is_allowed(diagnostic, documents):
                continue
            if word in list(Severity):
                diagnostic = replace(diagnostic, severity=Severity(word))
        settled.append(diagnostic)
    return tuple(settled)


def _severities(documents: Mapping[str, Document]) -> Mapping[str, str]:
    workspace = documents.get("designtool.yaml")
    stated = workspace.data.get("severity") if workspace is not None and isinstance(workspace.data, dict) else None
    return {key: str(value) for key, value in stated.items()} if isinstance(stated, dict) else {}


def _is_allowed(diagnostic: Diagnostic, documents: Mapping[str, Document]) -> bool:
    document = documents.get(diagnostic.span.path)
    return document is not None and any(
        allowance.rule == diagnostic.rule and allowance.line == diagnostic.span.line for allowance in document.allowed
    )
