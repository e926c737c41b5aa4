"""The unit administrator: bundles, what is activated, the routine for risk, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.bundle import Refused
from designtool.diagnostics import Text
from designtool.runtime.activating import NotReady, activate, readiness
from designtool.runtime.importing import NotTaken, import_bundle
from designtool.runtime.service import Call, for_roles
from designtool.runtime.store import UserRole
from designtool.runtime.words import WORDS

_LONGEST_TEXT = 200
_LINES = 200


def unit(call: Call) -> Response:
    return _overview(call)


def import_(call: Call) -> Response:
    service = call.service
    if call.file is None or not call.file.filename:
        return _overview(call, WORDS["no-file"])
    deed = call.session.deed(service.clock.now(), "import", "unit")
    try:
        import_bundle(call.file.file, service.store, service.policy, deed, service.trust)
    except (Refused, NotTaken) as refused:
        return _overview(call, refused.message)
    service.refresh_crisis_page()
    return RedirectResponse("/unit?saved=yes", 303)


def activate_(call: Call) -> Response:
    service, digest = call.service, call.first("digest")
    now = service.clock.now()
    own = service.store.unit(call.session.user.unit)
    assert own is not None, "the database holds every user to a unit"
    known = digest in {one.digest for one in service.store.bundles()}
    deed = call.session.deed(now, "activate", digest if known else "")
    permission = service.permits.permission(digest) if known else None
    if permission is not None and permission.why is not None:
        service.store.write_down(call.session.deed(now, "refused-activate", permission.code))
        return _overview(call, permission.why)
    try:
        activate(service.store, own, digest, call.first("sign-off") == "yes", now, deed)
    except NotReady as missing:
        template = WORDS["not-ready"]
        why = Text(template.sv.format(why=missing.why.sv), template.en.format(why=missing.why.en))
        return _overview(call, why)
    return RedirectResponse("/unit?saved=yes", 303)


def routine(call: Call) -> Response:
    name, responsible = (" ".join(call.first(key).split()) for key in ("routine", "responsible"))
    if not all(0 < len(text) <= _LONGEST_TEXT and text.isprintable() for text in (name, responsible)):
        return _overview(call, WORDS["wrong-routine"])
    deed = call.session.deed(call.service.clock.now(), "set-risk-routine", "unit")
    call.service.store.set_risk_routine(call.session.user.unit, name, responsible, deed)
    return RedirectResponse("/unit?saved=yes", 303)


def audit(call: Call) -> Response:
    service, session = call.service, call.session
    now = service.clock.now()
    if call.request.method == "POST":
        service.store.write_down(session.deed(now, "check-log", "audit"))
        return RedirectResponse("/unit/audit?saved=yes", 303)
    before = call.request.query_params.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 15 else None
    service.store.write_down(session.deed(now, "read", "audit"))
    lines = service.store.audit_lines(session.user.unit, number, _LINES)
    facts = {
        "lines": lines,
        "names": {user.id: user.name for user in service.store.users(session.user.unit)},
        "broken": service.store.broken_audit_line(),
        "older": lines[-1].number if len(lines) == _LINES else None,
        "saved": call.request.query_params.get("saved") == "yes",
    }
    return service.pages.page("audit", session, facts, now)


def _overview(call: Call, problem: Text | None = None) -> Response:
    service, session = call.service, call.session
    own = service.store.unit(session.user.unit)
    assert own is not None, "the database holds every user to a unit"
    active = {one.digest: one for one in service.store.activations(own.id)}
    # Whoever opens the page is told that new treatments have stopped, without having tried to begin one.
    stopped = next((why for digest in active if (why := service.why_not_begin(digest)) is not None), None)
    known = (service.recalls.problem(), service.recalls.about_nothing(), stopped)
    polled = service.poller.warnings() if service.poller is not None else ()
    facts = {
        "unit": own,
        "ready": readiness(service.store, own),
        "bundles": service.store.bundles(),
        "active": active,
        "agreements": agreements_of(call),
        "recalled": {one.digest: service.recalls.about(one.digest).notices for one in service.store.bundles()},
        "problem": problem,
        "shares": service.poller is not None,
        "warnings": tuple(one for one in dict.fromkeys((*known, *polled)) if one is not None and one != problem),
        "saved": call.request.query_params.get("saved") == "yes",
        "movable": service.clock.movable,
    }
    if call.request.method != "POST":
        service.store.write_down(session.deed(service.clock.now(), "read", "unit"))
    return service.pages.page("unit", session, facts, service.clock.now(), 422 if problem else 200)


@dataclass(frozen=True, slots=True)
class Agreements:
    """What there is of agreements, in words."""

    lines: tuple[Text, ...]
    problems: tuple[Text, ...]


def agreements_of(call: Call) -> Agreements | None:
    """None where agreements are not asked for."""
    service = call.service
    found = service.permits.overview(service.clock.now())
    if found is None:
        return None
    from designtool.share.agreements.terms import told

    lines = []
    for one in found.standings:
        line, started = told(one), found.used.get(one.digest, 0)
        words = WORDS["agreement-started"]
        lines.append(
            Text(f"{line.sv}. {words.sv.format(count=started)}", f"{line.en}. {words.en.format(count=started)}")
        )
    return Agreements(tuple(lines), tuple(one.message for one in found.problems))


IMPORT_PATH = "/unit/import"
_ROLE: UserRole = "unit-administrator"
ROUTES = (
    Route("/unit", for_roles("staff", (_ROLE,), unit)),
    Route(IMPORT_PATH, for_roles("staff", (_ROLE,), import_), methods=["POST"]),
    Route("/unit/activate", for_roles("staff", (_ROLE,), activate_), methods=["POST"]),
    Route("/unit/routine", for_roles("staff", (_ROLE,), routine), methods=["POST"]),
    Route("/unit/audit", for_roles("staff", (_ROLE,), audit), methods=["GET", "POST"]),
)
