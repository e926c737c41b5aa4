"""The page of truth tables says what both evaluators do: each cell of it, in Python and in the browser's script."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from test_expressions_js import SCRIPT, run

from designtool.cli import group
from designtool.diagnostics import Span
from designtool.expressions import compile_expression, evaluate, from_json, to_json
from designtool.expressions.expression import Environment, Form, Record, Scope, Type
from designtool.expressions.truth_tables import TRUTH_TABLES, UNKNOWN, TruthTable
from designtool.expressions.types import FUNCTIONS
from designtool.resources import folder

OPTIONS = ("oro", "somn")
NAMES = {
    **dict.fromkeys("ab", Type("truth")),
    **dict.fromkeys("xyz", Type("number")),
    "vald": Type("choice", options=OPTIONS),
    "flera": Type("choices", options=OPTIONS),
}
DAY = "2026-03-16"


def json_of(cell: str) -> Any:
    if cell == UNKNOWN:
        return None
    if cell in ("true", "false"):
        return cell == "true"
    return int(cell) if cell.lstrip("-").isdigit() else cell


def answers(table: TruthTable, row: tuple[str, ...]) -> dict[str, Any]:
    given = {name: json_of(cell) for name, cell in zip(table.names, row, strict=False)}
    if given.get("flera") is not None:
        given["flera"] = given["flera"].split(",")
    return given


def cells() -> list[tuple[str, Any, dict[str, Any], Any]]:
    """Source, tree, answers and what it is worth, of every cell."""
    found = []
    for table in TRUTH_TABLES:
        scope = Scope({"f": Form("f", "questionnaire", NAMES)}, "f")
        for place, source in enumerate(table.expressions):
            expression, diagnostics = compile_expression(source, scope, Span("f", 1, 1, 1, 2))
            assert expression is not None, diagnostics
            for row in table.rows:
                worth = row[len(table.names) + place]
                found.append((source, expression.tree, answers(table, row), json_of(worth)))
    return found


@pytest.mark.parametrize("table", TRUTH_TABLES, ids=lambda table: table.title.en)
def test_every_row_is_whole_and_stands_once(table: TruthTable) -> None:
    assert {len(row) for row in table.rows} == {len(table.names) + len(table.expressions)}
    given = [row[: len(table.names)] for row in table.rows]
    assert len(set(given)) == len(given)
    # Of each answer it is shown what happens with and without it.
    for place in range(len(table.names)):
        assert {row[place] == UNKNOWN for row in given} == {True, False}


@pytest.mark.parametrize("title", ["and, or", "equal, for yes and no"])
def test_tables_of_two_conditions_have_every_row(title: str) -> None:
    (table,) = (one for one in TRUTH_TABLES if one.title.en == title)
    assert {row[:2] for row in table.rows} == set(product(["true", "false", UNKNOWN], repeat=2))


def test_python_gives_what_the_page_says() -> None:
    for source, tree, given, worth in cells():
        values = {name: from_json(NAMES[name], answer) for name, answer in given.items()}
        day = date.fromisoformat(DAY)
        found = evaluate(tree, Environment(day, day, own="f", draft=Record(day, None, values)))
        assert to_json(found) == worth and type(to_json(found)) is type(worth), (source, given)
        assert isinstance(found, bool | Fraction | None)


def test_the_browser_gives_what_the_page_says(tmp_path: Path) -> None:
    names = {
        name: {"kind": type.kind, **({"options": list(type.options)} if type.options else {})}
        for name, type in NAMES.items()
    }
    lines: list[dict[str, Any]] = [{"forms": {"f": {"kind": "questionnaire", "names": names}}}]
    every = cells()
    for _, _, given, _ in every:
        lines.append(
            {"environment": {"today": DAY, "start": DAY, "own": "f", "draft": {"dated": DAY, "values": given}}}
        )
    lines += [
        {"source": source, "tree": tree, "within": number, "value": worth}
        for number, (source, tree, _, worth) in enumerate(every)
    ]
    path = tmp_path / "tables.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (report,) = run("pairs", 5, path, SCRIPT)
    assert report == {"compared": len(every), "disagreements": []}


def test_the_page_has_every_operator_and_aggregate() -> None:
    text = " ".join(source for table in TRUTH_TABLES for source in table.expressions)
    for word in ("and", "or", "not", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "in", "if(", "answered("):
        assert word in text
    assert all(f"{name}(" in text for name, function in FUNCTIONS.items() if function.values)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_is_printed(language: str) -> None:
    result = CliRunner().invoke(group, ["--lang", language, "explain", "truth-tables"])
    assert result.exit_code == 0
    for table in TRUTH_TABLES:
        assert table.title.in_language(language) in result.stdout
    assert "  true   –      |  –        true" in result.stdout
    data = json.loads(CliRunner().invoke(group, ["explain", "truth-tables", "--format", "json"]).stdout)
    jsonschema.validate(data, json.loads((folder("schemas") / "explain.schema.json").read_text("utf-8")))
    assert [len(table["rows"]) for table in data["tables"]] == [len(table.rows) for table in TRUTH_TABLES]
