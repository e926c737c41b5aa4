"""A week's value that is worked out from one day of a diary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.expressions.evaluate import branches
from designtool.expressions.expression import Expression
from designtool.model.exercise import Exercise

RULE = Rule(
    name="sum-of-one-day",
    severity=Severity.ERROR,
    title=Text("Ett veckovärde av en enda dag", "A week's value of a single day"),
    why=Text(
        "Dagbokens svar utan last är den senaste dagens. En summa eller ett medelvärde av det är samma dag igen, och ser ändå ut som veckans: då ändras sömnfönstret efter en enda natt.",
        "An answer of a diary without last is that of the latest day. A sum or a mean of it is that day again, and yet looks like the week's: then a sleep window changes after one night.",
    ),
    messages={
        "default": Text(
            "{function} får bara den senaste dagens {name}", "{function} is given the {name} of the latest day alone"
        ),
    },
    helps={
        "default": Text(
            "skriv {function}({diary}last(7).{name}) för de senaste sju dagarna",
            "write {function}({diary}last(7).{name}) for the last seven days",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_dagbok.yaml --
title: Min dagbok
kind: diary
entry:
  per: day
fields:
  - id: lugn
    type: scale
    label: Hur lugn har dagen varit?
    min: 0
    max: 10
summary:
  - id: veckans_lugn
    label: Veckans lugn
    value: mean(lugn)
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} min_dagbok
+:::
""",
    good="""\
-- modules/01-start/exercises/min_dagbok.yaml --
title: Min dagbok
kind: diary
entry:
  per: day
fields:
  - id: lugn
    type: scale
    label: Hur lugn har dagen varit?
    min: 0
    max: 10
summary:
  - id: veckans_lugn
    label: Veckans lugn
    value: mean(last(7).lugn)
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} min_dagbok
+:::
""",
)

SUMMING_UP = frozenset({"sum", "mean", "min", "max"})
"""What makes one value of many."""


def check(context: Context) -> Iterator[Diagnostic]:
    diaries = {one.id: one for one in context.exercises if one.kind == "diary"}
    for expression, place, own in _expressions(context) if context.is_whole else ():
        for function, form, name in _single(expression.tree):
            if form in diaries and name not in {one.id for one in diaries[form].summary}:
                diary = "" if form == own else f"{form}."
                yield RULE.at(place, function=function, name=name, diary=diary)
                # Who forgot it once in an expression forgot it everywhere in it.
                break


def _single(tree: Sequence[Any]) -> Iterator[tuple[str, str, str]]:
    """Each function that sums up one answer by its name: the function, and the form and name of the answer."""
    if tree[0] == "call" and tree[1] in SUMMING_UP and len(tree) == 3 and tree[2][0] == "ref":
        yield tree[1], tree[2][1], tree[2][2]
    for part in branches(tree):
        yield from _single(part)


def _expressions(context: Context) -> Iterator[tuple[Expression, Span, str]]:
    """Where a week's value may stand: the expression, its place, and the form whose names stand bare in it."""
    for block in context.blocks:
        if block.condition is not None:
            yield block.condition, block.spans.get("argument", block.span), ""
    for module in context.program.modules if context.program is not None else ():
        if module.unlock.when is not None:
            yield module.unlock.when, context.span(module.origin, "unlock", "when"), ""
    for exercise in context.exercises:
        yield from _expressions_of(exercise, context)


def _expressions_of(exercise: Exercise, context: Context) -> Iterator[tuple[Expression, Span, str]]:
    for worked_out in (*exercise.computed, *exercise.summary):
        yield worked_out.value, context.span(worked_out.origin, "value"), exercise.id
    for constraint in exercise.constraints:
        yield constraint.condition, context.span(constraint.origin, "assert"), exercise.id
    for flag in exercise.flags:
        yield flag.when, context.span(flag.origin, "when"), exercise.id
    if exercise.decision is not None:
        for key in ("measure", "start", "hold_if", "lock_if"):
            expression = getattr(exercise.decision, key)
            if expression is not None:
                yield expression, context.span(exercise.decision.origin, key), exercise.id
