"""What a therapist has filled in, on a page that the patient reads."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.model.assemble_pages import walk_inlines
from designtool.model.exercise import Exercise, Field
from designtool.model.page import Block
from designtool.model.program import Program

RULE = Rule(
    name="withheld-answer-shown",
    severity=Severity.ERROR,
    title=Text("Behandlarens svar visas för patienten", "A therapist's answers are shown to the patient"),
    why=Text(
        "Det som en behandlare fyller i är en bedömning. Den kan styra vad patienten ser, men visas inte för patienten om du inte "
        "har sagt att den får det.",
        "What a therapist fills in is an assessment. It can decide what the patient sees, but is not shown to the patient unless "
        "you have said that it may be.",
    ),
    messages={
        "default": Text(
            'svaren i "{id}" fylls i av behandlaren, och skulle visas för patienten',
            'the answers in "{id}" are filled in by the therapist, and would be shown to the patient',
        ),
    },
    helps={
        "default": Text(
            "skriv shown_to_patient: true i övningen om patienten får se dem, eller lägg det i :::{{therapist}}",
            "write shown_to_patient: true in the exercise if the patient may see them, or put it inside :::{{therapist}}",
        ),
    },
    bad="""\
-- exercises/bedomning.yaml --
title: Bedömning
kind: worksheet
filled_by: therapist
fields:
  - id: slutsats
    type: text
    label: Slutsats
-- modules/01-start/10-sida.md (change) --
+
+:::{review} bedomning
+:::
""",
    good="""\
-- exercises/bedomning.yaml --
title: Bedömning
kind: worksheet
filled_by: therapist
shown_to_patient: true
fields:
  - id: slutsats
    type: text
    label: Slutsats
-- modules/01-start/10-sida.md (change) --
+
+:::{review} bedomning
+:::
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None:
        return
    withheld = {one.id for one in program.exercises if one.filled_by == "therapist" and not one.shown_to_patient}
    if not withheld:
        return
    pages = [page for module in program.modules for page in module.pages]
    for page in (*pages, *program.library_pages):
        for form, place in _shown(page.blocks):
            if form in withheld:
                yield RULE.at(place, id=form)
    yield from _taken_over(program, withheld, context)


def _shown(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Span]]:
    """Forms whose answers the patient reads, and where; what stands inside `therapist` is not read."""
    for block in blocks:
        if block.kind == "therapist":
            continue
        if block.kind in ("review", "chart"):
            yield block.argument.split(".")[0], block.spans.get("argument", block.span)
        for inline in walk_inlines(block.inlines):
            if inline.kind in ("answer", "score"):
                yield inline.text.split(".")[0], inline.span
        yield from _shown(block.children)


def _taken_over(program: Program, withheld: set[str], context: Context) -> Iterator[Diagnostic]:
    """Rows, options and beginnings of what the patient fills in."""
    for exercise in program.exercises:
        for field in _fields(exercise) if exercise.filled_by == "patient" else ():
            for key, reference in (
                ("prefill", field.prefill),
                ("options_from", field.options_from),
                ("rows_from", field.rows_from),
            ):
                form = reference.partition(".")[0]
                if form in withheld:
                    yield RULE.at(context.span(field.origin, key), id=form)


def _fields(exercise: Exercise) -> Iterator[Field]:
    for field in exercise.fields:
        yield field
        yield from field.columns
