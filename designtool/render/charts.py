"""Charts as SVG: a score over time with its severity bands, a diary's values over time.

Positions are in percent and text in the size of the page, so that a chart is as readable on a phone as on a desktop.
The axis is the instrument's whole range, so that a chart never makes a change look greater than it is.
Colours are classes of the style sheet: dark mode and forced colours need nothing from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from markupsafe import Markup

from designtool.diagnostics import Language
from designtool.expressions.expression import Record
from designtool.model.exercise import Computed, Exercise, Field
from designtool.model.questionnaire import Questionnaire, Score
from designtool.render.display import computed_value, exact_number, field_value, long_date, number, short_day, with_unit
from designtool.render.html import element, joined, text
from designtool.render.words import say

_HEIGHT = 250
_TOP, _BOTTOM = 18, 30
"""Pixels above and below the plot."""
_LEFT, _RIGHT, _RIGHT_OF_BANDS = Fraction(12), Fraction(95), Fraction(84)
"""Percent of the width between which the points stand; beside bands there is room for their labels."""
_SHORTEST_SCORES, _SHORTEST_ENTRIES = timedelta(days=21), timedelta(days=6)
"""Few answers are not spread over the whole width: a chart of scores is at least three weeks wide, one of a diary a week."""
_VALUE_WIDTH, _LETTER_WIDTH = 13, 2
"""Percent of the width that a value in words needs on a telephone: at least, and for each of its letters."""


@dataclass(frozen=True, slots=True)
class Point:
    dated: date
    value: Fraction | None
    """None where too few answers were given for a score: a gap in the line."""
    status: str = "complete"


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    points: tuple[Point, ...]
    written: tuple[str, ...]
    """Each point's value in words, for its label and the table."""


def score_points(score: Score, records: Sequence[Record]) -> tuple[Point, ...]:
    """The score of each submission, oldest first."""
    return tuple(
        Point(
            record.dated,
            value if isinstance(value, Fraction) else None,
            record.statuses.get(score.id, "complete" if value is not None else "insufficient"),
        )
        for record in records
        for value in (record.values.get(score.id),)
    )


def score_chart(
    questionnaire: Questionnaire, score: Score, points: Sequence[Point], language: Language = "sv", title: str = ""
) -> Markup:
    """A score over time between its severity bands. Sums are shown in whole points, rounded half up."""
    digits = 1 if score.method == "mean" else 0
    written = tuple("" if point.value is None else number(point.value, language, digits) for point in points)
    same = questionnaire.title == score.label
    title = title or (score.label if same else f"{questionnaire.title} – {score.label}")
    bands = [
        (band.start, score.bands[at + 1].start if at + 1 < len(score.bands) else score.high, band.label)
        for at, band in enumerate(score.bands)
    ]
    plot = _Plot(score.low, score.high, language, tuple(points), _SHORTEST_SCORES, _RIGHT_OF_BANDS if bands else _RIGHT)
    drawn = [
        *(plot.band(at, start, end, label) for at, (start, end, label) in enumerate(bands)),
        plot.axis(number(score.low, language), number(score.high, language)),
        plot.line(0, _Line(score.label, tuple(points), written), with_values=True),
        plot.dates(),
    ]
    rows = [
        (
            long_date(point.dated, language),
            shown or "–",
            _band_label(score, point.value),
            say(language, f"score-{point.status}") if point.status in ("prorated", "insufficient") else "",
        )
        for point, shown in zip(points, written, strict=True)
    ]
    heads = [say(language, "date"), score.label, say(language, "band"), say(language, "remark")]
    keep = [0, 1, *((2,) if score.bands else ()), *((3,) if any(row[3] for row in rows) else ())]
    table = _table(title, [heads[at] for at in keep], [[row[at] for at in keep] for row in rows], language)
    return _figure(title, plot, drawn, table, language, [_Line(score.label, tuple(points), written)])


def diary_chart(
    exercise: Exercise,
    names: Sequence[str],
    records: Sequence[Record],
    target: Fraction | None,
    language: Language = "sv",
    title: str = "",
) -> Markup:
    """One or more of a diary's numbers over time, with the target as a line."""
    known: dict[str, Field | Computed] = {one.id: one for one in exercise.fields}
    known |= {one.id: one for one in exercise.computed}
    lines = []
    for name in names:
        source = known[name]
        points = tuple(
            Point(record.dated, value)
            for record in records
            for value in (record.values.get(name),)
            if isinstance(value, Fraction)
        )
        lines.append(_Line(source.label, points, tuple(_written(source, point.value, language) for point in points)))
    title = title or f"{exercise.title} – {', '.join(line.label for line in lines)}"
    first = known[names[0]]
    every = [point.value for line in lines for point in line.points if point.value is not None]
    low, high = _range(first, [*every, *([target] if target is not None else [])])
    plot = _Plot(
        low, high, language, tuple(point for line in lines for point in line.points), _SHORTEST_ENTRIES, _RIGHT
    )
    drawn = [
        plot.axis(_axis_value(first, low, language), _axis_value(first, high, language)),
        plot.target(target, _axis_value(first, target, language)) if target is not None else None,
        *(plot.line(at, line, with_values=len(lines) == 1) for at, line in enumerate(lines)),
        plot.dates(),
    ]
    dates = sorted({point.dated for line in lines for point in line.points})
    looked_up = [{point.dated: shown for point, shown in zip(line.points, line.written, strict=True)} for line in lines]
    rows = [[long_date(dated, language), *(values.get(dated, "–") for values in looked_up)] for dated in dates]
    table = _table(title, [say(language, "date"), *(line.label for line in lines)], rows, language)
    reached = _axis_value(first, target, language) if target is not None else ""
    return _figure(title, plot, drawn, table, language, lines, reached)


def _written(source: Field | Computed, value: Fraction | None, language: Language) -> str:
    if isinstance(source, Computed):
        return computed_value(source, value, language)
    return field_value(source, value, language)


def _axis_value(source: Field | Computed, value: Fraction, language: Language) -> str:
    if isinstance(source, Computed):
        return with_unit(value, source.unit, language)
    return with_unit(value, "minutes", language) if source.type == "minutes" else exact_number(value, language)


def _range(source: Field | Computed, values: list[Fraction]) -> tuple[Fraction, Fraction]:
    """A percentage is drawn from 0 to 100, a scale between its ends, minutes from 0 to whole hours."""
    highest = max([*values, Fraction(0)])
    lowest = min([*values, Fraction(0)])
    if isinstance(source, Computed) and source.unit == "percent":
        return min(lowest, Fraction(0)), max(highest, Fraction(100))
    if isinstance(source, Field) and source.type == "scale" and source.min is not None and source.max is not None:
        return source.min, source.max
    minutes = source.unit == "minutes" or (isinstance(source, Field) and source.type == "minutes")
    unit = Fraction(60) if minutes else Fraction(5 if highest <= 50 else 50)
    return -(-lowest // unit) * unit if lowest < 0 else Fraction(0), max(unit, -(-highest // unit) * unit)


class _Plot:
    """Where values and dates stand in the drawing."""

    def __init__(
        self,
        low: Fraction,
        high: Fraction,
        language: Language,
        points: tuple[Point, ...],
        shortest: timedelta,
        right: Fraction,
    ) -> None:
        self.right = right
        self.low, self.high, self.language = low, max(high, low + 1), language
        self.dates_shown = sorted({point.dated for point in points})
        self.first = self.dates_shown[0] if self.dates_shown else date(2000, 1, 1)
        last = self.dates_shown[-1] if self.dates_shown else self.first
        self.days = max(last - self.first, shortest).days

    def x(self, dated: date) -> str:
        return f"{float(round(self.percent(dated), 2)):g}%"

    def percent(self, dated: date) -> Fraction:
        return _LEFT + 3 + (self.right - _LEFT - 3) * Fraction((dated - self.first).days, self.days)

    def y(self, value: Fraction) -> str:
        inside = min(max(value, self.low), self.high)
        place = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (self.high - inside) / (self.high - self.low)
        return f"{float(round(place, 1)):g}"

    def band(self, at: int, start: Fraction, end: Fraction, label: str) -> Markup:
        top, bottom = self.y(end), self.y(start)
        height = f"{float(bottom) - float(top):g}"
        shape = element(
            "rect",
            {
                "class": f"chart-band chart-band-{min(at, 4)}",
                "x": f"{_LEFT}%",
                "y": top,
                "width": f"{100 - _LEFT}%",
                "height": height,
            },
        )
        words = element(
            "text", {"class": "chart-band-label", "x": "99%", "y": f"{float(top) + 14:g}", "text-anchor": "end"}, label
        )
        return joined((shape, words if float(height) >= 15 else None))

    def axis(self, low: str, high: str) -> Markup:
        labels = joined(
            element(
                "text",
                {
                    "class": "chart-axis-label",
                    "x": f"{_LEFT - 2}%",
                    "y": f"{float(self.y(value)) + 4:g}",
                    "text-anchor": "end",
                },
                written,
            )
            for value, written in ((self.low, low), (self.high, high))
        )
        ground = element(
            "line",
            {"class": "chart-axis", "x1": f"{_LEFT}%", "x2": "100%", "y1": self.y(self.low), "y2": self.y(self.low)},
        )
        return labels + ground

    def target(self, value: Fraction, written: str) -> Markup:
        """A dotted line with its value at the axis; what it is stands in the legend, where no point can cover it."""
        y = self.y(value)
        line = element("line", {"class": "chart-target", "x1": f"{_LEFT}%", "x2": "100%", "y1": y, "y2": y})
        crowded = min(abs(float(y) - float(self.y(end))) for end in (self.low, self.high)) < 14
        place = {"class": "chart-target-label", "x": f"{_LEFT - 2}%", "y": f"{float(y) + 4:g}", "text-anchor": "end"}
        return joined((line, None if crowded else element("text", place, written)))

    def line(self, at: int, line: _Line, with_values: bool) -> Markup:
        strokes, marks = [], []
        for before, after in zip(line.points, line.points[1:], strict=False):
            if before.value is not None and after.value is not None:
                place = {
                    "x1": self.x(before.dated),
                    "y1": self.y(before.value),
                    "x2": self.x(after.dated),
                    "y2": self.y(after.value),
                }
                strokes.append(element("line", {"class": f"chart-line chart-line-{at % 4}", **place}))
        labelled = self._labelled(line) if with_values else frozenset()
        for point, shown in zip(line.points, line.written, strict=True):
            if point.value is None:
                continue
            hollow = " chart-point-prorated" if point.status == "prorated" else ""
            marks.append(
                element(
                    "circle",
                    {
                        "class": f"chart-point chart-point-{at % 4}{hollow}",
                        "cx": self.x(point.dated),
                        "cy": self.y(point.value),
                        "r": 5,
                    },
                )
            )
            if point.dated in labelled:
                y = max(float(self.y(point.value)) - 11, 13)
                fits = self.percent(point.dated) + Fraction(_width(shown), 2) <= 100
                place = (
                    {"x": self.x(point.dated), "text-anchor": "middle"} if fits else {"x": "100%", "text-anchor": "end"}
                )
                marks.append(element("text", {"class": "chart-value", "y": f"{y:g}", **place}, shown))
        return joined((*strokes, *marks))

    def _labelled(self, line: _Line) -> frozenset[date]:
        """The dates whose values stand in the drawing: from the latest backwards, as many as have room."""
        needed = max((_width(shown) for shown in line.written), default=_VALUE_WIDTH)
        kept: list[date] = []
        for point in reversed(line.points):
            if point.value is not None and (not kept or self.percent(kept[-1]) - self.percent(point.dated) >= needed):
                kept.append(point.dated)
        return frozenset(kept)

    def dates(self) -> Markup:
        """At most five dates at equal steps, the latest among them, and none upon another."""
        count = len(self.dates_shown)
        step = max(1, -(-(count - 1) // 4))
        chosen = [self.dates_shown[at] for at in range(count - 1, -1, -step)]
        kept: list[date] = []
        for dated in chosen:
            if not kept or (kept[-1] - dated).days * 6 >= self.days:
                kept.append(dated)
        return joined(
            element(
                "text",
                {"class": "chart-axis-label", "x": self.x(dated), "y": _HEIGHT - 8, "text-anchor": "middle"},
                short_day(dated, self.language),
            )
            for dated in reversed(kept)
        )


def _figure(
    title: str,
    plot: _Plot,
    drawn: Sequence[Markup | None],
    table: Markup,
    language: Language,
    lines: Sequence[_Line],
    target: str = "",
) -> Markup:
    caption = element("figcaption", {"class": "chart-title"}, title)
    valued = [
        (point, shown)
        for line in lines
        for point, shown in zip(line.points, line.written, strict=True)
        if point.value is not None
    ]
    if not valued:
        return element(
            "figure", {"class": "chart"}, caption, element("p", {"class": "quiet"}, say(language, "chart-empty"))
        )
    first, last = valued[0], valued[-1]
    description = say(
        language,
        "chart-desc",
        count=len(valued),
        first=long_date(first[0].dated, language),
        last=long_date(last[0].dated, language),
        first_value=first[1],
        last_value=last[1],
        low=exact_number(plot.low, language),
        high=exact_number(plot.high, language),
    )
    drawing = element(
        "svg",
        {
            "class": "chart-drawing",
            "width": "100%",
            "height": _HEIGHT,
            "role": "img",
            "focusable": "false",
            "aria-label": f"{title}. {description}",
        },
        element("title", {}, title),
        element("desc", {}, description),
        joined(drawn),
    )
    keys = [(f"chart-line chart-line-{at % 4}", line.label) for at, line in enumerate(lines) if len(lines) > 1]
    if target:
        keys.append(("chart-target", say(language, "chart-target", value=target)))
    legend = element("ul", {"class": "chart-legend"}, *(_key(name, label) for name, label in keys)) if keys else None
    return element("figure", {"class": "chart"}, caption, legend, drawing, table)


def _width(shown: str) -> int:
    """Percent of the width that a value in words needs."""
    return max(_VALUE_WIDTH, _LETTER_WIDTH * len(shown))


def _key(name: str, label: str) -> Markup:
    stroke = element("line", {"class": name, "x1": 1, "x2": 27, "y1": 6, "y2": 6})
    return element(
        "li",
        {},
        element("svg", {"class": "chart-key", "width": 28, "height": 12, "aria-hidden": "true"}, stroke),
        text(label),
    )


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], language: Language) -> Markup:
    body = joined(
        element("tr", {}, element("th", {"scope": "row"}, row[0]), *(element("td", {}, cell) for cell in row[1:]))
        for row in rows
    )
    table = element(
        "table",
        {},
        element("caption", {"class": "visually-hidden"}, title),
        element("thead", {}, element("tr", {}, *(element("th", {"scope": "col"}, head) for head in heads))),
        element("tbody", {}, body),
    )
    return element(
        "details",
        {"class": "chart-table"},
        element("summary", {}, say(language, "chart-table")),
        element("div", {"class": "table-frame", "tabindex": "0", "role": "group", "aria-label": title}, table),
    )


def _band_label(score: Score, value: Fraction | None) -> str:
    if value is None:
        return ""
    return next((band.label for band in reversed(score.bands) if value >= band.start), "")
