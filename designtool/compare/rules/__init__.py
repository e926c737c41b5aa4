"""What is found when a program is held against its earlier versions. The examples lie over the program of tests/compared,
version 1.0.0, and are held against it."""

from __future__ import annotations

from designtool.compare.rules import (
    change_never_allowed,
    idle_acknowledgement,
    migration_says_nothing,
    missing_release_bundle,
    published_version_changed,
    unacknowledged_change,
    version_too_low,
)
from designtool.diagnostics import Rule

RULES: tuple[Rule, ...] = (
    version_too_low.RULE,
    published_version_changed.RULE,
    change_never_allowed.RULE,
    unacknowledged_change.RULE,
    idle_acknowledgement.RULE,
    migration_says_nothing.RULE,
    missing_release_bundle.RULE,
)
