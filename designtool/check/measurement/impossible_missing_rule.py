"""A rule for missing answers that cannot be kept, or that says two things."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="impossible-missing-rule",
    severity=Severity.ERROR,
    title=Text("En regel för saknade svar som inte går ihop", "A rule for missing answers that does not add up"),
    why=Text(
        "Krävs fler svar än det finns frågor blir det aldrig någon poäng, och därmed varken nivå eller flagga. Kräver regeln alla svar kan den inte också nöja sig med färre.",
        "When more answers are needed than there are items, there is never a score, and so neither a band nor a flag. A rule that needs every answer cannot also be content with fewer.",
    ),
    messages={
        "too-many": Text(
            "minst {at_least} svar krävs, men poängen har {count} frågor: med alla besvarade blir det ändå ingen poäng",
            "at least {at_least} answers are needed, but the score has {count} items: with all of them answered there is still no score",
        ),
        "all": Text(
            "require-all kräver alla {count} svar, men at_least säger {at_least}",
            "require-all needs all {count} answers, but at_least says {at_least}",
        ),
        "minus": Text(
            'frågan "{id}" har en vikt under noll, så poängen kan inte räknas upp när svar saknas',
            'the item "{id}" has a weight below zero, so the score cannot be prorated when answers are missing',
        ),
    },
    helps={
        "too-many": Text("skriv at_least: {count} eller lägre", "write at_least: {count} or lower"),
        "minus": Text("skriv rule: require-all", "write rule: require-all"),
        "all": Text("ta bort at_least, eller skriv rule: prorate", "take at_least away, or write rule: prorate"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-      rule: require-all
-      at_least: 2
+      rule: prorate
+      at_least: 3
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-      rule: require-all
-      at_least: 2
+      rule: prorate
+      at_least: 1
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires if context.is_whole else ():
        for score in questionnaire.scores:
            count, at_least = len(set(score.items)), score.missing.at_least
            place = context.span(score.origin, "missing", "at_least")
            below_zero = next((id for id in score.items if score.weights.get(id, 0) < 0), None)
            if count and at_least > count:
                yield RULE.at(place, "too-many", at_least=at_least, count=count)
            elif count and score.missing.rule == "require-all" and at_least < count:
                yield RULE.at(place, "all", at_least=at_least, count=count)
            elif score.missing.rule != "require-all" and score.method == "weighted" and below_zero is not None:
                # What the others weigh says nothing of how much is missing: plus and minus can even come out at zero.
                yield RULE.at(context.span(score.origin, "missing", "rule"), "minus", id=below_zero)
