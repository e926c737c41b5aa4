"""The OCI image layout: three kinds of files by name, the same in an archive, in a folder and (as blobs) in a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import (
    ARTIFACT_TYPE,
    INDEX_TYPE,
    MANIFEST_TYPE,
    BlobSource,
    BundleContent,
    Manifest,
    blob_of,
    digest_of,
    manifest_of,
)

LAYOUT_FILE = "oci-layout"
INDEX_FILE = "index.json"
BLOB_FOLDER = "blobs/sha256/"
REFERENCE_NAME = "org.opencontainers.image.ref.name"
LAYOUT_BYTES = canonical_json({"imageLayoutVersion": "1.0.0"})


def blob_name(digest: str) -> str:
    """Where the blob with this digest lies in a layout."""
    return BLOB_FOLDER + digest.removeprefix("sha256:")


def layout_of_content(content: BundleContent) -> dict[str, BlobSource]:
    """All files of the layout of new content, by name."""
    program = blob_of(content.program)
    blobs = {blob.digest: blob for blob in (program, *content.files.values())}
    return _layout(manifest_of(content), content.annotations.version, blobs)


def layout_of_manifest(manifest: Manifest, blobs: Mapping[str, BlobSource]) -> dict[str, BlobSource]:
    """All files of the layout of a bundle that came from elsewhere; `blobs` by digest, at least those of the manifest."""
    needed = {file.digest: blobs[file.digest] for file in manifest.files.values()}
    return _layout(manifest.data, manifest.annotations.version, needed)


def index_json(manifest_digest: str, manifest_size: int, version: str) -> bytes:
    """`index.json`: the one bundle, with its version as the name that OCI tools call a tag."""
    entry: dict[str, Any] = {
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "digest": manifest_digest,
        "size": manifest_size,
        "annotations": {REFERENCE_NAME: version},
    }
    return canonical_json({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [entry]})


def _layout(manifest: bytes, version: str, blobs: Mapping[str, BlobSource]) -> dict[str, BlobSource]:
    manifest_blob = blob_of(manifest)
    files = {blob_name(blob.digest): blob for blob in (manifest_blob, *blobs.values())}
    files[LAYOUT_FILE] = blob_of(LAYOUT_BYTES)
    files[INDEX_FILE] = blob_of(index_json(digest_of(manifest), len(manifest), version))
    return files
