"""Holds a document against the schema of its kind, and says what is wrong in the author's words.

jsonschema-rs answers yes or no in microseconds. Only a no is explained, by jsonschema, which is slow to import and to run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import jsonschema_rs

from designtool import resources
from designtool.diagnostics import Diagnostic, Edit, Fix, Span, Text, nearest
from designtool.load.document import Document, Key, pointer
from designtool.load.identifiers import EITHER, KEBAB_CASE, LOWER_SNAKE, kebab_case, lower_snake
from designtool.load.rules import missing_key, missing_publisher, unknown_key, wrong_id, wrong_type, wrong_value

KINDS: tuple[str, ...] = (
    "workspace",
    "program",
    "release",
    "release-list",
    "module",
    "page",
    "therapist-notes",
    "exercise",
    "questionnaire",
    "contacts",
    "glossary",
    "persons",
    "sources",
    "journey",
    "migration",
    "media-lock",
    "variant",
    "overlay",
    "wording",
)
"""Kinds of documents that have a schema. Of Markdown it describes the front matter. A wording and an overlay stand outside the tree."""

_IN_FRONT_MATTER = frozenset({"page", "therapist-notes"})
_DISPATCH_KEYS = ("type", "kind", "method")
"""The keys whose value decides which other keys a mapping has."""
_MOST_ERRORS = 200
"""More would help nobody, and a hostile file could have millions."""
_LONGEST_EXCERPT = 60

Path = tuple[Key, ...]
Schema = dict[str, Any]


def check_shape(document: Document) -> list[Diagnostic]:
    """What keeps the document from having the shape of its kind; empty when it has, or when its kind has no schema."""
    if document.kind not in KINDS:
        return []
    data = {} if document.data is None and document.kind in _IN_FRONT_MATTER else document.data
    if _validator(document.kind).is_valid(data):
        return []
    explained = _Explained(document, schema_of(document.kind))
    if data is None:
        return [explained.empty_file()]
    errors = islice(_explainer(document.kind).iter_errors(data), _MOST_ERRORS)
    return explained.diagnostics(_Mistakes.of(errors), data)


@cache
def schema_of(kind: str) -> Schema:
    """The schema of a kind of document, or of a message of `--format json`."""
    read: dict[str, Any] = json.loads((resources.folder("schemas") / f"{kind}.schema.json").read_bytes())
    return read


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_of(kind), offline=True)


@cache
def _explainer(kind: str) -> Any:
    from jsonschema import Draft202012Validator, ValidationError, validators

    def pattern(_: Any, wanted: str, instance: Any, __: Any) -> Iterator[ValidationError]:
        # In JSON Schema `$` is the very end; in Python it is also the place before a last line break.
        if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    return validators.extend(Draft202012Validator, {"pattern": pattern})(schema_of(kind))  # type: ignore[no-untyped-call]


class _Error(NamedTuple):
    """What jsonschema says of one place, without its words."""

    path: Path
    keyword: str
    """The keyword of the schema that does not hold. Our schemas use `not` to say that nothing may stand here."""
    wanted: Any
    """The keyword's value."""
    schema: Any
    instance: Any
    way: frozenset[Key]
    """The keywords through which the schema was reached."""


@dataclass(frozen=True, slots=True)
class _Mistakes:
    """The errors of a validator, sorted by what they say of which place."""

    unknown: dict[Path, list[str]] = field(default_factory=dict)
    forbidden: dict[Path, list[str]] = field(default_factory=dict)
    """Keys that exist, and are not used with the type of their mapping."""
    missing: dict[Path, list[str]] = field(default_factory=dict)
    missing_for_type: dict[Path, list[str]] = field(default_factory=dict)
    names: list[tuple[Path, _Error]] = field(default_factory=list)
    """Keys of an author's own that are no ids."""
    values: dict[Path, _Error] = field(default_factory=dict)
    """The gravest error of each value."""

    @staticmethod
    def of(errors: Iterable[Any]) -> _Mistakes:
        mistakes = _Mistakes()
        for error in errors:
            path, way = tuple(error.absolute_path), frozenset(error.absolute_schema_path)
            keyword = str(error.validator)
            mistakes.add(_Error(path, keyword, error.validator_value, error.schema, error.instance, way))
        return mistakes

    def add(self, error: _Error) -> None:
        path = error.path
        if "propertyNames" in error.way:
            self.names.append((path, error))
        elif error.keyword == "not":
            _put(self.forbidden, path[:-1], str(path[-1]))
        elif error.keyword == "additionalProperties":
            for key in error.instance:
                if key not in error.schema.get("properties", {}):
                    _put(self.unknown, path, key)
        elif error.keyword == "required":
            for key in error.wanted:
                if key not in error.instance:
                    _put(self.missing if error.way.isdisjoint(("then", "else")) else self.missing_for_type, path, key)
        elif path not in self.values or _gravity(error) < _gravity(self.values[path]):
            self.values[path] = error

    def only_first_causes(self, data: Any) -> None:
        """Leaves out what another mistake explains."""
        for path in {*self.forbidden, *self.missing_for_type}:
            value = _value_at(data, path)
            undecided = any((*path, key) in self.values for key in _DISPATCH_KEYS) or any(
                key in self.missing.get(path, ()) for key in _DISPATCH_KEYS
            )
            if undecided:
                self.forbidden.pop(path, None)
                self.missing_for_type.pop(path, None)
            elif path in self.unknown and not any(key in value for key in _DISPATCH_KEYS):
                self.missing_for_type.pop(path, None)
        for path in list(self.values):
            if any(path[:length] in self.values for length in range(len(path))) or (
                path and path[-1] in self.forbidden.get(path[:-1], ())
            ):
                del self.values[path]


def _put(places: dict[Path, list[str]], path: Path, key: str) -> None:
    keys = places.setdefault(path, [])
    if key not in keys:
        keys.append(key)


def _gravity(error: _Error) -> int:
    order = ("type", "enum", "const", "maxLength", "pattern")
    return order.index(error.keyword) if error.keyword in order else len(order)


def _value_at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


class _Words(NamedTuple):
    sv: str
    en: str


class _Explained:
    """Mistakes in the words of an author, for one document."""

    def __init__(self, document: Document, schema: Schema) -> None:
        self.document = document
        self.schema = schema

    def diagnostics(self, mistakes: _Mistakes, data: Any) -> list[Diagnostic]:
        mistakes.only_first_causes(data)
        found: list[Diagnostic] = []
        for path, keys in mistakes.unknown.items():
            for key in keys:
                found.append(self._unknown(path, key, keys, mistakes, data))
        for path, keys in mistakes.forbidden.items():
            found += [self._forbidden(path, key, _value_at(data, path)) for key in keys]
        for missing in (mistakes.missing, mistakes.missing_for_type):
            for path, keys in missing.items():
                found += [self._missing(path, key, _value_at(data, path)) for key in keys]
        found += [self._wrong_name(path, error) for path, error in mistakes.names]
        found += [self._wrong_value(path, error) for path, error in mistakes.values.items()]
        return found

    def empty_file(self) -> Diagnostic:
        keys = ", ".join(self.schema.get("required", ())) or "id"
        return wrong_type.RULE.at(self._place(()), "empty-file", keys=keys, **self._where(()))

    # Keys

    def _unknown(self, path: Path, key: str, others: list[str], mistakes: _Mistakes, data: Any) -> Diagnostic:
        known = _at(self.schema, path).get("properties", {})
        closed = {*mistakes.forbidden.get(path, ()), *_value_at(data, path)}
        free = [name for name in known if name not in closed]
        place = self.document.key_span(*path, key)
        at = pointer(*path, key)
        facts = {"key": _short(key), **self._where(path)}
        near = nearest(key, free)
        missing = mistakes.missing.get(path, [])
        if near is not None:
            for lacking in (mistakes.missing, mistakes.missing_for_type):
                if near in lacking.get(path, ()):
                    lacking[path].remove(near)
            fix = Fix(Text(f'Byt till "{near}"', f'Change to "{near}"'), (Edit(place, near),))
            return unknown_key.RULE.at(place, help="near", pointer=at, fix=fix, near=near, **facts)
        if len(others) == 1 and len(missing) == 1:
            return unknown_key.RULE.at(place, help="missing", pointer=at, near=missing.pop(), **facts)
        elsewhere = _places_of(self.schema, key)
        if elsewhere:
            help = "elsewhere" if elsewhere[0] else "outermost"
            return unknown_key.RULE.at(place, help=help, pointer=at, place=elsewhere[0], **facts)
        listed = ", ".join(free or known)
        return unknown_key.RULE.at(place, help="known", pointer=at, known=listed, **facts)

    def _forbidden(self, path: Path, key: str, mapping: Mapping[str, Any]) -> Diagnostic:
        place, at = self.document.key_span(*path, key), pointer(*path, key)
        for type_key in _DISPATCH_KEYS:
            if type_key in mapping:
                facts = {"key": key, "type_key": type_key, "type": mapping[type_key]}
                return unknown_key.RULE.at(place, "other-type", pointer=at, **facts)
        return unknown_key.RULE.at(place, "not-here", pointer=at, key=key)

    def _missing(self, path: Path, key: str, mapping: Mapping[str, Any]) -> Diagnostic:
        first = next(iter(mapping), None)
        named = bool(path) and not isinstance(path[-1], int)
        place = self._place(path) if named or first is None else self.document.key_span(*path, first)
        facts = {"key": key, **self._where(path), **self._description((*path, key))}
        at = pointer(*path)
        if self.document.kind == "program" and (*path, key) == ("publisher",):
            return missing_publisher.RULE.at(place, pointer=at, **facts)
        if self.document.kind == "program" and (*path, key) in (("publisher", "region"), ("publisher", "responsible")):
            return missing_publisher.RULE.at(place, "part", pointer=at, **facts)
        if self.document.kind in _IN_FRONT_MATTER and not mapping:
            return missing_key.RULE.at(place, help="front-matter", pointer=at, **facts)
        return missing_key.RULE.at(place, pointer=at, **facts)

    def _wrong_name(self, path: Path, error: _Error) -> Diagnostic:
        name = str(error.instance)
        place, at = self.document.key_span(*path, name), pointer(*path, name)
        if _is_id(error):
            return self._wrong_id(place, at, name, error)
        facts = {"value": _short(name), **self._where(path)}
        form = _resolved(self.schema, _at(self.schema, path)["propertyNames"])
        return wrong_value.RULE.at(place, "other-form", help="description", pointer=at, **facts, **_descriptions(form))

    # Values

    def _wrong_value(self, path: Path, error: _Error) -> Diagnostic:
        place, at = self.document.span(*path), pointer(*path)
        if error.keyword == "type":
            return self._wrong_type(path, error)
        if isinstance(error.instance, str) and _is_id(error):
            return self._wrong_id(place, at, error.instance, error)
        facts: dict[str, Any] = {**self._where(path), **self._description(path)}
        if error.keyword in ("enum", "const"):
            choices = error.wanted if error.keyword == "enum" else [error.wanted]
            facts |= {"value": _short(_written(error.instance)), "choices": ", ".join(map(str, choices))}
            near = nearest(error.instance, choices) if isinstance(error.instance, str) else None
            fix = near and Fix(Text(f'Byt till "{near}"', f'Change to "{near}"'), (Edit(place, near),))
            help = "near" if near else "choices"
            return wrong_value.RULE.at(
                place, "not-a-choice", help=help, pointer=at, fix=fix or None, near=near, **facts
            )
        variant, value = _MEASURED[error.keyword]
        facts |= {"value": _short(str(value(error.instance))), "limit": str(error.wanted)}
        if error.keyword in ("minItems", "maxItems", "maxProperties") and path:
            place = self.document.key_span(*path)
        return wrong_value.RULE.at(place, variant, help="description", pointer=at, **facts)

    def _wrong_type(self, path: Path, error: _Error) -> Diagnostic:
        place, at, value = self.document.span(*path), pointer(*path), error.instance
        facts: dict[str, Any] = {**self._where(path), **self._description(path)}
        wanted = error.wanted if isinstance(error.wanted, list) else [error.wanted]
        if value is None:
            place = self._place(path)
            if self.document.kind == "program" and path == ("publisher",):
                return missing_publisher.RULE.at(place, pointer=at, **facts)
            return wrong_type.RULE.at(place, "no-value", pointer=at, **facts)
        if isinstance(value, list | dict):
            place = self._place(path)
        expected, actual = _expected(wanted), _actual(value)
        facts |= {
            "expected_sv": expected.sv,
            "expected_en": expected.en,
            "actual_sv": actual.sv,
            "actual_en": actual.en,
        }
        help, mended = _mended(wanted, value, _at(self.schema, path))
        fix = Fix(Text(f"Skriv {mended}", f"Write {mended}"), (Edit(place, mended),)) if mended else None
        return wrong_type.RULE.at(place, help=help, pointer=at, fix=fix, mended=mended, **facts)

    def _wrong_id(self, place: Span, at: str, id: str, error: _Error) -> Diagnostic:
        if error.keyword == "maxLength":
            variant = _ID_VARIANT[error.schema["pattern"]]
            return wrong_id.RULE.at(place, variant, help="too-long", pointer=at, id=_short(id), limit=error.wanted)
        variant = _ID_VARIANT[str(error.wanted)]
        cleaned = lower_snake(id) if variant == "names" else kebab_case(id)
        help = "cleaned" if cleaned else "first-letter"
        return wrong_id.RULE.at(place, variant, help=help, pointer=at, id=_short(id), cleaned=cleaned)

    # Places and words

    def _place(self, path: Path) -> Span:
        """Where a mapping or a list begins: its key, or its first line."""
        return self.document.key_span(*path) if path else _first_line(self.document)

    def _where(self, path: Path) -> dict[str, Any]:
        """What to call the place: the file, a key, or a part of a list by its id or number."""
        if not path:
            name = self.document.path.rsplit("/", 1)[-1]
            return {"where_sv": name, "where_en": name}
        last = path[-1]
        if isinstance(last, str):
            return {"where_sv": _short(last), "where_en": _short(last)}
        of = next((str(key) for key in reversed(path) if isinstance(key, str)), self.document.path.rsplit("/", 1)[-1])
        part = _value_at(self.document.data, path)
        id = part.get("id") if isinstance(part, dict) else None
        if isinstance(id, str):
            return {"where_sv": f'"{_short(id)}" i {of}', "where_en": f'"{_short(id)}" in {of}'}
        return {"where_sv": f"del {last + 1} av {of}", "where_en": f"part {last + 1} of {of}"}

    def _description(self, path: Path) -> dict[str, Any]:
        """What the schema says of a place, and which keys it is written with when it says no more than what it is for."""
        schema = _at(self.schema, path)
        is_list = schema.get("type") == "array"
        mapping = _resolved(self.schema, schema.get("items")) if is_list else schema
        keys = ", ".join(f"{key}:" for key in mapping.get("required", ()))
        described = _descriptions(schema)
        if keys and is_list:
            described["description_sv"] += f" Varje del börjar med ett bindestreck och har nycklarna {keys}"
            described["description_en"] += f" Each part begins with a hyphen and has the keys {keys}"
        elif keys:
            described["description_sv"] += f" Skriv under den, indraget, nycklarna {keys}"
            described["description_en"] += f" Write below it, indented, the keys {keys}"
        return described


_ID_VARIANT = {KEBAB_CASE: "places", LOWER_SNAKE: "names", EITHER: "either"}

_MEASURED: Mapping[str, tuple[str, Callable[[Any], object]]] = {
    "pattern": ("other-form", str),
    "minimum": ("too-small", lambda value: value),
    "maximum": ("too-large", lambda value: value),
    "exclusiveMinimum": ("not-above", lambda value: value),
    "minLength": ("empty", str),
    "maxLength": ("too-long", len),
    "minItems": ("too-few", len),
    "maxItems": ("too-many", len),
    "maxProperties": ("too-many", len),
}

_TYPE_WORDS = {
    "string": _Words("text", "text"),
    "integer": _Words("ett heltal", "a whole number"),
    "number": _Words("ett tal", "a number"),
    "boolean": _Words("true eller false", "true or false"),
    "array": _Words("en lista", "a list"),
    "object": _Words("en grupp av nycklar", "a group of keys"),
    "null": _Words("null", "null"),
}
_TRUTHS = {"ja": "true", "yes": "true", "on": "true", "nej": "false", "no": "false", "off": "false"}


def _is_id(error: _Error) -> bool:
    return error.keyword in ("pattern", "maxLength") and error.schema.get("pattern") in _ID_VARIANT


def _expected(wanted: list[str]) -> _Words:
    words = [_TYPE_WORDS[name] for name in wanted if not (name == "integer" and "number" in wanted)]
    return _Words(" eller ".join(word.sv for word in words), " or ".join(word.en for word in words))


def _actual(value: Any) -> _Words:
    if isinstance(value, str):
        return _Words(f'text: "{_short(value)}"', f'text: "{_short(value)}"')
    if isinstance(value, list):
        return _TYPE_WORDS["array"]
    if isinstance(value, dict):
        return _TYPE_WORDS["object"]
    return _Words(_short(_written(value)), _short(_written(value)))


def _mended(wanted: list[str], value: Any, schema: Schema) -> tuple[str, str]:
    """Which help to give, and what to write instead where that is certain."""
    if "string" in wanted and isinstance(value, bool | int | float) and _fits(_written(value), schema):
        return "quote", f'"{_written(value)}"'
    if wanted == ["boolean"] and isinstance(value, str) and value.lower() in _TRUTHS:
        return "truth", _TRUTHS[value.lower()]
    if wanted == ["array"] and not isinstance(value, dict):
        return "list", ""
    return "default", ""


def _fits(text: str, schema: Schema) -> bool:
    return re.search(schema.get("pattern", ""), text) is not None and text in schema.get("enum", (text,))


def _written(value: Any) -> str:
    """As it stands in YAML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(text: str) -> str:
    """On one line, and not longer than a message bears."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EXCERPT else f"{line[: _LONGEST_EXCERPT - 1]}…"


def _first_line(document: Document) -> Span:
    data = document.data
    if isinstance(data, dict) and data:
        return document.key_span(next(iter(data)))
    whole = document.span()
    return Span(document.path, whole.line, whole.column, whole.line, (whole.column or 1) + 1)


def _descriptions(schema: Schema) -> dict[str, Any]:
    sv, en = schema.get("markdownDescription", ""), schema.get("description", "")
    return {"description_sv": " ".join(sv.split()), "description_en": en}


def _resolved(root: Schema, schema: Any) -> Schema:
    """A schema with what its reference leads to; what stands beside the reference wins."""
    if not isinstance(schema, dict):
        return {}
    reference = schema.get("$ref")
    return schema if reference is None else {**root["$defs"][reference.removeprefix("#/$defs/")], **schema}


def _at(root: Schema, path: Path) -> Schema:
    """The schema that describes the value at a path; an unknown place has an empty one."""
    schema = _resolved(root, root)
    for key in path:
        if isinstance(key, int):
            inner = schema.get("items")
        else:
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
        schema = _resolved(root, inner)
    return schema


def _places_of(root: Schema, key: str) -> list[str]:
    """Where else in the file a key belongs, as dotted ways to it (empty: outermost); the shortest first."""
    found: list[str] = []

    def walk(schema: Schema, way: tuple[str, ...]) -> None:
        for name, inner in schema.get("properties", {}).items():
            if name == key:
                found.append(".".join(way))
            walk(_resolved(root, inner), (*way, name))
        for inner in (schema.get("items"), schema.get("additionalProperties")):
            if isinstance(inner, dict):
                walk(_resolved(root, inner), way)

    walk(root, ())
    return sorted(found, key=lambda place: (place.count("."), len(place), place))
