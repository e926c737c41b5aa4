"""Overlays as text: the files of a case laid over the minimal workspace, which stands for what was published."""

from __future__ import annotations

from collections.abc import Mapping

from case_files import TODAY, compiled, text_file

from designtool.diagnostics import Diagnostic, has_errors
from designtool.layer.overlay import Base, Overlaid, base_of, compile_overlay, read_overlay

DIGEST = f"sha256:{'5' * 64}"


def published(files: Mapping[str, bytes | None], id: str = "exempel") -> Base:
    below = compiled({path: data for path, data in files.items() if not path.startswith("overlays/")})
    assert not has_errors(list(below.diagnostics)), below.diagnostics
    base = base_of(below, id, DIGEST)
    assert base is not None
    return base


def overlaid(files: Mapping[str, bytes | None], id: str = "exempel", folder: str = "overlays/exempel") -> Overlaid:
    own = {path: text_file(path, data) for path, data in files.items() if data and path.startswith(f"{folder}/")}
    layer, found = read_overlay(folder, own)
    if layer is None or has_errors(list(found)):
        return Overlaid(None, found)
    came = compile_overlay(layer, published(files, id), TODAY)
    return Overlaid(came.program, (*found, *came.diagnostics), came.sources)


def findings(files: Mapping[str, bytes | None], id: str = "exempel") -> tuple[Diagnostic, ...]:
    return overlaid(files, id).diagnostics
