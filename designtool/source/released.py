"""Where a workspace keeps what it has published: beside the programs, since no bundle holds it."""

from __future__ import annotations

RELEASES = "releases"
BUNDLES = f"{RELEASES}/bundles"


def list_path(name: str) -> str:
    """Of a program's list of published versions, in the workspace."""
    return f"{RELEASES}/{name}.yaml"


def bundle_path(name: str, version: str) -> str:
    """Of the bundle of a published version, in the workspace."""
    return f"{BUNDLES}/{name}-{version}.dtb"
