"""Agreements as files in a folder. What is wrong with one file keeps no other from counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from designtool.atomic import write_atomically
from designtool.bundle.refusals import Refused
from designtool.diagnostics import Text
from designtool.share.agreements import (
    END_TYPE,
    SignedAgreement,
    SignedEnd,
    Standing,
    ends_that_hold,
    read_agreement,
    read_end,
    standings,
)
from designtool.share.envelope import MOST_BYTES, Envelope, encode_envelope, read_envelope, signers_of
from designtool.share.keys import PublicKey
from designtool.share.signed_problems import SignedProblem

SUFFIX = ".agreement.json"
END_SUFFIX = ".end.json"


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

    def ended_from(self, keys: Mapping[str, PublicKey]) -> dict[str, date]:
        """By the digest of the agreement, of what a region has ended in a way that holds."""
        return ends_that_hold(self.agreements, self.ends, keys)

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
            signers_of(one.envelope, keys, name)
        except (Refused, SignedProblem) as problem:
            problems.append(FileProblem(name, problem.code, problem.message))
            continue
        if isinstance(one, SignedEnd):
            ends.append(one)
        else:
            agreements.append(one)
    return AgreementFolder(tuple(agreements), tuple(ends), tuple(problems))


def read_signed_file(path: Path) -> SignedAgreement | SignedEnd:
    """An agreement, or the end of one. Raises Refused and SignedProblem for files that are neither, or cannot be read."""
    if not path.is_file():
        raise SignedProblem("envelope-invalid", file=path.name, reason="no ordinary file")
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise SignedProblem("envelope-invalid", file=path.name, reason=error.strerror or "?") from error
    envelope = read_envelope(data, path.name)
    if envelope.payload_type == END_TYPE:
        return read_end(envelope, path.name)
    return read_agreement(envelope, path.name)


def write_agreement(folder: Path, agreement: SignedAgreement) -> Path:
    """Under the name that the agreement has everywhere; a copy with fewer signatures is replaced."""
    one = agreement.agreement
    return _write(folder, f"{one.giver}-{one.taker}-{_short(agreement.digest)}{SUFFIX}", agreement.envelope)


def write_end(folder: Path, end: SignedEnd) -> Path:
    return _write(
        folder, f"{_short(end.end.agreement)}-{end.end.region}-{_short(end.envelope.digest)}{END_SUFFIX}", end.envelope
    )


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


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
