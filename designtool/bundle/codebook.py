"""The codebook: every variable that a treatment with the program can yield."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from designtool.model.codec import encode_fraction
from designtool.model.exercise import Computed, Exercise, Field, Option
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.model.scope import PLAN_ENTRY
from designtool.treatment.answers import ROW, ROW_LABEL, columns_of


def codebook(program: Program) -> dict[str, Any]:
    """JSON: the variables in the order of the program, each with form, id, kind, type, label, unit, options and range."""
    variables: list[dict[str, Any]] = []
    for questionnaire in program.questionnaires:
        variables.extend(_of_questionnaire(questionnaire))
    for exercise in program.exercises:
        variables.extend(_of_exercise(exercise))
    return {"program": program.id, "version": program.version, "variables": variables}


def _of_questionnaire(questionnaire: Questionnaire) -> Iterator[dict[str, Any]]:
    for item in questionnaire.items:
        values = [option.value for option in item.options]
        yield {
            **_variable(questionnaire.id, item.id, "item", "choice", item.text, options=item.options),
            "range": [min(values), max(values)] if values and all(isinstance(value, int) for value in values) else None,
            "risk": item.risk,
        }
    for score in questionnaire.scores:
        threshold = score.clinical_threshold
        yield {
            **_variable(questionnaire.id, score.id, "score", "number", score.label, low=score.low, high=score.high),
            "method": score.method,
            "items": list(score.items),
            "reverse": list(score.reverse),
            "missing": {"rule": score.missing.rule, "at_least": score.missing.at_least},
            "bands": [{"from": encode_fraction(band.start), "label": band.label} for band in score.bands],
            "reliable_change": _number(score.reliable_change),
            "clinical_threshold": {threshold.side: encode_fraction(threshold.at)} if threshold is not None else None,
        }


def _of_exercise(exercise: Exercise) -> Iterator[dict[str, Any]]:
    for field in exercise.fields:
        yield _field(exercise.id, field.id, "field", field)
        if columns_of(field):
            # Which row it is: of the program, of the patient's own, or of one from another exercise, where it has the same name.
            rows = tuple(Option(row.id, row.label) for row in field.rows)
            yield _variable(exercise.id, f"{field.id}.{ROW}", "row", "text", field.label, options=rows)
        if field.rows_from:
            yield _variable(exercise.id, f"{field.id}.{ROW_LABEL}", "row", "text", field.label)
        for column in field.columns:
            yield _field(exercise.id, f"{field.id}.{column.id}", "column", column)
        for value in field.computed:
            yield _computed(exercise.id, f"{field.id}.{value.id}", "column", value)
        if field.type == "plan-entry":
            for part, type in PLAN_ENTRY.items():
                options = tuple(Option(value, value) for value in type.options)
                yield _variable(
                    exercise.id,
                    f"{field.id}.{part}",
                    "part",
                    type.kind,
                    field.label,
                    unit=type.unit,
                    options=options,
                    low=type.low,
                    high=type.high,
                )
    for value in exercise.computed:
        yield _computed(exercise.id, value.id, "computed", value)
    for value in exercise.summary:
        yield _computed(exercise.id, value.id, "summary", value)
    if exercise.decision is not None:
        decision = exercise.decision
        yield _variable(
            exercise.id,
            "value",
            "decision",
            "number",
            exercise.title,
            unit=decision.unit,
            low=decision.floor,
            high=decision.ceiling,
        )
        for value in decision.computed:
            yield _computed(exercise.id, value.id, "decision", value)


def _field(form: str, name: str, kind: str, field: Field) -> dict[str, Any]:
    return _variable(
        form, name, kind, field.type, field.label, unit=field.unit, options=field.options, low=field.min, high=field.max
    )


def _computed(form: str, name: str, kind: str, value: Computed) -> dict[str, Any]:
    return {
        **_variable(form, name, kind, value.value.type, value.label, unit=value.unit),
        "expression": value.value.source,
    }


def _variable(
    form: str,
    name: str,
    kind: str,
    type: str,
    label: str,
    *,
    unit: str = "",
    options: tuple[Option, ...] = (),
    low: Fraction | None = None,
    high: Fraction | None = None,
) -> dict[str, Any]:
    return {
        "form": form,
        "id": name,
        "kind": kind,
        "type": type,
        "label": label,
        "unit": unit,
        "options": [{"value": option.value, "label": option.label} for option in options],
        "range": None if low is None and high is None else [_number(low), _number(high)],
    }


def _number(number: Fraction | None) -> int | str | None:
    return None if number is None else encode_fraction(number)
