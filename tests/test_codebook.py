"""The codebook has every variable: all that expressions read, and all that a patient can be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from designtool.bundle.codebook import codebook
from designtool.model.codec import encode_program
from designtool.model.exercise import Field
from designtool.model.program import Program
from designtool.model.scope import PLAN_ENTRY
from designtool.workspace import compile_workspace
from tests.bundles import sample_program

ROOT = Path(__file__).parent.parent


def programs() -> list[Program]:
    compiled = [compile_workspace(root, date(2026, 11, 22)) for root in (ROOT, ROOT / "tests/minimal")]
    return [one.program for each in compiled for one in each.programs if one.program is not None]


def references(value: Any) -> set[tuple[str, str]]:
    """Every (form, name) that an expression of the program reads."""
    found: set[tuple[str, str]] = set()
    if isinstance(value, dict):
        if "tree" in value:
            found |= {(form, name) for form, name in value.get("references", ())}
        for inside in value.values():
            found |= references(inside)
    elif isinstance(value, list):
        for inside in value:
            found |= references(inside)
    return found


@pytest.mark.parametrize("program", [pytest.param(program, id=program.id) for program in programs()])
def test_what_expressions_read_is_in_the_codebook(program: Program) -> None:
    known = {(variable["form"], variable["id"]) for variable in codebook(program)["variables"]}
    # A bare name within a row of a table stands under its table.
    known |= {(form, name.rpartition(".")[2]) for form, name in known}
    read = {(form, name) for form, name in references(encode_program(program)) if form and name}
    assert read <= known, read - known
    assert read or program.id == "exempel"


@pytest.mark.parametrize("program", [pytest.param(program, id=program.id) for program in programs()])
def test_no_variable_stands_twice(program: Program) -> None:
    names = [(variable["form"], variable["id"]) for variable in codebook(program)["variables"]]
    assert len(names) == len(set(names))


def test_each_part_of_a_plan_is_a_variable() -> None:
    program = sample_program()
    plan = replace(program.exercises[0], kind="plan", fields=(Field("plan", "plan-entry", "Planera"),), computed=())
    variables = codebook(replace(program, exercises=(plan,)))["variables"]
    parts = {variable["id"]: variable for variable in variables if variable["kind"] == "part"}
    assert [*parts] == [f"plan.{part}" for part in PLAN_ENTRY]
    assert parts["plan.pleasure"]["range"] == [0, 10]
    assert [option["value"] for option in parts["plan.done"]["options"]] == ["yes", "partly", "no"]


def test_what_follows_from_a_decision_is_a_variable() -> None:
    (program,) = (program for program in programs() if program.id == "somnbehandlingen")
    decided = [
        variable["id"]
        for variable in codebook(program)["variables"]
        if (variable["form"], variable["kind"]) == ("somnfonster", "decision")
    ]
    assert decided == ["value", "laggdags", "uppstigning"]
