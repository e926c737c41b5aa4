"""A rule: its name, its texts in both languages, and an example that the tests run.

The check itself stands beside the rule, in the same file (rules of `check`), or in the stage that meets the mistake
(rules of `source`, `load`, `expressions` and `model`, whose files hold the texts alone).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designtool.diagnostics.diagnostic import Diagnostic, Fix, Related, Severity, Text
from designtool.diagnostics.span import Span


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    """Kebab-case, after the pattern it finds, so that "allow missing-alt" reads as English."""
    severity: Severity
    title: Text
    """What it finds, in one line."""
    why: Text
    """Why that hurts an author, a patient or a region, and what to do instead; a few sentences."""
    messages: Mapping[str, Text]
    """Variant to template; `default` where there is one. `{facts}` are filled in."""
    bad: str
    """Files laid over the minimal program of the tests (`-- path --` lines as in txtar, paths inside the program's
    folder, `/path` inside the workspace; `-- path (change) --` alters a file of it, see `tests/case_files.py`); this rule
    and no other fires, once."""
    good: str
    """The same, mended: no rule fires. Empty where that is the minimal program as it is."""
    helps: Mapping[str, Text] = field(default_factory=dict)
    """Variant to template of the help line: what to do."""
    safety: bool = False
    """A safety rule cannot be suppressed in the text."""

    def at(
        self,
        span: Span,
        /,
        variant: str = "default",
        *,
        pointer: str = "",
        help: str | None = None,
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
        **facts: object,
    ) -> Diagnostic:
        """A finding of this rule. `help` names a help variant; by default the one named as the message variant."""
        words = {key: str(value) for key, value in facts.items()}
        help_template = self.helps.get(help if help is not None else variant)
        return Diagnostic(
            rule=self.name,
            severity=severity or self.severity,
            message=_filled(self.messages[variant], words),
            span=span,
            help=_filled(help_template, words) if help_template else None,
            pointer=pointer,
            related=related,
            fix=fix,
            facts=words,
        )


def _filled(template: Text, facts: Mapping[str, str]) -> Text:
    return Text(template.sv.format_map(facts), template.en.format_map(facts))
