"""Metadata in a registry: one request a file, nothing but what designtool writes, and several who write at once."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from federations import CLINICAL, CLINICAL_B, NOW, ONLINE, PUBLISHER, PUBLISHER_B, SECOND, ask, founded, release, signed
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.bundle.manifest import MANIFEST_TYPE, blob_of, digest_of
from designtool.diagnostics import Cannot
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.draft import Draft, metadata_of
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, FolderMetadataStore, MetadataStore
from designtool.share.federation.places import opened_metadata
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import METADATA_KIND, RegistryMetadataStore
from designtool.share.federation.trust import mirror_of
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import program_name
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.small_file import pull_file
from tests.memory_registry import MemoryRegistry, Shelves, Turns

LARGE = 300_000


def problem(work: Callable[..., object], *arguments: Any) -> str:
    with pytest.raises(TrustProblem) as caught:
        work(*arguments)
    return caught.value.code


def in_memory() -> RegistryMetadataStore:
    return RegistryMetadataStore(MemoryRegistry(Shelves()))


@pytest.fixture(params=["memory", "folder", "plain"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MetadataStore:
    if request.param == "memory":
        return in_memory()
    if request.param == "folder":
        return RegistryMetadataStore(FolderRegistry(tmp_path / "register"))
    return FolderMetadataStore(tmp_path / "metadata")


def test_files_by_version_are_written_once_and_the_timestamp_is_replaced(store: MetadataStore) -> None:
    assert (store.get("1.root.json", 10), store.versions("root")) == (None, ())
    store.put("1.root.json", b"root", None)
    store.put("1.root.json", b"root", None)
    store.put("12.root.json", b"later", None)
    store.put("2.root.json", b"two", None)
    assert problem(store.put, "1.root.json", b"other", None) == "metadata-changed"
    assert store.get("1.root.json", 10) == b"root"
    store.put(TIMESTAMP_FILE, b"one", None)
    store.put(TIMESTAMP_FILE, b"one", None)
    assert problem(store.put, TIMESTAMP_FILE, b"two", None) == "metadata-changed"
    assert problem(store.put, TIMESTAMP_FILE, b"two", b"other") == "metadata-changed"
    store.put(TIMESTAMP_FILE, b"two", b"one")
    assert store.get(TIMESTAMP_FILE, 10) == b"two"
    assert (store.versions("root"), store.versions("timestamp"), store.versions("region-a")) == ((1, 2, 12), (), ())
    for name in ("../x.json", "0.root.json", "root.json", "1.Root.json", "1.a/b.json", ""):
        assert store.get(name, 10) is None
        with pytest.raises(ValueError, match="no name of metadata"):
            store.put(name, b"x", None)


def test_a_small_file_costs_one_request_and_a_large_one_comes_from_its_blob() -> None:
    registry = MemoryRegistry(Shelves())
    store = RegistryMetadataStore(registry)
    for name, data in (("1.small.json", b"small"), ("1.large.json", b"x" * LARGE)):
        store.put(name, data, None)
        registry.requests = 0
        assert store.get(name, LARGE) == data
        assert registry.requests == (1 if len(data) < LARGE else 2)
    registry.requests = 0
    assert store.get("2.small.json", 10) is None
    assert registry.requests == 1


def _manifest(data: bytes = b"{}") -> dict[str, Any]:
    store = in_memory()
    store.put("1.region-a.json", data, None)
    found: dict[str, Any] = json.loads(store._registry.manifest("federation/region-a", "1").data)
    return found


def _layer(value: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**value, "layers": [{**value["layers"][0], **changes}]}


ATTACKS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another kind": (lambda it: {**it, "artifactType": "application/vnd.designtool.bundle.v1+json"}, "invalid"),
    "no kind": (lambda it: {key: value for key, value in it.items() if key != "artifactType"}, "invalid"),
    "no layers": (lambda it: {**it, "layers": []}, "invalid"),
    "two layers": (lambda it: {**it, "layers": it["layers"] * 2}, "invalid"),
    "layers of nothing": (lambda it: {**it, "layers": [None]}, "invalid"),
    "other bytes": (lambda it: _layer(it, data=base64.b64encode(b"[]").decode()), "invalid"),
    "more bytes": (lambda it: _layer(it, data=base64.b64encode(b"{} ").decode()), "invalid"),
    "no base64": (lambda it: _layer(it, data="???"), "invalid"),
    "data that is no text": (lambda it: _layer(it, data=[1]), "invalid"),
    "another digest": (lambda it: _layer(it, digest=digest_of(b"other")), "invalid"),
    "a digest that is none": (lambda it: _layer(it, digest="md5:00"), "invalid"),
    "a size that is none": (lambda it: _layer(it, size="2"), "invalid"),
    "a size below nothing": (lambda it: _layer(it, size=-1), "invalid"),
    "a size too large": (lambda it: _layer(it, size=10**9), "too-large"),
    "a list": (lambda it: [it], "invalid"),
    "a page": (lambda it: "<html>", "invalid"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_no_file_of_metadata_is_refused(attack: str) -> None:
    change, code = ATTACKS[attack]
    store = in_memory()
    data = json.dumps(change(_manifest())).encode()
    store._registry.push_manifest("federation/region-a", data, MANIFEST_TYPE, "1", None)
    assert problem(store.get, "1.region-a.json", 1000) == f"metadata-{code}"
    # Whoever writes is not told that it is theirs, and nothing is written over.
    assert problem(store.put, "1.region-a.json", b"{}", None) == "metadata-changed"
    assert store._registry.manifest("federation/region-a", "1").data == data
    twin = in_memory()
    twin._registry.push_manifest("federation/region-a", json.dumps(_manifest()).encode(), MANIFEST_TYPE, "1", None)
    assert twin.get("1.region-a.json", 1000) == b"{}"


def test_a_blob_with_other_bytes_is_refused() -> None:
    shelves = Shelves()
    store = RegistryMetadataStore(MemoryRegistry(shelves))
    store.put("1.region-a.json", b"x" * LARGE, None)
    digest = blob_of(b"x" * LARGE).digest
    shelves.blobs[digest] = b"y" * LARGE
    assert problem(store.get, "1.region-a.json", LARGE) == "metadata-invalid"
    shelves.blobs[digest] = b"x" * LARGE
    assert store.get("1.region-a.json", LARGE) == b"x" * LARGE
    assert problem(store.get, "1.region-a.json", LARGE - 1) == "metadata-too-large"


def test_junk_in_one_role_keeps_nobody_from_stamping() -> None:
    """A region may push whatever it will into its own role; that is its own loss."""
    made, store = founded(), in_memory()
    copy_metadata(made.store, store)
    registry = store._registry
    for version in ("2", "3", "99999"):
        registry.push_manifest("federation/region-b", b"[]", MANIFEST_TYPE, version, None)
    registry.push_manifest(
        "federation/timestamp", b"[]", MANIFEST_TYPE, "current", registry.tagged("federation/timestamp", "current")
    )
    publication.adopt(
        signed(publication.draft_release(store, release("region-b/annat/1.0.0"), NOW), PUBLISHER_B, CLINICAL_B), store
    )
    publication.stamp(store, [ONLINE.signer], NOW)
    assert store.versions("region-b")[-1] == 100_000


@pytest.mark.parametrize("junk", ["timestamp", "snapshot"])
def test_stamping_goes_on_from_where_clients_are_though_somebody_has_spoilt_the_last_stamp(
    junk: str, tmp_path: Path
) -> None:
    """Else whoever may write the one file could have every client refuse all that comes after as older than what it has seen."""
    made, store = founded(), in_memory()
    for version in ("1.1.0", "1.2.0"):
        made.release(f"region-a/prov/{version}", SECOND)
    made.release("region-b/prov/1.0.0")
    folder = made.trust_folder(tmp_path / "trust")
    copy_metadata(made.store, store)
    take_over(store, folder, NOW)
    registry = store._registry
    tag = "current" if junk == "timestamp" else str(store.versions("snapshot")[-1])
    spoilt = f"federation/{junk}"
    registry.push_manifest(spoilt, b"[]", MANIFEST_TYPE, tag, registry.tagged(spoilt, tag))
    if junk == "timestamp":
        # Of region B nothing can be read either: what clients know of it is not forgotten.
        there = registry.tagged("federation/region-b", "1")
        registry.push_manifest("federation/region-b", b"[]", MANIFEST_TYPE, "1", there)
    draft = publication.draft_release(store, release("region-a/prov/1.3.0", SECOND), NOW)
    publication.adopt(signed(draft, PUBLISHER, CLINICAL), store)
    publication.stamp(store, [ONLINE.signer], NOW)
    assert set(take_over(store, folder, NOW).problems) <= {"region-b"}
    assert ask(mirror_of(folder), folder, name="region-a/prov/1.3.0", digest=SECOND) == "trusted"


@pytest.mark.parametrize("region", ["federation", "agreements", "receipts"])
def test_no_program_can_lie_where_metadata_does(region: str) -> None:
    with pytest.raises(RegistryProblem) as refused:
        program_name(region, "root")
    assert refused.value.code == "name-form"


# Several at once


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.sampled_from(b"abc"), st.one_of(st.none(), st.integers(1, 25))), min_size=2, max_size=4),
)
def test_in_whatever_order_they_come_a_version_has_one_content(
    seed: int, writers: list[tuple[int, int | None]]
) -> None:
    """Each writes what they have, some fall away at a step: nobody who was told that it is written finds another file there."""
    shelves, told = Shelves(), {}

    def writer(number: int, content: bytes) -> Callable[[Callable[[], None]], None]:
        def work(step: Callable[[], None]) -> None:
            try:
                RegistryMetadataStore(MemoryRegistry(shelves, step)).put("7.region-a.json", content, None)
                told[number] = content
            except TrustProblem as caught:
                assert caught.code == "metadata-changed"

        return work

    works = [writer(number, bytes([letter])) for number, (letter, _) in enumerate(writers)]
    Turns(seed).run(works, [cut for _, cut in writers])
    # Whoever comes when it is quiet gets through, whatever the others have left behind.
    store = RegistryMetadataStore(MemoryRegistry(shelves))
    try:
        store.put("7.region-a.json", b"late", None)
    except TrustProblem as caught:
        assert caught.code == "metadata-changed"
    written = store.get("7.region-a.json", 10)
    assert written is not None
    assert set(told.values()) <= {written}
    assert len({digest for repository, tag, digest in shelves.history if tag == "7"}) == 1
    assert store.versions("region-a") == (7,)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_stamps_at_the_same_time_lose_nothing(seed: int) -> None:
    """Two regions release and stamp at once, and a third stamps too: whoever stamps last has seen both."""
    made, shelves = founded(), Shelves()
    copy_metadata(made.store, RegistryMetadataStore(MemoryRegistry(shelves)))
    names = ("region-a/prov/1.1.0", "region-b/annat/1.0.0")
    drafts = [
        signed(publication.draft_release(made.store, release(name, SECOND), NOW), *_people(name)) for name in names
    ]
    done: list[bool] = []

    def worker(draft: Draft | None) -> Callable[[Callable[[], None]], None]:
        def work(step: Callable[[], None]) -> None:
            store = RegistryMetadataStore(MemoryRegistry(shelves, step))
            if draft is not None:
                publication.adopt(draft, store)
            publication.stamp(store, [ONLINE.signer], NOW)
            done.append(True)

        return work

    Turns(seed).run([worker(draft) for draft in (*drafts, None)], [None, None, None])
    assert len(done) == 3
    store = RegistryMetadataStore(MemoryRegistry(shelves))
    files = publication.stamped_files(store)
    assert {"2.region-a.json", "1.region-b.json"} <= set(files)
    # A client that has seen any of the timestamps takes the last one for a newer one, and none has two contents.
    stood: dict[int, bytes] = {}
    for repository, _, digest in shelves.history:
        if repository == "federation/timestamp":
            data = pull_file(MemoryRegistry(shelves), repository, digest, (METADATA_KIND,), 16_384)
            version = metadata_of(data, "timestamp").signed.version
            assert stood.setdefault(version, data) == data
    assert stood[max(stood)] == files[TIMESTAMP_FILE]


def _people(name: str) -> tuple[Any, ...]:
    return (PUBLISHER, CLINICAL) if name.startswith("region-a/") else (PUBLISHER_B, CLINICAL_B)


def test_threads_in_a_folder(tmp_path: Path) -> None:
    def put(number: int) -> str:
        try:
            store = RegistryMetadataStore(FolderRegistry(tmp_path / "register"))
            store.put("7.region-a.json", f"{number}".encode(), None)
        except TrustProblem as caught:
            return caught.code
        return f"{number}"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(put, range(8)))
    store = RegistryMetadataStore(FolderRegistry(tmp_path / "register"))
    written = store.get("7.region-a.json", 10)
    assert written is not None
    assert told.count("metadata-changed") == 7
    assert written.decode() in told
    # A folder sets a tag in one step: nothing else is left behind there.
    assert FolderRegistry(tmp_path / "register").tags("federation/region-a") == ("7",)


# Places


def test_a_place_is_a_registry_or_a_folder_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = {"nationellt": "http://127.0.0.1:9/x", "minne": "register"}
    for stated, kind, new_is_registry in (
        ("nationellt", RegistryMetadataStore, False),
        ("minne", RegistryMetadataStore, False),
        ("http://127.0.0.1:9", RegistryMetadataStore, False),
        ("ny", FolderMetadataStore, False),
        ("./ny", FolderMetadataStore, False),
        ("ny", RegistryMetadataStore, True),
    ):
        with opened_metadata(stated, named, tmp_path, {}, new_is_registry=new_is_registry) as opened:
            assert type(opened) is kind, stated
    with opened_metadata("minne", named, tmp_path, {}) as opened:
        opened.put("1.root.json", b"{}", None)
    with opened_metadata("register", named, tmp_path, {}) as opened:
        assert opened.get("1.root.json", 10) == b"{}"
    FolderMetadataStore(tmp_path / "filer").put("1.root.json", b"{}", None)
    with opened_metadata("filer", named, tmp_path, {}, new_is_registry=True) as opened:
        assert type(opened) is FolderMetadataStore
    for wrong in ("nationelt", "http://registry.example"):
        with pytest.raises(Cannot), opened_metadata(wrong, named, tmp_path, {}):
            pass


def test_what_is_taken_over_costs_two_requests_when_nothing_is_new(tmp_path: Path) -> None:
    made = founded()
    registry = MemoryRegistry(Shelves())
    store = RegistryMetadataStore(registry)
    copy_metadata(made.store, store)
    folder = made.trust_folder(tmp_path / "trust")
    take_over(store, folder, NOW)
    registry.requests = 0
    take_over(store, folder, NOW)
    assert registry.requests == 2
    made.release("region-a/prov/1.1.0", SECOND)
    copy_metadata(made.store, store)
    registry.requests = 0
    take_over(store, folder, NOW)
    assert registry.requests == 4, "the next root, the timestamp, the snapshot and what region A has signed"
    assert ask(store, folder, NOW, name="region-a/prov/1.1.0", digest=SECOND) == "trusted"
