"""Every answer that a proof shows can be given: it is played through the state machine, and what was claimed comes true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from safety_samples import real_program
from test_items_asked import HABIT
from test_treatment import Play
from treatment_samples import condition, forms_of, module, program

from designtool.check.domains import Domains
from designtool.expressions import evaluate, to_json
from designtool.expressions.evaluate import Reference
from designtool.expressions.expression import Expression, Scope, Value
from designtool.expressions.prove import THIS_WEEK, Proof
from designtool.model.exercise import Exercise
from designtool.model.flow import Occasion, PlannedMeasurement
from designtool.model.program import Program
from designtool.treatment.commands import Refusal
from designtool.treatment.environment import environment_of
from designtool.treatment.records import fill, form_of

EVERYTHING = """
title: Allt
kind: worksheet
fill: whenever
fields:
  - {id: heltal, type: integer, label: A, min: 0, max: 50}
  - {id: tal, type: decimal, label: B, min: 0, max: 10}
  - {id: tid, type: minutes, label: C, min: 0, max: 600}
  - {id: skala, type: scale, label: D, min: 0, max: 10}
  - {id: val, type: choice, label: E, options: [{value: a, label: A}, {value: b, label: B}]}
  - {id: flera, type: choices, label: F, options: [{value: a, label: A}, {value: b, label: B}, {value: c, label: C}]}
  - {id: ordning, type: ranking, label: G, options: [{value: a, label: A}, {value: b, label: B}]}
  - {id: ja, type: yes-no, label: H}
  - {id: dag, type: date, label: I}
  - {id: klockan, type: time, label: J}
  - {id: ord, type: text, label: K, max_length: 100}
  - {id: mer, type: integer, label: L, min: 1, max: 9, show_if: ja, when_hidden: 0}
  - {id: an_mer, type: integer, label: M, min: 0, max: 9, show_if: mer > 5}
computed:
  - {id: dubbelt, label: N, value: heltal * 2}
"""
FORMS = {"vanor": HABIT.replace(", required: true", "")}
EXERCISES = {"allt": ("forst", EVERYTHING)}
PLANNED = PlannedMeasurement("vanor", (Occasion("start"), Occasion("every", 1, "day")), 1)


def sample() -> tuple[Program, Scope]:
    made = program(modules=(module("forst"),), measurements=(PLANNED,), questionnaires=FORMS, exercises=EXERCISES)
    return made, forms_of(FORMS, EXERCISES)[2]


PROGRAM, SCOPE = sample()
DOMAINS = Domains(dict(PROGRAM.questionnaire), dict(PROGRAM.exercise))


def replayed(program: Program, expression: Expression, proof: Proof) -> bool:
    """Whether the condition is met after its witness has been answered: as finished copies, or while the last is written."""
    witness = proof.witness or {}
    play = Play(program)
    earlier = {form for (form, name), value in witness.items() if name == THIS_WEEK and value is False}
    forms = list(dict.fromkeys(form for form, _ in witness))
    for form in sorted(forms, key=lambda form: form not in earlier):
        play.go(0 if form in earlier else 14, "12:00") if form in earlier or earlier else None
        if not answer(play, form, witness):
            return False
    if earlier:
        play.go(14, "13:00")
    environment = environment_of(play.state, program, play.now)
    if evaluate(expression, environment) is True:
        return True
    return any(drafted(program, form, witness, expression, environment) for form in forms)


def answers_to(program: Program, form: str, witness: Any) -> Iterator[tuple[str, object]]:
    known = form_of(program, form)
    assert known is not None
    parts = known.fields if isinstance(known, Exercise) else known.items
    for part in parts:
        value: Value = witness.get((form, part.id))
        if value is not None:
            yield part.id, to_json(value)


def answer(play: Play, form: str, witness: Any) -> bool:
    for name, value in answers_to(play.program, form, witness):
        # What is hidden has been left out already: it counts as the file says, and nobody is asked.
        if name not in play.form(form).hidden:
            play.save(form, name, value)
    return not isinstance(play_submit(play, form), Refusal)


def play_submit(play: Play, form: str) -> Any:
    outcome = play.try_submit(form)
    # A copy without a single answer is not sent: nothing at all was answered then, which is what the witness says.
    if not isinstance(outcome, Refusal):
        play.take(outcome)
    elif "Fyll i något först" in outcome.problems[0].message.sv:
        return ()
    return outcome


def drafted(program: Program, form: str, witness: Any, expression: Expression, environment: Any) -> bool:
    """What is still being written: of it a score that would be prorated is missing."""
    known = form_of(program, form)
    assert known is not None
    records = {name: kept for name, kept in environment.records.items() if name != form}
    without = replace(environment, records=records)
    filled = fill(known, dict(answers_to(program, form, witness)), without, False, environment.today)
    return evaluate(expression, filled.around) is True


CONDITIONS = [
    # Items, scores of every way to make them, prorated and unfinished ones.
    "vanor.q1 == 2",
    "vanor.two == 3",
    "vanor.all > 7",
    "vanor.all > 2 and vanor.all < 3",
    "vanor.back == 1",
    "answered(vanor.q1) and missing(vanor.two)",
    "answered(vanor.q2) and answered(vanor.q3) and missing(vanor.all)",
    # Items that are asked for some answers alone.
    "vanor.q3 == 2",
    "vanor.q4 == 2 and vanor.q1 == 0",
    "vanor.two == 0 and vanor.q4 == 2",
    "vanor.q2 == 0 and vanor.q1 == 0",
    "missing(vanor.q3) and vanor.all > 2",
    # This week and earlier.
    "this_week(vanor.two) == 4",
    "missing(this_week(vanor.two)) and vanor.two == 4",
    "missing(this_week(vanor.q1)) and vanor.q1 == 1 and allt.ja",
    # Fields of every kind.
    "allt.heltal > 20 and allt.heltal < 22",
    "allt.tal > 2.4 and allt.tal < 2.6",
    "allt.tid >= 600",
    "allt.skala == 7",
    "allt.val == 'b'",
    "'a' in allt.flera and not ('b' in allt.flera)",
    "'b' in allt.ordning",
    "allt.ja",
    "not allt.ja",
    "allt.klockan > '22:00' and allt.klockan < '22:02'",
    "allt.ord == 'hej'",
    "allt.ord != 'hej'",
    "answered(allt.dag)",
    # Fields that are shown for some answers alone, and what they count as.
    "allt.mer > 3",
    "allt.mer == 0",
    "allt.mer == 0 and not allt.ja",
    "allt.an_mer == 4",
    "missing(allt.an_mer) and allt.mer == 3",
    "count_answered(allt.heltal, allt.tal) == 1",
    "allt.ja and vanor.all == 8 or allt.heltal == 50 and allt.ja",
]


@pytest.mark.parametrize("text", CONDITIONS)
def test_what_is_said_to_be_possible_is_possible(text: str) -> None:
    expression = condition(text, SCOPE)
    proof = DOMAINS.proof(expression)
    assert proof.kind == "can-be-met", proof
    assert replayed(PROGRAM, expression, proof), proof.witness


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vanor.q2 == 2 and vanor.q1 == 0", "never-met"),
        ("vanor.q2 >= 1 and vanor.two == 1 and vanor.q1 == 0", "never-met"),
        ("vanor.q3 == 2 and vanor.two < 3", "never-met"),
        ("missing(vanor.q1) and answered(vanor.q4)", "never-met"),
        ("allt.mer > 3 and not allt.ja", "never-met"),
        ("allt.mer == 0 and allt.ja", "never-met"),
        ("allt.an_mer > 0 and allt.mer < 6", "never-met"),
        ("allt.an_mer > 0 and not allt.ja", "never-met"),
        ("allt.mer > 0 or allt.mer == 0 ", "always-met"),
    ],
)
def test_what_is_never_asked_together_is_never_met(text: str, kind: str) -> None:
    proof = DOMAINS.proof(condition(text, SCOPE))
    assert proof.kind == kind, proof


def conditions_of(program: Program) -> Iterator[Expression]:
    for questionnaire in program.questionnaires:
        yield from (flag.when for flag in questionnaire.flags)
        yield from (item.show_if for item in questionnaire.items if item.show_if is not None)
    for exercise in program.exercises:
        yield from (flag.when for flag in exercise.flags)
        yield from (one.show_if for one in exercise.fields if one.show_if is not None)


@pytest.mark.parametrize("id", ["somnbehandlingen", "depressionshjalpen"])
def test_every_flag_of_the_real_programs_is_raised_by_the_answers_that_its_proof_shows(id: str) -> None:
    real = real_program(id)
    domains = Domains(dict(real.questionnaire), dict(real.exercise))
    shown = 0
    for expression in conditions_of(real):
        proof = domains.proof(expression)
        assert proof.kind in ("can-be-met", "unknown")
        if proof.kind == "can-be-met":
            forms = {form for form, _ in proof.witness or {}}
            assert any(drafted(real, form, proof.witness, expression, start_of(real)) for form in forms), (
                expression.source
            )
            shown += 1
    assert shown >= 3


def start_of(program: Program) -> Any:
    play = Play(program)
    play.go(1)
    return environment_of(play.state, program, play.now)


def test_a_witness_names_answers_and_nothing_else() -> None:
    for text in CONDITIONS:
        proof = DOMAINS.proof(condition(text, SCOPE))
        names: set[Reference] = set(proof.witness or {})
        for form, name in names:
            assert name == THIS_WEEK or name in SCOPE.forms[form].names
