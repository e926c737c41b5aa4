"""The rules of the model stage, in the order in which they are explained."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.model.rules import (
    broken_reference,
    circular_value,
    condition_looks_ahead,
    duplicate_id,
    migration_name,
    migration_of_what_is_there,
    missing_module_file,
    missing_program,
    unknown_occasion,
)

RULES: tuple[Rule, ...] = (
    missing_program.RULE,
    missing_module_file.RULE,
    duplicate_id.RULE,
    broken_reference.RULE,
    circular_value.RULE,
    condition_looks_ahead.RULE,
    unknown_occasion.RULE,
    migration_name.RULE,
    migration_of_what_is_there.RULE,
)
