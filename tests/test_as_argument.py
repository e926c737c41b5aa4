"""Commands that designtool suggests can be copied, whatever the folders are called."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designtool.diagnostics.as_argument import as_argument


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("förtroende", "förtroende"),
        ("../bygge/lugnare-kvallar-1.0.0.dtb", "../bygge/lugnare-kvallar-1.0.0.dtb"),
        ("våra paket/a.dtb", '"våra paket/a.dtb"'),
        ("C:\\Vård\\trust", "C:\\Vård\\trust"),
        ("kostar $5", "'kostar $5'"),
    ],
)
def test_paths_as_people_have_them(path: str, written: str) -> None:
    assert as_argument(path) == written


@given(st.text(st.characters(exclude_characters="\\\0", exclude_categories=["Cs"]), min_size=1))
def test_a_shell_gets_back_what_was_meant(path: str) -> None:
    assert shlex.split(as_argument(path)) == [path]
