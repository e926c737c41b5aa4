"""What a layer may not say, and what it may not do."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.layer.rules import (
    crisis_page_without_help,
    foreign_contact,
    hidden_safety,
    layer_alters_meaning,
    layer_name_taken,
    layer_says_twice,
    measurement_taken_away,
    overlay_not_for_this,
    stale_replacement,
    wrong_subscription,
    wrong_version_range,
)

RULES: tuple[Rule, ...] = (
    crisis_page_without_help.RULE,
    hidden_safety.RULE,
    layer_alters_meaning.RULE,
    layer_name_taken.RULE,
    layer_says_twice.RULE,
    measurement_taken_away.RULE,
    stale_replacement.RULE,
    wrong_subscription.RULE,
)

OVERLAY_RULES: tuple[Rule, ...] = (foreign_contact.RULE, overlay_not_for_this.RULE, wrong_version_range.RULE)
"""Of overlays alone, which lie over a bundle and not in a program."""
