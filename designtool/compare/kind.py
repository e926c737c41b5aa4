"""A kind of change: its name, the step it needs, what it means for patients under way, and an example that the tests run.

What recognises the change stands beside the kind, in the same file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designtool.compare.change import Bump, InFlight
from designtool.diagnostics import Text


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    """Kebab-case, after what has happened, so that it reads as English in a list of changes."""
    bump: Bump
    in_flight: InFlight
    title: Text
    """What has happened, in one line."""
    why: Text
    """Why it needs that step."""
    consequence: Text
    """What it means for patients under way, in a sentence or two that a clinic understands."""
    messages: Mapping[str, Text]
    """Variant to template; `default` where there is one. `{facts}` are filled in."""
    fires: str
    """Files laid over the program of the tests (as in `diagnostics.rule`, over tests/compared): from that program to this
    one there is this change and no other."""
    near_miss: str
    """The same, nearly: it may be some other change, but not this one."""
    allowed: bool = True
    needs_acknowledgement: bool = False
    before: str = field(default="", kw_only=True)
    """Files laid over the program of the tests for the old version, where that program does not do."""
