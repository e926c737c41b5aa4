"""Who somebody is, and what they may see."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from designtool.runtime.audit import Deed
from designtool.runtime.store import Store, Treatment, User
from designtool.treatment.commands import Actor
from designtool.treatment.state import State

Area = Literal["patient", "staff"]
"""Patients and staff sign in apart, each with a cookie of its own, so that a demonstration can show both in one browser."""
AREAS: tuple[Area, ...] = ("patient", "staff")
SESSION_HOURS = 8
Sight = Literal["all", "red-flags"]


class Identity(Protocol):
    """Says who somebody is. The simulation below lets a person be chosen; OpenID Connect can stand in its place."""

    def people(self) -> tuple[User, ...]:
        """Whom the sign-in page lets one choose; none where somebody else does the asking."""

    def identify(self, sent: Mapping[str, str]) -> User | None:
        """The person that the sign-in page, or a provider, has sent back."""


@dataclass(frozen=True)
class SimulatedSignIn:
    """For demonstrations alone: whoever comes is whom they say."""

    store: Store

    def people(self) -> tuple[User, ...]:
        return self.store.users()

    def identify(self, sent: Mapping[str, str]) -> User | None:
        return self.store.user(sent.get("person", ""))


@dataclass(frozen=True, slots=True)
class Session:
    user: User
    token: str = field(repr=False)
    """What the cookie holds."""

    @property
    def area(self) -> Area:
        return area_of(self.user)

    @property
    def csrf_token(self) -> str:
        """Known only to pages that were made for this session."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()

    @property
    def device(self) -> str:
        """Tells two devices of a person apart, and nothing else."""
        return session_hash(self.token)[:16]

    @property
    def actor(self) -> Actor:
        if self.user.role in ("patient", "therapist"):
            return Actor(self.user.id, "patient" if self.user.role == "patient" else "therapist")
        return Actor(self.user.id, "administrator")

    def deed(self, at: datetime, action: str, about: str = "", treatment: Treatment | None = None) -> Deed:
        return Deed(
            at=at,
            user=self.user.id,
            role=self.user.role,
            unit=treatment.unit if treatment else self.user.unit,
            action=action,
            about=about,
            treatment=treatment.id if treatment else "",
            patient=treatment.patient if treatment else "",
        )

    def csrf_fits(self, sent: str) -> bool:
        return hmac.compare_digest(sent.encode(errors="replace"), self.csrf_token.encode())


def area_of(user: User) -> Area:
    return "patient" if user.role == "patient" else "staff"


def cookie_name(area: Area) -> str:
    return f"designtool-{area}"


def open_session(store: Store, user: User, real_now: datetime, now: datetime) -> Session:
    """`real_now` counts the session's time, which no demonstration moves; `now` is what the log says."""
    session = Session(user, secrets.token_urlsafe(32))
    ends = real_now + timedelta(hours=SESSION_HOURS)
    store.add_session(session_hash(session.token), user.id, real_now, ends, session.deed(now, "sign-in"))
    return session


def find_session(store: Store, token: str, area: Area, real_now: datetime) -> Session | None:
    """The session of a cookie, when it has not ended and is of this area."""
    if not _TOKEN.fullmatch(token):
        return None
    return _session(store.session_user(session_hash(token), real_now), token, area)


def find_visit(
    store: Store, token: str, area: Area, real_now: datetime, treatment: str
) -> tuple[Session | None, Treatment | None]:
    """What `find_session` says, and the treatment with this id, with one question to the database."""
    if not _TOKEN.fullmatch(token):
        return None, None
    user, found = store.visit(session_hash(token), real_now, treatment)
    return _session(user, token, area), found


_TOKEN = re.compile("[A-Za-z0-9_-]{43}")


def _session(user: User | None, token: str, area: Area) -> Session | None:
    return Session(user, token) if user is not None and area_of(user) == area else None


def session_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sight_of_patient(user: User, treatment: Treatment) -> Sight | None:
    """The patient's own pages are the patient's alone."""
    return "all" if user.role == "patient" and treatment.patient == user.id else None


def sight_of_therapist(user: User, treatment: Treatment, state: State) -> Sight | None:
    """The treatment's therapists see all of it. A red flag that stands is seen by every therapist of the unit, and no more."""
    if user.role != "therapist" or user.unit != treatment.unit:
        return None
    if user.id in treatment.staff:
        return "all"
    return "red-flags" if standing_red_flags(state) else None


def sight_of_administrator(user: User, treatment: Treatment) -> Sight | None:
    """Who is in the treatment and who has to do with it; never what the patient writes."""
    concerned = user.unit == treatment.unit and user.id in treatment.staff
    return "all" if user.role == "patient-administrator" and concerned else None


def standing_red_flags(state: State) -> int:
    return sum(flag.level == "red" and flag.acknowledged_at is None for flag in state.flags)


def born_by_identity(identity: str) -> date | None:
    """Date of birth from a Swedish personal identity number of the series for tests; None for every other text.

    Numbers of real people are never taken: the reference runtime is not for the care of patients.
    """
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)-?(\d{3})(\d)", identity, re.ASCII)
    if found is None:
        return None
    year, month, day, serial, check = (int(part) for part in found.groups())
    if serial not in _TEST_SERIALS or check != check_digit("".join(found.groups()[:4])[2:]):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_TEST_SERIALS = frozenset({238, 239, *range(980, 1000)})


def check_digit(nine: str) -> int:
    """The last digit of an identity number, from the nine before it (two of the year)."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(number // 10 + number % 10 for number in doubled) % 10


@dataclass
class RateLimit:
    """So many attempts in so many seconds for each one who asks."""

    most: int
    seconds: float
    now: Callable[[], float] = time.monotonic
    _seen: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def allows(self, who: str) -> bool:
        now = self.now()
        recent = [at for at in self._seen.pop(who, []) if at > now - self.seconds]
        allowed = len(recent) < self.most
        self._seen[who] = [*recent, now] if allowed else recent
        while len(self._seen) > 10_000:
            self._seen.popitem(last=False)
        return allowed
