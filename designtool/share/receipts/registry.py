"""Receipts and enrolments in a registry: each region has a repository, `receipts/<region>`, that it alone pushes to.

A document lies there under a tag made of digests, and is never written over. A receipt's tag begins with the digest of the recall,
so that whoever asks about one recall reads what is about that one alone. What a tag says is not believed: the document is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from designtool.bundle import Refused, digest_of
from designtool.share.envelope import MOST_BYTES, encode_envelope, read_envelope
from designtool.share.receipts.documents import (
    END_TYPE,
    ENROLMENT_TYPE,
    RECEIPT_TYPE,
    Problem,
    Receipt,
    RuntimeEnd,
    Signed,
    read,
)
from designtool.share.registries.names import is_part
from designtool.share.registries.problems import NOBODY_ANSWERS, RegistryProblem
from designtool.share.registries.registry import Registry
from designtool.share.registries.small_file import pull_file, push_file
from designtool.share.signed_problems import SignedProblem

REPOSITORY = "receipts"
"""The first part of the repositories' names."""
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
MOST_DOCUMENTS = 2_000
"""Of one region: enrolments and ends together, and receipts of one recall."""
_MOST_STRANGE = 20
"""So many names that are none of ours are told of one region."""
_ENTRY_DIGITS = 32
_TAG = re.compile(r"(enrolment|end|receipt-([0-9a-f]{32}))-([0-9a-f]{64})")
_TYPES = (ENROLMENT_TYPE, END_TYPE, RECEIPT_TYPE)


@dataclass(frozen=True, slots=True)
class Collected:
    """What lies in the regions' repositories, not yet held against any key."""

    documents: tuple[Signed, ...]
    problems: tuple[Problem, ...]


def repository_of(region: str) -> str:
    """Where a region keeps its receipts in a registry. Raises RegistryProblem for what is no name."""
    if not is_part(region):
        raise RegistryProblem("name-form", name=f"{REPOSITORY}/{region}")
    return f"{REPOSITORY}/{region}"


def send(documents: Iterable[Signed], registry: Registry) -> tuple[Signed, ...]:
    """Put documents into their regions' repositories. The same one again changes nothing. Gives those that were not there yet.

    Raises RegistryProblem, `tag-moved` where somebody has put something else in a document's place; what was sent until then
    stays sent.
    """
    new = []
    for one in documents:
        repository, tag = repository_of(one.region), tag_of(one)
        is_new = registry.tagged(repository, tag) is None
        # Also where there is something by this name: only who pushes the same finds out that it is the same.
        push_file(registry, repository, tag, encode_envelope(one.envelope), one.envelope.payload_type, ENVELOPE_TYPE)
        if is_new:
            new.append(one)
    return tuple(new)


def collect(registry: Registry, regions: Iterable[str], entries: Collection[str] | None = None) -> Collected:
    """Every enrolment and end of the regions, and the receipts for recalls with these digests (None: all receipts).

    What cannot be read is told, and keeps nothing else from being read. Raises RegistryProblem where the registry cannot be reached.
    """
    documents: list[Signed] = []
    problems: list[Problem] = []
    beginnings = None if entries is None else {_short(digest) for digest in entries}
    for region in sorted(set(regions)):
        repository = repository_of(region)
        try:
            tags = registry.tags(repository)
        except (Refused, RegistryProblem) as problem:
            _reraise_if_nobody_answers(problem)
            problems.append(Problem(repository, problem.code, problem.message))
            continue
        for tag in _chosen(region, repository, tags, beginnings, problems):
            file = f"{repository}:{tag}"
            try:
                documents.append(_pulled(registry, region, repository, tag, file))
            except (Refused, RegistryProblem, SignedProblem) as problem:
                _reraise_if_nobody_answers(problem)
                is_receipt = tag.startswith("receipt-")
                problems.append(Problem(file, problem.code, problem.message, hides_nobody=is_receipt))
    return Collected(tuple(documents), tuple(problems))


def tag_of(one: Signed) -> str:
    digest = digest_of(encode_envelope(one.envelope)).removeprefix("sha256:")
    if isinstance(one.content, Receipt):
        return f"receipt-{_short(one.content.entry)}-{digest}"
    return f"{'end' if isinstance(one.content, RuntimeEnd) else 'enrolment'}-{digest}"


def _chosen(
    region: str, repository: str, tags: Collection[str], beginnings: set[str] | None, problems: list[Problem]
) -> list[str]:
    """The tags to read, of which each kind is bounded by itself: a flood of receipts drowns no enrolment."""
    kinds: dict[str, list[str]] = {}
    strange = [tag for tag in sorted(tags) if not _TAG.fullmatch(tag)]
    for tag in strange[:_MOST_STRANGE]:
        why = SignedProblem("receipt-name", file=f"{repository}:{tag}")
        problems.append(Problem(f"{repository}:{tag}", why.code, why.message, hides_nobody=True))
    for tag in sorted(tags):
        stated = _TAG.fullmatch(tag)
        if stated is None:
            continue
        if stated[2] is None or beginnings is None or stated[2] in beginnings:
            kinds.setdefault(stated[2] or stated[1], []).append(tag)
    chosen: list[str] = []
    for kind in sorted(kinds):
        if len(kinds[kind]) > MOST_DOCUMENTS:
            over = SignedProblem("receipts-too-many", region=region, limit=MOST_DOCUMENTS)
            is_receipt = kind not in ("enrolment", "end")
            problems.append(Problem(repository, over.code, over.message, hides_nobody=is_receipt))
        chosen += kinds[kind][:MOST_DOCUMENTS]
    return chosen


def _pulled(registry: Registry, region: str, repository: str, tag: str, file: str) -> Signed:
    data = pull_file(registry, repository, tag, _TYPES, MOST_BYTES)
    one = read(read_envelope(data, file), file)
    if tag_of(one) != tag:
        raise SignedProblem("receipt-name", file=file)
    if one.region != region:
        raise SignedProblem("receipt-place", file=file, found=one.region, region=region)
    return one


def _reraise_if_nobody_answers(problem: Exception) -> None:
    if isinstance(problem, RegistryProblem) and problem.code in NOBODY_ANSWERS:
        raise problem


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_ENTRY_DIGITS]
