"""When what was asked for cannot be done, and neither the author's text nor designtool is at fault."""

from __future__ import annotations

from designtool.diagnostics.diagnostic import Text


class Cannot(Exception):
    """A disk is full, a file changed while it was read: said to the one who asked, with exit status 2."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message
