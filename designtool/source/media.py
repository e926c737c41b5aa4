"""Media: what kind a file is, and its bytes when they are needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".vtt": "text/vtt",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
}


def media_type(path: str) -> str:
    """The media type by the file's ending: from our own table, so that it is the same on every machine."""
    return _TYPES.get(os.path.splitext(path)[1].lower(), "application/octet-stream")


def open_media(root: Path, path: str) -> BinaryIO:
    """A stream over a file of the workspace. Raises `ValueError` for a path that leads out of it, `OSError` as `open`."""
    base = os.path.realpath(root)
    target = os.path.normpath(os.path.join(base, path))
    if os.path.realpath(target) != target or os.path.commonpath((base, target)) != base:
        raise ValueError(f"{path} leads out of the workspace or through a link")
    return open(target, "rb")
