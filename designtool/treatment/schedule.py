"""When modules open, measurements are due and forms can be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from designtool.diagnostics import Text
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment
from designtool.model.exercise import Exercise
from designtool.model.flow import PlannedMeasurement
from designtool.model.module import Module
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.days import later, local_date, week_of
from designtool.treatment.records import form_of
from designtool.treatment.rows import rows_in
from designtool.treatment.situation import MeasurementSituation, ModuleSituation
from designtool.treatment.state import Copy, State
from designtool.treatment.words import day_words

_SHORT_UNIT = {"day": "d", "week": "w", "month": "m"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is open and due at one moment: the frame in which every act is tried."""

    today: date
    modules: Mapping[str, ModuleSituation]
    """In the order of the program."""
    measurements: tuple[MeasurementSituation, ...]
    """By the day they are due."""


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a form can be filled in now, and which copy of it that would be."""

    open: bool
    copy: str = ""
    """Of a diary: of the first of `dates`."""
    dates: tuple[date, ...] = ()
    """Of a diary: the dates for which an entry can be made or changed, latest first."""
    done: bool = False
    """A finished copy is there; while `open`, it can still be changed or another one made."""
    why_not: Text = Text("", "")


def plan(state: State, program: Program, now: datetime, environment: Environment) -> Plan:
    today = local_date(now)
    measurements = measurements_at(state, program, today)
    modules: dict[str, ModuleSituation] = {}
    for module in program.modules:
        modules[module.id] = _module_at(state, program, module, modules, measurements, today, environment)
    return Plan(today, modules, measurements)


def measurements_at(state: State, program: Program, today: date) -> tuple[MeasurementSituation, ...]:
    """Every planned measurement, past ones too. Before the start, those of the start alone are known."""
    found: dict[tuple[str, str], MeasurementSituation] = {}
    moved_on = local_date(state.moved_at) if state.moved_at else None
    for planned in program.measurements:
        for occasion, due_on, closes_on in _occasions(planned, state, program, today):
            key = (planned.questionnaire, occasion)
            if moved_on is not None and closes_on < moved_on and key not in state.measured | state.missed:
                # Nobody could have made it: the version of that time did not ask for it.
                continue
            if key in state.measured:
                found[key] = MeasurementSituation(*key, "done", due_on, closes_on)
            elif key in state.missed or today > closes_on:
                found[key] = MeasurementSituation(*key, "missed", due_on, closes_on)
            else:
                found[key] = MeasurementSituation(*key, "due" if due_on <= today else "upcoming", due_on, closes_on)
    return tuple(sorted(found.values(), key=lambda one: one.due_on))


def access(state: State, program: Program, form: str, at: Plan) -> Access:
    """Whether a form can be filled in now. It must be one of the program's."""
    known = form_of(program, form)
    if isinstance(known, Questionnaire):
        return _questionnaire_access(state, program, form, at)
    if known is None or known.kind == "decision":
        return Access(False, why_not=Text("Här finns inget att fylla i.", "There is nothing to fill in here."))
    if known.filled_by == "therapist":
        return _copy_access(state, program, known, at, tuple(at.modules))
    if state.phase != "under-way":
        return Access(False, done=bool(state.copies.get(form)), why_not=_not_under_way(state))
    homes = [
        id for id in program.modules_with.get(form, ()) if at.modules[id].status in ("open", "submitted", "complete")
    ]
    if known.kind == "diary":
        return _diary_access(state, program, known, at, homes)
    if not homes and program.modules_with.get(form):
        return Access(False, done=bool(state.copies.get(form)), why_not=_NOT_OPEN)
    return _copy_access(state, program, known, at, tuple(homes))


def is_plan(exercise: Exercise) -> bool:
    """Whether it holds entries that are followed up when they have been done, or should have been."""
    return exercise.kind != "diary" and any(field.type == "plan-entry" for field in exercise.fields)


def follow_ups(state: State, exercise: Exercise, today: date) -> tuple[Copy, ...]:
    """Finished plans from before today in which it is not known of everything what became of it, oldest first.

    Of several from one day one at a time: a plan is known by its date.
    """
    if state.phase != "under-way" or exercise.filled_by != "patient" or not is_plan(exercise):
        return ()
    plans = [field.id for field in exercise.fields if field.type == "plan-entry"]
    found: dict[date, Copy] = {}
    for copy in state.copies.get(exercise.id, ()):
        if copy.dated < today and any("done" not in row for id in plans for row in rows_in(copy.answers.get(id))):
            found.setdefault(copy.dated, copy)
    return tuple(found.values())


def copy_of(state: State, exercise: Exercise, dated: date) -> str:
    """Which copy of a diary the entry of a date is."""
    if exercise.entry is not None and exercise.entry.per == "occurrence":
        return str(len(state.copies.get(exercise.id, ())) + 1)
    return dated.isoformat()


def entries_within(copies: tuple[Copy, ...], since: date, within_days: int | None) -> int:
    """The most entries dated since then that lie within so many days of each other."""
    dates = sorted(copy.dated for copy in copies if copy.dated >= since)
    if within_days is None:
        return len(dates)
    most = first = 0
    for place, dated in enumerate(dates):
        while (dated - dates[first]).days >= within_days:
            first += 1
        most = max(most, place - first + 1)
    return most


def decision_is_open(program: Program, decision: str, at: Plan) -> bool:
    """From the day the module where it stands has opened."""
    homes = program.modules_with.get(decision, ())
    return not homes or any(at.modules[id].status in ("open", "submitted", "complete") for id in homes)


def diary_dates(state: State, exercise: Exercise, program: Program) -> tuple[date, date | None] | None:
    """The first and the last date that a diary has entries for; None before it has begun, no last one while it goes on."""
    if state.started_at is None:
        return None
    if exercise.active is None or exercise.active.start == "start":
        homes = program.modules_with.get(exercise.id, ()) if exercise.active is None else ()
        opened = [day for id in homes if (day := state.module(id).opened_on) is not None]
        first = local_date(state.started_at) if not homes else min(opened, default=None)
    else:
        first = state.module(exercise.active.start).opened_on
    if first is None:
        return None
    last = local_date(state.ended_at) if state.ended_at else None
    if exercise.active is not None and exercise.active.end in program.module:
        submitted_at = state.module(exercise.active.end).submitted_at
        if submitted_at is not None:
            done_on = local_date(submitted_at)
            last = done_on if last is None else min(last, done_on)
    return first, last


_NOT_OPEN = Text("Den här delen har inte öppnat än.", "This part has not opened yet.")


def _not_under_way(state: State) -> Text:
    if state.phase == "ended":
        return Text(
            "Behandlingen är avslutad. Det går att läsa men inte att fylla i.",
            "The treatment has ended. You can read, but not fill in.",
        )
    return Text("Behandlingen har inte startat än.", "The treatment has not started yet.")


def _occasions(
    planned: PlannedMeasurement, state: State, program: Program, today: date
) -> Iterator[tuple[str, date, date]]:
    """Name, day due, last day open."""
    window = timedelta(days=max(planned.window_days, 1) - 1)
    registered = local_date(state.registered_at) if state.registered_at else today
    started = local_date(state.started_at) if state.started_at else None
    ended = local_date(state.ended_at) if state.ended_at else None
    for at in planned.at:
        if at.kind == "start":
            yield "start", started or registered, (started or today) + window
            continue
        if started is None:
            continue
        planned_end = started + timedelta(weeks=program.weeks)
        match at.kind:
            case "end":
                last_opened = _last_module_opened(state, program)
                due_on = min(day for day in (last_opened, ended, max(planned_end, today + timedelta(days=1))) if day)
                yield "end", due_on, max(due_on, min(planned_end, ended or planned_end)) + window
            case "every":
                due_on, number = later(started, at.number, at.unit), 1
                while due_on <= (ended or max(planned_end - timedelta(days=1), today)):
                    yield _every_name(at.unit, (due_on - started).days, number), due_on, due_on + window
                    number += 1
                    due_on = later(started, at.number * number, at.unit)
            case "before-module":
                for module in program.modules:
                    opened_on = state.module(module.id).opened_on
                    if opened_on is not None:
                        yield f"before-{module.id}", opened_on, opened_on + window
            case "after-start":
                due_on = later(started, at.number, at.unit)
                yield f"after-start-{at.number}{_SHORT_UNIT[at.unit]}", due_on, due_on + window
            case "after-end":
                due_on = later(ended or max(planned_end, today), at.number, at.unit)
                yield f"after-end-{at.number}{_SHORT_UNIT[at.unit]}", due_on, due_on + window


def _every_name(unit: str, day: int, number: int) -> str:
    if unit == "week":
        return f"week-{week_of(day)}"
    return f"day-{day}" if unit == "day" else f"month-{number}"


def _last_module_opened(state: State, program: Program) -> date | None:
    required = [
        module
        for module in program.modules
        if not module.optional and not state.module(module.id).hidden and not is_passed_by(state, program, module)
    ]
    return state.module(required[-1].id).opened_on if required else None


def _module_at(
    state: State,
    program: Program,
    module: Module,
    before: Mapping[str, ModuleSituation],
    measurements: tuple[MeasurementSituation, ...],
    today: date,
    environment: Environment,
) -> ModuleSituation:
    known = state.module(module.id)
    chosen = module.show_if is None or evaluate(module.show_if, environment) is True
    here = chosen and not is_passed_by(state, program, module)
    if known.hidden or (not here and known.opened_on is None):
        return ModuleSituation(module.id, "hidden", known.opened_on, None, (), ())
    if known.opened_on is None or known.held:
        opens_on, waits_for = _waits(state, program, module, before, today, environment)
        earlier = _earlier(state, program, before, module.unlock.after)
        behind = earlier.id if earlier is not None and _waits_for_paused(earlier, state.paused) else ""
        return ModuleSituation(module.id, "locked", known.opened_on, opens_on, waits_for, (), waits_for_paused=behind)
    to_do = tuple(
        form
        for form in module.complete_when
        if not _is_done(state, program, form, module.id, known.opened_on, measurements)
    )
    if known.submitted_at is None:
        return ModuleSituation(module.id, "open", known.opened_on, None, (), to_do)
    if known.feedback_at is None and module.feedback.within_days > 0:
        feedback_due = local_date(known.submitted_at) + timedelta(days=module.feedback.within_days)
        return ModuleSituation(module.id, "submitted", known.opened_on, None, (), (), feedback_due)
    return ModuleSituation(module.id, "complete", known.opened_on, None, (), ())


def is_passed_by(state: State, program: Program, module: Module) -> bool:
    """Whether the treatment goes on without it: the patient has chosen another one, or no therapist has assigned it."""
    if module.assigned_by == "therapist" and not state.module(module.id).opened_by_therapist:
        return True
    choices = [one.id for one in program.modules if module.id in one.choose]
    chosen = not choices or any(state.module(id).chosen == module.id for id in choices)
    return not chosen and not state.module(module.id).opened_by_therapist


def _waits(
    state: State,
    program: Program,
    module: Module,
    before: Mapping[str, ModuleSituation],
    today: date,
    environment: Environment,
) -> tuple[date | None, tuple[Text, ...]]:
    """The day it opens where that is known, and why it is not open; nothing when it may open."""
    if state.started_at is None or state.phase != "under-way":
        return None, (_not_under_way(state),)
    if state.module(module.id).held:
        return None, (
            Text("Din behandlare väntar med att öppna den här delen.", "Your therapist holds this part for now."),
        )
    unlock = module.unlock
    if unlock.therapist:
        return None, (
            Text(
                "Din behandlare öppnar den här delen när det är dags.",
                "Your therapist opens this part when it is time.",
            ),
        )
    waits: list[Text] = []
    earlier = _earlier(state, program, before, unlock.after)
    counted_from: date | None = local_date(state.started_at)
    if earlier is not None:
        counted_from = earlier.opened_on
        waits += _waits_for_earlier(program, earlier, state.paused)
    opens_on = counted_from + timedelta(days=unlock.days) if counted_from else None
    if opens_on is not None and opens_on > today:
        words = day_words(opens_on)
        waits.append(Text(f"Öppnar {words.sv}.", f"Opens on {words.en}."))
    if unlock.when is not None and evaluate(unlock.when, environment) is not True:
        waits.append(
            Text("Om den här delen öppnar beror på dina svar.", "Whether this part opens depends on your answers.")
        )
        opens_on = None
    return (max(opens_on, today) if opens_on else None), tuple(waits)


def _earlier(state: State, program: Program, before: Mapping[str, ModuleSituation], id: str) -> ModuleSituation | None:
    """The module to wait for. A hidden one, and an optional one that nobody has opened, hands over to the one before it."""
    seen: set[str] = set()
    while id in before and id not in seen:
        seen.add(id)
        found, module = before[id], program.module[id]
        left_out = module.optional or is_passed_by(state, program, module)
        if found.status != "hidden" and not (left_out and found.status in ("locked", "open")):
            return found
        id = module.unlock.after
    return None


def _waits_for_paused(earlier: ModuleSituation, paused: frozenset[str]) -> bool:
    return earlier.status in ("locked", "open") and not paused.isdisjoint((earlier.id, *earlier.to_do))


def _waits_for_earlier(program: Program, earlier: ModuleSituation, paused: frozenset[str]) -> list[Text]:
    module = program.module[earlier.id]
    if _waits_for_paused(earlier, paused):
        # Nobody is told to do what nobody can do. That the patient goes on without it is for a therapist to decide.
        return [
            Text(
                f"Den här delen kommer efter ”{module.title}”, där något är pausat just nu. Din behandlare kan öppna den ändå.",
                f"This part comes after “{module.title}”, where something is paused for now. Your therapist can open it anyway.",
            )
        ]
    if earlier.status in ("locked", "open"):
        return [Text(f"Gör klart ”{module.title}” först.", f"Finish “{module.title}” first.")]
    if earlier.status == "submitted" and module.feedback.required_before_next:
        return [
            Text(
                f"Öppnar när din behandlare har svarat på ”{module.title}”.",
                f"Opens when your therapist has answered “{module.title}”.",
            )
        ]
    return []


def _is_done(
    state: State,
    program: Program,
    form: str,
    module: str,
    since: date,
    measurements: tuple[MeasurementSituation, ...],
) -> bool:
    """Whether what a module asks for is done, counted since it opened."""
    copies = state.done(form)
    known = form_of(program, form)
    if isinstance(known, Questionnaire):
        planned = [one for one in measurements if one.questionnaire == form]
        if planned:
            return not any(one.status == "due" for one in planned)
        return any(local_date(copy.submitted_at) >= since for copy in copies)
    if known is None:
        return True
    if known.kind == "decision":
        return state.decision(form).confirmed is not None
    if known.kind == "diary":
        entries = entries_within(copies, since, known.required.within_days if known.required else None)
        return entries >= (known.required.entries if known.required else 1)
    if known.fill == "once":
        return bool(copies)
    if known.fill == "each-module":
        return any(copy.id == module for copy in copies)
    needed = known.required.entries if known.required else 1
    # By its date, and not by when it was sent the last time: a plan that was followed up is no new plan.
    return sum(copy.dated >= since for copy in copies) >= needed


def _questionnaire_access(state: State, program: Program, form: str, at: Plan) -> Access:
    copies = state.copies.get(form, ())
    planned = [one for one in at.measurements if one.questionnaire == form]
    if any(one.status == "due" for one in planned):
        return Access(True, _measurement_copy(copies, planned), done=bool(copies))
    if any(one.questionnaire == form for one in program.measurements):
        upcoming = next((one for one in planned if one.status == "upcoming"), None)
        if upcoming is None:
            why = Text("Den här mätningen är klar.", "This measurement is done.")
        else:
            words = day_words(upcoming.due_on)
            why = Text(f"Nästa gång du fyller i det här är {words.sv}.", f"You fill this in next on {words.en}.")
        return Access(False, done=bool(copies), why_not=why)
    if state.phase != "under-way":
        return Access(False, done=bool(copies), why_not=_not_under_way(state))
    opened = [
        situation.opened_on
        for id in program.modules_with.get(form, ())
        if (situation := at.modules[id]).status in ("open", "submitted", "complete") and situation.opened_on
    ]
    if not opened:
        return Access(False, done=bool(copies), why_not=_NOT_OPEN)
    done = state.done(form)
    if done and local_date(done[-1].submitted_at) >= max(opened):
        return Access(False, done=True, why_not=Text("Du har redan skickat in det här.", "You have sent this already."))
    return Access(True, str(len(copies) + 1), done=bool(copies))


def _measurement_copy(copies: tuple[Copy, ...], planned: list[MeasurementSituation]) -> str:
    """The number of the copy for what is due now.

    One that closed before counts too, so that answers which were typed for it and never sent do not stand in the next one.
    """
    due_since = min(one.due_on for one in planned if one.status == "due")
    number = len(copies) + 1 + sum(one.status == "missed" and one.closes_on < due_since for one in planned)
    finished = {copy.id for copy in copies}
    while str(number) in finished:
        number += 1
    return str(number)


def _copy_access(state: State, program: Program, exercise: Exercise, at: Plan, homes: tuple[str, ...]) -> Access:
    copies = state.copies.get(exercise.id, ())
    if exercise.fill == "whenever" or exercise.kind == "diary":
        return Access(True, str(len(copies) + 1), done=bool(copies))
    copy = "1"
    finished = {one.id for one in state.done(exercise.id)}
    if exercise.fill == "each-module" and homes:
        # A module that a therapist opened ahead does not shut the way to the one that is being worked with.
        copy = next((id for id in homes if at.modules[id].status == "open" and id not in finished), homes[-1])
    done = copy in finished
    if not done or exercise.filled_by == "therapist":
        return Access(True, copy, done=done)
    if any(at.modules[id].status == "open" for id in (homes[-1:] if exercise.fill == "each-module" else homes)):
        return Access(True, copy, done=True)
    return Access(
        False, copy, done=True, why_not=Text("Du har redan skickat in det här.", "You have sent this already.")
    )


def _diary_access(state: State, program: Program, exercise: Exercise, at: Plan, homes: list[str]) -> Access:
    copies = state.copies.get(exercise.id, ())
    begun = diary_dates(state, exercise, program)
    if begun is None:
        return Access(False, done=bool(copies), why_not=_NOT_OPEN)
    first, last = begun
    entry = exercise.entry
    backfill = timedelta(days=entry.backfill_days if entry else 0)
    newest = at.today if last is None else min(at.today, last)
    if entry is not None and entry.per == "week":
        assert state.started_at is not None
        start = local_date(state.started_at)
        this_week = start + timedelta(weeks=(newest - start).days // 7)
        oldest = max(first - timedelta(days=6), start)
        dates = tuple(
            week
            for week in (this_week, this_week - timedelta(weeks=1))
            if week >= oldest and week + timedelta(days=6) + backfill >= at.today
        )
    else:
        oldest = max(at.today - backfill, first)
        dates = tuple(newest - timedelta(days=back) for back in range((newest - oldest).days + 1))
    if not dates:
        return Access(False, done=bool(copies), why_not=Text("Dagboken är avslutad.", "The diary has ended."))
    return Access(True, copy_of(state, exercise, dates[0]), dates, done=bool(copies))
