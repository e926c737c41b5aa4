"""Of the files that programs share, a bundle carries the entries that its program reaches, as they were written."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from designtool.bundle import BundleContent, make_bundle
from designtool.bundle.entries import entries_of
from designtool.model.codec import encode_program
from designtool.model.program import Contact, Person, Program, Term
from tests.bundles import FILM, SVG_PATH, sample_program, sample_tree
from tests.case_files import text_file

PERSONS = """\
# Påhittade personer. Ingen av dem finns.
samira:
  name: Samira
  text: "Hon arbetar på
    # en vårdcentral."
  image: media/samira.svg

# Med i sömnprogrammet.
goran:
  name: Göran
  text: |
    # Ingen kommentar, utan text.
    Han snickrar.
elin: # Sist.
  name: Elin"""


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({"samira", "goran", "elin"}, PERSONS),
        ({"goran"}, PERSONS.partition("samira:")[0] + PERSONS[PERSONS.index("# Med i") : PERSONS.index("elin:")]),
        ({"samira"}, PERSONS.partition("# Med i")[0]),
        ({"elin", "annan"}, PERSONS.partition("samira:")[0] + "elin: # Sist.\n  name: Elin"),
    ],
)
def test_every_byte_of_what_is_kept_is_the_authors(ids: set[str], expected: str) -> None:
    for lines in ("\n", "\r\n"):
        written = PERSONS.replace("\n", lines).encode()
        part = entries_of("persons.yaml", written, ids)
        assert part == expected.replace("\n", lines).encode()
        assert entries_of("persons.yaml", part, ids) == part


def test_nothing_is_left_of_a_file_that_nobody_reaches() -> None:
    assert entries_of("persons.yaml", PERSONS.encode(), set()) is None


@pytest.mark.parametrize(
    "written",
    [
        "{a: {name: A}, b: {name: B}}",
        "a:\n  name: 'A\n# inte slut'\nb:\n  name: B\n",
        "- a\n- b\n",
        "a: [",
        "",
    ],
)
def test_what_cannot_be_taken_apart_is_given_whole(written: str) -> None:
    assert entries_of("persons.yaml", written.encode(), {"a"}) == written.encode()


def content_of(program: Program) -> BundleContent:
    tree = sample_tree()
    for name, text in {
        "persons": f"anna:\n  name: Anna\n  image: {SVG_PATH.removeprefix('programs/library/')}\nbo:\n  name: Bo\n",
        "glossary": "angest:\n  title: Ångest\nsomn:\n  title: Sömn\n",
        "contacts": "crisis:\n  label: Fara\nbris:\n  label: Bris\n",
    }.items():
        tree = tree.with_file(text_file(f"programs/library/{name}.yaml", text.encode()))
    return make_bundle(program, encode_program(program), tree, lambda path: BytesIO(FILM))


def source_of(content: BundleContent, name: str) -> str | None:
    blob = content.files.get(f"source/programs/library/{name}.yaml")
    if blob is None:
        return None
    with blob.open() as stream:
        return stream.read().decode()


def test_a_bundle_carries_the_entries_that_its_program_reaches() -> None:
    program = replace(
        sample_program(),
        contacts=(Contact("crisis", "Fara"),),
        glossary=(Term("somn", "Sömn", ""),),
        persons=(Person("bo", "Bo", None, ""),),
    )
    content = content_of(program)
    assert source_of(content, "contacts") == "crisis:\n  label: Fara\n"
    assert source_of(content, "glossary") == "somn:\n  title: Sömn\n"
    assert source_of(content, "persons") == "bo:\n  name: Bo\n"


def test_a_picture_of_somebody_whom_the_program_does_not_meet_stays_at_home() -> None:
    program = replace(sample_program(), library_pages=(), modules=(), media=(), persons=())
    content = content_of(program)
    assert source_of(content, "persons") is None
    assert not [name for name in content.files if name.endswith(".svg")]
