"""What the import of FHIR finds. The examples are resources, not files of a program."""

from __future__ import annotations

from designtool.diagnostics import Rule
from designtool.exchange.rules import (
    fhir_answer_list,
    fhir_broken_expression,
    fhir_constraint,
    fhir_cycle,
    fhir_enable_behavior,
    fhir_enable_when,
    fhir_kept_as_comment,
    fhir_link_id,
    fhir_needs_a_human,
    fhir_not_carried,
    fhir_number_as_text,
    fhir_other_resource,
    fhir_unknown_item_type,
    fhir_unreadable,
    fhir_wrong_type,
)

RULES: tuple[Rule, ...] = (
    fhir_unreadable.RULE,
    fhir_other_resource.RULE,
    fhir_wrong_type.RULE,
    fhir_unknown_item_type.RULE,
    fhir_link_id.RULE,
    fhir_enable_when.RULE,
    fhir_enable_behavior.RULE,
    fhir_cycle.RULE,
    fhir_answer_list.RULE,
    fhir_constraint.RULE,
    fhir_number_as_text.RULE,
    fhir_broken_expression.RULE,
    fhir_not_carried.RULE,
    fhir_needs_a_human.RULE,
    fhir_kept_as_comment.RULE,
)
