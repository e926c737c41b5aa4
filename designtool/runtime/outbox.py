"""Receipts that a runtime has signed, in its data folder: written there first, then sent, so that none is lost or made twice.

A receipt lies among the unsent until a registry has it. Whoever is killed between the two sends it again, which changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from designtool.atomic import write_atomically
from designtool.bundle import Refused
from designtool.share.envelope import MOST_BYTES, encode_envelope, read_envelope
from designtool.share.receipts.documents import Problem, Recalled, Receipt, Signed, read
from designtool.share.signed_problems import SignedProblem

FOLDER = "receipts"
"""In the runtime's data folder."""
SUFFIX = ".receipt.json"
_UNSENT, _SENT = "unsent", "sent"
_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Contents:
    receipts: tuple[Signed, ...]
    """Sorted by file."""
    problems: tuple[Problem, ...]
    """Files that are no receipts: somebody has changed them."""


@dataclass(frozen=True, slots=True)
class Outbox:
    folder: Path

    def has(self, recalled: Recalled, key_id: str) -> bool:
        """Whether a receipt for this has been written, sent or not."""
        name = _name(recalled.level, recalled.digest, key_id)
        return any((self.folder / part / name).is_file() for part in (_UNSENT, _SENT))

    def add(self, one: Signed, key_id: str) -> None:
        """For its owner alone. Raises OSError."""
        assert isinstance(one.content, Receipt), "nothing else lies in the outbox"
        folder = self.folder / _UNSENT
        for each in (self.folder, folder):
            each.mkdir(mode=0o700, exist_ok=True)
        path = folder / _name(one.content.level, one.content.entry, key_id)
        write_atomically(path, lambda stream: stream.write(encode_envelope(one.envelope)), secret=True)

    def unsent(self) -> Contents:
        return self._contents(_UNSENT)

    def sent(self) -> Contents:
        return self._contents(_SENT)

    def keep_as_sent(self, receipts: Iterable[Signed]) -> None:
        """Of what `unsent` gave: a registry has it now. Raises OSError."""
        folder = self.folder / _SENT
        for one in receipts:
            folder.mkdir(mode=0o700, exist_ok=True)
            os.replace(self.folder / _UNSENT / one.file, folder / one.file)

    def _contents(self, part: str) -> Contents:
        folder = self.folder / part
        names = sorted(path.name for path in folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
        receipts, problems = [], []
        for name in names:
            try:
                receipts.append(_read(folder / name))
            except (Refused, SignedProblem) as problem:
                problems.append(Problem(name, problem.code, problem.message, hides_nobody=True))
        return Contents(tuple(receipts), tuple(problems))


def outbox_of(data: Path) -> Outbox:
    """Of the runtime with this data folder."""
    return Outbox(data / FOLDER)


def _read(path: Path) -> Signed:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise SignedProblem("envelope-invalid", file=path.name, reason=error.strerror or "?") from error
    one = read(read_envelope(data, path.name), path.name)
    if not isinstance(one.content, Receipt):
        raise SignedProblem("envelope-type", file=path.name, found=one.envelope.payload_type)
    return one


def _name(level: str, digest: str, key_id: str) -> str:
    """One receipt for each recall, level and key: a runtime that is given a new key answers with that one too."""
    return f"{level}-{digest.removeprefix('sha256:')[:_DIGITS]}-{key_id[:_DIGITS]}{SUFFIX}"
