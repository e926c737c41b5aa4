"""Whatever a bundle claims, reading it takes little memory and little time: a process that may have no more says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from designtool.bundle import Limits
from designtool.bundle.archive import END, LARGEST_ENTRY, header
from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import digest_of
from tests.bundles import (
    SVG_PATH,
    archive_of,
    archive_with_file,
    archive_with_manifest,
    raw_archive,
    raw_entry,
    sample_content,
)

ROOT = Path(__file__).parents[2]
CONTENT = sample_content()
MEMORY = 1024 * 2**20
"""Bytes of address space, of which the interpreter and its libraries have a fifth."""
SECONDS = 60
READ = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from designtool.bundle import Refused, program_of, read_bundle
with open(sys.argv[1], "rb") as stream:
    try:
        program_of(read_bundle(stream))
    except Refused as refused:
        print(refused.code)
    else:
        print("accepted")
"""
MIB = 2**20


def filled(start: bytes, piece: bytes, end: bytes, size: int) -> bytes:
    """A document of nearly `size` bytes, mostly made of one piece."""
    return start + b",".join([piece] * ((size - len(start) - len(end)) // (len(piece) + 1))) + end


def program_of_empty_objects() -> bytes:
    data = filled(b'{"a":[', b"{}", b'],"format":1}', Limits().program_bytes - 100)
    return archive_with_file(CONTENT, "program.json", data)


def program_of_keys() -> bytes:
    keys = b",".join(b'"%07d":0' % number for number in range((Limits().program_bytes - 100) // 13))
    return archive_with_file(CONTENT, "program.json", b"{" + keys + b"}")


def program_beyond_its_limit() -> bytes:
    return archive_with_file(CONTENT, "program.json", bytes(Limits().program_bytes + 1))


def manifest_of_empty_objects() -> bytes:
    return archive_with_manifest(CONTENT, lambda _: filled(b'{"layers":[', b"{}", b"]}", Limits().manifest_bytes))


def manifest_of_layers() -> bytes:
    def many(manifest: dict[str, Any]) -> None:
        layer = manifest["layers"][0]
        manifest["layers"] = [
            {**layer, "annotations": {"org.opencontainers.image.title": f"{number:06d}.txt"}}
            for number in range(19_000)
        ]

    return archive_with_manifest(CONTENT, many)


def manifest_nested() -> bytes:
    return archive_with_manifest(CONTENT, lambda _: b"[" * (2 * MIB) + b"]" * (2 * MIB))


def manifest_of_one_number() -> bytes:
    return archive_with_manifest(CONTENT, lambda _: b"9" * (4 * MIB))


def manifest_that_claims_everything() -> bytes:
    def all_of_it(manifest: dict[str, Any]) -> None:
        manifest["layers"][1]["size"] = 2**53 - 1

    return archive_with_manifest(CONTENT, all_of_it)


def many_entries() -> bytes:
    names = sorted(digest_of(str(number).encode()) for number in range(Limits().files + 4))
    entries = {digest_of(str(number).encode()): str(number).encode() for number in range(Limits().files + 4)}
    return raw_archive({f"blobs/sha256/{name[7:]}": entries[name] for name in names})


def picture_of_elements() -> bytes:
    inside = b"<g/>" * (4 * MIB // 4 - 100)
    picture = b'<svg xmlns="http://www.w3.org/2000/svg">' + inside + b"</svg>"
    return archive_with_file(CONTENT, f"media/{SVG_PATH}", picture)


def picture_of_entities() -> bytes:
    entities = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
    picture = f'<!DOCTYPE svg [<!ENTITY e0 "x">{entities}]><svg xmlns="http://www.w3.org/2000/svg">&e11;</svg>'
    return archive_with_file(CONTENT, f"media/{SVG_PATH}", picture.encode())


def text_that_nearly_matches() -> bytes:
    program = json.loads(CONTENT.program)
    program["summary"] = "<a " * (4 * MIB)
    return archive_with_file(CONTENT, "program.json", canonical_json(program))


CLAIMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "an entry of 8 GiB": (lambda: raw_entry(header("index.json", LARGEST_ENTRY)) + END, "too-large"),
    "an entry of nearly 4 GiB": (
        lambda: raw_entry(header("index.json", Limits().total_bytes)) + END,
        "archive-truncated",
    ),
    "an index of 100 MiB": (lambda: raw_archive({"index.json": bytes(100 * MIB), "oci-layout": b""}), "json-syntax"),
    "a program beyond its limit": (program_beyond_its_limit, "too-large"),
    "a program of empty objects": (program_of_empty_objects, "program-invalid"),
    "a program of keys": (program_of_keys, "program-invalid"),
    "a manifest of empty objects": (manifest_of_empty_objects, "artifact-type"),
    "a manifest of layers": (manifest_of_layers, "media-type"),
    "a manifest nested as deep as it goes": (manifest_nested, "json-too-deep"),
    "a manifest that is one number": (manifest_of_one_number, "json-number"),
    "a manifest that claims 8 PiB": (manifest_that_claims_everything, "too-large"),
    "more entries than a bundle may have": (many_entries, "too-many-files"),
    "a picture of a million elements": (picture_of_elements, "media-missing"),
    "a picture of a hundred billion letters": (picture_of_entities, "svg-doctype"),
    "a text that nearly is HTML, millions of times": (text_that_nearly_matches, "accepted"),
}


def read_within_bounds(path: Path, memory: int = MEMORY) -> str:
    done = subprocess.run(
        [sys.executable, "-c", READ, path, str(memory)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ},
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout.strip()


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_a_bundle_claims_costs_little(claim: str, tmp_path: Path) -> None:
    made, code = CLAIMS[claim]
    (tmp_path / "fil.dtb").write_bytes(made())
    assert read_within_bounds(tmp_path / "fil.dtb") == code


@pytest.fixture
def sparse(tmp_path: Path) -> Iterator[BinaryIO]:
    """A file that may have holes: it claims all the memory there may be and takes no room on the disk."""
    with open(tmp_path / "fil.dtb", "w+b") as stream:
        yield stream


def test_more_than_the_memory_of_nothing_costs_no_memory(sparse: BinaryIO, tmp_path: Path) -> None:
    sparse.write(header("blobs/sha256/" + "0" * 64, MEMORY // 2))
    sparse.truncate(MEMORY // 2 + 1024)
    sparse.flush()
    assert read_within_bounds(tmp_path / "fil.dtb", MEMORY // 4) == "wrong-digest"


def test_the_bounds_are_felt(tmp_path: Path) -> None:
    """A reader that held the whole file in memory would not get through."""
    script = READ.partition("from designtool")[0] + "bytes(2**31)"
    done = subprocess.run([sys.executable, "-c", script, "x", str(MEMORY)], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "MemoryError" in done.stderr


def test_an_ordinary_bundle_is_read_within_them(tmp_path: Path) -> None:
    (tmp_path / "fil.dtb").write_bytes(archive_of(CONTENT))
    assert read_within_bounds(tmp_path / "fil.dtb") == "accepted"
