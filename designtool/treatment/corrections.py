"""A clock time that was probably meant the other half of the day: "Menade du 23.00?" when 11.00 makes nothing fit.

static/live.js finds the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from designtool.expressions import evaluate
from designtool.expressions.evaluate import MINUTES_A_DAY
from designtool.expressions.expression import Expression, TimeOfDay, Value
from designtool.model.exercise import Exercise, Field
from designtool.treatment.records import Filled, fill

HALF_A_DAY = MINUTES_A_DAY // 2


class Correction(NamedTuple):
    """What a field was perhaps meant to say."""

    field: str
    time: TimeOfDay


def fields_read(condition: Expression, form: Exercise) -> tuple[Field, ...]:
    """The form's fields that a condition reads, straight or through a computed value, in the order of the form."""
    wanted = {name for owner, name in condition.references if owner == form.id}
    computed = {one.id: one for one in form.computed}
    seen: set[str] = set()
    while wanted - seen:
        name = min(wanted - seen)
        seen.add(name)
        if name in computed:
            wanted |= {inner for owner, inner in computed[name].value.references if owner == form.id}
    return tuple(field for field in form.fields if field.id in seen)


def corrections(form: Exercise, filled: Filled, condition: Expression) -> tuple[Correction, ...]:
    """One clock time moved by twelve hours with which everything holds; both when two fit equally well, none when none does.

    Of several the one is meant with which the times of the form follow closest upon each other.
    """
    assert filled.around.draft is not None
    dated = filled.around.draft.dated
    fitting: list[tuple[int, Correction]] = []
    for field in fields_read(condition, form):
        time = filled.values.get(field.id)
        if field.type != "time" or field.id in filled.hidden or not isinstance(time, TimeOfDay):
            continue
        other = TimeOfDay((time.minutes + HALF_A_DAY) % MINUTES_A_DAY)
        again = fill(form, {**filled.answers, field.id: str(other)}, filled.around, True, dated)
        if all(evaluate(one.condition, again.around) is not False for one in form.constraints):
            fitting.append((_length(form, again.values), Correction(field.id, other)))
    shortest = min((length for length, _ in fitting), default=None)
    return tuple(correction for length, correction in fitting if length == shortest)


def _length(form: Exercise, values: Mapping[str, Value]) -> int:
    """Minutes from the first clock time of the form by way of all the others to the last."""
    times = [
        time.minutes
        for field in form.fields
        if field.type == "time" and isinstance(time := values.get(field.id), TimeOfDay)
    ]
    return sum((after - before) % MINUTES_A_DAY for before, after in pairwise(times))
