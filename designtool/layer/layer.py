"""What a layer is made of, and the source that it is laid over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from designtool.diagnostics import Diagnostic, Span
from designtool.load.document import Document
from designtool.load.kinds import id_of
from designtool.load.rules import stray_file
from designtool.model.assemble_pages import NO_LAID_MEDIA
from designtool.source.tree import File, Tree

UPSTREAM = "upstream/"
"""Where an overlay keeps what its pages replaced, as it was then."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A variant or an overlay as it is written."""

    id: str
    document: Document = field(repr=False)
    """`variants/plus.yaml` or `overlay.yaml`."""
    folder: str
    """Where its files lie, in the workspace."""
    files: Mapping[str, File] = field(repr=False)
    """By their paths in that folder; each file knows its own path in the workspace."""
    contacts: Document | None = None
    """Its own contacts.yaml."""

    def owns(self, path: str) -> bool:
        return path == self.document.path or path.startswith(f"{self.folder}/")

    def place_of(self, name: str) -> Span:
        """Where the layer speaks of a page (`module/page`) or of a module, hiding or replacing it."""
        data = self.document.data
        for key in ("pages", "modules"):
            hidden = _list(_mapping(data.get("hide")).get(key))
            if name in hidden:
                return self.document.span("hide", key, hidden.index(name))
        for index, entry in enumerate(_list(data.get("replace"))):
            if _mapping(entry).get("page") == name:
                return self.document.span("replace", index, "page")
        module = name.partition("/")[0]
        return self.place_of(module) if module != name else self.document.span()

    def place_of_measurement(self, questionnaire: str) -> Span:
        for index, entry in enumerate(_list(_mapping(self.document.data.get("add")).get("measurements"))):
            if _mapping(entry).get("questionnaire") == questionnaire:
                return self.document.span("add", "measurements", index, "at")
        return self.document.span()


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a program and of the library as the layers so far have left them."""

    folder: str
    """The program's, such as `programs/depressionshjalpen`."""
    documents: Mapping[str, Document] = field(repr=False)
    tree: Tree = field(repr=False)
    broken: frozenset[str]
    media: Mapping[str, str] = field(default_factory=lambda: NO_LAID_MEDIA)
    """Workspace path that a page names to the path where a layer has the file."""
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Path of a file that a layer laid here to the path where its author has it."""
    is_library_changed: bool = False

    @property
    def programs(self) -> str:
        return self.folder.rpartition("/")[0]


def variants_in(folder: str, documents: Mapping[str, Document], tree: Tree) -> tuple[Layer, ...]:
    """The variants that a program declares, in order of their files."""
    prefix = f"{folder}/variants/"
    found = []
    for path, document in documents.items():
        if document.kind == "variant" and path.startswith(prefix) and isinstance(document.data, dict):
            own = path.removesuffix(".yaml")
            files = {one[len(own) + 1 :]: file for one, file in tree.under(own).files.items()}
            contacts = documents.get(f"{own}/contacts.yaml")
            found.append(Layer(id_of(path), document, own, MappingProxyType(files), contacts))
    return tuple(found)


def stray_variant_files(folder: str, tree: Tree) -> Iterator[Diagnostic]:
    """Pages and the like in a folder of variants that no variant looks into."""
    prefix = f"{folder}/variants/"
    for path in tree.files:
        name, slash, _ = path.removeprefix(prefix).partition("/")
        if path.startswith(prefix) and slash and path.endswith((".md", ".yaml")):
            declared = f"{prefix}{name}.yaml"
            if declared not in tree.files:
                yield stray_file.RULE.at(Span(path), help="variant", declared=declared)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
