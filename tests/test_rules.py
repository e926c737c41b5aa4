"""Every rule's own example: the bad one gives that rule once and nothing else, the good one gives nothing."""

from __future__ import annotations

import pytest
from case_files import compiled, example_files

from designtool import check
from designtool.compare.rules import RULES as VERSION_RULES
from designtool.diagnostics import Rule
from designtool.exchange.rules import RULES as EXCHANGE_RULES
from designtool.layer.rules import OVERLAY_RULES
from designtool.rules import all_rules
from designtool.source.rules import RULES as SOURCE_RULES

# Findings about the disk and about bytes that are no text, which an example cannot hold: their examples are told in
# words, and tests/test_source.py and tests/test_load_yaml.py meet the real thing.
TOLD_IN_WORDS = frozenset({*(rule.name for rule in SOURCE_RULES), "wrong-encoding"})
# Their examples are resources of other systems: tests/test_fhir_import.py runs them.
FOREIGN = frozenset(rule.name for rule in EXCHANGE_RULES)
# Their examples are later versions of a program: tests/test_against.py runs them.
LATER = frozenset(rule.name for rule in VERSION_RULES)
# Their examples lie over the minimal program as a region's overlay: tests/test_overlays.py runs them.
OVERLAID = frozenset(rule.name for rule in OVERLAY_RULES)
RUN = [
    pytest.param(rule, id=rule.name)
    for rule in all_rules().values()
    if rule.name not in TOLD_IN_WORDS | FOREIGN | LATER | OVERLAID
]


@pytest.mark.parametrize("rule", RUN)
def test_bad_example_gives_the_rule_once_and_nothing_else(rule: Rule) -> None:
    found = compiled(example_files(rule.bad)).diagnostics
    assert [diagnostic.rule for diagnostic in found] == [rule.name], found
    assert found[0].span.path, "a finding has a place"


@pytest.mark.parametrize("rule", RUN)
def test_good_example_is_silent(rule: Rule) -> None:
    assert compiled(example_files(rule.good)).diagnostics == ()


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule, _ in check.CHECKS])
def test_bad_example_is_silent_once_the_rule_is_neutralised(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECKS", tuple(one for one in check.CHECKS if one[0] is not rule))
    assert compiled(example_files(rule.bad)).diagnostics == ()


def test_the_minimal_workspace_is_silent() -> None:
    assert compiled({}).diagnostics == ()


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in all_rules().values()])
def test_every_rule_speaks_both_languages(rule: Rule) -> None:
    for text in (rule.title, rule.why, *rule.messages.values(), *rule.helps.values()):
        assert text.sv.strip()
        assert text.en.strip()
        assert text.sv != text.en, text
    assert set(rule.name) <= set("abcdefghijklmnopqrstuvwxyz-")
