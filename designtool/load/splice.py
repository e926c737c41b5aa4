"""One value of a file written anew, and every other byte as it was."""

from __future__ import annotations

from designtool.load.document import Place

_BYTE_ORDER_MARK = "\ufeff"


def spliced(data: bytes, place: Place, text: str) -> bytes:
    """A file in UTF-8 with other text at a place, as `parse_yaml` gives places: comments, line ends and a byte order mark stay."""
    whole = data.decode()
    mark = _BYTE_ORDER_MARK if whole.startswith(_BYTE_ORDER_MARK) else ""
    lines = whole.removeprefix(mark).split("\n")
    line, column, end_line, end_column = place
    start = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    end = sum(len(one) + 1 for one in lines[: end_line - 1]) + end_column - 1
    body = "\n".join(lines)
    return f"{mark}{body[:start]}{text}{body[end:]}".encode()
