"""Where designtool's own schemas, templates and library lie.

The wheel carries them inside the package; in a checkout they stand at the top, beside it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_BESIDE = {"schemas": "schemas", "templates": "templates", "library": "programs/library"}


@cache
def folder(name: str) -> Path:
    """The folder `schemas`, `templates` or `library` that belongs to this designtool."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / _BESIDE[name]


def static() -> Path:
    """Style sheets and scripts that preview, runtime and export share."""
    return _PACKAGE / "static"
