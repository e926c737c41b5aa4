"""Canonical bytes round trip, and no other bytes are taken."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designtool.bundle import Refused, read_bundle
from designtool.bundle.canonical import LARGEST_INTEGER, canonical_json, parse_canonical
from tests.bundles import archive_of, sample_content

ARCHIVE = archive_of(sample_content())

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts,
    lambda inside: st.lists(inside) | st.dictionaries(texts, inside),
)


@given(values)
@example({"\ufb01": 1, "\U0001f600": 2, "a": "\x7f\x1f\u2028"})
def test_canonical_bytes_round_trip(value: Any) -> None:
    data = canonical_json(value)
    assert parse_canonical(data, "x", len(data)) == value


@given(values)
def test_our_bytes_are_those_of_the_reference(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@given(values, st.sampled_from([None, 1]), st.booleans(), st.booleans())
def test_every_other_way_to_write_a_value_is_refused(value: Any, indent: int | None, sort: bool, ascii: bool) -> None:
    data = json.dumps(value, indent=indent, sort_keys=sort, ensure_ascii=ascii).encode()
    if data == canonical_json(value):
        assert parse_canonical(data, "x", len(data)) == value
    else:
        with pytest.raises(Refused, match="json-not-canonical"):
            parse_canonical(data, "x", len(data))


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"-" + b"1" * 10_000)
@example(b'"\\ud800"')
@example(b"1e400")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse_canonical(data, "x", 2**20)
    except Refused:
        return
    assert canonical_json(value) == data


positions = st.integers(0, len(ARCHIVE) - 1)
pieces = st.sampled_from([0, 1, 8, 512, 1024]) | st.integers(0, 2048)


@st.composite
def mutated_archives(draw: st.DrawFn) -> bytes:
    """The archive with stretches changed, moved, doubled or taken away."""
    data = ARCHIVE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(positions)
        if draw(st.booleans()):
            start -= start % 512
        length = draw(pieces)
        stretch = data[start : start + length]
        match draw(st.sampled_from(["replace", "insert", "double", "remove", "swap"])):
            case "replace":
                new = draw(st.binary(min_size=1, max_size=16))
                data = data[:start] + new + data[start + len(new) :]
            case "insert":
                data = data[:start] + draw(st.binary(min_size=1, max_size=16) | st.just(bytes(512))) + data[start:]
            case "double":
                data = data[:start] + stretch + data[start:]
            case "remove":
                data = data[:start] + data[start + length :]
            case "swap":
                data = data[:start] + data[start + length : start + 2 * length] + stretch + data[start + 2 * length :]
    return data


@settings(max_examples=400)
@given(mutated_archives())
def test_no_mutated_archive_is_accepted(data: bytes) -> None:
    if data == ARCHIVE:
        read_bundle(BytesIO(data))
        return
    with pytest.raises(Refused):
        read_bundle(BytesIO(data))
