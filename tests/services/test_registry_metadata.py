"""Metadata in a real registry: what a file costs, and several who write at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from federations import CLINICAL, CLINICAL_B, NOW, ONLINE, PUBLISHER, PUBLISHER_B, SECOND, ask, founded, release, signed

from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from tests.registries import Traffic, docker_registry, http_registry


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
        with http_registry(f"{service}/at-once") as registry:
            try:
                RegistryMetadataStore(registry).put("7.region-a.json", f"{number}".encode(), None)
            except TrustProblem as problem:
                return problem.code
            return f"{number}"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(put, range(6)))
    late = put(9)
    with http_registry(f"{service}/at-once") as registry:
        written = RegistryMetadataStore(registry).get("7.region-a.json", 10)
    assert written is not None
    assert {*told, late} <= {written.decode(), "metadata-changed"}
    assert [*told, late].count(written.decode()) <= 1


def test_two_regions_that_release_at_once_lose_nothing(service: str, tmp_path: Path) -> None:
    made = founded()
    place = f"{service}/regions"
    with http_registry(place) as registry:
        copy_metadata(made.store, RegistryMetadataStore(registry))

    def publish(region: str) -> None:
        people = (PUBLISHER, CLINICAL) if region == "region-a" else (PUBLISHER_B, CLINICAL_B)
        with http_registry(place) as registry:
            store = RegistryMetadataStore(registry)
            for version in ("2.0.0", "2.1.0"):
                draft = publication.draft_release(store, release(f"{region}/nytt/{version}", SECOND), NOW)
                publication.adopt(signed(draft, *people), store)
                publication.stamp(store, [ONLINE.signer], NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(publish, ("region-a", "region-b")))
    folder = made.trust_folder(tmp_path / "trust")
    with http_registry(place) as registry:
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
