"""The workspace that lies in a bundle."""

from __future__ import annotations

from designtool.bundle.content import SOURCE_FOLDER
from designtool.bundle.gates import MEDIA_FOLDER
from designtool.bundle.manifest import colliding_name
from designtool.bundle.reader import Bundle
from designtool.bundle.refusals import Refused


def source_files(bundle: Bundle) -> dict[str, str]:
    """Path in the workspace to the name of the file in the bundle. No path leads out of it.

    Raises Refused when two files would take the same place.
    """
    files: dict[str, str] = {}
    for name in bundle.files:
        for folder in (SOURCE_FOLDER, MEDIA_FOLDER):
            if name.startswith(folder):
                path = name.removeprefix(folder)
                if path in files:
                    raise Refused("file-collision", name=name)
                files[path] = name
    clash = colliding_name(files)
    if clash is not None:
        raise Refused("file-collision", name=clash)
    return files
