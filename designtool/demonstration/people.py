"""The people of the demonstration and what they have done so far. All are invented.

What has happened to them is a program's own journey up to a step: the journeys are held to the program by
`designtool test`, so that a person of the demonstration can do nothing that a patient could not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Text
from designtool.model.journey import Act, Step
from designtool.model.program import Program
from designtool.runtime.audit import Deed
from designtool.runtime.first_people import STAFF, UNIT, activate_at_unit, add_unit, invented_identity
from designtool.runtime.service import Service
from designtool.runtime.store import StoredBundle, Treatment, User
from designtool.treatment.commands import Actor
from designtool.treatment.days import local, local_date, moment
from designtool.treatment.simulate import Simulation, step_moment

FIRST_THERAPIST, SECOND_THERAPIST, PATIENT_ADMINISTRATOR = STAFF[0], STAFF[1], STAFF[2]
_LAST_MINUTE = "23:59"


@dataclass(frozen=True, slots=True)
class Until:
    """Up to and with the steps of this day and time."""

    day: int
    time: str = _LAST_MINUTE


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    """Also the id of the treatment, so that its addresses can be read."""
    name: str
    born: date
    program: str
    therapist: User
    journey: str = ""
    """Of the program; empty for somebody who has just started."""
    until: Until = Until(0)
    day: int | None = None
    """Which day it is for this person now; None: the day of what happened last, or the next if it is earlier now."""
    changes: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """By day and form: answers other than the journey's, so that no two people have slept the same nights."""
    also: tuple[Step, ...] = ()
    """What happened besides."""
    ends: tuple[Until, str] | None = None
    """When the therapist ended the treatment, and why."""


def feedback(day: int, at: str, module: str, text: str) -> Step:
    details = MappingProxyType({"module": module, "text": text})
    return Step(day, at, (Act("therapist", "feedback", details=details),), None)


def night(bed: str, lights_out: str, sol: int, nwak: int, waso: int, final: str, out: str, felt: int) -> dict[str, Any]:
    answers = {"bed": bed, "lights_out": lights_out, "sol": sol, "nwak": nwak, "final": final, "out": out}
    return answers | {"quality": felt, "rested": felt} | ({"waso": waso} if nwak else {})


PEOPLE: tuple[Person, ...] = (
    Person(
        "leila",
        "Leila",
        date(1984, 3, 14),
        "somnbehandlingen",
        FIRST_THERAPIST,
        "natt-for-natt",
        Until(4),
        day=5,
        changes=MappingProxyType(
            {
                (1, "somndagbok"): night("22:45", "23:15", 55, 2, 40, "05:50", "07:00", 2),
                (2, "somndagbok"): night("22:30", "23:00", 70, 3, 55, "06:10", "07:10", 2),
                (3, "somndagbok"): night("23:15", "23:30", 25, 1, 20, "06:30", "06:50", 3),
                (4, "somndagbok"): night("22:15", "22:45", 80, 2, 60, "05:40", "07:05", 1),
            }
        ),
        also=(
            feedback(
                1,
                "09:10",
                "valkommen",
                "Välkommen, Leila! Tack för att du har svarat på frågorna. Börja med dagboken i morgon bitti – det räcker att gissa på ett ungefär.",
            ),
        ),
    ),
    Person(
        "gunnar",
        "Gunnar",
        date(1957, 11, 2),
        "somnbehandlingen",
        FIRST_THERAPIST,
        "natt-for-natt",
        Until(14, "19:00"),
        also=(
            feedback(
                1,
                "10:20",
                "valkommen",
                "Välkommen, Gunnar. Jag har läst dina svar och ser fram emot att följa din dagbok.",
            ),
        ),
    ),
    Person("tove", "Tove", date(1996, 6, 21), "somnbehandlingen", FIRST_THERAPIST),
    Person(
        "ingrid",
        "Ingrid",
        date(1971, 1, 30),
        "somnbehandlingen",
        FIRST_THERAPIST,
        "somnig-bilforare",
        Until(22, "08:00"),
        also=(
            feedback(1, "09:40", "valkommen", "Välkommen, Ingrid! Kör inte bil om du känner dig sömnig."),
            feedback(8, "10:00", "baslinje", "Vilket jobb du har gjort med dagboken. Nu vet vi hur nätterna ser ut."),
            feedback(15, "09:30", "sa-fungerar-somn", "Bra mål, Ingrid. Nu börjar vi med sömnfönstret."),
        ),
    ),
    Person(
        "pekka",
        "Pekka",
        date(1968, 9, 8),
        "somnbehandlingen",
        FIRST_THERAPIST,
        "natt-for-natt",
        Until(14),
        day=26,
        changes=MappingProxyType({(14, "somndagbok"): night("23:00", "23:30", 40, 2, 45, "06:15", "07:00", 3)}),
        ends=(Until(22, "11:00"), "Pekka sover bättre och vill avsluta. Vi har gått igenom planen för framtiden."),
        also=(feedback(1, "10:20", "valkommen", "Välkommen, Pekka!"),),
    ),
    Person("samir", "Samir", date(1990, 4, 17), "depressionshjalpen", SECOND_THERAPIST),
    Person(
        "elin",
        "Elin",
        date(1988, 12, 5),
        "depressionshjalpen",
        SECOND_THERAPIST,
        "vanlig-vag",
        Until(9),
        day=15,
        also=(
            feedback(
                2, "13:30", "valkommen", "Välkommen, Elin! Ditt mål om en middag i veckan är fint och lagom stort."
            ),
        ),
    ),
    Person(
        "jonas",
        "Jonas",
        date(1979, 8, 23),
        "depressionshjalpen",
        SECOND_THERAPIST,
        "hog-risk-vecka-2",
        Until(8),
        day=9,
        also=(
            feedback(
                1, "11:00", "valkommen", "Välkommen, Jonas. Verkstaden låter som ett bra mål. Vi tar det i små steg."
            ),
        ),
    ),
    Person(
        "birgitta",
        "Birgitta",
        date(1963, 2, 11),
        "depressionshjalpen",
        SECOND_THERAPIST,
        "vanlig-vag",
        Until(9),
        day=40,
        ends=(Until(24, "14:00"), "Birgitta mår bättre och fortsätter på egen hand. Vi har bokat en uppföljning."),
        also=(feedback(2, "13:30", "valkommen", "Välkommen, Birgitta! Vad bra att du har någon du kan ringa."),),
    ),
)
_SPARE_NAMES = ("Amina", "Love", "Marek", "Siv", "Noa", "Hassan", "Eli", "Maj")


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that a person of the demonstration wanted to do and could not."""

    person: str
    why: Text


def fill(service: Service, bundles: Iterable[StoredBundle]) -> tuple[Refused, ...]:
    """The unit, its staff, the activated programs and everybody's treatments until now, into an empty store."""
    add_unit(service)
    refused: list[Refused] = []
    count = 0
    for bundle in bundles:
        activate_at_unit(service, bundle)
        program = service.programs.program(bundle.digest)
        for person in people_of(program, count):
            refused += add(service, bundle.digest, program, person, count)
            count += 1
    return tuple(refused)


def people_of(program: Program, already: int) -> tuple[Person, ...]:
    """Those named above, where the program is theirs and has their journeys; else one who has just started, and one a journey.

    `already`: how many people there are before, so that names differ.
    """
    journeys = {journey.id: journey for journey in program.journeys}
    named = tuple(one for one in PEOPLE if one.program == program.id and (not one.journey or one.journey in journeys))
    if named:
        return named
    born = date(1985, 5, 5)
    made = []
    for number, journey in enumerate(("", *journeys), start=already):
        name = _SPARE_NAMES[number % len(_SPARE_NAMES)]
        last = journeys[journey].steps[-1].day if journey and journeys[journey].steps else 0
        made.append(Person(f"{name.lower()}-{number}", name, born, program.id, FIRST_THERAPIST, journey, Until(last)))
    return tuple(made)


def add(service: Service, digest: str, program: Program, person: Person, number: int) -> list[Refused]:
    """A patient with a treatment that has come as far as `person` says, and whose latest day is today."""
    now = service.clock.now()
    patient = User(f"p-{person.id}", UNIT.id, "patient", person.name, invented_identity(person.born, number))
    simulation, refused = played(person, program, digest, now)
    staff = frozenset({person.therapist.id, PATIENT_ADMINISTRATOR.id})
    treatment = Treatment(person.id, UNIT.id, digest, patient.id, staff, len(simulation.events))
    administrator = PATIENT_ADMINISTRATOR
    deed = Deed(now, administrator.id, administrator.role, UNIT.id, "register", "", treatment.id, patient.id)
    service.store.add_treatment(treatment, simulation.events, deed, patient)
    return refused


def played(person: Person, program: Program, digest: str, now: datetime) -> tuple[Simulation, list[Refused]]:
    """Everything that has happened to a person until now."""
    steps = _steps(person, program)
    simulation = Simulation(
        program,
        digest,
        _first_day(person, steps, local(now)),
        patient=person.name,
        therapist=person.therapist.id,
        acting_patient=Actor(f"p-{person.id}", "patient"),
        acting_therapist=Actor(person.therapist.id, "therapist"),
        signature=person.therapist.name,
        born=person.born,
    )
    told: list[Text] = []
    for step in steps:
        simulation.go_to(step_moment(step, simulation.first_day))
        for act in step.does:
            told += simulation.do(_changed(act, person.changes.get((step.day, act.target), {})))
    if person.ends is not None:
        end, why = person.ends
        simulation.go_to(moment(simulation.first_day + timedelta(days=end.day), time.fromisoformat(end.time)))
        told += simulation.end(why)
    simulation.go_to(now)
    return simulation, [Refused(person.id, why) for why in told]


def _steps(person: Person, program: Program) -> tuple[Step, ...]:
    journey = next((one for one in program.journeys if one.id == person.journey), None)
    last = (person.until.day, person.until.time)
    own = tuple(step for step in journey.steps if (step.day, step.time) <= last) if journey is not None else ()
    return tuple(sorted((*own, *person.also), key=lambda step: (step.day, step.time)))


def _first_day(person: Person, steps: tuple[Step, ...], now: datetime) -> date:
    if person.day is not None:
        return local_date(now) - timedelta(days=person.day)
    if not steps:
        return local_date(now)
    latest = steps[-1]
    is_to_come = time.fromisoformat(latest.time) > now.time()
    return local_date(now) - timedelta(days=latest.day + is_to_come)


def _changed(act: Act, answers: Mapping[str, Any]) -> Act:
    return replace(act, answers=MappingProxyType(dict(answers))) if answers else act
