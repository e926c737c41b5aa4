"""Random damage to bundles: whatever the bytes are, they are refused with a published code, or they are a bundle."""

from __future__ import annotations

import json
from copy import deepcopy
from io import BytesIO
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from designtool.bundle import (
    REFUSALS,
    Refused,
    layout_of_manifest,
    program_of,
    read_bundle,
    read_manifest,
    write_archive,
)
from designtool.bundle.archive import BLOCK, header
from designtool.bundle.canonical import LARGEST_INTEGER, canonical_json
from designtool.model.codec import encode_program
from tests.bundles import archive_of, archive_with_file, archive_with_manifest, sample_content, with_checksum

CONTENT = sample_content()
ARCHIVE = archive_of(CONTENT)
MANIFEST = json.loads(read_bundle(BytesIO(ARCHIVE)).manifest.data)
PROGRAM = json.loads(CONTENT.program)
ENTRIES = [start for start in range(0, len(ARCHIVE), BLOCK) if ARCHIVE[start + 257 : start + 262] == b"ustar"]
SETTINGS = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *(
                "../x",
                "/etc/passwd",
                "a\\b",
                "C:/x",
                "program.json",
                "Release.json",
                "javascript:alert(1)",
                "<script>x</script>",
            ),
            *(
                "sha256:" + "0" * 64,
                "sha256:" + "A" * 64,
                "md5:" + "0" * 32,
                "1.0",
                "1.2.3",
                "1/0",
                "01",
                "\u202e",
                "a" * 300,
            ),
        ]
    ),
)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
        texts,
        st.sampled_from([0, 1, 2, -1, 2**52]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


def places(value: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value inside a value."""
    inside: list[tuple[str | int, ...]] = [way] if way else []
    for key, content in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        inside += places(content, (*way, key))
    return inside


@st.composite
def damaged(draw: st.DrawFn, whole: Any) -> Any:
    """A value with one to three things in it put in place, taken away, doubled or exchanged."""
    value = deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        ways = places(value)
        if not ways:
            return value
        *way, key = draw(st.sampled_from(ways))
        inside: Any = value
        for step in way:
            inside = inside[step]
        act = draw(st.sampled_from(["put", "remove", "double", "exchange", "add"]))
        if act == "put":
            inside[key] = draw(values)
        elif act == "remove":
            del inside[key]
        elif act == "double" and isinstance(inside, list):
            inside.insert(key, deepcopy(inside[key]))
        elif act == "exchange":
            other = draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
            inside[key], inside[other] = inside[other], inside[key]
        elif isinstance(inside, dict):
            inside[draw(texts)] = draw(values)
    return value


def outcome(data: bytes) -> str:
    """`accepted` for a bundle that is written again with the same bytes; else the published code of the refusal."""
    try:
        bundle = read_bundle(BytesIO(data))
        program = program_of(bundle)
    except Refused as refused:
        assert refused.code in REFUSALS
        assert refused.message.sv and refused.message.en and len(refused.message.sv) < 600
        assert all(letter.isprintable() for letter in refused.message.sv + refused.message.en)
        return refused.code
    again = BytesIO()
    write_archive(again, layout_of_manifest(bundle.manifest, bundle.blobs))
    assert again.getvalue() == data
    encode_program(program)
    return "accepted"


def replaced(manifest: Any) -> Any:
    return lambda _: canonical_json(manifest)


@SETTINGS
@given(damaged(MANIFEST))
@example(MANIFEST)
def test_a_damaged_manifest_is_refused_or_still_one(manifest: Any) -> None:
    outcome(archive_with_manifest(CONTENT, replaced(manifest)))


@SETTINGS
@given(values)
def test_any_json_is_no_manifest(value: Any) -> None:
    assert outcome(archive_with_manifest(CONTENT, replaced(value))) != "accepted"


@SETTINGS
@given(st.binary(max_size=300))
def test_any_bytes_are_no_manifest(data: bytes) -> None:
    try:
        read_manifest(data)
    except Refused as refused:
        assert refused.code in REFUSALS
        return
    raise AssertionError("these bytes were taken for a manifest")


@SETTINGS
@given(damaged(PROGRAM))
@example(PROGRAM)
def test_a_damaged_program_is_refused_or_still_one(program: Any) -> None:
    outcome(archive_with_file(CONTENT, "program.json", canonical_json(program)))


@SETTINGS
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cut", "insert", "copy", "put", "zero"]),
            st.integers(0, len(ARCHIVE)),
            st.integers(0, len(ARCHIVE)),
            st.binary(max_size=40),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_archive_is_refused(damages: list[tuple[str, int, int, bytes]]) -> None:
    data = ARCHIVE
    for act, first, second, put in damages:
        start, end = sorted((first, second))
        if act == "cut":
            data = data[:start] + data[end:]
        elif act == "insert":
            data = data[:start] + put + data[start:]
        elif act == "copy":
            data = data[:end] + data[start:end] + data[end:]
        elif act == "put":
            data = data[:start] + put + data[start + len(put) :]
        else:
            data = data[:start] + bytes(end - start) + data[end:]
    assert (outcome(data) == "accepted") == (data == ARCHIVE)


@SETTINGS
@given(
    st.sampled_from(ENTRIES),
    st.lists(st.tuples(st.integers(0, BLOCK - 1), st.binary(min_size=1, max_size=12)), min_size=1, max_size=3),
)
def test_a_header_with_other_fields_is_refused_though_its_checksum_is_right(
    entry: int, changes: list[tuple[int, bytes]]
) -> None:
    head = ARCHIVE[entry : entry + BLOCK]
    for start, put in changes:
        head = (head[:start] + put + head[start + len(put) :])[:BLOCK]
    data = ARCHIVE[:entry] + with_checksum(head) + ARCHIVE[entry + BLOCK :]
    assert (outcome(data) == "accepted") == (data == ARCHIVE)


@SETTINGS
@given(st.sampled_from(ENTRIES), st.integers(0, 8**11 - 1))
def test_an_entry_of_another_size_is_refused(entry: int, size: int) -> None:
    name = ARCHIVE[entry : entry + 100].rstrip(b"\0").decode()
    data = ARCHIVE[:entry] + header(name, size) + ARCHIVE[entry + BLOCK :]
    assert (outcome(data) == "accepted") == (data == ARCHIVE)
