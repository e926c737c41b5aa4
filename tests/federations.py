"""A federation for tests: three founders, two regions, everything signed, all in memory but what a client keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata

from designtool.share.federation import publication
from designtool.share.federation.draft import Draft, metadata_of, sign_draft, signed_digest
from designtool.share.federation.keys import KeyRole, Owner, PublicKey, key_in_metadata
from designtool.share.federation.keys import _public_key as public_key_of
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, MetadataStore, parsed_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import Release, release_name
from designtool.share.federation.trust import NotTrusted, Trusted, create_trust_folder, trusted

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = "sha256:" + "11" * 32
SECOND = "sha256:" + "22" * 32


class MemoryStore:
    """A store that a test can put anything into."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def get(self, name: str, most_bytes: int) -> bytes | None:
        data = self.files.get(name)
        return None if data is None else data[: most_bytes + 1]

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        if self.files.get(name) not in (before, data):
            raise TrustProblem("metadata-changed", name=name)
        self.files[name] = data

    def versions(self, role: str) -> tuple[int, ...]:
        parsed = [parsed_name(name) for name in self.files]
        return tuple(sorted(one[1] for one in parsed if one is not None and one[0] == role and one[1] is not None))

    def copy(self) -> MemoryStore:
        return MemoryStore(self.files)


@dataclass(frozen=True)
class Person:
    public: PublicKey
    signer: CryptoSigner


def person(holder: str, role: KeyRole, region: str) -> Person:
    """The same person has the same key in every run."""
    seed = f"{holder}/{role}/{region}".encode().ljust(32, b".")[:32]
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = public_key_of(private.public_key().public_bytes_raw().hex(), Owner(holder, role, region))
    key = key_in_metadata(public)
    assert isinstance(key, SSlibKey)
    return Person(public, CryptoSigner(private, key))


FOUNDERS = tuple(person(f"Grundare {letter}", "founder", f"region-{letter}") for letter in "abc")
ONLINE = person("Tidsstämpeln", "online", "region-a")
SAFETY = person("Sam Säker", "safety", "region-a")
PUBLISHER = person("Anna Ek", "publisher", "region-a")
CLINICAL = person("Bo Alm", "clinical", "region-a")
PUBLISHER_B = person("Cia Rönn", "publisher", "region-b")
CLINICAL_B = person("Dag Asp", "clinical", "region-b")


def signed(draft: Draft, *people: Person) -> Draft:
    for one in people:
        draft = sign_draft(draft, one.signer)
    return draft


def release(name: str, digest: str = FIRST) -> Release:
    return Release(release_name(name), digest, 1000, "Provet", 5000)


@dataclass
class Federation:
    store: MemoryStore = field(default_factory=MemoryStore)

    def adopt(self, draft: Draft, *people: Person) -> None:
        publication.adopt(signed(draft, *people), self.store)

    def stamp(self, now: datetime = NOW, *, by: Person = ONLINE) -> None:
        publication.stamp(self.store, [by.signer], now)

    def release(self, name: str, digest: str = FIRST, now: datetime = NOW) -> None:
        people = (PUBLISHER, CLINICAL) if name.startswith("region-a/") else (PUBLISHER_B, CLINICAL_B)
        self.adopt(publication.draft_release(self.store, release(name, digest), now), *people)
        self.stamp(now)

    @property
    def paper(self) -> str:
        return signed_digest(self.store.files["1.root.json"], "root")

    def trust_folder(self, folder: Path) -> Path:
        create_trust_folder(folder, self.store.files["1.root.json"], self.paper)
        return folder


def founded(now: datetime = NOW) -> Federation:
    """Region A has released `prov` 1.0.0, region B nothing."""
    made = Federation()
    drafts = publication.draft_federation([one.public for one in FOUNDERS], 2, [ONLINE.public], [SAFETY.public], now)
    for draft, people in zip(drafts, (FOUNDERS[:2], FOUNDERS[:2], (SAFETY,)), strict=True):
        made.adopt(draft, *people)
    for region, keys in {"region-a": (PUBLISHER, CLINICAL), "region-b": (PUBLISHER_B, CLINICAL_B)}.items():
        (draft,) = publication.draft_region(made.store, region, [key.public for key in keys], now)
        made.adopt(draft, *FOUNDERS[:2])
    made.release("region-a/prov/1.0.0", FIRST, now)
    return made


def ask(
    store: MetadataStore,
    folder: Path,
    now: datetime = NOW,
    name: str = "region-a/prov/1.0.0",
    digest: str = FIRST,
    **more: Any,
) -> str:
    """`trusted`, or the code of why not."""
    answer = trusted(digest, name, store, folder, now, **more)
    if isinstance(answer, NotTrusted):
        assert answer.message.sv and answer.message.en
        return answer.code
    assert isinstance(answer, Trusted)
    return "trusted"


def forged(
    store: MemoryStore, role: str, change: Callable[[Any], None], people: Sequence[Person], version: int | None = None
) -> bytes:
    """The newest metadata of a role with something changed, signed by whom the attacker has."""
    number = version or (store.versions(role) or (0,))[-1]
    name = TIMESTAMP_FILE if role == "timestamp" else f"{number}.{role}.json"
    metadata = metadata_of(store.files[name], role)
    change(metadata.signed)
    metadata.signatures.clear()
    for one in people:
        metadata.sign(one.signer, append=True)
    data: bytes = Metadata.to_bytes(metadata)
    return data


def point(timestamp: Any, version: int, snapshot: bytes, own: int) -> None:
    timestamp.version = own
    timestamp.snapshot_meta.version = version
    timestamp.snapshot_meta.length = len(snapshot)
    timestamp.snapshot_meta.hashes = {"sha256": hashlib.sha256(snapshot).hexdigest()}


def restamp(store: MemoryStore, role: str, version: int) -> None:
    """With the online key: that this file is the newest of its role."""
    data = store.files[f"{version}.{role}.json"]
    newest = metadata_of(store.files["timestamp.json"], "timestamp").signed.snapshot_meta.version

    def led_there(snapshot: Any) -> None:
        snapshot.version = newest + 1
        meta = snapshot.meta.setdefault(f"{role}.json", snapshot.meta["targets.json"].__class__(version))
        meta.version, meta.length = version, len(data)
        meta.hashes = {"sha256": hashlib.sha256(data).hexdigest()}
        targets = f"{max(store.versions('targets'))}.targets.json"
        if role != "targets":
            own = store.files[targets]
            about = snapshot.meta["targets.json"]
            about.version, about.length = int(targets.split(".")[0]), len(own)
            about.hashes = {"sha256": hashlib.sha256(own).hexdigest()}

    store.files[f"{newest + 1}.snapshot.json"] = forged(store, "snapshot", led_there, [ONLINE], newest)
    own = metadata_of(store.files["timestamp.json"], "timestamp").signed.version + 1
    store.files["timestamp.json"] = forged(
        store, "timestamp", lambda it: point(it, newest + 1, store.files[f"{newest + 1}.snapshot.json"], own), [ONLINE]
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }
