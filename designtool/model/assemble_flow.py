"""Measurements, reminders, modules' doors and journeys, from their documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from designtool.expressions.expression import Form, Scope
from designtool.model.assemble_forms import expanded_answers
from designtool.model.findings import Findings, frozen_mapping
from designtool.model.flow import Feedback, Occasion, PlannedMeasurement, Reminder, Unlock
from designtool.model.journey import Act, Expect, ExpectedFlag, Journey, Step
from designtool.model.reading import Node
from designtool.model.rules import unknown_occasion

_UNITS = {"day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month"}
_EVERY = re.compile(r"every (?:(\d{1,3}) )?(days?|weeks?)")
_AFTER = re.compile(r"(\d{1,3}) (days?|weeks?|months?) after (start|end)")
_DAYS = re.compile(r"(\d{1,4})\s*\.\.\s*(\d{1,4})")
_LONGEST_JOURNEY = 3650
_OF_A_PLAN: Mapping[str, Literal["follow-up", "take"]] = {"follow_up": "follow-up", "take": "take"}
_THERAPIST_DETAILS = ("action", "module", "decision", "text", "flag", "to")


def measurements(node: Node, forms: Mapping[str, Form], findings: Findings) -> tuple[PlannedMeasurement, ...]:
    found = []
    questionnaires = [id for id, form in forms.items() if form.kind == "questionnaire"]
    for planned in node.mappings("measurements"):
        id = planned.text("questionnaire")
        if id not in questionnaires:
            findings.missing_reference("questionnaire", id, planned.span("questionnaire"), questionnaires)
            continue
        occasions = [
            occasion
            for index, text in enumerate(planned.texts("at"))
            if (occasion := _occasion(text, planned, index, findings)) is not None
        ]
        window = planned.integer("window_days")
        found.append(PlannedMeasurement(id, tuple(occasions), 3 if window is None else window, planned.origin))
    return tuple(found)


def reminders(node: Node) -> tuple[Reminder, ...]:
    return tuple(
        Reminder(
            cast(Any, reminder.text("when").replace(" ", "-")),
            reminder.integer("after_days") or 0,
            reminder.text("text"),
            reminder.origin,
        )
        for reminder in node.mappings("reminders")
    )


def unlock(
    node: Node, previous: str, modules: Iterable[str], scope: Scope, sequential: bool, days: int, findings: Findings
) -> Unlock:
    """`previous` is the module before this one; empty for the first, which has nothing to wait for."""
    stated = node.mapping("unlock")
    after = stated.text("after", "previous") if stated else "previous"
    if after == "previous":
        after = previous if sequential or (stated is not None and stated.has("after")) else ""
    elif after == "none":
        after = ""
    elif stated is not None and after not in modules:
        findings.missing_reference("module", after, stated.span("after"), modules)
        after = previous
    stated_days = stated.integer("days") if stated else None
    default_days = days if after else 0
    return Unlock(
        after=after,
        days=default_days if stated_days is None else stated_days,
        when=findings.expression(stated, "when", scope, "truth") if stated else None,
        therapist=stated.flag("therapist") if stated else False,
    )


def feedback(node: Node, within_days: int) -> Feedback:
    """What the module says of its own, else what the program promises."""
    stated = node.mapping("feedback")
    own = stated.integer("within_days") if stated else None
    return Feedback(
        within_days=within_days if own is None else own,
        required_before_next=stated.flag("required_before_next") if stated else False,
    )


def journey(id: str, node: Node, forms: Mapping[str, Form], modules: Iterable[str], findings: Findings) -> Journey:
    steps: list[Step] = []
    for step in node.mappings("steps"):
        days = _days(step)
        does = tuple(_act(act, forms, modules, findings) for act in step.mappings("does"))
        for day in days:
            expect = step.mapping("expect") if day == days[-1] else None
            steps.append(
                Step(day, step.text("time", "12:00"), does, _expect(expect, findings) if expect else None, step.origin)
            )
    return Journey(
        id=id,
        title=node.text("title", id),
        steps=tuple(sorted(steps, key=lambda step: (step.day, step.time))),
        origin=node.origin,
    )


def _occasion(text: str, node: Node, index: int, findings: Findings) -> Occasion | None:
    if text in ("start", "end"):
        return Occasion(cast(Any, text))
    if text == "before each module":
        return Occasion("before-module")
    if every := _EVERY.fullmatch(text):
        return Occasion("every", int(every[1] or 1), cast(Any, _UNITS[every[2]]))
    if after := _AFTER.fullmatch(text):
        return Occasion(cast(Any, f"after-{after[3]}"), int(after[1]), cast(Any, _UNITS[after[2]]))
    findings.add(unknown_occasion.RULE.at(node.span("at", index), text=text))
    return None


def _days(step: Node) -> range:
    day = step.raw("day")
    if isinstance(day, int) and not isinstance(day, bool):
        return range(day, day + 1)
    stretch = _DAYS.fullmatch(day) if isinstance(day, str) else None
    if stretch is None:
        return range(1)
    first, last = int(stretch[1]), int(stretch[2])
    return range(first, max(first, min(last, _LONGEST_JOURNEY)) + 1)


def _act(node: Node, forms: Mapping[str, Form], modules: Iterable[str], findings: Findings) -> Act:
    if node.has("fill"):
        id = node.text("fill")
        form = forms.get(id)
        if form is None:
            findings.missing_reference("form", id, node.span("fill"), forms)
        return Act("fill", id, expanded_answers(node, "answers", form, findings), origin=node.origin)
    for key, kind in _OF_A_PLAN.items():
        if node.has(key):
            id = node.text(key)
            if id not in forms:
                findings.missing_reference("form", id, node.span(key), forms)
            details = {"what": node.text("what")} if node.has("what") else {}
            answers = expanded_answers(node, "answers", forms.get(id), findings)
            return Act(kind, id, answers, frozen_mapping(details), node.origin)
    if node.has("choose"):
        id = node.text("choose")
        if id not in modules:
            findings.missing_reference("module", id, node.span("choose"), modules)
        return Act("choose", id, origin=node.origin)
    if node.has("complete"):
        id = node.text("complete")
        if id not in modules:
            findings.missing_reference("module", id, node.span("complete"), modules)
        return Act("complete", id, origin=node.origin)
    if node.has("stop"):
        id = node.text("stop")
        if id not in forms or forms[id].kind != "decision":
            findings.missing_reference(
                "decision", id, node.span("stop"), [form.id for form in forms.values() if form.kind == "decision"]
            )
        return Act("stop", id, origin=node.origin)
    details = {key: node.text(key) for key in _THERAPIST_DETAILS if node.has(key)}
    return Act("therapist", node.text("therapist"), details=frozen_mapping(details), origin=node.origin)


def _expect(node: Node, findings: Findings) -> Expect:
    return Expect(
        open=node.texts("open") if node.has("open") else None,
        scores=frozen_mapping(node.values("scores")) if node.has("scores") else None,
        values=frozen_mapping(node.values("values")) if node.has("values") else None,
        flags=tuple(
            ExpectedFlag(flag.text("level"), flag.text("about"), flag.text("to")) for flag in node.mappings("flags")
        )
        if node.has("flags")
        else None,
        shown=node.texts("shown") if node.has("shown") else None,
        decisions=frozen_mapping(node.values("decisions")) if node.has("decisions") else None,
        due=node.texts("due") if node.has("due") else None,
        origin=node.origin,
    )
