"""Signing in and out. The cookie is out of reach for scripts, and is not sent along from other sites."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.runtime.access import AREAS, SESSION_HOURS, cookie_name, open_session, session_hash
from designtool.runtime.routes.lists import start_of
from designtool.runtime.service import Call, Stop, for_roles, read_form, service_of, session_of


def front(request: Request) -> Response:
    """To one's own start page, or to the sign-in. `as`: as whom, for a browser in which a patient and staff are signed in."""
    wanted = request.query_params.get("as", "")
    for area in sorted(AREAS, key=lambda area: area != wanted):
        session = session_of(request, area)
        if session is not None:
            return RedirectResponse(start_of(session.user), 303)
    return RedirectResponse("/sign-in", 303)


async def sign_in(request: Request) -> Response:
    if request.method == "POST":
        sent, _ = await read_form(request, 0, None)
        return await run_in_threadpool(_identified, request, {name: values[-1] for name, values in sent.items()})
    return await run_in_threadpool(_choices, request, "", 200)


def _identified(request: Request, sent: dict[str, str]) -> Response:
    service = service_of(request)
    if not service.sign_ins.allows(request.client.host if request.client else ""):
        raise Stop(429, "too-many")
    user = service.identity.identify(sent)
    if user is None:
        return _choices(request, "unknown-person", 422)
    session = open_session(service.store, user, service.clock.real(), service.clock.now())
    response = RedirectResponse(start_of(user), 303)
    response.set_cookie(
        cookie_name(session.area),
        session.token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _choices(request: Request, problem: str, status: int) -> Response:
    service = service_of(request)
    people = service.identity.people()
    facts = {
        "patients": [user for user in people if user.role == "patient"],
        "staff": sorted((user for user in people if user.role != "patient"), key=lambda user: user.role != "therapist"),
        "problem": problem,
    }
    return service.pages.page("sign_in", None, facts, status=status)


def _sign_out(call: Call) -> Response:
    if call.request.method != "POST":
        return call.service.pages.page("sign_out", call.session, {"area": call.session.area})
    deed = call.session.deed(call.service.clock.now(), "sign-out")
    call.service.store.end_session(session_hash(call.session.token), deed)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(call.session.area))
    return response


ROUTES = (
    Route("/", front),
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/sign-out/patient", for_roles("patient", ("patient",), _sign_out), methods=["GET", "POST"]),
    Route(
        "/sign-out/staff",
        for_roles("staff", ("therapist", "patient-administrator", "unit-administrator"), _sign_out),
        methods=["GET", "POST"],
    ),
)
