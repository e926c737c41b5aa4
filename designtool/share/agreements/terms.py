"""Agreements: which programs of one region another may use, from when until when, and how many times. Signed by both.

Everything here is worked out from values: documents, keys that are trusted, and the day. An agreement holds when one key of
each region has signed it, from its first day through its last, until one of the regions ends it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from designtool.diagnostics import Text
from designtool.layer.version_range import version_range
from designtool.load.shape import schema_of
from designtool.share.envelope import Envelope, content_of, enclose, sign, signers_of, whose
from designtool.share.federation.keys import KeyRole, PublicKey
from designtool.share.registries.names import is_version
from designtool.share.signed_problems import SignedProblem

if TYPE_CHECKING:
    import jsonschema_rs
    from securesystemslib.signer import Signer

AGREEMENT_TYPE = "application/vnd.designtool.agreement.v1+json"
END_TYPE = "application/vnd.designtool.agreement-end.v1+json"
SIGNING_ROLES: tuple[KeyRole, ...] = ("publisher", "clinical")
State = Literal["proposed", "not-yet", "in-force", "ended", "expired"]
STATES: tuple[State, ...] = get_args(State)
STATE_WORDS: Mapping[State, Text] = {
    "proposed": Text("föreslaget", "proposed"),
    "not-yet": Text("gäller inte än", "not yet in force"),
    "in-force": Text("gäller", "in force"),
    "ended": Text("avslutat", "ended"),
    "expired": Text("har gått ut", "expired"),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    giver: str
    """The region whose programs they are."""
    taker: str
    """The region that may use them."""
    programs: tuple[str, ...]
    versions: str
    """A range, as `designtool.layer.version_range` reads it."""
    first_day: date
    last_day: date
    """The last one on which treatments may begin."""
    uses: int | None
    """How many treatments may be started; None for as many as there are."""
    contact: str


@dataclass(frozen=True, slots=True)
class SignedAgreement:
    agreement: Agreement
    envelope: Envelope
    file: str

    @property
    def digest(self) -> str:
        return self.envelope.digest


@dataclass(frozen=True, slots=True)
class End:
    agreement: str
    """Digest of the agreement that ends."""
    region: str
    from_day: date
    """The first day on which it does not hold."""


@dataclass(frozen=True, slots=True)
class SignedEnd:
    end: End
    envelope: Envelope
    file: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agreement stands on a day, with those keys that are trusted."""

    agreement: Agreement
    digest: str
    state: State
    signed_by: tuple[PublicKey, ...]
    """Each of one of the two regions."""
    ended_from: date | None
    files: tuple[str, ...]

    def covers(self, giver: str | None, taker: str, program: str, version: str) -> bool:
        """Whether it is about this. `giver`: None where it is not known which region has made the program."""
        known = version_range(self.agreement.versions)
        return (
            self.state == "in-force"
            and giver in (None, self.agreement.giver)
            and self.agreement.taker == taker
            and program in self.agreement.programs
            and is_version(version)
            and known is not None
            and known.holds(version)
        )


def propose(agreement: Agreement, signer: Signer, key: PublicKey) -> Envelope:
    """Signed by the region that proposes it. Raises SignedProblem for terms that hold no agreement, and for a key of others."""
    envelope = unsigned(agreement)
    check_signer(agreement, key)
    return sign(envelope, signer, "agreement")


def countersign(
    proposed: SignedAgreement, signer: Signer, key: PublicKey, keys: Mapping[str, PublicKey], today: date
) -> Envelope:
    """Signed by one more person of either region. Raises SignedProblem as `check_countersign`."""
    check_countersign(proposed, key, keys, today)
    return sign(proposed.envelope, signer, proposed.file)


def check_countersign(proposed: SignedAgreement, key: PublicKey, keys: Mapping[str, PublicKey], today: date) -> None:
    """Raises SignedProblem for an agreement that this key is not to countersign.

    What nobody who is trusted has signed is not signed: it may have been changed on its way. Both people of a region may sign:
    then the agreement goes on when the key of one of them goes. However many they are, they speak for one region.
    """
    agreement = proposed.agreement
    check_signer(agreement, key)
    signed_by = _regions(signers_of(proposed.envelope, keys, proposed.file), agreement)
    if key.key_id in {one.key_id for one in signed_by}:
        raise SignedProblem("agreement-own-side", key=key.key_id[:12], region=key.region)
    if not signed_by:
        other = agreement.taker if key.region == agreement.giver else agreement.giver
        raise SignedProblem("agreement-unproposed", file=proposed.file, region=other)
    if today > agreement.last_day:
        raise SignedProblem("agreement-over", last_day=agreement.last_day)


def end(agreement: SignedAgreement, from_day: date, signer: Signer, key: PublicKey) -> Envelope:
    """That the agreement holds no longer, from a day on. One region's signature is enough. Raises SignedProblem."""
    check_signer(agreement.agreement, key)
    content = {
        "designtool": "agreement-end",
        "format": 1,
        "agreement": agreement.digest,
        "region": key.region,
        "from_day": from_day.isoformat(),
    }
    return sign(enclose(END_TYPE, content), signer, "agreement-end")


def check_signer(agreement: Agreement, key: PublicKey) -> None:
    """Raises SignedProblem for a key that cannot speak for one of the two regions."""
    if not _regions((key,), agreement):
        raise SignedProblem(
            "agreement-signer",
            found=key.region,
            giver=agreement.giver,
            taker=agreement.taker,
        )


def unsigned(agreement: Agreement) -> Envelope:
    """As it would be signed. Raises SignedProblem for terms that hold no agreement."""
    content = {
        "designtool": "agreement",
        "format": 1,
        "from": agreement.giver,
        "to": agreement.taker,
        "programs": list(agreement.programs),
        "versions": agreement.versions,
        "first_day": agreement.first_day.isoformat(),
        "last_day": agreement.last_day.isoformat(),
        "uses": agreement.uses,
        "contact": agreement.contact,
    }
    if _agreement(content, "agreement") != agreement:
        raise SignedProblem("agreement-invalid", file="agreement", reason="programs")
    return enclose(AGREEMENT_TYPE, content)


def read_agreement(envelope: Envelope, file: str) -> SignedAgreement:
    """Raises SignedProblem, or Refused for what is no canonical JSON."""
    return SignedAgreement(_agreement(content_of(envelope, AGREEMENT_TYPE, file), file), envelope, file)


def joined(copies: Sequence[SignedAgreement]) -> SignedAgreement:
    """Copies of one agreement as one, with every signature that any of them has."""
    first = copies[0]
    signatures = {(one.key_id, one.signature): one for copy in copies for one in copy.envelope.signatures}
    by_key = {one.key_id: one for _, one in sorted(signatures.items())}
    envelope = Envelope(first.envelope.payload_type, first.envelope.payload, tuple(by_key.values()))
    return SignedAgreement(first.agreement, envelope, first.file)


def read_end(envelope: Envelope, file: str) -> SignedEnd:
    """Raises SignedProblem, or Refused for what is no canonical JSON."""
    content = content_of(envelope, END_TYPE, file)
    _check_shape("agreement-end", content, file)
    found = End(content["agreement"], content["region"], _day(content, "from_day", file))
    return SignedEnd(found, envelope, file)


def speakers(one: SignedAgreement | SignedEnd, keys: Mapping[str, PublicKey]) -> tuple[PublicKey, ...]:
    """Those of the trusted keys (by key id) that have signed, and can speak for a region that it is about.

    Raises SignedProblem where a trusted key's signature does not hold.
    """
    signers = signers_of(one.envelope, keys, one.file)
    if isinstance(one, SignedAgreement):
        return _regions(signers, one.agreement)
    return tuple(key for key in signers if key.region == one.end.region and key.role in SIGNING_ROLES)


def ends_that_hold(
    agreements: Iterable[SignedAgreement], ends: Iterable[SignedEnd], keys: Mapping[str, PublicKey]
) -> dict[str, date]:
    """From which day each agreement (by digest) has ended. One region's own signature is enough. Raises SignedProblem."""
    known = {one.digest: one.agreement for one in agreements}
    found: dict[str, date] = {}
    for one in ends:
        agreement = known.get(one.end.agreement)
        is_its_own = agreement is not None and one.end.region in (agreement.giver, agreement.taker)
        if speakers(one, keys) and is_its_own:
            found[one.end.agreement] = min(one.end.from_day, found.get(one.end.agreement, one.end.from_day))
    return found


def standings(
    agreements: Iterable[SignedAgreement],
    ended_from: Mapping[str, date],
    keys: Mapping[str, PublicKey],
    today: date,
) -> tuple[Standing, ...]:
    """How each agreement stands. Several files of one agreement are one: what each has of signatures counts together.

    Raises SignedProblem where a signature of a trusted key does not hold.
    """
    by_digest: dict[str, list[SignedAgreement]] = {}
    for one in agreements:
        by_digest.setdefault(one.digest, []).append(one)
    found = []
    for digest, copies in by_digest.items():
        agreement = copies[0].agreement
        signers = {key.key_id: key for copy in copies for key in speakers(copy, keys)}
        signed_by = tuple(signers[key_id] for key_id in sorted(signers))
        ended = ended_from.get(digest)
        state = _state(agreement, {key.region for key in signed_by}, ended, today)
        files = tuple(sorted(copy.file for copy in copies))
        found.append(Standing(agreement, digest, state, signed_by, ended, files))
    return tuple(sorted(found, key=lambda one: (one.agreement.giver, one.agreement.taker, one.digest)))


def described(agreement: Agreement, digest: str) -> tuple[Text, ...]:
    """All that somebody signs, in plain words."""
    programs = ", ".join(agreement.programs)
    uses = (
        Text("Antalet behandlingar är inte begränsat.", "The number of treatments is not limited.")
        if agreement.uses is None
        else Text(
            f"Högst {agreement.uses} behandlingar får startas.", f"At most {agreement.uses} treatments may begin."
        )
    )
    return (
        Text(
            f"{agreement.taker} får använda program från {agreement.giver}.",
            f"{agreement.taker} may use programs of {agreement.giver}.",
        ),
        Text(f"Program: {programs}", f"Programs: {programs}"),
        Text(f"Versioner: {agreement.versions}", f"Versions: {agreement.versions}"),
        Text(
            f"Nya behandlingar får starta från och med {agreement.first_day} till och med {agreement.last_day}.",
            f"New treatments may begin from {agreement.first_day} through {agreement.last_day}.",
        ),
        uses,
        Text(
            "När avtalet tar slut startas inga nya behandlingar. De som pågår fortsätter.",
            "When the agreement ends no new treatments begin. Those under way go on.",
        ),
        Text(f"Kontakt: {agreement.contact}", f"Contact: {agreement.contact}"),
        Text(f"Fingeravtryck: {digest}", f"Digest: {digest}"),
    )


def told(standing: Standing) -> Text:
    """An agreement in one line."""
    one, state = standing.agreement, STATE_WORDS[standing.state]
    uses = Text(f", högst {one.uses} behandlingar", f", at most {one.uses} treatments") if one.uses else Text("", "")
    ended = standing.ended_from
    end_words = Text(f", avslutat från {ended}", f", ended from {ended}") if ended else Text("", "")
    about = f"{one.giver} → {one.taker}: {', '.join(one.programs)} {one.versions}"
    days = f"{one.first_day} – {one.last_day}"
    return Text(
        f"{about}, {days}{uses.sv}{end_words.sv} ({state.sv})", f"{about}, {days}{uses.en}{end_words.en} ({state.en})"
    )


def signed_words(standing: Standing) -> Text:
    """Who has signed it."""
    people = [whose(key) for key in standing.signed_by]
    if not people:
        return Text("Ingen betrodd nyckel har skrivit under.", "No trusted key has signed.")
    swedish, english = ", ".join(one.sv for one in people), ", ".join(one.en for one in people)
    return Text(f"Underskrivet av {swedish}", f"Signed by {english}")


def _state(agreement: Agreement, regions: set[str], ended_from: date | None, today: date) -> State:
    if ended_from is not None and today >= ended_from:
        return "ended"
    if today > agreement.last_day:
        return "expired"
    if not {agreement.giver, agreement.taker} <= regions:
        return "proposed"
    return "not-yet" if today < agreement.first_day else "in-force"


def _regions(signers: Iterable[PublicKey], agreement: Agreement) -> tuple[PublicKey, ...]:
    """Those who can speak for one of the two regions."""
    both = (agreement.giver, agreement.taker)
    return tuple(key for key in signers if key.region in both and key.role in SIGNING_ROLES)


def _agreement(content: dict[str, Any], file: str) -> Agreement:
    _check_shape("agreement", content, file)
    programs, contact = content["programs"], content["contact"]
    first_day, last_day = _day(content, "first_day", file), _day(content, "last_day", file)
    versions = version_range(content["versions"])
    # Names have a pattern of letters that look like nothing else; what people write freely must show all that is in it.
    for reason, is_right in (
        ("from, to", content["from"] != content["to"]),
        ("programs", programs == sorted(set(programs))),
        ("versions", versions is not None and not versions.is_empty),
        ("first_day, last_day", first_day <= last_day),
        (
            "contact",
            contact.isprintable() and contact == unicodedata.normalize("NFC", contact) and contact == contact.strip(),
        ),
    ):
        if not is_right:
            raise SignedProblem("agreement-invalid", file=file, reason=reason)
    return Agreement(
        content["from"],
        content["to"],
        tuple(programs),
        content["versions"],
        first_day,
        last_day,
        content["uses"],
        contact,
    )


def _day(content: dict[str, Any], key: str, file: str) -> date:
    try:
        return date.fromisoformat(content[key])
    except ValueError as error:
        raise SignedProblem("agreement-invalid", file=file, reason=key) from error


def _check_shape(kind: str, content: dict[str, Any], file: str) -> None:
    import jsonschema_rs

    try:
        _validator(kind).validate(content)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path) or "keys"
        raise SignedProblem("agreement-invalid", file=file, reason=place) from error


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema_of(kind), offline=True)
