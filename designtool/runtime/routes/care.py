"""Where a treatment begins and ends: assessment, decision, start and end. A therapist of the treatment does all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.compare.migrate import Moving, moving
from designtool.diagnostics import Text
from designtool.model.migration import version_key
from designtool.model.program import Program
from designtool.runtime.access import sight_of_therapist
from designtool.runtime.permitting import NotPermitted
from designtool.runtime.routes.lists import row_of
from designtool.runtime.service import Call, Stop, for_roles
from designtool.runtime.store import Treatment
from designtool.runtime.words import WORDS
from designtool.treatment import commands
from designtool.treatment.clock import clock_events
from designtool.treatment.commands import Outcome, Problem, Refusal
from designtool.treatment.days import local_date
from designtool.treatment.events import Event
from designtool.treatment.state import State, fold

_ACTIONS = ("assess", "decide", "start", "end")


@dataclass(frozen=True, slots=True)
class Newer:
    """A later version that is activated at the unit, and what would become of this patient."""

    digest: str
    version: str
    moving: Moving


def care(call: Call) -> Response:
    service, session = call.service, call.session
    treatment = service.treatment(call.path["treatment"], session)
    if sight_of_therapist(session.user, treatment, service.treatments.state(treatment)) != "all":
        raise service.deny(session, treatment)
    now = service.clock.now()
    problems: tuple[Problem, ...] = ()
    if call.request.method == "POST":
        action = call.first("action")
        if action == "move":
            return _move(call, treatment)
        has_decided = action != "decide" or call.first("accepted") in ("yes", "no")
        if action not in _ACTIONS or not has_decided:
            raise Stop(422, "malformed", session)

        def work(state: State, program: Program, now: datetime) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
            outcome = _outcome(call, action, state, program, now)
            return ((), outcome.problems) if isinstance(outcome, Refusal) else (outcome, ())

        deed = session.deed(now, action, "care", treatment)
        try:
            _, problems = service.treatments.act(treatment, work, deed, session.device)
        except NotPermitted as refused:
            why = refused.permission.why
            assert why is not None, "what is not permitted says why"
            service.store.write_down(session.deed(now, "refused-start", refused.permission.code, treatment))
            return _page(call, treatment, [why])
        if not problems:
            return RedirectResponse(f"/t/{treatment.id}/care?saved=yes", 303)
    else:
        service.store.write_down(session.deed(now, "read", "care", treatment))
    return _page(call, treatment, [problem.message for problem in problems])


def _page(call: Call, treatment: Treatment, problems: list[Text]) -> Response:
    service, session = call.service, call.session
    state, now = service.treatments.current(treatment)
    newer = _newer(call, treatment, state, now)
    paused, then = (
        service.recalls.about(digest).paused for digest in (state.digest, newer.digest if newer else state.digest)
    )
    facts = {
        "row": row_of(service, treatment, state, now),
        "problems": problems,
        "newer": newer,
        "move_opens": bool(paused - then),
        "stopped": _stopped(call, state),
        "recalled": service.recalls.about(state.digest).told(local_date(now))
        if state.phase not in ("ended", "erased")
        else (),
        "text": call.first("text"),
        "saved": call.request.query_params.get("saved") == "yes",
    }
    return service.pages.page("care", session, facts, now, 422 if problems else 200)


def _stopped(call: Call, state: State) -> Text | None:
    """Why the treatment cannot start. That its version is recalled is told by itself."""
    return call.service.permits.permission(state.digest).why if state.phase == "decision" else None


def _newer(call: Call, treatment: Treatment, state: State, now: datetime) -> Newer | None:
    """The latest activated version of the patient's program that is later than theirs."""
    programs = call.service.programs
    own = programs[state.digest]
    later = [
        one.digest
        for one in call.service.store.activations(treatment.unit)
        if one.program == own.id
        and version_key(programs[one.digest].version) > version_key(own.version)
        # Whoever is in treatment stays where they are before they are moved to what has been recalled.
        and call.service.permits.permission(one.digest).code != "recalled"
    ]
    if not later or state.phase == "ended":
        return None
    digest = max(later, key=lambda digest: version_key(programs[digest].version))
    upgrade = programs.upgrade(state.digest, digest)
    return Newer(digest, upgrade.new.version, moving(state, upgrade, now, call.session.actor.id))


def _move(call: Call, treatment: Treatment) -> Response:
    """To the version that was shown, if what would become of the patient is still what was shown."""
    service, session = call.service, call.session

    def work(state: State, program: Program, now: datetime) -> tuple[tuple[Event, ...], bool]:
        brought = clock_events(state, service.programs, now)
        newer = _newer(call, treatment, fold(brought, service.programs, state), now)
        as_shown = newer is not None and (newer.digest, newer.moving.outcome) == (
            call.first("digest"),
            call.first("outcome"),
        )
        if newer is None or not as_shown or not newer.moving.events:
            return (), False
        return (*brought, *newer.moving.events), True

    deed = session.deed(service.clock.now(), "move", "care", treatment)
    _, has_moved = service.treatments.act(treatment, work, deed, session.device)
    if has_moved:
        return RedirectResponse(f"/t/{treatment.id}/care?saved=yes", 303)
    return _page(call, service.treatment(treatment.id, session), [WORDS["not-moved"]])


def _outcome(call: Call, action: str, state: State, program: Program, now: datetime) -> Outcome:
    actor, text = call.session.actor, call.first("text")
    match action:
        case "assess":
            return commands.assess(state, program, now, actor, text)
        case "decide":
            return commands.decide(state, program, now, actor, call.first("accepted") == "yes", text[:2000])
        case "start":
            return commands.start_treatment(state, program, now, actor, actor.id)
        case _:
            return commands.end_treatment(state, program, now, actor, text)


ROUTES = (Route("/t/{treatment}/care", for_roles("staff", ("therapist",), care), methods=["GET", "POST"]),)
