"""YAML as authors mean it: types, places, and one message for each mistake."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from designtool.diagnostics import Span
from designtool.load.yaml_file import ParsedYaml, parse_yaml, typed


def parsed(text: str | bytes) -> ParsedYaml:
    return parse_yaml("fil.yaml", text.encode() if isinstance(text, str) else text)


def places(text: str) -> list[tuple[str, int | None, int | None, int | None]]:
    """Rule, line, column and end column of what is found."""
    return [(one.rule, one.span.line, one.span.column, one.span.end_column) for one in parsed(text).diagnostics]


def applied(text: str, found: ParsedYaml) -> str:
    """The text after the fix of its first diagnostic."""
    fix = found.diagnostics[0].fix
    assert fix
    lines = text.split("\n")
    for edit in reversed(fix.edits):
        span = edit.span
        if span.line is None:
            return edit.replacement
        assert span.column and span.end_column and span.line == span.end_line
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + edit.replacement + line[span.end_column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("false", False), ("null", None), ("", None), ("0", 0), ("-3", -3), ("0.5", 0.5), ("-0.5", -0.5),
        ("123456789012345", 123456789012345), ("12.25", 12.25),
    ],
)  # fmt: skip
def test_shortest_forms_are_typed(written: str, value: Any) -> None:
    assert typed(written) == value
    assert type(typed(written)) is type(value)


@pytest.mark.parametrize(
    "written",
    ["22:30", "no", "yes", "on", "2026-03-01", "012", "1.10", "1.0", "0x1", "0o7", "1e5", ".5", "5.", "~", "-0", "+1", "1_000",
     ".inf", "True", "NULL", "1234567890123456", "0.12345678901234567", "٣", "-"],
)  # fmt: skip
def test_everything_else_is_text(written: str) -> None:
    assert typed(written) == written


def test_quoted_and_block_scalars_are_text() -> None:
    assert parsed("a: '1'\nb: \"true\"\nc: |\n  5\nd: >\n  null\n").data == {
        "a": "1",
        "b": "true",
        "c": "5\n",
        "d": "null\n",
    }


def test_keys_are_text() -> None:
    assert parsed("1: a\ntrue: b\nnull: c\n").data == {"1": "a", "true": "b", "null": "c"}


def test_places_of_keys_and_values() -> None:
    document = parsed("a: 1\nlista:\n  - x: två\n    y: |\n      text\n      mer\n\n\ntom:\nf: {k: v,\n  m: [1, 2]}\n")
    assert document.keys["/lista/0/y"] == (4, 5, 4, 6)
    assert document.values["/a"] == (1, 4, 1, 5)
    assert document.values["/lista/0/x"] == (3, 8, 3, 11)
    assert document.values["/lista/0/y"] == (4, 8, 6, 10)
    assert document.values["/lista"] == (3, 3, 6, 10)
    assert document.values["/tom"] == (9, 5, 9, 5)
    assert document.values["/f"] == (10, 4, 11, 13)
    assert document.values["/f/m/1"] == (11, 10, 11, 11)


def test_pointers_escape_what_they_must() -> None:
    assert parsed("a/b: {c~d: 1}\n").values["/a~1b/c~0d"] == (1, 12, 1, 13)


def test_lines_are_those_of_an_editor() -> None:
    document = parsed("a: rad\u2028ett\u0085två\u2029tre\nb: 2\n")
    assert document.data == {"a": "rad\u2028ett\u0085två\u2029tre", "b": 2}
    assert document.values["/b"] == (2, 4, 2, 5)
    assert parsed('a: "x\u2028y" # \u2028 c\nb: {"k\u2028": v}\n').data == {"a": "x\u2028y", "b": {"k\u2028": "v"}}


def test_windows_line_ends_are_read_as_others() -> None:
    document = parsed("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n")
    assert document.data == {"a": 1, "b": "x\ny\n", "c": 2}
    assert document.values["/c"] == (5, 4, 5, 5)
    assert not document.diagnostics


def test_an_empty_file_is_readable_and_null() -> None:
    for text in ("", "\n\n", "# bara en kommentar\n"):
        assert parsed(text) == ParsedYaml(None, values={"": (1, 1, 1, 1)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("repeated-key", 3, 1, 2)),
        ("f: {a: 1, a: 2}\n", ("repeated-key", 1, 11, 12)),
        ("a: &x 1\nb: 2\n", ("yaml-anchor", 1, 4, 6)),
        ("a: *x\n", ("yaml-anchor", 1, 4, 6)),
        ("a:\n  <<: {b: 1}\n", ("yaml-anchor", 2, 3, 5)),
        ("a: &x {b: 1}\nc: {<<: *x}\n", ("yaml-anchor", 1, 4, 6)),
        ("a: !!python/object x\n", ("yaml-tag", 1, 4, 19)),
        ("a: 1\n---\nb: 2\n", ("several-documents", 2, 1, 4)),
        ("[a, b]: 1\n", ("complex-key", 1, 1, 2)),
        ("a:\n\tb: 1\n", ("tab-character", 2, 1, 2)),
        ("a:\tb\n", ("tab-character", 1, 3, 4)),
        ("å: \x07b\n", ("control-character", 1, 4, 5)),
        ("a: b: c\n", ("yaml-syntax", 1, 5, 6)),
        ("titel\nb: c\n", ("yaml-syntax", 1, 1, 6)),
        ("a: 'x\nb: y\n", ("yaml-syntax", 1, 4, 5)),
        ("a: @x\n", ("yaml-syntax", 1, 4, 5)),
        ("a: %x\n", ("yaml-syntax", 1, 4, 5)),
        ("a: `x`\n", ("yaml-syntax", 1, 4, 5)),
        ("a: *viktigt* ord\n", ("yaml-syntax", 1, 4, 5)),
        ("a: [1, 2\nb: 3\n", ("yaml-syntax", 1, 4, 5)),
        ("a:\n  b: 1\n c: 2\n", ("yaml-syntax", 3, 2, 6)),
        ("a: 'it's'\n", ("yaml-syntax", 1, 8, 9)),
        ("a: - b\n", ("yaml-syntax", 1, 4, 5)),
        ('a: "\\q"\n', ("yaml-syntax", 1, 5, 6)),
        ("%TAG x\na: 1\n", ("yaml-syntax", 1, 1, 7)),
    ],
)
def test_a_mistake_is_one_diagnostic_at_its_place(text: str, expected: tuple[str, int, int, int]) -> None:
    assert places(text) == [expected]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("value: {value: clock_span(bed, out)}\n", "clock_span(bed, out)"),
        ("value: {value: f(a, b, c), digits: 1}\n", "f(a, b, c)"),
        ("value: {label: Ja, absolut}\n", "Ja, absolut"),
        ('value: {value: f("x", y)}\n', 'f("x", y)'),
        ("value: [sum(a, b), c]\n", "sum(a, b)"),
    ],
)
def test_a_value_that_a_comma_splits(text: str, value: str) -> None:
    found = parsed(text)
    assert [(one.rule, one.facts["value"]) for one in found.diagnostics] == [("split-by-comma", value)]
    mended = parsed(applied(text, found))
    assert not mended.diagnostics
    assert mended.data == found.data


@pytest.mark.parametrize(
    "text", ["a: {b: 1, c: }\n", "a: {b}\n", "a: {b: 'x', c}\n", "a: [f(x), y]\n", "a: {b: [1], c: null}\n"]
)
def test_other_flow_mappings_are_left_alone(text: str) -> None:
    assert not parsed(text).diagnostics


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n\tc: 2\n", "a:\tb\nc:\t\td\n", "a: b: c\n", "a: x: y\n"])
def test_a_fix_mends(text: str) -> None:
    assert not parsed(applied(text, parsed(text))).diagnostics


def test_tabs_inside_text_and_comments_are_the_authors_own() -> None:
    assert not parsed("a: 'x\ty'\nb: |\n  text\n  \tindraget\n# c\td\ne: 1\t\n").diagnostics


@pytest.mark.parametrize(
    ("data", "rule", "mended"),
    [
        ("\ufeffa: 1\n".encode(), "byte-order-mark", "a: 1\n"),
        ("a: blåbär\n".encode("cp1252"), "wrong-encoding", "a: blåbär\n"),
        ("a: “citat” – ja\n".encode("cp1252"), "wrong-encoding", "a: “citat” – ja\n"),
        ("a: blåbär\n".encode("utf-16"), "wrong-encoding", "a: blåbär\n"),
        (b"a: 1\rb: 2\r", "control-character", "a: 1\nb: 2\n"),
        (b"a: x\x1by\n", "control-character", "a: xy\n"),
    ],
)
def test_an_encoding_is_one_message_with_a_fix(data: bytes, rule: str, mended: str) -> None:
    found = parsed(data)
    assert [one.rule for one in found.diagnostics] == [rule]
    assert applied("", found) == mended
    assert not parsed(mended).diagnostics


@pytest.mark.parametrize(
    "data",
    [b"\0", b"a: 1\n\0\0\0", bytes(range(256)), b"\x89PNG\r\n\x1a\n\0\0", b"PK\x03\x04\x14\0\x06\0", b"\x81\x8d\x8f"],
)
def test_what_is_no_text_is_one_message(data: bytes) -> None:
    found = parsed(data)
    assert [one.rule for one in found.diagnostics] == ["not-a-text-file"]
    assert not found.readable


_HOSTILE = {
    "brackets": "'[' * 1000000",
    "mappings": "'a: {' * 250000",
    "dashes": "'- ' * 500000",
    "indentation": "'\\n'.join(' ' * i + '-' for i in range(1400))",
}


@pytest.mark.parametrize("name", sorted(_HOSTILE))
def test_deep_nesting_neither_crashes_nor_hangs(name: str) -> None:
    """In a process of its own: libyaml's own composer overflows the stack of the whole process on these."""
    program = (
        "from designtool.load.yaml_file import parse_yaml\n"
        f"print([one.rule for one in parse_yaml('f', ({_HOSTILE[name]}).encode()).diagnostics])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "['too-deep']"


@pytest.mark.parametrize("sign", ["{", "? "])
def test_a_row_of_openings_where_a_key_should_stand(sign: str) -> None:
    assert [one.rule for one in parsed(sign * 400000).diagnostics] == ["complex-key"]


def test_a_hundred_levels_are_fine() -> None:
    assert not parsed("[" * 100 + "]" * 100).diagnostics
    assert places("[" * 101 + "]" * 101) == [("too-deep", 1, 101, 102)]


def test_an_alias_bomb_is_one_message() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    found = parsed("\n".join(lines))
    assert [one.rule for one in found.diagnostics] == ["yaml-anchor"]
    assert found.data is None


@pytest.mark.parametrize(
    "text",
    [
        "a:\tb\n" * 20000,
        "{a: b" + ", c" * 50000 + "}",
        "[f(a" + ", c" * 50000 + ")]",
        "- a # designtool: allow x-y – z\n" * 20000,
    ],
)
def test_many_mistakes_take_no_longer_than_their_number(text: str) -> None:
    """Each of these took minutes when something was counted from the start of the file for every mistake."""
    assert parsed(text).readable


def test_suppressions() -> None:
    text = (
        "# designtool: allow long-sentence – citat ur lagen\n\n# mer\na: 1\n"
        "b: 2  # designtool: allow bare-number -- gammalt nummer\n"
        "c: 'x # designtool: allow inne-i-text – nej'\nd: |\n  # designtool: allow också-text – nej\n"
        "# designtool: allow utan-skal\n# designtool: tillåt allt\n"
    )
    found = parsed(text)
    assert [(one.rule, one.reason, one.line) for one in found.allowances] == [
        ("long-sentence", "citat ur lagen", 4),
        ("bare-number", "gammalt nummer", 5),
    ]
    assert found.allowances[1].span == Span("fil.yaml", 5, 7, 5, 56)
    assert [(one.rule, one.span.line) for one in found.diagnostics] == [
        ("allow-without-reason", 9),
        ("allow-without-reason", 10),
    ]


def test_lines_count_from_where_the_text_stands() -> None:
    document = parse_yaml("sida.md", b"title: x\nminutes: 8\n", first_line=2)
    assert document.values["/minutes"] == (3, 10, 3, 11)
