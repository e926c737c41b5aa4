"""Bundles for tests, made without the pipeline, and archives with one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from io import BytesIO
from types import MappingProxyType
from typing import Any

from designtool.bundle import BundleContent, layout_of_content, make_bundle, write_archive
from designtool.bundle.archive import BLOCK, END, header, padding
from designtool.bundle.canonical import canonical_json
from designtool.bundle.layout import INDEX_FILE, LAYOUT_BYTES, LAYOUT_FILE, blob_name, index_json
from designtool.bundle.manifest import digest_of
from designtool.expressions.expression import Expression
from designtool.load.document import Inline
from designtool.model.codec import encode_program
from designtool.model.exercise import Computed, Entry, Exercise, Field, Option
from designtool.model.flow import Feedback, Flag, Unlock
from designtool.model.journey import Act, Expect, ExpectedFlag, Journey, Step
from designtool.model.module import Module
from designtool.model.origin import Origin
from designtool.model.page import Block, Page
from designtool.model.program import (
    Audience,
    Contact,
    Media,
    Program,
    Publisher,
    Release,
    Rights,
    TherapistTerms,
)
from designtool.model.questionnaire import Band, Instrument, Item, Questionnaire, Score, Vector
from designtool.source.tree import File, Tree, tree_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Cirkel</title><circle cx="4" cy="4" r="3"/></svg>'
FILM = bytes(range(256)) * 3
SVG_PATH = "programs/library/media/cirkel.svg"
FILM_PATH = "programs/prov/media/film.webm"
CRISIS = Block("p-1", "paragraph", inlines=(Inline("text", "Ring "), Inline("contact", "crisis"), Inline("text", ".")))


def sample_program(**changes: Any) -> Program:
    """A small program that uses a little of everything."""
    risk = Expression("q1 >= 1", (">=", ("ref", "fraga", "q1"), ("number", "1")), "truth", (("fraga", "q1"),))
    number = Expression("a / 2", ("/", ("ref", "blad", "a"), ("number", "2")), "number", (("blad", "a"),))
    options = (Option(0, "Nej"), Option(1, "Ja"))
    page = Page(
        "start",
        "Välkommen",
        3,
        (
            Block(
                "paragraph-1",
                "paragraph",
                inlines=(Inline("text", "Läs mer på "), Inline("link", href="https://example.org/", children=())),
            ),
            Block("image-1", "image", SVG_PATH, {"alt": "En cirkel", "credit": "Region Prov"}),
            Block("film-1", "film", FILM_PATH, {"captions": "programs/prov/media/film.vtt"}),
        ),
    )
    values: dict[str, Any] = {
        "format": 1,
        "id": "prov",
        "version": "1.2.3",
        "title": "Prövning",
        "summary": "Ett prov.",
        "kind": "treatment",
        "language": "sv",
        "publisher": Publisher("vgr", "Namn Namnsson", "Legitimerad psykolog", "kontakt@example.org"),
        "producer": "",
        "rights": Rights("CC-BY-4.0", "Region Prov"),
        "audience": Audience(18, None, "mild", ("F32",)),
        "weeks": 4,
        "minutes_per_week": 60,
        "codes": (),
        "therapist": TherapistTerms("psykolog", 7, 2),
        "unlock_sequential": True,
        "days_per_module": 7,
        "measurements": (),
        "reminders": (),
        "retention": "agreed",
        "modules": (
            Module(
                "start", "Start", "Mål", 10, Unlock("", 0, None, False), (), (), Feedback(7, False), (page,), (), ()
            ),
        ),
        "exercises": (
            Exercise(
                "blad",
                "Blad",
                "diary",
                "patient",
                "",
                3,
                "whenever",
                Entry("day"),
                None,
                None,
                (Field("a", "decimal", "Tal", min=Fraction(1, 2), max=Fraction(10)),),
                (Computed("halva", "Halva", number),),
                (),
                (),
                (),
                (),
                None,
                "start",
            ),
        ),
        "questionnaires": (
            Questionnaire(
                "fraga",
                "Fråga",
                Instrument("Fråga", "sv", "free", "Ingen", "Prov"),
                "",
                "",
                1,
                (Item("q1", "Tankar på döden?", options, risk="suicidality"),),
                (Score("total", "Summa", "sum", ("q1",), high=Fraction(1), bands=(Band(Fraction(0), "Låg"),)),),
                (Flag("fraga-1", risk, "red", ("q1",), "", "unit", 24, "library/kris"),),
                (
                    Vector(MappingProxyType({"q1": 0}), MappingProxyType({"total": 0}), ()),
                    Vector(MappingProxyType({"q1": 1}), MappingProxyType({"total": 1}), ("red",)),
                ),
                origin=Origin("programs/library/questionnaires/fraga.yaml"),
            ),
        ),
        "library_pages": (Page("kris", "Kris", 1, (CRISIS,), origin=Origin("programs/library/pages/kris.md")),),
        "contacts": (Contact("crisis", "Vid fara för liv", "112", "https://example.org/kris"),),
        "glossary": (),
        "persons": (),
        "media": (
            Media(FILM_PATH, digest_of(FILM), len(FILM), "video/webm"),
            Media(SVG_PATH, digest_of(SVG), len(SVG), "image/svg+xml"),
        ),
        "journeys": (
            Journey(
                "risk",
                "Hög risk",
                (Step(0, "12:00", (Act("fill", "fraga"),), Expect(flags=(ExpectedFlag("red", "q1", "unit"),))),),
            ),
        ),
        "release": Release(("gammalt_falt",)),
        "origin": Origin("programs/prov/program.yaml"),
    }
    return Program(**{**values, **changes})


def sample_tree() -> Tree:
    texts = {
        "designtool.yaml": "format: 1\nregion: vgr\nprograms: programs\n",
        "programs/prov/program.yaml": "title: Prövning\n",
        "programs/prov/CHANGELOG.md": "# 1.2.3\n\nFörst.\n",
        "programs/prov/modules/00-start/10-start.md": "---\ntitle: Välkommen\n---\n",
        "programs/prov/media/film.vtt": "WEBVTT\n",
        "programs/library/questionnaires/fraga.yaml": "title: Fråga\n",
        "programs/library/questionnaires/annan.yaml": "title: Annan\n",
        "programs/library/pages/kris.md": "Ring 112.\n",
        "programs/library/contacts.yaml": "crisis: {}\n",
        "programs/annat/program.yaml": "title: Annat\n",
    }
    files = [File(path, len(text.encode()), digest_of(text.encode()), text.encode()) for path, text in texts.items()]
    return tree_of(
        [
            *files,
            File(SVG_PATH, len(SVG), digest_of(SVG), SVG),
            File(FILM_PATH, len(FILM), digest_of(FILM), None),
        ]
    )


def sample_content(program: Program | None = None) -> BundleContent:
    program = program or sample_program()
    return make_bundle(program, encode_program(program), sample_tree(), lambda path: BytesIO(FILM))


def archive_of(content: BundleContent) -> bytes:
    stream = BytesIO()
    write_archive(stream, layout_of_content(content))
    return stream.getvalue()


def raw_archive(files: Mapping[str, bytes] | list[tuple[str, bytes]], end: bytes = END) -> bytes:
    """Entries just as they are given, in their order, each with a canonical header."""
    pairs = list(files.items()) if isinstance(files, Mapping) else files
    return b"".join(raw_entry(header(name, len(data)), data) for name, data in pairs) + end


def raw_entry(head: bytes, data: bytes = b"") -> bytes:
    assert len(head) == BLOCK
    return head + data + bytes(padding(len(data)))


def with_checksum(head: bytes) -> bytes:
    """A header whose checksum is right again after a change."""
    blank = head[:148] + b" " * 8 + head[156:]
    return head[:148] + b"%06o\0 " % sum(blank) + head[156:]


def layout_files(content: BundleContent) -> dict[str, bytes]:
    """The layout as plain bytes, sorted, ready to be spoilt."""
    files = {}
    for name, source in sorted(layout_of_content(content).items()):
        with source.open() as stream:
            files[name] = stream.read()
    return files


def archive_with_manifest(content: BundleContent, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The archive of a bundle whose manifest was changed and everything that depends on it mended.

    `change` alters the manifest in place, or gives the bytes that stand in its place.
    """
    files = layout_files(content)
    old = json.loads(files[INDEX_FILE])["manifests"][0]["digest"]
    value = json.loads(files.pop(blob_name(old)))
    changed = change(value)
    data = changed if isinstance(changed, bytes) else canonical_json(value)
    return with_manifest(files, data, content.annotations.version)


def with_manifest(files: dict[str, bytes], manifest: bytes, version: str) -> bytes:
    files = {name: data for name, data in files.items() if name not in (INDEX_FILE, LAYOUT_FILE)}
    files[blob_name(digest_of(manifest))] = manifest
    files[INDEX_FILE] = index_json(digest_of(manifest), len(manifest), version)
    files[LAYOUT_FILE] = LAYOUT_BYTES
    return raw_archive(dict(sorted(files.items())))


def archive_with_file(content: BundleContent, name: str, data: bytes, media_type: str | None = None) -> bytes:
    """The archive of a bundle in which one file has other bytes, and every digest says so."""
    files = layout_files(content)
    old = json.loads(files[INDEX_FILE])["manifests"][0]["digest"]
    value = json.loads(files.pop(blob_name(old)))
    entries = [value["config"], *value["layers"]]
    names = ["program.json", *(layer["annotations"]["org.opencontainers.image.title"] for layer in value["layers"])]
    entry = entries[names.index(name)]
    replaced = entry["digest"]
    entry.update(digest=digest_of(data), size=len(data))
    if not any(other["digest"] == replaced for other in entries):
        del files[blob_name(replaced)]
    files[blob_name(digest_of(data))] = data
    return with_manifest(files, canonical_json(value), content.annotations.version)
