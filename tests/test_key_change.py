"""Before a key goes it is said what it has signed that holds no more without it: lifts, agreements and ends of agreements."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import federations
import pytest
from click.testing import CliRunner, Result
from federations import CLINICAL, PUBLISHER, PUBLISHER_B, SAFETY, Person
from receipt_samples import LUND, MALMO, enrolled
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.cli import group
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
from designtool.share.federation.keys import public_file
from designtool.share.federation.metadata_store import FolderMetadataStore
from designtool.share.federation.roles import release_name
from designtool.share.recalls.lifts import sign_lift
from designtool.share.recalls.listing import Recall, draft_lift, draft_recall, lift_for

NAME = "region-a/prov/1.0.0"
TODAY = datetime.now(UTC).date()
KEYS = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B, CLINICAL)}
TERMS = Agreement(
    "region-a",
    "region-b",
    ("prov",),
    ">=1.0 <2.0",
    TODAY - timedelta(3),
    TODAY + timedelta(90),
    None,
    "avtal@a.example",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    now = datetime.now(UTC)
    made = federations.founded(now)
    made.adopt(draft_recall(made.store, Recall(release_name(NAME), "no-new-patients", "Fel."), now), SAFETY)
    lift = lift_for(made.store, release_name(NAME), "Rättat.", date(2026, 11, 23))
    for one in (SAFETY, CLINICAL):
        lift = sign_lift(lift, one.signer, one.public, (SAFETY.public, CLINICAL.public))
    made.adopt(draft_lift(made.store, lift, now), SAFETY)
    made.stamp(now)
    for name, data in made.store.files.items():
        FolderMetadataStore(tmp_path / "fed").put(name, data, None)
    for key, who in (("sam2", SAFETY), ("anna2", PUBLISHER), ("bo2", CLINICAL)):
        public = who.public
        _put_key(tmp_path / "keys", key, federations.person(f"{public.holder} två", public.role, public.region))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def agreed(place: Path, *signers: Person, terms: Agreement = TERMS) -> SignedAgreement:
    one = read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a")
    for signer in signers:
        one = read_agreement(countersign(one, signer.signer, signer.public, KEYS, TODAY), "a")
    write_agreement(place / "agreements", one)
    return one


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(one) for one in arguments])


def rotate(role: str, gone: Person, new: str, *more: object, place: str = "fed") -> Result:
    key = public_file(Path("keys"), new)
    done = run("federation", "rotate", place, role, "--old", gone.public.key_id, "--new", key, *more)
    assert done.exit_code == 0, done.output
    return done


def falling(done: Result) -> Any:
    return json.loads(done.stdout)["falling"]


@pytest.mark.parametrize(("role", "gone", "new"), [("recall", SAFETY, "sam2"), ("region-a", CLINICAL, "bo2")])
def test_a_key_that_signed_a_lift_brings_the_recall_back(role: str, gone: Person, new: str, place: Path) -> None:
    done = rotate(role, gone, new)
    assert f"OBS! Nyckeln har skrivit under hävningen av återkallelsen av {NAME}." in done.stderr
    assert "(no-new-patients) igen" in done.stderr
    assert list((place / "fed" / "drafts").iterdir()), "it is said, and done all the same"
    told = rotate(role, gone, new, "--drafts", "andra", "--format", "json")
    assert falling(told)["lifts"] == [NAME]


def test_a_key_that_signed_nothing_falls_without_a_word(place: Path) -> None:
    agreed(place, CLINICAL, PUBLISHER_B)
    done = rotate("region-a", PUBLISHER, "anna2", "--format", "json")
    assert falling(done) == {"lifts": [], "agreements": [], "ends": [], "runtimes": [], "agreements_read": True}
    assert "OBS!" not in done.stderr, "a colleague has signed too"


def test_an_agreement_that_rests_on_one_key_is_told(place: Path) -> None:
    one = agreed(place, PUBLISHER_B)
    agreed(place, terms=replace(TERMS, programs=("annat",)))
    ended = agreed(place, PUBLISHER_B, terms=replace(TERMS, programs=("slut",)))
    write_end(place / "agreements", read_end(end(ended, TODAY, PUBLISHER.signer, PUBLISHER.public), "e"))
    done = rotate("region-a", PUBLISHER, "anna2")
    short = one.digest.removeprefix("sha256:")[:12]
    assert f"designtool agreements countersign {short}" in done.stderr
    assert "förrän region-a har skrivit under igen" in done.stderr
    assert "annat" not in done.stderr, "what holds not yet cannot fall"
    assert f"designtool agreements end {ended.digest.removeprefix('sha256:')[:12]}" in done.stderr
    told = falling(rotate("region-a", PUBLISHER, "anna2", "--drafts", "andra", "--format", "json"))
    assert (told["agreements"], told["ends"]) == ([one.digest], [ended.digest])
    (place / "agreements").rename(place / "avtal")
    unread = rotate("region-a", PUBLISHER, "anna2", "--drafts", "tredje", "--format", "json")
    assert "ange mappen med --agreements" in unread.stderr
    assert falling(unread)["agreements_read"] is False
    stated = rotate("region-a", PUBLISHER, "anna2", "--drafts", "f", "--agreements", "avtal", "--format", "json")
    assert falling(stated)["agreements"] == [one.digest]


def test_agreements_in_the_registry_are_found(place: Path) -> None:
    from designtool.share.agreements.registry import send_agreements
    from designtool.share.registries.opening import open_registry

    assert run("federation", "copy", "fed", "./register").exit_code == 0
    one = agreed(place, PUBLISHER_B)
    with open_registry(str(place / "register"), {}, place) as registry:
        send_agreements(place / "agreements", registry, "region-b", KEYS)
    (place / "agreements").rename(place / "undan")
    told = falling(rotate("region-a", PUBLISHER, "anna2", "--format", "json", place="./register"))
    assert (told["agreements"], told["agreements_read"]) == ([one.digest], True)


def test_a_runtime_that_nobody_else_has_enrolled_is_told(place: Path) -> None:
    """Else it would go from the list of those who are called when they do not answer a recall."""
    from designtool.share.receipts.registry import send
    from designtool.share.registries.opening import open_registry

    assert run("federation", "copy", "fed", "./register").exit_code == 0
    at = datetime.now(UTC) - timedelta(hours=5)
    alone = enrolled(LUND, enrolled_at=at)
    both = (enrolled(MALMO, enrolled_at=at), enrolled(MALMO, by=CLINICAL, enrolled_at=at))
    with open_registry(str(place / "register"), {}, place) as registry:
        send((alone, *both), registry)
    done = rotate("region-a", PUBLISHER, "anna2", "--format", "json", place="./register")
    assert falling(done)["runtimes"] == [LUND.public.holder]
    assert f"OBS! Nyckeln har anmält {LUND.public.holder} (region-a)." in done.stderr
