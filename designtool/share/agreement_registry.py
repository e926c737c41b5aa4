"""Agreements and their ends in a registry: each region has a repository, `agreements/<region>`, that it alone pushes to.

A file lies there under a tag that is the digest of its bytes, and is never written over. Whoever collects reads the lists of tags,
fetches what is not in the folder yet, and takes what a trusted key has signed. Nothing is ever taken away from the folder, so a
registry that hides an end from somebody who has seen it hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from designtool.bundle import Refused, digest_of
from designtool.share.agreement_folder import (
    END_SUFFIX,
    SUFFIX,
    FileProblem,
    read_agreement_folder,
    read_signed,
    remember_ends,
    write_copy,
)
from designtool.share.agreements import AGREEMENT_TYPE, END_TYPE, SignedAgreement, SignedEnd, speakers
from designtool.share.envelope import MOST_BYTES, encode_envelope
from designtool.share.keys import PublicKey
from designtool.share.names import RESERVED_REGIONS, is_part
from designtool.share.problems import RegistryProblem
from designtool.share.registry import Registry
from designtool.share.signed_problems import SignedProblem
from designtool.share.small_file import pull_file, push_file

REPOSITORY = "agreements"
"""The first part of the repositories' names."""
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
MOST_FILES = 2_000
"""Of one region. Ends are read before all else."""
_MOST_WRONG = 100
"""After so many files of a region that nobody can use, the rest of it is left."""
_TAG = re.compile(r"(agreement|end)-([0-9a-f]{64})")
_NOBODY_ANSWERS = frozenset(
    {"registry-unreachable", "registry-too-slow", "registry-unavailable", "not-a-registry-folder"}
)


@dataclass(frozen=True, slots=True)
class Sent:
    files: tuple[str, ...]
    """Those that were not in the registry yet."""
    problems: tuple[FileProblem, ...]
    """Files of the folder that were left where they are."""


@dataclass(frozen=True, slots=True)
class Collected:
    files: tuple[Path, ...]
    """Those that were not in the folder yet."""
    problems: tuple[FileProblem, ...]
    """Files of the registry that were not taken."""


def repository_of(region: str) -> str:
    """Where a region keeps its agreements in a registry. Raises RegistryProblem for what is no name."""
    if not is_part(region) or region in RESERVED_REGIONS:
        raise RegistryProblem("name-form", name=f"{REPOSITORY}/{region}")
    return f"{REPOSITORY}/{region}"


def send_agreements(folder: Path, registry: Registry, region: str, keys: Mapping[str, PublicKey]) -> Sent:
    """Put into the region's own repository what it has signed of the agreements and ends in a folder.

    `keys`: of all regions, by key id. Raises RegistryProblem, and OSError for a folder that cannot be read.
    """
    repository = repository_of(region)
    found = read_agreement_folder(folder, keys)
    there = set(registry.tags(repository))
    sent: list[str] = []
    signed: tuple[SignedAgreement | SignedEnd, ...] = (*found.agreements, *found.ends)
    for one in signed:
        data = encode_envelope(one.envelope)
        tag = _tag(one, digest_of(data))
        if tag in there or not any(key.region == region for key in speakers(one, keys)):
            continue
        push_file(registry, repository, tag, data, one.envelope.payload_type, ENVELOPE_TYPE)
        there.add(tag)
        sent.append(one.file)
    return Sent(tuple(sent), found.problems)


def collect_agreements(
    registry: Registry, regions: Iterable[str], folder: Path, keys: Mapping[str, PublicKey]
) -> Collected:
    """Take over what the regions have put into their repositories, each file as it is, beside what lies in the folder.

    What is no such file, and what no trusted key of its regions has signed, is told and left. Raises RegistryProblem where the
    registry cannot be reached, and OSError for a folder that cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _digests_in(folder)
    new: list[Path] = []
    problems: list[FileProblem] = []
    for region in sorted(set(regions)):
        try:
            _collect_region(registry, region, folder, keys, known, new, problems)
        except (Refused, RegistryProblem) as problem:
            if isinstance(problem, RegistryProblem) and problem.code in _NOBODY_ANSWERS:
                raise
            problems.append(FileProblem(f"{REPOSITORY}/{region}", problem.code, problem.message))
    remember_ends(folder, read_agreement_folder(folder, keys).ended_from(keys))
    return Collected(tuple(new), tuple(problems))


def _collect_region(
    registry: Registry,
    region: str,
    folder: Path,
    keys: Mapping[str, PublicKey],
    known: set[str],
    new: list[Path],
    problems: list[FileProblem],
) -> None:
    repository = repository_of(region)
    # Ends first: where there is too much, what stops comes before what permits.
    tags = sorted(registry.tags(repository), key=lambda tag: (not tag.startswith("end-"), tag))
    wrong = 0
    for tag in tags[:MOST_FILES]:
        stated = _TAG.fullmatch(tag)
        if stated is not None and f"sha256:{stated[2]}" in known:
            continue
        file = f"{repository}:{tag}"
        try:
            one, digest = _pulled(registry, repository, tag, file, keys)
        except (Refused, SignedProblem, RegistryProblem) as problem:
            if isinstance(problem, RegistryProblem) and problem.code in _NOBODY_ANSWERS:
                raise
            problems.append(FileProblem(file, problem.code, problem.message))
            wrong += 1
            if wrong == _MOST_WRONG:
                break
            continue
        new.append(write_copy(folder, one, digest))
        known.add(digest)
    if wrong == _MOST_WRONG or len(tags) > MOST_FILES:
        over = SignedProblem("agreements-too-many", region=region, most=MOST_FILES)
        problems.append(FileProblem(repository, over.code, over.message))


def _pulled(
    registry: Registry, repository: str, tag: str, file: str, keys: Mapping[str, PublicKey]
) -> tuple[SignedAgreement | SignedEnd, str]:
    """What lies under a tag, and the digest of its bytes."""
    if not _TAG.fullmatch(tag):
        raise SignedProblem("agreement-tag", file=file)
    data = pull_file(registry, repository, tag, (AGREEMENT_TYPE, END_TYPE), MOST_BYTES)
    digest = digest_of(data)
    one = read_signed(data, file)
    if tag != _tag(one, digest):
        raise SignedProblem("agreement-tag", file=file)
    if not speakers(one, keys):
        raise SignedProblem("agreement-unsigned", file=file)
    return one, digest


def _tag(one: SignedAgreement | SignedEnd, digest: str) -> str:
    return f"{'end' if isinstance(one, SignedEnd) else 'agreement'}-{digest.removeprefix('sha256:')}"


def _digests_in(folder: Path) -> set[str]:
    """Of every file that could be an agreement or an end."""
    found: set[str] = set()
    for path in folder.iterdir():
        if path.name.endswith((SUFFIX, END_SUFFIX)) and path.is_file():
            with path.open("rb") as stream:
                found.add(digest_of(stream.read(MOST_BYTES + 1)))
    return found
