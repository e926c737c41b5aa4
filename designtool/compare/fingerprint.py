"""The name of a finding in release.yaml: a digest of what has changed, and from what to what.

It stands as long as the change means the same. Line breaks, blanks, comments, places in files and versions are no part of it;
the part of the program, the kind of change, both meanings and all that they build on are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from designtool.compare.change import Subject
from designtool.compare.grounds import Grounds
from designtool.expressions.expression import Expression

_FORM = 1
"""Raised when the same change is to get another name."""


def fingerprint(kind: str, about: Subject, old: Any, new: Any, before: Grounds, after: Grounds) -> str:
    """`old` and `new` are what stood and stands; `before` and `after` what the two versions build on."""
    meaning = [
        _FORM,
        kind,
        [list(part) for part in about],
        [_meaning(old), _meaning(before.of(old))],
        [_meaning(new), _meaning(after.of(new))],
    ]
    data = json.dumps(meaning, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"sha256:{hashlib.sha256(data.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _meaning(value: Any) -> Any:
    """As JSON, without where it stands and how it is laid out."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Fraction):
        return ["number", str(value)]
    if isinstance(value, Expression):
        return ["expression", _meaning(value.tree)]
    if isinstance(value, type):
        return ["type", value.__name__]
    if isinstance(value, Mapping):
        return ["mapping", sorted([str(key), _meaning(content)] for key, content in value.items())]
    if isinstance(value, tuple | list):
        return [_meaning(one) for one in value]
    if isinstance(value, frozenset | set):
        return ["set", sorted(json.dumps(_meaning(one)) for one in value)]
    if is_dataclass(value):
        told = [one for one in fields(value) if one.metadata.get("codec") != "skip"]
        return [type(value).__name__, {one.name: _meaning(getattr(value, one.name)) for one in told}]
    return str(value)
