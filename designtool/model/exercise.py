"""Worksheets, diaries, plans and decisions: what a patient or a therapist fills in."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from designtool.expressions.expression import Expression
from designtool.model.flow import Flag
from designtool.model.origin import Origin, origin_field

FieldType = Literal[
    "text",
    "long-text",
    "integer",
    "decimal",
    "scale",
    "choice",
    "choices",
    "yes-no",
    "date",
    "time",
    "minutes",
    "table",
    "ranking",
    "plan-entry",
]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. In a questionnaire the value is a number and is never shown to the patient."""

    value: int | str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A fixed row of a table."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that is worked out from answers."""

    id: str
    label: str
    value: Expression
    unit: str = ""
    """minutes, percent, or any word to show after the number."""
    display_digits: int = 0
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Group:
    """Means of one number over rows (of a diary: over its entries), for each answer to a choice."""

    by: str
    """The choice by which the rows are put together."""
    mean: str
    """The number of which each group's mean is shown."""
    label: str
    at_least: int = 1
    """A group with fewer numbers than this has no mean: too little is known of it."""


@dataclass(frozen=True, slots=True)
class Field:
    id: str
    type: FieldType
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    show_if: Expression | None = None
    when_hidden: int | str | bool | None = None
    """What a hidden field counts as; None: not asked, which is missing."""
    min: Fraction | None = None
    max: Fraction | None = None
    step: Fraction | None = None
    ends: tuple[str, ...] = ()
    """The words at the two ends of a scale."""
    unit: str = ""
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    options_from: str = ""
    """`exercise.field`, whose earlier answers are the options here."""
    prefill: str = ""
    """`exercise.field`, whose latest answer stands here to begin with."""
    from_if: Expression | None = None
    """Of the rows that `options_from`, `rows_from` or `prefill` name: only those for which this holds. Their columns stand bare."""
    from_top: int | None = None
    """Of those rows: only the first so many, in the order of the table that they come from."""
    columns: tuple[Field, ...] = ()
    computed: tuple[Computed, ...] = ()
    """Of a table: worked out for each row."""
    rows: tuple[Row, ...] = ()
    """Of a table with fixed rows; empty for one that grows."""
    rows_from: str = ""
    min_rows: int = 0
    max_rows: int | None = None
    order_by: str = ""
    """Of a table: the column (or computed value) by which its rows are sorted where they are shown again."""
    order: Literal["largest-first", "smallest-first"] = "largest-first"
    top_rows: int | None = None
    """Of a table: so many rows stand open where it is shown again; the others are folded below them."""
    groups: tuple[Group, ...] = ()
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Entry:
    """How a diary is divided into entries."""

    per: Literal["day", "occurrence", "week"]
    dated: str = ""
    """For `per: day`: what the date means. `wake_up_date` is the morning on which the night ended."""
    backfill_days: int = 0
    """How many days back an entry may be made; such an entry is marked late."""


@dataclass(frozen=True, slots=True)
class Active:
    """A diary lives across modules: from the opening of one to the completion of another (or `end`)."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Required:
    """So many entries within so many days (None: whenever)."""

    entries: int
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """What must hold of an entry. `block` refuses it, `confirm` asks the patient whether it is really so."""

    condition: Expression
    level: Literal["block", "confirm"]
    message: str
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time of fields or computed values of this exercise."""

    line: tuple[str, ...]
    target: Fraction | None = None


@dataclass(frozen=True, slots=True)
class StepBand:
    """From this measure on (until the next band), the decision changes by `step`."""

    start: Fraction
    step: Fraction


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule that proposes and a therapist who confirms. Its value is in `unit` (the sleep window: minutes)."""

    measure: Expression
    needs: Required
    start: Expression
    floor: Fraction
    ceiling: Fraction
    bands: tuple[StepBand, ...]
    unit: str
    every_days: int
    """Days between one proposal and the next."""
    hold_if: Expression | None
    """While true, what would tighten keeps the value as it is, and the therapist is told."""
    lock_if: Expression | None
    """While true, nothing is proposed until a therapist has signed the contraindication."""
    confirm: Literal["therapist"]
    overdue_days: int
    computed: tuple[Computed, ...] = ()
    """What follows from the confirmed value for the patient (the time to go to bed). `current` is that value."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Exercise:
    id: str
    title: str
    kind: Literal["worksheet", "diary", "plan", "decision"]
    filled_by: Literal["patient", "therapist"]
    introduction: str
    minutes: int | None
    """What one entry takes."""
    fill: Literal["once", "each-module", "whenever"]
    entry: Entry | None
    active: Active | None
    required: Required | None
    fields: tuple[Field, ...]
    computed: tuple[Computed, ...]
    summary: tuple[Computed, ...]
    """Worked out over the entries: the week's value."""
    constraints: tuple[Constraint, ...]
    charts: tuple[Chart, ...]
    flags: tuple[Flag, ...]
    decision: Decision | None
    module: str
    """The module whose folder it lies in; empty for one that lies in the program's own `exercises/`."""
    shown_to_patient: bool = False
    """Of what a therapist fills in: pages may show it to the patient."""
    order_by: str = ""
    """Of a diary: the field (or computed value) whose entries with the most, or the least, stand above the others."""
    order: Literal["largest-first", "smallest-first"] = "largest-first"
    top_rows: int | None = None
    groups: tuple[Group, ...] = ()
    origin: Origin = origin_field()
