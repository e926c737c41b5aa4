"""The sleep window as the sleep program itself declares it: nothing is tightened that a therapist has not seen and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from safety_samples import REPOSITORY, Treatment, real_program
from treatment_samples import C1A, PATIENT, THERAPIST, WEEK, night, night_of

from designtool.diagnostics import Text
from designtool.render.templates import load_templates
from designtool.render.view import targets, view
from designtool.render.viewpoint import Viewpoint
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.commands import Refusal

SLEEP = real_program("somnbehandlingen")
WINDOW, DIARY = "somnfonster", "somndagbok"
HEALTH = [field.id for field in SLEEP.exercise["lamplighet"].fields]
SAFE = dict.fromkeys(HEALTH, False)
RISE = {
    "uppstigning": "07:00",
    "samma_alla_dagar": True,
    "kvall": "x",
    "morgon": "x",
    "hinder": "x",
    "om_sa": "x",
    "last_varningen": True,
}

# Each night is (minutes asleep, minutes in bed), or None for one that was not written down.
Nights = Sequence[tuple[int, int] | None]


def begun(ahead: int = 4, **health: bool) -> Treatment:
    """The first modules opened on day 0, sleepiness low, and the questions about health answered."""
    treatment = Treatment(SLEEP)
    sleepy(treatment, 0)
    for module in SLEEP.modules[:ahead]:
        treatment.take(commands.open_module(treatment.state, SLEEP, treatment.now, THERAPIST, module.id))
    treatment.fill("lamplighet", {**SAFE, **health})
    if ahead == len(SLEEP.modules):
        treatment.fill("valj_uppstigning", RISE)
    return treatment


def write(treatment: Treatment, answers: dict[str, object]) -> None:
    treatment.fill(DIARY, {"quality": 3, **answers})


def slept(treatment: Treatment, nights: Nights, first: int = 0) -> Treatment:
    """Nights on the days from `first` on; then the noon of the last of them."""
    for day, one in enumerate(nights, start=first):
        treatment.on(day)
        if one is not None:
            write(treatment, night_of(*one))
    return treatment


def window(treatment: Treatment) -> tuple[str, object, object]:
    one = treatment.see().decisions[WINDOW]
    return one.status, one.proposed, one.confirmed


def confirm(treatment: Treatment) -> None:
    treatment.take(commands.confirm_decision(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW))


def week(treatment: Treatment, nights: Nights, each: int = 0) -> Treatment:
    """The seven nights of days 5 to 11, the last at noon of day 11; the sleepiness of the week answered on day 8."""
    slept(treatment, nights[:4], 5)
    sleepy(treatment, each)
    return slept(treatment, nights[4:], 9)


def running(first: Nights = ((360, 450),) * 5, **health: bool) -> Treatment:
    """A confirmed window of 360 minutes on day 4, the weekly sleepiness answered and low."""
    treatment = slept(begun(**health), first)
    assert window(treatment) == ("proposed", 360, None)
    confirm(treatment)
    return treatment


def sleepy(treatment: Treatment, each: int) -> None:
    treatment.fill("dagsomnighet", {"stilla": each, "uppgift": each, "trafik": 0})


# Worked nights, through the program's own diary


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
def test_nights(values: Any, tib: int, tst: int, hundredths: int) -> None:
    treatment = begun()
    treatment.on(1)
    write(treatment, night(values))
    (copy,) = treatment.state.copies[DIARY]
    se = copy.record.values["se"]
    assert (copy.record.values["tib"], copy.record.values["tst"]) == (tib, tst)
    assert isinstance(se, Fraction)
    assert round(se * 100) == hundredths


@pytest.mark.parametrize(
    ("tst", "tib", "tenths"),
    [
        (397, 583, 681),
        (420, 587, 716),
        (414, 571, 725),
        (455, 480, 948),
        (360, 480, 750),
        (360, 600, 600),
        (480, 540, 889),
    ],
    ids=["P1", "P2", "P3", "P4", "P5", "P6", "P7"],
)
def test_published_nights(tst: int, tib: int, tenths: int) -> None:
    treatment = slept(begun(), [(tst, tib)] * 5)
    measure = treatment.see().decisions[WINDOW].measure
    assert isinstance(measure, Fraction)
    assert round(measure * 10) == tenths


def test_p8_and_p9_the_window_ends_at_the_chosen_rise() -> None:
    treatment = running()
    values = treatment.see().decisions[WINDOW].values
    assert (str(values["laggdags"]), str(values["uppstigning"])) == ("01:00", "07:00")
    week(treatment, [(324, 360)] * 7)
    assert window(treatment)[1] == 375
    confirm(treatment)
    assert str(treatment.see().decisions[WINDOW].values["laggdags"]) == "00:45"


def test_c2_a_week_of_nights() -> None:
    treatment = begun(ahead=3)
    for day, values in enumerate(WEEK):
        treatment.on(day)
        answers = {"quality": 3, **night(values)}
        treatment.take(commands.save_answers(treatment.state, SLEEP, treatment.now, PATIENT, DIARY, answers))
        sure = frozenset({"out", "bed", "lights_out", "waso"})
        treatment.take(commands.submit_form(treatment.state, SLEEP, treatment.now, PATIENT, DIARY, None, sure))
    treatment.take(commands.open_module(treatment.state, SLEEP, treatment.now, THERAPIST, SLEEP.modules[3].id))
    assert treatment.see().environment.summaries[DIARY]["week_se"] == Fraction(247500, 3540)
    assert window(treatment) == ("proposed", 360, None)


@pytest.mark.parametrize(
    ("nights", "after"),
    [
        ([(384, 480)] * 7, 360),
        ([(383, 480)] * 7, 345),
        ([(384, 480)] * 6 + [(383, 480)], 345),
        ([(408, 480)] * 7, 375),
        ([(407, 480)] * 7, 360),
        ([(408, 480)] * 6 + [(407, 480)], 360),
        ([(300, 330)] * 4 + [(420, 600)] * 3, 345),
    ],
    ids=["80.0", "below 80", "just below 80", "85.0", "below 85", "just below 85", "C3"],
)
def test_edges_of_the_bands(nights: Nights, after: int) -> None:
    treatment = running()
    week(treatment, nights)
    assert window(treatment) == ("proposed", after, 360)


def test_c5_a_night_that_cannot_be_is_refused_and_kept_as_typed() -> None:
    treatment = begun()
    sent = {
        "bed": "23:00",
        "lights_out": "23:00",
        "sol": "240",
        "nwak": "2",
        "waso": "300",
        "final": "07:00",
        "out": "07:00",
    }
    answer = treatment.post(f"exercise/{DIARY}", {**sent, "quality": "3", "action": "submit"})
    assert answer.errors
    assert DIARY not in treatment.state.copies
    assert treatment.answers(DIARY)["waso"] == 300


def test_fewer_than_five_of_seven_nights_propose_nothing() -> None:
    treatment = slept(begun(), [(360, 450)] * 4)
    assert window(treatment) == ("waiting-for-data", None, None)
    treatment.on(8)
    assert window(treatment) == ("waiting-for-data", None, None)
    treatment = slept(begun(), [(360, 450), None, (360, 450), None, (360, 450), (360, 450), (360, 450)])
    assert window(treatment) == ("proposed", 360, None)


def test_two_entries_for_one_date_are_one_and_the_later_counts() -> None:
    treatment = slept(begun(), [(360, 450)] * 4)
    write(treatment, night_of(300, 450))
    assert len(treatment.state.copies[DIARY]) == 4
    assert window(treatment)[0] == "waiting-for-data"
    assert treatment.state.copies[DIARY][-1].record.values["tst"] == 300


@pytest.mark.parametrize(("tst", "tib", "first"), [(200, 480, 330), (329, 480, 330), (331, 480, 345), (600, 660, 540)])
def test_floor_and_ceiling_of_the_first_window(tst: int, tib: int, first: int) -> None:
    assert window(slept(begun(), [(tst, tib)] * 5))[1] == first


def test_a_week_passes_between_proposals_and_never_below_the_floor() -> None:
    treatment = slept(begun(), [(300, 450)] * 5)
    confirm(treatment)
    slept(treatment, [(200, 480)] * 6, 5)
    assert window(treatment) == ("confirmed", None, 330)
    slept(treatment, [(200, 480)], 11)
    assert window(treatment) == ("proposed", 330, 330)


# Holds and locks


@pytest.mark.parametrize(
    ("health", "each", "after"),
    [
        ({}, 0, 345),
        ({}, 2, 345),
        ({}, 3, 360),
        ({"kor_bil_eller_riskarbete": True}, 0, 345),
        ({"kor_bil_eller_riskarbete": True}, 1, 345),
        ({"kor_bil_eller_riskarbete": True}, 2, 360),
        ({"kor_bil_eller_riskarbete": True}, None, 360),
    ],
)
def test_the_sleepy_and_the_driver_are_not_restricted(health: dict[str, bool], each: int | None, after: int) -> None:
    treatment = running(**health)
    slept(treatment, [(300, 480)] * 3, 5)
    if each is not None:
        sleepy(treatment, each)
    slept(treatment, [(300, 480)] * 4, 8)
    assert window(treatment) == ("proposed", after, 360)


@pytest.mark.parametrize("reason", ["bipolar", "epilepsi", "somnapne", "narkolepsi", "parasomni"])
def test_a_contraindication_locks_until_a_therapist_has_signed(reason: str) -> None:
    treatment = slept(begun(**{reason: True}), [(360, 450)] * 5)
    assert window(treatment) == ("locked", None, None)
    assert isinstance(commands.confirm_decision(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW), Refusal)
    assert isinstance(
        commands.sign_contraindication(treatment.state, SLEEP, treatment.now, PATIENT, WINDOW, "Jag vill"), Refusal
    )
    treatment.take(commands.sign_contraindication(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW, "Bedömt"))
    assert window(treatment) == ("proposed", 360, None)
    confirm(treatment)
    treatment.wait(days=1)
    treatment.fill("lamplighet", {**SAFE, "epilepsi": True})
    assert window(treatment)[0] == "locked"


def test_the_patient_cannot_lift_the_lock_by_another_answer() -> None:
    treatment = slept(begun(epilepsi=True), [(360, 450)] * 4)
    treatment.fill("lamplighet", SAFE)
    slept(treatment, [(360, 450)], 4)
    assert window(treatment) == ("locked", None, None)
    treatment.take(commands.sign_contraindication(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW, "Feltryck"))
    assert window(treatment) == ("proposed", 360, None)


def test_a_lock_that_comes_after_the_proposal_takes_it_back() -> None:
    treatment = slept(begun(), [(360, 450)] * 5)
    treatment.fill("lamplighet", {**SAFE, "narkolepsi": True})
    assert window(treatment) == ("locked", None, None)
    treatment.fill("lamplighet", SAFE)
    assert window(treatment) == ("locked", None, None)
    treatment.verified()


# Stale proposals


def test_a_proposal_does_not_outlive_the_answers_it_was_made_of() -> None:
    treatment = running()
    week(treatment, [(383, 480)] * 7)
    assert window(treatment) == ("proposed", 345, 360)
    write(treatment, night_of(400, 480))
    assert window(treatment) == ("proposed", 360, 360)
    treatment.verified()


def test_a_proposal_that_nothing_has_changed_stays_and_becomes_overdue() -> None:
    treatment = running()
    week(treatment, [(383, 480)] * 7)
    proposed = [event for event in treatment.events if isinstance(event.what, happened.DecisionProposed)]
    slept(treatment, [(450, 480)] * 3, 12)
    assert [event for event in treatment.events if isinstance(event.what, happened.DecisionProposed)] == proposed
    assert window(treatment) == ("overdue", 345, 360)
    assert [flag.id for flag in treatment.state.flags if flag.form == WINDOW] == ["decision-overdue"]
    assert treatment.state.decision(WINDOW).confirmed == 360


def test_what_is_confirmed_is_what_was_seen() -> None:
    treatment = running()
    week(treatment, [(383, 480)] * 7)
    html = view(f"decision/{WINDOW}", treatment.see(), Viewpoint("therapist", base="/t"), TEMPLATES)
    assert '<input type="hidden" name="proposed" value="345">' in html
    write(treatment, night_of(400, 480))
    answer = treatment.post(f"decision/{WINDOW}", {"action": "confirm", "proposed": "345"}, THERAPIST)
    assert answer.errors
    assert window(treatment) == ("proposed", 360, 360)
    for unread in ("x", "1/0", "360.5"):
        assert treatment.post(f"decision/{WINDOW}", {"action": "confirm", "proposed": unread}, THERAPIST).errors
    assert treatment.post(f"decision/{WINDOW}", {"action": "confirm", "proposed": "360"}, THERAPIST).saved


def test_nothing_is_confirmed_after_the_end() -> None:
    treatment = slept(begun(), [(360, 450)] * 5)
    treatment.take(commands.end_treatment(treatment.state, SLEEP, treatment.now, THERAPIST, "Klar"))
    assert isinstance(commands.confirm_decision(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW), Refusal)


# The stop


def test_the_stop_is_the_patients_and_gives_the_usual_times_back_at_once() -> None:
    treatment = running()
    assert isinstance(commands.stop_decision(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW), Refusal)
    answer = treatment.post(f"exercise/{WINDOW}", {"action": "stop"})
    assert answer.saved == "stopped"
    assert window(treatment) == ("stopped", None, None)
    assert treatment.see().environment.summaries[WINDOW]["value"] is None
    assert [flag.level for flag in treatment.state.flags if flag.form == WINDOW] == ["yellow"]
    slept(treatment, [(300, 480)] * 9, 5)
    assert window(treatment) == ("stopped", None, None)
    html = view(f"decision/{WINDOW}", treatment.see(), Viewpoint("therapist", base="/t"), TEMPLATES)
    assert 'value="sign"' in html
    treatment.post(f"decision/{WINDOW}", {"action": "sign", "text": "Vi har talats vid"}, THERAPIST)
    assert window(treatment)[0] == "proposed"
    treatment.verified()


# What the patient sees

TEMPLATES = load_templates(REPOSITORY / "templates")


def test_no_page_of_the_patient_depends_on_what_is_only_proposed() -> None:
    """Every page is the same letter by letter, whatever the proposal says."""
    treatment = running()
    slept(treatment, [(300, 480)] * 7, 5)
    proposed = treatment.see()
    assert proposed.decisions[WINDOW].status == "proposed"
    treatment.on(15)
    overdue = treatment.see()
    assert overdue.decisions[WINDOW].status == "overdue"
    viewpoint = Viewpoint("patient", base="/p")
    for seen in (proposed, overdue):
        one = seen.decisions[WINDOW]
        other = replace(
            one,
            proposed=Fraction(77777),
            proposed_on=one.proposed_on and one.proposed_on - timedelta(days=1),
            reason=Text("Hemligt", "Secret"),
            proposed_values={id: Fraction(88888) for id in one.proposed_values},
        )
        changed = replace(seen, decisions={**seen.decisions, WINDOW: other})
        for target, _ in targets(seen, viewpoint):
            assert view(target, seen, viewpoint, TEMPLATES) == view(target, changed, viewpoint, TEMPLATES), target
