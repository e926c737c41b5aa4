"""What is known of a federation and its agreements, from two folders that somebody else keeps up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from designtool.share.agreements.folder import END_SUFFIX, ENDED_FILE, SUFFIX, read_agreement_folder
from designtool.share.federation.draft import LARGEST, LARGEST_TARGETS, metadata_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.region_keys import region_keys, region_list
from designtool.share.federation.roles import RECALL, TOP_ROLES, keys_of_role
from designtool.share.federation.trust import CLIENT_FOLDER
from designtool.share.token_issuer.decision import Known
from designtool.treatment.days import local_date

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def known_from(trust_folder: Path, agreement_folder: Path, now: datetime) -> Known:
    """What both folders say at a moment. Where nothing has been verified yet, nothing is known.

    Raises OSError for a folder that is there and cannot be read.
    """
    found = _known_on(trust_folder, agreement_folder, local_date(now))
    return replace(found, is_current=now < _expires(trust_folder))


class Knowledge:
    """`known_from`, read anew when a file or the day has changed. For several threads at once."""

    def __init__(self, trust_folder: Path, agreement_folder: Path) -> None:
        self._trust_folder = trust_folder
        self._agreement_folder = agreement_folder
        self._alone = Lock()
        self._read: _Read | None = None

    def at(self, now: datetime) -> Known:
        """Raises OSError."""
        state = (local_date(now), *_state_of(self._trust_folder, self._agreement_folder))
        with self._alone:
            if self._read is None or self._read.state != state:
                found = _known_on(self._trust_folder, self._agreement_folder, local_date(now))
                self._read = _Read(state, found, _expires(self._trust_folder))
            return replace(self._read.known, is_current=now < self._read.expires)


@dataclass(frozen=True, slots=True)
class _Read:
    state: tuple[object, ...]
    known: Known
    expires: datetime


def _known_on(trust_folder: Path, agreement_folder: Path, today: date) -> Known:
    try:
        keys = region_keys(trust_folder)
        officers = keys_of_role(region_list(trust_folder), RECALL)
    except TrustProblem:
        return Known()
    return Known(
        frozenset(key.region for key in keys.values()),
        frozenset(key.region for key in officers if key.role == "safety"),
        _shared(agreement_folder, keys, today),
    )


def _shared(folder: Path, keys: dict[str, PublicKey], today: date) -> frozenset[tuple[str, str, str]]:
    if not folder.is_dir():
        return frozenset()
    standings = read_agreement_folder(folder, keys).standings(keys, today)
    return frozenset(
        (one.agreement.taker, one.agreement.giver, program)
        for one in standings
        if one.state == "in-force"
        for program in one.agreement.programs
    )


def _expires(trust_folder: Path) -> datetime:
    """When the first part of the metadata that was verified last runs out; long ago where a part is missing."""
    found: list[datetime] = []
    for role in TOP_ROLES:
        most = LARGEST.get(role, LARGEST_TARGETS)
        try:
            with (trust_folder / CLIENT_FOLDER / f"{role}.json").open("rb") as stream:
                found.append(metadata_of(stream.read(most + 1), role).signed.expires)
        except (FileNotFoundError, NotADirectoryError, TrustProblem):
            return _LONG_AGO
    return min(found)


def _state_of(trust_folder: Path, agreement_folder: Path) -> Iterator[object]:
    """What changes when a file does. Files are put in whole, so that each change is another file with another number."""
    names = [trust_folder / CLIENT_FOLDER / f"{role}.json" for role in TOP_ROLES]
    if agreement_folder.is_dir():
        with os.scandir(agreement_folder) as listed:
            found = sorted(one.name for one in listed if one.name.endswith((SUFFIX, END_SUFFIX, ENDED_FILE)))
        names += [agreement_folder / name for name in found]
    for path in names:
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            yield path.name, None
            continue
        yield path.name, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
