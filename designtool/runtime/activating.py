"""Letting a care unit use a program: what must be in place first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from designtool.diagnostics import Text
from designtool.runtime.audit import Deed
from designtool.runtime.store import Activation, CareUnit, Store

FEWEST_THERAPISTS = 2
"""So that somebody is there when one of them is away."""


class NotReady(Exception):
    """Something is missing before the program can be activated."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Readiness:
    therapists: int
    routine: str
    responsible: str

    @property
    def has_therapists(self) -> bool:
        return self.therapists >= FEWEST_THERAPISTS

    @property
    def has_routine(self) -> bool:
        return bool(self.routine and self.responsible)


def readiness(store: Store, unit: CareUnit) -> Readiness:
    therapists = sum(user.role == "therapist" for user in store.users(unit.id))
    return Readiness(therapists, unit.risk_routine, unit.risk_responsible)


def activate(store: Store, unit: CareUnit, digest: str, signed_off: bool, at: datetime, deed: Deed) -> Activation:
    """From now on new treatments at the unit are made with this bundle. Those under way stay with theirs.

    Raises NotReady while something is missing.
    """
    bundle = next((one for one in store.bundles() if one.digest == digest), None)
    if bundle is None:
        raise NotReady(Text("paketet är inte importerat", "the bundle has not been imported"))
    ready = readiness(store, unit)
    if not ready.has_therapists:
        raise NotReady(Text("enheten har färre än två behandlare", "the unit has fewer than two therapists"))
    if not ready.has_routine:
        raise NotReady(
            Text(
                "enheten saknar en namngiven rutin vid risk, med någon som ansvarar",
                "the unit lacks a named routine for risk, with somebody responsible",
            )
        )
    if not signed_off:
        raise NotReady(Text("ingen har godkänt programmet för enheten", "nobody has approved the program for the unit"))
    checklist = {
        "therapists": ready.therapists,
        "risk-routine": ready.routine,
        "risk-responsible": ready.responsible,
        "signed-off-by": deed.user,
    }
    activation = Activation(unit.id, bundle.program, digest, at, deed.user, checklist)
    store.activate(activation, deed)
    return activation
