"""Comparing programs: nothing that differs is passed over, and what is equal is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from case_files import MINIMAL, TODAY
from program_mutants import mutants
from test_compare_kinds import COMPARED, TOLD, changes

from designtool.compare import Kind, all_kinds, clinical_meaning_differences, compare, families
from designtool.compare import compare as comparing
from designtool.compare.difference import compared_fields
from designtool.model.codec import decode_program, encode_program
from designtool.model.program import Program
from designtool.workspace import compile_workspace

ROOT = Path(__file__).parent.parent


@cache
def programs() -> dict[str, Program]:
    found = {}
    for root in (ROOT, MINIMAL, COMPARED):
        for one in compile_workspace(root, TODAY).programs:
            assert one.program is not None
            found[f"{root.name}/{one.program.id}"] = one.program
    return found


NAMES = ["main", "minimal", "compared"]


@pytest.mark.parametrize("name", sorted(programs()))
def test_a_program_does_not_differ_from_itself(name: str) -> None:
    program = programs()[name]
    assert compare(program, program).changes == ()
    assert compare(program, program).required_bump == "none"


@pytest.mark.parametrize("name", sorted(programs()))
def test_a_program_does_not_differ_from_what_its_bundle_holds(name: str) -> None:
    program = programs()[name]
    read = decode_program(json.loads(json.dumps(encode_program(program))))
    assert compare(program, read).changes == ()
    assert compare(read, program).changes == ()


def every_mutant() -> Iterator[tuple[str, str, Program]]:
    for name in sorted(programs()):
        for changed, program in mutants(programs()[name]):
            yield name, changed, program


MUTANTS = [pytest.param(name, program, id=f"{name}-{changed}") for name, changed, program in every_mutant()]


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_no_field_of_a_program_can_change_unnoticed(name: str, mutant: Program) -> None:
    found = compare(programs()[name], mutant)
    assert found.changes
    assert "unclassified-change" not in {change.rule for change in found.changes}
    assert compare(mutant, programs()[name]).changes
    assert compare(mutant, mutant).changes == ()
