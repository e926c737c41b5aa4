"""A program held against its earlier versions: every rule's own example, and what an acknowledgement is good for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from test_compare_kinds import changes_between, compared_tree, laid_over, program_of

from designtool.compare import BUMPS, Kind, all_kinds
from designtool.compare.against import Earlier, Held, findings, hold, needed_version
from designtool.compare.rules import RULES
from designtool.compare.version_step import stepped
from designtool.diagnostics import Diagnostic, Rule, Severity

OLD = f"sha256:{'1' * 64}"
NEW = f"sha256:{'2' * 64}"
QUESTIONNAIRE = "/programs/library/questionnaires/provskala.yaml"
VERSION_TWO = "-- program.yaml (change) --\n-version: 1.0.0\n+version: 2.0.0\n"
WEAKER = f"-- {QUESTIONNAIRE} (change) --\n-  - when: p3 >= 2\n+  - when: p3 >= 3\n"
# Its example is a list beside the programs, and files: tests/test_release_command.py meets the real thing.
TOLD_ELSEWHERE = frozenset({"missing-release-bundle"})
RUN = [pytest.param(rule, id=rule.name) for rule in RULES if rule.name not in TOLD_ELSEWHERE]


def held_against(example: str, earlier: str = "", digest: str = OLD) -> tuple[Diagnostic, ...]:
    """What is found when the program of the tests, with these files over it, is held against itself with those over it."""
    old, _ = program_of(laid_over(compared_tree(), earlier))
    new, compiled = program_of(laid_over(compared_tree(), example))
    held = hold(new, compiled.documents, NEW, Earlier(old, "exempel 1.0.0", digest))
    return findings(new, compiled.documents, [held])


@cache
def finding(example: str, earlier: str = "") -> str:
    """The digest by which the only change that needs it is acknowledged."""
    (found,) = [one for one in held_against(example, earlier) if one.rule == "unacknowledged-change"]
    return found.facts["finding"]


def acknowledged(*findings: str, reason: str = "Genomgången.") -> str:
    entries = "".join(
        f"+  - finding: {one}\n+    name: Eva Lind\n+    role: Psykolog\n+    reason: {reason}\n" for one in findings
    )
    return f"-- release.yaml (change) --\n-acknowledgements: []\n+acknowledgements:\n{entries}"


@pytest.mark.parametrize("rule", RUN)
def test_the_bad_example_gives_the_rule_once_and_nothing_else(rule: Rule) -> None:
    found = held_against(rule.bad)
    assert [one.rule for one in found] == [rule.name], found
    assert found[0].span.path
    assert found[0].span.line


@pytest.mark.parametrize("rule", RUN)
def test_the_good_example_is_silent(rule: Rule) -> None:
    digest = "" if not rule.good else OLD
    assert held_against(rule.good, digest=digest) == ()


@pytest.mark.parametrize(
    ("version", "step", "expected"),
    [
        ("1.4.2", "none", "1.4.2"),
        ("1.4.2", "patch", "1.4.3"),
        ("1.4.2", "minor", "1.5.0"),
        ("1.4.2", "major", "2.0.0"),
        ("0.1.0", "major", "1.0.0"),
        ("9.9.9", "minor", "9.10.0"),
    ],
)
def test_a_larger_step_begins_the_smaller_numbers_anew(version: str, step: str, expected: str) -> None:
    assert stepped(version, step) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "rules"), [("1.0.1", ["version-too-low"]), ("1.1.0", []), ("3.0.0", [])])
def test_a_version_is_late_enough_or_named_with_the_change_that_asks_for_more(version: str, rules: list[str]) -> None:
    example = (
        f"-- program.yaml (change) --\n-version: 1.0.0\n+version: {version}\n"
        "-- modules/01-start/30-ny.md --\n---\ntitle: Ny sida\n---\nHej.\n"
    )
    found = held_against(example)
    assert [one.rule for one in found] == rules
    for one in found:
        assert one.facts["needed"] == "1.1.0"
        assert one.span.path == "programs/exempel/program.yaml"
        assert one.span.line == 3
        assert "Ny sida" in one.message.sv
        assert [related.span.path for related in one.related] == ["programs/exempel/modules/01-start/30-ny.md"]


def test_a_version_that_goes_back_is_refused_though_nothing_else_changed() -> None:
    (found,) = held_against("-- program.yaml (change) --\n-version: 1.0.0\n+version: 0.9.0\n")
    assert (found.rule, found.severity) == ("version-too-low", Severity.ERROR)
    assert "tidigare" in found.message.sv


def test_the_same_version_with_other_bytes_is_refused_once_published() -> None:
    assert held_against("", digest="") == ()
    assert held_against("", digest=NEW) == ()
    (found,) = held_against("", digest=OLD)
    assert (found.rule, found.facts["needed"]) == ("published-version-changed", "1.0.1")


def test_of_several_earlier_versions_the_one_that_asks_most_decides() -> None:
    new, compiled = program_of(
        laid_over(
            compared_tree(), "-- program.yaml (change) --\n-version: 1.0.0\n+version: 1.2.1\n-  weeks: 6\n+  weeks: 8\n"
        )
    )
    first, _ = program_of(compared_tree())
    second, _ = program_of(
        laid_over(
            compared_tree(), "-- program.yaml (change) --\n-version: 1.0.0\n+version: 1.2.0\n-  weeks: 6\n+  weeks: 8\n"
        )
    )
    earlier = (Earlier(first, "exempel 1.0.0"), Earlier(second, "exempel 1.2.0"))
    held = [hold(new, compiled.documents, NEW, one) for one in earlier]
    assert [one.needed for one in held] == ["2.0.0", "1.2.0"]
    assert needed_version(held) == "2.0.0"
    (found,) = [one for one in findings(new, compiled.documents, held) if one.rule == "version-too-low"]
    assert "exempel 1.0.0" in found.message.sv


def test_a_clinical_change_is_refused_until_a_clinician_has_acknowledged_it() -> None:
    (found,) = held_against(VERSION_TWO + WEAKER)
    assert found.rule == "unacknowledged-change"
    assert found.span.path == QUESTIONNAIRE[1:]
    assert held_against(VERSION_TWO + WEAKER + acknowledged(found.facts["finding"])) == ()


def test_the_lines_that_are_printed_are_what_release_yaml_takes_once_they_are_filled_in() -> None:
    (found,) = held_against(VERSION_TWO + WEAKER)
    assert found.help is not None
    lines = found.help.sv.partition("\n")[2].splitlines()
    filled = [
        line.replace("name:", "name: Eva").replace("role:", "role: Psykolog").replace("reason:", "reason: Ja.")
        for line in lines
    ]
    change = "-- release.yaml (change) --\n-acknowledgements: []\n" + "".join(f"+{line}\n" for line in filled)
    assert held_against(VERSION_TWO + WEAKER + change) == ()


def test_lines_that_follow_others_are_indented_as_they_are() -> None:
    stated = acknowledged(finding(VERSION_TWO + WEAKER))
    stricter = (
        VERSION_TWO
        + WEAKER
        + (
            "-- modules/01-start/20-mer.md (change) --\n"
            "-Ring {contact}`crisis` om du tänker på att skada dig.\n+Ring {contact}`crisis` om du tänker på att dö.\n"
        )
    )
    (found,) = held_against(stricter + stated)
    assert found.rule == "unacknowledged-change"
    assert found.help is not None
    assert found.help.sv.partition("\n")[2].startswith("  - finding: sha256:")


@pytest.mark.parametrize(
    "same",
    [
        WEAKER.replace("p3 >= 3", "p3   >=  3"),
        WEAKER.replace("p3 >= 3", "p3 >= 3   # Sedan mötet i maj."),
        WEAKER.replace("-  - when", "-flags:\n-  - when").replace("+  - when", "+\n+\n+flags:\n+  - when"),
        WEAKER + "-    message: Ta upp svaret med patienten.\n+    message: Ta upp svaret.\n",
        WEAKER + "-- modules/01-start/10-sida.md (change) --\n-Välj något som betyder något för dig.\n+Välj något.\n",
    ],
    ids=["blanks", "comment", "lines", "words", "elsewhere"],
)
def test_an_acknowledgement_stands_as_long_as_the_change_means_the_same(same: str) -> None:
    found = held_against(VERSION_TWO + same + acknowledged(finding(VERSION_TWO + WEAKER)))
    # Another change may ask for an acknowledgement of its own.
    assert [one for one in found if one.rule == "idle-acknowledgement" or "flag is raised" in one.message.en] == []


@pytest.mark.parametrize(
    "other",
    [
        WEAKER.replace("p3 >= 3", "p3 >= 2 and p1 >= 1"),
        WEAKER + "-    level: red\n+    level: yellow\n",
        WEAKER + "-    escalate_after_hours: 24\n+    escalate_after_hours: 48\n",
    ],
    ids=["condition", "level", "hours"],
)
def test_another_change_in_the_same_place_asks_for_another_acknowledgement(other: str) -> None:
    found = held_against(VERSION_TWO + other + acknowledged(finding(VERSION_TWO + WEAKER)))
    assert {"idle-acknowledgement", "unacknowledged-change"} <= {one.rule for one in found}


def test_what_a_flag_builds_on_is_part_of_what_was_acknowledged() -> None:
    """Somebody took a stand on a flag on a sum. The sum is then worked out in another way."""
    path = "-- questionnaires/min_koll.yaml (change) --\n"
    end = "-      - from: 3\n-        label: Hög\n+      - from: 3\n+        label: Hög\n+flags:\n"
    flag = "+  - when: total >= {}\n+    level: yellow\n+    to: therapist\n"
    before, after = (path + end + flag.format(limit) for limit in (2, 4))
    prorated = "-      rule: require-all\n-      at_least: 2\n+      rule: prorate\n+      at_least: 1\n"
    known = finding(VERSION_TWO + after, before)
    assert held_against(VERSION_TWO + after + acknowledged(known), before) == ()
    found = held_against(VERSION_TWO + after + prorated + acknowledged(known), before)
    assert "idle-acknowledgement" in {one.rule for one in found}
    assert [one for one in found if "flag is raised" in one.message.en]


def test_an_acknowledgement_that_the_earlier_version_carries_was_for_an_earlier_change() -> None:
    known = acknowledged(finding(VERSION_TWO + WEAKER))
    (found,) = held_against(VERSION_TWO + WEAKER + known, known)
    assert found.rule == "unacknowledged-change"
    assert found.help is not None
    assert "på nytt" in found.help.sv
    twice = (
        known + acknowledged(finding(VERSION_TWO + WEAKER), reason="Än en gång.").partition("+acknowledgements:\n")[2]
    )
    assert held_against(VERSION_TWO + WEAKER + twice, known) == ()
    # Once published it is history, and nobody is asked to take it away.
    assert held_against("-- program.yaml (change) --\n-version: 1.0.0\n+version: 1.0.1\n" + known, known) == ()


def test_what_is_never_allowed_cannot_be_acknowledged() -> None:
    gone = "-- release.yaml (change) --\n-reserved:\n-  - gammal_plan\n+reserved: []\n"
    old, _ = program_of(compared_tree())
    new, compiled = program_of(laid_over(compared_tree(), VERSION_TWO + gone))
    (change,) = hold(new, compiled.documents, NEW, Earlier(old, "")).changes.not_allowed
    assert change.finding.startswith("sha256:")
    found = held_against(VERSION_TWO + gone + acknowledged(change.finding).partition("\n")[2])
    assert [(one.rule, one.severity) for one in found] == [
        ("change-never-allowed", Severity.ERROR),
        ("idle-acknowledgement", Severity.ERROR),
    ]


def test_without_the_whole_list_nobody_is_told_that_an_acknowledgement_is_of_nothing() -> None:
    old, _ = program_of(compared_tree())
    new, compiled = program_of(
        laid_over(
            compared_tree(),
            "-- program.yaml (change) --\n-version: 1.0.0\n+version: 1.0.1\n" + acknowledged("sha256:" + "0" * 64),
        )
    )
    held = [hold(new, compiled.documents, NEW, Earlier(old, ""))]
    assert [one.rule for one in findings(new, compiled.documents, held)] == ["idle-acknowledgement"]
    assert findings(new, compiled.documents, held, is_complete=False) == ()


TOLD = [pytest.param(kind, id=kind.name) for kind in all_kinds().values() if kind.fires and kind.bump != "none"]


@pytest.mark.parametrize("kind", TOLD)
def test_a_version_that_claims_less_than_a_kind_of_change_asks_is_refused(kind: Kind) -> None:
    changes = changes_between(kind.before, kind.fires)
    tree = laid_over(compared_tree(), kind.before)
    (old, _), (new, compiled) = program_of(tree), program_of(laid_over(tree, kind.fires))
    ladder = [stepped(old.version, step) for step in BUMPS]
    place = BUMPS.index(changes.required_bump)
    assert place >= BUMPS.index(kind.bump)
    for version in ladder:
        held = Held(Earlier(old, "exempel 1.0.0"), changes, False)
        found = findings(replace(new, version=version), compiled.documents, [held])
        refused = [one.rule for one in found if one.rule == "version-too-low"]
        assert refused == (["version-too-low"] if ladder.index(version) < place else []), version


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.name) for kind in all_kinds().values() if kind.fires])
def test_a_change_has_a_finding_to_acknowledge_when_a_clinician_must_see_it(kind: Kind) -> None:
    changes = changes_between(kind.before, kind.fires).changes
    for change in changes:
        assert bool(change.finding) == (change.needs_acknowledgement or not change.allowed)
    findings_of = [(change.finding, change.rule, change.about) for change in changes if change.finding]
    assert len({one[0] for one in findings_of}) == len({one[1:] for one in findings_of})
