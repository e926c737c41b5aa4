"""Bytes of metadata that are fit to be parsed: not too long, not too deep, and meaning one thing alone."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from designtool.share.federation.problems import TrustProblem

DEEPEST = 32
"""Metadata of TUF is nested about ten deep; custom data of a release a little more."""
LARGEST_INTEGER = 2**53 - 1


def parse_metadata_json(data: bytes, name: str, most_bytes: int) -> dict[str, Any]:
    """The JSON object of bytes from anywhere. Raises TrustProblem.

    Whether it is signed, and by whom, is not asked here: that is python-tuf's work. What is refused here is what two readers
    could read differently (a key twice, numbers that are none) and what would cost a reader much.
    """
    if len(data) > most_bytes:
        raise TrustProblem("metadata-too-large", name=name, limit=most_bytes)

    def refuse_number(number: str) -> NoReturn:
        raise TrustProblem("metadata-invalid", name=name, reason=number)

    def small_integer(digits: str) -> int:
        number = int(digits) if len(digits) <= 17 else LARGEST_INTEGER + 1
        if abs(number) > LARGEST_INTEGER:
            refuse_number(digits)
        return number

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise TrustProblem("metadata-invalid", name=name, reason="a key stands twice")
        return found

    try:
        value = json.loads(
            data.decode(),
            parse_float=refuse_number,
            parse_constant=refuse_number,
            parse_int=small_integer,
            object_pairs_hook=unique,
        )
    except UnicodeDecodeError as error:
        raise TrustProblem("metadata-invalid", name=name, reason="UTF-8") from error
    except json.JSONDecodeError as error:
        raise TrustProblem("metadata-invalid", name=name, reason="JSON") from error
    except RecursionError as error:
        raise TrustProblem("metadata-invalid", name=name, reason="nested too deep") from error
    if not isinstance(value, dict):
        raise TrustProblem("metadata-invalid", name=name, reason="JSON")
    _check_content(value, name)
    return value


def _check_content(value: dict[str, Any], name: str) -> None:
    layer: list[Any] = [value]
    depth = 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            raise TrustProblem("metadata-invalid", name=name, reason="nested too deep")
        inside: list[Any] = []
        for content in layer:
            if isinstance(content, dict):
                inside.extend(content.keys())
                inside.extend(content.values())
            elif isinstance(content, list):
                inside.extend(content)
            elif isinstance(content, str) and not content.isascii():
                try:
                    content.encode()
                except UnicodeEncodeError as error:
                    raise TrustProblem("metadata-invalid", name=name, reason="half a character") from error
        layer = inside
