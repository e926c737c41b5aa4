"""Why a connection came to nothing, in plain words."""

from __future__ import annotations

import socket
import ssl

import httpx

from designtool.diagnostics import Text


def reason_of(problem: BaseException) -> Text:
    """By what lies at the bottom of it; what is not known is told as it was said."""
    for one in _causes(problem):
        if isinstance(one, ConnectionRefusedError):
            return Text("där svarar ingen", "nobody answers there")
        if isinstance(one, socket.gaierror):
            return Text("adressen finns inte", "there is no such address")
        if isinstance(one, ssl.SSLCertVerificationError):
            return Text(
                f"certifikatet går inte att lita på ({one.verify_message})",
                f"its certificate cannot be trusted ({one.verify_message})",
            )
        if isinstance(one, ssl.SSLError):
            return Text("där talas ingen TLS som går att förstå", "no TLS is spoken there that can be understood")
        if isinstance(one, (TimeoutError, httpx.TimeoutException)):
            return Text("svaret dröjer för länge", "the answer takes too long")
        if isinstance(one, ConnectionError):
            return Text("förbindelsen bröts", "the connection was cut")
    return Text(str(problem), str(problem))


def _causes(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = problem
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found[::-1]
