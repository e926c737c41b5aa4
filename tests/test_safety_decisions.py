"""The sleep window as the sleep program itself declares it: nothing is tightened that a therapist has not seen and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from safety_samples import REPOSITORY, Treatment, real_program
from treatment_samples import C1A, PATIENT, THERAPIST, WEEK, night, night_of

from designtool.bundle.manifest import digest_of
from designtool.diagnostics import Text
from designtool.expressions import evaluate
from designtool.expressions.expression import Environment, Record
from designtool.model.program import Program
from designtool.pipeline import compile_tree
from designtool.render.templates import load_templates
from designtool.render.view import targets, view
from designtool.render.viewpoint import Viewpoint
from designtool.source.read import read
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.commands import Refusal
from designtool.treatment.decisions import Proposed, lock_is_signed, propose
from designtool.treatment.records import fill

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


def sleepy(treatment: Treatment, each: int, health: int = 0) -> None:
    treatment.fill("dagsomnighet", {"stilla": each, "uppgift": each, "trafik": 0, "halsa": health})


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


# The three choices are the program's, not the engine's


def changed(name: str, old: str, new: str) -> Program:
    """The sleep program with one line of one of its files otherwise."""
    tree, found = read(REPOSITORY)
    (path,) = [path for path in tree.files if path.endswith(f"/{name}") and "somnbehandlingen" in path]
    before = tree.files[path].data
    assert before is not None and before.count(old.encode()) == 1
    data = before.replace(old.encode(), new.encode())
    other = replace(tree, files={**tree.files, path: replace(tree.files[path], data=data, digest=digest_of(data))})
    compiled = compile_tree(other, found, date(2026, 11, 21))
    (program,) = [one.program for one in compiled.programs if one.folder.endswith("somnbehandlingen")]
    assert program is not None, compiled.diagnostics
    return program


IN_BED = ("somndagbok.yaml", "value: clock_span(bed, out)\n", "value: clock_span(lights_out, out)\n")
MEAN_OF_NIGHTS = ("somndagbok.yaml", "100 * sum(last(7).tst) / sum(last(7).tib)", "mean(last(7).se)")
BANDS = ("somnfonster.yaml", "from: 80\n", "from: 78\n")
C1F = ("08:00", "08:15", 15, 30, "14:30", "15:00")


def proposal_of(program: Program, nights: Sequence[dict[str, object]], current: int) -> Fraction:
    """What the program's decision proposes after these nights, everything else safe."""
    diary, decision = program.exercise[DIARY], program.exercise[WINDOW].decision
    assert decision is not None
    today = date(2026, 1, 12)
    bare = Environment(today, today)
    records = []
    for back, one in enumerate(reversed(nights)):
        dated = today - timedelta(days=back)
        answers = {id: answer for id, answer in {"quality": 3, **one}.items() if answer is not None}
        records.insert(0, fill(diary, answers, bare, True, dated).record(dated, None))
    asked = {"stilla": 0, "uppgift": 0, "trafik": 0, "halsa": 0, "total": 0}
    known = replace(
        bare,
        records={
            DIARY: tuple(records),
            "lamplighet": (Record(today, None, SAFE),),
            "dagsomnighet": (Record(today, None, {id: Fraction(value) for id, value in asked.items()}),),
        },
    )
    week_se = next(one for one in diary.summary if one.id == "week_se")
    measured = evaluate(week_se.value, replace(known, own=DIARY))
    found = propose(decision, program, replace(known, summaries={DIARY: {"week_se": measured}}), Fraction(current))
    assert isinstance(found, Proposed), found
    return found.value


def test_c1f_the_denominator_that_the_program_declares_decides() -> None:
    nights = [night(C1F)] * 7
    # 330 of 420 minutes in bed is 78.57 per cent: shorter.
    assert proposal_of(SLEEP, nights, 400) == 385
    # Of 405 minutes from the light put out to the rise it is 81.48: as it is.
    assert proposal_of(changed(*IN_BED), nights, 400) == 400


def test_c3_the_aggregation_that_the_program_declares_decides() -> None:
    nights = [night_of(300, 330)] * 4 + [night_of(420, 600)] * 3
    # The ratio of the sums is 78.85 per cent: shorter. The mean of the nights is 81.95: as it is.
    assert proposal_of(SLEEP, nights, 400) == 385
    assert proposal_of(changed(*MEAN_OF_NIGHTS), nights, 400) == 400


def test_the_bands_that_the_program_declares_decide() -> None:
    nights = [night_of(300, 330)] * 4 + [night_of(420, 600)] * 3
    assert proposal_of(changed(*BANDS), nights, 400) == 400


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


# What is asked again every week


def test_the_week_asks_again_and_a_yes_locks_until_it_is_signed() -> None:
    treatment = running()
    slept(treatment, [(300, 480)] * 3, 5)
    sleepy(treatment, 0, health=1)
    assert window(treatment) == ("locked", None, 360)
    assert "yellow" in [flag.level for flag in treatment.state.flags if flag.form == "dagsomnighet"]
    slept(treatment, [(300, 480)] * 4, 8)
    assert window(treatment) == ("locked", None, 360)
    treatment.take(commands.sign_contraindication(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW, "Bedömt"))
    assert window(treatment) == ("proposed", 345, 360)
    treatment.verified()


def test_the_questions_of_the_week_come_every_week() -> None:
    occasions = [one for one in SLEEP.measurements if one.questionnaire == "dagsomnighet"]
    assert any((one.kind, one.number, one.unit) == ("every", 1, "week") for planned in occasions for one in planned.at)
    assert next(item for item in SLEEP.questionnaire["dagsomnighet"].items if item.id == "halsa").required
    assert ("dagsomnighet", "halsa") in SLEEP.exercise[WINDOW].decision.lock_if.references  # type: ignore[union-attr]


def test_nothing_is_shortened_in_a_week_that_was_not_asked() -> None:
    treatment = running()
    slept(treatment, [(300, 480)] * 7, 5)
    assert window(treatment) == ("proposed", 360, 360)
    other = running()
    week(other, [(300, 480)] * 7)
    assert window(other) == ("proposed", 345, 360)


def test_a_signature_holds_through_weeks_without_anything_new_and_not_longer() -> None:
    treatment = slept(begun(epilepsi=True), [(360, 450)] * 5)
    treatment.take(commands.sign_contraindication(treatment.state, SLEEP, treatment.now, THERAPIST, WINDOW, "Bedömt"))
    confirm(treatment)
    week(treatment, [(300, 480)] * 7)
    assert window(treatment) == ("proposed", 345, 360)
    treatment.on(14)
    sleepy(treatment, 0, health=1)
    assert window(treatment) == ("locked", None, 360)
    treatment.verified()


def test_old_and_new_answers_that_lock_only_together_are_not_covered_by_an_old_signature() -> None:
    both = "lock_if: lamplighet.epilepsi and dagsomnighet.halsa == 1"
    program = changed("somnfonster.yaml", "lock_if: lamplighet.bipolar", f"{both} # lamplighet.bipolar")
    lock = program.exercise[WINDOW].decision
    assert lock is not None
    start = datetime(2026, 1, 12, 9, tzinfo=UTC)
    signed = start + timedelta(days=1)
    old = Record(start.date(), start, {"epilepsi": True})
    for answer, at, covered in ((0, start, True), (1, start + timedelta(days=2), False)):
        new = Record(at.date(), at, {"halsa": Fraction(answer)})
        known = Environment(signed.date(), start.date(), {"lamplighet": (old,), "dagsomnighet": (new,)})
        assert lock_is_signed(lock, known, signed) is covered


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
    for target in ("exercise/somnfonster", "page/ditt-somnfonster/ditt-fonster"):
        page = view(target, treatment.see(), Viewpoint("patient", base="/p"), TEMPLATES)
        assert "Dina vanliga tider gäller tills du och din behandlare har talats vid." in page
        assert "Gå och lägg dig tidigast klockan" not in page
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
