"""The browser's scoring and Python's give one meaning: random questionnaires, each instrument, and mistakes planted in it."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
from safety_samples import instruments
from scoring_generator import answers, questionnaire, wrong_answers
from scoring_mutants import JAVASCRIPT, mutant

from designtool.cli.javascript import Node, find_node, score_in_javascript, scripts
from designtool.diagnostics import Cannot
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.scoring import Scored, score

Case = tuple[Questionnaire, dict[str, Any]]


@pytest.fixture(scope="module")
def node() -> Node:
    """Without a Node that is new enough the tests fail: nothing is skipped."""
    found = find_node()
    assert isinstance(found, Node), found.en
    return found


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    random = Random(20261122)
    found: list[Case] = []
    for _ in range(400):
        form = questionnaire(random)
        found += [(form, answers(random, form)) for _ in range(14)]
        found.append((form, wrong_answers(random, form)))
    return found


@pytest.fixture(scope="module")
def known(cases: list[Case]) -> list[Any]:
    return [outcome(score(form, given)) for form, given in cases]


def outcome(scored: Scored) -> Any:
    refused = sorted(refusal.item for refusal in scored.refusals)
    return scored.scores, [(flag.id, flag.level) for flag in scored.flags], refused


def test_python_and_javascript_agree_on_random_questionnaires(node: Node, cases: list[Case], known: list[Any]) -> None:
    found = score_in_javascript(node, cases)
    assert len(cases) == 6_000
    for case, wanted, scored in zip(cases, known, found, strict=True):
        assert outcome(scored) == wanted, case


def test_the_sample_has_what_can_go_wrong(cases: list[Case], known: list[Any]) -> None:
    scored = [score(form, given) for form, given in cases]
    assert sum(bool(one.refusals) for one in scored) >= 200
    assert sum(bool(one.hidden) for one in scored) >= 500
    assert sum("not-asked" in one.statuses.values() for one in scored) >= 300
    assert sum("declined" in one.statuses.values() for one in scored) >= 300
    for status in ("complete", "prorated", "insufficient"):
        assert sum(any(result.status == status for result in one.scores) for one in scored) >= 500
    early = sum(
        any(flag.id.startswith("slump") for flag in one.flags) and "skipped" in one.statuses.values() for one in scored
    )
    assert early >= 500


def test_python_and_javascript_agree_on_each_instrument(node: Node) -> None:
    random = Random(3)
    cases = [
        (form, made(random, form)) for form in instruments().values() for made in [answers] * 40 + [wrong_answers] * 5
    ]
    for (form, given), scored in zip(cases, score_in_javascript(node, cases), strict=True):
        assert outcome(scored) == outcome(score(form, given)), (form.id, given)


def test_each_mistake_is_found(node: Node, cases: list[Case], known: list[Any]) -> None:
    # Most are seen in a few cases; what is not, is looked for in more.
    samples = (slice(None, None, 151), slice(450), slice(None, None, 16), slice(None))
    unseen = [
        name
        for name in JAVASCRIPT
        if not any(disagrees(node, mutant(name), cases[some], known[some]) for some in samples)
    ]
    assert unseen == []


def disagrees(node: Node, code: dict[str, str], cases: list[Case], known: list[Any]) -> bool:
    """A script that breaks off disagrees too."""
    try:
        return [outcome(scored) for scored in score_in_javascript(node, cases, code)] != known
    except Cannot:
        return True


def test_the_script_uses_nothing_that_a_strict_page_forbids() -> None:
    code = re.sub(r"^\s*//.*$", "", scripts()["scoring"], flags=re.MULTILINE)
    assert re.findall(r"\bimport\b.*", code) == [next(line for line in code.splitlines() if line.startswith("import"))]
    assert not re.search(
        r"\beval\b(?!uate)|\bFunction\b|\brequire\(|\bnew Date\b|\bDate\.|\bIntl\b|\bwindow\b|\bdocument\b", code
    )
