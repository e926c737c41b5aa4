"""The studio's web server: the shell page, the pages of patient and therapist, and one stream of what has changed.

Loopback only; requests with another Host are refused, and so are posts from another origin. Nothing outside of the
workspace's own media and designtool's static files can be read through it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from designtool import acts, resources
from designtool.cli.output import line_reader
from designtool.diagnostics import Diagnostic, Language, Text, diagnostic_json
from designtool.preview.studio import LATEST_DAY, Shown, Simulated, Studio
from designtool.preview.words import WORDS
from designtool.render import FieldError, Templates, Viewpoint, fragments, targets, view
from designtool.render.forms import saved_answer
from designtool.source.media import media_type, open_media
from designtool.treatment.commands import Actor

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
LARGEST_POST = 1024 * 1024
NOBODY = "-"
"""Stands in an address for the person of no journey."""
_STATIC_NAME = re.compile(r"[a-z][a-z0-9-]*\.(css|js)")
_ROLES: tuple[Literal["patient", "therapist"], ...] = ("patient", "therapist")
_NOTICE = Text("Förhandsvisning. Ingenting här sparas.", "Preview. Nothing here is kept.")
_STREAM_BEAT_SECONDS = 15.0
"""So often a stream says that it lives, and notices that its browser has gone away."""


@dataclass
class Hub:
    """Everyone who listens for changes. None in a queue ends its stream."""

    loop: asyncio.AbstractEventLoop | None = None
    queues: set[asyncio.Queue[int | None]] = field(default_factory=set)
    closed: bool = False

    def tell(self, version: int) -> None:
        """Callable from any thread."""
        self._from_any_thread(version)

    def close(self) -> None:
        """Ends every stream, now and later. Callable from any thread and from a signal handler."""
        self.closed = True
        self._from_any_thread(None)

    def _from_any_thread(self, item: int | None) -> None:
        loop = self.loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: int | None) -> None:
        for queue in self.queues:
            queue.put_nowait(item)


class Server(uvicorn.Server):
    """Ends the streams at once when it is told to stop: uvicorn alone would wait for them for ever."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._hub.close()
        super().handle_exit(sig, frame)


@dataclass(frozen=True)
class Address:
    """What an address says: which program, as whom, who the patient is, on which day, which page."""

    program: str
    role: str
    person: str
    day: int
    target: str

    @property
    def base(self) -> str:
        return f"/view/{quote(self.program)}/{self.role}/{quote(self.person or NOBODY)}/{self.day}"


def create_app(
    studio: Studio, hub: Hub, root: Path, templates: Templates, language: Language, hosts: frozenset[str]
) -> Starlette:
    """`hosts` are the values of Host that are answered: the loopback names with the port."""
    preview = _Preview(studio, hub, root, templates, language)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        hub.loop = asyncio.get_running_loop()
        yield

    at = "{program}/{role}/{person}/{day:int}/{target:path}"
    return Starlette(
        routes=[
            Route("/", preview.shell),
            Route("/events", preview.events),
            Route("/state", preview.state),
            Route(f"/view/{at}", preview.page, methods=["GET", "POST"]),
            Route(f"/fragments/{at}", preview.fragments),
            Route("/forget/{program}", preview.forget, methods=["POST"]),
            Route("/static/{name}", preview.static),
        ],
        middleware=[Middleware(_Guard, hosts=hosts)],
        lifespan=lifespan,
    )


class _Guard:
    """Refuses foreign hosts and origins and posts that are too large, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if (refusal := self._refusal(request)) is not None:
            await refusal(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("unknown host", 421)
        if request.method not in ("GET", "HEAD"):
            origin = request.headers.get("origin")
            if origin is None or urlsplit(origin).netloc.lower() not in self._hosts:
                return PlainTextResponse("foreign origin", 403)
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LARGEST_POST:
                return PlainTextResponse("too large, or of unknown length", 413)
        return None


_HEADERS = [
    (name.encode(), value.encode())
    for name, value in (
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    )
]


@dataclass(frozen=True)
class _Preview:
    studio: Studio
    hub: Hub
    root: Path
    templates: Templates
    language: Language

    async def shell(self, request: Request) -> Response:
        said = {key: text.in_language(self.language) for key, text in WORDS.items()}
        page = self.templates.environment.get_template("studio/shell.html")
        return HTMLResponse(
            page.render(language=self.language, say=said.__getitem__, words=json.dumps(said, ensure_ascii=False))
        )

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[int | None] = asyncio.Queue()
        self.hub.queues.add(queue)
        try:
            yield f"data: {self.studio.version}\n\n"
            while not self.hub.closed:
                try:
                    version = await asyncio.wait_for(queue.get(), _STREAM_BEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if version is None:
                    return
                yield f"data: {version}\n\n"
        finally:
            self.hub.queues.discard(queue)

    async def state(self, request: Request) -> Response:
        """All that the shell page shows around the frames. Query: program, person, day."""
        shown = self.studio.shown
        name = request.query_params.get("program", "")
        if name not in shown:
            name = next((one for one, what in shown.items() if what.program is not None), next(iter(shown), ""))
        person = request.query_params.get("person", "")
        found = shown.get(name)
        program = found.program if found is not None else None
        journeys = program.journeys if program is not None else ()
        if person not in {journey.id for journey in journeys}:
            person = ""
        day = _day(request.query_params.get("day", ""))
        simulated = self.studio.simulate(name, person, day)
        return JSONResponse(
            {
                "version": self.studio.version,
                "program": name,
                "person": person,
                "day": day,
                "programs": [{"name": one, "title": _title(one, what)} for one, what in shown.items()],
                "persons": [{"id": journey.id, "title": journey.title} for journey in journeys],
                "targets": {
                    role: [
                        {"target": target, "title": title}
                        for target, title in targets(simulated.situation, Viewpoint(role=role, language=self.language))
                    ]
                    if simulated is not None
                    else []
                    for role in _ROLES
                },
                "is_old": bool(found is not None and found.is_good and found.errors),
                "problems": self._problems(found.diagnostics if found is not None else self.studio.compiled.shared),
            }
        )

    async def page(self, request: Request) -> Response:
        address = _address(request)
        if address is None:
            return PlainTextResponse("no such page", 404)
        if address.target.startswith("media/"):
            return self._media(address, address.target.removeprefix("media/"))
        simulated = self.studio.simulate(address.program, address.person, address.day)
        if simulated is None:
            return PlainTextResponse("no such program", 404)
        if request.method == "POST":
            if address.target.endswith("/save"):
                return await self._save(request, address, simulated)
            return await self._post(request, address, simulated)
        viewpoint = self._viewpoint(
            address, saved=request.query_params.get("saved", ""), entry_date=request.query_params.get("entry-date", "")
        )
        return self._html(address.target, simulated, viewpoint)

    async def fragments(self, request: Request) -> Response:
        """The main column as a list of blocks. The HTML of blocks whose hash the asker names in `known` is left out."""
        address = _address(request)
        simulated = self.studio.simulate(address.program, address.person, address.day) if address is not None else None
        if address is None or simulated is None:
            return PlainTextResponse("no such page", 404)
        known = frozenset(request.query_params.get("known", "").split(","))
        try:
            blocks = fragments(address.target, simulated.situation, self._viewpoint(address), self.templates)
        except KeyError:
            return JSONResponse({"version": self.studio.version, "blocks": None})
        told = []
        for block in blocks:
            hash = hashlib.sha256(block.html.encode()).hexdigest()[:12]
            told.append({"id": block.id, "hash": hash, **({} if hash in known else {"html": block.html})})
        return JSONResponse({"version": self.studio.version, "blocks": told})

    async def forget(self, request: Request) -> Response:
        self.studio.forget(request.path_params["program"])
        return JSONResponse({"version": self.studio.version})

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = resources.static() / name
        if not _STATIC_NAME.fullmatch(name) or not path.is_file():
            return PlainTextResponse("no such file", 404)
        return FileResponse(path)

    async def _post(self, request: Request, address: Address, simulated: Simulated) -> Response:
        form = await request.form(max_files=0, max_fields=5000)
        sent = {name: [str(value) for value in form.getlist(name)] for name in form}
        program = simulated.situation.program
        answer = acts.sent_from(
            address.target, sent, simulated.state, program, simulated.situation.now, _actor(address)
        )
        self.studio.keep(address.program, address.person, address.day, answer.events)
        if answer.errors or not answer.saved:
            again = self.studio.simulate(address.program, address.person, address.day) or simulated
            viewpoint = self._viewpoint(address, errors=answer.errors, draft=answer.draft, entry_date=answer.entry_date)
            return self._html(answer.go_to, again, viewpoint, 422 if answer.errors else 200)
        query = {"saved": answer.saved} | ({"entry-date": answer.entry_date} if answer.entry_date else {})
        return RedirectResponse(f"{address.base}/{answer.go_to}?{urlencode(query)}", 303)

    async def _save(self, request: Request, address: Address, simulated: Simulated) -> Response:
        target = address.target.removesuffix("/save")
        try:
            body = await request.json()
            name, value = body["field"], body.get("value")
            dated = date.fromisoformat(body["entry_date"]) if body.get("entry_date") else None
            if not isinstance(name, str):
                raise TypeError("a field is named by text")
        except (ValueError, TypeError, KeyError, AttributeError):
            return JSONResponse({"error": "not the JSON of an answer"}, 400)
        program = simulated.situation.program
        events, problems = acts.saved_from(
            target.partition("/")[2],
            name,
            value,
            dated,
            simulated.state,
            program,
            simulated.situation.now,
            _actor(address),
        )
        self.studio.keep(address.program, address.person, address.day, events)
        after = self.studio.simulate(address.program, address.person, address.day) or simulated
        wrong = (name, problems[0].message.in_language(self.language)) if problems else None
        viewpoint = self._viewpoint(address)
        shown = "".join(
            block.html
            for page in acts.pages_to_show(events)
            for block in fragments(f"library/{page}", after.situation, viewpoint, self.templates)
        )
        return JSONResponse(saved_answer(target, after.situation, viewpoint, after.state.count, shown, wrong))

    def _html(self, target: str, simulated: Simulated, viewpoint: Viewpoint, status: int = 200) -> Response:
        try:
            return HTMLResponse(view(target, simulated.situation, viewpoint, self.templates), status)
        except KeyError:
            return PlainTextResponse("no such page", 404)

    def _viewpoint(
        self,
        address: Address,
        errors: tuple[FieldError, ...] = (),
        draft: Any = None,
        saved: str = "",
        entry_date: str = "",
    ) -> Viewpoint:
        return Viewpoint(
            role="therapist" if address.role == "therapist" else "patient",
            base=address.base,
            language=self.language,
            notices=(_NOTICE,),
            errors=errors,
            saved=saved if re.fullmatch(r"[a-z-]{0,30}", saved) else "",
            draft=draft or {},
            entry_date=entry_date if re.fullmatch(r"[0-9-]{0,10}", entry_date) else "",
        )

    def _media(self, address: Address, path: str) -> Response:
        """A file that the shown program names, and no other."""
        program = self.studio.program(address.program)
        if program is None or path not in program.media_file:
            return PlainTextResponse("no such file", 404)
        file = self.studio.compiled.tree.files.get(path)
        if file is not None and file.data is not None:
            return Response(file.data, media_type=media_type(path))
        try:
            stream = open_media(self.root, path)
        except OSError:
            return PlainTextResponse("the file is gone", 404)

        def chunks() -> Any:
            with stream:
                while chunk := stream.read(64 * 1024):
                    yield chunk

        return StreamingResponse(chunks(), media_type=media_type(path))

    def _problems(self, diagnostics: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
        line_of = line_reader(self.studio.compiled.tree)
        told = []
        for found in diagnostics:
            line = found.span.line
            excerpt = line_of(found.span.path, line) if line is not None else None
            told.append({**diagnostic_json(found, self.language), "excerpt": excerpt})
        return told


def _address(request: Request) -> Address | None:
    parts = request.path_params
    if parts["role"] not in _ROLES or not 0 <= parts["day"] <= LATEST_DAY:
        return None
    person = "" if parts["person"] == NOBODY else parts["person"]
    return Address(parts["program"], parts["role"], person, parts["day"], parts["target"])


def _actor(address: Address) -> Actor:
    return Actor("behandlare", "therapist") if address.role == "therapist" else Actor("patient", "patient")


def _day(text: str) -> int:
    return min(int(text), LATEST_DAY) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _title(name: str, shown: Shown) -> str:
    return shown.program.title if shown.program is not None else name
