"""The same promises of every registry: a folder, a real docker-registry, one with a password, one with tokens."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from designtool.bundle import Bundle, BundleContent, digest_of, read_bundle
from designtool.bundle.manifest import INDEX_TYPE, blob_of
from designtool.share.fetch import fetch
from designtool.share.publish import publish
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import ProgramName, parse_wanted
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.referrers import attach, referrers
from designtool.share.registries.registry import Registry, nobody_watches
from tests.bundles import archive_of, sample_content, sample_program
from tests.registries import (
    PERSISTENT,
    Traffic,
    credentials_for,
    docker_registry,
    htpasswd,
    http_registry,
    token_issuer,
)

KINDS = ("folder", "open", "password", "token")
FILM = os.urandom(3_000_000)
NAME = ProgramName("vgr", "prov")
Open = Callable[[], Registry]


def content(version: str = "1.2.3", program: str = "prov", film: bytes = FILM, **changes: object) -> BundleContent:
    made = sample_content(sample_program(version=version, id=program, **changes))
    return replace(made, files={**made.files, "media/lang.webm": blob_of(film)})


def bundle(made: BundleContent) -> Bundle:
    return read_bundle(io.BytesIO(archive_of(made)))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the real registries, which last as long as the tests of this file."""
    folder = tmp_path_factory.mktemp("registries")
    with ExitStack() as running:
        issuer = running.enter_context(token_issuer(folder / "issuer"))
        (folder / "password").mkdir()
        addresses = {
            "open": running.enter_context(docker_registry(folder / "open")),
            "password": running.enter_context(docker_registry(folder / "password", htpasswd(folder / "password"))),
            "token": running.enter_context(docker_registry(folder / "token", issuer.auth())),
        }
        yield {**addresses, "issuer": issuer.address}


@pytest.fixture
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture(params=KINDS)
def opened(
    request: pytest.FixtureRequest, services: dict[str, str], tmp_path: Path, traffic: Traffic
) -> Callable[[], Registry]:
    """Opens the registry of the test: a place of its own, so that no test sees another one's programs."""
    kind = request.param
    if kind == "folder":
        return lambda: FolderRegistry(tmp_path / "register")
    signing_in = {"open": "", "password": services["password"], "token": services["issuer"]}[kind]
    credentials = credentials_for(signing_in) if signing_in else {}
    own = f"{services[kind]}/{tmp_path.name.replace('_', '-').lower().strip('-')}"
    return lambda: http_registry(own, credentials, traffic, PERSISTENT, wait=lambda seconds: None)


def test_what_is_fetched_is_the_file_that_was_published(opened: Open, tmp_path: Path) -> None:
    made = content()
    with opened() as registry:
        published = publish(bundle(made), registry)
        assert (published.is_new, str(published.name), published.version) == (True, "vgr/prov", "1.2.3")
        for wanted in ("vgr/prov", "vgr/prov:1.2.3", f"vgr/prov@{published.digest}"):
            target = tmp_path / wanted.replace("/", "-").replace(":", "-")
            fetched = fetch(parse_wanted(wanted), registry, target)
            assert (fetched.digest, fetched.version, fetched.is_new) == (published.digest, "1.2.3", True)
            assert fetched.path == target / "prov-1.2.3.dtb"
            assert fetched.path.read_bytes() == archive_of(made)
            assert [path.name for path in target.iterdir()] == ["prov-1.2.3.dtb"]


def test_publishing_again_changes_nothing_and_costs_a_single_question(opened: Open, traffic: Traffic) -> None:
    made = bundle(content())
    with opened() as registry:
        publish(made, registry)
        traffic.clear()
        again = publish(made, registry)
        assert (again.is_new, again.sent, again.sent_bytes) == (False, (), 0)
        assert traffic.sent == 0 and len(traffic.requests) <= 1


def test_a_published_version_never_changes(opened: Open, tmp_path: Path) -> None:
    first, other = bundle(content()), bundle(content(title="En annan titel"))
    with opened() as registry:
        publish(first, registry)
        with pytest.raises(RegistryProblem) as refused:
            publish(other, registry)
        assert refused.value.code == "published-already"
        assert registry.tagged("vgr/prov", "1.2.3") == first.digest
        assert fetch(parse_wanted("vgr/prov"), registry, tmp_path / "hit").digest == first.digest


def test_a_second_version_sends_only_what_is_new(opened: Open, traffic: Traffic, tmp_path: Path) -> None:
    first, second = content("1.2.3"), content("1.10.0", title="Ny titel")
    with opened() as registry:
        assert publish(bundle(first), registry).sent_bytes > len(FILM)
        traffic.clear()
        new = {blob.digest: blob.size for blob in bundle(second).blobs.values()}
        for digest in bundle(first).blobs:
            new.pop(digest, None)
        published = publish(bundle(second), registry)
        assert (set(published.sent), published.sent_bytes) == (set(new), sum(new.values()))
        manifest = bundle(second).manifest.data
        # Over the wire the manifest goes twice: under its digest and under its version.
        assert traffic.sent in (0, sum(new.values()) + 2 * len(manifest))
        assert len(FILM) not in (traffic.sent, published.sent_bytes) and published.sent_bytes < 100_000

        # And fetched beside the first, the film is taken from there.
        fetch(parse_wanted("vgr/prov:1.2.3"), registry, tmp_path / "hit")
        traffic.clear()
        fetched = fetch(parse_wanted("vgr/prov"), registry, tmp_path / "hit")
        assert (fetched.version, fetched.received_bytes) == ("1.10.0", sum(new.values()))
        assert traffic.received < 100_000
        assert fetched.path.read_bytes() == archive_of(second)


def identity(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written anew, and not when it is read."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def test_fetching_with_nothing_new_costs_three_small_requests(opened: Open, traffic: Traffic, tmp_path: Path) -> None:
    made = bundle(content())
    with opened() as registry:
        publish(made, registry)
        fetch(parse_wanted("vgr/prov:1.2.3"), registry, tmp_path / "hit")
    before = identity(tmp_path / "hit" / "prov-1.2.3.dtb")
    traffic.clear()
    with opened() as registry:
        again = fetch(parse_wanted("vgr/prov:1.2.3"), registry, tmp_path / "hit")
    assert (again.is_new, again.received_bytes, again.digest) == (False, 0, made.digest)
    assert identity(tmp_path / "hit" / "prov-1.2.3.dtb") == before
    assert len(traffic.requests) <= 3 and traffic.received < 4096, traffic.requests


def test_a_film_that_two_programs_share_is_sent_once(opened: Open, traffic: Traffic, tmp_path: Path) -> None:
    first, second = bundle(content()), content(program="annat")
    with opened() as registry:
        publish(first, registry)
        traffic.clear()
        published = publish(bundle(second), registry, others=(ProgramName("vgr", "finns-inte"), NAME))
        assert digest_of(FILM) not in published.sent and published.sent_bytes < 100_000
        assert published.mounted_bytes in (0, len(FILM))  # In a folder it lies there already.
        assert traffic.sent < 200_000
        fetched = fetch(parse_wanted("vgr/annat"), registry, tmp_path / "hit")
        assert fetched.path.read_bytes() == archive_of(second)


def test_what_is_not_there_is_told(opened: Open, tmp_path: Path) -> None:
    with opened() as registry:
        for wanted in ("vgr/prov", "vgr/prov:1.2.3", f"vgr/prov@sha256:{'0' * 64}"):
            with pytest.raises(RegistryProblem) as refused:
                fetch(parse_wanted(wanted), registry, tmp_path / "hit")
            assert (refused.value.code, refused.value.is_refusal) == ("not-in-registry", False)
        publish(bundle(content()), registry)
        for wanted in ("vgr/prov:9.9.9", "annan/prov:1.2.3", f"vgr/prov@sha256:{'0' * 64}"):
            with pytest.raises(RegistryProblem) as refused:
                fetch(parse_wanted(wanted), registry, tmp_path / "hit")
            assert refused.value.code == "not-in-registry"
        assert not (tmp_path / "hit").exists()


def test_the_newest_version_is_the_one_with_the_highest_number(opened: Open, tmp_path: Path) -> None:
    with opened() as registry:
        for version in ("1.9.0", "1.10.0", "1.2.0"):
            publish(bundle(content(version)), registry)
        assert registry.tags("vgr/prov") == ("1.10.0", "1.2.0", "1.9.0")
        assert fetch(parse_wanted("vgr/prov"), registry, tmp_path / "hit").version == "1.10.0"


def test_two_publishers_at_once_lose_nothing_of_each_other(opened: Open, tmp_path: Path) -> None:
    """Eight of them, each with a version of its own and something to say about the same bundle."""
    subject = bundle(content())
    with opened() as registry:
        publish(subject, registry)
        stored = registry.manifest("vgr/prov", subject.digest)
    bundles = [bundle(content(f"2.{number}.0")) for number in range(8)]
    problems: list[BaseException] = []
    start = threading.Barrier(len(bundles))

    def work(number: int) -> None:
        try:
            with opened() as registry:
                start.wait()
                publish(bundles[number], registry)
                said = f'{{"number":{number}}}'.encode()
                attach(registry, "vgr/prov", stored, "application/vnd.prov", "application/json", said)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(bundles))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with opened() as registry:
        assert {f"2.{number}.0" for number in range(8)} < set(registry.tags("vgr/prov"))
        for one in bundles:
            assert registry.tagged("vgr/prov", one.manifest.annotations.version) == one.digest
        found = referrers(registry, "vgr/prov", subject.digest)
        said = {_document_of(registry, referrer.digest) for referrer in found}
        assert said == {f'{{"number":{number}}}'.encode() for number in range(8)}
        # Other tools read the list at the tag that the specification gives it.
        listed = json.loads(registry.manifest("vgr/prov", subject.digest.replace(":", "-")).data)["manifests"]
        assert {one["digest"] for one in listed} == {one.digest for one in found}
        assert {one["artifactType"] for one in listed} == {"application/vnd.prov"}


def test_two_who_publish_the_same_version_at_once_do_not_both_succeed_unseen(opened: Open) -> None:
    """Whoever is told that it is published is right about what is there, or was so when told."""
    bundles = [bundle(content(title=f"Titel {number}")) for number in range(4)]
    start = threading.Barrier(len(bundles))
    done: list[str] = []
    refused: list[str] = []

    def work(made: Bundle) -> None:
        with opened() as registry:
            start.wait()
            try:
                publish(made, registry)
                done.append(made.digest)
            except RegistryProblem as problem:
                refused.append(problem.code)

    threads = [threading.Thread(target=work, args=(one,)) for one in bundles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened() as registry:
        assert registry.tagged("vgr/prov", "1.2.3") in done
    assert len(done) + len(refused) == len(bundles) and set(refused) <= {"published-already"}
    if isinstance(registry, FolderRegistry):
        assert len(done) == 1  # There it is one step.


def test_a_tag_is_changed_only_by_whoever_knows_what_it_is_now(opened: Open) -> None:
    first, second = b'{"schemaVersion":2,"manifests":[],"annotations":{"a":"1"}}', b'{"schemaVersion":2,"manifests":[]}'
    with opened() as registry:
        registry.push_manifest("vgr/prov", first, INDEX_TYPE, "latest", None)
        for expected in (None, digest_of(b"other")):
            with pytest.raises(RegistryProblem) as refused:
                registry.push_manifest("vgr/prov", second, INDEX_TYPE, "latest", expected)
            assert refused.value.code == "tag-moved"
        assert registry.manifest("vgr/prov", "latest").data == first
        registry.push_manifest("vgr/prov", second, INDEX_TYPE, "latest", digest_of(first))
        assert registry.manifest("vgr/prov", "latest").data == second


def test_attaching_the_same_again_changes_nothing(opened: Open) -> None:
    subject = bundle(content())
    with opened() as registry:
        publish(subject, registry)
        stored = registry.manifest("vgr/prov", subject.digest)
        assert referrers(registry, "vgr/prov", subject.digest) == ()
        attached = [
            attach(registry, "vgr/prov", stored, "application/vnd.prov", "text/plain", b"ett ord", {"when": "nu"})
            for _ in range(2)
        ]
        assert attached[0] == attached[1]
        assert referrers(registry, "vgr/prov", subject.digest) == (attached[0],)


def _document_of(registry: Registry, digest: str) -> bytes:
    (layer,) = json.loads(registry.manifest("vgr/prov", digest).data)["layers"]
    with registry.open_blob("vgr/prov", layer["digest"], layer["size"], nobody_watches) as stream:
        return stream.read()
