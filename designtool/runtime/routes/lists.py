"""The start pages: the patient's own treatments, the therapist's patients, and the clock of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.runtime.access import standing_red_flags
from designtool.runtime.service import Call, Service, Stop, for_roles
from designtool.runtime.store import Treatment, User
from designtool.treatment.days import local_date, week_of
from designtool.treatment.state import State

_START = {
    "patient": "/mine",
    "therapist": "/patients",
    "patient-administrator": "/administration",
    "unit-administrator": "/unit",
}
_LONGEST_STEP_DAYS = 60


def start_of(user: User) -> str:
    return _START[user.role]


@dataclass(frozen=True, slots=True)
class Row:
    """A treatment in a list."""

    id: str
    name: str
    program: str
    phase: str
    """The last part of its words' name."""
    week: int
    weeks: int
    red: int
    yellow: int
    to_answer: int
    """Modules that wait for feedback, decisions that wait to be confirmed and are not stopped, and unanswered messages."""
    last_seen: datetime | None
    recalled: str
    """How strictly the version is recalled, of a treatment that has not ended: `stop-use`, `no-new-patients`, `info`, or empty."""


def row_of(service: Service, treatment: Treatment, state: State, now: datetime) -> Row:
    program = service.programs[state.digest]
    standing = [flag for flag in state.flags if flag.acknowledged_at is None]
    phase = "declined" if state.phase == "decision" and not state.accepted else state.phase
    modules = sum(1 for module in state.modules.values() if module.submitted_at and not module.feedback_at)
    recalled = service.recalls.about(state.digest)
    notices, paused = recalled.notices, recalled.paused
    decisions = sum(1 for id, one in state.decisions.items() if one.proposal is not None and id not in paused)
    message = bool(state.messages) and state.messages[-1].actor == "patient"
    return Row(
        id=treatment.id,
        name=state.patient,
        program=program.title,
        phase=phase,
        week=week_of((local_date(now) - local_date(state.started_at)).days) if state.started_at else 0,
        weeks=program.weeks,
        red=standing_red_flags(state),
        yellow=sum(flag.level == "yellow" for flag in standing),
        to_answer=modules + decisions + message,
        last_seen=state.last_seen,
        recalled=notices[0].level if notices and state.phase not in ("ended", "erased") else "",
    )


def mine(call: Call) -> Response:
    service, session = call.service, call.session
    treatments = service.store.treatments_of_patient(session.user.id)
    states = service.treatments.states(treatments)
    rows = [row_of(service, one, states[one.id], service.clock.now()) for one in treatments]
    readable = [row for row in rows if row.phase in ("under-way", "ended")]
    service.store.write_down(session.deed(service.clock.now(), "read", "mine"))
    if len(rows) == 1 and readable:
        return RedirectResponse(f"/t/{rows[0].id}/patient/home", 303)
    return service.pages.page("mine", session, {"rows": rows}, service.clock.now())


def patients(call: Call) -> Response:
    service, session = call.service, call.session
    treatments = service.store.treatments_of_unit(session.user.unit)
    for treatment in treatments:
        if session.user.id in treatment.staff:
            service.treatments.current(treatment)
    states, now = service.treatments.states(treatments), service.clock.now()
    own = [row_of(service, one, states[one.id], now) for one in treatments if session.user.id in one.staff]
    others = [row_of(service, one, states[one.id], now) for one in treatments if session.user.id not in one.staff]
    own.sort(key=lambda row: (row.phase == "ended", -row.red, -row.yellow, -row.to_answer, row.name))
    digests = {
        states[one.id].digest
        for one in treatments
        if session.user.id in one.staff and states[one.id].phase not in ("ended", "erased")
    }
    facts = {
        "own": own,
        "others": [row for row in others if row.red],
        "recalled": service.recalls.told(digests, local_date(now)),
        "movable": service.clock.movable,
    }
    service.store.write_down(session.deed(now, "read", "patients"))
    return service.pages.page("patients", session, facts, now)


def move_clock(call: Call) -> Response:
    """Only a demonstration has a clock that can be moved, and only forward."""
    service = call.service
    if not service.clock.movable:
        raise Stop(404, "not-found", call.session)
    days = call.first("days")
    if not (days.isascii() and days.isdigit() and len(days) < 4 and 0 < int(days) <= _LONGEST_STEP_DAYS):
        raise Stop(422, "malformed", call.session)
    service.treatments.move_clock(service.clock.now() + timedelta(days=int(days)))
    service.store.write_down(call.session.deed(service.clock.now(), "move-clock", f"{int(days)} days"))
    return RedirectResponse(start_of(call.session.user), 303)


ROUTES = (
    Route("/mine", for_roles("patient", ("patient",), mine)),
    Route("/patients", for_roles("staff", ("therapist",), patients)),
    Route(
        "/demonstration/clock",
        for_roles("staff", ("therapist", "patient-administrator", "unit-administrator"), move_clock),
        methods=["POST"],
    ),
)
