"""What a bundle says of itself, as the release that two people sign."""

from __future__ import annotations

from dataclasses import replace

from designtool.bundle import Bundle, program_of
from designtool.bundle.manifest import Manifest
from designtool.share.federation.about import NotAbout, about_of, plain
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import Release, release_name


def release_of_bundle(bundle: Bundle) -> Release:
    """With what the program says of itself. Raises TrustProblem for a bundle whose own name cannot be a name in a federation, and
    Refused for one whose program means nothing."""
    release = release_of_manifest(bundle.manifest)
    try:
        return replace(release, about=about_of(program_of(bundle)))
    except NotAbout as error:
        raise TrustProblem("target-invalid", name=release.name, reason=error) from error


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
        plain(about.title),
        sum(sizes.values()),
    )
