"""A range that the items cannot give."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.questionnaire import Questionnaire, Score

RULE = Rule(
    name="score-range",
    severity=Severity.ERROR,
    title=Text("Poängens gränser stämmer inte med frågorna", "The range of a score does not follow from its items"),
    why=Text(
        "Gränserna bestämmer diagrammets axel och vilka intervall som räknas. Stämmer de inte är antingen en fråga, ett svarsalternativ eller gränsen fel.",
        "The range decides the axis of the chart and which bands count. When it is not right, an item, an option or the range itself is wrong.",
    ),
    messages={
        "default": Text(
            "gränserna är {low} till {high}, men frågorna ger {real_low} till {real_high}",
            "the range is {low} to {high}, but the items give {real_low} to {real_high}",
        ),
    },
    helps={
        "default": Text(
            "skriv range: [{real_low}, {real_high}], eller rätta frågorna",
            "write range: [{real_low}, {real_high}], or mend the items",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    range: [0, 4]
+    range: [0, 5]
""",
    good="",  # The minimal program as it is.
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for score in questionnaire.scores:
            real = real_range(score, questionnaire)
            if real is not None and real != (score.low, score.high):
                low, high = real
                place = context.span(score.origin, "range")
                yield RULE.at(place, low=score.low, high=score.high, real_low=low, real_high=high)


def real_range(score: Score, questionnaire: Questionnaire) -> tuple[Fraction, Fraction] | None:
    """The lowest and highest value that answers can give; None where items or options are missing, which others report.

    Prorating and the mean of answered items keep within the same range, since each item keeps within its own.
    """
    if score.method == "expression" or not score.items:
        return None
    items = {item.id: item for item in questionnaire.items}
    lows, highs = [], []
    for id in score.items:
        values = (
            [Fraction(option.value) for option in items[id].options if isinstance(option.value, int)]
            if id in items
            else []
        )
        if not values:
            return None
        weight = score.weights.get(id, Fraction(1)) if score.method == "weighted" else Fraction(1)
        ends = sorted((min(values) * weight, max(values) * weight))
        lows.append(ends[0])
        highs.append(ends[1])
    divisor = len(score.items) if score.method == "mean" else 1
    return sum(lows, Fraction(0)) / divisor, sum(highs, Fraction(0)) / divisor
