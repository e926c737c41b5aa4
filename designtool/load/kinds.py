"""Which kind of document a file is, told by where it lies.

Paths are relative to the workspace. The folder of programs is `programs/` (a test holds that nothing else is assumed
about it than its name in designtool.yaml).
"""

from __future__ import annotations

import re

_ORDERED = re.compile(r"^\d+-")

_IN_PROGRAM: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"program\.yaml", "program"),
        (r"release\.yaml", "release"),
        (r"sources\.yaml", "sources"),
        (r"CHANGELOG\.md", "changelog"),
        (r"media\.lock", "media-lock"),
        (r"modules/[^/]+/module\.yaml", "module"),
        (r"modules/[^/]+/therapist\.md", "therapist-notes"),
        (r"modules/[^/]+/exercises/[^/]+\.yaml", "exercise"),
        (r"modules/[^/]+/[^/]+\.md", "page"),
        (r"exercises/[^/]+\.yaml", "exercise"),
        (r"questionnaires/[^/]+\.yaml", "questionnaire"),
        (r"journeys/[^/]+\.yaml", "journey"),
        (r"migrations/[^/]+\.yaml", "migration"),
        (r"variants/[^/]+\.yaml", "variant"),
        (r"variants/[^/]+/contacts\.yaml", "contacts"),
        (r"(variants/[^/]+/)?media/.+\.md", "transcript"),
        (r"(variants/[^/]+/)?media/.+\.vtt", "captions"),
        (r"(variants/[^/]+/)?media/.+", "media"),
        (r"variants/[^/]+/.+\.(md|yaml)", "layer-file"),
    )
)
_IN_LIBRARY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"contacts\.yaml", "contacts"),
        (r"glossary\.yaml", "glossary"),
        (r"persons\.yaml", "persons"),
        (r"media\.lock", "media-lock"),
        (r"pages/[^/]+\.md", "page"),
        (r"questionnaires/[^/]+\.yaml", "questionnaire"),
        (r"media/.+\.md", "transcript"),
        (r"media/.+\.vtt", "captions"),
        (r"media/.+", "media"),
    )
)
_IN_OVERLAY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"overlay\.yaml", "overlay"),
        (r"contacts\.yaml", "contacts"),
        (r"media/.+\.md", "transcript"),
        (r"media/.+\.vtt", "captions"),
        (r"media/.+", "media"),
        (r".+\.(md|yaml)", "layer-file"),
    )
)
_RELEASE_LIST = re.compile(r"releases/[^/]+\.yaml")
LIBRARY = "library"
OVERLAYS = "overlays"
"""The folder, in a region's workspace, of its overlays over what others have published."""


def kind_of(path: str, programs: str = "programs") -> str | None:
    """The kind of document at a path, or None for a file that is no part of the format (README.md, LICENSE ...)."""
    if path == "designtool.yaml":
        return "workspace"
    if path.startswith(f"{OVERLAYS}/") and programs != OVERLAYS:
        return _kind_among(_IN_OVERLAY, path.removeprefix(f"{OVERLAYS}/").partition("/")[2])
    if _RELEASE_LIST.fullmatch(path) and programs != "releases":
        return "release-list"
    prefix = f"{programs}/" if programs else ""
    if not path.startswith(prefix):
        return None
    program, _, inside = path[len(prefix) :].partition("/")
    return _kind_among(_IN_LIBRARY if program == LIBRARY else _IN_PROGRAM, inside)


def _kind_among(patterns: tuple[tuple[re.Pattern[str], str], ...], path: str) -> str | None:
    return next((kind for pattern, kind in patterns if pattern.fullmatch(path)), None)


def id_of(name: str) -> str:
    """The id that a file or folder name carries: without its number and its ending. `00-valkommen` is `valkommen`."""
    return _ORDERED.sub("", name.rsplit("/", 1)[-1]).split(".", 1)[0]
