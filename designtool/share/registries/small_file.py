"""A small file in a registry: one manifest with one layer, whose descriptor carries the bytes as well, so that one request is enough."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection
from typing import Any

from designtool.bundle import Refused
from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import MANIFEST_TYPE, blob_of, digest_of, is_digest
from designtool.share.registries.referrers import EMPTY_TYPE
from designtool.share.registries.registry import Registry, nobody_watches

MOST_INLINE = 256 * 1024
"""Bytes that a descriptor carries. What is larger lies in its blob alone."""
_EMPTY = blob_of(b"{}")


def push_file(
    registry: Registry,
    repository: str,
    tag: str,
    data: bytes,
    kind: str,
    media_type: str,
    expected: str | None = None,
) -> str:
    """Store a file under a tag, as `Registry.push_manifest` does: `expected` is the digest of the manifest that the tag has until
    then. The blob is pushed too, for registries and tools that know no bytes in descriptors. Gives the digest of the manifest.

    `kind`: the artifact type. The same file has the same manifest everywhere. Raises RegistryProblem.
    """
    for one in (_EMPTY, blob_of(data)):
        registry.push_blob(repository, one, (), nobody_watches)
    manifest = manifest_of_file(data, kind, media_type)
    registry.push_manifest(repository, manifest, MANIFEST_TYPE, tag, expected)
    return digest_of(manifest)


def manifest_of_file(data: bytes, kind: str, media_type: str) -> bytes:
    """The one manifest that a file has."""
    blob = blob_of(data)
    layer: dict[str, Any] = {"mediaType": media_type, "digest": blob.digest, "size": blob.size}
    if blob.size <= MOST_INLINE:
        layer["data"] = base64.b64encode(data).decode()
    return canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": kind,
            "config": {"mediaType": EMPTY_TYPE, "digest": _EMPTY.digest, "size": _EMPTY.size},
            "layers": [layer],
        }
    )


def pull_file(registry: Registry, repository: str, reference: str, kinds: Collection[str], most: int) -> bytes:
    """The bytes of a file of at most `most` bytes, held against the digest that its manifest says. `kinds`: the artifact types
    that are looked for. Whose file it is, and whether it is the right one, is for the caller to find out.

    Raises RegistryProblem (`not-in-registry` where there is no such tag), and Refused for what is no such file.
    """
    layer = _layer(registry.manifest(repository, reference).data, kinds)
    digest, size, inline = layer.get("digest"), layer.get("size"), layer.get("data")
    if not is_digest(digest) or type(size) is not int or size < 0:
        raise Refused("manifest-invalid", where="/layers/0")
    if size > most:
        raise Refused("too-large", name=reference, limit=most)
    assert isinstance(digest, str)
    if inline is None:
        with registry.open_blob(repository, digest, size, nobody_watches) as stream:
            return stream.read()
    data = _decoded(inline)
    if len(data) != size:
        raise Refused("wrong-size", name=reference)
    if digest_of(data) != digest:
        raise Refused("wrong-digest", name=reference)
    return data


def _layer(manifest: bytes, kinds: Collection[str]) -> dict[str, Any]:
    try:
        value = json.loads(manifest)
    except (ValueError, RecursionError) as error:
        raise Refused("json-syntax", name="manifest") from error
    if not isinstance(value, dict):
        raise Refused("manifest-invalid", where="/")
    kind, layers = value.get("artifactType"), value.get("layers")
    if not isinstance(kind, str) or kind not in kinds:
        raise Refused("manifest-invalid", where="/artifactType")
    if not isinstance(layers, list) or len(layers) != 1 or not isinstance(layers[0], dict):
        raise Refused("manifest-invalid", where="/layers")
    return layers[0]


def _decoded(inline: object) -> bytes:
    try:
        if isinstance(inline, str):
            return base64.b64decode(inline.encode(), validate=True)
    except (binascii.Error, ValueError):
        pass
    raise Refused("manifest-invalid", where="/layers/0/data")
