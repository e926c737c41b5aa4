"""Whatever is done to the bytes of an agreement, nothing is in force that two regions have not signed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import test_agreements
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.share.agreements.folder import SUFFIX, read_agreement_folder
from designtool.share.envelope import encode_envelope

SIGNED = encode_envelope(test_agreements.signed().envelope)
PROPOSED = encode_envelope(test_agreements.proposed().envelope)


def in_force(data: bytes) -> list[object]:
    with TemporaryDirectory() as folder:
        (Path(folder) / f"a{SUFFIX}").write_bytes(data)
        found = read_agreement_folder(Path(folder), test_agreements.KEYS)
        standings = found.standings(test_agreements.KEYS, test_agreements.DAY)
        return [one.agreement for one in standings if one.state == "in-force"]


@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 3), st.binary(max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_changed_agreement_says_the_same_or_nothing(start: int, cut: int, put: bytes) -> None:
    changed = SIGNED[:start] + put + SIGNED[start + cut :]
    assert in_force(changed) in ([], [test_agreements.TERMS])
    if changed != SIGNED:
        assert in_force(changed) == [], "every byte is signed, or part of a signature, or of the one form of the file"


@given(st.integers(0, len(PROPOSED) - 1), st.integers(0, 3), st.binary(max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_proposal_never_becomes_more(start: int, cut: int, put: bytes) -> None:
    assert in_force(PROPOSED[:start] + put + PROPOSED[start + cut :]) == []


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused_without_a_fault(data: bytes) -> None:
    assert in_force(data) == []


def test_the_untouched_one_is_in_force() -> None:
    assert in_force(SIGNED) == [test_agreements.TERMS]
