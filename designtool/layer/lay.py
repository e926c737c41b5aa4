"""Lays the files and values of a layer over the source of a program.

A whole file takes the path of the one that it replaces, or the path at which it is added, so that every later stage meets it as
it would meet a file of the program. Which file of the author's stands there is remembered for the findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Diagnostic, Related, Span, Text, nearest
from designtool.layer.layer import UPSTREAM, Layer, Sources
from designtool.layer.rules import layer_name_taken, layer_says_twice, stale_replacement
from designtool.load import is_document, load_file
from designtool.load.document import Document, Key, pointer
from designtool.load.identifiers import KEBAB_CASE, kebab_case
from designtool.load.kinds import LIBRARY, id_of, kind_of
from designtool.load.rules import stray_file, wrong_id
from designtool.model.reading import Node
from designtool.model.rules import broken_reference
from designtool.source.tree import File, Tree

_WHOLE_FOLDERS = ("exercises/", "questionnaires/", "journeys/")
"""What lies here comes besides without being named. A journey alone may stand in for one of the same name."""
_LAYER_FILES = frozenset({"contacts.yaml", "overlay.yaml", "CHANGELOG.md", "README.md"})


def lay_over(layer: Layer, sources: Sources) -> tuple[Sources, tuple[Diagnostic, ...]]:
    """The source with the layer over it. Findings about a laid file stand where it was laid."""
    laying = _Laying(layer, sources)
    laying.look_at_name()
    laying.hide()
    laying.replace_pages()
    laying.add_pages()
    laying.add_modules()
    laying.add_folders()
    laying.change_contacts()
    laying.change_head()
    laying.change_titles()
    laying.report_what_is_left()
    return laying.sources(), tuple(laying.found)


@dataclass(slots=True)
class _Laying:
    layer: Layer
    before: Sources
    found: list[Diagnostic] = field(default_factory=list)
    files: dict[str, File] = field(init=False)
    documents: dict[str, Document] = field(init=False)
    broken: set[str] = field(init=False)
    media: dict[str, str] = field(init=False)
    places: dict[str, str] = field(init=False)
    is_library_changed: bool = field(init=False)
    pages: dict[str, str] = field(init=False)
    """`module/page` and `library/page` to the path of each page of the source as it was."""
    modules: dict[str, str] = field(init=False)
    """Id of a module to its folder."""
    hidden: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """Paths in the layer's folder of what has been laid."""

    def __post_init__(self) -> None:
        before = self.before
        self.files = dict(before.tree.files)
        self.documents = dict(before.documents)
        self.broken = set(before.broken)
        self.media = dict(before.media)
        self.places = dict(before.places)
        self.is_library_changed = before.is_library_changed
        self.modules = {}
        self.pages = {}
        for path, document in before.documents.items():
            parts = path.split("/")
            if document.kind == "module" and path.startswith(f"{before.folder}/"):
                self.modules.setdefault(id_of(parts[-2]), path.removesuffix("/module.yaml"))
            elif document.kind == "page" and path.startswith(f"{before.folder}/"):
                self.pages.setdefault(f"{id_of(parts[-2])}/{id_of(path)}", path)
            elif document.kind == "page" and path.startswith(f"{self.library}/"):
                self.pages.setdefault(f"{LIBRARY}/{id_of(path)}", path)

    @property
    def library(self) -> str:
        return f"{self.before.programs}/{LIBRARY}"

    @property
    def written(self) -> Node:
        return Node(self.layer.document)

    def look_at_name(self) -> None:
        id = self.layer.id
        if not re.fullmatch(KEBAB_CASE, id):
            help = "cleaned" if kebab_case(id) else "first-letter"
            place = Span(self.layer.document.path)
            self.found.append(wrong_id.RULE.at(place, "places", help=help, id=id, cleaned=kebab_case(id)))

    def hide(self) -> None:
        hide = self.written.mapping("hide")
        if hide is None:
            return
        for index, name in enumerate(hide.texts("modules")):
            place = hide.span("modules", index)
            if not self._is_new_to(name, place):
                continue
            folder = self.modules.get(name)
            if folder is None:
                self._missing("module", name, place, self.modules)
            else:
                for path in [one for one in self.files if one.startswith(f"{folder}/")]:
                    self._remove(path)
        for index, name in enumerate(hide.texts("pages")):
            place = hide.span("pages", index)
            if not self._is_new_to(name, place):
                continue
            page = self.pages.get(name)
            if page is None or name.startswith(f"{LIBRARY}/"):
                own = [one for one in self.pages if not one.startswith(f"{LIBRARY}/")]
                self._missing("page", name, place, own)
            else:
                self._remove(page)

    def replace_pages(self) -> None:
        for node in self.written.mappings("replace"):
            name, source = node.text("page"), node.text("with")
            if not name or not source or not self._is_new_to(name, node.span("page")):
                continue
            path = self.pages.get(name)
            if path is None:
                self._missing("page", name, node.span("page"), self.pages)
            file = self._own_file(source, node.span("with"))
            if path is None or file is None:
                continue
            stated, now = node.text("replaces"), self.files[path].digest
            if stated and stated != now:
                self.found.append(stale_replacement.RULE.at(node.span("replaces"), page=name, digest=now, path=path))
            self._lay(file, path)
            if path.startswith(f"{self.library}/"):
                self.is_library_changed = True

    def add_pages(self) -> None:
        for node in self._added("pages"):
            module, source = node.text("in"), node.text("file")
            folder = self.modules.get(module) if module not in self.hidden else None
            if folder is None and module:
                self._missing("module", module, node.span("in"), set(self.modules) - self.hidden)
            file = self._own_file(source, node.span("file")) if source else None
            if folder is not None and file is not None:
                self._add(file, f"{folder}/{source.rsplit('/', 1)[-1]}", node.span("file"))

    def add_modules(self) -> None:
        add = self.written.mapping("add")
        for index, name in enumerate(add.texts("modules") if add is not None else ()):
            assert add is not None
            place = add.span("modules", index)
            inside = [path for path in self.layer.files if path.startswith(f"{name}/")]
            target = f"{self.before.folder}/modules/{name}"
            if not inside:
                folders = {path.split("/", 1)[0] for path in self.layer.files if "/" in path}
                self._missing("folder", name, place, folders)
            elif any(path.startswith(f"{target}/") for path in self.files):
                self.found.append(layer_name_taken.RULE.at(place, name=name))
                self.used.update(inside)
            else:
                for path in inside:
                    self._lay(self.layer.files[path], f"{self.before.folder}/modules/{path}")
                    self.used.add(path)

    def add_folders(self) -> None:
        for path, file in self.layer.files.items():
            target = f"{self.before.folder}/{path}"
            if path.startswith("media/"):
                self.used.add(path)
                if target in self.files or target in self.media:
                    self.found.append(layer_name_taken.RULE.at(Span(file.path), name=path))
                else:
                    self.media[target] = file.path
                    self.files[file.path] = file
            elif path.startswith(_WHOLE_FOLDERS) and kind_of(target, self.before.programs) is not None:
                self.used.add(path)
                if path.startswith("journeys/"):
                    self._lay(file, target)
                else:
                    self._add(file, target, Span(file.path))

    def change_contacts(self) -> None:
        """Contacts by their ids: those of the layer come instead of the library's, or besides."""
        own = self.layer.contacts
        if own is None or not isinstance(own.data, dict):
            return
        path = f"{self.library}/contacts.yaml"
        before = self.documents.get(path) or Document(path, "contacts", {})
        laid = _Overlaid(before)
        for id in own.data:
            laid.lay((id,), own, (id,))
        self.documents[path] = laid.document()
        self.is_library_changed = True

    def change_head(self) -> None:
        """Values of program.yaml: the title, the summary, and what is measured."""
        path = f"{self.before.folder}/program.yaml"
        head = self.documents.get(path)
        if head is None or not isinstance(head.data, dict):
            return
        laid = _Overlaid(head)
        for key in ("title", "summary"):
            if self.written.text(key):
                laid.lay((key,), self.layer.document, (key,))
        places: dict[str, Key] = {
            one.text("questionnaire"): one.keys[-1] for one in Node(head).mappings("measurements")
        }
        told: set[str] = set()
        count = len(head.data.get("measurements") or ()) if isinstance(head.data.get("measurements"), list) else 0
        for node in self._added("measurements"):
            name = node.text("questionnaire")
            if name in told:
                self.found.append(layer_says_twice.RULE.at(node.span("questionnaire"), name=name))
                continue
            told.add(name)
            if name not in places:
                places[name] = count
                count += 1
            laid.lay(("measurements", places[name]), self.layer.document, node.keys)
        self.documents[path] = laid.document()

    def change_titles(self) -> None:
        """Of modules."""
        titles = self.written.mapping("titles")
        for id in titles.value if titles is not None else ():
            place = self.layer.document.key_span("titles", id)
            if id in self.hidden:
                self.found.append(layer_says_twice.RULE.at(place, name=id))
            elif id not in self.modules:
                self._missing("module", id, place, set(self.modules) - self.hidden)
            else:
                path = f"{self.modules[id]}/module.yaml"
                laid = _Overlaid(self.documents[path])
                laid.lay(("title",), self.layer.document, ("titles", id))
                self.documents[path] = laid.document()

    def report_what_is_left(self) -> None:
        """Whatever an author wrote is in the program or under a finding."""
        for path, file in self.layer.files.items():
            if path in self.used or path in _LAYER_FILES or path.startswith((UPSTREAM, "media/")):
                continue
            if path.endswith((".md", ".yaml", ".yml")):
                self.found.append(stray_file.RULE.at(Span(file.path), help="layer"))

    def sources(self) -> Sources:
        def in_order(values: Mapping[str, Any]) -> Mapping[str, Any]:
            return MappingProxyType(dict(sorted(values.items(), key=lambda one: one[0].encode())))

        own = {self.layer.document.path: self.layer.document}
        return Sources(
            folder=self.before.folder,
            documents=in_order({**self.documents, **own}),
            tree=Tree(in_order(self.files)),
            broken=frozenset(self.broken),
            media=MappingProxyType(self.media) if self.media else self.before.media,
            places=MappingProxyType(self.places),
            is_library_changed=self.is_library_changed,
        )

    def _added(self, key: str) -> Iterator[Node]:
        add = self.written.mapping("add")
        return add.mappings(key) if add is not None else iter(())

    def _is_new_to(self, name: str, place: Span) -> bool:
        """Whether nothing was said of the page or module before. A page of a hidden module is spoken of with it."""
        is_new = name not in self.hidden and name.partition("/")[0] not in self.hidden
        if not is_new:
            self.found.append(layer_says_twice.RULE.at(place, name=name))
        self.hidden.add(name)
        return is_new

    def _missing(self, kind: str, name: str, place: Span, known: Any) -> None:
        names = sorted(known)
        self.found.append(broken_reference.found(kind, name, place, nearest(name, names), names))

    def _own_file(self, path: str, place: Span) -> File | None:
        file = self.layer.files.get(path)
        if file is None:
            self._missing("file", path, place, [one for one in self.layer.files if one.endswith(".md")])
        self.used.add(path)
        return file

    def _add(self, file: File, path: str, place: Span) -> None:
        if path in self.files:
            other = self.places.get(path, path)
            related = (Related(Span(other), Text("den finns här", "it is here")),)
            name = path.removeprefix(f"{self.before.folder}/")
            self.found.append(layer_name_taken.RULE.at(place, name=name, related=related))
        else:
            self._lay(file, path)

    def _lay(self, file: File, path: str) -> None:
        laid = replace(file, path=path)
        document, found = load_file(laid, self.before.programs)
        self._remove(path)
        self.files[path] = laid
        self.places[path] = file.path
        self.found += found
        if document is not None:
            self.documents[path] = document
        elif is_document(kind_of(path, self.before.programs)):
            self.broken.add(path)

    def _remove(self, path: str) -> None:
        self.files.pop(path, None)
        self.documents.pop(path, None)
        self.broken.discard(path)


class _Overlaid:
    """A document while single values of another are laid over it, each with the place where it was written."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._data = dict(document.data)
        self._values = dict(document.values)
        self._keys = dict(document.keys)
        self._overlaid = dict(document.overlaid)

    def lay(self, at: tuple[Key, ...], other: Document, keys: tuple[Key, ...]) -> None:
        """The value at `keys` of the other document comes to stand at `at`: a key, or a place in a list, which may be its end."""
        value = other.data
        for key in keys:
            value = value[key]
        if len(at) == 1:
            self._data[str(at[0])] = value
        else:
            holder = self._data.get(str(at[0]))
            items = list(holder) if isinstance(holder, list) else []
            items[int(at[1]) : int(at[1]) + 1] = [value]
            self._data[str(at[0])] = items
        place, source = pointer(*at), pointer(*keys)
        for places in (self._values, self._keys, self._overlaid):
            for known in [one for one in places if one == place or one.startswith(f"{place}/")]:
                del places[known]
        self._overlaid[place] = other.span(*keys)
        for known, found in other.values.items():
            if known.startswith(f"{source}/"):
                self._overlaid[place + known[len(source) :]] = Span(other.path, *found)

    def document(self) -> Document:
        return replace(
            self._document,
            data=self._data,
            values=MappingProxyType(self._values),
            keys=MappingProxyType(self._keys),
            overlaid=MappingProxyType(self._overlaid),
        )
