"""Invented patients who do what patients do: some answer everything, some skip, some stop halfway, some stay away for a week.

Their ways through a program are made by a seed and nothing else, so that what was found once can be found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from fractions import Fraction
from random import Random
from types import MappingProxyType
from typing import Any

from designtool.model.codec import encode_fraction
from designtool.model.exercise import Exercise, Field, Option, Row
from designtool.model.journey import Act
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.answers import PLAN_COLUMNS
from designtool.treatment.days import local_date, moment
from designtool.treatment.environment import environment_of
from designtool.treatment.reuse import resolved
from designtool.treatment.rows import rows_in
from designtool.treatment.schedule import Plan, access, follow_ups, plan
from designtool.treatment.scoring import DECLINED
from designtool.treatment.simulate import FIRST_DAY, Simulation
from designtool.treatment.state import State

WAYS = ("answered", "skipped", "half-done")
"""How a patient can stand with a module: all done, passed or not begun with something left, or something begun."""
_DAYS_AFTER = 21
_MOST_DAYS = 400
_MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class Walk:
    """One patient, as far as they came."""

    seed: int
    played: Simulation
    met: frozenset[tuple[str, str]]
    """(module, way) that the patient went through, see WAYS."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How likely a patient is to do things on a day, from 0 to 1."""

    signs_in: float
    answers: float
    finishes: float


_TEMPERS = (
    Temper(0.9, 1.0, 1.0),
    Temper(0.7, 0.7, 0.9),
    Temper(0.6, 0.4, 0.5),
    Temper(0.3, 0.9, 0.8),
    Temper(1.0, 0.2, 0.2),
)


def walks(program: Program, digest: str, count: int, seed: int = 0, first_day: date = FIRST_DAY) -> Iterator[Walk]:
    """So many patients, at different points of the program. The first few, one a temper, go on to its end."""
    for number in range(count):
        yield walk(program, digest, seed + number, first_day, whole=number < len(_TEMPERS))


def not_met(program: Program, made: Iterable[Walk]) -> list[tuple[str, str]]:
    """(module, way) that none of the patients went through."""
    met = {pair for one in made for pair in one.met}
    return [(module.id, way) for module in program.modules for way in WAYS if (module.id, way) not in met]


def walk(program: Program, digest: str, seed: int, first_day: date = FIRST_DAY, whole: bool = False) -> Walk:
    """One patient. `whole`: to the end of the program and some weeks on; else to a day that the seed chooses."""
    days = min(program.weeks * 7 + _DAYS_AFTER, _MOST_DAYS)
    last = days if whole else Random(seed).randrange(days + 1)
    simulation = Simulation(program, digest, first_day, patient=f"Patient {seed}")
    return Walk(seed, simulation, walk_on(simulation, seed, last + 1))


def walk_on(simulation: Simulation, seed: int, days: int) -> frozenset[tuple[str, str]]:
    """Let the patient of a simulation live so many days more, and say which (module, way) they went through."""
    patient = _Patient(simulation, Random(seed), _TEMPERS[seed % len(_TEMPERS)])
    first = local_date(simulation.now)
    # The first day of a simulation is still to be lived when it begins, at its midnight.
    begun = 0 if simulation.now == moment(first) else 1
    for day in range(begun, begun + days):
        simulation.go_to(moment(first + timedelta(days=day), time(patient.random.randrange(8, 22))))
        patient.live_a_day()
    return frozenset(patient.met)


@dataclass(slots=True)
class _Patient:
    simulation: Simulation
    random: Random
    temper: Temper
    met: set[tuple[str, str]] = field(default_factory=set)

    @property
    def state(self) -> State:
        return self.simulation.state

    def chance(self, likely: float) -> bool:
        return self.random.random() < likely

    def live_a_day(self) -> None:
        if self.chance(self.temper.signs_in):
            self.follow_up_plans()
            self.fill_what_is_open()
            self.choose_modules()
            self.send_modules()
        self.let_the_therapist_act()
        self.look_back()

    def plan(self) -> Plan:
        simulation = self.simulation
        environment = environment_of(simulation.state, simulation.program, simulation.now)
        return plan(simulation.state, simulation.program, simulation.now, environment)

    def fill_what_is_open(self) -> None:
        program = self.simulation.program
        forms: tuple[Questionnaire | Exercise, ...] = (*program.questionnaires, *program.exercises)
        for form in forms:
            if isinstance(form, Exercise) and (form.kind == "decision" or form.filled_by == "therapist"):
                continue
            way_in = access(self.state, program, form.id, self.plan())
            written = {copy.dated for copy in self.state.copies.get(form.id, ())}
            done = way_in.dates[0] in written if way_in.dates else way_in.done
            if not way_in.open or (done and not self.chance(0.05)) or not self.chance(self.temper.answers):
                continue
            if self.chance(self.temper.finishes):
                often = isinstance(form, Exercise) and form.entry is not None and form.entry.per == "occurrence"
                for _ in range(self.random.randint(1, 5) if often else 1):
                    self.finish(form)
            else:
                answers = sample_answers(form, self.state, program, self.random)
                self.simulation.type(form.id, {name: answer for name, answer in answers if self.chance(0.5)})

    def finish(self, form: Questionnaire | Exercise) -> None:
        """Send it in. When what was written does not hold together, it is written anew, as somebody does who is told so."""
        for _ in range(_MOST_TRIES):
            answers = dict(sample_answers(form, self.state, self.simulation.program, self.random))
            if not self.simulation.do(Act("fill", form.id, MappingProxyType(answers))):
                return

    def follow_up_plans(self) -> None:
        program, today = self.simulation.program, local_date(self.simulation.now)
        for exercise in program.exercises:
            for waiting in follow_ups(self.state, exercise, today):
                if not self.chance(self.temper.answers):
                    continue
                answers = {
                    plan.id: [self.outcome() for _ in rows_in(waiting.answers.get(plan.id))]
                    for plan in exercise.fields
                    if plan.type == "plan-entry"
                }
                self.simulation.do(Act("follow-up", exercise.id, MappingProxyType(answers)))

    def outcome(self) -> dict[str, Any]:
        done = self.random.choice(("yes", "partly", "no"))
        return {"done": done, "hindered": "Det regnade."} if done == "no" else {"done": done, "pleasure": 5}

    def choose_modules(self) -> None:
        """Some choose again, as long as that can be done."""
        for module in self.plan().modules.values():
            offered = self.simulation.program.module[module.id].choose
            if offered and module.status == "open" and self.chance(0.2 if self.state.module(module.id).chosen else 0.8):
                self.simulation.do(Act("choose", self.random.choice(offered)))

    def send_modules(self) -> None:
        for module in self.plan().modules.values():
            if module.status == "open" and not module.to_do and self.chance(self.temper.finishes):
                self.simulation.do(Act("complete", module.id))

    def let_the_therapist_act(self) -> None:
        for exercise in self.simulation.program.exercises:
            if exercise.filled_by == "therapist" and exercise.kind != "decision" and self.chance(0.1):
                answers = dict(sample_answers(exercise, self.state, self.simulation.program, self.random))
                self.simulation.do(Act("fill", exercise.id, MappingProxyType(answers)))
            decision = self.state.decision(exercise.id) if exercise.decision is not None else None
            if decision is not None and decision.contraindicated and self.chance(0.5):
                self.therapist("signs", decision=exercise.id, text="Bedömt.")
            if decision is not None and decision.proposal is not None and self.chance(0.7):
                self.therapist("confirms", decision=exercise.id)
        waiting = [id for id, one in self.state.modules.items() if one.submitted_at and not one.feedback_at]
        for id in waiting:
            if self.chance(0.6):
                self.therapist("feedback", module=id, text="Tack, bra jobbat.")
        if any(flag.acknowledged_at is None for flag in self.state.flags) and self.chance(0.7):
            self.therapist("acknowledges", action="Ringde.")
        for ahead in self.plan().modules.values():
            module = self.simulation.program.module[ahead.id]
            if module.assigned_by == "therapist" and ahead.opened_on is None:
                if self.chance(0.05):
                    self.therapist("opens", module=ahead.id)
            elif ahead.status == "locked" and (module.unlock.therapist or self.chance(0.01)) and self.chance(0.3):
                self.therapist("opens", module=ahead.id)

    def therapist(self, deed: str, **details: str) -> None:
        self.simulation.do(Act("therapist", deed, details=MappingProxyType(details)))

    def look_back(self) -> None:
        """Notes how the patient stands with each module that has opened."""
        program = self.simulation.program
        for module in self.plan().modules.values():
            if module.status in ("locked", "hidden"):
                continue
            forms = program.module[module.id].complete_when
            begun = any(self.state.drafts.get(form) or self.state.copies.get(form) for form in forms)
            if not module.to_do:
                self.met.add((module.id, "answered"))
                if not forms:
                    self.met.add((module.id, "half-done"))
            else:
                self.met.add((module.id, "half-done" if begun else "skipped"))
            if module.status == "open":
                self.met.add((module.id, "skipped"))


def sample_answers(
    form: Questionnaire | Exercise, state: State, program: Program, random: Random
) -> Iterator[tuple[str, Any]]:
    """An answer to each item or field, as JSON that a form would send; some are left out."""
    if isinstance(form, Questionnaire):
        for item in form.items:
            if item.options and random.random() > 0.03:
                declines = item.risk and random.random() < 0.05
                yield item.id, DECLINED if declines else random.choice(item.options).value
        return
    environment = environment_of(state, program, state.last_seen or moment(FIRST_DAY))
    clocks = iter(_night([one for one in form.fields if one.type == "time"], random))
    for one in form.fields:
        if one.type == "time":
            yield one.id, next(clocks)
        elif one.required or random.random() > 0.15:
            known = resolved(one, environment, program)
            answer = sample_answer(known, known.options, known.rows, state, random)
            if answer is not None:
                yield one.id, answer


def _night(fields: list[Field], random: Random) -> Iterator[str]:
    """Clock times of one form follow each other from evening to morning, as those of a night do."""
    for place in range(len(fields)):
        minutes = 22 * 60 + 540 * place // max(len(fields) - 1, 1) + random.choice((-30, -15, 0, 15, 30))
        yield f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


_WORDS = ("Gå en promenad", "Ringa en vän", "Laga mat", "Läsa i soffan", "Städa köket", "Handla")


def sample_answer(
    field: Field, options: tuple[Option, ...], rows: tuple[Row, ...], state: State, random: Random
) -> Any:
    """One that the field takes, or nearly always: what a constraint of the whole form thinks of it is not asked here."""
    match field.type:
        case "text" | "long-text":
            return random.choice(_WORDS)[: field.max_length or None]
        case "yes-no":
            return random.random() < 0.3
        case "integer" | "scale" | "minutes" | "decimal":
            return _number(field, random)
        case "choice":
            return random.choice(options).value if options else None
        case "choices":
            return [one.value for one in options if random.random() < 0.4] or None
        case "ranking":
            return random.sample([one.value for one in options], len(options)) or None
        case "date":
            return (FIRST_DAY + timedelta(days=random.randrange(60))).isoformat()
        case "time":
            return f"{random.choice((6, 7, 8, 21, 22, 23)):02d}:{random.choice((0, 15, 30, 45)):02d}"
        case "table":
            return _table(field, rows, state, random)
        case "plan-entry":
            return dict(_row(PLAN_COLUMNS, state, random))
    return None


def _number(field: Field, random: Random) -> int | str:
    low = field.min if field.min is not None else Fraction(0)
    high = field.max if field.max is not None else low + 60
    step = field.step or Fraction(1)
    if field.type == "minutes":
        # Nights of ten hours awake are rare; a sixth of what could be is enough to make any sum odd.
        high = low + (high - low) / 6
    return encode_fraction(low + step * random.randint(0, int((high - low) / step)))


def _table(field: Field, rows: tuple[Row, ...], state: State, random: Random) -> list[dict[str, Any]] | None:
    if rows:
        return [{"row": row.id, **dict(_row(field.columns, state, random))} for row in rows]
    if field.rows_from:
        return None
    count = random.randint(max(field.min_rows, 1), max(field.min_rows, min(field.max_rows or 4, 4), 1))
    return [dict(_row(field.columns, state, random)) for _ in range(count)]


def _row(columns: tuple[Field, ...], state: State, random: Random) -> Iterator[tuple[str, Any]]:
    for column in columns:
        if column.required or random.random() > 0.2:
            answer = sample_answer(column, column.options, column.rows, state, random)
            if answer is not None:
                yield column.id, answer
