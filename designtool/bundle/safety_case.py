"""The safety case: what the program asks about risk, what happens when somebody answers yes, and which journeys show it."""

from __future__ import annotations

from typing import Any

from designtool.model.flow import Flag
from designtool.model.journey import Journey, Step
from designtool.model.program import Program
from designtool.model.questionnaire import Item, Questionnaire


def safety_case(program: Program) -> dict[str, Any]:
    """JSON: every risk item with its flags and journeys, then every other flag."""
    return {
        "program": program.id,
        "version": program.version,
        "risk_items": [
            _risk_item(program, questionnaire, item)
            for questionnaire in program.questionnaires
            for item in questionnaire.items
            if item.risk
        ],
        "flags": [
            {"form": form, **_flag(program, form, flag)}
            for form, flags in (
                *((questionnaire.id, questionnaire.flags) for questionnaire in program.questionnaires),
                *((exercise.id, exercise.flags) for exercise in program.exercises),
            )
            for flag in flags
        ],
    }


def _risk_item(program: Program, questionnaire: Questionnaire, item: Item) -> dict[str, Any]:
    flags = [flag for flag in questionnaire.flags if item.id in flag.about]
    return {
        "questionnaire": questionnaire.id,
        "item": item.id,
        "risk": item.risk,
        "text": item.text,
        "flags": [_flag(program, questionnaire.id, flag) for flag in flags],
        "skipped_or_declined": "yellow",
    }


def _flag(program: Program, form: str, flag: Flag) -> dict[str, Any]:
    return {
        "id": flag.id,
        "when": flag.when.source,
        "level": flag.level,
        "about": list(flag.about),
        "message": flag.message,
        "recipient": flag.to,
        "escalate_after_hours": flag.escalate_after_hours,
        "patient_page": flag.patient_page,
        "journeys": [journey.id for journey in program.journeys if _is_shown_by(journey, form, flag)],
    }


def _is_shown_by(journey: Journey, form: str, flag: Flag) -> bool:
    return any(_raises(step, form, flag) for step in journey.steps)


def _raises(step: Step, form: str, flag: Flag) -> bool:
    """Whether the step fills in the form and expects a flag of this level and recipient about one of the same items."""
    if step.expect is None or not any(act.kind == "fill" and act.target == form for act in step.does):
        return False
    about = {*flag.about, *(f"{form}.{name}" for name in flag.about)}
    return any(
        expected.level in ("", flag.level)
        and expected.to in ("", flag.to)
        and (not expected.about or expected.about in about)
        for expected in step.expect.flags or ()
    )
