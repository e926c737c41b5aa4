"""Overlays as text: the files of a case laid over the minimal workspace, which stands for what was published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from case_files import MINIMAL, TODAY, compiled, example_files, sections, text_file

from designtool.diagnostics import Diagnostic, has_errors
from designtool.layer.overlay import Base, Overlaid, base_of, compile_overlay, read_overlay
from designtool.source import read

DIGEST = f"sha256:{'5' * 64}"
KEPT = Path(__file__).parent / "overlays"
VERSIONS = ("1.0.0", "1.1.0", "2.0.0")
REGIONS = ("skane", "halland")
_GONE = " (gone)"


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


def upstream(version: str) -> dict[str, bytes | None]:
    """The kept program in a version, as files over the minimal workspace."""
    files: dict[str, bytes | None] = {}
    for one in VERSIONS[: VERSIONS.index(version) + 1]:
        text = (KEPT / f"upstream-{one}.case").read_text("utf-8")
        files |= example_files(text)
        for name, _ in sections(text):
            if name.endswith(_GONE):
                files[f"programs/exempel/{name.removesuffix(_GONE)}"] = None
                del files[f"programs/exempel/{name}"]
    return files


def write_upstream(root: Path, version: str) -> Path:
    """The kept program as a workspace on disk."""
    files = {path: file.data for path, file in read(MINIMAL)[0].files.items()} | upstream(version)
    for path, data in files.items():
        if data is not None:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
    return root
