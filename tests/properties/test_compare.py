"""Comparing: a program never differs from itself, whatever was done to it, and no verdict on meaning is contradicted by a patient."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from program_mutants import mutants
from test_compare import TAKEN_APART, programs

from designtool.compare import BUMPS, compare
from designtool.compare.meaning import Meaning
from designtool.compare.normal_form import normal_form
from designtool.compare.reports import Compared, html_report, json_report, markdown_report, text_report
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment
from designtool.model.program import Program
from designtool.treatment.records import fill

TODAY = date(2026, 3, 2)
NAMES = ("p1", "p2", "p3", "summa")


@cache
def once_changed(name: str) -> tuple[tuple[str, Program], ...]:
    return tuple(mutants(programs()[name]))


@st.composite
def changed_programs(draw: st.DrawFn) -> tuple[Program, Program]:
    """A program, and the same with some of its fields changed, one after the other."""
    program = programs()[draw(st.sampled_from(["compared/exempel", "minimal/exempel"]))]
    changed = program
    for _ in range(draw(st.integers(1, 3))):
        choices = [one for field, one in mutants(changed) if field not in TAKEN_APART]
        changed = choices[draw(st.integers(0, len(choices) - 1))]
    return program, changed


@given(changed_programs())
@settings(max_examples=30, deadline=None)
def test_whatever_was_done_to_it_a_program_does_not_differ_from_itself(pair: tuple[Program, Program]) -> None:
    _, changed = pair
    assert compare(changed, changed).changes == ()


@given(changed_programs())
@settings(max_examples=30, deadline=None)
def test_a_comparison_comes_to_the_same_every_time_and_can_be_told(pair: tuple[Program, Program]) -> None:
    old, new = pair
    found = compare(old, new)
    assert found == compare(old, new)
    steps = [BUMPS.index(change.bump) for change in found.changes]
    assert BUMPS.index(found.required_bump) >= max(steps, default=0)
    compared = Compared(old, new, "a", "b", found)
    for language in ("sv", "en"):
        assert len(json_report(compared, language)["changes"]) == len(found.changes)
        for change in found.changes:
            assert change.rule in text_report(compared, language)
            assert change.rule in html_report(compared, language)
            assert change.rule in markdown_report(compared, language)


def reference(name: str) -> tuple[str, ...]:
    return ("ref", "provskala", name)


COMPARISONS = st.builds(
    lambda operator, name, number: (operator, reference(name), ("number", number)),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(NAMES),
    st.sampled_from(["0", "1", "2", "3", "5", "9/2"]),
)
ASKED = st.builds(
    lambda function, name: ("call", function, reference(name)),
    st.sampled_from(["answered", "missing"]),
    st.sampled_from(NAMES),
)
CONDITIONS: st.SearchStrategy[Any] = st.recursive(
    COMPARISONS | ASKED,
    lambda inner: (
        st.builds(lambda one: ("not", one), inner)
        | st.builds(lambda operator, *parts: (operator, *parts), st.sampled_from(["and", "or"]), inner, inner)
    ),
    max_leaves=5,
)


def filled_in(answers: dict[str, int | None], finished: bool) -> Environment:
    form = programs()["compared/exempel"].questionnaire["provskala"]
    bare = Environment(today=TODAY, start=TODAY)
    record = fill(form, answers, bare, finished, TODAY).record(TODAY, None)
    return Environment(today=TODAY, start=TODAY, records={"provskala": (record,)})


@cache
def every_patient() -> tuple[Environment, ...]:
    """Everybody who can have answered the questionnaire, or is about to: what is prorated counts once it is submitted."""
    every_answer = [dict(zip(NAMES, answers, strict=False)) for answers in product((None, 0, 1, 2, 3), repeat=3)]
    return tuple(filled_in(answers, finished) for answers in every_answer for finished in (True, False))


@given(CONDITIONS)
@settings(max_examples=200, deadline=None)
def test_the_normal_form_comes_to_the_same_for_every_patient(condition: Any) -> None:
    normal = normal_form(condition)
    assert normal_form(normal) == normal
    for patient in every_patient():
        assert evaluate(normal, patient) is evaluate(condition, patient)


@given(CONDITIONS, CONDITIONS)
@settings(max_examples=150, deadline=None)
def test_no_patient_contradicts_a_verdict(old: Any, new: Any) -> None:
    program = programs()["compared/exempel"]
    meaning = Meaning(program, program)
    for verdict, held, holds in (
        (meaning.holds_no_longer(old, new), old, new),
        (meaning.holds_from_now_on(old, new), new, old),
    ):
        apart = [one for one in every_patient() if evaluate(held, one) is True and evaluate(holds, one) is not True]
        # All answers of three questions can be tried, so that nothing is left open.
        assert verdict.kind == ("different" if apart else "same")
        if verdict.kind == "different":
            answers = {
                name.removeprefix("provskala."): int(answer)
                for name, answer in verdict.answers.items()
                if not name.endswith(".summa")
            }
            shown = [filled_in(dict(answers), finished) for finished in (True, False)]
            assert any(evaluate(held, one) is True and evaluate(holds, one) is not True for one in shown)


@given(st.integers(1, 4), st.integers(1, 4))
def test_a_threshold_moved_is_always_noticed(old: int, new: int) -> None:
    program = programs()["compared/exempel"]
    trees = [(">=", reference("p1"), ("number", str(Fraction(number)))) for number in (old, new)]
    verdict = Meaning(program, program).holds_no_longer(*trees)
    # Nobody can answer more than 3.
    assert (verdict.kind == "different") == (old < new and old <= 3)
