"""A program with one field of one part changed, whatever the field: what a comparison has to notice."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from designtool.expressions.expression import Expression
from designtool.model.program import Program

Rebuild = Callable[[Any], Program]


def mutants(program: Program) -> Iterator[tuple[str, Program]]:
    """`Class.field` and the program changed there, once for each field of each kind of part that the program has."""
    done: set[str] = set()
    for value, rebuild in parts(program, lambda changed: changed):
        for field in fields(value):
            name = f"{type(value).__name__}.{field.name}"
            if field.metadata.get("codec") == "skip" or name in done:
                continue
            changed = changed_value(getattr(value, field.name), hints_of(type(value))[field.name])
            if changed is not None:
                done.add(name)
                yield name, rebuild(replace(value, **{field.name: changed[0]}))


def parts(value: Any, rebuild: Rebuild) -> Iterator[tuple[Any, Rebuild]]:
    """Every dataclass in a program but expressions, with what makes the program again around another one."""
    if is_dataclass(value) and not isinstance(value, Expression):
        yield value, rebuild
        for field in fields(value):
            if field.metadata.get("codec") == "skip":
                continue
            around = getattr(value, field.name)
            yield from parts(around, lambda new, name=field.name: rebuild(replace(value, **{name: new})))  # type: ignore[misc, arg-type]
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from parts(one, lambda new, at=place: rebuild((*value[:at], new, *value[at + 1 :])))  # type: ignore[misc]


@cache
def hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def changed_value(value: Any, hint: Any) -> tuple[Any] | None:
    """Another value of that type, or None where this one has no other."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is Literal:
        others = [one for one in get_args(hint) if one != value]
        return (others[0],) if others else None
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1,)
        case Fraction():
            return (value + 1,)
        case str():
            return (f"{value}x",)
        case Expression():
            return (replace(value, source=f"not ({value.source})", tree=("not", value.tree)),)
        case tuple():
            return (value[:-1],) if value else new_element(hint)
        case Mapping():
            return (MappingProxyType({**value, "x": "1"}),)
        case None:
            return first_of(hint)
    return None


def first_of(hint: Any) -> tuple[Any] | None:
    if hint is Expression:
        return (Expression("1 == 2", ("==", ("number", "1"), ("number", "2")), "truth"),)
    made = {int: 7, str: "x", bool: True, Fraction: Fraction(7)}
    return (made[hint],) if hint in made else None


def new_element(hint: Any) -> tuple[Any] | None:
    arguments = get_args(hint)
    return (("x",),) if arguments and arguments[0] is str else None
