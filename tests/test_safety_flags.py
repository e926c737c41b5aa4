"""A risk answer always raises its flag, at once and again, and no flag goes away by itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from safety_samples import REPOSITORY, Treatment, instruments, measured_with, raised, real_program
from treatment_samples import DIGEST, PATIENT, THERAPIST

from designtool import acts
from designtool.render.templates import load_templates
from designtool.render.view import view
from designtool.render.viewpoint import Viewpoint
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Refusal
from designtool.treatment.days import moment
from designtool.treatment.scoring import score

PHQ9 = measured_with("phq9")
ITEMS = [f"q{number}" for number in range(1, 10)]


def phq9(value: int | str | None, others: int | None = 0) -> dict[str, object]:
    answers: dict[str, object] = {} if others is None else dict.fromkeys(ITEMS[:8], others)
    return answers if value is None else {**answers, "q9": value}


# On each answer


@pytest.mark.parametrize(
    ("earlier", "value", "levels"),
    [
        (None, 0, []),
        (None, 1, ["yellow"]),
        (None, 2, ["red"]),
        (None, 3, ["red"]),
        (0, 0, []),
        (0, 1, ["yellow", "red"]),
        (0, 2, ["red"]),
        (1, 1, ["yellow"]),
        (1, 0, []),
        (2, 1, ["yellow"]),
        (2, 2, ["red"]),
        (3, 3, ["red"]),
    ],
)
@pytest.mark.parametrize("place", ["alone", "first", "last"])
def test_item_nine_is_flagged_on_the_save_itself(
    earlier: int | None, value: int, levels: list[str], place: str
) -> None:
    treatment = Treatment(PHQ9)
    if earlier is not None:
        treatment.fill("phq9", phq9(earlier))
        treatment.on(7)
    if place == "last":
        for item in ITEMS[:8]:
            treatment.save("phq9", item, 3)
    made = treatment.save("phq9", "q9", value)
    assert raised(made) == levels
    assert bool(acts.pages_to_show(made)) is bool(levels)
    assert raised(treatment.save("phq9", "q9", value)) == []
    if place != "alone":
        for item in ITEMS[:8]:
            assert raised(treatment.save("phq9", item, 1)) == []
    assert raised(treatment.submit("phq9")) == []
    treatment.verified()


@pytest.mark.parametrize("value", [2, 3])
def test_item_nine_is_flagged_in_a_form_that_is_posted_whole_or_refused(value: int) -> None:
    treatment = Treatment(PHQ9)
    answer = treatment.post("questionnaire/phq9", {"action": "submit", "q1": "9", "q9": value, "q2": "1"})
    assert [error.field for error in answer.errors] == ["q1"]
    assert raised(answer.events) == ["red"]
    assert treatment.state.answers("phq9", "1") == {"q2": 1, "q9": value}
    assert treatment.post("questionnaire/phq9", {"action": "submit", "q9": value}).go_to
    assert treatment.levels() == ["red"]


@pytest.mark.parametrize("action", ["", "gor-nagot", "Submit"])
def test_a_post_whose_button_is_unknown_keeps_its_answers(action: str) -> None:
    treatment = Treatment(PHQ9)
    answer = treatment.post("questionnaire/phq9", {"action": action, "q9": 3})
    assert answer.errors
    assert treatment.levels() == ["red"]
    assert treatment.state.answers("phq9", "1") == {"q9": 3}


def test_declined_and_skipped_are_yellow_and_show_the_page() -> None:
    treatment = Treatment(PHQ9)
    made = treatment.save("phq9", "q9", "declined")
    assert raised(made) == ["yellow"]
    assert acts.pages_to_show(made) == ("kris",)
    treatment = Treatment(PHQ9)
    for item in ITEMS[:8]:
        treatment.save("phq9", item, 0)
    made = treatment.submit("phq9")
    assert raised(made) == ["yellow"]
    assert acts.pages_to_show(made) == ("kris",)
    treatment.verified()


@pytest.mark.parametrize(("seconds", "level"), [(0, "yellow"), (59, "yellow"), (60, "yellow"), (61, "red")])
@pytest.mark.parametrize("corrected", [0, 1])
def test_a_correction_within_a_minute_keeps_both_values(seconds: int, level: str, corrected: int) -> None:
    treatment = Treatment(PHQ9)
    treatment.save("phq9", "q9", 2)
    treatment.wait(seconds=seconds)
    treatment.save("phq9", "q9", corrected)
    flag = treatment.state.flags[0]
    assert flag.level == level
    assert dict(flag.values) == {"q9": 2}
    assert dict(flag.corrected) == ({"q9": corrected} if level == "yellow" else {})
    assert flag.acknowledged_at is None
    treatment.verified()


def test_a_clock_that_was_put_back_makes_no_slip_of_an_answer() -> None:
    treatment = Treatment(PHQ9)
    treatment.save("phq9", "q9", 3)
    treatment.now -= timedelta(hours=1)
    treatment.save("phq9", "q9", 0)
    assert treatment.levels() == ["red"]


@pytest.mark.parametrize("after", [None, "declined"])
def test_red_does_not_fade_by_taking_back_or_declining(after: object) -> None:
    treatment = Treatment(PHQ9)
    treatment.save("phq9", "q9", 3)
    treatment.wait(seconds=5)
    treatment.save("phq9", "q9", after)
    assert treatment.state.flags[0].level == "red"


# Again


@pytest.mark.parametrize("between", [[3], [0, 2], [None, 2], ["declined", 2]])
def test_a_new_risk_answer_after_the_acknowledgement_is_a_new_flag(between: list[object]) -> None:
    treatment = Treatment(PHQ9)
    treatment.save("phq9", "q9", 2)
    treatment.wait(minutes=30)
    treatment.acknowledge_all()
    assert raised(treatment.save("phq9", "q1", 1)) == []
    for value in between[:-1]:
        treatment.save("phq9", "q9", value)
    assert raised(treatment.save("phq9", "q9", between[-1])) == ["red"]
    assert raised(treatment.submit("phq9")) == []
    treatment.verified()


def test_a_measurement_that_was_never_sent_is_not_the_beginning_of_the_next() -> None:
    """What was typed in one week is no answer of the next, and the same answer then is a flag of its own."""
    treatment = Treatment(PHQ9)
    treatment.fill("phq9", phq9(0))
    treatment.on(7)
    treatment.save("phq9", "q9", 2)
    treatment.save("phq9", "q1", 3)
    treatment.acknowledge_all()
    treatment.on(14)
    assert treatment.answers("phq9") == {}
    assert raised(treatment.save("phq9", "q9", 2)) == ["red"]
    assert treatment.state.answers("phq9", "2") == {"q1": 3, "q9": 2}
    treatment.submit("phq9")
    treatment.on(21)
    treatment.on(28)
    assert raised(treatment.fill("phq9", phq9(3))) == ["red"]
    assert len(treatment.state.copies["phq9"]) == 3
    treatment.verified()


def test_a_measurement_that_is_due_twice_is_flagged_once_and_again_the_next_time() -> None:
    treatment = Treatment(PHQ9)
    treatment.on(1)
    assert raised(treatment.fill("phq9", phq9(2))) == ["red"]
    treatment.on(7)
    assert raised(treatment.fill("phq9", phq9(2))) == ["red"]
    treatment.verified()


# Where nothing can be filled in any more


def test_a_risk_answer_that_comes_too_late_is_flagged_though_it_is_not_kept() -> None:
    """The page was open when the measurement closed at midnight, or when the treatment ended."""
    treatment = Treatment(PHQ9)
    treatment.on(3, "00:01")
    events, problems, *_ = acts.saved_from("phq9", "q9", 3, None, treatment.state, PHQ9, treatment.now, PATIENT)
    assert problems
    assert raised(events) == ["red"]
    assert acts.pages_to_show(events) == ("kris",)
    treatment.take(events)
    again, *_ = acts.saved_from("phq9", "q9", 3, None, treatment.state, PHQ9, treatment.now, PATIENT)
    assert raised(again) == []
    higher = treatment.post("questionnaire/phq9", {"action": "submit", "q9": "2", "q1": "3"})
    assert higher.errors
    assert not treatment.state.copies.get("phq9")
    for harmless in ("0", "9", "", "x"):
        none, *_ = acts.saved_from("phq9", "q9", harmless, None, treatment.state, PHQ9, treatment.now, PATIENT)
        assert raised(none) == []
    treatment.verified()


def test_after_the_end_a_risk_answer_is_flagged_and_a_follow_up_can_be_made() -> None:
    treatment = Treatment(PHQ9)
    treatment.fill("phq9", phq9(0))
    treatment.on(8)
    treatment.take(commands.end_treatment(treatment.state, PHQ9, treatment.now, THERAPIST, "Klar"))
    treatment.on(30)
    events, problems, *_ = acts.saved_from("phq9", "q9", 2, None, treatment.state, PHQ9, treatment.now, PATIENT)
    assert problems
    assert "red" in raised(events)
    treatment.go(moment(date(2026, 7, 20), time(12)))
    assert raised(treatment.fill("phq9", phq9(2))) == ["red"]
    treatment.verified()


def test_a_therapist_or_a_stranger_raises_nothing_by_it() -> None:
    treatment = Treatment(PHQ9)
    treatment.on(3, "00:01")
    assert acts.saved_from("phq9", "q9", 3, None, treatment.state, PHQ9, treatment.now, THERAPIST)[0] == ()


def test_measurements_stay_open_when_modules_are_held_and_hidden() -> None:
    treatment = Treatment(PHQ9)
    for module in PHQ9.modules:
        if not module.safety:
            treatment.take(commands.hide_module(treatment.state, PHQ9, treatment.now, THERAPIST, module.id))
        treatment.take(commands.hold_module(treatment.state, PHQ9, treatment.now, THERAPIST, module.id))
    assert raised(treatment.save("phq9", "q9", 3)) == ["red"]


# Escalation


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 1, 16, 15, 30, tzinfo=UTC),
        datetime(2027, 3, 27, 20, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
        datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
    ],
    ids=["friday", "to summer time", "to winter time", "leap day"],
)
def test_escalation_comes_after_exactly_a_day_by_the_clock(at: datetime) -> None:
    treatment = Treatment(PHQ9, at)
    treatment.save("phq9", "q9", 2)
    treatment.now = at + timedelta(hours=24) - timedelta(seconds=1)
    early = clock_events(treatment.state, {DIGEST: PHQ9}, treatment.now)
    assert [event for event in early if isinstance(event.what, happened.FlagEscalated)] == []
    treatment.take(early)
    treatment.now = at + timedelta(hours=24)
    told = clock_events(treatment.state, {DIGEST: PHQ9}, treatment.now)
    assert [event.kind for event in told if event.kind.startswith("flag")] == ["flag-escalated", "flag-notified"]
    treatment.take(told)
    assert treatment.state.flags[0].escalated_at == at + timedelta(hours=24)
    notified = [event.what for event in told if isinstance(event.what, happened.FlagNotified)]
    assert [one.to for one in notified] == ["second"]
    treatment.wait(hours=4)
    last = [event.what for event in treatment.events if isinstance(event.what, happened.FlagNotified)]
    assert last[-1].to == "second"
    treatment.acknowledge_all()
    count = len(treatment.events)
    treatment.wait(hours=1)
    assert not [event for event in treatment.events[count:] if event.kind.startswith("flag-notified")]


@pytest.mark.parametrize(("action", "signature"), [("", "Bo"), ("  ", "Bo"), ("Ringde", " "), ("\u200b\n", "")])
def test_no_flag_closes_without_action_and_signature(action: str, signature: str) -> None:
    treatment = Treatment(PHQ9)
    treatment.save("phq9", "q9", 3)
    number = treatment.state.flags[0].number
    outcome = commands.acknowledge_flag(treatment.state, PHQ9, treatment.now, THERAPIST, number, action, signature)
    assert isinstance(outcome, Refusal)
    assert isinstance(
        commands.acknowledge_flag(treatment.state, PHQ9, treatment.now, PATIENT, number, "Jag mår bra", "Kim"), Refusal
    )


# Of what is missing


def test_what_no_answer_can_lower_is_raised_before_the_rest_is_answered() -> None:
    sleepiness = real_program("somnbehandlingen").questionnaire["dagsomnighet"]
    flags = score(sleepiness, {"stilla": 3, "uppgift": 3}, submitted=False).flags
    assert [flag.level for flag in flags] == ["yellow"]
    assert score(sleepiness, {"stilla": 3, "uppgift": 2}, submitted=False).flags == ()


@pytest.mark.parametrize(
    ("id", "item", "levels"),
    [
        ("phq9", "q9", {0: [], 1: ["yellow"], 2: ["red"], 3: ["red"]}),
        (
            "madrs_s",
            "q9",
            {0: [], 1: [], 2: ["yellow"], 3: ["yellow"], 4: ["red"], 5: ["red"], 6: ["red"]},
        ),
    ],
)
@pytest.mark.parametrize("submitted", [True, False])
@pytest.mark.parametrize("others", [None, 0, 3])
def test_levels_of_each_risk_answer(
    id: str, item: str, levels: dict[int, list[str]], submitted: bool, others: int | None
) -> None:
    questionnaire = instruments()[id]
    rest = {} if others is None else {one.id: others for one in questionnaire.items if one.id != item}
    for value, expected in levels.items():
        found = score(questionnaire, {**rest, item: value}, submitted=submitted)
        assert [flag.level for flag in found.flags] == expected
        assert all(flag.patient_page == "library/kris" for flag in found.flags)
        for flag in found.flags:
            assert (flag.to, flag.escalate_after_hours) == (
                ("unit", 24) if flag.level == "red" else ("therapist", None)
            )


def test_instruments_without_risk_items_flag_nothing() -> None:
    for id in ("gad7", "isi"):
        questionnaire = instruments()[id]
        highest = {item.id: max(int(option.value) for option in item.options) for item in questionnaire.items}
        assert score(questionnaire, highest).flags == ()


def test_what_a_browser_kept_for_one_measurement_is_not_sent_as_the_next() -> None:
    """The browser keeps what it could not send under the copy that it was typed for."""
    treatment = Treatment(PHQ9)
    templates = load_templates(REPOSITORY / "templates")

    def copy() -> str:
        html = view("questionnaire/phq9", treatment.see(), Viewpoint("patient", base="/p"), templates)
        found = re.search(r'<form[^>]* data-copy="(\d+)"', html)
        assert found is not None
        return found[1]

    assert copy() == "1"
    treatment.on(2)
    assert copy() == "1"
    treatment.on(7)
    assert copy() == "2"
