"""The token issuer: who may fetch and publish what, row by row, and what it makes of requests and files that are none."""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import federations
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from fake_registry import fake_registry
from federations import CLINICAL_B, DAY, NOW, PUBLISHER, PUBLISHER_B, SAFETY
from starlette.testclient import TestClient

from designtool.cli import group
from designtool.diagnostics import Cannot
from designtool.share.agreements.folder import write_agreement, write_end
from designtool.share.agreements.registry import send_agreements
from designtool.share.agreements.terms import (
    Agreement,
    SignedAgreement,
    countersign,
    end,
    propose,
    read_agreement,
    read_end,
)
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import TOP_ROLES
from designtool.share.registries.client import RegistryClient, parse_address
from designtool.share.registries.folder import FolderRegistry
from designtool.share.token_issuer import app as issuer_app
from designtool.share.token_issuer.accounts import (
    _LEAST_COST,
    Entry,
    read_accounts,
    remove_account,
    seal,
    set_account,
    signed_in,
)
from designtool.share.token_issuer.app import Service, app_of
from designtool.share.token_issuer.decision import Access, Account, Known, granted
from designtool.share.token_issuer.knowledge import Knowledge, known_from
from designtool.share.token_issuer.tokens import (
    CERTIFICATE_LIFETIME,
    Issuer,
    new_issuer,
    open_issuer,
    registry_configuration,
    token_for,
)
from designtool.share.token_issuer.updating import own_token, update
from tests.measuring import designtool

KNOWN = Known(
    frozenset({"region-a", "region-b", "region-c"}),
    frozenset({"region-a"}),
    frozenset({("region-b", "region-a", "prov")}),
    True,
)
EXPIRED = replace(KNOWN, is_current=False)
A, B, C = Account("region-a"), Account("region-b"), Account("region-c")
STEWARD = Account("region-c", True)
OUTSIDE = Account("region-x")
PHRASE = "fyra ord som jag minns"


def given(account: Account, *scopes: str, known: Known = KNOWN) -> list[str]:
    return [str(one) for one in granted(scopes, account, known)]


# The decision


@pytest.mark.parametrize("known", [KNOWN, EXPIRED])
def test_a_region_has_its_own_programs(known: Known) -> None:
    whole = "repository:region-a/prov:pull,push"
    assert given(A, whole, known=known) == [whole]
    assert given(A, "repository:region-a/annat:pull", known=known) == ["repository:region-a/annat:pull"]


@pytest.mark.parametrize(
    ("account", "scope", "answer"),
    [
        (B, "repository:region-a/prov:pull", ["repository:region-a/prov:pull"]),
        (B, "repository:region-a/prov:pull,push", ["repository:region-a/prov:pull"]),
        (B, "repository:region-a/prov:push", []),
        (B, "repository:region-a/annat:pull", []),
        (B, "repository:region-c/prov:pull", []),
        (C, "repository:region-a/prov:pull", []),
        # The giver gets nothing of the taker.
        (A, "repository:region-b/prov:pull", []),
        (STEWARD, "repository:region-a/prov:pull,push", []),
        (OUTSIDE, "repository:region-a/prov:pull", []),
    ],
)
def test_another_regions_program_needs_an_agreement(account: Account, scope: str, answer: list[str]) -> None:
    assert given(account, scope) == answer


def test_what_has_expired_stops_imports_by_agreement_and_nothing_else() -> None:
    assert given(B, "repository:region-a/prov:pull", known=EXPIRED) == []
    for account, scope in (
        (B, "repository:region-b/prov:pull,push"),
        (B, "repository:federation/timestamp:pull"),
        (B, "repository:federation/region-b:pull,push"),
        (A, "repository:federation/recall:pull,push"),
        (STEWARD, "repository:federation/timestamp:pull,push"),
        (B, "repository:agreements/region-b:pull,push"),
        (B, "repository:receipts/region-b:pull,push"),
    ):
        assert given(account, scope, known=EXPIRED) == [scope]


@pytest.mark.parametrize("account", [A, B, C, STEWARD, OUTSIDE])
@pytest.mark.parametrize(
    "repository",
    [
        "federation/root",
        "federation/targets",
        "federation/snapshot",
        "federation/timestamp",
        "federation/recall",
        "federation/region-a",
        "federation/new-region",
        "agreements/region-a",
        "receipts/region-a",
    ],
)
@pytest.mark.parametrize("known", [KNOWN, EXPIRED, Known()])
def test_every_account_reads_what_regions_share_with(account: Account, repository: str, known: Known) -> None:
    assert f"repository:{repository}:pull" in [
        one.replace(",push", "") for one in given(account, f"repository:{repository}:pull,push", known=known)
    ]


@pytest.mark.parametrize(
    ("account", "may_push"),
    [
        (A, {"federation/region-a", "federation/recall", "agreements/region-a", "receipts/region-a"}),
        (B, {"federation/region-b", "agreements/region-b", "receipts/region-b"}),
        (
            STEWARD,
            {
                *(f"federation/{one}" for one in (*TOP_ROLES, "recall", "region-a", "region-b", "region-c")),
                *("agreements/region-c", "receipts/region-c"),
            },
        ),
        (OUTSIDE, set()),
        # One who keeps the metadata founds the registry with it, and is of no region.
        (
            Account("kansliet", True),
            {f"federation/{one}" for one in (*TOP_ROLES, "recall", "region-a", "region-b", "region-c")},
        ),
    ],
)
def test_who_writes_what_regions_share_with(account: Account, may_push: set[str]) -> None:
    seconds = ("root", "targets", "snapshot", "timestamp", "recall", "region-a", "region-b", "region-c", "region-x")
    places = [f"{first}/{second}" for first in ("federation", "agreements", "receipts") for second in seconds]
    found = granted([f"repository:{place}:push" for place in places], account, KNOWN)
    assert {one.repository for one in found} == may_push
    assert {one.actions for one in found} <= {("push",)}


def test_a_region_that_the_federation_does_not_know_publishes_nothing() -> None:
    assert given(OUTSIDE, "repository:region-x/prov:pull,push") == ["repository:region-x/prov:pull"]
    assert given(A, "repository:region-a/prov:push", known=Known()) == []


@pytest.mark.parametrize(
    "scope",
    [
        "",
        ":",
        "::",
        "repository",
        "repository:",
        "repository::pull",
        "repository:region-b/prov",
        "repository:region-b/prov:",
        "repository:region-b/prov:delete",
        "repository:region-b/prov:*",
        "repository:region-b/prov:PULL",
        "repository:region-b/prov: pull",
        "repository:region-b/prov:pull;push",
        "repository:region-b/prov:x:pull",
        "repository:region-b:pull",
        "repository:region-b/:pull",
        "repository:/prov:pull",
        "repository:region-b/*:pull",
        "repository:*:pull",
        "repository:*/*:pull",
        "repository:region-b/prov/more:pull",
        "repository:region-b//prov:pull",
        "repository:region-b/../region-a/prov:pull",
        "repository:region-a/prov/../../region-b/prov:pull",
        "repository:./region-b/prov:pull",
        "repository:Region-B/prov:pull",
        "repository:region-b/Prov:pull",
        "repository:region-b/prov\x00:pull",
        "repository:region-b/prov\n:pull",
        "repository:region-b/pr%6fv:pull",
        "repository:region-b/pr\N{CYRILLIC SMALL LETTER O}v:pull",
        "repository:region-b\N{FULLWIDTH SOLIDUS}prov:pull",
        "repository:region-b/" + "a" * 61 + ":pull",
        "repository:host.example:5000/region-b/prov:pull",
        "repository(plugin):region-b/prov:pull",
        "Repository:region-b/prov:pull",
        "registry:catalog:*",
        "registry:catalog:pull",
        "repository:catalog:*",
        "repository:recall/prov:pull",
        "repository:root/prov:pull,push",
        "repository:federation:pull",
        "repository:federation/*:pull",
        "repository:federation/root/x:pull",
        "repository:agreements/*:push",
    ],
)
@pytest.mark.parametrize("account", [B, STEWARD])
def test_what_is_no_scope_of_a_repository_gives_nothing(scope: str, account: Account) -> None:
    assert given(account, scope) == []
    assert given(B, scope, "repository:region-b/prov:pull") == ["repository:region-b/prov:pull"]


@pytest.mark.parametrize("name", ["root", "targets", "snapshot", "timestamp", "recall", "federation"])
def test_an_account_by_the_name_of_a_role_is_not_that_role(name: str) -> None:
    """The accounts file refuses such names; the decision does not depend on that."""
    known = replace(KNOWN, regions=KNOWN.regions | {name})
    scopes = [f"repository:federation/{role}:push" for role in ("root", "targets", "snapshot", "timestamp", "recall")]
    assert given(Account(name), *scopes, f"repository:{name}/root:push", known=known) == []


def test_several_repositories_in_one_request() -> None:
    scopes = (
        "repository:region-b/eget:pull,push",
        "repository:region-a/prov:pull",
        "repository:region-a/annat:pull",
        "repository:region-b/eget:pull",
        "registry:catalog:*",
    )
    assert given(B, *scopes) == ["repository:region-b/eget:pull,push", "repository:region-a/prov:pull"]
    assert given(B, "repository:region-b/eget:pull", "repository:region-b/eget:push,delete,push") == [
        "repository:region-b/eget:pull,push"
    ]


# Accounts


def test_an_account_is_stretched_with_scrypt_by_default(tmp_path: Path) -> None:
    """In a process of its own: accounts that tests make are cheap."""
    path, phrase = tmp_path / "accounts.json", {"DESIGNTOOL_PASSPHRASE": PHRASE}
    designtool(tmp_path, "share", "account", "region-a", "--accounts", path, environment=phrase)
    assert read_accounts(path)["region-a"].sealed.cost == 2**15


def test_accounts_are_made_changed_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "issuer" / "accounts.json"
    assert read_accounts(path) == {}
    set_account(path, "region-a", PHRASE, False, _LEAST_COST)
    set_account(path, "region-b", PHRASE, True, _LEAST_COST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PHRASE not in path.read_text() and path.read_text().count("region-") == 2
    entries = read_accounts(path)
    assert signed_in(entries, "region-a", PHRASE) == Account("region-a")
    assert signed_in(entries, "region-b", PHRASE) == Account("region-b", True)
    assert entries["region-a"].sealed.digest != entries["region-b"].sealed.digest
    for name, phrase in (("region-a", PHRASE + " "), ("region-a", ""), ("region-c", PHRASE), ("", "")):
        assert signed_in(entries, name, phrase) is None
    set_account(path, "region-a", PHRASE * 2, False, _LEAST_COST)
    assert signed_in(read_accounts(path), "region-a", PHRASE) is None
    remove_account(path, "region-a")
    assert signed_in(read_accounts(path), "region-a", PHRASE * 2) is None
    with pytest.raises(Cannot):
        remove_account(path, "region-a")


@pytest.mark.parametrize(
    "name", ["", "A", "a/b", "../a", "å", "federation", "agreements", "receipts", "recall", "root"]
)
def test_names_that_no_account_has(name: str, tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    with pytest.raises(Cannot):
        set_account(path, name, PHRASE, False, _LEAST_COST)
    assert not path.exists()


def test_a_short_passphrase_makes_no_account(tmp_path: Path) -> None:
    with pytest.raises(TrustProblem):
        set_account(tmp_path / "accounts.json", "region-a", "kort", False, _LEAST_COST)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_files_of_accounts(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    set_account(path, "region-a", PHRASE, False, _LEAST_COST)
    good = json.loads(path.read_text())
    entry = good["accounts"]["region-a"]

    def written(value: Any) -> None:
        path.write_text(json.dumps(value, separators=(",", ":"), sort_keys=True))

    written(good)
    assert list(read_accounts(path)) == ["region-a"]
    for changed in (
        {**good, "format": 2},
        {**good, "designtool": "draft"},
        {**good, "accounts": []},
        {**good, "accounts": {"federation": entry}},
        {**good, "accounts": {"region-a": None}},
        *(
            {**good, "accounts": {"region-a": {**entry, **one}}}
            for one in (
                {"scrypt": 1},
                {"scrypt": 2**30},
                {"scrypt": _LEAST_COST + 1},
                {"scrypt": True},
                {"salt": ""},
                {"salt": "zz"},
                {"digest": "00"},
                {"steward": "yes"},
                {"steward": 1},
                {"more": 1},
            )
        ),
        [],
        None,
    ):
        written(changed)
        with pytest.raises(Cannot):
            read_accounts(path)
    path.write_text("{" * 100_000)
    with pytest.raises(Cannot):
        read_accounts(path)
    written(good)
    if os.name == "posix":
        path.chmod(0o640)
        with pytest.raises(Cannot, match="chmod 600"):
            read_accounts(path)


# What is known


TERMS = Agreement(
    "region-a", "region-b", ("annat", "prov"), ">=1.0 <2.0", date(2026, 11, 1), date(2026, 12, 31), 3, "avtal@a.example"
)


def agreed(terms: Agreement = TERMS) -> SignedAgreement:
    keys = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B)}
    proposed = read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a")
    both = countersign(proposed, PUBLISHER_B.signer, PUBLISHER_B.public, keys, terms.first_day)
    return read_agreement(both, "a")


@dataclass
class Folders:
    federation: federations.Federation
    trust: Path
    agreements: Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = federations.founded()
    trust = made.trust_folder(tmp_path / "trust")
    take_over(made.store, trust, NOW)
    write_agreement(tmp_path / "agreements", agreed())
    return Folders(made, trust, tmp_path / "agreements")


SHARED = {("region-b", "region-a", "annat"), ("region-b", "region-a", "prov")}


def test_what_the_folders_say(folders: Folders) -> None:
    known = known_from(folders.trust, folders.agreements, NOW)
    assert known == Known(frozenset({"region-a", "region-b"}), frozenset({"region-a"}), frozenset(SHARED), True)


def test_nothing_is_known_before_anything_is_verified(tmp_path: Path) -> None:
    assert known_from(tmp_path / "nowhere", tmp_path / "nowhere", NOW) == Known()
    made = federations.founded()
    made.trust_folder(tmp_path / "trust")
    write_agreement(tmp_path / "agreements", agreed())
    assert known_from(tmp_path / "trust", tmp_path / "agreements", NOW) == Known()


@pytest.mark.parametrize(
    ("day", "expected"),
    [(TERMS.first_day, True), (TERMS.last_day, True), (date(2026, 10, 31), False), (date(2027, 1, 1), False)],
)
def test_an_agreement_counts_on_its_days(day: date, expected: bool, folders: Folders) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert (known_from(folders.trust, folders.agreements, noon).shared == SHARED) is expected


def test_a_proposal_and_an_ended_agreement_do_not_count(folders: Folders, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_agreement(other, read_agreement(propose(TERMS, PUBLISHER.signer, PUBLISHER.public), "a"))
    assert known_from(folders.trust, other, NOW).shared == frozenset()
    ended = end(agreed(), NOW.date(), CLINICAL_B.signer, CLINICAL_B.public)
    write_end(folders.agreements, read_end(ended, "e"))
    assert known_from(folders.trust, folders.agreements, NOW).shared == frozenset()


def test_metadata_that_has_expired_is_not_current_and_is_known_still(folders: Folders) -> None:
    later = NOW + 8 * DAY
    known = known_from(folders.trust, folders.agreements, later)
    assert (known.is_current, known.regions, known.shared) == (False, {"region-a", "region-b"}, SHARED)
    folders.federation.stamp(later)
    take_over(folders.federation.store, folders.trust, later)
    assert known_from(folders.trust, folders.agreements, later).is_current


def test_it_is_read_anew_when_something_changes(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    from designtool.share.token_issuer import knowledge

    reads = []
    real = knowledge._known_on
    monkeypatch.setattr(knowledge, "_known_on", lambda *arguments: reads.append(1) or real(*arguments))
    kept = Knowledge(folders.trust, folders.agreements)
    for _ in range(3):
        assert kept.at(NOW).shared == SHARED
    assert len(reads) == 1
    assert not kept.at(NOW + 8 * DAY).is_current
    assert kept.at(NOW).is_current
    ended = end(agreed(), NOW.date(), PUBLISHER.signer, PUBLISHER.public)
    write_end(folders.agreements, read_end(ended, "e"))
    assert kept.at(NOW).shared == frozenset()
    folders.federation.stamp(NOW + DAY)
    take_over(folders.federation.store, folders.trust, NOW + DAY)
    assert kept.at(NOW + 7 * DAY).is_current


# Keys and tokens


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return new_issuer(tmp_path_factory.mktemp("issuer"), "prov", "https://biljetter.example", NOW)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    head, claims, signature = token.split(".")

    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    return json.loads(decoded(head)), json.loads(decoded(claims)), f"{head}.{claims}".encode(), decoded(signature)


def test_a_token_is_as_the_specification_says(issuer: Issuer) -> None:
    head, claims, signed, signature = parts(token_for(issuer, "region-b", [Access("region-b/prov", ("pull",))], NOW))
    assert (head["typ"], head["alg"], len(head["x5c"])) == ("JWT", "RS256", 1)
    at = int(NOW.timestamp())
    jti = claims.pop("jti")
    assert len(jti) == 32
    assert claims == {
        "iss": "designtool:prov",
        "sub": "region-b",
        "aud": "prov",
        "iat": at,
        "nbf": at - 30,
        "exp": at + 300,
        "access": [{"type": "repository", "name": "region-b/prov", "actions": ["pull"]}],
    }
    issuer.key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


def test_the_issuers_folder(tmp_path: Path) -> None:
    folder = tmp_path / "issuer"
    made = new_issuer(folder, "register.example", "https://biljetter.example/", NOW)
    assert {path.name for path in folder.iterdir()} == {"key.pem", "certificate.pem", "issuer.json"}
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    assert open_issuer(folder, NOW).certificate == made.certificate
    assert registry_configuration(made, folder) == (
        "auth:\n  token:\n"
        '    realm: "https://biljetter.example/token"\n'
        '    service: "register.example"\n'
        '    issuer: "designtool:register.example"\n'
        f'    rootcertbundle: "{folder / "certificate.pem"}"\n'
    )
    before = federations.contents(folder)
    with pytest.raises(Cannot):
        new_issuer(folder, "register.example", "https://biljetter.example", NOW)
    assert federations.contents(folder) == before
    with pytest.raises(Cannot):
        open_issuer(folder, NOW + CERTIFICATE_LIFETIME + DAY)
    (folder / "issuer.json").write_text("[]")
    with pytest.raises(Cannot):
        open_issuer(folder, NOW)
    with pytest.raises(Cannot):
        open_issuer(tmp_path / "nowhere", NOW)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("name", ["key.pem", "certificate.pem"])
def test_a_file_of_the_issuer_with_a_changed_bit_is_said_to_be_none(name: str, tmp_path: Path) -> None:
    """Also where the bit makes another kind of key of it, or a version of certificates that nobody knows."""
    new_issuer(tmp_path, "prov", "https://biljetter.example", NOW)
    whole = (tmp_path / name).read_bytes()
    first, *lines, last = whole.splitlines()
    data = base64.b64decode(b"".join(lines))
    for at in range(60):
        changed = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        (tmp_path / name).write_bytes(b"\n".join([first, base64.b64encode(changed), last]))
        with suppress(Cannot):
            open_issuer(tmp_path, NOW)
    (tmp_path / name).write_bytes(whole)
    assert open_issuer(tmp_path, NOW).service == "prov"


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    new_issuer(tmp_path, "prov", "https://biljetter.example", NOW)
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(Cannot, match="chmod 600"):
        open_issuer(tmp_path, NOW)


@pytest.mark.parametrize(
    ("service", "address"),
    [
        ("", "https://biljetter.example"),
        ('a"b', "https://biljetter.example"),
        ("a b", "https://biljetter.example"),
        ("prov", "http://biljetter.example"),
        ("prov", "biljetter.example"),
        ("prov", "https://a:b@biljetter.example"),
        ("prov", "https://biljetter.example/?x=1"),
    ],
)
def test_names_and_addresses_that_are_none(service: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(Cannot):
        new_issuer(tmp_path / "issuer", service, address, NOW)
    assert not (tmp_path / "issuer").exists()


# The service


@dataclass
class Served:
    client: TestClient
    accounts: Path
    clock: list[datetime]
    log: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, *scopes: str, name: str = "region-b", phrase: str = PHRASE, service: str = "prov") -> Any:
        query = {"service": service, "scope": list(scopes)}
        return self.client.get("/token", params=query, auth=(name, phrase))

    def access(self, *scopes: str, **more: str) -> list[str]:
        answer = self.ask(*scopes, **more)
        assert answer.status_code == 200, answer.text
        return [f"{one['name']}:{','.join(one['actions'])}" for one in parts(answer.json()["token"])[1]["access"]]


@pytest.fixture
def served(issuer: Issuer, folders: Folders, tmp_path: Path) -> Iterator[Served]:
    accounts = tmp_path / "accounts.json"
    set_account(accounts, "region-b", PHRASE, False, _LEAST_COST)
    clock = [NOW]
    log: list[dict[str, Any]] = []
    service = Service(
        issuer,
        accounts,
        Knowledge(folders.trust, folders.agreements),
        frozenset({"biljetter.example", "testserver"}),
        lambda said: log.append(dict(said)),
        lambda: clock[0],
    )
    with TestClient(app_of(service)) as client:
        yield Served(client, accounts, clock, log)


def test_a_token_for_what_is_granted_alone(served: Served) -> None:
    answer = served.ask("repository:region-a/prov:pull", "repository:region-a/hemligt:pull")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["expires_in"], told["token"] == told["access_token"]) == (300, True)
    assert served.log == [
        {
            "at": "2026-11-22T04:00:00Z",
            "region": "region-b",
            "asked": ["repository:region-a/prov:pull", "repository:region-a/hemligt:pull"],
            "granted": ["repository:region-a/prov:pull"],
        }
    ]
    assert served.access("repository:region-b/a:pull repository:region-b/b:pull,push") == [
        "region-b/a:pull",
        "region-b/b:pull,push",
    ]
    assert served.access() == []
    assert served.access("registry:catalog:*", "repository:region-a/hemligt:pull") == []


def test_what_exists_and_what_does_not_are_answered_alike(served: Served) -> None:
    answers = {served.ask(f"repository:region-a/{name}:pull").status_code for name in ("hemligt", "finns-inte")}
    assert answers == {200}
    assert served.access("repository:region-a/hemligt:pull") == served.access("repository:nej/nej:pull") == []


def test_a_wrong_passphrase_and_an_unknown_name_are_answered_alike(served: Served) -> None:
    wrong = served.ask("repository:region-b/prov:pull", phrase="något annat än det")
    unknown = served.ask("repository:region-b/prov:pull", name="finns-inte", phrase="något annat än det")
    nobody = served.client.get("/token", params={"service": "prov"})
    assert [one.status_code for one in (wrong, unknown, nobody)] == [401] * 3
    assert wrong.content == unknown.content == nobody.content
    for one in (wrong, unknown, nobody):
        assert one.headers["www-authenticate"] == 'Basic realm="prov"'
    assert wrong.headers == unknown.headers
    said = json.dumps(served.log)
    assert "något" not in said and "finns-inte" not in said and [one["region"] for one in served.log] == [None] * 3


def test_an_unknown_name_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from designtool.share.token_issuer import accounts

    costs: list[int] = []
    monkeypatch.setattr(accounts, "_stretched", lambda phrase, salt, cost: costs.append(cost) or b"x" * 32)
    entries = {"region-a": Entry(Account("region-a"), replace(accounts._NOBODY))}
    signed_in(entries, "region-a", "x")
    signed_in(entries, "nej", "x")
    assert costs == [accounts.COST] * 2


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + base64.b64encode(b"region-b").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer " + base64.b64encode(f"region-b:{PHRASE}".encode()).decode(),
        "Basic " + base64.b64encode(b"region-b:" + b"x" * 3000).decode(),
    ],
)
def test_credentials_that_are_none(header: str, served: Served) -> None:
    answer = served.client.get("/token", params={"service": "prov"}, headers={"Authorization": header})
    assert answer.status_code == 401
    assert served.access() == []


def test_two_sets_of_credentials_are_none(served: Served) -> None:
    right = "Basic " + base64.b64encode(f"region-b:{PHRASE}".encode()).decode()
    twice = [("Authorization", right), ("Authorization", right)]
    assert served.client.get("/token", headers=twice).status_code == 401
    assert served.client.get("/token", headers=twice[:1]).status_code == 200


def test_tokens_of_another_service_are_not_made(served: Served) -> None:
    assert served.ask("repository:region-b/prov:pull", service="annan").status_code == 400
    both = served.client.get("/token?service=prov&service=annan", auth=("region-b", PHRASE))
    assert both.status_code == 400
    assert served.client.get("/token", auth=("region-b", PHRASE)).status_code == 200


def test_requests_that_are_refused_for_their_form(served: Served) -> None:
    signed = {"auth": ("region-b", PHRASE)}
    ask = served.client.request
    cases = [
        (ask("GET", "/token", headers={"Host": "evil.example"}, **signed), 421),
        (ask("GET", "/token", headers={"Host": "biljetter.example"}, **signed), 200),
        (ask("GET", "/token", content=b"x", **signed), 413),
        (ask("GET", "/token", content=iter([b"x"]), **signed), 413),
        (ask("GET", "/token?x=" + "x" * 9000, **signed), 414),
        (ask("GET", "/token?" + "&".join(["scope=a"] * 51), **signed), 400),
        (ask("GET", "/token?scope=" + "+".join(["a"] * 51), **signed), 400),
        (ask("GET", "/token?scope=" + "+".join(["a"] * 50), **signed), 200),
        (ask("POST", "/token", **signed), 405),
        (ask("PUT", "/token", **signed), 405),
        (ask("GET", "/", **signed), 404),
        (ask("GET", "/token/", follow_redirects=False, **signed), 307),
    ]
    assert [answer.status_code for answer, _ in cases] == [status for _, status in cases]


@pytest.mark.parametrize("path", ["/token", "/nej"])
def test_every_answer_has_the_headers_of_safety(path: str, served: Served) -> None:
    for answer in (
        served.client.get(path),
        served.client.get(path, auth=("region-b", PHRASE)),
        served.client.put(path),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_accounts_and_agreements_hold_at_once(served: Served, folders: Folders) -> None:
    scope = "repository:region-a/prov:pull"
    assert served.access(scope) == ["region-a/prov:pull"]
    write_end(folders.agreements, read_end(end(agreed(), NOW.date(), PUBLISHER.signer, PUBLISHER.public), "e"))
    assert served.access(scope) == []
    remove_account(served.accounts, "region-b")
    assert served.ask(scope).status_code == 401


def test_what_has_expired_is_looked_at_now(served: Served) -> None:
    scopes = ("repository:region-a/prov:pull", "repository:federation/timestamp:pull", "repository:region-b/x:push")
    served.clock[0] = NOW + 8 * DAY
    assert served.access(*scopes) == ["federation/timestamp:pull", "region-b/x:push"]


def test_a_file_of_accounts_that_cannot_be_read_lets_nobody_in(served: Served) -> None:
    served.accounts.write_text("{}")
    answer = served.ask("repository:region-b/prov:pull")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "accounts.json" in served.log[-1]["problem"]
    assert "accounts" not in answer.text


def test_a_flood_of_guesses_waits_and_the_queue_is_short(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are tried at once; two wait; whoever comes then is asked to come again, and nobody is forgotten."""
    monkeypatch.setattr(issuer_app, "MOST_WAITING", 2)
    go_on, begun = threading.Event(), threading.Semaphore(0)
    running: list[int] = []
    most: list[int] = []

    def slow(*arguments: object) -> None:
        running.append(1)
        most.append(len(running))
        begun.release()
        go_on.wait(20)
        running.pop()

    monkeypatch.setattr(issuer_app, "_account", slow)
    answers: list[int] = []
    answered = threading.Semaphore(0)

    def guess() -> None:
        answers.append(served.ask(phrase="gissning").status_code)
        answered.release()

    first = [threading.Thread(target=guess) for _ in range(issuer_app.AT_ONCE)]
    for one in first:
        one.start()
    for _ in first:
        assert begun.acquire(timeout=20)
    rest = [threading.Thread(target=guess) for _ in range(6)]
    for one in rest:
        one.start()
    # Two of the six wait; four are sent away at once.
    for _ in range(4):
        assert answered.acquire(timeout=20)
    assert answers == [503] * 4
    go_on.set()
    for one in (*first, *rest):
        one.join(20)
    assert sorted(answers) == [401] * 4 + [503] * 4
    assert max(most) == issuer_app.AT_ONCE


# Keeping current


def put_metadata(source: MetadataStore, registry: Any) -> None:
    copy_metadata(source, RegistryMetadataStore(registry))


def test_it_updates_itself_from_a_registry(tmp_path: Path) -> None:
    made = federations.founded()
    trust, folder, stick = made.trust_folder(tmp_path / "trust"), tmp_path / "agreements", tmp_path / "stick"
    registry = FolderRegistry(stick)
    put_metadata(made.store, registry)
    keys = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B, SAFETY)}
    write_agreement(tmp_path / "a", agreed())
    send_agreements(tmp_path / "a", registry, "region-a", keys)
    assert known_from(trust, folder, NOW) == Known()
    assert update(registry, trust, folder, NOW).problems == ()
    assert known_from(trust, folder, NOW).shared == SHARED
    # The metadata expires; an end is taken over all the same.
    write_end(tmp_path / "a", read_end(end(agreed(), NOW.date(), PUBLISHER.signer, PUBLISHER.public), "e"))
    send_agreements(tmp_path / "a", registry, "region-a", keys)
    later = update(registry, trust, folder, NOW + 8 * DAY)
    assert (later.new_files, [one.code for one in later.problems]) == (1, ["metadata-expired"])
    assert known_from(trust, folder, NOW).shared == frozenset()


def test_its_own_token_is_for_reading_at_its_own_registry(issuer: Issuer) -> None:
    made = own_token(issuer, lambda: NOW)
    assert made("annan", frozenset({"repository:federation/root:pull"})) is None
    scopes = {
        "repository:federation/root:pull,push",
        "repository:agreements/region-a:pull",
        "repository:region-a/prov:pull",
    }
    token = made("prov", frozenset(scopes))
    assert token is not None
    _, claims, _, _ = parts(token)
    assert [(one["name"], one["actions"]) for one in claims["access"]] == [
        ("agreements/region-a", ["pull"]),
        ("federation/root", ["pull"]),
    ]


def test_the_clients_own_token_is_sent_to_the_registry_and_nobody_is_asked(issuer: Issuer) -> None:
    seen: list[str] = []

    def twist(handler: Any) -> bool:
        authorization = handler.headers.get("Authorization")
        if authorization is None:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Bearer realm="https://127.0.0.1:9/token",service="prov"')
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        seen.append(authorization)
        return False

    with fake_registry(twist) as service:
        client = RegistryClient(parse_address(service.address), {}, own_token=own_token(issuer, lambda: NOW))
        answer = client.ask(
            "GET", client.url("federation/root/tags/list"), ["repository:federation/root:pull"], (200,), what="x"
        )
        client.close()
    assert answer.status == 200
    assert [parts(one.removeprefix("Bearer "))[1]["sub"] for one in seen] == ["token-issuer"]


# The commands


def run(*arguments: object, **environment: str) -> Any:
    return CliRunner(env=environment).invoke(group, [str(argument) for argument in arguments])


def test_the_commands_of_the_issuer(tmp_path: Path) -> None:
    folder = tmp_path / "issuer"
    made = run("share", "token-issuer", "init", folder, "--service", "prov", "--address", "https://biljetter.example")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith('auth:\n  token:\n    realm: "https://biljetter.example/token"\n')
    assert "key.pem är hemlig" in made.stderr
    again = run("share", "token-issuer", "init", folder, "--service", "prov", "--address", "https://biljetter.example")
    assert (again.exit_code, "finns redan" in again.stderr) == (2, True)
    accounts = folder / "accounts.json"
    file = tmp_path / "lösenfras"
    file.write_text(PHRASE + "\n")
    added = run("share", "account", "region-a", "--accounts", accounts, "--passphrase-file", file, "--steward")
    assert added.exit_code == 0, added.output
    assert signed_in(read_accounts(accounts), "region-a", PHRASE) == Account("region-a", True)
    assert PHRASE not in added.output
    short = run("share", "account", "region-b", "--accounts", accounts, DESIGNTOOL_PASSPHRASE="kort")
    assert (short.exit_code, "passphrase-short" in short.stderr) == (1, True)
    for name in ("federation", "Region", "../x"):
        assert run("share", "account", name, "--accounts", accounts, DESIGNTOOL_PASSPHRASE=PHRASE).exit_code == 2
    assert run("share", "account", "region-a", "--accounts", accounts, "--remove").exit_code == 0
    assert read_accounts(accounts) == {}
    assert run("share", "account", "region-a", "--accounts", accounts, "--remove").exit_code == 2
    assert run("share", "token-issuer", "run", tmp_path / "nowhere").exit_code == 2


def test_seals_differ() -> None:
    one, two = seal(PHRASE, _LEAST_COST), seal(PHRASE, _LEAST_COST)
    assert one.salt != two.salt and one.digest != two.digest
