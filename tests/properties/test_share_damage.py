"""Whatever becomes of metadata on its way, what nobody signed is never trusted, and nothing but a code comes of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from federations import FIRST, NOW, SECOND, ask, founded
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.share.federation.draft import encode_draft, metadata_of, read_draft, signed_digest
from designtool.share.federation.metadata_bytes import parse_metadata_json
from designtool.share.federation.problems import TRUST_PROBLEMS, TrustProblem
from designtool.share.federation.publication import draft_renewal

MADE = founded()
NAMES = sorted(MADE.store.files)
DRAFT = encode_draft(draft_renewal(MADE.store, "targets", NOW))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=4),
)
def test_damaged_metadata_is_refused_or_means_what_it_meant(name: str, cuts: list[tuple[int, bytes, int]]) -> None:
    store = MADE.store.copy()
    data = store.files[name]
    for place, put, taken in cuts:
        at = place % len(data) if data else 0
        data = data[:at] + put + data[at + taken :]
    store.files[name] = data
    with tempfile.TemporaryDirectory() as place_of_trust:
        folder = MADE.trust_folder(Path(place_of_trust) / "trust")
        assert ask(store, folder, digest=SECOND) in TRUST_PROBLEMS
        assert ask(store, folder, digest=FIRST) in {"trusted", *TRUST_PROBLEMS}
        # What was damaged has not spoilt the client for what is whole.
        assert ask(MADE.store, folder) == "trusted"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DRAFT) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_damaged_draft_is_refused_or_shows_another_digest(at: int, put: bytes, taken: int) -> None:
    whole = read_draft(DRAFT, "draft")
    try:
        read = read_draft(DRAFT[:at] + put + DRAFT[at + taken :], "draft")
    except TrustProblem as problem:
        assert problem.code in TRUST_PROBLEMS
        return
    has_same_digest = signed_digest(read.metadata, "targets") == signed_digest(whole.metadata, "targets")
    means_the_same = metadata_of(read.metadata, "targets").signed == metadata_of(whole.metadata, "targets").signed
    assert has_same_digest == means_the_same


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:0123456789.eE-naNIfity \\ud8', max_size=60).map(str.encode))
def test_any_bytes_are_an_object_or_a_code(data: bytes) -> None:
    try:
        assert isinstance(parse_metadata_json(data, "x.json", 50), dict)
    except TrustProblem as problem:
        assert problem.code in ("metadata-invalid", "metadata-too-large")
