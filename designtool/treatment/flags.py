"""The flags that a copy of a form raises for the therapist: at once, on each answer, and again on submission."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from designtool.expressions.evaluate import evaluate
from designtool.model.exercise import Exercise
from designtool.model.flow import Flag
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.answers import value_json
from designtool.treatment.events import FlagDowngraded, FlagRaised
from designtool.treatment.records import Filled
from designtool.treatment.scoring import RaisedByAnswers
from designtool.treatment.state import State

RULES = "rules"
"""Actor of the events that raise and downgrade: the program's rules, not the person whose answer they are about."""
SLIP = timedelta(minutes=1)
"""A red flag whose answer is corrected within this time is taken for a slip of the finger: it becomes yellow."""


def flags_after(
    state: State, form: Questionnaire | Exercise, copy: str, filled: Filled, now: datetime
) -> Iterator[FlagRaised | FlagDowngraded]:
    """What the answers of a copy raise and downgrade now. `state` is the one before the answer."""
    for raised in filled.flags:
        if not _stands_already(state, form.id, copy, raised, filled):
            yield _event(raised, form, copy, filled, now)
    rules = {flag.id: flag for flag in form.flags}
    raised_now = {raised.id for raised in filled.flags}
    for standing in state.flags:
        rule = rules.get(standing.id)
        if (
            rule is not None
            and standing.id not in raised_now
            and (standing.form, standing.copy, standing.level) == (form.id, copy, "red")
            # A clock that was put back tells nothing of how long ago it was.
            and timedelta() <= now.astimezone(UTC) - standing.raised_at <= SLIP
            and _is_corrected(rule, filled)
        ):
            yield FlagDowngraded(standing.number, "yellow", _values(standing.about, filled))


def _is_corrected(rule: Flag, filled: Filled) -> bool:
    """Another answer stands there: one that was only taken back says nothing."""
    answered = bool(rule.about) and all(filled.values.get(name) is not None for name in rule.about)
    return answered or evaluate(rule.when, filled.around) is False


def _stands_already(state: State, form: str, copy: str, raised: RaisedByAnswers, filled: Filled) -> bool:
    """Not twice for the same copy; but a flag that was downgraded as a slip is raised again when it was none.

    What a therapist has acknowledged is dealt with: an answer that is given anew after that is a new one to react to.
    """
    before = state.answers(form, copy)
    given_anew = any(before.get(name) != filled.answers.get(name) for name in raised.about)
    return any(
        (flag.id, flag.form, flag.copy, flag.about) == (raised.id, form, copy, raised.about)
        and flag.downgraded_at is None
        and not (flag.acknowledged_at is not None and given_anew)
        for flag in state.flags
    )


def _event(
    raised: RaisedByAnswers, form: Questionnaire | Exercise, copy: str, filled: Filled, now: datetime
) -> FlagRaised:
    hours = raised.escalate_after_hours
    return FlagRaised(
        flag=raised.id,
        level=raised.level,
        form=form.id,
        copy=copy,
        about=raised.about,
        values=_values(raised.about, filled),
        message=raised.message,
        to=raised.to,
        patient_page=raised.patient_page or _page_about(form.flags, raised.about),
        escalate_at=None if hours is None else now.astimezone(UTC) + timedelta(hours=hours),
    )


def _page_about(flags: tuple[Flag, ...], about: tuple[str, ...]) -> str:
    """A risk item that was passed over or declined shows the page that its answers would have shown."""
    return next((flag.patient_page for flag in flags if flag.patient_page and set(about) & set(flag.about)), "")


def _values(about: tuple[str, ...], filled: Filled) -> MappingProxyType[str, object]:
    """The answers that it is about, as they were given."""
    return MappingProxyType({name: filled.answers.get(name, value_json(filled.values.get(name))) for name in about})
