"""Recalls as people meet them: what is stopped is paused kindly and nothing is lost, all else stays open, and a lift lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import federations
import pytest
import runtime_samples
import treatment_samples
from federations import CLINICAL_B, SAFETY
from runtime_samples import Person, a_deed
from test_runtime_agreements import NOW, Region, of_region, region

from designtool.bundle import layout_of_content, make_bundle, read_bundle, write_archive
from designtool.diagnostics import Text
from designtool.model.codec import encode_program
from designtool.model.flow import Reminder
from designtool.model.program import DerivedFrom, Program
from designtool.preview.studio import Studio
from designtool.runtime import first_people
from designtool.runtime.importing import import_bundle
from designtool.runtime.recalling import Recalls, stopped_parts
from designtool.runtime.routes.lists import row_of
from designtool.runtime.store import Treatment
from designtool.share.federation.copying import take_over
from designtool.share.federation.roles import release_name
from designtool.share.recalls.lifts import sign_lift
from designtool.share.recalls.listing import Recall, draft_lift, draft_recall, lift_for
from designtool.source.media import open_media
from designtool.treatment.clock import clock_events
from designtool.treatment.events import Reminded
from designtool.treatment.simulate import FIRST_DAY, play
from designtool.treatment.situate import situation
from designtool.treatment.state import Proposal, State

ROOT = Path(__file__).parent.parent
CLINIC_NAME = "region-b/provet/1.0.0"
TO_PATIENT = "Sov aldrig < 5 timmar.\n\nGå tillbaka till dina vanliga tider."
TO_THERAPIST = "Ring patienten och gå igenom sömnen."
"""What these say stands escaped in a page: the first has a sign that HTML would take for a tag."""
SHOWN = "Sov aldrig &lt; 5 timmar."


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Region]:
    """A region's own program, with a patient who has just started."""
    with region(tmp_path, of_region("region-b"), agreements=None) as made:
        begin(made)
        yield made


def begin(made: Region) -> None:
    assert made.activate().status_code == 303
    clinic = made.clinic
    clinic.treatment = first_people.start_patient(clinic.service, clinic.bundle, clinic.patient)


def recall(made: Region, *parts: str, level: Any = "stop-use", name: str = CLINIC_NAME, **changes: Any) -> None:
    texts = {"patient_text": TO_PATIENT, "therapist_text": TO_THERAPIST} if level == "stop-use" else {}
    wanted = Recall(release_name(name), level, "Fel i <golvet>.", "1.0.9", parts, **{**texts, **changes})
    made.federation.adopt(draft_recall(made.federation.store, wanted, made.clinic.time.now), SAFETY)
    learn(made)


def lift(made: Region, name: str = CLINIC_NAME) -> None:
    store = made.federation.store
    keys = (SAFETY.public, CLINICAL_B.public)
    document = lift_for(store, release_name(name), "Rättat.", date(2026, 11, 23))
    for one in (SAFETY, CLINICAL_B):
        document = sign_lift(document, one.signer, one.public, keys)
    made.federation.adopt(draft_lift(store, document, made.clinic.time.now), SAFETY)
    learn(made)


def learn(made: Region) -> None:
    """What a runtime does that hears of the federation."""
    made.federation.stamp(made.clinic.time.now)
    take_over(made.federation.store, made.trust, made.clinic.time.now)


def state_of(made: Region, treatment: str = "") -> State:
    known = made.store.treatment(treatment or made.clinic.treatment)
    assert known is not None
    return made.clinic.service.treatments.state(known)


def patient_of(made: Region) -> Person:
    return made.clinic.sign_in(made.clinic.patient.id)


# A form that is stopped


def test_a_form_that_is_stopped_takes_nothing_and_loses_nothing(own: Region) -> None:
    patient, base = patient_of(own), own.clinic.patient_base
    assert patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Sova bättre").status_code == 200
    before = state_of(own)
    recall(own, "mina_mal")
    page = patient.get(f"{base}/exercise/mina_mal").text
    assert SHOWN in page
    assert "Gå tillbaka till dina vanliga tider." in page
    assert "Sova bättre" in page, "what was written before stays the patient's to read"
    assert 'action="' not in page.partition("<main")[2].partition("</main>")[0], "there is nothing to send"
    for way in ("messages", "crisis"):
        assert f'href="{base}/{way}"' in page
    for action in ("save", "submit", "clear.viktigast", "add-row.x", "correct.viktigast.1"):
        sent = {"action": action, "viktigast": "Orka <mer>", "plan": "Gå ut", "har_plan": "true"}
        answered = patient.post(f"{base}/exercise/mina_mal", sent)
        assert answered.status_code == 422, action
        assert "är inte sparat" in answered.text
        assert "Något behöver rättas" not in answered.text, "there is nothing to put right"
        assert "Orka &lt;mer&gt;" in answered.text
        assert "Gå ut" in answered.text
        assert SHOWN in answered.text
    saved = patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Något nytt")
    assert (saved.status_code, "är inte sparat" in saved.json()["error"]) == (422, True)
    assert state_of(own) == before
    lift(own)
    assert patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Något nytt").status_code == 200
    assert patient.post(f"{base}/exercise/mina_mal", {"action": "submit", "viktigast": "Sova"}).status_code == 303


def test_a_stopped_module_is_a_calm_page_and_cannot_be_sent(own: Region) -> None:
    patient, therapist = patient_of(own), own.therapist()
    base, care = own.clinic.patient_base, own.clinic.therapist_base
    assert "Pausad just nu" not in patient.get(f"{base}/modules").text
    recall(own, "valkommen", "baslinje")
    before = state_of(own)
    page = patient.get(f"{base}/module/valkommen")
    assert (page.status_code, SHOWN in page.text) == (200, True)
    assert "Skicka" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert "Pausad just nu" in patient.get(f"{base}/modules").text
    home = patient.get(f"{base}/home").text
    assert home.count(SHOWN) == 1, "once, though the module and its form are stopped"
    assert f'href="{base}/module/valkommen"' not in home
    assert f'href="{base}/questionnaire/mood"' in home, "measurements go on"
    answered = patient.post(f"{base}/module/valkommen", {"action": "submit"})
    assert (answered.status_code, "går inte att göra här" in answered.text) == (422, True)
    opened = therapist.post(f"{care}/module/baslinje", {"action": "open"})
    assert (opened.status_code, "går inte att göra här" in opened.text) == (422, True)
    assert "Öppna" not in therapist.get(f"{care}/module/baslinje").text
    assert state_of(own) == before
    lift(own)
    assert SHOWN not in patient.get(f"{base}/module/valkommen").text
    assert therapist.post(f"{care}/module/baslinje", {"action": "open"}).status_code == 303


def test_what_is_stopped_can_be_written_about(own: Region) -> None:
    patient, therapist = patient_of(own), own.therapist()
    base, care = own.clinic.patient_base, own.clinic.therapist_base
    assert patient.post(f"{base}/questionnaire/mood", {"action": "submit", **risky_answers(own)}).status_code == 303
    goals = {"action": "submit", "viktigast": "Sova", "har_plan": "false"}
    assert patient.post(f"{base}/exercise/mina_mal", goals).status_code == 303
    assert patient.post(f"{base}/module/valkommen", {"action": "submit"}).status_code == 303
    recall(own, "valkommen")
    said = therapist.post(f"{care}/module/valkommen", {"action": "feedback", "text": "Vi hörs i morgon."})
    assert said.status_code == 303
    page = patient.get(f"{base}/module/valkommen").text
    assert "Vi hörs i morgon." in page
    assert SHOWN in page
    own_answers = patient.get(f"{base}/exercise/mina_mal").text
    assert "Sova" in own_answers
    assert SHOWN in own_answers
    assert "Sova" in patient.get(f"{base}/results").text


@pytest.mark.parametrize("parts", [("all",), ("valkommen", "baslinje", "fonster", "aktiviteter")])
def test_whatever_is_stopped_what_keeps_a_patient_safe_is_open(parts: tuple[str, ...], own: Region) -> None:
    patient, therapist = patient_of(own), own.therapist()
    base, care = own.clinic.patient_base, own.clinic.therapist_base
    own.clinic.act(lambda state, program, now: therapist_opens(state, program, now, "baslinje"))
    recall(own, *parts)
    for target in ("home", "modules", "messages", "results", "crisis", "questionnaire/mood", "exercise/somndagbok"):
        assert patient.get(f"{base}/{target}").status_code == 200, target
    assert "112" in patient.get(f"{base}/crisis").text
    assert patient.post(f"{base}/messages", {"action": "send", "text": "Jag undrar."}).status_code == 303
    night = {"entry-date": "2026-01-05", **{key: str(value) for key, value in a_night().items()}}
    own_day = patient.get(f"{base}/exercise/somndagbok").text
    night["entry-date"] = own_day.partition('name="entry-date" value="')[2][:10]
    assert patient.post(f"{base}/exercise/somndagbok", {"action": "submit", **night}).status_code == 303
    assert (
        patient.save(f"{base}/questionnaire/mood", field=next(iter(risky_answers(own))), value="0").status_code == 200
    )
    red = {"action": "submit", **risky_answers(own)}
    answered = patient.post(f"{base}/questionnaire/mood", red)
    assert answered.status_code in (303, 422)
    if answered.status_code == 422:
        pytest.fail(answered.text)
    assert any(flag.level == "red" for flag in state_of(own).flags), "flags fire"
    assert therapist.get(f"{care}/flags").status_code == 200
    for target in ("treatment", "module/fonster", "decision/somnfonster", "form/mina_mal", "exercise/bedomning"):
        page = therapist.get(f"{care}/{target}")
        assert page.status_code == 200, target
    assert therapist.post(f"{care}/exercise/bedomning", {"action": "submit", "text": "Ringde."}).status_code == 303
    assert patient.post(f"{base}/exercise/mina_mal", {"action": "save", "viktigast": "Nej"}).status_code == 422


def test_what_comes_after_a_stopped_part_waits_for_a_therapist_and_says_so(own: Region) -> None:
    """Nothing counts as done that is not, nobody is told to do what nobody can do, and a therapist lets the patient go on."""
    patient, therapist = patient_of(own), own.therapist()
    base, care = own.clinic.patient_base, own.clinic.therapist_base
    before = patient.get(f"{base}/modules").text
    assert "Gör klart ”Valkommen” först." in before
    recall(own, "mina_mal")
    page = patient.get(f"{base}/modules").text
    assert "Gör klart ”Valkommen” först." not in page
    assert "efter ”Valkommen”, där något är pausat just nu. Din behandlare kan öppna den ändå." in page
    module = patient.get(f"{base}/module/valkommen").text
    assert "din behandlare kan öppna nästa modul ändå" in module
    assert patient.post(f"{base}/module/valkommen", {"action": "submit"}).status_code == 422
    assert state_of(own).module("valkommen").submitted_at is None
    overview = therapist.get(f"{care}/treatment").text
    assert "Öppna dem för hand om patienten ska gå vidare" in overview
    assert "Väntar på något som är pausat. Du kan öppna den för hand." in overview
    assert therapist.post(f"{care}/module/baslinje", {"action": "open"}).status_code == 303
    assert patient.get(f"{base}/module/baslinje").status_code == 200
    assert "Öppna dem för hand" not in therapist.get(f"{care}/treatment").text
    lift(own)
    assert "Det finns saker kvar att göra" in patient.get(f"{base}/module/valkommen").text


def therapist_opens(state: Any, program: Any, now: Any, module: str) -> Any:
    from designtool.treatment import commands

    return commands.open_module(state, program, now, commands.Actor("b-1", "therapist"), module)


def a_night() -> dict[str, object]:
    return {key: value for key, value in treatment_samples.night(treatment_samples.C1A).items() if value is not None}


def risky_answers(made: Region) -> dict[str, str]:
    """The strongest answer to everything."""
    mood = made.clinic.service.programs.program(made.clinic.bundle.digest).questionnaire["mood"]
    return {item.id: str(item.options[-1].value) for item in mood.items}


def test_a_diary_stops_by_its_own_name_alone(own: Region) -> None:
    program = own.clinic.service.programs.program(own.clinic.bundle.digest)
    assert stopped_parts(program, ("fonster",)) == ("fonster", "lamplighet", "uppstigning", "somnfonster")
    assert "somndagbok" not in stopped_parts(program, ("all",))
    assert "bedomning" not in stopped_parts(program, ("all",)), "what a therapist writes goes on"
    assert "mood" not in stopped_parts(program, ("all", "mood"))
    assert stopped_parts(program, ("somndagbok",)) == ("somndagbok",)
    guarded = replace(program, modules=tuple(replace(one, safety=one.id == "fonster") for one in program.modules))
    everything = stopped_parts(guarded, ("all",))
    assert {"valkommen", "mina_mal"} <= set(everything)
    assert not {"fonster", "lamplighet", "somnfonster"} & set(everything), "what is marked as safety stays"
    assert "lamplighet" in stopped_parts(guarded, ("fonster",)), "but for its own name"
    assert stopped_parts(program, ("bedomning", "finns-inte")) == ("bedomning",)


def test_nobody_is_reminded_of_what_is_stopped(tmp_path: Path) -> None:
    reminders = (Reminder("module-due", 3, "En modul väntar."), Reminder("diary-morning", 1, "God morgon."))
    program = replace(of_region("region-b"), reminders=reminders)
    with region(tmp_path, program, agreements=None) as own:
        begin(own)
        own.clinic.act(lambda state, program, now: therapist_opens(state, program, now, "baslinje"))
        recall(own, "valkommen", "somndagbok")
        own.clinic.time.pass_(days=4)
        learn(own)
        own.clinic.service.treatments.tick()
        assert sent(own) == [], "also of the module where the diary is all that is left to do"
        patient = patient_of(own)
        answered = patient.post(f"{own.clinic.patient_base}/messages", {"action": "send", "text": "Hej"})
        assert answered.status_code == 303
        assert sent(own) == [], "nor by the way, when something else happens"
        lift(own)
        recall(own, "valkommen")
        own.clinic.service.treatments.tick()
        assert sorted(sent(own))[0] == "1-baslinje", "another module goes on"
        assert len(sent(own)) == 2
        lift(own)
        own.clinic.service.treatments.tick()
        assert sorted(sent(own))[:2] == ["1-baslinje", "1-valkommen"]
        assert len(sent(own)) == 3


def test_an_answer_that_raises_a_flag_is_kept_while_a_reminder_is_held_back(tmp_path: Path) -> None:
    """A flag is told by the number of its event: nothing that is held back may stand among the events before it."""
    program = replace(of_region("region-b"), reminders=(Reminder("module-due", 3, "En modul väntar."),))
    with region(tmp_path, program, agreements=None) as own:
        begin(own)
        recall(own, "valkommen")
        own.clinic.time.pass_(days=4)
        learn(own)
        # The answer is the first that happens since the reminder was due.
        patient, base = patient_of(own), own.clinic.patient_base
        field, worst = list(risky_answers(own).items())[-1]
        saved = patient.save(f"{base}/questionnaire/mood", field=field, value=worst)
        assert saved.status_code in (200, 422), saved.text
        (flag,) = (flag for flag in state_of(own).flags if flag.level == "red")
        assert flag.notified_at is not None, "the duty function is told"
        assert sent(own) == []


def sent(made: Region) -> list[str]:
    events = made.store.events(made.clinic.treatment)
    return [one.event.what.occasion for one in events if isinstance(one.event.what, Reminded)]


# What therapists and administrators see


@pytest.mark.parametrize("level", ["info", "no-new-patients", "stop-use"])
def test_those_who_care_for_patients_are_told(level: str, own: Region) -> None:
    recall(own, *(("mina_mal",) if level == "stop-use" else ()), level=level)
    therapist = own.therapist()
    mark = {
        "info": "Information om versionen",
        "no-new-patients": "Återkallad: inga nya",
        "stop-use": "Återkallad: delar stoppade",
    }
    treatment, care = own.clinic.therapist_base, f"/t/{own.clinic.treatment}/care"
    for page in (therapist.get("/patients"), therapist.get(care)):
        assert mark[level] in page.text  # type: ignore[index]
    pages = [therapist.get(path).text for path in ("/patients", care, f"{treatment}/treatment")]
    pages += [own.clinic.sign_in("ea-1").get("/unit").text, own.clinic.sign_in("pa-1").get("/administration").text]
    for page in pages:
        assert "Fel i &lt;golvet&gt;." in page
        assert "1.0.9" in page
        assert (TO_THERAPIST in page) == (level == "stop-use")
        assert SHOWN not in page
    status, waiting = own.register(7)
    assert status == (303 if level == "info" else 422)
    assert (own.why() == "recalled") == (level != "info")
    assert waiting == "" or own.start(own.decided(8)).status_code == 303
    patient = patient_of(own)
    page = patient.get(f"{own.clinic.patient_base}/home").text
    assert (SHOWN in page) == (level == "stop-use")
    assert "återkalla" not in page.lower(), "a patient reads what is written for patients"
    other = own.clinic.sign_in("b-2").get("/patients").text
    assert "Fel i &lt;golvet&gt;." not in other, "of patients of their own"


def test_a_part_that_is_not_in_the_program_is_told(own: Region) -> None:
    recall(own, "somnfonstret", "mina_mal")
    page = own.therapist().get(f"{own.clinic.therapist_base}/treatment").text
    assert "delar som inte finns i det här programmet: somnfonstret" in page
    assert "Stoppat: Mina mål." in page


def test_therapists_are_told_for_a_while_that_a_recall_has_been_lifted(own: Region) -> None:
    """What was confirmed before the pause holds again: somebody has to look whether it still should."""
    recall(own, "mina_mal")
    lift(own)
    pages = ("/patients", f"/t/{own.clinic.treatment}/care", f"{own.clinic.therapist_base}/treatment")
    for path in pages:
        page = own.therapist().get(path).text
        assert "Rättat." in page, path
        assert "som det var före pausen. Gå igenom med patienten vad som gäller nu." in page
    assert "Återkallad" not in own.therapist().get("/patients").text
    assert own.register(7)[0] == 303, "what is lifted holds nothing back"
    assert "Rättat." not in patient_of(own).get(f"{own.clinic.patient_base}/home").text
    own.clinic.time.pass_(days=400)
    for path in pages:
        assert "Rättat." not in own.therapist().get(path).text


def test_another_version_that_is_not_recalled_opens_what_is_paused_and_says_so(own: Region) -> None:
    clinic = own.clinic
    data = bytes_of(of_region("region-b", version="1.0.1"))
    newer = read_bundle(BytesIO(data)).digest
    own.federation.release("region-b/provet/1.0.1", newer, clinic.time.now)
    learn(own)
    deed = a_deed(clinic.time.now)
    import_bundle(BytesIO(data), own.store, clinic.service.policy, deed, clinic.service.trust)
    activated = clinic.sign_in("ea-1").post("/unit/activate", {"digest": newer, "sign-off": "yes"})
    assert activated.status_code == 303
    therapist, care = own.therapist(), f"/t/{clinic.treatment}/care"
    opens = "Det som är pausat för patienten öppnas igen i den nya versionen"
    assert opens not in therapist.get(care).text
    patient, base = patient_of(own), clinic.patient_base
    assert patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Sova").status_code == 200
    recall(own, "mina_mal")
    assert opens in therapist.get(care).text
    sent = {"action": "move", "digest": newer, "outcome": "untouched"}
    assert therapist.post(care, sent).status_code == 303
    page = patient.get(f"{base}/exercise/mina_mal").text
    assert SHOWN not in page
    assert 'value="Sova"' in page
    earlier = patient.get(f"{base}/earlier/1/exercise/mina_mal").text
    assert SHOWN in earlier, "the version that was left is stopped where it is read"
    assert "Sova" in earlier
    assert "Återkallad" not in therapist.get("/patients").text
    recall(own, "valkommen", name="region-b/provet/1.0.1")
    assert SHOWN in patient.get(f"{base}/module/valkommen").text


def test_where_a_diary_is_stopped_nobody_is_told_that_it_is_open(own: Region) -> None:
    recall(own, "mina_mal")
    assert "Krissidan, dagboken, meddelanden" in own.therapist().get("/patients").text
    recall(own, "mina_mal", "somndagbok")
    page = own.therapist().get("/patients").text
    assert "Krissidan, dagboken, meddelanden" not in page
    assert "Krissidan, meddelanden" in page


def test_what_therapists_fill_in_concerns_no_patient(own: Region) -> None:
    therapist, care = own.therapist(), own.clinic.therapist_base
    assert therapist.post(f"{care}/exercise/bedomning", {"action": "submit", "text": "Ringde."}).status_code == 303
    recall(own, "bedomning")
    assert SHOWN not in patient_of(own).get(f"{own.clinic.patient_base}/home").text
    page = therapist.get(f"{care}/exercise/bedomning").text
    assert TO_THERAPIST in page
    assert "Ringde." in page, "what was written stays there to be read"
    refused = therapist.post(f"{care}/exercise/bedomning", {"action": "submit", "text": "Ringde <igen>."})
    assert (refused.status_code, "Ringde &lt;igen&gt;." in refused.text) == (422, True)
    form = therapist.get(f"{care}/form/bedomning").text
    assert TO_THERAPIST in form
    assert "Fyll i" not in form.partition("<main")[2]


def test_what_was_written_in_a_stopped_module_is_one_step_away(own: Region) -> None:
    patient, base = patient_of(own), own.clinic.patient_base
    assert patient.post(f"{base}/questionnaire/mood", {"action": "submit", **risky_answers(own)}).status_code == 303
    goals = {"action": "submit", "viktigast": "Sova", "har_plan": "false"}
    assert patient.post(f"{base}/exercise/mina_mal", goals).status_code == 303
    assert patient.post(f"{base}/module/valkommen", {"action": "submit"}).status_code == 303
    recall(own, "valkommen")
    page = patient.get(f"{base}/module/valkommen").text
    assert f'href="{base}/exercise/mina_mal"' in page
    assert "Du har skickat modulen." in page


def test_two_recalls_of_one_release_both_count(own: Region) -> None:
    """Somebody with a safety officer's key and the online key drops the first: it counts on."""
    recall(own, "mina_mal")
    store = own.federation.store
    from test_recall_attacks import restamp

    def other(signed: Any) -> None:
        signed.version += 1
        target = signed.targets[f"recall/{CLINIC_NAME}"]
        target.custom["parts"], target.custom["number"] = ["valkommen"], 2

    version = max(store.versions("recall"))
    data = federations.forged(store, "recall", other, [SAFETY], version)
    store.files[f"{version + 1}.recall.json"] = data
    restamp(store, version + 1)
    take_over(store, own.trust, own.clinic.time.now)
    standing = own.clinic.service.recalls.about(own.clinic.bundle.digest)
    assert set(standing.patient_texts) == {"mina_mal", "valkommen"}
    assert standing.patient_texts["mina_mal"] == TO_PATIENT, "the same text once"


def test_the_administrator_sees_what_nobody_can_read(own: Region) -> None:
    from test_recall_attacks import restamp

    recall(own, "mina_mal")
    store = own.federation.store

    def other(signed: Any) -> None:
        signed.version += 1
        signed.targets["recall/region-b/provet"] = signed.targets.pop(f"recall/{CLINIC_NAME}")

    version = max(store.versions("recall"))
    store.files[f"{version + 1}.recall.json"] = federations.forged(store, "recall", other, [SAFETY], version)
    restamp(store, version + 1)
    take_over(store, own.trust, own.clinic.time.now)
    page = own.clinic.sign_in("ea-1").get("/unit").text
    assert "något som inte går att läsa: recall/region-b/provet" in page
    assert own.why() == "recalled", "by what was seen before, not by what nobody can read"
    assert SHOWN in patient_of(own).get(f"{own.clinic.patient_base}/exercise/mina_mal").text, "what was seen counts on"


# Time, damage, and overlays


def test_metadata_that_has_expired_stops_no_patient_and_lets_nothing_begin(own: Region) -> None:
    recall(own, "mina_mal", level="stop-use")
    own.clinic.time.pass_(days=400)
    assert own.clinic.service.permits.permission(own.clinic.bundle.digest).code == "recalled"
    patient, base = patient_of(own), own.clinic.patient_base
    for target in ("home", "modules", "exercise/somndagbok", "questionnaire/mood", "crisis", "messages"):
        assert patient.get(f"{base}/{target}").status_code == 200
    assert SHOWN in patient.get(f"{base}/exercise/mina_mal").text, "a recall holds on"
    assert patient.post(f"{base}/messages", {"action": "send", "text": "Hej"}).status_code == 303


def test_without_any_recall_expired_metadata_is_said_loudly(own: Region) -> None:
    own.clinic.time.pass_(days=30)
    assert own.why() == "metadata-expired"
    page = own.clinic.sign_in("ea-1").get("/unit").text
    assert "har gått ut" in page
    patient, base = patient_of(own), own.clinic.patient_base
    assert patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Sova").status_code == 200
    assert own.register(7)[0] == 422
    again = bytes_of(of_region("region-b", version="1.0.1"))
    with pytest.raises(Exception, match="metadata-expired"):
        import_bundle(
            BytesIO(again), own.store, own.clinic.service.policy, a_deed(own.clinic.time.now), own.clinic.service.trust
        )


def bytes_of(program: Program) -> bytes:
    return runtime_samples.bundle_bytes(program)


@pytest.mark.parametrize("name", ["seen.json", "client/recall.json", "client/targets.json"])
@pytest.mark.parametrize("data", [b"", b"\x00\xff", b'{"signed": []}', None])
def test_a_damaged_trust_folder_takes_no_page_down(name: str, data: bytes | None, own: Region) -> None:
    recall(own, "mina_mal")
    assert own.why() == "recalled"
    file, service = own.trust / name, own.clinic.service
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    for recalls in (service.recalls, Recalls(service.programs, service.trust)):
        standing = recalls.about(own.clinic.bundle.digest)
        assert set(standing.patient_texts) == {"mina_mal"}, "also after a restart"
    patient, base = patient_of(own), own.clinic.patient_base
    assert SHOWN in patient.get(f"{base}/exercise/mina_mal").text
    assert patient.get(f"{base}/home").status_code == 200
    assert own.register(7)[0] == 422
    if data is not None or name != "seen.json":
        known = Recalls(service.programs, service.trust)
        known.about(own.clinic.bundle.digest)
        assert own.clinic.sign_in("ea-1").get("/unit").status_code == 200


def test_all_files_damaged_lets_nothing_begin_and_no_patient_waits(own: Region) -> None:
    assert own.why() == ""
    for file in (own.trust / "seen.json", own.trust / "client" / "recall.json", own.trust / "client" / "targets.json"):
        file.write_bytes(b"{")
    assert own.why() == "trust-damaged"
    assert own.register(7)[0] == 422
    assert "Mappen med förtroende är skadad" in own.clinic.sign_in("ea-1").get("/unit").text
    patient, base = patient_of(own), own.clinic.patient_base
    assert patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Sova").status_code == 200


def test_the_trust_folder_is_read_only_when_it_changes(own: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    from designtool.share.recalls import listing as shared

    recall(own, "mina_mal")
    known = own.clinic.service.recalls
    known.about(own.clinic.bundle.digest)
    read = []
    real = shared.remembered_recalls
    monkeypatch.setattr(shared, "remembered_recalls", lambda *places: read.append(places) or real(*places))
    for _ in range(5):
        known.about(own.clinic.bundle.digest)
    assert read == []
    lift(own)
    assert known.about(own.clinic.bundle.digest).notices == ()
    assert len(read) == 1


def test_what_nobody_foresees_in_a_file_takes_no_page_down(own: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    from designtool.share.recalls import listing as shared

    recall(own, "mina_mal")
    patient, base = patient_of(own), own.clinic.patient_base
    assert SHOWN in patient.get(f"{base}/exercise/mina_mal").text

    def fault(*places: object) -> None:
        raise RuntimeError("nobody has thought of this")

    monkeypatch.setattr(shared, "remembered_recalls", fault)
    (own.trust / "seen.json").touch()
    assert SHOWN in patient.get(f"{base}/exercise/mina_mal").text, "what was known counts"
    assert own.clinic.service.recalls.problem() is not None


def test_a_recall_stops_an_overlay_over_the_release_too(tmp_path: Path) -> None:
    base = of_region("region-a")
    digest = read_bundle(BytesIO(bytes_of(base))).digest
    below = DerivedFrom("provet", "1.0.0", digest)
    overlay = replace(of_region("region-b"), id="provet-hos-oss", overlay_of=below)
    with region(tmp_path, overlay, agreements=None) as own:
        own.federation.release("region-a/provet/1.0.0", digest, NOW)
        own.federation.release("region-b/provet-hos-oss/1.0.0", own.clinic.bundle.digest, NOW)
        learn(own)
        recall(own, "mina_mal", name="region-a/provet/1.0.0")
        assert own.why() == "recalled"
        standing = own.clinic.service.recalls.about(own.clinic.bundle.digest)
        assert set(standing.patient_texts) == {"mina_mal"}
        told = " ".join(line.sv for line in standing.notices[0].lines)
        assert "Provet 1.0.0 bygger på provet 1.0.0." in told
        lift_of_a(own)
        assert own.clinic.service.recalls.about(own.clinic.bundle.digest).notices == ()


def lift_of_a(made: Region) -> None:
    store, name = made.federation.store, release_name("region-a/provet/1.0.0")
    keys = (SAFETY.public, federations.CLINICAL.public)
    document = lift_for(store, name, "Rättat.", date(2026, 11, 23))
    for one in (SAFETY, federations.CLINICAL):
        document = sign_lift(document, one.signer, one.public, keys)
    made.federation.adopt(draft_lift(store, document, made.clinic.time.now), SAFETY)
    learn(made)


def test_a_recall_by_name_meets_an_overlay_whose_base_is_not_here(tmp_path: Path) -> None:
    """The bundle that was recalled has another digest than the overlay names: the name and version are enough."""
    below = DerivedFrom("prov", "1.0.0", "sha256:" + "77" * 32)
    overlay = replace(of_region("region-b"), overlay_of=below)
    with region(tmp_path, overlay, agreements=None) as own:
        recall(own, level="no-new-patients", name="region-a/prov/1.0.0")
        assert own.why() == "recalled"


# The sleep program: the window is stopped, the diary is not


@pytest.fixture(scope="module")
def sleep() -> tuple[Program, bytes]:
    def report(fault: Exception) -> None:
        raise fault

    studio = Studio(ROOT, None, lambda: date(2026, 11, 22), report)
    studio.refresh()
    found = studio.program("somnbehandlingen")
    assert found is not None
    program = replace(found, publisher=replace(found.publisher, region="region-b"))
    content = make_bundle(program, encode_program(program), studio.tree, lambda path: open_media(ROOT, path))
    archive = BytesIO()
    write_archive(archive, layout_of_content(content))
    return program, archive.getvalue()


@pytest.fixture
def sleeper(sleep: tuple[Program, bytes], tmp_path: Path) -> Iterator[Region]:
    """A patient whose window has been proposed and confirmed."""
    program, content = sleep
    with region(tmp_path, program, content, agreements=None) as made:
        journey = next(one for one in program.journeys if one.id == "natt-for-natt")
        digest = made.clinic.bundle.digest
        day = next(
            day
            for day in range(1, 60)
            if play(program, digest, journey.steps, day, first_day=FIRST_DAY).state.decision("somnfonster").confirmed
        )
        played = play(program, digest, journey.steps, day, first_day=FIRST_DAY)
        made.clinic.time.now = max(played.now, made.clinic.time.now)
        learn(made)
        assert made.activate().status_code == 303
        patient = made.clinic.patient
        made.clinic.treatment = "sover"
        treatment = Treatment("sover", first_people.UNIT.id, digest, patient.id, frozenset({"b-1"}), len(played.events))
        made.store.add_treatment(treatment, played.events, a_deed(), patient)
        yield made


def test_the_sleep_window_is_paused_and_the_diary_goes_on(sleeper: Region) -> None:
    patient, therapist = patient_of(sleeper), sleeper.therapist()
    base, care = sleeper.clinic.patient_base, sleeper.clinic.therapist_base
    name = "region-b/somnbehandlingen/1.0.0"
    home = patient.get(f"{base}/home").text
    assert "Gå upp klockan" in patient.get(f"{base}/page/ditt-somnfonster/ditt-fonster").text
    assert "Det här gäller för dig" in home, "the window stands on the start page"
    before = state_of(sleeper)
    figure = home.partition('<p class="figure">')[2].partition("</p>")[0]
    assert figure
    recall(sleeper, "somnfonster", name=name)
    home = patient.get(f"{base}/home").text
    assert SHOWN in home
    assert "Det här gäller för dig" not in home
    assert figure not in home
    page = patient.get(f"{base}/exercise/somnfonster").text
    assert SHOWN in page
    assert figure not in page
    page = patient.get(f"{base}/page/ditt-somnfonster/ditt-fonster").text
    assert SHOWN in page, "also where a page shows the window"
    assert "Gå upp klockan" not in page, "nor what a page makes of it"
    assert figure not in page
    page = patient.get(f"{base}/page/ditt-somnfonster/varfor-kortare-tid").text
    assert SHOWN not in page, "all else of the module is there to read"
    diary = patient.get(f"{base}/exercise/somndagbok").text
    assert SHOWN not in diary
    dated = diary.partition('name="entry-date" value="')[2][:10]
    saved = patient.save(f"{base}/exercise/somndagbok", field="bed", value="22.30", entry_date=dated)
    assert saved.status_code == 200, saved.text
    overview = therapist.get(f"{care}/treatment").text
    assert TO_THERAPIST in overview
    decision = therapist.get(f"{care}/decision/somnfonster").text
    assert TO_THERAPIST in decision
    assert 'value="confirm"' not in decision
    assert 'value="sign"' not in decision
    for action in ("confirm", "sign"):
        answered = therapist.post(
            f"{care}/decision/somnfonster", {"action": action, "text": "Ja <tack>", "proposed": "330"}
        )
        assert (answered.status_code, "går inte att göra här" in answered.text) == (422, True)
        assert "Ja &lt;tack&gt;" in answered.text
    after = state_of(sleeper)
    assert after.decision("somnfonster").confirmed == before.decision("somnfonster").confirmed
    lift(sleeper, name)
    assert figure in patient.get(f"{base}/home").text, "all goes on"
    assert "Gå upp klockan" in patient.get(f"{base}/page/ditt-somnfonster/ditt-fonster").text
    recall(sleeper, "somnfonster", name=name)
    stopped = patient.post(f"{base}/exercise/somnfonster", {"action": "stop"})
    assert stopped.status_code == 303, "to stop is always possible"
    assert state_of(sleeper).decision("somnfonster").stopped_at is not None


def test_of_a_decision_that_is_stopped_time_brings_nothing(sleep: tuple[Program, bytes]) -> None:
    """No proposal, none that runs out, and no flag that somebody is late: nobody could answer it. Then it all goes on."""
    program, digest = sleep[0], "sha256:" + "ab" * 32
    journey = next(one for one in program.journeys if one.id == "natt-for-natt")
    played = next(
        found
        for day in range(1, 60)
        if (found := play(program, digest, journey.steps, day, first_day=FIRST_DAY))
        .state.decision("somnfonster")
        .proposal
    )
    programs, paused = {digest: program}, replace(played.state, paused=frozenset({"somnfonster"}))
    for days in (3, 30):
        later = played.now + timedelta(days=days)
        brought = [one.what for one in clock_events(played.state, programs, later)]
        held = [one.what for one in clock_events(paused, programs, later)]
        about = [one for one in brought if getattr(one, "decision", getattr(one, "form", "")) == "somnfonster"]
        assert about, "without the pause something comes of it"
        assert [one for one in brought if one not in held] == about
        assert [one for one in held if one not in brought] == []
    later = played.now + timedelta(days=3)
    assert situation(played.state, programs, later).decisions["somnfonster"].status == "overdue"
    assert situation(paused, programs, later).decisions["somnfonster"].status == "proposed"


def test_what_is_proposed_and_stopped_waits_for_nobody(sleeper: Region) -> None:
    """In the list of patients, where somebody would look for a decision that cannot be made."""
    clinic = sleeper.clinic
    known = sleeper.store.treatment(clinic.treatment)
    assert known is not None
    state, now = clinic.service.treatments.current(known)
    proposal = Proposal(Fraction(345), None, 5, Text("", ""), now)
    waiting = replace(
        state, decisions={**state.decisions, "somnfonster": replace(state.decision("somnfonster"), proposal=proposal)}
    )
    before = row_of(clinic.service, known, waiting, now).to_answer
    recall(sleeper, "somnfonster", name="region-b/somnbehandlingen/1.0.0")
    assert row_of(clinic.service, known, waiting, now).to_answer == before - 1


def test_a_proposal_of_what_is_stopped_is_not_offered(sleeper: Region) -> None:
    """A week passes with the diary filled in: the rule proposes, and nobody is asked to confirm it until the recall is lifted."""
    name = "region-b/somnbehandlingen/1.0.0"
    recall(sleeper, "all", name=name)
    therapist, care = sleeper.therapist(), sleeper.clinic.therapist_base
    sleeper.clinic.time.pass_(days=8)
    learn(sleeper)
    therapist = sleeper.therapist()
    page = therapist.get(f"{care}/decision/somnfonster").text
    assert TO_THERAPIST in page
    assert 'value="confirm"' not in page
    assert therapist.get(f"{care}/treatment").status_code == 200
    patient, base = patient_of(sleeper), sleeper.clinic.patient_base
    for target in ("home", "modules", "results", "exercise/somndagbok", "questionnaire/phq9", "crisis"):
        assert patient.get(f"{base}/{target}").status_code == 200
