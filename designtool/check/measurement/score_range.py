"""A range that the items cannot give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.prove import Sum, possible_values
from designtool.expressions.values import decimal_text
from designtool.model.questionnaire import Questionnaire, Score
from designtool.treatment.scoring import counted_items

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
        "prorated": Text(
            "gränserna är {low} till {high}, men med obesvarade frågor kan poängen räknas upp till {value}",
            "the range is {low} to {high}, but with items unanswered the score can be prorated to {value}",
        ),
    },
    helps={
        "default": Text(
            "skriv range: [{real_low}, {real_high}], eller rätta frågorna",
            "write range: [{real_low}, {real_high}], or mend the items",
        ),
        "prorated": Text(
            "skriv rule: require-all, för frågorna har olika svarsskalor",
            "write rule: require-all, for the items have different scales",
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
            real = (
                _range_as_asked(score, questionnaire, context)
                or real_range(score, questionnaire)
                or _range_of_expression(score, context)
            )
            place = context.span(score.origin, "range")
            if real is not None and real != (score.low, score.high):
                if _is_of_other_items(score, questionnaire):
                    continue
                low, high = real
                yield RULE.at(
                    place,
                    low=decimal_text(score.low),
                    high=decimal_text(score.high),
                    real_low=decimal_text(low),
                    real_high=decimal_text(high),
                )
            elif real is not None and (beyond := _beyond(score, questionnaire, context)) is not None:
                low, high = real
                yield RULE.at(
                    place,
                    "prorated",
                    low=decimal_text(low),
                    high=decimal_text(high),
                    value=decimal_text(beyond),
                )


def _is_of_other_items(score: Score, questionnaire: Questionnaire) -> bool:
    """Whether the range is right but for an item that stands twice or was forgotten: that has a finding of its own."""
    named = {name for one in questionnaire.scores for name in counted_items(one, questionnaire)}
    forgotten = tuple(item.id for item in questionnaire.items if item.scored and item.id not in named)
    meant = replace(score, items=tuple(dict.fromkeys(score.items)) + forgotten)
    return meant != score and real_range(meant, questionnaire) == (score.low, score.high)


def _range_of_expression(score: Score, context: Context) -> tuple[Fraction, Fraction] | None:
    """The ends of what an expression comes to; None where nothing speaks against the declared ones.

    Every answer is tried where they are few. Else ranges say how far it can go at most, and some answers how far it goes.
    """
    if score.method != "expression" or score.value is None:
        return None
    type = context.domains.range_of(score.value)
    some = context.domains.some_numbers(score.value)
    declared = (score.low, score.high)
    if (type.low, type.high) == declared and some.issuperset(declared):
        return None
    values = context.domains.all_numbers(score.value)
    if values is not None:
        return (min(values), max(values)) if values else None
    low, high = min((*some, score.low)), max((*some, score.high))
    low = low if type.low is None else max(low, type.low)
    high = high if type.high is None else min(high, type.high)
    return low, high


def _range_as_asked(score: Score, questionnaire: Questionnaire, context: Context) -> tuple[Fraction, Fraction] | None:
    """The ends where some items are asked for some answers alone; None where none are, or where there are too many cases."""
    items, sum = context.domains.asked(questionnaire), context.domains.of_score(questionnaire, score)
    if not items or not isinstance(sum, Sum):
        return None
    # Nothing leads beyond what the items can give one by one, so where some answers lead to both ends, those are the ends.
    widest, some = real_range(score, questionnaire), context.domains.some_values(questionnaire, score)
    if widest is not None and some.issuperset(widest):
        return widest
    values = possible_values(sum, items, answered_in_full=True)
    return (min(values), max(values)) if values else None


def _beyond(score: Score, questionnaire: Questionnaire, context: Context) -> Fraction | None:
    """A value outside of the range, to which answers that are missing can lead where items have different scales."""
    sum = context.domains.of_score(questionnaire, score)
    low, high = sum.type.low, sum.type.high
    within = low is not None and high is not None and score.low <= low and high <= score.high
    items = context.domains.asked(questionnaire)
    values = possible_values(sum, items) if isinstance(sum, Sum) and not within else None
    if not values:
        return None
    return next((value for value in (max(values), min(values)) if not score.low <= value <= score.high), None)


def real_range(score: Score, questionnaire: Questionnaire) -> tuple[Fraction, Fraction] | None:
    """The lowest and highest value that complete answers can give; None where items or options are missing, which others
    report."""
    if score.method == "expression" or not score.items:
        return None
    items = {item.id: item for item in questionnaire.items}
    lows: list[Fraction] = []
    highs: list[Fraction] = []
    for id in score.items:
        options = items[id].options if id in items else ()
        values = [option.value for option in options if isinstance(option.value, int)]
        if not values:
            return None
        weight = score.weights.get(id, Fraction(1)) if score.method == "weighted" else Fraction(1)
        ends = sorted((min(values) * weight, max(values) * weight))
        lows.append(ends[0])
        highs.append(ends[1])
    divisor = len(score.items) if score.method == "mean" else 1
    return sum(lows, Fraction(0)) / divisor, sum(highs, Fraction(0)) / divisor
