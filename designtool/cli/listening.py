"""A port of our own on loopback, for the commands that serve."""

from __future__ import annotations

import socket

from designtool.cli.output import Usage
from designtool.diagnostics import Text


def listening(port: int | None, usual: int) -> socket.socket:
    """A socket on loopback: at the port asked for, else the usual one, else any that is free."""
    for candidate in (usual, 0) if port is None else (port,):
        # asyncio lets small answers go at once (TCP_NODELAY) only where the protocol is named.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise Usage(
        Text(
            f"porten {port} används redan; välj en annan med --port",
            f"port {port} is in use; choose another with --port",
        )
    )
