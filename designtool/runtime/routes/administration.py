"""The patient administrator: who comes in, and who takes care of them. Never what a patient writes."""

from __future__ import annotations

import secrets

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.runtime.access import born_by_identity, sight_of_administrator
from designtool.runtime.routes.lists import row_of
from designtool.runtime.service import Call, for_roles
from designtool.runtime.store import Conflict, IdentityTaken, Treatment, User
from designtool.treatment import commands
from designtool.treatment.commands import Refusal
from designtool.treatment.events import Event, Registered

_LONGEST_NAME = 80
_MOST_TRIES = 20


def administration(call: Call) -> Response:
    service, session = call.service, call.session
    service.store.write_down(session.deed(service.clock.now(), "read", "administration"))
    return _overview(call, (), 200)


def register(call: Call) -> Response:
    """A new patient with a new treatment, which waits for assessment."""
    service, session = call.service, call.session
    now, unit = service.clock.now(), session.user.unit
    activation = next((one for one in service.store.activations(unit) if one.digest == call.first("program")), None)
    name, identity = " ".join(call.first("name").split()), call.first("identity").strip()
    born = born_by_identity(identity)
    identity = identity.replace("-", "")
    therapists = _therapists(call)
    entry = call.first("entry")
    problems = [
        key
        for key, wrong in (
            ("wrong-name", not 0 < len(name) <= _LONGEST_NAME or not name.isprintable()),
            ("wrong-identity", born is None),
            ("wrong-entry", entry not in ("referral", "self-referral")),
            ("wrong-program", activation is None),
            ("wrong-therapist", therapists is None),
        )
        if wrong
    ]
    if problems or activation is None or therapists is None or entry not in ("referral", "self-referral"):
        return _overview(call, tuple(problems), 422)
    if service.why_not_begin(activation.digest) is not None:
        return _overview(call, ("not-trusted",), 422)
    patient = User(f"p-{secrets.token_hex(6)}", unit, "patient", name, identity)
    program = service.programs.program(activation.digest)
    way_in: Registered = Registered(name, program.id, "referral" if entry == "referral" else "self-referral", born)
    outcome = commands.register(activation.digest, program, now, session.actor, way_in)
    assert not isinstance(outcome, Refusal), "the program is the one that was activated"
    treatment = Treatment(
        secrets.token_hex(8), unit, activation.digest, patient.id, therapists | {session.user.id}, len(outcome)
    )
    deed = session.deed(now, "register", "administration", treatment)
    try:
        service.store.add_treatment(treatment, outcome, deed, patient)
    except IdentityTaken:
        return _overview(call, ("taken-identity",), 422)
    return RedirectResponse(f"/administration/{treatment.id}", 303)


def one_treatment(call: Call) -> Response:
    """Who has to do with a treatment."""
    service, session = call.service, call.session
    treatment = service.treatment(call.path["treatment"], session)
    if sight_of_administrator(session.user, treatment) is None:
        raise service.deny(session, treatment)
    problems: tuple[str, ...] = ()
    if call.request.method == "POST":
        therapists = _therapists(call)
        if therapists is not None:
            _assign(call, treatment, therapists)
            return RedirectResponse(f"/administration/{treatment.id}?saved=yes", 303)
        problems = ("wrong-therapist",)
    else:
        service.store.write_down(session.deed(service.clock.now(), "read", "administration", treatment))
    state, now = service.treatments.state(treatment), service.clock.now()
    facts = {
        "row": row_of(service, treatment, state, now),
        "therapists": [user for user in service.store.users(session.user.unit) if user.role == "therapist"],
        "responsible": state.therapist,
        "staff": treatment.staff,
        "problems": problems,
        "saved": call.request.query_params.get("saved") == "yes",
    }
    return service.pages.page("one_treatment", session, facts, now, 422 if problems else 200)


def _assign(call: Call, treatment: Treatment, therapists: frozenset[str]) -> None:
    service, session = call.service, call.session
    administrators = {
        user.id for user in service.store.users(treatment.unit) if user.role == "patient-administrator"
    } & treatment.staff
    for _ in range(_MOST_TRIES):
        state, now = service.treatments.state(treatment), service.clock.now()
        events: tuple[Event, ...] = ()
        responsible = call.first("responsible")
        if responsible != state.therapist:
            outcome = commands.reassign(state, service.programs[state.digest], now, session.actor, responsible)
            assert not isinstance(outcome, Refusal), "an administrator may reassign"
            events = outcome
        deed = session.deed(now, "assign", "administration", treatment)
        try:
            service.store.set_staff(treatment.id, therapists | administrators, state.count, events, deed)
            return
        except Conflict:
            treatment = service.treatment(treatment.id, session)
    raise Conflict(f"{treatment.id}: never quiet enough to be written to")


def _therapists(call: Call) -> frozenset[str] | None:
    """The responsible therapist and the others that were chosen; None when one is no therapist of the unit."""
    known = {user.id for user in call.service.store.users(call.session.user.unit) if user.role == "therapist"}
    chosen = {call.first("responsible"), *call.sent.get("therapist", ())}
    return frozenset(chosen) if chosen <= known else None


def _overview(call: Call, problems: tuple[str, ...], status: int) -> Response:
    service, session = call.service, call.session
    unit, now = session.user.unit, service.clock.now()
    treatments = [one for one in service.store.treatments_of_unit(unit) if sight_of_administrator(session.user, one)]
    states = service.treatments.states(treatments)
    rows = [row_of(service, one, states[one.id], now) for one in treatments]
    titles = {bundle.digest: f"{bundle.title} {bundle.version}" for bundle in service.store.bundles()}
    facts = {
        "rows": sorted(rows, key=lambda row: (row.phase == "ended", row.name)),
        "programs": [(one.digest, titles[one.digest]) for one in service.store.activations(unit)],
        "recalled": service.recalls.told(titles),
        "therapists": [user for user in service.store.users(unit) if user.role == "therapist"],
        "problems": problems,
        "sent": {name: call.first(name) for name in ("name", "identity", "entry", "program", "responsible")},
        "others": call.sent.get("therapist", ()),
        "movable": service.clock.movable,
    }
    return service.pages.page("administration", session, facts, now, status)


ROUTES = (
    Route("/administration", for_roles("staff", ("patient-administrator",), administration)),
    Route("/administration/register", for_roles("staff", ("patient-administrator",), register), methods=["POST"]),
    Route(
        "/administration/{treatment}",
        for_roles("staff", ("patient-administrator",), one_treatment),
        methods=["GET", "POST"],
    ),
)
