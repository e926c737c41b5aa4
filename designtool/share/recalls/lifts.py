"""The lift of a recall: a document that a safety officer and one who is clinically responsible in the region sign together.

One signature recalls, and two people are needed to go back. A lift names one recall by its digest and its number, and is never
one of a later recall.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from designtool.bundle.manifest import is_digest
from designtool.bundle.refusals import Refused
from designtool.share.envelope import Envelope, content_of, enclose, read_envelope, sign, signers_of, whose
from designtool.share.federation.keys import PublicKey
from designtool.share.signed_problems import SignedProblem

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

LIFT_TYPE = "application/vnd.designtool.recall-lift.v1+json"
LONGEST_REASON = 300
_FIELDS = {"designtool", "format", "release", "recall", "number", "reason", "day"}


@dataclass(frozen=True, slots=True)
class Lift:
    release: str
    recall: str
    """Digest of the entry that is lifted. Earlier recalls of the release, with lower numbers, go with it."""
    number: int
    reason: str
    day: date
    envelope: Envelope


def new_lift(release: str, recall: str, number: int, reason: str, day: date) -> Lift:
    """A lift that nobody has signed yet. Raises SignedProblem for a reason that nobody could read."""
    content = {
        "designtool": "recall-lift",
        "format": 1,
        "release": release,
        "recall": recall,
        "number": number,
        "reason": reason,
        "day": day.isoformat(),
    }
    if not is_reason(reason):
        raise SignedProblem("recall-reason", most=LONGEST_REASON)
    return _lift(enclose(LIFT_TYPE, content), content, "lift")


def read_lift(data: bytes, file: str) -> Lift:
    """A lift whose signatures nobody has looked at yet. Raises SignedProblem."""
    try:
        envelope = read_envelope(data, file)
        content = content_of(envelope, LIFT_TYPE, file)
    except Refused as error:
        raise SignedProblem("lift-invalid", file=file, reason=error.code) from error
    return _lift(envelope, content, file)


def sign_lift(lift: Lift, signer: Signer, key: PublicKey, keys: Iterable[PublicKey]) -> Lift:
    """With one more signature. `keys`: the federation's. Raises SignedProblem for a key that may not lift this recall."""
    known = {one.key_id: one for one in keys if _may_sign(one, lift.release)}
    if known.get(signer.public_key.keyid) is None:
        raise SignedProblem("lift-signer", found=whose(key).sv, region=_region(lift.release))
    for other in signers_of(lift.envelope, known, "lift"):
        if other.key_id != key.key_id and _is_same_person(other, known[signer.public_key.keyid]):
            raise SignedProblem("lift-same-person", holder=other.holder)
    return Lift(lift.release, lift.recall, lift.number, lift.reason, lift.day, sign(lift.envelope, signer, "lift"))


def lift_signers(lift: Lift, keys: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
    """Who has signed of those who may. Raises SignedProblem where such a signature does not hold."""
    return signers_of(lift.envelope, {one.key_id: one for one in keys if _may_sign(one, lift.release)}, "lift")


def holds(lift: Lift, release: str, keys: Iterable[PublicKey]) -> bool:
    """Whether a safety officer and another person, clinically responsible in the release's region, have signed a lift of it."""
    if lift.release != release:
        return False
    try:
        signers = lift_signers(lift, keys)
    except SignedProblem:
        return False
    return any(
        one.role == "safety" and other.role == "clinical" and not _is_same_person(one, other)
        for one in signers
        for other in signers
    )


def is_reason(reason: str) -> bool:
    """Whether it is one line that people can read."""
    return (
        0 < len(reason) <= LONGEST_REASON
        and reason.isprintable()
        and reason == unicodedata.normalize("NFC", reason).strip()
    )


def _may_sign(key: PublicKey, release: str) -> bool:
    return key.role == "safety" or (key.role == "clinical" and key.region == _region(release))


def _is_same_person(one: PublicKey, other: PublicKey) -> bool:
    """One person with two keys is still one."""
    return one.public == other.public or _plain(one.holder) == _plain(other.holder)


def _plain(holder: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", holder).casefold().split())


def _region(release: str) -> str:
    return release.partition("/")[0]


def _lift(envelope: Envelope, content: dict[str, Any], file: str) -> Lift:
    stated = content.get("day")
    try:
        day = date.fromisoformat(stated) if isinstance(stated, str) and len(stated) == 10 else None
    except ValueError:
        day = None
    release, recall, number, reason = (content.get(name) for name in ("release", "recall", "number", "reason"))
    if content.keys() != _FIELDS or content["designtool"] != "recall-lift" or content["format"] != 1 or day is None:
        raise SignedProblem("lift-invalid", file=file, reason="recall-lift")
    if not isinstance(release, str) or not isinstance(recall, str) or not is_digest(recall):
        raise SignedProblem("lift-invalid", file=file, reason="release, recall")
    if type(number) is not int or number < 0 or not isinstance(reason, str) or not is_reason(reason):
        raise SignedProblem("lift-invalid", file=file, reason="number, reason")
    return Lift(release, recall, number, reason, day, envelope)
