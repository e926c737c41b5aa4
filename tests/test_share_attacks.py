"""Attacks on what is fetched with trust: each has a stable code and writes nothing, and the untampered twin is accepted."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from federations import (
    CLINICAL,
    DAY,
    FOUNDERS,
    NOW,
    ONLINE,
    PUBLISHER,
    SAFETY,
    SECOND,
    Federation,
    MemoryStore,
    contents,
    forged,
    founded,
    person,
    restamp,
)
from tuf.api.metadata import TargetFile

from designtool.bundle import Bundle, Refused, read_bundle
from designtool.bundle.manifest import MANIFEST_TYPE, blob_of
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import METADATA_KIND, RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.roles import release_name
from designtool.share.federation.trust import read_seen
from designtool.share.fetch import Fetched
from designtool.share.publish import publish
from designtool.share.recalls.listing import Recall, draft_recall
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import parse_wanted
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.small_file import manifest_of_file
from designtool.share.trusted_fetch import fetch_trusted
from tests.bundles import archive_of, sample_content, sample_program
from tests.memory_registry import MemoryRegistry, Shelves

ANNA = person("Anna Ek", "publisher", "vgr")
BO = person("Bo Alm", "clinical", "vgr")


def bundle(version: str = "1.0.0", film: bytes = b"", **changes: Any) -> Bundle:
    made = sample_content(sample_program(version=version, **changes))
    if film:
        made = replace(made, files={**made.files, "media/film.webm": blob_of(film)})
    return read_bundle(io.BytesIO(archive_of(made)))


@dataclass
class Nation:
    """Regions with a federation, and a registry in which all of it lies."""

    federation: Federation = field(default_factory=founded)
    shelves: Shelves = field(default_factory=Shelves)
    bundles: dict[str, Bundle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (draft,) = publication.draft_region(self.store, "vgr", [ANNA.public, BO.public], NOW)
        self.federation.adopt(draft, *FOUNDERS[:2])
        self.release("1.0.0")

    @property
    def store(self) -> MemoryStore:
        return self.federation.store

    def release(
        self, version: str, now: datetime = NOW, people: Sequence[Any] = (ANNA, BO), film: bytes = b""
    ) -> Bundle:
        made = self.bundles[version] = bundle(version, film)
        self.federation.adopt(publication.draft_release(self.store, release_of_bundle(made), now), *people)
        self.federation.stamp(now)
        publish(made, MemoryRegistry(self.shelves))
        return made

    def registry(self, store: MemoryStore | None = None) -> MemoryRegistry:
        """With the bundles, and the metadata of a store as it is."""
        shelves = Shelves(dict(self.shelves.manifests), dict(self.shelves.blobs))
        registry = MemoryRegistry(shelves)
        metadata = RegistryMetadataStore(registry)
        for name, data in (store or self.store).files.items():
            metadata.put(name, data, None)
        return registry

    def client(self, folder: Path) -> Client:
        folder.mkdir(exist_ok=True)
        return Client(self.federation.trust_folder(folder / "trust"), folder / "fetched")


@dataclass
class Client:
    trust: Path
    output: Path

    def fetch(self, registry: Any, wanted: str = "vgr/prov", now: datetime = NOW, **more: Any) -> Fetched:
        metadata = RegistryMetadataStore(registry)
        return fetch_trusted(parse_wanted(wanted), registry, metadata, self.trust, self.output, now, **more)

    def refused(self, registry: Any, wanted: str = "vgr/prov", now: datetime = NOW, **more: Any) -> str:
        """The code, after a look that nothing has been written."""
        before, fetched = contents(self.trust), contents(self.output)
        with pytest.raises((TrustProblem, RegistryProblem, Refused)) as caught:
            self.fetch(registry, wanted, now, **more)
        self.changed = {name for name, data in contents(self.trust).items() if before.get(name) != data}
        assert contents(self.output) == fetched
        return caught.value.code

    changed: set[str] = field(default_factory=set)
    """What the last refusal has changed in the trust folder."""


@pytest.fixture
def nation() -> Nation:
    return Nation()


@pytest.fixture
def client(nation: Nation, tmp_path: Path) -> Client:
    return nation.client(tmp_path)


def test_the_newest_release_comes_with_those_who_signed_it(nation: Nation, client: Client) -> None:
    fetched = client.fetch(nation.registry())
    assert [(one.holder, one.role, one.region) for one in fetched.signers] == [
        ("Anna Ek", "publisher", "vgr"),
        ("Bo Alm", "clinical", "vgr"),
    ]
    assert (fetched.version, fetched.digest) == ("1.0.0", nation.bundles["1.0.0"].digest)
    nation.release("1.10.0")
    nation.release("1.9.0")
    assert client.fetch(nation.registry()).version == "1.10.0"
    assert client.fetch(nation.registry(), "vgr/prov:1.9.0").version == "1.9.0"
    by_digest = client.fetch(nation.registry(), f"vgr/prov@{nation.bundles['1.9.0'].digest}")
    assert (by_digest.version, by_digest.is_new) == ("1.9.0", False)
    for unknown in ("vgr/prov:2.0.0", f"vgr/prov@{SECOND}", "vgr/annat"):
        assert client.refused(nation.registry(), unknown) == "target-unknown"
    assert client.refused(nation.registry(), "norr/prov") == "role-unknown"
    # A region of the federation that has released nothing yet.
    assert client.refused(nation.registry(), "region-b/prov") == "target-unknown"


def test_tags_are_nobodys_word(nation: Nation, client: Client) -> None:
    """A tag that was moved, and versions that nobody has released, change nothing of what is fetched."""
    registry, other = nation.registry(), bundle("1.0.0", title="En annan")
    publish(bundle("9.9.9"), registry)
    publish(other, MemoryRegistry(elsewhere := Shelves()))
    registry.shelves.blobs |= elsewhere.blobs
    registry.shelves.manifests["vgr/prov", other.digest] = elsewhere.manifests["vgr/prov", other.digest]
    registry.shelves.manifests["vgr/prov", "1.0.0"] = elsewhere.manifests["vgr/prov", "1.0.0"]
    assert client.fetch(registry).digest == nation.bundles["1.0.0"].digest
    assert client.refused(registry, f"vgr/prov@{other.digest}") == "target-unknown"


def test_other_bytes_for_a_digest(nation: Nation, client: Client) -> None:
    digest, other = nation.bundles["1.0.0"].digest, bundle("1.0.0", title="En annan")
    registry = nation.registry()
    registry.shelves.manifests["vgr/prov", digest] = (MANIFEST_TYPE, other.manifest.data)
    assert client.refused(registry) == "wrong-digest"
    registry = nation.registry()
    del registry.shelves.manifests["vgr/prov", digest]
    assert client.refused(registry) == "not-in-registry"
    for file in nation.bundles["1.0.0"].files.values():
        registry = nation.registry()
        registry.shelves.blobs[file.digest] = b"x" * file.size
        assert client.refused(registry) == "wrong-digest"
        del registry.shelves.blobs[file.digest]
        assert client.refused(registry) == "blob-missing"
    assert client.fetch(nation.registry()).is_new


def test_rollback(nation: Nation, client: Client) -> None:
    old = nation.registry()
    nation.release("1.1.0")
    assert client.fetch(nation.registry()).version == "1.1.0"
    assert client.refused(old) == "metadata-rollback"
    assert client.changed == set()
    assert client.fetch(nation.registry()).version == "1.1.0"


def test_freeze(nation: Nation, client: Client) -> None:
    assert client.refused(nation.registry(), now=NOW + 8 * DAY) == "metadata-expired"
    assert client.changed == set()
    nation.federation.stamp(NOW + 8 * DAY)
    assert client.fetch(nation.registry(), now=NOW + 8 * DAY).is_new


@pytest.mark.parametrize("role", ["snapshot", "targets", "vgr", "recall"])
def test_mix_and_match(nation: Nation, client: Client, role: str) -> None:
    """Files that were each true once, but never together."""
    old = nation.store.copy()
    if role in ("targets", "recall"):
        people = FOUNDERS[:2] if role == "targets" else (SAFETY,)
        nation.federation.adopt(publication.draft_renewal(nation.store, role, NOW), *people)
    nation.release("1.1.0")
    attack = nation.store.copy()
    newest = max(attack.versions(role))
    attack.files[f"{newest}.{role}.json"] = old.files[f"{newest - 1}.{role}.json"]
    assert client.refused(nation.registry(attack)) == "metadata-mismatch"
    # Another region's file is another region's problem: that client has gone on, and knows what it is to have.
    assert role == "vgr" or client.changed == set()
    assert client.fetch(nation.registry()).version == "1.1.0"


def published(nation: Nation, data: bytes, role: str = "vgr") -> MemoryRegistry:
    """What a region is said to have signed, and what the online key vouches for."""
    store = nation.store.copy()
    store.files[f"1.{role}.json"] = data
    restamp(store, role, 1)
    return nation.registry(store)


@pytest.mark.parametrize("people", [(ANNA,), (BO,), (ANNA, PUBLISHER), (PUBLISHER, CLINICAL), FOUNDERS[:2], ()])
def test_one_of_two_signatures_or_others(
    nation: Nation, client: Client, tmp_path: Path, people: tuple[Any, ...]
) -> None:
    attack = published(nation, forged(nation.store, "vgr", lambda it: None, people))
    assert client.refused(attack) == "metadata-signatures"
    twin = published(nation, forged(nation.store, "vgr", lambda it: None, (ANNA, BO)))
    assert nation.client(tmp_path / "fresh").fetch(twin).is_new


def test_the_same_key_twice(nation: Nation, client: Client, tmp_path: Path) -> None:
    whole = nation.store.files["1.vgr.json"]
    content = json.loads(whole)
    content["signatures"] = [content["signatures"][0]] * 2
    assert client.refused(published(nation, json.dumps(content).encode())) == "metadata-invalid"
    assert nation.client(tmp_path / "fresh").fetch(published(nation, whole)).is_new


def test_another_regions_namespace(nation: Nation, client: Client) -> None:
    """Region A releases in the name of the region VGR, with all signatures that it has."""

    def foreign(targets: Any) -> None:
        target = TargetFile(1000, {"sha256": SECOND[7:]}, "vgr/prov/9.0.0")
        target.unrecognized_fields["custom"] = {"title": "Provet", "program": "prov", "version": "9.0.0", "size": 5}
        targets.targets["vgr/prov/9.0.0"] = target

    attack = published(nation, forged(nation.store, "region-a", foreign, (PUBLISHER, CLINICAL)), "region-a")
    assert client.fetch(attack).version == "1.0.0"
    assert client.refused(attack, "region-a/prov") == "federation-rules"
    assert client.refused(attack, "vgr/prov:9.0.0") == "target-unknown"


def test_a_revoked_key_is_worth_nothing_though_its_signature_lies_in_the_cache(nation: Nation, client: Client) -> None:
    client.fetch(nation.registry())
    new = person("Ny Nyckel", "publisher", "vgr")
    targets, again = publication.draft_key_change(nation.store, "vgr", ANNA.public.key_id, new.public, NOW)
    nation.federation.adopt(targets, *FOUNDERS[:2])
    nation.federation.stamp(NOW)
    assert client.refused(nation.registry()) == "metadata-signatures"
    with pytest.raises(TrustProblem) as refused:
        nation.federation.adopt(again, BO)
    assert refused.value.code == "metadata-signatures"
    nation.federation.adopt(again, new, BO)
    nation.federation.stamp(NOW)
    fetched = client.fetch(nation.registry())
    assert [one.holder for one in fetched.signers] == ["Ny Nyckel", "Bo Alm"]


def test_oversized_metadata(nation: Nation, client: Client, tmp_path: Path) -> None:
    for role, tag, size in (("timestamp", "current", 16_385), ("root", "2", 512_001)):
        registry = nation.registry()
        data = manifest_of_file(b" " * size, METADATA_KIND, "application/json")
        registry.shelves.manifests[f"federation/{role}", tag] = (MANIFEST_TYPE, data)
        registry.shelves.blobs[blob_of(b" " * size).digest] = b" " * size
        assert client.refused(registry) == "metadata-too-large"
        assert client.changed == set()
    for role in ("snapshot", "targets", "vgr", "recall"):
        store = nation.store.copy()
        newest = max(store.versions(role))
        store.files[f"{newest}.{role}.json"] += b" "
        assert nation.client(tmp_path / role).refused(nation.registry(store)) == "metadata-too-large"
    assert client.fetch(nation.registry()).is_new


def test_what_is_no_metadata_at_all(nation: Nation, client: Client) -> None:
    for role, tag in (("timestamp", "current"), ("root", "2"), ("snapshot", "2"), ("targets", "4"), ("recall", "1")):
        registry = nation.registry()
        registry.shelves.manifests[f"federation/{role}", tag] = (MANIFEST_TYPE, b'{"layers": []}')
        assert client.refused(registry) == "metadata-invalid", role
        assert client.changed == set()
    assert client.fetch(nation.registry()).is_new


def test_fast_forward_is_left_behind_by_other_online_keys(nation: Nation, client: Client) -> None:
    attack = nation.store.copy()
    attack.files["timestamp.json"] = forged(attack, "timestamp", lambda it: setattr(it, "version", 2**53 - 1), [ONLINE])
    assert client.fetch(nation.registry(attack)).is_new
    assert client.refused(nation.registry()) == "metadata-rollback"
    other = person("Ny tidsstämpel", "online", "region-a")
    (draft,) = publication.draft_key_change(nation.store, "online", ONLINE.public.key_id, other.public, NOW)
    nation.federation.adopt(draft, *FOUNDERS[1:])
    nation.federation.stamp(NOW, by=other)
    assert client.fetch(nation.registry()).version == "1.0.0"


def test_a_newer_root_is_kept_though_the_rest_is_withheld(nation: Nation, client: Client) -> None:
    """Whoever holds the revoked online key has nothing of a client that has heard of it."""
    client.fetch(nation.registry())
    other = person("Ny tidsstämpel", "online", "region-a")
    (draft,) = publication.draft_key_change(nation.store, "online", ONLINE.public.key_id, other.public, NOW)
    old = nation.store.copy()
    nation.federation.adopt(draft, *FOUNDERS[1:])
    attack = old.copy()
    attack.files["2.root.json"] = nation.store.files["2.root.json"]
    assert client.refused(nation.registry(attack)) == "metadata-signatures"
    assert client.changed == {"client/root_history/2.root.json"}
    assert client.refused(nation.registry(old)) == "metadata-signatures"
    nation.federation.stamp(NOW, by=other)
    assert client.fetch(nation.registry()).version == "1.0.0"


def test_a_restored_trust_folder_is_noticed(nation: Nation, client: Client) -> None:
    client.fetch(nation.registry())
    old, backup = nation.registry(), contents(client.trust)
    nation.release("1.1.0")
    client.fetch(nation.registry())
    witness = read_seen(client.trust / "seen.json")
    for name, data in backup.items():
        (client.trust / name).write_bytes(data)
    assert client.refused(old, witness=witness) == "trust-restored"
    assert client.changed == set()
    assert client.fetch(nation.registry(), witness=witness).version == "1.1.0"
    # A part of it from a backup: the folder notices by itself.
    for name, data in backup.items():
        if name != "seen.json":
            (client.trust / name).write_bytes(data)
    assert client.refused(old) == "trust-restored"


def test_a_clock_that_was_set_back(nation: Nation, client: Client) -> None:
    nation.federation.stamp(NOW + 30 * DAY)
    client.fetch(nation.registry(), now=NOW + 30 * DAY)
    assert client.refused(nation.registry()) == "clock-set-back"


def test_a_stale_stick_on_a_fresh_client(nation: Nation, tmp_path: Path, client: Client) -> None:
    stick = FolderRegistry(tmp_path / "stick")
    copy_metadata(nation.store, RegistryMetadataStore(stick))
    publish(nation.bundles["1.0.0"], stick)
    assert client.refused(stick, now=NOW + 10 * DAY) == "metadata-expired"
    assert client.changed == set()
    nation.federation.stamp(NOW + 10 * DAY)
    copy_metadata(nation.store, RegistryMetadataStore(stick))
    assert client.fetch(stick, now=NOW + 10 * DAY).is_new


def test_a_released_version_that_moves(nation: Nation, client: Client) -> None:
    """Both people were talked round, or both keys stolen: the same version, other content."""
    client.fetch(nation.registry())
    other = bundle("1.0.0", title="En annan")
    attack = published(
        nation,
        forged(
            nation.store,
            "vgr",
            lambda it: it.targets["vgr/prov/1.0.0"].hashes.update(sha256=other.digest[7:]),
            (ANNA, BO),
        ),
    )
    assert client.refused(attack) == "target-moved"
    assert client.refused(attack, f"vgr/prov@{other.digest}") == "target-moved"


def test_what_was_seen_when_metadata_was_taken_over_is_remembered_too(nation: Nation, client: Client) -> None:
    """Nobody had asked about the release before it moved."""
    take_over(nation.store, client.trust, NOW)
    other = bundle("1.0.0", title="En annan")
    attack = published(
        nation,
        forged(
            nation.store,
            "vgr",
            lambda it: it.targets["vgr/prov/1.0.0"].hashes.update(sha256=other.digest[7:]),
            (ANNA, BO),
        ),
    )
    assert client.refused(attack) == "target-moved"


def test_what_is_recalled_is_passed_over_and_not_fetched(nation: Nation, client: Client) -> None:
    nation.release("1.1.0")
    recall = Recall(release_name("vgr/prov/1.1.0"), "no-new-patients", "Fel i sömnfönstret.")
    nation.federation.adopt(draft_recall(nation.store, recall, NOW), SAFETY)
    nation.federation.stamp(NOW)
    assert client.fetch(nation.registry()).version == "1.0.0"
    assert client.refused(nation.registry(), "vgr/prov:1.1.0") == "recalled"


def test_a_program_under_another_name(nation: Nation, client: Client) -> None:
    """A release whose bundle says that it is something else: two people have signed what they did not look at."""
    other = bundle("2.0.0", id="annat")

    def wrong(targets: Any) -> None:
        target = targets.targets["vgr/prov/1.0.0"]
        target.hashes.update(sha256=other.digest[7:])

    attack = published(nation, forged(nation.store, "vgr", wrong, (ANNA, BO)))
    attack.shelves.manifests["vgr/prov", other.digest] = (MANIFEST_TYPE, other.manifest.data)
    assert client.refused(attack) == "other-program"


def test_junk_of_one_region_stops_that_region_alone(nation: Nation, client: Client) -> None:
    attack = published(nation, b"{}", "region-a")
    fetched = client.fetch(attack)
    assert fetched.is_new
    assert client.refused(attack, "region-a/prov") == "metadata-invalid"
    took = take_over(RegistryMetadataStore(attack), client.trust, NOW)
    assert {role: problem.code for role, problem in took.problems.items()} == {"region-a": "metadata-invalid"}
