"""The patient's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from designtool.model.exercise import Exercise
from designtool.model.module import Module
from designtool.model.questionnaire import Questionnaire
from designtool.render.blocks import contacts_named, render_block, render_blocks
from designtool.render.charts import diary_chart, score_chart, score_points
from designtool.render.context import PageContext, find_page, form_target, form_title, library_page, visible_pages
from designtool.render.display import day
from designtool.render.facts import template_facts
from designtool.render.forms import decision_card, entries_in_words, error_summary, exercise_page, questionnaire_form
from designtool.render.html import element, joined
from designtool.render.icons import icon
from designtool.render.parts import Body, heading
from designtool.render.records import diary_table, never_sent, record_view, summaries
from designtool.render.stopped import stopped_at_home, stopped_card, typed_there, written_in
from designtool.render.tasks import (
    flags_for_patient,
    module_number,
    opening_day,
    tasks_done,
    tasks_next,
    tasks_now,
    waits,
)
from designtool.render.templates import Templates


def targets(context: PageContext) -> Iterator[tuple[str, str]]:
    """Every address of the patient's, with its title."""
    yield "home", context.say("week")
    yield "modules", context.say("modules")
    for situation in context.situation.modules:
        if situation.status == "hidden":
            continue
        module = context.program.module[situation.id]
        yield f"module/{module.id}", module.title
        if situation.status != "locked":
            for page in visible_pages(context, module):
                yield f"page/{module.id}/{page.id}", page.title
    for exercise in context.program.exercises:
        if exercise.filled_by == "patient":
            yield f"exercise/{exercise.id}", exercise.title
    for questionnaire in context.program.questionnaires:
        yield f"questionnaire/{questionnaire.id}", questionnaire.title
    yield "messages", context.say("messages")
    yield "results", context.say("results")
    yield "crisis", context.say("crisis-title")
    for page in context.program.library_pages:
        yield f"library/{page.id}", page.title


def home(rest: str, context: PageContext, templates: Templates) -> Body:
    """The week: what to do now, next and done."""
    situation = context.situation
    facts = template_facts(context) | {
        "greeting": context.say("hello", name=situation.patient) if situation.patient else context.say("hello-plain"),
        "week_words": _week_words(context),
        "week_marks": _week_marks(context),
        "flags": flags_for_patient(context),
        "new_message": next(
            (
                one
                for one in reversed(situation.messages)
                if one.actor == "therapist" and (situation.last_seen is None or one.at > situation.last_seen)
            ),
            None,
        ),
        "now": tasks_now(context),
        "next": tasks_next(context),
        "done": tasks_done(context),
        "decisions": [
            (exercise.title, decision_card(exercise, context))
            for exercise in context.program.exercises
            if exercise.kind == "decision"
            and (found := situation.decisions.get(exercise.id)) is not None
            and (found.confirmed is not None or found.status == "stopped")
            and context.stopped(exercise.id) is None
        ],
    }
    parts = templates.parts("home", facts)
    first = tuple(part for part in parts if part[0] in ("greeting", "flags"))
    rest_of_it = tuple(part for part in parts if part not in first)
    return Body(context.say("week"), (*first, ("stopped", stopped_at_home(context)), *rest_of_it))


def modules(rest: str, context: PageContext, templates: Templates) -> Body:
    rows: list[dict[str, Any]] = []
    for situation in context.situation.modules:
        if situation.status == "hidden":
            continue
        module = context.program.module[situation.id]
        detail = context.say(f"status-{situation.status}")
        if context.stopped(module.id) is not None:
            detail = context.say("stopped")
        elif situation.status == "locked":
            opens = opening_day(context, situation)
            detail = " ".join((*waits(context, situation), opens)).strip() or detail
        rows.append(
            {
                "id": module.id,
                "title": module.title,
                "number": module_number(context, module.id),
                "status": situation.status,
                "detail": detail,
                "optional": module.optional,
            }
        )
    done = sum(1 for row in rows if row["status"] in ("submitted", "complete"))
    return Body(
        context.say("modules"), templates.parts("modules", template_facts(context) | {"rows": rows, "done_count": done})
    )


def module(rest: str, context: PageContext, templates: Templates) -> Body | None:
    found, situation = context.program.module.get(rest), context.situation.module(rest)
    if found is None or situation is None or situation.status == "hidden":
        return None
    facts = template_facts(context) | {
        "module": found,
        "number": module_number(context, found.id),
        "status": situation.status,
        "waits": waits(context, situation),
        "opens": opening_day(context, situation),
        "feedback": [one for one in context.situation.messages if one.module == found.id and one.actor == "therapist"],
        "feedback_due": day(situation.feedback_due, context.language, context.today) if situation.feedback_due else "",
        "pages": visible_pages(context, found),
        "work": _work(context, found, situation.to_do),
        "left": situation.to_do,
        "left_is_paused": any(context.stopped(id) is not None for id in situation.to_do),
    }
    parts = templates.parts("module", facts)
    errors = ("errors", error_summary(context, found.id))
    if context.stopped(found.id) is not None:
        # That it was sent stands, and so does all that was written.
        kept = [part for part in parts if part[0] == "feedback" or (part[0], situation.status) == ("send", "submitted")]
        kept.append(("written", written_in(context, found)))
        title = ("heading", heading(found.title, module_number(context, found.id)))
        return Body(found.title, (title, errors, ("stopped", stopped_card(context, found.id)), *kept))
    *before, work, send = parts
    return Body(found.title, (errors, *before, work, ("choose", _modules_to_choose(found, context)), send))


def _modules_to_choose(found: Module, context: PageContext) -> Markup:
    """The modules of which the patient chooses one, each with what it is for; the chosen one says so."""
    situation = context.situation.module(found.id)
    if not found.choose or situation is None or situation.status in ("locked", "hidden"):
        return Markup("")
    chosen = context.situation.chosen.get(found.id, "")
    met = context.situation.module(chosen)
    is_read = context.viewpoint.reading
    settled = is_read or (met is not None and met.status in ("submitted", "complete"))
    cards = []
    for id in found.choose:
        one = context.program.module[id]
        mark = element("p", {"class": "done-mark"}, icon("check"), context.say("chosen")) if id == chosen else None
        button = (
            element("p", {"class": "quiet"}, context.say("stopped"))
            if context.stopped(id) is not None
            else element(
                "button",
                {"class": "button button-secondary", "type": "submit", "name": "action", "value": f"choose.{id}"},
                context.say("choose-module"),
                element("span", {"class": "visually-hidden"}, f": {one.title}"),
            )
        )
        cards.append(
            element(
                "li",
                {"class": "card"},
                element("h3", {"class": "card-title"}, one.title),
                element("p", {}, one.goal),
                mark or (None if settled else button),
            )
        )
    place, offered = context.unique("choose-title"), element("ul", {"class": "module-choices"}, *cards)
    title = element("h2", {"id": place}, context.say("choose-modules"))
    if is_read:
        return element("section", {"aria-labelledby": place}, title, offered)
    return element(
        "section",
        {"aria-labelledby": place},
        title,
        element("p", {"class": "quiet"}, context.say("choose-modules-text")),
        element(
            "form",
            {"method": "post", "action": context.href(f"module/{found.id}")},
            context.token_field(),
            offered,
        ),
    )


def page(rest: str, context: PageContext, templates: Templates) -> Body | None:
    """A page as the patient reads it; for a therapist with what is theirs, and why conditional parts are shown."""
    module_id, _, page_id = rest.partition("/")
    found = context.program.module.get(module_id)
    shown = find_page(found, page_id) if found else None
    situation = context.situation.module(module_id)
    if found is None or shown is None or situation is None:
        return None
    if not context.is_therapist and situation.status in ("locked", "hidden"):
        return None
    pages = found.pages if context.is_therapist else visible_pages(context, found)
    if shown not in pages:
        return None
    at = pages.index(shown)
    if context.stopped(found.id) is not None and not context.is_therapist:
        return Body(
            shown.title,
            (
                ("heading", heading(shown.title, module_number(context, found.id))),
                ("errors", error_summary(context, context.viewpoint.form)),
                ("stopped", stopped_card(context, found.id)),
            ),
        )
    eyebrow = joined(
        (
            element("a", {"href": context.href(f"module/{found.id}")}, module_number(context, found.id)),
            " · ",
            context.say("page-of", number=at + 1, all=len(pages)),
            f" · {context.say('minutes', minutes=shown.minutes)}" if shown.minutes else "",
        )
    )
    facts = template_facts(context) | {
        "module": found,
        "page": shown,
        "pages": pages,
        "before": pages[at - 1] if at else None,
        "after": pages[at + 1] if at + 1 < len(pages) else None,
    }
    blocks = tuple((block.id, render_block(block, context)) for block in shown.blocks)
    end = () if context.is_therapist and len(pages) < 2 else templates.parts("page_end", facts)
    return Body(
        shown.title,
        (
            ("heading", heading(shown.title, eyebrow)),
            ("errors", error_summary(context, context.viewpoint.form)),
            *_as_patient(context),
            ("stopped", stopped_card(context, found.id)),
            *blocks,
            *end,
        ),
        aside=templates.page("page_list", facts),
        aside_title=context.say("pages-nav"),
        authored=frozenset(block.id for block in shown.blocks),
    )


def _as_patient(context: PageContext) -> tuple[tuple[str, Markup], ...]:
    if not context.is_therapist:
        return ()
    return (("as-patient", element("p", {"class": "quiet"}, context.say("as-patient"))),)


def exercise(rest: str, context: PageContext, templates: Templates) -> Body | None:
    found = context.program.exercise.get(rest)
    if found is None or found.filled_by != "patient":
        return None
    eyebrow = context.say("exercise" if found.kind == "worksheet" else found.kind)
    is_stopped = context.stopped(found.id) is not None
    return Body(
        found.title,
        (
            ("heading", heading(found.title, eyebrow)),
            ("errors", error_summary(context, found.id)),
            ("flag-pages", flag_pages(context, found.id)),
            *(_stopped_exercise(found, context) if is_stopped else exercise_page(found, context)),
            ("earlier", _earlier_exercise(found, context)),
        ),
    )


def _stopped_exercise(found: Exercise, context: PageContext) -> tuple[tuple[str, Markup], ...]:
    """Nothing to fill in; what the patient has written there is theirs to read."""
    form = context.form(found.id)
    own = element("div", {"class": "card"}, never_sent(context, found.id)) if form.draft else Markup("")
    latest = _earlier(context, found.id) if found.fill == "once" and found.kind not in ("diary", "decision") else ""
    return (
        ("stopped", stopped_card(context, found.id)),
        ("typed", typed_there(context, found)),
        ("form", own),
        ("latest", element("section", {"class": "card"}, latest) if latest else Markup("")),
    )


def questionnaire(rest: str, context: PageContext, templates: Templates) -> Body | None:
    found = context.program.questionnaire.get(rest)
    if found is None:
        return None
    form = context.form(found.id)
    parts = [
        ("heading", heading(found.title, context.say("measurement"))),
        ("errors", error_summary(context, found.id)),
        ("flag-pages", flag_pages(context, found.id)),
        ("form", questionnaire_form(found, context)),
    ]
    if form.status != "open" and form.records:
        parts.append(("latest", _score_charts(found, context)))
    return Body(found.title, tuple(parts))


def messages(rest: str, context: PageContext, templates: Templates) -> Body:
    facts = template_facts(context) | {
        "message_draft": str(context.viewpoint.draft.get("text", "")),
        "message_error": bool(context.viewpoint.errors),
    }
    return Body(
        context.say("messages"), (("errors", error_summary(context, "messages")), *templates.parts("messages", facts))
    )


def results(rest: str, context: PageContext, templates: Templates) -> Body:
    """Own charts and earlier answers."""
    parts = [("heading", heading(context.say("results"), "", context.say("results-intro")))]
    for found in context.program.questionnaires:
        if context.form(found.id).records:
            parts.append(
                (
                    f"form-{found.id}",
                    element(
                        "section",
                        {"class": "card"},
                        element("h2", {"class": "card-title"}, found.title),
                        _score_charts(found, context),
                        _earlier(context, found.id),
                    ),
                )
            )
    for one in context.program.exercises:
        form = context.form(one.id)
        if one.filled_by == "patient" and form.records and one.kind != "decision":
            body = (
                joined((_diary(one, context), None))
                if one.kind == "diary"
                else _earlier(context, one.id, open_first=False)
            )
            parts.append(
                (
                    f"form-{one.id}",
                    element(
                        "section",
                        {"class": "card"},
                        element(
                            "h2",
                            {"class": "card-title"},
                            element("a", {"href": context.href(form_target(context.program, one.id))}, one.title),
                        ),
                        body,
                    ),
                )
            )
    if len(parts) == 1:
        parts.append(("none", element("p", {"class": "quiet"}, context.say("no-results"))))
    return Body(context.say("results"), tuple(parts))


def crisis(rest: str, context: PageContext, templates: Templates) -> Body:
    """Where to turn at once: the region's first contact, then the crisis page; every contact when that page names no others."""
    own = library_page(context.program, context.program.crisis_page)
    first = context.program.contact.get("crisis")
    facts = template_facts(context) | {
        "title": own.title if own else context.say("crisis-title"),
        "first": first,
        "text": render_blocks(own.blocks, context) if own else Markup(""),
        "others": []
        if own and contacts_named(own.blocks) - {"crisis"}
        else [one for one in context.program.contacts if one.id != "crisis" and (one.phone or one.address)],
    }
    return Body(facts["title"], templates.parts("crisis", facts))


def library(rest: str, context: PageContext, templates: Templates) -> Body | None:
    found = library_page(context.program, rest)
    if found is None:
        return None
    blocks = tuple((block.id, render_block(block, context)) for block in found.blocks)
    return Body(
        found.title,
        (("heading", heading(found.title, context.say("library"))), *blocks),
        authored=frozenset(block.id for block in found.blocks),
    )


def flag_pages(context: PageContext, form: str) -> Markup:
    """The pages that the answers just given call for, in full and at once."""
    if context.is_therapist:
        return Markup("")
    shown = []
    for flag in flags_for_patient(context, form):
        found = library_page(context.program, flag.patient_page)
        if found is not None:
            shown.append(
                element(
                    "section",
                    {"class": "callout callout-crisis flag-page", "aria-label": context.say("important-now")},
                    element("p", {"class": "callout-title"}, icon("phone"), context.say("important-now")),
                    render_blocks(found.blocks, context),
                    element(
                        "p",
                        {},
                        element(
                            "a",
                            {"class": "button button-crisis", "href": context.href("crisis")},
                            context.say("crisis-link-long"),
                        ),
                    ),
                )
            )
    return joined(shown)


def _score_charts(found: Questionnaire, context: PageContext) -> Markup:
    records = context.form(found.id).records
    return joined(
        score_chart(found, score, score_points(score, records), context.language, score.label) for score in found.scores
    )


def _earlier_exercise(found: Exercise, context: PageContext) -> Markup:
    form = context.form(found.id)
    if not form.records or found.kind == "decision":
        return Markup("")
    if found.kind == "diary":
        return element(
            "section",
            {"class": "card"},
            element("h2", {"class": "card-title"}, context.say("your-week")),
            _diary(found, context),
        )
    if found.fill == "once":
        return Markup("")
    return element(
        "section",
        {"class": "card"},
        element("h2", {"class": "card-title"}, context.say("earlier")),
        _earlier(context, found.id),
    )


def _diary(found: Exercise, context: PageContext) -> Markup:
    records = context.form(found.id).records
    charts = joined(diary_chart(found, chart.line, records, chart.target, context.language) for chart in found.charts)
    table = element(
        "details",
        {"class": "reveal"},
        element("summary", {}, context.say("earlier")),
        element("div", {"class": "reveal-body"}, diary_table(context, found, records[-28:])),
    )
    return joined((summaries(context, found.id), charts, table))


def _earlier(context: PageContext, form: str, open_first: bool = False) -> Markup:
    """Each finished copy folded under its date, latest first."""
    return joined(
        element(
            "details",
            {"class": "reveal", "open": open_first and at == 0},
            element("summary", {}, f"{day(record.dated, context.language, context.today)}"),
            element("div", {"class": "reveal-body"}, record_view(context, form, record)),
        )
        for at, record in enumerate(reversed(context.form(form).records))
    )


def _work(context: PageContext, found: Module, left: tuple[str, ...]) -> list[dict[str, Any]]:
    ids = list(dict.fromkeys((*found.complete_when, *found.homework)))
    rows = []
    for id in ids:
        exercise_ = context.program.exercise.get(id)
        if exercise_ is not None and exercise_.filled_by != "patient":
            continue
        form = context.form(id)
        detail = entries_in_words(form, context) if form.entries_required else ""
        if context.stopped(id) is not None:
            detail = context.say("stopped")
        rows.append(
            {
                "target": form_target(context.program, id),
                "title": form_title(context.program, id),
                "done": (id not in left and form.status == "done") or (id not in left and id in found.complete_when),
                "detail": detail,
            }
        )
    return rows


def _week_words(context: PageContext) -> str:
    week, weeks = context.situation.week, context.program.weeks
    return context.say("week-of", week=week, weeks=weeks) if week <= weeks else context.say("week-number", week=week)


def _week_marks(context: PageContext) -> list[str]:
    week = context.situation.week
    return [
        "past" if number < week else "current" if number == week else "coming"
        for number in range(1, context.program.weeks + 1)
    ]
