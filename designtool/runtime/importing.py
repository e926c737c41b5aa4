"""Taking in a bundle: every byte is read and judged before anything of it counts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from enum import Enum
from typing import BinaryIO

from designtool.bundle import Bundle, Limits, program_of, read_bundle
from designtool.bundle.refusals import Refused
from designtool.diagnostics import Text
from designtool.model.program import Program
from designtool.runtime.audit import Deed
from designtool.runtime.store import Store, StoredBundle, VersionTaken
from designtool.runtime.trusting import Trust

_CHUNK = 1024 * 1024


class Policy(Enum):
    """Whose word is enough for a bundle to be taken in."""

    SIGNED = "signed"
    """Only what a region has signed."""
    UNSIGNED_DEMONSTRATION = "unsigned-demonstration"
    """Also what nobody has signed: for a demonstration, and said so on every page."""


class NotTaken(Exception):
    """A bundle that is whole, and still not taken in."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(f"{code}: {message.en}")
        self.code = code
        self.message = message


def import_bundle(
    stream: BinaryIO, store: Store, policy: Policy, deed: Deed, trust: Trust | None = None
) -> StoredBundle:
    """Take in a bundle: the same one again changes nothing.

    `trust`: whose signatures count, under the policy SIGNED. Raises Refused for bytes that are no bundle, NotTaken for a bundle that may not come in. Until the very last step, one
    row in the database, nothing of it counts; what a kill leaves behind has a name that nobody looks for.
    """
    incoming = store.bundle_folder / f".{secrets.token_hex(8)}.incoming"
    try:
        with open(incoming, "x+b") as copy:
            _copy(stream, copy)
            bundle = read_bundle(copy)
            program = program_of(bundle)
            stored = _judged(bundle, program, store, policy, deed, trust)
            copy.flush()
            os.fsync(copy.fileno())
        os.replace(incoming, store.bundle_path(bundle.digest))
    finally:
        incoming.unlink(missing_ok=True)
    _sync_folder(store)
    try:
        store.add_bundle(stored, deed)
    except VersionTaken as error:
        raise _not_taken("version-taken", program=stored.program, version=stored.version) from error
    return stored


def _copy(stream: BinaryIO, copy: BinaryIO) -> None:
    left = Limits().total_bytes
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise Refused("too-large", name="…", limit=Limits().total_bytes)
        copy.write(chunk)


def _judged(
    bundle: Bundle, program: Program, store: Store, policy: Policy, deed: Deed, trust: Trust | None
) -> StoredBundle:
    for known in store.bundles():
        # What came in under this policy once stays, whatever has run out since: patients are in treatment with it.
        if known.digest == bundle.digest and known.trust == policy.value:
            return known
    if policy is Policy.SIGNED:
        _check_signed(bundle, deed, trust)
    for known in store.bundles():
        if (known.program, known.version) == (program.id, program.version) and known.digest != bundle.digest:
            raise _not_taken("version-taken", program=program.id, version=program.version)
    return StoredBundle(bundle.digest, program.id, program.version, program.title, policy.value, deed.at)


def _check_signed(bundle: Bundle, deed: Deed, trust: Trust | None) -> None:
    if trust is None:
        raise _not_taken("unsigned")
    from designtool.share.federation.release import name_of_bundle
    from designtool.share.federation.trust import NotTrusted

    answer = trust.judge(bundle.digest, name_of_bundle(bundle), deed.at)
    if isinstance(answer, NotTrusted):
        raise NotTaken(answer.code, answer.message)


def _not_taken(code: str, **facts: str) -> NotTaken:
    text = REASONS[code]
    return NotTaken(code, Text(text.sv.format_map(facts), text.en.format_map(facts)))


def _sync_folder(store: Store) -> None:
    """So that the new name is on the disk before the row that counts on it."""
    if os.name == "nt":
        return  # Windows has no such call, and writes names through.
    folder = os.open(store.bundle_folder, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


REASONS: Mapping[str, Text] = {
    "unsigned": Text(
        "Paketet är inte underskrivet av någon som den här körmiljön litar på. Ange mappen med förtroende: designtool run --trust. "
        "Osignerade paket tas bara emot i en demonstration: designtool run --unsigned-demonstration",
        "The bundle is not signed by anybody that this runtime trusts. Name the trust folder: designtool run --trust. "
        "Unsigned bundles are taken in a demonstration alone: designtool run --unsigned-demonstration",
    ),
    "version-taken": Text(
        "{program} {version} finns redan med ett annat innehåll. Ge den nya utgåvan ett nytt versionsnummer.",
        "{program} {version} is here already with other content. Give the new release a new version number.",
    ),
}
