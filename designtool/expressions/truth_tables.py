"""One page of what becomes of a missing answer: stated by hand here, and held against both evaluators by the tests."""

from __future__ import annotations

from dataclasses import dataclass

from designtool.diagnostics import Text

UNKNOWN = "–"
"""A missing answer; of a condition: unknown."""


@dataclass(frozen=True, slots=True)
class TruthTable:
    title: Text
    names: tuple[str, ...]
    """The answers that the expressions read."""
    expressions: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each answer, and then what each expression is worth: true, false, a number, a word, or UNKNOWN."""


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


TRUTH_TABLES = (
    TruthTable(
        Text("och, eller", "and, or"),
        ("a", "b"),
        ("a and b", "a or b"),
        _rows("""
            true  true  true  true
            true  false false true
            true  –     –     true
            false true  false true
            false false false false
            false –     false –
            –     true  –     true
            –     false false –
            –     –     –     –
        """),
    ),
    TruthTable(
        Text("inte, besvarad, saknas", "not, answered, missing"),
        ("a",),
        ("not a", "answered(a)", "missing(a)"),
        _rows("""
            true  false true  false
            false true  true  false
            –     –     false true
        """),
    ),
    TruthTable(
        Text("jämförelser", "comparisons"),
        ("x", "y"),
        ("x == y", "x != y", "x < y", "x <= y", "x > y", "x >= y"),
        _rows("""
            2 2 true  false false true  false true
            2 3 false true  true  true  false false
            3 2 false true  false false true  true
            2 – –     –     –     –     –     –
            – 2 –     –     –     –     –     –
            – – –     –     –     –     –     –
        """),
    ),
    TruthTable(
        Text("lika, för ja och nej", "equal, for yes and no"),
        ("a", "b"),
        ("a == b", "a != b"),
        _rows("""
            true  true  true  false
            true  false false true
            true  –     –     –
            false true  false true
            false false true  false
            false –     –     –
            –     true  –     –
            –     false –     –
            –     –     –     –
        """),
    ),
    TruthTable(
        Text("ett av flera", "one of several"),
        ("x", "y", "z"),
        ("x in (y, z)", "x not in (y, z)"),
        _rows("""
            2 2 3 true  false
            2 3 4 false true
            2 2 – true  false
            2 3 – –     –
            2 – – –     –
            – 2 3 –     –
            – – – –     –
        """),
    ),
    TruthTable(
        Text("ett av de valda", "one of those chosen"),
        ("vald", "flera"),
        ("vald in flera", "vald not in flera"),
        _rows("""
            oro  oro,somn true  false
            oro  somn     false true
            oro  –        –     –
            –    oro      –     –
            –    –        –     –
        """),
    ),
    TruthTable(
        Text("om", "if"),
        ("a", "x", "y"),
        ("if(a, x, y)",),
        _rows("""
            true  2 3 2
            true  2 – 2
            true  – 3 –
            false 2 3 3
            false – 3 3
            false 2 – –
            –     2 3 –
            –     2 2 –
            –     – – –
        """),
    ),
    TruthTable(
        Text("räknesätten", "arithmetic"),
        ("x", "y"),
        ("x + y", "x - y", "x * y", "x / y", "-x", "round(x)"),
        _rows("""
            6 3 9 3 18 2 -6 6
            6 0 6 6 0  – -6 6
            6 – – – –  – -6 6
            – 3 – – –  – –  –
            – 0 – – –  – –  –
            – – – – –  – –  –
        """),
    ),
    TruthTable(
        Text("sammanräkning: av det som finns", "aggregates: of what is there"),
        ("x", "y", "z"),
        ("sum(x, y, z)", "mean(x, y, z)", "min(x, y, z)", "max(x, y, z)", "count_answered(x, y, z)"),
        _rows("""
            1 2 6 9 3 1 6 3
            1 – 6 7 7/2 1 6 2
            – – 6 6 6 6 6 1
            – 0 – 0 0 0 0 1
            – – – – – – – 0
        """),
    ),
    TruthTable(
        Text("hur många stämmer", "how many hold"),
        ("a", "b"),
        ("count(a, b)",),
        _rows("""
            true  true  2
            true  false 1
            false false 0
            true  –     1
            false –     0
            –     true  1
            –     false 0
            –     –     –
        """),
    ),
)

USES = (
    Text("show_if som är okänt döljer.", "A show_if that is unknown hides."),
    Text("assert som är okänt släpper igenom.", "An assert that is unknown lets pass."),
    Text(
        "En flagga vars villkor är okänt hissas bara om den blir sann vad patienten än svarar på det som saknas.",
        "A flag whose condition is unknown is raised only if it comes true whatever is answered to what is missing.",
    ),
)
"""What an unknown condition leads to."""
