"""Bundles: the compiled program as bytes that never vary, and the reader that takes nothing else."""

from designtool.bundle.archive import ContentChanged, write_archive
from designtool.bundle.content import make_bundle
from designtool.bundle.layout import layout_of_content, layout_of_manifest
from designtool.bundle.manifest import (
    DERIVED_FROM,
    BlobSource,
    BundleContent,
    Limits,
    Manifest,
    digest_of,
    manifest_of,
    read_manifest,
)
from designtool.bundle.reader import Bundle, bundle_of, bundle_written, program_in, program_of, read_bundle
from designtool.bundle.refusals import REFUSALS, Refused

__all__ = [
    "DERIVED_FROM",
    "REFUSALS",
    "BlobSource",
    "Bundle",
    "BundleContent",
    "ContentChanged",
    "Limits",
    "Manifest",
    "Refused",
    "bundle_of",
    "bundle_written",
    "digest_of",
    "layout_of_content",
    "layout_of_manifest",
    "make_bundle",
    "manifest_of",
    "program_in",
    "program_of",
    "read_bundle",
    "read_manifest",
    "write_archive",
]
