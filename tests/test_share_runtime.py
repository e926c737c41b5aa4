"""A runtime whose metadata runs out: nothing new begins, and nobody who is in treatment notices."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import runtime_samples
from federations import FOUNDERS, Federation, founded, person
from runtime_samples import HOST, Clinic, bundle_bytes, clinic

from designtool.bundle import read_bundle
from designtool.runtime.app import Settings, app_of, create_service
from designtool.runtime.importing import Policy
from designtool.runtime.trusting import Trust
from designtool.share.federation import publication, trust
from designtool.share.federation.copying import take_over
from designtool.share.federation.release import release_of_bundle
from designtool.share.recalls import listing

ANNA = person("Anna Ek", "publisher", "vgr")
BO = person("Bo Alm", "clinical", "vgr")
REGISTRATION = {
    "name": "Ny Patient",
    "identity": "19900101-2385",
    "entry": "self-referral",
    "responsible": "b-1",
    "therapist": ["b-2"],
}
GOALS = "exercise/mina_mal"


@dataclass
class Shared:
    clinic: Clinic
    federation: Federation
    trust: Path

    def fresh_metadata(self) -> None:
        self.federation.stamp(self.clinic.time.now)
        take_over(self.federation.store, self.trust, self.clinic.time.now)


@contextmanager
def shared(folder: Path) -> Iterator[Shared]:
    """A clinic with a signed program, its patient in treatment."""

    trust_folder = folder / "trust"
    federation = founded(runtime_samples.NOW)
    (draft,) = publication.draft_region(federation.store, "vgr", [ANNA.public, BO.public], runtime_samples.NOW)
    federation.adopt(draft, *FOUNDERS[:2])
    release = release_of_bundle(read_bundle(io.BytesIO(bundle_bytes())))
    federation.adopt(publication.draft_release(federation.store, release, runtime_samples.NOW), ANNA, BO)
    federation.stamp(runtime_samples.NOW)
    federation.trust_folder(trust_folder)
    take_over(federation.store, trust_folder, runtime_samples.NOW)
    with clinic(folder / "data", policy=Policy.SIGNED, movable_clock=False, trust=trust_folder, region="vgr") as made:
        assert release.digest == made.bundle.digest
        yield Shared(made, federation, trust_folder)


def test_new_treatments_stop_and_those_under_way_go_on(tmp_path: Path) -> None:
    with shared(tmp_path) as all_of_it:
        made = all_of_it.clinic
        registration = {**REGISTRATION, "program": made.bundle.digest}
        assert made.sign_in("pa-1").post("/administration/register", registration).status_code == 303
        waiting = next(one for one in made.service.store.treatments() if one.id != made.treatment)
        care = f"/t/{waiting.id}/care"
        for sent in ({"action": "assess", "text": "Lindrig"}, {"action": "decide", "accepted": "yes", "text": "Ja"}):
            assert made.sign_in("b-2").post(care, sent).status_code == 303

        made.time.pass_(days=8)
        started = made.sign_in("b-2").post(care, {"action": "start"})
        assert started.status_code == 422
        assert "har gått ut" in started.text
        assert "Pågående behandlingar fortsätter" in started.text
        another = {**registration, "name": "En Till", "identity": "19900101-2393"}
        refused = made.sign_in("pa-1").post("/administration/register", another)
        assert refused.status_code == 422
        assert "får inte startas för nya patienter" in refused.text
        told = made.sign_in("ea-1").get("/unit")
        assert told.status_code == 200
        assert "har gått ut" in told.text
        activated = made.sign_in("ea-1").post("/unit/activate", {"digest": made.bundle.digest, "sign-off": "yes"})
        assert activated.status_code == 422

        patient = made.sign_in(made.patient.id)
        assert patient.get(f"{made.patient_base}/home").status_code == 200
        saved = patient.save(f"{made.patient_base}/{GOALS}", field="viktigast", value="Sova", revision=None)
        assert saved.status_code == 200, saved.text
        ended = made.sign_in("b-1").post(f"/t/{made.treatment}/care", {"action": "end", "text": "Klar"})
        assert ended.status_code == 303

        all_of_it.fresh_metadata()
        assert "har gått ut" not in made.sign_in("ea-1").get("/unit").text
        assert made.sign_in("b-2").post(care, {"action": "start"}).status_code == 303
        assert made.sign_in("pa-1").post("/administration/register", another).status_code == 303


def test_a_trust_folder_that_is_gone_or_put_back_stops_what_is_new(tmp_path: Path) -> None:

    with shared(tmp_path) as all_of_it:
        made = all_of_it.clinic
        digest = made.bundle.digest
        assert made.service.why_not_begin(digest) is None
        shutil.copytree(all_of_it.trust, tmp_path / "backup", symlinks=True)
        made.time.pass_(days=1)
        all_of_it.fresh_metadata()
        assert made.service.why_not_begin(digest) is None
        shutil.rmtree(all_of_it.trust)
        why = made.service.why_not_begin(digest)
        assert why is not None
        assert "ingen mapp med förtroende" in why.sv
        shutil.copytree(tmp_path / "backup", all_of_it.trust, symlinks=True)
        why = made.service.why_not_begin(digest)
        assert why is not None
        assert "säkerhetskopia" in why.sv
        all_of_it.fresh_metadata()
        assert made.service.why_not_begin(digest) is None


def test_no_patient_waits_for_what_the_federation_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after a start too: what is recalled has been read by then, and nobody's signature is verified for a page."""
    with shared(tmp_path) as all_of_it:
        before = all_of_it.clinic
        settings = Settings(
            tmp_path / "data",
            frozenset({HOST}),
            policy=Policy.SIGNED,
            real=before.time,
            trust=all_of_it.trust,
            region="vgr",
        )
        service = create_service(settings)
        made = replace(before, service=service, app=app_of(service, frozenset({HOST})))
        asked = []
        monkeypatch.setattr(listing, "remembered_recalls", lambda *_: asked.append("recalls"))
        monkeypatch.setattr(Trust, "judge", lambda *_: asked.append("judge"))
        monkeypatch.setattr(trust, "refresh", lambda *_: asked.append("refresh"))
        patient = made.sign_in(made.patient.id)
        assert patient.get(f"{made.patient_base}/home").status_code == 200
        saved = patient.save(f"{made.patient_base}/{GOALS}", field="viktigast", value="Sova", revision=None)
        assert (saved.status_code, asked) == (200, [])
        service.store.close()


def test_a_runtime_that_trusts_nobody_begins_nothing(tmp_path: Path) -> None:
    with clinic(tmp_path) as made:
        digest = made.bundle.digest
        assert made.service.why_not_begin(digest) is None
    service = create_service(Settings(tmp_path, frozenset(), policy=Policy.SIGNED))
    try:
        why = service.why_not_begin(digest)
    finally:
        service.store.close()
    assert why is not None
    assert "inte underskrivet" in why.sv
