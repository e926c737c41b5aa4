"""The pipeline once more, over a tree of which little has changed: the same result as `pipeline.compile_tree`, sooner.

What is used again is decided by the content that was read, never by times, and only frozen values are kept. A program is
assembled and checked from its own folder and the library alone, so one whose folder and library are unchanged is as before.
The two halves stand apart, so that the preview can show a page before the rules have run over the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from designtool.check import check
from designtool.check.context import library_context, program_context
from designtool.diagnostics import Diagnostic, has_errors, in_order
from designtool.layer import Sources
from designtool.layer.subscriptions import wrong_subscriptions
from designtool.load import is_document, kept_back, load_file, programs_folder
from designtool.load.document import Document
from designtool.load.kinds import LIBRARY, kind_of
from designtool.model.assemble import Library, assemble_again, assemble_library
from designtool.model.program import Program
from designtool.model.reuse import NOTHING, Made
from designtool.pipeline import Compiled, CompiledProgram, compile_variants, lies_in
from designtool.settle import settle
from designtool.source.tree import File, Tree, tree_of

_SETTINGS = "designtool.yaml"
_BESIDE = ""
"""The name of the part that is neither a program nor the library."""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    file: File
    document: Document | None
    is_broken: bool
    found: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A program's folder, the library, or what lies beside them. One that has not changed stays the same object."""

    files: Mapping[str, LoadedFile] = field(repr=False)
    read: tuple[Diagnostic, ...]
    """Found in it when the files were read."""
    tree: Tree = field(repr=False)
    documents: Mapping[str, Document] = field(repr=False)
    broken: frozenset[str]
    found: tuple[Diagnostic, ...]
    """Found so far: `read`, and what was found when the files were loaded."""


@dataclass(frozen=True, slots=True)
class AssembledProgram:
    folder: str
    part: Part = field(repr=False)
    library: Library = field(repr=False)
    library_broken: frozenset[str]
    program: Program | None
    found: tuple[Diagnostic, ...]
    """By assembling alone."""
    remembered: Mapping[tuple[str, ...], Made] = field(repr=False)

    @property
    def has_errors(self) -> bool:
        return has_errors([*self.part.found, *self.found])


@dataclass(frozen=True, slots=True)
class Assembled:
    """The workspace up to where its programs can be shown: no rule has run over them yet."""

    tree: Tree = field(repr=False)
    found: tuple[Diagnostic, ...]
    """When the tree was read."""
    programs_folder: str
    documents: Mapping[str, Document] = field(repr=False)
    parts: Mapping[str, Part] = field(repr=False)
    library: Library = field(repr=False)
    library_found: tuple[Diagnostic, ...]
    programs: tuple[AssembledProgram, ...]

    @property
    def library_part(self) -> Part:
        return self.parts.get(self.library.folder, _EMPTY)

    @property
    def found_beside(self) -> tuple[Diagnostic, ...]:
        """Found so far outside of any program: in the settings, in the library, and in what is no part of either."""
        beside = self.parts.get(_BESIDE, _EMPTY)
        wrong = wrong_subscriptions(self.documents)
        return in_order([*beside.found, *wrong, *self.library_part.found, *self.library_found])

    @property
    def library_has_errors(self) -> bool:
        return has_errors([*self.library_part.found, *self.library_found])


@dataclass(frozen=True, slots=True)
class Looked:
    """What the rules found, and everything that they looked at."""

    at: tuple[object, ...]
    found: tuple[Diagnostic, ...]
    variants: tuple[Program, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """A compiled workspace, and what the next compiling can use of it."""

    assembled: Assembled = field(repr=False)
    looked: Mapping[str, Looked] = field(repr=False)
    """By folder."""
    compiled: Compiled


def compile_again(before: Again | None, tree: Tree, found: tuple[Diagnostic, ...], today: date) -> Again:
    """The same programs and findings as `compile_tree(tree, found, today)`."""
    assembled = assemble_workspace_again(before.assembled if before is not None else None, tree, found)
    return check_again(before, assembled, today)


def assemble_workspace_again(before: Assembled | None, tree: Tree, found: tuple[Diagnostic, ...]) -> Assembled:
    programs = programs_folder(tree)
    if before is not None and before.programs_folder != programs:
        before = None  # What kind a file is follows from where it lies.
    parts = _parts(before, tree, found, programs)
    documents = _documents(before, tree, parts)
    library_part = parts.get(f"{programs}/{LIBRARY}", _EMPTY)
    if before is not None and before.library_part is library_part:
        library, library_found = before.library, before.library_found
    else:
        library, library_found = assemble_library(
            library_part.documents, library_part.tree, library_part.broken, programs
        )
    earlier = {one.folder: one for one in before.programs} if before is not None else {}
    return Assembled(
        tree=tree,
        found=found,
        programs_folder=programs,
        documents=documents,
        parts=parts,
        library=library,
        library_found=library_found,
        programs=tuple(
            _program(earlier.get(one), one, part, library, library_part.broken)
            for one, part in parts.items()
            if part.files and one not in (_BESIDE, library.folder)
        ),
    )


def check_again(before: Again | None, assembled: Assembled, today: date) -> Again:
    library_whole = not assembled.library_has_errors
    settings = assembled.documents.get(_SETTINGS)
    earlier = before.looked if before is not None else {}
    looked: dict[str, Looked] = {}
    library = assembled.library
    at: tuple[object, ...] = (library, library_whole, today)
    looked[library.folder] = _as_before(earlier.get(library.folder), at) or Looked(
        at, check(library_context(library, assembled.library_part.tree, library_whole, today))
    )
    programs: list[CompiledProgram] = []
    elsewhere: list[Diagnostic] = []
    for one in assembled.programs:
        at = (one, library_whole, today, settings)
        seen = _as_before(earlier.get(one.folder), at)
        if seen is None:
            everything = [*one.part.found, *one.found, *_checked(one, assembled, library_whole, today)]
            variants, variants_found = _variants(one, assembled, everything, looked[library.folder].found, today)
            found = settle(in_order([*everything, *variants_found]), assembled.documents)
            seen = Looked(at, found, variants)
        looked[one.folder] = seen
        programs.append(
            CompiledProgram(
                one.folder, one.program, tuple(d for d in seen.found if lies_in(d, one.folder)), seen.variants
            )
        )
        elsewhere += (d for d in seen.found if not lies_in(d, one.folder))
    shared = in_order([*assembled.found_beside, *looked[library.folder].found, *elsewhere])
    compiled = Compiled(
        tree=assembled.tree,
        documents=assembled.documents,
        library=library,
        programs=tuple(programs),
        shared=settle(shared, assembled.documents),
    )
    return Again(assembled, MappingProxyType(looked), compiled)


def _as_before(before: Looked | None, at: tuple[object, ...]) -> Looked | None:
    """What was found before, when the very same things would be looked at."""
    if before is None or len(before.at) != len(at):
        return None
    pairs = zip(before.at, at, strict=True)
    return before if all(one is other or (isinstance(one, date) and one == other) for one, other in pairs) else None


def _checked(one: AssembledProgram, assembled: Assembled, library_whole: bool, today: date) -> tuple[Diagnostic, ...]:
    if one.program is None:
        return ()
    library = assembled.library_part
    documents = MappingProxyType({**one.part.documents, **library.documents})
    tree = tree_of([*one.part.tree.files.values(), *library.tree.files.values()])
    whole = library_whole and not one.has_errors
    return check(program_context(one.program, one.folder, documents, tree, whole, today))


def _variants(
    one: AssembledProgram,
    assembled: Assembled,
    found: list[Diagnostic],
    library_found: tuple[Diagnostic, ...],
    today: date,
) -> tuple[tuple[Program, ...], tuple[Diagnostic, ...]]:
    if one.program is None:
        return (), ()
    library = assembled.library_part
    settings = {path: assembled.documents[path] for path in (_SETTINGS,) if path in assembled.documents}
    sources = Sources(
        one.folder,
        MappingProxyType({**settings, **one.part.documents, **library.documents}),
        tree_of([*one.part.tree.files.values(), *library.tree.files.values()]),
        one.part.broken | library.broken,
    )
    everything = [*assembled.found_beside, *library_found, *found]
    return compile_variants(one.program, sources, assembled.library, everything, today, one.remembered)


def _program(
    before: AssembledProgram | None, folder: str, part: Part, library: Library, library_broken: frozenset[str]
) -> AssembledProgram:
    if (
        before is not None
        and before.part is part
        and before.library is library
        and before.library_broken == library_broken
    ):
        return before
    program, found, remembered = assemble_again(
        folder,
        part.documents,
        part.tree,
        library,
        part.broken | library_broken,
        before.remembered if before is not None else NOTHING,
    )
    return AssembledProgram(folder, part, library, library_broken, program, found, remembered)


def _parts(before: Assembled | None, tree: Tree, found: tuple[Diagnostic, ...], programs: str) -> Mapping[str, Part]:
    earlier = before.parts if before is not None else {}
    if before is not None and before.found == found and before.tree.files.keys() == tree.files.keys():
        old = before.tree.files
        changed = {path: file for path, file in tree.files.items() if old[path] is not file and old[path] != file}
        touched: dict[str, dict[str, File]] = {}
        for path, file in changed.items():
            touched.setdefault(_part_of(path, programs), {})[path] = file
        return MappingProxyType(
            {
                **earlier,
                **{
                    name: _part(
                        earlier[name],
                        {path: files.get(path, one.file) for path, one in earlier[name].files.items()},
                        earlier[name].read,
                        programs,
                    )
                    for name, files in touched.items()
                },
            }
        )
    grouped: dict[str, dict[str, File]] = {}
    for path, file in tree.files.items():
        grouped.setdefault(_part_of(path, programs), {})[path] = file
    read: dict[str, list[Diagnostic]] = {}
    for one in found:
        name = _part_of(f"{one.span.path}/", programs)
        # A folder of which nothing could be read is no program: what was found there stands beside.
        is_part = name in grouped or name == f"{programs}/{LIBRARY}"
        read.setdefault(name if is_part else _BESIDE, []).append(one)
    return MappingProxyType(
        {
            name: _part(earlier.get(name), grouped.get(name, {}), tuple(read.get(name, ())), programs)
            for name in sorted({*grouped, *read})
        }
    )


def _part(before: Part | None, files: Mapping[str, File], read: tuple[Diagnostic, ...], programs: str) -> Part:
    earlier = before.files if before is not None else {}
    loaded = {path: _loaded(earlier.get(path), file, programs) for path, file in files.items()}
    if (
        before is not None
        and before.read == read
        and list(earlier) == list(loaded)
        and all(earlier[path] is one for path, one in loaded.items())
    ):
        return before
    return Part(
        files=MappingProxyType(loaded),
        read=read,
        tree=tree_of(files.values()),
        documents=MappingProxyType({path: one.document for path, one in loaded.items() if one.document is not None}),
        broken=kept_back(read, programs) | {path for path, one in loaded.items() if one.is_broken},
        found=(*read, *(found for one in loaded.values() for found in one.found)),
    )


def _loaded(before: LoadedFile | None, file: File, programs: str) -> LoadedFile:
    if before is not None and (before.file is file or before.file == file):
        return before
    document, found = load_file(file, programs)
    return LoadedFile(file, document, document is None and is_document(kind_of(file.path, programs)), found)


def _part_of(path: str, programs: str) -> str:
    prefix = f"{programs}/"
    if not path.startswith(prefix):
        return _BESIDE
    name, slash, _ = path[len(prefix) :].partition("/")
    return f"{prefix}{name}" if slash else _BESIDE


def _documents(before: Assembled | None, tree: Tree, parts: Mapping[str, Part]) -> Mapping[str, Document]:
    """Every document of the workspace, in the order of the tree."""
    if before is not None and before.parts.keys() == parts.keys():
        changed = [(before.parts[name], part) for name, part in parts.items() if before.parts[name] is not part]
        if all(old.documents.keys() == new.documents.keys() for old, new in changed):
            documents = dict(before.documents)
            for _, new in changed:
                documents.update(new.documents)
            return MappingProxyType(documents)
    everything = {path: document for part in parts.values() for path, document in part.documents.items()}
    return MappingProxyType({path: everything[path] for path in tree.files if path in everything})


_EMPTY = Part(MappingProxyType({}), (), tree_of(()), MappingProxyType({}), frozenset(), ())
