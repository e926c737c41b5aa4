"""What the patient can do now, what comes next and what is done: one list that home, menus and the therapist's view share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from designtool.render.context import PageContext, form_target, form_title
from designtool.render.display import day
from designtool.render.forms import date_words, dates_to_fill_in, entries_in_words, entry_date
from designtool.treatment.situation import ModuleSituation, RaisedFlag


@dataclass(frozen=True, slots=True)
class Task:
    target: str
    eyebrow: str
    title: str
    action: str
    """What the button says."""
    icon: str
    detail: str = ""
    minutes: int | None = None


def tasks_now(context: PageContext) -> tuple[Task, ...]:
    """In the order that they matter: measurements that are due, today's diary, the open modules and what is left in them."""
    due = _due_measurements(context)
    diaries = (*_follow_ups(context), *_diaries(context))
    seen = {task.target for task in (*due, *diaries)}
    modules = tuple(_module(context, module) for module in context.situation.modules if module.status == "open")
    left = [
        _form(context, id)
        for module in context.situation.modules
        if module.status == "open"
        for id in module.to_do
        if form_target(context.program, id) not in seen and context.form(id).status == "open"
    ]
    exercises = [
        task
        for task in dict.fromkeys(left)
        if context.program.exercise.get(task.target.partition("/")[2]) is None or _for_patient(context, task)
    ]
    return tuple(task for task in (*due, *diaries, *modules, *exercises) if not _is_stopped(context, task))


def tasks_next(context: PageContext) -> tuple[Task, ...]:
    """The next module, and the next measurement."""
    found = []
    locked = next(
        (one for one in context.situation.modules if one.status == "locked" and context.stopped(one.id) is None), None
    )
    if locked is not None:
        found.append(
            Task(
                f"module/{locked.id}",
                module_number(context, locked.id),
                context.program.module[locked.id].title,
                context.say("open"),
                "lock",
                _opens(context, locked),
            )
        )
    upcoming = sorted(
        (one for one in context.situation.measurements if one.status == "upcoming"), key=lambda one: one.due_on
    )
    if upcoming:
        first = upcoming[0]
        found.append(
            Task(
                f"questionnaire/{first.questionnaire}",
                context.say("measurement"),
                form_title(context.program, first.questionnaire),
                context.say("open"),
                "results",
                context.say("opens-on", date=day(first.due_on, context.language, context.today)),
            )
        )
    return tuple(found)


def tasks_done(context: PageContext) -> tuple[Task, ...]:
    """What has been done in the last seven days, and the modules that are behind."""
    since = context.today - timedelta(days=7)
    found = []
    for id, form in context.situation.forms.items():
        recent = [record for record in form.records if since < record.dated <= context.today]
        exercise = context.program.exercise.get(id)
        if recent and (exercise is None or (exercise.filled_by == "patient" and exercise.kind != "decision")):
            detail = (
                context.say("entries", done=len(recent))
                if exercise is not None and exercise.kind == "diary"
                else day(recent[-1].dated, context.language, context.today)
            )
            found.append(
                Task(
                    form_target(context.program, id),
                    "",
                    form_title(context.program, id),
                    context.say("read"),
                    "check",
                    detail,
                )
            )
    for module in context.situation.modules:
        if module.status in ("submitted", "complete"):
            found.append(
                Task(
                    f"module/{module.id}",
                    module_number(context, module.id),
                    context.program.module[module.id].title,
                    context.say("read"),
                    "check",
                    context.say(f"status-{module.status}"),
                )
            )
    return tuple(found)


def flags_for_patient(context: PageContext, form: str = "") -> tuple[RaisedFlag, ...]:
    """Flags raised today that have a page for the patient, each page once; of one form, or of all."""
    found = {
        flag.patient_page: flag
        for flag in context.situation.flags
        if flag.patient_page and flag.raised_at.date() == context.today and (not form or flag.form == form)
    }
    return tuple(found.values())


def module_number(context: PageContext, id: str) -> str:
    """Modul 2, counted among the modules that the patient has; the introduction stands before the first."""
    shown = [
        module.id
        for module in context.situation.modules
        if module.status != "hidden" and not context.program.module[module.id].introduction
    ]
    if id in shown:
        return context.say("module-number", number=shown.index(id) + 1)
    return context.say("introduction" if context.program.module[id].introduction else "module")


def waits(context: PageContext, module: ModuleSituation) -> tuple[str, ...]:
    return tuple(context.text(reason) for reason in module.waits_for)


def opening_day(context: PageContext, module: ModuleSituation) -> str:
    """`opens_on` holds if all is done that must be: a day that has come already says nothing."""
    if module.opens_on is None or module.opens_on <= context.today:
        return ""
    return context.say("opens-on", date=day(module.opens_on, context.language, context.today))


def _due_measurements(context: PageContext) -> tuple[Task, ...]:
    """One answer serves all occasions that are due, so the first of them to close says when it must be there."""
    found: dict[str, Task] = {}
    due = [measurement for measurement in context.situation.measurements if measurement.status == "due"]
    for measurement in sorted(due, key=lambda one: one.closes_on):
        questionnaire = context.program.questionnaire[measurement.questionnaire]
        if measurement.questionnaire not in found:
            found[measurement.questionnaire] = Task(
                f"questionnaire/{questionnaire.id}",
                context.say("measurement"),
                questionnaire.title,
                context.say("answer-questions"),
                "results",
                context.say("answer-by", date=day(measurement.closes_on, context.language, context.today)),
                questionnaire.minutes,
            )
    return tuple(found.values())


def _diaries(context: PageContext) -> tuple[Task, ...]:
    found = []
    for exercise in context.program.exercises:
        form = context.form(exercise.id)
        if exercise.kind != "diary" or exercise.filled_by != "patient" or form.status != "open":
            continue
        dated = entry_date(exercise, context)
        if dates_to_fill_in(exercise, form) and dated is not None:
            progress = entries_in_words(form, context) if form.entries_required else ""
            words = date_words(exercise, dated, context)
            detail = f"{words[:1].upper()}{words[1:]}" + (f" · {progress}" if progress else "")
            found.append(
                Task(
                    f"exercise/{exercise.id}",
                    context.say("diary"),
                    exercise.title,
                    context.say("fill-in"),
                    "moon",
                    detail,
                    exercise.minutes,
                )
            )
    return tuple(found)


def _follow_ups(context: PageContext) -> tuple[Task, ...]:
    """Plans whose days have passed, and of which nobody knows yet how they went."""
    found = []
    for exercise in context.program.exercises:
        plan = next((one for one in context.form(exercise.id).follow_ups if one.due), None)
        if plan is not None:
            title = context.say("follow-up-title", date=day(plan.dated, context.language, context.today))
            found.append(
                Task(
                    f"exercise/{exercise.id}",
                    exercise.title,
                    title,
                    context.say("follow-up"),
                    "check",
                    "",
                    exercise.minutes,
                )
            )
    return tuple(found)


def _module(context: PageContext, situation: ModuleSituation) -> Task:
    module = context.program.module[situation.id]
    return Task(
        f"module/{module.id}",
        module_number(context, module.id),
        module.title,
        context.say("start" if situation.opened_on == context.today else "continue"),
        "modules",
        module.goal,
        module.minutes,
    )


def _form(context: PageContext, id: str) -> Task:
    exercise = context.program.exercise.get(id)
    if exercise is None:
        questionnaire = context.program.questionnaire[id]
        return Task(
            f"questionnaire/{id}",
            context.say("measurement"),
            questionnaire.title,
            context.say("answer-questions"),
            "results",
            "",
            questionnaire.minutes,
        )
    eyebrow = context.say("exercise" if exercise.kind == "worksheet" else exercise.kind)
    return Task(f"exercise/{id}", eyebrow, exercise.title, context.say("fill-in"), "pen", "", exercise.minutes)


def _is_stopped(context: PageContext, task: Task) -> bool:
    kind, _, id = task.target.partition("/")
    return kind in ("module", "exercise") and context.stopped(id) is not None


def _for_patient(context: PageContext, task: Task) -> bool:
    exercise = context.program.exercise[task.target.partition("/")[2]]
    return exercise.filled_by == "patient" and exercise.kind != "decision"


def _opens(context: PageContext, module: ModuleSituation) -> str:
    """The day when it is still to come; else what it waits for."""
    return opening_day(context, module) or " ".join(waits(context, module)) or context.say("status-locked")
