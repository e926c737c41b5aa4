"""Rules over an assembled program: one file a rule, run from one explicit ordered list."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from designtool.check.accessibility import (
    heading_jump,
    missing_alt,
    missing_captions,
    missing_transcript,
    vague_link_text,
)
from designtool.check.context import Context
from designtool.check.flow import (
    condition_without_effect,
    impossible_field,
    impossible_gate,
    module_without_homework,
    module_without_pages,
    unanswerable_reference,
    unreachable_module,
)
from designtool.check.language import active_html, bare_phone_number
from designtool.check.measurement import (
    band_gap,
    band_never_reached,
    flag_never_raised,
    impossible_missing_rule,
    item_not_in_score,
    item_without_text,
    no_score_when_hidden,
    repeated_answer,
    score_before_its_parts,
    score_range,
    sum_of_one_day,
    threshold_outside_range,
    unsafe_decision,
    unscored_item,
    when_hidden_not_an_answer,
)
from designtool.check.media import unreadable_picture, unsafe_picture
from designtool.check.rights import unlicensed_instrument, unlogged_video_meeting
from designtool.check.safety import (
    hidden_risk_item,
    missing_crisis_page,
    risk_item_without_flag,
    unchecked_contact,
    unsafe_prefill,
    withheld_answer_shown,
)
from designtool.check.structure import (
    idle_exception,
    module_length,
    program_length,
    reserved_id,
    review_due,
    unfitting_source,
    unused_exercise,
    unused_questionnaire,
)
from designtool.diagnostics import Diagnostic, Rule

Check = Callable[[Context], Iterable[Diagnostic]]

CHECKS: tuple[tuple[Rule, Check], ...] = (
    (missing_crisis_page.RULE, missing_crisis_page.check),
    (risk_item_without_flag.RULE, risk_item_without_flag.check),
    (hidden_risk_item.RULE, hidden_risk_item.check),
    (unchecked_contact.RULE, unchecked_contact.check),
    (unsafe_prefill.RULE, unsafe_prefill.check),
    (withheld_answer_shown.RULE, withheld_answer_shown.check),
    (active_html.RULE, active_html.check),
    (unsafe_picture.RULE, unsafe_picture.check),
    (unreadable_picture.RULE, unreadable_picture.check),
    (score_range.RULE, score_range.check),
    (score_before_its_parts.RULE, score_before_its_parts.check),
    (sum_of_one_day.RULE, sum_of_one_day.check),
    (threshold_outside_range.RULE, threshold_outside_range.check),
    (band_gap.RULE, band_gap.check),
    (item_without_text.RULE, item_without_text.check),
    (unscored_item.RULE, unscored_item.check),
    (band_never_reached.RULE, band_never_reached.check),
    (repeated_answer.RULE, repeated_answer.check),
    (item_not_in_score.RULE, item_not_in_score.check),
    (no_score_when_hidden.RULE, no_score_when_hidden.check),
    (impossible_missing_rule.RULE, impossible_missing_rule.check),
    (when_hidden_not_an_answer.RULE, when_hidden_not_an_answer.check),
    (flag_never_raised.RULE, flag_never_raised.check),
    (unsafe_decision.RULE, unsafe_decision.check),
    (unlicensed_instrument.RULE, unlicensed_instrument.check),
    (unlogged_video_meeting.RULE, unlogged_video_meeting.check),
    (unreachable_module.RULE, unreachable_module.check),
    (impossible_gate.RULE, impossible_gate.check),
    (impossible_field.RULE, impossible_field.check),
    (condition_without_effect.RULE, condition_without_effect.check),
    (unanswerable_reference.RULE, unanswerable_reference.check),
    (module_without_homework.RULE, module_without_homework.check),
    (module_without_pages.RULE, module_without_pages.check),
    (unused_exercise.RULE, unused_exercise.check),
    (unused_questionnaire.RULE, unused_questionnaire.check),
    (idle_exception.RULE, idle_exception.check),
    (reserved_id.RULE, reserved_id.check),
    (review_due.RULE, review_due.check),
    (unfitting_source.RULE, unfitting_source.check),
    (program_length.RULE, program_length.check),
    (module_length.RULE, module_length.check),
    (missing_alt.RULE, missing_alt.check),
    (missing_captions.RULE, missing_captions.check),
    (missing_transcript.RULE, missing_transcript.check),
    (heading_jump.RULE, heading_jump.check),
    (vague_link_text.RULE, vague_link_text.check),
    (bare_phone_number.RULE, bare_phone_number.check),
)


def check(context: Context) -> tuple[Diagnostic, ...]:
    """Every finding of every rule, in the order of the rules."""
    return tuple(finding for _, run in CHECKS for finding in run(context))
