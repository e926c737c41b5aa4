"""What a bundle says of itself, as the release that two people sign."""

from __future__ import annotations

from designtool.bundle import Bundle
from designtool.bundle.manifest import Manifest
from designtool.share.federation import Release, release_name


def release_of_bundle(bundle: Bundle) -> Release:
    """Raises TrustProblem for a bundle whose own name cannot be a name in a federation."""
    return release_of_manifest(bundle.manifest)


def name_of_bundle(bundle: Bundle) -> str:
    """`<region>/<program>/<version>`, whether it can be a name in a federation or not."""
    about = bundle.manifest.annotations
    return f"{about.region}/{about.id}/{about.version}"


def release_of_manifest(manifest: Manifest) -> Release:
    about = manifest.annotations
    sizes = {file.digest: file.size for file in manifest.files.values()}
    return Release(
        release_name(f"{about.region}/{about.id}/{about.version}"),
        manifest.digest,
        len(manifest.data),
        about.title,
        sum(sizes.values()),
    )
