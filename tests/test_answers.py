"""What may be typed into a field: the server and the browser read the vectors alike, and both say it back the same."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from browser_modules import browser_modules, node

from designtool.expressions import to_json
from designtool.model.exercise import Field, Option, Row
from designtool.render.fields import input_value
from designtool.treatment.answers import read_answer, typed_answer

FILE = Path(__file__).parent / "vectors" / "answers.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"]


def field_of(stated: Mapping[str, Any], id: str = "svar") -> Field:
    def number(name: str) -> Fraction | None:
        return Fraction(stated[name]) if name in stated else None

    return Field(
        stated.get("id", id),
        stated["type"],
        "Fråga",
        min=number("min"),
        max=number("max"),
        step=number("step"),
        max_length=stated.get("max_length"),
        options=tuple(Option(value, value) for value in stated.get("options", ())),
        columns=tuple(field_of(column) for column in stated.get("columns", ())),
        rows=tuple(Row(id, id) for id in stated.get("rows", ())),
    )


@pytest.mark.parametrize("case", CASES, ids=[f"{one['field']['type']} {one['typed']!r}"[:60] for one in CASES])
def test_every_vector_holds_on_the_server(case: dict[str, Any]) -> None:
    field = field_of(case["field"])
    read = read_answer(field, case["typed"])
    assert (read.problem is not None) == case.get("wrong", False)
    if read.problem is None:
        assert to_json(typed_answer(field, read.value)) == case["value"]
        if "shown" in case:
            assert input_value(field, read.value, "sv") == case["shown"]
            again = read_answer(field, case["shown"])
            assert again.value == read.value, "what is shown back means the same"


def test_every_vector_holds_in_the_browser(tmp_path: Path) -> None:
    folder = browser_modules(tmp_path, "answers.mjs")
    done = subprocess.run([node(), folder / "answers.mjs", FILE], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report == {"compared": len(CASES), "disagreements": []}


def test_a_mistake_says_how_to_write_it() -> None:
    for type, wanted in (("time", "22.30 eller 2230"), ("minutes", "1:20"), ("decimal", "7,5"), ("integer", "3")):
        problem = read_answer(Field("svar", type, "Fråga"), "vet ej").problem  # type: ignore[arg-type]
        assert problem is not None and wanted in problem.sv


def test_no_decimal_is_lost_on_the_way_back_into_the_field() -> None:
    field = Field("svar", "decimal", "Fråga")
    assert input_value(field, read_answer(field, "1,234567").value, "sv") == "1,234567"
    assert input_value(field, read_answer(field, "1,5").value, "en") == "1.5"
