"""What a stick says of a bundle whose files are not all on it: in which earlier versions, which the receiver has, the others are.

It is a help for people and nothing more: every file that is put together is held against the manifest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from designtool.bundle import Bundle, Refused
from designtool.bundle.canonical import canonical_json
from designtool.share.registries.names import is_version, name_of, version_order
from designtool.share.registries.referrers import attach, attached_document, referrers
from designtool.share.registries.registry import Registry, StoredManifest

LEFT_OUT_KIND = "application/vnd.designtool.left-out.v1+json"
_MEDIA_TYPE = "application/json"
_LARGEST = 10_000


def say_left_out(registry: Registry, subject: StoredManifest, repository: str, earlier: Iterable[Bundle]) -> None:
    """Attach to a bundle in which earlier versions of it the rest of its files are."""
    versions = sorted({one.manifest.annotations.version for one in earlier}, key=version_order)
    attach(registry, repository, subject, LEFT_OUT_KIND, _MEDIA_TYPE, canonical_json({"versions": versions}))


def earlier_versions_needed(registry: Registry, repository: str, digest: str) -> tuple[str, ...]:
    """The versions in which the files that are not in the registry are, as it says itself; none where it says nothing of it."""
    found: set[str] = set()
    for one in referrers(registry, repository, digest):
        if one.artifact_type != LEFT_OUT_KIND:
            continue
        try:
            value = json.loads(attached_document(registry, repository, one.digest, _MEDIA_TYPE, _LARGEST))
        except (Refused, ValueError, RecursionError):
            continue  # What cannot be read helps nobody.
        versions = value.get("versions") if isinstance(value, dict) else None
        found.update(one for one in (versions if isinstance(versions, list) else ()) if isinstance(one, str))
    return tuple(sorted(filter(is_version, found), key=version_order))


def earlier_of(bundle: Bundle, earlier: Iterable[Bundle]) -> tuple[Bundle, ...]:
    """Those of some bundles that are of the same program."""
    name = name_of(bundle.manifest.annotations)
    return tuple(one for one in earlier if name_of(one.manifest.annotations) == name)
