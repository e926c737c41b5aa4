"""Another region's program in the runtime: it begins under an agreement in force and not otherwise, and what is under way goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import federations
import pytest
import runtime_samples
from click.testing import CliRunner
from federations import CLINICAL_B, PUBLISHER, PUBLISHER_B, Federation
from runtime_samples import HOST, Clinic, Person, Time, a_deed, bundle_bytes, sample_program

from designtool.bundle import read_bundle
from designtool.cli import group, run
from designtool.model.program import DerivedFrom, Program
from designtool.runtime import first_people
from designtool.runtime.app import Settings, app_of, create_service
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.permitting import REASONS, NotPermitted
from designtool.runtime.store import AgreementUse, Store, UsesSpent
from designtool.share.agreements.folder import write_agreement, write_end
from designtool.share.agreements.terms import (
    Agreement,
    SignedAgreement,
    countersign,
    end,
    propose,
    read_agreement,
    read_end,
)
from designtool.share.federation import publication
from designtool.share.federation.roles import release_name
from designtool.share.federation.trust import mirror_of
from designtool.share.recalls.listing import Recall, draft_recall
from designtool.treatment.days import local_date

NOW = runtime_samples.NOW
TODAY = local_date(NOW)
KEYS = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B)}
TERMS = Agreement(
    "region-a",
    "region-b",
    ("provet",),
    ">=1.0 <2.0",
    TODAY,
    TODAY + timedelta(days=30),
    None,
    "avtal@a.example",
)


def of_region(region: str = "region-a", **changes: Any) -> Program:
    program = sample_program(**changes)
    return replace(program, publisher=replace(program.publisher, region=region))


@dataclass
class Region:
    """A runtime of a region, with the federation's metadata, and its folder of agreements."""

    clinic: Clinic
    federation: Federation
    trust: Path
    agreements: Path

    @property
    def store(self) -> Store:
        return self.clinic.service.store

    def pass_days(self, days: int) -> None:
        """The federation stamps its metadata meanwhile."""
        self.clinic.time.pass_(days=days)
        self.stamp()

    def stamp(self) -> None:
        self.federation.stamp(self.clinic.time.now)
        copy_metadata(self.federation, self.trust)

    def agree(self, terms: Agreement = TERMS) -> SignedAgreement:
        proposed = read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a")
        both = countersign(proposed, PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, min(TODAY, terms.last_day))
        signed = read_agreement(both, "a")
        write_agreement(self.agreements, signed)
        return signed

    def end(self, agreement: SignedAgreement, from_day: date) -> Path:
        return write_end(self.agreements, read_end(end(agreement, from_day, PUBLISHER.signer, PUBLISHER.public), "e"))

    def activate(self) -> Any:
        sent = {"digest": self.clinic.bundle.digest, "sign-off": "yes"}
        return self.clinic.sign_in("ea-1").post("/unit/activate", sent)

    def register(self, number: int) -> tuple[int, str]:
        """Status, and the new treatment when there is one."""
        patient = first_people.new_patient(number)
        sent = {
            "name": patient.name,
            "identity": patient.identity,
            "entry": "referral",
            "program": self.clinic.bundle.digest,
            "responsible": "b-1",
        }
        answered = self.clinic.sign_in("pa-1").post("/administration/register", sent)
        return answered.status_code, answered.headers.get("location", "").removeprefix("/administration/")

    def decided(self, number: int) -> str:
        """A treatment that waits to start."""
        status, treatment = self.register(number)
        assert status == 303
        therapist = self.therapist()
        for sent in ({"action": "assess", "text": "Bedömd."}, {"action": "decide", "accepted": "yes", "text": "Ja."}):
            assert therapist.post(f"/t/{treatment}/care", sent).status_code == 303
        return treatment

    def start(self, treatment: str) -> Any:
        return self.therapist().post(f"/t/{treatment}/care", {"action": "start"})

    def therapist(self) -> Person:
        return self.clinic.sign_in("b-1")

    def phase(self, treatment: str) -> str:
        known = self.store.treatment(treatment)
        assert known is not None
        return self.clinic.service.treatments.state(known).phase

    def why(self) -> str:
        return self.clinic.service.permits.permission(self.clinic.bundle.digest).code


def copy_metadata(federation: Federation, trust: Path) -> None:
    mirror = mirror_of(trust)
    for name, data in federation.store.files.items():
        mirror.put(name, data, mirror.get(name, 10_000_000))


@contextmanager
def region(
    folder: Path, program: Program | None = None, content: bytes | None = None, **settings: Any
) -> Iterator[Region]:
    program = program or of_region()
    content = content or bundle_bytes(program)
    digest = read_bundle(BytesIO(content)).digest
    federation = federations.founded(NOW)
    federation.release(f"{program.publisher.region}/{program.id}/{program.version}", digest, NOW)
    trust, agreements, time = federation.trust_folder(folder / "trust"), folder / "agreements", Time()
    agreements.mkdir()
    copy_metadata(federation, trust)
    chosen: dict[str, Any] = {"trust": trust, "region": "region-b", "agreements": agreements, "real": time, **settings}
    service = create_service(Settings(folder / "data", frozenset({HOST}), **chosen))
    service.sign_ins.most = 1_000_000
    try:
        bundle = import_bundle(BytesIO(content), service.store, service.policy, a_deed(), service.trust)
        first_people.add_unit(service)
        clinic = Clinic(service, app_of(service, frozenset({HOST})), time, bundle, first_people.new_patient(0), "")
        yield Region(clinic, federation, trust, agreements)
    finally:
        service.store.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path) as made:
        yield made


def test_under_an_agreement_in_force_a_program_begins(own: Region) -> None:
    signed = own.agree(replace(TERMS, uses=5))
    assert own.activate().status_code == 303
    treatment = own.decided(1)
    assert own.store.agreement_uses() == {}, "what has not started is not counted"
    assert own.start(treatment).status_code == 303
    assert own.phase(treatment) == "under-way"
    assert own.store.agreement_uses() == {signed.digest: 1}
    page = own.clinic.sign_in("ea-1").get("/unit").text
    assert "region-a → region-b: provet &gt;=1.0 &lt;2.0" in page
    assert "Startade behandlingar här: 1." in page
    assert "(gäller)" in page


def test_without_an_agreement_nothing_is_activated(own: Region) -> None:
    answered = own.activate()
    assert answered.status_code == 422
    assert "region-b har inget avtal med region-a om provet" in answered.text
    assert own.store.activations("enheten") == ()
    (line,) = (one for one in own.store.audit_lines("enheten") if one.action == "refused-activate")
    assert (line.user, line.about) == ("ea-1", "agreement-missing")
    assert not any(one.action == "activate" for one in own.store.audit_lines("enheten"))
    own.agree()
    assert own.activate().status_code == 303, "the same with an agreement"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(TERMS, first_day=TODAY + timedelta(days=1)), "agreement-not-yet"),
        (replace(TERMS, first_day=TODAY - timedelta(days=9), last_day=TODAY - timedelta(days=1)), "agreement-expired"),
        (replace(TERMS, versions=">=2.0"), "agreement-version"),
        (replace(TERMS, versions="<1.0"), "agreement-version"),
        (replace(TERMS, programs=("annat", "provet-egen")), "agreement-missing"),
        (replace(TERMS, giver="region-b", taker="region-a"), "agreement-missing"),
    ],
)
def test_an_agreement_on_something_else_is_none(terms: Agreement, code: str, own: Region) -> None:
    if terms.giver == "region-b":
        one = read_agreement(propose(terms, PUBLISHER_B.signer, PUBLISHER_B.public), "a")
        envelope = countersign(one, PUBLISHER.signer, PUBLISHER.public, KEYS, TODAY)
        write_agreement(own.agreements, read_agreement(envelope, "a"))
    else:
        own.agree(terms)
    assert own.activate().status_code == 422
    assert own.why() == code
    assert own.store.activations("enheten") == ()


def test_one_region_alone_agrees_to_nothing(own: Region) -> None:
    for by in (PUBLISHER, PUBLISHER_B, CLINICAL_B):
        terms = replace(TERMS, contact=by.public.holder)
        write_agreement(own.agreements, read_agreement(propose(terms, by.signer, by.public), "a"))
    assert own.activate().status_code == 422
    assert own.why() == "agreement-proposed"


def test_the_end_stops_what_is_new_and_nothing_that_is_under_way(own: Region) -> None:
    signed = own.agree()
    own.activate()
    under_way, waiting = own.decided(1), own.decided(2)
    assert own.start(under_way).status_code == 303
    ended = own.end(signed, TODAY + timedelta(days=2))
    own.pass_days(1)
    assert own.why() == "", "until the day that was said"
    own.pass_days(1)
    assert own.why() == "agreement-ended"
    stopped = own.start(waiting)
    assert (stopped.status_code, own.phase(waiting)) == (422, "decision")
    assert "är avslutat" in stopped.text
    shown = own.therapist().get(f"/t/{waiting}/care").text
    assert "är avslutat" in shown
    assert 'value="start"' not in shown
    assert own.register(3)[0] == 422
    assert "är avslutat" in own.clinic.sign_in("ea-1").get("/unit").text
    refused = [one for one in own.store.audit_lines("enheten") if one.action == "refused-start"]
    assert [(one.about, one.treatment) for one in refused] == [("agreement-ended", waiting)]
    # Under way: the patient reads and writes, the therapist answers, and time brings what it brings.
    known = own.store.treatment(under_way)
    assert known is not None
    patient = own.clinic.sign_in(known.patient)
    base = f"/t/{under_way}/patient"
    assert patient.get(f"{base}/home").status_code == 200
    saved = patient.save(f"{base}/exercise/mina_mal", field="viktigast", value="Sova")
    assert saved.status_code == 200, saved.text
    own.pass_days(10)
    patient = own.clinic.sign_in(known.patient)
    assert patient.get(f"{base}/modules").status_code == 200
    assert own.therapist().get(f"/t/{under_way}/therapist/treatment").status_code == 200
    assert own.phase(under_way) == "under-way"
    # The end was seen: without its file it holds all the same, and for a runtime that starts anew.
    ended.unlink()
    assert own.why() == "agreement-ended"
    assert list(own.store.remember_agreement_ends({})) == [signed.digest]
    # A new agreement begins anew.
    own.agree(replace(TERMS, contact="nytt@a.example"))
    assert own.start(waiting).status_code == 303


def test_an_agreement_that_has_run_out_stops_a_start(own: Region) -> None:
    own.agree()
    own.activate()
    waiting = own.decided(1)
    own.pass_days(30)
    assert own.why() == ""
    own.pass_days(1)
    assert own.start(waiting).status_code == 422
    assert own.why() == "agreement-expired"


def test_uses_are_counted_from_treatments_started(own: Region) -> None:
    first = own.agree(replace(TERMS, uses=2))
    own.activate()
    treatments = [own.decided(number) for number in range(1, 5)]
    assert [own.start(one).status_code for one in treatments[:3]] == [303, 303, 422]
    assert (own.why(), own.phase(treatments[2])) == ("agreement-used-up", "decision")
    assert own.register(9)[0] == 422
    second = own.agree(replace(TERMS, uses=1, contact="fler@a.example"))
    assert own.start(treatments[2]).status_code == 303
    assert own.start(treatments[3]).status_code == 422
    assert own.store.agreement_uses() == {first.digest: 2, second.digest: 1}
    # Starting again what has started is refused, and uses nothing up.
    own.agree(replace(TERMS, contact="alla@a.example"))
    before = own.store.agreement_uses()
    assert own.start(treatments[0]).status_code == 422
    assert own.store.agreement_uses() == before


def test_of_two_who_take_the_last_use_at_once_one_is_told(own: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    own.agree(replace(TERMS, uses=1))
    own.activate()
    treatments = [own.decided(1), own.decided(2)]
    # Both looked before either had started.
    monkeypatch.setattr(Store, "agreement_uses", lambda self: {})
    assert own.start(treatments[0]).status_code == 303
    late = own.start(treatments[1])
    assert (late.status_code, "Någon annan hann" in late.text) == (422, True)
    assert own.phase(treatments[1]) == "decision"
    count = own.store.treatment(treatments[1])
    assert count is not None
    with pytest.raises(UsesSpent):
        own.store.append(treatments[1], count.count, (), None, "", (AgreementUse(own_digest(own), 1),))


def own_digest(own: Region) -> str:
    overview = own.clinic.service.permits.overview(NOW)
    assert overview is not None
    return overview.standings[0].digest


def test_what_is_begun_besides_the_web_asks_too(own: Region) -> None:
    patient = first_people.new_patient(0)
    with pytest.raises(NotPermitted) as refused:
        first_people.start_patient(own.clinic.service, own.clinic.bundle, patient)
    assert refused.value.permission.code == "agreement-missing"
    with pytest.raises(NotPermitted):
        first_people.activate_at_unit(own.clinic.service, own.clinic.bundle)
    assert (own.store.treatments(), own.store.activations("enheten")) == ((), ())
    signed = own.agree(replace(TERMS, uses=1))
    first_people.start_patient(own.clinic.service, own.clinic.bundle, patient)
    assert own.store.agreement_uses() == {signed.digest: 1}
    with pytest.raises(NotPermitted):
        first_people.start_patient(own.clinic.service, own.clinic.bundle, first_people.new_patient(1))


def test_run_serves_and_warns_where_nothing_may_begin(own: Region, capsys: pytest.CaptureFixture[str]) -> None:
    path = own.store.bundle_path(own.clinic.bundle.digest)
    run._prepare(own.clinic.service, (path,), "sv")
    assert "varning: region-b har inget avtal med region-a" in capsys.readouterr().err
    assert (own.store.treatments(), own.store.activations("enheten")) == ((), ())
    own.agree()
    run._prepare(own.clinic.service, (path,), "sv")
    assert capsys.readouterr().err == ""
    assert len(own.store.activations("enheten")) == 1


def test_a_key_that_the_federation_has_exchanged_signs_no_more(own: Region) -> None:
    own.agree()
    assert own.why() == ""
    new = federations.person("Ada Ny", "publisher", "region-b")
    draft = publication.draft_key_change(own.federation.store, "region-b", PUBLISHER_B.public.key_id, new.public, NOW)
    for one in draft:
        own.federation.adopt(one, *federations.FOUNDERS[:2])
    own.stamp()
    assert own.why() == "agreement-proposed"


def test_files_that_nobody_has_signed_so_count_for_nothing_and_are_shown(own: Region) -> None:
    signed = own.agree()
    good = next(own.agreements.iterdir())
    (own.agreements / "ond.agreement.json").write_bytes(good.read_bytes()[:-5])
    forged = replace(TERMS, uses=None, programs=("annat",))
    other = read_agreement(propose(forged, PUBLISHER.signer, PUBLISHER.public), "a")
    moved = replace(signed.envelope, payload=other.envelope.payload)
    write_agreement(own.agreements, SignedAgreement(forged, moved, "a"))
    assert own.why() == ""
    page = own.clinic.sign_in("ea-1").get("/unit").text
    assert "De här filerna godtas inte" in page
    assert "Något har ändrats efter underskriften" in page


def test_nobody_is_moved_to_a_version_that_has_been_recalled(own: Region) -> None:
    own.agree()
    own.activate()
    treatment = own.decided(1)
    assert own.start(treatment).status_code == 303
    later = of_region(version="1.0.1")
    content = bundle_bytes(later)
    own.federation.release("region-a/provet/1.0.1", read_bundle(BytesIO(content)).digest, NOW)
    copy_metadata(own.federation, own.trust)
    service = own.clinic.service
    own.clinic.bundle = import_bundle(BytesIO(content), service.store, service.policy, a_deed(), service.trust)
    assert own.activate().status_code == 303
    sent = {"action": "move", "digest": own.clinic.bundle.digest, "outcome": "untouched"}
    assert "Flytta till version 1.0.1" in own.therapist().get(f"/t/{treatment}/care").text
    recall(own, "region-a/provet/1.0.1")
    assert own.why() == "recalled"
    assert "Flytta till version" not in own.therapist().get(f"/t/{treatment}/care").text
    assert own.therapist().post(f"/t/{treatment}/care", sent).status_code == 422
    known = own.store.treatment(treatment)
    assert known is not None
    assert known.digest != own.clinic.bundle.digest
    assert own.register(5)[0] == 422
    assert own.phase(treatment) == "under-way"


def test_a_recall_stops_what_is_new_and_says_why(own: Region) -> None:
    own.agree()
    own.activate()
    under_way, waiting = own.decided(1), own.decided(2)
    assert own.start(under_way).status_code == 303
    recall(own, "region-a/provet/1.0.0")
    said = "Provet 1.0.0 är återkallat: inga nya behandlingar startas. Skäl: Fel i &lt;sömnfönstret&gt;. Använd version 1.0.9"
    stopped = own.start(waiting)
    assert (stopped.status_code, said in stopped.text, own.phase(waiting)) == (422, True, "decision")
    assert own.activate().status_code == 422
    assert own.register(3)[0] == 422
    assert said in own.clinic.sign_in("ea-1").get("/unit").text
    assert said in own.therapist().get(f"/t/{under_way}/care").text, "also where it goes on"
    known = own.store.treatment(under_way)
    assert known is not None
    patient = own.clinic.sign_in(known.patient)
    saved = patient.save(f"/t/{under_way}/patient/exercise/mina_mal", field="viktigast", value="Sova")
    assert saved.status_code == 200, saved.text
    assert own.phase(under_way) == "under-way"


def recall(own: Region, name: str) -> None:
    """By one safety officer: nothing new may begin with a version."""
    wanted = Recall(release_name(name), "no-new-patients", "Fel i <sömnfönstret>.", "1.0.9")
    draft = draft_recall(own.federation.store, wanted, NOW)
    own.federation.adopt(draft, federations.SAFETY)
    own.stamp()


def test_a_folder_that_cannot_be_read_lets_nothing_begin(own: Region) -> None:
    own.agree()
    own.agreements.rename(own.agreements.with_name("borta"))
    assert own.why() == "agreements-unreadable"
    assert own.activate().status_code == 422
    assert own.clinic.sign_in("ea-1").get("/unit").status_code == 200


def test_a_region_needs_no_agreement_with_itself(tmp_path: Path) -> None:
    with region(tmp_path, of_region("region-b"), agreements=None) as own:
        assert own.activate().status_code == 303
        assert own.start(own.decided(1)).status_code == 303
        assert own.store.agreement_uses() == {}
        assert "Avtal med andra regioner" not in own.clinic.sign_in("ea-1").get("/unit").text


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"region": ""}, "region-unknown"),
        ({"agreements": None}, "agreement-missing"),
        ({"region": "a"}, "agreement-missing"),
    ],
)
def test_a_runtime_that_was_not_told_enough_lets_nothing_begin(
    settings: dict[str, Any], code: str, tmp_path: Path
) -> None:
    with region(tmp_path, **settings) as own:
        own.agree()
        assert own.why() == code
        assert own.activate().status_code == 422


def test_a_regions_own_overlay_is_as_bound_as_what_it_lies_over(tmp_path: Path) -> None:
    below = DerivedFrom("provet", "1.0.0", f"sha256:{'0' * 64}")
    with region(tmp_path, of_region("region-b", id="provet-region-b", overlay_of=below)) as own:
        assert own.why() == "agreement-missing"
        own.agree(replace(TERMS, versions=">=2.0"))
        assert own.why() == "agreement-version"
        own.agree()
        assert own.activate().status_code == 303


def test_the_unsigned_demonstration_is_as_it_was(tmp_path: Path) -> None:
    with runtime_samples.clinic(tmp_path, bundle_bytes(of_region()), region="region-b") as clinic:
        assert clinic.service.permits.permission(clinic.bundle.digest).why is None
        assert clinic.service.store.agreement_uses() == {}
        page = clinic.sign_in("ea-1").get("/unit").text
        assert "inte signerade (unsigned-demonstration)" in page
        assert "Avtal med andra regioner" not in page


@pytest.mark.parametrize(
    "options",
    [
        ("--trust", "."),
        ("--region", "region-b"),
        ("--agreements", "."),
        ("--unsigned-demonstration", "--agreements", "."),
        ("--unsigned-demonstration", "--region", "region-b"),
        ("--trust", ".", "--region", "region-b", "--agreements", "nowhere"),
    ],
)
def test_run_says_what_belongs_together(options: tuple[str, ...], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.dtb").write_bytes(b"x")
    done = CliRunner().invoke(group, ["run", "a.dtb", *options])
    assert done.exit_code == 2, done.output


def test_every_reason_is_said_in_both_languages_and_that_treatments_go_on() -> None:
    for code, text in REASONS.items():
        assert "fortsätter" in text.sv, code
        assert "go on" in text.en, code


def test_policy_is_signed_unless_somebody_says_otherwise(own: Region) -> None:
    assert own.clinic.service.policy is Policy.SIGNED
