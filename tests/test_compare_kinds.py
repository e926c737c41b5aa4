"""Every kind of change: its own example is that change, the near miss is not, and no field of a program escapes all kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from case_files import CHANGE, PROGRAM, TODAY, sections, text_file

from designtool.compare import Changes, Kind, all_kinds, compare
from designtool.diagnostics import has_errors
from designtool.model.migration import Migration
from designtool.model.program import DerivedFrom, Program
from designtool.pipeline import Compiled, compile_tree
from designtool.source import read
from designtool.source.tree import File, Tree, tree_of

COMPARED = Path(__file__).parent / "compared"
REMOVED = " (removed)"
MOVED = " (moved)"
UNTOLD = frozenset({"unclassified-change"})
TOLD = [pytest.param(kind, id=kind.name) for kind in all_kinds().values() if kind.fires]


@cache
def compared_tree() -> Tree:
    tree, found = read(COMPARED)
    assert not found
    return tree


def laid_over(tree: Tree, example: str) -> Tree:
    """The tree with the files of an example: as in `case_files.example_files`, and files that are removed or moved."""
    files: dict[str, File] = dict(tree.files)
    for name, text in sections(example):
        path = name.removesuffix(CHANGE).removesuffix(REMOVED).removesuffix(MOVED)
        path = path[1:] if path.startswith("/") else f"{PROGRAM}/{path}"
        if name.endswith(REMOVED):
            del files[path]
        elif name.endswith(MOVED):
            moved = files.pop(path)
            target = f"{PROGRAM}/{text.strip()}"
            files[target] = File(target, moved.size, moved.digest, moved.data)
        elif name.endswith(CHANGE):
            data = files[path].data
            assert data is not None
            files[path] = text_file(path, changed(path, data.decode(), text).encode())
        else:
            files[path] = text_file(path, text.encode())
    return tree_of(list(files.values()))


def changed(path: str, text: str, change: str) -> str:
    old: list[str] = []
    new: list[str] = []
    for line in [*change.splitlines(), "-"]:
        if line.startswith("-") and new:
            before, after = "".join(old), "".join(new)
            assert text.count(before) == 1, f"{path} holds the lines to change {text.count(before)} times:\n{before}"
            text = text.replace(before, "" if after == "\n" else after)
            old, new = [], []
        assert line[:1] in ("-", "+"), f"neither - nor +: {line}"
        (old if line.startswith("-") else new).append(f"{line[1:]}\n")
    return text


def program_of(tree: Tree) -> tuple[Program, Compiled]:
    compiled = compile_tree(tree, (), TODAY)
    assert not has_errors(list(compiled.diagnostics)), compiled.diagnostics
    program = compiled.programs[0].program
    assert program is not None
    return program, compiled


def changes(kind: Kind, example: str) -> Changes:
    return changes_between(kind.before, example)


@cache
def changes_between(before: str, example: str) -> Changes:
    return uncached_changes(before, example)


def uncached_changes(before: str, example: str) -> Changes:
    old, new = versions(before, example)
    return compare(old[0], new[0], old[1].documents, new[1].documents)


@cache
def versions(before: str, example: str) -> tuple[tuple[Program, Compiled], tuple[Program, Compiled]]:
    tree = laid_over(compared_tree(), before)
    return program_of(tree), program_of(laid_over(tree, example))


@pytest.mark.parametrize("kind", TOLD)
def test_the_example_is_the_change(kind: Kind) -> None:
    found = [change for change in changes(kind, kind.fires).changes if change.rule == kind.name]
    assert found, [change.rule for change in changes(kind, kind.fires).changes]
    for change in found:
        assert (change.bump, change.in_flight, change.allowed) == (kind.bump, kind.in_flight, kind.allowed)
        assert change.subject
        assert change.span is not None or change.new is None
        assert change.old != change.new or change.witness is not None


@pytest.mark.parametrize("kind", TOLD)
def test_nothing_of_the_example_is_unclassified(kind: Kind) -> None:
    for example in (kind.fires, kind.near_miss):
        assert "unclassified-change" not in {change.rule for change in changes(kind, example).changes}


@pytest.mark.parametrize("kind", TOLD)
def test_the_near_miss_is_not_the_change(kind: Kind) -> None:
    found = changes(kind, kind.near_miss)
    assert found.changes, "a near miss is a change, of another kind"
    assert kind.name not in {change.rule for change in found.changes}


def _with_exercise(program: Program) -> Program:
    first, *others = program.exercises
    return replace(program, exercises=(replace(first, shown_to_patient=True), *others))


def _with_range(program: Program) -> Program:
    first, *others = program.questionnaires
    scores = tuple(replace(score, high=score.high + 1) for score in first.scores)
    return replace(program, questionnaires=(replace(first, scores=scores), *others))


BELOW = DerivedFrom("ursprunget", "1.0.0", f"sha256:{'0' * 64}")

NO_FILE_CAN_SHOW: dict[str, Callable[[Program], Program]] = {
    "format-changed": lambda program: replace(program, format=program.format + 1),
    "program-id-changed": lambda program: replace(program, id="ett-annat"),
    "retention-changed": lambda program: replace(program, retention="ten years"),
    "score-range-changed": _with_range,
    "migration-changed": lambda program: replace(program, migrations=(Migration("0.9.0", "1.0.0"),)),
    "fork-origin-changed": lambda program: replace(
        program, derived_from=DerivedFrom("ursprunget", "1.0.0", f"sha256:{'0' * 64}")
    ),
    "overlay-base-changed": lambda program: replace(program, overlay_of=BELOW),
    "therapist-answers-shown": _with_exercise,
}
"""What the present format has no other value for, or what stands outside of a program's own files."""


@pytest.mark.parametrize("name", NO_FILE_CAN_SHOW)
def test_a_change_that_no_file_can_show(name: str) -> None:
    program, _ = program_of(compared_tree())
    assert [change.rule for change in compare(program, NO_FILE_CAN_SHOW[name](program)).changes] == [name]
    other = replace(program, title="En annan titel")
    assert [change.rule for change in compare(program, other).changes] == ["text-corrected"]


def test_what_an_overlay_lies_over_is_one_change_and_no_fork() -> None:
    program, _ = program_of(compared_tree())
    later = DerivedFrom("ursprunget", "1.1.0", f"sha256:{'1' * 64}")
    over, over_later = replace(program, overlay_of=BELOW), replace(program, overlay_of=later)
    (change,) = compare(over, over_later).changes
    assert (change.rule, change.bump, change.in_flight) == ("overlay-base-changed", "patch", "safe")
    assert change.message.sv == "anpassningen ligger nu över ursprunget 1.1.0 i stället för ursprunget 1.0.0"
    (change,) = compare(over, program).changes
    assert (change.rule, change.message.sv) == (
        "overlay-base-changed",
        "det är inte längre en anpassning av ursprunget 1.0.0",
    )
    forked = [replace(program, derived_from=one) for one in (BELOW, later)]
    assert {change.rule for change in compare(*forked).changes} == {"fork-origin-changed"}
    both = [replace(one, overlay_of=one.derived_from) for one in forked]
    assert {change.rule for change in compare(*both).changes} == {"fork-origin-changed", "overlay-base-changed"}
    same = [replace(one, overlay_of=BELOW) for one in forked]
    assert {change.rule for change in compare(*same).changes} == {"fork-origin-changed"}


def test_every_kind_has_an_example() -> None:
    untold = {kind.name for kind in all_kinds().values() if not kind.fires or not kind.near_miss}
    assert untold == {*NO_FILE_CAN_SHOW, *UNTOLD, "shown-to-patient-changed"}


def test_what_therapists_wrote_is_no_longer_shown() -> None:
    program, _ = program_of(compared_tree())
    (change,) = compare(_with_exercise(program), program).changes
    assert (change.rule, change.bump, change.in_flight) == ("shown-to-patient-changed", "minor", "safe")


def test_a_contact_is_the_region_s_own() -> None:
    page = "-- modules/01-start/20-mer.md (change) --\n-:::{page} library/rad\n-:::\n+Ring {contact}`mottagningen`.\n"
    contact = '-- /programs/library/contacts.yaml (change) --\n-  phone: "0101234567"\n+  phone: "0107654321"\n'
    (change,) = changes_between(page, contact).changes
    assert (change.rule, change.bump, change.in_flight) == ("contact-changed", "patch", "safe")
    assert change.subject == "contact mottagningen"


_PLAN = "-- modules/01-start/exercises/min_plan.yaml (change) --\n"
_TURNED = _PLAN + "-    ends: [Inte alls, Mycket]\n+    ends: [Mycket, Inte alls]\n"
_QUESTIONS_EXCHANGED = (
    _PLAN
    + """\
-    label: Vad ska du göra?
+    label: Vad kan hindra dig?
-    label: Vad kan hindra dig?
-    show_if: svar
+    label: Vad ska du göra?
+    show_if: svar
"""
)
_OWN = "-- questionnaires/min_koll.yaml (change) --\n"
_ITEMS_EXCHANGED = (
    _OWN
    + """\
-  - id: q1
-    text: Hur ofta har du känt dig nere?
-    options: frequency
-  - id: q2
-    text: Hur ofta har du varit trött?
-    options: frequency
+  - id: q1
+    text: Hur ofta har du varit trött?
+    options: frequency
+  - id: q2
+    text: Hur ofta har du känt dig nere?
+    options: frequency
"""
)
_VALUES_EXCHANGED = (
    _OWN
    + """\
-    - value: 0
-      label: Inte alls
+    - value: 2
+      label: Inte alls
-    - value: 2
-      label: Ofta
+    - value: 0
+      label: Ofta
"""
)


@pytest.mark.parametrize("example", [_TURNED, _QUESTIONS_EXCHANGED, _ITEMS_EXCHANGED, _VALUES_EXCHANGED])
def test_words_that_stand_at_another_id_are_never_a_correction(example: str) -> None:
    found = [one for one in changes_between("", example).changes if one.rule == "words-exchanged"]
    assert found
    assert {(one.bump, one.in_flight, one.needs_acknowledgement) for one in found} == {("major", "pin-only", True)}
    others = {one.rule for one in changes_between("", example).changes} - {"words-exchanged"}
    assert "text-corrected" not in others
    assert "item-reworded" not in others


def test_a_question_that_locks_a_decision_is_about_risk() -> None:
    reworded = changes_between("", _PLAN + "-    label: Är det svårt?\n+    label: Är det lätt?\n").changes
    assert [one.rule for one in reworded] == ["risk-text-changed"]
    other = changes_between("", _PLAN + "-    label: Hur länge?\n+    label: Hur många minuter?\n").changes
    assert [one.rule for one in other] == ["text-corrected"]


def test_a_question_that_locks_a_decision_may_not_silently_be_left_empty() -> None:
    required = _PLAN + "-    label: Är det svårt?\n+    label: Är det svårt?\n+    required: true\n"
    (optional, _), (must_be_answered, _) = versions("", required)
    found = {one.rule for one in compare(must_be_answered, optional).changes}
    assert found == {"flag-weakened", "required-made-optional"}


def test_a_number_on_the_crisis_page_is_one_to_call() -> None:
    page = "-- /programs/library/pages/kris.md (change) --\n-Ring {contact}`crisis` om det är fara för liv. Dina svar läses inte direkt.\n"
    page += "+Ring {contact}`crisis` eller {contact}`mottagningen`. Dina svar läses inte direkt.\n"
    phone = '-- /programs/library/contacts.yaml (change) --\n-  phone: "0101234567"\n+  phone: "0107654321"\n'
    hours = "-- /programs/library/contacts.yaml (change) --\n-  hours: vardagar 8–16\n+  hours: vardagar 8–17\n"
    assert [one.rule for one in changes_between(page, phone).changes] == ["crisis-contact-changed"]
    assert [one.rule for one in changes_between(page, hours).changes] == ["contact-changed"]


_MEASURED = "-- program.yaml (change) --\n-    at: [start, end]\n+    at: [{}]\n"


def test_every_week_is_every_second_week_too() -> None:
    seldom = _MEASURED.format("start, every 2 weeks, end")
    (first, _), (second, _) = (
        versions("", seldom)[1],
        versions("", _MEASURED.format("start, every week, end"))[1],
    )
    assert [one.rule for one in compare(first, second).changes] == ["measurement-added"]
    assert [one.rule for one in compare(second, first).changes] == ["measurement-removed"]
    (third, _) = versions("", _MEASURED.format("start, every 3 weeks, end"))[1]
    assert [one.rule for one in compare(first, third).changes] == ["measurement-removed", "measurement-added"]
