"""Where in the author's own files something stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file: lines and columns count characters from 1, the end column is the first one after it.

    Line and column are None only for what has no inside: a folder, a link, a missing file.
    """

    path: str
    """Relative to the workspace, with forward slashes."""
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


NOWHERE = Span("")
"""The span of what was not read from a file: a program decoded from a bundle."""
