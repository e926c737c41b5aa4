"""The browser's evaluator and Python's give one meaning: the vectors, random expressions, and mistakes planted in either."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from expression_generator import ALL_OPERATIONS, Sample, operations, reads_something_missing, sample
from expression_mutants import JAVASCRIPT, PYTHON, SCRIPT, javascript_mutant, python_mutant
from expression_vectors import FILE

from designtool.expressions import evaluate, to_json

RUNNER = Path(__file__).parent / "node" / "expressions.mjs"
SEEDS = (20260316, 4)
EXPRESSIONS, ANSWERS_EACH = 3_600, 3
LEAST_OF_EACH = 100
"""So many pairs at least have each operator and each function."""


def run(*arguments: object) -> list[dict[str, Any]]:
    """What the runner prints, one report a module. Without a Node that is new enough the test fails: nothing is skipped."""
    program = shutil.which("node") or shutil.which("nodejs")
    needed = "Node 20 or newer runs the browser's evaluator in the tests (Debian 12 packages 18; 13 has 20: apt-get install nodejs)"
    assert program, f"There is no Node on this machine. {needed}."
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    found = re.match(r"v(\d+)\.", version)
    assert found and int(found[1]) >= 20, f"Node here is {version}. {needed}."
    done = subprocess.run([program, RUNNER, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def random_sample() -> Sample:
    parts = [sample(seed, EXPRESSIONS, ANSWERS_EACH) for seed in SEEDS]
    environments = [one for part in parts for one in part.environments]
    pairs = []
    for number, part in enumerate(parts):
        before = sum(len(other.environments) for other in parts[:number])
        pairs += [type(pair)(pair.source, pair.tree, pair.environment + before) for pair in part.pairs]
    return Sample(
        environments, [one for part in parts for one in part.read], pairs, [v for part in parts for v in part.values]
    )


@pytest.fixture(scope="module")
def sample_file(random_sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("expressions") / "sample.jsonl"
    random_sample.write(path)
    return path


def test_every_vector_holds_in_the_browser_and_what_is_no_tree_is_refused() -> None:
    data = json.loads(FILE.read_text("utf-8"))
    (report,) = run("vectors", SCRIPT, FILE)
    assert report["disagreements"] == []
    assert report["compared"] > len(data["cases"]) + len(data["trees"]) + len(data["values"]) + 60


def test_python_and_javascript_agree_on_random_expressions(random_sample: Sample, sample_file: Path) -> None:
    (report,) = run("pairs", 5, sample_file, SCRIPT)
    assert report["disagreements"] == []
    assert report["compared"] == len(random_sample.pairs) >= 20_000


def test_the_sample_has_every_operator_and_function_and_enough_that_is_missing(random_sample: Sample) -> None:
    pairs, values = random_sample.pairs, random_sample.values
    having = Counter(word for pair in pairs for word in set(operations(pair.tree)))
    few = {word: having[word] for word in ALL_OPERATIONS if having[word] < LEAST_OF_EACH}
    assert not few
    assert set(having) == ALL_OPERATIONS
    missing = sum(reads_something_missing(pair.tree, random_sample.read[pair.environment]) for pair in pairs)
    assert 1 / 3 <= missing / len(pairs) <= 9 / 10
    assert 1 / 4 <= sum(value is not None for value in values) / len(values) <= 3 / 4
    assert len({json.dumps(pair.tree) for pair in pairs}) >= 5_000


def test_the_sample_is_the_same_each_time() -> None:
    first, again = sample(7, 40, 2, 20), sample(7, 40, 2, 20)
    assert (first.environments, first.pairs, first.values) == (again.environments, again.pairs, again.values)


def test_the_sample_has_trees_that_meet_answers_of_another_kind(random_sample: Sample) -> None:
    """The compiler would make none of these; a program that has changed since the patient answered leads to them."""
    assert sum('"borta"' in json.dumps(pair.tree) for pair in random_sample.pairs) >= 100


@pytest.mark.parametrize("name", PYTHON)
def test_a_mistake_in_python_is_found(name: str, random_sample: Sample) -> None:
    """The values of the sample are those of the browser's evaluator too, as another test shows."""
    assert disagrees(python_mutant(name), random_sample)


def test_without_a_mistake_nothing_is_found(random_sample: Sample) -> None:
    assert not disagrees(evaluate, random_sample)


def test_each_mistake_in_javascript_is_found(sample_file: Path, tmp_path: Path) -> None:
    reports = run("pairs", 1, sample_file, *(javascript_mutant(name, tmp_path) for name in JAVASCRIPT))
    unseen = [name for name, report in zip(JAVASCRIPT, reports, strict=True) if not report["disagreements"]]
    assert unseen == []


def test_there_are_mistakes_enough() -> None:
    assert len(PYTHON) >= 15
    assert len(JAVASCRIPT) >= 15


def test_the_script_uses_nothing_that_a_strict_page_forbids() -> None:
    text = SCRIPT.read_text("utf-8")
    code = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    assert not re.search(
        r"\beval\b(?!uate)|\bFunction\b|\bimport\b|\brequire\b|\bnew Date\b|\bDate\.|\bIntl\b|\bwindow\b|\bdocument\b",
        code,
    )


def disagrees(worth: Callable[..., Any], on: Sample) -> bool:
    """True at the first pair whose value is another; an exception is another value."""
    for pair, value in zip(on.pairs, on.values, strict=True):
        try:
            found = to_json(worth(pair.tree, on.read[pair.environment]))
        except Exception:
            return True
        if found != value or type(found) is not type(value):
            return True
    return False
