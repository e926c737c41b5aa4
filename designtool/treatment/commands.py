"""What people do in a treatment: each act gives the events that it makes, or says in words why it cannot be done.

The events of an act belong together and are stored together. What time has brought until then comes first among them,
so that nobody meets a locked door only because a scheduler was late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from designtool.diagnostics import Text
from designtool.expressions.evaluate import evaluate
from designtool.model.exercise import Constraint, Exercise, Field
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment import events as happened
from designtool.treatment.answers import Read, columns_of, read_answer, read_item_answer
from designtool.treatment.clock import clock_events, time_passed
from designtool.treatment.corrections import Correction, corrections, fields_read
from designtool.treatment.days import local_date
from designtool.treatment.events import Event, Happening, Role
from designtool.treatment.flags import RULES, flags_after
from designtool.treatment.frame import Frame, environment_beside, frame_of
from designtool.treatment.records import Filled, fill, form_of
from designtool.treatment.reuse import planned_from, resolved, row_label, standing, suggestions
from designtool.treatment.rows import rows_in, with_outcomes, with_row_names
from designtool.treatment.schedule import Access, access, copy_of, follow_ups, is_plan
from designtool.treatment.state import State, apply

DECISION_STOPPED = "decision-stopped"


@dataclass(frozen=True, slots=True)
class Actor:
    id: str
    role: Role


_RULES = Actor(RULES, "system")


@dataclass(frozen=True, slots=True)
class Problem:
    message: Text
    field: str = ""
    """Where in the form; empty for all of it."""
    level: Literal["block", "confirm"] = "block"
    """`confirm`: the patient may say that it is right, and sends the field's id among the confirmed."""
    corrections: tuple[Correction, ...] = ()
    """What may have been meant, with which it would be right."""


@dataclass(frozen=True, slots=True)
class Refusal:
    problems: tuple[Problem, ...]


Outcome = tuple[Event, ...] | Refusal


def register(digest: str, program: Program, now: datetime, actor: Actor, registered: happened.Registered) -> Outcome:
    """The first event of a treatment."""
    if registered.program != program.id:
        return _refused("Programmet är ett annat.", "The program is another one.")
    return (Event(now, actor.id, actor.role, digest, registered),)


def assess(state: State, program: Program, now: datetime, actor: Actor, summary: str) -> Outcome:
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.phase not in ("registered", "assessment"):
        return _refused("Bedömningen är redan gjord.", "The assessment has been made already.")
    problem = _text_problem(summary, "summary")
    return problem or _act(state, program, now, actor, happened.Assessed(summary.strip()))


def decide(state: State, program: Program, now: datetime, actor: Actor, accepted: bool, reason: str) -> Outcome:
    """Whether the treatment is offered. Nobody passes by the assessment, also one who came without a referral."""
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.phase != "assessment":
        return _refused("En bedömning behövs först.", "An assessment is needed first.")
    return _act(state, program, now, actor, happened.Decided(accepted, reason.strip()))


def start_treatment(state: State, program: Program, now: datetime, actor: Actor, therapist: str) -> Outcome:
    """Day 0 is the local date of `now`. The patient's age is held against the program's audience."""
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.phase != "decision" or not state.accepted:
        return _refused(
            "Behandlingen kan starta först när den har beslutats.", "The treatment starts once it is decided."
        )
    age = age_on(state.born, local_date(now)) if state.born else None
    if age is not None and age < program.audience.age_min:
        return _refused(
            f"Programmet är för den som har fyllt {program.audience.age_min} år.",
            f"The program is for people of {program.audience.age_min} years and over.",
        )
    if age is not None and program.audience.age_max is not None and age > program.audience.age_max:
        return _refused(
            f"Programmet är för den som är högst {program.audience.age_max} år.",
            f"The program is for people of {program.audience.age_max} years at most.",
        )
    started = Event(now, actor.id, actor.role, state.digest, happened.Started(therapist))
    programs = {state.digest: program}
    return (started, *clock_events(apply(state, started, programs), programs, now))


def end_treatment(state: State, program: Program, now: datetime, actor: Actor, reason: str) -> Outcome:
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.phase != "under-way":
        return _refused("Behandlingen pågår inte.", "The treatment is not under way.")
    return _text_problem(reason, "reason") or _act(state, program, now, actor, happened.Ended(reason.strip()))


def reassign(state: State, program: Program, now: datetime, actor: Actor, therapist: str) -> Outcome:
    """Another therapist takes over, with every flag that stands."""
    if actor.role == "patient":
        return _NOT_YOURS
    return _text_problem(therapist, "therapist") or _act(state, program, now, actor, happened.Reassigned(therapist))


def save_answer(
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    form: str,
    field: str,
    value: object,
    dated: date | None = None,
) -> Outcome:
    """Keep one answer as it was typed, and raise at once what it raises. `dated`: of a diary, which entry."""
    return save_answers(state, program, now, actor, form, {field: value}, dated)


def save_answers(
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    form: str,
    answers: Mapping[str, object],
    dated: date | None = None,
) -> Outcome:
    """Keep several answers, all or none. `keepable` keeps what it can."""
    kept = keepable(state, program, now, actor, form, answers, dated)
    return Refusal(kept.problems) if kept.problems else kept.events


class Kept(NamedTuple):
    """What came of answers that were sent."""

    events: tuple[Event, ...]
    problems: tuple[Problem, ...]
    filled: Filled | None = None
    """The copy that they are in, with the answers that were kept; None where there was no way in to one."""
    frame: Frame | None = None
    """In which they were tried: the next act is spared the work where it still holds."""


def keepable(
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    form: str,
    answers: Mapping[str, object],
    dated: date | None = None,
    known: Frame | None = None,
) -> Kept:
    """The events that keep each answer that can be kept, and what is wrong with the others. Unchanged answers give none.

    A risk answer for which there is no way in any more is not kept, but raises what it raises. `known`: a frame of an
    earlier state of this treatment.
    """
    begun = _begin(state, program, now, known)
    entry = _way_in(begun, form, actor, dated)
    if isinstance(entry, Refusal):
        return _raised_too_late(begun, form, actor, answers, entry.problems)
    problems: list[Problem] = []
    filled: Filled | None = None
    for field, value in answers.items():
        read = _read(begun, entry, field, value)
        if read.problem is not None:
            problems.append(Problem(read.problem, field))
            continue
        if begun.state.answers(form, entry.copy).get(field) == read.value:
            continue
        answered = happened.Answered(form, entry.copy, field, read.value, entry.dated if entry.is_diary else None)
        before = begun.state
        begun.add(actor, answered)
        filled = _filled(begun, entry, finished=False)
        for flag in flags_after(before, entry.form, entry.copy, filled, now):
            begun.add(_RULES, flag)
    filled = filled or _filled(begun, entry, finished=False)
    return Kept(begun.finish(), tuple(problems), filled, begun.frame)


def answers_at(
    state: State, program: Program, now: datetime, actor: Actor, form: str, dated: date | None = None
) -> Mapping[str, object] | Refusal:
    """What stands in the copy that this actor would write in now: what a part of a table is laid into."""
    begun = _begin(state, program, now)
    entry = _way_in(begun, form, actor, dated)
    return entry if isinstance(entry, Refusal) else _standing(begun, entry)


def take_into_plan(
    state: State, program: Program, now: datetime, actor: Actor, form: str, field: str, name: str
) -> Outcome:
    """One more entry in the plan that is being made: something that was left undone, or that stands in the patient's list."""
    begun = _begin(state, program, now)
    entry = _way_in(begun, form, actor, None)
    if isinstance(entry, Refusal):
        return entry
    known = entry.form
    plan = next((one for one in known.fields if one.id == field), None) if isinstance(known, Exercise) else None
    if plan is None or not isinstance(known, Exercise) or plan.type != "plan-entry":
        return _refused("Det fältet finns inte.", "There is no such field.")
    stands = _standing(begun, entry).get(field)
    offered = suggestions(plan, known, begun.frame.environment, program, stands)
    chosen = next((one for one in offered if one.name == name), None)
    if chosen is None:
        return _refused("Det går inte att ta med nu.", "That cannot be taken along now.")
    rows = [*rows_in(stands), planned_from(chosen)]
    kept = keepable(state, program, now, actor, form, {field: rows})
    return Refusal(kept.problems) if kept.problems else kept.events


def submit_form(
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    form: str,
    dated: date | None = None,
    confirmed: frozenset[str] = frozenset(),
) -> Outcome:
    """Finish the copy as it was typed. `confirmed` are fields about which the patient has said: yes, it is so."""
    begun = _begin(state, program, now)
    entry = _way_in(begun, form, actor, dated)
    if isinstance(entry, Refusal):
        return entry
    filled = _filled(begun, entry, finished=True)
    stands = begun.state.answers(entry.form.id, entry.copy)
    problems = _without_outcome(entry.form, stands) if entry.follows_up else _unanswered(entry.form, filled, stands)
    if isinstance(entry.form, Exercise):
        problems += _broken_constraints(entry.form, filled, confirmed)
    if not filled.answers and not problems and (isinstance(entry.form, Questionnaire) or entry.form.fields):
        problems = [Problem(Text("Fyll i något först.", "Fill in something first."))]
    if problems:
        return Refusal(tuple(problems))
    before, at = begun.state, begun.frame.plan
    begun.add(
        actor,
        happened.Submitted(
            form=form,
            copy=entry.copy,
            dated=entry.dated,
            answers=filled.answers,
            scores=filled.scores,
            values=filled.computed,
            statuses=filled.statuses,
            hidden=tuple(sorted(filled.hidden)),
            occasions=tuple(
                one.occasion for one in at.measurements if (one.questionnaire, one.status) == (form, "due")
            ),
        ),
    )
    for flag in flags_after(before, entry.form, entry.copy, filled, now):
        begun.add(_RULES, flag)
    return begun.finish()


def submit_module(state: State, program: Program, now: datetime, actor: Actor, module: str) -> Outcome:
    """The patient sends a module to the therapist once what it asks for is done."""
    begun = _begin(state, program, now)
    if actor.role != "patient":
        return _NOT_YOURS
    situation = begun.frame.plan.modules.get(module)
    if situation is None:
        return _refused("Den delen finns inte.", "There is no such part.")
    if situation.status in ("locked", "hidden") or state.phase == "ended":
        return _refused("Den delen är inte öppen.", "That part is not open.")
    if situation.status != "open":
        return _refused("Du har redan skickat in den här delen.", "You have sent this part already.")
    if program.module[module].choose and not begun.state.module(module).chosen:
        return _refused(
            "Välj först vilken del du vill gå vidare med.", "First choose the part that you want to go on with."
        )
    if situation.to_do:
        return Refusal(tuple(_left_to_do(program, form) for form in situation.to_do))
    begun.add(actor, happened.ModuleSubmitted(module))
    return begun.finish()


def choose_module(state: State, program: Program, now: datetime, actor: Actor, module: str, chosen: str) -> Outcome:
    """Where one of several modules is chosen. It can be chosen anew until the chosen one has been sent in."""
    begun = _begin(state, program, now)
    if actor.role != "patient":
        return _NOT_YOURS
    known = program.module.get(module)
    if known is None or chosen not in known.choose:
        return _refused("Den delen går inte att välja.", "That part cannot be chosen.")
    if begun.frame.plan.modules[module].status in ("locked", "hidden") or begun.state.phase != "under-way":
        return _refused("Den delen är inte öppen.", "That part is not open.")
    before = begun.state.module(module).chosen
    if before == chosen:
        return begun.finish()
    if before and begun.state.module(before).submitted_at is not None:
        title = program.module[before].title if before in program.module else before
        return _refused(f"Du har redan skickat in ”{title}”.", f"You have sent “{title}” already.")
    begun.add(actor, happened.ModuleChosen(module, chosen))
    return begun.finish()


def send_message(state: State, program: Program, now: datetime, actor: Actor, text: str) -> Outcome:
    return _text_problem(text, "text") or _act(state, program, now, actor, happened.MessageSent(_clean(text)))


def give_feedback(state: State, program: Program, now: datetime, actor: Actor, module: str, text: str) -> Outcome:
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.module(module).submitted_at is None:
        return _refused("Patienten har inte skickat in den delen.", "The patient has not sent that part.")
    return _text_problem(text, "text") or _act(state, program, now, actor, happened.FeedbackGiven(module, _clean(text)))


def open_module(state: State, program: Program, now: datetime, actor: Actor, module: str) -> Outcome:
    """Open it for this patient now, whatever it waits for. Lifts a hold."""
    return _door(state, program, now, actor, module, happened.OpenedByTherapist(module))


def hold_module(state: State, program: Program, now: datetime, actor: Actor, module: str) -> Outcome:
    """Keep it locked until a therapist opens it."""
    return _door(state, program, now, actor, module, happened.Held(module))


def hide_module(state: State, program: Program, now: datetime, actor: Actor, module: str) -> Outcome:
    """Leave it out for this patient. What is marked as safety stays."""
    if module in program.module and program.module[module].safety:
        return _refused("Den delen behövs för patientens säkerhet.", "That part is needed for the patient's safety.")
    return _door(state, program, now, actor, module, happened.Hidden(module))


def confirm_decision(
    state: State, program: Program, now: datetime, actor: Actor, decision: str, seen: Fraction | None = None
) -> Outcome:
    """What was proposed becomes the patient's instruction. `seen`: what the therapist has read, where that is known."""
    if actor.role != "therapist":
        return _NOT_YOURS
    if state.phase != "under-way":
        return _refused("Behandlingen pågår inte.", "The treatment is not under way.")
    begun = _begin(state, program, now)
    proposal = begun.state.decision(decision).proposal
    if proposal is None:
        return _NOTHING_PROPOSED
    if seen is not None and seen != proposal.value:
        return _refused(
            "Patientens svar har ändrats, och förslaget är ett annat nu. Läs det och bekräfta igen.",
            "The patient's answers have changed, and the proposal is another one now. Read it and confirm again.",
        )
    begun.add(actor, happened.DecisionConfirmed(decision, proposal.value))
    return begun.finish()


def decline_decision(
    state: State, program: Program, now: datetime, actor: Actor, decision: str, reason: str
) -> Outcome:
    """What holds now goes on holding."""
    if actor.role != "therapist":
        return _NOT_YOURS
    begun = _begin(state, program, now)
    if begun.state.decision(decision).proposal is None:
        return _NOTHING_PROPOSED
    begun.add(actor, happened.DecisionDeclined(decision, reason.strip()))
    return begun.finish()


def sign_contraindication(
    state: State, program: Program, now: datetime, actor: Actor, decision: str, reason: str
) -> Outcome:
    """The therapist has judged the contraindication (or the patient's stop), and the rule may propose again."""
    if actor.role != "therapist":
        return _NOT_YOURS
    if _decision_problem(program, decision):
        return _NO_DECISION
    return _text_problem(reason, "reason") or _act(
        state, program, now, actor, happened.ContraindicationSigned(decision, reason.strip())
    )


def stop_decision(state: State, program: Program, now: datetime, actor: Actor, decision: str) -> Outcome:
    """The patient's stop: the usual times are back at once, and the therapist is told."""
    if actor.role != "patient":
        return _NOT_YOURS
    if _decision_problem(program, decision):
        return _NO_DECISION
    begun = _begin(state, program, now)
    known = begun.state.decision(decision)
    if known.stopped_at is not None or known.confirmed is None:
        return _refused("Det finns inget att avbryta.", "There is nothing to stop.")
    begun.add(actor, happened.DecisionStopped(decision))
    title = program.exercise[decision].title
    message = Text(f"Patienten har avbrutit ”{title}”.", f"The patient has stopped “{title}”.")
    begun.add(
        _RULES,
        happened.FlagRaised(
            DECISION_STOPPED, "yellow", decision, now.isoformat(), (), {}, message, "therapist", "", None
        ),
    )
    return begun.finish()


def acknowledge_flag(
    state: State, program: Program, now: datetime, actor: Actor, flag: int, action: str, signature: str
) -> Outcome:
    """A flag never disappears; it is acknowledged with what was done and by whom."""
    if actor.role != "therapist":
        return _NOT_YOURS
    known = state.flag(flag)
    if known is None:
        return _refused("Den flaggan finns inte.", "There is no such flag.")
    if known.acknowledged_at is not None:
        return _refused("Flaggan är redan kvitterad.", "The flag has been acknowledged already.")
    return (
        _text_problem(action, "action")
        or _text_problem(signature, "signature")
        or _act(state, program, now, actor, happened.FlagAcknowledged(flag, _clean(action), signature.strip()))
    )


def age_on(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(slots=True)
class _Begun:
    """An act under way: how the treatment stands after what it has made so far."""

    frame: Frame
    now: datetime
    events: list[Event]

    @property
    def state(self) -> State:
        return self.frame.state

    @property
    def program(self) -> Program:
        return self.frame.program

    def add(self, actor: Actor, what: Happening) -> None:
        event = Event(self.now, actor.id, actor.role, self.state.digest, what)
        self.events.append(event)
        after = apply(self.state, event, {self.state.digest: self.program})
        self.frame = frame_of(after, self.program, self.now, self.frame)

    def finish(self) -> tuple[Event, ...]:
        """With what the act itself has made possible: the next door, a proposal, a notification."""
        brought, _ = time_passed(self.frame, self.now)
        return (*self.events, *brought)


@dataclass(frozen=True, slots=True)
class _WayIn:
    form: Questionnaire | Exercise
    copy: str
    dated: date
    follows_up: bool = False
    """A finished plan, of which is said now what became of it. What was planned stands."""

    @property
    def is_diary(self) -> bool:
        return isinstance(self.form, Exercise) and self.form.kind == "diary"


def _begin(state: State, program: Program, now: datetime, known: Frame | None = None) -> _Begun:
    brought, frame = time_passed(frame_of(state, program, now, known), now)
    return _Begun(frame, now, list(brought))


def _act(state: State, program: Program, now: datetime, actor: Actor, what: Happening) -> tuple[Event, ...]:
    begun = _begin(state, program, now)
    begun.add(actor, what)
    return begun.finish()


def _door(
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    module: str,
    what: happened.OpenedByTherapist | happened.Held | happened.Hidden,
) -> Outcome:
    if actor.role != "therapist":
        return _NOT_YOURS
    if module not in program.module:
        return _refused("Den delen finns inte.", "There is no such part.")
    if state.phase != "under-way":
        return _refused("Behandlingen pågår inte.", "The treatment is not under way.")
    return _act(state, program, now, actor, what)


def _way_in(begun: _Begun, id: str, actor: Actor, dated: date | None) -> _WayIn | Refusal:
    """The copy that is meant, if it can be filled in by this actor now."""
    form = form_of(begun.program, id)
    if form is None:
        return _refused("Det formuläret finns inte.", "There is no such form.")
    filled_by = form.filled_by if isinstance(form, Exercise) else "patient"
    if actor.role != filled_by:
        return _NOT_YOURS
    at = begun.frame.plan
    if dated is not None and isinstance(form, Exercise) and is_plan(form):
        planned = next((copy for copy in follow_ups(begun.state, form, at.today) if copy.dated == dated), None)
        if planned is None:
            return _refused("Den här planen är redan uppföljd.", "This plan has been followed up already.")
        return _WayIn(form, planned.id, planned.dated, follows_up=True)
    way: Access = access(begun.state, begun.program, id, at)
    if not way.open:
        return Refusal((Problem(way.why_not),))
    if not way.dates:
        return _WayIn(form, way.copy, at.today)
    assert isinstance(form, Exercise)
    entry_date = dated or way.dates[0]
    if entry_date not in way.dates:
        return _refused(
            f"Det går inte att fylla i för {entry_date.isoformat()} nu.",
            f"It is not possible to fill in for {entry_date.isoformat()} now.",
        )
    return _WayIn(form, copy_of(begun.state, form, entry_date), entry_date)


def _raised_too_late(
    begun: _Begun, id: str, actor: Actor, answers: Mapping[str, object], problems: tuple[Problem, ...]
) -> Kept:
    """The page was open when the measurement closed or was sent from another device: what is at risk is told all the same."""
    form = begun.program.questionnaire.get(id)
    if form is None or actor.role != "patient":
        return Kept((), problems)
    today = local_date(begun.now)
    sent = {field for copy in begun.state.copies.get(id, ()) if copy.dated == today for field in copy.answers.items()}
    risks = {
        item.id: read_item_answer(item, answers[item.id]).value
        for item in form.items
        if item.risk and item.id in answers
    }
    given = {field: value for field, value in risks.items() if value is not None and (field, value) not in sent}
    if not given:
        return Kept((), problems)
    copy = f"late-{today.isoformat()}"
    filled = fill(form, given, begun.frame.environment, False, today)
    raised = [
        flag
        for flag in flags_after(begun.state, form, copy, filled, begun.now)
        if isinstance(flag, happened.FlagRaised)
    ]
    for flag in raised:
        begun.add(_RULES, flag)
    told = tuple(Problem(problem.message, next(iter(given)), problem.level) for problem in problems)
    return Kept(begun.finish(), told, filled) if raised else Kept((), problems)


def _standing(begun: _Begun, entry: _WayIn) -> Mapping[str, Any]:
    """What stands in the copy, with what is prefilled while nobody has written there."""
    state, form = begun.state, entry.form
    if not isinstance(form, Exercise):
        return state.answers(form.id, entry.copy)
    typed = state.drafts.get(form.id, {}).get(entry.copy, {})
    finished = next((copy.answers for copy in state.copies.get(form.id, ()) if copy.id == entry.copy), None)
    return standing(form, typed, finished, begun.frame.environment, begun.program)


def _read(begun: _Begun, entry: _WayIn, field: str, value: object) -> Read:
    form = entry.form
    if isinstance(form, Questionnaire):
        item = next((one for one in form.items if one.id == field), None)
        return _NO_FIELD if item is None else read_item_answer(item, value)
    known = next((one for one in form.fields if one.id == field), None)
    if known is None:
        return _NO_FIELD
    if entry.follows_up and known.type != "plan-entry":
        return _PLANNED
    before = _standing(begun, entry).get(field)
    shown = resolved(known, begun.frame.environment, begun.program, before)
    if entry.follows_up:
        value = with_outcomes(before, value)
    read = read_answer(shown, value)
    if read.problem is not None or read.value is None or not columns_of(shown):
        return read
    if known.rows_from:
        return read if shown.rows else _NO_ROWS
    if known.rows:
        return read
    offered = {one.name for one in suggestions(known, form, begun.frame.environment, begun.program, ())}
    return with_row_names(read, before, offered, f"r{begun.state.count + 1}")


def _filled(begun: _Begun, entry: _WayIn, finished: bool) -> Filled:
    """The copy as it stands."""
    environment = environment_beside(begun.frame, entry.form.id, entry.copy, begun.now)
    answers = begun.state.answers(entry.form.id, entry.copy)
    return fill(entry.form, answers, environment, finished, entry.dated)


def _unanswered(form: Questionnaire | Exercise, filled: Filled, answers: Mapping[str, Any]) -> list[Problem]:
    parts: Iterable[str]
    if isinstance(form, Questionnaire):
        asked = (item for item in form.items if item.id not in filled.hidden)
        parts = [item.id for item in asked if item.required and item.id not in filled.answers]
        return [Problem(_ANSWER_MISSING, id) for id in parts]
    problems: list[Problem] = []
    for field in form.fields:
        if field.id in filled.hidden:
            continue
        answer = filled.answers.get(field.id)
        if field.required and answer is None:
            problems.append(Problem(_ANSWER_MISSING, field.id))
        elif columns_of(field) and answer is not None:
            problems += _unfinished_rows(field, answers[field.id])
    return problems


def _without_outcome(form: Questionnaire | Exercise, answers: Mapping[str, Any]) -> list[Problem]:
    """A plan is followed up when it is known of each thing in it whether it was done."""
    plans = [field.id for field in form.fields if field.type == "plan-entry"] if isinstance(form, Exercise) else []
    return [Problem(_OUTCOME_MISSING, id) for id in plans if any("done" not in row for row in rows_in(answers.get(id)))]


def _unfinished_rows(field: Field, rows: tuple[Mapping[str, object], ...]) -> list[Problem]:
    """Rows are numbered as the page shows them; one that nothing was written in asks for nothing."""
    if sum(bool(row) for row in rows) < field.min_rows and not (field.rows or field.rows_from):
        text = Text(f"Fyll i minst {field.min_rows} rader.", f"Fill in at least {field.min_rows} rows.")
        return [Problem(text, field.id)]
    for number, row in enumerate(rows, start=1):
        label = row_label(field, row)
        for column in columns_of(field):
            if row and column.required and column.id not in row:
                text = Text(
                    f"{label or f'Rad {number}'}: ”{column.label}” är inte ifyllt.",
                    f"{label or f'Row {number}'}: “{column.label}” is not filled in.",
                )
                return [Problem(text, field.id)]
    return []


def _broken_constraints(form: Exercise, filled: Filled, confirmed: frozenset[str]) -> list[Problem]:
    """What does not hold. What is unknown passes. A doubt is asked about only when nothing else is wrong."""
    broken = [_broken(one, form, filled) for one in form.constraints if evaluate(one.condition, filled.around) is False]
    blocking = [one for one in broken if one.level == "block"]
    return blocking or [one for one in broken if one.field not in confirmed]


def _broken(constraint: Constraint, form: Exercise, filled: Filled) -> Problem:
    """At the last of the fields that the condition reads."""
    read = fields_read(constraint.condition, form)
    meant = corrections(form, filled, constraint.condition)
    return Problem(_sentence(constraint.message), read[-1].id if read else "", constraint.level, meant)


def _left_to_do(program: Program, form: str) -> Problem:
    known = form_of(program, form)
    title = known.title if known is not None else form
    return Problem(Text(f"”{title}” är inte klart än.", f"“{title}” is not done yet."), form)


def _text_problem(text: str, field: str) -> Refusal | None:
    read = read_answer(Field(field, "long-text", field), text)
    if read.problem is not None:
        return Refusal((Problem(read.problem, field),))
    if read.value is None:
        return Refusal((Problem(Text("Skriv något här.", "Write something here."), field),))
    return None


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _decision_problem(program: Program, decision: str) -> bool:
    exercise = program.exercise.get(decision)
    return exercise is None or exercise.decision is None


def _sentence(text: str) -> Text:
    """An author's own words stand as they are in both languages."""
    return Text(text, text)


def _refused(sv: str, en: str) -> Refusal:
    return Refusal((Problem(Text(sv, en)),))


_NOT_YOURS = _refused("Det här kan du inte göra.", "You cannot do this.")
_NOTHING_PROPOSED = _refused("Det finns inget förslag att ta ställning till.", "There is no proposal to decide on.")
_NO_DECISION = _refused("Det beslutet finns inte.", "There is no such decision.")
_NO_FIELD = Read(None, Text("Det fältet finns inte.", "There is no such field."))
_ANSWER_MISSING = Text("Svaret saknas.", "The answer is missing.")
_OUTCOME_MISSING = Text(
    "Svara för varje sak i planen om den blev av.", "Say of each thing in the plan whether it was done."
)
_PLANNED = Read(None, Text("Det som är planerat ändras inte här.", "What was planned is not changed here."))
_NO_ROWS = Read(
    None,
    Text(
        "Här finns inga rader än. De kommer från det som du skriver i en annan övning.",
        "There are no rows here yet. They come from what you write in another exercise.",
    ),
)
