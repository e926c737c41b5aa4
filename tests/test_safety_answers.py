"""What a patient has written stays: two devices, tables, rankings, midnight, and unusual signs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from safety_samples import REPOSITORY, Treatment, measured_with, real_program
from treatment_samples import DIGEST, EXERCISES, PATIENT, START, module, night_of, program

from designtool import acts
from designtool.model.program import Program
from designtool.render.display import field_value
from designtool.render.templates import load_templates
from designtool.render.view import view
from designtool.render.viewpoint import Viewpoint
from designtool.treatment import commands
from designtool.treatment.answers import read_answer, typed_answer
from designtool.treatment.commands import Refusal
from designtool.treatment.events import to_json
from designtool.treatment.state import fold

OPEN = program(
    [module("aktiviteter", complete_when=("veckans_val",)), module("baslinje"), module("fonster"), module("valkommen")],
    (),
)
TEMPLATES = load_templates(REPOSITORY / "templates")
TABLE, CHOICES = "mina_aktiviteter", "veckans_val"


def rows(treatment: Treatment) -> list[dict[str, Any]]:
    """What stands in the table, without the names of its rows."""
    return [without_name(row) for row in treatment.state.answers(TABLE, "1").get("lista", ())]


def without_name(row: Mapping[str, Any]) -> dict[str, Any]:
    return {id: value for id, value in row.items() if id not in ("row", "row-label")}


# Tables


def test_a_row_is_not_torn_when_the_one_above_it_is_empty() -> None:
    treatment = Treatment(OPEN)
    treatment.save(TABLE, "lista.0.vad", "Gå ut")
    treatment.save(TABLE, "lista.2.vad", "Ringa")
    treatment.save(TABLE, "lista.2.vikt", "7")
    assert rows(treatment) == [{"vad": "Gå ut"}, {}, {"vad": "Ringa", "vikt": 7}]
    treatment.submit(TABLE)
    (copy,) = treatment.state.copies[TABLE]
    assert [without_name(row) for row in copy.answers["lista"]] == [{"vad": "Gå ut"}, {"vad": "Ringa", "vikt": 7}]
    assert len(copy.record.values["lista"]) == 2  # type: ignore[arg-type]
    treatment.verified()


def test_emptying_a_row_does_not_move_those_below_it() -> None:
    treatment = Treatment(OPEN)
    for at, word in enumerate(("Ett", "Två", "Tre")):
        treatment.save(TABLE, f"lista.{at}.vad", word)
    treatment.save(TABLE, "lista.0.vad", "")
    treatment.save(TABLE, "lista.1.vikt", "5")
    assert rows(treatment) == [{}, {"vad": "Två", "vikt": 5}, {"vad": "Tre"}]
    treatment.save(TABLE, "lista.2.vad", None)
    treatment.save(TABLE, "lista.1.vad", None)
    treatment.save(TABLE, "lista.1.vikt", None)
    assert rows(treatment) == []


def test_two_devices_in_the_same_table_both_keep_their_cells() -> None:
    """The act is worked out from the state it is stored on, so the second device meets what the first has saved."""
    treatment = Treatment(OPEN)
    treatment.save(TABLE, "lista.0.vad", "Gå ut")
    stale = treatment.state
    treatment.save(TABLE, "lista.0.vikt", "3")
    by_then = acts.saved_from(TABLE, "lista.1.vad", "Ringa", None, stale, OPEN, treatment.now, PATIENT)[0]
    assert by_then != treatment.save(TABLE, "lista.1.vad", "Ringa")
    assert rows(treatment) == [{"vad": "Gå ut", "vikt": 3}, {"vad": "Ringa"}]


def test_a_posted_table_leaves_what_another_device_has_added() -> None:
    treatment = Treatment(OPEN)
    treatment.save(TABLE, "lista.0.vad", "Gå ut")
    treatment.save(TABLE, "lista.0.vikt", "8")
    treatment.save(TABLE, "lista.1.vad", "Från telefonen")
    answer = treatment.post(f"exercise/{TABLE}", {"action": "save", "lista.0.vad": "Gå ut länge"})
    assert not answer.errors
    assert rows(treatment) == [{"vad": "Gå ut länge", "vikt": 8}, {"vad": "Från telefonen"}]


def test_a_row_can_be_added_without_script() -> None:
    treatment = Treatment(OPEN)
    answer = treatment.post(f"exercise/{TABLE}", {"action": "add-row.lista", "lista.0.vad": "Gå ut"})
    assert [without_name(row) for row in answer.draft["lista"]] == [{"vad": "Gå ut"}, {}]
    treatment.post(f"exercise/{TABLE}", {"action": "save", "lista.0.vad": "Gå ut", "lista.1.vad": "Ringa"})
    assert rows(treatment) == [{"vad": "Gå ut"}, {"vad": "Ringa"}]


def test_a_row_in_the_middle_that_is_empty_asks_for_nothing_and_numbers_are_those_of_the_page() -> None:
    treatment = Treatment(OPEN)
    treatment.save(TABLE, "lista.1.vikt", "3")
    outcome = commands.submit_form(treatment.state, OPEN, treatment.now, PATIENT, TABLE)
    assert isinstance(outcome, Refusal)
    assert [problem.message.sv for problem in outcome.problems] == ["Rad 2: ”Vad” är inte ifyllt."]


# Rankings


def test_a_ranking_keeps_its_order_where_it_is_shown() -> None:
    treatment = Treatment(OPEN)
    for place, thing in enumerate("cab"):
        treatment.save(CHOICES, f"ordning.{place}", thing)
    field = next(one for one in OPEN.exercise[CHOICES].fields if one.id == "ordning")
    assert treatment.state.answers(CHOICES, "aktiviteter")["ordning"] == ("c", "a", "b")
    treatment.submit(CHOICES)
    (copy,) = treatment.state.copies[CHOICES]
    assert field_value(field, copy.record.values["ordning"], "sv") == "C, A, B"
    assert copy.record.values["ordning"] == frozenset("abc")


def test_two_can_change_places_and_a_later_place_can_be_chosen_first() -> None:
    treatment = Treatment(OPEN)
    treatment.save(CHOICES, "ordning.2", "c")
    treatment.save(CHOICES, "ordning.0", "a")
    treatment.save(CHOICES, "ordning.1", "b")
    treatment.save(CHOICES, "ordning.0", "b")
    treatment.save(CHOICES, "ordning.1", "a")
    assert treatment.state.answers(CHOICES, "aktiviteter")["ordning"] == ("b", "a", "c")
    posted = {"action": "save", "ordning.0": "", "ordning.1": "a", "ordning.2": "c"}
    assert not treatment.post(f"exercise/{CHOICES}", posted).errors
    assert treatment.state.answers(CHOICES, "aktiviteter")["ordning"] == (None, "a", "c")
    twice = treatment.post(f"exercise/{CHOICES}", {"action": "save", "ordning.0": "a", "ordning.1": "a"})
    assert [error.field for error in twice.errors] == ["ordning"]


def test_what_is_ranked_is_moved_up_and_down_without_script() -> None:
    treatment = Treatment(OPEN)
    path = f"exercise/{CHOICES}"
    treatment.post(path, {"action": "save", "ordning.0": "a", "ordning.1": "b", "ordning.2": "c"})
    html = view(path, treatment.see(), Viewpoint("patient", base="/p"), TEMPLATES)
    moves = re.findall(r'value="(move-\w+\.ordning\.\d)"', html)
    assert moves == [f"move-{way}.ordning.{at}" for at, way in ((0, "down"), (1, "up"), (1, "down"), (2, "up"))]
    for action, order in (("move-up.ordning.2", "acb"), ("move-down.ordning.0", "cab"), ("move-up.ordning.0", "cab")):
        assert not treatment.post(path, {"action": action}).errors
        assert "".join(treatment.state.answers(CHOICES, "aktiviteter")["ordning"]) == order
    for action in ("move-up.ordning.9", "move-down.ordning.2", "move-up.finns.0", "move-up.val.0", "move-up.flera.1"):
        treatment.post(path, {"action": action})
        assert set(treatment.state.answers(CHOICES, "aktiviteter")["ordning"]) - {None} == {"a", "b", "c"}
    treatment.post(path, {"action": "save", "ordning.0": "c", "ordning.1": "a"})
    treatment.verified()


def test_the_parts_of_a_plan_are_kept_one_by_one() -> None:
    treatment = Treatment(OPEN)
    treatment.save(CHOICES, "plan.0.activity", "Gå ut")
    treatment.save(CHOICES, "plan.0.time", "8.05")
    treatment.post(f"exercise/{CHOICES}", {"action": "save", "plan.0.activity": "Gå ut", "plan.0.hindrance": "Regn"})
    (stands,) = treatment.state.answers(CHOICES, "aktiviteter")["plan"]
    assert without_name(stands) == {"activity": "Gå ut", "time": "08:05", "hindrance": "Regn"}
    treatment.post(f"exercise/{CHOICES}", {"action": "save", "plan.0.activity": ""})
    (stands,) = treatment.state.answers(CHOICES, "aktiviteter")["plan"]
    assert without_name(stands) == {"time": "08:05", "hindrance": "Regn"}


# What a page did not send


def test_a_posted_form_erases_nothing_that_it_did_not_send() -> None:
    phq9 = measured_with("phq9")
    treatment = Treatment(phq9)
    treatment.save("phq9", "q9", 1)
    treatment.save("phq9", "q8", 2)
    treatment.post("questionnaire/phq9", {"action": "save", "q1": "0"})
    assert treatment.state.answers("phq9", "1") == {"q1": 0, "q8": 2, "q9": 1}
    assert treatment.post("questionnaire/phq9", {"action": "save", "q1": "7"}).draft == {"q1": "7", "q8": 2, "q9": 1}


def test_hidden_answers_stay_and_do_not_count() -> None:
    treatment = Treatment(OPEN)
    treatment.save("mina_mal", "viktigast", "Sova")
    treatment.save("mina_mal", "har_plan", True)
    treatment.save("mina_mal", "plan", "Lägga mig tidigt")
    treatment.save("mina_mal", "antal", "3")
    answer = treatment.post("exercise/mina_mal", {"action": "submit", "viktigast": "Sova", "har_plan": "no"})
    assert not answer.errors
    (copy,) = treatment.state.copies["mina_mal"]
    assert copy.answers["plan"] == "Lägga mig tidigt"
    assert (copy.record.values["plan"], copy.record.values["antal"], copy.record.values["dubbelt"]) == (None, 0, 0)
    assert treatment.state.answers("mina_mal", "1")["antal"] == 3
    treatment.verified()


def test_boxes_that_are_all_unticked_are_told_from_boxes_that_were_not_there() -> None:
    treatment = Treatment(OPEN)
    treatment.post(f"exercise/{CHOICES}", {"action": "save", "flera": ["a", "b"], "shown-flera": "yes"})
    treatment.post(f"exercise/{CHOICES}", {"action": "save", "matt": "7,5"})
    assert treatment.state.answers(CHOICES, "aktiviteter")["flera"] == ("a", "b")
    treatment.post(f"exercise/{CHOICES}", {"action": "save", "matt": "7,5", "shown-flera": "yes"})
    assert treatment.state.answers(CHOICES, "aktiviteter") == {"matt": "7.5"}


# Midnight, and a module that another has passed


def test_a_night_that_is_begun_before_midnight_is_finished_after_it() -> None:
    sleep = diary_only()
    treatment = Treatment(sleep)
    treatment.on(3, "23:59")
    dated = START + timedelta(days=3)
    treatment.save("somndagbok", "bed", "22:00", dated)
    treatment.on(4, "00:01")
    sent = {**{id: str(value) for id, value in night_of(400, 480).items()}, "entry-date": dated.isoformat()}
    answer = treatment.post("exercise/somndagbok", {**sent, "action": "submit"})
    assert not answer.errors
    assert [copy.dated for copy in treatment.state.copies["somndagbok"]] == [dated]


@pytest.mark.parametrize("written", ["2026-1-15", "i går", "2026-02-30", "20260115", "٢٠٢٦-٠١-١٥"])
def test_a_date_that_cannot_be_read_is_never_taken_for_today(written: str) -> None:
    treatment = Treatment(diary_only())
    treatment.on(3)
    answer = treatment.post("exercise/somndagbok", {"bed": "22:00", "entry-date": written, "action": "save"})
    assert answer.errors
    assert answer.draft["bed"] == "22:00"
    assert not treatment.state.drafts


@pytest.mark.parametrize(("back", "kept"), [(-1, False), (0, True), (2, True), (3, False)])
def test_backfill_has_its_limits(back: int, kept: bool) -> None:
    treatment = Treatment(diary_only())
    treatment.on(5, "00:00")
    dated = START + timedelta(days=5 - back)
    events, problems, *_ = acts.saved_from(
        "somndagbok", "bed", "22:00", dated, treatment.state, treatment.program, treatment.now, PATIENT
    )
    assert bool(events) is kept
    assert bool(problems) is not kept


def diary_only() -> Program:
    return program([module("baslinje", complete_when=("somndagbok",))], ())


def test_a_module_opened_ahead_does_not_shut_the_way_to_the_one_before() -> None:
    exercises = {**EXERCISES, CHOICES: ("ett", EXERCISES[CHOICES][1])}
    played = program([module("ett", complete_when=(CHOICES,)), module("tva", "ett")], (), exercises=exercises)
    played = replace(played, modules=tuple(replace(one, pages=played.module["ett"].pages) for one in played.modules))
    homes = {**played.modules_with, CHOICES: ("ett", "tva")}
    object.__setattr__(played, "modules_with", homes)
    treatment = Treatment(played)
    treatment.save(CHOICES, "matt", "1")
    treatment.take(
        commands.open_module(treatment.state, played, treatment.now, commands.Actor("t", "therapist"), "tva")
    )
    assert treatment.answers(CHOICES) == {"matt": 1}
    treatment.submit(CHOICES)
    assert [copy.id for copy in treatment.state.copies[CHOICES]] == ["ett"]


def test_nothing_is_saved_after_it_was_sent_and_the_words_say_so() -> None:
    phq9 = measured_with("phq9")
    treatment = Treatment(phq9)
    treatment.save("phq9", "q1", 3)
    treatment.submit("phq9")
    before = treatment.state
    events, problems, *_ = acts.saved_from("phq9", "q1", 0, None, treatment.state, phq9, treatment.now, PATIENT)
    assert events == ()
    assert problems[0].message.sv
    assert treatment.state is before


# Signs


@pytest.mark.parametrize(
    "text",
    [
        "a\u0301nge\u0301st",
        "👩‍👩‍👧‍👦",
        "שלום",
        "a\u202eb",
        "İıſß",
        "x" * 10_000,
        " \n med luft \t",
        "=1+1",
        "<b>",
        "\ufeffx",
        "𝕏" * 500,
    ],
)
def test_any_words_are_kept_as_they_are(text: str) -> None:
    treatment = Treatment(OPEN)
    treatment.save("mina_mal", "viktigast", text)
    stored = json.dumps([to_json(event) for event in treatment.events], ensure_ascii=False).encode()
    assert json.loads(stored)[-1]["what"]["value"] == text if "what" in json.loads(stored)[-1] else True
    assert treatment.state.answers("mina_mal", "1") == {"viktigast": text}


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff x", "\x1b[0m", "x" * 10_001, "\x85" * 3])
def test_what_cannot_be_stored_is_refused_in_words_that_can_be_sent(text: str) -> None:
    for form, name, value in (
        ("mina_mal", "viktigast", text),
        (TABLE, "lista.0.vad", text),
        (TABLE, f"lista.0.{text}", "x"),
        (CHOICES, f"plan.{text}", "x"),
        (CHOICES, f"plan.0.{text}", "x"),
        (CHOICES, f"plan.{text}.activity", "x"),
        (CHOICES, "ordning.0", text),
        (CHOICES, "nar", text),
        (CHOICES, "matt", text),
        ("finns_inte", text, "x"),
        ("mina_mal", text, "x"),
    ):
        treatment = Treatment(OPEN)
        events, problems, *_ = acts.saved_from(form, name, value, None, treatment.state, OPEN, treatment.now, PATIENT)
        assert events == ()
        assert problems
        for problem in problems:
            (problem.message.sv + problem.message.en).encode()


@pytest.mark.parametrize(
    ("raw", "integer", "decimal"),
    [
        ("7,5", None, "7.5"),
        ("1e9", None, None),
        ("٣", None, None),
        ("³", None, None),
        ("-0", 0, 0),
        ("−3", -3, -3),
        ("1/3", None, "1/3"),
        ("1/0", None, None),
        (" 5 ", 5, 5),
        ("5 000", None, None),
        ("1_000", None, None),
        ("0x10", None, None),
        ("+5", None, None),
        ("9" * 10, None, None),
        ("9" * 9, 999999999, 999999999),
        (10**400, None, None),
        (1e308, None, None),
        (7.5, None, "7.5"),
        (True, None, None),
        ("NaN", None, None),
        ("", "empty", "empty"),
        (None, "empty", "empty"),
    ],
)
def test_numbers_are_read_as_people_write_them_or_refused(raw: object, integer: object, decimal: object) -> None:
    from designtool.model.exercise import Field

    for kind, wanted in (("integer", integer), ("decimal", decimal)):
        field = Field("x", kind, "X")  # type: ignore[arg-type]
        read = read_answer(field, raw)
        assert bool(read.problem) is (wanted is None)
        assert read.value == (None if wanted == "empty" else wanted)
        if read.value is not None:
            again = read_answer(field, read.value)
            assert again.value == read.value
            assert typed_answer(field, again.value) == typed_answer(field, read.value)


def test_an_act_is_worked_out_again_from_what_is_stored_by_then() -> None:
    """As the store does when another device was faster: the same act on the newer state, and both are kept."""
    sleep = real_program("somnbehandlingen")
    treatment = Treatment(sleep)
    stale = treatment.state
    first, *_ = acts.saved_from("phq9", "q9", 2, None, stale, sleep, treatment.now, PATIENT)
    stored = fold(first, {DIGEST: sleep}, stale)
    second, *_ = acts.saved_from("phq9", "q1", 1, None, stored, sleep, treatment.now, PATIENT)
    assert not [event for event in second if event.kind == "flag-raised"]
    after = fold(second, {DIGEST: sleep}, stored)
    assert after.answers("phq9", "1") == {"q1": 1, "q9": 2}
    assert [flag.level for flag in after.flags] == ["red"]


# Rows that come from an earlier answer


def rated() -> Treatment:
    exercises = {
        TABLE: EXERCISES[TABLE],
        "skatta": (
            "aktiviteter",
            """
title: Skatta
kind: worksheet
fields:
  - id: skattning
    type: table
    label: Skattning
    rows_from: mina_aktiviteter.lista
    columns:
      - {id: glad, type: scale, label: Glädje, min: 0, max: 10}
      - {id: ord, type: text, label: Med ord}
""",
        ),
    }
    treatment = Treatment(program([module("aktiviteter", complete_when=(TABLE,))], (), exercises=exercises))
    treatment.fill(TABLE, {"lista": [{"vad": "Gå ut"}, {"vad": "Ringa"}]})
    out, call = names_in(treatment)
    treatment.save("skatta", f"skattning.{out}.glad", "3")
    treatment.save("skatta", f"skattning.{call}.glad", "8")
    return treatment


def names_in(treatment: Treatment) -> list[str]:
    """Of the rows of the latest list."""
    return [row["row"] for row in treatment.state.copies[TABLE][-1].answers["lista"]]


def ratings(treatment: Treatment) -> dict[str, Any]:
    rows = treatment.state.answers("skatta", "1")["skattning"]
    return {row["row-label"]: without_name(row) for row in rows if "row-label" in row}


@pytest.mark.parametrize("first", ["save", "post"])
def test_ratings_follow_their_rows_when_the_list_they_come_from_changes(first: str) -> None:
    """The list is written over: “Gå ut” is put in other words, “Ringa” moves down, and a new one comes first."""
    treatment = rated()
    out, call = names_in(treatment)
    changed = [{"vad": "Bada"}, {"row": call, "vad": "Ringa"}, {"row": out, "vad": "Gå ut ofta"}]
    treatment.fill(TABLE, {"lista": changed})
    new = names_in(treatment)[0]
    html = view("exercise/skatta", treatment.see(), Viewpoint("patient", base="/p"), TEMPLATES)
    chosen = re.findall(r'name="skattning\.(\w+)\.glad" value="(\d+)" checked', html)
    assert chosen == [(call, "8"), (out, "3")]
    assert "<legend>Gå ut</legend>" in html and "Gå ut ofta" not in html
    if first == "save":
        treatment.save("skatta", f"skattning.{new}.ord", "Fint")
    else:
        assert not treatment.post("exercise/skatta", {"action": "save", f"skattning.{new}.ord": "Fint"}).errors
    assert ratings(treatment) == {"Bada": {"ord": "Fint"}, "Ringa": {"glad": 8}, "Gå ut": {"glad": 3}}
    treatment.submit("skatta")
    treatment.verified()
