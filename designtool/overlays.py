"""Overlays on disk: read over a published bundle, and built into a bundle of the region's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from designtool.bundle import Bundle, make_bundle, program_of
from designtool.bundle.canonical import canonical_json
from designtool.bundle.source import source_files
from designtool.diagnostics import Cannot, Diagnostic, Text, has_errors, in_order
from designtool.layer import Layer
from designtool.layer.overlay import (
    Base,
    Overlaid,
    Stale,
    base_of,
    compile_overlay,
    read_overlay,
    stale_pages,
)
from designtool.load.kinds import OVERLAYS
from designtool.model.codec import encode_program
from designtool.model.program import Program
from designtool.pipeline import compile_tree
from designtool.source import read_folder
from designtool.source.locked import open_locked
from designtool.source.read import is_text
from designtool.source.tree import File, Tree, tree_of
from designtool.workspace import BuiltBundle, write_bundle


@dataclass(frozen=True, slots=True)
class Published:
    """A bundle with what its source compiles to."""

    bundle: Bundle
    base: Base
    tree: Tree = field(repr=False)
    """The source as it lies in the bundle."""


@dataclass(frozen=True, slots=True)
class ReadOverlay:
    """A folder such as `overlays/depressionshjalpen`."""

    root: Path
    """The workspace."""
    folder: str
    layer: Layer | None
    """None without an overlay.yaml that can be read."""
    tree: Tree = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """An overlay over a bundle, as far as it could be made."""

    overlaid: Overlaid
    diagnostics: tuple[Diagnostic, ...]
    stale: tuple[Stale, ...]
    tree: Tree = field(repr=False)
    """All files that findings may be about."""

    @property
    def program(self) -> Program | None:
        """Without errors alone."""
        return None if has_errors(self.diagnostics) else self.overlaid.program


def read_published(bundle: Bundle, today: date) -> Published:
    """Compile the source in a bundle. Raises Refused for a bundle whose files collide.

    Raises Cannot when the source has errors for this designtool, or comes to another program than the one in the bundle: an
    overlay would then lie over something that nobody has published.
    """
    program = program_of(bundle)
    tree = tree_in(bundle)
    if program.overlay_of is not None:
        below = program.overlay_of
        raise Cannot(
            Text(
                f"{program.id} är själv en anpassning. Lägg er över {below.program} {below.version}.",
                f"{program.id} is an overlay itself. Lay yours over {below.program} {below.version}.",
            )
        )
    compiled = compile_tree(tree, (), today)
    base = base_of(compiled, program.id, bundle.digest) if not has_errors(compiled.diagnostics) else None
    if base is None or canonical_json(encode_program(base.program)) != canonical_json(encode_program(program)):
        raise Cannot(
            Text(
                f"källtexten i paketet för {program.id} {program.version} ger inte samma program med den här versionen av designtool. "
                "Be utgivaren om ett nytt paket.",
                f"the source in the bundle of {program.id} {program.version} does not give the same program with this designtool. "
                "Ask the publisher for a new bundle.",
            )
        )
    return Published(bundle, base, tree)


def tree_in(bundle: Bundle) -> Tree:
    """The workspace that lies in a bundle. Raises Refused for a bundle whose files collide."""
    return tree_of(_file_in(bundle, path, name) for path, name in source_files(bundle).items())


def read_overlay_folder(folder: Path) -> ReadOverlay:
    """Raises Cannot for a folder that does not lie in `overlays/` of a workspace, or holds no overlay.yaml."""
    place = folder.absolute()
    if place.parent.name != OVERLAYS or not (place / "overlay.yaml").is_file():
        raise Cannot(
            Text(
                f"{folder} är ingen anpassning: de ligger i {OVERLAYS}/<program>/ och har en overlay.yaml. "
                "Skapa en med: designtool overlay new PAKET",
                f"{folder} is no overlay: they lie in {OVERLAYS}/<program>/ and have an overlay.yaml. "
                "Make one with: designtool overlay new BUNDLE",
            )
        )
    root, inside = place.parent.parent, f"{OVERLAYS}/{place.name}"
    tree, found = read_folder(root, inside)
    layer, more = read_overlay(inside, tree.files)
    return ReadOverlay(root, inside, layer, tree, in_order([*found, *more]))


def try_overlay(overlay: ReadOverlay, published: Published, today: date) -> Tried:
    """Everything but the bundle."""
    tree = tree_of([*published.tree.files.values(), *overlay.tree.files.values()])
    if overlay.layer is None or has_errors(overlay.diagnostics):
        return Tried(Overlaid(None, ()), overlay.diagnostics, (), tree)
    overlaid = compile_overlay(overlay.layer, published.base, today)
    found = in_order([*overlay.diagnostics, *overlaid.diagnostics])
    return Tried(overlaid, found, stale_pages(overlay.layer, published.base, found), tree)


def build_overlay(overlay: ReadOverlay, published: Published, tried: Tried, output: Path) -> BuiltBundle:
    """Writes `<program>-<region>-<version>.dtb`. Both sources go along, so that the same bundle can be made from it again.

    `tried` is without errors. Raises Cannot as `workspace.build_bundle` does.
    """
    program = tried.program
    assert program is not None
    names = source_files(published.bundle)

    def open_file(path: str) -> BinaryIO:
        if path in names:
            return published.bundle.open(names[path])
        own = tried.tree.files.get(path)
        if own is not None and own.data is not None:
            return BytesIO(own.data)  # As it was compiled, whatever the disk has by now.
        try:
            return open_locked(overlay.root, path, own, None)
        except (OSError, ValueError) as error:
            raise Cannot(Text(f"{path} går inte att öppna nu", f"{path} cannot be opened now")) from error

    return write_bundle(
        lambda: make_bundle(
            program, encode_program(program), tried.tree, open_file, published.base.family, overlay.folder
        ),
        program,
        output,
    )


def _file_in(bundle: Bundle, path: str, name: str) -> File:
    about = bundle.files[name]
    return File(path, about.size, about.digest, bundle.read(name) if is_text(path) else None)
