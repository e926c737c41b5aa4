"""What needs no sign-in: the crisis page, and the style sheets and scripts."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from designtool import resources
from designtool.runtime.service import Stop, service_of

_STATIC_NAME = re.compile(r"[a-z][a-z0-9-]*\.(css|js|svg)")


async def crisis(request: Request) -> Response:
    return service_of(request).pages.crisis()


async def static(request: Request) -> Response:
    name = request.path_params["name"]
    path = resources.static() / name
    if not _STATIC_NAME.fullmatch(name) or not path.is_file():
        raise Stop(404, "not-found")
    return FileResponse(path, headers={"cache-control": "no-cache"})


ROUTES = (
    Route("/kris", crisis),
    Route("/static/{name}", static),
)
