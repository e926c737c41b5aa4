"""Bundles: the same bytes every time, and nothing but those bytes is taken."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from designtool.atomic import write_atomically
from designtool.bundle import (
    BlobSource,
    BundleContent,
    ContentChanged,
    Limits,
    Refused,
    bundle_of,
    bundle_written,
    layout_of_content,
    layout_of_manifest,
    manifest_of,
    program_of,
    read_bundle,
    read_manifest,
    write_archive,
)
from designtool.bundle.archive import BLOCK, END, LARGEST_ENTRY, header, padding
from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.bundle.layout import INDEX_FILE, LAYOUT_FILE, blob_name
from designtool.bundle.manifest import TITLE, blob_of, colliding_name, digest_of, is_file_name
from designtool.bundle.refusals import REFUSALS
from designtool.load.document import Inline
from designtool.load.safe_text import active_html, is_safe_link
from designtool.load.shape import schema_of
from designtool.model.codec import encode_program
from designtool.model.page import Block, Page
from designtool.model.picture import svg_problems
from tests.bundles import (
    FILM,
    FILM_PATH,
    SVG,
    SVG_PATH,
    archive_of,
    archive_with_file,
    archive_with_manifest,
    layout_files,
    raw_archive,
    raw_entry,
    sample_content,
    sample_program,
    with_checksum,
    with_manifest,
)

CONTENT = sample_content()
ARCHIVE = archive_of(CONTENT)


def refusal_of(data: bytes, limits: Limits | None = None) -> str:
    """The code with which these bytes are refused, by the reader or as a program; `accepted` when they are not."""
    try:
        program_of(read_bundle(BytesIO(data), limits))
    except Refused as refused:
        assert refused.message.sv and refused.message.en
        return refused.code
    return "accepted"


# What a bundle is


def test_a_bundle_reads_as_it_was_written() -> None:
    bundle = read_bundle(BytesIO(ARCHIVE))
    assert bundle.digest == digest_of(manifest_of(CONTENT))
    assert bundle.manifest.annotations == CONTENT.annotations
    assert program_of(bundle) == sample_program()
    assert list(bundle.files) == ["program.json", *sorted(CONTENT.files)]
    for name, source in CONTENT.files.items():
        with source.open() as stream:
            assert bundle.read(name) == stream.read()


def test_files_of_a_bundle_are_streams_that_can_be_read_beside_each_other() -> None:
    bundle = read_bundle(BytesIO(ARCHIVE))
    with bundle.open(f"media/{FILM_PATH}") as film, bundle.open(f"media/{SVG_PATH}") as picture:
        assert film.read(5) == FILM[:5]
        assert picture.read(4) == SVG[:4]
        assert film.read(5) == FILM[5:10]
        film.seek(-2, io.SEEK_END)
        assert film.read() == FILM[-2:]
        assert film.read() == b""
        film.seek(10_000)
        assert film.read(1) == b""


def test_it_carries_what_the_program_reaches_and_nothing_else() -> None:
    assert sorted(CONTENT.files) == [
        "CHANGELOG.md",
        "codebook.json",
        "media/programs/library/media/cirkel.svg",
        "media/programs/prov/media/film.webm",
        "release.json",
        "rights.json",
        "safety-case.json",
        "source/designtool.yaml",
        "source/programs/library/contacts.yaml",
        "source/programs/library/pages/kris.md",
        "source/programs/library/questionnaires/fraga.yaml",
        "source/programs/prov/CHANGELOG.md",
        "source/programs/prov/media/film.vtt",
        "source/programs/prov/modules/00-start/10-start.md",
        "source/programs/prov/program.yaml",
    ]


def test_the_manifest_says_who_and_what_but_not_when_or_by_which_designtool() -> None:
    manifest = json.loads(manifest_of(CONTENT))
    assert manifest["artifactType"] == "application/vnd.designtool.bundle.v1+json"
    assert manifest["config"]["mediaType"] == "application/vnd.designtool.program.v1+json"
    assert manifest["annotations"] == {
        "designtool.features": '["block-film","block-image","exercise-diary","field-decimal","role-contact","score-sum"]',
        "designtool.format": "1",
        "designtool.program": "prov",
        "org.opencontainers.image.licenses": "CC-BY-4.0",
        "org.opencontainers.image.title": "Prövning",
        "org.opencontainers.image.vendor": "vgr",
        "org.opencontainers.image.version": "1.2.3",
    }


def test_the_manifest_follows_its_schema() -> None:
    manifest = json.loads(manifest_of(CONTENT))
    validator = Draft202012Validator(schema_of("manifest"))
    assert list(validator.iter_errors(manifest)) == []
    assert not validator.is_valid(manifest | {"created": "2026-11-01"})


def test_the_safety_case_names_recipient_and_journey_of_each_risk_item() -> None:
    case = json.loads(read_bundle(BytesIO(ARCHIVE)).read("safety-case.json"))
    (item,) = case["risk_items"]
    (flag,) = item["flags"]
    assert (item["item"], flag["recipient"], flag["escalate_after_hours"]) == ("q1", "unit", 24)
    assert (flag["patient_page"], flag["patient_text"]) == (
        "library/kris",
        "Kris\nRing Vid fara för liv 112 https://example.org/kris.",
    )
    assert (flag["journeys"], flag["vectors"]) == (["risk"], [2])


def test_the_codebook_has_every_variable() -> None:
    variables = json.loads(read_bundle(BytesIO(ARCHIVE)).read("codebook.json"))["variables"]
    assert [(each["form"], each["id"], each["range"]) for each in variables] == [
        ("fraga", "q1", [0, 1]),
        ("fraga", "total", [0, 1]),
        ("blad", "a", ["1/2", 10]),
        ("blad", "halva", None),
    ]


def test_the_rights_ledger_has_the_credit_of_a_picture() -> None:
    ledger = json.loads(read_bundle(BytesIO(ARCHIVE)).read("rights.json"))
    assert {media["path"]: media["credit"] for media in ledger["media"]} == {SVG_PATH: "Region Prov", FILM_PATH: ""}


# The same bytes


def test_the_same_content_gives_the_same_bytes_in_every_process() -> None:
    script = "import sys; from tests.bundles import *; sys.stdout.buffer.write(archive_of(sample_content()))"
    for seed, zone, locale in (("1", "Asia/Kathmandu", "C"), ("2", "UTC", "sv_SE.UTF-8")):
        made = subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
        )
        assert made.stdout == ARCHIVE


def test_the_order_in_which_files_were_added_does_not_matter() -> None:
    turned = BundleContent(CONTENT.annotations, CONTENT.program, dict(reversed(CONTENT.files.items())))
    assert archive_of(turned) == ARCHIVE


def test_a_bundle_written_again_from_what_was_read_has_the_same_bytes() -> None:
    bundle = read_bundle(BytesIO(ARCHIVE))
    again = BytesIO()
    write_archive(again, layout_of_manifest(bundle.manifest, bundle.blobs))
    assert again.getvalue() == ARCHIVE


def test_what_has_just_been_written_is_judged_as_what_is_read() -> None:
    """Without hashing it once more: it was hashed while it was written."""
    bundle = read_bundle(BytesIO(ARCHIVE))
    files, again = layout_of_manifest(bundle.manifest, bundle.blobs), BytesIO()
    starts = write_archive(again, files)
    written = bundle_written(again, bundle.manifest, files, starts)
    assert (written.manifest, written.program_json) == (bundle.manifest, bundle.program_json)
    assert {name: written.read(name) for name in written.files} == {name: bundle.read(name) for name in bundle.files}
    with pytest.raises(Refused) as refused:
        bundle_written(again, bundle.manifest, files, starts, Limits(total_bytes=1_000))
    assert refused.value.code == "too-large"
    with_script = sample_content()
    picture = blob_of(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    hostile = BundleContent(with_script.annotations, with_script.program, {**with_script.files, "media/x.svg": picture})
    files, again = layout_of_content(hostile), BytesIO()
    starts = write_archive(again, files)
    for judge in (
        lambda: read_bundle(again),
        lambda: bundle_written(again, read_manifest(manifest_of(hostile)), files, starts),
    ):
        with pytest.raises(Refused) as refused:
            judge()
        assert refused.value.code.startswith("svg-")


def test_a_stream_that_verifies_itself_is_counted_and_not_hashed_again() -> None:
    """What it raises ends the writing; bytes too few or too many are noticed here."""

    def wrong(size: int | None = -1) -> bytes:
        raise Refused("wrong-digest", name="x")

    source = BlobSource(digest_of(FILM), len(FILM), lambda: BytesIO(FILM), is_verified=True)
    assert write_archive(BytesIO(), {"x": source}) == {"x": BLOCK}
    for data in (FILM[:-1], FILM + b"x"):
        short = replace(source, open=lambda data=data: BytesIO(data))
        with pytest.raises(ContentChanged):
            write_archive(BytesIO(), {"x": short})
    stream = BytesIO(FILM)
    stream.read = wrong  # type: ignore[method-assign,assignment]
    with pytest.raises(Refused):
        write_archive(BytesIO(), {"x": replace(source, open=lambda: stream)})


def test_tar_reads_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "prov.dtb"
    archive.write_bytes(ARCHIVE)
    listed = subprocess.run(["tar", "-tf", archive], check=True, capture_output=True, text=True)
    assert listed.stdout.splitlines() == sorted(layout_files(CONTENT))
    assert listed.stderr == ""


def test_the_archive_is_built_by_hand_from_its_definition() -> None:
    assert raw_archive(layout_files(CONTENT)) == ARCHIVE


# Any other bytes


@pytest.mark.parametrize("bit", range(8))
def test_no_single_flipped_bit_is_accepted(bit: int) -> None:
    """Every bit of every byte of the whole file: eight tests, so that they can run beside each other."""
    data = bytearray(ARCHIVE)
    refused = 0
    for position in range(len(data)):
        data[position] ^= 1 << bit
        try:
            read_bundle(BytesIO(data))
        except Refused:
            refused += 1
        data[position] ^= 1 << bit
    assert refused == len(ARCHIVE) > 20_000
    assert data == ARCHIVE and read_bundle(BytesIO(data)).digest


def test_no_truncation_is_accepted() -> None:
    for length in range(len(ARCHIVE)):
        with pytest.raises(Refused):
            read_bundle(BytesIO(ARCHIVE[:length]))
    for length in (1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK):
        assert refusal_of(ARCHIVE[:-length]) == "archive-truncated"


def changed_header(**fields: tuple[int, bytes]) -> bytes:
    """A header with other bytes at some offsets and a checksum that fits."""
    head = header("index.json", 0)
    for start, value in fields.values():
        head = head[:start] + value + head[start + len(value) :]
    return with_checksum(head)


def named(name: bytes, type_flag: bytes = b"0") -> bytes:
    return changed_header(name=(0, name.ljust(100, b"\0")), type=(156, type_flag))


def spliced(entry: bytes) -> bytes:
    """The whole archive with one more entry before all others."""
    return entry + ARCHIVE


FOREIGN = b"inget"
FOREIGN_NAME = blob_name(digest_of(FOREIGN))
FILES = layout_files(CONTENT)
INDEX = FILES[INDEX_FILE]
MANIFEST = manifest_of(CONTENT)


def replaced(name: str, data: bytes) -> bytes:
    return raw_archive({**FILES, name: data})


def zipped() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return stream.getvalue()


def without_magic(data: bytes) -> bytes:
    return with_checksum(data[:257] + bytes(8) + data[265:BLOCK]) + data[BLOCK:]


def by_tarfile(form: int, extensions: dict[str, str] | None = None) -> bytes:
    """The same files as another tool would pack them."""
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, data in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.pax_headers = extensions or {}
            archive.addfile(entry, BytesIO(data))
    return stream.getvalue()


def in_order(files: dict[str, bytes]) -> bytes:
    return raw_archive(dict(sorted(files.items())))


ARCHIVES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty-file"),
    "text": (b"hej" * 400, "not-a-bundle"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(600), "not-a-bundle"),
    "zip": (zipped(), "not-a-bundle"),
    "gzip": (gzip.compress(ARCHIVE), "not-a-bundle"),
    "bzip2": (bz2.compress(ARCHIVE), "not-a-bundle"),
    "xz": (lzma.compress(ARCHIVE), "not-a-bundle"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(600), "not-a-bundle"),
    "7-zip": (b"7z\xbc\xaf\x27\x1c" + bytes(600), "not-a-bundle"),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(600), "not-a-bundle"),
    "cpio": (b"070701" + b"0" * 600, "not-a-bundle"),
    "ar": (b"!<arch>\n" + b" " * 600, "not-a-bundle"),
    "an archive of before ustar": (without_magic(ARCHIVE), "not-a-bundle"),
    "an archive made by tar": (by_tarfile(tarfile.USTAR_FORMAT), "archive-header"),
    "an archive made by GNU tar": (by_tarfile(tarfile.GNU_FORMAT), "archive-header"),
    "an archive with pax headers": (by_tarfile(tarfile.PAX_FORMAT, {"comment": "x"}), "archive-extension"),
    "a sparse file by pax": (
        by_tarfile(tarfile.PAX_FORMAT, {"GNU.sparse.major": "1", "GNU.sparse.name": "/etc/passwd"}),
        "archive-extension",
    ),
    "a path by pax": (by_tarfile(tarfile.PAX_FORMAT, {"path": "../../etc/passwd"}), "archive-extension"),
    "zeros": (bytes(4096), "trailing-data"),
    "an empty archive": (END, "layout-missing"),
    "path up": (spliced(named(b"../index.json")), "archive-path"),
    "path up inside": (spliced(named(b"blobs/../../index.json")), "archive-path"),
    "path from the root": (spliced(named(b"/etc/passwd")), "archive-path"),
    "path with backslashes": (spliced(named(b"blobs\\..\\..\\x")), "archive-path"),
    "path with a drive": (spliced(named(b"C:/x")), "archive-path"),
    "path with a dot": (spliced(named(b"./index.json")), "archive-name"),
    "path in the prefix": (spliced(changed_header(prefix=(345, b"../.."))), "archive-header"),
    "other name": (spliced(named(b"readme.txt")), "archive-name"),
    "name with a line break": (spliced(named(b"index.json\n")), "archive-name"),
    "name beyond ASCII": (spliced(named("ä.json".encode())), "archive-name"),
    "name with other case": (spliced(named(b"Index.json")), "archive-name"),
    "name with bytes after its end": (spliced(changed_header(name=(11, b"x"))), "archive-name"),
    "hard link": (spliced(named(b"index.json", b"1")), "archive-link"),
    "symbolic link": (spliced(named(b"index.json", b"2")), "archive-link"),
    "character device": (spliced(named(b"index.json", b"3")), "archive-device"),
    "block device": (spliced(named(b"index.json", b"4")), "archive-device"),
    "folder": (spliced(named(b"blobs/", b"5")), "archive-folder"),
    "pipe": (spliced(named(b"index.json", b"6")), "archive-device"),
    "contiguous file": (spliced(named(b"index.json", b"7")), "archive-device"),
    "old ordinary file": (spliced(named(b"index.json", b"\0")), "archive-header"),
    "sparse file": (spliced(named(b"index.json", b"S")), "archive-sparse"),
    "pax header": (spliced(named(b"index.json", b"x")), "archive-extension"),
    "global pax header": (spliced(named(b"pax_global_header", b"g")), "archive-extension"),
    "GNU long name": (spliced(named(b"././@LongLink", b"L")), "archive-extension"),
    "GNU long link": (spliced(named(b"././@LongLink", b"K")), "archive-extension"),
    "GNU magic": (spliced(changed_header(magic=(257, b"ustar  \0"))), "archive-header"),
    "a time": (spliced(changed_header(time=(136, b"14371573221"))), "archive-header"),
    "an owner": (spliced(changed_header(owner=(108, b"0001750"))), "archive-header"),
    "an owner's name": (spliced(changed_header(owner=(265, b"root"))), "archive-header"),
    "another mode": (spliced(changed_header(mode=(100, b"0004755"))), "archive-header"),
    "a link target": (spliced(changed_header(target=(157, b"/etc/passwd"))), "archive-header"),
    "a device number": (spliced(changed_header(device=(329, b"0000001"))), "archive-header"),
    "a base-256 size": (spliced(changed_header(size=(124, b"\x80" + bytes(11)))), "archive-header"),
    "a negative size": (spliced(changed_header(size=(124, b"-0000000001"))), "archive-header"),
    "a size with blanks": (spliced(changed_header(size=(124, b"          0"))), "archive-header"),
    "a wrong checksum": (
        spliced(header("index.json", 0)[:148] + b"000000\0 " + header("index.json", 0)[156:]),
        "archive-header",
    ),
    "a size beyond the file": (raw_entry(header("index.json", 10**8)) + END, "archive-truncated"),
    "a size beyond the limit": (raw_entry(header("index.json", LARGEST_ENTRY)) + END, "too-large"),
    "trailing zero": (ARCHIVE + b"\0", "trailing-data"),
    "trailing blocks": (ARCHIVE + bytes(10240), "trailing-data"),
    "another archive behind": (ARCHIVE + ARCHIVE, "trailing-data"),
    "one zero block and more": (ARCHIVE[:-BLOCK] + header("index.json", 0), "archive-end"),
    "no end": (ARCHIVE[: -len(END)], "archive-truncated"),
    "data in the padding": (
        raw_entry(header("index.json", 1), b"1")[:-1] + b"x" + raw_archive({LAYOUT_FILE: b""}),
        "archive-padding",
    ),
    "entries out of order": (raw_archive(list(reversed(FILES.items()))), "archive-order"),
    "an entry twice": (raw_archive([*FILES.items(), (LAYOUT_FILE, FILES[LAYOUT_FILE])]), "archive-duplicate"),
    "an entry twice, apart": (raw_archive([*FILES.items(), (INDEX_FILE, INDEX)]), "archive-duplicate"),
    "a blob twice": (raw_archive([next(iter(FILES.items())), *FILES.items()]), "archive-duplicate"),
    "blob with an upper-case name": (
        spliced(raw_entry(header(FOREIGN_NAME.upper().replace("BLOBS/SHA256", "blobs/sha256"), 5), FOREIGN)),
        "digest-form",
    ),
    "blob by md5": (spliced(named(b"blobs/md5/0123456789abcdef0123456789abcdef")), "digest-form"),
    "blob of another content": (replaced(next(iter(FILES)), b"annat"), "wrong-digest"),
    "foreign blob": (in_order({**FILES, FOREIGN_NAME: FOREIGN}), "blob-foreign"),
    "missing blob": (in_order({name: data for name, data in FILES.items() if data != SVG}), "blob-missing"),
    "missing manifest": (in_order({name: data for name, data in FILES.items() if data != MANIFEST}), "blob-missing"),
    "missing index": (in_order({name: data for name, data in FILES.items() if name != INDEX_FILE}), "layout-missing"),
    "missing layout": (in_order({name: data for name, data in FILES.items() if name != LAYOUT_FILE}), "layout-missing"),
    "another layout version": (replaced(LAYOUT_FILE, b'{"imageLayoutVersion":"2.0.0"}'), "layout-version"),
    "a layout with more in it": (replaced(LAYOUT_FILE, b'{"a":1,"imageLayoutVersion":"1.0.0"}'), "layout-version"),
    "an index with blanks": (replaced(INDEX_FILE, INDEX + b"\n"), "json-not-canonical"),
    "an index that is a list": (replaced(INDEX_FILE, b"[]"), "index-invalid"),
    "an index of nothing": (
        replaced(INDEX_FILE, canonical_json({**json.loads(INDEX), "manifests": []})),
        "index-invalid",
    ),
    "an index of two": (
        replaced(INDEX_FILE, canonical_json({**json.loads(INDEX), "manifests": json.loads(INDEX)["manifests"] * 2})),
        "index-invalid",
    ),
    "an index with more in it": (replaced(INDEX_FILE, canonical_json({**json.loads(INDEX), "x": 1})), "index-invalid"),
    "an index with another version": (replaced(INDEX_FILE, INDEX.replace(b"1.2.3", b"1.2.4")), "index-invalid"),
    "an index with another size": (
        replaced(INDEX_FILE, INDEX.replace(b'"size":', b'"size":1')),
        "index-invalid",
    ),
    "an index with an md5 digest": (
        replaced(INDEX_FILE, INDEX.replace(digest_of(MANIFEST).encode(), b"md5:0123456789abcdef0123456789abcdef")),
        "digest-form",
    ),
    "an index with an upper-case digest": (
        replaced(
            INDEX_FILE,
            INDEX.replace(digest_of(MANIFEST).encode(), b"sha256:" + digest_of(MANIFEST)[7:].upper().encode()),
        ),
        "digest-form",
    ),
    "an index that points at a film": (
        replaced(INDEX_FILE, INDEX.replace(digest_of(MANIFEST).encode(), digest_of(FILM).encode())),
        "json-encoding",
    ),
    "the index as a manifest": (
        with_manifest({n: d for n, d in FILES.items() if d != MANIFEST}, INDEX, "1.2.3"),
        "manifest-is-index",
    ),
}


@pytest.mark.parametrize("attack", ARCHIVES)
def test_hostile_archives_are_refused(attack: str) -> None:
    data, code = ARCHIVES[attack]
    assert refusal_of(data) == code


def test_the_untampered_twin_is_accepted() -> None:
    assert refusal_of(ARCHIVE) == "accepted"
    assert refusal_of(in_order(FILES)) == "accepted"
    assert refusal_of(archive_with_manifest(CONTENT, lambda manifest: None)) == "accepted"
    assert refusal_of(archive_with_file(CONTENT, "program.json", CONTENT.program)) == "accepted"


Change = Callable[[dict[str, Any]], Any]


def setting(*way: str | int, to: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        inside: Any = manifest
        for key in way[:-1]:
            inside = inside[key]
        inside[way[-1]] = to

    return change


def removing(*way: str | int) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        inside: Any = manifest
        for key in way[:-1]:
            inside = inside[key]
        del inside[way[-1]]

    return change


def as_bytes(change: Callable[[bytes], bytes]) -> Change:
    return lambda manifest: change(canonical_json(manifest))


def another_layer(**changes: Any) -> Change:
    """One more layer, sorted in, with the content of the program's picture."""

    def change(manifest: dict[str, Any]) -> None:
        layer = {
            "mediaType": "text/plain",
            "digest": digest_of(SVG),
            "size": len(SVG),
            "annotations": {TITLE: "zzz.txt"},
        }
        layer.update({key: value for key, value in changes.items() if key != "name"})
        if "name" in changes:
            layer["annotations"] = {TITLE: changes["name"]}
        manifest["layers"].append(layer)
        manifest["layers"].sort(key=lambda layer: str(layer.get("annotations", {}).get(TITLE)))

    return change


def as_index(manifest: dict[str, Any]) -> bytes:
    return canonical_json({"schemaVersion": 2, "mediaType": manifest["mediaType"], "manifests": []})


def turned(manifest: dict[str, Any]) -> None:
    manifest["layers"].reverse()


def nested(manifest: dict[str, Any]) -> bytes:
    return canonical_json(manifest)[:-1] + b',"z":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


MANIFESTS: dict[str, tuple[Change, str]] = {
    "too large": (setting("annotations", "x", to="x" * (4 * 2**20)), "too-large"),
    "too deep": (nested, "json-too-deep"),
    "a little too deep": (setting("x", to=json.loads("[" * 240 + "]" * 240)), "accepted"),
    "a key twice": (as_bytes(lambda data: data[:-1] + b',"schemaVersion":2}'), "json-duplicate-key"),
    "NaN": (as_bytes(lambda data: data[:-1] + b',"z":NaN}'), "json-number"),
    "infinity": (as_bytes(lambda data: data[:-1] + b',"z":-Infinity}'), "json-number"),
    "a fraction": (as_bytes(lambda data: data[:-1] + b',"z":0.5}'), "json-number"),
    "a large integer": (as_bytes(lambda data: data[:-1] + b',"z":9007199254740992}'), "json-number"),
    "a huge integer": (as_bytes(lambda data: data[:-1] + b',"z":' + b"9" * 5000 + b"}"), "json-number"),
    "minus zero": (as_bytes(lambda data: data[:-1] + b',"z":-0}'), "json-not-canonical"),
    "BOM": (as_bytes(lambda data: b"\xef\xbb\xbf" + data), "json-byte-order-mark"),
    "UTF-16": (as_bytes(lambda data: data.decode().encode("utf-16")), "json-encoding"),
    "a lone surrogate": (as_bytes(lambda data: data[:-1] + b',"z":"\\ud800"}'), "json-lone-surrogate"),
    "a raw surrogate": (as_bytes(lambda data: data[:-1] + b',"z":"\xed\xa0\x80"}'), "json-encoding"),
    "no JSON": (as_bytes(lambda data: data[:-1]), "json-syntax"),
    "something behind": (as_bytes(lambda data: data + b"{}"), "json-syntax"),
    "a line break behind": (as_bytes(lambda data: data + b"\n"), "json-not-canonical"),
    "blanks": (as_bytes(lambda data: data.replace(b'":', b'": ', 1)), "json-not-canonical"),
    "an escaped letter": (as_bytes(lambda data: data.replace("ö".encode(), b"\\u00f6")), "json-not-canonical"),
    "other order": (
        lambda manifest: json.dumps(manifest, separators=(",", ":")).encode()[:-1] + b',"a":1}',
        "json-not-canonical",
    ),
    "a list": (lambda manifest: b"[]", "manifest-invalid"),
    "an index": (setting("mediaType", to="application/vnd.oci.image.index.v1+json"), "manifest-is-index"),
    "an index by its keys": (as_index, "manifest-is-index"),
    "a newer format": (setting("artifactType", to="application/vnd.designtool.bundle.v2+json"), "format-too-new"),
    "a newer format number": (setting("annotations", "designtool.format", to="2"), "format-too-new"),
    "no format number": (setting("annotations", "designtool.format", to="ett"), "manifest-invalid"),
    "another kind of artifact": (setting("artifactType", to="application/vnd.example"), "artifact-type"),
    "no artifact type": (removing("artifactType"), "artifact-type"),
    "another schema version": (setting("schemaVersion", to=1), "manifest-invalid"),
    "a schema version that is true": (setting("schemaVersion", to=True), "manifest-invalid"),
    "another media type": (setting("mediaType", to="application/vnd.docker.x"), "manifest-invalid"),
    "a subject": (setting("subject", to={}), "manifest-invalid"),
    "layers that are no list": (setting("layers", to={}), "manifest-invalid"),
    "no annotations": (removing("annotations"), "manifest-invalid"),
    "an annotation that is no text": (setting("annotations", "x", to=1), "manifest-invalid"),
    "no title": (removing("annotations", TITLE), "manifest-invalid"),
    "a version that is no version": (
        setting("annotations", "org.opencontainers.image.version", to="1.0"),
        "manifest-invalid",
    ),
    "an id that is a path": (setting("annotations", "designtool.program", to="../x"), "manifest-invalid"),
    "features that are no JSON": (setting("annotations", "designtool.features", to="film"), "json-syntax"),
    "features that are no list": (setting("annotations", "designtool.features", to="{}"), "manifest-invalid"),
    "features out of order": (setting("annotations", "designtool.features", to='["b","a"]'), "manifest-invalid"),
    "features nobody knows": (setting("annotations", "designtool.features", to='["hologram"]'), "unknown-feature"),
    "features left out": (setting("annotations", "designtool.features", to="[]"), "program-mismatch"),
    "another version than the program": (
        setting("annotations", "org.opencontainers.image.version", to="9.9.9"),
        "index-invalid",
    ),
    "another title than the program": (setting("annotations", TITLE, to="Annat"), "program-mismatch"),
    "another region than the program": (
        setting("annotations", "org.opencontainers.image.vendor", to="skane"),
        "program-mismatch",
    ),
    "urls": (setting("layers", 0, "urls", to=["https://example.org/"]), "descriptor-urls"),
    "urls of the program": (setting("config", "urls", to=[]), "descriptor-urls"),
    "inline data": (setting("layers", 0, "data", to="aGVq"), "descriptor-invalid"),
    "an upper-case digest": (setting("layers", 0, "digest", to="sha256:" + "A" * 64), "digest-form"),
    "an md5 digest": (setting("layers", 0, "digest", to="md5:" + "a" * 32), "digest-form"),
    "a short digest": (setting("layers", 0, "digest", to="sha256:" + "a" * 63), "digest-form"),
    "a digest with a line break": (setting("layers", 0, "digest", to="sha256:" + "a" * 64 + "\n"), "digest-form"),
    "no digest": (removing("layers", 0, "digest"), "digest-form"),
    "a digest of nothing there": (setting("layers", 0, "digest", to="sha256:" + "a" * 64), "blob-missing"),
    "a wrong size": (setting("layers", 0, "size", to=1), "wrong-size"),
    "a size below zero": (setting("layers", 0, "size", to=-1), "descriptor-invalid"),
    "a size that is true": (setting("layers", 0, "size", to=True), "descriptor-invalid"),
    "a size beyond all limits": (setting("layers", 1, "size", to=2**52), "too-large"),
    "a program beyond its limit": (setting("config", "size", to=2**27), "too-large"),
    "a wrong media type": (setting("layers", 0, "mediaType", to="text/html"), "media-type"),
    "no media type": (removing("layers", 0, "mediaType"), "descriptor-invalid"),
    "the program as something else": (setting("config", "mediaType", to="application/json"), "media-type"),
    "a layer that is no object": (setting("layers", 0, to=[]), "descriptor-invalid"),
    "a layer without a name": (removing("layers", 0, "annotations", TITLE), "descriptor-invalid"),
    "two sizes of one digest": (setting("layers", 0, "size", to=2**52), "wrong-size"),
    "a layer left out": (removing("layers", 1), "blob-foreign"),
    "layers out of order": (turned, "file-order"),
    "the same name twice": (another_layer(name="release.json", mediaType="application/json"), "file-collision"),
    "the program's name": (another_layer(name="program.json", mediaType="application/json"), "file-collision"),
    "a name but for case": (another_layer(name="Release.json", mediaType="application/json"), "file-collision"),
    "a file where a folder is": (another_layer(name="source", mediaType="application/octet-stream"), "file-collision"),
    "a name that goes up": (another_layer(name="a/../b"), "file-name"),
    "a name from the root": (another_layer(name="/a"), "file-name"),
    "a name with a backslash": (another_layer(name="a\\b"), "file-name"),
    "a name with a colon": (another_layer(name="c:a"), "file-name"),
    "a hidden name": (another_layer(name=".a"), "file-name"),
    "an empty name": (another_layer(name=""), "file-name"),
    "an empty segment": (another_layer(name="a//b"), "file-name"),
    "a name beyond ASCII": (another_layer(name="å.txt"), "file-name"),
    "a name with a line break": (another_layer(name="a\n"), "file-name"),
    "a long name": (another_layer(name="a" * 256), "file-name"),
    "a deep name": (another_layer(name="/".join("a" * 17)), "file-name"),
}


@pytest.mark.parametrize("attack", MANIFESTS)
def test_hostile_manifests_are_refused(attack: str) -> None:
    change, code = MANIFESTS[attack]
    assert refusal_of(archive_with_manifest(CONTENT, change)) == code


def test_what_is_not_known_is_kept() -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["later"] = {"x": 1}
        manifest["annotations"]["later"] = "x"
        manifest["layers"][0]["annotations"]["later"] = "x"

    bundle = read_bundle(BytesIO(archive_with_manifest(CONTENT, change)))
    assert bundle.manifest.value["later"] == {"x": 1}
    again = BytesIO()
    write_archive(again, layout_of_manifest(bundle.manifest, bundle.blobs))
    assert read_bundle(BytesIO(again.getvalue())).digest == bundle.digest


def test_limits_are_applied_while_reading() -> None:
    assert refusal_of(ARCHIVE, Limits(files=3)) == "too-many-files"
    assert refusal_of(ARCHIVE, Limits(total_bytes=1000)) == "too-large"
    assert refusal_of(ARCHIVE, Limits(program_bytes=100)) == "too-large"
    assert refusal_of(ARCHIVE, Limits(manifest_bytes=100)) == "too-large"
    assert refusal_of(ARCHIVE, Limits(files=len(CONTENT.files) + 1, total_bytes=len(ARCHIVE))) == "accepted"


def test_a_bomb_is_not_read_beyond_the_limit() -> None:
    """An entry that claims more than the limit is refused from its header: its content is not touched."""

    class Endless(io.RawIOBase):
        count = 0

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def tell(self) -> int:
            return self.count

        def read(self, size: int = -1) -> bytes:
            self.count += size
            return header("index.json", LARGEST_ENTRY)[:size]

    stream = Endless()
    with pytest.raises(Refused, match="too-large"):
        read_bundle(stream)  # type: ignore[arg-type]
    assert stream.count == BLOCK


def test_a_large_film_is_written_and_read_in_small_pieces(tmp_path: Path) -> None:
    film = bytes(32 * 2**20)
    source = blob_of(film)
    content = BundleContent(CONTENT.annotations, CONTENT.program, {**CONTENT.files, "media/film.webm": source})
    tracemalloc.start()
    try:
        write_atomically(tmp_path / "stor.dtb", lambda stream: write_archive(stream, layout_of_content(content)))
        with open(tmp_path / "stor.dtb", "rb") as stream:
            program_of(read_bundle(stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 2**20


def test_hostile_text_does_not_slow_the_gates_down() -> None:
    """Each of these makes a careless pattern take time that grows with the square of its length."""
    for text in ("<" + " " * 2**20, "<a " * 2**18, "<" * 2**20, "<a" + "/" * 2**20, "<a " + "x" * 2**20):
        assert active_html(text) is None


def test_blobs_from_a_registry_are_joined_as_strictly() -> None:
    bundle = read_bundle(BytesIO(ARCHIVE))
    manifest = read_manifest(MANIFEST)
    assert bundle_of(manifest, bundle.blobs).digest == bundle.digest
    program = manifest.files["program.json"]
    liar = BlobSource(program.digest, program.size, lambda: BytesIO(b"{}".ljust(program.size)))
    with pytest.raises(Refused, match="wrong-digest"):
        bundle_of(manifest, {**bundle.blobs, program.digest: liar})
    with pytest.raises(Refused, match="blob-foreign"):
        bundle_of(manifest, {**bundle.blobs, digest_of(FOREIGN): blob_of(FOREIGN)})


# What a program may contain


def encoded_with(change: Callable[[dict[str, Any]], None]) -> bytes:
    encoded = encode_program(sample_program())
    change(encoded)
    return archive_with_file(CONTENT, "program.json", canonical_json(encoded))


def with_block(block: Block) -> bytes:
    page = Page("x", "X", None, (block,))
    program = sample_program(library_pages=(page,))
    content = BundleContent(sample_content(program).annotations, canonical_json(encode_program(program)), CONTENT.files)
    return archive_of(content)


def with_link(href: str) -> bytes:
    return with_block(Block("p-1", "paragraph", inlines=(Inline("link", href=href, children=(Inline("text", "x"),)),)))


def with_tree(tree: Any) -> bytes:
    """The flag of the risk item is raised when this holds."""

    def change(program: dict[str, Any]) -> None:
        program["questionnaires"][0]["flags"][0]["when"]["tree"] = tree

    return encoded_with(change)


PROGRAMS: dict[str, tuple[bytes, str]] = {
    "no program": (archive_with_file(CONTENT, "program.json", b"{}"), "program-invalid"),
    "a list": (archive_with_file(CONTENT, "program.json", b"[]"), "program-invalid"),
    "not canonical": (archive_with_file(CONTENT, "program.json", CONTENT.program + b" "), "json-not-canonical"),
    "a newer format": (encoded_with(lambda program: program.update(format=2)), "format-too-new"),
    "another version": (encoded_with(lambda program: program.update(version="1.2.4")), "program-mismatch"),
    "another id": (encoded_with(lambda program: program.update(id="annat")), "program-mismatch"),
    "an expression of an unknown kind": (with_tree(["boom"]), "expression-invalid"),
    "an expression without an end": (with_tree(["ref", "fraga"]), "expression-invalid"),
    "an expression that rounds for ever": (
        with_tree(["call", "round", ["ref", "fraga", "q1"], ["number", "999999999"]]),
        "expression-invalid",
    ),
    "an expression of all days": (
        with_tree([">", ["call", "count", ["entries", "blad", 10**12]], ["number", "1"]]),
        "expression-invalid",
    ),
    "an expression that reads something else than it says": (
        with_tree([">=", ["ref", "fraga", "total"], ["number", "1"]]),
        "expression-invalid",
    ),
    "an expression as it was": (with_tree([">=", ["ref", "fraga", "q1"], ["number", "1"]]), "accepted"),
    "a script link": (with_link("javascript:alert(1)"), "unsafe-link"),
    "a script link in disguise": (with_link("java\tscript:alert(1)"), "unsafe-link"),
    "a data link": (with_link("data:text/html,x"), "unsafe-link"),
    "a link without a scheme": (with_link("//example.org/"), "unsafe-link"),
    "a safe link": (with_link("mailto:a@example.org"), "accepted"),
    "a meeting that is a script": (with_block(Block("v-1", "video-meeting", "javascript:x")), "unsafe-link"),
    "a contact that is a script": (
        encoded_with(lambda program: program["contacts"][0].update(address="javascript:x")),
        "unsafe-link",
    ),
    "a script in the text": (encoded_with(lambda program: program.update(summary="<script>x</script>")), "unsafe-html"),
    "a picture in the text": (
        encoded_with(lambda program: program.update(summary="<img src=x onerror=y>")),
        "unsafe-html",
    ),
    "a comparison in the text": (encoded_with(lambda program: program.update(summary="1 < 2 och 3>2")), "accepted"),
    "raw HTML as a block": (with_block(Block("h-1", "html-block", "<b>")), "unknown-feature"),
    "raw HTML as an inline": (
        with_block(Block("p-1", "paragraph", inlines=(Inline("html", "<b>"),))),
        "unknown-feature",
    ),
    "a remote picture": (with_block(Block("i-1", "image", "https://example.org/x.png")), "media-missing"),
    "a person with a remote portrait": (
        encoded_with(
            lambda program: program.update(
                persons=[{"id": "a", "name": "A", "text": "", "image": "https://example.org/cirkel.svg"}]
            )
        ),
        "media-missing",
    ),
    "a person with a portrait of the library": (
        encoded_with(
            lambda program: program.update(persons=[{"id": "a", "name": "A", "text": "", "image": "media/cirkel.svg"}])
        ),
        "accepted",
    ),
    "media of another digest": (
        encoded_with(lambda program: program["media"][0].update(digest="sha256:" + "0" * 64)),
        "media-missing",
    ),
}


@pytest.mark.parametrize("attack", PROGRAMS)
def test_hostile_programs_are_refused(attack: str) -> None:
    data, code = PROGRAMS[attack]
    assert refusal_of(data) == code


@pytest.mark.parametrize(
    "href",
    [
        "https://a.se/b?c#d",
        "HTTP://a.se",
        "mailto:a@b.se",
        "tel:112",
        "start/sida",
        "#x",
        "?x:y",
        "a/b:c",
        "/x",
        "../x",
        "",
    ],
)
def test_safe_links(href: str) -> None:
    assert is_safe_link(href)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:x",
        "JaVaScRiPt:x",
        " javascript:x",
        "java\nscript:x",
        "\x01javascript:x",
        "vbscript:x",
        "data:x",
        "file:///x",
        *("//x.se", "\\\\x.se", "/\\x.se", "blob:x", "å:x", "https:\u2028x", "java\u200bscript:x", "ftp://x"),
    ],
)
def test_unsafe_links(href: str) -> None:
    assert not is_safe_link(href)


@pytest.mark.parametrize(
    "text",
    ["<script>", "</SCRIPT >", "<svg/onload=x>", "<iframe src", "<!-- x", "< img src=x", "<a\nhref='x'", "<p style=x"],
)
def test_active_html_is_found(text: str) -> None:
    assert active_html(f"Hej {text} hej")


@pytest.mark.parametrize(
    "text", ["a < b > c", "<3", "q1 <q2 och q3> 1", "scripts", "formuläret <form>", "a <b och c", "&lt;script&gt;"]
)
def test_plain_text_is_no_html(text: str) -> None:
    assert active_html(text) is None


def svg(inside: str, attributes: str = "") -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{inside}</svg>'
    ).encode()


HOSTILE_PICTURES: dict[str, tuple[bytes, str]] = {
    "script": (svg("<script>x</script>"), "svg-script"),
    "script of another namespace": (svg('<script xmlns="http://www.w3.org/1999/xhtml"/>'), "svg-script"),
    "prefixed script": (svg('<s:script xmlns:s="http://www.w3.org/2000/svg"/>'), "svg-script"),
    "handler": (svg("", 'onload="x"'), "svg-handler"),
    "handler inside": (svg('<g onClick="x"/>'), "svg-handler"),
    "foreign object": (svg("<foreignObject/>"), "svg-element"),
    "XHTML": (svg('<b xmlns="http://www.w3.org/1999/xhtml"/>'), "svg-element"),
    "animation": (svg('<set attributeName="href" to="javascript:x"/>'), "svg-element"),
    "link": (svg('<a href="#x"/>'), "svg-element"),
    "remote picture": (svg('<image href="https://example.org/x.png"/>'), "svg-reference"),
    "remote picture by xlink": (svg('<image xlink:href="//example.org/x.png"/>'), "svg-reference"),
    "picture from a file": (svg('<image href="x.png"/>'), "svg-reference"),
    "SVG as data": (svg('<image href="data:image/svg+xml;base64,AAAA"/>'), "svg-reference"),
    "script link": (svg('<use href="javascript:x"/>'), "svg-reference"),
    "script link anywhere": (svg('<g fill="java\tscript:x"/>'), "svg-script"),
    "remote fill": (svg('<rect fill="url(https://example.org/#x)"/>'), "svg-reference"),
    "remote style": (svg("<style>@import 'x.css';</style>"), "svg-reference"),
    "remote font": (svg("<style>@font-face{src:url( 'x.woff')}</style>"), "svg-reference"),
    "style in disguise": (svg("<style>rect{fill:u\\72l(x)}</style>"), "svg-reference"),
    "style attribute": (svg('<rect style="fill:URL(x)"/>'), "svg-reference"),
    "other base": (svg("", 'xml:base="https://example.org/"'), "svg-reference"),
    "document type": (b"<!DOCTYPE svg>" + svg(""), "svg-doctype"),
    "entities": (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "svg-doctype"),
    "style sheet": (b'<?xml-stylesheet href="x.css"?>' + svg(""), "svg-instruction"),
    "HTML": (b"<html></html>", "svg-invalid"),
    "no namespace": (b"<svg></svg>", "svg-invalid"),
    "no XML": (b"hej", "svg-invalid"),
    "nothing": (b"", "svg-invalid"),
    "too large": (svg(" " * (4 * 2**20)), "svg-too-large"),
    "too deep": (svg("<g>" * 300 + "</g>" * 300), "svg-invalid"),
    "Latin-1": (b'<?xml version="1.0" encoding="iso-8859-1"?>' + svg(""), "svg-invalid"),
    "UTF-16": (svg("").decode().encode("utf-16"), "svg-invalid"),
}


@pytest.mark.parametrize("attack", HOSTILE_PICTURES)
def test_hostile_pictures_are_refused(attack: str) -> None:
    data, code = HOSTILE_PICTURES[attack]
    assert code in [problem.code for problem in svg_problems(data)]
    name = f"media/{SVG_PATH}"
    assert refusal_of(archive_with_file(CONTENT, name, data)) == svg_problems(data)[0].code


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b'<?xml version="1.0" encoding="UTF-8"?>' + svg("<!-- x --><title>a &amp; b</title>"),
        svg('<style>.a{fill:url(#b)}</style><use xlink:href="#b"/><rect class="a" fill="url(\'#b\')"/>'),
        svg('<image href="data:image/png;base64,AAAA"/>'),
        svg('<i:x xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:path="C:\\x"/>'),
    ],
)
def test_ordinary_pictures_are_accepted(data: bytes) -> None:
    assert svg_problems(data) == []


# Writing


def test_content_that_changed_since_it_was_read_is_not_written() -> None:
    for data in (b"kort", FILM + b"x", b"x" + FILM[1:]):
        source = BlobSource(digest_of(FILM), len(FILM), lambda data=data: BytesIO(data))  # type: ignore[misc]
        with pytest.raises(ContentChanged):
            write_archive(BytesIO(), {"x": source})


def test_a_file_that_the_archive_cannot_express_is_not_written() -> None:
    with pytest.raises(ValueError, match="size"):
        header("index.json", 8**11)
    assert len(header("index.json", 8**11 - 1)) == BLOCK
    with pytest.raises(ValueError, match="name"):
        header("x" * 101, 0)


def test_content_that_no_reader_would_take_is_not_written() -> None:
    for name, code in (
        ("a/../b", "file-name"),
        ("Release.json", "file-collision"),
        ("release.json/x", "file-collision"),
    ):
        content = BundleContent(CONTENT.annotations, CONTENT.program, {**CONTENT.files, name: blob_of(b"")})
        with pytest.raises(Refused, match=code):
            layout_of_content(content)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "fil"
    assert write_atomically(target, lambda stream: stream.write(b"nytt")) == 4

    def fail(stream: Any) -> None:
        stream.write(b"halv")
        raise OSError(28, "full")

    with pytest.raises(OSError):
        write_atomically(target, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["fil"]
    assert target.read_bytes() == b"nytt"


def test_names_of_files() -> None:
    assert is_file_name("a/B-9_.x") and is_file_name("a" * 255) and is_file_name("/".join("a" * 16))
    assert colliding_name(["a/b", "a/c", "ab"]) is None
    assert colliding_name(["a/b", "A/c"]) is None
    assert colliding_name(["a/b", "A"]) == "A"
    assert colliding_name(["a", "A/b"]) == "A/b"


# Canonical JSON


@pytest.mark.parametrize("value", [1.0, float("nan"), (1,), {1: 2}, b"x", {"a": {1}}])
def test_values_without_a_canonical_form(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"\udfff": 1}])
def test_values_beyond_canonical_json(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical_json(value)


def test_canonical_form() -> None:
    assert (
        canonical_json({"b": [True, None, -1], "a": 'å"\\\n\x1f\x7f'})
        == '{"a":"å\\"\\\\\\n\\u001f\x7f","b":[true,null,-1]}'.encode()
    )
    # Keys sort by their UTF-16 form: a character beyond the first plane comes before U+FB01.
    assert canonical_json({"\ufb01": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb01":1}'.encode()


def test_the_size_limit_of_a_document() -> None:
    assert parse_canonical(b"[1]", "x", 3) == [1]
    with pytest.raises(Refused, match="too-large"):
        parse_canonical(b"[11]", "x", 3)


# The published codes


def test_every_code_is_met_by_a_test_and_raised_somewhere() -> None:
    """The table of codes is a promise: no code without a use, and none without an attack that shows it."""
    package = Path(__file__).parent.parent / "designtool"
    code = "\n".join(path.read_text() for path in package.rglob("*.py") if path.name != "refusals.py")
    here = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_bundle*.py"))
    for name in REFUSALS:
        assert f'"{name}"' in code, name
        assert re.search(rf"\b{name}\b", here), name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_messages_show_nothing_that_could_steer_a_terminal() -> None:
    refused = Refused("archive-name", name="\x1b[2Jx" + "y" * 500)
    assert "\x1b" not in refused.message.sv
    assert len(refused.message.sv) < 250


def test_padding_fills_a_block() -> None:
    assert [padding(size) for size in (0, 1, 511, 512, 513)] == [0, 511, 1, 0, 511]
