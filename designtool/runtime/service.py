"""What the routes work with, and the way in that every one of them goes: session, role, token, then the work itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from designtool.diagnostics import Language, Text
from designtool.runtime.access import Area, Identity, RateLimit, Session, cookie_name, find_session, find_visit
from designtool.runtime.audit import Deed
from designtool.runtime.clock import Clock
from designtool.runtime.crisis import crisis_help
from designtool.runtime.importing import Policy
from designtool.runtime.live_contacts import LiveContacts
from designtool.runtime.pages import Pages
from designtool.runtime.permitting import Permits
from designtool.runtime.polling import Poller
from designtool.runtime.recalling import Recalls
from designtool.runtime.store import Store, Treatment, UserRole
from designtool.runtime.treatments import Programs, Treatments
from designtool.runtime.trusting import Trust
from designtool.runtime.words import say

CSRF_FIELD = "csrf-token"
CSRF_HEADER = "x-csrf-token"
MOST_FIELDS = 5000
_SAVES_AT_ONCE = 1
"""More would only take time from each other: an answer takes a millisecond or two of computing and a quarter of one of disk."""

Sent = Mapping[str, Sequence[str]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Stop(Exception):
    """The request ends here, with an error page. `why` is the name of its words."""

    def __init__(self, status: int, why: str, session: Session | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.session = session


@dataclass(frozen=True)
class Service:
    store: Store
    programs: Programs
    treatments: Treatments
    clock: Clock
    identity: Identity
    pages: Pages
    policy: Policy
    language: Language
    permits: Permits
    """Whether something new may begin with a bundle."""
    recalls: Recalls
    """What has been recalled, and what of it is stopped."""
    trust: Trust | None = None
    """Whose signatures count, under the policy SIGNED."""
    poller: Poller | None = None
    """How this runtime hears of what is new, where it trusts anybody."""
    contacts: LiveContacts = field(default_factory=LiveContacts)
    saving: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_SAVES_AT_ONCE))
    sign_ins: RateLimit = field(default_factory=lambda: RateLimit(30, 60))

    def refresh_crisis_page(self) -> None:
        programs = [self.programs.program(bundle.digest) for bundle in self.store.bundles()]
        self.pages.set_help(crisis_help(programs, self.pages.templates, self.language, self.clock.now()))

    def why_not_begin(self, digest: str) -> Text | None:
        """Why no new treatment may begin with a bundle; None where it may. Those under way are never asked about."""
        return self.permits.permission(digest).why

    def look_at_contacts(self) -> None:
        """Show the region's contacts and crisis page as their files are now, and write down in each unit's log from when."""
        if self.contacts.look(self.clock.now().date()):
            self.programs.show_help(self.contacts.contacts, self.contacts.page)
            self.refresh_crisis_page()
        for unit in self.store.units() if self.contacts.digests else ():
            for action, digest in self.contacts.digests.items():
                if (unit.id, action, digest) not in self.contacts.told:
                    self.store.write_down(Deed(self.clock.now(), "clock", "", unit.id, action, digest))
                    self.contacts.told.add((unit.id, action, digest))

    def treatment(self, id: str, session: Session) -> Treatment:
        found = self.store.treatment(id)
        if found is None:
            raise Stop(404, "not-found", session)
        return found

    def deny(self, session: Session, treatment: Treatment) -> Stop:
        """Written down: somebody asked for what is not theirs. They are told what they would be told if it did not exist."""
        self.store.write_down(session.deed(self.clock.now(), "denied", treatment=treatment))
        return Stop(404, "not-found", session)


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who is signed in and may make it."""

    service: Service
    session: Session
    request: Request
    sent: Sent
    """The posted form; empty for what was not posted."""
    file: UploadFile | None = None
    treatment: Treatment | None = None
    """The one that the address names, when it was read together with the session."""

    def first(self, name: str) -> str:
        values = self.sent.get(name, ())
        return values[0] if values else ""

    @property
    def path(self) -> Mapping[str, Any]:
        return self.request.path_params


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def session_of(request: Request, area: Area) -> Session | None:
    service, token = service_of(request), request.cookies.get(cookie_name(area), "")
    return find_session(service.store, token, area, service.clock.real()) if token else None


def for_roles(area: Area, roles: Sequence[UserRole], work: Callable[[Call], Response]) -> Endpoint:
    """An endpoint for people of these roles. Posts are taken only from pages that were made for their session."""

    async def endpoint(request: Request) -> Response:
        session = await run_in_threadpool(_allowed_session, request, area, roles)
        sent: Sent = {}
        file = None
        if request.method == "POST":
            sent, file = await _form(request, session)
        return await run_in_threadpool(work, Call(service_of(request), session, request, sent, file))

    return endpoint


def for_saving(area: Area, roles: Sequence[UserRole], work: Callable[[Call, Any], Response]) -> Endpoint:
    """An endpoint of a treatment that is sent JSON by a script and answers with JSON."""

    async def endpoint(request: Request) -> Response:
        content = await request.body()
        return await to_thread.run_sync(save, request, content, limiter=service_of(request).saving)

    def save(request: Request, content: bytes) -> Response:
        try:
            service, token = service_of(request), request.cookies.get(cookie_name(area), "")
            named = request.path_params["treatment"]
            found, treatment = find_visit(service.store, token, area, service.clock.real(), named)
            session = _allowed(found, roles)
            if not session.csrf_fits(request.headers.get(CSRF_HEADER, "")):
                raise Stop(403, "stale-form")
            try:
                body = json.loads(content, parse_constant=_refuse_constant)
            except (ValueError, RecursionError):
                raise Stop(400, "malformed") from None
            return work(Call(service, session, request, {}, treatment=treatment), body)
        except Stop as stop:
            return refused_json(service_of(request), stop.status, stop.why)

    return endpoint


def refused_json(service: Service, status: int, why: str) -> Response:
    return JSONResponse({"error": say(service.language, why)}, status)


def _allowed_session(request: Request, area: Area, roles: Sequence[UserRole]) -> Session:
    return _allowed(session_of(request, area), roles)


def _allowed(session: Session | None, roles: Sequence[UserRole]) -> Session:
    if session is None:
        raise Stop(401, "signed-out")
    if session.user.role not in roles:
        raise Stop(404, "not-found", session)
    return session


async def _form(request: Request, session: Session) -> tuple[Sent, UploadFile | None]:
    sent, file = await read_form(request, 1, session)
    token = sent.get(CSRF_FIELD, [""])
    if not session.csrf_fits(token[0] if token else ""):
        raise Stop(403, "stale-form", session)
    return sent, file


async def read_form(request: Request, most_files: int, session: Session | None) -> tuple[Sent, UploadFile | None]:
    """What was posted, as text that can be stored."""
    sent: dict[str, list[str]] = {}
    try:
        form = await request.form(max_files=most_files, max_fields=MOST_FIELDS)
        for name, value in form.multi_items():
            if isinstance(value, str):
                value.encode()
                sent.setdefault(name, []).append(value)
    except UnicodeError:
        # A sender may name any encoding, also one that gives what no text can hold.
        raise Stop(400, "malformed", session) from None
    return sent, next((value for _, value in form.multi_items() if isinstance(value, UploadFile)), None)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
