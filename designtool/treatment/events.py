"""What happens in a treatment. Events are all that is stored; everything else is worked out from them.

`Event` says when, who and under which bundle; `what` says what happened. One table, `KINDS`, names every kind, and one
codec, `to_json` and `from_json`, writes and reads them all.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from designtool.diagnostics import Text
from designtool.model.codec import decode_fraction, encode_fraction
from designtool.model.flow import Level
from designtool.treatment.json_values import MalformedEvent, frozen_json, plain_json

Role = Literal["patient", "therapist", "administrator", "system"]
"""Who acts. `system` is the clock of the care unit."""


@dataclass(frozen=True, slots=True)
class Registered:
    patient: str
    """The name shown on pages."""
    program: str
    entry: Literal["referral", "self-referral"]
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    summary: str


@dataclass(frozen=True, slots=True)
class Decided:
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Started:
    """Its local date is day 0."""

    therapist: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A module's door opened because its time had come and all that it waits for was done."""

    module: str
    on: date


@dataclass(frozen=True, slots=True)
class OpenedByTherapist:
    """Also lifts what `Held` and `Hidden` did."""

    module: str


@dataclass(frozen=True, slots=True)
class Held:
    module: str


@dataclass(frozen=True, slots=True)
class Hidden:
    module: str


@dataclass(frozen=True, slots=True)
class ModuleChosen:
    """In a module where the patient chooses one of several: which."""

    module: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One field as it was typed. `copy` tells the filled copies of a form apart, see `forms.copy_to_fill`."""

    form: str
    copy: str
    field: str
    value: Any
    """JSON in canonical form; None: taken back."""
    dated: date | None = None
    """Of a diary: the date of the entry."""


@dataclass(frozen=True, slots=True)
class StoredScore:
    value: Fraction | None
    status: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A finished copy: the answers as they were, and what was computed from them then."""

    form: str
    copy: str
    dated: date
    answers: Mapping[str, Any] = field(hash=False)
    scores: Mapping[str, StoredScore] = field(hash=False)
    values: Mapping[str, Any] = field(hash=False)
    """Computed values, as JSON."""
    statuses: Mapping[str, str] = field(hash=False)
    """Items that are skipped, declined or not asked."""
    hidden: tuple[str, ...] = ()
    occasions: tuple[str, ...] = ()
    """The planned measurements that this answers."""


@dataclass(frozen=True, slots=True)
class ModuleSubmitted:
    module: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A planned measurement that was not made in its time."""

    questionnaire: str
    occasion: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    text: str


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    module: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionProposed:
    decision: str
    value: Fraction
    measure: Fraction | None
    entries: int
    reason: Text


@dataclass(frozen=True, slots=True)
class DecisionConfirmed:
    decision: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class DecisionDeclined:
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionExpired:
    """A proposal that nobody reviewed before it was time for the next one."""

    decision: str


@dataclass(frozen=True, slots=True)
class DecisionStopped:
    """The patient's stop: the usual times are back until a therapist has signed."""

    decision: str


@dataclass(frozen=True, slots=True)
class ContraindicationSigned:
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class FlagRaised:
    flag: str
    level: Level
    form: str
    copy: str
    about: tuple[str, ...]
    values: Mapping[str, Any] = field(hash=False)
    message: Text
    to: str
    patient_page: str
    escalate_at: datetime | None


@dataclass(frozen=True, slots=True)
class FlagDowngraded:
    flag: int
    """Number of the event that raised it."""
    level: Level
    values: Mapping[str, Any] = field(hash=False)
    """The corrected answers; those that raised it stay with the flag."""


@dataclass(frozen=True, slots=True)
class FlagNotified:
    """Somebody was told that there is a flag, without clinical content."""

    flag: int
    to: Literal["duty", "second"]


@dataclass(frozen=True, slots=True)
class FlagEscalated:
    flag: int


@dataclass(frozen=True, slots=True)
class FlagAcknowledged:
    flag: int
    action: str
    signature: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder of the program was sent. `occasion` makes it unique: the same one is never sent twice."""

    occasion: str
    text: str


@dataclass(frozen=True, slots=True)
class Reassigned:
    therapist: str


@dataclass(frozen=True, slots=True)
class MovedToVersion:
    """From here on the treatment is pinned to another bundle of its program. The event itself is the last under the old one."""

    to: str
    """The digest of that bundle."""
    earlier: str
    """The version that it leaves."""
    later: str


@dataclass(frozen=True, slots=True)
class Ended:
    reason: str


Happening = (
    Registered
    | Assessed
    | Decided
    | Started
    | Opened
    | OpenedByTherapist
    | Held
    | Hidden
    | ModuleChosen
    | Answered
    | Submitted
    | ModuleSubmitted
    | Missed
    | MessageSent
    | FeedbackGiven
    | DecisionProposed
    | DecisionConfirmed
    | DecisionDeclined
    | DecisionExpired
    | DecisionStopped
    | ContraindicationSigned
    | FlagRaised
    | FlagDowngraded
    | FlagNotified
    | FlagEscalated
    | FlagAcknowledged
    | Reminded
    | Reassigned
    | MovedToVersion
    | Ended
)

KINDS: Mapping[str, type[Happening]] = types.MappingProxyType(
    {
        "registered": Registered,
        "assessed": Assessed,
        "decided": Decided,
        "started": Started,
        "opened": Opened,
        "opened-by-therapist": OpenedByTherapist,
        "held": Held,
        "hidden": Hidden,
        "module-chosen": ModuleChosen,
        "answered": Answered,
        "submitted": Submitted,
        "module-submitted": ModuleSubmitted,
        "missed": Missed,
        "message": MessageSent,
        "feedback": FeedbackGiven,
        "decision-proposed": DecisionProposed,
        "decision-confirmed": DecisionConfirmed,
        "decision-declined": DecisionDeclined,
        "decision-expired": DecisionExpired,
        "decision-stopped-by-patient": DecisionStopped,
        "contraindication-signed": ContraindicationSigned,
        "flag-raised": FlagRaised,
        "flag-downgraded": FlagDowngraded,
        "flag-notified": FlagNotified,
        "flag-escalated": FlagEscalated,
        "flag-acknowledged": FlagAcknowledged,
        "reminded": Reminded,
        "reassigned": Reassigned,
        "moved-to-version": MovedToVersion,
        "ended": Ended,
    }
)
_KIND_OF = {happening: kind for kind, happening in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    """In UTC; any aware time is converted."""
    actor: str
    """Who did it: an identity of the service, never a name or an identity number."""
    role: Role
    digest: str
    """Of the bundle that the treatment was pinned to when it happened."""
    what: Happening

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise MalformedEvent("the time of an event must say in which zone it is")
        object.__setattr__(self, "at", self.at.astimezone(UTC))

    @property
    def kind(self) -> str:
        return _KIND_OF[type(self.what)]


def to_json(event: Event) -> dict[str, Any]:
    """The event as JSON values; the time in UTC."""
    return {
        "kind": event.kind,
        "at": _encode(event.at),
        "actor": event.actor,
        "role": event.role,
        "digest": event.digest,
        "data": {part.name: _encode(getattr(event.what, part.name)) for part in fields(event.what)},
    }


def from_json(data: object) -> Event:
    """The event that `to_json` wrote. Raises MalformedEvent for anything that it cannot have written."""
    content = _mapping(data, "event")
    unknown = set(content) - {"kind", "at", "actor", "role", "digest", "data"}
    if unknown:
        raise MalformedEvent(f"an event has no {', '.join(sorted(map(str, unknown)))}")
    kind = content.get("kind")
    happening = KINDS.get(kind) if isinstance(kind, str) else None
    if happening is None:
        raise MalformedEvent(f"no kind of event is called {kind!r}")
    return Event(
        at=_decode(datetime, content.get("at"), "at"),
        actor=_decode(str, content.get("actor"), "actor"),
        role=_decode(Role, content.get("role"), "role"),
        digest=_decode(str, content.get("digest"), "digest"),
        what=_decode_dataclass(happening, content.get("data"), str(kind)),
    )


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return encode_fraction(value)
    if isinstance(value, Text):
        return {"sv": value.sv, "en": value.en}
    if isinstance(value, StoredScore):
        return {"value": _encode(value.value), "status": value.status}
    if isinstance(value, Mapping):
        return {key: _encode(content) for key, content in value.items()}
    if isinstance(value, tuple | list):
        return [_encode(content) for content in value]
    return plain_json(value)


_HINTS: dict[type[Any], dict[str, Any]] = {kind: get_type_hints(kind) for kind in (*KINDS.values(), StoredScore)}


def _decode_dataclass(kind: type[Any], data: object, where: str) -> Any:
    content = _mapping(data, where)
    unknown = set(content) - {part.name for part in fields(kind)}
    if unknown:
        raise MalformedEvent(f"{where} has no {', '.join(sorted(map(str, unknown)))}")
    given: dict[str, Any] = {}
    for part in fields(kind):
        if part.name in content:
            given[part.name] = _decode(_HINTS[kind][part.name], content[part.name], f"{where}.{part.name}")
        elif part.default is MISSING:
            raise MalformedEvent(f"{where} lacks {part.name}")
    return kind(**given)


def _decode(hint: Any, data: object, where: str) -> Any:
    if hint is Any:
        return frozen_json(data, where)
    if hint in _PLAIN:
        return _PLAIN[hint](data, where)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        if not isinstance(data, str) or data not in arguments:
            raise MalformedEvent(f"{where} is {data!r}, not one of {', '.join(arguments)}")
        return data
    if origin in (Union, types.UnionType):
        of = next(argument for argument in arguments if argument is not type(None))
        return None if data is None else _decode(of, data, where)
    if origin is tuple:
        if not isinstance(data, list):
            raise MalformedEvent(f"{where} is no list")
        return tuple(_decode(arguments[0], content, f"{where}[{index}]") for index, content in enumerate(data))
    content = _mapping(data, where)
    return types.MappingProxyType(
        {key: _decode(arguments[1], value, f"{where}.{key}") for key, value in content.items()}
    )


def _mapping(data: object, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise MalformedEvent(f"{where} is no object")
    return data


def _text(data: object, where: str) -> str:
    if not isinstance(data, str):
        raise MalformedEvent(f"{where} is no text")
    return data


def _integer(data: object, where: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise MalformedEvent(f"{where} is no whole number")
    return data


def _truth(data: object, where: str) -> bool:
    if not isinstance(data, bool):
        raise MalformedEvent(f"{where} is neither true nor false")
    return data


def _number(data: object, where: str) -> Fraction:
    try:
        return decode_fraction(data)
    except ValueError as error:
        raise MalformedEvent(f"{where} is no number") from error


def _day(data: object, where: str) -> date:
    try:
        return date.fromisoformat(_text(data, where))
    except ValueError as error:
        raise MalformedEvent(f"{where} is no date") from error


def _moment(data: object, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(data, where))
    except ValueError as error:
        raise MalformedEvent(f"{where} is no time") from error
    if moment.tzinfo is None:
        raise MalformedEvent(f"{where} does not say in which zone")
    return moment.astimezone(UTC)


def _both_languages(data: object, where: str) -> Text:
    content = _mapping(data, where)
    return Text(_text(content.get("sv"), f"{where}.sv"), _text(content.get("en"), f"{where}.en"))


def _stored_score(data: object, where: str) -> StoredScore:
    stored: StoredScore = _decode_dataclass(StoredScore, data, where)
    return stored


_PLAIN: dict[Any, Callable[[object, str], Any]] = {
    str: _text,
    int: _integer,
    bool: _truth,
    Fraction: _number,
    date: _day,
    datetime: _moment,
    Text: _both_languages,
    StoredScore: _stored_score,
}
