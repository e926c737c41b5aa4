"""Where two programs differ, read off their fields alone. What a difference means is for the kinds to say.

Lists whose elements have an id are aligned by it. Whatever is not looked into further is one difference with both values,
so that nothing can differ without there being a difference here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from designtool.compare.change import Subject
from designtool.expressions.expression import Expression
from designtool.model.codec import encode_value
from designtool.model.exercise import Computed, Decision, Exercise, Field, Option, Row
from designtool.model.flow import PlannedMeasurement
from designtool.model.journey import Journey, Step
from designtool.model.module import Module
from designtool.model.origin import Origin
from designtool.model.page import Page
from designtool.model.program import Contact, Media, Person, Program, Term
from designtool.model.questionnaire import Item, Questionnaire, Score, Vector

What = Literal["changed", "added", "removed", "moved"]


@dataclass(frozen=True, slots=True)
class Place:
    """The value that holds what differs, in both versions."""

    of: type
    about: Subject
    old: Any
    new: Any
    old_origin: Origin
    new_origin: Origin
    around: Place | None = None
    """The value that this one is a part of."""

    def within(self, kind: type) -> Place | None:
        """The nearest place of that kind, this one included."""
        if self.of is kind:
            return self
        return None if self.around is None else self.around.within(kind)


@dataclass(frozen=True, slots=True)
class Difference:
    place: Place
    field: str
    what: What
    old: Any
    """The value of the field; of a list, the element that is gone or was moved. None for what was added."""
    new: Any
    id: str = ""
    """Of the element of a list."""

    @property
    def is_equal(self) -> bool:
        """True where the values are written alike and only what they build on differs."""
        return self.what == "changed" and _equal(self.old, self.new)


_KEYS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        **{
            kind: lambda one: str(one.id)
            for kind in (
                Module,
                Page,
                Exercise,
                Field,
                Computed,
                Row,
                Questionnaire,
                Item,
                Score,
                Contact,
                Term,
                Person,
                Journey,
            )
        },
        Option: lambda one: str(one.value),
        Media: lambda one: str(one.path),
        PlannedMeasurement: lambda one: str(one.questionnaire),
    }
)
"""Kinds of elements by which lists are aligned, with what names each of them."""

ALIGNED: Mapping[tuple[type, str], str] = MappingProxyType(
    {
        (Program, "modules"): "module",
        (Program, "exercises"): "exercise",
        (Program, "questionnaires"): "questionnaire",
        (Program, "library_pages"): "library page",
        (Program, "contacts"): "contact",
        (Program, "glossary"): "term",
        (Program, "persons"): "person",
        (Program, "media"): "media",
        (Program, "journeys"): "journey",
        (Program, "measurements"): "measurement",
        (Module, "pages"): "page",
        (Exercise, "fields"): "field",
        (Exercise, "computed"): "computed",
        (Exercise, "summary"): "summary",
        (Field, "columns"): "column",
        (Field, "computed"): "computed",
        (Field, "rows"): "row",
        (Field, "options"): "option",
        (Decision, "computed"): "computed",
        (Questionnaire, "items"): "item",
        (Questionnaire, "scores"): "score",
        (Item, "options"): "option",
    }
)
"""What an element of an aligned list is called in the subject of a change."""


def differences(old: Program, new: Program, same_meaning: Callable[[Place, str], bool]) -> Iterator[Difference]:
    """Every difference. `same_meaning` says of an expression or a list that holds expressions, equal as it stands,
    whether all that it builds on is equal too; where not, it is a difference with equal values."""
    place = Place(Program, (("program", ""),), old, new, old.origin, new.origin)
    yield from _within(place, same_meaning)


@cache
def compared_fields(kind: type) -> tuple[str, ...]:
    """The fields of a part of a program that mean something: all but places in the author's files."""
    return tuple(one.name for one in fields(kind) if one.metadata.get("codec") != "skip")


def element_of(place: Place, field: str, old: Any, new: Any) -> Place:
    """The place of one element of an aligned list, there in one version or in both."""
    one = new if new is not None else old
    about = (ALIGNED[place.of, field], _KEYS[type(one)](one))
    outer = () if place.of is Program else place.about
    return Place(
        type(one),
        (*outer, about),
        old,
        new,
        _origin(old, place.old_origin.at(field)),
        _origin(new, place.new_origin.at(field)),
        place,
    )


def _within(place: Place, same_meaning: Callable[[Place, str], bool]) -> Iterator[Difference]:
    for name in compared_fields(place.of):
        old, new = getattr(place.old, name), getattr(place.new, name)
        if (place.of, name) in ALIGNED:
            yield from _aligned(place, name, old, new, same_meaning)
        elif is_dataclass(old) and type(old) is type(new) and not isinstance(old, Expression):
            inner = Place(
                type(old),
                (*place.about, ("decision", "")) if isinstance(old, Decision) else place.about,
                old,
                new,
                _origin(old, place.old_origin.at(name)),
                _origin(new, place.new_origin.at(name)),
                place,
            )
            yield from _within(inner, same_meaning)
        elif not _equal(old, new) or not same_meaning(place, name):
            yield Difference(place, name, "changed", old, new)


def _aligned(
    place: Place,
    name: str,
    old: Sequence[Any],
    new: Sequence[Any],
    same_meaning: Callable[[Place, str], bool],
) -> Iterator[Difference]:
    before, after = ({_KEYS[type(one)](one): one for one in some} for some in (old, new))
    if len(before) < len(old) or len(after) < len(new):
        # Two of one name cannot be told apart: they are one difference, as they stand.
        if not _equal(old, new):
            yield Difference(place, name, "changed", old, new)
        return
    for key, one in before.items():
        if key not in after:
            yield Difference(place, name, "removed", one, None, key)
    for key, one in after.items():
        if key not in before:
            yield Difference(place, name, "added", None, one, key)
    for key in _out_of_order([key for key in before if key in after], [key for key in after if key in before]):
        yield Difference(place, name, "moved", before[key], after[key], key)
    for key, one in after.items():
        if key in before:
            yield from _within(element_of(place, name, before[key], one), same_meaning)


def _out_of_order(before: list[str], after: list[str]) -> list[str]:
    """The fewest of them, of which the others stand in the same order in both."""
    position = {key: index for index, key in enumerate(before)}
    lengths: list[tuple[int, int]] = []
    """Of the longest run that ends at each: its length, and where the one before stands."""
    for index, key in enumerate(after):
        best = max(
            ((lengths[other][0], -other) for other in range(index) if position[after[other]] < position[key]),
            default=(0, 1),
        )
        lengths.append((best[0] + 1, -best[1]))
    stays: set[str] = set()
    index = max(range(len(after)), key=lambda one: (lengths[one][0], -one), default=-1)
    while index >= 0:
        stays.add(after[index])
        index = lengths[index][1]
    return [key for key in after if key not in stays]


def _equal(old: Any, new: Any) -> bool:
    """Equality that tells yes from 1 and nothing from no, which Python takes for the same."""
    if isinstance(old, bool | int | str | None) or isinstance(new, bool | int | str | None):
        return type(old) is type(new) and bool(old == new)
    return bool(old == new) and (not _holds_answers(old) or _exact(old) == _exact(new))


def _holds_answers(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Vector | Step)


def _exact(value: Any) -> str:
    return json.dumps(encode_value(value), sort_keys=True)


def _origin(value: Any, otherwise: Origin) -> Origin:
    found = getattr(value, "origin", None)
    return found if isinstance(found, Origin) and found.path else otherwise
