"""What a form shows while somebody writes: the browser's module and the server agree over every form of every program here."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import treatment_samples
from browser_modules import browser_modules, node

from designtool import source
from designtool.expressions import evaluate
from designtool.incremental import assemble_workspace_again
from designtool.model.exercise import Exercise, Field
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.render import Viewpoint
from designtool.render.context import PageContext
from designtool.render.forms import saved_answer
from designtool.render.live import live_form
from designtool.treatment.answers import columns_of, read_answer, read_item_answer
from designtool.treatment.corrections import corrections, fields_read
from designtool.treatment.days import moment
from designtool.treatment.records import Filled, fill
from designtool.treatment.reuse import resolved
from designtool.treatment.simulate import FIRST_DAY, blank
from designtool.treatment.situate import situation

REPOSITORY = Path(__file__).parents[1]
NOW = moment(FIRST_DAY)
SAMPLES_EACH = 40
PATIENT = Viewpoint("patient")


@cache
def audit() -> Questionnaire:
    """Whose later items depend on the first ones. No program here uses it."""
    return assemble_workspace_again(None, *source.read(REPOSITORY)).library.questionnaires["audit"]


@cache
def programs() -> Mapping[str, Program]:
    """The two real ones, the one with every type of field, and one with conditions upon conditions."""
    found: dict[str, Program] = {}
    for root in (REPOSITORY, REPOSITORY / "tests" / "programs" / "allt"):
        # Only read: what the rules say of them is another matter.
        assembled = assemble_workspace_again(None, *source.read(root))
        found |= {one.program.id: one.program for one in assembled.programs if one.program is not None}
    return {**found, "samples": treatment_samples.program()}


def context_of(program: Program, viewpoint: Viewpoint = PATIENT) -> PageContext:
    return PageContext(situation(blank(program, "d"), {"d": program}, NOW), viewpoint, "home")


def typed(field: Field, context: PageContext, chance: random.Random) -> Any:
    """What somebody may have typed: often nothing, sometimes what cannot be read."""
    if chance.random() < 0.2:
        return None
    options = [str(option.value) for option in known(field, context).options]
    low, high = int(field.min or 0), int(field.max if field.max is not None else 300)
    match field.type:
        case "text" | "long-text":
            return chance.choice(["Hej", "  ", "två\nrader", "x" * 700])
        case "integer" | "scale":
            return str(chance.choice([low, high, chance.randint(low, high), "tre", high + 1]))
        case "decimal":
            return chance.choice(["7,5", "0.5", "3", "1,234", "mycket"])
        case "minutes":
            return chance.choice(["30", "1:20", "2 tim", "0", "45 min", "länge"])
        case "time":
            return chance.choice(["2230", "23.00", "7", "kl 6", "06:15", "11", "kvart i elva"])
        case "date":
            return chance.choice(["2026-03-01", "2026-11-20", "i går"])
        case "yes-no":
            return chance.choice(["yes", "no"])
        case "choice":
            return chance.choice([*options, "annat"])
        case "choices":
            return chance.sample(options, chance.randint(0, len(options)))
        case "ranking":
            return chance.sample(options, len(options)) if chance.random() < 0.7 else [None] * len(options)
        case "table":
            rows = len(known(field, context).rows) if field.rows_from else len(field.rows) or chance.randint(1, 3)
            return [{one.id: typed(one, context, chance) for one in field.columns} for _ in range(rows)]
        case "plan-entry":
            return [{one.id: typed(one, context, chance) for one in columns_of(field)}]


def known(field: Field, context: PageContext) -> Field:
    """With the options and rows that come from earlier answers."""
    return resolved(field, context.situation.environment, context.program)


def read(form: Questionnaire | Exercise, raw: Mapping[str, Any], context: PageContext) -> dict[str, Any]:
    """What the server keeps of it."""
    answers: dict[str, Any] = {}
    if isinstance(form, Questionnaire):
        return {one.id: read_item_answer(one, raw[one.id]).value for one in form.items}
    for one in form.fields:
        found = read_answer(known(one, context), _legible(one, raw[one.id], context))
        answers[one.id] = found.value if found.problem is None else None
    return answers


def _legible(field: Field, raw: Any, context: PageContext) -> Any:
    """Without the cells that the server would refuse: the browser takes them for empty until they can be read."""

    def row(columns: tuple[Field, ...], cells: Mapping[str, Any]) -> dict[str, Any]:
        return {one.id: None if read_answer(one, cells[one.id]).problem else cells[one.id] for one in columns}

    return [row(columns_of(field), cells) for cells in raw] if columns_of(field) and raw else raw


def samples() -> Iterator[tuple[str, Questionnaire | Exercise, PageContext, dict[str, Any]]]:
    chance = random.Random(20261122)
    for id, program in programs().items():
        context = context_of(program)
        for form in (*program.questionnaires, audit(), *program.exercises):
            if isinstance(form, Exercise) and (form.kind == "decision" or form.filled_by == "therapist"):
                continue
            for _ in range(SAMPLES_EACH):
                if isinstance(form, Questionnaire):
                    raw: dict[str, Any] = {
                        one.id: chance.choice([None, *(str(option.value) for option in one.options)])
                        for one in form.items
                    }
                else:
                    raw = {one.id: typed(one, context, chance) for one in form.fields}
                yield f"{id}/{form.id}", form, context, raw


def in_browser(folder: Path, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    file = browser_modules(folder, "live.mjs") / "samples.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    done = subprocess.run([node(), folder / "live.mjs", file], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def broken(form: Exercise, filled: Filled) -> list[dict[str, Any]]:
    def told(condition: Any, message: str) -> dict[str, Any]:
        fields = fields_read(condition, form)
        meant = [[one.field, str(one.time)] for one in corrections(form, filled, condition)]
        return {"message": message, "field": fields[-1].id if fields else "", "meant": meant}

    return [
        told(one.condition, one.message) for one in form.constraints if evaluate(one.condition, filled.around) is False
    ]


def test_the_browser_shows_what_the_server_will_answer(tmp_path: Path) -> None:
    made = list(samples())
    dated = FIRST_DAY
    found = in_browser(
        tmp_path, [{"told": live_form(form, context, dated), "raw": raw} for _, form, context, raw in made]
    )
    disagreements = []
    seen = {"hidden": 0, "items": 0, "values": 0, "broken": 0, "meant": 0}
    for (name, form, context, raw), one in zip(made, found, strict=True):
        filled = fill(form, read(form, raw, context), context.situation.environment, False, dated)
        answer = saved_answer(form, filled, NOW, "sv", 1)
        wanted_broken = broken(form, filled) if isinstance(form, Exercise) else []
        if one["hidden"] != answer["hidden"] or one["said"] != answer["values"] or one["broken"] != wanted_broken:
            disagreements.append((name, raw, one, answer, wanted_broken))
        seen["hidden"] += bool(one["hidden"])
        seen["items"] += bool(one["hidden"]) and form is audit()
        seen["values"] += any(one["said"].values())
        seen["broken"] += bool(wanted_broken)
        seen["meant"] += any(found["meant"] for found in wanted_broken)
    assert disagreements == []
    assert len(made) > 1000
    assert min(seen.values()) > 10, seen


def test_a_mistake_is_told_in_the_words_of_the_server(tmp_path: Path) -> None:
    made = [(form, context, raw) for _, form, context, raw in samples() if isinstance(form, Exercise)]
    found = in_browser(
        tmp_path, [{"told": live_form(form, context, FIRST_DAY), "raw": raw} for form, context, raw in made]
    )
    told = 0
    for (form, _, raw), one in zip(made, found, strict=True):
        for field in form.fields:
            if field.type not in ("time", "minutes", "integer", "decimal") or field.id in one["hidden"]:
                continue
            problem = read_answer(field, raw[field.id]).problem
            assert one["unread"].get(field.id) == (None if problem is None else problem.sv), (form.id, field.id, raw)
            told += problem is not None
    assert told > 100


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"bed": "11:00"}, [("bed", "23:00")]),
        ({"bed": "11:00", "lights_out": "11:15"}, []),
        ({"out": "19:00"}, [("out", "07:00")]),
        ({}, None),
    ],
)
def test_a_clock_time_of_the_wrong_half_of_the_day_is_found(
    answers: dict[str, str], wanted: list[tuple[str, str]] | None
) -> None:
    diary = programs()["somnbehandlingen"].exercise["somndagbok"]
    night = {"bed": "23:00", "lights_out": "23:15", "sol": 20, "nwak": 0, "final": "06:30", "out": "07:00", **answers}
    context = context_of(programs()["somnbehandlingen"])
    filled = fill(diary, night, context.situation.environment, False, FIRST_DAY)
    failing = [one for one in diary.constraints if evaluate(one.condition, filled.around) is False]
    assert bool(failing) is (wanted is not None)
    for one in failing[:1]:
        assert [(found.field, str(found.time)) for found in corrections(diary, filled, one.condition)] == wanted


def test_nothing_that_a_therapist_has_written_is_told_to_the_patients_browser() -> None:
    program = programs()["samples"]
    goals = program.exercise["mina_mal"]
    secret = replace(program.exercise["lamplighet"], id="bedomning", filled_by="therapist")
    reads = replace(
        goals.fields[2].show_if,  # type: ignore[type-var]
        tree=["and", ["ref", "mina_mal", "har_plan"], ["ref", "bedomning", "epilepsi"]],
        references=(("bedomning", "epilepsi"), ("mina_mal", "har_plan")),
    )
    fields = (*goals.fields[:2], replace(goals.fields[2], show_if=reads), *goals.fields[3:])
    changed = replace(program, exercises=(*program.exercises, secret, replace(goals, fields=fields)))
    context = context_of(program)
    context = replace(context, situation=replace(context.situation, program=changed))
    told = live_form(replace(goals, fields=fields), context, None)
    assert told["fields"][2]["on_server"] is True and told["fields"][2]["show_if"] is None
    assert "bedomning" not in json.dumps(told)
    therapist = replace(context, viewpoint=Viewpoint("therapist"))
    assert live_form(replace(goals, fields=fields), therapist, None)["fields"][2]["on_server"] is False


def test_what_builds_on_the_server_stays_there_and_the_rest_is_worked_out(tmp_path: Path) -> None:
    program = programs()["samples"]
    goals = program.exercise["mina_mal"]
    earlier = replace(goals.computed[0].value, tree=["call", "previous", ["ref", "mina_mal", "antal"]])
    builds = replace(goals.computed[0].value, tree=["+", ["ref", "mina_mal", "forr"], ["number", "1"]])
    form = replace(
        goals,
        computed=(
            replace(goals.computed[0], id="bygger", value=builds),
            *goals.computed,
            replace(goals.computed[0], id="forr", value=earlier),
        ),
    )
    told = live_form(form, context_of(program), None)
    assert [one["value"] is None for one in told["computed"]] == [True, False, True]
    raw = {"viktigast": None, "har_plan": "yes", "plan": None, "antal": "2"}
    (found,) = in_browser(tmp_path, [{"told": told, "raw": raw}])
    assert found["said"] == {"dubbelt": "4"}
    assert found["broken"] == []
