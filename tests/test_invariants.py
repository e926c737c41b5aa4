"""The invariants of ARCHITECTURE.md that can be read off the code itself."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import designtool

PACKAGE = Path(designtool.__file__).parent

# From the ground up. A package imports from its own layer and from those below, and from nothing above.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"diagnostics", "resources", "__init__"}),
    frozenset({"source.tree", "source.rules"}),
    frozenset({"load"}),
    frozenset({"expressions"}),
    frozenset({"model"}),
    frozenset({"treatment"}),
    frozenset({"render", "check", "exchange"}),
    frozenset({"bundle", "compare"}),
    frozenset({"layer", "incremental", "pipeline", "settle", "rules", "scaffold", "acts"}),
    frozenset(
        {
            "source",
            "atomic",
            "memo",
            "workspace",
            "overlays",
            "carrying",
            "following",
            "revision",
            "web_guard",
            "share",
            "wordings",
            "preview",
            "runtime",
            "demonstration",
            "cli",
            "__main__",
        }
    ),
)
EDGES = LAYERS[-1]
# What only an edge may import: files, network, processes, the clock, the environment, chance.
OUTSIDE = frozenset(
    "os io pathlib shutil tempfile glob socket ssl http urllib subprocess multiprocessing threading asyncio time random"  # noqa: SIM905
    " secrets signal sys webbrowser sqlite3 sqlalchemy starlette uvicorn watchdog click httpx".split()
)
# Pure uses of modules that can also do more.
PURE_USES = {
    ("load", "io"),
    ("bundle", "io"),  # BytesIO: streams over bytes in memory.
    ("bundle", "threading"),  # A lock around a stream that it is handed.
    ("model", "pathlib"),  # PurePosixPath.
    ("render", "pathlib"),  # load_templates is given a folder by the edge.
    ("expressions", "pathlib"),  # The grammar beside the module.
    ("scaffold", "pathlib"),
    ("resources", "pathlib"),
    ("load", "pathlib"),
    ("treatment", "random"),  # Invented patients, whose chances come of a seed that is given.
}


def modules() -> Iterator[tuple[str, Path]]:
    """Dotted name inside the package, and file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).with_suffix("")
        parts = inside.parts[:-1] if inside.name == "__init__" and len(inside.parts) > 1 else inside.parts
        yield ".".join(parts), path


def layer_of(name: str) -> int:
    for number, layer in enumerate(LAYERS):
        if any(name == one or (("." in one) and name.startswith(f"{one}.")) for one in layer):
            return number
    first = name.split(".")[0]
    for number, layer in enumerate(LAYERS):
        if first in layer:
            return number
    raise AssertionError(f"{name} stands in no layer")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if _is_module(whole) else node.module


def _is_module(name: str) -> bool:
    inside = name.removeprefix("designtool.").replace(".", "/")
    return name.startswith("designtool.") and ((PACKAGE / f"{inside}.py").exists() or (PACKAGE / inside).is_dir())


@pytest.mark.parametrize(("name", "path"), [pytest.param(name, path, id=name) for name, path in modules()])
def test_imports_point_one_way(name: str, path: Path) -> None:
    own = layer_of(name)
    for imported in imports(path):
        if imported == "designtool" or not imported.startswith("designtool."):
            continue
        inside = imported.removeprefix("designtool.")
        assert layer_of(inside) <= own, f"{name} imports {inside}, which stands above it"


@pytest.mark.parametrize(("name", "path"), [pytest.param(name, path, id=name) for name, path in modules()])
def test_only_edges_touch_the_world(name: str, path: Path) -> None:
    first = name.split(".")[0]
    if first in EDGES and not name.startswith(("source.tree", "source.rules")):
        return
    for imported in imports(path):
        outside = imported.split(".")[0]
        assert outside not in OUTSIDE or (first, outside) in PURE_USES, f"{name} imports {outside}"


def test_what_stages_hand_on_is_frozen() -> None:
    looked_at = 0
    for package in ("diagnostics", "load", "expressions", "model", "treatment", "bundle", "compare", "exchange"):
        folder = importlib.import_module(f"designtool.{package}")
        for module in pkgutil.walk_packages(folder.__path__, f"designtool.{package}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if dataclasses.is_dataclass(value) and isinstance(value, type) and value.__module__ == module.name:
                    if name.startswith("_") or name in WORKING_STATE:
                        continue
                    looked_at += 1
                    assert value.__dataclass_params__.frozen, f"{module.name}.{name} can be changed"  # type: ignore[attr-defined]
    assert looked_at > 50


# Besides names with an underscore: what grows while one stage works, and never leaves it.
WORKING_STATE = frozenset({"Findings", "Names", "Reuse", "Simulation"})
