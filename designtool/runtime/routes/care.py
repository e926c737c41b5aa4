"""Where a treatment begins and ends: assessment, decision, start and end. A therapist of the treatment does all of them."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.model.program import Program
from designtool.runtime.access import sight_of_therapist
from designtool.runtime.routes.lists import row_of
from designtool.runtime.service import Call, Stop, for_roles
from designtool.treatment import commands
from designtool.treatment.commands import Outcome, Problem, Refusal
from designtool.treatment.events import Event
from designtool.treatment.state import State

_ACTIONS = ("assess", "decide", "start", "end")


def care(call: Call) -> Response:
    service, session = call.service, call.session
    treatment = service.treatment(call.path["treatment"], session)
    if sight_of_therapist(session.user, treatment, service.treatments.state(treatment)) != "all":
        raise service.deny(session, treatment)
    state, now = service.treatments.current(treatment)
    problems: tuple[Problem, ...] = ()
    if call.request.method == "POST":
        action = call.first("action")
        has_decided = action != "decide" or call.first("accepted") in ("yes", "no")
        if action not in _ACTIONS or not has_decided:
            raise Stop(422, "malformed", session)

        def work(state: State, program: Program, now: datetime) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
            outcome = _outcome(call, action, state, program, now)
            return ((), outcome.problems) if isinstance(outcome, Refusal) else (outcome, ())

        deed = session.deed(now, action, "care", treatment)
        state, problems = service.treatments.act(treatment, work, deed, session.device)
        if not problems:
            return RedirectResponse(f"/t/{treatment.id}/care?saved=yes", 303)
    else:
        service.store.write_down(session.deed(now, "read", "care", treatment))
    facts = {
        "row": row_of(service, treatment, state, now),
        "problems": [problem.message for problem in problems],
        "text": call.first("text"),
        "saved": call.request.query_params.get("saved") == "yes",
    }
    return service.pages.page("care", session, facts, now, 422 if problems else 200)


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
