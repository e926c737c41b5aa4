"""What validates without errors becomes a bundle that the strict reader takes, whatever stands in its texts."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from case_files import PROGRAM, compiled, minimal_tree
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from designtool.bundle import layout_of_content, make_bundle, manifest_of, program_of, read_bundle, write_archive
from designtool.model.codec import encode_program
from designtool.model.program import Program
from designtool.pipeline import Compiled

PAGE = f"{PROGRAM}/modules/01-start/10-sida.md"
MODULE = f"{PROGRAM}/modules/01-start/module.yaml"
GUIDANCE = f"{PROGRAM}/modules/01-start/therapist.md"
EXERCISE = f"{PROGRAM}/modules/01-start/exercises/min_plan.yaml"
CONTACTS = "programs/library/contacts.yaml"


def built(made: Compiled) -> Program | None:
    """The program as a reader gets it back; None where there are errors. Raises what the writer and the reader raise."""
    one = made.programs[0]
    if one.program is None or not made.can_be_built(one):
        return None
    content = make_bundle(one.program, encode_program(one.program), made.tree, lambda path: BytesIO(b""))
    manifest_of(content)
    stream = BytesIO()
    write_archive(stream, layout_of_content(content))
    read = program_of(read_bundle(stream))
    assert read == one.program
    return read


def minimal(path: str) -> str:
    data = minimal_tree().files[path].data
    assert data is not None
    return data.decode()


def with_text(text: str) -> dict[str, bytes | None]:
    """The text in every place where an author writes some: as Markdown, and quoted in YAML."""
    quoted = json.dumps(text, ensure_ascii=False)
    return {
        PAGE: f"---\ntitle: Sida\n---\nHej {text}\n\n```\n{text}\n```\n\n:::{{exercise}} min_plan\n:::\n".encode(
            "utf-8", "replace"
        ),
        MODULE: minimal(MODULE).replace("Start", quoted).encode(errors="backslashreplace"),
        GUIDANCE: f"Hej.\n\n## Mall: Bra\n\n{text}\n\nFortsätt.\n".encode("utf-8", "replace"),
        EXERCISE: minimal(EXERCISE).replace("Vad ska du göra?", quoted).encode(errors="backslashreplace"),
        CONTACTS: (minimal(CONTACTS).rstrip("\n") + f"\n  text: {quoted}\n").encode(errors="backslashreplace"),
    }


PIECES = st.sampled_from(
    [
        *("<script>", "</script >", "`<script>`", "`` `<svg/onload=x>` ``", "&lt;script&gt;", "&#60;script&#x3e;", "<"),
        *("<a", " href=x>", "a <b och c = d", "\\<img src=x>", "<!-- x -->", "<!doctype html>", "<3", "]]>", "=", ">"),
        *(
            "å",
            "Å\u030a",
            "\u202e",
            "\u2066abc\u2069",
            "\u200b",
            "\ufeff",
            "\U0001f468\u200d\U0001f469",
            "\u2028",
            "\x85",
        ),
        *(
            "\ud800",
            "\x00",
            "\x07",
            "\x7f",
            "\t",
            "\n",
            "\n\n",
            '"',
            "'",
            "\\",
            "{{7*7}}",
            "{% x %}",
            "%s",
            "$",
            "`",
            "*",
        ),
        *("[länk](sida)", "[l](https://a.se/å)", "[l](<https://a.se/a b>)", "[l](java\tscript:x)", "<https://a.se/\\>"),
        *("[l](å:x)", "[l](https://a.se/\u200b)", "[l](#x)", "[l](?a:b)", "[l](mailto:a@b.se)", "<tel:112>", "|", "#"),
        *("{contact}`crisis`", "{term}`x <y>`", "{answer}`min_plan.vad`", "> ", "- ", "1. ", "    "),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), min_size=1, max_size=6).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
@example("`<script>`")
@example("&lt;img src=x&gt;")
@example("a <b och c = d")
@example("> &lt;b\n> x=")
@example("\u202eoläsligt\u202c \U0001f600 \u2028")
def test_what_has_no_errors_can_be_built_and_read(text: str) -> None:
    built(compiled(with_text(text)))


@pytest.mark.parametrize(
    "text",
    ["Ett <3 till dig", "Välj 3 < 4 > 2", "😀 åäö \u201dcitat\u201d 'q' \\o/", "Skriv `a < b` och &amp;", "`{{x}}`"],
)
def test_ordinary_texts_are_built(text: str) -> None:
    """Or the property would hold of a designtool that refuses everything."""
    assert built(compiled(with_text(text))) is not None


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({PAGE: minimal(PAGE).replace("Nu är", text + "\n\nNu är").encode()}, id=text)
        for text in (
            "Skriv `<script>` här",
            "Skriv &lt;img src=x&gt; här",
            "```\n<iframe src=x>\n```",
            ":::{callout} tip\nEtt \\<img src=x>\n:::",
            ":::{reveal} <img src=x>\nText\n:::",
        )
    ],
)
def test_html_in_disguise_on_a_page_is_one_finding(files: dict[str, bytes | None]) -> None:
    assert [found.rule for found in compiled(files).diagnostics] == ["active-html"]


def changed(path: str, old: str, new: str) -> dict[str, bytes | None]:
    text = minimal(path)
    assert old in text
    return {path: text.replace(old, new).encode()}


PROGRAM_FILE = f"{PROGRAM}/program.yaml"
QUESTIONNAIRE = f"{PROGRAM}/questionnaires/min_koll.yaml"
VECTOR = "\nvectors:\n  - answers:\n      q1: {}\n      q2: 0\n    expect:\n      scores:\n        total: {}\n"
JOURNEY = "title: Resa\nsteps:\n  - day: 0\n    does:\n      - fill: min_plan\n        answers:\n          vad: {}\n"
MEETING = "Hej.\n\n:::{{video-meeting}} {}\n:title: Samtal\n:logging: pdl\n:::\n\n:::{{exercise}} min_plan\n:::\n"
LARGE = "9007199254740993"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(files, id=name)
        for name, files in {
            "version with more than numbers": changed(PROGRAM_FILE, "1.0.0", "1.0.0-rc.1"),
            "version with large numbers": changed(PROGRAM_FILE, "1.0.0", "1.0.99999999999"),
            "weeks": changed(PROGRAM_FILE, "weeks: 6", f"weeks: {LARGE}"),
            "minutes": changed(PROGRAM_FILE, "minutes_per_week: 60", f"minutes_per_week: {LARGE}"),
            "option": changed(QUESTIONNAIRE, "value: 2", f"value: {LARGE}"),
            "range": changed(QUESTIONNAIRE, "[0, 4]", f"[0, {LARGE}]"),
            "vector": {QUESTIONNAIRE: (minimal(QUESTIONNAIRE) + VECTOR.format(0, LARGE)).encode()},
            "fraction in a vector": {QUESTIONNAIRE: (minimal(QUESTIONNAIRE) + VECTOR.format(0, "1e300")).encode()},
            "large answer": {f"{PROGRAM}/journeys/resa.yaml": JOURNEY.format(LARGE).encode()},
            "fraction as answer": {f"{PROGRAM}/journeys/resa.yaml": JOURNEY.format("0.1").encode()},
            "HTML as answer": {f"{PROGRAM}/journeys/resa.yaml": JOURNEY.format('"<script>"').encode()},
            "surrogate as answer": {f"{PROGRAM}/journeys/resa.yaml": JOURNEY.format('"\\ud800"').encode()},
            "deep answer": {f"{PROGRAM}/journeys/resa.yaml": JOURNEY.format("[" * 80 + "]" * 80).encode()},
            "limit of a field": {EXERCISE: (minimal(EXERCISE) + f"    max_length: {LARGE}\n").encode()},
            "fraction of a field": changed(EXERCISE, "type: text", "type: decimal\n    max: 1e308\n    step: 1e-300"),
            "script as meeting": {PAGE: MEETING.format("javascript:alert(1)").encode()},
            "blank in meeting": {PAGE: MEETING.format("https://a.se/a b").encode()},
            "script as contact": {CONTACTS: (minimal(CONTACTS) + "  address: javascript:alert(1)\n").encode()},
            "blank in contact": {CONTACTS: (minimal(CONTACTS) + "  address: https://a.se/a b\n").encode()},
            "SVG beside the program": {f"{PROGRAM}/utkast/bild.svg": b"<svg onload='x'/>"},
            "SVG in capitals": {f"{PROGRAM}/media/BILD.SVG": b"<svg onload='x'/>"},
            "SVG of the library": {"programs/library/media/bild.svg": b"<svg onload='x'/>"},
        }.items()
    ],
)
def test_odd_values_are_findings_or_are_built(files: dict[str, bytes | None]) -> None:
    built(compiled(files))
