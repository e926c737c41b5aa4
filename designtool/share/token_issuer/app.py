"""The web service: one address, `/token`, as https://distribution.github.io/distribution/spec/auth/token/ describes it.

It listens on loopback, behind whatever ends TLS. A request has no body, and its answer tells nothing of what exists: what is not
granted is left out of the token, and a wrong passphrase is answered as a name that nobody has.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from designtool.diagnostics import Cannot
from designtool.share.token_issuer.accounts import read_accounts, signed_in
from designtool.share.token_issuer.decision import Account, granted
from designtool.share.token_issuer.knowledge import Knowledge
from designtool.share.token_issuer.tokens import TOKEN_LIFETIME, Issuer, token_for

LONGEST_QUERY = 8 * 1024
LONGEST_AUTHORIZATION = 2 * 1024
MOST_SCOPES = 50
AT_ONCE = 2
"""Passphrases that are tried at the same time; each takes 32 MB and all of a processor."""
MOST_WAITING = 32
"""Requests that wait for their turn. Whoever comes then is asked to come again."""
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}

Said = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Service:
    """All that an answer depends on."""

    issuer: Issuer
    accounts: Path
    knowledge: Knowledge
    hosts: frozenset[str]
    """As requests may name this service, in lower case, with a port where there is one."""
    told: Callable[[Said], None]
    """Takes one line of the log for each decision. There is no secret in it."""
    clock: Callable[[], datetime]


class _Refused(Exception):
    """The answer is an error."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


@dataclass(slots=True)
class _Gate:
    """Few at once, and not many in the queue."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    waiting: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self.waiting >= MOST_WAITING:
            raise _Refused(503, "TOOMANYREQUESTS", {"retry-after": "1"})
        self.waiting += 1
        try:
            await self.free.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.free.release()


def app_of(service: Service) -> Starlette:
    gate = _Gate()

    async def token(request: Request) -> Response:
        try:
            return await _token(service, gate, request)
        except _Refused as refused:
            return _error(refused.status, refused.code, refused.headers)

    async def no_such_page(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        return _error(problem.status_code, "UNSUPPORTED", problem.headers or {})

    async def fault(request: Request, problem: Exception) -> Response:
        return _error(500, "UNKNOWN", {})

    return Starlette(
        routes=[Route("/token", token, methods=["GET"])],
        exception_handlers={404: no_such_page, 405: no_such_page, 500: fault},
    )


async def _token(service: Service, gate: _Gate, request: Request) -> Response:
    _check_form(service, request)
    scopes = [scope for one in request.query_params.getlist("scope") for scope in one.split()]
    if len(scopes) > MOST_SCOPES:
        raise _Refused(400, "UNSUPPORTED")
    if any(one != service.issuer.service for one in request.query_params.getlist("service")):
        raise _Refused(400, "UNSUPPORTED")
    stated = _stated(request.headers.getlist("authorization"))
    now = service.clock()
    try:
        account = None
        if stated is not None:
            async with gate.turn():
                account = await run_in_threadpool(_account, service.accounts, *stated)
        known = await run_in_threadpool(service.knowledge.at, now)
    except (Cannot, OSError) as problem:
        # Nobody is let in on a guess. What is wrong is for the operator to read.
        words = problem.message.sv if isinstance(problem, Cannot) else str(problem)
        service.told({"at": _moment(now), "problem": words})
        raise _Refused(503, "UNAVAILABLE", {"retry-after": "60"}) from problem
    if account is None:
        # Not even the name: people type passphrases in its place.
        service.told({"at": _moment(now), "region": None, "asked": scopes, "granted": []})
        raise _Refused(401, "UNAUTHORIZED", {"www-authenticate": f'Basic realm="{service.issuer.service}"'})
    access = granted(scopes, account, known)
    service.told(
        {"at": _moment(now), "region": account.region, "asked": scopes, "granted": [str(one) for one in access]}
    )
    made = await run_in_threadpool(token_for, service.issuer, account.region, access, now)
    seconds = int(TOKEN_LIFETIME.total_seconds())
    issued = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _answer(200, {"token": made, "access_token": made, "expires_in": seconds, "issued_at": issued})


def _check_form(service: Service, request: Request) -> None:
    if request.headers.get("host", "").lower() not in service.hosts:
        raise _Refused(421, "UNSUPPORTED")
    if "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0":
        raise _Refused(413, "UNSUPPORTED", {"connection": "close"})
    if len(request.scope["query_string"]) > LONGEST_QUERY:
        raise _Refused(414, "UNSUPPORTED")


def _stated(headers: list[str]) -> tuple[str, str] | None:
    """Name and passphrase; None for what nobody can have sent who has an account."""
    if len(headers) != 1 or len(headers[0]) > LONGEST_AUTHORIZATION:
        return None
    kind, _, encoded = headers[0].partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, colon, passphrase = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, passphrase) if colon else None


def _account(path: Path, name: str, passphrase: str) -> Account | None:
    return signed_in(read_accounts(path), name, passphrase)


def _error(status: int, code: str, headers: Mapping[str, str]) -> Response:
    return _answer(status, {"errors": [{"code": code, "message": code.lower()}]}, headers)


def _answer(status: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, {**_HEADERS, **(headers or {})}, media_type="application/json")


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
