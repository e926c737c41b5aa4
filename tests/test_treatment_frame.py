"""A frame that is taken over is the frame that would be worked out anew."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from safety_samples import Treatment, real_program
from treatment_samples import DIGEST, PATIENT, THERAPIST, program

from designtool import acts
from designtool.model.program import Program
from designtool.treatment import commands
from designtool.treatment.events import Answered
from designtool.treatment.frame import PASSED_OVER, Frame, frame_of
from designtool.treatment.simulate import events_until
from designtool.treatment.state import NEW, State, apply


@pytest.mark.parametrize("id", ["depressionshjalpen", "somnbehandlingen"])
def test_through_whole_journeys_a_frame_that_is_carried_along_is_a_new_one(id: str) -> None:
    known = real_program(id)
    taken_over = 0
    for journey in known.journeys:
        state: State = NEW
        frame: Frame | None = None
        for event in events_until(journey, known, DIGEST, 400):
            state = apply(state, event, {DIGEST: known})
            carried = frame_of(state, known, event.at, frame)
            fresh = frame_of(state, known, event.at)
            assert carried == fresh and carried.state is state
            if frame is not None and carried.plan is frame.plan:
                taken_over += 1
            elif isinstance(event.what, Answered) and frame is not None:
                assert carried.plan.today != frame.plan.today
            frame = carried
    assert taken_over > 50


def test_an_answer_that_is_typed_takes_the_frame_over_and_one_that_is_sent_does_not() -> None:
    treatment = Treatment(real_program("depressionshjalpen"))
    before = frame_of(treatment.state, treatment.program, treatment.now)
    treatment.save("phq9", "q1", 2)
    typed = frame_of(treatment.state, treatment.program, treatment.now, before)
    assert typed.plan is before.plan and typed.environment is before.environment
    treatment.submit("phq9")
    sent = frame_of(treatment.state, treatment.program, treatment.now, typed)
    assert sent.environment.records["phq9"] and not before.environment.records.get("phq9")
    assert "phq9" not in {one.questionnaire for one in sent.plan.measurements if one.status == "due"}


def test_an_answer_is_tried_in_the_frame_of_now_whatever_frame_is_known() -> None:
    """A frame of any earlier moment gives the same events, problems and values as none."""
    treatment = Treatment(real_program("depressionshjalpen"))
    frames = [frame_of(treatment.state, treatment.program, treatment.now)]

    def tried(known: Frame | None) -> commands.Kept:
        state, program, now = treatment.state, treatment.program, treatment.now
        return acts.saved_from("phq9", "q1", "3", None, state, program, now, PATIENT, known)

    def compare(*, is_open: bool) -> None:
        told = tried(None)
        assert bool(told.events) == is_open and bool(told.problems) != is_open
        for known in frames:
            assert tried(known)[:3] == told[:3]
        frames.append(frame_of(treatment.state, treatment.program, treatment.now))

    compare(is_open=True)
    treatment.save("phq9", "q1", 1)
    compare(is_open=True)
    answers = {item.id: 0 for item in treatment.program.questionnaire["phq9"].items}
    treatment.fill("phq9", answers)
    compare(is_open=False)
    for _ in range(30):
        treatment.wait(days=1)
        open_now = not isinstance(commands.save_answer(*known_now(treatment), "phq9", "q1", 3), commands.Refusal)
        compare(is_open=open_now)
    assert treatment.state.missed, "what time has brought was among it"
    treatment.take(commands.end_treatment(treatment.state, treatment.program, treatment.now, THERAPIST, "Klart"))
    told = tried(None)
    assert [tried(known)[:3] for known in frames] == [told[:3]] * len(frames)


def known_now(treatment: Treatment) -> tuple[State, Program, datetime, commands.Actor]:
    return treatment.state, treatment.program, treatment.now, PATIENT


def test_another_day_and_another_program_make_a_new_frame() -> None:
    treatment = Treatment(real_program("depressionshjalpen"))
    before = frame_of(treatment.state, treatment.program, treatment.now)
    tomorrow = frame_of(treatment.state, treatment.program, treatment.now + timedelta(days=1), before)
    assert tomorrow.plan.today == before.plan.today + timedelta(days=1)
    other = replace(treatment.program, measurements=())
    assert before.plan.measurements and not frame_of(treatment.state, other, treatment.now, before).plan.measurements


@pytest.mark.parametrize("name", [part.name for part in fields(State) if part.name not in PASSED_OVER])
def test_what_a_frame_looks_at_makes_a_new_one_when_it_changes(name: str) -> None:
    """Also a field of the state that is added one day, until somebody says that it is passed over."""
    treatment = Treatment(program())
    before = frame_of(treatment.state, treatment.program, treatment.now)
    another = object()
    changed = replace(treatment.state, **{name: another})
    looked = []

    def spy(*_: object, **__: object) -> object:
        looked.append(name)
        raise LookupError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(LookupError):
        patch.setattr("designtool.treatment.frame.environment_of", spy)
        frame_of(changed, treatment.program, treatment.now, before)
    assert looked == [name] and treatment.state.digest == DIGEST
