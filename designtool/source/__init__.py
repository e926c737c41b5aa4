"""Reads a workspace from disk, once: the only stage that meets the file system."""

from __future__ import annotations

from designtool.source.read import read
from designtool.source.workspace import find_workspace

__all__ = ["find_workspace", "read"]
