"""Comparing programs: nothing that differs is passed over, and what is equal is nothing."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import get_args, get_origin, get_type_hints

import pytest
from case_files import MINIMAL, TODAY
from program_mutants import mutants
from test_compare_kinds import COMPARED, TOLD, changes_between, uncached_changes, versions

from designtool.compare import Kind, all_kinds, clinical_meaning_differences, compare, families
from designtool.compare.difference import ALIGNED, compared_fields
from designtool.compare.family import Family
from designtool.compare.shown import shown
from designtool.expressions.expression import Expression
from designtool.model.codec import decode_program, encode_program
from designtool.model.migration import Migration
from designtool.model.program import DerivedFrom, Program
from designtool.rules import all_rules
from designtool.workspace import compile_workspace

ROOT = Path(__file__).parent.parent


@cache
def programs() -> dict[str, Program]:
    found = {}
    for root in (ROOT, MINIMAL, COMPARED):
        for one in compile_workspace(root, TODAY).programs:
            assert one.program is not None
            found[f"{root.name}/{one.program.id}"] = one.program
    return found


comparing = importlib.import_module("designtool.compare.compare")


@pytest.mark.parametrize("name", sorted(programs()))
def test_a_program_does_not_differ_from_itself(name: str) -> None:
    program = programs()[name]
    assert compare(program, program).changes == ()
    assert compare(program, program).required_bump == "none"


@pytest.mark.parametrize("name", sorted(programs()))
def test_a_program_does_not_differ_from_what_its_bundle_holds(name: str) -> None:
    program = programs()[name]
    read = decode_program(json.loads(json.dumps(encode_program(program))))
    assert compare(program, read).changes == ()
    assert compare(read, program).changes == ()


# A program without what others of its parts refer to is none that could be compiled.
TAKEN_APART = frozenset({"Item.id", "Questionnaire.items"})
# Renumbered with the text around them; of one that changes by itself nobody knows what it means.
UNKNOWN_MEANING = frozenset({"Block.id"})


def every_mutant() -> Iterator[tuple[str, str, Program]]:
    """Each field once, of the smallest program that has it."""
    done: set[str] = set(TAKEN_APART)
    for name in sorted(programs(), key=lambda one: (ROOT.name in one, one)):
        for field, program in mutants(programs()[name]):
            if field not in done:
                done.add(field)
                yield name, field, program


MUTANTS = [pytest.param(name, field, program, id=field) for name, field, program in every_mutant()]


@pytest.mark.parametrize(("name", "field", "mutant"), MUTANTS)
def test_no_field_of_a_program_can_change_unnoticed(name: str, field: str, mutant: Program) -> None:
    found = compare(programs()[name], mutant)
    assert found.changes
    assert field in UNKNOWN_MEANING or "unclassified-change" not in {change.rule for change in found.changes}
    assert compare(mutant, programs()[name]).changes


def named_fields(kind: type) -> Iterator[tuple[type, str]]:
    """Every field that a difference can name: what is aligned by ids or stands alone is looked into, all else is named."""
    for name in compared_fields(kind):
        hint = get_type_hints(kind)[name]
        inner = next(dataclasses_in(hint), None)
        is_list = get_origin(hint) is tuple
        if not is_list and is_dataclass(hint) and hint is not Expression:
            yield from named_fields(hint)  # type: ignore[arg-type]
            continue
        yield kind, name
        looked_into = not is_list or (kind, name) in ALIGNED
        if looked_into and inner is not None and inner not in (Expression, kind):
            yield from named_fields(inner)


def dataclasses_in(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from dataclasses_in(argument)


# What an element is aligned by cannot differ in it.
KEYS = frozenset({"id", "value", "questionnaire"})


def test_every_field_that_can_differ_has_a_kind() -> None:
    named = {(kind.__name__, name) for kind, name in named_fields(Program) if name not in KEYS}
    known = {(kind.__name__, name) for family in families.FAMILIES for kind, name in family.looks_at}
    assert named - known == set()
    assert {("Questionnaire", "flags"), ("Score", "bands"), ("Decision", "floor"), ("Publisher", "region")} <= named


def test_what_no_kind_recognises_needs_the_largest_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "FAMILIES", ())
    program = programs()["minimal/exempel"]
    found = compare(program, replace(program, title="En annan titel"))
    assert [change.rule for change in found.changes] == ["unclassified-change"]
    assert found.required_bump == "major"
    assert found.changes[0].old == program.title


@pytest.mark.parametrize("kind", TOLD)
def test_a_change_is_missed_once_its_kind_is_neutralised(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    without = [
        Family(
            family.kinds,
            family.looks_at,
            lambda difference, pair, own=family: (  # type: ignore[misc]
                change for change in own.changes(difference, pair) if change.rule != kind.name
            ),
        )
        for family in families.FAMILIES
    ]
    monkeypatch.setattr(comparing, "FAMILIES", tuple(without))
    found = {change.rule for change in uncached_changes(kind.before, kind.fires).changes}
    assert kind.name not in found


def test_kinds_and_rules_have_names_of_their_own() -> None:
    assert not all_kinds().keys() & all_rules().keys()


@pytest.mark.parametrize("kind", all_kinds().values(), ids=lambda kind: kind.name)
def test_every_kind_speaks_both_languages(kind: Kind) -> None:
    for text in (kind.title, kind.why, kind.consequence, *kind.messages.values()):
        assert text.sv.strip()
        assert text.en.strip()
        assert text.sv != text.en
    assert set(kind.name) <= set("abcdefghijklmnopqrstuvwxyz-")


def test_the_table_of_steps() -> None:
    """The design's own table: name to step, what it means for patients under way, and whether it is ever allowed."""
    table = {
        "text-corrected": ("patch", "safe", True, False),
        "media-replaced": ("patch", "safe", True, False),
        "page-added": ("minor", "safe", True, False),
        "module-added-at-end": ("minor", "safe", True, False),
        "option-label-reworded": ("minor", "safe", True, False),
        "measurement-added": ("minor", "safe", True, False),
        "unlock-loosened": ("minor", "safe", True, False),
        "module-added-in-middle": ("major", "needs-migration", True, False),
        "item-added": ("major", "needs-migration", True, False),
        "type-changed": ("major", "needs-migration", True, False),
        "unit-changed": ("major", "needs-migration", True, False),
        "optional-made-required": ("major", "needs-migration", True, False),
        "item-removed": ("major", "needs-migration", True, False),
        "option-removed": ("major", "needs-migration", True, False),
        "module-removed": ("major", "needs-migration", True, False),
        "module-moved": ("major", "needs-migration", True, False),
        "unlock-tightened": ("major", "needs-migration", True, False),
        "score-changed": ("major", "pin-only", True, True),
        "score-bands-changed": ("major", "pin-only", True, True),
        "flag-weakened": ("major", "pin-only", True, True),
        "risk-text-changed": ("major", "pin-only", True, True),
        "id-reused": ("major", "pin-only", False, False),
        "validated-wording-changed": ("major", "pin-only", False, False),
        "reserved-id-missing": ("major", "pin-only", False, False),
    }
    for name, expected in table.items():
        kind = all_kinds()[name]
        assert (kind.bump, kind.in_flight, kind.allowed, kind.needs_acknowledgement) == expected, name


def test_a_change_that_is_never_allowed_requires_the_largest_step() -> None:
    found = changes_between("", all_kinds()["reserved-id-missing"].fires)
    assert found.required_bump == "major"
    assert [change.rule for change in found.not_allowed] == ["reserved-id-missing"]


@pytest.mark.parametrize("name", ["score-changed", "score-bands-changed", "flag-weakened", "flag-strengthened"])
def test_what_alters_the_clinical_meaning_is_told_apart(name: str) -> None:
    kind = all_kinds()[name]
    old, new = (program for program, _ in versions(kind.before, kind.fires))
    assert {change.rule for change in clinical_meaning_differences(old, new)} == {name}
    near, missed = (program for program, _ in versions(kind.before, kind.near_miss))
    assert clinical_meaning_differences(near, missed) == ()
    assert clinical_meaning_differences(old, old) == ()


def test_text_alone_alters_no_clinical_meaning() -> None:
    for name in ("text-corrected", "page-added", "module-added-at-end", "measurement-added", "media-replaced"):
        old, new = (program for program, _ in versions(all_kinds()[name].before, all_kinds()[name].fires))
        assert clinical_meaning_differences(old, new) == ()


QUESTIONNAIRE = "-- /programs/library/questionnaires/provskala.yaml (change) --\n"
DIARY = "-- modules/02-vidare/exercises/dagbok.yaml (change) --\n"


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        # A flag that is written as before, of an answer that counts otherwise.
        (
            DIARY
            + "-  - id: humor\n-    type: scale\n-    label: Hur mådde du?\n"
            + "+  - id: humor\n+    type: scale\n+    label: Hur mådde du?\n+    show_if: sov > 0\n+    when_hidden: 1\n",
            {"field-condition-changed", "flag-strengthened"},
        ),
        # A decision that is written as before, of a diary that is summed up otherwise.
        (
            DIARY
            + "-    value: 100 * sum(last(7).sov) / sum(last(7).lag)\n+    value: 90 * sum(last(7).sov) / sum(last(7).lag)\n",
            {"computed-value-changed", "decision-rule-changed"},
        ),
        # One flag becomes two that together say as much.
        (
            QUESTIONNAIRE
            + "-  - when: p3 == 1\n-    level: yellow\n-    to: therapist\n"
            + "+  - when: p3 == 1 and p1 == 0\n+    level: yellow\n+    to: therapist\n"
            + "+  - when: p3 == 1 and p1 != 0\n+    level: yellow\n+    to: therapist\n"
            + "+  - when: p3 == 1 and missing(p1)\n+    level: yellow\n+    to: therapist\n",
            {"rewritten-expression", "flags-renumbered"},
        ),
        # A flag that goes to somebody else tells the one it told no longer.
        (
            DIARY + "-    message: Patienten mår dåligt.\n-    to: therapist\n"
            "+    message: Patienten mår dåligt.\n+    to: unit\n+    escalate_after_hours: 24\n+    patient_page: library/kris\n",
            {"flag-weakened", "flag-strengthened"},
        ),
        # Later is weaker.
        (
            QUESTIONNAIRE + "-    escalate_after_hours: 24\n+    escalate_after_hours: 48\n",
            {"flag-weakened"},
        ),
        (
            QUESTIONNAIRE + "-    escalate_after_hours: 24\n+    escalate_after_hours: 12\n",
            {"flag-strengthened"},
        ),
        # The same score is called the same, by two bands or by one.
        (
            QUESTIONNAIRE + "-      - from: 5\n-        label: Hög\n"
            "+      - from: 5\n+        label: Hög\n+      - from: 7\n+        label: Hög\n",
            {"rewritten-expression"},
        ),
        # Sums may be written in another order.
        (
            "-- modules/01-start/exercises/min_plan.yaml (change) --\n"
            "-    value: minuter / 60\n+    value: (minuter + minuter) / 120 - 0\n",
            {"rewritten-expression"},
        ),
        # One constraint of several is written otherwise.
        (
            DIARY + "-  - assert: sov <= lag\n+  - assert: not (sov > lag)\n",
            {"rewritten-expression"},
        ),
        # What holds when the rule is locked is a part of the rule.
        (
            "-- modules/02-vidare/exercises/fonster.yaml (change) --\n"
            "-lock_if: min_plan.svar\n+lock_if: min_plan.svar and min_koll.q1 > 0\n",
            {"decision-rule-changed"},
        ),
    ],
)
def test_changes_by_meaning(example: str, expected: set[str]) -> None:
    found = changes_between("", example)
    assert {change.rule for change in found.changes} == expected
    for change in found.changes:
        if change.rule in ("flag-weakened", "flag-strengthened", "computed-value-changed"):
            assert change.witness is not None


@pytest.mark.parametrize(
    "field", ["modules", "exercises", "questionnaires", "contacts", "glossary", "media", "journeys"]
)
def test_two_of_one_id_are_noticed_and_break_nothing(field: str) -> None:
    """No author's files can make them; a bundle that somebody else made may have them."""
    program = programs()["compared/exempel"]
    parts = getattr(program, field)
    twice = replace(program, **{field: (*parts, parts[0])})
    for old, new in ((program, twice), (twice, program)):
        assert compare(old, new).changes
    assert compare(twice, twice).changes == ()


@pytest.mark.parametrize("field", ["fields", "computed"])
def test_two_of_one_id_in_an_exercise_need_the_largest_step(field: str) -> None:
    program = programs()["compared/exempel"]
    exercise = program.exercise["min_plan"]
    twice = replace(exercise, **{field: (*getattr(exercise, field), getattr(exercise, field)[0])})
    new = replace(program, exercises=tuple(twice if one.id == twice.id else one for one in program.exercises))
    assert [change.rule for change in compare(program, new).changes] == ["unclassified-change"]


def test_a_migration_and_an_origin_are_shown_as_their_author_wrote_them() -> None:
    migration = Migration(
        "1.0.0",
        "2.0.0",
        forms=MappingProxyType({"mal": "mina_mal"}),
        removed_fields=("mal.extra",),
        begun_forms=MappingProxyType({"mina_mal": "see-again"}),
        begun_program="keep",
    )
    assert shown((migration,)) == (
        "1.0.0 → 2.0.0\nrename mal: mina_mal\nremoved mal.extra: keep-readable\n"
        "begun mina_mal: see-again\nbegun program: keep"
    )
    assert shown(DerivedFrom("annat", "1.2.0", f"sha256:{'a' * 64}")) == "annat 1.2.0 (sha256:aaaaaaaaaaaa…)"
