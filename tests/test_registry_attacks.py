"""What a registry may do to those who fetch and publish: each is refused with its code, and nothing of it is left behind."""

from __future__ import annotations

import io
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from designtool.bundle import Bundle, BundleContent, Refused, read_bundle
from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE, blob_of, digest_of
from designtool.diagnostics import Cannot
from designtool.share.fetch import Fetched, fetch
from designtool.share.publish import publish
from designtool.share.registries.client import RegistryClient, parse_address
from designtool.share.registries.credentials import Credential, credentials_file, read_credentials
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import ProgramName, parse_wanted
from designtool.share.registries.network import Patience, Watch, WatchedTransport, is_on_the_open_network
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.reasons import reason_of
from designtool.share.registries.referrers import attach, referrers
from designtool.share.registries.registry import nobody_watches
from designtool.share.registries.service import HttpRegistry
from tests.bundles import archive_of, sample_content, sample_program
from tests.failpoints import disk_is_full, failing
from tests.fake_registry import FakeRegistry, Twist, fake_registry, send_blob
from tests.registries import free_host, http_registry, own_certificate, respond, served

FILM = bytes(range(256)) * 2000
FILM_DIGEST = digest_of(FILM)
WANTED = parse_wanted("vgr/prov:1.2.3")
HURRY = Patience(connect=2, silence=2, answer=2, slowest=2**20)
"""Of a test that has the registry be slow."""
Handler = BaseHTTPRequestHandler


def content(**changes: Any) -> BundleContent:
    made = sample_content(sample_program(**changes))
    return replace(made, files={**made.files, "media/lang.webm": blob_of(FILM)})


def bundle(made: BundleContent) -> Bundle:
    return read_bundle(io.BytesIO(archive_of(made)))


CONTENT = content()
BUNDLE = bundle(CONTENT)
OTHER = bundle(content(version="1.3.0"))
FOREIGN = bundle(content(id="annat"))


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with fake_registry() as registry:
        registry.put(BUNDLE)
        yield registry


def fetched_from(fake: FakeRegistry, folder: Path, wanted: str = "vgr/prov:1.2.3", **more: Any) -> Fetched:
    with http_registry(fake.address, **more) as registry:
        return fetch(parse_wanted(wanted), registry, folder)


def is_left_alone(folder: Path) -> bool:
    return not folder.exists() or list(folder.iterdir()) == []


def test_the_untampered_twin_of_every_attack_is_fetched(fake: FakeRegistry, tmp_path: Path) -> None:
    assert fetched_from(fake, tmp_path).path.read_bytes() == archive_of(CONTENT)


# What is served


def of(path: str, method: str = "GET") -> Callable[[Handler], bool]:
    """Whether a request is about something whose address has this in it."""
    return lambda handler: handler.command == method and path in handler.path


def instead(status: int, body: bytes, headers: dict[str, str] | None = None) -> Callable[[Handler], None]:
    return lambda handler: respond(handler, status, body, headers)


def raw(answer: bytes) -> Callable[[Handler], None]:
    """Bytes that are written as they are; the connection ends with them."""

    def write(handler: Handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    return write


def twisted(matches: Callable[[Handler], bool], answer: Callable[[Handler], None]) -> Twist:
    def twist(handler: Handler) -> bool:
        if not matches(handler):
            return False
        answer(handler)
        return True

    return twist


MANIFEST = BUNDLE.manifest.data
AS_MANIFEST = {"Content-Type": MANIFEST_TYPE}
PAGE = {"Content-Type": "text/html; charset=utf-8"}
BLOB_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
ATTACKS: dict[str, tuple[Twist, str]] = {
    "other bytes of the same length for a blob": (
        twisted(of(FILM_DIGEST), instead(200, b"x" * len(FILM))),
        "wrong-digest",
    ),
    "the bytes of another blob": (twisted(of(FILM_DIGEST), instead(200, CONTENT.program)), "wrong-size"),
    "a blob with a byte more": (twisted(of(FILM_DIGEST), instead(200, FILM + b"x")), "wrong-size"),
    "a blob with a byte less": (twisted(of(FILM_DIGEST), instead(200, FILM[:-1])), "wrong-size"),
    "a length that is no number": (
        twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"Content-Length: many\r\n\r\n" + FILM)),
        "registry-unreachable",
    ),
    "a length that is too large": (
        twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"Content-Length: %d\r\n\r\n" % (len(FILM) + 1) + FILM)),
        "wrong-size",
    ),
    "a length that is too small": (
        twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"Content-Length: 5\r\n\r\n" + FILM)),
        "wrong-size",
    ),
    "no length, and more than there should be": (
        twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"\r\n" + FILM + b"x")),
        "wrong-size",
    ),
    "no length, and less than there should be": (
        twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"\r\n" + FILM[:-1])),
        "wrong-size",
    ),
    "a blob that is compressed": (
        twisted(of(FILM_DIGEST), instead(200, FILM, {"Content-Encoding": "gzip"})),
        "answer-unreadable",
    ),
    "a part that was not asked for": (
        twisted(of(FILM_DIGEST), instead(206, FILM, {"Content-Range": f"bytes 0-{len(FILM) - 1}/{len(FILM)}"})),
        "answer-unreadable",
    ),
    "a page in place of a blob": (twisted(of(FILM_DIGEST), instead(200, b"x" * len(FILM), PAGE)), "answer-unreadable"),
    "a page in place of a manifest": (
        twisted(of("/manifests/sha256:"), instead(200, b"<html>Logga in", PAGE)),
        "answer-unreadable",
    ),
    "a page for everything": (lambda handler: not respond(handler, 200, b"<html>Logga in", PAGE), "answer-unreadable"),
    "a page for a tag": (twisted(of("/manifests/1.2.3", "HEAD"), instead(200, b"", PAGE)), "answer-unreadable"),
    "a digest that is none": (
        twisted(of("/manifests/1.2.3", "HEAD"), instead(200, b"", {"Docker-Content-Digest": "sha256:../../etc"})),
        "answer-unreadable",
    ),
    "another manifest for a digest": (
        twisted(of("/manifests/sha256:"), instead(200, OTHER.manifest.data, AS_MANIFEST)),
        "wrong-digest",
    ),
    "a manifest that is something else": (
        twisted(of("/manifests/sha256:"), instead(200, MANIFEST, {"Content-Type": "text/plain"})),
        "answer-unreadable",
    ),
    "a manifest beyond its limit": (
        twisted(of("/manifests/sha256:"), instead(200, bytes(4 * 2**20 + 1), AS_MANIFEST)),
        "too-large",
    ),
    "a redirect of a manifest": (
        twisted(of("/manifests/sha256:"), instead(307, b"", {"Location": "https://example.org/manifest"})),
        "redirect-refused",
    ),
    "a redirect of a tag": (
        twisted(of("/manifests/1.2.3", "HEAD"), instead(302, b"", {"Location": "https://example.org/"})),
        "redirect-refused",
    ),
    "a redirect of everything to a page to log in": (
        lambda handler: not respond(handler, 302, b"", {"Location": "/login"}),
        "redirect-refused",
    ),
    "a redirect to itself without end": (
        lambda handler: FILM_DIGEST in handler.path and not respond(handler, 307, b"", {"Location": handler.path}),
        "redirect-refused",
    ),
    "no access": (twisted(of(FILM_DIGEST), instead(403, b"{}")), "access-denied"),
    "a challenge that nobody knows": (
        lambda handler: not respond(handler, 401, b"", {"WWW-Authenticate": "Negotiate"}),
        "answer-unreadable",
    ),
    "an error without end": (twisted(of(FILM_DIGEST), instead(503, b"")), "registry-unreachable"),
    "no HTTP at all": (lambda handler: not raw(b"SSH-2.0-OpenSSH_9.2\r\n")(handler), "registry-unreachable"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_leaves_nothing(name: str, fake: FakeRegistry, tmp_path: Path) -> None:
    fake.twist, code = ATTACKS[name]
    with pytest.raises((RegistryProblem, Refused)) as refused:
        fetched_from(fake, tmp_path)
    assert refused.value.code == code
    assert is_left_alone(tmp_path)


REDIRECTS = {
    "this machine": "http://127.0.0.1:{port}/film",
    "this machine over TLS": "https://127.0.0.1:{port}/film",
    "this machine by name": "https://localhost:{port}/film",
    "this machine by a number": "https://2130706433/film",
    "this machine in IPv6": "https://[::1]:{port}/film",
    "this machine in another guise": "https://[::ffff:127.0.0.1]:{port}/film",
    "the data of a cloud's machine": "https://169.254.169.254/latest/meta-data",
    "the data of a cloud's machine, in the open": "http://169.254.169.254/latest/meta-data",
    "the own network": "https://10.0.0.1/film",
    "a link-local neighbour": "https://[fe80::1]/film",
    "every address": "https://0.0.0.0:{port}/film",
    "another host in the open": "http://example.org/film",
    "a file": "file:///etc/passwd",
    "nothing": "",
    "a name with a password": "https://a:b@example.org/film",
    "no address": "https://[::::]/",
    "a name with too long a part": f"https://{'a' * 70}.example/film",
    "a name with an empty part": "https://a..b/film",
}


@pytest.mark.parametrize("name", REDIRECTS)
def test_a_blob_is_not_fetched_from_places_that_only_this_machine_can_reach(
    name: str, fake: FakeRegistry, tmp_path: Path
) -> None:
    reached: list[str] = []

    def trap(handler: Handler) -> None:
        reached.append(handler.path)
        send_blob(handler, FILM)

    with served(trap) as address:
        place = REDIRECTS[name].format(port=address.rpartition(":")[2])
        fake.twist = twisted(of(FILM_DIGEST), instead(307, b"", {"Location": place}))
        with pytest.raises(RegistryProblem) as refused:
            fetched_from(fake, tmp_path)
    assert (refused.value.code, reached) == ("redirect-refused", [])
    assert is_left_alone(tmp_path)


def test_a_name_of_the_open_network_that_leads_to_this_machine_is_refused() -> None:
    """And is looked up once only: what was looked at is what is connected to."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("93.184.216.34",) if host == "open.example" else ("93.184.216.34", "127.0.0.1")

    watch = Watch([("registry.example", 443)], resolve)
    assert watch.places("open.example", 443) == ("93.184.216.34",)
    assert watch.places("registry.example", 443) == ("registry.example",)
    for host, port in (("rebound.example", 443), ("registry.example", 8443)):
        with pytest.raises(RegistryProblem):
            watch.places(host, port)
    assert asked == ["open.example", "rebound.example", "registry.example"]


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1 255.255.255.255 240.0.0.1
    ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: nothing""".split(),  # noqa: SIM905
)
def test_what_is_not_on_the_open_network(address: str) -> None:
    assert not is_on_the_open_network(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_what_is_on_the_open_network(address: str) -> None:
    assert is_on_the_open_network(address)


def test_a_store_behind_the_registry_is_told_nothing_of_who_asks(fake: FakeRegistry, tmp_path: Path) -> None:
    """The legitimate twin of the redirects: an https host of the open network, whose certificate is held against its name."""
    seen: list[dict[str, str]] = []

    def store(handler: Handler) -> None:
        seen.append(dict(handler.headers.items()))
        send_blob(handler, FILM)

    given = {"Authorization": "Basic cHJvdjpvcmQ="}

    def twist(handler: Handler) -> bool:
        if handler.headers.get("Authorization") != given["Authorization"]:
            respond(handler, 401, b"", {"WWW-Authenticate": 'Basic realm="prov"'})
            return True
        if of(FILM_DIGEST)(handler):
            respond(handler, 307, b"", {"Location": "https://store.example/film?signed=yes"})
            return True
        return False

    fake.twist = twist
    serving, trusting = certificate_for("store.example", tmp_path)
    with served(store, serving) as address:
        port = int(address.rpartition(":")[2])
        client = RegistryClient(
            parse_address(fake.address),
            {fake.address.removeprefix("http://"): Credential("prov", "ord")},
            transport=lambda watch: WatchedTransport(watch, trusting, Elsewhere(port)),
            resolve=lambda host, port: ("93.184.216.34",),
        )
        with HttpRegistry(client) as registry:
            fetched = fetch(WANTED, registry, tmp_path / "hit")
    assert fetched.path.read_bytes() == archive_of(CONTENT)
    assert [one["Host"] for one in seen] == ["store.example"]
    assert not {"Authorization", "Cookie", "Referer"} & seen[0].keys()


def test_a_store_on_the_own_network_is_one_that_the_user_names(fake: FakeRegistry, tmp_path: Path) -> None:
    """It is spoken to over TLS as well, and is told nothing either."""
    seen: list[str | None] = []

    def store(handler: Handler) -> None:
        seen.append(handler.headers.get("Authorization"))
        send_blob(handler, FILM)

    serving, trusting = certificate_for("127.0.0.1", tmp_path)
    with served(store, serving) as address:
        fake.twist = twisted(of(FILM_DIGEST), instead(307, b"", {"Location": f"{address}/film"}))
        for named in ({}, {address.removeprefix("https://"): None}):
            client = RegistryClient(
                parse_address(fake.address),
                named,
                transport=lambda watch: WatchedTransport(watch, trusting),
            )
            with HttpRegistry(client) as registry:
                if named:
                    assert fetch(WANTED, registry, tmp_path / "hit").path.read_bytes() == archive_of(CONTENT)
                else:
                    with pytest.raises(RegistryProblem) as refused:
                        fetch(WANTED, registry, tmp_path / "hit")
                    assert (refused.value.code, seen) == ("redirect-refused", [])
    assert seen == [None]


def test_a_store_with_the_wrong_certificate_is_not_taken(fake: FakeRegistry, tmp_path: Path) -> None:
    fake.twist = twisted(of(FILM_DIGEST), instead(307, b"", {"Location": "https://store.example/film"}))
    serving, trusting = certificate_for("other.example", tmp_path)
    with served(lambda handler: send_blob(handler, FILM), serving) as address:
        port = int(address.rpartition(":")[2])
        client = RegistryClient(
            parse_address(fake.address),
            {},
            transport=lambda watch: WatchedTransport(watch, trusting, Elsewhere(port)),
            resolve=lambda host, port: ("93.184.216.34",),
            wait=lambda seconds: None,
        )
        with HttpRegistry(client) as registry, pytest.raises(RegistryProblem) as refused:
            fetch(WANTED, registry, tmp_path / "hit")
    assert refused.value.code == "registry-unreachable"
    assert is_left_alone(tmp_path / "hit")


class Elsewhere(httpcore.SyncBackend):
    """Takes connections to the one outer address to a port on this machine instead."""

    def __init__(self, port: int) -> None:
        self._port = port

    def connect_tcp(self, host: str, port: int, *more: Any) -> httpcore.NetworkStream:
        if host == "93.184.216.34":
            return super().connect_tcp("127.0.0.1", self._port, *more)
        return super().connect_tcp(host, port, *more)


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For who serves, and for who trusts just that one."""
    key, certificate = own_certificate(name)
    chain = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(chain)
    return serving, ssl.create_default_context(cadata=certificate.public_bytes(Encoding.PEM).decode())


# Tags that move


@pytest.mark.parametrize(("put", "wanted"), [(OTHER, "vgr/prov:1.2.3"), (FOREIGN, "vgr/prov:1.2.3")])
def test_a_tag_on_another_program_or_version_is_refused(
    put: Bundle, wanted: str, fake: FakeRegistry, tmp_path: Path
) -> None:
    fake.put(put)
    manifest = fake.manifests[f"vgr/{put.manifest.annotations.id}", put.digest]
    fake.manifests["vgr/prov", "1.2.3"] = fake.manifests["vgr/prov", put.digest] = manifest
    fake.there |= {("vgr/prov", digest) for digest in put.blobs}
    for asked in (wanted, f"vgr/prov@{FOREIGN.digest}") if put is FOREIGN else (wanted,):
        with pytest.raises(RegistryProblem) as refused:
            fetched_from(fake, tmp_path, asked)
        assert refused.value.code == "other-program"
    assert is_left_alone(tmp_path)


def test_a_tag_that_moves_while_it_is_fetched_changes_nothing(fake: FakeRegistry, tmp_path: Path) -> None:
    changed = bundle(content(title="En annan titel"))

    def twist(handler: Handler) -> bool:
        if of("/manifests/sha256:")(handler):
            fake.put(changed)
        return False

    fake.twist = twist
    assert fetched_from(fake, tmp_path).digest == BUNDLE.digest
    assert fake.manifests["vgr/prov", "1.2.3"][1] == changed.manifest.data


def test_a_tag_that_has_moved_since_it_was_fetched_is_told_and_the_file_stays(
    fake: FakeRegistry, tmp_path: Path
) -> None:
    fetched_from(fake, tmp_path)
    changed = bundle(content(title="En annan titel"))
    fake.put(changed)
    for wanted in ("vgr/prov:1.2.3", "vgr/prov", f"vgr/prov@{changed.digest}"):
        with pytest.raises(RegistryProblem) as refused:
            fetched_from(fake, tmp_path, wanted)
        assert (refused.value.code, refused.value.is_refusal) == ("version-changed", True)
    assert (tmp_path / "prov-1.2.3.dtb").read_bytes() == archive_of(CONTENT)
    assert [path.name for path in tmp_path.iterdir()] == ["prov-1.2.3.dtb"]
    assert fetched_from(fake, tmp_path, f"vgr/prov@{BUNDLE.digest}").is_new is False


def test_a_file_that_is_in_the_way_is_not_written_over(fake: FakeRegistry, tmp_path: Path) -> None:
    (tmp_path / "prov-1.2.3.dtb").write_bytes(b"anteckningar")
    with pytest.raises(Cannot):
        fetched_from(fake, tmp_path)
    assert (tmp_path / "prov-1.2.3.dtb").read_bytes() == b"anteckningar"


def test_who_publishes_at_the_same_time_is_told(fake: FakeRegistry) -> None:
    """Another one's version comes between the question whether there is one and the answer that it is stored."""
    other = bundle(content(title="En annan titel"))

    def twist(handler: Handler) -> bool:
        if of("/manifests/1.2.3", "PUT")(handler):
            handler.rfile.read(int(handler.headers["Content-Length"]))
            fake.put(other)
            respond(handler, 201, b"")
            return True
        return False

    fake.manifests.clear()
    fake.twist = twist
    with http_registry(fake.address) as registry, pytest.raises(RegistryProblem) as refused:
        publish(BUNDLE, registry)
    assert refused.value.code == "published-already"


# Slow, cut, busy


def drip(start: bytes, piece: bytes) -> Callable[[Handler], None]:
    """One piece after another, slowly enough to be in time each and never to be done, until the other side goes."""

    def write(handler: Handler) -> None:
        gone = threading.Event()
        handler.close_connection = True
        with suppress(OSError):
            handler.wfile.write(start)
            while not gone.wait(0.05):
                handler.wfile.write(piece)
                handler.wfile.flush()

    return write


OK = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "a blob": twisted(of(FILM_DIGEST), drip(BLOB_HEAD + b"Content-Length: %d\r\n\r\n" % len(FILM), b"x")),
    "the head of a blob": twisted(of(FILM_DIGEST), drip(OK, b"X-More: 1\r\n")),
    "a manifest": twisted(
        of("/manifests/sha256:"), drip(OK + b"Content-Type: %s\r\n\r\n" % MANIFEST_TYPE.encode(), b"{")
    ),
    "the first answer": lambda handler: not drip(OK, b"X-More: 1\r\n")(handler),
}


@pytest.mark.parametrize("name", DRIPS)
def test_a_slow_drip_comes_to_an_end(name: str, fake: FakeRegistry, tmp_path: Path) -> None:
    fake.twist = DRIPS[name]
    hurry = Patience(connect=2, silence=2, answer=0.3, slowest=2**22)
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, patience=hurry)
    assert refused.value.code == "registry-too-slow"
    assert is_left_alone(tmp_path)


def test_a_registry_that_says_nothing_counts_as_cut(fake: FakeRegistry, tmp_path: Path) -> None:
    done = threading.Event()
    fake.twist = twisted(of(FILM_DIGEST), lambda handler: done.wait(30) and None)
    try:
        with pytest.raises(RegistryProblem) as refused:
            fetched_from(fake, tmp_path, patience=Patience(silence=0.1, attempts=2))
    finally:
        done.set()
    assert refused.value.code == "registry-unreachable"
    assert is_left_alone(tmp_path)


def test_an_endless_manifest_is_read_no_further_than_its_limit(fake: FakeRegistry, tmp_path: Path) -> None:
    written = 0

    def endless(handler: Handler) -> None:
        nonlocal written
        handler.close_connection = True
        with suppress(OSError):
            handler.wfile.write(OK + b"Content-Type: %s\r\n\r\n" % MANIFEST_TYPE.encode())
            while True:
                written += handler.wfile.write(b"[" * 65536)

    fake.twist = twisted(of("/manifests/sha256:"), endless)
    with pytest.raises(Refused) as refused:
        fetched_from(fake, tmp_path)
    assert refused.value.code == "too-large"
    assert is_left_alone(tmp_path)
    assert written < 64 * 2**20  # What the sockets hold, and no more.


@pytest.mark.parametrize("every", [1, 3, 7])
def test_a_connection_that_is_cut_at_every_kth_chunk_is_taken_up_where_it_was(
    every: int, fake: FakeRegistry, tmp_path: Path
) -> None:
    chunk, served_bytes, starts = 16 * 1024, 0, []

    def cut(handler: Handler) -> None:
        nonlocal served_bytes
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        starts.append(start)
        piece = FILM[start : start + every * chunk]
        served_bytes += len(piece)
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(FILM) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(FILM) - 1}/{len(FILM)}")
        handler.end_headers()
        handler.wfile.write(piece)
        handler.close_connection = True

    fake.twist = twisted(of(FILM_DIGEST), cut)
    assert fetched_from(fake, tmp_path).path.read_bytes() == archive_of(CONTENT)
    assert served_bytes == len(FILM)  # Nothing twice.
    assert starts == list(range(0, len(FILM), every * chunk))


def test_a_registry_without_ranges_sends_all_of_it_again(fake: FakeRegistry, tmp_path: Path) -> None:
    attempts = 0

    def twist(handler: Handler) -> bool:
        nonlocal attempts
        if not of(FILM_DIGEST)(handler):
            return False
        attempts += 1
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(FILM)))
        handler.end_headers()
        handler.wfile.write(FILM if attempts == 3 else FILM[: 100_000 * attempts])
        handler.close_connection = True
        return True

    fake.twist = twist
    assert fetched_from(fake, tmp_path).path.read_bytes() == archive_of(CONTENT)
    assert attempts == 3


def test_a_connection_that_is_always_cut_at_once_is_given_up(fake: FakeRegistry, tmp_path: Path) -> None:
    waits: list[float] = []
    fake.twist = twisted(of(FILM_DIGEST), raw(BLOB_HEAD + b"Content-Length: %d\r\n\r\n" % len(FILM)))
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, wait=waits.append)
    assert refused.value.code == "registry-unreachable"
    assert len(waits) == 3 and waits == sorted(waits) and waits[-1] < 4
    assert is_left_alone(tmp_path)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("path", ["/v2/", "/manifests/1.2.3", "/manifests/sha256:", FILM_DIGEST])
def test_what_may_pass_is_tried_again_when_the_registry_says(
    status: int, path: str, fake: FakeRegistry, tmp_path: Path
) -> None:
    waits: list[float] = []
    left = ["7", "Wed, 21 Oct 2015 07:28:00 GMT", "999999"]

    def twist(handler: Handler) -> bool:
        is_it = handler.path == path if path == "/v2/" else path in handler.path
        if is_it and left:
            respond(handler, status, b"", {"Retry-After": left.pop(0)})
            return True
        return False

    fake.twist = twist
    assert fetched_from(fake, tmp_path, wait=waits.append).is_new
    assert waits == [7, 0, 60]  # Never longer than a minute.


@pytest.mark.parametrize(
    "asked",
    ["Fri, 31 Dec 9999 23:59:59 -2359", f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", "9" * 5000, "soon", "-1", "\xb2", ""],
)
def test_a_time_to_come_again_that_is_none(asked: str, fake: FakeRegistry, tmp_path: Path) -> None:
    waits: list[float] = []
    left = [asked]

    def twist(handler: Handler) -> bool:
        if FILM_DIGEST in handler.path and left:
            respond(handler, 503, b"", {"Retry-After": left.pop()})
            return True
        return False

    fake.twist = twist
    assert fetched_from(fake, tmp_path, wait=waits.append).is_new
    assert len(waits) == 1 and waits[0] < 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 418, 501])
def test_what_will_not_pass_is_not_tried_again(status: int, fake: FakeRegistry, tmp_path: Path) -> None:
    waits: list[float] = []
    fake.twist = twisted(of(FILM_DIGEST), instead(status, b""))
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, wait=waits.append)
    codes = {401: "access-denied", 403: "access-denied", 404: "not-in-registry"}
    assert refused.value.code == codes.get(status, "registry-refused")
    assert waits == [] and sum(FILM_DIGEST in request for request in fake.requests) == 1
    assert is_left_alone(tmp_path)


# Uploads


@pytest.fixture
def empty() -> Iterator[FakeRegistry]:
    with fake_registry() as registry:
        yield registry


def published_to(fake: FakeRegistry, **more: Any) -> None:
    others = more.pop("others", ())
    with http_registry(fake.address, **more) as registry:
        publish(BUNDLE, registry, others)


def test_an_upload_that_is_cut_goes_on_where_the_registry_is(
    empty: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("designtool.share.registries.service._PIECE", 100_000)
    received = cuts = 0

    def twist(handler: Handler) -> bool:
        nonlocal received, cuts
        if handler.command != "PATCH":
            return False
        size, place = int(handler.headers["Content-Length"]), handler.path.partition("/blobs/")[2]
        start, end = map(int, handler.headers["Content-Range"].split("-"))
        assert end - start + 1 == size and start == len(empty.uploads[place])
        cuts += 1
        body = handler.rfile.read(size // 2 if cuts % 2 else size)
        empty.uploads[place] += body
        received += len(body)
        handler.close_connection = True
        if len(body) == size:
            respond(handler, 202, b"", {"Location": handler.path})
        return True

    empty.twist = twist
    published_to(empty)
    assert empty.blobs[FILM_DIGEST] == FILM
    assert cuts > 5 and received <= len(FILM)  # Nothing twice.


def test_a_registry_that_does_not_say_how_far_it_is_gets_all_of_it_again(
    empty: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docker-registry does: an upload that was cut within a piece is gone."""
    monkeypatch.setattr("designtool.share.registries.service._PIECE", 100_000)
    cut: list[str] = []

    def twist(handler: Handler) -> bool:
        if handler.command == "PATCH" and not cut:
            cut.append(handler.path)
            handler.rfile.read(1000)
            handler.close_connection = True
            return True
        return handler.command == "GET" and handler.path in cut and not respond(handler, 404, b"{}")

    empty.twist = twist
    published_to(empty)
    assert empty.blobs[FILM_DIGEST] == FILM and len(cut) == 1


def test_an_answer_that_is_lost_after_all_was_sent_is_no_reason_to_send_it_again(empty: FakeRegistry) -> None:
    lost: list[str] = []

    def twist(handler: Handler) -> bool:
        if handler.command == "PUT" and FILM_DIGEST.replace(":", "%3A") in handler.path and not lost:
            lost.append(handler.path)
            handler.rfile.read(int(handler.headers["Content-Length"]))
            empty.blobs[FILM_DIGEST] = FILM
            empty.there.add(("vgr/prov", FILM_DIGEST))
            handler.close_connection = True
            return True
        return False

    empty.twist = twist
    published_to(empty)
    assert len(lost) == 1
    assert sum(request.startswith("PUT") and FILM_DIGEST[7:] in request for request in empty.requests) == 1


def test_a_busy_registry_gets_a_blob_later(empty: FakeRegistry) -> None:
    waits: list[float] = []
    left = [503, 429]

    def twist(handler: Handler) -> bool:
        if handler.command == "PUT" and "/blobs/" in handler.path and left:
            handler.rfile.read(int(handler.headers["Content-Length"]))
            respond(handler, left.pop(), b"", {"Retry-After": "3"})
            return True
        return False

    empty.twist = twist
    published_to(empty, wait=waits.append)
    assert waits == [3, 3] and empty.manifests["vgr/prov", "1.2.3"][1] == MANIFEST


def test_a_mount_that_is_refused_becomes_an_upload(empty: FakeRegistry) -> None:
    empty.put(FOREIGN)

    def twist(handler: Handler) -> bool:
        if "mount=" in handler.path:
            empty.uploads["uploads/m"] = bytearray()
            respond(handler, 202, b"", {"Location": "/v2/vgr/prov/blobs/uploads/m"})
            return True
        return False

    empty.twist = twist
    published_to(empty, others=[ProgramName("vgr", "annat")])
    assert sum("mount=" in request for request in empty.requests) == 1
    assert ("vgr/prov", FILM_DIGEST) in empty.there
    assert empty.manifests["vgr/prov", "1.2.3"][1] == MANIFEST


def test_a_program_that_one_may_not_read_is_no_place_to_take_films_from(empty: FakeRegistry) -> None:
    empty.put(FOREIGN)
    empty.twist = twisted(of("/vgr/annat/", "HEAD"), instead(403, b""))
    published_to(empty, others=[ProgramName("vgr", "annat")])
    assert not any("mount=" in request for request in empty.requests)
    assert empty.manifests["vgr/prov", "1.2.3"][1] == MANIFEST


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:{port}/v2/x", "https://example.org/upload", "//example.org/upload"]
)
def test_nothing_is_sent_to_another_place(place: str, empty: FakeRegistry) -> None:
    reached: list[str] = []
    with served(lambda handler: reached.append(handler.path)) as trap:
        stated = place.format(port=trap.rpartition(":")[2])
        empty.twist = twisted(of("/blobs/uploads/", "POST"), instead(202, b"", {"Location": stated}))
        with pytest.raises(RegistryProblem) as refused:
            published_to(empty)
    assert (refused.value.code, reached, empty.manifests) == ("redirect-refused", [], {})


@pytest.mark.parametrize(
    "place",
    [
        "https://open.example/v2/x",
        "http://registry.example/v2/x",
        "https://registry.example:8443/",
        "https://a@registry.example/",
    ],
)
def test_content_and_credentials_go_to_the_registry_itself_alone(place: str) -> None:
    """Whatever the network would let through: another host, another port, or the same host in the open."""
    client = RegistryClient(parse_address("https://registry.example/programs"), {})
    base = client.url("programs/vgr/prov/blobs/uploads/")
    assert client.own_url(base, "/v2/x?y=1") == "https://registry.example/v2/x?y=1"
    with pytest.raises(RegistryProblem) as refused:
        client.own_url(base, place)
    assert refused.value.code == "redirect-refused"


def test_nothing_gets_a_version_before_all_of_it_is_there(empty: FakeRegistry) -> None:
    empty.twist = lambda handler: (
        handler.command == "PUT" and FILM_DIGEST[7:] in handler.path and not respond(handler, 400, b"{}")
    )
    with pytest.raises(RegistryProblem) as refused:
        published_to(empty)
    assert (refused.value.code, empty.manifests) == ("registry-refused", {})


# Signing in


def bearer(realm: str) -> Callable[[Handler], bool]:
    """Asks for a token of that realm whoever has none."""

    def twist(handler: Handler) -> bool:
        if handler.headers.get("Authorization", "").startswith("Bearer "):
            return False
        stated = f'Bearer realm="{realm}",service="prov",scope="repository:nagot/annat:pull"'
        respond(handler, 401, b"{}", {"WWW-Authenticate": stated})
        return True

    return twist


@pytest.mark.parametrize(
    "realm",
    [
        "http://169.254.169.254/token",
        "http://example.org/token",
        "https://169.254.169.254/",
        "https://10.0.0.1/",
        "file:///x",
    ],
)
def test_tokens_are_not_asked_for_in_places_that_only_this_machine_can_reach(
    realm: str, fake: FakeRegistry, tmp_path: Path
) -> None:
    fake.twist = bearer(realm)
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, credentials={"169.254.169.0": Credential("a", "b")})
    # Where the place itself could be right, whoever reads it is told what to write if it is.
    could_be = realm.startswith("https:")
    assert refused.value.code == ("sign-in-unknown" if could_be else "redirect-refused")
    assert not refused.value.is_refusal or not could_be


def test_a_token_service_that_does_not_take_the_password_is_named(fake: FakeRegistry, tmp_path: Path) -> None:
    challenge = bearer(f"{fake.address}/token")
    fake.twist = lambda handler: (
        not respond(handler, 401, b"{}") if handler.path.startswith("/token") else challenge(handler)
    )
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path)
    assert (refused.value.code, refused.value.is_refusal) == ("sign-in-refused", False)
    assert fake.address.removeprefix("http://") in refused.value.message.sv


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "där svarar ingen"),
        (socket.gaierror(-2, "Name or service not known"), "adressen finns inte"),
        (TimeoutError("timed out"), "svaret dröjer för länge"),
        (ConnectionResetError(104, "Connection reset by peer"), "förbindelsen bröts"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "där talas ingen TLS som går att förstå"),
        (ValueError("något annat"), "något annat"),
    ],
)
def test_why_a_registry_is_not_reached_is_said_in_the_language_of_the_rest(cause: Exception, said: str) -> None:
    try:
        try:
            raise cause
        except Exception as below:
            raise httpx.TransportError(str(below)) from below
    except httpx.TransportError as problem:
        assert reason_of(problem).sv == said


def test_a_registry_that_is_down_is_told_with_what_to_do() -> None:
    with http_registry(f"http://{free_host()}") as registry, pytest.raises(RegistryProblem) as refused:
        registry.tags("vgr/prov")
    assert refused.value.code == "registry-unreachable" and "Errno" not in refused.value.message.sv
    assert "där svarar ingen. Kontrollera adressen" in refused.value.message.sv


def test_the_password_of_a_registry_is_not_sent_to_whoever_it_names(fake: FakeRegistry, tmp_path: Path) -> None:
    """A service on this machine is reached only if the user has an entry for it, and then with that entry's words."""
    seen: list[str | None] = []

    def issuer(handler: Handler) -> None:
        seen.append(handler.headers.get("Authorization"))
        respond(handler, 200, b'{"access_token":"abc"}')

    with served(issuer) as elsewhere:
        fake.twist = bearer(f"{elsewhere}/token")
        own = {fake.address.removeprefix("http://"): Credential("prov", "ord")}
        with pytest.raises(RegistryProblem):
            fetched_from(fake, tmp_path, credentials=own)
        assert seen == []
        named = {**own, elsewhere.removeprefix("http://"): Credential("annan", "ett")}
        assert fetched_from(fake, tmp_path, credentials=named).is_new
    assert seen == ["Basic YW5uYW46ZXR0"]


def test_a_token_is_asked_for_with_just_the_scope_and_replaced_once(fake: FakeRegistry, tmp_path: Path) -> None:
    asked: list[str] = []

    def twist(handler: Handler) -> bool:
        if handler.path.startswith("/token"):
            asked.append(handler.path)
            respond(handler, 200, b'{"token":"%d","expires_in":3600}' % len(asked))
            return True
        if handler.headers.get("Authorization") == "Bearer 2":
            return False
        respond(handler, 401, b"{}", {"WWW-Authenticate": f'Bearer realm="{fake.address}/token",service="prov"'})
        return True

    fake.twist = twist
    assert fetched_from(fake, tmp_path).is_new
    assert asked == ["/token?service=prov&scope=repository%3Avgr%2Fprov%3Apull"] * 2


def test_a_token_for_another_repository_does_not_help_and_does_not_go_round(fake: FakeRegistry, tmp_path: Path) -> None:
    def twist(handler: Handler) -> bool:
        if handler.path.startswith("/token"):
            return not respond(handler, 200, b'{"token":"abc"}')
        stated = {"WWW-Authenticate": f'Bearer realm="{fake.address}/token"'}
        return not respond(handler, 401, b"{}", stated)

    fake.twist = twist
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path)
    assert (refused.value.code, len(fake.requests)) == ("access-denied", 5)
    assert is_left_alone(tmp_path)


@pytest.mark.parametrize(
    "token",
    [b"{}", b"[]", b'"x"', b'{"token":""}', b'{"token":"a\\r\\nX-Other: b"}', b'{"token":1}', b"[" * 60_000, b"x"],
)
def test_a_token_that_is_none(token: bytes, fake: FakeRegistry, tmp_path: Path) -> None:
    challenge = bearer(f"{fake.address}/token")
    fake.twist = lambda handler: (
        not respond(handler, 200, token) if handler.path.startswith("/token") else challenge(handler)
    )
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path)
    assert refused.value.code == "answer-unreadable"


def test_a_token_for_longer_than_any_clock_is_used_and_asked_for_anew_some_day(
    fake: FakeRegistry, tmp_path: Path
) -> None:
    challenge = bearer(f"{fake.address}/token")
    token = b'{"token":"right","expires_in":1%s}' % (b"0" * 400)

    def twist(handler: Handler) -> bool:
        if handler.path.startswith("/token"):
            return not respond(handler, 200, token)
        return False if handler.headers.get("Authorization") == "Bearer right" else challenge(handler)

    fake.twist = twist
    assert fetched_from(fake, tmp_path).is_new


def test_a_registry_whose_name_no_host_can_have_is_not_reached(tmp_path: Path) -> None:
    with pytest.raises(RegistryProblem) as refused, http_registry(f"https://{'a' * 70}.example") as registry:
        registry.tagged("vgr/prov", "1.0.0")
    assert refused.value.code == "registry-unreachable"


def test_without_credentials_a_password_is_asked_for_and_nothing_sent(fake: FakeRegistry, tmp_path: Path) -> None:
    fake.twist = twisted(lambda handler: True, instead(401, b"", {"WWW-Authenticate": 'Basic realm="x"'}))
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path)
    assert (refused.value.code, refused.value.is_refusal, fake.requests) == ("access-denied", False, ["GET /v2/"])


@pytest.mark.parametrize(
    "address",
    """http://registry.example http://10.0.0.1 https://user:word@registry.example https:// ftp://registry.example
    https://registry.example/../x https://registry.example/A https://registry.example/p?q=1 https://registry.example/#x
    https://registry.example:port/ https://registry.example//double""".split(),  # noqa: SIM905
)
def test_an_address_that_is_none_or_in_the_open(address: str) -> None:
    with pytest.raises(Cannot):
        parse_address(address)


def test_the_credentials_file(tmp_path: Path) -> None:
    path = tmp_path / "credentials.yaml"
    assert read_credentials(path) == {}
    path.write_text("registry.example:5000:\n  username: a\n  password: 'b: #c'\n")
    path.chmod(0o640)
    with pytest.raises(Cannot, match="chmod 600"):
        read_credentials(path)
    path.chmod(0o600)
    assert read_credentials(path) == {"registry.example:5000": Credential("a", "b: #c")}
    assert "b: #c" not in repr(read_credentials(path))
    path.write_text("Store.example: {}\n")
    assert read_credentials(path) == {"store.example": None}
    for text in (
        "",
        "- a",
        "a: b",
        "a: {username: b}",
        "a: {username: b, password: 1}",
        "a: {username: b, password: ''}",
        "{",
    ):
        path.write_text(text)
        with pytest.raises(Cannot):
            read_credentials(path)
    stated = {"XDG_CONFIG_HOME": "/x", "DESIGNTOOL_CREDENTIALS": str(path)}
    assert credentials_file(stated) == path
    assert credentials_file({"XDG_CONFIG_HOME": "/x"}) == Path("/x/designtool/credentials.yaml")


# Names, lists


@pytest.mark.parametrize(
    "wanted",
    [
        *"""../prov vgr/.. vgr/prov/../../x vgr vgr/ /prov vgr/prov/x VGR/prov vgr/Prov vgr/pr%2e%2e vgr/prov:latest vgr/prov:1.2
        vgr/prov: vgr/prov:1.2.3.4 vgr/prov:01.2.3 vgr/prov@ vgr/prov@sha256:00 vgr/prov@1.2.3 vgr/prov@md5:0 vgr/prov?x vgr\\prov
        vgr/prov#x vgr/prov:1.2.3@sha256:0 väst/prov vgr/--""".split(),  # noqa: SIM905
        *("", "vgr/prov ", "vgr/prov\n", "vgr/" + "a" * 61, "vgr/prov:1.2.3\n"),
    ],
)
def test_a_name_with_tricks_in_it_is_refused_before_anything_is_asked(wanted: str) -> None:
    with pytest.raises(RegistryProblem) as refused:
        parse_wanted(wanted)
    assert refused.value.code == "name-form"


def test_a_region_that_is_no_name_is_not_published(empty: FakeRegistry) -> None:
    publisher = replace(sample_program().publisher, region="../vgr")
    with http_registry(empty.address) as registry, pytest.raises(RegistryProblem) as refused:
        publish(bundle(content(publisher=publisher)), registry)
    assert (refused.value.code, empty.requests) == ("name-form", [])


LISTS: dict[str, Twist] = {
    "tags that are paths": twisted(of("/tags/list"), instead(200, b'{"tags":["../../etc/passwd"]}')),
    "tags that are no text": twisted(of("/tags/list"), instead(200, b'{"tags":[1]}')),
    "tags that are no list": twisted(of("/tags/list"), instead(200, b'{"tags":"1.2.3"}')),
    "a list of something else": twisted(of("/tags/list"), instead(200, b"[]")),
    "no JSON": twisted(of("/tags/list"), instead(200, b"tags")),
    "a list without end": lambda handler: (
        "/tags/list" in handler.path
        and not respond(handler, 200, b'{"tags":["0.0.1"]}', {"Link": f'<{handler.path}>; rel="next"'})
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_with_tricks_in_it(name: str, fake: FakeRegistry, tmp_path: Path) -> None:
    fake.twist = LISTS[name]
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, "vgr/prov")
    assert refused.value.code == "answer-unreadable"
    assert is_left_alone(tmp_path)


def test_a_list_goes_on_within_its_registry_alone(fake: FakeRegistry, tmp_path: Path) -> None:
    def paged(handler: Handler) -> bool:
        if "/tags/list" not in handler.path:
            return False
        if "last=" in handler.path:
            return not respond(handler, 200, b'{"tags":["1.2.3"]}')
        return not respond(
            handler, 200, b'{"tags":["0.0.1","latest"]}', {"Link": f'<{handler.path}&last=x>; rel="next"'}
        )

    fake.twist = paged
    assert fetched_from(fake, tmp_path, "vgr/prov").version == "1.2.3"
    elsewhere = {"Link": '<https://example.org/v2/x/tags/list>; rel="next"'}
    fake.twist = twisted(of("/tags/list"), instead(200, b'{"tags":[]}', elsewhere))
    with pytest.raises(RegistryProblem) as refused:
        fetched_from(fake, tmp_path, "vgr/prov")
    assert refused.value.code == "redirect-refused"
    assert not any("_catalog" in request for request in fake.requests)


@pytest.mark.parametrize("has_referrers", [True, False])
def test_referrers_are_told_by_the_registry_or_by_tags(has_referrers: bool, fake: FakeRegistry) -> None:
    fake.has_referrers = has_referrers
    with http_registry(fake.address) as registry:
        subject = registry.manifest("vgr/prov", BUNDLE.digest)
        first = attach(registry, "vgr/prov", subject, "application/vnd.prov.a", "text/plain", b"a")
        second = attach(registry, "vgr/prov", subject, "application/vnd.prov.b", "text/plain", b"b")
        assert set(referrers(registry, "vgr/prov", BUNDLE.digest)) == {first, second}
    assert any(tag == BUNDLE.digest.replace(":", "-") for _, tag in fake.manifests) is not has_referrers


def test_a_list_of_referrers_that_somebody_has_written_over_hides_nothing(fake: FakeRegistry) -> None:
    with http_registry(fake.address) as registry:
        subject = registry.manifest("vgr/prov", BUNDLE.digest)
        attached = attach(registry, "vgr/prov", subject, "application/vnd.prov.a", "text/plain", b"a")
        nothing = b'{"schemaVersion":2,"manifests":[]}'
        fake.manifests["vgr/prov", BUNDLE.digest.replace(":", "-")] = (INDEX_TYPE, nothing)
        assert referrers(registry, "vgr/prov", BUNDLE.digest) == (attached,)


@pytest.mark.parametrize("entry", [b"1", b"{}", b'{"digest":"sha256:0","size":1,"mediaType":"a"}', b'{"digest":1}'])
def test_a_told_referrer_that_is_none(entry: bytes, fake: FakeRegistry) -> None:
    fake.twist = twisted(of("/referrers/"), instead(200, b'{"manifests":[' + entry + b"]}"))
    with http_registry(fake.address) as registry, pytest.raises(RegistryProblem) as refused:
        referrers(registry, "vgr/prov", BUNDLE.digest)
    assert refused.value.code == "answer-unreadable"


def test_a_referrer_under_the_tag_of_another_is_refused(fake: FakeRegistry) -> None:
    with http_registry(fake.address) as registry:
        subject = registry.manifest("vgr/prov", BUNDLE.digest)
        attach(registry, "vgr/prov", subject, "application/vnd.prov.a", "text/plain", b"a")
        (own,) = [key for key in fake.manifests if key[1].startswith("sha256-") and key[1].count("-") == 2]
        listed = BUNDLE.digest.replace(":", "-")
        del fake.manifests["vgr/prov", listed]
        fake.manifests[own] = (MANIFEST_TYPE, MANIFEST)
        with pytest.raises(Refused) as refused:
            referrers(registry, "vgr/prov", BUNDLE.digest)
    assert refused.value.code == "manifest-invalid"


# The disk


def told_of_a_full_disk(folder: Path, act: Callable[[], object]) -> Iterator[int]:
    """Does something with the disk full at its first steps, one after the other, and then at every ninth; the number of each
    step at which that was told. In the end it is done."""
    at = 0
    while True:
        at += 1 if at < 12 else 9
        with failing(folder, at, disk_is_full) as steps:
            try:
                act()
            except Cannot as cannot:
                assert "Disken är full" in cannot.message.sv
            else:
                assert steps.count < at, "a full disk was not told"
                return
        yield at


def test_a_full_disk_at_any_step_leaves_nothing(fake: FakeRegistry, tmp_path: Path) -> None:
    folder = tmp_path / "hit"
    for at in told_of_a_full_disk(tmp_path, lambda: fetched_from(fake, folder)):
        assert is_left_alone(folder), at
    assert (folder / "prov-1.2.3.dtb").read_bytes() == archive_of(CONTENT)


def test_a_full_disk_at_any_step_leaves_a_folder_as_it_was(tmp_path: Path) -> None:
    folder = FolderRegistry(tmp_path / "register")
    for at in told_of_a_full_disk(tmp_path, lambda: publish(BUNDLE, folder)):
        assert folder.tags("vgr/prov") == (), at
        assert not list(tmp_path.rglob("*.tmp")), at
    assert fetch(WANTED, folder, tmp_path / "hit").path.read_bytes() == archive_of(CONTENT)


# Folders from others


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    publish(BUNDLE, FolderRegistry(tmp_path / "stick"))
    return tmp_path / "stick"


def blob_path(stick: Path, digest: str) -> Path:
    return stick / "blobs" / "sha256" / digest.removeprefix("sha256:")


def test_the_untampered_stick_is_fetched_from(stick: Path, tmp_path: Path) -> None:
    assert fetch(WANTED, FolderRegistry(stick), tmp_path / "hit").path.read_bytes() == archive_of(CONTENT)


def _index(stick: Path, change: Callable[[dict[str, Any]], object]) -> None:
    index = json.loads((stick / "index.json").read_bytes())
    change(index)
    (stick / "index.json").write_text(json.dumps(index))


def _link(stick: Path, digest: str) -> None:
    path = blob_path(stick, digest)
    path.rename(stick / "elsewhere")
    path.symlink_to(stick / "elsewhere")


def _pipe(stick: Path) -> None:
    import os

    blob_path(stick, FILM_DIGEST).unlink()
    os.mkfifo(blob_path(stick, FILM_DIGEST))


STICKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "other bytes": (lambda stick: blob_path(stick, FILM_DIGEST).write_bytes(b"x" * len(FILM)), "wrong-digest"),
    "fewer bytes": (lambda stick: blob_path(stick, FILM_DIGEST).write_bytes(FILM[:-1]), "wrong-size"),
    "more bytes": (lambda stick: blob_path(stick, FILM_DIGEST).write_bytes(FILM + b"x"), "wrong-size"),
    "a blob gone": (lambda stick: blob_path(stick, FILM_DIGEST).unlink(), "blob-missing"),
    "a link in place of a blob": (lambda stick: _link(stick, FILM_DIGEST), "blob-missing"),
    "a pipe in place of a blob": (_pipe, "blob-missing"),
    "other bytes of the manifest": (
        lambda stick: blob_path(stick, BUNDLE.digest).write_bytes(OTHER.manifest.data),
        "wrong-digest",
    ),
    "a manifest beyond its limit": (
        lambda stick: blob_path(stick, BUNDLE.digest).write_bytes(bytes(4 * 2**20 + 1)),
        "too-large",
    ),
    "a manifest gone": (lambda stick: blob_path(stick, BUNDLE.digest).unlink(), "blob-missing"),
    "an index that is no JSON": (lambda stick: (stick / "index.json").write_bytes(b"["), "answer-unreadable"),
    "an index nested too deep": (
        lambda stick: (stick / "index.json").write_bytes(b"[" * 100_000),
        "answer-unreadable",
    ),
    "an index of something else": (lambda stick: (stick / "index.json").write_bytes(b"[]"), "answer-unreadable"),
    "an index beyond its limit": (lambda stick: (stick / "index.json").write_bytes(bytes(2**24 + 1)), "too-large"),
    "a name twice": (
        lambda stick: _index(stick, lambda index: index["manifests"].append(index["manifests"][0])),
        "answer-unreadable",
    ),
    "a digest that is a path": (
        lambda stick: _index(stick, lambda index: index["manifests"][0].update(digest="sha256:../../index.json")),
        "answer-unreadable",
    ),
    "a layout of another version": (
        lambda stick: (stick / "oci-layout").write_bytes(b'{"imageLayoutVersion":"2.0.0"}'),
        "not-a-registry-folder",
    ),
    "no layout": (lambda stick: (stick / "oci-layout").unlink(), "not-a-registry-folder"),
}


@pytest.mark.parametrize("name", STICKS)
def test_a_stick_that_has_been_tampered_with(name: str, stick: Path, tmp_path: Path) -> None:
    spoil, code = STICKS[name]
    spoil(stick)
    with pytest.raises((RegistryProblem, Refused)) as refused:
        fetch(WANTED, FolderRegistry(stick), tmp_path / "hit")
    assert refused.value.code == code
    assert is_left_alone(tmp_path / "hit")


def test_a_stick_that_was_taken_out_too_early_is_mended_by_publishing_again(stick: Path, tmp_path: Path) -> None:
    (stick / "index.json").unlink()
    blob_path(stick, FILM_DIGEST).write_bytes(FILM[:1000])
    assert FILM_DIGEST in publish(BUNDLE, FolderRegistry(stick)).sent
    assert fetch(WANTED, FolderRegistry(stick), tmp_path / "hit").path.read_bytes() == archive_of(CONTENT)


def test_nothing_is_written_through_a_link_on_a_stick(tmp_path: Path) -> None:
    outside, stick = tmp_path / "outside", tmp_path / "stick"
    outside.mkdir()
    stick.mkdir()
    (stick / "oci-layout").write_bytes(b'{"imageLayoutVersion":"1.0.0"}')
    (stick / "blobs").symlink_to(outside)
    with pytest.raises(RegistryProblem) as refused:
        publish(BUNDLE, FolderRegistry(stick))
    assert (refused.value.code, list(outside.iterdir())) == ("not-a-registry-folder", [])


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "semester.jpg").write_bytes(b"bild")
    with pytest.raises(RegistryProblem) as refused:
        publish(BUNDLE, FolderRegistry(tmp_path))
    assert refused.value.code == "not-a-registry-folder"
    assert [path.name for path in tmp_path.iterdir()] == ["semester.jpg"]


def test_what_others_have_written_into_an_index_stays(stick: Path) -> None:
    foreign = {"mediaType": MANIFEST_TYPE, "digest": f"sha256:{'0' * 64}", "size": 7, "own": [1]}
    _index(stick, lambda index: index.update(annotations={"by": "others"}) or index["manifests"].append(foreign))
    publish(OTHER, FolderRegistry(stick))
    index = json.loads((stick / "index.json").read_bytes())
    assert foreign in index["manifests"] and index["annotations"] == {"by": "others"}
    assert FolderRegistry(stick).tags("vgr/prov") == ("1.2.3", "1.3.0")


def test_a_lock_that_somebody_holds_is_waited_for_and_then_told(stick: Path) -> None:
    waits: list[float] = []
    with FolderRegistry(stick)._locked(), pytest.raises(RegistryProblem) as refused:
        publish(OTHER, FolderRegistry(stick, waits.append))
    assert refused.value.code == "registry-locked" and 59 < sum(waits) < 62
    publish(OTHER, FolderRegistry(stick, waits.append))


def test_a_blob_is_closed_to_what_is_read_of_it_before_its_end(stick: Path) -> None:
    """Whoever stops reading early gets no error, and whoever reads on gets it before the end."""
    blob_path(stick, FILM_DIGEST).write_bytes(b"x" * len(FILM))
    with FolderRegistry(stick).open_blob("vgr/prov", FILM_DIGEST, len(FILM), nobody_watches) as stream:
        assert stream.read(10) == b"x" * 10
    with (
        FolderRegistry(stick).open_blob("vgr/prov", FILM_DIGEST, len(FILM), nobody_watches) as stream,
        pytest.raises(Refused),
    ):
        stream.read()
