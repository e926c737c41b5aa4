"""The workspace's own programs, and treatments of them that a test plays act by act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from treatment_samples import DIGEST, PATIENT, START, THERAPIST

from designtool import acts
from designtool.model.flow import Occasion, PlannedMeasurement
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Actor, Outcome, Refusal
from designtool.treatment.days import moment
from designtool.treatment.events import Event
from designtool.treatment.situate import situation
from designtool.treatment.situation import Situation
from designtool.treatment.state import NEW, fold
from designtool.treatment.verify import verify
from designtool.workspace import compile_workspace

REPOSITORY = Path(__file__).parent.parent


@cache
def real_program(id: str) -> Program:
    found = {one.folder.rpartition("/")[2]: one.program for one in _compiled()}
    program = found[id]
    assert program is not None
    return program


@cache
def _compiled() -> Any:
    return compile_workspace(REPOSITORY, date(2026, 11, 21)).programs


@cache
def instruments() -> dict[str, Questionnaire]:
    """Every questionnaire of the library; those that no program measures with are compiled for themselves."""
    from treatment_samples import forms_of

    folder = REPOSITORY / "programs/library/questionnaires"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    asked, _, _ = forms_of(texts, {})
    return {one.id: one for one in asked}


@cache
def measured_with(id: str) -> Program:
    """The depression program with this instrument, every second day."""
    program = real_program("depressionshjalpen")
    planned = PlannedMeasurement(
        id, (Occasion("start"), Occasion("every", 7, "day"), Occasion("after-end", 6, "month")), 3
    )
    return replace(program, questionnaires=(instruments()[id],), measurements=(planned,), reminders=())


class Treatment:
    """A treatment that is played. Every history that a test makes must verify."""

    def __init__(self, program: Program, start: datetime | None = None) -> None:
        self.program = program
        self.now = start or moment(START, time(8))
        self.start = self.now
        self.events: list[Event] = []
        self.state = NEW
        self.take(
            commands.register(DIGEST, program, self.now, THERAPIST, happened.Registered("Kim", program.id, "referral"))
        )
        self.take(commands.assess(self.state, program, self.now, THERAPIST, "Bedömd"))
        self.take(commands.decide(self.state, program, self.now, THERAPIST, True, ""))
        self.take(commands.start_treatment(self.state, program, self.now, THERAPIST, "Bo"))

    def take(self, outcome: Outcome) -> tuple[Event, ...]:
        assert not isinstance(outcome, Refusal), outcome.problems
        self.state = fold(outcome, {DIGEST: self.program}, self.state)
        self.events += outcome
        return outcome

    def wait(self, **much: float) -> None:
        self.go(self.now + timedelta(**much))

    def go(self, when: datetime) -> None:
        self.now = when
        self.take(clock_events(self.state, {DIGEST: self.program}, self.now))

    def on(self, day: int, clock: str = "12:00") -> None:
        hours, minutes = clock.split(":")
        self.go(moment(START + timedelta(days=day), time(int(hours), int(minutes))))

    def save(self, form: str, field: str, value: object, dated: date | None = None) -> tuple[Event, ...]:
        """As the browser saves a field."""
        events, problems, *_ = acts.saved_from(form, field, value, dated, self.state, self.program, self.now, PATIENT)
        assert not problems, problems
        return self.take(events)

    def post(self, target: str, sent: Mapping[str, object], actor: Actor = PATIENT) -> acts.Answer:
        """As a form is posted without script."""
        lists = {name: value if isinstance(value, list) else [str(value)] for name, value in sent.items()}
        answer = acts.sent_from(target, lists, self.state, self.program, self.now, actor)
        self.take(answer.events)
        return answer

    def fill(self, form: str, answers: Mapping[str, object], dated: date | None = None) -> tuple[Event, ...]:
        made = self.take(commands.save_answers(self.state, self.program, self.now, PATIENT, form, answers, dated))
        return (*made, *self.submit(form, dated))

    def submit(self, form: str, dated: date | None = None) -> tuple[Event, ...]:
        return self.take(commands.submit_form(self.state, self.program, self.now, PATIENT, form, dated))

    def acknowledge_all(self) -> None:
        for flag in self.state.flags:
            if flag.acknowledged_at is None:
                self.take(
                    commands.acknowledge_flag(
                        self.state, self.program, self.now, THERAPIST, flag.number, "Ringde", "Bo"
                    )
                )

    def see(self) -> Situation:
        return situation(self.state, {DIGEST: self.program}, self.now)

    def levels(self) -> list[str]:
        return [flag.level for flag in self.state.flags]

    def answers(self, form: str) -> dict[str, Any]:
        return dict(self.see().forms[form].draft)

    def verified(self) -> None:
        assert verify(self.events, {DIGEST: self.program}) == ()


def raised(events: tuple[Event, ...]) -> list[str]:
    return [event.what.level for event in events if isinstance(event.what, happened.FlagRaised)]
