"""The single file: the layout as a ustar archive of which there is only one for the same content.

Entries are sorted by name; there are no folders, no times, no owners, no extensions, no compression. Two zero blocks end it
and nothing follows. The headers are written here and not by a library, because their bytes are part of a promise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from designtool.bundle.manifest import BlobSource

BLOCK = 512
CHUNK = 64 * 1024
END = bytes(2 * BLOCK)
LARGEST_ENTRY = 8**11 - 1
"""Eleven octal digits: just under 8 GiB."""


class ContentChanged(Exception):
    """A file is no longer what it was when it was read."""


def write_archive(stream: BinaryIO, files: Mapping[str, BlobSource]) -> dict[str, int]:
    """Write the archive, holding at most one chunk in memory. Gives the byte at which each file begins.

    Raises ContentChanged when a source does not give the bytes that its digest and size promise: what was written so far
    must then be thrown away.
    """
    starts: dict[str, int] = {}
    position = 0
    for name in sorted(files):
        source = files[name]
        stream.write(header(name, source.size))
        starts[name] = position + BLOCK
        _write_content(stream, name, source)
        stream.write(bytes(padding(source.size)))
        position = starts[name] + source.size + padding(source.size)
    stream.write(END)
    return starts


def _write_content(stream: BinaryIO, name: str, source: BlobSource) -> None:
    seen = None if source.is_verified else hashlib.sha256()
    written = 0
    with source.open() as content:
        for chunk in chunks(content):
            written += len(chunk)
            if written > source.size:
                break
            if seen is not None:
                seen.update(chunk)
            stream.write(chunk)
    if written != source.size or (seen is not None and f"sha256:{seen.hexdigest()}" != source.digest):
        raise ContentChanged(f"{name} did not have the promised bytes")


def header(name: str, size: int) -> bytes:
    """The one header that a file of this name and size has."""
    encoded = name.encode("ascii")
    if not 0 < len(encoded) <= 100:
        raise ValueError(f"no name for an entry: {name!r}")
    if not 0 <= size <= LARGEST_ENTRY:
        raise ValueError(f"{name} has a size that the archive cannot express: {size}")
    before = b"".join(
        (
            encoded.ljust(100, b"\0"),
            b"0000644\0",
            b"0000000\0",  # Owner
            b"0000000\0",  # Group
            b"%011o\0" % size,
            b"00000000000\0",  # Time
        )
    )
    after = b"".join(
        (
            b"0",  # An ordinary file
            bytes(100),  # Link target
            b"ustar\x0000",
            bytes(32),  # Name of the owner
            bytes(32),  # Name of the group
            b"0000000\0",  # Device numbers
            b"0000000\0",
            bytes(155),  # Prefix
            bytes(12),
        )
    )
    checksum = sum(before) + 8 * ord(" ") + sum(after)
    return before + b"%06o\0 " % checksum + after


def padding(size: int) -> int:
    """Zero bytes between the end of a file and the next header."""
    return -size % BLOCK


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
