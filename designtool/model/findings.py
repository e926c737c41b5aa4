"""Where the assembling functions put what they find, and how they compile an expression on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Diagnostic, Span, nearest
from designtool.expressions import compile_expression
from designtool.expressions.expression import Expression, Scope, TypeKind
from designtool.expressions.rules import unknown_name
from designtool.load.kinds import id_of
from designtool.model.codec import encode_fraction
from designtool.model.reading import Node
from designtool.model.rules import broken_reference


@dataclass(slots=True)
class Findings:
    """A list that grows while one program is assembled; it never leaves the model stage."""

    broken_files: frozenset[str]
    """Files that could not be read, whose ids (file names) must not be reported as missing."""
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)

    def expression(self, node: Node, key: str, scope: Scope, expected: TypeKind | None = None) -> Expression | None:
        """The compiled expression at a key, or None where there is none or it is wrong (and reported)."""
        raw = node.raw(key)
        if raw is None or isinstance(raw, dict | list):
            return None
        text = {True: "true", False: "false"}.get(raw, str(raw)) if isinstance(raw, bool) else str(raw)
        return self.compiled(text, node.span(key), scope, expected)

    def compiled(self, text: str, place: Span, scope: Scope, expected: TypeKind | None = None) -> Expression | None:
        expression, diagnostics = compile_expression(text, scope, place, expected)
        self.found.extend(
            one
            for one in diagnostics
            if one.rule != unknown_name.RULE.name or not self._may_exist("form", one.facts.get("found", ""))
        )
        return replace(expression, tree=frozen_value(expression.tree)) if expression else None

    def missing_reference(self, kind: str, name: str, span: Span, names: Iterable[str]) -> None:
        """Reports a name that leads nowhere, unless the file it may stand in is itself broken."""
        if self._may_exist(kind, name):
            return
        known = tuple(names)
        self.add(broken_reference.found(kind, name, span, nearest(name, known), known))

    def _may_exist(self, kind: str, name: str) -> bool:
        """Whether a name may stand for something in a file that could not be read."""
        return any(_may_hold(path, kind, name) for path in self.broken_files)


_HELD_TOGETHER = {"contact": "contacts.yaml", "term": "glossary.yaml", "person": "persons.yaml"}


def _may_hold(path: str, kind: str, name: str) -> bool:
    *folders, file = path.split("/")
    if kind in _HELD_TOGETHER:
        return file == _HELD_TOGETHER[kind]
    folder = id_of(folders[-1]) if folders else ""
    if kind == "module":
        return file == "module.yaml" and folder == name
    return name in (id_of(file), f"{folder}/{id_of(file)}")


def frozen_mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """These values, as nothing can change them."""
    frozen: Mapping[str, Any] = frozen_value(values)
    return frozen


def frozen_value(value: Any) -> Any:
    """JSON values with tuples for lists and read-only mappings for objects."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen_value(content) for key, content in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen_value(content) for content in value)
    if isinstance(value, float):
        return encode_fraction(Fraction(repr(value)))
    return value
