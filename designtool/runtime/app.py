"""The web service itself: from settings to an application that can be served or tested."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from designtool import resources
from designtool.bundle import Limits
from designtool.diagnostics import Language
from designtool.render import load_templates
from designtool.runtime.access import SimulatedSignIn
from designtool.runtime.clock import Clock, real_time
from designtool.runtime.importing import Policy
from designtool.runtime.live_contacts import LOOK_SECONDS, LiveContacts, UnfitContacts
from designtool.runtime.pages import Pages
from designtool.runtime.permitting import Permits
from designtool.runtime.polling import DEFAULT_MINUTES, STATUS_FILE, Poller, Polling, RuntimeKey, here_in
from designtool.runtime.recalling import Recalls
from designtool.runtime.routes import ROUTES
from designtool.runtime.routes.unit import IMPORT_PATH
from designtool.runtime.service import Service, Stop, refused_json
from designtool.runtime.store import Conflict, Store
from designtool.runtime.treatments import Programs, Treatments
from designtool.runtime.trusting import WITNESS_FILE, Trust
from designtool.runtime.words import NOT_FOR_CARE, UNSIGNED
from designtool.web_guard import Guard
from designtool.wordings import Wordings, read_wordings

if TYPE_CHECKING:
    from designtool.share.registries.registry import Registry

TICK_SECONDS = 60
"""So often somebody looks at the clock: doors open, flags escalate and reminders go out without anybody being there."""
_log = logging.getLogger("designtool.runtime")


@dataclass(frozen=True)
class Settings:
    data: Path
    """Folder of the database and the bundles."""
    hosts: frozenset[str]
    """Values of Host that are answered, with their ports."""
    database: str = ""
    """Address of another database than the SQLite file in `data`."""
    policy: Policy = Policy.SIGNED
    movable_clock: bool = False
    """For a demonstration: staff may move the clock forward."""
    language: Language = "sv"
    wording: Path | None = None
    """Folder of the wording of instruments that the care unit has a right to."""
    contacts: Path | None = None
    """File of the region's contacts, which are shown in place of those in the programs. Looked at again and again."""
    crisis_page: Path | None = None
    """File of the region's crisis page, which names contacts of that file. Looked at likewise."""
    trust: Path | None = None
    """The trust folder: whose signatures count."""
    region: str = ""
    """The region that the care units belong to, by its short name."""
    agreements: Path | None = None
    """Folder of the agreements with other regions."""
    registry: Callable[[], Registry] | None = None
    """Opens the place that is asked for what is new, now and then. None: nothing is asked."""
    place: str = ""
    """What people call it."""
    poll_minutes: int = DEFAULT_MINUTES
    receipt_key: RuntimeKey | None = None
    """What receipts for recalls are signed with."""
    real: Callable[[], datetime] = real_time


def create_app(settings: Settings) -> Starlette:
    """Raises OtherSchema for another version's database."""
    return app_of(create_service(settings), settings.hosts)


def app_of(service: Service, hosts: frozenset[str], more: Sequence[BaseRoute] = ()) -> Starlette:
    """The web around a service, which the application closes when it ends. `app.state.service` holds it.

    `more`: what a demonstration adds to the addresses of the runtime.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        working = [asyncio.create_task(_tick_for_ever(service))]
        if service.contacts.path is not None:
            working.append(asyncio.create_task(_look_at_contacts_for_ever(service)))
        if service.poller is not None:
            service.poller.start()
        try:
            yield
        finally:
            if service.poller is not None:
                service.poller.stop()
            for task in working:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            service.store.close()

    app = Starlette(
        routes=[*ROUTES, *more],
        middleware=[
            Middleware(Guard, hosts=hosts, refuse=service.pages.refusal, larger={IMPORT_PATH: Limits().total_bytes})
        ],
        exception_handlers={
            Stop: _stopped,
            HTTPException: _http_problem,
            Conflict: _busy,
            OperationalError: _busy,
            ClientDisconnect: _gone,
            Exception: _fault,
        },
        lifespan=lifespan,
    )
    app.state.service = service
    return app


def create_service(settings: Settings) -> Service:
    """All but the web: also what fills a demonstration works with it. Raises UnfitWording and UnfitContacts."""
    wordings = Wordings() if settings.wording is None else read_wordings(settings.wording)
    store = Store(settings.data, settings.database)
    programs = Programs(store, wordings)
    clock = Clock(store, settings.movable_clock, settings.real)
    notices = (NOT_FOR_CARE, UNSIGNED) if settings.policy is Policy.UNSIGNED_DEMONSTRATION else (NOT_FOR_CARE,)
    trust = Trust(settings.trust, settings.data / WITNESS_FILE) if settings.trust is not None else None
    recalls = Recalls(programs, trust)
    # Before anybody has a page to wait for: what is recalled is looked up for each.
    recalls.problem()
    permits = Permits(store, programs, clock, settings.policy, recalls, trust, settings.region, settings.agreements)
    treatments = Treatments(store, programs, clock, permits.permission, lambda digest: recalls.about(digest).paused)
    service = Service(
        store=store,
        programs=programs,
        treatments=treatments,
        clock=clock,
        identity=SimulatedSignIn(store),
        pages=Pages(load_templates(resources.folder("templates")), settings.language, notices),
        policy=settings.policy,
        language=settings.language,
        contacts=LiveContacts(settings.contacts, settings.crisis_page, settings.data / "contacts"),
        permits=permits,
        recalls=recalls,
        trust=trust,
        poller=_poller(settings, trust, store, treatments, recalls, clock) if trust is not None else None,
    )
    service.look_at_contacts()
    if service.contacts.problems:
        store.close()
        raise UnfitContacts(service.contacts.problems)
    service.refresh_crisis_page()
    return service


def _poller(
    settings: Settings, trust: Trust, store: Store, treatments: Treatments, recalls: Recalls, clock: Clock
) -> Poller:
    from designtool.runtime.outbox import outbox_of

    polling = Polling(
        trust,
        outbox_of(settings.data),
        here_in(store, treatments, recalls),
        settings.registry,
        settings.place,
        settings.agreements,
        settings.receipt_key,
    )
    return Poller(polling, settings.data / STATUS_FILE, clock.now, timedelta(minutes=settings.poll_minutes))


async def _look_at_contacts_for_ever(service: Service) -> None:
    while True:
        try:
            await run_in_threadpool(service.look_at_contacts)
        except Exception:
            _log.exception("the contacts could not be looked at")
        await asyncio.sleep(LOOK_SECONDS)


async def _tick_for_ever(service: Service) -> None:
    while True:
        try:
            await run_in_threadpool(service.treatments.tick)
        except Exception:
            # The next look at the clock makes up for this one: what time brings is worked out from what is stored.
            _log.exception("the clock could not be looked at")
        await asyncio.sleep(TICK_SECONDS)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _stopped(request: Request, stop: Exception) -> Response:
    assert isinstance(stop, Stop)
    return _service(request).pages.refusal(stop.status, stop.why, stop.session)


def _http_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    why = {404: "not-found", 405: "method"}.get(problem.status_code, "malformed")
    return _service(request).pages.refusal(problem.status_code, why)


def _busy(request: Request, problem: Exception) -> Response:
    """Too many at once, a full disk: whoever sent something keeps it and tries again."""
    _log.warning("refused for now: %s", type(problem).__name__)
    if request.url.path.endswith("/save"):
        return refused_json(_service(request), 503, "busy")
    return _service(request).pages.refusal(503, "busy")


def _gone(request: Request, gone: Exception) -> Response:
    """Who sent it went away halfway: nothing was taken, nobody is there to read this, and it is no fault of ours."""
    return _service(request).pages.refusal(400, "malformed")


def _fault(request: Request, fault: Exception) -> Response:
    return _service(request).pages.refusal(500, "fault")
