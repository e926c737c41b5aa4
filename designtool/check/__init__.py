"""Rules over an assembled program: one file a rule, run from one explicit ordered list."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule

Check = Callable[[Context], Iterable[Diagnostic]]

CHECKS: tuple[tuple[Rule, Check], ...] = ()


def check(context: Context) -> tuple[Diagnostic, ...]:
    """Every finding of every rule, in the order of the rules."""
    return tuple(finding for _, run in CHECKS for finding in run(context))
