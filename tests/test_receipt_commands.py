"""Receipts on the command line: runtimes are enrolled by their region, answer recalls, and whoever is silent is listed to be called."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import federations
import jsonschema
import pytest
from click.testing import CliRunner, Result
from federations import CLINICAL, PUBLISHER, PUBLISHER_B, SAFETY, Federation, Person, person
from receipt_samples import BORAS, HOUR, LUND, MALMO, answered, enrolled
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.cli import group
from designtool.load.shape import schema_of
from designtool.runtime.outbox import outbox_of
from designtool.share.envelope import Envelope, sign
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import release_name
from designtool.share.recalls.lifts import sign_lift
from designtool.share.recalls.listing import Recall, draft_lift, draft_recall, lift_for
from designtool.share.receipts.documents import Recalled, Signed, end, read
from designtool.share.receipts.recalled import recalled_in
from designtool.share.receipts.registry import collect, send
from designtool.share.registries import opening
from designtool.share.registries.client import RegistryClient
from designtool.share.registries.folder import FolderRegistry

NAME = "region-a/prov/1.0.0"
PEOPLE = {"anna": PUBLISHER, "bo": CLINICAL, "cia": PUBLISHER_B, "sam": SAFETY}
ENROL = ("enrol", "keys/lund.public.json", "--contact", "Eva Lind", "--telephone", "046-17 00 00", "--to", "./stick")


class Place:
    """A federation whose metadata lies on a stick, with one recall, and somebody's trust folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.federation: Federation = federations.founded(datetime.now(UTC))
        self.trust = self.federation.trust_folder(folder / "trust")
        self.stick = FolderRegistry(folder / "stick")
        self.publish()
        take_over(self.store, self.trust, datetime.now(UTC))

    @property
    def store(self) -> MetadataStore:
        return RegistryMetadataStore(self.stick)

    def publish(self) -> None:
        self.federation.stamp(datetime.now(UTC))
        copy_metadata(self.federation.store, self.store)

    def recall(self, hours_ago: float = 0, name: str = NAME) -> None:
        now = datetime.now(UTC)
        wanted = Recall(release_name(name), "no-new-patients", "Fel i sömnfönstret.")
        self.federation.adopt(draft_recall(self.federation.store, wanted, now - hours_ago * HOUR), SAFETY)
        self.publish()

    def lift(self) -> None:
        store, now = self.federation.store, datetime.now(UTC)
        lift = lift_for(store, release_name(NAME), "Felet är rättat.", now.date())
        for one in (SAFETY, CLINICAL):
            lift = sign_lift(lift, one.signer, one.public, [SAFETY.public, CLINICAL.public])
        self.federation.adopt(draft_lift(store, lift, now), SAFETY)
        self.publish()

    def recalled(self) -> Recalled:
        take_over(self.store, self.trust, datetime.now(UTC))
        return recalled_in(self.trust)[0]

    def enrol(self) -> None:
        """Long ago, as `enrol` would have done it then."""
        send([enrolled(LUND)], self.stick)

    def answer(self, runtime: Person = LUND, to: str = "stick", **changes: Any) -> None:
        receipt = answered(runtime, self.recalled(), **{"learned_at": datetime.now(UTC), **changes})
        send([receipt], FolderRegistry(self.folder / to))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, one in {**PEOPLE, "lund": LUND, "malmo": MALMO, "boras": BORAS}.items():
        _put_key(tmp_path / "keys", name, one)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return Place(tmp_path)


def run(*arguments: str, key: str = "") -> Result:
    more = ["--key", key, "--keys", "keys"] if key else []
    return CliRunner().invoke(group, ["receipts", *arguments, *more])


def enrol(*more: str, key: str = "anna") -> Result:
    return run(*ENROL, *more, "--trust", "trust", key=key)


def listed(*more: str) -> Result:
    return run("list", "--trust", "trust", "--from", "./stick", *more)


def told(done: Result) -> Any:
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of("receipts"))
    return value


def test_whoever_is_silent_is_listed_with_a_telephone_number(place: Place) -> None:
    place.enrol()
    assert listed().stdout == "Ingenting är återkallat.\n"
    place.recall(hours_ago=25)
    done = listed()
    assert done.exit_code == 1, done.output
    assert "HAR INTE SVARAT I TID. Ring:" in done.stdout
    assert "046-17 00 00  Eva Lind, Psykiatrimottagningen i Lund (region-a, " in done.stdout
    place.answer()
    done = listed()
    assert done.exit_code == 0, done.output
    assert "Har svarat:" in done.stdout
    assert "har utgåvan, aktiverad, inga behandlingar pågår, inga nya behandlingar startas" in done.stdout
    assert "Ring" not in done.stdout


def test_a_recall_that_has_just_come_leaves_time(place: Place) -> None:
    place.enrol()
    place.recall(hours_ago=25)
    place.recall()
    done = listed("--format", "json")
    assert done.exit_code == 0, done.output
    (one,) = told(done)["recalls"]
    assert ([each["name"] for each in one["waiting"]], one["silent"]) == (["Psykiatrimottagningen i Lund"], [])
    assert told(listed("--format", "json", "--hours", "0"))["recalls"][0]["waiting"] == []
    assert listed("--hours", "0").exit_code == 1


def test_json_names_everybody(place: Place) -> None:
    place.enrol()
    place.recall(hours_ago=25)
    place.answer(MALMO)
    value = told(listed("--format", "json"))
    (one,) = value["recalls"]
    assert (one["release"], one["level"]) == (NAME, "no-new-patients")
    assert [(each["name"], each["telephone"]) for each in one["silent"]] == [
        ("Psykiatrimottagningen i Lund", "046-17 00 00")
    ]
    assert [each["region"] for each in value["unknown"]] == ["region-a"]
    assert value["problems"] == []
    assert "inte är inskrivna" in listed().stdout


def test_a_runtime_that_was_enrolled_just_now_has_its_own_time(place: Place) -> None:
    place.recall(hours_ago=25)
    assert enrol().exit_code == 0
    assert listed().exit_code == 0
    assert listed("--hours", "0").exit_code == 1


def test_what_is_signed_is_shown(place: Place) -> None:
    done = enrol("--name", "Mottagningen i Lund", "--format", "json")
    assert done.exit_code == 0, done.output
    for shown in ("Mottagningen i Lund i region-a", LUND.public.key_id, "Eva Lind", "046-17 00 00"):
        assert shown in done.stderr
    (sent,) = told(done)["sent"]
    assert sent["region"] == "region-a"
    assert [one.content.key.holder for one in collect(place.stick, ["region-a"]).documents] == [  # type: ignore[union-attr]
        "Mottagningen i Lund"
    ]


@pytest.mark.parametrize(
    ("key", "file", "code"),
    [
        ("cia", "lund", "enrolment-signer"),
        ("sam", "lund", "agreement-key"),
        ("anna", "boras", "enrolment-signer"),
        ("anna", "bo", "enrolment-key"),
        ("anna", "nobody", ""),
    ],
)
def test_who_cannot_be_enrolled(place: Place, key: str, file: str, code: str) -> None:
    _put_key(place.folder / "keys", "eve", person("Eve Ek", "publisher", "region-a"))
    arguments = [part.replace("lund", file) for part in ENROL]
    done = run(*arguments, "--trust", "trust", key=key)
    assert done.exit_code == (1 if code else 2), done.output
    assert code in done.stderr
    assert place.stick.tags("receipts/region-a") == ()
    eve = run(*ENROL, "--trust", "trust", key="eve")
    assert (eve.exit_code, "agreement-key" in eve.stderr) == (1, True)


def test_a_key_that_the_command_makes_is_a_runtimes(place: Place) -> None:
    made = CliRunner().invoke(
        group,
        [
            *("keys", "new", "vaxjo", "--holder", "Mottagningen i Växjö", "--region", "region-a"),
            *("--role", "runtime", "--keys", "keys"),
        ],
    )
    assert made.exit_code == 0, made.output
    done = run(*[part.replace("lund", "vaxjo") for part in ENROL], "--trust", "trust", key="anna")
    assert done.exit_code == 0, done.output
    place.recall(hours_ago=25)
    assert "Mottagningen i Växjö (region-a, " in listed("--hours", "0").stdout


def test_a_runtime_signs_nothing_for_a_region(place: Place) -> None:
    people = [person("Eva Ek", "publisher", "region-c").public, person("Ola Alm", "clinical", "region-c").public]
    unit = person("Mottagningen", "runtime", "region-c").public
    with pytest.raises(TrustProblem) as stopped:
        publication.draft_region(place.federation.store, "region-c", [*people, unit], datetime.now(UTC))
    assert stopped.value.code == "key-role"
    assert publication.draft_region(place.federation.store, "region-c", people, datetime.now(UTC))
    forged = run("enrol", "keys/malmo.public.json", *ENROL[2:], "--trust", "trust", key="lund")
    assert (forged.exit_code, "agreement-key" in forged.stderr) == (1, True)


def test_a_telephone_number_that_is_none(place: Place) -> None:
    done = run(*[part.replace("046-17 00 00", "växeln") for part in ENROL], "--trust", "trust", key="anna")
    assert (done.exit_code, "receipt-invalid" in done.stderr) == (1, True)


@pytest.mark.parametrize("stated", ["Psykiatrimottagningen i Lund", LUND.public.key_id[:6], LUND.public.key_id])
def test_a_runtime_that_is_no_more_is_not_called(place: Place, stated: str) -> None:
    place.enrol()
    place.recall(hours_ago=25)
    assert listed().exit_code == 1
    wrong = run("end", stated, "--trust", "trust", "--to", "./stick", key="cia")
    assert (wrong.exit_code, "enrolment-unknown" in wrong.stderr) == (1, True)
    done = run("end", stated, "--trust", "trust", "--to", "./stick", key="bo")
    assert done.exit_code == 0, done.output
    assert "inte längre svara" in done.stderr
    done = listed()
    assert (done.exit_code, "Inga körmiljöer är inskrivna." in done.stdout) == (0, True)


@pytest.mark.parametrize("stated", ["Lund", LUND.public.key_id[:5], ""])
def test_a_runtime_that_nobody_knows_is_not_ended(place: Place, stated: str) -> None:
    place.enrol()
    done = run("end", stated, "--trust", "trust", "--to", "./stick", key="anna")
    assert (done.exit_code, "enrolment-unknown" in done.stderr) == (1, True)
    assert len(place.stick.tags("receipts/region-a")) == 1


def test_one_release_can_be_asked_about(place: Place) -> None:
    place.enrol()
    place.federation.release("region-a/prov/1.0.1", federations.SECOND, datetime.now(UTC))
    place.recall(hours_ago=25)
    place.recall(hours_ago=25, name="region-a/prov/1.0.1")
    assert len(told(listed("--format", "json"))["recalls"]) == 2
    (one,) = told(listed("--format", "json", "--recall", "region-a/prov/1.0.1"))["recalls"]
    assert one["release"] == "region-a/prov/1.0.1"
    unknown = listed("--recall", "region-a/prov/9.9.9")
    assert (unknown.exit_code, "release-not-recalled" in unknown.stderr) == (1, True)


def test_a_lift_is_to_be_answered_too(place: Place) -> None:
    place.enrol()
    place.recall(hours_ago=25)
    place.answer()
    place.lift()
    (one,) = told(listed("--format", "json", "--hours", "48"))["recalls"]
    assert (one["level"], len(one["waiting"])) == ("lifted", 1)
    place.answer(done=())
    (one,) = told(listed("--format", "json"))["recalls"]
    assert (one["level"], len(one["answered"])) == ("lifted", 1)


def test_a_place_with_older_metadata_hides_no_recall(place: Place) -> None:
    place.enrol()
    old = dict(place.federation.store.files)
    place.recall(hours_ago=25)
    assert listed().exit_code == 1
    stale = FolderRegistry(place.folder / "stale")
    older = Federation()
    older.store.files.update(old)
    copy_metadata(older.store, RegistryMetadataStore(stale))
    send(collect(place.stick, ["region-a"]).documents, stale)
    done = run("list", "--trust", "trust", "--from", "./stale")
    assert done.exit_code == 1
    assert "metadata-rollback" in done.stderr
    assert "046-17 00 00" in done.stdout


def test_a_place_that_is_not_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "RegistryClient", partial(RegistryClient, wait=lambda seconds: None))
    done = run("list", "--trust", "trust", "--from", "http://127.0.0.1:9")
    assert (done.exit_code, "registry-unreachable" in done.stderr) == (2, True)
    done = run("list", "--trust", "trust", "--from", "http://127.0.0.1:9", "--format", "json")
    assert (done.exit_code, told(done)["problems"][0]["code"]) == (2, "registry-unreachable")


def test_receipts_go_on_a_stick_and_from_there_into_a_registry(place: Place) -> None:
    place.enrol()
    place.recall(hours_ago=25)
    outbox = outbox_of(place.folder / "data")
    (place.folder / "data").mkdir()
    outbox.add(answered(LUND, place.recalled(), learned_at=datetime.now(UTC)), LUND.public.key_id)
    assert "Skickat till minne: 1 nya" in run("send", "data", "--to", "./minne").stdout
    assert outbox.unsent().receipts == ()
    assert "Allt fanns redan" in run("send", "data", "--to", "./minne").stdout
    assert "1 nya" in run("send", "data", "--to", "./another").stdout, "the first stick may be lost"
    assert listed().exit_code == 1
    send([answered(MALMO, place.recalled())], FolderRegistry(place.folder / "minne"))
    collected = run("collect", "--trust", "trust", "--from", "./minne", "--to", "./stick", "--format", "json")
    assert collected.exit_code == 1, collected.output
    value = told(collected)
    assert (len(value["sent"]), [one["code"] for one in value["problems"]]) == (1, ["receipt-unsigned"])
    done = listed()
    assert done.exit_code == 0, done.output
    assert told(listed("--format", "json"))["unknown"] == []


def by_another(one: Signed, by: Person) -> Signed:
    """The same document, signed by somebody else with the right to push it there: no command would write it."""
    envelope = sign(Envelope(one.envelope.payload_type, one.envelope.payload), by.signer, "attack")
    return read(envelope, "attack")


def test_another_regions_key_enrols_ends_and_answers_for_nobody_here(place: Place) -> None:
    """All of it lies in the place of the region itself, by its right name, signed with a key that the federation knows."""
    place.enrol()
    place.recall(hours_ago=25)
    ended = end(LUND.public, datetime.now(UTC), PUBLISHER.signer, PUBLISHER.public)
    attack = [
        by_another(enrolled(MALMO), PUBLISHER_B),
        by_another(ended, PUBLISHER_B),
        by_another(answered(LUND, place.recalled(), learned_at=datetime.now(UTC)), PUBLISHER),
    ]
    assert {one.region for one in attack} == {"region-a"}
    send(attack, FolderRegistry(place.folder / "minne"))
    collected = run("collect", "--trust", "trust", "--from", "./minne", "--to", "./stick", "--format", "json")
    value = told(collected)
    assert (collected.exit_code, value["sent"]) == (1, [])
    assert sorted(one["code"] for one in value["problems"]) == [
        "enrolment-unsigned",
        "enrolment-unsigned",
        "receipt-unsigned",
    ]
    # Nor where somebody has put it into the registry itself: who is to answer stays, and is silent still.
    send(attack, place.stick)
    done = listed("--format", "json")
    value = told(done)
    assert done.exit_code == 1
    assert [one["name"] for one in value["recalls"][0]["silent"]] == [LUND.public.holder]
    assert value["recalls"][0]["answered"] == []
    # The twins count.
    place.answer()
    (answer,) = told(listed("--format", "json"))["recalls"][0]["answered"]
    assert answer["runtime"]["name"] == LUND.public.holder
    send([ended], place.stick)
    assert told(listed("--format", "json"))["recalls"][0]["answered"] == []


def test_a_file_in_the_outbox_that_somebody_changed_is_told(place: Place) -> None:
    (place.folder / "data").mkdir()
    outbox_of(place.folder / "data").add(answered(LUND), LUND.public.key_id)
    (file,) = (place.folder / "data" / "receipts" / "unsent").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    done = run("send", "data", "--to", "./minne", "--format", "json")
    assert (done.exit_code, told(done)["sent"], len(told(done)["problems"])) == (1, [], 1)


def test_trust_that_is_not_there(place: Place) -> None:
    done = run("list", "--trust", "nowhere", "--from", "./stick")
    assert done.exit_code == 1
    assert "trust-missing" in done.stderr
