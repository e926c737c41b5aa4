"""Metadata in a real registry: what a file costs, and several who write at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from federations import (
    CLINICAL,
    CLINICAL_B,
    NOW,
    ONLINE,
    PUBLISHER,
    PUBLISHER_B,
    SAFETY,
    SECOND,
    MemoryStore,
    ask,
    founded,
    release,
    signed,
)

from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE, blob_of
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import release_name
from designtool.share.federation.trust import mirror_of
from designtool.share.recalls.listing import Recall, draft_recall
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import nobody_watches
from tests.registries import PERSISTENT, Traffic, docker_registry, http_registry


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with docker_registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


def test_the_same_verbs_as_any_other_place(service: str) -> None:
    with http_registry(f"{service}/verbs") as registry:
        store = RegistryMetadataStore(registry)
        assert (store.versions("root"), store.get("1.root.json", 10)) == ((), None)
        for version, data in ((1, b"small"), (2, b"x" * 300_000)):
            store.put(f"{version}.root.json", data, None)
            store.put(f"{version}.root.json", data, None)
            assert store.get(f"{version}.root.json", 300_000) == data
        assert store.versions("root") == (1, 2)
        with pytest.raises(TrustProblem) as taken:
            store.put("1.root.json", b"other", None)
        assert taken.value.code == "metadata-changed"
        store.put("timestamp.json", b"one", None)
        store.put("timestamp.json", b"two", b"one")
        with pytest.raises(TrustProblem) as late:
            store.put("timestamp.json", b"three", b"one")
        assert (late.value.code, store.get("timestamp.json", 10)) == ("metadata-changed", b"two")


def test_of_those_who_write_a_version_at_once_one_is_told_that_it_is_theirs(service: str) -> None:
    def put(number: int) -> str:
        with http_registry(f"{service}/at-once", patience=PERSISTENT) as registry:
            try:
                RegistryMetadataStore(registry).put("7.region-a.json", f"{number}".encode(), None)
            except (TrustProblem, RegistryProblem) as problem:
                # The service answers 500 where several set one tag in the same instant, and nobody waits here before trying again.
                return problem.code
            return f"{number}"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(put, range(6)))
    late = put(9)
    with http_registry(f"{service}/at-once", patience=PERSISTENT) as registry:
        written = RegistryMetadataStore(registry).get("7.region-a.json", 10)
    assert written is not None
    assert {*told, late} <= {written.decode(), "metadata-changed", "registry-unavailable"}
    assert [*told, late].count(written.decode()) <= 1


STRANGE = {
    "a manifest for docker": (
        "application/vnd.docker.distribution.manifest.v2+json",
        {"config": "CONFIG", "layers": []},
    ),
    "a list for docker": ("application/vnd.docker.distribution.manifest.list.v2+json", {"manifests": []}),
    "an index": (INDEX_TYPE, {"manifests": []}),
    "a manifest of nothing": (MANIFEST_TYPE, {"config": "CONFIG", "layers": []}),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_a_region_puts_into_its_own_place_stops_nobody_else(kind: str, service: str, tmp_path: Path) -> None:
    """One who may write the files of region A sets their tags on things that the registry gives to no client of ours, or says
    that many want to write the next version. Region B, the recalls and the stamps go on."""
    media_type, content = STRANGE[kind]
    made = founded()
    made.release("region-b/prov/1.0.0")
    trust = made.trust_folder(tmp_path / "trust")
    with http_registry(f"{service}/{kind.replace(' ', '-')}") as registry:
        store = RegistryMetadataStore(registry)
        copy_metadata(made.store, store)
        repository = "federation/region-a"
        registry.push_blob(repository, blob_of(b"{}"), (), nobody_watches)
        config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2, "digest": blob_of(b"{}").digest}
        stated = {name: config if value == "CONFIG" else value for name, value in content.items()}
        data = json.dumps({"schemaVersion": 2, "mediaType": media_type, **stated}).encode()
        for tag in ("1", "2", "99999", "2-1-wish-00", "2-1-unsure-ff", "2-1-sure-aa"):
            put = httpx.put(
                registry._client.url(f"{registry._path(repository)}/manifests/{tag}"),
                content=data,
                headers={"Content-Type": media_type},
            )
            assert put.status_code == 201
        took = take_over(store, trust, NOW)
        assert set(took.problems) == {"region-a"}
        assert took.problems["region-a"].code in ("metadata-invalid", "metadata-missing")
        assert ask(mirror_of(trust), trust, name="region-b/prov/1.0.0") == "trusted"
        assert ask(mirror_of(trust), trust) in ("metadata-invalid", "metadata-missing")
        draft = publication.draft_release(store, release("region-b/annat/1.0.0", SECOND), NOW)
        publication.adopt(signed(draft, PUBLISHER_B, CLINICAL_B), store)
        recall = Recall(release_name("region-b/prov/1.0.0"), "no-new-patients", "Fel i sömnfönstret.")
        publication.adopt(signed(draft_recall(store, recall, NOW), SAFETY), store)
        publication.stamp(store, [ONLINE.signer], NOW)
        copied = MemoryStore()
        copy_metadata(store, copied)
        assert copied.versions("region-a") == ()
        assert set(take_over(store, trust, NOW).problems) == {"region-a"}
    assert ask(mirror_of(trust), trust, name="region-b/annat/1.0.0", digest=SECOND) == "trusted"
    assert ask(mirror_of(trust), trust, name="region-b/prov/1.0.0") == "recalled"


def test_two_regions_that_release_at_once_lose_nothing(service: str, tmp_path: Path) -> None:
    made = founded()
    place = f"{service}/regions"
    with http_registry(place, patience=PERSISTENT) as registry:
        copy_metadata(made.store, RegistryMetadataStore(registry))

    def publish(region: str) -> None:
        people = (PUBLISHER, CLINICAL) if region == "region-a" else (PUBLISHER_B, CLINICAL_B)
        with http_registry(place, patience=PERSISTENT) as registry:
            store = RegistryMetadataStore(registry)
            for version in ("2.0.0", "2.1.0"):
                draft = publication.draft_release(store, release(f"{region}/nytt/{version}", SECOND), NOW)
                publication.adopt(signed(draft, *people), store)
                publication.stamp(store, [ONLINE.signer], NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(publish, ("region-a", "region-b")))
    folder = made.trust_folder(tmp_path / "trust")
    with http_registry(place, patience=PERSISTENT) as registry:
        store = RegistryMetadataStore(registry)
        client = take_over(store, folder, NOW)
        assert client.problems == {}
        for region in ("region-a", "region-b"):
            for version in ("2.0.0", "2.1.0"):
                assert ask(store, folder, NOW, name=f"{region}/nytt/{version}", digest=SECOND) == "trusted"


def test_where_nothing_is_new_the_next_root_and_the_timestamp_are_asked_for(service: str, tmp_path: Path) -> None:
    made, traffic = founded(), Traffic()
    folder = made.trust_folder(tmp_path / "trust")
    with http_registry(f"{service}/small", traffic=traffic) as registry:
        store = RegistryMetadataStore(registry)
        copy_metadata(made.store, store)
        take_over(store, folder, NOW)
        traffic.clear()
        take_over(store, folder, NOW)
    assert traffic.requests == [
        "GET /v2/small/federation/root/manifests/2",
        "GET /v2/small/federation/timestamp/manifests/current",
    ]
    assert traffic.received < 10_000
