"""Requests to one registry: signed in for just what they do, tried again where that is right, and sent nowhere else."""

from __future__ import annotations

import base64
import json
import random
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from designtool import __version__
from designtool.bundle import Refused
from designtool.diagnostics import Cannot, Text
from designtool.share.registries.credentials import Credential
from designtool.share.registries.network import Patience, Resolve, Watch, WatchedTransport
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.reasons import reason_of

Body = bytes | Callable[[], Iterator[bytes]]
"""What is sent. A callable is asked for it anew at each attempt."""

OwnToken = Callable[[str, frozenset[str]], str | None]
_OWN_TOKEN_SECONDS = 60
_LONGEST_TOKEN_SECONDS = 24 * 60 * 60
"""After a day a token is asked for anew, whatever was said of it."""
_TRIED_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_SMALL = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_PARAMETER = re.compile(r'([a-zA-Z_]+)\s*=\s*"([^"]*)"')
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|::1")
_PORTS = {"https": 443, "http": 80}


class Cut(Exception):
    """The connection ended before the answer did, or the answer was to come again later."""

    def __init__(self, reason: Text, asked: str | None = None) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.asked = asked
        """For how long, where the registry says it: what stands in Retry-After."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a host listens. Credentials belong to exactly one."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a registry: `https://registry.example/programs` keeps its repositories below `programs/`."""

    origin: Origin
    prefix: str

    def __str__(self) -> str:
        return f"{self.origin.scheme}://{self.origin}" + (f"/{self.prefix}" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class _Challenge:
    """How the registry wants to be asked: `none`, `basic`, or `bearer` with a token from `realm`."""

    kind: str
    realm: str = ""
    service: str = ""


def parse_address(text: str) -> Address:
    """Raises Cannot for an address that is none, or that would carry passwords in the open."""
    try:
        parts = urlsplit(text)
        origin = origin_of(text)
    except ValueError as error:
        raise _no_address(text) from error
    prefix = parts.path.removeprefix("/").removesuffix("/")
    if not re.fullmatch(r"([a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*)?", prefix):
        raise _no_address(text)
    if parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise _no_address(text)
    if origin.scheme == "http" and not _LOOPBACK.fullmatch(origin.host):
        raise Cannot(
            Text(
                f"{text} är inte krypterad: skriv https. Okrypterat går bara till den egna datorn.",
                f"{text} is not encrypted: write https. Only this machine itself is spoken to without encryption.",
            )
        )
    return Address(origin, prefix)


def origin_of(url: str) -> Origin:
    """Raises ValueError for what is no address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"no address: {url!r}")
    return Origin(parts.scheme, parts.hostname.lower(), parts.port or _PORTS[parts.scheme])


def _no_address(text: str) -> Cannot:
    return Cannot(
        Text(
            f"{text} är ingen adress till ett register. Den ska se ut så här: https://register.example/program",
            f"{text} is no address of a registry. It should look like this: https://registry.example/programs",
        )
    )


class RegistryClient:
    """One registry service. Not for several threads at once.

    `own_token` makes a token for a service and scopes without anybody being asked, or None where it has none for that service.
    `transport`, `resolve` and `wait` are there to be replaced where nothing is to be sent, looked up or waited for.
    """

    def __init__(
        self,
        address: Address,
        credentials: Mapping[str, Credential | None],
        patience: Patience | None = None,
        trusted: ssl.SSLContext | None = None,
        transport: Callable[[Watch], httpx.BaseTransport] | None = None,
        resolve: Resolve | None = None,
        wait: Callable[[float], None] = time.sleep,
        own_token: OwnToken | None = None,
    ) -> None:
        self.address = address
        self.patience = patience or Patience()
        # A host may be written with or without the port that it has anyway.
        self._credentials = {str(_origin_named(name)): one for name, one in credentials.items() if one is not None}
        named = {_origin_named(name) for name in credentials} | {address.origin}
        self.watch = Watch(((origin.host, origin.port) for origin in named), resolve)
        self._transport = transport(self.watch) if transport else WatchedTransport(self.watch, trusted)
        self._wait = wait
        self._own_token = own_token
        self._challenge: _Challenge | None = None
        self._tokens: dict[frozenset[str], tuple[str, float]] = {}

    @property
    def origin(self) -> Origin:
        return self.address.origin

    def close(self) -> None:
        self._transport.close()

    def url(self, path: str) -> str:
        return f"{self.origin.scheme}://{self.origin}/v2/{path}"

    def own_url(self, base: str, location: str) -> str:
        """An address that the registry gave, for a request that carries credentials or content: only its own will do."""
        try:
            url = urljoin(base, location)
            is_own = origin_of(url) == self.origin and not urlsplit(url).username
        except ValueError:
            is_own = False
        if not is_own:
            raise self._problem("redirect-refused", place=location)
        return url

    def ask(
        self,
        method: str,
        url: str,
        scopes: Iterable[str],
        expected: Iterable[int],
        *,
        what: str,
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        size: int = 0,
        most: int = _SMALL,
        again: bool = True,
    ) -> Answer:
        """One request whose answer is small: at most `most` bytes. `what` says to people what it was about.

        With `again`, what may pass is tried again; without it, it raises Cut. Raises RegistryProblem for a status that is not
        expected.
        """

        def once() -> Answer:
            with self.opened(
                method, url, scopes, headers=headers, body=body, size=size, seconds=self.patience.seconds(size)
            ) as response:
                return Answer(response.status_code, response.headers, self._read(response, what, most))

        return self._answered(once, frozenset(expected), what, again)

    @contextmanager
    def opened(
        self,
        method: str,
        url: str,
        scopes: Iterable[str],
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        body: Body = b"",
        size: int = 0,
        redirects: bool = False,
    ) -> Iterator[httpx.Response]:
        """One attempt at a request; its answer is read within the block, all of it within so many seconds.

        With `redirects` the registry may answer with another place. Raises Cut when the connection ends early.
        """
        wanted = frozenset(scopes)
        content = _content(body, size)
        with self._watched(seconds):
            for is_second in (False, True):
                authorization = self._authorization(wanted, fresh=is_second)
                response = self._sent(method, url, {**content, **(headers or {}), **authorization}, body)
                assert self._challenge is not None
                if response.status_code != 401 or self._challenge.kind != "bearer" or is_second:
                    break
                # Tokens are short-lived: one that has run out is replaced once.
                response.close()
            if redirects:
                response = self._followed(method, url, response, headers or {}, authorization)
            try:
                yield response
            finally:
                response.close()

    def refusal(self, status: int, headers: httpx.Headers, what: str) -> RegistryProblem:
        """What an unexpected status means."""
        if status in (401, 403):
            # A name and a password stand for the host that is asked for tokens, where there is one.
            asked = self._challenge
            realm = origin_of(asked.realm) if asked is not None and asked.kind == "bearer" else self.origin
            return self._problem("access-denied", what=what, host=realm)
        if status == 404:
            return self._problem("not-in-registry", what=what)
        if status in _REDIRECTS:
            return self._problem("redirect-refused", place=headers.get("Location", ""))
        if status in _TRIED_AGAIN:
            return self._problem("registry-unavailable", status=status)
        return self._problem("registry-refused", what=what, status=status)

    def pause(self, attempt: int, asked: str | None, reason: Text) -> None:
        """Wait before an attempt is made again. Raises RegistryProblem when there have been enough of them."""
        if attempt >= self.patience.attempts:
            raise self._problem("registry-unreachable", reason=reason)
        self._wait(min(self.patience.longest_wait, _asked_wait(asked, attempt)))

    def may_try_again(self, status: int) -> bool:
        return status in _TRIED_AGAIN

    def unreadable(self, found: str) -> RegistryProblem:
        return self._problem("answer-unreadable", found=found)

    def json_of(self, data: bytes) -> Any:
        """Raises RegistryProblem for what is no JSON."""
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self.unreadable("JSON") from error

    def _read(self, response: httpx.Response, what: str, most: int) -> bytes:
        """The whole body. What comes with an error is for nobody: it is thrown away, and no more of it read than `most`."""
        self.refuse_encoded(response)
        data = bytearray()
        for piece in self.pieces(response):
            data += piece
            if len(data) > most:
                if response.is_success:
                    raise Refused("too-large", name=what, limit=most)
                break
        return bytes(data)

    def pieces(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it comes. Raises Cut when the connection ends early."""
        assert isinstance(response.stream, httpx.SyncByteStream)
        try:
            yield from response.stream
        except httpx.TransportError as problem:
            self.watch.left(None)
            raise Cut(reason_of(problem)) from problem

    def refuse_encoded(self, response: httpx.Response) -> None:
        """Compression is never asked for: there is no way to say how large its content is."""
        coding = response.headers.get("Content-Encoding", "identity")
        if coding.lower() != "identity":
            raise self.unreadable(f"Content-Encoding: {coding}")

    def refuse_page(self, headers: httpx.Headers) -> None:
        kind = headers.get("Content-Type", "")
        if kind.lower().startswith(("text/html", "application/xhtml")):
            raise self.unreadable(kind)

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        with self.watch.within(seconds, str(self.address)):
            yield

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: Body) -> httpx.Response:
        try:
            request = httpx.Request(
                method,
                url,
                headers={"User-Agent": f"designtool/{__version__}", "Accept-Encoding": "identity", **headers},
                content=body if isinstance(body, bytes) else body(),
                extensions={
                    "timeout": {
                        "connect": self.patience.connect,
                        "read": self.patience.silence,
                        "write": self.patience.silence,
                        "pool": self.patience.connect,
                    }
                },
            )
        except (httpx.InvalidURL, ValueError) as problem:
            raise self._problem("redirect-refused", place=url) from problem
        try:
            return self._transport.handle_request(request)
        except httpx.TransportError as problem:
            self.watch.left(None)
            raise Cut(reason_of(problem)) from problem

    def _followed(
        self,
        method: str,
        url: str,
        response: httpx.Response,
        headers: Mapping[str, str],
        authorization: Mapping[str, str],
    ) -> httpx.Response:
        """The answer from where the registry says it is.

        Stores behind a registry are other hosts. They are spoken to over TLS alone, on the open network alone, and are told
        nothing of who asks.
        """
        for _ in range(_MOST_REDIRECTS):
            if response.status_code not in _REDIRECTS:
                return response
            location = response.headers.get("Location", "")
            response.close()
            try:
                url = urljoin(url, location)
                origin = origin_of(url)
                is_allowed = (origin == self.origin or origin.scheme == "https") and not urlsplit(url).username
            except ValueError:
                is_allowed = False
            if not is_allowed:
                raise self._problem("redirect-refused", place=location)
            if origin != self.origin:
                authorization = {}
            response = self._sent(method, url, {**headers, **authorization}, b"")
        if response.status_code in _REDIRECTS:
            response.close()
            raise self._problem("redirect-refused", place=response.headers.get("Location", ""))
        return response

    def _authorization(self, scopes: frozenset[str], fresh: bool) -> dict[str, str]:
        if self._challenge is None:
            self._challenge = self._asked_challenge()
        if self._challenge.kind == "none":
            return {}
        if self._challenge.kind == "basic":
            return self._basic(self.origin)
        known = self._tokens.get(scopes)
        if known is None or fresh or known[1] <= time.monotonic():
            known = self._tokens[scopes] = self._asked_token(self._challenge, scopes)
        return {"Authorization": f"Bearer {known[0]}"}

    def _asked_challenge(self) -> _Challenge:
        """How to sign in: the registry is asked before anything else, so that no request goes out twice."""
        answer = self._unsigned(self.url(""), {}, (200, 401))
        if answer.status == 200:
            return _Challenge("none")
        stated = answer.headers.get("WWW-Authenticate", "")
        kind = stated.partition(" ")[0].lower()
        parameters = {name.lower(): value for name, value in _PARAMETER.findall(stated)}
        if kind == "basic":
            if str(self.origin) not in self._credentials:
                raise self._problem("access-denied", what=str(self.address), host=self.origin)
            return _Challenge("basic")
        if kind != "bearer" or "realm" not in parameters:
            raise self.unreadable(f"WWW-Authenticate: {stated}")
        try:
            realm = origin_of(parameters["realm"])
            is_allowed = realm.scheme == "https" or realm == self.origin or _LOOPBACK.fullmatch(realm.host) is not None
        except ValueError:
            is_allowed = False
        if not is_allowed or urlsplit(parameters["realm"]).username:
            raise self._problem("redirect-refused", place=parameters["realm"])
        return _Challenge("bearer", parameters["realm"], parameters.get("service", ""))

    def _asked_token(self, challenge: _Challenge, scopes: frozenset[str]) -> tuple[str, float]:
        """A token for just these scopes, and when it runs out. It is asked for with the credentials of the token's own host."""
        own = self._own_token(challenge.service, scopes) if self._own_token is not None else None
        if own is not None:
            return own, time.monotonic() + _OWN_TOKEN_SECONDS
        realm = origin_of(challenge.realm)
        query = [("scope", scope) for scope in sorted(scopes)]
        if challenge.service:
            query.insert(0, ("service", challenge.service))
        separator = "&" if urlsplit(challenge.realm).query else "?"
        url = f"{challenge.realm}{separator}{urlencode(query)}"
        asked = time.monotonic()
        try:
            answer = self._unsigned(url, self._basic(realm), (200,))
        except RegistryProblem as problem:
            if problem.code == "access-denied":
                raise self._problem("sign-in-refused", host=realm) from problem
            if problem.code == "redirect-refused" and realm != self.origin:
                raise self._problem("sign-in-unknown", host=realm) from problem
            raise
        value = self.json_of(answer.body)
        found = value if isinstance(value, dict) else {}
        token = found.get("token") or found.get("access_token")
        seconds = found.get("expires_in", 60)
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or type(seconds) is not int:
            raise self.unreadable("token")
        return token, asked + min(max(0, seconds - 5), _LONGEST_TOKEN_SECONDS)

    def _basic(self, origin: Origin) -> dict[str, str]:
        known = self._credentials.get(str(origin))
        if known is None:
            return {}
        pair = base64.b64encode(f"{known.username}:{known.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _unsigned(self, url: str, headers: Mapping[str, str], expected: Iterable[int]) -> Answer:
        """A small answer about signing in itself, from the registry or from where it has its tokens."""

        def once() -> Answer:
            with self._watched(self.patience.answer):
                response = self._sent("GET", url, headers, b"")
                try:
                    return Answer(response.status_code, response.headers, self._read(response, url, _SMALL))
                finally:
                    response.close()

        return self._answered(once, frozenset(expected), str(self.address), again=True)

    def _answered(self, once: Callable[[], Answer], expected: frozenset[int], what: str, again: bool) -> Answer:
        """The first answer that is no passing trouble. Raises RegistryProblem when there is none, or it is not expected."""
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = once()
            except Cut as cut:
                if not again:
                    raise
                self.pause(attempt, None, cut.reason)
                continue
            if answer.status in expected:
                self.refuse_page(answer.headers)
                return answer
            asked = answer.headers.get("Retry-After")
            if answer.status in _TRIED_AGAIN and not again:
                raise Cut(status_reason(answer.status), asked)
            if answer.status not in _TRIED_AGAIN or attempt == self.patience.attempts:
                raise self.refusal(answer.status, answer.headers, what)
            self.pause(attempt, asked, status_reason(answer.status))

    def _problem(self, code: str, **facts: object) -> RegistryProblem:
        return RegistryProblem(code, registry=self.address, **facts)


def status_reason(status: int) -> Text:
    return Text(f"status {status}", f"status {status}")


def _origin_named(name: str) -> Origin:
    """The host of an entry in the credentials file. Raises Cannot for what is no host."""
    try:
        return origin_of(f"https://{name}")
    except ValueError as error:
        raise Cannot(
            Text(
                f"{name} i filen med inloggningar är ingen värd, som registry.example eller 127.0.0.1:5000.",
                f"{name} in the credentials file is no host, like registry.example or 127.0.0.1:5000.",
            )
        ) from error


def _content(body: Body, size: int) -> dict[str, str]:
    if isinstance(body, bytes):
        return {}
    return {"Content-Length": str(size)}


def _asked_wait(asked: str | None, attempt: int) -> float:
    """Seconds: what the registry asks for, else half a second, one, two, four, spread a little so that not all come at once."""
    usual: float = 2.0 ** (attempt - 2) * random.uniform(1.0, 1.25)
    if asked is None:
        return usual
    if asked.isdecimal() and asked.isascii() and len(asked) < 10:
        return float(asked)
    try:
        moment = parsedate_to_datetime(asked).astimezone(UTC)
    except (ValueError, OverflowError):  # No date, or one that no calendar has.
        return usual
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
