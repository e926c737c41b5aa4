"""The flags of an exercise while answers are missing: what no missing answer could change is certain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from case_files import compiled, example_files

from designtool.expressions.expression import Environment
from designtool.treatment.records import fill

TODAY = date(2026, 3, 16)
FORM = """\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: oro
    type: scale
    label: Hur orolig är du?
    min: 0
    max: 10
  - id: sorg
    type: scale
    label: Hur ledsen är du?
    min: 0
    max: 10
  - id: grubbel
    type: minutes
    label: Hur länge grubblar du?
    show_if: oro > 4
computed:
  - id: tyngd
    label: Hur tungt det är
    value: oro + sorg
  - id: halva
    label: Hälften
    value: tyngd / 2
  - id: tid
    label: Tid
    value: grubbel + oro
flags:
  - when: {when}
    level: yellow
    message: Det är tungt.
-- modules/01-start/10-sida.md (change) --
+
+:::{{exercise}} min_plan
+:::
"""


@pytest.mark.parametrize(
    ("when", "answers", "is_raised"),
    [
        ("tyngd >= 8", {"oro": 8}, True),
        ("tyngd >= 8", {"oro": 7}, False),
        ("tyngd >= 8", {"oro": 3, "sorg": 5}, True),
        ("halva >= 4", {"sorg": 8}, True),
        ("halva >= 4", {"sorg": 7}, False),
        ("tyngd < 15", {"oro": 4}, True),
        ("tyngd < 15", {"oro": 5}, False),
        # What is not shown is not going to be answered.
        ("tid >= 0 and oro >= 0 and sorg > 9", {"oro": 3, "sorg": 10}, False),
    ],
)
def test_a_value_that_waits_for_an_answer_raises_what_that_answer_cannot_change(
    when: str, answers: dict[str, Any], is_raised: bool
) -> None:
    found = compiled(example_files(FORM.format(when=when)))
    assert found.programs[0].program is not None, found.diagnostics
    form = found.programs[0].program.exercise["min_plan"]
    filled = fill(form, answers, Environment(today=TODAY, start=TODAY), True, TODAY)
    assert bool(filled.flags) is is_raised
