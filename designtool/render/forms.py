"""Forms for exercises and questionnaires, and what the server answers when one field is saved.

Without script
    A form posts to `{base}/exercise/<id>` or `{base}/questionnaire/<id>` with the fields' names (see `render.fields`) and
    - `action`: `save` (keep the draft), `submit`, `add-row.<table>` (keep the draft with one more, empty row),
      `clear.<input>` (keep the draft without this choice), or `correct.<field>.<answer>` (let the field say this instead,
      and submit);
    - `csrf-token`: the viewpoint's token, when it has one;
    - `entry-date`: of a diary, the ISO date of the entry;
    - `form-revision`: the viewpoint's revision, when it has one: what another device has written since is not overwritten;
    - `form-page`: the viewpoint's name of the page, when it has one: another window of the same device is another device here;
    - `return-to`: the target that the form stood on, to go back to;
    - `confirmed-<field>`: `yes` when the patient has said that an unlikely answer is right.
    None of these can be a field's name, which has no hyphen, except `action`.

With script (static/forms.js)
    `data-live` on the form is what the browser needs to show and hide fields and to work out values while somebody writes
    (`render.live`). What the server answers after a save wins over it.

    POST `{base}/<target>/save`, JSON, with the token in the header `X-CSRF-Token`:

        {"field": "bed", "value": "2230", "entry_date": "2026-11-21", "revision": 7, "page": "5f0c2a9b7d31e846"}

    `field` is the input's name (`table.0.column` too); `value` is text, a list of texts for checkboxes, or null for what was
    emptied; `entry_date` stands for diaries alone; `revision` is that of the page (`form-revision`), for a field after a 409
    the one that came with it. Where the page has none it is the one last received, null before the first. `page` is the page's
    own name (`form-page`), where it has one.

    200: the answer of `saved_answer`:

        {"saved": "14.05", "revision": 8, "hidden": ["waso"], "values": {"tib": "7 tim 30 min", "table.0.sum": "3"},
         "errors": {"bed": "Skriv klockslaget som 22.30."}, "pages": "<section ...>"}

        `hidden` lists every hidden field; `values` has each computed value in words, empty when missing; `errors` has what is
        wrong with the field that was saved (it is kept as typed all the same); `pages` is the HTML of pages that a flag shows
        at once, else empty. `revision` is the server's number of the draft after this save.
    409: {"revision": 9}: another device has saved another answer to this field since. Nothing was overwritten; the patient is asked to reload.
    401 or 403: signed out. 400 or 422: refused for good, but for a 422 that says `paused`: then
    it is kept in the browser until the form goes on. All others, and no connection: tried again, and kept in the browser until it works.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup

from designtool.diagnostics import Language
from designtool.expressions.expression import Value
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.questionnaire import Questionnaire
from designtool.render.context import PageContext, exercise_field, value_label
from designtool.render.display import clock, computed_value, day, plain_value, short_day, weekday_letters
from designtool.render.fields import FieldView, render_field
from designtool.render.html import classes, element, joined
from designtool.render.icons import icon
from designtool.render.live import live_form
from designtool.render.plans import being_followed_up, outcome_fields, plan_suggestions
from designtool.render.questionnaire import instructions, questionnaire_items
from designtool.render.records import clock_change, diary_table, is_late, never_sent, record_view, to_read
from designtool.render.stopped import stopped_card
from designtool.render.viewpoint import FieldError
from designtool.treatment.answers import ROW
from designtool.treatment.corrections import Correction, fields_read
from designtool.treatment.json_values import frozen_json
from designtool.treatment.records import Filled, fill, form_of
from designtool.treatment.situation import FollowUp, FormSituation


def exercise_block(exercise: Exercise, context: PageContext) -> Markup:
    """An exercise where a page shows it: a worksheet to fill in there, a diary or a decision as a card that leads on."""
    if exercise.filled_by == "therapist" and not context.is_therapist:
        return Markup("")
    title = element("h2", {"class": "exercise-title"}, exercise.title)
    if context.stopped(exercise.id) is not None and not context.is_therapist:
        return _card(exercise, context, title, stopped_card(context, exercise.id))
    if exercise.kind == "decision":
        return _card(exercise, context, title, decision_card(exercise, context))
    if exercise.kind == "diary":
        return _card(exercise, context, title, _diary_card(exercise, context))
    form = context.form(exercise.id)
    if context.is_therapist and exercise.filled_by == "patient":
        if form.records:
            return _card(exercise, context, title, record_view(context, exercise.id, form.records[-1]))
        return _card(
            exercise,
            context,
            title,
            element("div", {"class": "form"}, exercise_fields(exercise, context, disabled=True)),
        )
    return _card(exercise, context, title, exercise_work(exercise, context))


def exercise_work(exercise: Exercise, context: PageContext) -> Markup:
    """The form, or what was written when it is done, with a way to change it."""
    again = being_followed_up(exercise, context)
    if again is not None:
        return _follow_up_form(exercise, again, context)
    followed_up = joined(_follow_up_form(exercise, plan, context) for plan in context.form(exercise.id).follow_ups)
    return followed_up + _exercise_work(exercise, context)


def _follow_up_form(exercise: Exercise, plan: FollowUp, context: PageContext) -> Markup:
    fields = outcome_fields(exercise, plan, context)
    return _form(context, f"exercise/{exercise.id}", exercise.id, fields, "submit-follow-up", plan.dated, plan)


def _exercise_work(exercise: Exercise, context: PageContext) -> Markup:
    form = context.form(exercise.id)
    if context.viewpoint.reading:
        return to_read(context, exercise.id)
    if form.status == "not-open" and exercise.filled_by == "patient":
        return element("p", {"class": "quiet"}, context.say("locked-until-open"))
    is_shut = form.status == "done" and not form.is_open
    if form.status == "done" and form.records and (is_shut or not _being_written(exercise.id, context)):
        entry = entry_date(exercise, context)
        shown = next((record for record in reversed(form.records) if record.dated == entry), form.records[-1])
        answers = element("div", {"class": "done-answers"}, record_view(context, exercise.id, shown))
        done = element("p", {"class": "done-mark"}, icon("check"), context.say("already-done"))
        if is_shut:
            # A form that nothing can be written in any more would take words that nobody could keep.
            shut = element("p", {"class": "quiet"}, context.say("already-sent"))
            return joined((done, answers, never_sent(context, exercise.id), shut))
        words = "change-answers" if exercise.fill == "once" else "fill-again"
        again = element(
            "details",
            {"class": "reveal"},
            element("summary", {}, context.say(words)),
            element("div", {"class": "reveal-body"}, exercise_form(exercise, context)),
        )
        return joined((done, answers, again))
    return exercise_form(exercise, context)


def exercise_form(exercise: Exercise, context: PageContext) -> Markup:
    """The form itself. Without script it is saved by its buttons; forms.js saves it as it is filled in."""
    submit = (
        f"submit-diary-{_period(exercise)}"
        if exercise.kind == "diary"
        else "submit-form-therapist"
        if exercise.filled_by == "therapist"
        else "submit-exercise"
    )
    entry = entry_date(exercise, context)
    return _form(context, f"exercise/{exercise.id}", exercise.id, exercise_fields(exercise, context), submit, entry)


def exercise_fields(exercise: Exercise, context: PageContext, disabled: bool = False) -> Markup:
    values = form_values(exercise, context)
    worked_out, hidden = _worked_out(exercise, context)
    errors = _by_field(context.errors(exercise.id))
    asked = {id for id, found in errors.items() if any(error.level == "confirm" for error in found)} | {
        read[-1].id for one in exercise.constraints if (read := fields_read(one.condition, exercise))
    }
    some_required = any(field.required for field in exercise.fields)
    fields = [
        render_field(
            FieldView(
                field=field,
                context=context,
                name=field.id,
                id=f"{exercise.id}-{field.id}",
                value=values.get(field.id),
                error=" ".join(context.text(error.message) for error in errors.get(field.id, ())),
                asks_again=_asks_again(exercise, errors.get(field.id, ()), context) if field.id in asked else None,
                is_doubt=field.id in errors and all(error.level == "confirm" for error in errors[field.id]),
                hidden=field.id in hidden,
                mark_optional=some_required and not field.required,
                computed=worked_out.get(field.id),
                disabled=disabled,
            )
        )
        + (
            plan_suggestions(exercise, field, values.get(field.id), context)
            if field.type == "plan-entry" and not disabled
            else ""
        )
        for field in exercise.fields
    ]
    return joined((*fields, _computed(exercise, worked_out, context)))


def _worked_out(exercise: Exercise, context: PageContext) -> tuple[Mapping[str, Value], frozenset[str]]:
    """Values and hidden fields of the copy on the page: of a diary, of the entry that is looked at."""
    form = context.form(exercise.id)
    entry = entry_date(exercise, context)
    if entry is None or entry == form.draft_date:
        return form.draft_values, form.hidden
    answers = frozen_json(form.entry_drafts.get(entry, {}))
    filled = fill(exercise, answers, context.situation.environment, False, entry)
    return filled.values, filled.hidden


def _by_field(errors: Sequence[FieldError]) -> dict[str, list[FieldError]]:
    found: dict[str, list[FieldError]] = {}
    for error in errors:
        found.setdefault(error.field, []).append(error)
    return found


def _asks_again(exercise: Exercise, errors: Sequence[FieldError], context: PageContext) -> Markup:
    """What may have been meant, to take with one tap. Stands empty in the page too, for the browser to ask while somebody writes."""
    meant = dict.fromkeys(correction for error in errors for correction in error.corrections)
    return element(
        "div",
        {"class": "corrections", "data-corrections": True},
        *(_correction(exercise, correction, context) for correction in meant),
    )


def _correction(exercise: Exercise, correction: Correction, context: PageContext) -> Markup:
    field = exercise_field(exercise, correction.field)
    answer = clock(correction.time, context.language)
    return element(
        "p",
        {"class": "correction"},
        element("span", {}, context.say("correction", answer=answer, label=field.label if field else "")),
        element(
            "button",
            {
                "class": "button button-secondary",
                "type": "submit",
                "name": "action",
                "value": f"correct.{correction.field}.{correction.time}",
                "form": f"form-{exercise.id}",
            },
            context.say("correct", answer=answer),
        ),
    )


def exercise_page(exercise: Exercise, context: PageContext) -> tuple[tuple[str, Markup], ...]:
    """The parts of an exercise's own page, named."""
    introduction = element("p", {"class": "lead"}, exercise.introduction) if exercise.introduction else Markup("")
    if exercise.kind == "decision":
        return (("introduction", introduction), ("decision", decision_card(exercise, context)))
    days = _days(exercise, context) if exercise.kind == "diary" else Markup("")
    work = element("div", {"class": "card card-form"}, days, exercise_work(exercise, context))
    return (("introduction", introduction), ("form", work))


def form_values(exercise: Exercise, context: PageContext) -> dict[str, Any]:
    """What stands in the form: what was just refused, else the draft, else the finished entry, else what is prefilled."""
    written = _written(exercise, context)
    return written | _prefilled(exercise, written, context)


def _written(exercise: Exercise, context: PageContext) -> dict[str, Any]:
    if context.sent(exercise.id) and (context.viewpoint.form or context.target == f"exercise/{exercise.id}"):
        return dict(context.sent(exercise.id))
    form = context.form(exercise.id)
    entry = entry_date(exercise, context)
    values: dict[str, Any] = {}
    if exercise.kind == "diary" and not (exercise.entry is not None and exercise.entry.per == "occurrence"):
        record = next((record for record in reversed(form.records) if record.dated == entry), None)
        values = dict(record.values) if record else {}
    elif form.status == "done" and exercise.fill == "once" and form.records:
        values = dict(form.records[-1].values)
    if entry is not None and entry in form.entry_drafts:
        values = dict(form.entry_drafts[entry])
    elif exercise.kind != "diary" or form.draft_date in (None, entry):
        values |= form.draft
    return values


def _prefilled(exercise: Exercise, written: Mapping[str, Any], context: PageContext) -> dict[str, Any]:
    """Earlier answers, which stand to begin with in fields of which nothing is known yet."""
    return {id: value for id, value in context.form(exercise.id).prefilled.items() if id not in written}


def entry_date(exercise: Exercise, context: PageContext) -> date | None:
    """The date of the diary entry that is looked at: the one asked for, else the draft's, else the latest that can be made."""
    if exercise.kind != "diary":
        return None
    form = context.form(exercise.id)
    asked = context.viewpoint.entry_date
    for dated in form.open_dates:
        if asked == dated.isoformat():
            return dated
    if form.draft_date is not None and form.draft:
        return form.draft_date
    return next(iter((*dates_to_fill_in(exercise, form), *form.open_dates)), None)


def dates_to_fill_in(exercise: Exercise, form: FormSituation) -> list[date]:
    """Dates of a diary that an entry can be made for, latest first: of what happens several times a day every open one."""
    if _period(exercise) == "occurrence":
        return list(form.open_dates)
    return [dated for dated in form.open_dates if all(record.dated != dated for record in form.records)]


def _period(exercise: Exercise) -> str:
    """What an entry of a diary is about: a `day`, a `week`, or an `occurrence`."""
    return exercise.entry.per if exercise.entry is not None else "day"


def date_words(exercise: Exercise, dated: date, context: PageContext) -> str:
    """How a diary's date is said: a night by the morning that it ended, a week by its first day."""
    if _period(exercise) == "week":
        return context.say("week-from", date=day(dated, context.language))
    words = day(dated, context.language, context.today)
    night = exercise.entry is not None and exercise.entry.dated == "wake_up_date"
    return context.say("night-to", date=words) if night else words


def decision_card(exercise: Exercise, context: PageContext) -> Markup:
    """What has been confirmed, and the patient's way to stop it. A proposal is never here."""
    decision = context.situation.decisions.get(exercise.id)
    if decision is not None and decision.status == "stopped":
        return element("p", {"class": "callout callout-important"}, context.say("decision-stopped"))
    if decision is None or decision.confirmed is None or exercise.decision is None:
        return element("p", {"class": "quiet"}, context.say("decision-none"))
    rows = [
        (one.label, computed_value(one, decision.values.get(one.id), context.language))
        for one in exercise.decision.computed
    ]
    value = element("p", {"class": "figure"}, confirmed_words(exercise, decision.confirmed, context))
    shown_rows = [
        element("div", {}, element("dt", {}, label), element("dd", {}, shown)) for label, shown in rows if shown
    ]
    figures = joined((value, element("dl", {"class": "figures figures-large"}, *shown_rows) if shown_rows else None))
    since = (
        element(
            "p",
            {"class": "quiet"},
            context.say("decision-since", date=day(decision.confirmed_on, context.language, context.today)),
        )
        if decision.confirmed_on
        else None
    )
    stop = None
    if not context.is_therapist and not context.viewpoint.reading:
        stop = element(
            "details",
            {"class": "reveal"},
            element("summary", {}, context.say("decision-stop")),
            element(
                "form",
                {"class": "reveal-body", "method": "post", "action": context.href(f"exercise/{exercise.id}")},
                context.token_field(),
                element("p", {}, context.say("decision-stop-text")),
                element(
                    "button",
                    {"class": "button button-secondary", "type": "submit", "name": "action", "value": "stop"},
                    context.say("decision-stop"),
                ),
            ),
        )
    return element("div", {"class": "decision-card"}, figures, since, stop)


def confirmed_words(exercise: Exercise, value: Any, context: PageContext) -> str:
    """A decision's value in its unit."""
    if exercise.decision is None:
        return plain_value(value, context.language)
    return computed_value(
        Computed("value", exercise.title, exercise.decision.start, exercise.decision.unit), value, context.language
    )


def questionnaire_block(questionnaire: Questionnaire, context: PageContext) -> Markup:
    """A questionnaire where a page shows it: a card that leads to a page of its own."""
    form = context.form(questionnaire.id)
    head = element("p", {"class": "eyebrow"}, context.say("measurement"))
    title = element("h2", {"class": "exercise-title"}, questionnaire.title)
    minutes = (
        element("p", {"class": "quiet"}, icon("clock"), context.say("minutes", minutes=questionnaire.minutes))
        if questionnaire.minutes
        else None
    )
    if context.is_therapist:
        link = element(
            "a",
            {"class": "button button-secondary", "href": context.href(f"form/{questionnaire.id}")},
            context.say("all-records"),
        )
    elif form.status == "open":
        link = element(
            "a",
            {"class": "button", "href": context.href(f"questionnaire/{questionnaire.id}")},
            context.say("answer-questions"),
        )
    else:
        mark = "questionnaire-done" if form.records else "not-open"
        link = element(
            "p",
            {"class": "done-mark" if form.records else "quiet"},
            icon("check") if form.records else None,
            context.say(mark),
        )
    return element(
        "section", {"class": "card card-form", "aria-label": questionnaire.title}, head, title, minutes, link
    )


def questionnaire_form(questionnaire: Questionnaire, context: PageContext) -> Markup:
    """The questionnaire to answer, or why there is nothing to answer now."""
    form = context.form(questionnaire.id)
    if context.viewpoint.reading:
        return to_read(context, questionnaire.id)
    if not questionnaire.has_text:
        return element(
            "p",
            {"class": "callout callout-important"},
            context.say("questionnaire-wordless-therapist" if context.is_therapist else "questionnaire-wordless"),
        )
    if form.status != "open":
        return element("p", {"class": "quiet"}, context.say("not-open"))
    values = dict(context.sent(questionnaire.id) or form.draft)
    content = instructions(questionnaire) + questionnaire_items(questionnaire, values, context)
    return _form(context, f"questionnaire/{questionnaire.id}", questionnaire.id, content, "submit-questionnaire", None)


def error_summary(context: PageContext, form: str) -> Markup:
    """What must be put right, at the top of the page, each with a link to its field."""
    errors = context.errors(form)
    if not errors:
        return Markup("")
    title = "errors" if any(error.level == "block" for error in errors) else "confirm-title"
    text = "confirm-text" if title == "confirm-title" else "errors-text"
    is_paused = context.stopped(form) is not None
    if is_paused:
        # There is nothing for whoever reads it to put right.
        title = "stopped-refused"
    place = context.unique("errors-title")
    items = []
    for error in errors:
        words = context.text(error.message)
        known = _has_field(context, form, error.field)
        if known:
            label = value_label(context.program, form, error.field.partition(".")[0])
            words = _about(label, words)
        items.append(
            element(
                "li",
                {},
                element("a", {"href": f"#{form}-{error.field.replace('.', '-')}-field"}, words) if known else words,
            )
        )
    return element(
        "section",
        {
            "class": classes("errors", title == "confirm-title" and "errors-confirm"),
            "role": "alert",
            "aria-labelledby": place,
            "tabindex": "-1",
        },
        element("h2", {"id": place}, context.say(title)),
        None if is_paused else element("p", {}, context.say(text)),
        element("ul", {}, *items),
        joined(
            _form_confirmation(context, form, error.field)
            for error in errors
            if error.level == "confirm" and not _has_field(context, form, error.field)
        ),
    )


def saved_answer(
    form: Questionnaire | Exercise,
    filled: Filled,
    now: datetime,
    language: Language,
    revision: int,
    pages: str = "",
    field_error: tuple[str, str] | None = None,
) -> dict[str, object]:
    """The answer to `/save`, from the copy as it stands after it. `field_error` is the saved field and what is wrong with it.

    `now` is in the zone of the care unit.
    """
    values: dict[str, str] = {}
    if isinstance(form, Exercise):
        for one in form.computed:
            values[one.id] = computed_value(one, filled.values.get(one.id), language)
        for field in form.fields:
            values |= _row_values(field, filled.values.get(field.id), language)
    return {
        "saved": clock(now, language),
        "revision": revision,
        "hidden": sorted(filled.hidden),
        "values": values,
        "errors": {field_error[0]: field_error[1]} if field_error else {},
        "pages": pages,
    }


def _row_values(field: Field, rows: Any, language: Language) -> dict[str, str]:
    if not field.computed or not isinstance(rows, tuple):
        return {}
    return {
        f"{field.id}.{row.get(ROW) if field.rows_from else at}.{one.id}": computed_value(one, row.get(one.id), language)
        for at, row in enumerate(rows)
        if isinstance(row, Mapping)
        for one in field.computed
    }


def _card(exercise: Exercise, context: PageContext, title: Markup, content: Markup) -> Markup:
    eyebrow = element(
        "p",
        {"class": "eyebrow"},
        icon({"decision": "clock", "diary": "moon"}.get(exercise.kind, "pen")),
        context.say("exercise" if exercise.kind == "worksheet" else exercise.kind),
    )
    introduction = element("p", {}, exercise.introduction) if exercise.introduction else None
    return element(
        "section", {"class": "card card-form", "aria-label": exercise.title}, eyebrow, title, introduction, content
    )


def _diary_card(exercise: Exercise, context: PageContext) -> Markup:
    form = context.form(exercise.id)
    count = _entries(form, context)
    if context.is_therapist:
        table = (
            diary_table(context, exercise, form.records[-7:])
            if form.records
            else element("p", {"class": "quiet"}, context.say("no-answers"))
        )
        return joined((count, table))
    if form.status == "not-open" or not form.open_dates:
        return joined(
            (
                count,
                element(
                    "p",
                    {"class": "quiet"},
                    context.say("locked-until-open" if form.status == "not-open" else "not-open"),
                ),
            )
        )
    dated = entry_date(exercise, context)
    words = date_words(exercise, dated, context) if dated else ""
    link = element(
        "a", {"class": "button", "href": context.href(f"exercise/{exercise.id}")}, context.say("fill-in"), " ", words
    )
    return joined((count, element("p", {}, link)))


def _entries(form: FormSituation, context: PageContext) -> Markup | None:
    words = entries_in_words(form, context)
    return element("p", {"class": "quiet"}, words) if words else None


def entries_in_words(form: FormSituation, context: PageContext) -> str:
    """How many entries of a diary there are, of those asked for until there are as many; empty before the first of others."""
    if form.entries_required and form.entries_done <= form.entries_required:
        return context.say("required-entries", done=form.entries_done, all=form.entries_required)
    return context.say("entries", done=len(form.records)) if form.records else ""


def _days(exercise: Exercise, context: PageContext) -> Markup:
    """The last seven days as a row, of a weekly diary the last four weeks: which are filled in, and which can be."""
    form = context.form(exercise.id)
    filled = {record.dated: record for record in form.records}
    chosen = entry_date(exercise, context)
    weekly = _period(exercise) == "week"
    newest = form.open_dates[0] if weekly and form.open_dates else context.today
    shown = [newest - timedelta(weeks=back) if weekly else newest - timedelta(days=back) for back in range(6, -1, -1)]
    if weekly:
        shown = [dated for dated in shown[-4:] if dated >= context.situation.environment.start]
    items = []
    for dated in shown:
        state = "filled" if dated in filled else "open" if dated in form.open_dates else "closed"
        last = dated + timedelta(days=6) if weekly else dated
        late = is_late(exercise, filled[dated]) if dated in filled else state == "open" and last < context.today
        name, number = (
            (context.say("week-from-short"), short_day(dated, context.language))
            if weekly
            else (weekday_letters(dated, context.language), str(dated.day))
        )
        face = joined(
            (
                element("span", {"class": "day-name", "aria-hidden": "true"}, name),
                element("span", {"class": "day-number", "aria-hidden": "true"}, number),
                icon("clock" if late else "check") if state == "filled" else None,
                element(
                    "span",
                    {"class": "visually-hidden"},
                    date_words(exercise, dated, context) if weekly else day(dated, context.language, context.today),
                    ", ",
                    context.say(f"day-{state}-late" if late else f"day-{state}"),
                ),
            )
        )
        name = classes("day", f"day-{state}", dated == chosen and "day-chosen")
        inner = (
            element(
                "a",
                {
                    "class": name,
                    "href": f"{context.href(f'exercise/{exercise.id}')}?entry-date={dated.isoformat()}",
                    "aria-current": "date" if dated == chosen else None,
                },
                face,
            )
            if dated in form.open_dates
            else element("span", {"class": name}, face)
        )
        items.append(element("li", {}, inner))
    now = (
        element("p", {"class": "entry-date"}, context.say("entry-for", date=date_words(exercise, chosen, context)))
        if chosen
        else None
    )
    change = clock_change(exercise, chosen) if chosen else ""
    return joined(
        (
            element(
                "ol",
                {
                    "class": classes("days", weekly and "days-weeks"),
                    "aria-label": context.say("choose-week" if weekly else "choose-day"),
                },
                *items,
            ),
            _entries(form, context),
            now,
            element("p", {"class": "quiet"}, context.say(change)) if change else None,
        )
    )


def _form(
    context: PageContext,
    target: str,
    form_id: str,
    content: Markup,
    submit: str,
    entry: date | None,
    plan: FollowUp | None = None,
) -> Markup:
    """`plan`: the one that is followed up. Its form can stand on one page with that of the next plan."""
    say = context.say
    part = "" if plan is None else f"-{plan.dated}"
    status = element(
        "p",
        {
            "class": "save-status",
            "role": "status",
            "data-save-status": True,
            "data-text-ready": say("autosave-hint"),
            "data-text-saving": say("saving"),
            "data-text-saved": say("saved-at", time="{time}"),
            "data-text-offline": say("offline"),
            "data-text-conflict": say("conflict"),
            "data-text-refused": say("refused"),
            "data-text-signed-out": say("signed-out"),
        },
    )
    return element(
        "form",
        {
            "class": "form",
            "id": f"form-{form_id}{part}",
            "method": "post",
            "action": context.href(target),
            "novalidate": True,
            "autocomplete": "off",
            "data-save": context.href(f"{target}/save"),
            "data-form": form_id,
            "data-entry-date": entry.isoformat() if entry else None,
            "data-copy": f"follow-up{part}" if part else context.form(form_id).copy or None,
            "data-live": _live(context, form_id, entry, plan) or None,
        },
        _default_button(form_id, context),
        context.token_field(),
        element("input", {"type": "hidden", "name": "entry-date", "value": entry.isoformat()}) if entry else None,
        element("input", {"type": "hidden", "name": "return-to", "value": context.target}),
        _revision(context),
        element("div", {"class": "flag-pages", "data-pages": True, "aria-live": "assertive"}),
        content,
        element(
            "p",
            {
                "class": "visually-hidden",
                "aria-live": "polite",
                "data-announce": True,
                "data-text-shown": say("newly-shown", label="{label}"),
                "data-text-many-shown": say("newly-shown-many", count="{count}", label="{label}"),
                "data-text-understood": say("understood", answer="{answer}"),
                "data-text-correction": say("correction", answer="{answer}", label="{label}"),
                "data-text-correct": say("correct", answer="{answer}"),
                "data-text-row": say("row-added"),
                "data-text-cleared": say("cleared"),
                "data-text-not-computed": say("not-computed"),
            },
        ),
        element(
            "div",
            {"class": "form-end"},
            element("button", {"class": "button", "type": "submit", "name": "action", "value": "submit"}, say(submit)),
            element(
                "button",
                {"class": "button button-quiet", "type": "submit", "name": "action", "value": "save"},
                say("save"),
            ),
        ),
        status,
    )


def _default_button(form: str, context: PageContext) -> Markup:
    """The enter key presses the first button of a form: it is to finish a short one, and to save one that has rows."""
    exercise = context.program.exercise.get(form)
    has_rows = exercise is not None and any(one.type in ("table", "plan-entry", "ranking") for one in exercise.fields)
    return element(
        "button",
        {
            "type": "submit",
            "name": "action",
            "value": "save" if has_rows else "submit",
            "class": "visually-hidden",
            "tabindex": "-1",
            "aria-hidden": "true",
        },
        context.say("save"),
    )


def _live(context: PageContext, form: str, entry: date | None, plan: FollowUp | None) -> str:
    known = form_of(context.program, form)
    assert known is not None
    if isinstance(known, Questionnaire) and all(item.show_if is None for item in known.items):
        return ""
    if isinstance(known, Questionnaire):
        told = live_form(known, context, entry)
    elif plan is not None:
        told = live_form(known, context, entry, stands=plan.answers, follows_up=True)
    else:
        written = _written(known, context)
        proposed = _prefilled(known, written, context)
        told = live_form(known, context, entry, tuple(proposed), written | proposed)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _about(label: str, message: str) -> str:
    """A message together with the question that it is about, for where it stands alone."""
    label = label.rstrip(" .:")
    return f"{label}{'' if label.endswith(('?', '!')) else ':'} {message}"


def _computed(exercise: Exercise, values: Mapping[str, Value], context: PageContext) -> Markup | None:
    if not exercise.computed:
        return None
    return element(
        "div",
        {"class": "computed", "role": "group", "aria-label": context.say("computed")},
        element("p", {"class": "eyebrow"}, context.say("computed")),
        element(
            "dl",
            {"class": "figures"},
            *(
                element(
                    "div",
                    {},
                    element("dt", {}, one.label),
                    element(
                        "dd",
                        {},
                        element(
                            "output",
                            {"data-value": one.id},
                            computed_value(one, values.get(one.id), context.language)
                            or element("span", {"class": "quiet"}, context.say("not-computed")),
                        ),
                    ),
                )
                for one in exercise.computed
            ),
        ),
    )


def _being_written(form: str, context: PageContext) -> bool:
    """A draft after the finished copy, or errors to mend: then the form stands open."""
    return bool(context.form(form).draft) or bool(context.errors(form))


def _revision(context: PageContext) -> Markup | None:
    number, page = context.viewpoint.revision, context.viewpoint.page
    if number is None:
        return None
    return joined(
        (
            element("input", {"type": "hidden", "name": "form-revision", "value": number}),
            element("input", {"type": "hidden", "name": "form-page", "value": page}) if page else None,
        )
    )


def _form_confirmation(context: PageContext, form: str, name: str) -> Markup:
    """Of an error that belongs to no field: the checkbox belongs to the form below."""
    return element(
        "label",
        {"class": "option confirm"},
        element("input", {"type": "checkbox", "name": f"confirmed-{name}", "value": "yes", "form": f"form-{form}"}),
        element("span", {}, context.say("confirm-yes")),
    )


def _has_field(context: PageContext, form: str, name: str) -> bool:
    first = name.partition(".")[0]
    exercise = context.program.exercise.get(form)
    if exercise is not None:
        return exercise_field(exercise, first) is not None
    questionnaire = context.program.questionnaire.get(form)
    return questionnaire is not None and any(item.id == first for item in questionnaire.items)
