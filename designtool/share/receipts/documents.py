"""Receipts: that a runtime has heard of a recall, and what it has done; and who is to answer, which each region signs for its own.

Everything here is worked out from values: documents, keys that are trusted, recalls, and the time. An enrolment holds while a key
of its region that the federation knows has signed it. A receipt counts when the key of an enrolled runtime has signed it, for a
recall that stands in the metadata just so. Whatever else is there is told, and answers for nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from designtool.diagnostics import Text
from designtool.load.shape import schema_of
from designtool.share.agreements.terms import SIGNING_ROLES
from designtool.share.envelope import Envelope, content_of, enclose, sign, signers_of
from designtool.share.federation.keys import Owner, PublicKey, public_key
from designtool.share.signed_problems import SignedProblem

if TYPE_CHECKING:
    import jsonschema_rs
    from securesystemslib.signer import Signer

ENROLMENT_TYPE = "application/vnd.designtool.runtime-enrolment.v1+json"
END_TYPE = "application/vnd.designtool.runtime-end.v1+json"
RECEIPT_TYPE = "application/vnd.designtool.recall-receipt.v1+json"
ReceiptLevel = Literal["stop-use", "no-new-patients", "info", "lifted"]
"""Of a recall, or that it holds no longer."""
Done = Literal["new-starts-stopped", "parts-stopped"]
DONE_WORDS: Mapping[Done, Text] = {
    "new-starts-stopped": Text("inga nya behandlingar startas", "no new treatments begin"),
    "parts-stopped": Text(
        "de delar som återkallelsen nämner är stoppade", "the parts that the recall names are stopped"
    ),
}
CLOCK_SLACK = timedelta(minutes=10)
"""So much may a runtime's clock be ahead of ours before a receipt is one from the future."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""In place of a time that is not told: nobody has any left to answer."""
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Recalled:
    """A recall as it stands in the metadata, or that it has been lifted: what a receipt is for."""

    release: str
    """`<region>/<program>/<version>`."""
    level: ReceiptLevel
    digest: str
    since: datetime
    """When it was drafted, as its safety officer has signed it."""
    bundle: str = ""
    """Digest of the bundle that is recalled; empty where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A runtime that answers recalls, and whom to call when it does not."""

    key: PublicKey
    """Of the runtime, with its name and region."""
    contact: str
    telephone: str
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class RuntimeEnd:
    """That a runtime is no more: what was enrolled of its key until then holds no longer."""

    region: str
    public: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    region: str
    release: str
    level: ReceiptLevel
    entry: str
    """Digest of the entry."""
    metadata_version: int
    learned_at: datetime
    has_release: bool
    is_activated: bool
    has_treatments: bool
    done: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A document of one of the three kinds, whose signatures nobody has looked at yet."""

    content: Enrolment | RuntimeEnd | Receipt
    envelope: Envelope
    file: str

    @property
    def region(self) -> str:
        return self.content.key.region if isinstance(self.content, Enrolment) else self.content.region


@dataclass(frozen=True, slots=True)
class Runtime:
    """One that is to answer."""

    enrolment: Enrolment
    """The latest of its key."""
    since: datetime
    """When it was first enrolled, of the enrolments that hold."""
    digest: str
    """Of the enrolment."""

    @property
    def key(self) -> PublicKey:
        return self.enrolment.key


@dataclass(frozen=True, slots=True)
class Problem:
    """A document that does not count, and why."""

    file: str
    code: str
    message: Text
    hides_nobody: bool = False
    """Whether it is about a receipt: who is to answer is known all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    runtime: Runtime
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Answers:
    """Who has heard of a recall, and who is silent."""

    entry: Recalled
    answered: tuple[Answer, ...]
    waiting: tuple[Runtime, ...]
    """No answer yet, and there is still time."""
    silent: tuple[Runtime, ...]
    """No answer in time: to be called."""


@dataclass(frozen=True, slots=True)
class Overview:
    runtimes: tuple[Runtime, ...]
    recalls: tuple[Answers, ...]
    unknown: tuple[Signed, ...]
    """Receipts that no enrolled runtime has signed: they count for nothing."""
    problems: tuple[Problem, ...]

    @property
    def is_everybody_heard(self) -> bool:
        """False also where something may hide somebody who should answer."""
        return not any(one.silent for one in self.recalls) and all(one.hides_nobody for one in self.problems)


# Making


def enrol(enrolment: Enrolment, signer: Signer, key: PublicKey) -> Signed:
    """Signed by the runtime's region. Raises SignedProblem for what is no enrolment, and for a key of another region."""
    runtime = enrolment.key
    content = {
        "designtool": "runtime-enrolment",
        "format": 1,
        "region": runtime.region,
        "runtime": runtime.holder,
        "public": runtime.public,
        "contact": enrolment.contact,
        "telephone": enrolment.telephone,
        "enrolled_at": moment_words(enrolment.enrolled_at),
    }
    if runtime.role != "runtime":
        raise SignedProblem("enrolment-key", key=runtime.key_id[:12], holder=runtime.holder)
    return _signed(ENROLMENT_TYPE, content, signer, key, runtime.region, "runtime-enrolment")


def end(runtime: PublicKey, at: datetime, signer: Signer, key: PublicKey) -> Signed:
    """That a runtime is no more, signed by its region. Raises SignedProblem for a key of another region."""
    content = {
        "designtool": "runtime-end",
        "format": 1,
        "region": runtime.region,
        "public": runtime.public,
        "ended_at": moment_words(at),
    }
    return _signed(END_TYPE, content, signer, key, runtime.region, "runtime-end")


def answer(receipt: Receipt, signer: Signer) -> Signed:
    """Signed by the runtime. Raises SignedProblem for what is no receipt."""
    content = {
        "designtool": "recall-receipt",
        "format": 1,
        **told_by(receipt),
    }
    envelope = enclose(RECEIPT_TYPE, content)
    read(envelope, "recall-receipt")
    return read(sign(envelope, signer, "recall-receipt"), "recall-receipt")


def told_by(receipt: Receipt) -> dict[str, Any]:
    """What a receipt says, as it is signed and as it is printed."""
    return {
        "region": receipt.region,
        "release": receipt.release,
        "level": receipt.level,
        "entry": receipt.entry,
        "metadata_version": receipt.metadata_version,
        "learned_at": moment_words(receipt.learned_at),
        "has_release": receipt.has_release,
        "is_activated": receipt.is_activated,
        "has_treatments": receipt.has_treatments,
        "done": list(receipt.done),
    }


def check_signer(region: str, key: PublicKey) -> None:
    """Raises SignedProblem for a key that cannot speak for a region's runtimes."""
    if key.region != region or key.role not in SIGNING_ROLES:
        raise SignedProblem("enrolment-signer", region=region, found=key.region)


def moment_words(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_MOMENT)


def _signed(kind: str, content: Mapping[str, Any], signer: Signer, key: PublicKey, region: str, file: str) -> Signed:
    check_signer(region, key)
    envelope = enclose(kind, content)
    read(envelope, file)
    return read(sign(envelope, signer, file), file)


# Reading


def read(envelope: Envelope, file: str) -> Signed:
    """Raises SignedProblem for what is none of the three kinds, Refused for what is no canonical JSON."""
    if envelope.payload_type == ENROLMENT_TYPE:
        return Signed(_enrolment(envelope, file), envelope, file)
    if envelope.payload_type == END_TYPE:
        return Signed(_end(envelope, file), envelope, file)
    return Signed(_receipt(envelope, file), envelope, file)


def _enrolment(envelope: Envelope, file: str) -> Enrolment:
    content = content_of(envelope, ENROLMENT_TYPE, file)
    _check_shape("runtime-enrolment", content, file)
    for field in ("runtime", "contact"):
        _check_words(content[field], field, file)
    key = public_key(content["public"], Owner(content["runtime"], "runtime", content["region"]))
    if key is None:
        raise SignedProblem("receipt-invalid", file=file, reason="public")
    return Enrolment(key, content["contact"], content["telephone"], _moment(content, "enrolled_at", file))


def _end(envelope: Envelope, file: str) -> RuntimeEnd:
    content = content_of(envelope, END_TYPE, file)
    _check_shape("runtime-end", content, file)
    return RuntimeEnd(content["region"], content["public"], _moment(content, "ended_at", file))


def _receipt(envelope: Envelope, file: str) -> Receipt:
    content = content_of(envelope, RECEIPT_TYPE, file)
    _check_shape("recall-receipt", content, file)
    if content["done"] != sorted(set(content["done"])):
        raise SignedProblem("receipt-invalid", file=file, reason="done")
    return Receipt(
        content["region"],
        content["release"],
        content["level"],
        content["entry"],
        content["metadata_version"],
        _moment(content, "learned_at", file),
        content["has_release"],
        content["is_activated"],
        content["has_treatments"],
        tuple(content["done"]),
    )


def _moment(content: Mapping[str, Any], field: str, file: str) -> datetime:
    try:
        return datetime.strptime(content[field], _MOMENT).replace(tzinfo=UTC)
    except ValueError as error:
        raise SignedProblem("receipt-invalid", file=file, reason=field) from error


def _check_words(text: str, field: str, file: str) -> None:
    """What people write freely must show all that is in it."""
    if not text.isprintable() or text != unicodedata.normalize("NFC", text).strip():
        raise SignedProblem("receipt-invalid", file=file, reason=field)


def _check_shape(kind: str, content: Mapping[str, Any], file: str) -> None:
    import jsonschema_rs

    try:
        _validator(kind).validate(content)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(part) for part in error.instance_path) or "keys"
        raise SignedProblem("receipt-invalid", file=file, reason=place) from error


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema_of(kind), offline=True)


# What holds


def overview(
    documents: Iterable[Signed],
    entries: Sequence[Recalled],
    keys: Mapping[str, PublicKey],
    now: datetime,
    within: timedelta,
    problems: Iterable[Problem] = (),
) -> Overview:
    """Who has answered which recall. `keys`: of the regions, by key id. `problems`: what was found before this.

    `within`: how long a runtime has to answer, counted from the recall, or from its enrolment where that came later.
    """
    documents = tuple(documents)
    known, wrong = runtimes(documents, keys, now)
    given: dict[tuple[str, str, str, str], Receipt] = {}
    unknown = []
    for one in documents:
        receipt = one.content
        if not isinstance(receipt, Receipt):
            continue
        try:
            signers = _receipt_signers(one, receipt, known, now)
        except SignedProblem as problem:
            wrong.append(Problem(one.file, problem.code, problem.message, hides_nobody=True))
            continue
        if not signers:
            unknown.append(one)
        for key in signers:
            place = (key.region, key.key_id, receipt.entry, receipt.level)
            # Of several receipts the first says when it was heard.
            given[place] = min(receipt, given.get(place, receipt), key=lambda each: each.learned_at)
    return Overview(
        known,
        tuple(_answers(entry, known, given, now, within) for entry in entries),
        tuple(unknown),
        tuple(sorted([*problems, *wrong], key=lambda one: (one.file, one.code))),
    )


def sound(
    documents: Sequence[Signed], beside: Iterable[Signed], keys: Mapping[str, PublicKey], now: datetime
) -> tuple[tuple[Signed, ...], tuple[Problem, ...]]:
    """Those that hold, to be carried on: what a region has signed, and receipts of runtimes that are enrolled here or `beside`."""
    _, problems = runtimes(documents, keys, now)
    known, _ = runtimes((*documents, *beside), keys, now)
    wrong = {one.file for one in problems}
    holding = []
    for one in documents:
        try:
            if isinstance(one.content, Receipt) and not _receipt_signers(one, one.content, known, now):
                raise SignedProblem("receipt-unsigned", file=one.file, region=one.region)
        except SignedProblem as problem:
            problems.append(Problem(one.file, problem.code, problem.message, hides_nobody=True))
            continue
        if one.file not in wrong:
            holding.append(one)
    return tuple(holding), tuple(problems)


def runtimes(
    documents: Iterable[Signed], keys: Mapping[str, PublicKey], now: datetime
) -> tuple[tuple[Runtime, ...], list[Problem]]:
    """Who is to answer, by region and name, and which enrolments and ends do not hold.

    One key that two regions have enrolled is two runtimes: a receipt says for which of them it is.
    """
    enrolled: dict[tuple[str, str], list[Signed]] = {}
    ended: dict[tuple[str, str], datetime] = {}
    problems = []
    for one in documents:
        if isinstance(one.content, Receipt):
            continue
        try:
            signers = signers_of(one.envelope, keys, one.file)
            if not any(key.region == one.region and key.role in SIGNING_ROLES for key in signers):
                raise SignedProblem("enrolment-unsigned", file=one.file, region=one.region)
            if isinstance(one.content, Enrolment):
                enrolled.setdefault((one.region, one.content.key.public), []).append(one)
                continue
            # One from the future would end what has not been enrolled yet.
            _check_time(one.content.ended_at, now, one.file)
            place = (one.region, one.content.public)
            ended[place] = max(one.content.ended_at, ended.get(place, one.content.ended_at))
        except SignedProblem as problem:
            problems.append(Problem(one.file, problem.code, problem.message))
    found = []
    for place, several in enrolled.items():
        holding = sorted(
            (one.content.enrolled_at, one.envelope.digest, one.content)
            for one in several
            if isinstance(one.content, Enrolment) and (place not in ended or one.content.enrolled_at > ended[place])
        )
        if holding:
            found.append(Runtime(holding[-1][2], holding[0][0], holding[-1][1]))
    return tuple(sorted(found, key=lambda one: (one.key.region, one.key.holder, one.key.key_id))), problems


def _receipt_signers(one: Signed, receipt: Receipt, known: Iterable[Runtime], now: datetime) -> tuple[PublicKey, ...]:
    """The enrolled runtimes of the receipt's region that have signed it. Raises SignedProblem."""
    of_region = {runtime.key.key_id: runtime.key for runtime in known if runtime.key.region == receipt.region}
    signers = signers_of(one.envelope, of_region, one.file)
    if signers:
        _check_time(receipt.learned_at, now, one.file)
    return signers


def _answers(
    entry: Recalled,
    known: Iterable[Runtime],
    given: Mapping[tuple[str, str, str, str], Receipt],
    now: datetime,
    within: timedelta,
) -> Answers:
    answered, waiting, silent = [], [], []
    for runtime in known:
        receipt = given.get((runtime.key.region, runtime.key.key_id, entry.digest, entry.level))
        # A receipt for another release than the recall's own would be signed nonsense.
        if receipt is not None and receipt.release == entry.release:
            answered.append(Answer(runtime, receipt))
        elif now < _start(entry, runtime, now) + within:
            waiting.append(runtime)
        else:
            silent.append(runtime)
    return Answers(entry, tuple(answered), tuple(waiting), tuple(silent))


def _start(entry: Recalled, runtime: Runtime, now: datetime) -> datetime:
    """From when on a runtime could answer. What is dated in the future gives nobody more time."""
    stated = [at for at in (entry.since, runtime.since) if at <= now + CLOCK_SLACK]
    return max(stated, default=LONG_AGO)


def _check_time(at: datetime, now: datetime, file: str) -> None:
    if at > now + CLOCK_SLACK:
        raise SignedProblem("receipt-future", file=file, at=moment_words(at))
