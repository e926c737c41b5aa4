"""Whatever people do in whatever order: no answer is lost, the fold is the fold, and an honest history verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from treatment_samples import DIGEST, PATIENT, THERAPIST, at, night_of, program

from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Refusal
from designtool.treatment.events import Event, from_json, to_json
from designtool.treatment.simulate import Simulation
from designtool.treatment.situate import situation
from designtool.treatment.state import NEW, fold
from designtool.treatment.verify import verify

PROGRAM = program()
PROGRAMS = {DIGEST: PROGRAM}
FORMS = {form.id: [field.id for field in form.fields] for form in PROGRAM.exercises}
FORMS |= {form.id: [item.id for item in form.items] for form in PROGRAM.questionnaires}

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
likely = st.sampled_from(
    [0, 1, 2, 3, True, False, "declined", "ja", "22:30", "07:00", 30, 480, "Sova", "2026-01-20", None]
)


@st.composite
def saves(draw: Any) -> tuple[str, Any]:
    form = draw(st.sampled_from(sorted(FORMS)))
    field = draw(st.sampled_from(FORMS[form] or ["x"]))
    return ("save", (form, field, draw(likely | junk)))


acts = st.one_of(
    saves(),
    saves(),
    st.tuples(st.just("submit"), st.sampled_from(sorted(FORMS))),
    st.tuples(st.just("night"), st.integers(0, 480)),
    st.tuples(st.just("send"), st.sampled_from([module.id for module in PROGRAM.modules])),
    st.tuples(st.just("wait"), st.integers(0, 60 * 24 * 4)),
    st.tuples(st.just("open"), st.sampled_from([module.id for module in PROGRAM.modules])),
    st.tuples(st.just("confirm"), st.just("somnfonster")),
    st.tuples(st.just("sign"), st.just("somnfonster")),
    st.tuples(st.just("stop"), st.just("somnfonster")),
    st.tuples(st.just("end"), st.just("")),
)
scripts = st.lists(acts, max_size=25)


def lived(script: list[tuple[str, Any]]) -> Simulation:
    """Play a script; what is refused changes nothing."""
    played = Simulation(PROGRAM, DIGEST, at(0).date())
    played.go_to(at(0))
    for kind, detail in script:
        state, now = played.state, played.now
        outcome: Any = ()
        match kind:
            case "save":
                form, field, value = detail
                exercise = PROGRAM.exercise.get(form)
                actor = THERAPIST if exercise is not None and exercise.filled_by == "therapist" else PATIENT
                outcome = commands.save_answer(state, PROGRAM, now, actor, form, field, value)
            case "submit":
                outcome = commands.submit_form(state, PROGRAM, now, PATIENT, detail)
            case "night":
                outcome = commands.save_answers(state, PROGRAM, now, PATIENT, "somndagbok", night_of(detail, 480))
                if not isinstance(outcome, Refusal):
                    played._take(outcome)
                    outcome = commands.submit_form(played.state, PROGRAM, now, PATIENT, "somndagbok")
            case "send":
                outcome = commands.submit_module(state, PROGRAM, now, PATIENT, detail)
            case "open":
                outcome = commands.open_module(state, PROGRAM, now, THERAPIST, detail)
            case "confirm":
                outcome = commands.confirm_decision(state, PROGRAM, now, THERAPIST, detail)
            case "sign":
                outcome = commands.sign_contraindication(state, PROGRAM, now, THERAPIST, detail, "bedömt")
            case "stop":
                outcome = commands.stop_decision(state, PROGRAM, now, PATIENT, detail)
            case "end":
                outcome = commands.end_treatment(state, PROGRAM, now, THERAPIST, "klart") if len(script) > 20 else ()
            case "wait":
                played.go_to(now + timedelta(minutes=detail))
        if not isinstance(outcome, Refusal):
            played._take(outcome)
    return played


@settings(max_examples=40, deadline=None)
@given(scripts)
def test_no_answer_is_ever_lost(script: list[tuple[str, Any]]) -> None:
    """The latest value of every field stands in its copy, typed or finished, whatever was done after it."""
    played = lived(script)
    latest: dict[tuple[str, str, str], Any] = {}
    for event in played.events:
        if isinstance(event.what, happened.Answered):
            latest[event.what.form, event.what.copy, event.what.field] = event.what.value
    for (form, copy, field), value in latest.items():
        assert played.state.answers(form, copy).get(field) == value


@settings(max_examples=40, deadline=None)
@given(scripts)
def test_the_fold_is_deterministic_through_json_and_in_parts(script: list[tuple[str, Any]]) -> None:
    played = lived(script)
    stored = [json.dumps(to_json(event)) for event in played.events]
    again = [from_json(json.loads(line)) for line in stored]
    assert fold(again, PROGRAMS) == played.state
    half = len(again) // 2
    assert fold(again[half:], PROGRAMS, fold(again[:half], PROGRAMS, NEW)) == played.state
    assert [json.dumps(to_json(event)) for event in again] == stored


@settings(max_examples=40, deadline=None)
@given(scripts)
def test_an_honest_history_verifies_and_has_a_situation(script: list[tuple[str, Any]]) -> None:
    played = lived(script)
    assert verify(played.events, PROGRAMS) == ()
    now = situation(played.state, PROGRAMS, played.now)
    assert now.flags == situation(played.state, PROGRAMS, played.now).flags
    assert clock_events(played.state, PROGRAMS, played.now) == ()


@settings(max_examples=25, deadline=None)
@given(scripts, st.integers(0, 10**6), st.fractions())
def test_a_planted_score_is_found(script: list[tuple[str, Any]], pick: int, value: Fraction) -> None:
    measured = [("save", ("mood", item, 1)) for item in ("q1", "q2", "q3", "q4")]
    played = lived([*measured, ("submit", "mood"), *script])
    places = [
        index
        for index, event in enumerate(played.events)
        if isinstance(event.what, happened.Submitted) and event.what.scores
    ]
    place = places[pick % len(places)]
    event = played.events[place]
    assert isinstance(event.what, happened.Submitted)
    stored = event.what.scores["total"]
    if stored.value == value:
        return
    forged = replace(event.what, scores={"total": replace(stored, value=value)})
    changed = [*played.events[:place], replace(event, what=forged), *played.events[place + 1 :]]
    assert place + 1 in {problem.number for problem in verify(changed, PROGRAMS)}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.text(max_size=12), junk)
def test_nothing_that_is_sent_breaks_anything(form: str, field: str, value: Any) -> None:
    played = lived([])
    for name in (field, *FORMS[form]):
        outcome = commands.save_answer(played.state, PROGRAM, played.now, PATIENT, form, name, value)
        if isinstance(outcome, Refusal):
            assert all(problem.message.sv and problem.message.en for problem in outcome.problems)
        else:
            assert all(isinstance(event, Event) and json.dumps(to_json(event)) for event in outcome)
