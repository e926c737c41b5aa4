"""Attacks on metadata along every path by which it can come in, from a service and from a folder.

Each has its code on each path, changes nothing of what was known or fetched, and is followed by the untampered twin, which is
accepted there.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event, Thread
from typing import Any

import federations
import pytest
from click.testing import CliRunner
from federations import FOUNDERS, ONLINE, SECOND, Federation, MemoryStore, contents, forged, person, restamp, signed
from test_agreement_commands import PASSPHRASE, _put_key
from tuf.api.metadata import TargetFile

from designtool.bundle import Bundle, read_bundle
from designtool.bundle.manifest import MANIFEST_TYPE, digest_of
from designtool.cli import group
from designtool.runtime.importing import NotTaken, Policy, import_bundle
from designtool.runtime.outbox import Outbox
from designtool.runtime.polling import Here, Polling, poll
from designtool.runtime.store import Store
from designtool.runtime.trusting import Trust
from designtool.share.federation import publication
from designtool.share.federation.copying import take_over
from designtool.share.federation.draft import LARGEST_TARGETS, encode_draft
from designtool.share.federation.metadata_store import alone_in, parsed_name
from designtool.share.federation.problems import TRUST_PROBLEMS, TrustProblem
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.registry_metadata import CURRENT, METADATA_KIND, RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.trust import refresh_own
from designtool.share.publish import publish
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.network import Patience
from designtool.share.registries.problems import REGISTRY_PROBLEMS, RegistryProblem
from designtool.share.registries.small_file import manifest_of_file, push_file
from designtool.share.token_issuer.updating import update
from tests.bundles import archive_of, sample_content, sample_program
from tests.fake_registry import FakeRegistry, fake_registry
from tests.registries import http_registry, respond
from tests.runtime_samples import a_deed

ANNA, BO = person("Anna Ek", "publisher", "vgr"), person("Bo Alm", "clinical", "vgr")
NEW = person("Ny Nyckel", "publisher", "vgr")
ACCEPTED = "accepted"
HOUR = timedelta(hours=1)


# What there is


@dataclass
class Realm:
    """A federation as it was, as the clients know it, and as it will be: in each a version of the program more."""

    now: datetime
    older: MemoryStore
    known: MemoryStore
    newer: MemoryStore
    federation: Federation
    bundles: Mapping[str, Bundle]


@pytest.fixture(scope="module")
def realm() -> Realm:
    now = datetime.now(UTC)
    federation = federations.founded(now)
    (draft,) = publication.draft_region(federation.store, "vgr", [ANNA.public, BO.public], now)
    federation.adopt(draft, *FOUNDERS[:2])
    bundles, stores = {}, []
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        made = bundles[version] = read_bundle(io.BytesIO(archive_of(sample_content(sample_program(version=version)))))
        federation.adopt(publication.draft_renewal(federation.store, "targets", now), *FOUNDERS[:2])
        federation.adopt(publication.draft_release(federation.store, release_of_bundle(made), now), ANNA, BO)
        federation.stamp(now)
        stores.append(federation.store.copy())
    return Realm(now, *stores, federation, bundles)


@dataclass
class Site:
    """Somebody who trusts the federation, and knows it as it was."""

    realm: Realm
    root: Path
    fake: FakeRegistry
    kind: str
    count: int = 0

    @property
    def trust(self) -> Path:
        return self.root / "trust"

    def place(self, store: MemoryStore) -> str:
        """All bundles, and the metadata of a store as it is."""
        self.count += 1
        if self.kind == "folder":
            folder = self.root / f"place-{self.count}"
            put(store, folder)
            with FolderRegistry(folder) as registry:
                for bundle in self.realm.bundles.values():
                    publish(bundle, registry)
            return str(folder)
        for place in [place for place in self.fake.manifests if place[0].startswith("federation/")]:
            del self.fake.manifests[place]
        for bundle in self.realm.bundles.values():
            self.fake.put(bundle)
        for name, data in store.files.items():
            role, version = parsed_name(name) or ("", None)
            tag = CURRENT if version is None else str(version)
            manifest = manifest_of_file(data, METADATA_KIND, "application/json")
            self.fake.manifests[f"federation/{role}", tag] = (MANIFEST_TYPE, manifest)
            self.fake.blobs[digest_of(data)] = data
            self.fake.there.add((f"federation/{role}", digest_of(data)))
        return self.fake.address

    def kept(self) -> dict[str, bytes]:
        """All that must not change: what is trusted, what was fetched, what is in use. Empty folders are nothing."""
        found = contents(self.root)
        return {name: data for name, data in found.items() if not name.startswith(("place-", "trust/metadata"))}


@pytest.fixture
def site(
    request: pytest.FixtureRequest, realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    with fake_registry() as fake:
        yield begun(realm, tmp_path, fake, request.param, monkeypatch)


# The paths


def run(*words: object) -> Any:
    came = CliRunner().invoke(group, [*map(str, words), "--format", "json"], catch_exceptions=False)
    assert came.exit_code in (0, 1, 2), came.output
    start = came.stdout.find("{")
    return json.loads(came.stdout[start:]) if start >= 0 else {"problems": [{"code": came.stderr}]}


def code_of(message: str) -> str:
    """Of what is shown to people without its code."""
    found = [
        (len(text.sv), code)
        for code, text in {**TRUST_PROBLEMS, **REGISTRY_PROBLEMS}.items()
        if re.fullmatch(re.sub(r"\\\{[a-z_]+\\\}", "(?s:.*)", re.escape(text.sv)), message)
    ]
    return max(found)[1] if found else message


def first(problems: list[Any]) -> str:
    return str(problems[0]["code"]) if problems else ACCEPTED


def by_fetch(site: Site, place: str) -> str:
    return first(
        run("fetch", "vgr/prov", "--from", place, "--trust", site.trust, "--output", "build").get("problems", [])
    )


def by_update(site: Site, place: str) -> str:
    said = run("federation", "update", site.trust, "--from", place)
    return first([*said.get("problems", []), *said.get("not_trusted", [])])


def by_subscriptions(site: Site, place: str) -> str:
    settings = site.root / "designtool.yaml"
    stated = settings.read_text("utf-8")
    where = place if site.kind == "service" else f"./{Path(place).name}"
    settings.write_text(stated.replace("PLACE", where), "utf-8")
    try:
        (one,) = run("subscriptions", "update", "--output", "build")["subscriptions"]
    finally:
        settings.write_text(stated, "utf-8")
    return str(one["problem"]["code"]) if one["problem"] is not None else ACCEPTED


def by_catalogue(site: Site, place: str) -> str:
    said = run("catalogue", "--trust", site.trust, "--from", place, "--region", "skane")
    if "regions" not in said:
        return first(said["problems"])
    (of_vgr,) = (one for one in said["regions"] if one["region"] == "vgr")
    told = [code_of(one) for one in (*said["warnings"], *of_vgr["warnings"])]
    return next((one for one in told if one in TRUST_PROBLEMS), ACCEPTED)


def by_receipts(site: Site, place: str) -> str:
    return first(run("receipts", "list", "--trust", site.trust, "--from", place)["problems"])


def opened(site: Site, place: str) -> Any:
    if site.kind == "folder":
        return FolderRegistry(Path(place))
    return http_registry(place, patience=Patience(connect=2, silence=2, answer=5, attempts=1, longest_wait=0))


def by_poll(site: Site, place: str, now: datetime | None = None) -> str:
    trust = Trust(site.trust, site.root / "witness.json")
    polling = Polling(trust, Outbox(site.root / "receipts"), lambda recalled: Here(), partial(opened, site, place))
    outcome = poll(polling, now or datetime.now(UTC))
    assert outcome.is_fresh or outcome.problems
    return code_of(outcome.problems[0].sv) if outcome.problems else ACCEPTED


def by_issuer(site: Site, place: str, now: datetime | None = None) -> str:
    with opened(site, place) as registry:
        done = update(registry, site.trust, site.root / "agreements", now or datetime.now(UTC))
    return done.problems[0].code if done.problems else ACCEPTED


Way = Callable[[Site, str], str]
WAYS: dict[str, Way] = {
    "fetch --trust": by_fetch,
    "federation update": by_update,
    "subscriptions update": by_subscriptions,
    "catalogue --from": by_catalogue,
    "receipts list": by_receipts,
    "polling": by_poll,
    "token issuer": by_issuer,
}
CHOSEN = [
    *(("folder", way) for way in WAYS),
    # All of them read a service with the same client: these two are enough to see that it makes no difference.
    ("service", "fetch --trust"),
    ("service", "polling"),
]


# The attacks


def rollback(realm: Realm) -> MemoryStore:
    return realm.older


def freeze(realm: Realm) -> MemoryStore:
    """The newest, by somebody who has kept back what came after."""
    attack = realm.newer.copy()

    def late(timestamp: Any) -> None:
        timestamp.expires = (realm.now - HOUR).replace(microsecond=0)

    attack.files["timestamp.json"] = forged(attack, "timestamp", late, [ONLINE])
    return attack


def mixed(role: str) -> Callable[[Realm], MemoryStore]:
    def attack(realm: Realm) -> MemoryStore:
        made = realm.newer.copy()
        newest = max(made.versions(role))
        made.files[f"{newest}.{role}.json"] = realm.known.files[f"{newest - 1}.{role}.json"]
        return made

    return attack


def vouched(realm: Realm, role: str, data: bytes) -> MemoryStore:
    """What a region is said to have signed, and what the online key vouches for."""
    made = realm.newer.copy()
    newest = max(made.versions(role))
    made.files[f"{newest}.{role}.json"] = data
    restamp(made, role, newest)
    return made


def one_of_two(realm: Realm) -> MemoryStore:
    return vouched(realm, "vgr", forged(realm.newer, "vgr", lambda it: None, [ANNA]))


def same_key_twice(realm: Realm) -> MemoryStore:
    content = json.loads(realm.newer.files[f"{max(realm.newer.versions('vgr'))}.vgr.json"])
    content["signatures"] = [content["signatures"][0]] * 2
    return vouched(realm, "vgr", json.dumps(content).encode())


def another_namespace(realm: Realm) -> MemoryStore:
    def foreign(signed: Any) -> None:
        target = TargetFile(1000, {"sha256": SECOND[7:]}, "region-a/prov/9.0.0")
        target.unrecognized_fields["custom"] = {"title": "Provet", "program": "prov", "version": "9.0.0", "size": 5}
        signed.targets["region-a/prov/9.0.0"] = target

    return vouched(realm, "vgr", forged(realm.newer, "vgr", foreign, [ANNA, BO]))


def revoked(realm: Realm) -> MemoryStore:
    """The founders have taken a key away; what it has signed lies in the client's folder still."""
    made = Federation(realm.newer.copy())
    targets, _ = publication.draft_key_change(made.store, "vgr", ANNA.public.key_id, NEW.public, realm.now)
    made.adopt(targets, *FOUNDERS[:2])
    made.stamp(realm.now)
    return made.store


def written(name: str, data: bytes) -> Callable[[Realm], MemoryStore]:
    def attack(realm: Realm) -> MemoryStore:
        made = realm.newer.copy()
        made.files[name] = data
        return made

    return attack


def oversized_role(realm: Realm) -> MemoryStore:
    made = realm.newer.copy()
    name = f"{max(made.versions('targets'))}.targets.json"
    made.files[name] = made.files[name] + b" " * (LARGEST_TARGETS + 1 - len(made.files[name]))
    return made


def expired_region(realm: Realm) -> MemoryStore:
    def late(signed: Any) -> None:
        signed.expires = (realm.now - HOUR).replace(microsecond=0)

    return vouched(realm, "vgr", forged(realm.newer, "vgr", late, [ANNA, BO]))


def moved(realm: Realm) -> MemoryStore:
    """Both keys of the region are in wrong hands."""

    def other(signed: Any) -> None:
        signed.targets["vgr/prov/1.1.0"].hashes["sha256"] = SECOND[7:]
        del signed.targets["vgr/prov/1.2.0"]

    return vouched(realm, "vgr", forged(realm.newer, "vgr", other, [ANNA, BO]))


@dataclass
class Chain:
    """Roots without end, each signed by the founders: whoever has stolen their keys."""

    made: MemoryStore | None = field(default=None)

    def __call__(self, realm: Realm) -> MemoryStore:
        if self.made is None:
            self.made = realm.newer.copy()
            for number in range(2, 260):
                self.made.files[f"{number}.root.json"] = forged(
                    self.made, "root", lambda it: setattr(it, "version", it.version + 1), FOUNDERS[:2], number - 1
                )
        return self.made


ATTACKS: dict[str, tuple[Callable[[Realm], MemoryStore], str]] = {
    "rollback": (rollback, "metadata-rollback"),
    "freeze": (freeze, "metadata-expired"),
    "mix-and-match of the list of regions": (mixed("targets"), "metadata-mismatch"),
    "mix-and-match of a region": (mixed("vgr"), "metadata-mismatch"),
    "one of two signatures": (one_of_two, "metadata-signatures"),
    "the same key twice": (same_key_twice, "metadata-invalid"),
    "another region's namespace": (another_namespace, "federation-rules"),
    "a revoked key": (revoked, "metadata-signatures"),
    "expired metadata of a region": (expired_region, "metadata-expired"),
    "an oversized timestamp": (written("timestamp.json", b" " * 16_385), "metadata-too-large"),
    "an oversized list of regions": (oversized_role, "metadata-too-large"),
    "nested without end": (written("timestamp.json", b"[" * 8_000), "metadata-invalid"),
    "nested deep": (written("timestamp.json", b'{"a":' * 200 + b"1" + b"}" * 200), "metadata-invalid"),
    "a key twice in an object": (written("timestamp.json", b'{"signed":1,"signed":1}'), "metadata-invalid"),
    "a number of thousands of digits": (written("timestamp.json", b'{"a":1%s}' % (b"0" * 8_000)), "metadata-invalid"),
    "endless root chain": (Chain(), "root-chain-too-long"),
}
OF_A_REGION = {
    "mix-and-match of a region",
    "one of two signatures",
    "the same key twice",
    "another region's namespace",
    "a revoked key",
    "expired metadata of a region",
}
"""Where the rest of the metadata is right: that is taken over, and nothing of the region is trusted."""
WITHOUT_REGIONS = {"receipts list"}
"""Ways that take recalls from metadata, and nothing else."""


@pytest.mark.parametrize(("site", "way"), CHOSEN, indirect=["site"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_on_every_way_and_its_twin_is_not(attack: str, way: str, realm: Realm, site: Site) -> None:
    make, code = ATTACKS[attack]
    before = site.kept()
    came = WAYS[way](site, site.place(make(realm)))
    after = site.kept()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    # Newer roots alone are kept of what was refused: what was signed with keys that they have revoked is worth nothing.
    changed = {name for name in changed if "root_history" not in name and name != "trust/client/root.json"}
    if attack in OF_A_REGION:
        assert came == (ACCEPTED if way in WITHOUT_REGIONS else code)
        assert {name.split("/")[0] for name in changed} <= {"trust", "witness.json"}
        assert verified(site, "1.2.0") not in (ACCEPTED, "target-unknown")
    else:
        assert came == code
        assert changed == set()
        assert verified(site, "1.1.0") == ACCEPTED
    if attack != "endless root chain":  # Whoever signs those has all of the federation: nothing right follows on them.
        assert WAYS[way](site, site.place(twin(realm, attack))) == ACCEPTED
        assert verified(site, "1.2.0") == ACCEPTED


def twin(realm: Realm, attack: str) -> MemoryStore:
    """The federation goes on: whatever an attacker has counted up to, the next version is newer."""
    made, people = Federation(realm.newer.copy()), (ANNA, BO)
    if attack == "a revoked key":
        made, people = Federation(revoked(realm).copy()), (NEW, BO)
    made.adopt(publication.draft_renewal(made.store, "vgr", realm.now), *people)
    for _ in range(3):
        made.stamp(realm.now)
    return made.store


def verified(site: Site, version: str) -> str:
    """What `verify --trust` says of a bundle, asked in a copy: asking may write."""
    copy = site.root / "place-asked"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(site.trust, copy, symlinks=True)
    path = site.root / f"place-{version}.dtb"
    path.write_bytes(archive_of(sample_content(sample_program(version=version))))
    return first(run("verify", path, "--trust", copy)["problems"])


def test_a_release_that_has_moved_is_refused_wherever_it_is_judged(
    realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_registry() as fake:
        site = begun(realm, tmp_path, fake, "folder", monkeypatch)
        place = site.place(moved(realm))
        before = site.kept()
        assert by_update(site, place) == by_poll(site, place) == by_issuer(site, place) == ACCEPTED
        for refused in (by_fetch, by_subscriptions, by_catalogue):
            assert refused(site, place) == "target-moved"
        assert verified(site, "1.1.0") == imported(site, "1.1.0") == "target-moved"
        assert verified(site, "1.0.0") == imported(site, "1.0.0") == ACCEPTED
        changed = {name for name, data in site.kept().items() if before.get(name) != data}
        assert not any(name.startswith("build") for name in changed)
        again = site.place(twin_after(realm))
        for accepted in (by_fetch, by_subscriptions, by_catalogue):
            assert accepted(site, again) == ACCEPTED
        assert verified(site, "1.1.0") == imported(site, "1.1.0") == ACCEPTED


def twin_after(realm: Realm) -> MemoryStore:
    made = Federation(moved(realm))
    right = forged(realm.newer, "vgr", lambda it: setattr(it, "version", it.version + 1), [ANNA, BO])
    made.store.files[f"{max(realm.newer.versions('vgr')) + 1}.vgr.json"] = right
    made.stamp(realm.now)
    return made.store


def imported(site: Site, version: str, now: datetime | None = None) -> str:
    """What a runtime says of a bundle that is to be taken in, and of a treatment that is to begin with it: they are one."""
    store = Store(site.root / "place-data")
    trust = Trust(site.trust, site.root / "place-data" / "witness.json")
    moment = now or datetime.now(UTC)
    data = archive_of(sample_content(sample_program(version=version)))
    before = {one.digest for one in store.bundles()}
    try:
        taken = import_bundle(io.BytesIO(data), store, Policy.SIGNED, replace(a_deed(), at=moment), trust)
        begins = trust.judge(taken.digest, f"vgr/prov/{version}", moment)
        return str(getattr(begins, "code", ACCEPTED))
    except NotTaken as refused:
        assert {one.digest for one in store.bundles()} == before
        return refused.code
    finally:
        store.close()


@pytest.mark.parametrize("attack", [name for name in ATTACKS if name != "endless root chain"])
def test_a_copy_that_somebody_has_spoilt_is_refused_by_verify_and_by_the_runtime(
    attack: str, realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files lie on this machine, where somebody has put others in their place."""
    make, code = ATTACKS[attack]
    with fake_registry() as fake:
        site = begun(realm, tmp_path, fake, "folder", monkeypatch)
        mirror = site.trust / "metadata"
        for path in mirror.glob("*.json"):
            path.unlink()
        for name, data in make(realm).files.items():
            (mirror / name).write_bytes(data)
        seen = (site.trust / "seen.json").read_bytes()
        assert imported(site, "1.1.0") == verified(site, "1.1.0") == code
        assert attack in OF_A_REGION or (site.trust / "seen.json").read_bytes() == seen
        assert by_update(site, site.place(twin(realm, attack))) == ACCEPTED
        assert imported(site, "1.2.0") == verified(site, "1.2.0") == ACCEPTED


def begun(realm: Realm, folder: Path, fake: FakeRegistry, kind: str, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(realm, folder, fake, kind)
    realm.federation.trust_folder(made.trust)
    take_over(realm.known, made.trust, realm.now)
    (folder / "agreements").mkdir()
    (folder / "designtool.yaml").write_text(
        "format: 1\nregion: skane\nsubscriptions:\n  vgr/prov:\n    from: PLACE\n    trust: trust\n"
        '    versions: ">=1.0 <2.0"\n    version: 1.1.0\n',
        "utf-8",
    )
    monkeypatch.chdir(folder)
    return made


@pytest.fixture
def by_hand(realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with fake_registry() as fake:
        yield begun(realm, tmp_path, fake, "folder", monkeypatch)


@pytest.mark.parametrize(("way", "back"), [(by_poll, ACCEPTED), (by_issuer, "clock-set-back")])
def test_a_clock_that_is_a_year_off(way: Callable[[Site, str, datetime], str], back: str, by_hand: Site) -> None:
    """Ahead nothing is taken over, and nothing of that year is remembered; back it is noticed, and nothing begins, but a runtime
    hears of recalls all the same. Right again, all goes on."""
    site, now = by_hand, datetime.now(UTC)
    place = site.place(site.realm.newer)
    before = site.kept()
    assert way(site, place, now + timedelta(days=365)) == "metadata-expired"
    assert site.kept() == before
    assert way(site, place, now - timedelta(days=365)) == back
    assert (site.kept() == before) == (back != ACCEPTED)
    assert imported(site, "1.1.0", now + timedelta(days=365)) == "metadata-expired"
    assert imported(site, "1.1.0", now - timedelta(days=365)) == "clock-set-back"
    assert way(site, place, now) == imported(site, "1.2.0", now) == ACCEPTED


@pytest.mark.parametrize("way", ["polling", "fetch --trust", "federation update", "token issuer"])
def test_a_folder_that_was_put_back_is_noticed(way: str, by_hand: Site) -> None:
    """All of it but for what remembers, as from a backup, and a place that is as old: it is not taken for new."""
    site = by_hand
    backup = contents(site.trust)
    place = site.place(site.realm.known)
    take_over(site.realm.newer, site.trust, site.realm.now)
    for name in contents(site.trust):
        if name not in backup and not name.endswith("seen.json"):
            (site.trust / name).unlink()
    for name, data in backup.items():
        if name != "seen.json":
            (site.trust / name).write_bytes(data)
    before = site.kept()
    assert WAYS[way](site, place) == "trust-restored"
    assert site.kept() == before
    assert verified(site, "1.1.0") == "trust-restored"
    assert WAYS[way](site, site.place(twin(site.realm, ""))) == ACCEPTED
    assert verified(site, "1.2.0") == ACCEPTED


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "zeros": lambda data: bytes(len(data)),
    "another kind of value": lambda data: b"[]",
    "wrong types": lambda data: b'{"signed":{"_type":5,"version":"x"},"signatures":7}',
    "nested without end": lambda data: b'{"signed":' + b"[" * 100_000,
    "a time before any calendar": lambda data: data.replace(b'"at": "2', b'"at": "0'),
}
READ_AGAIN = (
    *(f"client/{role}.json" for role in ("timestamp", "snapshot", "targets", "recall", "vgr")),
    *("client/root_history/1.root.json", "client/root.json", "metadata/timestamp.json", "metadata/1.recall.json"),
)


@pytest.mark.parametrize("damage", [name for name in DAMAGES if "calendar" not in name])
def test_what_is_half_written_in_a_trust_folder_is_said_and_fetched_again(damage: str, by_hand: Site) -> None:
    site = by_hand
    whole, place = contents(site.trust), site.place(site.realm.newer)
    for name in READ_AGAIN:
        for path, data in whole.items():
            (site.trust / path).write_bytes(data)
        (site.trust / name).write_bytes(DAMAGES[damage](whole[name]))
        said = run("recall", "list", "--trust", site.trust)
        if name in ("client/targets.json", "client/recall.json"):
            assert first(said["problems"]) == "trust-part-damaged"
            assert "designtool federation update" in said["problems"][0]["message"]
        else:
            assert said.get("problems", []) == []
        assert verified(site, "1.1.0") in (ACCEPTED, "metadata-invalid", "metadata-too-large")
        assert by_update(site, place) == ACCEPTED
        assert first(run("recall", "list", "--trust", site.trust).get("problems", [])) == ACCEPTED
        assert verified(site, "1.2.0") == ACCEPTED


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["anchor.json", "seen.json"])
def test_what_nobody_but_oneself_can_put_right_is_said_to_be_damaged(name: str, damage: str, by_hand: Site) -> None:
    site = by_hand
    if "calendar" in damage and name == "anchor.json":
        damage = "half"
    whole, place = (site.trust / name).read_bytes(), site.place(site.realm.newer)
    (site.trust / name).write_bytes(DAMAGES[damage](whole))
    before = site.kept()
    for way in WAYS.values():
        assert way(site, place) == "trust-damaged"
    assert verified(site, "1.1.0") == imported(site, "1.1.0") == "trust-damaged"
    assert site.kept() == before
    (site.trust / name).write_bytes(whole)
    assert by_update(site, place) == verified(site, "1.2.0") == ACCEPTED


# What a service may do besides

Handler = BaseHTTPRequestHandler


def page(handler: Handler) -> None:
    respond(handler, 200, b"<html>Logga in", {"Content-Type": "text/html"})


def too_short(handler: Handler) -> None:
    """A length that is not that of the content."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{}")
    handler.close_connection = True


def elsewhere(place: str) -> Callable[[Handler], None]:
    return lambda handler: respond(handler, 307, b"", {"Location": place})


def no_access(handler: Handler) -> None:
    respond(handler, 403, b"{}")


TRICKS: dict[str, tuple[Callable[[Handler], None], str]] = {
    "a page with status 200": (page, "answer-unreadable"),
    "a wrong Content-Length": (too_short, "registry-unreachable"),
    "a redirect to another host": (elsewhere("https://example.org/file"), "redirect-refused"),
    "a redirect to this machine": (elsewhere("http://127.0.0.1:1/file"), "redirect-refused"),
    "a redirect to a link-local address": (elsewhere("http://169.254.169.254/latest"), "redirect-refused"),
    "a redirect to a neighbour in IPv6": (elsewhere("https://[fe80::1]/file"), "redirect-refused"),
    "a token for another repository": (no_access, "access-denied"),
}


@pytest.mark.parametrize("way", [name for name in WAYS if name not in ("federation update", "receipts list")])
@pytest.mark.parametrize("trick", TRICKS)
def test_a_service_that_gives_something_else_is_refused_on_every_way(
    trick: str, way: str, realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, code = TRICKS[trick]
    monkeypatch.setattr("designtool.share.registries.client.RegistryClient.pause", given_up)
    with fake_registry() as fake:
        site = begun(realm, tmp_path, fake, "service", monkeypatch)
        place, before = site.place(realm.newer), site.kept()

        def twist(handler: Handler) -> bool:
            if "/federation/" not in handler.path:
                return False
            answer(handler)
            return True

        fake.twist = twist
        assert WAYS[way](site, place) == code
        assert site.kept() == before
        fake.twist = lambda handler: False
        assert WAYS[way](site, place) == verified(site, "1.2.0") == ACCEPTED


def given_up(client: Any, attempt: int, asked: str | None, reason: str) -> None:
    raise RegistryProblem("registry-unreachable", registry=client.address, reason=reason)


def test_bytes_of_another_digest_are_refused_on_every_way_that_fetches(
    realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, other = realm.bundles["1.2.0"], realm.bundles["1.0.0"]
    with fake_registry() as fake:
        site = begun(realm, tmp_path, fake, "service", monkeypatch)
        place = site.place(realm.newer)
        fake.manifests["vgr/prov", wanted.digest] = fake.manifests["vgr/prov", other.digest]
        for way in (by_fetch, by_subscriptions):
            assert way(site, place) == "wrong-digest"
        assert not [path for path in (site.root / "build").glob("*") if "1.2.0" in path.name]
        site.place(realm.newer)
        # A tag that was moved is nobody's word, where the metadata says what is meant.
        fake.manifests["vgr/prov", "1.2.0"] = fake.manifests["vgr/prov", other.digest]
        for way in (by_fetch, by_subscriptions):
            assert way(site, place) == ACCEPTED
        assert (site.root / "build" / "prov-1.2.0.dtb").read_bytes() == archive_of(
            sample_content(sample_program(version="1.2.0"))
        )


def test_several_at_once_in_one_trust_folder(by_hand: Site) -> None:
    """A runtime that polls and asks, an issuer, and people with commands: all are answered, and the folder is whole."""
    site = by_hand
    places = [site.place(site.realm.known), site.place(site.realm.newer)]
    trust = Trust(site.trust, site.root / "witness.json")

    def learnt(place: str) -> str:
        try:
            with FolderRegistry(Path(place)) as registry:
                trust.learn(RegistryMetadataStore(registry), datetime.now(UTC))
        except TrustProblem as problem:
            return problem.code
        return ACCEPTED

    def asked(place: str) -> str:
        answer = trust.judge(site.realm.bundles["1.1.0"].digest, "vgr/prov/1.1.0", datetime.now(UTC))
        return str(getattr(answer, "code", ACCEPTED))

    def updated(place: str) -> str:
        return by_issuer(site, place)

    def read(place: str) -> str:
        refresh_own(site.trust, datetime.now(UTC))
        return ACCEPTED if len(region_keys(site.trust)) == 6 else "keys are missing"

    with ThreadPoolExecutor(8) as pool:
        told = [
            (work, pool.submit(work, places[number % 2]))
            for number in range(12)
            for work in (learnt, asked, updated, read)
        ]
        # What is older than what another has taken over meanwhile is refused; nothing else goes wrong.
        for work, answer in told:
            assert answer.result() in ((ACCEPTED, "metadata-rollback") if work in (learnt, updated) else (ACCEPTED,))
    assert learnt(places[1]) == verified(site, "1.2.0") == ACCEPTED
    assert sorted(path.name for path in site.trust.iterdir()) == sorted(
        [".lock", "anchor.json", "client", "metadata", "seen.json", "trial"]
    )


def test_who_reads_a_trust_folder_waits_for_whoever_writes_it(by_hand: Site) -> None:
    began, done = Event(), Event()

    def read() -> None:
        began.set()
        refresh_own(by_hand.trust, datetime.now(UTC))
        done.set()

    with alone_in(by_hand.trust):
        reader = Thread(target=read)
        reader.start()
        assert began.wait(10)
        assert not done.wait(0.2)
    assert done.wait(10)
    reader.join()


# Publishing to a place that may be anybody's


def foreign_federation(realm: Realm) -> MemoryStore:
    """By the same names, and with others' keys."""
    others = [person(f"Främling {letter}", "founder", f"region-{letter}") for letter in "abc"]
    made, online = Federation(), person("Främmande stämpel", "online", "region-a")
    safety = person("Främmande säkerhet", "safety", "region-a")
    drafts = publication.draft_federation(
        [one.public for one in others], 2, [online.public], [safety.public], realm.now
    )
    for draft, people in zip(drafts, (others[:2], others[:2], (safety,)), strict=True):
        made.adopt(draft, *people)
    keys = [person("Främling P", "publisher", "vgr").public, person("Främling K", "clinical", "vgr").public]
    (draft,) = publication.draft_region(made.store, "vgr", keys, realm.now)
    made.adopt(draft, *others[:2])
    made.stamp(realm.now, by=online)
    return made.store


HOSTILE: dict[str, tuple[Callable[[Realm], MemoryStore], Sequence[Any], str, str]] = {
    # Where it lies, who has signed, which version the draft is of, and the code.
    "one of two signatures": (lambda realm: realm.known, (ANNA,), "1.2.0", "metadata-signatures"),
    "nobody's signature": (lambda realm: realm.known, (), "1.2.0", "metadata-signatures"),
    "a draft of another bundle": (lambda realm: realm.known, (ANNA, BO), "1.0.0", "target-other"),
    "another federation by the same name": (foreign_federation, (ANNA, BO), "1.2.0", "metadata-signatures"),
    "endless root chain": (Chain(), (ANNA, BO), "1.2.0", "root-chain-too-long"),
    "a key that was revoked": (lambda realm: revoked(realm), (ANNA, BO), "1.2.0", "metadata-signatures"),
    "the list of regions is no list": (
        lambda realm: MemoryStore({**realm.known.files, "99.targets.json": b"[]", "1.targets.json": b"[]"}),
        (ANNA,),
        "1.2.0",
        "metadata-signatures",
    ),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_what_is_published_is_held_against_the_place_and_nothing_is_sent_otherwise(attack: str, by_hand: Site) -> None:
    make, people, version, code = HOSTILE[attack]
    site, realm = by_hand, by_hand.realm
    store = realm.known.copy()
    # All is there but for the new version.
    release = replace(release_of_bundle(realm.bundles["1.2.0"]), digest=realm.bundles[version].digest)
    right = publication.draft_release(store, release_of_bundle(realm.bundles["1.2.0"]), realm.now)
    draft = publication.draft_release(store, release, realm.now) if version != "1.2.0" else right
    bundle, file = site.root / "place-new.dtb", site.root / "place-draft.json"
    bundle.write_bytes(archive_of(sample_content(sample_program(version="1.2.0"))))
    place = site.root / "place-hostile"
    put(make(realm), place)
    before = contents(place)
    file.write_bytes(encode_draft(signed(draft, *people)))
    assert first(run("publish", bundle, "--to", place, "--release", file)["problems"]) == code
    assert contents(place) == before
    twin_place = site.root / "place-right"
    put(store, twin_place)
    file.write_bytes(encode_draft(signed(right, ANNA, BO)))
    assert run("publish", bundle, "--to", twin_place, "--release", file)["published"][0]["new"]
    with FolderRegistry(twin_place) as registry:
        publication.stamp(RegistryMetadataStore(registry), [ONLINE.signer], realm.now)
        for old in ("1.0.0", "1.1.0"):
            publish(realm.bundles[old], registry)
    assert by_fetch(site, str(twin_place)) == verified(site, "1.2.0") == ACCEPTED


def put(store: MemoryStore, folder: Path) -> None:
    """The metadata of a store as it is."""
    with FolderRegistry(folder) as registry:
        for name, data in store.files.items():
            role, version = parsed_name(name) or ("", None)
            tag = CURRENT if version is None else str(version)
            push_file(registry, f"federation/{role}", tag, data, METADATA_KIND, "application/json")


def test_who_stamps_and_remembers_declares_nothing_old_to_be_fresh(by_hand: Site) -> None:
    """A registry that was put back hides a recall or a new key from newcomers for as long as somebody stamps what it shows."""
    site, realm = by_hand, by_hand.realm
    keys = site.root / "place-keys"
    _put_key(keys, "stampel", ONLINE)
    (site.root / "place-word").write_text(PASSPHRASE, "utf-8")

    def stamped(store: MemoryStore, *more: object) -> str:
        place = site.root / f"place-stamped-{len(list(site.root.glob('place-stamped-*')))}"
        put(store, place)
        before = contents(place)
        words = ("federation", "stamp", place, "--key", "stampel", "--keys", keys, "--passphrase-file", "place-word")
        code = first(run(*words, *more).get("problems", []))
        assert (contents(place) == before) == (code != ACCEPTED)
        return code

    remembering = ("--trust", site.trust)
    before = site.kept()
    assert stamped(realm.older, *remembering) == "metadata-rollback"
    # The timestamp alone is taken away, so that it is not seen to be old.
    hidden = realm.older.copy()
    del hidden.files["timestamp.json"]
    assert stamped(hidden, *remembering) == "metadata-rollback"
    assert site.kept() == before
    assert stamped(realm.newer, *remembering) == ACCEPTED
    assert verified(site, "1.2.0") == ACCEPTED
    # What it has stamped itself is remembered from then on.
    assert stamped(realm.known, *remembering) == "metadata-rollback"
    assert stamped(realm.known) == ACCEPTED, "nobody remembers who does not say where"
