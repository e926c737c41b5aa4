"""The rules of reading a file and holding it against its schema."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.load.rules import missing_key, missing_publisher, unknown_key, wrong_id, wrong_type, wrong_value

RULES: tuple[Rule, ...] = (
    missing_publisher.RULE,
    unknown_key.RULE,
    missing_key.RULE,
    wrong_type.RULE,
    wrong_value.RULE,
    wrong_id.RULE,
)
