"""The safety case: what the program asks about risk, what happens when somebody answers yes, and which tests show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from designtool.load.document import Inline, plain_text
from designtool.model.assemble_pages import role_id
from designtool.model.exercise import Exercise
from designtool.model.flow import Flag
from designtool.model.journey import Journey, Step
from designtool.model.page import Block
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.scoring import score


def safety_case(program: Program) -> dict[str, Any]:
    """JSON: every risk item with its flags and the journeys and vectors that show them, then every flag."""
    forms: tuple[Questionnaire | Exercise, ...] = (*program.questionnaires, *program.exercises)
    flags = {form.id: [(flag, _flag(program, form, flag)) for flag in form.flags] for form in forms}
    return {
        "program": program.id,
        "version": program.version,
        "risk_items": [
            {
                "questionnaire": questionnaire.id,
                "item": item.id,
                "risk": item.risk,
                "text": item.text,
                "flags": [told for flag, told in flags[questionnaire.id] if item.id in flag.about],
                "skipped_or_declined": "yellow",
            }
            for questionnaire in program.questionnaires
            for item in questionnaire.items
            if item.risk
        ],
        "flags": [{"form": form, **told} for form, all_told in flags.items() for _, told in all_told],
    }


def _flag(program: Program, form: Questionnaire | Exercise, flag: Flag) -> dict[str, Any]:
    return {
        "id": flag.id,
        "when": flag.when.source,
        "level": flag.level,
        "about": list(flag.about),
        "message": flag.message,
        "recipient": flag.to,
        "escalate_after_hours": flag.escalate_after_hours,
        "patient_page": flag.patient_page,
        "patient_text": _patient_text(program, flag),
        "journeys": [journey.id for journey in program.journeys if _is_shown_by(journey, form.id, flag)],
        "vectors": _vectors_that_raise(form, flag),
    }


def _vectors_that_raise(form: Questionnaire | Exercise, flag: Flag) -> list[int]:
    """The numbers, from 1, of the questionnaire's vectors that expect a flag of this level and raise this one."""
    if isinstance(form, Exercise):
        return []
    return [
        number
        for number, vector in enumerate(form.vectors, start=1)
        if flag.level in vector.flags and any(raised.id == flag.id for raised in score(form, vector.answers).flags)
    ]


def _patient_text(program: Program, flag: Flag) -> str:
    """What the patient reads when the flag is raised: the title and the words of its page, a paragraph a line."""
    page = program.library_page.get(flag.patient_page.removeprefix("library/"))
    if page is None:
        return ""
    return "\n".join([page.title, *_lines(program, page.blocks)])


def _lines(program: Program, blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        words = "".join(_words(program, inline) for inline in block.inlines).strip()
        if words:
            yield words
        yield from _lines(program, block.children)


def _words(program: Program, inline: Inline) -> str:
    if inline.kind == "contact":
        contact = program.contact.get(role_id(inline.text))
        return " ".join(part for part in (contact.label, contact.phone, contact.address) if part) if contact else ""
    return plain_text((inline,))


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
