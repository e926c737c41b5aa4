"""A band that no answers lead to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.prove import Sum, possible_values
from designtool.expressions.values import decimal_text
from designtool.model.questionnaire import Band, Score

RULE = Rule(
    name="band-never-reached",
    severity=Severity.ERROR,
    title=Text("Ett intervall som ingen poäng hamnar i", "A band that no score falls into"),
    why=Text(
        "Ett intervall som inga svar leder till har oftast fått fel gräns, eller så räknas frågorna på ett annat sätt än det är tänkt.",
        "A band that no answers lead to mostly has a wrong limit, or the items are counted in another way than was meant.",
    ),
    messages={
        "default": Text(
            'inga svar ger poäng i intervallet "{label}"; närmast under kommer {below}, närmast över {above}',
            'no answers give a score in the band "{label}"; the nearest below is {below}, the nearest above {above}',
        ),
        "top": Text(
            'inga svar ger poäng i intervallet "{label}"; högst blir poängen {below}',
            'no answers give a score in the band "{label}"; the score is at most {below}',
        ),
    },
    helps={
        "default": Text("rätta from, eller ta bort intervallet", "mend from, or take the band away"),
        "top": Text("rätta from, eller ta bort intervallet", "mend from, or take the band away"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-      - from: 3
-        label: Hög
+      - from: 2.2
+        label: Måttlig
+      - from: 2.7
+        label: Hög
""",
    good="",  # The minimal program as it is.
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for score in questionnaire.scores:
            sum = context.domains.of_score(questionnaire, score)
            # Bands in a wrong order are a gap, which says more.
            starts = [band.start for band in score.bands]
            if not isinstance(sum, Sum) or len(starts) < 2 or starts != sorted(set(starts)):
                continue
            items = context.domains.asked(questionnaire)
            if not _never_reached(score, context.domains.some_values(questionnaire, score)):
                continue
            values = possible_values(sum, items)
            for index, band in _never_reached(score, values) if values else ():
                yield _finding(index, band, score, values or frozenset(), context)


def _never_reached(score: Score, values: frozenset[Fraction]) -> list[tuple[int, Band]]:
    """The bands that none of these values is in, but for those outside of the range, which are a gap."""
    starts = [band.start for band in score.bands]
    reached = {max((start for start in starts if start <= value), default=None) for value in values}
    return [
        (index, band)
        for index, band in enumerate(score.bands)
        if score.low <= band.start <= score.high and band.start not in reached
    ]


def _finding(index: int, band: Band, score: Score, values: frozenset[Fraction], context: Context) -> Diagnostic:
    below = [value for value in values if value < band.start]
    above = [value for value in values if value >= band.start]
    return RULE.at(
        context.span(score.origin, "bands", index, "from"),
        "default" if above and below else "top",
        label=band.label,
        below=decimal_text(max(below, default=score.low)),
        above=decimal_text(min(above, default=score.high)),
    )
