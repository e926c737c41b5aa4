"""Values of a program as short text that an author and a clinical reviewer can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from fractions import Fraction
from typing import Any

from designtool.expressions.expression import Expression
from designtool.expressions.values import decimal_text
from designtool.model.codec import encode_value
from designtool.model.exercise import Group, Option, Row
from designtool.model.flow import Occasion
from designtool.model.migration import Migration
from designtool.model.program import DerivedFrom, Media

_LONGEST = 20_000


def shown(value: Any) -> str | None:
    """None for what is not there."""
    if value is None:
        return None
    text = _text(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Expression):
        return value.source
    if isinstance(value, Option):
        return f"{value.value}: {value.label}"
    if isinstance(value, Row):
        return f"{value.id}: {value.label}"
    if isinstance(value, Media):
        return f"{value.path} ({value.size} byte, {value.digest[:19]}…)"
    if isinstance(value, Occasion):
        return _occasion(value)
    if isinstance(value, tuple | list):
        between = "\n" if value and isinstance(value[0], Migration) else ", "
        return between.join(_text(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(content)}" for key, content in value.items())
    if isinstance(value, DerivedFrom):
        return f"{value.program} {value.version} ({value.digest[:19]}…)"
    if isinstance(value, Migration):
        return _migration(value)
    if isinstance(value, Group):
        least = f", at_least {value.at_least}" if value.at_least > 1 else ""
        return f"{value.label} (mean of {value.mean} by {value.by}{least})"
    title = getattr(value, "title", None) or getattr(value, "label", None) or getattr(value, "text", None)
    if isinstance(title, str) and title:
        return title
    return json.dumps(encode_value(value), ensure_ascii=False) if is_dataclass(value) else str(value)


def _migration(migration: Migration) -> str:
    """A line an entry, in the author's words."""
    renamed = {**migration.modules, **migration.forms, **migration.fields}
    removed = (*migration.removed_modules, *migration.removed_forms, *migration.removed_fields)
    begun = {**migration.begun_modules, **migration.begun_forms}
    if migration.begun_program:
        begun["program"] = migration.begun_program
    return "\n".join(
        (
            f"{migration.earlier} → {migration.later}",
            *(f"rename {earlier}: {later}" for earlier, later in renamed.items()),
            *(f"removed {id}: keep-readable" for id in removed),
            *(f"begun {id}: {what}" for id, what in begun.items()),
        )
    )


def _occasion(occasion: Occasion) -> str:
    """As an author writes it."""
    unit = occasion.unit + ("s" if occasion.number != 1 else "")
    match occasion.kind:
        case "every":
            return f"every {occasion.unit}" if occasion.number == 1 else f"every {occasion.number} {unit}"
        case "before-module":
            return "before each module"
        case "after-start" | "after-end":
            return f"{occasion.number} {unit} after {occasion.kind.removeprefix('after-')}"
    return occasion.kind
