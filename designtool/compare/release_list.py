"""The list of a program's published versions: releases/<program>.yaml.

It says more than the source can know, such as which versions still have patients, so it lies beside the programs and goes into no
bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designtool.diagnostics import Diagnostic, Span, has_errors
from designtool.load.document import Document
from designtool.load.shape import check_shape
from designtool.load.yaml_file import parse_yaml
from designtool.model.migration import version_key

HEAD = b"# Utgivna versioner. Skrivs av: designtool release PAKET\n"


@dataclass(frozen=True, slots=True)
class Published:
    """A version that has been published."""

    version: str
    digest: str
    day: str
    """ISO date."""
    has_patients: bool
    span: Span
    """Of the entry."""


@dataclass(frozen=True, slots=True)
class ReleaseList:
    versions: tuple[Published, ...] = ()
    """In their order; empty for a list that cannot be read."""
    diagnostics: tuple[Diagnostic, ...] = ()


def read_release_list(path: str, data: bytes) -> ReleaseList:
    """What a list says. One with errors says nothing but these."""
    parsed = parse_yaml(path, data)
    document = Document(path, "release-list", parsed.data, parsed.values, parsed.keys)
    found = (*parsed.diagnostics, *(check_shape(document) if parsed.readable and parsed.data is not None else ()))
    if not parsed.readable or not isinstance(parsed.data, dict) or has_errors(found):
        return ReleaseList(diagnostics=found)
    versions = [
        Published(version, stated["digest"], stated["published"], stated["patients"], document.key_span(version))
        for version, stated in parsed.data.items()
    ]
    return ReleaseList(tuple(sorted(versions, key=lambda one: version_key(one.version))), found)


def to_compare(versions: Sequence[Published], version: str) -> tuple[Published, ...]:
    """What a program of that version is held against: the latest, all that still have patients, and one of the same number."""
    return tuple(one for one in versions if one.has_patients or one is versions[-1] or one.version == version)


def with_version(data: bytes, published: Published) -> bytes:
    """The list with one more entry at its end. Every byte that was there stays."""
    before = data or HEAD
    end = b"\r\n" if b"\r\n" in before else b"\n"
    entry = [
        f"{published.version}:",
        f"  digest: {published.digest}",
        f"  published: {published.day}",
        f"  patients: {'true' if published.has_patients else 'false'}",
    ]
    gap = b"" if before.endswith(b"\n") else end
    return before + gap + b"".join(line.encode() + end for line in entry)
