"""What a layer may not say, and what it may not do."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.layer.rules import (
    crisis_page_without_help,
    hidden_safety,
    layer_alters_meaning,
    layer_name_taken,
    layer_says_twice,
    measurement_taken_away,
    stale_replacement,
)

RULES: tuple[Rule, ...] = (
    crisis_page_without_help.RULE,
    hidden_safety.RULE,
    layer_alters_meaning.RULE,
    layer_name_taken.RULE,
    layer_says_twice.RULE,
    measurement_taken_away.RULE,
    stale_replacement.RULE,
)
