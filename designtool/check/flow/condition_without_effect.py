"""A condition that no answers meet, or that every answer meets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from designtool.check.context import Context
from designtool.check.domains import answers_in_words, method_in_words
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.expressions.evaluate import branches
from designtool.expressions.expression import Expression
from designtool.expressions.trees import references_of
from designtool.model.exercise import Exercise

RULE = Rule(
    name="condition-without-effect",
    severity=Severity.ERROR,
    title=Text("Ett villkor som aldrig eller alltid är uppfyllt", "A condition that is never or always met"),
    why=Text(
        "Det som hänger på villkoret visas aldrig, öppnas aldrig eller spärras aldrig, eller så gör det alltid det. Oftast är en gräns fel, eller så står and där det skulle stå or.",
        "What depends on the condition is never shown, opened or held back, or always is. Mostly a limit is wrong, or there is an and where an or was meant.",
    ),
    messages={
        "never": Text(
            "inga svar uppfyller villkoret ({method_sv}); till exempel {answers} gör det inte",
            "no answers meet the condition ({method_en}); {answers}, for example, does not",
        ),
        "never-without-example": Text(
            "inga svar uppfyller villkoret ({method_sv})", "no answers meet the condition ({method_en})"
        ),
        "always": Text(
            "alla svar uppfyller villkoret ({method_sv}), till exempel {answers}",
            "all answers meet the condition ({method_en}), for example {answers}",
        ),
        "always-without-example": Text(
            "villkoret är uppfyllt vad som än svaras ({method_sv})",
            "the condition is met whatever is answered ({method_en})",
        ),
    },
    helps={
        "never": Text("ändra gränserna, eller skriv or i stället för and", "change the limits, or write or for and"),
        "never-without-example": Text("ändra villkoret", "change the condition"),
        "always": Text("ändra gränserna, eller ta bort villkoret", "change the limits, or take the condition away"),
        "always-without-example": Text(
            "ändra gränserna, eller skriv answered(x) om det räcker att det finns ett svar",
            "change the limits, or write answered(x) if it is enough that there is an answer",
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
+
+:::{if} min_koll.q1 == 0 and min_koll.q1 == 2
+Vila en stund.
+:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
+
+:::{if} min_koll.q1 == 0 or min_koll.q1 == 2
+Vila en stund.
+:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    if not context.is_whole:
        return
    for expression, place, own in _conditions(context):
        proof = context.domains.proof(expression)
        if proof.kind in ("never-met", "always-met"):
            yield _finding(
                proof.kind.removesuffix("-met"), answers_in_words(proof, expression, own), place, method_in_words(proof)
            )
    for expression, place, own in _values(context):
        for condition in _chosen_by(expression.tree):
            proof = context.domains.proof(condition)
            if proof.kind in ("never-met", "always-met"):
                answers = answers_in_words(proof, condition, own)
                yield _finding(proof.kind.removesuffix("-met"), answers, place, method_in_words(proof))
    for form in context.forms:
        for flag in form.flags:
            # One that is never raised is a rule of its own, which no exception silences.
            proof = context.domains.proof(flag.when)
            if proof.kind == "always-met":
                answers = answers_in_words(proof, flag.when, form.id)
                yield _finding("always", answers, context.span(flag.origin, "when"), method_in_words(proof))


def _finding(variant: str, answers: str, place: Span, method: Text) -> Diagnostic:
    whole = variant if answers else f"{variant}-without-example"
    return RULE.at(place, whole, answers=answers, method_sv=method.sv, method_en=method.en)


def _conditions(context: Context) -> Iterator[tuple[Expression, Span, str]]:
    """Each condition but those of flags, its place, and the form whose names stand bare in it."""
    for block in context.blocks:
        if block.condition is not None:
            yield block.condition, block.spans.get("argument", block.span), ""
    for page in context.pages:
        if page.show_if is not None:
            yield page.show_if, context.span(page.origin, "show_if"), ""
    for module in context.program.modules if context.program is not None else ():
        if module.show_if is not None:
            yield module.show_if, context.span(module.origin, "show_if"), ""
        if module.unlock.when is not None:
            yield module.unlock.when, context.span(module.origin, "unlock", "when"), ""
    for questionnaire in context.questionnaires:
        for item in questionnaire.items:
            if item.show_if is not None:
                yield item.show_if, context.span(item.origin, "show_if"), questionnaire.id
    for exercise in context.exercises:
        yield from _conditions_of(exercise, context)


def _values(context: Context) -> Iterator[tuple[Expression, Span, str]]:
    """Each value that is worked out, its place, and the form whose names stand bare in it."""
    for questionnaire in context.questionnaires:
        for score in questionnaire.scores:
            if score.value is not None:
                yield score.value, context.span(score.origin, "value"), questionnaire.id
    for exercise in context.exercises:
        for computed in (*exercise.computed, *exercise.summary):
            yield computed.value, context.span(computed.origin, "value"), exercise.id


def _chosen_by(tree: Sequence[Any]) -> Iterator[Expression]:
    """The condition of each `if(...)` inside a value."""
    if tree[0] == "if":
        names = tuple(sorted(set(references_of(tree[1]))))
        yield Expression("", tree[1], "truth", names)
    for part in branches(tree):
        yield from _chosen_by(part)


def _conditions_of(exercise: Exercise, context: Context) -> Iterator[tuple[Expression, Span, str]]:
    for field in exercise.fields:
        for one in (field, *field.columns):
            if one.show_if is not None:
                yield one.show_if, context.span(one.origin, "show_if"), exercise.id
    for constraint in exercise.constraints:
        yield constraint.condition, context.span(constraint.origin, "assert"), exercise.id
    decision = exercise.decision
    if decision is not None:
        for key, condition in (("hold_if", decision.hold_if), ("lock_if", decision.lock_if)):
            if condition is not None:
                yield condition, context.span(decision.origin, key), exercise.id
