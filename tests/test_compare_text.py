"""Texts side by side: words, passages that moved, and what only looks changed."""

from __future__ import annotations

import pytest
from test_compare_kinds import changes_between

from designtool.compare import Change
from designtool.compare.reports.word_difference import Piece, shortened, word_difference

PAGE = "-- modules/01-start/10-sida.md (change) --\n"


def marked(old: str, new: str) -> str:
    signs = {"same": ("", ""), "gone": ("[-", "-]"), "come": ("{+", "+}")}
    return "".join(f"{signs[piece.what][0]}{piece.text}{signs[piece.what][1]}" for piece in word_difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Ring 112 nu.", "Ring 113 nu.", "Ring [-112-]{+113+} nu."),
        ("Sov gott", "Sov gott", "Sov gott"),
        ("Ett två tre", "Ett tre", "Ett [-två -]tre"),
        ("Ett tre", "Ett två tre", "Ett {+två +}tre"),
        ("å ä ö", "å ä o", "å ä [-ö-]{+o+}"),
        ("", "Nytt", "{+Nytt+}"),
        ("Gammalt", "", "[-Gammalt-]"),
        # What stays between two changes is shown with them when it is no word.
        ("röd gul", "grön blå", "[-röd gul-]{+grön blå+}"),
    ],
)
def test_words(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


def test_both_texts_are_whole_in_the_pieces() -> None:
    old, new = "Det var en gång. En kung, och en drottning!", "Det är en kung. Och två drottningar…"
    pieces = word_difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.what != "come") == old
    assert "".join(piece.text for piece in pieces if piece.what != "gone") == new


def test_a_very_long_text_is_not_compared_word_by_word() -> None:
    old, new = "ord " * 5_000, "ord " * 5_000 + "till"
    assert [piece.what for piece in word_difference(old, new)] == ["gone", "come"]


def test_long_stretches_that_stayed_are_shortened() -> None:
    pieces = shortened((Piece("same", "a" * 500), Piece("gone", "b"), Piece("same", "c" * 500)))
    assert all(len(piece.text) < 150 for piece in pieces)
    assert pieces[1] == Piece("gone", "b")


def page_changes(example: str) -> list[tuple[str, str, str]]:
    found: tuple[Change, ...] = changes_between("", PAGE + example).changes
    return [(change.message.en, change.old or "", change.new or "") for change in found if change.is_text]


def test_a_changed_passage_is_one_change() -> None:
    assert page_changes("-Välj något som betyder något för dig.\n+Välj något som betyder mycket för dig.\n") == [
        ("the text has been changed", "Välj något som betyder något för dig.", "Välj något som betyder mycket för dig.")
    ]


def test_a_passage_that_moved_is_one_change() -> None:
    moved = (
        "-Nu är det dags att skriva ner din plan.\n-\n-Välj något som betyder något för dig.\n"
        "+Välj något som betyder något för dig.\n+\n+Nu är det dags att skriva ner din plan.\n"
    )
    assert [message for message, _, _ in page_changes(moved)] == ["a passage has been moved"]


def test_a_new_passage_changes_no_other() -> None:
    new = "-Nu är det dags att skriva ner din plan.\n+Börja här.\n+\n+Nu är det dags att skriva ner din plan.\n"
    assert page_changes(new) == [("text has been added", "", "Börja här.")]


def test_the_text_of_a_picture_is_text() -> None:
    assert page_changes("-:alt: En sol\n+:alt: En röd sol\n") == [
        (
            "the text has been changed",
            "image programs/exempel/media/sol.svg\nalt: En sol",
            "image programs/exempel/media/sol.svg\nalt: En röd sol",
        )
    ]


def test_how_a_page_is_wrapped_is_no_change() -> None:
    wrapped = "-Nu är det dags att skriva ner din plan.\n+Nu är det dags\n+att skriva ner din plan.\n"
    assert changes_between("", PAGE + wrapped).changes == ()


def test_emphasis_is_a_change() -> None:
    found = page_changes("-Välj något som betyder något för dig.\n+Välj **något** som betyder något för dig.\n")
    assert [message for message, _, _ in found] == ["something else than the words has been changed"]


def test_a_link_that_leads_elsewhere_is_a_change() -> None:
    before = PAGE + "-Välj något som betyder något för dig.\n+Läs [om sömn och hälsa](https://example.org/a).\n"
    after = (
        PAGE + "-Läs [om sömn och hälsa](https://example.org/a).\n+Läs [om sömn och hälsa](https://example.org/b).\n"
    )
    (change,) = changes_between(before, after).changes
    assert change.rule == "text-corrected"
    assert (change.old or "").endswith("(https://example.org/a).")
    assert (change.new or "").endswith("(https://example.org/b).")
