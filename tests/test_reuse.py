"""Rows that keep their names, plans that come back, and choices between modules: wrong and hostile input."""

from __future__ import annotations

from typing import Any

import pytest
from safety_samples import Treatment
from treatment_samples import THERAPIST, module, program

from designtool import acts
from designtool.treatment import commands
from designtool.treatment import events as happened
from designtool.treatment.commands import Refusal

LIST = """
title: Lista
kind: worksheet
fill: whenever
fields:
  - id: rader
    type: table
    label: Rader
    order_by: svart
    order: smallest-first
    columns:
      - {id: vad, type: text, label: Vad, required: true}
      - {id: svart, type: scale, label: Svårt, min: 0, max: 10}
"""
EXERCISES = {
    "lista": ("a", LIST),
    "plan": (
        "a",
        """
title: Plan
kind: plan
fill: each-module
fields:
  - {id: saker, type: plan-entry, label: Saker, max_rows: 3, options_from: lista.rader, from_if: svart <= 5}
""",
    ),
    "skatta": (
        "a",
        """
title: Skatta
kind: worksheet
fill: whenever
fields:
  - id: skattning
    type: table
    label: Skattning
    rows_from: lista.rader
    from_top: 2
    columns:
      - {id: glad, type: scale, label: Glädje, min: 0, max: 10}
""",
    ),
    "kopia": (
        "a",
        """
title: Kopia
kind: worksheet
fill: whenever
fields:
  - id: rader
    type: table
    label: Rader
    prefill: lista.rader
    columns:
      - {id: vad, type: text, label: Vad}
      - {id: svart, type: text, label: Svårt}
""",
    ),
    "bedomning": (
        "",
        """
title: Bedömning
kind: worksheet
filled_by: therapist
fields:
  - {id: slutsats, type: text, label: Slutsats}
""",
    ),
}
MODULES = (module("a"), module("b", "a", 7, ("plan",)), module("c", "b"), module("d", "c"), module("e", "d"))


def started(*modules: Any) -> Treatment:
    return Treatment(program(modules or MODULES, (), exercises=EXERCISES))


def listed(treatment: Treatment) -> list[str]:
    treatment.fill(
        "lista", {"rader": [{"vad": "Tal", "svart": 9}, {"vad": "Buss", "svart": 2}, {"vad": "Fika", "svart": 4}]}
    )
    return [row["row"] for row in treatment.state.copies["lista"][-1].answers["rader"]]


def problems(treatment: Treatment, form: str, name: str, value: object, dated: Any = None) -> list[str]:
    from treatment_samples import PATIENT

    kept = acts.saved_from(form, name, value, dated, treatment.state, treatment.program, treatment.now, PATIENT)
    return [one.message.sv for one in kept.problems]


# Rows


def test_names_are_given_once_and_never_again() -> None:
    treatment = started()
    first = listed(treatment)
    treatment.wait(days=1)
    second = listed(treatment)
    assert len({*first, *second}) == 6
    treatment.save("lista", "rader.0.vad", "Ny")
    treatment.save("lista", "rader.0.vad", "")
    treatment.save("lista", "rader.0.vad", "En annan")
    (row,) = treatment.state.answers("lista", "3")["rader"]
    assert row["row"] not in {*first, *second}
    treatment.verified()


@pytest.mark.parametrize(
    "rows",
    [
        [{"row": "påhittad", "vad": "x"}],
        [{"row": "r1_1", "vad": "x"}],
        [{"vad": "x"}, {"row": "../../x", "vad": "x"}],
    ],
)
def test_a_name_that_somebody_has_thought_of_is_refused(rows: list[dict[str, str]]) -> None:
    treatment = started()
    assert problems(treatment, "lista", "rader", rows) == ["Tabellen har en rad som inte hör dit."]


def test_the_same_name_twice_is_refused() -> None:
    treatment = started()
    treatment.save("lista", "rader", [{"vad": "x"}, {"vad": "y"}])
    name = treatment.state.answers("lista", "1")["rader"][0]["row"]
    twice = [{"row": name, "vad": "x"}, {"row": name, "vad": "y"}]
    assert problems(treatment, "lista", "rader", twice) == ["Tabellen har en rad som inte hör dit."]


@pytest.mark.parametrize("name", [7, None, "", "x" * 101, ["a"], {"a": 1}])
def test_a_name_that_is_none_is_left_out(name: object) -> None:
    treatment = started()
    treatment.save("lista", "rader", [{"row": name, "vad": "x"}])
    (row,) = treatment.state.answers("lista", "1")["rader"]
    assert row["row"].startswith("r")


def test_rows_come_in_their_order_filtered_and_no_more_than_wanted() -> None:
    treatment = started()
    speech, bus, coffee = listed(treatment)
    treatment.save("skatta", f"skattning.{coffee}.glad", 5)
    treatment.save("skatta", f"skattning.{bus}.glad", 6)
    stands = treatment.state.answers("skatta", "1")["skattning"]
    assert [(row["row-label"], row["glad"]) for row in stands] == [("Buss", 6), ("Fika", 5)]
    assert problems(treatment, "skatta", f"skattning.{speech}.glad", 1) == ["Tabellen får ha högst 2 rader."]
    assert problems(treatment, "skatta", "skattning.0.glad", 1) == ["Tabellen får ha högst 2 rader."]


def test_without_a_list_there_is_nothing_to_rate() -> None:
    treatment = started()
    assert "inga rader än" in problems(treatment, "skatta", "skattning", [{"glad": 5}])[0]


def test_what_was_answered_outlives_the_row_that_it_is_about() -> None:
    treatment = started()
    *_, coffee = listed(treatment)
    treatment.save("skatta", f"skattning.{coffee}.glad", 5)
    treatment.wait(days=1)
    treatment.fill("lista", {"rader": [{"vad": "Bad", "svart": 1}]})
    new = treatment.state.copies["lista"][-1].answers["rader"][0]["row"]
    treatment.save("skatta", f"skattning.{new}.glad", 7)
    treatment.submit("skatta")
    (copy,) = treatment.state.copies["skatta"]
    assert [(row["row-label"], row["glad"]) for row in copy.answers["skattning"]] == [("Bad", 7), ("Fika", 5)]
    treatment.verified()


def test_a_copied_table_takes_along_what_fits_and_its_rows_are_the_same_rows() -> None:
    treatment = started()
    names = listed(treatment)
    stands = treatment.see().forms["kopia"].prefilled["rader"]
    assert [(row["row"], row["vad"], row.get("svart")) for row in stands] == [
        (names[1], "Buss", None),
        (names[2], "Fika", None),
        (names[0], "Tal", None),
    ]
    treatment.save("kopia", "rader.1.svart", "Ganska")
    kept = treatment.state.answers("kopia", "1")["rader"]
    assert [row["vad"] for row in kept] == ["Buss", "Fika", "Tal"], "what stood there beforehand is not lost"
    treatment.save("kopia", "rader.0.vad", "")
    assert treatment.see().forms["kopia"].prefilled == {}


# Plans


def planned(treatment: Treatment) -> None:
    treatment.fill("plan", {"saker": [{"activity": "Buss", "day": "2026-01-14"}, {"activity": "Bad"}]})


def test_a_plan_comes_back_and_nothing_that_was_planned_is_changed() -> None:
    treatment = started()
    planned(treatment)
    made_on = treatment.state.copies["plan"][0].dated
    assert treatment.see().forms["plan"].follow_ups == ()
    treatment.wait(days=7)
    (plan,) = treatment.see().forms["plan"].follow_ups
    assert plan.due and plan.dated == made_on
    treatment.save("plan", "saker.0.done", "no", made_on)
    treatment.save("plan", "saker.0.activity", "Något helt annat", made_on)
    treatment.save("plan", "saker.5.done", "yes", made_on)
    outcome = commands.submit_form(treatment.state, treatment.program, treatment.now, _patient(), "plan", made_on)
    assert isinstance(outcome, Refusal)
    treatment.save("plan", "saker.1.done", "partly", made_on)
    treatment.submit("plan", made_on)
    (copy,) = treatment.state.copies["plan"]
    assert copy.dated == made_on
    assert [(row["activity"], row["done"]) for row in copy.answers["saker"]] == [("Buss", "no"), ("Bad", "partly")]
    sent = [event.what for event in treatment.events if isinstance(event.what, happened.Submitted)]
    assert [len(one.answers["saker"][0]) for one in sent] == [3, 4], "what was planned stands in the history as it was"
    assert problems(treatment, "plan", "saker.0.done", "yes", made_on) == ["Den här planen är redan uppföljd."]
    treatment.verified()


def test_what_came_to_nothing_is_taken_along_once() -> None:
    treatment = started()
    *_, coffee = listed(treatment)
    planned(treatment)
    made_on = treatment.state.copies["plan"][0].dated
    treatment.wait(days=7)
    treatment.post("module/a", {"action": "submit"})
    for at, done in enumerate(("no", "yes")):
        treatment.save("plan", f"saker.{at}.done", done, made_on)
    treatment.submit("plan", made_on)
    left = treatment.state.copies["plan"][0].answers["saker"][0]["row"]
    for name in (left, coffee):
        answer = treatment.post("exercise/plan", {"action": f"take.saker.{name}"})
        assert not answer.errors
    assert treatment.post("exercise/plan", {"action": f"take.saker.{left}"}).errors
    stands = [dict(row) for row in treatment.state.answers("plan", treatment.see().forms["plan"].copy)["saker"]]
    assert stands == [
        {"row": left, "activity": "Buss"},
        {"row": coffee, "activity": "Fika", "difficulty": 4}
        if "difficulty" in stands[1]
        else {"row": coffee, "activity": "Fika"},
    ]
    treatment.verified()


@pytest.mark.parametrize("action", ["take.", "take.saker", "take.saker.", "take.saker.x", "take.annat.x", "take..x"])
def test_what_is_not_offered_cannot_be_taken_along(action: str) -> None:
    treatment = started()
    listed(treatment)
    assert treatment.post("exercise/plan", {"action": action}).errors
    assert not treatment.post("exercise/plan", {"action": "save"}).errors


def test_a_hard_thing_is_not_offered_and_a_full_plan_takes_no_more() -> None:
    treatment = started()
    speech, bus, _ = listed(treatment)
    assert treatment.post("exercise/plan", {"action": f"take.saker.{speech}"}).errors
    treatment.save("plan", "saker", [{"activity": word} for word in ("Ett", "Två", "Tre")])
    full = treatment.post("exercise/plan", {"action": f"take.saker.{bus}"})
    assert [error.message.sv for error in full.errors] == ["Tabellen får ha högst 3 rader."]


def _patient() -> Any:
    from treatment_samples import PATIENT

    return PATIENT


# Modules


def chosen() -> Treatment:
    modules = (
        module("a", choose=("c", "d")),
        module("b", "a", assigned_by="therapist"),
        module("c", "b"),
        module("d", "c"),
        module("e", "d"),
    )
    return started(*modules)


def statuses(treatment: Treatment) -> dict[str, str]:
    return {one.id: one.status for one in treatment.see().modules}


def test_the_chosen_module_opens_and_the_others_are_passed_by() -> None:
    treatment = chosen()
    assert statuses(treatment) == {"a": "open", "b": "hidden", "c": "hidden", "d": "hidden", "e": "locked"}
    assert treatment.post("module/a", {"action": "submit"}).errors
    assert not treatment.post("module/a", {"action": "choose.d"}).errors
    assert not treatment.post("module/a", {"action": "submit"}).errors
    assert statuses(treatment)["d"] == "open" and statuses(treatment)["c"] == "hidden"
    assert not treatment.post("module/a", {"action": "choose.c"}).errors
    assert statuses(treatment)["c"] == "open" and statuses(treatment)["d"] == "open", "what was opened can be read on"
    assert not treatment.post("module/c", {"action": "submit"}).errors
    assert statuses(treatment)["e"] == "open", "what is no longer chosen holds nothing up"
    assert treatment.post("module/a", {"action": "choose.d"}).errors
    treatment.verified()


@pytest.mark.parametrize("action", ["choose.", "choose.e", "choose.a", "choose.x", "choose.c.d"])
def test_only_what_is_offered_can_be_chosen(action: str) -> None:
    assert chosen().post("module/a", {"action": action}).errors


def test_a_therapist_assigns_and_nobody_else() -> None:
    treatment = chosen()
    assert treatment.post("module/b", {"action": "open"}).errors
    assert treatment.post("module/a", {"action": "choose.c"}, THERAPIST).errors
    assert not treatment.post("module/b", {"action": "open"}, THERAPIST).errors
    assert statuses(treatment)["b"] == "open"


# What therapists fill in


def test_it_is_known_who_filled_in_a_form_of_the_therapists() -> None:
    treatment = started()
    treatment.post("exercise/bedomning", {"action": "submit", "slutsats": "Lämplig"}, THERAPIST)
    assert treatment.see().forms["bedomning"].filled_by == (THERAPIST.id,)
    assert treatment.post("exercise/bedomning", {"action": "submit", "slutsats": "Jag själv"}).errors
