"""A door that cannot be opened."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text
from designtool.model.assemble_pages import walk
from designtool.model.module import Module
from designtool.model.program import Program

RULE = Rule(
    name="impossible-gate",
    severity=Severity.ERROR,
    title=Text("Ett krav som patienten inte kan uppfylla", "A requirement that the patient cannot meet"),
    why=Text(
        "Modulen skulle aldrig bli klar, och patienten blev stående. Det som krävs måste patienten kunna göra, i den modulen eller tidigare.",
        "The module would never be done, and the patient would be left standing. What is required must be something the patient can do, in that module or before.",
    ),
    messages={
        "not-shown": Text(
            '"{id}" krävs, men visas inte på någon sida i den här modulen eller tidigare',
            '"{id}" is required, but no page of this module or an earlier one shows it',
        ),
        "therapist": Text(
            '"{id}" krävs av patienten, men fylls i av behandlaren',
            '"{id}" is required of the patient, but a therapist fills it in',
        ),
        "decision": Text(
            '"{id}" är ett beslut som behandlaren bekräftar, så patienten kan inte göra det klart',
            '"{id}" is a decision that the therapist confirms, so the patient cannot complete it',
        ),
        "no-text": Text(
            'formuläret "{id}" har ingen frågetext, så det kan inte besvaras',
            'the questionnaire "{id}" has no wording, so it cannot be answered',
        ),
        "later": Text(
            'villkoret frågar efter "{id}", som patienten inte har kunnat svara på än',
            'the condition asks for "{id}", which the patient cannot have answered yet',
        ),
    },
    helps={
        "not-shown": Text(
            "visa den på en sida med :::{{{directive}}} {id}", "show it on a page with :::{{{directive}}} {id}"
        ),
        "later": Text(
            "använd något som besvaras i en tidigare modul", "use something that is answered in an earlier module"
        ),
    },
    bad="""\
-- modules/01-start/exercises/ensam.yaml --
title: Ensam
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
-- modules/01-start/module.yaml (change) --
+  - ensam
""",
    good="""\
-- modules/01-start/exercises/ensam.yaml --
title: Ensam
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
-- modules/01-start/module.yaml (change) --
+  - ensam
-- modules/01-start/10-sida.md (change) --
+
+:::{exercise} ensam
+:::
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    # What is measured when the program is over opens no door in it.
    shown = {
        measurement.questionnaire
        for measurement in program.measurements
        if any(occasion.kind not in ("end", "after-end") for occasion in measurement.at)
    }
    for module in program.modules:
        if module.unlock.when is not None:
            for form, _ in module.unlock.when.references:
                if form not in shown and _is_answered_by_patient(form, program):
                    yield RULE.at(context.span(module.origin, "unlock", "when"), "later", id=form)
                    break
        shown |= _shown_in(module)
        for id in dict.fromkeys((*module.homework, *module.complete_when)):
            variant = _impossible(id, shown, program)
            if variant:
                directive = "questionnaire" if id in program.questionnaire else "exercise"
                yield RULE.at(_place(context, module, id), variant, id=id, directive=directive)


def _shown_in(module: Module) -> set[str]:
    return {
        block.argument
        for page in module.pages
        for block in walk(page.blocks)
        if block.kind in ("exercise", "questionnaire")
    }


def _is_answered_by_patient(form: str, program: Program) -> bool:
    exercise = program.exercise.get(form)
    return exercise is None or (exercise.filled_by == "patient" and exercise.kind != "decision")


def _impossible(id: str, shown: set[str], program: Program) -> str:
    """The variant of the message; empty when it can be done."""
    exercise = program.exercise.get(id)
    if exercise is not None and exercise.kind == "decision":
        return "decision"
    if exercise is not None and exercise.filled_by == "therapist":
        return "therapist"
    if id not in shown:
        return "not-shown"
    questionnaire = program.questionnaire.get(id)
    return "no-text" if questionnaire is not None and not questionnaire.has_text else ""


def _place(context: Context, module: Module, id: str) -> Span:
    document = context.documents[module.origin.path]
    for key in ("complete_when", "homework"):
        stated = document.data.get(key)
        if isinstance(stated, list) and id in stated:
            return document.span(key, stated.index(id))
    return document.span("title")
