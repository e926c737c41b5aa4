"""Earlier answers, shown again: one copy as a list of questions and answers, a diary as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.expressions.expression import Record
from designtool.model.exercise import Exercise, Field
from designtool.model.questionnaire import Questionnaire
from designtool.render.context import PageContext, form_title, score_value
from designtool.render.display import computed_value, day, field_value, fraction, option_label, plain_value, short_day
from designtool.render.fields import plan_answer, plan_fields, row_labels
from designtool.render.html import element, joined, paragraphs, text
from designtool.treatment.days import clock_moved
from designtool.treatment.scoring import NOT_ASKED


def review(context: PageContext, form: str, of: str) -> Markup:
    """What the patient wrote earlier: `latest`, `first`, or the `week` of a diary."""
    records = context.form(form).records
    title = form_title(context.program, form)
    head = element(
        "p",
        {"class": "review-head"},
        element("span", {"class": "eyebrow"}, context.say("your-earlier-answers")),
        Markup(" "),
        element("strong", {}, title),
    )
    if of == "week":
        records = tuple(
            record for record in records if context.today - timedelta(days=7) < record.dated <= context.today
        )
    if not records:
        body = element("p", {"class": "quiet"}, context.say("no-earlier-answers", title=title))
    elif of == "week" and form in context.program.exercise:
        body = diary_table(context, context.program.exercise[form], records) + summaries(context, form)
    else:
        body = record_view(context, form, records[0] if of == "first" else records[-1])
    return element(
        "section", {"class": "review", "aria-label": f"{context.say('your-earlier-answers')}: {title}"}, head, body
    )


def record_view(context: PageContext, form: str, record: Record) -> Markup:
    """One finished copy with its date. Scores stand above the answers that they are made of."""
    head = element(
        "p", {"class": "record-date"}, context.say("filled-on", date=day(record.dated, context.language, context.today))
    )
    if form in context.program.questionnaire:
        return head + _questionnaire_record(context, context.program.questionnaire[form], record)
    return head + exercise_answers(context, context.program.exercise[form], record.values)


def exercise_answers(context: PageContext, exercise: Exercise, values: Mapping[str, Any]) -> Markup:
    """Questions and answers; what was not answered is left out."""
    pairs = [(field.label, answer(context, field, values.get(field.id))) for field in exercise.fields]
    pairs += [(one.label, text(computed_value(one, values.get(one.id), context.language))) for one in exercise.computed]
    return _answers([(label, shown) for label, shown in pairs if shown], context)


def answer(context: PageContext, field: Field, value: Any) -> Markup:
    """An answer in full, tables and plans too; empty when there is none."""
    if value is None or value == "":
        return Markup("")
    if field.type == "table":
        return _table(context, field, [row for row in value if isinstance(row, Mapping)])
    if field.type == "plan-entry":
        return _plan(context, plan_answer(value))
    if field.type == "ranking":
        items = [option_label(field.options, one) or str(one) for one in value if one not in (None, "")]
        return element("ol", {}, *(element("li", {"dir": "auto"}, item) for item in items)) if items else Markup("")
    if field.type == "long-text":
        return paragraphs(str(value))
    shown = field_value(field, value, context.language)
    if field.type == "scale" and shown and field.max is not None:
        shown = context.say("scale-of", value=shown, highest=plain_value(field.max, context.language))
    return element("span", {"dir": "auto"}, shown) if shown else Markup("")


def diary_table(context: PageContext, exercise: Exercise, records: Sequence[Record]) -> Markup:
    """A row a day, so that days can be compared; it scrolls in its own frame on a narrow screen."""
    fields = [field for field in exercise.fields if field.type not in ("table", "plan-entry", "long-text")]
    heads = [*(field.label for field in fields), *(one.label for one in exercise.computed)]
    rows = []
    for record in reversed(records):
        cells = [field_value(field, record.values.get(field.id), context.language) for field in fields]
        cells += [computed_value(one, record.values.get(one.id), context.language) for one in exercise.computed]
        rows.append(
            element(
                "tr",
                {},
                element(
                    "th",
                    {"scope": "row"},
                    short_day(record.dated, context.language),
                    _late(context, record),
                    _clock_mark(context, exercise, record.dated),
                ),
                *(element("td", {"dir": "auto"}, cell or "–") for cell in cells),
            )
        )
    table = element(
        "table",
        {"class": "diary-table"},
        element(
            "thead",
            {},
            element(
                "tr",
                {},
                element("th", {"scope": "col"}, context.say("date")),
                *(element("th", {"scope": "col"}, head) for head in heads),
            ),
        ),
        element("tbody", {}, *rows),
    )
    return _frame(table, exercise.title)


def _late(context: PageContext, record: Record) -> Markup | None:
    """For the therapist: an entry that was made after its own day is less certain."""
    if not context.is_therapist or record.made_at is None or record.made_at.date() <= record.dated:
        return None
    return element("span", {"class": "quiet late"}, context.say("late-entry"))


def _clock_mark(context: PageContext, exercise: Exercise, dated: date) -> Markup | None:
    words = {"clock-forward": "clock-forward-short", "clock-back": "clock-back-short"}.get(
        clock_change(exercise, dated)
    )
    return element("span", {"class": "quiet late"}, context.say(words)) if words else None


def clock_change(exercise: Exercise, dated: date) -> str:
    """The words for a night in which the clocks were put forward or back; empty for any other, and where no time is asked for."""
    asks_for_times = any(field.type == "time" for field in exercise.fields)
    if exercise.entry is None or exercise.entry.per != "day" or not asks_for_times:
        return ""
    moved = clock_moved(dated)
    return "" if not moved else "clock-forward" if moved > 0 else "clock-back"


def summaries(context: PageContext, form: str) -> Markup:
    """The week's values, worked out over a diary's entries."""
    exercise = context.program.exercise[form]
    values = context.form(form).summaries or context.situation.environment.summaries.get(form, {})
    shown = [(one.label, computed_value(one, values.get(one.id), context.language)) for one in exercise.summary]
    shown = [(label, value) for label, value in shown if value]
    if not shown:
        return Markup("")
    return element(
        "dl",
        {"class": "figures"},
        *(element("div", {}, element("dt", {}, label), element("dd", {}, value)) for label, value in shown),
    )


def score_list(context: PageContext, questionnaire: Questionnaire, record: Record) -> Markup:
    """Each score with its status and its band; a score that could not be made says so."""
    items = []
    for score in questionnaire.scores:
        value = record.values.get(score.id)
        status = record.statuses.get(score.id, "complete" if value is not None else "insufficient")
        if isinstance(value, Fraction):
            band = next((band.label for band in reversed(score.bands) if value >= band.start), "")
            shown = joined(
                (element("strong", {}, score_value(score, value, context.language)), f" · {band}" if band else "")
            )
            remark = context.say("score-prorated") if status == "prorated" else ""
        else:
            shown, remark = element("strong", {}, "–"), context.say("score-insufficient")
        items.append(
            element(
                "div",
                {},
                element("dt", {}, score.label),
                element("dd", {}, shown, element("span", {"class": "quiet"}, f" ({remark})") if remark else None),
            )
        )
    return element("dl", {"class": "figures"}, *items) if items else Markup("")


def _questionnaire_record(context: PageContext, questionnaire: Questionnaire, record: Record) -> Markup:
    pairs = []
    for item in questionnaire.items:
        value = record.values.get(item.id)
        status = record.statuses.get(item.id, "")
        exact = fraction(value)
        shown = option_label(item.options, exact if exact is not None else value) if value is not None else None
        if value == "declined" or status == "declined":
            shown = context.say("declined")
        elif status == NOT_ASKED:
            shown = context.say("not-asked")
        pairs.append((item.text or item.id, text(shown or context.say("skipped"))))
    return score_list(context, questionnaire, record) + _answers(pairs, context)


def _answers(pairs: Sequence[tuple[str, Markup]], context: PageContext) -> Markup:
    if not pairs:
        return element("p", {"class": "quiet"}, context.say("no-answers"))
    return element(
        "dl",
        {"class": "answers"},
        *(element("div", {}, element("dt", {}, label), element("dd", {}, shown)) for label, shown in pairs),
    )


def _table(context: PageContext, field: Field, rows: list[Mapping[str, Any]]) -> Markup:
    if field.order_by:
        rows = sorted(rows, key=lambda row: _order(row.get(field.order_by)), reverse=True)
    labels = row_labels(field, context)
    named = bool(labels) and not field.order_by
    heads = [
        *([""] if named else []),
        *(column.label for column in field.columns),
        *(one.label for one in field.computed),
    ]
    body = []
    for at, row in enumerate(rows):
        cells = [field_value(column, row.get(column.id), context.language) for column in field.columns]
        cells += [computed_value(one, row.get(one.id), context.language) for one in field.computed]
        if any(cells):
            name = element("th", {"scope": "row"}, labels[at] if at < len(labels) else "") if named else None
            body.append(element("tr", {}, name, *(element("td", {"dir": "auto"}, cell or "–") for cell in cells)))
    if not body:
        return Markup("")
    head = element("tr", {}, *(element("th", {"scope": "col"}, head) if head else element("td") for head in heads))
    return _frame(element("table", {}, element("thead", {}, head), element("tbody", {}, *body)), field.label)


def _order(value: Any) -> Fraction:
    exact = fraction(value)
    return Fraction(-(10**9)) if exact is None else exact


def _plan(context: PageContext, value: Mapping[str, Any]) -> Markup:
    before, after = plan_fields(context)
    shown = []
    for field in (*before, *after):
        words = field_value(field, value.get(field.id), context.language)
        if words:
            shown.append(element("div", {}, element("dt", {}, field.label), element("dd", {"dir": "auto"}, words)))
    return element("dl", {"class": "answers answers-close"}, *shown) if shown else Markup("")


def _frame(table: Markup, label: str) -> Markup:
    return element("div", {"class": "table-frame", "tabindex": "0", "role": "group", "aria-label": label}, table)
