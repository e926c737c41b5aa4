"""Fetching with trust from a real registry: what it costs, what moved tags are worth, and updates that are cut off in the middle."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from federations import FIRST, NOW, SECOND, ask, contents, founded
from test_share_attacks import Client, Nation, bundle

from designtool.bundle.manifest import MANIFEST_TYPE
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.trust import mirror_of
from designtool.share.publish import publish
from designtool.share.registries.service import HttpRegistry
from tests.failpoints import Fault, disk_is_full, failing, in_a_child, killed
from tests.memory_registry import MemoryRegistry
from tests.registries import Traffic, credentials_for, docker_registry, http_registry, token_issuer


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with docker_registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture
def nation() -> Nation:
    return Nation()


def filled(registry: HttpRegistry, nation: Nation) -> HttpRegistry:
    for made in nation.bundles.values():
        publish(made, registry)
    copy_metadata(nation.store, RegistryMetadataStore(registry))
    return registry


def test_where_nothing_is_new_it_costs_three_small_requests(service: str, nation: Nation, tmp_path: Path) -> None:
    client, traffic = nation.client(tmp_path), Traffic()
    with http_registry(f"{service}/cost") as registry:
        first = client.fetch(filled(registry, nation))
    assert (first.version, len(first.signers)) == ("1.0.0", 2)
    with http_registry(f"{service}/cost", traffic=traffic) as registry:
        again = client.fetch(registry)
    assert (again.is_new, again.received_bytes, len(again.signers)) == (False, 0, 2)
    assert traffic.requests == [
        "GET /v2/",
        "GET /v2/cost/federation/root/manifests/2",
        "GET /v2/cost/federation/timestamp/manifests/current",
    ]
    assert traffic.received < 10_000


def test_with_an_issuer_in_front_it_costs_two_tokens_more(nation: Nation, tmp_path: Path) -> None:
    client, traffic = nation.client(tmp_path), Traffic()
    with token_issuer(tmp_path / "issuer") as issuer, docker_registry(tmp_path / "registry", issuer.auth()) as address:
        signed_in = credentials_for(issuer.address)
        with http_registry(address, signed_in) as registry:
            client.fetch(filled(registry, nation))
        issuer.asked.clear()
        with http_registry(address, signed_in, traffic=traffic) as registry:
            assert client.fetch(registry).is_new is False
        assert traffic.requests == [
            "GET /v2/",
            "GET /token",
            "GET /v2/federation/root/manifests/2",
            "GET /token",
            "GET /v2/federation/timestamp/manifests/current",
        ]
        assert issuer.asked == [["repository:federation/root:pull"], ["repository:federation/timestamp:pull"]]
        assert traffic.received < 10_000


def test_a_second_version_sends_and_fetches_only_what_is_new(service: str, nation: Nation, tmp_path: Path) -> None:
    """Counted on the wire, over signatures and trust."""
    client, film = nation.client(tmp_path), os.urandom(3_000_000)
    for version in ("1.1.0", "1.1.1"):
        sent, received = Traffic(), Traffic()
        nation.release(version, film=film)
        with http_registry(f"{service}/films", traffic=sent) as registry:
            publish(nation.bundles[version], registry)
            copy_metadata(nation.store, RegistryMetadataStore(registry))
        with http_registry(f"{service}/films", traffic=received) as registry:
            fetched = client.fetch(registry)
        assert (fetched.version, fetched.digest) == (version, nation.bundles[version].digest)
        if version == "1.1.0":
            assert sent.sent > len(film) and received.received > len(film)
        else:
            assert sent.sent + received.received < 100_000
            assert fetched.received_bytes < 50_000


def test_a_tag_that_was_moved_changes_nothing(service: str, nation: Nation, tmp_path: Path) -> None:
    client, other = nation.client(tmp_path), bundle("1.0.0", title="En annan")
    with http_registry(f"{service}/moved") as registry:
        filled(registry, nation)
        elsewhere = http_registry(f"{service}/elsewhere")
        with elsewhere:
            publish(other, elsewhere)
        # What other programs have of it is there; then the tag is set on it, as whoever holds the registry can.
        for blob in other.blobs.values():
            registry.push_blob("vgr/prov", blob, (), lambda count: None)
        registry.push_manifest("vgr/prov", other.manifest.data, MANIFEST_TYPE, "1.0.0", nation.bundles["1.0.0"].digest)
        assert registry.tagged("vgr/prov", "1.0.0") == other.digest
        assert client.fetch(registry).digest == nation.bundles["1.0.0"].digest


def test_rollback_and_freeze_through_a_real_registry(service: str, nation: Nation, tmp_path: Path) -> None:
    client = nation.client(tmp_path)
    with http_registry(f"{service}/old") as registry:
        filled(registry, nation)
    nation.release("1.1.0")
    with http_registry(f"{service}/new") as registry:
        assert client.fetch(filled(registry, nation)).version == "1.1.0"
    with http_registry(f"{service}/old") as registry:
        assert client.refused(registry) == "metadata-rollback"
        assert client.changed == set()
    with http_registry(f"{service}/new") as registry:
        assert client.refused(registry, now=NOW + timedelta(days=8)) == "metadata-expired"
        assert client.changed == set()
        assert client.fetch(registry).version == "1.1.0"


def test_a_registry_that_goes_away_in_the_middle_leaves_trust_as_it_was(tmp_path: Path) -> None:
    """Cut at each request in turn: the answer of the runtime is the same before and after."""

    class Gone(Exception):
        pass

    made = Nation()
    client = made.client(tmp_path)
    client.fetch(made.registry())
    made.release("1.1.0")
    cut = 0
    while True:
        registry = made.registry()
        left = cut

        def step() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Gone

        flaky = MemoryRegistry(registry.shelves, step)
        before = contents(client.trust)
        try:
            take_over(RegistryMetadataStore(flaky), client.trust, NOW)
        except Gone:
            assert contents(client.trust) == before
            assert judged(client, made, "1.0.0") == "trusted"
            cut += 1
            continue
        break
    assert cut == 4
    assert judged(client, made, "1.1.0") == "trusted"


def judged(client: Client, nation: Nation, version: str) -> str:
    digest = nation.bundles[version].digest
    return ask(mirror_of(client.trust), client.trust, name=f"vgr/prov/{version}", digest=digest)


@pytest.mark.parametrize(("fault", "every"), [(killed, 2), (disk_is_full, 5)])
def test_an_update_that_is_cut_off_leaves_the_old_or_the_new(fault: Fault, every: int, tmp_path: Path) -> None:
    made = founded()
    folder = made.trust_folder(tmp_path / "trust")
    take_over(made.store, folder, NOW)
    made.release("region-a/prov/1.1.0", SECOND)
    shutil.copytree(folder, tmp_path / "counted" / "trust", symlinks=True)
    with failing(tmp_path / "counted", 0, fault) as steps:
        take_over(made.store, tmp_path / "counted" / "trust", NOW)
    assert steps.count > 20

    def update() -> None:
        with suppress(OSError), failing(folder, at, fault):
            take_over(made.store, folder, NOW)

    for at in range(1, steps.count + 1, every):
        assert in_a_child(update) in (0, -signal.SIGKILL)
        mirror = mirror_of(folder)
        assert ask(mirror, folder, name="region-a/prov/1.0.0", digest=FIRST) == "trusted", at
        assert ask(mirror, folder, name="region-a/prov/1.1.0", digest=SECOND) in ("trusted", "target-unknown"), at
    take_over(made.store, folder, NOW)
    assert ask(mirror_of(folder), folder, name="region-a/prov/1.1.0", digest=SECOND) == "trusted"
