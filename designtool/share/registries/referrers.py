"""What is said about a published bundle: manifests that name it as their subject, found again from it.

Registries that have the referrers API tell them. For all others the specification has one tag for the whole list, and two
who add to the list in the same moment lose each other's entry. So each referrer gets a tag of its own here, which nobody else
writes, and the list is made of these tags for other people's tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from designtool.bundle import Refused
from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE, blob_of, digest_of, is_digest
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Referrer, Registry, StoredManifest, nobody_watches

EMPTY_TYPE = "application/vnd.oci.empty.v1+json"
_EMPTY = blob_of(b"{}")
_OWN_DIGITS = 56
"""Of a referrer's digest, in its tag: all that a tag has room for. That they fit is looked at when the manifest is read."""
_MOST_ROUNDS = 20


def attach(
    registry: Registry,
    repository: str,
    subject: StoredManifest,
    artifact_type: str,
    media_type: str,
    data: bytes,
    annotations: Mapping[str, str] | None = None,
) -> Referrer:
    """Attach a document to a manifest of the repository. The same document again changes nothing."""
    document = blob_of(data)
    for blob in (_EMPTY, document):
        registry.push_blob(repository, blob, (), nobody_watches)
    manifest = canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": artifact_type,
            "config": {"mediaType": EMPTY_TYPE, "digest": _EMPTY.digest, "size": _EMPTY.size},
            "layers": [{"mediaType": media_type, "digest": document.digest, "size": document.size}],
            "subject": {"mediaType": subject.media_type, "digest": subject.digest, "size": len(subject.data)},
            **({"annotations": dict(annotations)} if annotations else {}),
        }
    )
    digest = digest_of(manifest)
    registry.push_manifest(repository, manifest, MANIFEST_TYPE, _own_tag(subject.digest, digest), None)
    if registry.told_referrers(repository, subject.digest) is None:
        _write_list(registry, repository, subject.digest)
    return Referrer(digest, len(manifest), MANIFEST_TYPE, artifact_type)


def referrers(registry: Registry, repository: str, digest: str) -> tuple[Referrer, ...]:
    """Everything that is attached to a manifest, sorted by digest. Whether it is true is not known here."""
    told = registry.told_referrers(repository, digest)
    if told is None:
        told = _tagged_referrers(registry, repository, digest)
    return tuple(sorted(set(told), key=lambda one: one.digest))


def attached_document(registry: Registry, repository: str, digest: str, media_type: str, most_bytes: int) -> bytes:
    """The one document in the referrer with this digest. Raises Refused for a referrer of another shape, and one that is larger."""
    value = _object(registry.manifest(repository, digest).data)
    layers = value.get("layers")
    layer = layers[0] if isinstance(layers, list) and len(layers) == 1 else None
    if not isinstance(layer, dict) or layer.get("mediaType") != media_type or not is_digest(layer.get("digest")):
        raise Refused("manifest-invalid", where="/layers")
    size = layer.get("size")
    if type(size) is not int or size < 0:
        raise Refused("manifest-invalid", where="/layers")
    if size > most_bytes:
        raise Refused("too-large", name=digest, limit=most_bytes)
    with registry.open_blob(repository, str(layer["digest"]), size, nobody_watches) as stream:
        return stream.read()


def _tagged_referrers(registry: Registry, repository: str, digest: str) -> tuple[Referrer, ...]:
    listed = _listed(registry, repository, digest)
    known = {one.digest for one in listed}
    own = _own_referrers(registry, repository, digest, known)
    return (*listed, *(one for one in own if one.digest not in known))


def _write_list(registry: Registry, repository: str, subject: str) -> None:
    """Write the list that other tools read. Whoever writes last has seen every referrer, or looks again and sees it then."""
    for _ in range(_MOST_ROUNDS):
        listed = {one.digest: one for one in _listed(registry, repository, subject)}
        own = {one.digest: one for one in _own_referrers(registry, repository, subject, set())}
        before = registry.tagged(repository, _list_tag(subject))
        try:
            data = _list_of((listed | own).values())
            registry.push_manifest(repository, data, INDEX_TYPE, _list_tag(subject), before)
        except RegistryProblem as problem:
            if problem.code != "tag-moved":
                raise
            continue
        if {one.digest for one in _own_referrers(registry, repository, subject, set())} == own.keys():
            return
    raise RegistryProblem("registry-locked", registry=registry.address)


def _own_referrers(registry: Registry, repository: str, subject: str, known: set[str]) -> tuple[Referrer, ...]:
    """The referrers that have tags of their own, but for those that are known already."""
    start = f"{_list_tag(subject)}-"
    passed = {f"{start}{digest.removeprefix('sha256:')[:_OWN_DIGITS]}" for digest in known}
    tags = [tag for tag in registry.tags(repository) if tag.startswith(start) and tag not in passed]
    found: list[Referrer] = []
    for tag in tags:
        try:
            found.append(_referrer(registry, repository, subject, tag))
        except RegistryProblem as problem:
            # A registry may list a tag a moment before it has it. Whoever is writing it is not done, and will list it.
            if problem.code != "not-in-registry":
                raise
    return tuple(found)


def _list_of(found: Iterable[Referrer]) -> bytes:
    entries = [
        {"mediaType": one.media_type, "artifactType": one.artifact_type, "digest": one.digest, "size": one.size}
        for one in sorted(found, key=lambda one: one.digest)
    ]
    return canonical_json({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries})


def _listed(registry: Registry, repository: str, subject: str) -> tuple[Referrer, ...]:
    """What the list says, which others may have written too."""
    if registry.tagged(repository, _list_tag(subject)) is None:
        return ()
    stored = registry.manifest(repository, _list_tag(subject))
    value = _object(stored.data)
    entries = value.get("manifests")
    found: list[Referrer] = []
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not is_digest(entry.get("digest")) or type(entry.get("size")) is not int:
            raise Refused("manifest-invalid", where="/manifests")
        kinds = [str(entry.get(key, "")) for key in ("mediaType", "artifactType")]
        found.append(Referrer(entry["digest"], entry["size"], kinds[0], kinds[1]))
    return tuple(found)


def _referrer(registry: Registry, repository: str, subject: str, tag: str) -> Referrer:
    """The manifest behind a referrer's own tag. Raises Refused for one that the tag does not belong to."""
    stored = registry.manifest(repository, tag)
    value = _object(stored.data)
    about = value.get("subject")
    if tag != _own_tag(subject, stored.digest) or not isinstance(about, dict) or about.get("digest") != subject:
        raise Refused("manifest-invalid", where="/subject")
    return Referrer(stored.digest, len(stored.data), stored.media_type, str(value.get("artifactType", "")))


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("json-syntax", name="manifest") from error
    if not isinstance(value, dict):
        raise Refused("manifest-invalid", where="/")
    return value


def _own_tag(subject: str, digest: str) -> str:
    return f"{_list_tag(subject)}-{digest.removeprefix('sha256:')[:_OWN_DIGITS]}"


def _list_tag(subject: str) -> str:
    """The tag that the specification gives to the list of a subject's referrers."""
    return subject.replace(":", "-")
