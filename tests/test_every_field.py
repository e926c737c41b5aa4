"""The program in `tests/programs/allt` uses every type of field and every reuse, and all of it works from YAML to both pages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import runtime_samples
from runtime_samples import Clinic
from starlette.testclient import TestClient

from designtool import resources
from designtool.bundle.codebook import codebook
from designtool.model.exercise import Exercise
from designtool.model.program import Program
from designtool.preview.server import Hub, create_app
from designtool.preview.studio import Studio
from designtool.render import Viewpoint, load_templates, targets, view
from designtool.treatment import events as happened
from designtool.treatment.answers import columns_of
from designtool.treatment.as_it_stood import as_it_stood
from designtool.treatment.events import Event
from designtool.treatment.journey import run_journey
from designtool.treatment.reuse import row_label
from designtool.treatment.simulate import play
from designtool.treatment.situate import situation
from designtool.treatment.state import fold
from designtool.treatment.walks import walk
from designtool.workspace import compile_workspace

WORKSPACE = Path(__file__).parent / "programs" / "allt"
TEMPLATES = load_templates(resources.folder("templates"))
DIGEST = "sha256:allt"


@cache
def program() -> Program:
    (compiled,) = compile_workspace(WORKSPACE, date(2026, 11, 21)).programs
    assert compiled.program is not None
    return compiled.program


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources.folder("schemas") / f"{name}.schema.json").read_text("utf-8"))
    return found


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    from designtool.load.yaml_file import parse_yaml_text

    for path in sorted(WORKSPACE.rglob("*.yaml")):
        yield path.name, parse_yaml_text(str(path), path.read_text("utf-8")).data


def test_the_program_has_no_findings_at_all() -> None:
    found = compile_workspace(WORKSPACE, date(2026, 11, 21))
    assert [one.message.sv for one in found.diagnostics] == []


def test_every_type_and_every_key_of_the_schema_is_used() -> None:
    exercise = schema("exercise")
    fields = [one for _, document in documents() for one in document.get("fields", ())]
    every = [*fields, *(column for one in fields for column in one.get("columns", ()))]
    assert {one["type"] for one in every} == set(exercise["$defs"]["field"]["properties"]["type"]["enum"])
    assert {key for one in every for key in one} >= set(exercise["$defs"]["field"]["properties"]) - {"when_hidden"}
    exercises = [document for _, document in documents() if "kind" in document and "fields" in document]
    reuse = {"fill", "entry", "filled_by", "shown_to_patient", "order_by", "order", "top_rows", "groups", "required"}
    assert {key for one in exercises for key in one} >= reuse
    assert {one["entry"]["per"] for one in exercises if "entry" in one} >= {"occurrence", "week"}
    assert {one.get("fill", "once") for one in exercises} == {"once", "each-module", "whenever"}
    modules = [document for _, document in documents() if "goal" in document]
    assert {key for one in modules for key in one} >= {"optional", "choose", "assigned_by"}
    acts = schema("journey")["$defs"]["act"]["properties"]
    played = {
        key for _, document in documents() for step in document.get("steps", ()) for one in step["does"] for key in one
    }
    assert played >= {"fill", "answers", "follow_up", "take", "what", "choose"} and played <= set(acts)


def test_the_journey_goes_its_way() -> None:
    (journey,) = program().journeys
    assert [one.message.sv for one in run_journey(journey, program()).failures] == []


def filled(day: int = 40) -> Any:
    (journey,) = program().journeys
    simulation = play(program(), DIGEST, journey.steps, day)
    return situation(simulation.state, {DIGEST: program()}, simulation.now)


@pytest.mark.parametrize("id", [one.id for one in program().exercises])
def test_every_answer_is_shown_to_the_therapist_and_to_the_patient(id: str) -> None:
    exercise = program().exercise[id]
    seen = filled()
    therapist = view(f"form/{id}", seen, Viewpoint("therapist"), TEMPLATES)
    words = [one for record in seen.forms[id].records for one in _words(exercise, record.values)]
    assert words or id in ("lastips", "somnknep")
    for word in words:
        assert word in unescape(therapist), word
    if exercise.filled_by == "patient" and words:
        results = unescape(view("results", seen, Viewpoint("patient"), TEMPLATES))
        assert all(word in results for word in words)


def _words(exercise: Exercise, values: Any) -> Iterator[str]:
    for field in exercise.fields:
        value = values.get(field.id)
        if field.type in ("text", "long-text") and value:
            yield str(value)
        if field.type in ("choice", "choices", "ranking") and value:
            chosen = [value] if isinstance(value, str) else value
            labels = {str(option.value): option.label for option in field.options}
            yield from (labels.get(one, one) for one in chosen)
        for row in value or () if columns_of(field) else ():
            for column in columns_of(field):
                if column.type in ("text", "long-text") and row.get(column.id):
                    yield str(row[column.id])
            if row_label(field, row) and len(row) > 1:
                yield row_label(field, row)


def test_every_value_is_in_the_codebook() -> None:
    known = {(one["form"], one["id"]) for one in codebook(program())["variables"]}
    for exercise in program().exercises:
        for field in exercise.fields:
            names = [field.id, *(f"{field.id}.{one.id}" for one in (*columns_of(field), *field.computed))]
            names += [f"{field.id}.row"] if columns_of(field) else []
            assert {(exercise.id, name) for name in names} <= known


# Through the service, as a browser without script meets it


def plain(html: str) -> str:
    return unescape(html).replace("\u00a0", " ")


class Browser:
    """A page is read and its form is sent with everything that stands in it, and with what is typed."""

    def __init__(self, get: Any, post: Any, base: str) -> None:
        self.get, self.post, self.base = get, post, base

    def page(self, target: str) -> str:
        answer = self.get(f"{self.base}/{target}")
        assert answer.status_code == 200, (target, answer.text)
        return plain(answer.text)

    def send(self, target: str, typed: dict[str, Any], action: str = "submit", which: int = 0) -> str:
        """Send the form of a page (the `which`th of those that are saved); the page that comes of it."""
        page = self.page(target)
        form = re.findall(r'<form class="form".*?</form>', page, re.DOTALL)[which]
        stands = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"[^>]* checked', form))
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
            if name and value and 'type="radio"' not in tag and 'type="checkbox"' not in tag:
                stands[name[1]] = value[1]
        names = {*re.findall(r' name="([^"]+)"', form)}
        for name in typed:
            assert name in names or re.sub(r"\.\d+\.", ".__row__.", name) in names, (name, sorted(names))
        sent = self.post(f"{self.base}/{target}", {**stands, **typed, "action": action})
        assert sent.status_code in (200, 303, 422), sent.text
        return plain(sent.text) if sent.status_code != 303 else self.page(target)


@pytest.fixture
def at_clinic(tmp_path: Path) -> Iterator[Clinic]:
    with runtime_samples.clinic(tmp_path, runtime_samples.bundle_bytes(program())) as made:
        yield made


def test_a_patient_fills_in_every_type_of_field_week_by_week(at_clinic: Clinic) -> None:
    patient, therapist = browsers(at_clinic)
    therapist.send("exercise/lamplighet", {"passar": "yes", "motiv": "Hemlig bedömning", "svarighetsgrad": "8"})
    assert "Hemlig bedömning" in therapist.page("exercise/lamplighet"), "what was saved stands below the next one"
    patient.send("questionnaire/veckokoll", {"q1": "1", "q2": "0"})
    every = {
        "smeknamn": "Kim",
        "berattelse": "Jag bor här",
        "barn": "2",
        "koppar": "2,5",
        "ork": "4",
        "bast_tid": "kvall",
        "omraden": ["somn", "oro"],
        "hjalp": "yes",
        "vem": "Min syster",
        "startdag": "2026-01-13",
        "laggdags": "22.30",
        "gangtid": "25",
    }
    patient.send("exercise/om_dig", every, "save")
    for name in ("ork", "bast_tid", "hjalp"):
        page = patient.send("exercise/om_dig", {}, f"clear.{name}")
        assert not re.search(rf'name="{name}"[^>]* checked', page), "a choice can be taken back"
    assert 'value="Kim"' in page, "and all else stands"
    assert re.findall(r'value="clear\.(\w+)"[^>]*(?<! hidden)>', page) == []
    page = patient.send("exercise/om_dig", every)
    for words in ("Jag bor här", "2,5 koppar", "På kvällen", "Sömn, Oro", "Min syster", "22.30", "25 min"):
        assert words in page
    send_module(patient, "valkommen")

    scales = {"relationer": (9, 3), "halsa": (7, 6), "arbete": (5, 5), "fritid": (8, 3)}
    compass = {
        f"omraden.{at}.{column}": str(value)
        for at, pair in enumerate(scales.values())
        for column, value in zip(("viktigt", "gor"), pair, strict=True)
    }
    page = patient.send("exercise/kompass", compass)
    first, folded = page.index("Nära relationer"), page.index("Visa 2 till")
    assert first < page.index("Fritid") < folded < page.index("Hälsa"), "the greatest gaps stand open, in order"
    rows = {
        "lista.0.aktivitet": "Gå till biblioteket",
        "lista.0.svarighet": "3",
        "lista.0.gladje": "6",
        "lista.0.slag": "vila",
    }
    page = patient.send("exercise/aktivitetslista", rows, "add-row.lista")
    page = patient.send("exercise/aktivitetslista", {}, "clear.lista.0.svarighet")
    assert not re.search(r'name="lista.0.svarighet"[^>]* checked', page) and 'value="Gå till biblioteket"' in page
    patient.send("exercise/aktivitetslista", {}, "clear.lista.7.finns_inte")
    patient.send("exercise/aktivitetslista", {"lista.0.svarighet": "3"}, "save")
    more = {"lista.1.aktivitet": "Ringa Ali", "lista.1.gladje": "8", "lista.1.slag": "vila", "bast": "Ringa Ali"}
    patient.send("exercise/aktivitetslista", more)
    assert "Vila" in patient.page("results") and "Medelvärde" in patient.page("results")
    again = patient.page("exercise/aktivitetslista")
    assert again.count('value="Gå till biblioteket"') == 1, "the next copy begins with the list"

    patient.send("exercise/ordning", {"ordning.0": "natur", "ordning.1": "somn"})
    assert re.search(r"<ol><li[^>]*>Vara i naturen</li><li[^>]*>Sova bättre", patient.page("exercise/ordning"))
    focus = patient.page("exercise/fokus")
    assert re.findall(r'name="omraden\.(\w+)\.steg"', focus) == ["relationer", "fritid"], "the top two of the compass"
    patient.send("exercise/fokus", {"omraden.fritid.steg": "Ta fram gitarren", "omraden.fritid.hjalp": "Ringa Ali"})
    assert "Ta fram gitarren" in patient.page("exercise/fokus")
    send_module(patient, "kartlagg")

    patient, therapist = a_week_later(at_clinic)
    patient.send("exercise/mina_mal", {"mal.0.mal": "Äta frukost"})
    (goal,) = re.findall(r'name="skattning\.(\w+)\.nara" value="0"', patient.page("exercise/malskattning"))
    phone, computer = at_clinic.sign_in(at_clinic.patient.id), at_clinic.sign_in(at_clinic.patient.id)
    seen = int(re.findall(r'name="form-revision" value="(\d+)"', patient.page("exercise/malskattning"))[0])
    for one, status in ((phone, 200), (phone, 200), (computer, 409)):
        near = {"field": f"skattning.{goal}.nara", "value": "2" if one is phone else "5", "revision": seen}
        assert one.save(f"{patient.base}/exercise/malskattning", **near).status_code == status
    patient.send("exercise/malskattning", {f"skattning.{goal}.nara": "3"})
    assert "Äta frukost" in therapist.page("form/malskattning")
    page = patient.page("exercise/malskattning")
    assert "Spara veckan" in page and "veckan från" in page and "i efterhand" not in page
    page = patient.page("exercise/forsta_steget")
    assert 'name="aktivitet"' in page and 'value="Ringa Ali"' in page
    assert re.findall(r'name="forst" value="([^"]+)"', page) == ["Gå till biblioteket"], "easy ones only"
    patient.send(
        "exercise/forsta_steget", {"forst": "Gå till biblioteket", "flera": ["Ringa Ali"], "ordning.0": "Äta frukost"}
    )

    (taken,) = re.findall(
        r'value="(take\.plan\.\w+)"[^>]*>(?:<svg.*?</svg>)?Ta med: Ringa Ali', patient.page("exercise/veckoplan")
    )
    page = patient.send("exercise/veckoplan", {}, taken)
    assert 'value="Ringa Ali"' in page and taken not in page
    day = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)[2]
    patient.send("exercise/veckoplan", {"plan.0.day": day, "plan.0.pleasure_expected": "4", "plan.1.activity": "Baka"})
    send_module(patient, "planera")

    patient, therapist = a_week_later(at_clinic)
    assert "Hur gick det med planen" in patient.page("home")
    made_on = re.findall(r'data-entry-date="([0-9-]+)"', patient.page("exercise/veckoplan"))[0]
    script = at_clinic.sign_in(at_clinic.patient.id)
    saved = script.save(
        f"{patient.base}/exercise/veckoplan", field="plan.1.done", value="yes", entry_date=made_on, revision=None
    )
    assert saved.status_code == 200 and saved.json()["errors"] == {}, saved.text
    taken_back = script.save(
        f"{patient.base}/exercise/veckoplan", field="plan.1.done", value=None, entry_date=made_on, revision=None
    )
    assert taken_back.status_code == 200
    stray = script.save(
        f"{patient.base}/exercise/veckoplan", field="plan.0.done", value="yes", entry_date="2026-01-01", revision=None
    )
    assert stray.status_code != 200 or stray.json()["errors"]
    page = patient.send("exercise/veckoplan", {"plan.0.done": "yes", "plan.0.pleasure": "9"})
    assert "Svara för varje sak i planen" in page, "nothing is left out"
    patient.send("exercise/veckoplan", {"plan.1.done": "no", "plan.1.hindered": "Ingen jäst"})
    told = therapist.page("form/veckoplan")
    assert "1 av 2 blev av." in told and "Ingen jäst" in told and "Mer glädje än väntat" in told
    page = patient.page("exercise/veckoplan")
    assert "Kvar sedan sist" in page and "Hur gick det med planen" not in page
    (left,) = re.findall(r'value="(take\.plan\.\w+)"[^>]*>(?:<svg.*?</svg>)?Ta med: Baka', page)
    patient.send("exercise/veckoplan", {}, left)
    patient.send("exercise/veckoplan", {})
    assert at_clinic_records(therapist, "veckoplan") == 2

    steps = {"steg.0.steg": "Hålla tal", "steg.0.svarighet": "90", "steg.1.steg": "Åka buss", "steg.1.svarighet": "30"}
    patient.send("exercise/trappa", steps)
    page = patient.page("exercise/exponering")
    assert re.findall(r'name="steg" value="([^"]+)"', page) == ["Åka buss", "Hålla tal"], "the easiest first"
    exposure = {"steg": "Åka buss", "fore": "40", "topp": "70", "efter": "30", "slag": "ute"}
    patient.send("exercise/exponering", exposure)
    assert (
        "checked" not in re.findall(r'<form class="form".*?</form>', patient.page("exercise/exponering"), re.DOTALL)[0]
    )
    patient.send("exercise/exponering", {**exposure, "topp": "60"})
    assert therapist.page("form/exponering").count("Åka buss") >= 2
    page = patient.page("exercise/exponering")
    assert "Du fyller i för i dag" in page, "it can happen again today, and yesterday is a choice"
    assert "ifyllda" in patient.page("home") and "4 av 2" not in patient.page("home")
    send_module(patient, "trappan")
    page = patient.page("exercise/forsta_steget")
    assert "går inte att ändra här längre" in page and 'name="forst"' not in page, "no form that keeps nothing"

    patient, therapist = a_week_later(at_clinic)
    patient.send("exercise/varfor", {"anteckning": "Jag grubblar"})
    refused = patient.post(f"{patient.base}/module/val", {"action": "submit"})
    assert "Välj först vilken del" in refused.text
    assert patient.post(f"{patient.base}/module/val", {"action": "choose.oro"}).status_code == 303
    assert "Du har valt den här" in patient.page("module/val")
    assert "Hemlig bedömning" in therapist.page("form/lamplighet") and "Ifyllt av" in therapist.page("form/lamplighet")
    assert "Du får lite mer stöd" in patient.page("page/val/valj")
    for target in ("home", "results", "page/val/valj", "module/val"):
        assert "Hemlig bedömning" not in patient.page(target)
    send_module(patient, "val")
    at_clinic.time.pass_(days=2)
    patient, therapist = browsers(at_clinic)
    (goal,) = re.findall(r'name="skattning\.(\w+)\.nara" value="0"', patient.page("exercise/malskattning"))
    patient.send("exercise/malskattning", {f"skattning.{goal}.nara": "4"})
    assert "i efterhand" not in patient.page("exercise/malskattning"), "a week is not late before it has passed"
    at_clinic.time.pass_(days=5)
    patient, therapist = browsers(at_clinic)
    modules = patient.page("modules")
    assert "Oro" in modules and "Extra stöd" not in modules and 'module/somn"' not in modules
    assert "Tilldela modulen" in therapist.page("module/stod")
    assert therapist.post(f"{therapist.base}/module/stod", {"action": "open"}).status_code == 303
    assert "Extra stöd" in patient.page("modules")


def browsers(clinic: Clinic) -> tuple[Browser, Browser]:
    patient, therapist = clinic.sign_in(clinic.patient.id), clinic.sign_in("b-1")
    return (
        Browser(patient.get, patient.post, clinic.patient_base),
        Browser(therapist.get, therapist.post, clinic.therapist_base),
    )


def a_week_later(clinic: Clinic) -> tuple[Browser, Browser]:
    clinic.time.pass_(days=7)
    return browsers(clinic)


def send_module(patient: Browser, id: str) -> None:
    sent = patient.post(f"{patient.base}/module/{id}", {"action": "submit"})
    assert sent.status_code == 303, re.findall(r'class="errors".*?</section>', sent.text, re.DOTALL)


def at_clinic_records(therapist: Browser, form: str) -> int:
    return therapist.page(f"form/{form}").count('class="card record"')


# In the preview


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestClient]:
    root = tmp_path / "arbetsyta"
    shutil.copytree(WORKSPACE, root, ignore=shutil.ignore_patterns(".designtool"))
    faults: list[Exception] = []
    studio = Studio(root, None, lambda: date(2026, 11, 21), faults.append)
    studio.refresh()
    hosts = frozenset({"127.0.0.1:8765"})
    with TestClient(
        create_app(studio, Hub(), root, TEMPLATES, "sv", hosts), base_url="http://127.0.0.1:8765"
    ) as client:
        yield client
    assert faults == []


PERSON, ORIGIN = "allt-pa-en-gang", {"origin": "http://127.0.0.1:8765"}


@pytest.mark.parametrize("day", [0, 8, 14, 17, 36])
def test_every_page_is_there_for_patient_and_therapist_on_every_day(bench: TestClient, day: int) -> None:
    for role in ("patient", "therapist"):
        base = f"/view/allt/{role}/{PERSON}/{day}"
        for exercise in program().exercises:
            target = f"exercise/{exercise.id}" if exercise.filled_by == role else f"form/{exercise.id}"
            if role == "patient" and exercise.filled_by == "therapist":
                assert bench.get(f"{base}/exercise/{exercise.id}").status_code == 404
                continue
            answer = bench.get(f"{base}/{target}")
            assert answer.status_code == 200, target
            assert exercise.title in unescape(answer.text)


def test_answers_are_typed_and_sent_in_the_preview(bench: TestClient) -> None:
    base = f"/view/allt/patient/{PERSON}/14"
    page = bench.get(f"{base}/exercise/malskattning").text
    names = re.findall(r'name="skattning\.(\w+)\.nara" value="0"', page)
    assert len(names) == 2
    body = {"field": f"skattning.{names[0]}.nara", "value": "9", "entry_date": "2026-01-26"}
    told = bench.post(f"{base}/exercise/malskattning/save", json=body, headers=ORIGIN)
    assert told.status_code == 200 and told.json()["errors"] == {}
    again = bench.get(f"{base}/exercise/malskattning").text
    assert f'name="skattning.{names[0]}.nara" value="9" checked' in again
    sent = bench.post(f"{base}/exercise/veckoplan", data={"action": "take.plan.nagot"}, headers=ORIGIN)
    assert "Det går inte att ta med nu." in sent.text
    offered = re.findall(r'value="(take\.plan\.\w+)"', bench.get(f"{base}/exercise/veckoplan").text)
    assert offered
    bench.post(f"{base}/exercise/veckoplan", data={"action": offered[0]}, headers=ORIGIN)
    assert offered[0] not in bench.get(f"{base}/exercise/veckoplan").text


def test_nothing_can_be_written_in_a_version_that_the_treatment_has_left() -> None:
    later = replace(program(), version="2.0.0")
    programs = {DIGEST: program(), "sha256:later": later}
    seen: set[str] = set()
    for seed in range(4):
        played = walk(program(), DIGEST, seed).played
        moved = happened.MovedToVersion("sha256:later", "1.0.0", "2.0.0")
        state = fold((Event(played.now, "b", "administrator", DIGEST, moved),), programs, played.state)
        stood = as_it_stood(state, 1, programs)
        assert stood is not None
        for role in ("patient", "therapist"):
            viewpoint = Viewpoint(role, reading=True)
            for target, _ in targets(stood, viewpoint):
                page = re.sub(r"(?s)<header.*?</header>", "", view(target, stood, viewpoint, TEMPLATES))
                kind = target.partition("/")[0]
                if kind not in ("messages", "flags", "decision", "treatment", "home"):
                    seen.add(kind)
                    assert "<form" not in page and "<button" not in page, (role, target)
                    for field in re.findall(r"<(?:input|textarea|select)\b[^>]*>", page):
                        assert "disabled" in field, (role, target, field)
    assert {"module", "page", "exercise"} <= seen
