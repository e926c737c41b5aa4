"""A program with a layer over it: laid, assembled, checked, and held against the program below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from designtool.check import check
from designtool.check.context import library_context, program_context
from designtool.diagnostics import Diagnostic, Related, Span, Text, has_errors, in_order
from designtool.layer.allowed import what_is_not_allowed
from designtool.layer.lay import lay_over
from designtool.layer.layer import Layer, Sources
from designtool.model.assemble import Library, assemble_again, assemble_library
from designtool.model.program import Program
from designtool.model.reuse import NOTHING, Made
from designtool.settle import settle

Known = Collection[tuple[str, Span]]
"""Rule and place of each finding that is told already."""


@dataclass(frozen=True)
class Layered:
    """A layer over a program. `program` still has the id and the version of the one below."""

    layer: Layer
    program: Program | None
    sources: Sources = field(repr=False)
    library: Library = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]
    """Each in the layer's own files; what is found in the program below as well is not among them."""


def compile_layer(
    layer: Layer,
    base: Program,
    sources: Sources,
    library: Library,
    known: Known,
    today: date,
    remembered: Mapping[tuple[str, ...], Made] = NOTHING,
    region: str = "",
) -> Layered:
    """`base` was made of `sources` and `library` without errors, and `remembered` is from its assembling.

    `known` are the findings in it, before any was allowed or softened. `region`: see `what_is_not_allowed`.
    """
    laid, found = lay_over(layer, sources)
    everything = list(found)
    if laid.is_library_changed:
        library, library_found = assemble_library(laid.documents, laid.tree, laid.broken, laid.programs)
        everything += library_found
        everything += check(library_context(library, laid.tree, not has_errors(everything), today))
    program, assembled, _ = assemble_again(
        laid.folder, laid.documents, laid.tree, library, laid.broken, remembered, laid.media
    )
    everything += assembled
    if program is not None:
        whole = not has_errors(everything)
        everything += check(program_context(program, laid.folder, laid.documents, laid.tree, whole, today))
        if whole:
            everything += what_is_not_allowed(base, program, layer, region)
    told = set(known)
    news = [
        one
        for one in settle(in_order(everything), laid.documents)
        if one.span.path in laid.places or (one.rule, one.span) not in told
    ]
    return Layered(layer, program, laid, library, in_order([_in_layer(one, layer, laid) for one in news]))


def _in_layer(found: Diagnostic, layer: Layer, sources: Sources) -> Diagnostic:
    """The finding in the layer's own file. What the layer makes of a file below it is told at the layer, with the other place."""

    def own(span: Span) -> Span:
        return replace(span, path=sources.places.get(span.path, span.path))

    fix = found.fix
    moved = replace(
        found,
        span=own(found.span),
        related=tuple(Related(own(one.span), one.message) for one in found.related),
        fix=replace(fix, edits=tuple(replace(one, span=own(one.span)) for one in fix.edits)) if fix else None,
    )
    if layer.owns(moved.span.path):
        return moved
    message = Text(f"med {layer.id}: {found.message.sv}", f"with {layer.id}: {found.message.en}")
    below = Related(moved.span, Text("det står här i programmet", "it stands here in the program"))
    return replace(moved, span=layer.document.span(), message=message, related=(below, *moved.related), fix=None)
