"""Subscriptions: programs of other regions that a workspace follows, as `subscriptions` in designtool.yaml says.

One is written in, changed and taken away so that every other byte of the file stays as its author has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from designtool.diagnostics import Diagnostic, Span, nearest
from designtool.layer.rules import wrong_subscription
from designtool.layer.version_range import VersionRange, version_range
from designtool.load.document import Document, Place, pointer
from designtool.load.splice import spliced
from designtool.load.yaml_file import parse_yaml

KEY = "subscriptions"
_FILE = "designtool.yaml"
_REGISTRIES = "registries"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})[.](0|[1-9][0-9]{0,5})[.](0|[1-9][0-9]{0,5})")
_IS_PLACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[^/]*/|\.\.?$")
"""An address, or a folder, which is written with a slash. All else names a registry."""
_PLAIN = re.compile(r"[A-Za-z0-9./_-]*[A-Za-z/_-][A-Za-z0-9./_-]*")
"""What YAML reads as the same text without quotation marks."""
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "-", "--", "---", "..."})
_INDENTED = 2


@dataclass(frozen=True, slots=True)
class Subscription:
    region: str
    program: str
    source: str
    """`from`: a name under `registries`, an address, or a folder that starts in the workspace."""
    trust: str
    """The folder of trust, from the workspace."""
    versions: str
    """As it is written."""
    version: str | None = None
    """The one in use here; None before the first has been taken."""

    @property
    def name(self) -> str:
        return f"{self.region}/{self.program}"

    @property
    def allowed(self) -> VersionRange:
        """Which versions it lets through. It has been read without findings."""
        found = version_range(self.versions)
        assert found is not None, "a range that cannot be read is a finding"
        return found


class CannotWrite(Exception):
    """designtool.yaml is not written one key a line, so that only its author can say where this goes."""


def read_subscriptions(data: object) -> tuple[Subscription, ...]:
    """Those that can be read, in the order in which they are written. `data`: of designtool.yaml."""
    found = []
    for name, stated in _mapping(_mapping(data).get(KEY)).items():
        one = _read(str(name), stated)
        if one is not None:
            found.append(one)
    return tuple(found)


def wrong_subscriptions(documents: Mapping[str, Document]) -> Iterator[Diagnostic]:
    """What is wrong with subscriptions beyond their form."""
    document = documents.get(_FILE)
    if document is None:
        return
    registries = [str(name) for name in _mapping(_mapping(document.data).get(_REGISTRIES))]
    first: dict[str, str] = {}
    for one in read_subscriptions(document.data):
        yield from _wrong(one, document, registries)
        other = first.setdefault(one.program, one.name)
        if other != one.name:
            yield wrong_subscription.RULE.at(
                document.key_span(KEY, one.name), "same-program", name=one.name, other=other, program=one.program
            )


def with_subscription(data: bytes, one: Subscription) -> bytes:
    """designtool.yaml with one more. Raises CannotWrite."""
    values = {"from": one.source, "trust": one.trust, "versions": one.versions}
    if one.version is not None:
        values["version"] = one.version
    before = _mapping(parse_yaml(_FILE, data).data)
    known = _mapping(before.get(KEY))
    expected = {**before, KEY: {**known, one.name: values}}
    parsed = parse_yaml(_FILE, data)
    column = _INDENTED
    place = _end_of(data)
    lines = [f"{KEY}:"]
    if known:
        last = list(known)[-1]
        column = parsed.keys[pointer(KEY, last)][1] - 1
        place = _line_after(data, parsed.values[pointer(KEY, last)])
        lines = []
    elif KEY in before:
        # `subscriptions:` with nothing under it.
        place = _line_after(data, parsed.keys[pointer(KEY)])
        lines = []
    indent = " " * column
    lines += [f"{indent}{one.name}:", *(f"{indent}  {key}: {_written(value)}" for key, value in values.items())]
    return _checked(_inserted(data, place, lines), expected)


def with_version(data: bytes, name: str, version: str) -> bytes:
    """designtool.yaml with another version in use. Raises CannotWrite."""
    parsed = parse_yaml(_FILE, data)
    before = _mapping(parsed.data)
    stated = _mapping(_mapping(before.get(KEY)).get(name))
    expected = {**before, KEY: {**_mapping(before.get(KEY)), name: {**stated, "version": version}}}
    at = pointer(KEY, name, "version")
    if at in parsed.values and "version" in stated:
        return _checked(spliced(data, parsed.values[at], version), expected)
    last = next(reversed(list(stated)), None)
    if last is None:
        raise CannotWrite
    column = parsed.keys[pointer(KEY, name, last)][1] - 1
    place = _line_after(data, parsed.values[pointer(KEY, name, last)])
    return _checked(_inserted(data, place, [f"{' ' * column}version: {version}"]), expected)


def without_subscription(data: bytes, name: str) -> bytes:
    """designtool.yaml without it, and without `subscriptions` when it was the last one. Raises CannotWrite."""
    parsed = parse_yaml(_FILE, data)
    before = dict(_mapping(parsed.data))
    others = {key: value for key, value in _mapping(before.get(KEY)).items() if key != name}
    expected = {**before, KEY: others}
    first = parsed.keys[pointer(KEY, name)] if others else parsed.keys[pointer(KEY)]
    if not others:
        del expected[KEY]
    line, _ = _line_after(data, parsed.values[pointer(KEY, name)])
    return _checked(spliced(data, _up_to(data, first[0], line), ""), expected)


def _read(name: str, stated: object) -> Subscription | None:
    values = _mapping(stated)
    texts = [values.get(key) for key in ("from", "trust", "versions")]
    version = values.get("version")
    if not _NAME.fullmatch(name) or not all(isinstance(one, str) and one for one in texts):
        return None
    if version is not None and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        return None
    region, _, program = name.partition("/")
    source, trust, versions = (str(one) for one in texts)
    return Subscription(region, program, source, trust, versions, version)


def _wrong(one: Subscription, document: Document, registries: list[str]) -> Iterator[Diagnostic]:
    def place(key: str) -> Span:
        return document.span(KEY, one.name, key)

    if one.source not in registries and not _IS_PLACE.match(one.source):
        near = nearest(one.source, registries)
        yield wrong_subscription.RULE.at(
            place("from"), "from", help="near" if near else "from", source=one.source, near=near or ""
        )
    versions = version_range(one.versions)
    if versions is None:
        yield wrong_subscription.RULE.at(place("versions"), "versions", versions=one.versions)
    elif versions.is_empty:
        yield wrong_subscription.RULE.at(place("versions"), "empty", versions=one.versions)
    elif one.version is not None and not versions.holds(one.version):
        yield wrong_subscription.RULE.at(place("version"), "outside", version=one.version, versions=one.versions)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _written(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML and text[0] not in "-.0123456789":
        return text
    if _VERSION.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lines_of(data: bytes) -> list[str]:
    return data.decode().removeprefix("\ufeff").split("\n")


def _end_of(data: bytes) -> tuple[int, int]:
    """After the last line that is not empty."""
    lines = _lines_of(data)
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return len(lines) + 1, 1


def _line_after(data: bytes, place: Place) -> tuple[int, int]:
    """The beginning of the line after a value."""
    _, _, line, column = place
    # A mapping ends where the next thing begins; what stands in between is not part of it.
    lines = _lines_of(data)
    if column == 1:
        line -= 1
    while line > 1 and (not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#")):
        line -= 1
    return line + 1, 1


def _up_to(data: bytes, first: int, line: int) -> Place:
    lines = _lines_of(data)
    if line <= len(lines):
        return first, 1, line, 1
    # The last line has no line end: the one before it goes instead.
    if first > 1:
        return first - 1, len(lines[first - 2]) + 1, len(lines), len(lines[-1]) + 1
    return first, 1, len(lines), len(lines[-1]) + 1


def _inserted(data: bytes, place: tuple[int, int], lines: list[str]) -> bytes:
    present = _lines_of(data)
    end = "\r\n" if present[0].endswith("\r") else "\n"
    text = "".join(f"{line}{end}" for line in lines)
    line, column = place
    if line <= len(present):
        return spliced(data, (line, column, line, column), text)
    last = (len(present), len(present[-1]) + 1)
    return spliced(data, (*last, *last), end + text)


def _checked(data: bytes, expected: Mapping[str, object]) -> bytes:
    """What comes of it is read again: another meaning than the one that was meant is never written."""
    parsed = parse_yaml(_FILE, data)
    if not parsed.readable or parsed.data != expected:
        raise CannotWrite
    return data
