"""Data of ours as a FHIR extension that holds extensions, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PART = "-part"
"""After the key of a list: each of its parts is an extension of its own. No key and no id has a hyphen."""
_MISSING, _EMPTY = "missing", "empty"
_LARGEST_INTEGER = 2**31 - 1


def extension_of(url: str, data: Any) -> dict[str, Any]:
    """One extension. An empty list is left out; an extension must hold something, so an empty mapping is a code."""
    if isinstance(data, Mapping) and data:
        parts: list[dict[str, Any]] = []
        for key, value in data.items():
            if isinstance(value, list | tuple):
                parts += [extension_of(f"{key}{_PART}", part) for part in value]
            else:
                parts.append(extension_of(key, value))
        return {"url": url, "extension": parts}
    if isinstance(data, Mapping):
        return {"url": url, "valueCode": _EMPTY}
    if data is None:
        return {"url": url, "valueCode": _MISSING}
    if isinstance(data, bool):
        return {"url": url, "valueBoolean": data}
    if isinstance(data, int) and abs(data) <= _LARGEST_INTEGER:
        return {"url": url, "valueInteger": data}
    if isinstance(data, int | float):
        return {"url": url, "valueDecimal": data}
    return {"url": url, "valueString": data}


def data_of(extension: Mapping[str, Any]) -> Any:
    """What `extension_of` was given. Of other extensions: the same as far as it goes; None where there is nothing."""
    parts = extension.get("extension")
    if isinstance(parts, list):
        data: dict[str, Any] = {}
        for part in parts:
            if not isinstance(part, dict) or not isinstance(part.get("url"), str):
                continue
            key = part["url"].removesuffix(_PART)
            if key != part["url"] and isinstance(data.setdefault(key, []), list):
                data[key].append(data_of(part))
            else:
                data[part["url"]] = data_of(part)
        return data
    if extension.get("valueCode") == _EMPTY:
        return {}
    return next((extension[key] for key in _VALUES if key in extension), None)


_VALUES = ("valueBoolean", "valueInteger", "valueDecimal", "valueString")
