"""The demonstration's page: patient and therapist side by side, who they are, and the clock.

Its addresses exist in a demonstration alone. They show and change nothing that a session is needed for: who is who at the
unit, which the sign-in page shows too, and the clock, which every member of the staff may move.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from designtool.demonstration.people import PEOPLE
from designtool.demonstration.tour import tour_for
from designtool.demonstration.words import WORDS, say
from designtool.diagnostics import Text
from designtool.render.display import clock, day
from designtool.render.icons import icon
from designtool.runtime.audit import Deed
from designtool.runtime.routes.lists import row_of
from designtool.runtime.service import Service, refused_json
from designtool.runtime.store import Treatment
from designtool.treatment.days import local
from designtool.treatment.situate import situation
from designtool.treatment.state import State

PATH = "/demo"
STEPS_OF_THE_CLOCK = (1, 7)
"""In days."""
_ORDER = {person.id: number for number, person in enumerate(PEOPLE)}


@dataclass
class Demonstration:
    service: Service
    _counted: dict[str, tuple[int, dict[str, int]]] = field(default_factory=dict)
    """By treatment: how many events have been counted, and how many of them by each role."""

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(PATH, self.page),
            Route(f"{PATH}/state", self.state),
            Route(f"{PATH}/clock", self.move_clock, methods=["POST"]),
        )

    async def page(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(self._page))

    async def state(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self.shown))

    async def move_clock(self, request: Request) -> Response:
        try:
            days = json.loads(await request.body())["days"]
        except (ValueError, TypeError, KeyError, RecursionError):
            days = None
        if isinstance(days, bool) or days not in STEPS_OF_THE_CLOCK:
            return refused_json(self.service, 422, "malformed")
        return JSONResponse(await run_in_threadpool(self._moved, days))

    def _moved(self, days: int) -> dict[str, Any]:
        service = self.service
        service.treatments.move_clock(service.clock.now() + timedelta(days=days))
        deed = Deed(service.clock.now(), "demonstration", "unit-administrator", "", "move-clock", f"{days} days")
        service.store.write_down(deed)
        return self.shown()

    def _page(self) -> str:
        language, pages = self.service.language, self.service.pages
        state = self.shown()

        def said(key: str, **facts: str | int) -> str:
            return say(language, key, **facts)

        def words(text: Text) -> str:
            return text.in_language(language)

        template = pages.templates.environment.get_template("runtime/demo.html")
        facts = {
            "language": language,
            "say": said,
            "words": words,
            "icon": icon,
            "notices": pages.notices,
            "state": state,
            "staff": [user for user in self.service.store.users() if user.role != "patient"],
            "tour": tour_for({one["id"] for one in state["people"]}),
            "kept_words": {key: WORDS[key].in_language(language) for key in _WORDS_OF_THE_SCRIPT},
        }
        return template.render(facts) + "\n"

    def shown(self) -> dict[str, Any]:
        """What the page shows around the frames, and how many events each role has made: a frame that has seen fewer is old."""
        service = self.service
        treatments = service.store.treatments()
        states = service.treatments.states(treatments)
        now = local(service.clock.now())
        treatments = tuple(sorted(treatments, key=lambda one: (_ORDER.get(one.id, len(_ORDER)), one.id)))
        return {
            "now": say(
                service.language, "date", day=day(now.date(), service.language), time=clock(now, service.language)
            ),
            "date": now.date().isoformat(),
            "people": [self._person(one, states[one.id]) for one in treatments],
            "events": self._events(treatments),
        }

    def _person(self, treatment: Treatment, state: State) -> dict[str, Any]:
        row = row_of(self.service, treatment, state, self.service.clock.now())
        return {
            "id": treatment.id,
            "name": row.name,
            "patient": treatment.patient,
            "staff": state.therapist or min(treatment.staff),
            "line": self._line(treatment, state),
            "is-red": row.red > 0 and row.phase == "under-way",
            "has-pages": row.phase in ("under-way", "ended"),
        }

    def _line(self, treatment: Treatment, state: State) -> str:
        """One line about a person: where they are, and what there is to do first."""
        language = self.service.language
        now = self.service.clock.now()
        row = row_of(self.service, treatment, state, now)
        if row.phase == "ended":
            return say(language, "has-ended", program=row.program)
        if row.phase != "under-way":
            return say(language, "not-started", program=row.program)
        week = say(language, "in-week", week=row.week, program=row.program)
        first = self._first(treatment, state, row.red)
        return f"{week} – {first}" if first else week

    def _first(self, treatment: Treatment, state: State, red: int) -> str:
        language = self.service.language
        program = self.service.programs[state.digest]
        if red:
            return say(language, "has-red-flag")
        proposed = next((id for id, one in state.decisions.items() if one.proposal is not None), "")
        if proposed:
            return say(language, "has-proposal", title=program.exercise[proposed].title)
        stands = situation(state, self.service.programs, self.service.clock.now())
        if stands.day == 0:
            return say(language, "just-started")
        today = stands.now.date()
        diaries = [stands.forms[one.id] for one in program.exercises if one.kind == "diary"]
        if any(today in one.open_dates and all(record.dated != today for record in one.records) for one in diaries):
            return say(language, "has-diary")
        return say(language, "has-module") if any(one.status == "submitted" for one in stands.modules) else ""

    def _events(self, treatments: tuple[Treatment, ...]) -> Mapping[str, int]:
        counted = {one.id: self._counted.get(one.id, (0, {})) for one in treatments}
        behind = {one.id: counted[one.id][0] for one in treatments if counted[one.id][0] < one.count}
        for id, events in self.service.store.events_of(behind).items() if behind else ():
            roles = dict(counted[id][1])
            for stored in events:
                roles[stored.event.role] = roles.get(stored.event.role, 0) + 1
            counted[id] = self._counted[id] = (behind[id] + len(events), roles)
        total = {"patient": 0, "therapist": 0, "administrator": 0, "system": 0}
        for _, roles in counted.values():
            for role, number in roles.items():
                total[role] += number
        return total


_WORDS_OF_THE_SCRIPT = ("moving", "moved", "lost", "patient-frame", "staff-frame", "step")
