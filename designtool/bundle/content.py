"""What goes into the bundle of a program: the program, what it shows, and the source that it can be made from again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from designtool.bundle.canonical import canonical_json
from designtool.bundle.codebook import codebook
from designtool.bundle.entries import entries_of
from designtool.bundle.features import blocks_of
from designtool.bundle.gates import MEDIA_FOLDER, annotations_of
from designtool.bundle.manifest import BlobSource, BundleContent, blob_of, is_file_name
from designtool.bundle.rights import rights_ledger
from designtool.bundle.safety_case import safety_case
from designtool.load.kinds import LIBRARY, kind_of
from designtool.model.program import Media, Program
from designtool.source.tree import File, Tree

SOURCE_FOLDER = "source/"
_WORKSPACE_FILE = "designtool.yaml"
_SHARED_FILES = ("contacts.yaml", "glossary.yaml", "persons.yaml")
_LOCK_FILE = "media.lock"


def make_bundle(
    program: Program,
    encoded: Mapping[str, Any],
    tree: Tree,
    open_media: Callable[[str], BinaryIO],
    family: Iterable[Program] = (),
    overlay: str = "",
) -> BundleContent:
    """Everything that belongs to the bundle of `program`, whose JSON is `encoded`.

    `open_media` gives a new stream over a media file, by its path in the workspace. `family` is the program itself without
    variants and with each of its variants: all of them are built from the same source, so the library files that any of them
    reaches go along. `overlay` is the folder of the overlay that the program is made with: its source goes along, and its
    changelog comes in place of the one below.
    """
    everyone = (program, *family)
    media = {media.path: media for one in everyone for media in one.media}
    files = {
        "CHANGELOG.md": (_changelog(overlay, tree) if overlay else None) or _changelog(program_folder(program), tree),
        "codebook.json": blob_of(canonical_json(codebook(program))),
        "release.json": blob_of(canonical_json(_release(program))),
        "rights.json": blob_of(canonical_json(rights_ledger(program))),
        "safety-case.json": blob_of(canonical_json(safety_case(program))),
        SOURCE_FOLDER + _WORKSPACE_FILE: blob_of(_workspace_file(program)),
    }
    shared = _shared_files(everyone, tree)
    beside = {path for path, file in tree.under(overlay).files.items() if file.data is not None} if overlay else set()
    for path in sorted((_source_paths(everyone, tree) | beside) - media.keys()):
        files[SOURCE_FOLDER + path] = _blob(tree.files[path], open_media)
    for path, data in shared.items():
        files[SOURCE_FOLDER + path] = blob_of(data)
    for path, shown in media.items():
        files[MEDIA_FOLDER + path] = _media_blob(shown, tree, open_media)
    return BundleContent(
        annotations=annotations_of(program),
        program=canonical_json(encoded),
        files=MappingProxyType({name: blob for name, blob in files.items() if blob is not None}),
    )


def program_folder(program: Program) -> str:
    """The program's folder in the workspace, from where its `program.yaml` lies."""
    return program.origin.path.rpartition("/")[0]


def _programs_folder(program: Program) -> str:
    return program_folder(program).rpartition("/")[0]


def _library_folder(program: Program) -> str:
    folder = _programs_folder(program)
    return f"{folder}/{LIBRARY}/" if folder else f"{LIBRARY}/"


def _source_paths(programs: Iterable[Program], tree: Tree) -> set[str]:
    paths: set[str] = set()
    for program in programs:
        folder, programs_folder = program_folder(program), _programs_folder(program)
        for path, file in tree.under(folder).files.items():
            is_part_of_format = kind_of(path, programs_folder) is not None
            if file.data is not None and (is_part_of_format or is_file_name(SOURCE_FOLDER + path)):
                paths.add(path)
        paths.discard(f"{folder}/{_LOCK_FILE}")  # Of it a part alone may go along.
        library = _library_folder(program)
        paths.update(path for path in _reached(program) if path.startswith(library) and path in tree.files)
    return paths


def _reached(program: Program) -> Iterator[str]:
    """Paths of files that the program was assembled from or shows; those of the library among them matter here."""
    for questionnaire in program.questionnaires:
        yield questionnaire.origin.path
    for page in program.library_pages:
        yield page.origin.path
    for block in blocks_of(program):
        if block.kind in ("film", "audio", "image"):
            yield block.argument
            yield block.attributes.get("captions", "")
            yield block.attributes.get("transcript", "")


def _shared_files(programs: Iterable[Program], tree: Tree) -> dict[str, bytes]:
    """The library's contacts, words and persons, and locks of films: of each the entries that the programs reach, as written."""
    found: dict[str, bytes] = {}
    reached: dict[str, set[str]] = {}
    for program in programs:
        library = _library_folder(program)
        contacts, words, persons = program.contact.keys(), program.term.keys(), program.person.keys()
        for name, ids in zip(_SHARED_FILES, (contacts, words, persons), strict=True):
            reached.setdefault(library + name, set()).update(ids)
    for program in programs:
        own, library = f"{program_folder(program)}/", _library_folder(program)
        for folder in (own, library):
            names = {media.path.removeprefix(folder) for media in program.media if media.path.startswith(folder)}
            reached.setdefault(f"{folder}{_LOCK_FILE}", set()).update(names)
    for path, wanted in reached.items():
        file = tree.files.get(path)
        if file is not None and file.data is not None and (data := entries_of(path, file.data, wanted)) is not None:
            found[path] = data
    return found


def _blob(file: File, open_media: Callable[[str], BinaryIO]) -> BlobSource:
    if file.data is not None:
        return blob_of(file.data)
    return BlobSource(file.digest, file.size, lambda: open_media(file.path))


def _media_blob(media: Media, tree: Tree, open_media: Callable[[str], BinaryIO]) -> BlobSource:
    file = tree.files.get(media.path)
    if file is not None and file.data is not None:
        return blob_of(file.data)
    # A large film may lie elsewhere, known by its digest alone.
    return BlobSource(media.digest, media.size, lambda: open_media(media.path))


def _changelog(folder: str, tree: Tree) -> BlobSource | None:
    file = tree.files.get(f"{folder}/CHANGELOG.md")
    return blob_of(file.data) if file is not None and file.data is not None else None


def _workspace_file(program: Program) -> bytes:
    """The least `designtool.yaml` with which the source builds to the same digest."""
    region, programs = (
        json.dumps(text, ensure_ascii=False) for text in (program.publisher.region, _programs_folder(program))
    )
    return f"format: 1\nregion: {region}\nprograms: {programs}\n".encode()


def _release(program: Program) -> dict[str, Any]:
    return {
        "reserved": list(program.release.reserved),
        "acknowledgements": [
            {"finding": one.finding, "name": one.name, "role": one.role, "reason": one.reason}
            for one in program.release.acknowledgements
        ],
        **({"review_by": program.release.review_by} if program.release.review_by else {}),
    }
