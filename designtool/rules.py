"""Every rule of designtool, in the order of the stages that meet its mistakes."""

from __future__ import annotations

from functools import cache

from designtool.check import CHECKS
from designtool.compare.rules import RULES as VERSION_RULES
from designtool.diagnostics import Rule
from designtool.exchange.rules import RULES as EXCHANGE_RULES
from designtool.expressions.rules import RULES as EXPRESSION_RULES
from designtool.layer.rules import OVERLAY_RULES
from designtool.layer.rules import RULES as LAYER_RULES
from designtool.load.rules import RULES as LOAD_RULES
from designtool.model.rules import RULES as MODEL_RULES
from designtool.source.rules import RULES as SOURCE_RULES


@cache
def all_rules() -> dict[str, Rule]:
    """Name to rule."""
    checked = tuple(rule for rule, _ in CHECKS)
    read = (*SOURCE_RULES, *LOAD_RULES, *EXPRESSION_RULES, *MODEL_RULES)
    return {
        rule.name: rule for rule in (*read, *checked, *LAYER_RULES, *OVERLAY_RULES, *EXCHANGE_RULES, *VERSION_RULES)
    }
