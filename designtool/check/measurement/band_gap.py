"""Scores that no band covers."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.questionnaire import Score

RULE = Rule(
    name="band-gap",
    severity=Severity.ERROR,
    title=Text("Poäng som inte hör till något intervall", "Scores that belong to no band"),
    why=Text(
        "Varje intervall gäller tills nästa börjar. Börjar det första inte vid lägsta poängen, eller står de i fel ordning, finns det patienter vars poäng inte betyder något.",
        "Each band lasts until the next begins. If the first does not begin at the lowest score, or they stand in the wrong order, there are patients whose score means nothing.",
    ),
    messages={
        "start": Text(
            "poängen från {low} till {start} hör inte till något intervall",
            "scores from {low} to {start} belong to no band",
        ),
        "order": Text(
            "intervallet börjar vid {start}, men det förra började vid {before}",
            "the band begins at {start}, but the one before began at {before}",
        ),
        "outside": Text(
            "intervallet börjar vid {start}, som är utanför poängen {low} till {high}",
            "the band begins at {start}, which is outside the scores {low} to {high}",
        ),
    },
    helps={
        "start": Text("låt det första intervallet börja vid {low}", "let the first band begin at {low}"),
        "order": Text("skriv intervallen i stigande ordning", "write the bands in ascending order"),
        "outside": Text("ta bort intervallet, eller rätta from", "take the band away, or mend from"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-      - from: 0
+      - from: 1
""",
    good="",  # The minimal program as it is.
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires:
        for score in questionnaire.scores:
            yield from _gaps(score, context)


def _gaps(score: Score, context: Context) -> Iterator[Diagnostic]:
    if score.low >= score.high:
        # The range itself is wrong, and has a finding of its own: nothing follows from it.
        return
    for index, band in enumerate(score.bands):
        place = context.span(score.origin, "bands", index, "from")
        if index == 0 and band.start > score.low:
            yield RULE.at(place, "start", low=score.low, start=band.start)
        elif index and band.start <= score.bands[index - 1].start:
            yield RULE.at(place, "order", start=band.start, before=score.bands[index - 1].start)
        elif not score.low <= band.start <= score.high:
            yield RULE.at(place, "outside", start=band.start, low=score.low, high=score.high)
