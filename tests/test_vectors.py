"""The vectors of expressions: what the compiler makes of each source, and what the evaluator makes of that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from expression_vectors import DATA, FILE, environment_of, scope_of, type_of

from designtool.diagnostics import Span
from designtool.expressions import WrongValue, compile_expression, evaluate, from_json, missing_in, to_json
from designtool.expressions.types import FUNCTIONS

CASES = [pytest.param(case, id=f"{case.get('name', case['source'])} ({case['environment']})") for case in DATA["cases"]]


def test_trees_can_be_rewritten(request: pytest.FixtureRequest) -> None:
    """With `--update` the trees in the file follow the compiler; values are stated by hand and never rewritten."""
    if not request.config.getoption("--update"):
        assert all(case["tree"] for case in DATA["cases"])
        return
    lines = FILE.read_text("utf-8").splitlines()
    first = lines.index('  "cases": [') + 1
    for number, case in enumerate(DATA["cases"]):
        case["tree"] = compiled(case).tree
        ending = "," if lines[first + number].endswith(",") else ""
        lines[first + number] = f"    {json.dumps(case, ensure_ascii=False)}{ending}"
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("case", CASES)
def test_source_gives_tree_and_tree_gives_value(case: dict[str, Any]) -> None:
    expression = compiled(case)
    environment = environment_of(DATA["environments"][case["environment"]])
    assert expression.type == case["kind"]
    assert expression.tree == case["tree"]
    assert to_json(evaluate(case["tree"], environment)) == case["value"]
    if "missing" in case:
        assert [list(pair) for pair in missing_in(case["tree"], environment)] == case["missing"]
    if case["value"] is not None:
        assert missing_in(case["tree"], environment) == ()


@pytest.mark.parametrize("case", DATA["trees"], ids=lambda case: json.dumps(case["tree"]))
def test_tree_meets_answers_of_another_kind(case: dict[str, Any]) -> None:
    value = to_json(evaluate(case["tree"], environment_of(DATA["environments"][case["environment"]])))
    assert (value, type(value)) == (case["value"], type(case["value"]))


@pytest.mark.parametrize("case", DATA["values"], ids=lambda case: f"{case['type']['kind']} {case['json']!r:.40}")
def test_json_is_read_as_a_value_or_refused(case: dict[str, Any]) -> None:
    stated = type_of(case["type"])
    if case.get("wrong"):
        with pytest.raises(WrongValue):
            from_json(stated, case["json"])
        return
    value = to_json(from_json(stated, case["json"]))
    assert (value, type(value)) == (case["value"], type(case["value"]))
    assert to_json(from_json(stated, value)) == value


THREE = (True, False, None)


@pytest.mark.parametrize("operator", ["and", "or", "==", "!="])
def test_truth_table_of_two_conditions_is_whole(operator: str) -> None:
    rows = {
        tuple(worth(part, case) for part in case["tree"][1:])
        for case in DATA["cases"]
        if case["tree"][0] == operator and all(part[0] == "ref" for part in case["tree"][1:])
    }
    assert {(a, b) for a in THREE for b in THREE} <= rows


def test_truth_tables_of_not_if_and_in_are_whole() -> None:
    negated, branched, among, chosen = set(), set(), set(), set()
    for case in DATA["cases"]:
        operator, *parts = case["tree"]
        values = [worth(part, case) for part in parts] if operator in ("not", "if", "in", "member") else []
        if operator == "not":
            negated.add(values[0])
        elif operator == "if":
            branched.add((values[0], values[1] is None, values[2] is None))
        elif operator == "in":
            equal = tuple(None if None in (values[0], one) else values[0] == one for one in values[1:])
            among.add((values[0] is None, True in equal, None in equal, False in equal))
        elif operator == "member":
            chosen.add((values[0] is None, values[1] is None))
    assert set(THREE) <= negated
    assert {(condition, a, b) for condition in THREE for a in (True, False) for b in (True, False)} <= branched
    found_or_not = {(False, True, False, True), (False, True, True, False), (False, False, True, True)}
    assert (
        found_or_not | {(False, False, False, True), (False, False, True, False), (True, False, True, False)} <= among
    )
    assert {(a, b) for a in (True, False) for b in (True, False)} <= chosen


def test_every_operator_and_function_has_each_argument_present_and_missing() -> None:
    seen: dict[tuple[str, int], set[bool]] = {}
    for case in DATA["cases"]:
        for tree in subtrees(case["tree"]):
            word, parts = (f"call {tree[1]}", tree[2:]) if tree[0] == "call" else (tree[0], tree[1:])
            for index, part in enumerate(parts[:3]):
                if isinstance(part, list) and tree[0] != "column" and part[0] not in ("column", "cells"):
                    seen.setdefault((word, index), set()).add(worth(part, case) is None)
    # A written number (of digits, a step, copies back) cannot be missing, nor a sum's third argument add to the second.
    written = {("call round", 1), ("call ceil_to", 1), ("call previous", 1)}
    lacking = {key for key, states in seen.items() if len(states) < 2 and key not in written and key[1] < 2}
    assert lacking == set()


def subtrees(tree: Any) -> list[Any]:
    parts = [part for part in tree[1:] if isinstance(part, list)] if tree[0] != "column" else []
    return [tree, *(inner for part in parts for inner in subtrees(part))]


def worth(tree: Any, case: dict[str, Any]) -> Any:
    return evaluate(tree, environment_of(DATA["environments"][case["environment"]]))


def test_every_operator_and_function_is_worked_out_with_and_without_its_answers() -> None:
    seen: dict[str, set[bool]] = {}
    for case in DATA["cases"]:
        for word in words(case["tree"]):
            seen.setdefault(word, set()).add(case["value"] is None)
    never_missing = {
        "call answered",
        "call missing",
        "call count_answered",
        "call week",
        "entries",
        "extra",
        "cells",
        "column",
    }
    operators = {"and", "or", "not", "==", "!=", "<", "<=", ">", ">=", "in", "member", "+", "-", "*", "/", "negate"}
    operators |= {"later", "earlier", "if", "ref", "extra", "cells", "entries", "column"}
    wanted = operators | {f"call {name}" for name in FUNCTIONS if name != "if"}
    for word in sorted(wanted):
        assert False in seen.get(word, ()), f"no vector in which {word} gives a value"
        assert word in never_missing or True in seen[word], f"no vector in which {word} is without a value"


def words(tree: Any) -> set[str]:
    found = {f"call {tree[1]}" if tree[0] == "call" else tree[0]}
    for part in tree[1:]:
        if isinstance(part, list) and tree[0] != "column":
            found |= words(part)
    return found


def compiled(case: dict[str, Any]) -> Any:
    scope = scope_of(DATA["environments"][case["environment"]])
    expression, diagnostics = compile_expression(case["source"], scope, Span("vektor", 1, 1, 1, 2))
    assert expression is not None, diagnostics
    return expression
