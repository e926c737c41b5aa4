"""An item that counts as something that nobody can answer."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.check.domains import can_count_as_hidden
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="when-hidden-not-an-answer",
    severity=Severity.ERROR,
    title=Text(
        "En dold fråga räknas som ett svar som inte finns", "A hidden item counts as an answer that is not there"
    ),
    why=Text(
        "when_hidden säger vilket av frågans egna svar som gäller när den inte ställs. Ett annat tal ger en poäng som ingen kan få genom att svara.",
        "when_hidden says which of the item's own answers holds when it is not asked. Another number gives a score nobody can have by answering.",
    ),
    messages={
        "default": Text(
            '"{id}" räknas som {value} när den är dold, men svaren är {values}',
            '"{id}" counts as {value} when hidden, but its answers are {values}',
        ),
        "field": Text(
            '"{id}" räknas som {value} när det är dolt, men det är inget svar på fältet',
            '"{id}" counts as {value} when hidden, but that is no answer to the field',
        ),
        "always-shown": Text(
            '"{id}" har when_hidden men inget show_if, så den är aldrig dold',
            '"{id}" has when_hidden but no show_if, so it is never hidden',
        ),
    },
    helps={
        "default": Text(
            "skriv ett av talen {values}, eller ta bort when_hidden", "write one of {values}, or take when_hidden away"
        ),
        "field": Text(
            "skriv ett svar som fältet kan ha, eller ta bort when_hidden",
            "write an answer that the field can have, or take when_hidden away",
        ),
        "always-shown": Text(
            "skriv när frågan ställs, eller ta bort when_hidden",
            "write when the item is asked, or take when_hidden away",
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+    show_if: q1 >= 1
+    when_hidden: 5
+scores:
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+    show_if: q1 >= 1
+    when_hidden: 0
+scores:
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    # A condition that could not be read has a finding of its own.
    for questionnaire in context.questionnaires if context.is_whole else ():
        for item in questionnaire.items:
            if item.when_hidden is None:
                continue
            place = context.span(item.origin, "when_hidden")
            values = [option.value for option in item.options]
            if item.show_if is None:
                yield RULE.at(place, "always-shown", id=item.id)
            elif values and item.when_hidden not in values:
                yield RULE.at(
                    place, id=item.id, value=str(item.when_hidden), values=", ".join(str(value) for value in values)
                )
    for exercise in context.exercises if context.is_whole else ():
        for field in exercise.fields:
            if field.when_hidden is None:
                continue
            place = context.span(field.origin, "when_hidden")
            if field.show_if is None:
                yield RULE.at(place, "always-shown", id=field.id)
            elif not can_count_as_hidden(field):
                yield RULE.at(place, "field", id=field.id, value=_written(field.when_hidden))


def _written(value: object) -> str:
    return {"True": "true", "False": "false"}.get(str(value), str(value))
