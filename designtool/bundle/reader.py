"""The strict reader: it takes what the writer writes, byte for byte, and nothing else.

Every header and every JSON document is written anew and compared, so there is no second way to say the same thing, and
nothing for an attacker to hide in. Nothing is extracted. At most one chunk of a film is in memory at a time.
"""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, cast

from designtool.bundle.archive import BLOCK, CHUNK, END, header, padding
from designtool.bundle.canonical import parse_canonical
from designtool.bundle.gates import check_program
from designtool.bundle.layout import BLOB_FOLDER, INDEX_FILE, LAYOUT_BYTES, LAYOUT_FILE, blob_name, index_json
from designtool.bundle.manifest import (
    PROGRAM_FILE,
    BlobSource,
    Descriptor,
    Limits,
    Manifest,
    digest_of,
    is_digest,
    read_manifest,
)
from designtool.bundle.refusals import Refused
from designtool.model.codec import NotAProgram, decode_program
from designtool.model.picture import LARGEST_SVG, svg_problems
from designtool.model.program import FORMAT, Program

_BLOB = re.compile(re.escape(BLOB_FOLDER) + "[0-9a-f]{64}")
_TYPE_FLAGS = {
    b"1": "archive-link",
    b"2": "archive-link",
    b"3": "archive-device",
    b"4": "archive-device",
    b"5": "archive-folder",
    b"6": "archive-device",
    b"7": "archive-device",
    b"S": "archive-sparse",
    b"x": "archive-extension",
    b"g": "archive-extension",
    b"X": "archive-extension",
    b"L": "archive-extension",
    b"K": "archive-extension",
}
_OTHER_FORMATS = (
    (b"PK", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7-zip"),
    (b"\x89PNG", "PNG"),
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in which every byte has been accounted for. Its files are read from where the bundle lies."""

    manifest: Manifest
    program_json: Mapping[str, Any] = field(hash=False, repr=False)
    blobs: Mapping[str, BlobSource] = field(hash=False, repr=False)
    """By digest: the blobs of all files."""

    @property
    def digest(self) -> str:
        return self.manifest.digest

    @property
    def files(self) -> Mapping[str, Descriptor]:
        return self.manifest.files

    def open(self, name: str) -> BinaryIO:
        """A stream over one file, which can be read beside others."""
        return self.blobs[self.files[name].digest].open()

    def read(self, name: str) -> bytes:
        """All bytes of a file; for text, not for films."""
        with self.open(name) as stream:
            return stream.read()


def read_bundle(stream: BinaryIO, limits: Limits | None = None) -> Bundle:
    """Read an archive from a seekable stream that stays open as long as the bundle is used.

    Raises Refused for anything but a bundle. That the program in it means something is `program_of`'s to say.
    """
    limits = limits or Limits()
    entries = _read_archive(stream, limits)
    for name in (INDEX_FILE, LAYOUT_FILE):
        if name not in entries:
            raise Refused("layout-missing", name=name)
    layout = _small(entries[LAYOUT_FILE], LAYOUT_FILE, limits)
    parse_canonical(layout, LAYOUT_FILE, limits.manifest_bytes)
    if layout != LAYOUT_BYTES:
        raise Refused("layout-version")
    index = _small(entries[INDEX_FILE], INDEX_FILE, limits)
    manifest_digest = _pointed_at(index, limits)
    source = entries.get(blob_name(manifest_digest))
    if source is None:
        raise Refused("blob-missing", name="manifest")
    manifest = read_manifest(_small(source, "manifest", limits), limits)
    if index_json(manifest.digest, len(manifest.data), manifest.annotations.version) != index:
        raise Refused("index-invalid")
    blobs = {source.digest: source for name, source in entries.items() if name not in (INDEX_FILE, LAYOUT_FILE)}
    del blobs[manifest.digest]
    return bundle_of(manifest, blobs, limits)


def bundle_of(manifest: Manifest, blobs: Mapping[str, BlobSource], limits: Limits | None = None) -> Bundle:
    """Join a manifest with its blobs, which have the digests and sizes they say: whoever read them has compared.

    Raises Refused for missing and foreign blobs, and for content that is not safe to show.
    """
    limits = limits or Limits()
    for file in manifest.files.values():
        blob = blobs.get(file.digest)
        if blob is None:
            raise Refused("blob-missing", name=file.name)
        if blob.size != file.size:
            raise Refused("wrong-size", name=file.name)
    for digest in blobs.keys() - {file.digest for file in manifest.files.values()}:
        raise Refused("blob-foreign", digest=digest)
    with blobs[manifest.files[PROGRAM_FILE].digest].open() as stream:
        program_json = _program_json(manifest, stream.read(), limits)
    bundle = Bundle(manifest, program_json, MappingProxyType(dict(blobs)))
    _check_pictures(bundle)
    return bundle


def bundle_written(
    stream: BinaryIO,
    manifest: Manifest,
    files: Mapping[str, BlobSource],
    starts: Mapping[str, int],
    limits: Limits | None = None,
) -> Bundle:
    """The bundle in a seekable stream that `write_archive` has just filled with these files, as it gave where they begin.

    Every byte was held against its digest while it was written, and is not hashed again: what is left to judge is what
    the bytes say. Raises Refused for what `read_bundle` would refuse.
    """
    limits = limits or Limits()
    if sum(source.size for source in files.values()) > limits.total_bytes:
        raise Refused("too-large", name="…", limit=limits.total_bytes)
    lock = threading.Lock()
    blobs = {
        file.digest: _stretch(stream, lock, file.digest, starts[blob_name(file.digest)], file.size)
        for file in manifest.files.values()
    }
    return bundle_of(manifest, blobs, limits)


def program_of(bundle: Bundle) -> Program:
    """The program of a bundle. Raises Refused when it means nothing, or not what the manifest says, or is not safe to show."""
    return _program(bundle.manifest, bundle.program_json)


def program_in(manifest: Manifest, program_bytes: bytes, limits: Limits | None = None) -> Program:
    """The program that belongs to a manifest, from its own bytes alone: to be compared, and not to be shown, since none of its
    pictures and films have been looked at. Raises Refused as `program_of` does, and for other bytes."""
    return _program(manifest, _program_json(manifest, program_bytes, limits or Limits()))


def _program_json(manifest: Manifest, program_bytes: bytes, limits: Limits) -> dict[str, Any]:
    if digest_of(program_bytes) != manifest.files[PROGRAM_FILE].digest:
        raise Refused("wrong-digest", name=PROGRAM_FILE)
    program_json = parse_canonical(program_bytes, PROGRAM_FILE, limits.program_bytes)
    if not isinstance(program_json, dict):
        raise Refused("program-invalid", problem="/")
    return program_json


def _program(manifest: Manifest, program_json: Mapping[str, Any]) -> Program:
    number = program_json.get("format")
    if type(number) is int and number > FORMAT:
        raise Refused("format-too-new", format=number, known=FORMAT)
    try:
        program = decode_program(program_json)
    except NotAProgram as error:
        raise Refused("program-invalid", problem=error) from error
    check_program(program, program_json, manifest)
    return program


def _read_archive(stream: BinaryIO, limits: Limits) -> dict[str, BlobSource]:
    """Every entry by name. The whole archive is read once, and every blob held against its name."""
    stream.seek(0)
    entries: dict[str, BlobSource] = {}
    lock = threading.Lock()
    previous = ""
    left = limits.total_bytes
    while True:
        block = stream.read(BLOCK)
        if not entries:
            _refuse_other_format(block)
        if len(block) < BLOCK:
            raise Refused("archive-truncated", name=previous or "…")
        if not any(block):
            _read_end(stream)
            return entries
        name, size = _entry(block)
        if name == previous:
            raise Refused("archive-duplicate", name=name)
        if name < previous:
            raise Refused("archive-duplicate" if name in entries else "archive-order", name=name)
        left -= size
        if left < 0:
            raise Refused("too-large", name=name, limit=limits.total_bytes)
        # Beside the files there are the manifest, the index and the mark of the layout.
        if len(entries) >= limits.files + 3:
            raise Refused("too-many-files", limit=limits.files)
        entries[name] = _read_entry(stream, lock, name, size)
        previous = name


def _entry(block: bytes) -> tuple[str, int]:
    """Name and size of an entry whose header is canonical."""
    raw = block[:100].rstrip(b"\0")
    name = raw.decode("ascii", "replace")
    if block[257:262] == b"ustar":
        code = _TYPE_FLAGS.get(block[156:157])
        if code is not None:
            raise Refused(code, name=name)
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match("[A-Za-z]:", name):
        raise Refused("archive-path", name=name)
    if name not in (INDEX_FILE, LAYOUT_FILE) and not _BLOB.fullmatch(name):
        if name.startswith("blobs/") and re.fullmatch("blobs/[a-z0-9]+/[0-9A-Fa-f]+", name):
            raise Refused("digest-form", digest=name.removeprefix("blobs/").replace("/", ":"))
        raise Refused("archive-name", name=name)
    digits = block[124:135]
    if not re.fullmatch(rb"[0-7]{11}", digits):
        raise Refused("archive-header", name=name)
    size = int(digits, 8)
    if header(name, size) != block:
        raise Refused("archive-header", name=name)
    return name, size


def _read_entry(stream: BinaryIO, lock: threading.Lock, name: str, size: int) -> BlobSource:
    start = stream.tell()
    seen = hashlib.sha256()
    left = size
    while left:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise Refused("archive-truncated", name=name)
        seen.update(chunk)
        left -= len(chunk)
    digest = f"sha256:{seen.hexdigest()}"
    if name.startswith(BLOB_FOLDER) and blob_name(digest) != name:
        raise Refused("wrong-digest", name=name)
    filler = stream.read(padding(size))
    if len(filler) < padding(size):
        raise Refused("archive-truncated", name=name)
    if any(filler):
        raise Refused("archive-padding", name=name)
    return _stretch(stream, lock, digest, start, size)


def _stretch(stream: BinaryIO, lock: threading.Lock, digest: str, start: int, size: int) -> BlobSource:
    return BlobSource(digest, size, lambda: cast(BinaryIO, _Stretch(stream, lock, start, size)))


def _read_end(stream: BinaryIO) -> None:
    rest = stream.read(len(END) - BLOCK)
    if len(rest) < len(END) - BLOCK:
        raise Refused("archive-truncated", name="…")
    if any(rest):
        raise Refused("archive-end")
    if stream.read(1):
        raise Refused("trailing-data")


def _refuse_other_format(block: bytes) -> None:
    """Say what it is that is no archive at all, where that can be told from its first block."""
    if not block:
        raise Refused("empty-file")
    for start, name in _OTHER_FORMATS:
        if block.startswith(start):
            raise Refused("not-a-bundle", found=f" ({name})")
    if block[257:262] != b"ustar" and any(block):
        raise Refused("not-a-bundle", found="")


def _small(source: BlobSource, name: str, limits: Limits) -> bytes:
    if source.size > limits.manifest_bytes:
        raise Refused("too-large", name=name, limit=limits.manifest_bytes)
    with source.open() as stream:
        return stream.read()


def _pointed_at(index: bytes, limits: Limits) -> str:
    """The digest of the manifest. All else in the index is compared afterwards, when the manifest is known."""
    value = parse_canonical(index, INDEX_FILE, limits.manifest_bytes)
    manifests = value.get("manifests") if isinstance(value, dict) else None
    if not isinstance(manifests, list) or len(manifests) != 1 or not isinstance(manifests[0], dict):
        raise Refused("index-invalid")
    digest = manifests[0].get("digest")
    if not is_digest(digest):
        raise Refused("digest-form", digest=digest)
    return str(digest)


def _check_pictures(bundle: Bundle) -> None:
    for name, file in bundle.files.items():
        if file.media_type != "image/svg+xml":
            continue
        if file.size > LARGEST_SVG:
            raise Refused("svg-too-large", name=name)
        for problem in svg_problems(bundle.read(name)):
            raise Refused(problem.code, name=name, detail=problem.detail)


class _Stretch(io.RawIOBase):
    """A part of the archive as a stream of its own."""

    def __init__(self, archive: BinaryIO, lock: threading.Lock, start: int, size: int) -> None:
        self._archive = archive
        self._lock = lock
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = max(0, min(len(buffer), self._size - self._position))
        data = self._read(wanted)
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return self._read(max(0, self._size - self._position))

    def _read(self, wanted: int) -> bytes:
        # The archive has one position for all its parts, and a server reads several at the same time.
        with self._lock:
            self._archive.seek(self._start + self._position)
            data = self._archive.read(wanted)
        self._position += len(data)
        return data
