"""Days, weeks and nights as the clocks of the care unit show them, also when these are moved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safety_samples import Treatment, measured_with, real_program
from treatment_samples import DIGEST, THERAPIST, night, night_of, program

from designtool.model.flow import Occasion, PlannedMeasurement, Reminder
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Refusal
from designtool.treatment.days import clock_moved, local_date, moment
from designtool.treatment.state import fold

SLEEP = real_program("somnbehandlingen")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def measurements(treatment: Treatment, at: datetime) -> dict[str, tuple[str, date, date]]:
    treatment.now = at
    return {one.occasion: (one.status, one.due_on, one.closes_on) for one in treatment.see().measurements}


def weekly(window_days: int = 3) -> Any:
    planned = PlannedMeasurement("mood", (Occasion("start"), Occasion("every", 1, "week")), window_days)
    return program((), (planned,))


@pytest.mark.parametrize(
    "start",
    [
        moment(date(2026, 1, 12), time(23, 30)),
        moment(date(2026, 1, 12), time(0, 0)),
        moment(date(2027, 3, 26), time(23, 30)),
        moment(date(2026, 10, 23), time(23, 30)),
        moment(date(2028, 2, 25), time(12)),
        datetime(2026, 6, 30, 22, 30, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("window", [1, 3])
def test_a_measurement_is_open_from_midnight_to_midnight(start: datetime, window: int) -> None:
    """Whatever the hour of the start, the day 7 is the seventh date after it, and the window is so many dates."""
    played = Treatment(weekly(window), start)
    day0 = local_date(start)
    assert played.see().day == 0
    due, closes = day0 + timedelta(days=7), day0 + timedelta(days=6 + window)
    second = timedelta(seconds=1)
    assert measurements(played, moment(due) - second)["week-2"] == ("upcoming", due, closes)
    assert measurements(played, moment(due))["week-2"] == ("due", due, closes)
    assert measurements(played, moment(closes + timedelta(days=1)) - second)["week-2"][0] == "due"
    assert measurements(played, moment(closes + timedelta(days=1)))["week-2"][0] == "missed"
    assert played.see().day == 7 + window
    assert (moment(due) - moment(day0)).total_seconds() % 3600 == 0


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 8, 29)),
        (date(2026, 4, 25), date(2026, 10, 25)),
        (date(2026, 9, 28), date(2027, 3, 28)),
    ],
)
def test_the_follow_up_is_six_calendar_months_after_the_end(ended: date, due: date) -> None:
    played = Treatment(measured_with("phq9"), moment(ended - timedelta(days=50), time(9)))
    played.go(moment(ended, time(23, 59)))
    played.take(commands.end_treatment(played.state, played.program, played.now, THERAPIST, "Klar"))
    assert measurements(played, moment(due))["after-end-6m"] == ("due", due, due + timedelta(days=2))
    assert measurements(played, moment(due) - timedelta(seconds=1))["after-end-6m"][0] == "upcoming"


# Nights in which the clocks are moved


@pytest.mark.parametrize(("on", "moved"), [(SPRING, 60), (AUTUMN, -60), (date(2028, 2, 29), 0), (date(2027, 3, 27), 0)])
def test_when_the_clocks_are_moved(on: date, moved: int) -> None:
    assert clock_moved(on) == moved


@pytest.mark.parametrize(
    ("on", "values", "tib", "tst"),
    [
        (SPRING, ("23:00", "23:00", 30, 0, "07:00", "07:00"), 420, 390),
        (AUTUMN, ("23:00", "23:00", 30, 0, "07:00", "07:00"), 540, 510),
        (date(2027, 3, 27), ("23:00", "23:00", 30, 0, "07:00", "07:00"), 480, 450),
        (date(2027, 3, 29), ("23:00", "23:00", 30, 0, "07:00", "07:00"), 480, 450),
        (SPRING, ("01:30", "01:45", 0, 0, "06:00", "06:30"), 240, 195),
        (SPRING, ("03:00", "03:00", 0, 0, "09:00", "09:00"), 360, 360),
        (AUTUMN, ("01:30", "01:30", 0, 0, "06:00", "06:00"), 330, 330),
        (AUTUMN, ("04:00", "04:00", 0, 0, "09:00", "09:00"), 300, 300),
        (SPRING, ("22:00", "22:30", 0, 0, "01:30", "01:45"), 225, 180),
        (AUTUMN, ("08:00", "08:00", 0, 0, "15:00", "15:00"), 420, 420),
    ],
)
def test_a_night_is_as_long_as_it_was(on: date, values: Any, tib: int, tst: int) -> None:
    """What the diary says agrees with the moments themselves."""
    played = Treatment(SLEEP, moment(on - timedelta(days=2), time(9)))
    for module in SLEEP.modules[:2]:
        played.take(commands.open_module(played.state, SLEEP, played.now, THERAPIST, module.id))
    played.go(moment(on, time(16)))
    played.fill("somndagbok", {"quality": 3, **night(values)})
    (copy,) = played.state.copies["somndagbok"]
    assert (copy.record.values["tib"], copy.record.values["tst"]) == (tib, tst)
    bed, out = (time.fromisoformat(one) for one in (values[0], values[5]))
    began = moment(on if bed < out else on - timedelta(days=1), bed)
    assert moment(on, out) - began == timedelta(minutes=tib)
    played.verified()


def test_a_plan_that_is_of_no_night_counts_by_the_clock() -> None:
    exercises = {
        "plan": (
            "",
            """
title: Plan
kind: worksheet
fields:
  - {id: fran, type: time, label: Från}
  - {id: till, type: time, label: Till}
computed:
  - {id: lang, label: Hur länge, unit: minutes, value: "clock_span(fran, till)"}
""",
        )
    }
    played = Treatment(program((), (), exercises=exercises), moment(SPRING, time(9)))
    played.fill("plan", {"fran": "23:00", "till": "07:00"})
    assert played.state.copies["plan"][0].record.values["lang"] == 480


# A clock that jumps

REMINDERS = (
    Reminder("not-signed-in", 2, "Välkommen"),
    Reminder("module-due", 3, "En del väntar"),
    Reminder("measurement-due", 1, "Frågor väntar"),
    Reminder("diary-morning", 1, "Dagboken"),
)
SAMPLE = program(reminders=REMINDERS)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-60 * 24 * 3, 60 * 24 * 8), st.sampled_from(["", "night", "measure", "risk", "confirm", "send"])
        ),
        max_size=14,
    )
)
def test_a_clock_that_jumps_back_and_forth_brings_nothing_twice(jumps: list[tuple[int, str]]) -> None:
    played = Treatment(SAMPLE)
    programs = {DIGEST: SAMPLE}
    acts: dict[str, Callable[[], Any]] = {
        "night": lambda: played.fill("somndagbok", night_of(360, 480)),
        "measure": lambda: played.fill("mood", {"q1": 1, "q2": 1, "q3": 1, "q4": 0}),
        "risk": lambda: played.save("mood", "q4", 3),
        "confirm": lambda: played.take(
            commands.confirm_decision(played.state, SAMPLE, played.now, THERAPIST, "somnfonster")
        ),
        "send": lambda: played.take(
            commands.submit_module(played.state, SAMPLE, played.now, commands.Actor("p1", "patient"), "valkommen")
        ),
    }
    for minutes, act in jumps:
        played.now = max(played.start, played.now + timedelta(minutes=minutes))
        brought = clock_events(played.state, programs, played.now)
        played.state = fold(brought, programs, played.state)
        played.events += brought
        assert clock_events(played.state, programs, played.now) == ()
        if act:
            # What is refused cannot be done then, and changes nothing.
            with suppress(AssertionError):
                acts[act]()
        assert clock_events(played.state, programs, played.now) == ()
    once: list[object] = [
        event.what
        for event in played.events
        if isinstance(event.what, happened.Opened | happened.Missed | happened.Reminded | happened.FlagEscalated)
    ]
    assert len(once) == len({(type(what), str(what)) for what in once if not isinstance(what, happened.Opened)}) + len(
        {what.module for what in once if isinstance(what, happened.Opened)}
    )
    played.verified()
    assert fold(played.events, programs) == played.state


def test_escalation_and_notification_survive_a_clock_that_is_put_back() -> None:
    played = Treatment(SAMPLE)
    played.save("mood", "q4", 3)
    raised_at = played.now
    played.go(raised_at - timedelta(hours=30))
    played.go(raised_at + timedelta(hours=24))
    assert played.state.flags[-1].escalated_at is not None or played.state.flags[0].escalated_at is not None


def test_a_late_scheduler_brings_all_that_it_missed() -> None:
    played = Treatment(measured_with("phq9"))
    played.save("phq9", "q9", 3)
    played.go(played.now + timedelta(days=40))
    missed = [event.what.occasion for event in played.events if isinstance(event.what, happened.Missed)]
    assert missed == ["start", "day-7", "day-14", "day-21", "day-28", "day-35"]
    assert [flag.escalated_at is not None for flag in played.state.flags if flag.level == "red"] == [True]
    assert isinstance(commands.acknowledge_flag(played.state, SAMPLE, played.now, THERAPIST, 10**9, "x", "y"), Refusal)
