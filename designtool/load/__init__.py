"""Parses the files of a tree into documents, with the place of every value, and holds each against its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from designtool.diagnostics import Diagnostic, Span, nearest
from designtool.load.document import Document
from designtool.load.kinds import kind_of
from designtool.source.tree import File, Tree
from designtool.source.tree import programs_folder as folder_named

_MARKDOWN_KINDS = frozenset({"page", "therapist-notes", "transcript"})
_NO_DOCUMENTS = frozenset({"changelog", "captions", "media", "layer-file"})
"""A file of a layer is read where the layer lays it."""
_KNOWN_PARTS = (
    *("program.yaml", "release.yaml", "sources.yaml", "module.yaml", "therapist.md", "CHANGELOG.md"),
    *("contacts.yaml", "glossary.yaml", "persons.yaml"),
    *("modules", "exercises", "questionnaires", "journeys", "migrations", "pages", "media", "variants"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    documents: Mapping[str, Document]
    """By path. What could not be parsed at all is not here."""
    broken: frozenset[str]
    """Paths of the files that could not be parsed or hold nothing: they exist, so nobody shall call them missing."""
    diagnostics: tuple[Diagnostic, ...]


def load(tree: Tree) -> Loaded:
    documents: dict[str, Document] = {}
    broken: set[str] = set()
    diagnostics: list[Diagnostic] = []
    programs = programs_folder(tree)
    for path, file in tree.files.items():
        document, found = load_file(file, programs)
        diagnostics.extend(found)
        if document is not None:
            documents[path] = document
        elif is_document(kind_of(path, programs)):
            broken.add(path)
    return Loaded(MappingProxyType(documents), frozenset(broken), tuple(diagnostics))


def kept_back(found: Iterable[Diagnostic], programs: str = "programs") -> frozenset[str]:
    """The files that the reader found and did not read. They are there, and what they would have held is not missing."""
    return frozenset(one.span.path for one in found if kind_of(one.span.path, programs) is not None)


def load_file(file: File, programs: str = "programs") -> tuple[Document | None, tuple[Diagnostic, ...]]:
    """The document in one file, or None when the file holds none or cannot be parsed. Nothing but the file is looked at."""
    # Not at the top: whoever only needs the kinds of files, as the memo does, shall not wait for the parsers.
    from designtool.load.markdown_file import parse_page
    from designtool.load.shape import check_shape
    from designtool.load.yaml_file import parse_yaml

    kind = kind_of(file.path, programs)
    if kind is None:
        return None, tuple(_stray(file, programs))
    if not is_document(kind) or file.data is None:
        return None, ()
    if kind in _MARKDOWN_KINDS:
        page = parse_page(file.path, file.data)
        if not page.readable:
            return None, page.diagnostics
        document = Document(
            file.path, kind, page.data, page.values, page.keys, blocks=page.blocks, allowed=page.allowances
        )
        return document, (*page.diagnostics, *check_shape(document))
    parsed = parse_yaml(file.path, file.data)
    if not parsed.readable:
        return None, parsed.diagnostics
    document = Document(file.path, kind, parsed.data, parsed.values, parsed.keys, allowed=parsed.allowances)
    found = (*parsed.diagnostics, *check_shape(document))
    return (document if isinstance(document.data, dict | list) else None), found


def programs_folder(tree: Tree) -> str:
    """The folder of programs that designtool.yaml names. One that does not fit is reported, and `programs` is read."""
    settings = tree.files.get("designtool.yaml")
    return folder_named(settings.data or b"") if settings is not None else "programs"


def is_document(kind: str | None) -> bool:
    return kind is not None and kind not in _NO_DOCUMENTS


_MANUSCRIPTS = (".docx", ".doc", ".odt", ".rtf", ".markdown")
"""What an author may have written a page in, and designtool does not read."""


def _stray(file: File, programs: str) -> Iterator[Diagnostic]:
    """A file that looks as if someone meant it to be read."""
    from designtool.load.rules.stray_file import RULE as STRAY_FILE

    name = file.path.rsplit("/", 1)[-1]
    if name.lower().endswith(_MANUSCRIPTS) and file.path.startswith(f"{programs}/"):
        yield STRAY_FILE.at(Span(file.path), help="manuscript")
    if not name.endswith((".yaml", ".yml", ".md")) or name == "README.md" or name.startswith("LICENSE"):
        return
    near = _meant(file.path, programs)
    if near:
        yield STRAY_FILE.at(Span(file.path), help="near", near=near)
    else:
        yield STRAY_FILE.at(Span(file.path), help="elsewhere")


def _meant(path: str, programs: str) -> str | None:
    """The path that this one is a slip of: another ending, or one misspelt part."""
    if path.endswith(".yml"):
        path = path.removesuffix(".yml") + ".yaml"
        if kind_of(path, programs):
            return path
    parts = path.split("/")
    for number, part in enumerate(parts):
        near = nearest(part, _KNOWN_PARTS)
        candidate = "/".join((*parts[:number], near, *parts[number + 1 :])) if near else path
        if candidate != path and kind_of(candidate, programs):
            return candidate
    return None
