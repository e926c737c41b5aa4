"""Registries for tests: the real one of the CNCF on loopback, with what it asks for, and transports that count."""

from __future__ import annotations

import base64
import ipaddress
import json
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from designtool.share.registries.client import RegistryClient, parse_address
from designtool.share.registries.credentials import Credential
from designtool.share.registries.network import Patience, Watch, WatchedTransport
from designtool.share.registries.service import HttpRegistry

PERSISTENT = Patience(attempts=40)
"""For those who write at once and wait for nothing between attempts: docker-registry answers 500 where two set a tag in one instant."""
USER, PASSWORD = "publicering", "hemligt-ord"
_HASHED = "$2b$04$1FTe.oH7PfkjKqxKahUSN.eZ3.sInQDPc89Da4wf7mPd.QgqIBVcC"
"""The password under bcrypt, with the lowest cost that there is."""
SERVICE = "prov"


def http_registry(
    address: str,
    credentials: Mapping[str, Credential | None] | None = None,
    traffic: Traffic | None = None,
    patience: Patience | None = None,
    wait: Callable[[float], None] = lambda seconds: None,
) -> HttpRegistry:
    """A registry service as the commands open it, but for how it waits between attempts: not at all."""
    client = RegistryClient(
        parse_address(address),
        credentials or {},
        patience=patience or Patience(),
        transport=traffic.transport if traffic is not None else None,
        wait=wait,
    )
    return HttpRegistry(client)


@dataclass(slots=True)
class Traffic:
    """What goes over the wire, as it is counted on this side of it."""

    requests: list[str] = field(default_factory=list)
    """`METHOD path`, in their order."""
    sent: int = 0
    """Bytes of bodies."""
    received: int = 0

    def transport(self, watch: Watch) -> httpx.BaseTransport:
        return _Counting(WatchedTransport(watch), self)

    def clear(self) -> None:
        self.requests.clear()
        self.sent = self.received = 0


class _Counting(httpx.BaseTransport):
    def __init__(self, inner: httpx.BaseTransport, traffic: Traffic) -> None:
        self._inner = inner
        self._traffic = traffic

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._traffic.requests.append(f"{request.method} {request.url.path}")
        request.stream = _Counted(request.stream, self._sent)
        response = self._inner.handle_request(request)
        response.stream = _Counted(response.stream, self._received)
        return response

    def close(self) -> None:
        self._inner.close()

    def _sent(self, count: int) -> None:
        self._traffic.sent += count

    def _received(self, count: int) -> None:
        self._traffic.received += count


class _Counted(httpx.SyncByteStream):
    def __init__(self, inner: Any, count: Callable[[int], None]) -> None:
        self._inner = inner
        self._count = count

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            self._count(len(piece))
            yield piece

    def close(self) -> None:
        self._inner.close()


@contextmanager
def docker_registry(folder: Path, auth: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Debian's docker-registry with its storage in the folder, as `http://127.0.0.1:port`; it ends with the block."""
    assert shutil.which("docker-registry"), "docker-registry is not installed: apt-get install docker-registry"
    folder.mkdir(exist_ok=True)
    host = free_host()
    configuration = folder / "registry.json"  # JSON is YAML.
    settings: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
        "http": {"addr": host},
    }
    configuration.write_text(json.dumps({**settings, **({"auth": auth} if auth else {})}))
    command = ["docker-registry", "serve", configuration]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    reader = threading.Thread(target=_read_on, args=(process,))
    try:
        assert process.stderr is not None
        said = ""
        while "listening on" not in said:
            said = process.stderr.readline()
            assert said, "the registry did not start"
        reader.start()
        yield f"http://{host}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        if reader.ident is not None:
            reader.join()


def htpasswd(folder: Path) -> dict[str, Any]:
    """The part of the configuration that lets USER in with PASSWORD."""
    file = folder / "htpasswd"
    file.write_text(f"{USER}:{_HASHED}\n")
    return {"htpasswd": {"realm": "test", "path": str(file)}}


@dataclass(slots=True)
class TokenIssuer:
    """Gives out tokens for the scopes that `granted` lets through, to whoever has the password."""

    address: str
    granted: Callable[[str], str | None]
    """From a scope that is asked for to the one that is given, or None."""
    asked: list[list[str]] = field(default_factory=list)
    """The scopes of every request for a token."""
    certificate: Path = Path()

    def auth(self) -> dict[str, Any]:
        """The part of the configuration that makes a registry take tokens from here."""
        return {
            "token": {
                "realm": f"{self.address}/token",
                "service": SERVICE,
                "issuer": "prov-utgivare",
                "rootcertbundle": str(self.certificate),
            }
        }


@contextmanager
def token_issuer(folder: Path, granted: Callable[[str], str | None] = lambda scope: scope) -> Iterator[TokenIssuer]:
    """A token service on loopback that docker-registry trusts; it ends with the block."""
    folder.mkdir(exist_ok=True)
    key, certificate = own_certificate("127.0.0.1")
    (folder / "issuer.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    issuer = TokenIssuer("", granted, certificate=folder / "issuer.pem")

    def answer(handler: BaseHTTPRequestHandler) -> None:
        given = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {given}":
            return respond(handler, 401, b"{}")
        query = parse_qs(urlsplit(handler.path).query)
        issuer.asked.append(query.get("scope", []))
        scopes = [scope for one in query.get("scope", []) if (scope := issuer.granted(one)) is not None]
        token = _token(key, certificate, scopes)
        return respond(handler, 200, json.dumps({"token": token, "expires_in": 60}).encode())

    with served(answer) as address:
        issuer.address = address
        yield issuer


def respond(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> None:
    stated = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    handler.send_response(status)
    for name, value in stated.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler], None], trusted: ssl.SSLContext | None = None) -> Iterator[str]:
    """A service on loopback that answers every request as it is told to, as `http://127.0.0.1:port`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = (
            True  # Head and body are written apart: the body is not to wait for an answer to the head.
        )

        def handle_one_request(self) -> None:
            # A client that has read enough goes away: no reason for a page of traceback.
            self.close_connection = True
            with suppress(ConnectionError, ssl.SSLError):
                super().handle_one_request()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Tests are quiet."""

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = lambda self: answer(self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if trusted is not None:
        server.socket = trusted.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'http' if trusted is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_certificate(name: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key and a certificate that it has signed itself, for a host name or an address, for a day."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _token(key: rsa.RSAPrivateKey, certificate: x509.Certificate, scopes: list[str]) -> str:
    """A token as https://distribution.github.io/distribution/spec/auth/jwt/ describes it."""
    now = int(time.time())
    access = [
        {"type": kind, "name": name, "actions": actions.split(",")}
        for kind, name, actions in (scope.split(":") for scope in scopes)
    ]
    header = {
        "typ": "JWT",
        "alg": "RS256",
        "x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()],
    }
    claims = {
        "iss": "prov-utgivare",
        "sub": USER,
        "aud": SERVICE,
        "exp": now + 60,
        "nbf": now - 10,
        "iat": now - 10,
        "jti": secrets.token_hex(8),
        "access": access,
    }
    signed = b".".join(_url_safe(json.dumps(part).encode()) for part in (header, claims))
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return (signed + b"." + _url_safe(signature)).decode()


def _url_safe(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def credentials_for(address: str) -> dict[str, Credential | None]:
    return {urlsplit(address).netloc: Credential(USER, PASSWORD)}


def free_host() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _read_on(process: subprocess.Popen[str]) -> None:
    """A registry whose log nobody reads stands still once the pipe is full."""
    assert process.stderr is not None
    for _ in process.stderr:
        pass
