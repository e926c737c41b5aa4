"""JSON values as answers are stored: frozen in memory, exact (no floating point), and never deep."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

DEEPEST = 8


class MalformedEvent(ValueError):
    """What was stored or sent is no event of a treatment."""


def frozen_json(value: object, where: str = "value", depth: int = 0) -> Any:
    """The same value with lists as tuples and objects as read-only mappings. Raises MalformedEvent for what is no such JSON."""
    if depth > DEEPEST:
        raise MalformedEvent(f"{where} is nested too deeply")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return tuple(frozen_json(content, where, depth + 1) for content in value)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return MappingProxyType({key: frozen_json(content, where, depth + 1) for key, content in value.items()})
    raise MalformedEvent(f"{where} holds a {type(value).__name__}, which is never stored")


def plain_json(value: Any) -> Any:
    """The value with lists and dicts again, as `json.dumps` wants it."""
    if isinstance(value, Mapping):
        return {key: plain_json(content) for key, content in value.items()}
    if isinstance(value, tuple | list):
        return [plain_json(content) for content in value]
    return value
