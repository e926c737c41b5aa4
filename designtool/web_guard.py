"""What holds for every request: known hosts, own origin, a bounded size, and the security headers on every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_POST = 1024 * 1024
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Around every page of preview and runtime. `refuse` makes the page that says why, from a status and the name of its
    words; `larger` are paths that take more than LARGEST_POST bytes, and how many."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: frozenset[str],
        refuse: Callable[[int, str], Response],
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._refuse = refuse
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(one for one in added if one[0] not in own)]
            await send(message)

        refusal = self._refusal(Request(scope))
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "").lower() not in self._hosts:
            return self._refuse(421, "unknown-host")
        if request.method not in ("GET", "HEAD"):
            # Browsers say where a post comes from. Who says nothing is no browser.
            origin = urlsplit(request.headers.get("origin", ""))
            if origin.netloc.lower() not in self._hosts or origin.netloc.lower() != request.headers["host"].lower():
                return self._refuse(403, "foreign-origin")
            # A body in pieces has no length before it has ended, whatever it says of itself.
            length = "" if "transfer-encoding" in request.headers else request.headers.get("content-length", "")
            largest = self._larger.get(request.url.path, LARGEST_POST)
            if not (length.isascii() and length.isdigit()) or int(length[:20]) > largest:
                return self._refuse(413, "too-large")
        return None
