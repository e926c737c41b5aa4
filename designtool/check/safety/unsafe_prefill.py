"""An answer that stands in a field before anybody has given it, where that is dangerous."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.expressions.expression import Expression
from designtool.model.exercise import Exercise, Field

RULE = Rule(
    name="unsafe-prefill",
    severity=Severity.ERROR,
    title=Text("Ett svar som inte får stå i förväg", "An answer that may not stand there beforehand"),
    why=Text(
        "Det som står i ett fält från början skickas ofta in som det är. Svar om risk, svar som räknas eller avgör något, skalor "
        "och frågor ur mätningar ska därför alltid vara tomma tills patienten själv svarar.",
        "What stands in a field to begin with is often sent as it is. Answers about risk, answers that are counted or decide "
        "something, scales, and questions of measurements are therefore always empty until the patient answers.",
    ),
    messages={
        "measurement": Text(
            '"{id}" hämtar ett svar ur mätningen "{form}"', '"{id}" takes an answer from the measurement "{form}"'
        ),
        "read": Text(
            '"{id}" är ifyllt i förväg, och {reader} bygger på det',
            '"{id}" is filled in beforehand, and {reader_en} builds on it',
        ),
        "scale": Text('skalan "{id}" är ifylld i förväg', 'the scale "{id}" is filled in beforehand'),
    },
    helps={
        "measurement": Text(
            "visa mätningen med :::{{review}} i stället", "show the measurement with :::{{review}} instead"
        ),
        "read": Text("ta bort prefill", "take prefill away"),
        "scale": Text(
            "ta bort prefill, så att en orörd skala är obesvarad",
            "take prefill away, so that an untouched scale is unanswered",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: lage
+    type: yes-no
+    label: Har du tankar på att skada dig?
+    prefill: min_plan.lage
+flags:
+  - when: lage
+    level: yellow
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: lage
+    type: yes-no
+    label: Har du tankar på att skada dig?
+flags:
+  - when: lage
+    level: yellow
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None:
        return
    deciding = {
        reference: Text(f"beslutet i {exercise.id}", f"the decision in {exercise.id}")
        for exercise in program.exercises
        for reference in _of_decision(exercise)
    }
    for exercise in program.exercises:
        flagged = dict.fromkeys(
            (name for flag in exercise.flags for form, name in flag.when.references if form == exercise.id),
            Text("en flagga", "a flag"),
        )
        for field in (one for whole in exercise.fields for one in (whole, *whole.columns)):
            yield from _of_field(field, exercise, {**flagged, **_own(deciding, exercise)}, context)


def _of_field(field: Field, exercise: Exercise, readers: dict[str, Text], context: Context) -> Iterator[Diagnostic]:
    program = context.program
    assert program is not None
    for key, reference in (
        ("prefill", field.prefill),
        ("options_from", field.options_from),
        ("rows_from", field.rows_from),
    ):
        form = reference.partition(".")[0]
        if form in {one.id for one in context.questionnaires} | set(program.questionnaire):
            yield RULE.at(context.span(field.origin, key), "measurement", id=field.id, form=form)
            return
    if not field.prefill:
        return
    place = context.span(field.origin, "prefill")
    if field.id in readers:
        reader = readers[field.id]
        yield RULE.at(place, "read", id=field.id, reader=reader.sv, reader_en=reader.en)
    elif field.type == "scale":
        yield RULE.at(place, "scale", id=field.id)


def _own(deciding: dict[tuple[str, str], Text], exercise: Exercise) -> dict[str, Text]:
    return {name: reader for (form, name), reader in deciding.items() if form == exercise.id}


def _of_decision(exercise: Exercise) -> Iterator[tuple[str, str]]:
    decision = exercise.decision
    if decision is None:
        return
    read: tuple[Expression | None, ...] = (decision.measure, decision.start, decision.hold_if, decision.lock_if)
    for expression in read:
        yield from expression.references if expression is not None else ()
