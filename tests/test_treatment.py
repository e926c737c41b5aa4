"""A treatment as events: doors, answers, submissions, diaries, measurements, flags, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from treatment_samples import (
    DIGEST,
    EXERCISES,
    MOOD,
    PATIENT,
    START,
    THERAPIST,
    WEEK,
    at,
    condition,
    forms_of,
    module,
    night,
    night_of,
    program,
)

from designtool.diagnostics import Text
from designtool.expressions.expression import Record, TimeOfDay
from designtool.model.flow import Feedback, Occasion, PlannedMeasurement, Reminder, Unlock
from designtool.model.program import Program
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.answers import LONGEST_TEXT, MOST_ROWS, read_answer, typed_answer
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Actor, Kept, Outcome, Problem, Refusal
from designtool.treatment.days import local, moment, week_of
from designtool.treatment.events import KINDS, Event, from_json, to_json
from designtool.treatment.json_values import MalformedEvent
from designtool.treatment.schedule import entries_within
from designtool.treatment.situate import situation
from designtool.treatment.situation import FormSituation, RaisedFlag, Situation
from designtool.treatment.state import NEW, Copy, ImpossibleEvent, apply, fold
from designtool.treatment.verify import verify

PROGRAM = program()


class Play:
    """A treatment that the test plays act by act."""

    def __init__(self, played: Program = PROGRAM, start: datetime | None = None) -> None:
        self.program = played
        self.now = start or at(0, "08:00")
        self.events: list[Event] = []
        self.state = NEW
        born = happened.Registered("Kim", played.id, "self-referral", date(1990, 5, 1))
        self.take(commands.register(DIGEST, played, self.now, THERAPIST, born))
        self.take(commands.assess(self.state, played, self.now, THERAPIST, "Lindrig"))
        self.take(commands.decide(self.state, played, self.now, THERAPIST, True, ""))
        self.take(commands.start_treatment(self.state, played, self.now, THERAPIST, "Bo"))

    def take(self, outcome: Outcome) -> tuple[Event, ...]:
        assert not isinstance(outcome, Refusal), outcome.problems
        self.state = fold(outcome, {DIGEST: self.program}, self.state)
        self.events += outcome
        return outcome

    def go(self, day: int, clock: str = "12:00") -> None:
        self.now = at(day, clock)
        self.take(clock_events(self.state, {DIGEST: self.program}, self.now))

    def save(self, form: str, field: str, value: object, dated: date | None = None) -> tuple[Event, ...]:
        return self.take(commands.save_answer(self.state, self.program, self.now, PATIENT, form, field, value, dated))

    def problems_of_saving(self, form: str, field: str, value: object, dated: date | None = None) -> list[Problem]:
        outcome = commands.save_answer(self.state, self.program, self.now, PATIENT, form, field, value, dated)
        return list(outcome.problems) if isinstance(outcome, Refusal) else []

    def submit(self, form: str, dated: date | None = None, sure: tuple[str, ...] = ()) -> tuple[Event, ...]:
        return self.take(self.try_submit(form, dated, sure))

    def try_submit(self, form: str, dated: date | None = None, sure: tuple[str, ...] = ()) -> Outcome:
        return commands.submit_form(self.state, self.program, self.now, PATIENT, form, dated, frozenset(sure))

    def fill(self, form: str, answers: Mapping[str, object], dated: date | None = None) -> tuple[Event, ...]:
        made = self.take(commands.save_answers(self.state, self.program, self.now, PATIENT, form, answers, dated))
        return (*made, *self.submit(form, dated))

    def send(self, id: str) -> Outcome:
        outcome = commands.submit_module(self.state, self.program, self.now, PATIENT, id)
        return outcome if isinstance(outcome, Refusal) else self.take(outcome)

    def see(self) -> Situation:
        return situation(self.state, {DIGEST: self.program}, self.now)

    def status(self) -> dict[str, str]:
        return {one.id: one.status for one in self.see().modules}

    def measured(self) -> dict[str, str]:
        return {one.occasion: one.status for one in self.see().measurements}

    def form(self, id: str) -> FormSituation:
        return self.see().forms[id]

    def flags(self) -> list[tuple[str, str]]:
        return [(flag.id, flag.level) for flag in self.state.flags]


GOOD = {"q1": 0, "q2": 1, "q3": 1, "q4": 0}


def welcomed() -> Play:
    play = Play()
    play.fill("mood", GOOD)
    play.fill("mina_mal", {"viktigast": "Sova"})
    assert not isinstance(play.send("valkommen"), Refusal)
    return play


# The way in


def test_nobody_starts_without_an_assessment_and_a_decision() -> None:
    registered = happened.Registered("Kim", PROGRAM.id, "self-referral")
    state = fold(_events(commands.register(DIGEST, PROGRAM, at(0), THERAPIST, registered)), {DIGEST: PROGRAM})
    assert isinstance(commands.decide(state, PROGRAM, at(0), THERAPIST, True, ""), Refusal)
    assert isinstance(commands.start_treatment(state, PROGRAM, at(0), THERAPIST, "Bo"), Refusal)
    state = fold(_events(commands.assess(state, PROGRAM, at(0), THERAPIST, "x")), {DIGEST: PROGRAM}, state)
    state = fold(_events(commands.decide(state, PROGRAM, at(0), THERAPIST, False, "nej")), {DIGEST: PROGRAM}, state)
    assert isinstance(commands.start_treatment(state, PROGRAM, at(0), THERAPIST, "Bo"), Refusal)
    started = Event(at(0), "t", "therapist", DIGEST, happened.Started("Bo"))
    with pytest.raises(ImpossibleEvent):
        apply(state, started, {DIGEST: PROGRAM})


@pytest.mark.parametrize(
    ("born", "allowed"), [(date(2008, 1, 13), False), (date(2008, 1, 12), True), (date(1950, 1, 1), False)]
)
def test_age_is_checked_at_the_start(born: date, allowed: bool) -> None:
    programs = {DIGEST: PROGRAM}
    registered = happened.Registered("Kim", PROGRAM.id, "referral", born)
    state = fold(_events(commands.register(DIGEST, PROGRAM, at(0), THERAPIST, registered)), programs)
    state = fold(_events(commands.assess(state, PROGRAM, at(0), THERAPIST, "x")), programs, state)
    state = fold(_events(commands.decide(state, PROGRAM, at(0), THERAPIST, True, "")), programs, state)
    assert isinstance(commands.start_treatment(state, PROGRAM, at(0), THERAPIST, "Bo"), Refusal) is not allowed


def test_the_measurement_of_the_start_can_be_made_before_it() -> None:
    programs = {DIGEST: PROGRAM}
    registered = happened.Registered("Kim", PROGRAM.id, "referral")
    state = fold(_events(commands.register(DIGEST, PROGRAM, at(-5), THERAPIST, registered)), programs)
    now = situation(state, programs, at(-2))
    assert [(one.occasion, one.status) for one in now.measurements] == [("start", "due")]
    raised = commands.save_answer(state, PROGRAM, at(-2), PATIENT, "mood", "q4", 3)
    assert {event.what.flag for event in _events(raised) if isinstance(event.what, happened.FlagRaised)} == {
        "mood-1",
        "mood-2",
    }
    assert isinstance(commands.save_answer(state, PROGRAM, at(-2), PATIENT, "mina_mal", "viktigast", "x"), Refusal)


# Doors


def test_modules_open_in_order_when_what_comes_before_is_sent() -> None:
    play = Play()
    assert play.status() == {"valkommen": "open", "baslinje": "locked", "fonster": "locked", "aktiviteter": "locked"}
    refused = play.send("valkommen")
    assert isinstance(refused, Refusal)
    assert [problem.field for problem in refused.problems] == ["mood", "mina_mal"]
    play.fill("mood", GOOD)
    play.fill("mina_mal", {"viktigast": "Sova"})
    play.send("valkommen")
    assert play.status()["valkommen"] == "submitted"
    assert play.status()["baslinje"] == "open"


def test_doors_open_at_local_midnight() -> None:
    play = welcomed()
    for day in range(5):
        play.go(day)
        play.fill("somndagbok", night_of(360, 480))
    play.send("baslinje")
    locked = play.see().module("fonster")
    assert locked is not None
    assert locked.opens_on == START + timedelta(days=7)
    assert [text.sv for text in locked.waits_for] == ["Öppnar måndag 19 januari."]
    play.go(6, "23:59")
    assert play.status()["fonster"] == "locked"
    play.go(7, "00:00")
    assert play.status()["fonster"] == "open"
    assert play.state.module("fonster").opened_on == START + timedelta(days=7)


def test_an_act_finds_the_door_open_though_no_scheduler_has_been_there() -> None:
    play = welcomed()
    for day in range(5):
        play.now = at(day)
        play.fill("somndagbok", night_of(360, 480))
    play.send("baslinje")
    play.now = at(9)
    assert play.status()["fonster"] == "open"
    made = play.save("lamplighet", "epilepsi", False)
    assert [event.kind for event in made][:1] == ["opened"]
    assert made[-1].kind == "answered"


def test_feedback_can_be_required_before_the_next() -> None:
    first = module("a", feedback=Feedback(7, True))
    play = Play(program((first, module("b", "a")), ()))
    play.send("a")
    locked = play.see().module("b")
    assert locked is not None
    assert [text.sv for text in locked.waits_for] == ["Öppnar när din behandlare har svarat på ”A”."]
    assert play.see().modules[0].feedback_due == START + timedelta(days=7)
    assert isinstance(commands.give_feedback(play.state, play.program, play.now, PATIENT, "a", "Bra"), Refusal)
    play.take(commands.give_feedback(play.state, play.program, play.now, THERAPIST, "a", "Bra"))
    assert play.status() == {"a": "complete", "b": "open"}
    assert [(one.text, one.module) for one in play.see().messages] == [("Bra", "a")]


def test_therapist_opens_holds_and_hides_for_one_patient() -> None:
    play = Play(program((module("a"), module("b", "a", 7), module("c", "b")), ()))
    play.take(commands.open_module(play.state, play.program, play.now, THERAPIST, "b"))
    assert play.status()["b"] == "open"
    play.take(commands.hold_module(play.state, play.program, play.now, THERAPIST, "b"))
    assert play.status()["b"] == "locked"
    play.take(commands.open_module(play.state, play.program, play.now, THERAPIST, "b"))
    assert play.status()["b"] == "open"
    play.take(commands.hide_module(play.state, play.program, play.now, THERAPIST, "b"))
    play.send("a")
    assert play.status() == {"a": "submitted", "b": "hidden", "c": "open"}
    assert isinstance(commands.open_module(play.state, play.program, play.now, PATIENT, "c"), Refusal)
    assert isinstance(commands.open_module(play.state, play.program, play.now, THERAPIST, "x"), Refusal)


def test_a_hidden_module_hands_its_wait_over_to_the_one_before() -> None:
    _, _, scope = forms_of({"mood": MOOD}, EXERCISES)
    never = condition("mood.q1 == 3", scope)
    modules = (module("a"), module("b", "a", 7, show_if=never), module("c", "b", 7))
    play = Play(program(modules, ()))
    assert play.status() == {"a": "open", "b": "hidden", "c": "locked"}
    play.send("a")
    play.go(6)
    assert play.status()["c"] == "locked"
    play.go(7)
    assert play.status()["c"] == "open"


def test_an_optional_module_holds_nobody_up() -> None:
    play = Play(program((module("a"), module("b", "a", optional=True), module("c", "b")), ()))
    play.send("a")
    assert play.status() == {"a": "submitted", "b": "open", "c": "open"}


def test_conditions_of_a_door() -> None:
    _, _, scope = forms_of({"mood": MOOD}, EXERCISES)
    high = Unlock("a", 0, condition("mood.total >= 3", scope), False)
    by_hand = Unlock("a", 0, None, True)
    play = Play(program((module("a"), module("b", unlock=high), module("c", unlock=by_hand))))
    play.send("a")
    assert play.status() == {"a": "submitted", "b": "locked", "c": "locked"}
    play.fill("mood", {**GOOD, "q1": 3})
    assert play.status() == {"a": "submitted", "b": "open", "c": "locked"}


def test_days_and_weeks_across_the_change_to_summer_time() -> None:
    spring = moment(date(2026, 3, 27))
    play = Play(program((module("a"), module("b", "a", 3)), ()), start=spring + timedelta(hours=9))
    play.send("a")
    midnight = moment(date(2026, 3, 30))
    assert midnight - spring == timedelta(hours=71)
    assert Event(local(spring), "x", "patient", DIGEST, happened.MessageSent("x")).at == spring
    play.now = midnight - timedelta(seconds=1)
    assert play.status()["b"] == "locked"
    play.now = midnight
    assert (play.status()["b"], play.see().day, play.see().week) == ("open", 3, 1)
    assert [week_of(day) for day in (0, 6, 7, 13, 14)] == [1, 1, 2, 2, 3]
    assert local(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)).date() == date(2026, 7, 2)


# Answers


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("mood", "q1", 4),
        ("mood", "q1", -1),
        ("mood", "q1", True),
        ("mood", "q1", "declined"),
        ("mood", "q1", [1]),
        ("mood", "q1", 1.5),
        ("mood", "total", 3),
        ("mood", "finns_inte", 3),
        ("finns_inte", "q1", 3),
        ("somnfonster", "value", 300),
        ("bedomning", "text", "Jag är inte behandlare"),
        ("mina_mal", "viktigast", 7),
        ("mina_mal", "viktigast", "x" * (LONGEST_TEXT + 1)),
        ("mina_mal", "viktigast", "noll\0byte"),
        ("mina_mal", "viktigast", "\ud800"),
        ("mina_mal", "har_plan", "kanske"),
        ("mina_mal", "har_plan", 1),
        ("mina_mal", "antal", 6),
        ("mina_mal", "antal", "2,5"),
        ("mina_mal", "antal", "9" * 5000),
        ("mina_mal", "antal", float("nan")),
        ("mina_mal", "antal", float("inf")),
        ("mina_mal", "antal", {"a": 1}),
        ("lamplighet", "epilepsi", True),
        ("somndagbok", "bed", "22:00"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_and_changes_nothing(form: str, field: str, value: object) -> None:
    play = Play()
    problems = play.problems_of_saving(form, field, value)
    assert len(problems) == 1
    assert problems[0].message.sv
    assert problems[0].message.en


def _field(name: str) -> Any:
    form = PROGRAM.exercise["veckans_val" if name != "lista" else "mina_aktiviteter"]
    return next(field for field in form.fields if field.id == name)


@pytest.mark.parametrize(
    ("field", "raw", "stored", "value"),
    [
        ("matt", "7,5", "7.5", Fraction(15, 2)),
        ("matt", 7.25, "7.25", Fraction(29, 4)),
        ("matt", "15/2", "7.5", Fraction(15, 2)),
        ("matt", "8.0", 8, Fraction(8)),
        ("nar", "2026-03-01", "2026-03-01", date(2026, 3, 1)),
        ("ordning", ["b", "a"], ("b", "a"), frozenset({"a", "b"})),
        ("flera", ["b", "a", "a"], ("a", "b"), frozenset({"a", "b"})),
        ("flera", "a", ("a",), frozenset({"a"})),
        ("flera", [], None, None),
        ("plan", {"activity": "Gå ut", "time": "8.05", "done": "partly"}, None, None),
        ("matt", "", None, None),
        ("matt", "   ", None, None),
    ],
)
def test_answers_in_canonical_form(field: str, raw: object, stored: object, value: object) -> None:
    read = read_answer(_field(field), raw)
    if field == "plan":
        assert dict(*read.value) == {"activity": "Gå ut", "time": "08:05", "done": "partly"}
        (row,) = typed_answer(_field(field), read.value)  # type: ignore[misc]
        assert row["time"] == TimeOfDay(485)
        return
    if raw == "   ":
        assert read.problem is not None
        return
    assert (read.value, read.problem) == (stored, None)
    assert typed_answer(_field(field), read.value) == value


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("matt", "100,01"),
        ("matt", "1/0"),
        ("matt", "sju"),
        ("matt", True),
        ("nar", "2026-02-30"),
        ("nar", "1 mars"),
        ("nar", 20260301),
        ("ordning", ["a", "a"]),
        ("ordning", ["d"]),
        ("flera", ["a"] * 300),
        ("flera", {"a": True}),
        ("plan", {"okant": 1}),
        ("plan", {"difficulty": 11}),
        ("plan", ["Gå ut"]),
        ("lista", [{"vad": "x"}] * 11),
        ("lista", [{"vad": "x", "vikt": 11}]),
        ("lista", [{"vad": {"vad": "x"}}]),
        ("lista", [["x"]]),
        ("lista", "x"),
        ("lista", [{"rad": "a", "vad": "x"}]),
    ],
)
def test_wrong_answers_of_every_type(field: str, raw: object) -> None:
    read = read_answer(_field(field), raw)
    assert read.value is None
    assert read.problem is not None


def test_no_table_has_more_rows_than_can_be_kept() -> None:
    endless = replace(_field("lista"), max_rows=None)
    assert read_answer(endless, [{"vad": "x"}] * MOST_ROWS).problem is None
    assert read_answer(endless, [{"vad": "x"}] * (MOST_ROWS + 1)).problem is not None


def test_a_wrong_row_says_which() -> None:
    problem = read_answer(_field("lista"), [{"vad": "a"}, {"vikt": "hög"}]).problem
    assert problem is not None
    assert problem.sv == "Rad 2, Viktighet: Skriv ett heltal med siffror, till exempel 3."


def test_what_is_typed_is_kept_and_can_be_taken_back() -> None:
    play = Play()
    play.save("mina_mal", "viktigast", "Sova")
    play.save("mina_mal", "viktigast", "Sova gott")
    assert play.form("mina_mal").draft == {"viktigast": "Sova gott"}
    assert play.save("mina_mal", "viktigast", "Sova gott") == ()
    play.save("mina_mal", "viktigast", "")
    assert play.form("mina_mal").draft == {}


def test_two_devices_at_once_lose_nothing() -> None:
    play = Play()
    first = _events(commands.save_answer(play.state, PROGRAM, play.now, PATIENT, "mina_mal", "viktigast", "A"))
    second = _events(commands.save_answer(play.state, PROGRAM, play.now, PATIENT, "mina_mal", "har_plan", True))
    play.take((*first, *second))
    assert play.form("mina_mal").draft == {"viktigast": "A", "har_plan": True}


def test_keepable_keeps_the_right_ones_beside_the_wrong() -> None:
    play = Play()
    events, problems, *_ = commands.keepable(
        play.state, PROGRAM, play.now, PATIENT, "mina_mal", {"viktigast": "A", "antal": 99}
    )
    assert [event.kind for event in events] == ["answered"]
    assert [problem.field for problem in problems] == ["antal"]


def test_required_answers_are_asked_for_only_where_they_show() -> None:
    play = Play()
    refused = play.try_submit("mina_mal")
    assert isinstance(refused, Refusal)
    assert [problem.field for problem in refused.problems] == ["viktigast"]
    play.save("mina_mal", "viktigast", "x")
    play.save("mina_mal", "har_plan", True)
    refused = play.try_submit("mina_mal")
    assert isinstance(refused, Refusal)
    assert [problem.field for problem in refused.problems] == ["plan"]
    assert "plan" not in play.form("mina_mal").hidden
    play.save("mina_mal", "har_plan", False)
    assert play.form("mina_mal").hidden == {"plan", "antal"}
    play.submit("mina_mal")
    assert play.form("mina_mal").draft == {}
    assert play.state.drafts["mina_mal"] == {}
    values = play.form("mina_mal").records[0].values
    assert (values["plan"], values["antal"], values["dubbelt"]) == (None, 0, 0)


def test_constraints_block_or_ask_again() -> None:
    play = Play()
    for field, value in {"viktigast": "x", "har_plan": True, "plan": "y", "antal": 1}.items():
        play.save("mina_mal", field, value)
    refused = play.try_submit("mina_mal", sure=("antal",))
    assert isinstance(refused, Refusal)
    assert [(problem.field, problem.level) for problem in refused.problems] == [("antal", "block")]
    play.save("mina_mal", "antal", 5)
    refused = play.try_submit("mina_mal")
    assert isinstance(refused, Refusal)
    assert [(problem.field, problem.level) for problem in refused.problems] == [("antal", "confirm")]
    play.submit("mina_mal", sure=("antal",))


def test_a_worksheet_can_be_changed_until_its_module_is_sent() -> None:
    play = Play()
    play.fill("mood", GOOD)
    play.fill("mina_mal", {"viktigast": "Sova"})
    play.fill("mina_mal", {"viktigast": "Vila"})
    assert play.form("mina_mal").status == "done"
    assert [record.values["viktigast"] for record in play.form("mina_mal").records] == ["Vila"]
    play.send("valkommen")
    assert play.problems_of_saving("mina_mal", "viktigast", "Annat")


def test_tables_and_options_from_earlier_answers() -> None:
    modules = (module("aktiviteter", complete_when=("mina_aktiviteter", "veckans_val")),)
    play = Play(program(modules, ()))
    rows = [{"vad": "Gå ut", "vikt": 8, "nu": 3}, {}, {"vad": "Ringa Eva", "vikt": 2}]
    assert play.problems_of_saving("veckans_val", "val", "Gå ut")
    play.fill("mina_aktiviteter", {"lista": rows})
    table = play.form("mina_aktiviteter").records[0].values["lista"]
    assert isinstance(table, tuple)
    assert [(row["vad"], row["gap"]) for row in table] == [("Gå ut", 5), ("Ringa Eva", None)]
    play.fill("veckans_val", {"val": "Gå ut", "matt": "7,5"})
    assert play.form("veckans_val").records[0].values["matt"] == Fraction(15, 2)
    assert play.state.copies["veckans_val"][0].id == "aktiviteter"
    assert not isinstance(play.send("aktiviteter"), Refusal)


def test_a_row_that_lacks_a_required_column_is_asked_for() -> None:
    play = Play(program((module("aktiviteter"),), ()))
    play.save("mina_aktiviteter", "lista", [{"vikt": 3}])
    refused = play.try_submit("mina_aktiviteter")
    assert isinstance(refused, Refusal)
    assert refused.problems[0].message.sv == "Rad 1: ”Vad” är inte ifyllt."


def test_only_a_therapist_fills_in_what_is_the_therapists() -> None:
    play = Play()
    made = commands.save_answer(play.state, PROGRAM, play.now, THERAPIST, "bedomning", "text", "Lämplig")
    assert not isinstance(made, Refusal)
    assert isinstance(
        commands.save_answer(play.state, PROGRAM, play.now, THERAPIST, "mina_mal", "viktigast", "x"), Refusal
    )


# Diaries


def test_a_diary_takes_the_last_days_and_no_others() -> None:
    play = welcomed()
    assert play.form("somndagbok").open_dates == (START,)
    play.go(4)
    day = START + timedelta(days=4)
    assert play.form("somndagbok").open_dates == (day, day - timedelta(days=1), day - timedelta(days=2))
    assert play.problems_of_saving("somndagbok", "bed", "22:00", day - timedelta(days=3))
    assert play.problems_of_saving("somndagbok", "bed", "22:00", day + timedelta(days=1))
    play.save("somndagbok", "bed", "22:00", day - timedelta(days=2))
    play.save("somndagbok", "bed", "23.15", day)
    drafts = play.form("somndagbok").entry_drafts
    assert drafts == {day: {"bed": "23:15"}, day - timedelta(days=2): {"bed": "22:00"}}
    assert (play.form("somndagbok").draft_date, play.form("somndagbok").draft) == (day, {"bed": "23:15"})


def test_what_is_saved_in_an_entry_is_told_of_that_entry_whatever_stands_in_others() -> None:
    play = welcomed()
    play.go(3)
    play.save("somndagbok", "sol", 10, START + timedelta(days=3))
    day_before = START + timedelta(days=2)

    def keep() -> Kept:
        return commands.keepable(play.state, play.program, play.now, PATIENT, "somndagbok", {"sol": 40}, day_before)

    kept = keep()
    assert not kept.problems and kept.filled is not None
    assert kept.filled.values["sol"] == 40
    play.take(kept.events)
    assert keep()[:3] == Kept((), (), kept.filled)[:3], "where nothing is new it is told as it stands"


def test_an_entry_can_be_corrected_and_counts_once() -> None:
    play = welcomed()
    play.fill("somndagbok", night(WEEK[0]))
    play.save("somndagbok", "sol", 60, START)
    assert play.form("somndagbok").records[0].values["tst"] == 330
    play.submit("somndagbok", START)
    assert [record.values["tst"] for record in play.form("somndagbok").records] == [315]
    assert len([event for event in play.events if event.kind == "submitted" and event.what.form == "somndagbok"]) == 2  # type: ignore[union-attr]


def test_a_hidden_field_counts_as_the_author_says_and_keeps_what_was_typed() -> None:
    play = welcomed()
    for field, value in night(("23:00", "23:00", 30, 45, "07:00", "07:00")).items():
        play.save("somndagbok", field, value)
    play.save("somndagbok", "nwak", 0)
    assert "waso" in play.form("somndagbok").hidden
    assert play.form("somndagbok").draft_values["tst"] == 450
    assert play.form("somndagbok").draft["waso"] == 45
    play.submit("somndagbok")
    assert play.form("somndagbok").records[0].values["waso"] == 0
    assert play.form("somndagbok").summaries["week_se"] == Fraction(100 * 450, 480)


def test_a_diary_is_done_when_enough_entries_lie_close_enough() -> None:
    play = welcomed()
    for day in (0, 2, 4, 6):
        play.go(day)
        play.fill("somndagbok", night_of(360, 480))
    assert play.form("somndagbok").entries_required == 5
    assert play.form("somndagbok").entries_done == 4
    play.go(9)
    play.fill("somndagbok", night_of(360, 480))
    refused = play.send("baslinje")
    assert isinstance(refused, Refusal), "five entries within nine days are not five within seven"
    play.fill("somndagbok", night_of(360, 480), START + timedelta(days=8))
    play.fill("somndagbok", night_of(360, 480), START + timedelta(days=7))
    assert not isinstance(play.send("baslinje"), Refusal)


@pytest.mark.parametrize(
    ("days", "within", "most"),
    [((0, 6), 7, 2), ((0, 7), 7, 1), ((0, 1, 2, 8, 9, 14), 7, 3), ((0, 0, 0), 7, 3), ((), 7, 0), ((0, 50), None, 2)],
)
def test_entries_close_enough_to_each_other(days: tuple[int, ...], within: int | None, most: int) -> None:
    record = Record(START, None, {})
    copies = tuple(Copy(str(n), START + timedelta(days=day), at(day), {}, record) for n, day in enumerate(days))
    assert entries_within(copies, START, within) == most
    assert entries_within(copies, START + timedelta(days=1), within) == entries_within(
        tuple(copy for copy in copies if copy.dated > START), START, within
    )


def test_a_copy_that_is_filled_in_again_is_not_an_earlier_one_of_itself() -> None:
    own = {"tal": ("a", TALLY)}
    play = Play(program((module("a"),), (), exercises=own))
    play.fill("tal", {"antal": 3})
    play.fill("tal", {"antal": 5})
    assert [record.values for record in play.form("tal").records] == [{"antal": 5, "skillnad": None}]
    assert not play.flags()


def test_a_page_shows_of_a_copy_that_is_filled_in_again_what_its_submission_would_say() -> None:
    play = Play(program((module("a"),), (), exercises={"tal": ("a", TALLY)}))
    play.fill("tal", {"antal": 3})
    kept = commands.keepable(play.state, play.program, play.now, PATIENT, "tal", {"antal": 5})
    play.state = fold(kept.events, {DIGEST: play.program}, play.state)
    assert kept.filled is not None
    assert play.form("tal").draft_values == kept.filled.values == {"antal": 5, "skillnad": None}


TALLY = """
title: Tal
kind: worksheet
fields:
  - {id: antal, type: integer, label: Antal, min: 0, max: 9}
computed:
  - {id: skillnad, label: Skillnad, value: change(antal)}
flags:
  - {when: change(antal) >= 1, level: yellow, message: Ökar}
"""


# Measurements


def test_a_measurement_is_due_done_or_missed() -> None:
    play = Play()
    assert play.measured()["start"] == "due"
    play.fill("mood", GOOD)
    assert play.measured()["start"] == "done"
    assert play.problems_of_saving("mood", "q1", 1), "a page never shows a second one"
    play.go(7, "00:00")
    assert play.measured()["week-2"] == "due"
    play.go(9, "23:59")
    assert play.measured()["week-2"] == "due"
    play.go(10, "00:00")
    assert play.measured()["week-2"] == "missed"
    assert play.flags() == [("measurement-missed", "yellow")]
    assert play.problems_of_saving("mood", "q1", 1)
    play.go(11)
    assert [event.kind for event in play.events].count("missed") == 1


def test_one_submission_answers_every_occasion_that_is_due() -> None:
    both = PlannedMeasurement("mood", (Occasion("start"), Occasion("after-start", 0, "day")), 3)
    play = Play(program(measurements=(both,)))
    made = play.fill("mood", GOOD)
    submitted = next(event.what for event in made if isinstance(event.what, happened.Submitted))
    assert submitted.occasions == ("start", "after-start-0d")
    assert set(play.measured().values()) == {"done"}


def test_every_kind_of_occasion_has_its_day() -> None:
    kinds = (
        Occasion("every", 2, "week"),
        Occasion("every", 10, "day"),
        Occasion("before-module"),
        Occasion("after-start", 1, "month"),
        Occasion("end"),
        Occasion("after-end", 26, "week"),
    )
    play = Play(program((module("a"),), (PlannedMeasurement("mood", kinds, 2),)))
    due = {one.occasion: (one.due_on - START).days for one in play.see().measurements}
    assert due["week-3"] == 14
    assert due["week-5"] == 28
    assert due["day-10"] == 10
    assert due["before-a"] == 0
    assert due["after-start-1m"] == 31
    assert due["end"] == 0, "the last module has opened"
    assert due["after-end-26w"] == 6 * 7 + 26 * 7


def test_the_end_and_the_follow_up() -> None:
    play = welcomed()
    play.go(20)
    assert isinstance(commands.end_treatment(play.state, PROGRAM, play.now, PATIENT, "klar"), Refusal)
    play.take(commands.end_treatment(play.state, PROGRAM, play.now, THERAPIST, "Klar i förtid"))
    assert play.see().phase == "ended"
    assert play.measured()["end"] == "due"
    assert play.problems_of_saving("somndagbok", "bed", "22:00")
    play.fill("mood", GOOD)
    play.now = moment(date(2026, 8, 1), at(0).timetz().replace(tzinfo=None))
    assert play.measured()["after-end-6m"] == "due"
    made = play.save("mood", "q4", 3)
    raised = [event.what for event in made if isinstance(event.what, happened.FlagRaised)]
    assert {flag.flag for flag in raised} >= {"mood-1", "mood-2"}, "flags have a recipient after the end too"
    assert isinstance(play.send("baslinje"), Refusal)


# Flags


def test_a_risk_answer_raises_at_once_and_not_twice() -> None:
    play = Play()
    made = play.save("mood", "q4", 2)
    assert [event.kind for event in made] == ["answered", "flag-raised", "flag-raised", "flag-notified"]
    red = play.state.flags[1]
    assert (red.level, red.about, dict(red.values), red.to, red.patient_page) == (
        "red",
        ("q4",),
        {"q4": 2},
        "unit",
        "library/kris",
    )
    assert red.escalate_at == play.now + timedelta(hours=24)
    play.save("mood", "q4", 3)
    play.fill("mood", {"q1": 0, "q2": 0, "q3": 0})
    assert play.flags() == [("mood-1", "yellow"), ("mood-2", "red")]


@pytest.mark.parametrize(("seconds", "level"), [(60, "yellow"), (61, "red")])
def test_a_slip_of_the_finger_becomes_yellow_within_a_minute(seconds: int, level: str) -> None:
    play = Play()
    play.save("mood", "q4", 3)
    play.now += timedelta(seconds=seconds)
    play.save("mood", "q4", 0)
    red = play.state.flags[1]
    assert red.level == level
    assert dict(red.values) == {"q4": 3}
    if level == "yellow":
        assert dict(red.corrected) == {"q4": 0}


def test_a_slip_that_was_none_is_raised_again() -> None:
    play = Play()
    play.save("mood", "q4", 3)
    play.save("mood", "q4", 0)
    play.save("mood", "q4", 3)
    assert play.flags() == [("mood-1", "yellow"), ("mood-2", "yellow"), ("mood-2", "red")]


def test_taking_an_answer_back_is_no_correction() -> None:
    play = Play()
    play.save("mood", "q4", 3)
    play.save("mood", "q4", None)
    assert ("mood-2", "red") in play.flags()


def test_a_score_flag_waits_until_the_score_is_sure() -> None:
    play = Play()
    for item in ("q1", "q2", "q3"):
        play.save("mood", item, 3)
    assert play.flags() == [("mood-3", "yellow")], "nine of twelve is reached whatever q4 becomes"
    other = Play()
    for item, value in {"q1": 3, "q2": 3, "q3": 2}.items():
        other.save("mood", item, value)
    assert not other.flags(), "prorated it would be 10.67, but the patient is still answering"
    other.save("mood", "q4", 0)
    other.submit("mood")
    assert not other.flags()


def test_change_looks_at_the_copy_before() -> None:
    play = Play()
    play.fill("mood", GOOD)
    play.go(7)
    play.save("mood", "q4", 1)
    assert play.flags() == [("mood-1", "yellow"), ("mood-2", "red")]


@pytest.mark.parametrize(("answer", "flag"), [(None, "skipped-risk-item"), ("declined", "declined-risk-item")])
def test_a_risk_item_is_not_passed_silently(answer: object, flag: str) -> None:
    play = Play()
    play.fill("mood", {"q1": 0, "q2": 0, "q3": 0, "q4": answer})
    assert play.flags() == [(flag, "yellow")]
    assert play.state.flags[0].patient_page == "library/kris"
    assert play.form("mood").records[0].statuses["q4"] == flag.split("-")[0]


def test_a_red_flag_is_told_again_and_goes_on_to_a_second() -> None:
    play = Play()
    play.save("mood", "q4", 3)
    started = play.now
    told: list[str] = []
    for hours in range(1, 30):
        play.now = started + timedelta(hours=hours)
        brought = play.take(clock_events(play.state, {DIGEST: PROGRAM}, play.now))
        told += [event.what.to for event in brought if isinstance(event.what, happened.FlagNotified)]
    assert told == ["duty"] * 5 + ["second"] * 2
    red = next(flag for flag in play.state.flags if flag.level == "red")
    assert red.escalated_at == started + timedelta(hours=24)
    play.take(
        commands.acknowledge_flag(play.state, PROGRAM, play.now, THERAPIST, red.number, "Ringde", "Bo Ek, psykolog")
    )
    play.now += timedelta(days=2)
    later = play.take(clock_events(play.state, {DIGEST: PROGRAM}, play.now))
    assert not [event for event in later if isinstance(event.what, happened.FlagNotified | happened.FlagEscalated)]


@pytest.mark.parametrize(("action", "signature"), [("", "Bo"), ("  ", "Bo"), ("Ringde", ""), ("Ringde", " ")])
def test_no_flag_is_acknowledged_without_action_and_signature(action: str, signature: str) -> None:
    play = Play()
    play.save("mood", "q4", 1)
    number = play.state.flags[0].number
    assert isinstance(
        commands.acknowledge_flag(play.state, PROGRAM, play.now, THERAPIST, number, action, signature), Refusal
    )
    forged = Event(play.now, "t1", "therapist", DIGEST, happened.FlagAcknowledged(number, action, signature))
    with pytest.raises(ImpossibleEvent):
        apply(play.state, forged, {DIGEST: PROGRAM})


def test_flags_survive_a_change_of_therapist() -> None:
    play = Play()
    play.save("mood", "q4", 3)
    play.take(commands.reassign(play.state, PROGRAM, play.now, Actor("a", "administrator"), "Eva"))
    assert play.see().therapist == "Eva"
    assert len([flag for flag in play.see().flags if isinstance(flag, RaisedFlag)]) == 2


# Reminders, messages


def test_reminders_are_sent_once_for_each_reason() -> None:
    reminders = (
        Reminder("not-signed-in", 3, "Kom tillbaka"),
        Reminder("module-due", 7, "Modulen väntar"),
        Reminder("measurement-due", 1, "Mätningen väntar"),
        Reminder("diary-morning", 1, "Skriv i dagboken"),
    )
    play = Play(program(reminders=reminders))
    play.fill("mood", GOOD)
    play.fill("mina_mal", {"viktigast": "x"})
    play.send("valkommen")
    sent: list[tuple[int, str]] = []
    for day in range(1, 10):
        for clock in ("06:00", "08:00", "20:00"):
            play.now = at(day, clock)
            brought = play.take(clock_events(play.state, {DIGEST: play.program}, play.now))
            sent += [(day, event.what.text) for event in brought if isinstance(event.what, happened.Reminded)]
    assert [day for day, text in sent if text == "Kom tillbaka"] == [3]
    assert [day for day, text in sent if text == "Modulen väntar"] == [7]
    assert [day for day, text in sent if text == "Mätningen väntar"] == [8]
    assert [day for day, text in sent if text == "Skriv i dagboken"] == list(range(1, 10))


def test_messages_are_kept_in_order_and_not_empty() -> None:
    play = Play()
    assert isinstance(commands.send_message(play.state, PROGRAM, play.now, PATIENT, " \n "), Refusal)
    assert isinstance(commands.send_message(play.state, PROGRAM, play.now, PATIENT, "x" * 10_001), Refusal)
    play.take(commands.send_message(play.state, PROGRAM, play.now, PATIENT, "Hej"))
    play.take(commands.send_message(play.state, PROGRAM, play.now, THERAPIST, "Hej hej"))
    assert [(one.actor, one.text) for one in play.see().messages] == [("patient", "Hej"), ("therapist", "Hej hej")]


# Events, state, verification


def test_every_kind_of_event_has_one_form_and_comes_back() -> None:
    text = Text("sv", "en")
    samples: tuple[happened.Happening, ...] = (
        happened.Registered("Kim", "p", "referral", date(1990, 1, 1)),
        happened.Assessed("x"),
        happened.Decided(True, "y"),
        happened.Started("Bo"),
        happened.Opened("a", START),
        happened.OpenedByTherapist("a"),
        happened.Held("a"),
        happened.Hidden("a"),
        happened.ModuleChosen("a", "b"),
        happened.Answered("f", "1", "lista", ({"vad": "x", "n": "15/2"},), START),
        happened.Submitted(
            "f",
            "1",
            START,
            {"q": 1},
            {"t": happened.StoredScore(Fraction(27, 2), "prorated")},
            {"v": "27/2"},
            {},
            ("h",),
            ("start",),
        ),
        happened.ModuleSubmitted("a"),
        happened.Missed("q", "week-2"),
        happened.MessageSent("hej"),
        happened.FeedbackGiven("a", "bra"),
        happened.DecisionProposed("d", Fraction(360), None, 5, text),
        happened.DecisionConfirmed("d", Fraction(360)),
        happened.DecisionDeclined("d", "x"),
        happened.DecisionExpired("d"),
        happened.DecisionStopped("d"),
        happened.ContraindicationSigned("d", "x"),
        happened.FlagRaised("q-1", "red", "q", "1", ("q9",), {"q9": 2}, text, "unit", "library/kris", at(1)),
        happened.FlagDowngraded(3, "yellow", {"q9": 0}),
        happened.FlagNotified(3, "duty"),
        happened.FlagEscalated(3),
        happened.FlagAcknowledged(3, "ringde", "Bo"),
        happened.Reminded("1-x", "hej"),
        happened.Reassigned("Eva"),
        happened.MovedToVersion("sha256:b", "1.0.0", "2.0.0"),
        happened.Ended("klar"),
    )
    assert {type(sample) for sample in samples} == set(KINDS.values())
    for sample in samples:
        event = Event(at(3), "p1", "patient", DIGEST, sample)
        stored = json.loads(json.dumps(to_json(event)))
        assert stored["at"].endswith("+00:00")
        assert from_json(stored) == event
        assert to_json(from_json(stored)) == stored


GOOD_JSON = {
    "kind": "answered",
    "at": "2026-01-12T08:00:00+00:00",
    "actor": "p1",
    "role": "patient",
    "digest": DIGEST,
    "data": {"form": "mood", "copy": "1", "field": "q1", "value": 1, "dated": None},
}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "erased-by-magic"},
        {"kind": None},
        {"kind": ["answered"]},
        {"at": "2026-01-12T08:00:00"},
        {"at": "igår"},
        {"at": 5},
        {"role": "hacker"},
        {"digest": None},
        {"actor": 7},
        {"data": None},
        {"data": []},
        {"data": {"form": "mood"}},
        {"more": 1},
        {"data": {**GOOD_JSON["data"], "more": 1}},  # type: ignore[dict-item]
        {"data": {**GOOD_JSON["data"], "value": 1.5}},  # type: ignore[dict-item]
        {"data": {**GOOD_JSON["data"], "value": [[[[[[[[[[1]]]]]]]]]]}},  # type: ignore[dict-item]
        {"data": {**GOOD_JSON["data"], "dated": "2026-02-30"}},  # type: ignore[dict-item]
        {"data": {**GOOD_JSON["data"], "form": 1}},  # type: ignore[dict-item]
    ],
)
def test_foreign_events_are_refused(change: dict[str, object]) -> None:
    assert from_json(GOOD_JSON).kind == "answered"
    with pytest.raises(MalformedEvent):
        from_json({**GOOD_JSON, **change})


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_what_is_no_event_at_all(data: object) -> None:
    with pytest.raises(MalformedEvent):
        from_json(data)


@pytest.mark.parametrize(
    "what",
    [
        happened.Registered("Kim", "p", "referral"),
        happened.Started("Bo"),
        happened.Assessed("x"),
        happened.Opened("finns-inte", START),
        happened.Opened("valkommen", START),
        happened.ModuleSubmitted("fonster"),
        happened.Answered("finns_inte", "1", "q1", 1),
        happened.FlagAcknowledged(99, "ringde", "Bo"),
        happened.DecisionConfirmed("somnfonster", Fraction(360)),
        happened.DecisionConfirmed("mood", Fraction(360)),
        happened.DecisionDeclined("somnfonster", ""),
        happened.DecisionExpired("somnfonster"),
        object(),
    ],
)
def test_impossible_events_are_never_skipped(what: Any) -> None:
    play = Play()
    with pytest.raises(ImpossibleEvent):
        apply(play.state, Event(play.now, "x", "therapist", DIGEST, what), {DIGEST: PROGRAM})


def test_an_event_needs_its_bundle_and_its_zone() -> None:
    play = Play()
    said = happened.MessageSent("hej")
    programs = {DIGEST: PROGRAM, "sha256:other": PROGRAM}
    for digest in ("sha256:unknown", "sha256:other"):
        with pytest.raises(ImpossibleEvent):
            apply(play.state, Event(play.now, "x", "patient", digest, said), programs)
    with pytest.raises(MalformedEvent):
        Event(datetime(2026, 1, 1), "x", "patient", DIGEST, said)
    with pytest.raises(ImpossibleEvent):
        apply(NEW, Event(play.now, "x", "patient", DIGEST, said), programs)


def lived() -> Play:
    play = welcomed()
    for day in range(7):
        play.go(day)
        play.fill("somndagbok", night(WEEK[day]))
    play.send("baslinje")
    play.go(7)
    play.save("mood", "q4", 3)
    play.save("mood", "q4", 0)
    play.fill("mood", {"q1": 3, "q2": 3, "q3": 3, "q4": "declined"})
    play.fill("lamplighet", {"epilepsi": True, "kor_bil": False})
    return play


def test_an_honest_history_verifies_after_a_way_through_json() -> None:
    play = lived()
    again = [from_json(json.loads(json.dumps(to_json(event)))) for event in play.events]
    assert verify(again, {DIGEST: PROGRAM}) == ()
    assert fold(again, {DIGEST: PROGRAM}) == play.state


def test_planted_changes_are_found() -> None:
    play = lived()
    for index, event in enumerate(play.events):
        what = event.what
        forged: list[happened.Happening] = []
        if isinstance(what, happened.Submitted):
            if what.scores:
                forged.append(
                    replace(what, scores={**what.scores, "total": happened.StoredScore(Fraction(1), "complete")})
                )
            if what.form == "somndagbok":
                forged.append(replace(what, values={**what.values, "se": 99}))
        if isinstance(what, happened.FlagRaised):
            forged.append(replace(what, level="green"))
        for other in forged:
            changed = [*play.events[:index], replace(event, what=other), *play.events[index + 1 :]]
            assert verify(changed, {DIGEST: PROGRAM}), other
        if isinstance(what, happened.FlagRaised) and what.level == "red":
            without = [*play.events[:index], *play.events[index + 1 :]]
            assert verify(without, {DIGEST: PROGRAM}), "a flag was taken away"


def test_a_flag_that_was_never_stored_is_missed() -> None:
    play = Play()
    made = play.save("mood", "q4", 2)
    answered = play.events.index(made[0])
    assert [problem.number for problem in verify(play.events[: answered + 1], {DIGEST: PROGRAM})] == [answered + 1] * 2
    one = [problem.message.sv for problem in verify(play.events[: answered + 2], {DIGEST: PROGRAM})]
    assert one == ["Flaggan mood-2 fattas."]
    assert verify(play.events, {DIGEST: PROGRAM}) == ()


def test_stored_scores_are_kept_and_not_computed_again() -> None:
    play = Play()
    made = play.fill("mood", GOOD)
    index = next(i for i, event in enumerate(play.events) if isinstance(event.what, happened.Submitted))
    what = play.events[index].what
    assert isinstance(what, happened.Submitted)
    other = replace(what, scores={"total": happened.StoredScore(Fraction(11), "complete")})
    events = [*play.events[:index], replace(play.events[index], what=other)]
    state = fold(events, {DIGEST: PROGRAM})
    assert state.copies["mood"][0].record.values["total"] == 11
    assert made


def test_the_clock_brings_nothing_twice() -> None:
    play = lived()
    for hours in range(0, 24 * 40, 13):
        play.now = at(8) + timedelta(hours=hours)
        play.take(clock_events(play.state, {DIGEST: PROGRAM}, play.now))
        assert clock_events(play.state, {DIGEST: PROGRAM}, play.now) == ()


def _events(outcome: Outcome) -> tuple[Event, ...]:
    assert not isinstance(outcome, Refusal), outcome.problems
    return outcome
