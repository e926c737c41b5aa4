"""A region's overlay carried from one version of the program below it to the next: what still fits, and what a person must read.

Nothing here is written: no text of the region's is ever changed by this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Literal

from designtool.compare import BUMPS, Bump, Changes, compare
from designtool.compare.version_step import stepped
from designtool.diagnostics import has_errors
from designtool.layer.layer import UPSTREAM
from designtool.layer.overlay import OVERLAY_FILE, pages_of, read_overlay
from designtool.load.splice import spliced
from designtool.load.yaml_file import parse_yaml
from designtool.model.program import Program
from designtool.model.reading import Node
from designtool.overlays import Published, ReadOverlay, Tried, try_overlay
from designtool.source.tree import File

PageState = Literal["fits", "stale", "gone"]


@dataclass(frozen=True, slots=True)
class CarriedPage:
    """A page that the region has put in the place of another."""

    page: str
    path: str
    """Of the region's own file; empty where it is not there."""
    state: PageState
    """Whether the page below is the one that was read, another one, or no longer there."""
    own: str
    before: str | None
    """The page below as it was when the region's was written; None where no copy of it is at hand."""
    now: str | None
    """The page below as it is; None when it has gone."""


@dataclass(frozen=True, slots=True)
class Carried:
    read: ReadOverlay = field(repr=False)
    """As it lies on disk."""
    overlay: ReadOverlay = field(repr=False)
    """With the version that it gets, when it could be laid."""
    tried: Tried
    pages: tuple[CarriedPage, ...]
    version: str | None
    """What the overlay becomes; None where it cannot be laid over the new version as it is."""
    changes: Changes | None
    """Between the region's own program as it was and as it becomes; None where the one before is not known."""


def carry(
    overlay: ReadOverlay,
    old: Published | None,
    new: Published,
    own: Program | None,
    below: Changes | None,
    today: date,
) -> Carried:
    """Lay an overlay over a new version, with the least version of its own that the changes allow.

    `old`: the version that it lies over so far, if that is at hand. `own`: the region's program as it was built last. `below`: what
    has changed below it, which counts where neither of them says what has changed in the region's own program.
    """
    pages = _pages(overlay, old, new)
    tried = try_overlay(overlay, new, today)
    if tried.program is None or overlay.layer is None:
        return Carried(overlay, overlay, tried, pages, None, None)
    before = own
    if before is None and old is not None:
        # What the region has accepted since lies no longer over the old version without a finding, and is a program all the same.
        before = try_overlay(overlay, old, today).overlaid.program
    changes = compare(before, tried.program) if before is not None else None
    known = changes if changes is not None else below
    version = stepped(tried.program.version, _at_least_patch(known.required_bump if known is not None else "patch"))
    bumped = with_version(overlay, version)
    again = try_overlay(bumped, new, today)
    if has_errors(again.diagnostics):
        return Carried(overlay, overlay, again, pages, None, changes)
    return Carried(overlay, bumped, again, pages, version, changes)


def with_version(overlay: ReadOverlay, version: str) -> ReadOverlay:
    """The overlay with another version of its own; every other byte of overlay.yaml stays."""
    path = f"{overlay.folder}/{OVERLAY_FILE}"
    data = overlay.tree.files[path].data or b""
    parsed = parse_yaml(path, data)
    written = spliced(data, parsed.values["/version"], version)
    assert parse_yaml(path, written).data == {**parsed.data, "version": version}, "the version alone is another"
    file = File(path, len(written), f"sha256:{sha256(written).hexdigest()}", written)
    tree = overlay.tree.with_file(file)
    layer, _ = read_overlay(overlay.folder, tree.files)
    return replace(overlay, tree=tree, layer=layer)


def overlay_file(overlay: ReadOverlay) -> bytes:
    """overlay.yaml as it is in memory."""
    return overlay.tree.files[f"{overlay.folder}/{OVERLAY_FILE}"].data or b""


def _at_least_patch(step: Bump) -> Bump:
    return max(step, "patch", key=BUMPS.index)


def _pages(overlay: ReadOverlay, old: Published | None, new: Published) -> tuple[CarriedPage, ...]:
    layer = overlay.layer
    if layer is None:
        return ()
    now = pages_of(new.base)
    earlier = pages_of(old.base) if old is not None else {}
    found = []
    for node in Node(layer.document).mappings("replace"):
        page, stated = node.text("page"), node.text("replaces")
        own = layer.files.get(node.text("with"))
        copies = (layer.files.get(f"{UPSTREAM}{page}.md"), earlier.get(page), now.get(page))
        before = next((one for one in copies if one is not None and one.digest == stated), None)
        state: PageState = "gone" if page not in now else "fits" if now[page].digest == stated else "stale"
        found.append(
            CarriedPage(
                page=page,
                path=own.path if own is not None else "",
                state=state,
                own=_text(own) or "",
                before=_text(before),
                now=_text(now.get(page)),
            )
        )
    return tuple(found)


def _text(file: File | None) -> str | None:
    return (file.data or b"").decode("utf-8", "replace") if file is not None else None
