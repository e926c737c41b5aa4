"""A region's overlay: a layer over a program that another has published, which becomes a program of the region's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from designtool.diagnostics import Diagnostic, in_order
from designtool.layer.compile import compile_layer
from designtool.layer.lay import lay_over
from designtool.layer.layer import UPSTREAM, Layer, Sources, variants_in
from designtool.layer.rules import foreign_contact, overlay_not_for_this, stale_replacement, wrong_version_range
from designtool.layer.version_range import version_range
from designtool.load import load_file
from designtool.load.kinds import LIBRARY, id_of
from designtool.model.assemble import Library, assemble_library
from designtool.model.program import DerivedFrom, Program, Publisher
from designtool.model.reading import Node
from designtool.pipeline import Compiled
from designtool.source.tree import File

OVERLAY_FILE = "overlay.yaml"
CONTACTS_FILE = "contacts.yaml"


@dataclass(frozen=True)
class Base:
    """The published program that an overlay lies over, compiled from the source in its bundle."""

    program: Program
    digest: str
    """Of the bundle."""
    family: tuple[Program, ...]
    """All that is made from the same source: the program that was published and its variants."""
    sources: Sources = field(repr=False)
    library: Library = field(repr=False)
    found: tuple[Diagnostic, ...] = field(repr=False)
    """In the program below, which is not the region's to mend."""


@dataclass(frozen=True)
class Overlaid:
    """What came of an overlay."""

    program: Program | None
    """None when nothing could be made. To be built only without errors among the findings."""
    diagnostics: tuple[Diagnostic, ...]
    """Each in the overlay's own files."""
    sources: Sources | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Stale:
    """A page of the region's, over one that has changed since, with all texts that there are."""

    page: str
    path: str
    """Of the region's own file."""
    stated: str
    """The digest that the overlay names."""
    digest: str
    """That of the page as it is now."""
    own: str
    now: str
    before: str | None
    """The page as it was, when the overlay has kept it."""


def base_of(compiled: Compiled, id: str, digest: str) -> Base | None:
    """What lies in a workspace without errors under this id: a program or a variant of one."""
    for one in compiled.programs:
        if one.program is None or id not in (one.program.id, *(variant.id for variant in one.variants)):
            continue
        sources = Sources(one.folder, compiled.documents, compiled.tree, frozenset())
        family, library = (one.program, *one.variants), compiled.library
        if one.program.id == id:
            return Base(one.program, digest, family, sources, library, compiled.diagnostics)
        for layer in variants_in(one.folder, compiled.documents, compiled.tree):
            if f"{one.program.id}-{layer.id}" == id:
                laid, _ = lay_over(layer, sources)
                if laid.is_library_changed:
                    library, _ = assemble_library(laid.documents, laid.tree, laid.broken, laid.programs)
                program = next(variant for variant in one.variants if variant.id == id)
                return Base(program, digest, family, laid, library, compiled.diagnostics)
    return None


def read_overlay(folder: str, files: Mapping[str, File]) -> tuple[Layer | None, tuple[Diagnostic, ...]]:
    """The overlay in a folder of the workspace. `files` by their paths in the workspace. None without a readable overlay.yaml."""
    inside = {path[len(folder) + 1 :]: file for path, file in files.items() if path.startswith(f"{folder}/")}
    if OVERLAY_FILE not in inside:
        return None, ()
    document, found = load_file(inside[OVERLAY_FILE])
    contacts = None
    if CONTACTS_FILE in inside:
        contacts, more = load_file(inside[CONTACTS_FILE])
        found += more
    if document is None or not isinstance(document.data, dict):
        return None, in_order(list(found))
    region = Node(document).text("region", "overlay")
    return Layer(region, document, folder, MappingProxyType(inside), contacts), in_order(list(found))


def compile_overlay(layer: Layer, base: Base, today: date) -> Overlaid:
    """The overlay over its base. The program has the overlay's own version and publisher, and says what it lies over."""
    wrong = tuple(_not_for_this(layer, base))
    if wrong:
        return Overlaid(None, wrong)
    region = layer.id
    known = {(one.rule, one.span) for one in base.found}
    layered = compile_layer(layer, base.program, base.sources, base.library, known, today, region=region)
    if layered.program is None:
        return Overlaid(None, layered.diagnostics, layered.sources)
    found = in_order([*layered.diagnostics, *_foreign_contacts(layered.program, layer, region)])
    return Overlaid(_as_the_regions_own(layered.program, layer, base, region), found, layered.sources)


def stale_pages(layer: Layer, base: Base, found: tuple[Diagnostic, ...]) -> tuple[Stale, ...]:
    """The texts of each replacement that was found to be stale."""
    by_page = {node.text("page"): node for node in Node(layer.document).mappings("replace")}
    stale = []
    for one in found:
        if one.rule != stale_replacement.RULE.name or one.facts["page"] not in by_page:
            continue
        page = one.facts["page"]
        node = by_page[page]
        own = layer.files.get(node.text("with"))
        now = base.sources.tree.files[one.facts["path"]]
        kept = layer.files.get(f"{UPSTREAM}{page}.md")
        is_right = kept is not None and kept.digest == node.text("replaces")
        stale.append(
            Stale(
                page=page,
                path=own.path if own is not None else "",
                stated=node.text("replaces"),
                digest=now.digest,
                own=_text(own),
                now=_text(now),
                before=_text(kept) if is_right else None,
            )
        )
    return tuple(stale)


def pages_of(base: Base) -> dict[str, File]:
    """`module/page` and `library/page` to the file of each page that an overlay could replace."""
    found: dict[str, File] = {}
    sources = base.sources
    for path, document in sources.documents.items():
        if document.kind != "page":
            continue
        folder = path.split("/")[-2]
        if path.startswith(f"{sources.folder}/"):
            found[f"{id_of(folder)}/{id_of(path)}"] = sources.tree.files[path]
        elif path.startswith(f"{sources.programs}/{LIBRARY}/") and id_of(path) in base.program.library_page:
            found[f"{LIBRARY}/{id_of(path)}"] = sources.tree.files[path]
    return found


def _not_for_this(layer: Layer, base: Base) -> Iterator[Diagnostic]:
    node, program = Node(layer.document), base.program
    stated = node.text("versions")
    versions = version_range(stated)
    if versions is None:
        yield wrong_version_range.RULE.at(node.span("versions"), versions=stated)
    elif versions.is_empty:
        yield wrong_version_range.RULE.at(node.span("versions"), "empty", versions=stated)
    if program.overlay_of is not None:
        below = f"{program.overlay_of.program} {program.overlay_of.version}"
        yield overlay_not_for_this.RULE.at(node.span("over"), "overlay", below=below)
    elif node.text("over") != program.id:
        yield overlay_not_for_this.RULE.at(node.span("over"), over=node.text("over"), program=program.id)
    elif versions is not None and not versions.is_empty and not versions.holds(program.version):
        yield overlay_not_for_this.RULE.at(node.span("versions"), "version", versions=stated, version=program.version)


def _foreign_contacts(program: Program, layer: Layer, region: str) -> Iterator[Diagnostic]:
    for contact in program.contacts:
        if contact.region and contact.region != region:
            own = layer.contacts
            is_own = own is not None and isinstance(own.data, dict) and contact.id in own.data
            place = own.span(contact.id, "region") if own is not None and is_own else layer.document.span("region")
            yield foreign_contact.RULE.at(place, contact=contact.id, region=contact.region)


def _as_the_regions_own(program: Program, layer: Layer, base: Base, region: str) -> Program:
    node = Node(layer.document)
    publisher = node.mapping("publisher") or node.at()
    return replace(
        program,
        id=f"{base.program.id}-{region}",
        version=node.text("version"),
        publisher=Publisher(region, publisher.text("responsible"), publisher.text("role"), publisher.text("contact")),
        producer=program.producer or base.program.publisher.region,
        overlay_of=DerivedFrom(base.program.id, base.program.version, base.digest),
        # They lead from versions of the program below, which nobody here has been given.
        migrations=(),
    )


def _text(file: File | None) -> str:
    return (file.data or b"").decode("utf-8", "replace") if file is not None else ""
