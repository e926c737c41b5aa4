"""An answer that is read where nobody can have given it."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.expressions.expression import Expression
from designtool.model.assemble_pages import walk, walk_inlines
from designtool.model.exercise import Exercise, Field
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Program

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


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    asked = _asked(program)
    following = {module.id: _following(module.id, program) for module in program.modules}
    for module in program.modules:
        for form, place in _reads_of_module(module, program, context):
            if form in asked and not asked[form]:
                continue
            if form not in asked:
                directive = "questionnaire" if form in program.questionnaire else "exercise"
                yield RULE.at(place, "never", id=form, directive=directive)
            elif all(one in following[module.id] for one in asked[form]):
                first = next(one for one in program.modules if one.id in asked[form])
                yield RULE.at(place, "later", id=form, module=first.title)


def _asked(program: Program) -> dict[str, frozenset[str]]:
    """Each form that is ever filled in, with the modules that ask for it; none where it does not wait for a module."""
    found = {form: frozenset(modules) for form, modules in program.modules_with.items()}
    for exercise in program.exercises:
        # What a therapist fills in or confirms can be there at any time.
        if exercise.kind == "decision" or exercise.filled_by == "therapist":
            found[exercise.id] = frozenset()
        elif exercise.active is not None:
            found[exercise.id] = found.get(exercise.id, frozenset()) | {exercise.active.start}
    return {**found, **{measurement.questionnaire: frozenset() for measurement in program.measurements}}


def _following(id: str, program: Program) -> frozenset[str]:
    """The modules that cannot open before this one is done."""
    found = {id}
    for module in program.modules:
        if module.unlock.after in found:
            found.add(module.id)
    return frozenset(found - {id})


def _reads_of_module(module: Module, program: Program, context: Context) -> Iterator[_Read]:
    yield from _reads(module.show_if, context.span(module.origin, "show_if"))
    for page in module.pages:
        yield from _reads(page.show_if, context.span(page.origin, "show_if"))
        yield from _reads_of_page(page, program)
    for exercise in program.exercises:
        if program.modules_with.get(exercise.id, ("",))[0] == module.id:
            yield from _reads_of_exercise(exercise, context)


def _reads_of_page(page: Page, program: Program) -> Iterator[_Read]:
    for block in walk(page.blocks):
        place = block.spans.get("argument", block.span)
        yield from _reads(block.condition, place)
        form = block.argument.split(".")[0]
        if block.kind in ("chart", "review") and (form in program.exercise or form in program.questionnaire):
            yield form, place
        for inline in walk_inlines(block.inlines):
            if inline.kind in ("answer", "score"):
                yield inline.text.split(".")[0], inline.span


def _reads_of_exercise(exercise: Exercise, context: Context) -> Iterator[_Read]:
    for field in exercise.fields:
        yield from _reads_of_field(field, exercise, context)
        for column in field.columns:
            yield from _reads_of_field(column, exercise, context)


def _reads_of_field(field: Field, exercise: Exercise, context: Context) -> Iterator[_Read]:
    for form, place in _reads(field.show_if, context.span(field.origin, "show_if")):
        if form != exercise.id:
            yield form, place
    for key, reference in (
        ("prefill", field.prefill),
        ("options_from", field.options_from),
        ("rows_from", field.rows_from),
    ):
        form = reference.split(".")[0]
        if form and form != exercise.id:
            yield form, context.span(field.origin, key)


def _reads(expression: Expression | None, place: Span) -> Iterator[_Read]:
    for form in dict.fromkeys(form for form, _ in expression.references) if expression is not None else ():
        yield form, place
