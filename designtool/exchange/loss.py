"""What a format has no place for: listed one by one, so that nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from designtool.diagnostics import Language, Text

FORMAT = 1
Kept = Literal["expression", "extension", "comment", "nowhere"]
"""Where it is instead: as an expression that a reader must be able to work out, in an extension that a reader may not
know, in a comment of the written file, or nowhere."""


@dataclass(frozen=True, slots=True)
class Loss:
    code: str
    """Kebab-case, of a fixed list in schemas/fhir-loss.schema.json."""
    subject: str
    """What it is about: a path in the questionnaire's file (`scores/total/bands`), or a JSON pointer of the resource."""
    kept: Kept
    message: Text
    content: Any = None
    """On import: the part of the resource as it was."""


def loss_report(
    losses: Sequence[Loss], direction: Literal["export", "import"], questionnaire: str, release: str, language: Language
) -> dict[str, Any]:
    """The report as JSON (schemas/fhir-loss.schema.json)."""
    return {
        "format": FORMAT,
        "direction": direction,
        "questionnaire": questionnaire,
        "release": release,
        "losses": [
            {
                "code": loss.code,
                "subject": loss.subject,
                "kept": loss.kept,
                "message": loss.message.in_language(language),
                **({} if loss.content is None else {"content": loss.content}),
            }
            for loss in losses
        ],
    }
