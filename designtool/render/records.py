"""Earlier answers, shown again: one copy as a list of questions and answers, a diary as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from designtool.diagnostics import Language
from designtool.expressions.expression import Record
from designtool.model.exercise import Computed, Exercise, Field, Group
from designtool.model.questionnaire import Questionnaire
from designtool.render.context import PageContext, form_title, is_withheld, score_value
from designtool.render.display import (
    computed_value,
    day,
    field_value,
    fraction,
    in_shown_order,
    number,
    option_label,
    plain_value,
    short_day,
)
from designtool.render.fields import plan_fields, plan_value
from designtool.render.html import element, joined, paragraphs, text
from designtool.treatment.answers import ROW, ROW_LABEL, columns_of
from designtool.treatment.days import clock_moved
from designtool.treatment.reuse import order_of, row_label
from designtool.treatment.rows import rows_in
from designtool.treatment.scoring import NOT_ASKED


def review(context: PageContext, form: str, of: str) -> Markup:
    """What the patient wrote earlier: `latest`, `first`, or the `week` of a diary."""
    if is_withheld(context, form):
        return Markup("")
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
        exercise = context.program.exercise[form]
        body = diary_table(context, exercise, records) + summaries(context, form)
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


def to_read(context: PageContext, id: str) -> Markup:
    """All that was written in a form, where nothing more can be: what was sent, latest first, and what never was."""
    form = context.form(id)
    sent = [
        element("div", {"class": "done-answers"}, record_view(context, id, record))
        for record in reversed(form.records)
        if not is_withheld(context, id)
    ]
    if form.draft:
        sent.insert(0, never_sent(context, id))
    return joined(sent) if sent else element("p", {"class": "quiet"}, context.say("no-answers"))


def never_sent(context: PageContext, id: str) -> Markup:
    """What was written in a form and not sent; nothing where there is nothing of the kind."""
    form, questionnaire = context.form(id), context.program.questionnaire.get(id)
    if not form.draft:
        return Markup("")
    unsent = (
        _questionnaire_record(context, questionnaire, Record(context.today, None, form.draft), with_scores=False)
        if questionnaire is not None
        else exercise_answers(context, context.program.exercise[id], form.draft_values)
    )
    return element(
        "div", {"class": "done-answers"}, element("p", {"class": "quiet"}, context.say("never-sent")), unsent
    )


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
        return _table(context, field, list(rows_in(value)))
    if field.type == "plan-entry":
        return _plan(context, field, rows_in(value))
    if field.type == "ranking":
        placed = in_shown_order(value) if isinstance(value, frozenset) else value
        items = [option_label(field.options, one) or str(one) for one in placed if one not in (None, "")]
        return element("ol", {}, *(element("li", {"dir": "auto"}, item) for item in items)) if items else Markup("")
    if field.type == "long-text":
        return paragraphs(str(value))
    shown = field_value(field, value, context.language)
    if field.type == "scale" and shown and field.max is not None:
        shown = context.say("scale-of", value=shown, highest=plain_value(field.max, context.language))
    return element("span", {"dir": "auto"}, shown) if shown else Markup("")


def diary_table(context: PageContext, exercise: Exercise, records: Sequence[Record]) -> Markup:
    """What the author wants to stand first, then a row a day so that days can be compared, then what has rows of its own."""
    long = [field for field in exercise.fields if columns_of(field) or field.type == "long-text"]
    days = _day_by_day(context, exercise, records) if len(long) < len(exercise.fields) or exercise.computed else None
    return joined(
        (_diary_order(context, exercise, records), days, *(_over_time(context, one, records) for one in long))
    )


def _over_time(context: PageContext, field: Field, records: Sequence[Record]) -> Markup:
    """A table that is filled in again and again: a line for each of its rows, a column for each time. All else under its date."""
    answered = [record for record in records if record.values.get(field.id) is not None]
    if field.type == "table" and (field.rows or field.rows_from):
        columns: tuple[Field | Computed, ...] = (*field.columns, *field.computed)
        return joined(_line_a_row(context, field, one, answered) for one in columns)
    return joined(
        element(
            "details",
            {"class": "reveal"},
            element("summary", {}, f"{field.label} · {short_day(record.dated, context.language)}"),
            element("div", {"class": "reveal-body"}, answer(context, field, record.values.get(field.id))),
        )
        for record in reversed(answered)
    )


def _line_a_row(context: PageContext, field: Field, column: Field | Computed, records: Sequence[Record]) -> Markup:
    lines: dict[str, dict[int, str]] = {}
    labels: dict[str, str] = {}
    for at, record in enumerate(records):
        for row in rows_in(record.values.get(field.id)):
            label = row_label(field, row)
            words = _in_words(context, column, row.get(column.id))
            if label and words:
                # The same row under other words is told apart: what was meant may be another thing.
                key = f"{row[ROW]} {label}"
                labels[key] = label
                lines.setdefault(key, {})[at] = words
    dates = [short_day(record.dated, context.language) for record in records]
    body = [
        element(
            "tr",
            {},
            element("th", {"scope": "row", "dir": "auto"}, labels[key]),
            *(element("td", {"dir": "auto", "data-label": dated}, line.get(at, "–")) for at, dated in enumerate(dates)),
        )
        for key, line in lines.items()
    ]
    return _tabular(f"{field.label}: {column.label}", [column.label, *dates], body) if body else Markup("")


def _day_by_day(context: PageContext, exercise: Exercise, records: Sequence[Record]) -> Markup:
    """A row a day; it scrolls in its own frame on a narrow screen."""
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
                    _late(context, exercise, record),
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


def is_late(exercise: Exercise, record: Record) -> bool:
    """Whether an entry was made after the day, or the week, that it is about."""
    weekly = exercise.entry is not None and exercise.entry.per == "week"
    last = record.dated + timedelta(days=6) if weekly else record.dated
    return record.made_at is not None and record.made_at.date() > last


def _late(context: PageContext, exercise: Exercise, record: Record) -> Markup | None:
    """For the therapist: an entry that was made afterwards is less certain."""
    if not context.is_therapist or not is_late(exercise, record):
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


def _questionnaire_record(
    context: PageContext, questionnaire: Questionnaire, record: Record, with_scores: bool = True
) -> Markup:
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
    scores = score_list(context, questionnaire, record) if with_scores else Markup("")
    return scores + _answers(pairs, context)


def _answers(pairs: Sequence[tuple[str, Markup]], context: PageContext) -> Markup:
    if not pairs:
        return element("p", {"class": "quiet"}, context.say("no-answers"))
    return element(
        "dl",
        {"class": "answers"},
        *(element("div", {}, element("dt", {}, label), element("dd", {}, shown)) for label, shown in pairs),
    )


def _table(context: PageContext, field: Field, rows: list[Mapping[str, Any]]) -> Markup:
    """The rows in the order that the author wants, the first of them open; then the means of the groups."""
    rows = [row for row in rows if any(value is not None for id, value in row.items() if id not in (ROW, ROW_LABEL))]
    if not rows:
        return Markup("")
    if field.order_by:
        rows.sort(key=lambda row: order_of(field.order, fraction(row.get(field.order_by))))
    open_rows, folded = rows[: field.top_rows], rows[field.top_rows :] if field.top_rows else []
    rest = (
        element(
            "details",
            {"class": "reveal"},
            element("summary", {}, context.say("more-rows", number=len(folded))),
            element("div", {"class": "reveal-body"}, _rows(context, field, folded)),
        )
        if folded
        else None
    )
    return joined((_rows(context, field, open_rows), rest, group_means(context, field.groups, field, rows)))


def _rows(context: PageContext, field: Field, rows: Sequence[Mapping[str, Any]]) -> Markup:
    labels = [row_label(field, row) for row in rows]
    named = any(labels)
    heads = [
        *([field.label] if named else []),
        *(column.label for column in field.columns),
        *(one.label for one in field.computed),
    ]
    body = []
    for label, row in zip(labels, rows, strict=True):
        cells = [field_value(column, row.get(column.id), context.language) for column in field.columns]
        cells += [computed_value(one, row.get(one.id), context.language) for one in field.computed]
        name = element("th", {"scope": "row", "dir": "auto"}, label) if named else None
        shown = zip(heads[named:], cells, strict=True)
        body.append(
            element(
                "tr",
                {},
                name,
                *(element("td", {"dir": "auto", "data-label": head}, cell or "–") for head, cell in shown),
            )
        )
    return _tabular(field.label, heads, body)


def group_means(
    context: PageContext, groups: Sequence[Group], among: Field | Exercise, rows: Sequence[Mapping[str, Any]]
) -> Markup:
    """For each answer to a choice the mean of a number; of a group that is too small only how small it is."""
    return joined(_means(context, group, among, rows) for group in groups)


def _means(context: PageContext, group: Group, among: Field | Exercise, rows: Sequence[Mapping[str, Any]]) -> Markup:
    known = {one.id: one for one in (among.columns if isinstance(among, Field) else among.fields)}
    worked_out = {one.id: one for one in among.computed}
    numbers: dict[str, list[Fraction]] = {}
    for row in rows:
        number = fraction(row.get(group.mean))
        if number is not None and row.get(group.by) is not None:
            numbers.setdefault(_key(row[group.by]), []).append(number)
    by = known.get(group.by)
    order = [str(option.value) for option in by.options] if by is not None else []
    body = []
    for key in sorted(numbers, key=lambda one: (order.index(one) if one in order else len(order), one)):
        found = numbers[key]
        mean = sum(found, Fraction(0)) / len(found)
        computed = worked_out.get(group.mean)
        shown = (
            computed_value(computed, mean, context.language) if computed else number_in_words(mean, context.language)
        )
        name = field_value(by, key, context.language) if by is not None else key
        cells = [
            shown if len(found) >= group.at_least else context.say("too-few", least=group.at_least),
            plain_value(len(found), context.language),
        ]
        heads = [context.say("mean"), context.say("count")]
        body.append(
            element(
                "tr",
                {},
                element("th", {"scope": "row", "dir": "auto"}, name),
                *(element("td", {"data-label": head}, cell) for head, cell in zip(heads, cells, strict=True)),
            )
        )
    if not body:
        return Markup("")
    head = by.label if by is not None else group.label
    return element(
        "figure",
        {"class": "group-means"},
        element("figcaption", {}, group.label),
        _tabular(group.label, [head, context.say("mean"), context.say("count")], body),
    )


def _key(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def number_in_words(value: Fraction, language: Language) -> str:
    """A mean, with one decimal where it has any."""
    return number(value, language, 0 if value.denominator == 1 else 1)


def _diary_order(context: PageContext, exercise: Exercise, records: Sequence[Record]) -> Markup:
    """The entries with the most (or the least) of something, each by its first words; and the means of the groups."""
    rows = [record.values for record in records]
    parts = [group_means(context, exercise.groups, exercise, rows)]
    known: tuple[Field | Computed, ...] = (*exercise.fields, *exercise.computed)
    by = next((one for one in known if one.id == exercise.order_by), None)
    if by is not None:
        words = next((one for one in exercise.fields if one.type in ("text", "long-text", "choice")), None)
        shown: list[Field | Computed] = [one for one in (words, by) if one is not None]
        valued = [record for record in records if fraction(record.values.get(by.id)) is not None]
        valued.sort(key=lambda record: order_of(exercise.order, fraction(record.values.get(by.id))))
        body = [
            element(
                "tr",
                {},
                element("th", {"scope": "row"}, short_day(record.dated, context.language)),
                *(
                    element(
                        "td",
                        {"dir": "auto", "data-label": one.label},
                        _in_words(context, one, record.values.get(one.id)) or "–",
                    )
                    for one in shown
                ),
            )
            for record in valued[: exercise.top_rows]
        ]
        if body:
            parts.append(_tabular(by.label, [context.say("date"), *(one.label for one in shown)], body))
    return joined(parts)


def _in_words(context: PageContext, one: Field | Computed, value: Any) -> str:
    return (
        field_value(one, value, context.language)
        if isinstance(one, Field)
        else computed_value(one, value, context.language)
    )


def _plan(context: PageContext, field: Field, rows: Sequence[Mapping[str, Any]]) -> Markup:
    """What was planned beside what became of it; above them how much of it was done."""
    before, after = plan_fields(context)
    told = [row for row in rows if row.get("done") is not None]
    count = None
    if told:
        done = sum(row["done"] == "yes" for row in told)
        partly = sum(row["done"] == "partly" for row in told)
        words = context.say("plan-count-partly" if partly else "plan-count", done=done, partly=partly, all=len(rows))
        count = element("p", {"class": "plan-count"}, words)
    shown = []
    for row in rows:
        pairs = [
            (part.label, plan_value(part, row.get(part.id), context))
            for part in (*before, *after)
            if part.id != "activity"
        ]
        pairs += [(one.label, computed_value(one, row.get(one.id), context.language)) for one in field.computed]
        entries = [
            element("div", {}, element("dt", {}, label), element("dd", {"dir": "auto"}, words))
            for label, words in pairs
            if words
        ]
        if entries or row.get("activity"):
            title = element("p", {"class": "plan-title field-label", "dir": "auto"}, str(row.get("activity") or "–"))
            shown.append(
                element(
                    "li", {}, title, element("dl", {"class": "answers answers-close"}, *entries) if entries else None
                )
            )
    return joined((count, element("ul", {"class": "plan-entries"}, *shown))) if shown else Markup("")


def _tabular(label: str, heads: Sequence[str], body: Sequence[Markup]) -> Markup:
    head = element("tr", {}, *(element("th", {"scope": "col"}, head) for head in heads))
    table = element("table", {"class": "row-table"}, element("thead", {}, head), element("tbody", {}, *body))
    return _frame(table, label)


def _frame(table: Markup, label: str) -> Markup:
    return element("div", {"class": "table-frame", "tabindex": "0", "role": "group", "aria-label": label}, table)
