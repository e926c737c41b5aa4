"""Whatever changes between two versions and wherever a patient is: nothing that was written is lost, scored again or shut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.compare.migrate import Upgrade, moving
from designtool.compare.renaming import renamed
from designtool.model.exercise import Exercise, Field
from designtool.model.migration import Migration
from designtool.model.program import Program, Release
from designtool.treatment.environment import environment_of
from designtool.treatment.events import from_json, to_json
from designtool.treatment.schedule import plan
from designtool.treatment.simulate import Simulation
from designtool.treatment.state import State, fold
from designtool.treatment.verify import verify
from designtool.treatment.walks import walk, walk_on
from tests.treatment_samples import module, program

OLD, NEWER = "sha256:old", "sha256:new"
FIRST = program()
READABLE = ("open", "submitted", "complete")


@dataclass
class Edit:
    """A later version on its way, and the migration that is written beside it."""

    program: Program
    modules: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    removed_modules: list[str] = field(default_factory=list)
    removed_forms: list[str] = field(default_factory=list)
    removed_fields: list[str] = field(default_factory=list)
    begun_modules: dict[str, Any] = field(default_factory=dict)
    begun_forms: dict[str, Any] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def finished(self) -> Program:
        parts = {
            name: MappingProxyType(value) if isinstance(value := getattr(self, name), dict) else tuple(value)
            for name in (
                *("modules", "forms", "fields", "removed_modules", "removed_forms", "removed_fields"),
                *("begun_modules", "begun_forms"),
            )
        }
        migration = Migration("1.0.0", "2.0.0", **parts)
        return replace(self.program, version="2.0.0", migrations=(migration,), release=Release(tuple(self.gone)))


def change_exercise(edit: Edit, id: str, change: Callable[[Exercise], Exercise]) -> None:
    exercises = tuple(change(one) if one.id == id else one for one in edit.program.exercises)
    edit.program = replace(edit.program, exercises=exercises)


def rename_field(edit: Edit) -> None:
    change_exercise(
        edit,
        "bedomning",
        lambda one: replace(one, fields=tuple(replace(of, id="omdome") for of in one.fields)),
    )
    edit.fields["bedomning.text"] = "bedomning.omdome"
    edit.gone.append("text")


def remove_field(edit: Edit) -> None:
    change_exercise(edit, "veckans_val", lambda one: replace(one, fields=one.fields[:-1]))
    edit.removed_fields.append("veckans_val.plan")
    edit.gone.append("plan")


def remove_field_in_silence(edit: Edit) -> None:
    change_exercise(edit, "veckans_val", lambda one: replace(one, fields=one.fields[1:]))
    edit.gone.append("val")


def add_field(edit: Edit) -> None:
    more = Field("mer", "text", "Mer", required=True)
    change_exercise(edit, "mina_mal", lambda one: replace(one, fields=(*one.fields, more)))
    edit.begun_forms["mina_mal"] = "see-again"


def loosen_limit(edit: Edit) -> None:
    change_exercise(
        edit,
        "mina_mal",
        lambda one: replace(one, fields=tuple(replace(of, help="Skriv det som gäller dig.") for of in one.fields)),
    )


def another_type(edit: Edit) -> None:
    change_exercise(
        edit,
        "uppstigning",
        lambda one: replace(one, fields=(*one.fields, Field("varfor", "long-text", "Varför"))),
    )
    edit.begun_forms["uppstigning"] = "keep"


def remove_last_module(edit: Edit) -> None:
    gone = [one for one in edit.program.exercises if one.module == "aktiviteter"]
    edit.program = replace(
        edit.program,
        modules=tuple(one for one in edit.program.modules if one.id != "aktiviteter"),
        exercises=tuple(one for one in edit.program.exercises if one.module != "aktiviteter"),
    )
    edit.removed_modules.append("aktiviteter")
    edit.removed_forms += [one.id for one in gone]
    edit.gone += ["aktiviteter", *(one.id for one in gone)]
    edit.gone += [
        id
        for one in gone
        for of in one.fields
        for id in (of.id, *(inner.id for inner in of.columns), *(c.id for c in of.computed))
    ]
    edit.begun_forms.pop("veckans_val", None)


def add_module(edit: Edit, begun: str) -> None:
    first, second, *rest = edit.program.modules
    modules = (first, module("mellan", first.id), replace(second, unlock=replace(second.unlock, after="mellan")), *rest)
    edit.program = replace(edit.program, modules=modules)
    edit.begun_modules["mellan"] = begun


def add_module_to_meet(edit: Edit) -> None:
    add_module(edit, "see-again")


def add_module_to_pass(edit: Edit) -> None:
    add_module(edit, "keep")


def add_column(edit: Edit) -> None:
    if "mina_aktiviteter" not in edit.program.exercise:
        return
    column = Field("nar", "text", "När?")
    change_exercise(
        edit,
        "mina_aktiviteter",
        lambda one: replace(one, fields=tuple(replace(of, columns=(*of.columns, column)) for of in one.fields)),
    )
    edit.begun_forms["mina_aktiviteter"] = "keep"


def rename_forms(edit: Edit) -> None:
    """Of what others choose from, of what measures, and of what proposes; the last edit, for it renames what there is."""
    forms = {"mood": "maende", "mina_aktiviteter": "min_lista", "somnfonster": "fonstret", "somndagbok": "dagboken"}
    there = {*edit.program.exercise, *edit.program.questionnaire}
    forms = {id: later for id, later in forms.items() if id in there}
    edit.program = renamed(edit.program, Migration("1.0.0", "2.0.0", forms=MappingProxyType(forms)))
    edit.forms |= forms
    edit.gone += forms
    edit.begun_forms = {forms.get(id, id): begun for id, begun in edit.begun_forms.items()}


EDITS: tuple[Callable[[Edit], None], ...] = (
    rename_field,
    remove_field,
    remove_field_in_silence,
    add_field,
    loosen_limit,
    another_type,
    add_module_to_meet,
    add_module_to_pass,
    remove_last_module,
    add_column,
    rename_forms,
)


@cache
def walked(seed: int) -> Simulation:
    return walk(FIRST, OLD, seed).played


@cache
def upgrade_by(chosen: frozenset[int]) -> Upgrade:
    edit = Edit(FIRST)
    for number in sorted(chosen):
        EDITS[number](edit)
    return Upgrade.between(FIRST, OLD, edit.finished(), NEWER)


def says_as_much(later: Any, value: Any) -> bool:
    """The same value; of a table the same rows, perhaps with nothing yet in a column that is new."""
    if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
        return len(later) == len(value) and all(
            {id: cell for id, cell in row.items() if id in before} == dict(before)
            for row, before in zip(later, value, strict=True)
        )
    return bool(later == value)


def readable(state: State, program: Program, simulation: Simulation) -> set[str]:
    at = plan(state, program, simulation.now, environment_of(state, program, simulation.now))
    return {id for id, module in at.modules.items() if module.status in READABLE}


EDITS_CHOSEN = st.frozensets(st.integers(0, len(EDITS) - 1), max_size=4).filter(
    # One module of that name is enough.
    lambda chosen: not {6, 7} <= chosen
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), EDITS_CHOSEN)
def test_nothing_is_lost_scored_again_or_shut(seed: int, chosen: frozenset[int]) -> None:
    upgrade, simulation = upgrade_by(chosen), walked(seed)
    before, way, programs = simulation.state, upgrade.way, upgrade.programs
    came = moving(before, upgrade, simulation.now, "admin")
    if came.outcome == "held-back":
        assert came.events == () and came.reasons
        return
    assert came.lost == ()
    after = fold(came.events, programs, before)
    for form, copies in before.copies.items():
        later = after.copies[way.form(form)]
        assert len(later) == len(copies)
        for copy, carried in zip(copies, later, strict=True):
            assert carried.submitted_at == copy.submitted_at
            for name, answer in copy.answers.items():
                if f"{form}.{name}" not in way.removed_fields:
                    assert carried.answers[way.field_of(form, name)] == answer
            for name, value in copy.record.values.items():
                if f"{form}.{name}" not in way.removed_fields:
                    assert says_as_much(carried.record.values[way.field_of(form, name)], value)
    assert after.earlier == (before,)
    assert [(flag.number, flag.level, flag.values, flag.acknowledged_at) for flag in after.flags] == [
        (flag.number, flag.level, flag.values, flag.acknowledged_at) for flag in before.flags
    ]
    still_there = {way.module(id) for id in readable(before, upgrade.old, simulation)} & upgrade.new.module.keys()
    assert still_there <= readable(after, upgrade.new, simulation)
    history = [*simulation.events, *came.events]
    assert fold([from_json(to_json(event)) for event in history], programs) == after
    assert verify(history, programs) == ()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3), EDITS_CHOSEN)
def test_who_has_moved_comes_to_the_end_as_anybody_does(day: int, chosen: frozenset[int]) -> None:
    upgrade = upgrade_by(chosen)
    simulation = Simulation(FIRST, OLD, walked(0).first_day)
    # Seed 0 is somebody who does what is asked.
    walk_on(simulation, 0, 2 + 7 * day)
    came = moving(simulation.state, upgrade, simulation.now, "admin")
    if came.outcome == "held-back":
        return
    simulation.state = fold(came.events, upgrade.programs, simulation.state)
    simulation.program, simulation.digest = upgrade.new, NEWER
    walk_on(simulation, 0, 56)
    assert simulation.state.module(upgrade.new.modules[-1].id).opened_on is not None


def test_the_edits_are_real() -> None:
    """Each moves somebody or holds somebody back, or the properties above would say nothing."""
    outcomes = {
        edit.__name__: {
            moving(walked(seed).state, upgrade_by(frozenset({number})), walked(seed).now, "a").outcome
            for seed in range(25)
        }
        for number, edit in enumerate(EDITS)
    }
    assert "held-back" in outcomes["remove_field_in_silence"]
    for name in ("add_field", "add_module_to_meet", "remove_last_module"):
        assert "sees-again" in outcomes[name], outcomes
    for name in (
        "rename_field",
        "remove_field",
        "loosen_limit",
        "another_type",
        "add_module_to_pass",
        "add_column",
        "rename_forms",
    ):
        assert outcomes[name] == {"untouched"}, outcomes
