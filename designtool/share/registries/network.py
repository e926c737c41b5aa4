"""The way out: which hosts may be reached, and how long they may take.

A registry chooses addresses that designtool then goes to: where a blob really lies, where tokens are given out. It must not
be able to turn designtool on the machine itself or on its neighbours, nor keep it waiting for ever. Both are watched here,
below HTTP, where a name has become an address and every byte passes.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from designtool.share.registries.problems import RegistryProblem

Resolve = Callable[[str, int], tuple[str, ...]]
"""The addresses of a host, as text."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a registry may take, in seconds, and how often it is asked again."""

    connect: float = 15
    silence: float = 30
    """Without a single byte, after which the connection counts as cut."""
    answer: float = 60
    """For a whole small answer, however it trickles."""
    slowest: int = 16 * 1024
    """Bytes a second that a transfer must have on the whole."""
    attempts: int = 4
    """In a row, without any progress."""
    longest_wait: float = 60
    """Between two attempts, whatever the registry asks for."""

    def seconds(self, size: int) -> float:
        """What a transfer of so many bytes may take."""
        return self.answer + size / self.slowest


class Watch:
    """Hosts that the user has named may be reached wherever they are; others on the open network alone. Keeps the time too."""

    def __init__(self, named: Iterable[tuple[str, int]], resolve: Resolve | None = None) -> None:
        self._named = frozenset(named)
        self._resolve = resolve or addresses_of
        self._ends = float("inf")
        self._registry = ""

    @contextmanager
    def within(self, seconds: float, registry: str) -> Iterator[None]:
        """What is sent and read in this block, all together, takes no longer; else RegistryProblem `registry-too-slow`."""
        before = (self._ends, self._registry)
        self._ends, self._registry = min(self._ends, time.monotonic() + seconds), registry
        try:
            yield
        finally:
            self._ends, self._registry = before

    def left(self, wanted: float | None) -> float:
        """The seconds that one read or write may take."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise RegistryProblem("registry-too-slow", registry=self._registry)
        return left if wanted is None else min(left, wanted)

    def places(self, host: str, port: int) -> tuple[str, ...]:
        """What to connect to for a host. Raises RegistryProblem where the host is none of the user's and any of its
        addresses is on this machine or its own network: the name is then not looked up a second time."""
        if (host, port) in self._named:
            return (host,)
        found = self._resolve(host, port)
        if not found or not all(is_on_the_open_network(address) for address in found):
            raise RegistryProblem("redirect-refused", registry=self._registry, place=f"{host}:{port}")
        return found


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # The latter for what no name can be: a part that is empty, or longer than 63 letters.
        return ()
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


def is_on_the_open_network(address: str) -> bool:
    """Not this machine, not its own network, no address for several machines, and none of these in another guise."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if parsed in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inside is not None:
            return is_on_the_open_network(str(inside))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class WatchedTransport(httpx.BaseTransport):
    """Sends requests for httpx over connections that a Watch keeps an eye on. No proxies, cookies, redirects or retries.

    Raises httpx.TransportError when a connection cannot be made, is cut, or is no HTTP.
    """

    def __init__(
        self, watch: Watch, trusted: ssl.SSLContext | None = None, backend: httpcore.NetworkBackend | None = None
    ) -> None:
        self._backend = _WatchedBackend(watch, backend or httpcore.SyncBackend())
        self._trusted = trusted
        self._pools: dict[bytes, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        with _as_httpx():
            answer = self._pool(request.url.raw_scheme).handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _pool(self, scheme: bytes) -> httpcore.ConnectionPool:
        """The connections of a scheme. Whom this machine trusts is read when it is asked for: it takes time and memory."""
        if scheme not in self._pools:
            trusted = self._trusted or ssl.create_default_context() if scheme == b"https" else None
            self._pools[scheme] = httpcore.ConnectionPool(trusted, max_connections=2, network_backend=self._backend)
        return self._pools[scheme]


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as problem:
        raise httpx.TimeoutException(str(problem) or "timeout") from problem
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as problem:
        raise httpx.TransportError(str(problem) or type(problem).__name__) from problem


class _WatchedBackend(httpcore.NetworkBackend):
    def __init__(self, watch: Watch, inner: httpcore.NetworkBackend) -> None:
        self._watch = watch
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        *others, last = self._watch.places(host, port)
        for place in others:
            try:
                return self._connected(place, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, timeout, local_address, socket_options)

    def _connected(
        self, place: str, port: int, timeout: float | None, local_address: str | None, socket_options: Any
    ) -> httpcore.NetworkStream:
        try:
            stream = self._inner.connect_tcp(place, port, self._watch.left(timeout), local_address, socket_options)
        except UnicodeError as problem:  # No name that could be looked up.
            raise httpcore.ConnectError(str(problem)) from problem
        return _WatchedStream(self._watch, stream)


class _WatchedStream(httpcore.NetworkStream):
    def __init__(self, watch: Watch, inner: httpcore.NetworkStream) -> None:
        self._watch = watch
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._watch.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._watch.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _WatchedStream(
            self._watch, self._inner.start_tls(ssl_context, server_hostname, self._watch.left(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
