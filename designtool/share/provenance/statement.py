"""Where a bundle comes from: a statement, signed by the publishing region, of the source and the versions that it was built from.

It is an in-toto statement with SLSA's provenance in a DSSE envelope, so that other people's tools read it. That it is true can be
tried by everybody: the bundle carries its source, and the same source gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from designtool.bundle import Bundle, Refused, digest_of
from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import MANIFEST_TYPE, is_digest
from designtool.bundle.source import source_files
from designtool.share.envelope import MOST_BYTES, Envelope, content_of, enclose, read_envelope, sign, signers_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.release import name_of_bundle
from designtool.share.federation.roles import release_name
from designtool.share.provenance.rebuild import first_difference, rebuild
from designtool.share.provenance.versions import BuildVersions
from designtool.share.registries.names import name_of
from designtool.share.registries.referrers import attach, attached_document, referrers
from designtool.share.registries.registry import Referrer, Registry, StoredManifest
from designtool.share.signed_problems import SignedProblem

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://designtool.example/provenance/1/build"
"""Every program is built alike: the source that lies in the bundle is compiled, nothing else goes in."""
BUILDER = "https://designtool.example/provenance/1/builder/"
"""Followed by the region, which vouches for the computer that the bundle was built on."""
ARTIFACT_TYPE = "application/vnd.in-toto.provenance+dsse"
"""What in-toto calls an envelope of this kind in storage of any sort: in a registry the type of the referrer and its layer."""
SOURCE_TYPE = "application/vnd.designtool.source.v1+json"
PREDICATE_ANNOTATION = "in-toto.io/predicate-type"
_ROLES = ("publisher", "clinical")
_MOST_PACKAGES = 500
_MOST_LOOKED_AT = 50
"""Of a bundle's referrers in a registry: a push costs nothing, and each is fetched."""
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_-]{0,63}")
_PACKAGE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is stated."""

    name: str
    """`<region>/<program>/<version>`."""
    digest: str
    """Of the bundle's manifest."""
    source: str
    """Digest of the list of the files that the bundle carries as source."""
    versions: BuildVersions
    built: datetime
    """In UTC, to the second."""

    @property
    def region(self) -> str:
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class SignedProvenance:
    provenance: Provenance
    envelope: Envelope
    file: str
    """What to call it when it is spoken of."""


# Making


def make_provenance(bundle: Bundle, versions: BuildVersions, now: datetime) -> Provenance:
    """What can be stated of a bundle, since it has just been made again here from the source in it.

    `versions`: those of this process. Raises SignedProblem `rebuild-…` for a bundle that its source does not come to, and
    TrustProblem for one whose name cannot be a name in a federation.
    """
    at = now.astimezone(UTC).replace(microsecond=0)
    name = str(release_name(name_of_bundle(bundle)))
    provenance = Provenance(name, bundle.digest, source_digest(bundle), versions, at)
    check_rebuilt(bundle, provenance, versions)
    return provenance


def sign_provenance(provenance: Provenance, signer: Signer, key: PublicKey, file: str) -> Envelope:
    """Raises SignedProblem for a key of somebody who does not release for the region. `key`: the signer's."""
    if key.region != provenance.region or key.role not in _ROLES:
        raise SignedProblem("provenance-key", file=file, found=f"{key.holder}, {key.role}, {key.region}")
    return sign(enclose(PAYLOAD_TYPE, statement_of(provenance)), signer, file)


def statement_of(provenance: Provenance) -> dict[str, Any]:
    """The in-toto statement, in its one form."""
    region, program, version = provenance.name.split("/")
    versions = provenance.versions
    packages = [{"name": name, "uri": _uri(name, found)} for name, found in versions.packages.items()]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": provenance.name, "mediaType": MANIFEST_TYPE, "digest": _digest_set(provenance.digest)},
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"region": region, "program": program, "version": version},
                "resolvedDependencies": [
                    {"name": "source", "mediaType": SOURCE_TYPE, "digest": _digest_set(provenance.source)},
                    *packages,
                ],
            },
            "runDetails": {
                "builder": {
                    "id": f"{BUILDER}{region}",
                    "version": {"designtool": versions.designtool, "python": versions.python},
                },
                "metadata": {"finishedOn": provenance.built.strftime(_TIME)},
            },
        },
    }


def source_digest(bundle: Bundle) -> str:
    """Of the canonical JSON object that has the digest of each file of the carried source, media too, by its path."""
    files = {path: bundle.files[name].digest for path, name in source_files(bundle).items()}
    return digest_of(canonical_json(files))


# Reading


def read_provenance(data: bytes, file: str) -> SignedProvenance:
    """What is stated in a file, whose signatures nobody has looked at yet.

    Raises Refused for what is no canonical JSON or too large, SignedProblem for all else that is no provenance of a bundle.
    """
    envelope = read_envelope(data, file)
    content = content_of(envelope, PAYLOAD_TYPE, file)
    return SignedProvenance(_stated(content, file), envelope, file)


def check_subject(signed: SignedProvenance, bundle: Bundle) -> None:
    """That it is about this bundle, and about the source in it. Raises SignedProblem."""
    stated = signed.provenance
    name = name_of_bundle(bundle)
    if (stated.digest, stated.name) != (bundle.digest, name):
        raise SignedProblem("provenance-subject", file=signed.file, found=f"{stated.name} {stated.digest}")
    if stated.source != source_digest(bundle):
        raise SignedProblem("provenance-source", file=signed.file)


def provenance_signers(signed: SignedProvenance, keys: Mapping[str, PublicKey]) -> tuple[PublicKey, ...]:
    """Who of the publishing region has signed it. `keys`: those of the federation's regions, by key id.

    Raises SignedProblem where nobody has, and where a signature of theirs does not hold.
    """
    region = signed.provenance.region
    own = {key_id: key for key_id, key in keys.items() if key.region == region and key.role in _ROLES}
    signers = signers_of(signed.envelope, own, signed.file)
    if not signers:
        raise SignedProblem("provenance-signer", file=signed.file, region=region)
    return signers


def check_rebuilt(bundle: Bundle, provenance: Provenance, here: BuildVersions) -> None:
    """That the source in the bundle comes to this very bundle here and now. Raises SignedProblem and Refused.

    `here`: the versions of this process. Where they are others than stated that is named as the likely reason of a difference:
    it is no proof that all is well.
    """
    first = first_difference(bundle.manifest, rebuild(bundle, provenance.built.date()))
    if first is None:
        return
    differing = provenance.versions.differing(here)
    if differing:
        raise SignedProblem("rebuild-other-versions", name=provenance.name, first=first, versions=", ".join(differing))
    raise SignedProblem("rebuild-differs", name=provenance.name, first=first)


# In a registry


def attach_provenance(registry: Registry, bundle: Bundle, data: bytes) -> Referrer:
    """Attach a provenance to a bundle that is in the registry. The same one again changes nothing.

    Raises what `read_provenance` and `check_subject` raise, and RegistryProblem.
    """
    check_subject(read_provenance(data, "provenance"), bundle)
    manifest = bundle.manifest
    subject = StoredManifest(manifest.digest, MANIFEST_TYPE, manifest.data)
    repository = str(name_of(manifest.annotations))
    return attach(
        registry, repository, subject, ARTIFACT_TYPE, ARTIFACT_TYPE, data, {PREDICATE_ANNOTATION: PREDICATE_TYPE}
    )


def attached_provenances(registry: Registry, bundle: Bundle) -> tuple[SignedProvenance, ...]:
    """Every provenance of the bundle that a registry has, as far as they can be read and are about it. None of it is trusted yet:
    whoever may push may attach.

    Raises SignedProblem where there is none, or the problem of the first where none can be read, and RegistryProblem.
    """
    repository = str(name_of(bundle.manifest.annotations))
    found: list[SignedProvenance] = []
    problems: list[Refused | SignedProblem] = []
    known = [one for one in referrers(registry, repository, bundle.digest) if one.artifact_type == ARTIFACT_TYPE]
    for one in known[:_MOST_LOOKED_AT]:
        try:
            data = attached_document(registry, repository, one.digest, ARTIFACT_TYPE, MOST_BYTES)
            signed = read_provenance(data, f"provenance {one.digest[:19]}")
            check_subject(signed, bundle)
            found.append(signed)
        except (Refused, SignedProblem) as problem:
            problems.append(problem)
    if found:
        return tuple(found)
    if problems:
        raise problems[0]
    raise SignedProblem("provenance-missing", name=name_of_bundle(bundle), place=registry.address)


# Reading it back


def _stated(content: dict[str, Any], file: str) -> Provenance:
    """Read the few places that say something, write the statement anew and compare: there is no second way to say the same."""
    subject = content.get("subject")
    if content.get("_type") != STATEMENT_TYPE or content.get("predicateType") != PREDICATE_TYPE:
        raise SignedProblem("provenance-invalid", file=file, reason="_type, predicateType")
    if not isinstance(subject, list) or len(subject) != 1:
        raise SignedProblem("provenance-invalid", file=file, reason="subject")
    try:
        provenance = _read(content, subject[0])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, TrustProblem) as error:
        raise SignedProblem("provenance-invalid", file=file, reason="predicate") from error
    if statement_of(provenance) != content:
        raise SignedProblem("provenance-invalid", file=file, reason="predicate")
    return provenance


def _read(content: Mapping[str, Any], subject: Mapping[str, Any]) -> Provenance:
    """Raises one of the errors that `_stated` catches for any other shape."""
    definition, details = content["predicate"]["buildDefinition"], content["predicate"]["runDetails"]
    source, *packages = definition["resolvedDependencies"]
    if len(packages) > _MOST_PACKAGES:
        raise ValueError
    versions = {one["name"]: one["uri"].rpartition("@")[2] for one in packages}
    tools = details["builder"]["version"]
    provenance = Provenance(
        str(release_name(subject["name"])),
        _digest(subject["digest"]),
        _digest(source["digest"]),
        BuildVersions(tools["designtool"], tools["python"], MappingProxyType(dict(sorted(versions.items())))),
        datetime.strptime(details["metadata"]["finishedOn"], _TIME).replace(tzinfo=UTC),
    )
    numbers = (tools["designtool"], tools["python"], *versions.values())
    if not all(_PACKAGE.fullmatch(name) for name in versions) or not all(_VERSION.fullmatch(one) for one in numbers):
        raise ValueError
    return provenance


def _digest(stated: Mapping[str, str]) -> str:
    digest = f"sha256:{stated['sha256']}"
    if not is_digest(digest):
        raise ValueError
    return digest


def _digest_set(digest: str) -> dict[str, str]:
    return {"sha256": digest.removeprefix("sha256:")}


def _uri(name: str, version: str) -> str:
    """A package URL, as SLSA names packages."""
    return f"pkg:pypi/{name}@{version}"
