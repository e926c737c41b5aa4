"""The vectors of expressions: what the compiler makes of each source, and what the evaluator makes of that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from expression_vectors import DATA, FILE, environment_of, scope_of

from designtool.diagnostics import Span
from designtool.expressions import compile_expression, evaluate, missing_in, to_json
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
