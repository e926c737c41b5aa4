"""Patients under way come to another version: nothing is lost or scored again, and nobody is moved by surprise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from designtool.compare.dry_run import dry_run
from designtool.compare.migrate import Moving, Upgrade, moving
from designtool.compare.renaming import renamed
from designtool.load.document import Inline
from designtool.model.exercise import Exercise, Field, Group
from designtool.model.flow import Reminder
from designtool.model.journey import Act
from designtool.model.migration import Migration, way_between
from designtool.model.page import Block, Page
from designtool.model.program import Program, Release
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.events import Event, from_json, to_json
from designtool.treatment.exported import from_line, to_line
from designtool.treatment.json_values import MalformedEvent
from designtool.treatment.simulate import Simulation
from designtool.treatment.situate import situation
from designtool.treatment.state import ImpossibleEvent, State, fold
from designtool.treatment.verify import verify
from designtool.treatment.walks import not_met, walk, walk_on, walks
from tests.treatment_samples import MOOD, module, program

OLD, NEWER = "sha256:old", "sha256:new"
FIRST = program()


def without(of: Program, module: str) -> Program:
    """Without a module and the exercises in its folder, whose ids nobody may use again."""
    gone = tuple(one for one in of.exercises if one.module == module)
    ids = [module, *(one.id for one in gone), *(field.id for one in gone for field in all_fields(one))]
    ids += [computed.id for one in gone for computed in (*one.computed, *one.summary)]
    ids += [computed.id for one in gone for field in one.fields for computed in field.computed]
    return replace(
        of,
        modules=tuple(one for one in of.modules if one.id != module),
        exercises=tuple(one for one in of.exercises if one.module != module),
        release=Release(tuple(ids)),
    )


def all_fields(exercise: Exercise) -> list[Field]:
    return [*exercise.fields, *(column for field in exercise.fields for column in field.columns)]


def version(of: Program, number: str = "2.0.0", **migration: Any) -> Program:
    """The same program as a later version, with a migration to it from the first."""
    ids = {name: MappingProxyType(value) if isinstance(value, dict) else value for name, value in migration.items()}
    return replace(of, version=number, migrations=(Migration("1.0.0", number, **ids),))


def upgrade_to(new: Program, old: Program = FIRST) -> Upgrade:
    return Upgrade.between(old, OLD, new, NEWER)


def patient(seed: int = 0, days: int | None = None, of: Program = FIRST) -> Simulation:
    return walk(of, OLD, seed, whole=days is None).played


def moved(simulation: Simulation, upgrade: Upgrade) -> tuple[Moving, State]:
    came = moving(simulation.state, upgrade, simulation.now, "admin")
    return came, fold(came.events, upgrade.programs, simulation.state)


def changed_exercise(of: Program, id: str, change: Any) -> Program:
    return replace(of, exercises=tuple(change(one) if one.id == id else one for one in of.exercises))


def with_field(exercise: Exercise, name: str, **changes: Any) -> Exercise:
    fields = tuple(replace(one, **changes) if one.id == name else one for one in exercise.fields)
    return replace(exercise, fields=fields)


def test_the_same_program_under_a_later_number_touches_nobody() -> None:
    upgrade = upgrade_to(replace(FIRST, version="1.0.1"))
    for one in walks(FIRST, OLD, 10):
        came, after = moved(one.played, upgrade)
        if one.played.state.phase == "ended":
            continue
        assert (came.outcome, came.reasons) == ("untouched", ())
        assert after.digest == NEWER
        before = one.played.state
        assert after.copies == before.copies
        assert after.drafts == before.drafts
        assert after.modules == before.modules
        assert after.earlier == (before,)


def test_a_renamed_module_form_and_field_keep_all_answers_under_their_new_names() -> None:
    renamed = changed_exercise(FIRST, "mina_mal", lambda one: with_field(one, "viktigast", id="viktigt"))
    renamed = replace(
        renamed,
        modules=(
            replace(renamed.modules[0], id="start"),
            *(
                replace(one, unlock=replace(one.unlock, after="start")) if one.unlock.after == "valkommen" else one
                for one in renamed.modules[1:]
            ),
        ),
        exercises=tuple(
            replace(one, module="start") if one.module == "valkommen" else one for one in renamed.exercises
        ),
    )
    new = version(renamed, modules={"valkommen": "start"}, fields={"mina_mal.viktigast": "mina_mal.viktigt"})
    upgrade = upgrade_to(new)
    assert {change.rule for change in upgrade.changes.changes} == {"version-stated"}
    simulation = patient()
    came, after = moved(simulation, upgrade)
    assert came.outcome == "untouched", came.reasons
    before = simulation.state
    told = [copy.answers["viktigast"] for copy in before.copies["mina_mal"]]
    assert told
    assert [copy.answers["viktigt"] for copy in after.copies["mina_mal"]] == told
    assert [copy.record.values["viktigt"] for copy in after.copies["mina_mal"]] == told
    assert after.modules["start"] == before.modules["valkommen"]
    assert "valkommen" not in after.modules


def test_scores_and_flags_stand_as_they_were_stored() -> None:
    simulation = patient()
    new = version(replace(FIRST, title="Ett nytt namn"))
    came, after = moved(simulation, upgrade_to(new))
    assert came.events
    before = simulation.state
    assert before.flags and before.copies["mood"]
    assert after.flags[: len(before.flags)] == before.flags
    assert [copy.record for copy in after.copies["mood"]] == [copy.record for copy in before.copies["mood"]]
    history = [*simulation.events, *came.events]
    assert verify(history, upgrade_to(new).programs) == ()
    assert fold([from_json(to_json(event)) for event in history], upgrade_to(new).programs) == after


def test_a_patient_who_has_met_a_changed_score_stays_and_one_who_has_not_moves() -> None:
    changed = program(questionnaires={"mood": MOOD.replace("{from: 6, label: Svår}", "{from: 7, label: Svår}")})
    upgrade = upgrade_to(version(changed, begun_forms={"mood": "keep"}))
    simulation = patient()
    assert simulation.state.copies["mood"]
    came, _ = moved(simulation, upgrade)
    assert came.outcome == "held-back"
    assert came.events == ()
    assert any("Mående" in reason.sv for reason in came.reasons)
    fresh = Simulation(FIRST, OLD, simulation.first_day)
    came, after = moved(fresh, upgrade)
    assert came.outcome != "held-back", came.reasons
    assert after.digest == NEWER


def test_what_the_migration_says_nothing_of_holds_back_those_who_have_met_it() -> None:
    new = changed_exercise(FIRST, "mina_mal", lambda one: replace(one, fields=one.fields[1:]))
    new = replace(new, release=Release(("viktigast",)))
    simulation = patient()
    came, _ = moved(simulation, upgrade_to(version(new)))
    assert came.outcome == "held-back"
    assert came.lost == ("mina_mal.viktigast",)
    declared = version(new, removed_fields=("mina_mal.viktigast",))
    came, after = moved(simulation, upgrade_to(declared))
    assert came.outcome != "held-back", came.reasons
    assert "viktigast" not in after.copies["mina_mal"][-1].answers
    assert after.earlier[-1].copies["mina_mal"][-1].answers["viktigast"], "it can still be read"


def test_a_removed_module_can_be_read_as_it_was() -> None:
    new = without(FIRST, "aktiviteter")
    simulation = patient()
    assert simulation.state.module("aktiviteter").opened_on is not None
    came, _ = moved(simulation, upgrade_to(version(new)))
    assert came.outcome == "held-back"
    declared = version(new, removed_modules=("aktiviteter",), removed_forms=("mina_aktiviteter", "veckans_val"))
    came, after = moved(simulation, upgrade_to(declared))
    assert came.outcome == "sees-again", came.reasons
    assert any("läsa" in reason.sv for reason in came.reasons)
    assert after.earlier[-1].module("aktiviteter") == simulation.state.module("aktiviteter")


@pytest.mark.parametrize(("begun", "opens"), [("see-again", True), ("keep", False)])
def test_a_module_in_the_middle_is_met_or_passed_over_as_the_migration_says(begun: str, opens: bool) -> None:
    extra = module("mellan", "valkommen", 0)
    modules = (
        FIRST.modules[0],
        extra,
        replace(FIRST.modules[1], unlock=replace(FIRST.modules[1].unlock, after="mellan")),
        *FIRST.modules[2:],
    )
    upgrade = upgrade_to(version(replace(FIRST, modules=modules), begun_modules={"mellan": begun}))
    simulation = patient()
    came, after = moved(simulation, upgrade)
    assert came.outcome == ("sees-again" if opens else "untouched"), came.reasons
    shown = situation(after, upgrade.programs, simulation.now)
    assert (shown.module("mellan").status in ("open", "complete", "submitted")) is opens  # type: ignore[union-attr]
    for id, known in simulation.state.modules.items():
        if known.opened_on is not None:
            assert shown.module(id).status not in ("locked", "hidden"), id  # type: ignore[union-attr]


def test_who_sees_a_form_again_finds_the_earlier_answers_in_it() -> None:
    new = changed_exercise(
        FIRST, "lamplighet", lambda one: replace(one, fields=(*one.fields, Field("ny", "yes-no", "Ny?", required=True)))
    )
    upgrade = upgrade_to(version(new, begun_forms={"lamplighet": "see-again"}, begun_modules={"fonster": "see-again"}))
    simulation = patient()
    given = simulation.state.copies["lamplighet"][-1].answers
    came, after = moved(simulation, upgrade)
    assert came.outcome == "sees-again", came.reasons
    shown = situation(after, upgrade.programs, simulation.now)
    assert shown.module("fonster").status == "open"  # type: ignore[union-attr]
    assert shown.module("fonster").to_do == ("lamplighet",)  # type: ignore[union-attr]
    assert shown.forms["lamplighet"].status == "open"
    assert {**after.answers("lamplighet", shown.forms["lamplighet"].copy)} == dict(given)


def test_a_measurement_of_the_new_version_is_not_missed_in_weeks_before_the_move() -> None:
    measurements = (replace(FIRST.measurements[0], window_days=3),)
    old = replace(FIRST, measurements=())
    upgrade = upgrade_to(version(replace(FIRST, measurements=measurements), begun_forms={"mood": "keep"}), old)
    simulation = Simulation(old, OLD, patient().first_day)
    simulation.go_to(simulation.now.replace(month=3))
    came, after = moved(simulation, upgrade)
    assert came.events, came.reasons
    assert after.missed == frozenset()
    shown = situation(after, upgrade.programs, simulation.now)
    assert not [one for one in shown.measurements if one.status == "missed"]


def test_new_words_on_the_crisis_page_hold_nobody_back() -> None:
    page = Page("kris", "Hjälp nu", 1, (Block("paragraph-1", "paragraph", inlines=(Inline("text", "Ring 112."),)),))
    old = replace(FIRST, library_pages=(page,))
    words = (replace(page.blocks[0], inlines=(Inline("text", "Ring 112 nu."),)),)
    new = version(replace(old, library_pages=(replace(page, blocks=words),)))
    upgrade = upgrade_to(new, old)
    assert "risk-text-changed" in {change.rule for change in upgrade.changes.changes}
    simulation = walk(old, OLD, 0, whole=True).played
    came, _ = moved(simulation, upgrade)
    assert came.outcome == "untouched", came.reasons


def test_a_move_is_refused_backwards_to_another_program_and_after_the_end() -> None:
    simulation = patient()
    for new, word in (
        (replace(FIRST, version="0.9.0"), "later"),
        (replace(FIRST, id="annat", version="2.0.0"), "another program"),
    ):
        came, _ = moved(simulation, upgrade_to(new))
        assert came.outcome == "held-back"
        assert word in came.reasons[0].en
    simulation.end("Klart")
    came, _ = moved(simulation, upgrade_to(version(FIRST)))
    assert came.outcome == "held-back"


def test_after_the_move_events_of_the_old_bundle_cannot_follow() -> None:
    simulation = patient()
    upgrade = upgrade_to(version(FIRST))
    _, after = moved(simulation, upgrade)
    with pytest.raises(ImpossibleEvent):
        fold((Event(simulation.now, "p", "patient", OLD, happened.MessageSent("hej")),), upgrade.programs, after)
    move = Event(simulation.now, "a", "administrator", NEWER, happened.MovedToVersion("sha256:unknown", "2", "3"))
    with pytest.raises(ImpossibleEvent):
        fold((move,), upgrade.programs, after)


def test_exported_treatments_come_back_without_names() -> None:
    simulation = patient()
    line = to_line("a1", simulation.events)
    assert "\n" not in line
    for word in ("Patient 0", "Tack, bra jobbat.", "Ringde."):
        assert word not in line
    name, events = from_line(line)
    assert name == "a1"
    state = fold(events, {OLD: FIRST})
    assert {
        form: [(copy.id, copy.answers, copy.record) for copy in copies] for form, copies in state.copies.items()
    } == {
        form: [(copy.id, copy.answers, copy.record) for copy in copies]
        for form, copies in simulation.state.copies.items()
    }
    assert state.modules == simulation.state.modules
    assert to_line(name, events) == line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        "{",
        '{"format":1,"treatment":"a","events":[{}]}',
        '{"format":2,"treatment":"a","events":[]}',
        '{"format":true,"treatment":"a","events":[]}',
        '{"format":1,"treatment":1,"events":[]}',
        '{"format":1,"treatment":"a","events":{}}',
        '{"format":1,"treatment":"a","events":[],"more":1}',
        '{"format":NaN,"treatment":"a","events":[]}',
        "[" * 100_000,
    ],
)
def test_a_line_that_no_export_has_written_is_refused(line: str) -> None:
    with pytest.raises(MalformedEvent):
        from_line(line)


def test_migrations_on_the_way_are_chained() -> None:
    steps = (
        Migration("1.0.0", "2.0.0", forms=MappingProxyType({"a": "b"}), fields=MappingProxyType({"a.x": "b.y"})),
        Migration(
            "2.0.0",
            "3.0.0",
            forms=MappingProxyType({"b": "c"}),
            fields=MappingProxyType({"b.y": "c.z", "b.u": "c.v"}),
            removed_fields=("b.w",),
            removed_modules=("gammal",),
        ),
    )
    way = way_between(steps, "1.0.0", "3.0.0")
    assert way.form("a") == "c"
    assert way.later_name("a.x") == "c.z"
    assert way.later_name("a.u") == "c.v"
    assert way.removed_fields == ("a.w",)
    assert way.removed_modules == ("gammal",)
    assert way_between(steps, "2.0.0", "3.0.0").form("b") == "c"
    assert way_between(steps, "1.0.5", "2.0.0").form("a") == "b", "a migration serves the versions after its own"
    assert way_between(steps, "3.0.0", "3.1.0") == Migration("3.0.0", "3.1.0")


def test_invented_patients_reach_every_module_in_every_way_and_are_the_same_each_time() -> None:
    made = list(walks(FIRST, OLD, 40))
    assert not_met(FIRST, made) == []
    assert walk(FIRST, OLD, 3).played.events == walk(FIRST, OLD, 3).played.events


def independent_counts(walked: list[Simulation], removed: frozenset[str]) -> Mapping[str, int]:
    """Counted from the events alone: who has ever opened what is gone."""
    counts = {"untouched": 0, "sees-again": 0, "held-back": 0}
    for one in walked:
        opened = {
            event.what.module
            for event in one.events
            if isinstance(event.what, happened.Opened | happened.OpenedByTherapist)
        }
        ended = any(isinstance(event.what, happened.Ended) for event in one.events)
        counts["held-back" if ended else "sees-again" if opened & removed else "untouched"] += 1
    return counts


def test_the_counts_of_a_dry_run_agree_with_the_events() -> None:
    # Without a measurement at the end, which comes when the last module opens, the module that is gone is all that differs.
    old = replace(FIRST, measurements=(replace(FIRST.measurements[0], at=FIRST.measurements[0].at[:2]),))
    upgrade = upgrade_to(
        version(
            without(old, "aktiviteter"),
            removed_modules=("aktiviteter",),
            removed_forms=("mina_aktiviteter", "veckans_val"),
        ),
        old,
    )
    walked = [one.played for one in walks(old, OLD, 30)]
    report = dry_run(((one.patient, one.state, one.now) for one in walked), upgrade)
    assert report.counts == independent_counts(walked, frozenset({"aktiviteter"}))
    assert report.counts["sees-again"] and report.counts["untouched"]
    assert report.lost == 0
    assert report.total == 30
    assert report.examples["sees-again"].reasons


@pytest.mark.parametrize("seed", [0, 5, 10])
def test_moving_and_playing_on_reaches_the_end(seed: int) -> None:
    """Whoever answers all that is asked comes as far after the move as without it."""
    extra = module("avslut", "aktiviteter", 7)
    upgrade = upgrade_to(version(replace(FIRST, modules=(*FIRST.modules, extra))))
    simulation = Simulation(FIRST, OLD, patient().first_day)
    walk_on(simulation, seed, 10 + seed)
    came, after = moved(simulation, upgrade)
    assert came.events, came.reasons
    simulation.program, simulation.digest, simulation.state = upgrade.new, NEWER, after
    simulation.events += came.events
    walk_on(simulation, seed, 60)
    assert simulation.state.module("avslut").opened_on is not None
    assert verify(simulation.events, upgrade.programs) == ()


def with_columns(of: Program, *, gone: str = "", more: tuple[Field, ...] = ()) -> Program:
    """The table of activities without one column and with some more."""
    return replace(
        of,
        exercises=tuple(
            one
            if one.id != "mina_aktiviteter"
            else replace(
                one,
                fields=tuple(
                    replace(
                        table,
                        columns=(*(column for column in table.columns if column.id != gone), *more),
                        computed=table.computed if gone not in ("vikt", "nu") else (),
                    )
                    for table in one.fields
                ),
            )
            for one in of.exercises
        ),
    )


def who_has_listed_activities() -> Simulation:
    found = (patient(seed) for seed in range(40))
    return next(one for one in found if one.state.copies.get("mina_aktiviteter"))


@pytest.mark.parametrize("begun", ["keep", "see-again"])
def test_a_new_column_takes_nothing_with_it(begun: str) -> None:
    new = with_columns(FIRST, more=(Field("nar", "text", "När?"),))
    simulation, upgrade = who_has_listed_activities(), upgrade_to(version(new, begun_forms={"mina_aktiviteter": begun}))
    came = moving(simulation.state, upgrade, simulation.now, "b-1")
    after = fold(came.events, upgrade.programs, simulation.state)
    before, stands = simulation.state.copies["mina_aktiviteter"][0], after.copies["mina_aktiviteter"][0]
    assert before.answers["lista"]
    assert stands.answers == before.answers
    rows: Any = before.record.values["lista"]
    assert stands.record.values["lista"] == tuple({**row, "nar": None} for row in rows)
    assert situation(after, upgrade.programs, simulation.now)


def test_of_a_table_that_loses_a_column_the_other_cells_stay() -> None:
    new = with_columns(FIRST, gone="nu")
    new = version(replace(new, release=Release(("nu", "gap"))), begun_forms={"mina_aktiviteter": "keep"})
    simulation, upgrade = who_has_listed_activities(), upgrade_to(new)
    silent = upgrade_to(replace(new, migrations=()))
    assert moving(simulation.state, silent, simulation.now, "b-1").lost == ("mina_aktiviteter.lista",)
    came = moving(simulation.state, upgrade, simulation.now, "b-1")
    after = fold(came.events, upgrade.programs, simulation.state)
    rows = simulation.state.copies["mina_aktiviteter"][0].answers["lista"]
    kept = after.copies["mina_aktiviteter"][0].answers["lista"]
    assert kept == tuple({id: cell for id, cell in row.items() if id != "nu"} for row in rows)
    assert after.earlier[0].copies["mina_aktiviteter"][0].answers["lista"] == rows


def test_nobody_is_reminded_again_of_what_they_were_reminded_of() -> None:
    said = (
        Reminder("not-signed-in", 3, "Hej"),
        Reminder("module-due", 1, "Modul"),
        Reminder("measurement-due", 1, "M"),
    )
    old = replace(FIRST, reminders=said)
    renamed = replace(
        old,
        modules=tuple(
            replace(one, id="start")
            if one.id == "valkommen"
            else replace(one, unlock=replace(one.unlock, after="start"))
            if one.unlock.after == "valkommen"
            else one
            for one in old.modules
        ),
        exercises=tuple(replace(one, module="start") if one.module == "valkommen" else one for one in old.exercises),
        # In another order, with other words, and one that is new.
        reminders=(
            replace(said[1], text="Ny modul"),
            replace(said[0], after_days=2),
            said[2],
            Reminder("not-signed-in", 5, "Än?"),
        ),
        release=Release(("valkommen",)),
    )
    upgrade = upgrade_to(version(renamed, modules={"valkommen": "start"}), old)
    simulation = Simulation(old, OLD, patient().first_day)
    for day in range(5):
        simulation.go_to(simulation.now + timedelta(days=min(day, 1), hours=0 if day else 12))
    assert simulation.state.reminded == {"1-2026-01-12", "2-valkommen", "3-mood-start"}
    came = moving(simulation.state, upgrade, simulation.now, "b-1")
    after = fold(came.events, upgrade.programs, simulation.state)
    assert after.reminded == {"2-2026-01-12", "1-start", "3-mood-start"}
    assert [event.what for event in clock_events(after, upgrade.programs, simulation.now)] == []
    later = simulation.now + timedelta(days=1)
    sent = [event.what for event in clock_events(after, upgrade.programs, later)]
    assert [one.text for one in sent if isinstance(one, happened.Reminded)] == ["Än?"]


def test_who_could_make_a_measurement_today_is_not_moved_to_where_its_days_have_passed() -> None:
    (planned,) = FIRST.measurements
    upgrade = upgrade_to(version(replace(FIRST, measurements=(replace(planned, window_days=1),))))
    simulation = Simulation(FIRST, OLD, patient().first_day)
    simulation.go_to(simulation.now + timedelta(days=2, hours=12))
    came = moving(simulation.state, upgrade, simulation.now, "b-1")
    assert came.outcome == "held-back" and came.events == ()
    assert [reason.sv for reason in came.reasons] == ["”Mående” väntar på svar, och skulle inte längre gå att besvara."]
    simulation.go_to(simulation.now + timedelta(days=1))
    assert moving(simulation.state, upgrade, simulation.now, "b-1").outcome == "untouched"


def test_a_door_that_opens_with_the_move_is_told() -> None:
    new = replace(
        FIRST,
        modules=tuple(
            replace(one, unlock=replace(one.unlock, after="", days=0)) if one.id == "fonster" else one
            for one in FIRST.modules
        ),
    )
    simulation = Simulation(FIRST, OLD, patient().first_day)
    came = moving(simulation.state, upgrade_to(version(new)), simulation.now, "b-1")
    assert (came.outcome, [reason.en for reason in came.reasons]) == ("sees-again", ["“Fonster” opens."])


def test_a_flag_that_stands_is_not_raised_again_by_a_form_with_another_name_or_flags_in_another_order() -> None:
    way = Migration("1.0.0", "2.0.0", forms=MappingProxyType({"mood": "maende"}))
    program = renamed(FIRST, way)
    (form,) = program.questionnaires
    # The last flag stands first now.
    flags = tuple(
        replace(flag, id=f"maende-{number}") for number, flag in enumerate((form.flags[2], *form.flags[:2]), start=1)
    )
    program = replace(program, questionnaires=(replace(form, flags=flags),), release=Release(("mood",)))
    upgrade = upgrade_to(version(program, forms={"mood": "maende"}, begun_forms={"maende": "keep"}))
    simulation = Simulation(FIRST, OLD, patient().first_day)
    simulation.go_to(simulation.now + timedelta(hours=12))
    assert not simulation.do(Act("fill", "mood", {"q1": 1, "q2": 1, "q3": 1, "q4": 2}))
    assert [flag.id for flag in simulation.state.flags] == ["mood-1", "mood-2"]
    came = moving(simulation.state, upgrade, simulation.now, "b-1")
    after = fold(came.events, upgrade.programs, simulation.state)
    assert [(flag.id, flag.form) for flag in after.flags] == [("maende-2", "maende"), ("maende-3", "maende")]


def test_invented_patients_choose_are_given_modules_and_follow_their_plans_up() -> None:
    of = program(
        (
            module("forst", complete_when=("veckans_val",), choose=("a", "b")),
            module("a", "forst", 0),
            module("b", "forst", 0),
            module("extra", "forst", 0, assigned_by="therapist"),
        ),
        exercises={
            "veckans_val": (
                "forst",
                "title: Val\nkind: worksheet\nfields:\n  - {id: plan, type: plan-entry, label: Plan, required: true, max_rows: 2}\n",
            )
        },
    )
    made = list(walks(of, OLD, 15))
    opened = {id for one in made for id, known in one.played.state.modules.items() if known.opened_on is not None}
    assert opened == {"forst", "a", "b", "extra"}
    plans = [copy for one in made for copy in one.played.state.copies.get("veckans_val", ())]
    assert any("done" in row for plan in plans for row in plan.answers["plan"])


def test_what_was_only_renamed_is_no_change_wherever_it_is_named() -> None:
    old = replace(
        FIRST,
        modules=tuple(
            replace(one, choose=("fonster", "aktiviteter")) if one.id == "baslinje" else one for one in FIRST.modules
        ),
        exercises=tuple(
            replace(one, order_by="sol", groups=(Group("nwak", "sol", "Insomning"),)) if one.id == "somndagbok" else one
            for one in FIRST.exercises
        ),
    )
    way = {"modules": {"fonster": "fonstret"}, "fields": {"somndagbok.sol": "somndagbok.insomning"}}
    named: Any = {name: MappingProxyType(ids) for name, ids in way.items()}
    new = renamed(old, Migration("1.0.0", "2.0.0", **named))
    assert new.module["baslinje"].choose == ("fonstret", "aktiviteter")
    assert new.exercise["somndagbok"].order_by == "insomning"
    assert new.exercise["somndagbok"].groups[0].mean == "insomning"
    upgrade = upgrade_to(version(replace(new, release=Release(("fonster", "sol"))), **way), old)
    assert {one.rule for one in upgrade.changes.changes} == {"version-stated", "reserved-id-added"}
