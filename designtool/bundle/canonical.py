"""Canonical JSON (RFC 8785), and a reader that takes nothing else.

A value has exactly one form in bytes, so a digest of the bytes is a digest of the value. Numbers are integers that every
JSON reader keeps exactly; all others are text.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import rfc8785

from designtool.bundle.refusals import Refused

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 250
"""How many lists and objects may stand inside each other. Below the interpreter's own limit on every Python."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def canonical_json(value: Any) -> bytes:
    """The one form of a value made of None, bool, int, str, list and dict.

    Raises TypeError for any other type (floats too) and ValueError for integers beyond ±(2^53 - 1), lone surrogates and
    nesting beyond DEEPEST: all of these are faults of the caller.
    """
    keys_are_ascii = _check(value)
    if keys_are_ascii:
        # The encoder in C writes the same bytes, eight times faster; keys beyond ASCII may sort otherwise there.
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return rfc8785.dumps(value)


def parse_canonical(data: bytes, name: str, most_bytes: int) -> Any:
    """The value of canonical bytes. Raises Refused for all other bytes; `name` says to people which document it is."""
    if len(data) > most_bytes:
        raise Refused("too-large", name=name, limit=most_bytes)
    if data.startswith(_BYTE_ORDER_MARK):
        raise Refused("json-byte-order-mark", name=name)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Refused("json-encoding", name=name) from error

    def refuse_number(number: str) -> NoReturn:
        raise Refused("json-number", name=name, number=number)

    try:
        value = json.loads(text, parse_float=refuse_number, parse_constant=refuse_number)
    except json.JSONDecodeError as error:
        raise Refused("json-syntax", name=name) from error
    except ValueError as error:  # Python's own limit on the digits of an integer.
        raise Refused("json-number", name=name, number="…") from error
    except RecursionError as error:
        raise Refused("json-too-deep", name=name) from error
    try:
        again = canonical_json(value)
    except _TooDeep as error:
        raise Refused("json-too-deep", name=name) from error
    except _TooLargeInteger as error:
        raise Refused("json-number", name=name, number=str(error)) from error
    except UnicodeEncodeError as error:
        raise Refused("json-lone-surrogate", name=name) from error
    if again != data:
        _refuse_repeated_keys(text, name)
        raise Refused("json-not-canonical", name=name)
    return value


class _TooDeep(ValueError):
    pass


class _TooLargeInteger(ValueError):
    pass


def _check(value: Any) -> bool:
    """Raise for what has no canonical form; says whether every key is ASCII."""
    keys_are_ascii = True
    layer = [value]
    depth = 0
    while layer:
        if depth > DEEPEST:
            raise _TooDeep(f"nested deeper than {DEEPEST}")
        depth += 1
        inside: list[Any] = []
        for content in layer:
            kind = type(content)
            if kind is str:
                if not content.isascii():
                    content.encode()
            elif kind is dict:
                for key in content:
                    if type(key) is not str:
                        raise TypeError(f"a key is text, not {type(key).__name__}")
                    if not key.isascii():
                        key.encode()
                        keys_are_ascii = False
                inside.extend(content.values())
            elif kind is list:
                inside.extend(content)
            elif kind is int:
                if not -LARGEST_INTEGER <= content <= LARGEST_INTEGER:
                    raise _TooLargeInteger(str(content))
            elif content is not None and kind is not bool:
                raise TypeError(f"{kind.__name__} has no canonical form")
        layer = inside
    return keys_are_ascii


def _refuse_repeated_keys(text: str, name: str) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> None:
        keys: set[str] = set()
        for key, _ in pairs:
            if key in keys:
                raise Refused("json-duplicate-key", key=key, name=name)
            keys.add(key)

    json.loads(text, object_pairs_hook=unique)
