"""A bundle made again from the source that it carries: whether what was signed is what the source says.

The source is read and compiled as any program is, in memory. Nothing of it is run, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from designtool.bundle import (
    Bundle,
    BundleContent,
    Manifest,
    Refused,
    make_bundle,
    manifest_of,
    program_of,
    read_manifest,
)
from designtool.bundle.source import source_files
from designtool.diagnostics import Diagnostic, Severity, has_errors
from designtool.layer.overlay import OVERLAY_FILE, Base, base_of, read_overlay
from designtool.load.kinds import OVERLAYS
from designtool.model.codec import encode_program
from designtool.model.program import Program
from designtool.overlays import Published, ReadOverlay, tree_in, try_overlay
from designtool.pipeline import compile_tree
from designtool.share.signed_problems import SignedProblem
from designtool.source.tree import Tree, tree_of

MANIFEST = "manifest"
"""What differs where every file is the same."""


def rebuild(bundle: Bundle, today: date) -> Manifest:
    """The manifest that the source in a bundle comes to here. `today`: the day that the rules about days are held against.

    Of a variant the whole source goes along, and of an overlay that of the program below too: that one is made again first, and
    has to come to the digest that the overlay says it lies over. Raises SignedProblem `rebuild-errors` and `rebuild-base`, and
    Refused for a bundle whose files collide.
    """
    program, tree = program_of(bundle), tree_in(bundle)
    if program.overlay_of is not None:
        return _rebuilt_overlay(bundle, program, tree, today)
    base = _compiled(program.id, bundle.digest, tree, today)
    return _manifest(bundle, base.program, tree, base.family)


def first_difference(signed: Manifest, made: Manifest) -> str | None:
    """The first file that is not the same in two bundles, or MANIFEST; None for one and the same bundle."""
    names = dict.fromkeys((*signed.files, *made.files))
    differs = (name for name in names if signed.files.get(name) != made.files.get(name))
    return next(differs, None if signed.digest == made.digest else MANIFEST)


def _rebuilt_overlay(bundle: Bundle, program: Program, tree: Tree, today: date) -> Manifest:
    assert program.overlay_of is not None
    below = program.overlay_of
    start, end = f"{OVERLAYS}/", f"/{OVERLAY_FILE}"
    folder = next((path.removesuffix(end) for path in tree.files if path.startswith(start) and path.endswith(end)), "")
    if not folder:
        raise SignedProblem("rebuild-errors", program=program.id, problem=f"{OVERLAYS}/*{end}")
    own = tree.under(folder)
    rest = tree_of(file for path, file in tree.files.items() if path not in own.files)
    base = _compiled(below.program, below.digest, rest, today)
    if _manifest(bundle, base.program, rest, base.family).digest != below.digest:
        raise SignedProblem("rebuild-base", program=f"{below.program} {below.version}", digest=below.digest)
    layer, found = read_overlay(folder, own.files)
    tried = try_overlay(ReadOverlay(Path(), folder, layer, own, found), Published(bundle, base, rest), today)
    if tried.program is None:
        raise _errors(program.id, tried.diagnostics)
    return _manifest(bundle, tried.program, tried.tree, base.family, folder)


def _compiled(id: str, digest: str, tree: Tree, today: date) -> Base:
    compiled = compile_tree(tree, (), today)
    base = base_of(compiled, id, digest) if not has_errors(compiled.diagnostics) else None
    if base is None:
        raise _errors(id, compiled.diagnostics)
    return base


def _manifest(bundle: Bundle, program: Program, tree: Tree, family: Sequence[Program], overlay: str = "") -> Manifest:
    names = source_files(bundle)
    try:
        content: BundleContent = make_bundle(
            program, encode_program(program), tree, lambda path: bundle.open(names[path]), family, overlay
        )
        return read_manifest(manifest_of(content))
    except Refused as refused:
        raise SignedProblem("rebuild-errors", program=program.id, problem=refused.code) from refused


def _errors(id: str, found: Sequence[Diagnostic]) -> SignedProblem:
    """For source without errors in which the program is not to be found, its name has to do."""
    errors = (f"{one.rule}, {one.span.path}:{one.span.line}" for one in found if one.severity is Severity.ERROR)
    return SignedProblem("rebuild-errors", program=id, problem=next(errors, id))
