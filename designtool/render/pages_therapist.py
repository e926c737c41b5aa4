"""The therapist's pages about one patient: denser, flags first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.expressions.values import number_text
from designtool.model.exercise import Computed, Exercise
from designtool.render.blocks import render_blocks
from designtool.render.charts import diary_chart, score_chart, score_points
from designtool.render.context import PageContext, form_title, named_value, value_label
from designtool.render.display import computed_value, day, moment
from designtool.render.facts import template_facts
from designtool.render.forms import confirmed_words, error_summary, exercise_page
from designtool.render.html import element, joined
from designtool.render.parts import Body, heading
from designtool.render.records import diary_table, exercise_answers, never_sent, record_view, summaries
from designtool.render.stopped import recalled_cards, stopped_card, typed_there
from designtool.render.tasks import module_number
from designtool.render.templates import Templates
from designtool.treatment.days import local
from designtool.treatment.situation import DecisionSituation, ModuleSituation, RaisedFlag


def targets(context: PageContext) -> Iterator[tuple[str, str]]:
    yield "treatment", context.say("overview")
    yield "flags", context.say("flags")
    yield "messages", context.say("messages")
    for decision in context.situation.decisions:
        yield f"decision/{decision}", form_title(context.program, decision)
    for module in context.program.modules:
        if context.situation.module(module.id) is None:
            continue
        yield f"module/{module.id}", module.title
        for page in module.pages:
            yield f"page/{module.id}/{page.id}", page.title
    for questionnaire in context.program.questionnaires:
        yield f"form/{questionnaire.id}", questionnaire.title
    for exercise in context.program.exercises:
        if exercise.kind != "decision":
            yield f"form/{exercise.id}", exercise.title
        if exercise.filled_by == "therapist":
            yield f"exercise/{exercise.id}", exercise.title
    yield "crisis", context.say("crisis-title")
    for page in context.program.library_pages:
        yield f"library/{page.id}", page.title


def treatment(rest: str, context: PageContext, templates: Templates) -> Body:
    """One patient at a glance: flags, decisions, what has come in, how it goes."""
    situation = context.situation
    facts = template_facts(context) | {
        "open_flags": _open_flags(context),
        "flag_words": _flag_words(context),
        "decisions": [
            (id, form_title(context.program, id), _decision_facts(context, id))
            for id, one in situation.decisions.items()
            if one.status in ("proposed", "locked", "overdue", "stopped")
        ],
        "news": _news(context),
        "measurement_charts": _measurement_charts(context),
        "measurement_rows": _measurement_rows(context),
        "diaries": [
            (exercise, _diary(exercise, context))
            for exercise in context.program.exercises
            if exercise.kind == "diary" and context.form(exercise.id).records
        ],
        "modules": [_module_row(context, module.id) for module in situation.modules],
        "forms": _forms(context),
        "week_words": context.say("week-of", week=situation.week, weeks=context.program.weeks)
        if situation.week <= context.program.weeks
        else context.say("week-number", week=situation.week),
        "phase": context.say(f"phase-{situation.phase}"),
        "last_seen": moment(situation.last_seen, context.language, situation.now)
        if situation.last_seen
        else context.say("never"),
        "started": day(situation.started_on, context.language, context.today),
    }
    parts = templates.parts("treatment", facts)
    first = tuple(part for part in parts if part[0] in ("heading", "flags"))
    others = tuple(part for part in parts if part not in first)
    return Body(
        situation.patient or context.say("patient"),
        (*first, ("recalled", recalled_cards(context)), *others),
        aside=templates.page("treatment_beside", facts),
        aside_title=context.say("facts"),
    )


def module(rest: str, context: PageContext, templates: Templates) -> Body | None:
    """What the patient has done in a module, with guidance and the form for feedback."""
    found, situation = context.program.module.get(rest), context.situation.module(rest)
    if found is None or situation is None:
        return None
    ids = list(
        dict.fromkeys(
            (
                *found.complete_when,
                *found.homework,
                *(one.id for one in context.program.exercises if one.module == found.id),
            )
        )
    )
    facts = template_facts(context) | {
        "module": found,
        "number": module_number(context, found.id),
        "status": situation.status,
        "status_words": _module_row(context, found.id)["status_words"],
        "stopped": context.stopped(found.id) is not None,
        "waits": [context.text(reason) for reason in situation.waits_for],
        "feedback_due": day(situation.feedback_due, context.language, context.today) if situation.feedback_due else "",
        "answers": [
            (id, form_title(context.program, id), _latest(context, id))
            for id in ids
            if id not in context.situation.decisions
        ],
        "guidance": render_blocks(found.guidance, context),
        "feedback": [one for one in context.situation.messages if one.module == found.id],
        "feedback_draft": str(context.viewpoint.draft.get("text", "")),
    }
    first, *parts = templates.parts("therapist_module", facts)
    stopped = ("stopped", stopped_card(context, found.id))
    return Body(found.title, (("errors", error_summary(context, found.id)), first, stopped, *parts))


def exercise(rest: str, context: PageContext, templates: Templates) -> Body | None:
    """A form that the therapist fills in: assessment, suitability, closing."""
    found = context.program.exercise.get(rest)
    if found is None or found.filled_by != "therapist":
        return None
    return Body(
        found.title,
        (
            ("heading", heading(found.title, context.say("for-therapist"))),
            ("errors", error_summary(context, found.id)),
            *_work(found, context),
            # A form that is filled in once shows by itself what was written.
            ("records", _records(context, found.id) if found.fill == "whenever" else Markup("")),
        ),
    )


def _work(found: Exercise, context: PageContext) -> tuple[tuple[str, Markup], ...]:
    if context.stopped(found.id) is None:
        return exercise_page(found, context)
    earlier = _records(context, found.id) if found.fill != "whenever" else Markup("")
    written = joined((typed_there(context, found), never_sent(context, found.id), earlier))
    return (("stopped", stopped_card(context, found.id)), ("form", written))


def form(rest: str, context: PageContext, templates: Templates) -> Body | None:
    """All records of a form, with its chart."""
    questionnaire = context.program.questionnaire.get(rest)
    exercise_ = context.program.exercise.get(rest)
    if questionnaire is None and exercise_ is None:
        return None
    shown = context.form(rest)
    parts: list[tuple[str, Markup]] = [
        ("heading", heading(form_title(context.program, rest), context.say("all-records")))
    ]
    if questionnaire is not None:
        parts.append(
            (
                "charts",
                joined(
                    score_chart(questionnaire, score, score_points(score, shown.records), context.language)
                    for score in questionnaire.scores
                ),
            )
        )
    if exercise_ is not None and exercise_.kind == "diary":
        parts.append(("charts", _diary(exercise_, context)))
    if shown.draft and exercise_ is not None:
        draft = element(
            "section",
            {"class": "card"},
            element("h2", {"class": "card-title"}, context.say("draft")),
            exercise_answers(context, exercise_, shown.draft),
        )
        parts.append(("draft", draft))
    if context.stopped(rest) is not None:
        parts.append(("stopped", stopped_card(context, rest)))
    elif exercise_ is not None and exercise_.filled_by == "therapist":
        parts.append(
            (
                "fill",
                element(
                    "p",
                    {},
                    element("a", {"class": "button", "href": context.href(f"exercise/{rest}")}, context.say("fill-in")),
                ),
            )
        )
    parts.append(("records", _records(context, rest) or element("p", {"class": "quiet"}, context.say("no-answers"))))
    return Body(form_title(context.program, rest), tuple(parts))


def _records(context: PageContext, form: str) -> Markup:
    """Every finished copy of a form, latest first."""
    return joined(
        element(
            "section",
            {"class": "card record"},
            element("h2", {"class": "card-title"}, day(record.dated, context.language, context.today)),
            _signature(context, form, at),
            record_view(context, form, record),
        )
        for at, record in reversed(list(enumerate(context.form(form).records)))
    )


def _signature(context: PageContext, form: str, at: int) -> Markup | None:
    """Of what a therapist fills in: who did."""
    exercise_, people = context.program.exercise.get(form), context.form(form).filled_by
    if exercise_ is None or exercise_.filled_by != "therapist" or at >= len(people):
        return None
    return element("p", {"class": "quiet"}, context.say("filled-by", name=people[at]))


def flags(rest: str, context: PageContext, templates: Templates) -> Body:
    facts = template_facts(context) | {
        "open_flags": _open_flags(context),
        "handled": sorted(
            (flag for flag in context.situation.flags if flag.acknowledged_at is not None),
            key=lambda flag: flag.number,
            reverse=True,
        ),
        "flag_words": _flag_words(context),
    }
    return Body(context.say("flags"), (("errors", error_summary(context, "flags")), *templates.parts("flags", facts)))


def decision(rest: str, context: PageContext, templates: Templates) -> Body | None:
    """What the rule proposes and why, and the therapist's answer to it."""
    found = context.program.exercise.get(rest)
    situation = context.situation.decisions.get(rest)
    if found is None or situation is None:
        return None
    facts = template_facts(context) | {
        "id": rest,
        "title": found.title,
        "introduction": found.introduction,
        "status": situation.status,
        "decision": _decision_facts(context, rest),
        "stopped": context.stopped(rest) is not None,
        "draft": str(context.viewpoint.draft.get("text", "")),
    }
    first, *parts = templates.parts("decision", facts)
    stopped = ("stopped", stopped_card(context, rest))
    return Body(found.title, (("errors", error_summary(context, rest)), first, stopped, *parts))


def _open_flags(context: PageContext) -> list[RaisedFlag]:
    order = {"red": 0, "yellow": 1, "green": 2}
    waiting = [flag for flag in context.situation.flags if flag.acknowledged_at is None]
    return sorted(waiting, key=lambda flag: (order[flag.level], flag.raised_at))


def _flag_words(context: PageContext) -> Any:
    """A function that templates call: what a flag is about, in words."""

    def words(flag: RaisedFlag) -> dict[str, Any]:
        about = [
            (
                value_label(context.program, flag.form, name),
                named_value(context, flag.form, name, flag.values.get(name)) or context.say("skipped"),
            )
            for name in flag.about
        ]
        return {
            "title": context.say(f"flag-{flag.level}"),
            "form": form_title(context.program, flag.form) if flag.form else "",
            "about": about,
            "message": context.text(flag.message),
        }

    return words


def _decision_facts(context: PageContext, id: str) -> dict[str, Any]:
    exercise_ = context.program.exercise[id]
    one: DecisionSituation = context.situation.decisions[id]
    if context.stopped(id) is not None:
        # What must not be used is not proposed either.
        one = replace(one, proposed=None)
    computed = exercise_.decision.computed if exercise_.decision else ()
    measure_unit = "percent" if exercise_.decision and _measures_percent(context, exercise_) else ""
    measure = Computed("measure", "", exercise_.decision.measure, measure_unit, 1) if exercise_.decision else None
    return {
        "status": one.status,
        "status_words": context.say("stopped" if context.stopped(id) is not None else f"decision-status-{one.status}"),
        "proposed": confirmed_words(exercise_, one.proposed, context) if one.proposed is not None else "",
        "proposed_exact": number_text(one.proposed) if isinstance(one.proposed, Fraction) else "",
        "proposed_on": day(one.proposed_on, context.language, context.today) if one.proposed_on else "",
        "proposed_rows": [
            (part.label, computed_value(part, one.proposed_values.get(part.id), context.language)) for part in computed
        ],
        "confirmed": confirmed_words(exercise_, one.confirmed, context) if one.confirmed is not None else "",
        "confirmed_on": day(one.confirmed_on, context.language, context.today) if one.confirmed_on else "",
        "confirmed_by": one.confirmed_by,
        "confirmed_rows": [
            (part.label, computed_value(part, one.values.get(part.id), context.language)) for part in computed
        ],
        "measure": computed_value(measure, one.measure, context.language) if measure else "",
        "entries": one.entries,
        "needed": exercise_.decision.needs.entries if exercise_.decision else 0,
        "reason": context.text(one.reason) if one.reason else "",
    }


def _measures_percent(context: PageContext, exercise_: Exercise) -> bool:
    """The measure's unit is that of the summary that it names."""
    if exercise_.decision is None:
        return False
    for form_id, name in exercise_.decision.measure.references:
        source = context.program.exercise.get(form_id)
        if source and any(one.id == name and one.unit == "percent" for one in (*source.summary, *source.computed)):
            return True
    return False


def _news(context: PageContext) -> list[dict[str, Any]]:
    """What has come in: modules that wait for feedback, unread messages, and answers of the last seven days, latest first."""
    situation = context.situation
    rows: list[dict[str, Any]] = []
    for one in situation.modules:
        if one.status == "submitted":
            due = _feedback_words(context, one)
            rows.append(
                {
                    "kind": context.say("waiting-module"),
                    "title": context.program.module[one.id].title,
                    "target": f"module/{one.id}",
                    "detail": due,
                    "waits": True,
                }
            )
    answered = max((one.at for one in situation.messages if one.actor == "therapist"), default=None)
    for message in situation.messages:
        if message.actor == "patient" and (answered is None or message.at > answered):
            rows.append(
                {
                    "kind": context.say("message-from-patient"),
                    "title": message.text.split("\n", 1)[0][:90],
                    "target": "messages",
                    "detail": moment(message.at, context.language, situation.now),
                    "waits": True,
                }
            )
    recent = [
        (record.made_at, id)
        for id, one_form in situation.forms.items()
        for record in one_form.records
        if record.made_at is not None and (context.today - record.made_at.date()).days < 7
    ]
    latest: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for made_at, id in recent:
        counts[id] = counts.get(id, 0) + 1
        latest[id] = max(made_at, latest.get(id, made_at))
    for id, made_at in sorted(latest.items(), key=lambda pair: pair[1], reverse=True):
        if id in situation.decisions:
            continue
        title = form_title(context.program, id) + (f" ({counts[id]})" if counts[id] > 1 else "")
        rows.append(
            {
                "kind": context.say("answered"),
                "title": title,
                "target": f"form/{id}",
                "detail": moment(local(made_at), context.language, situation.now),
                "waits": False,
            }
        )
    return rows


def _feedback_words(context: PageContext, module: ModuleSituation) -> str:
    if module.feedback_due is None:
        return ""
    key = "feedback-overdue" if module.feedback_due < context.today else "feedback-by"
    return context.say(key, date=day(module.feedback_due, context.language, context.today))


def _measurement_charts(context: PageContext) -> list[Markup]:
    return [
        score_chart(questionnaire, score, score_points(score, context.form(questionnaire.id).records), context.language)
        for questionnaire in context.program.questionnaires
        if context.form(questionnaire.id).records
        for score in questionnaire.scores[:1]
    ]


def _measurement_rows(context: PageContext) -> list[dict[str, str]]:
    keys = {"upcoming": "upcoming", "due": "due", "done": "answered", "missed": "missed"}
    past = [one for one in context.situation.measurements if one.status != "upcoming"]
    coming = [one for one in context.situation.measurements if one.status == "upcoming"][:2]
    return [
        {
            "questionnaire": form_title(context.program, one.questionnaire),
            "target": f"form/{one.questionnaire}",
            "occasion": occasion_words(context, one.occasion),
            "date": day(one.due_on, context.language, context.today),
            "status": one.status,
            "status_words": context.say(keys[one.status]),
        }
        for one in (*past, *coming)
    ]


def occasion_words(context: PageContext, occasion: str) -> str:
    """`week-2` as Vecka 2, `before-<module>` with the module's title."""
    if occasion in ("start", "end"):
        return context.say(f"occasion-{occasion}")
    kind, _, rest = occasion.partition("-")
    if kind == "week" and rest.isdigit():
        return context.say("occasion-week", number=int(rest))
    if kind == "before" and rest in context.program.module:
        return context.say("occasion-before", module=context.program.module[rest].title)
    return occasion


def _diary(exercise_: Exercise, context: PageContext) -> Markup:
    records = context.form(exercise_.id).records
    charts = joined(
        diary_chart(exercise_, chart.line, records, chart.target, context.language) for chart in exercise_.charts
    )
    table = element(
        "details",
        {"class": "reveal"},
        element("summary", {}, context.say("all-records")),
        element("div", {"class": "reveal-body"}, diary_table(context, exercise_, records)),
    )
    return joined((summaries(context, exercise_.id), charts, table))


def _module_row(context: PageContext, id: str) -> dict[str, Any]:
    situation = context.situation.module(id)
    status = situation.status if situation else "locked"
    detail = ""
    if context.stopped(id) is not None:
        detail = context.say("stopped")
    elif situation and situation.waits_for_paused:
        detail = context.say("waits-for-paused")
    elif situation and status == "locked" and situation.opens_on:
        detail = context.say("opens-on", date=day(situation.opens_on, context.language, context.today))
    elif situation and situation.opened_on:
        detail = context.say("opened-on", date=day(situation.opened_on, context.language, context.today))
    return {
        "id": id,
        "title": context.program.module[id].title,
        "number": module_number(context, id),
        "status": status,
        "status_words": context.say("therapist-status-submitted" if status == "submitted" else f"status-{status}"),
        "detail": detail,
    }


def _forms(context: PageContext) -> list[dict[str, Any]]:
    rows = []
    for id in (
        *(one.id for one in context.program.questionnaires),
        *(one.id for one in context.program.exercises if one.kind != "decision"),
    ):
        rows.append(
            {"target": f"form/{id}", "title": form_title(context.program, id), "count": len(context.form(id).records)}
        )
    return rows


def _latest(context: PageContext, id: str) -> Markup:
    records = context.form(id).records
    if not records:
        return element("p", {"class": "quiet"}, context.say("no-answers"))
    exercise_ = context.program.exercise.get(id)
    if exercise_ is not None and exercise_.kind == "diary":
        return diary_table(context, exercise_, records[-7:]) + summaries(context, id)
    return record_view(context, id, records[-1])
