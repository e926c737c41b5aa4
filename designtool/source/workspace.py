"""Where a workspace is."""

from __future__ import annotations

from pathlib import Path

WORKSPACE_FILE = "designtool.yaml"


def find_workspace(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds designtool.yaml."""
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        if (candidate / WORKSPACE_FILE).is_file():
            return candidate
    return None
