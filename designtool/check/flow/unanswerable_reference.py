"""An answer that is read where nobody can have given it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.expressions.expression import Expression
from designtool.expressions.trees import references_of
from designtool.model.assemble_pages import walk, walk_inlines
from designtool.model.exercise import Exercise, Field
from designtool.model.module import Module
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire

RULE = Rule(
    name="unanswerable-reference",
    severity=Severity.ERROR,
    title=Text("Ett svar som patienten inte kan ha gett", "An answer that the patient cannot have given"),
    why=Text(
        "Ett villkor på ett svar som inte finns visar ingenting, och ett svar som ska stå i texten blir tomt. Fråga först, och använd svaret sedan.",
        "A condition on an answer that does not exist shows nothing, and an answer that should stand in the text is empty. Ask first, and use the answer after that.",
    ),
    messages={
        "never": Text(
            'svaret hämtas från "{id}", som programmet aldrig frågar efter',
            'the answer comes from "{id}", which the program never asks for',
        ),
        "at-the-end": Text(
            'svaret hämtas från "{id}", som mäts först när programmet är slut',
            'the answer comes from "{id}", which is not measured before the program is over',
        ),
        "once": Text(
            '{function} jämför med ett tidigare svar, men "{id}" fylls bara i en gång',
            '{function} compares with an earlier answer, but "{id}" is filled in only once',
        ),
        "later": Text(
            'svaret hämtas från "{id}", som patienten möter först i modulen "{module}"',
            'the answer comes from "{id}", which the patient does not meet before the module "{module}"',
        ),
    },
    helps={
        "never": Text(
            "planera mätningen under measurements:, eller visa den på en sida med :::{{{directive}}} {id}",
            "plan the measurement under measurements:, or show it on a page with :::{{{directive}}} {id}",
        ),
        "at-the-end": Text(
            "planera en mätning under behandlingen också", "plan a measurement during the treatment too"
        ),
        "once": Text(
            "planera flera mätningar, eller skriv fill: whenever i övningen",
            "plan several measurements, or write fill: whenever in the exercise",
        ),
        "later": Text(
            "använd något som besvaras i den här modulen eller tidigare",
            "use something that is answered in this module or an earlier one",
        ),
    },
    bad="""\
-- program.yaml (change) --
-measurements:
-  - questionnaire: min_koll
-    at: [start, every week, end]
-    window_days: 3
-retention: agreed
+retention: agreed
-- modules/02-slut/module.yaml --
title: Slut
goal: Du har kommit en bit.
minutes: 20
homework:
  - min_koll
-- modules/02-slut/therapist.md --
Läs svaren.
-- modules/02-slut/10-sida.md --
---
title: Sista sidan
---
Här kommer några frågor.

:::{questionnaire} min_koll
:::
-- modules/01-start/10-sida.md (change) --
+
+:::{if} min_koll.q1 >= 1
+Vila en stund.
+:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
+
+:::{if} min_koll.q1 >= 1
+Vila en stund.
+:::
""",
)

_Read = tuple[str, Span]
"""Form and place."""
_Stated = tuple[Expression, Span]
_COMPARES = frozenset({"change", "previous"})


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    asked, late = _asked(program), _measured_at_the_end(program)
    following = {module.id: _following(module.id, program) for module in program.modules}
    for module in program.modules:
        stated = tuple(_stated_in_module(module, program, context))
        for form, place in (*_reads(stated), *_named_in_module(module, program, context)):
            if form not in asked:
                directive = "exercise" if form in program.exercise else "questionnaire"
                yield RULE.at(place, "never", id=form, directive=directive)
            elif not asked[form]:
                if form in late:
                    yield RULE.at(place, "at-the-end", id=form)
            elif all(one in following[module.id] for one in asked[form]):
                first = next(one for one in program.modules if one.id in asked[form])
                yield RULE.at(place, "later", id=form, module=first.title)
        for expression, place in stated:
            for function, form in dict.fromkeys(_compared(expression.tree)):
                if _is_filled_once(form, program):
                    yield RULE.at(place, "once", id=form, function=f"{function}()")

    for questionnaire in context.questionnaires:
        for form, place in _reads(tuple(_stated_in_questionnaire(questionnaire, context))):
            if form not in asked and form != questionnaire.id:
                directive = "exercise" if form in program.exercise else "questionnaire"
                yield RULE.at(place, "never", id=form, directive=directive)


def _stated_in_questionnaire(questionnaire: Questionnaire, context: Context) -> Iterator[_Stated]:
    for flag in questionnaire.flags:
        yield flag.when, context.span(flag.origin, "when")
    for score in questionnaire.scores:
        yield from _if_any(score.value, context.span(score.origin, "value"))


def _asked(program: Program) -> dict[str, frozenset[str]]:
    """Each form that is ever filled in, with the modules that ask for it; none where it does not wait for a module."""
    found = {form: frozenset(modules) for form, modules in program.modules_with.items()}
    for exercise in program.exercises:
        # What a therapist fills in or confirms can be there at any time.
        if exercise.kind == "decision" or exercise.filled_by == "therapist":
            found[exercise.id] = frozenset()
        elif exercise.active is not None:
            found[exercise.id] = found.get(exercise.id, frozenset()) | {exercise.active.start}
    late = _measured_at_the_end(program)
    for measurement in program.measurements:
        if measurement.questionnaire not in late or measurement.questionnaire not in found:
            found[measurement.questionnaire] = frozenset()
    return found


def _measured_at_the_end(program: Program) -> frozenset[str]:
    """Questionnaires whose every planned measurement is at the end or after it."""
    occasions: dict[str, set[str]] = {}
    for measurement in program.measurements:
        occasions.setdefault(measurement.questionnaire, set()).update(one.kind for one in measurement.at)
    return frozenset(form for form, kinds in occasions.items() if kinds <= {"end", "after-end"})


def _following(id: str, program: Program) -> frozenset[str]:
    """The modules that cannot open before this one is done."""
    found = {id}
    for module in program.modules:
        if module.unlock.after in found:
            found.add(module.id)
    return frozenset(found - {id})


def _stated_in_module(module: Module, program: Program, context: Context) -> Iterator[_Stated]:
    """Each condition and value that stands in the module, but what its own door asks, which is a rule of its own."""
    yield from _if_any(module.show_if, context.span(module.origin, "show_if"))
    for page in module.pages:
        yield from _if_any(page.show_if, context.span(page.origin, "show_if"))
        for block in walk(page.blocks):
            yield from _if_any(block.condition, block.spans.get("argument", block.span))
    for exercise in program.exercises:
        if program.modules_with.get(exercise.id, ("",))[0] == module.id:
            yield from _stated_in_exercise(exercise, context)


def _stated_in_exercise(exercise: Exercise, context: Context) -> Iterator[_Stated]:
    for field in exercise.fields:
        yield from _if_any(field.show_if, context.span(field.origin, "show_if"))
    decision = exercise.decision
    for computed in (*exercise.computed, *exercise.summary, *(decision.computed if decision is not None else ())):
        yield computed.value, context.span(computed.origin, "value")
    for flag in exercise.flags:
        yield flag.when, context.span(flag.origin, "when")
    for constraint in exercise.constraints:
        yield constraint.condition, context.span(constraint.origin, "assert")
    if decision is not None:
        yield decision.measure, context.span(decision.origin, "measure")
        yield decision.start, context.span(decision.origin, "start")
        yield from _if_any(decision.hold_if, context.span(decision.origin, "hold_if"))
        yield from _if_any(decision.lock_if, context.span(decision.origin, "lock_if"))


def _named_in_module(module: Module, program: Program, context: Context) -> Iterator[_Read]:
    """Answers that are shown or taken over without an expression."""
    for page in module.pages:
        for block in walk(page.blocks):
            form = block.argument.split(".")[0]
            if block.kind in ("chart", "review") and (form in program.exercise or form in program.questionnaire):
                yield form, block.spans.get("argument", block.span)
            for inline in walk_inlines(block.inlines):
                if inline.kind in ("answer", "score"):
                    yield inline.text.split(".")[0], inline.span
    for exercise in program.exercises:
        if program.modules_with.get(exercise.id, ("",))[0] == module.id:
            for field in exercise.fields:
                for one in (field, *field.columns):
                    yield from _named_in_field(one, exercise, context)


def _named_in_field(field: Field, exercise: Exercise, context: Context) -> Iterator[_Read]:
    for key, reference in (
        ("prefill", field.prefill),
        ("options_from", field.options_from),
        ("rows_from", field.rows_from),
    ):
        form = reference.split(".")[0]
        if form and form != exercise.id:
            yield form, context.span(field.origin, key)


def _if_any(expression: Expression | None, place: Span) -> Iterator[_Stated]:
    if expression is not None:
        yield expression, place


def _reads(stated: tuple[_Stated, ...]) -> Iterator[_Read]:
    for expression, place in stated:
        for form in dict.fromkeys(form for form, _ in expression.references):
            yield form, place


def _compared(tree: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Each function that needs an earlier answer, with the form whose answer it compares."""
    if tree[0] == "call" and tree[1] in _COMPARES:
        yield tree[1], next(form for form, _ in references_of(tree))
    for part in tree[1:]:
        if isinstance(part, tuple) and tree[0] != "column":
            yield from _compared(part)


def _is_filled_once(form: str, program: Program) -> bool:
    exercise = program.exercise.get(form)
    if exercise is not None:
        return exercise.kind == "worksheet" and exercise.fill == "once" and exercise.filled_by == "patient"
    occasions = [one for planned in program.measurements if planned.questionnaire == form for one in planned.at]
    again = len(occasions) > 1 or any(one.kind in ("every", "before-module") for one in occasions)
    return not again and len(program.modules_with.get(form, ())) + len(occasions) <= 1
