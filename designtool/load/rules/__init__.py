"""The rules of reading a file and holding it against its schema."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.load.rules import (
    allow_without_reason,
    byte_order_mark,
    complex_key,
    control_character,
    missing_key,
    missing_publisher,
    not_a_text_file,
    repeated_key,
    several_documents,
    split_by_comma,
    tab_character,
    too_deep,
    unknown_key,
    wrong_encoding,
    wrong_id,
    wrong_type,
    wrong_value,
    yaml_anchor,
    yaml_syntax,
    yaml_tag,
)

RULES: tuple[Rule, ...] = (
    missing_publisher.RULE,
    unknown_key.RULE,
    missing_key.RULE,
    wrong_type.RULE,
    wrong_value.RULE,
    wrong_id.RULE,
    allow_without_reason.RULE,
    byte_order_mark.RULE,
    complex_key.RULE,
    control_character.RULE,
    not_a_text_file.RULE,
    repeated_key.RULE,
    several_documents.RULE,
    split_by_comma.RULE,
    tab_character.RULE,
    too_deep.RULE,
    wrong_encoding.RULE,
    yaml_anchor.RULE,
    yaml_syntax.RULE,
    yaml_tag.RULE,
)
