"""Every kind of signed document that comes out of a registry or off a stick, in bytes that are fit for no reader."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from designtool.bundle import Refused
from designtool.bundle.canonical import canonical_json
from designtool.share.agreements.folder import read_signed
from designtool.share.agreements.terms import AGREEMENT_TYPE
from designtool.share.agreements.terms import END_TYPE as AGREEMENT_END_TYPE
from designtool.share.envelope import read_envelope
from designtool.share.provenance.statement import read_provenance
from designtool.share.recalls.lifts import LIFT_TYPE, read_lift
from designtool.share.receipts.documents import END_TYPE, ENROLMENT_TYPE, RECEIPT_TYPE, read
from designtool.share.signed_problems import SignedProblem

READERS: dict[str, Callable[[bytes], object]] = {
    "receipts": lambda data: read(read_envelope(data, "f"), "f"),
    "agreements": lambda data: read_signed(data, "f"),
    "provenance": lambda data: read_provenance(data, "f"),
    "lifts": lambda data: read_lift(data, "f"),
}
KINDS = (
    RECEIPT_TYPE,
    ENROLMENT_TYPE,
    END_TYPE,
    AGREEMENT_TYPE,
    AGREEMENT_END_TYPE,
    LIFT_TYPE,
    "application/vnd.in-toto+json",
)
BYTES: dict[str, bytes] = {
    "nothing": b"",
    "an empty object": b"{}",
    "a list": b"[]",
    "a number": b"5",
    "null": b"null",
    "lists without end": b"[" * 100_000,
    "objects without end": b'{"a":' * 20_000,
    "deep": b"[" * 300 + b"]" * 300,
    "a number of thousands of digits": b'{"a":1%s}' % (b"0" * 5000),
    "a number beyond all": b'{"a":1e400}',
    "no number": b'{"a":NaN}',
    "a key twice": b'{"a":1,"a":1}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b"\xff",
    "half a character": b'{"a":"\\ud800"}',
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", BYTES)
def test_what_is_no_canonical_json_is_refused_in_every_signed_document(name: str, reader: str) -> None:
    """As the file itself, and as what is signed in it."""
    files = [BYTES[name]]
    for kind in KINDS:
        payload = base64.b64encode(BYTES[name]).decode()
        files.append(canonical_json({"payload": payload, "payloadType": kind, "signatures": []}))
    for data in files:
        with pytest.raises((Refused, SignedProblem)) as refused:
            READERS[reader](data)
        assert refused.value.code
