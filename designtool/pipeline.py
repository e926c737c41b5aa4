"""The stages in their order: folder, tree, documents, program, diagnostics, bundle.

`validate`, `preview`, `build` and `test` differ only in how far they go and in what they do with the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from designtool.check import check
from designtool.check.context import library_context, program_context
from designtool.diagnostics import Diagnostic, has_errors, in_order
from designtool.layer import Sources, compile_layer, stray_variant_files, variants_in
from designtool.layer.subscriptions import wrong_subscriptions
from designtool.load import kept_back, load, programs_folder
from designtool.load.document import Document
from designtool.load.kinds import LIBRARY
from designtool.model.assemble import Library, assemble_again, assemble_library
from designtool.model.program import Program
from designtool.model.reuse import NOTHING, Made
from designtool.settle import settle
from designtool.source.tree import Tree


@dataclass(frozen=True)
class CompiledProgram:
    folder: str
    """`programs/<id>`, relative to the workspace."""
    program: Program | None
    """None when there is no readable program.yaml."""
    diagnostics: tuple[Diagnostic, ...]
    """What was found in its folder; the library's findings stand by themselves."""
    variants: tuple[Program, ...] = ()
    """The variants that it declares, each a program of its own. None while it has errors itself."""


@dataclass(frozen=True)
class Compiled:
    """A workspace, or the part of it that was asked for, as far as it could be made."""

    tree: Tree
    documents: Mapping[str, Document] = field(repr=False)
    library: Library = field(repr=False)
    programs: tuple[CompiledProgram, ...]
    shared: tuple[Diagnostic, ...]
    """Found outside of any program's folder: in the library and in designtool.yaml."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return in_order([*self.shared, *(found for program in self.programs for found in program.diagnostics)])

    def can_be_built(self, program: CompiledProgram) -> bool:
        """No bundle is made while there are errors in the program, in its variants, or in what it shares: one source makes
        all of them."""
        return program.program is not None and not has_errors([*self.shared, *program.diagnostics])


def compile_tree(tree: Tree, found: tuple[Diagnostic, ...], today: date) -> Compiled:
    loaded = load(tree)
    folder_of_programs = programs_folder(tree)
    broken = loaded.broken | kept_back(found, folder_of_programs)
    library, library_found = assemble_library(loaded.documents, tree, broken, folder_of_programs)
    earlier = [*found, *loaded.diagnostics, *wrong_subscriptions(loaded.documents)]
    library_whole = not has_errors([*_below(library.folder, earlier), *library_found])
    library_found += check(library_context(library, tree, library_whole, today))
    compiled: list[CompiledProgram] = []
    everything: list[Diagnostic] = [*earlier, *library_found]
    for folder in _program_folders(tree, folder_of_programs):
        program, program_found, made = assemble_again(folder, loaded.documents, tree, library, broken, NOTHING)
        everything += program_found
        variants: tuple[Program, ...] = ()
        if program is not None:
            whole = library_whole and not has_errors([*_below(folder, earlier), *program_found])
            everything += check(program_context(program, folder, loaded.documents, tree, whole, today))
            sources = Sources(folder, loaded.documents, tree, broken)
            variants, variants_found = compile_variants(program, sources, library, everything, today, made)
            everything += variants_found
        compiled.append(CompiledProgram(folder, program, (), variants))
    settled = settle(in_order(everything), loaded.documents)
    return Compiled(
        tree=tree,
        documents=loaded.documents,
        library=library,
        programs=tuple(
            replace(one, diagnostics=tuple(d for d in settled if lies_in(d, one.folder))) for one in compiled
        ),
        shared=tuple(d for d in settled if not any(lies_in(d, one.folder) for one in compiled)),
    )


def compile_variants(
    program: Program,
    sources: Sources,
    library: Library,
    found: Sequence[Diagnostic],
    today: date,
    made: Mapping[tuple[str, ...], Made],
) -> tuple[tuple[Program, ...], tuple[Diagnostic, ...]]:
    """The variants of a program, and what is found in them alone. `found` is what was found in the program and around it.

    None is made while the program itself, or what it shares, has errors: those come first.
    """
    told = list(stray_variant_files(sources.folder, sources.tree))
    below = [one for one in found if lies_in(one, sources.folder) or lies_in(one, f"{sources.programs}/{LIBRARY}")]
    if has_errors(below):
        return (), tuple(told)
    known = {(one.rule, one.span) for one in found}
    variants: list[Program] = []
    for layer in variants_in(sources.folder, sources.documents, sources.tree):
        layered = compile_layer(layer, program, sources, library, known, today, made)
        told += layered.diagnostics
        if layered.program is not None:
            variants.append(replace(layered.program, id=f"{program.id}-{layer.id}"))
    return tuple(variants), tuple(told)


def _program_folders(tree: Tree, programs_folder: str) -> list[str]:
    prefix = f"{programs_folder}/"
    names = {
        path[len(prefix) :].split("/", 1)[0]
        for path in tree.files
        if path.startswith(prefix) and "/" in path[len(prefix) :]
    }
    return [f"{prefix}{name}" for name in sorted(names - {LIBRARY})]


def _below(folder: str, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if lies_in(diagnostic, folder)]


def lies_in(diagnostic: Diagnostic, folder: str) -> bool:
    return diagnostic.span.path == folder or diagnostic.span.path.startswith(f"{folder}/")
