"""Reads a workspace from disk, once: the only stage that meets the file system."""

from __future__ import annotations

from designtool.source.read import Reading, read, read_again, read_files_again, read_folder
from designtool.source.workspace import find_workspace

__all__ = ["Reading", "find_workspace", "read", "read_again", "read_files_again", "read_folder"]
