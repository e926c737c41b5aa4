"""Agreements and their ends in a registry: each region has a repository, `agreements/<region>`, that it alone pushes to.

A file lies there under a tag that is the digest of its bytes, and is never written over. Whoever collects reads the lists of tags,
fetches what is not in the folder yet, and takes what a trusted key has signed. Nothing is ever taken away from the folder, so a
registry that hides an end from somebody who has seen it hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from designtool.atomic import write_atomically
from designtool.bundle import Refused, digest_of
from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.bundle.manifest import is_digest
from designtool.share.agreements.folder import (
    END_SUFFIX,
    SUFFIX,
    FileProblem,
    read_agreement_folder,
    read_signed,
    remember_ends,
    write_copy,
)
from designtool.share.agreements.terms import AGREEMENT_TYPE, END_TYPE, SignedAgreement, SignedEnd, speakers
from designtool.share.envelope import MOST_BYTES, encode_envelope
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.region_keys import region_keys
from designtool.share.registries.names import RESERVED_REGIONS, is_part
from designtool.share.registries.problems import NOBODY_ANSWERS, RegistryProblem
from designtool.share.registries.registry import Registry
from designtool.share.registries.small_file import pull_file, push_file
from designtool.share.signed_problems import SignedProblem

REPOSITORY = "agreements"
"""The first part of the repositories' names."""
ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"
MOST_FILES = 2_000
"""Of one region. Ends are read before all else."""
_MOST_WRONG = 100
"""After so many tags of a region that lead to no file, the rest of it is left."""
LEFT_FILE = "left.json"
"""In the folder: which files were left, so that they are not fetched each time."""
_LARGEST_LEFT = 4 * 2**20
_TAG = re.compile(r"(agreement|end)-([0-9a-f]{64})")
_NOBODY_ANSWERS = NOBODY_ANSWERS | {"not-a-registry-folder"}


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

    What is no such file, and what no trusted key of its regions has signed, is told and left. What was left for what it says is
    not asked for again until other keys are trusted. Raises RegistryProblem where the registry cannot be reached, and OSError for a
    folder that cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left = _read_left(folder, keys)
    collecting = _Collecting(registry, folder, keys, _digests_in(folder), set(left))
    for region in sorted(set(regions)):
        try:
            _collect_region(collecting, region)
        except (Refused, RegistryProblem) as problem:
            _not_taken(collecting, f"{REPOSITORY}/{region}", problem)
    if collecting.left != left:
        _write_left(folder, collecting.left, keys)
    remember_ends(folder, read_agreement_folder(folder, keys).ended_from(keys))
    return Collected(tuple(collecting.new), tuple(collecting.problems))


def bring_agreements(registry: Registry, trust_folder: Path, folder: Path) -> Collected:
    """`collect_agreements` of all regions that a trust folder knows.

    Where a stick has none of any region nothing has been read, and there is no folder either unless there was one. Raises also
    TrustProblem.
    """
    was_there = folder.is_dir()
    keys = region_keys(trust_folder)
    collected = collect_agreements(registry, {key.region for key in keys.values()}, folder, keys)
    if registry.is_folder and not was_there and not any(folder.iterdir()):
        folder.rmdir()
    return collected


@dataclass(slots=True)
class _Collecting:
    registry: Registry
    folder: Path
    keys: Mapping[str, PublicKey]
    known: set[str]
    """Digests of the files in the folder."""
    left: set[str]
    """Digests of files that nobody can use with these keys."""
    new: list[Path] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)


def _collect_region(collecting: _Collecting, region: str) -> None:
    repository = repository_of(region)
    # Ends first: where there is too much, what stops comes before what permits.
    tags = sorted(collecting.registry.tags(repository), key=lambda tag: (not tag.startswith("end-"), tag))
    wrong = 0
    for tag in tags[:MOST_FILES]:
        stated = _TAG.fullmatch(tag)
        digest = f"sha256:{stated[2]}" if stated is not None else ""
        if digest in collecting.known or digest in collecting.left:
            continue
        file = f"{repository}:{tag}"
        try:
            if stated is None:
                raise SignedProblem("agreement-tag", file=file)
            data = pull_file(collecting.registry, repository, tag, (AGREEMENT_TYPE, END_TYPE), MOST_BYTES)
            if digest_of(data) != digest:
                raise SignedProblem("agreement-tag", file=file)
        except (Refused, SignedProblem, RegistryProblem) as problem:
            _not_taken(collecting, file, problem)
            wrong += 1
            if wrong == _MOST_WRONG:
                _not_taken(collecting, repository, SignedProblem("agreements-unusable", region=region, most=wrong))
                return
            continue
        _take(collecting, tag, data, digest, file)
    if len(tags) > MOST_FILES:
        _not_taken(collecting, repository, SignedProblem("agreements-too-many", region=region, most=MOST_FILES))


def _take(collecting: _Collecting, tag: str, data: bytes, digest: str, file: str) -> None:
    """What it says is fixed by its digest: if it is of no use it stays so, as long as the same keys are trusted."""
    try:
        one = read_signed(data, file)
        if tag != _tag(one, digest):
            raise SignedProblem("agreement-tag", file=file)
        if not speakers(one, collecting.keys):
            raise SignedProblem("agreement-unsigned", file=file)
    except (Refused, SignedProblem) as problem:
        _not_taken(collecting, file, problem)
        collecting.left.add(digest)
        return
    collecting.new.append(write_copy(collecting.folder, one, digest))
    collecting.known.add(digest)


def _not_taken(collecting: _Collecting, file: str, problem: Refused | SignedProblem | RegistryProblem) -> None:
    """Tell it. Raises RegistryProblem where nobody answers: then there is no more to be had."""
    if problem.code in _NOBODY_ANSWERS:
        raise problem
    collecting.problems.append(FileProblem(file, problem.code, problem.message))


def _read_left(folder: Path, keys: Mapping[str, PublicKey]) -> frozenset[str]:
    """What was left before, with the same keys. A memory that is damaged, or is of other keys, is none."""
    try:
        with (folder / LEFT_FILE).open("rb") as stream:
            data = stream.read(_LARGEST_LEFT + 1)
        content = parse_canonical(data, LEFT_FILE, _LARGEST_LEFT)
    except (FileNotFoundError, Refused):
        return frozenset()
    files = content.get("files") if isinstance(content, dict) and content.get("keys") == _digest_of(keys) else None
    return frozenset(one for one in files if is_digest(one)) if isinstance(files, list) else frozenset()


def _write_left(folder: Path, left: Collection[str], keys: Mapping[str, PublicKey]) -> None:
    content = {"designtool": "agreements-left", "format": 1, "keys": _digest_of(keys), "files": sorted(left)}
    data = canonical_json(content)
    if len(data) <= _LARGEST_LEFT:
        write_atomically(folder / LEFT_FILE, lambda stream: stream.write(data))


def _digest_of(keys: Mapping[str, PublicKey]) -> str:
    return digest_of(canonical_json(sorted([key.key_id, key.role, key.region] for key in keys.values())))


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
