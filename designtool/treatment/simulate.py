"""Invented treatments: for journeys, the preview and the demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from designtool.diagnostics import Text
from designtool.model.exercise import Exercise
from designtool.model.journey import Act, Journey, Step
from designtool.model.program import Program
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Actor, Outcome, Refusal
from designtool.treatment.days import local_date, moment, next_midnight
from designtool.treatment.environment import environment_of
from designtool.treatment.events import Event, Happening
from designtool.treatment.records import form_of
from designtool.treatment.reuse import suggestions
from designtool.treatment.schedule import follow_ups
from designtool.treatment.state import NEW, State, fold

FIRST_DAY = date(2026, 1, 12)
"""Day 0 of a journey where no other is given: a Monday, with no change of the clocks for ten weeks."""
PATIENT = Actor("patient", "patient")
THERAPIST = Actor("behandlare", "therapist")


@dataclass(slots=True)
class Simulation:
    """A treatment that is played: its events so far, and what the program makes of them."""

    program: Program
    digest: str
    first_day: date
    patient: str = "Kim"
    therapist: str = "Din behandlare"
    acting_patient: Actor = PATIENT
    acting_therapist: Actor = THERAPIST
    signature: str = ""
    """What the therapist signs with; empty: `therapist`."""
    born: date | None = None
    state: State = NEW
    events: list[Event] = field(default_factory=list)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Registered, assessed, offered and started, all at the midnight that begins day 0."""
        self.now = moment(self.first_day)
        registered = happened.Registered(self.patient, self.program.id, "referral", self.born)
        for what in (registered, happened.Assessed("Bedömd"), happened.Decided(True, "Programmet passar")):
            self._take((self._by_therapist(what),))
        self._take((self._by_therapist(happened.Started(self.therapist)),))
        self.tick()

    def tick(self) -> None:
        """What time has brought until now."""
        self._take(clock_events(self.state, {self.digest: self.program}, self.now))

    def go_to(self, when: datetime) -> None:
        """Let time pass, with a look at every midnight on the way, as a scheduler does."""
        while (midnight := next_midnight(self.now)) <= when:
            self.now = midnight
            self.tick()
        self.now = max(self.now, when)
        self.tick()

    def do(self, act: Act) -> tuple[Text, ...]:
        """Let somebody act now. What was refused is told; what was typed before a refusal is kept."""
        match act.kind:
            case "fill":
                return self._fill(act)
            case "complete":
                return self._outcome(
                    commands.submit_module(self.state, self.program, self.now, self.acting_patient, act.target)
                )
            case "stop":
                return self._outcome(
                    commands.stop_decision(self.state, self.program, self.now, self.acting_patient, act.target)
                )
            case "follow-up":
                return self._follow_up(act)
            case "take":
                return self._take_into_plan(act.target, act.details.get("what", ""))
            case "choose":
                return self._choose(act.target)
            case "therapist":
                return self._therapist(act.target, act.details)

    def type(self, form: str, answers: Mapping[str, object]) -> None:
        """Let the patient write in a form and leave it there. What cannot be kept is passed over."""
        self._take(commands.keepable(self.state, self.program, self.now, self.acting_patient, form, answers)[0])

    def end(self, reason: str) -> tuple[Text, ...]:
        """Let the therapist end the treatment now."""
        return self._outcome(commands.end_treatment(self.state, self.program, self.now, self.acting_therapist, reason))

    def _follow_up(self, act: Act) -> tuple[Text, ...]:
        """The oldest plan that waits for it."""
        form = self.program.exercise.get(act.target)
        waiting = follow_ups(self.state, form, local_date(self.now)) if form is not None else ()
        if not waiting:
            return (
                Text(f"Ingen plan i {act.target} väntar på uppföljning.", f"No plan in {act.target} waits for it."),
            )
        return self._send(act, self.acting_patient, act.answers, waiting[0].dated)

    def _take_into_plan(self, id: str, what: str) -> tuple[Text, ...]:
        form = self.program.exercise.get(id)
        plan = next((one for one in form.fields if one.type == "plan-entry"), None) if form is not None else None
        if form is None or plan is None:
            return (Text(f"{id} har ingen plan.", f"{id} holds no plan."),)
        environment = environment_of(self.state, self.program, self.now)
        offered = suggestions(plan, form, environment, self.program, ())
        name = next((one.name for one in offered if one.label == what), "")
        return self._outcome(
            commands.take_into_plan(self.state, self.program, self.now, self.acting_patient, id, plan.id, name)
        )

    def _choose(self, id: str) -> tuple[Text, ...]:
        where = next((module.id for module in self.program.modules if id in module.choose), "")
        return self._outcome(commands.choose_module(self.state, self.program, self.now, self.acting_patient, where, id))

    def _fill(self, act: Act) -> tuple[Text, ...]:
        form = form_of(self.program, act.target)
        actor = (
            self.acting_therapist
            if isinstance(form, Exercise) and form.filled_by == "therapist"
            else self.acting_patient
        )
        answers = {**self._prefilled(form, actor), **act.answers} if isinstance(form, Exercise) else act.answers
        return self._send(act, actor, answers, None)

    def _prefilled(self, form: Exercise, actor: Actor) -> Mapping[str, Any]:
        """What stands in the form already and is sent with it by whoever does not change it."""
        stands = commands.answers_at(self.state, self.program, self.now, actor, form.id)
        with_beginning = {field.id for field in form.fields if field.prefill}
        return {} if isinstance(stands, Refusal) else {id: stands[id] for id in stands if id in with_beginning}

    def _send(self, act: Act, actor: Actor, answers: Mapping[str, Any], dated: date | None) -> tuple[Text, ...]:
        form = form_of(self.program, act.target)
        events, problems, *_ = commands.keepable(self.state, self.program, self.now, actor, act.target, answers, dated)
        self._take(events)
        if problems:
            return tuple(_about(problem) for problem in problems)
        # A scripted patient means what the script says, so every doubt is answered with yes.
        sure = frozenset(field.id for field in form.fields) | {""} if isinstance(form, Exercise) else frozenset()
        return self._outcome(
            commands.submit_form(self.state, self.program, self.now, actor, act.target, dated, confirmed=sure)
        )

    def _therapist(self, deed: str, details: Mapping[str, str]) -> tuple[Text, ...]:
        state, program, now, who = self.state, self.program, self.now, self.acting_therapist
        text = details.get("text") or "Bra jobbat."
        module = details.get("module", "")
        decision = details.get("decision") or self._only_decision()
        match deed:
            case "acknowledges":
                return self._acknowledge(details.get("action") or details.get("text") or "Kontaktade patienten")
            case "feedback":
                module = module or self._latest_submitted()
                return self._outcome(commands.give_feedback(state, program, now, who, module, text))
            case "opens":
                return self._outcome(commands.open_module(state, program, now, who, module))
            case "holds":
                return self._outcome(commands.hold_module(state, program, now, who, module))
            case "confirms":
                return self._outcome(commands.confirm_decision(state, program, now, who, decision))
            case "declines":
                return self._outcome(commands.decline_decision(state, program, now, who, decision, text))
            case "signs":
                return self._outcome(commands.sign_contraindication(state, program, now, who, decision, text))
            case "reassigns":
                therapist = details.get("text") or "En annan behandlare"
                return self._outcome(commands.reassign(state, program, now, who, therapist))
        return (Text(f"Behandlaren kan inte göra ”{deed}”.", f"The therapist cannot do “{deed}”."),)

    def _acknowledge(self, action: str) -> tuple[Text, ...]:
        standing = [flag for flag in self.state.flags if flag.acknowledged_at is None]
        if not standing:
            return (Text("Det finns ingen flagga att kvittera.", "There is no flag to acknowledge."),)
        told: list[Text] = []
        for flag in standing:
            told += self._outcome(
                commands.acknowledge_flag(
                    self.state,
                    self.program,
                    self.now,
                    self.acting_therapist,
                    flag.number,
                    action,
                    self.signature or self.state.therapist,
                )
            )
        return tuple(told)

    def _only_decision(self) -> str:
        return next((exercise.id for exercise in self.program.exercises if exercise.decision is not None), "")

    def _latest_submitted(self) -> str:
        waiting = [id for id, module in self.state.modules.items() if module.submitted_at and not module.feedback_at]
        return waiting[-1] if waiting else ""

    def _outcome(self, outcome: Outcome) -> tuple[Text, ...]:
        if isinstance(outcome, Refusal):
            return tuple(_about(problem) for problem in outcome.problems)
        self._take(outcome)
        return ()

    def _by_therapist(self, what: Happening) -> Event:
        return Event(self.now, self.acting_therapist.id, "therapist", self.digest, what)

    def _take(self, events: tuple[Event, ...]) -> None:
        self.state = fold(events, {self.digest: self.program}, self.state)
        self.events += events


def events_until(
    journey: Journey, program: Program, digest: str, day: int, clock: time = time(12), first_day: date = FIRST_DAY
) -> tuple[Event, ...]:
    """The treatment of a journey's person as it stands on a day: what the script has until then, and the time between."""
    return tuple(play(program, digest, journey.steps, day, clock, first_day).events)


def play(
    program: Program,
    digest: str,
    steps: tuple[Step, ...],
    until: int,
    clock: time = time(12),
    first_day: date = FIRST_DAY,
    patient: str = "Kim",
) -> Simulation:
    """Play steps until a day. An act that is refused is left out, so that a program under work can still be looked at."""
    simulation = Simulation(program, digest, first_day, patient)
    end = moment(first_day + timedelta(days=until), clock)
    for step in steps:
        when = step_moment(step, first_day)
        if when > end:
            break
        simulation.go_to(when)
        for act in step.does:
            simulation.do(act)
    simulation.go_to(end)
    return simulation


def blank(program: Program, digest: str, start: date = FIRST_DAY) -> State:
    """A treatment that has just started: nothing filled in."""
    return Simulation(program, digest, start).state


def step_moment(step: Step, first_day: date) -> datetime:
    hours, _, minutes = step.time.partition(":")
    return moment(first_day + timedelta(days=step.day), time(int(hours), int(minutes)))


def _about(problem: commands.Problem) -> Text:
    if not problem.field:
        return problem.message
    return Text(f"{problem.field}: {problem.message.sv}", f"{problem.field}: {problem.message.en}")
