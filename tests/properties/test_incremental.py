"""Compiling again after edits gives what compiling from nothing gives: the same programs, the same findings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from case_files import PROGRAM, TODAY, example_files, minimal_tree, text_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designtool.compare.rules import RULES as VERSION_RULES
from designtool.diagnostics import Diagnostic, Rule, Span
from designtool.exchange.rules import RULES as EXCHANGE_RULES
from designtool.incremental import Again, compile_again
from designtool.pipeline import Compiled, compile_tree
from designtool.rules import all_rules
from designtool.source.rules import RULES as SOURCE_RULES
from designtool.source.rules import unreadable_file
from designtool.source.tree import File, Tree, tree_of

OTHER = "programs/andra"
# The examples of findings about the disk are told in words; those of FHIR are resources, and those of versions lie over an
# earlier one.
WITHOUT_FILES = {*(rule.name for rule in (*SOURCE_RULES, *EXCHANGE_RULES, *VERSION_RULES)), "wrong-encoding"}
WITH_FILES = [rule for rule in all_rules().values() if rule.name not in WITHOUT_FILES]


def two_programs() -> dict[str, bytes]:
    """The minimal workspace with a second program, so that there is always one that nobody touches."""
    files = {path: file.data or b"" for path, file in minimal_tree().files.items()}
    for path, data in list(files.items()):
        if path.startswith(f"{PROGRAM}/"):
            moved = path.replace(PROGRAM, OTHER)
            files[moved] = data.replace(b"id: exempel", b"id: andra") if path.endswith("program.yaml") else data
    return files


def tree(files: dict[str, bytes]) -> Tree:
    """Each time new File objects: nothing may depend on getting the same ones."""
    return tree_of(
        text_file(path, data) if not path.endswith(".png") else File(path, len(data), f"sha256:{data.hex()}", None)
        for path, data in files.items()
    )


def assert_same(again: Compiled, clean: Compiled) -> None:
    assert again.programs == clean.programs
    assert again.shared == clean.shared
    assert again.diagnostics == clean.diagnostics
    assert again.library == clean.library
    assert list(again.documents) == list(clean.documents)
    assert again.tree == clean.tree


EXAMPLES = [rule.bad for rule in WITH_FILES] + [rule.good for rule in WITH_FILES]
SNIPPETS = st.sampled_from(
    [
        b"",
        b"\x00",
        b"\xe5\xe4\xf6 i en gammal kodning\n",
        b"title: [\n",
        b"title: Ny titel\n",
        b"\n\n:::{exercise} min_plan\n:::\n",
        b"\n\n:::{nagot} annat\n:::\n",
        b"\n\n:::{page} library/kris\n:::\n",
        b"\n\n:::{if} min_koll.total >= 3\nText.\n:::\n",
        b"  - broken: yes\n",
    ]
)


@st.composite
def edits(draw: st.DrawFn) -> list[dict[str, bytes]]:
    """The files after each of a few edits."""
    files = two_programs()
    steps: list[dict[str, bytes]] = []
    for _ in range(draw(st.integers(1, 5))):
        files = dict(files)
        match draw(st.sampled_from(["example", "append", "cut", "delete", "add", "rename", "settings", "restore"])):
            case "example":
                folder = draw(st.sampled_from([PROGRAM, OTHER]))
                for path, data in example_files(draw(st.sampled_from(EXAMPLES))).items():
                    path = path.replace(PROGRAM, folder)
                    if data is None:
                        files.pop(path, None)
                    else:
                        files[path] = data
            case "append":
                path = draw(st.sampled_from(sorted(files)))
                files[path] += draw(SNIPPETS)
            case "cut":
                path = draw(st.sampled_from(sorted(files)))
                files[path] = files[path][: draw(st.integers(0, len(files[path])))]
            case "delete":
                del files[draw(st.sampled_from(sorted(files)))]
            case "add":
                name = draw(st.sampled_from(["20-ny.md", "exercises/ny.yaml", "exercises/min_koll.yaml", "module.yml"]))
                files[f"{PROGRAM}/modules/01-start/{name}"] = draw(SNIPPETS)
            case "rename":
                folder, to = draw(st.sampled_from([(PROGRAM, "programs/nytt"), ("programs/library", "programs/lib")]))
                files = {path.replace(f"{folder}/", f"{to}/"): data for path, data in files.items()}
            case "settings":
                files["designtool.yaml"] = draw(
                    st.sampled_from(
                        [
                            b"format: 1\nregion: vgr\nprograms: annat\n",
                            b"format: 1\nregion: vgr\nseverity:\n  vague-link-text: off\n  module-length: error\n",
                            b"[",
                        ]
                    )
                )
            case "restore":
                files = two_programs()
        if not files:
            files = two_programs()
        steps.append(files)
    return steps


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits(), st.booleans(), st.integers(0, 1))
def test_compiling_again_after_edits_is_compiling_from_nothing(
    steps: list[dict[str, bytes]], with_read_finding: bool, days: int
) -> None:
    again: Again | None = compile_again(None, tree(two_programs()), (), TODAY)
    today: date = TODAY
    for files in steps:
        found: tuple[Diagnostic, ...] = ()
        if with_read_finding:
            found = tuple(
                unreadable_file.RULE.at(Span(path), reason="låst")
                for path in (f"{PROGRAM}/las.yaml", "programs/tomt", "programs/library/x.md")
            )
        now = tree(files)
        again = compile_again(again, now, found, today)
        assert_same(again.compiled, compile_tree(now, found, today))
        today += timedelta(days=days * 200)


@pytest.mark.parametrize("rule", WITH_FILES, ids=lambda rule: rule.name)
def test_a_mistake_and_its_mending(rule: Rule) -> None:
    start = two_programs()
    again = compile_again(None, tree(start), (), TODAY)
    for example in (rule.bad, rule.good):
        files = dict(start)
        for path, data in example_files(example).items():
            if data is None:
                files.pop(path, None)
            else:
                files[path] = data
        again = compile_again(again, tree(files), (), TODAY)
        assert_same(again.compiled, compile_tree(tree(files), (), TODAY))
    again = compile_again(again, tree(start), (), TODAY)
    assert_same(again.compiled, compile_tree(tree(start), (), TODAY))


def test_a_program_that_nobody_touched_is_not_made_again() -> None:
    files = two_programs()
    before = compile_again(None, tree(files), (), TODAY)
    page = f"{PROGRAM}/modules/01-start/10-sida.md"
    files[page] += b"\n\nEtt stycke till.\n"
    after = compile_again(before, tree(files), (), TODAY)
    old = {one.folder: one for one in before.compiled.programs}
    new = {one.folder: one for one in after.compiled.programs}
    assert new[OTHER].program is old[OTHER].program
    assert new[PROGRAM].program is not old[PROGRAM].program
    changed, kept = new[PROGRAM].program, old[PROGRAM].program
    assert changed is not None and kept is not None
    assert changed.exercises[0] is kept.exercises[0], "an exercise whose file is unchanged is the same value"


def test_what_the_library_says_reaches_every_program() -> None:
    files = two_programs()
    before = compile_again(None, tree(files), (), TODAY)
    del files["programs/library/pages/kris.md"]
    after = compile_again(before, tree(files), (), TODAY)
    clean = compile_tree(tree(files), (), TODAY)
    assert_same(after.compiled, clean)
    assert all(one.diagnostics for one in clean.programs)
