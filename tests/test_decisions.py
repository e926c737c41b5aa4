"""What a decision's rule proposes: the sleep window's worked cases, its bounds, holds and locks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from treatment_samples import C1A, DIGEST, START, WEEK, at, module, night, night_of, program

from designtool.expressions.expression import Environment, Record, TimeOfDay
from designtool.model.exercise import Decision
from designtool.model.journey import Act
from designtool.treatment.commands import Refusal, decline_decision, save_answer, stop_decision, submit_form
from designtool.treatment.decisions import Locked, Proposed, Waiting, propose
from designtool.treatment.environment import decision_values
from designtool.treatment.records import fill
from designtool.treatment.simulate import PATIENT, THERAPIST, Simulation
from designtool.treatment.situate import situation

PROGRAM = program()
DIARY = PROGRAM.exercise["somndagbok"]
EXERCISE = PROGRAM.exercise["somnfonster"]
assert EXERCISE.decision is not None
DECISION: Decision = EXERCISE.decision
TODAY = START + timedelta(days=6)
BARE = Environment(today=TODAY, start=START)


def record(values: dict[str, object], day: int) -> Record:
    dated = START + timedelta(days=day)
    answers = {id: answer for id, answer in values.items() if answer is not None}
    return fill(DIARY, answers, BARE, True, dated).record(dated, at(day))


def environment(nights: list[dict[str, object]], **answers: object) -> Environment:
    """The diary's last nights up to today, its week worked out, and the suitability answers that are given."""
    records = tuple(record(one, 7 - len(nights) + index) for index, one in enumerate(nights))
    own = Record(START, at(0), MappingProxyType(answers))  # type: ignore[arg-type]
    known = replace(BARE, records={"somndagbok": records, "lamplighet": (own,)} if answers else {"somndagbok": records})
    tst = sum((one.values["tst"] for one in records), Fraction(0))  # type: ignore[misc]
    tib = sum((one.values["tib"] for one in records), Fraction(0))  # type: ignore[misc]
    return replace(known, summaries={"somndagbok": {"week_se": 100 * tst / tib}})


SAFE: dict[str, Any] = {"epilepsi": False, "kor_bil": False, "somnig": False}


def proposed(nights: list[dict[str, object]], current: int | None, **answers: object) -> Proposed:
    found = propose(
        DECISION, PROGRAM, environment(nights, **(answers or SAFE)), None if current is None else Fraction(current)
    )
    assert isinstance(found, Proposed), found
    return found


@pytest.mark.parametrize(
    ("values", "tib", "tst", "hundredths"),
    [
        (C1A, 510, 330, 6471),
        (("23:00", "23:00", 30, 45, "07:00", "07:00"), 480, 405, 8438),
        (("00:30", "00:30", 10, 20, "06:00", "06:15"), 345, 300, 8696),
        (("23:55", "00:10", 20, 0, "05:40", "05:40"), 345, 310, 8986),
        (("21:45", "23:15", 90, 120, "06:00", "08:30"), 645, 195, 3023),
        (("08:00", "08:15", 15, 30, "14:30", "15:00"), 420, 330, 7857),
    ],
    ids=["C1a", "C1b", "C1c", "C1d", "C1e", "C1f"],
)
def test_nights(values: tuple[str, str, int, int, str, str], tib: int, tst: int, hundredths: int) -> None:
    values_of = record(night(values), 0).values
    assert values_of["tib"] == tib
    assert values_of["tst"] == tst
    efficiency = values_of["se"]
    assert isinstance(efficiency, Fraction)
    assert round(efficiency * 100) == hundredths


@pytest.mark.parametrize(
    ("tst", "tib", "tenths"),
    [(397, 583, 681), (420, 587, 716), (414, 571, 725), (455, 480, 948), (360, 480, 750), (360, 600, 600)],
    ids=["P1", "P2", "P3", "P4", "P5", "P6"],
)
def test_published_efficiencies(tst: int, tib: int, tenths: int) -> None:
    efficiency = record(night_of(tst, tib), 0).values["se"]
    assert isinstance(efficiency, Fraction)
    assert (efficiency * 10 + Fraction(1, 2)).__floor__() == tenths


def test_c2_first_window_is_the_mean_rounded_up_and_ends_at_the_chosen_time() -> None:
    nights = [night(one) for one in WEEK]
    known = environment(nights, **SAFE)
    assert known.summaries["somndagbok"]["week_se"] == Fraction(100 * 2475, 3540)
    found = proposed(nights, None)
    assert (found.value, found.entries, found.measure) == (360, 7, Fraction(100 * 2475, 3540))
    rise = Record(START, at(0), {"tid": TimeOfDay(7 * 60)})
    known = replace(known, records={**known.records, "uppstigning": (rise,)})
    assert decision_values(PROGRAM, "somnfonster", found.value, known) == {"laggdags": TimeOfDay(60)}


def test_c3_ratio_of_sums_restricts_where_the_mean_of_nights_would_hold() -> None:
    nights = [night_of(300, 330)] * 4 + [night_of(420, 600)] * 3
    found = proposed(nights, 400)
    assert found.measure == Fraction(100 * 2460, 3120)
    assert found.value == 385
    assert "78,85" in found.reason.sv
    assert "78.85" in found.reason.en


@pytest.mark.parametrize(
    ("tst", "tib", "after"),
    [(384, 480, 400), (408, 480, 415), (383, 480, 385), (407, 480, 400), (455, 480, 415)],
    ids=["exactly 80 holds", "exactly 85 extends", "just below 80", "just below 85", "P4"],
)
def test_c4_edges_belong_to_the_band_that_begins_there(tst: int, tib: int, after: int) -> None:
    assert proposed([night_of(tst, tib)] * 5, 400).value == after


def test_c5_impossible_night_is_refused() -> None:
    simulation = with_baseline()
    for id, value in night(("23:00", "23:00", 240, 300, "07:00", "07:00")).items():
        simulation.do(Act("fill", "somndagbok", {id: value}))
    refused = submit_form(simulation.state, PROGRAM, simulation.now, PATIENT, "somndagbok")
    assert isinstance(refused, Refusal)
    assert [problem.message.sv for problem in refused.problems] == ["Tiderna går inte ihop."]
    assert refused.problems[0].level == "block"


@pytest.mark.parametrize(
    ("tst", "tib", "current", "after"),
    [(200, 480, 330, 330), (200, 480, 340, 330), (470, 480, 530, 540), (470, 480, 540, 540), (200, 480, 300, 300)],
    ids=["at the floor", "onto the floor", "onto the ceiling", "at the ceiling", "below the floor never less"],
)
def test_never_below_the_floor_or_above_the_ceiling(tst: int, tib: int, current: int, after: int) -> None:
    assert proposed([night_of(tst, tib)] * 7, current).value == after


@pytest.mark.parametrize(("tst", "value"), [(200, 330), (331, 345), (600, 540)])
def test_first_value_is_bounded(tst: int, value: int) -> None:
    assert proposed([night_of(tst, 660)] * 5, None).value == value


def test_too_few_nights_wait() -> None:
    found = propose(DECISION, PROGRAM, environment([night_of(400, 480)] * 4, **SAFE), None)
    assert isinstance(found, Waiting)
    assert found.entries == 4
    assert found.reason.sv == "4 av 5 registreringar under 7 dagar finns."


def test_nights_older_than_a_week_do_not_count() -> None:
    known = environment([night_of(400, 480)] * 7, **SAFE)
    later = replace(known, today=TODAY + timedelta(days=3))
    assert isinstance(propose(DECISION, PROGRAM, later, None), Waiting)


def test_hold_keeps_what_would_tighten_and_lets_widen() -> None:
    drives = {"epilepsi": False, "kor_bil": True, "somnig": True}
    held = proposed([night_of(300, 480)] * 5, 400, **drives)
    assert held.value == 400
    assert "behålls" in held.reason.sv
    assert proposed([night_of(470, 480)] * 5, 400, **drives).value == 415


def test_a_hold_that_cannot_be_judged_keeps_too() -> None:
    held = proposed([night_of(300, 480)] * 5, 400, epilepsi=False, kor_bil=True)
    assert held.value == 400
    assert "saknas" in held.reason.sv


def test_lock_needs_a_signature() -> None:
    known = environment([night_of(400, 480)] * 5, epilepsi=True, kor_bil=False, somnig=False)
    assert isinstance(propose(DECISION, PROGRAM, known, None), Locked)
    assert isinstance(propose(DECISION, PROGRAM, known, None, signed=True), Proposed)


def test_unknown_contraindication_proposes_nothing() -> None:
    assert isinstance(propose(DECISION, PROGRAM, environment([night_of(400, 480)] * 5), None), Waiting)


def test_a_decision_without_conditions_needs_none() -> None:
    free = replace(DECISION, lock_if=None, hold_if=None)
    found = propose(free, PROGRAM, environment([night_of(300, 480)] * 5), Fraction(400))
    assert isinstance(found, Proposed)
    assert found.value == 385


# In a treatment: who sees what, and when.


def with_baseline(**suitability: bool) -> Simulation:
    """Seven nights, and the module with the window open on day 7 at noon; nothing proposed before the suitability answers."""
    modules = (module("baslinje", complete_when=("somndagbok",)), module("fonster", "baslinje", 7))
    simulation = Simulation(replace(PROGRAM, modules=modules, measurements=()), DIGEST, START)
    for day in range(7):
        simulation.go_to(at(day))
        assert not simulation.do(Act("fill", "somndagbok", night_of(360, 480)))
    assert not simulation.do(Act("complete", "baslinje"))
    simulation.go_to(at(7))
    if suitability:
        assert not simulation.do(Act("fill", "lamplighet", {**SAFE, **suitability}))
    return simulation


def therapist(deed: str, **details: str) -> Act:
    return Act("therapist", deed, details=details)


def seen(simulation: Simulation) -> tuple[str, object, object]:
    now = situation(simulation.state, {DIGEST: simulation.program}, simulation.now).decisions["somnfonster"]
    return now.status, now.proposed, now.confirmed


def test_only_what_is_confirmed_is_an_instruction() -> None:
    simulation = with_baseline(epilepsi=False)
    assert seen(simulation) == ("proposed", 360, None)
    now = situation(simulation.state, {DIGEST: simulation.program}, simulation.now)
    assert now.environment.summaries["somnfonster"]["value"] is None
    assert not now.decisions["somnfonster"].values
    assert not simulation.do(therapist("confirms"))
    assert seen(simulation) == ("confirmed", None, 360)


def test_next_proposal_comes_a_week_after_the_confirmation() -> None:
    simulation = with_baseline(epilepsi=False)
    simulation.do(therapist("confirms"))
    for day in range(7, 14):
        simulation.go_to(at(day))
        simulation.do(Act("fill", "somndagbok", night_of(300, 480)))
        assert seen(simulation) == ("confirmed", None, 360)
    simulation.go_to(at(14, "00:00"))
    assert seen(simulation) == ("proposed", 345, 360)


def test_declined_keeps_what_holds_and_is_not_asked_again_at_once() -> None:
    simulation = with_baseline(epilepsi=False)
    assert not simulation.do(therapist("declines", text="Vänta"))
    simulation.go_to(at(10))
    assert seen(simulation)[1:] == (None, None)
    again = decline_decision(simulation.state, simulation.program, simulation.now, THERAPIST, "somnfonster", "")
    assert isinstance(again, Refusal)


def test_unreviewed_raises_a_flag_once_and_changes_nothing() -> None:
    simulation = with_baseline(epilepsi=False)
    simulation.go_to(at(9))
    assert not simulation.state.flags
    simulation.go_to(at(12))
    assert [flag.id for flag in simulation.state.flags] == ["decision-overdue"]
    assert seen(simulation) == ("overdue", 360, None)


def test_a_proposal_that_nobody_reviewed_expires_after_its_week() -> None:
    simulation = with_baseline(epilepsi=False)
    simulation.go_to(at(14))
    kinds = [event.kind for event in simulation.events if event.kind.startswith("decision")]
    assert kinds == ["decision-proposed", "decision-expired"]
    assert seen(simulation) == ("waiting-for-data", None, None)


def test_contraindication_locks_until_signed_and_a_new_answer_locks_again() -> None:
    simulation = with_baseline(epilepsi=True)
    assert seen(simulation) == ("locked", None, None)
    assert [flag.level for flag in simulation.state.flags] == ["red"]
    assert simulation.do(therapist("confirms"))
    assert not simulation.do(therapist("signs", text="Bedömt"))
    assert seen(simulation) == ("proposed", 360, None)
    simulation.go_to(at(7, "13:00"))
    assert not simulation.do(Act("fill", "lamplighet", {**SAFE, "epilepsi": True, "somnig": True}))
    assert seen(simulation) == ("locked", None, None)
    assert simulation.events[-1].kind == "decision-expired"


def test_the_patient_can_stop_and_only_a_signature_starts_again() -> None:
    simulation = with_baseline(epilepsi=False)
    assert simulation.do(Act("stop", "somnfonster"))
    simulation.do(therapist("confirms"))
    stopped = stop_decision(simulation.state, simulation.program, simulation.now, PATIENT, "somnfonster")
    assert not isinstance(stopped, Refusal)
    assert [event.kind for event in stopped] == ["decision-stopped-by-patient", "flag-raised"]
    assert not simulation.do(Act("stop", "somnfonster"))
    simulation.go_to(at(8))
    assert seen(simulation) == ("stopped", None, None)
    simulation.do(therapist("signs", text="Patienten vill prova igen"))
    assert seen(simulation) == ("proposed", 360, None)


def test_a_patient_cannot_confirm_or_fill_in_a_decision() -> None:
    simulation = with_baseline(epilepsi=False)
    refused = save_answer(simulation.state, simulation.program, simulation.now, PATIENT, "somnfonster", "value", 300)
    assert isinstance(refused, Refusal)
