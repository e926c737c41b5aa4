"""A published cut-off that every score meets, or none."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.values import decimal_text
from designtool.model.questionnaire import Score

RULE = Rule(
    name="threshold-outside-range",
    severity=Severity.ERROR,
    title=Text("Ett gränsvärde som poängen inte kan passera", "A threshold that the score cannot pass"),
    why=Text(
        "Behandlaren ser om gränsvärdet är nått. Ligger det utanför poängen är svaret alltid ja eller alltid nej, och säger ingenting om patienten. Oftast är det ett skrivfel, eller så gäller gränsen en annan poäng.",
        "The therapist sees whether the threshold is met. When it lies outside the scores the answer is always yes or always no, and says nothing of the patient. Mostly it is a slip, or the limit of another score.",
    ),
    messages={
        "always": Text(
            "gränsvärdet {side} {at} nås av alla poäng från {low} till {high}, till exempel {example}",
            "the threshold {side} {at} is met by every score from {low} to {high}, {example} for example",
        ),
        "never": Text(
            "gränsvärdet {side} {at} nås av ingen poäng från {low} till {high}, inte heller av {example}",
            "the threshold {side} {at} is met by no score from {low} to {high}, not by {example} either",
        ),
        "change": Text(
            "förändringen {at} är större än hela poängen, som går från {low} till {high}",
            "the change {at} is more than the whole score, which goes from {low} to {high}",
        ),
        "any-change": Text(
            "med reliable_change: 0 räknas varje förändring som säker, även ingen alls",
            "with reliable_change: 0 every change counts as reliable, even none at all",
        ),
    },
    helps={
        "always": Text("skriv gränsvärdet ur källan", "write the threshold of the source"),
        "never": Text("skriv gränsvärdet ur källan", "write the threshold of the source"),
        "change": Text("skriv förändringen ur källan", "write the change of the source"),
        "any-change": Text(
            "skriv förändringen ur källan, eller ta bort reliable_change",
            "write the change of the source, or take reliable_change away",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    range: [0, 4]
+    range: [0, 4]
+    clinical_threshold:
+      from: 10
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-    range: [0, 4]
+    range: [0, 4]
+    clinical_threshold:
+      from: 3
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for score in questionnaire.scores:
            # A range that is written backwards is a finding of its own.
            if score.low < score.high:
                yield from _findings(score, context)


def _findings(score: Score, context: Context) -> Iterator[Diagnostic]:
    low, high = decimal_text(score.low), decimal_text(score.high)
    threshold = score.clinical_threshold
    if threshold is not None:
        lowest, highest = threshold.is_met_by(score.low), threshold.is_met_by(score.high)
        if lowest == highest:
            variant = "always" if lowest else "never"
            nearest = score.high if (threshold.side == "from") != lowest else score.low
            yield RULE.at(
                context.span(score.origin, "clinical_threshold", threshold.side),
                variant,
                side=threshold.side,
                at=decimal_text(threshold.at),
                low=low,
                high=high,
                example=decimal_text(nearest),
            )
    change = score.reliable_change
    if change is not None and (change == 0 or change > score.high - score.low):
        place = context.span(score.origin, "reliable_change")
        yield RULE.at(place, "change" if change else "any-change", at=decimal_text(change), low=low, high=high)
