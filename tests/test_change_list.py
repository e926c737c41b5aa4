"""docs/changes.md is the published list of the kinds of change: kept up to date, and complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from designtool.cli.explain_changes import kinds_by_step
from designtool.compare import Kind
from designtool.compare.reports.compared import IN_FLIGHT_WORDS

PAGE = Path(__file__).parent.parent / "docs" / "changes.md"
HEAD = """\
# What can change between two versions

`designtool diff OLD NEW` names every difference as one of these kinds, by `rule` in `--format json`. `designtool explain changes` lists
them too, and `designtool explain <kind>` gives an example of each. A name is never given another meaning and never taken away, so a
script may depend on it. The step is the least that the version must take. What could not be judged is an `unclassified-change`.

Unlock rules, conditions, scores, bands, flags, decisions and constraints are compared by what they mean: what is written otherwise
and comes to the same for every patient is a `rewritten-expression`. What could not be shown to be the same is not called so.

For patients under way:

"""
TABLE = "\n| Kind | Step | Patients under way | What has happened | På svenska |\n|---|---|---|---|---|\n"


def page() -> str:
    under_way = "".join(f"- {name}: they {words.en}.\n" for name, words in IN_FLIGHT_WORDS.items())
    return HEAD + under_way + TABLE + "".join(map(row, kinds_by_step().values()))


def row(kind: Kind) -> str:
    step = "never allowed" if not kind.allowed else kind.bump
    if kind.needs_acknowledgement:
        step += ", and a clinical acknowledgement"
    return f"| `{kind.name}` | {step} | {kind.in_flight} | {kind.title.en} | {kind.title.sv} |\n"


def test_the_published_list_is_the_one_in_the_code(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "run pytest tests/test_change_list.py --update"
