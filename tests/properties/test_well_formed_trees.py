"""Trees from elsewhere: what the compiler makes is well formed, and what is well formed can be worked out on any answers."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import expression_generator
import pytest
from expression_vectors import environment_of
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.expressions.evaluate import _FUNCTIONS, _OPERATIONS, evaluate
from designtool.expressions.evaluate import missing_in as missing
from designtool.expressions.trees import references_of
from designtool.expressions.well_formed import _SHAPES, is_well_formed
from designtool.model.codec import encode_program
from designtool.workspace import compile_workspace

ROOT = Path(__file__).parents[2]
TREES = [tree for _, tree in expression_generator.trees(Random(7), 400)]
ENVIRONMENTS = [environment_of(expression_generator.environment(Random(seed))) for seed in range(40)]
PIECES: list[Any] = [
    *(
        "ref",
        "call",
        "number",
        "column",
        "cells",
        "entries",
        "if",
        "and",
        "previous",
        "round",
        "sum",
        "boom",
        "",
        "dag",
        "phq9",
    ),
    *(0, 1, -1, 7, 10**9, True, None, 0.5, "1/0", "9" * 300, "2026-02-30", "25:00", "12:00", "-1", "1000001", "1.5"),
    *([], [[]], {}, ["number", "3"], ["number", "1/0"], ["text"], ["ref", "dag"], ["week"], ["call"], ["call", "week"]),
    *(["column", "natt", 7, "sov", []], ["cells", "dag", "rader", "x"], ["entries", "natt", 10**12]),
]


def test_every_operation_has_its_shape() -> None:
    assert _SHAPES.keys() == _OPERATIONS.keys()
    for name in _FUNCTIONS:
        assert not is_well_formed(["call", name, *[["boom"]] * 9])


def test_what_the_compiler_makes_is_well_formed() -> None:
    for tree in TREES:
        assert is_well_formed(tree), tree
        assert is_well_formed(json.loads(json.dumps(tree)))


def test_the_trees_of_the_programs_are_well_formed() -> None:
    found = 0
    for root in (ROOT, ROOT / "tests/minimal"):
        for one in compile_workspace(root, date(2026, 11, 22)).programs:
            assert one.program is not None
            waiting: list[Any] = [encode_program(one.program)]
            while waiting:
                value = waiting.pop()
                if isinstance(value, dict) and {"tree", "source"} <= value.keys():
                    assert is_well_formed(value["tree"]), value
                    read = sorted({tuple(pair) for pair in references_of(value["tree"])})
                    assert [tuple(pair) for pair in value.get("references", ())] == [pair for pair in read if pair[1]]
                    found += 1
                waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    assert found > 50


def ways(tree: Any, way: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    found = [way] if way else []
    for number, part in enumerate(tree) if isinstance(tree, list) else ():
        found += ways(part, (*way, number))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    tree = deepcopy(draw(st.sampled_from(TREES)))
    for _ in range(draw(st.integers(1, 3))):
        found = ways(tree)
        if not found:
            return tree
        *way, last = draw(st.sampled_from(found))
        inside = tree
        for step in way:
            inside = inside[step]
        act = draw(st.sampled_from(["put", "graft", "remove", "add"]))
        if act == "put":
            inside[last] = deepcopy(draw(st.sampled_from(PIECES)))
        elif act == "graft":
            inside[last] = deepcopy(draw(st.sampled_from(TREES)))
        elif act == "remove":
            del inside[last]
        else:
            inside.append(deepcopy(draw(st.sampled_from(PIECES))))
    return tree


@settings(max_examples=1500, deadline=None)
@given(damaged(), st.sampled_from(ENVIRONMENTS))
def test_what_is_well_formed_can_be_worked_out(tree: Any, environment: Any) -> None:
    if is_well_formed(tree):
        evaluate(tree, environment)
        missing(tree, environment)
        list(references_of(tree))


@pytest.mark.parametrize("piece", [piece for piece in PIECES if piece not in (["number", "3"],)], ids=str)
def test_a_piece_is_no_tree(piece: Any) -> None:
    assert not is_well_formed(piece) or piece == ["call", "week"]
