"""A care unit to begin with, so that a service that was just started can be signed in to. All people are invented."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path

from designtool.runtime.access import check_digit
from designtool.runtime.activating import activate
from designtool.runtime.audit import Deed
from designtool.runtime.importing import import_bundle
from designtool.runtime.permitting import NotPermitted, used_up
from designtool.runtime.service import Service
from designtool.runtime.store import CareUnit, StoredBundle, Treatment, User, UsesSpent
from designtool.treatment import commands
from designtool.treatment.commands import Actor, Outcome, Refusal
from designtool.treatment.events import Event, Registered
from designtool.treatment.state import State, fold

UNIT = CareUnit("enheten", "Enheten för behandling på nätet", "Rutin vid självmordsrisk", "Enhetens jour")
STAFF = (
    User("b-1", UNIT.id, "therapist", "Robin Ek", "SE2321000000-T001"),
    User("b-2", UNIT.id, "therapist", "Sam Lind", "SE2321000000-T002"),
    User("pa-1", UNIT.id, "patient-administrator", "Charlie Berg", "SE2321000000-A001"),
    User("ea-1", UNIT.id, "unit-administrator", "Alex Holm", "SE2321000000-U001"),
)
_NAMES = ("Kim", "Mika", "Noa", "Love", "Lo", "Juno", "Vide", "Eli")
_BORN = date(1990, 1, 1)
_SERIAL = 980


def import_all(service: Service, paths: tuple[Path, ...]) -> tuple[StoredBundle, ...]:
    """Raises Refused and NotTaken as `import_bundle`, OSError for a file that cannot be read."""
    imported = []
    for path in paths:
        with open(path, "rb") as stream:
            deed = Deed(service.clock.now(), "command-line", "unit-administrator", "", "import")
            imported.append(import_bundle(stream, service.store, service.policy, deed, service.trust))
    service.refresh_crisis_page()
    return tuple(imported)


def add_unit(service: Service) -> None:
    """The unit and its staff: enough of them for a program to be activated."""
    service.store.add_unit(UNIT)
    for user in STAFF:
        service.store.add_user(user)


def activate_at_unit(service: Service, bundle: StoredBundle) -> None:
    """Signed off by the unit's administrator. What is active already is left alone. Raises NotPermitted."""
    if any(one.digest == bundle.digest for one in service.store.activations(UNIT.id)):
        return
    now, administrator = service.clock.now(), STAFF[3]
    deed = Deed(now, administrator.id, administrator.role, UNIT.id, "activate", bundle.digest)
    unit = service.store.unit(UNIT.id)
    assert unit is not None, "the unit was added before"
    permission = service.permits.permission(bundle.digest)
    if permission.why is not None:
        raise NotPermitted(permission)
    activate(service.store, unit, bundle.digest, True, now, deed)


def new_patient(number: int) -> User:
    """The invented patient with this number, from 0. Every one has a test identity number of their own."""
    name = _NAMES[number % len(_NAMES)] + (f" {number // len(_NAMES) + 1}" if number >= len(_NAMES) else "")
    return User(f"p-{secrets.token_hex(6)}", UNIT.id, "patient", name, invented_identity(_BORN, number))


def invented_identity(born: date, number: int) -> str:
    """A valid identity number of the test series: 20 on each day, and then the days that follow."""
    day = date.fromordinal(born.toordinal() + number // 20)
    nine = f"{day:%y%m%d}{_SERIAL + number % 20}"
    return f"{day:%Y%m%d}{nine[6:]}{check_digit(nine)}"


def start_patient(service: Service, bundle: StoredBundle, patient: User) -> str:
    """A new treatment for a new patient, assessed, offered and started now. Gives its id. Raises NotPermitted."""
    permission = service.permits.permission(bundle.digest)
    if permission.why is not None:
        raise NotPermitted(permission)
    program, now = service.programs.program(bundle.digest), service.clock.now()
    administrator, therapist = Actor(STAFF[2].id, "administrator"), Actor(STAFF[0].id, "therapist")
    registered = Registered(patient.name, program.id, "self-referral")
    events = _accepted(commands.register(bundle.digest, program, now, administrator, registered))

    def so_far() -> State:
        return fold(events, {bundle.digest: program})

    events += _accepted(commands.assess(so_far(), program, now, therapist, "Bedömd vid ett samtal."))
    events += _accepted(commands.decide(so_far(), program, now, therapist, True, "Programmet passar."))
    events += _accepted(commands.start_treatment(so_far(), program, now, therapist, therapist.id))
    staff = frozenset({STAFF[0].id, STAFF[2].id})
    treatment = Treatment(secrets.token_hex(8), UNIT.id, bundle.digest, patient.id, staff, len(events))
    deed = Deed(now, administrator.id, "patient-administrator", UNIT.id, "register", "", treatment.id, patient.id)
    try:
        service.store.add_treatment(treatment, events, deed, patient, permission.uses)
    except UsesSpent as error:
        raise NotPermitted(used_up()) from error
    return treatment.id


def _accepted(outcome: Outcome) -> tuple[Event, ...]:
    assert not isinstance(outcome, Refusal), outcome
    return outcome
