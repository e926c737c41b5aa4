"""Earlier answers that cannot be what the author wants to make of them."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.exercise import Exercise, Field, Group
from designtool.model.program import Program
from designtool.treatment.answers import columns_of
from designtool.treatment.reuse import source_field

RULE = Rule(
    name="unfitting-source",
    severity=Severity.ERROR,
    title=Text(
        "Ett tidigare svar som inte passar där det ska användas", "An earlier answer that does not fit where it is used"
    ),
    why=Text(
        "Fältet skulle stå tomt eller visa något annat än du tänkt dig. Rader, svar att välja bland och det som står i förväg "
        "kommer ur fält som patienten fyller i, av en sort som passar.",
        "The field would be empty or show something else than you mean. Rows, options and what stands beforehand come from "
        "fields that the patient fills in, of a type that fits.",
    ),
    messages={
        "no-field": Text('"{reference}" är inget fält som fylls i', '"{reference}" is no field that is filled in'),
        "type": Text(
            'ett svar av sorten {theirs} kan inte stå i förväg i "{id}", som är {own}',
            'an answer of the type {theirs} cannot stand beforehand in "{id}", which is {own}',
        ),
        "column": Text('"row" kan inte vara en kolumns id', '"row" cannot be the id of a column'),
        "no-choice": Text('"{id}" är ingen valfråga att gruppera efter', '"{id}" is no choice to make groups of'),
        "no-number": Text('"{id}" är inget tal', '"{id}" is no number'),
    },
    helps={
        "no-field": Text("peka på ett fält i en övning", "name a field of an exercise"),
        "type": Text("hämta ur ett fält av samma sort", "take it from a field of the same type"),
        "column": Text("välj ett annat id", "choose another id"),
        "no-choice": Text("gruppera efter en choice eller yes-no", "make groups of a choice or yes-no"),
        "no-number": Text(
            "välj ett fält med tal, en skala eller ett uträknat värde", "choose a number, a scale or a computed value"
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: nar
+    type: date
+    label: När börjar du?
+    prefill: min_plan.vad
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+  - id: igen
+    type: text
+    label: Vad gör du sedan?
+    prefill: min_plan.vad
""",
)

_TEXTS = frozenset({"text", "long-text"})
_NUMBERS = frozenset({"integer", "decimal", "scale", "minutes"})
_ROWS = frozenset({"table", "plan-entry"})


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    for exercise in program.exercises:
        for field in exercise.fields:
            for one in (field, *field.columns):
                yield from _of_sources(one, program, context)
            for column in field.columns:
                if column.id == "row":
                    yield RULE.at(context.span(column.origin, "id"), "column")
            yield from _of_groups(field.groups, columns_of(field), {one.id for one in field.computed}, field, context)
        yield from _of_groups(
            exercise.groups, exercise.fields, {one.id for one in exercise.computed}, exercise, context
        )


def _of_sources(field: Field, program: Program, context: Context) -> Iterator[Diagnostic]:
    for key, reference in (
        ("prefill", field.prefill),
        ("options_from", field.options_from),
        ("rows_from", field.rows_from),
    ):
        form = reference.partition(".")[0]
        if not reference or form not in program.exercise:
            continue
        source = source_field(program, reference)
        place = context.span(field.origin, key)
        if source is None:
            yield RULE.at(place, "no-field", reference=reference)
        elif key == "prefill" and not _fits(field, source):
            yield RULE.at(place, "type", id=field.id, own=field.type, theirs=source.type)


def _fits(field: Field, source: Field) -> bool:
    if field.type in _TEXTS:
        return True
    if field.type in _ROWS:
        return not (field.rows or field.rows_from) and source.type in _ROWS | _TEXTS | {"choice", "choices", "ranking"}
    return field.type == source.type or (field.type in _NUMBERS and source.type in _NUMBERS)


def _of_groups(
    groups: tuple[Group, ...],
    fields: tuple[Field, ...],
    computed: set[str],
    owner: Field | Exercise,
    context: Context,
) -> Iterator[Diagnostic]:
    types = {one.id: one.type for one in fields}
    for number, group in enumerate(groups):
        if types.get(group.by) not in ("choice", "yes-no"):
            yield RULE.at(context.span(owner.origin, "groups", number, "by"), "no-choice", id=group.by)
        if group.mean not in computed and types.get(group.mean) not in _NUMBERS:
            yield RULE.at(context.span(owner.origin, "groups", number, "mean"), "no-number", id=group.mean)
