"""The studio's web server: the shell page, the pages of patient and therapist, and one stream of what has changed.

Loopback only; requests with another Host are refused, and so are posts from another origin. Nothing outside of the
workspace's own media and designtool's static files can be read through it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from html import unescape
from io import SEEK_END
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

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
from designtool.render import Fragment, Templates, Viewpoint, fragments, targets, view
from designtool.render.forms import saved_answer
from designtool.source.locked import media_folder, open_locked
from designtool.source.media import media_type
from designtool.source.workspace import WORKSPACE_FILE
from designtool.treatment.commands import Actor
from designtool.treatment.events import Event
from designtool.treatment.records import form_of
from designtool.web_guard import Guard

Made = TypeVar("Made")

NOBODY = "-"
"""Stands in an address for the person of no journey."""
_STATIC_NAME = re.compile(r"[a-z][a-z0-9-]*\.(css|js|svg)")
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
# What no author can write: their quotation marks and angle brackets are escaped.
_BLOCK = re.compile(r'<div id="block-([^"]+)" class="block" data-block="\1"')
_CHUNK = 64 * 1024
_DAYS_AFTER = 28
"""The slider goes this far beyond a program's end."""
_ROLES: tuple[Literal["patient", "therapist"], ...] = ("patient", "therapist")
NOTICE = Text("Förhandsvisning. Ingenting här sparas.", "Preview. Nothing here is kept.")
_TRY_AGAIN_MILLISECONDS = 1000
"""So soon a browser looks for a preview that has ended."""
_STREAM_BEAT_SECONDS = 15.0
"""So often a stream says that it lives, and notices that its browser has gone away."""


@dataclass
class Hub:
    """Everyone who listens for changes. None in a queue ends its stream."""

    loop: asyncio.AbstractEventLoop | None = None
    queues: set[asyncio.Queue[str | None]] = field(default_factory=set)
    closed: bool = False

    def tell(self, what: str) -> None:
        """`change`: the files have changed; the name of a role: it did something in the simulation. From any thread."""
        self._from_any_thread(what)

    def close(self) -> None:
        """Ends every stream, now and later. Callable from any thread and from a signal handler."""
        self.closed = True
        self._from_any_thread(None)

    def _from_any_thread(self, item: str | None) -> None:
        if self.loop is not None:
            with suppress(RuntimeError):  # The loop has ended, and every stream with it.
                self.loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: str | None) -> None:
        for queue in self.queues:
            queue.put_nowait(item)


class Server(uvicorn.Server):
    """Ends the streams at once when it is told to stop: uvicorn alone would wait for them for ever.

    Calls `ready` once it answers, and can be told to stop.
    """

    def __init__(self, config: uvicorn.Config, hub: Hub, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._hub = hub
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

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
        middleware=[
            Middleware(Guard, hosts=hosts, refuse=_refused),
            Middleware(_Apology, report=studio.report, apology=WORDS["fault-page"].in_language(language)),
        ],
        lifespan=lifespan,
    )


class _Apology:
    """A fault in designtool is answered with an apology and reported without any content."""

    def __init__(self, app: ASGIApp, report: Callable[[Exception], None], apology: str) -> None:
        self._app = app
        self._report = report
        self._apology = apology

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as fault:
            self._report(fault)
            if scope["type"] == "http" and not has_begun:
                await PlainTextResponse(self._apology, 500)(scope, receive, send)


def _refused(status: int, reason: str) -> Response:
    return PlainTextResponse(reason.replace("-", " "), status)


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
            page.render(
                language=self.language,
                say=said.__getitem__,
                words=json.dumps(said, ensure_ascii=False),
            )
        )

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.hub.queues.add(queue)
        try:
            yield f"retry: {_TRY_AGAIN_MILLISECONDS}\nevent: change\ndata: {self._version()}\n\n"
            while not self.hub.closed:
                try:
                    what = await asyncio.wait_for(queue.get(), _STREAM_BEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if what is None:
                    return
                yield f"event: {what}\ndata: {self._version()}\n\n"
        finally:
            self.hub.queues.discard(queue)

    def _version(self) -> str:
        return f"{self.studio.start}.{self.studio.version}"

    def _pages_version(self) -> str:
        return f"{self.studio.start}.{self.studio.pages_version}"

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
        problems = self._problems(found.diagnostics if found is not None else self.studio.beside)
        return JSONResponse(
            {
                "version": self._version(),
                "program": name,
                "person": person,
                "day": day,
                "latest_day": max(
                    day, min(LATEST_DAY, 7 * (program.weeks if program is not None else 0) + _DAYS_AFTER)
                ),
                "programs": [{"name": one, "title": _title(one, what)} for one, what in shown.items()],
                "persons": [{"id": journey.id, "title": journey.title} for journey in journeys],
                "targets": self._targets(name, person, day),
                "is_old": found is not None and (found.is_old or bool(self.studio.fault)),
                "fault": self.studio.fault,
                "problems": problems,
            }
        )

    def _targets(self, name: str, person: str, day: int) -> dict[str, list[dict[str, str]]]:
        """The pages of each role; none where there is no program, or where a fault of ours keeps them from being listed."""
        simulated = self._kept_from_faults(lambda: self.studio.simulate(name, person, day))
        if simulated is None:
            return {role: [] for role in _ROLES}

        def listed(role: Literal["patient", "therapist"]) -> tuple[tuple[str, str], ...]:
            return targets(simulated.situation, Viewpoint(role=role, language=self.language))

        return {
            role: [
                {"target": target, "title": title}
                for target, title in self._kept_from_faults(partial(listed, role)) or ()
            ]
            for role in _ROLES
        }

    def _kept_from_faults(self, make: Callable[[], Made]) -> Made | None:
        """What is made, or None after a fault in designtool, which is reported without any content."""
        try:
            return make()
        except Exception as fault:
            self.studio.report(fault)
            return None

    async def page(self, request: Request) -> Response:
        address = _address(request)
        if address is None:
            return PlainTextResponse("no such page", 404)
        if address.target.startswith("media/"):
            return self._media(address, address.target.removeprefix("media/"), request.headers.get("range", ""))
        simulated = self.studio.simulate(address.program, address.person, address.day)
        if simulated is None:
            return PlainTextResponse("no such program", 404)
        if request.method == "POST":
            if address.target.endswith("/save"):
                return await self._save(request, address, simulated)
            return await self._post(request, address, simulated)
        return self._html(request, address, address.target, simulated, self._asked_viewpoint(request, address))

    async def fragments(self, request: Request) -> Response:
        """The main column as a list of blocks. The HTML of blocks whose hash the asker names in `known` is left out."""
        address = _address(request)
        simulated = self.studio.simulate(address.program, address.person, address.day) if address is not None else None
        if address is None or simulated is None:
            return PlainTextResponse("no such page", 404)
        known = frozenset(request.query_params.get("known", "").split(","))
        viewpoint = self._asked_viewpoint(request, address)
        version = self._pages_version()
        try:
            around, blocks = _parts(view(address.target, simulated.situation, viewpoint, self.templates))
        except KeyError:
            return JSONResponse({"version": version, "blocks": None})
        told = [{"id": block.id, "hash": _hash_of(block), "html": block.html} for block in blocks]
        around_hash = _hash(around)
        return JSONResponse(
            {
                "version": version,
                "blocks": [
                    {key: value for key, value in block.items() if key != "html" or block["hash"] not in known}
                    for block in told
                ],
                "around": {"hash": around_hash, **({} if around_hash in known else {"html": around})},
            }
        )

    async def forget(self, request: Request) -> Response:
        self.studio.forget(request.path_params["program"])
        return JSONResponse({"version": self._version()})

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
        self._keep(address, answer.events)
        if answer.errors or not answer.saved:
            again = self.studio.simulate(address.program, address.person, address.day) or simulated
            viewpoint = replace(
                self._viewpoint(address, saved="", entry_date=answer.entry_date),
                form=answer.form,
                errors=answer.errors,
                draft=answer.draft,
            )
            return self._html(request, address, answer.go_to, again, viewpoint, 422 if answer.errors else 200)
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
        program, form, now = simulated.situation.program, target.partition("/")[2], simulated.situation.now
        kept = acts.saved_from(form, name, value, dated, simulated.state, program, now, _actor(address))
        known = form_of(program, form)
        if known is None or kept.filled is None:
            return JSONResponse({"error": kept.problems[0].message.in_language(self.language)}, 422)
        self._keep(address, kept.events)
        after = self.studio.simulate(address.program, address.person, address.day) or simulated
        wrong = (name, kept.problems[0].message.in_language(self.language)) if kept.problems else None
        viewpoint = self._viewpoint(address)
        shown = "".join(
            block.html
            for page in acts.pages_to_show(kept.events)
            for block in fragments(f"library/{page}", after.situation, viewpoint, self.templates)
        )
        return JSONResponse(saved_answer(known, kept.filled, now, self.language, after.state.count, shown, wrong))

    def _keep(self, address: Address, events: tuple[Event, ...]) -> None:
        """What was done here is seen by the other role."""
        if events:
            self.studio.keep(address.program, address.person, address.day, events)
            self.hub.tell(address.role)

    def _html(
        self,
        request: Request,
        address: Address,
        target: str,
        simulated: Simulated,
        viewpoint: Viewpoint,
        status: int = 200,
    ) -> Response:
        """A page, with what the shell needs to know about it: the version, and the hashes that `fragments` would give.

        A page that shows a refused form differs from them; it is left as it is until the author changes that block.
        """
        plain = self._asked_viewpoint(request, address)
        version = self._pages_version()
        try:
            page = view(target, simulated.situation, viewpoint, self.templates)
            usual = page if viewpoint == plain else view(target, simulated.situation, plain, self.templates)
        except KeyError:
            return PlainTextResponse("no such page", 404)
        around, blocks = _parts(usual)
        hashes = " ".join([_hash(around), *(f"{quote(block.id)} {_hash_of(block)}" for block in blocks)])
        return HTMLResponse(page, status, {"server-timing": f'pages;desc="{version}", hashes;desc="{hashes}"'})

    def _asked_viewpoint(self, request: Request, address: Address) -> Viewpoint:
        asked = request.query_params
        return self._viewpoint(address, saved=asked.get("saved", ""), entry_date=asked.get("entry-date", ""))

    def _viewpoint(
        self,
        address: Address,
        saved: str = "",
        entry_date: str = "",
    ) -> Viewpoint:
        return Viewpoint(
            role="therapist" if address.role == "therapist" else "patient",
            base=address.base,
            language=self.language,
            notices=(NOTICE,),
            saved=saved if re.fullmatch(r"[a-z-]{0,30}", saved) else "",
            entry_date=entry_date if re.fullmatch(r"[0-9-]{0,10}", entry_date) else "",
        )

    def _media(self, address: Address, path: str, asked_range: str) -> Response:
        """A file that the shown program names, and no other."""
        program = self.studio.program(address.program)
        if program is None or path not in program.media_file:
            return PlainTextResponse("no such file", 404)
        file = self.studio.tree.files.get(path)
        if file is not None and file.data is not None:
            return Response(file.data, media_type=media_type(path))
        try:
            stream = open_locked(
                self.root, path, file, media_folder(self.root, self.studio.tree.files.get(WORKSPACE_FILE), None)
            )
        except (OSError, ValueError):
            return PlainTextResponse("the file is gone", 404)
        size = stream.seek(0, SEEK_END)
        start, end = _asked_range(asked_range, size) or (0, size)
        stream.seek(start)

        def chunks() -> Iterator[bytes]:
            left = end - start
            with stream:
                while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
                    left -= len(chunk)
                    yield chunk

        headers = {"accept-ranges": "bytes", "content-length": str(end - start)}
        is_part = end - start < size
        if is_part:
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        return StreamingResponse(chunks(), 206 if is_part else 200, headers, media_type(path))

    def _problems(self, diagnostics: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
        line_of = line_reader(self.studio.tree)
        told = []
        for found in diagnostics:
            line = found.span.line
            excerpt = line_of(found.span.path, line) if line is not None else None
            told.append({**diagnostic_json(found, self.language), "excerpt": excerpt})
        return told


def _parts(page: str) -> tuple[str, tuple[Fragment, ...]]:
    """A page without what stands in its main column, and that as the fragments it was made of: one rendering gives both."""
    start = page.index(">", page.index("<main ")) + 1
    end = page.rindex("</main>")
    begins = [(found.start(), found[1]) for found in _BLOCK.finditer(page, start, end)]
    ends = [place for place, _ in begins[1:]] + [end]
    blocks = tuple(
        Fragment(unescape(id), page[place:after].strip()) for (place, id), after in zip(begins, ends, strict=True)
    )
    return page[:start] + page[end:], blocks


def _hash_of(block: Fragment) -> str:
    """Of what the block is, not of its number on the page: a new paragraph must not make all that follow it new."""
    own = f'id="block-{block.id}" class="block" data-block="{block.id}"'
    return _hash(block.html.replace(own, "", 1))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _asked_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (the first byte after) of the one range that a player asks for; None for anything else."""
    asked = _RANGE.fullmatch(header)
    if asked is None or (not asked[1] and not asked[2]):
        return None
    if not asked[1]:
        return max(0, size - int(asked[2])), size
    start, end = int(asked[1]), min(int(asked[2]) + 1 if asked[2] else size, size)
    return (start, end) if start < end else None


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
