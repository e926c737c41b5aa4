"""What every command can know of how it was called."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designtool.diagnostics import Language


@dataclass(frozen=True, slots=True)
class Settings:
    language: Language | None
    """As asked for with --lang; None: what the workspace says, and Swedish where it says nothing."""

    def in_workspace(self, stated: object) -> Language:
        """The language of messages, given `language:` of designtool.yaml."""
        if self.language is not None:
            return self.language
        return "en" if stated == "en" else "sv"


def colour_wanted(err: bool = False) -> bool:
    """For stdout, or with `err` for stderr. NO_COLOR and FORCE_COLOR as https://no-color.org and https://force-color.org have them, else: is it a terminal?"""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (sys.stderr if err else sys.stdout).isatty()
