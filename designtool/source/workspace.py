"""Where a workspace is, and where its programs lie."""

from __future__ import annotations

import re
from pathlib import Path

WORKSPACE_FILE = "designtool.yaml"

_PROGRAMS = re.compile(
    rb"""(?m)^programs:[ \t]*["']?([A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*)["']?[ \t]*(?:#.*)?\r?$"""
)


def find_workspace(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds designtool.yaml."""
    folder = start.absolute()
    for candidate in (folder, *folder.parents):
        if (candidate / WORKSPACE_FILE).is_file():
            return candidate
    return None


def programs_folder(settings: bytes) -> str:
    """The folder of programs that designtool.yaml names, before anything is parsed.

    A path that leads out of the workspace is not one: the schema reports it, and `programs` is read.
    """
    found = _PROGRAMS.search(settings)
    return found[1].decode() if found and b".." not in found[1] else "programs"
