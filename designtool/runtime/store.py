"""What the runtime keeps: one database, and beside it a folder of bundles named by their digests.

Each act is one transaction: its events and its line in the audit log are there together, or not at all. A method returns
when what it wrote is on the disk.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ScalarSelect,
    and_,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from designtool.runtime import schema
from designtool.runtime.audit import FIRST, Deed, Line, first_broken, sealed
from designtool.treatment.events import Event, MovedToVersion, from_json, to_json

UserRole = Literal["patient", "therapist", "patient-administrator", "unit-administrator"]
DATABASE_FILE = "runtime.sqlite"
BUNDLE_FOLDER = "bundles"
_BUSY_MILLISECONDS = 10_000
_ASKED_AT_ONCE = 200
_END_PREFIX = "agreement-end/"


class Conflict(Exception):
    """Somebody else has written to the treatment since it was looked at. Look again and retry."""


class IdentityTaken(Exception):
    """Somebody with this identity number is there already."""


class VersionTaken(Exception):
    """The same program and version is there with another digest."""


class UsesSpent(Exception):
    """As many treatments as the agreement allows have been started under it."""


class OtherSchema(Exception):
    """The database was made by another version of designtool."""


@dataclass(frozen=True, slots=True)
class CareUnit:
    id: str
    name: str
    risk_routine: str = ""
    """Name of the routine that the unit follows when somebody is at risk."""
    risk_responsible: str = ""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    unit: str
    role: UserRole
    name: str
    identity: str
    """A test identity number, or for staff an invented HSA id. Never shown in an address or a log."""


@dataclass(frozen=True, slots=True)
class StoredBundle:
    digest: str
    program: str
    version: str
    title: str
    trust: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class Activation:
    unit: str
    program: str
    digest: str
    at: datetime
    by: str
    checklist: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is known of a treatment beside its events."""

    id: str
    unit: str
    digest: str
    patient: str
    staff: frozenset[str]
    count: int
    """Events stored so far."""


@dataclass(frozen=True, slots=True)
class AgreementUse:
    """That a treatment is started under an agreement between regions."""

    agreement: str
    """Its digest."""
    most: int | None
    """How many treatments may be; None for any number."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    number: int
    device: str
    """Tells the patient's devices apart: of a session, never of a person."""
    event: Event


class Store:
    """Safe to use from several threads; several processes may share one database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        """Opens the database, and makes it when there is none. `url` names another one than the SQLite file in the folder.

        Raises OtherSchema for a database that another version of designtool has made.
        """
        self.folder = folder
        self.bundle_folder = folder / BUNDLE_FOLDER
        self.bundle_folder.mkdir(parents=True, exist_ok=True)
        place = make_url(url) if url else URL.create("sqlite", database=str(folder / DATABASE_FILE))
        self._engine = _engine(place)
        self._writer = self._engine.execution_options(writes=True)
        # SQLite lets one write at a time, and who waits for it sleeps in steps; in one process a lock hands over at once.
        self._writing = threading.Lock()
        with self._write() as connection:
            schema.METADATA.create_all(connection)
            found = connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == "schema"))
            if found is None:
                connection.execute(insert(schema.facts).values(name="schema", value=str(schema.SCHEMA_VERSION)))
        if found is not None and found != str(schema.SCHEMA_VERSION):
            self.close()
            raise OtherSchema(f"the database has schema {found}, this designtool knows {schema.SCHEMA_VERSION}")

    def close(self) -> None:
        self._engine.dispose()

    # Care units and people

    def add_unit(self, unit: CareUnit) -> None:
        with self._write() as connection:
            connection.execute(
                insert(schema.care_units).values(
                    id=unit.id,
                    name=unit.name,
                    risk_routine=unit.risk_routine,
                    risk_responsible=unit.risk_responsible,
                )
            )

    def units(self) -> tuple[CareUnit, ...]:
        with self._read() as connection:
            rows = connection.execute(select(schema.care_units).order_by(schema.care_units.c.id))
            return tuple(CareUnit(*row) for row in rows)

    def unit(self, id: str) -> CareUnit | None:
        with self._read() as connection:
            row = connection.execute(select(schema.care_units).where(schema.care_units.c.id == id)).first()
            return CareUnit(*row) if row else None

    def set_risk_routine(self, unit: str, routine: str, responsible: str, deed: Deed) -> None:
        with self._write() as connection:
            connection.execute(
                update(schema.care_units)
                .where(schema.care_units.c.id == unit)
                .values(risk_routine=routine, risk_responsible=responsible)
            )
            _write_down(connection, deed)

    def add_user(self, user: User) -> None:
        with self._write() as connection:
            _add_user(connection, user)

    def user(self, id: str) -> User | None:
        with self._read() as connection:
            row = connection.execute(_USERS.where(schema.users.c.id == id)).first()
            return User(*row) if row else None

    def users(self, unit: str | None = None) -> tuple[User, ...]:
        """Everyone, or everyone of a unit, by name."""
        chosen = _USERS if unit is None else _USERS.where(schema.users.c.unit == unit)
        with self._read() as connection:
            return tuple(User(*row) for row in connection.execute(chosen.order_by(schema.users.c.name)))

    def staff_names(self, unit: str) -> dict[str, str]:
        """Id to name, of all who work at a unit."""
        table = schema.users.c
        with self._read() as connection:
            rows = connection.execute(select(table.id, table.name).where(table.unit == unit, table.role != "patient"))
            return {row.id: row.name for row in rows}

    # Bundles and what is activated

    def add_bundle(self, bundle: StoredBundle, deed: Deed) -> None:
        """Its bytes lie in the folder already. The same digest again changes nothing. Raises VersionTaken."""
        table = schema.bundles.c
        same = and_(table.program == bundle.program, table.version == bundle.version)
        with self._write() as connection:
            known = connection.scalar(select(table.digest).where(or_(table.digest == bundle.digest, same)))
            if known == bundle.digest:
                return
            if known is not None:
                raise VersionTaken(f"{bundle.program} {bundle.version} is {known}")
            connection.execute(
                insert(schema.bundles).values(
                    digest=bundle.digest,
                    program=bundle.program,
                    version=bundle.version,
                    title=bundle.title,
                    trust=bundle.trust,
                    imported_at=moment_text(bundle.imported_at),
                    imported_by=deed.user,
                )
            )
            _write_down(connection, deed)

    def bundles(self) -> tuple[StoredBundle, ...]:
        """In the order of their import."""
        table = schema.bundles.c
        columns = (table.digest, table.program, table.version, table.title, table.trust, table.imported_at)
        with self._read() as connection:
            rows = connection.execute(select(*columns).order_by(table.imported_at, table.digest))
            return tuple(StoredBundle(*row[:5], imported_at=_moment(row[5])) for row in rows)

    def bundle_path(self, digest: str) -> Path:
        return self.bundle_folder / f"{digest.removeprefix('sha256:')}.dtb"

    def activate(self, activation: Activation, deed: Deed) -> None:
        with self._write() as connection:
            connection.execute(
                insert(schema.activations).values(
                    unit=activation.unit,
                    program=activation.program,
                    digest=activation.digest,
                    at=moment_text(activation.at),
                    by=activation.by,
                    checklist=json.dumps(dict(activation.checklist), ensure_ascii=False),
                )
            )
            _write_down(connection, deed)

    def activations(self, unit: str) -> tuple[Activation, ...]:
        """What holds at a unit: of each program the latest."""
        table = schema.activations.c
        latest = select(func.max(table.number)).where(table.unit == unit).group_by(table.program)
        columns = (table.unit, table.program, table.digest, table.at, table.by, table.checklist)
        with self._read() as connection:
            rows = connection.execute(select(*columns).where(table.number.in_(latest)).order_by(table.program))
            return tuple(
                Activation(row.unit, row.program, row.digest, _moment(row.at), row.by, json.loads(row.checklist))
                for row in rows
            )

    # Treatments

    def add_treatment(
        self,
        treatment: Treatment,
        events: Sequence[Event],
        deed: Deed,
        patient: User | None = None,
        uses: Sequence[AgreementUse] = (),
    ) -> None:
        """A new treatment with its first events; `patient`: also a new person, in the same transaction.

        `uses`: of a treatment that has started, the agreements that it is counted under. Raises IdentityTaken for a person who is
        there already, UsesSpent where an agreement has no use left.
        """
        with self._write() as connection:
            if patient is not None:
                if connection.scalar(select(schema.users.c.id).where(schema.users.c.identity == patient.identity)):
                    raise IdentityTaken("the identity number is in use")
                _add_user(connection, patient)
            connection.execute(
                insert(schema.treatments).values(
                    id=treatment.id, unit=treatment.unit, digest=treatment.digest, patient=treatment.patient
                )
            )
            _set_staff(connection, treatment.id, treatment.staff)
            _insert_events(connection, treatment.id, 0, events, "")
            _insert_uses(connection, treatment.id, uses)
            _write_down(connection, deed)

    def treatment(self, id: str) -> Treatment | None:
        with self._read() as connection:
            return _treatment(connection.execute(_ONE_TREATMENT, {"treatment": id}).all())

    def treatments_of_patient(self, user: str) -> tuple[Treatment, ...]:
        return self._treatments(schema.treatments.c.patient == user)

    def treatments_of_unit(self, unit: str) -> tuple[Treatment, ...]:
        return self._treatments(schema.treatments.c.unit == unit)

    def treatments(self) -> tuple[Treatment, ...]:
        return self._treatments()

    def set_staff(
        self, treatment: str, staff: Iterable[str], expected: int, events: Sequence[Event], deed: Deed
    ) -> None:
        """Who has to do with a treatment from now on, with the events that follow from it. Raises Conflict as `append`."""
        with self._write() as connection:
            _set_staff(connection, treatment, staff)
            _append(connection, treatment, expected, events, deed, "")

    def _treatments(self, *conditions: Any) -> tuple[Treatment, ...]:
        table = schema.treatments.c
        members = _MEMBERS.join(schema.treatments, table.id == schema.treatment_staff.c.treatment)
        with self._read() as connection:
            rows = connection.execute(_TREATMENTS.where(*conditions).order_by(table.id)).all()
            people: dict[str, set[str]] = {}
            for treatment, user in connection.execute(members.where(*conditions)) if rows else ():
                people.setdefault(treatment, set()).add(user)
        return tuple(
            Treatment(row[0], row[1], row[2], row[3], frozenset(people.get(row[0], ())), row[4] or 0) for row in rows
        )

    # Events

    def append(
        self,
        treatment: str,
        expected: int,
        events: Sequence[Event],
        deed: Deed | None,
        device: str = "",
        uses: Sequence[AgreementUse] = (),
    ) -> None:
        """Store the events of one act, after the `expected` ones that it was worked out from, and its line in the log.

        Raises Conflict when there are others by now; nothing has been written then. `deed`: None for what time alone brings.
        `uses`: of a start, the agreements that it is counted under. Raises UsesSpent where one of them has no use left.
        """
        with self._write() as connection:
            _append(connection, treatment, expected, events, deed, device)
            try:
                _insert_uses(connection, treatment, uses)
            except IntegrityError as error:
                raise Conflict("the next use has been taken") from error

    def events(self, treatment: str, after: int = 0) -> tuple[StoredEvent, ...]:
        return self.events_of({treatment: after}).get(treatment, ())

    def events_of(self, after: Mapping[str, int]) -> dict[str, tuple[StoredEvent, ...]]:
        """Of each treatment the events after a number, in order."""
        table = schema.events.c
        found: dict[str, list[StoredEvent]] = {}
        pairs = list(after.items())
        with self._read() as connection:
            for start in range(0, len(pairs), _ASKED_AT_ONCE):
                some = pairs[start : start + _ASKED_AT_ONCE]
                wanted = or_(*(and_(table.treatment == id, table.number > number) for id, number in some))
                query = select(table.treatment, table.number, table.device, table.body).where(wanted)
                for row in connection.execute(query.order_by(table.treatment, table.number)):
                    stored = StoredEvent(row.number, row.device, from_json(json.loads(row.body)))
                    found.setdefault(row.treatment, []).append(stored)
        return {id: tuple(events) for id, events in found.items()}

    # Agreements between regions

    def agreement_uses(self) -> dict[str, int]:
        """How many treatments have been started under each agreement, by its digest."""
        table = schema.agreement_uses.c
        with self._read() as connection:
            rows = connection.execute(select(table.agreement, func.count()).group_by(table.agreement))
            return {row[0]: row[1] for row in rows}

    def remember_agreement_ends(self, ends: Mapping[str, date]) -> dict[str, date]:
        """From which day each agreement has ended, by its digest: those that are told now, and all that were told before."""
        table, start = schema.facts.c, len(_END_PREFIX)
        query = select(table.name, table.value).where(table.name.startswith(_END_PREFIX, autoescape=True))
        with self._read() as connection:
            known = {row.name[start:]: date.fromisoformat(row.value) for row in connection.execute(query)}
        earlier = {digest: day for digest, day in ends.items() if digest not in known or day < known[digest]}
        if earlier:
            with self._write() as connection:
                names = [_END_PREFIX + digest for digest in earlier]
                connection.execute(delete(schema.facts).where(table.name.in_(names)))
                rows = [{"name": _END_PREFIX + digest, "value": day.isoformat()} for digest, day in earlier.items()]
                connection.execute(insert(schema.facts), rows)
        return known | earlier

    # The audit log

    def write_down(self, deed: Deed) -> None:
        with self._write() as connection:
            _write_down(connection, deed)

    def audit_lines(self, unit: str, before: int | None = None, most: int = 200) -> tuple[Line, ...]:
        """The latest lines of a unit, latest first; `before`: only those with smaller numbers."""
        table = schema.audit.c
        query = select(schema.audit).where(table.unit == unit).order_by(table.number.desc()).limit(most)
        if before is not None:
            query = query.where(table.number < before)
        with self._read() as connection:
            return tuple(Line(*row) for row in connection.execute(query))

    def broken_audit_line(self) -> int | None:
        """Number of the first line that does not fit the chain; None when all do."""
        with self._read() as connection:
            rows = connection.execution_options(yield_per=1000).execute(
                select(schema.audit).order_by(schema.audit.c.number)
            )
            return first_broken(Line(*row) for row in rows)

    # Sessions

    def add_session(self, hash: str, user: str, now: datetime, expires_at: datetime, deed: Deed) -> None:
        """Sessions that have ended by now are cleared away on the way."""
        with self._write() as connection:
            connection.execute(delete(schema.sessions).where(schema.sessions.c.expires_at < moment_text(now)))
            connection.execute(insert(schema.sessions).values(hash=hash, user=user, expires_at=moment_text(expires_at)))
            _write_down(connection, deed)

    def session_user(self, hash: str, now: datetime) -> User | None:
        """Whose session it is; None for one that is unknown or has ended."""
        with self._read() as connection:
            row = connection.execute(_SESSION_USER, {"session": hash, "now": moment_text(now)}).first()
            return User(*row) if row else None

    def visit(self, hash: str, now: datetime, treatment: str) -> tuple[User | None, Treatment | None]:
        """What `session_user` and `treatment` say, with one question; neither of a session that is unknown or has ended."""
        asked = {"session": hash, "now": moment_text(now), "treatment": treatment}
        with self._read() as connection:
            rows = connection.execute(_VISIT, asked).all()
        if not rows:
            return None, None
        about_user = len(_USER_COLUMNS)
        return User(*rows[0][:about_user]), _treatment([row[about_user:] for row in rows])

    def end_session(self, hash: str, deed: Deed) -> None:
        with self._write() as connection:
            connection.execute(delete(schema.sessions).where(schema.sessions.c.hash == hash))
            _write_down(connection, deed)

    # The clock of the demonstration

    def clock_offset(self) -> int:
        """In seconds; how far the clock of the care units has been moved forward."""
        with self._read() as connection:
            value = connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == "clock-offset"))
            return int(value) if value is not None else 0

    def set_clock_offset(self, seconds: int) -> None:
        with self._write() as connection:
            connection.execute(delete(schema.facts).where(schema.facts.c.name == "clock-offset"))
            connection.execute(insert(schema.facts).values(name="clock-offset", value=str(seconds)))

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._writing, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection


def moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Statements of every request are made once: making one takes longer than running it.
_USER_COLUMNS = (
    schema.users.c.id,
    schema.users.c.unit,
    schema.users.c.role,
    schema.users.c.name,
    schema.users.c.identity,
)
_USERS = select(*_USER_COLUMNS)
_OF_SESSION = schema.users.c.id == schema.sessions.c.user
_SESSION_HOLDS = and_(schema.sessions.c.hash == bindparam("session"), schema.sessions.c.expires_at > bindparam("now"))
_SESSION_USER = _USERS.join(schema.sessions, _OF_SESSION).where(_SESSION_HOLDS)
_COUNT: ScalarSelect[Any] = (
    select(func.max(schema.events.c.number))
    .where(schema.events.c.treatment == schema.treatments.c.id)
    .correlate(schema.treatments)
    .scalar_subquery()
)
_TREATMENT_COLUMNS = (
    schema.treatments.c.id,
    schema.treatments.c.unit,
    schema.treatments.c.digest,
    schema.treatments.c.patient,
    _COUNT,
)
_TREATMENTS = select(*_TREATMENT_COLUMNS)
_MEMBERS = select(schema.treatment_staff.c.treatment, schema.treatment_staff.c.user)
_IS_MEMBER = schema.treatment_staff.c.treatment == schema.treatments.c.id
# One row for each of those who have to do with it, and one with nobody when there is none.
_ONE_TREATMENT = (
    select(*_TREATMENT_COLUMNS, schema.treatment_staff.c.user)
    .select_from(schema.treatments.outerjoin(schema.treatment_staff, _IS_MEMBER))
    .where(schema.treatments.c.id == bindparam("treatment"))
)
_VISIT = (
    select(*_USER_COLUMNS, *_TREATMENT_COLUMNS, schema.treatment_staff.c.user)
    .select_from(
        schema.sessions.join(schema.users, _OF_SESSION)
        .outerjoin(schema.treatments, schema.treatments.c.id == bindparam("treatment"))
        .outerjoin(schema.treatment_staff, _IS_MEMBER)
    )
    .where(_SESSION_HOLDS)
)
_LAST_LINE = select(schema.audit.c.number, schema.audit.c.hash).order_by(schema.audit.c.number.desc()).limit(1)
_BEFORE_APPENDING = select(
    select(func.max(schema.events.c.number))
    .where(schema.events.c.treatment == bindparam("treatment"))
    .scalar_subquery(),
    _LAST_LINE.with_only_columns(schema.audit.c.number).scalar_subquery(),
    _LAST_LINE.with_only_columns(schema.audit.c.hash).scalar_subquery(),
)
_INSERT_EVENT = insert(schema.events)
_MOVE = (
    update(schema.treatments).where(schema.treatments.c.id == bindparam("treatment_id")).values(digest=bindparam("to"))
)
_INSERT_LINE = insert(schema.audit)


def _engine(place: URL) -> Engine:
    # Parameters are people's data, and messages of errors end up in logs.
    engine = create_engine(place, hide_parameters=True, pool_size=40)
    if place.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not begin transactions of its own: whether they write is known only to us.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Who means to write takes the lock at once: a reader that turns writer can be refused by what came between. Who only
    # reads needs no transaction: each statement sees one moment.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _treatment(rows: Sequence[Sequence[Any]]) -> Treatment | None:
    """From its columns and the id of one who has to do with it, row by row; a row without a treatment has no id."""
    if not rows or rows[0][0] is None:
        return None
    id, unit, digest, patient, count, _ = rows[0]
    return Treatment(id, unit, digest, patient, frozenset(row[5] for row in rows if row[5] is not None), count or 0)


def _append(
    connection: Connection, treatment: str, expected: int, events: Sequence[Event], deed: Deed | None, device: str
) -> None:
    count, last_line, hash = connection.execute(_BEFORE_APPENDING, {"treatment": treatment}).one()
    if (count or 0) != expected:
        raise Conflict(f"{count or 0} events are stored, not {expected}")
    try:
        _insert_events(connection, treatment, expected, events, device)
        for one in events:
            if isinstance(one.what, MovedToVersion):
                connection.execute(_MOVE, {"treatment_id": treatment, "to": one.what.to})
        if deed is not None:
            _insert_line(connection, deed, last_line, hash)
    except IntegrityError as error:
        raise Conflict("the next number has been taken") from error


def _insert_events(connection: Connection, treatment: str, after: int, events: Sequence[Event], device: str) -> None:
    if not events:
        return
    connection.execute(
        _INSERT_EVENT,
        [
            {
                "treatment": treatment,
                "number": number,
                "at": moment_text(one.at),
                "actor": one.actor,
                "device": device if one.role != "system" else "",
                "body": json.dumps(to_json(one), ensure_ascii=False, separators=(",", ":")),
            }
            for number, one in enumerate(events, start=after + 1)
        ],
    )


def _insert_uses(connection: Connection, treatment: str, uses: Sequence[AgreementUse]) -> None:
    table = schema.agreement_uses.c
    for use in uses:
        last = connection.scalar(select(func.max(table.number)).where(table.agreement == use.agreement)) or 0
        if use.most is not None and last >= use.most:
            raise UsesSpent(f"{use.agreement}: {last} of {use.most}")
        row = {"agreement": use.agreement, "number": last + 1, "treatment": treatment}
        connection.execute(insert(schema.agreement_uses).values(row))


def _write_down(connection: Connection, deed: Deed) -> None:
    last = connection.execute(_LAST_LINE).first()
    _insert_line(connection, deed, *(last or (None, None)))


def _insert_line(connection: Connection, deed: Deed, last: int | None, hash: str | None) -> None:
    """After the line with this number and hash; None before the first."""
    line = sealed((last or 0) + 1, moment_text(deed.at), deed, hash or FIRST)
    connection.execute(_INSERT_LINE, {name: getattr(line, name) for name in Line.__slots__})


def _add_user(connection: Connection, user: User) -> None:
    connection.execute(
        insert(schema.users).values(id=user.id, unit=user.unit, role=user.role, name=user.name, identity=user.identity)
    )


def _set_staff(connection: Connection, treatment: str, staff: Iterable[str]) -> None:
    connection.execute(delete(schema.treatment_staff).where(schema.treatment_staff.c.treatment == treatment))
    rows = [{"treatment": treatment, "user": user} for user in sorted(set(staff))]
    if rows:
        connection.execute(insert(schema.treatment_staff), rows)
