"""Agreements as files in a folder. What is wrong with one file keeps no other from counting.

Beside them lies what is known to have ended, so that an end holds also when its file, or the key that signed it, has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from designtool.atomic import write_atomically
from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.bundle.manifest import is_digest
from designtool.bundle.refusals import Refused
from designtool.diagnostics import Text
from designtool.share.agreements.terms import (
    END_TYPE,
    SignedAgreement,
    SignedEnd,
    Standing,
    ends_that_hold,
    read_agreement,
    read_end,
    speakers,
    standings,
)
from designtool.share.envelope import MOST_BYTES, Envelope, encode_envelope, read_envelope
from designtool.share.federation.keys import PublicKey
from designtool.share.signed_problems import SignedProblem

SUFFIX = ".agreement.json"
END_SUFFIX = ".end.json"
ENDED_FILE = "ended.json"
_LARGEST_ENDED = 4 * 2**20


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that is not accepted, and why."""

    file: str
    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class AgreementFolder:
    agreements: tuple[SignedAgreement, ...]
    ends: tuple[SignedEnd, ...]
    problems: tuple[FileProblem, ...]
    remembered: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What has been seen to end before, by the digest of the agreement."""

    def ended_from(self, keys: Mapping[str, PublicKey]) -> dict[str, date]:
        """By the digest of the agreement, of what a region has ended in a way that holds, or held when it was first seen."""
        return _earliest(self.remembered, ends_that_hold(self.agreements, self.ends, keys))

    def standings(
        self, keys: Mapping[str, PublicKey], today: date, ended_from: Mapping[str, date] | None = None
    ) -> tuple[Standing, ...]:
        """`ended_from`: what is known to have ended; without it what these files say."""
        return standings(self.agreements, self.ended_from(keys) if ended_from is None else ended_from, keys, today)


def read_agreement_folder(folder: Path, keys: Mapping[str, PublicKey]) -> AgreementFolder:
    """Every agreement and every end in a folder, but for files with a trusted key's signature that does not hold.

    Raises OSError for a folder that cannot be read.
    """
    agreements: list[SignedAgreement] = []
    ends: list[SignedEnd] = []
    problems: list[FileProblem] = []
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith((SUFFIX, END_SUFFIX)))
    for name in names:
        try:
            one = read_signed_file(folder / name)
            speakers(one, keys)
        except (Refused, SignedProblem) as problem:
            problems.append(FileProblem(name, problem.code, problem.message))
            continue
        if isinstance(one, SignedEnd):
            ends.append(one)
        else:
            agreements.append(one)
    remembered: Mapping[str, date] = MappingProxyType({})
    try:
        remembered = _read_ended(folder)
    except (Refused, SignedProblem) as problem:
        problems.append(FileProblem(ENDED_FILE, problem.code, problem.message))
    return AgreementFolder(tuple(agreements), tuple(ends), tuple(problems), remembered)


def remember_ends(folder: Path, ended_from: Mapping[str, date]) -> None:
    """Keep which agreements have ended (by digest, from which day), beside what is kept already."""
    try:
        before = _read_ended(folder)
    except (Refused, SignedProblem):
        before = {}  # What is no memory is written anew: the files of the ends are there still.
    after = _earliest(before, ended_from)
    if after == before:
        return
    ended = {digest: day.isoformat() for digest, day in after.items()}
    data = canonical_json({"designtool": "agreement-ends", "format": 1, "ended": ended})
    write_atomically(folder / ENDED_FILE, lambda stream: stream.write(data))


def read_signed_file(path: Path) -> SignedAgreement | SignedEnd:
    """An agreement, or the end of one. Raises Refused and SignedProblem for files that are neither, or cannot be read."""
    if not path.is_file():
        raise SignedProblem("envelope-invalid", file=path.name, reason="no ordinary file")
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise SignedProblem("envelope-invalid", file=path.name, reason=error.strerror or "?") from error
    return read_signed(data, path.name)


def read_signed(data: bytes, name: str) -> SignedAgreement | SignedEnd:
    """As `read_signed_file`, of bytes. `name` says to people which file it is."""
    envelope = read_envelope(data, name)
    if envelope.payload_type == END_TYPE:
        return read_end(envelope, name)
    return read_agreement(envelope, name)


def write_agreement(folder: Path, agreement: SignedAgreement) -> Path:
    """Under the name that the agreement has everywhere; a copy with fewer signatures is replaced."""
    one = agreement.agreement
    return _write(folder, f"{one.giver}-{one.taker}-{_short(agreement.digest)}{SUFFIX}", agreement.envelope)


def write_end(folder: Path, end: SignedEnd) -> Path:
    return _write(
        folder, f"{_short(end.end.agreement)}-{end.end.region}-{_short(end.envelope.digest)}{END_SUFFIX}", end.envelope
    )


def write_copy(folder: Path, one: SignedAgreement | SignedEnd, file_digest: str) -> Path:
    """Under a name of its own, made of the digest of its bytes: what others have sent replaces nothing that is there."""
    whole = file_digest.removeprefix("sha256:")
    if isinstance(one, SignedEnd):
        return _write(folder, f"{_short(one.end.agreement)}-{one.end.region}-{whole}{END_SUFFIX}", one.envelope)
    about = one.agreement
    return _write(folder, f"{about.giver}-{about.taker}-{whole}{SUFFIX}", one.envelope)


def found_agreement(agreements: Iterable[SignedAgreement], stated: str) -> tuple[SignedAgreement, ...]:
    """Those that a person means: by file name, or by the beginning of the digest."""
    wanted = stated.removeprefix("sha256:")
    return tuple(
        one
        for one in agreements
        if one.file == stated or (len(wanted) >= 6 and one.digest.removeprefix("sha256:").startswith(wanted))
    )


def _write(folder: Path, name: str, envelope: Envelope) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    write_atomically(path, lambda stream: stream.write(encode_envelope(envelope)))
    return path


def _read_ended(folder: Path) -> dict[str, date]:
    try:
        with (folder / ENDED_FILE).open("rb") as stream:
            data = stream.read(_LARGEST_ENDED + 1)
    except FileNotFoundError:
        return {}
    content = parse_canonical(data, ENDED_FILE, _LARGEST_ENDED)
    ended = content.get("ended") if isinstance(content, dict) else None
    try:
        if isinstance(ended, dict) and content["designtool"] == "agreement-ends" and content["format"] == 1:
            found = {digest: date.fromisoformat(day) for digest, day in ended.items()}
            if all(map(is_digest, found)):
                return found
    except (KeyError, TypeError, ValueError) as error:
        raise SignedProblem("envelope-invalid", file=ENDED_FILE, reason=type(error).__name__) from error
    raise SignedProblem("envelope-invalid", file=ENDED_FILE, reason="ended")


def _earliest(*told: Mapping[str, date]) -> dict[str, date]:
    found: dict[str, date] = {}
    for digest, day in (pair for one in told for pair in one.items()):
        found[digest] = min(day, found.get(digest, day))
    return found


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
