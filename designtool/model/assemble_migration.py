"""The migrations of a program, from their documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from designtool.diagnostics import Span
from designtool.expressions.expression import Form
from designtool.load.document import Document
from designtool.model.findings import Findings, frozen_mapping
from designtool.model.migration import Migration, version_key
from designtool.model.module import Module
from designtool.model.reading import Node
from designtool.model.rules import migration_name, migration_of_what_is_there

_NAME = re.compile(r"(\d+\.\d+\.\d+)-(\d+\.\d+\.\d+)\.yaml")


def migrations(
    own: Mapping[str, Document], version: str, modules: Iterable[Module], forms: Mapping[str, Form], findings: Findings
) -> tuple[Migration, ...]:
    """In the order of the versions that they come from. Those that lead to this version are held against the program."""
    found = []
    for path, document in own.items():
        if document.kind != "migration":
            continue
        name = _NAME.fullmatch(path.rpartition("/")[2])
        if name is None or version_key(name[1]) >= version_key(name[2]):
            findings.add(migration_name.RULE.at(Span(path), name=path.rpartition("/")[2]))
            continue
        if version_key(name[2]) > version_key(version):
            findings.add(migration_name.RULE.at(Span(path), "later", help="later", later=name[2], version=version))
            continue
        node = Node(document)
        if name[2] == version:
            _check(node, frozenset(module.id for module in modules), forms, findings)
        found.append(_migration(name[1], name[2], node))
    return tuple(sorted(found, key=lambda one: (version_key(one.earlier), version_key(one.later))))


def _migration(earlier: str, later: str, node: Node) -> Migration:
    def named(part: str, key: str) -> Mapping[str, str]:
        inner = node.mapping(part)
        values = inner.values(key) if inner is not None else {}
        return frozen_mapping({name: value for name, value in values.items() if isinstance(value, str)})

    return Migration(
        earlier,
        later,
        modules=named("rename", "modules"),
        forms=named("rename", "forms"),
        fields=named("rename", "fields"),
        removed_modules=tuple(named("removed", "modules")),
        removed_forms=tuple(named("removed", "forms")),
        removed_fields=tuple(named("removed", "fields")),
        begun_modules=cast(Any, named("begun", "modules")),
        begun_forms=cast(Any, named("begun", "forms")),
        begun_program=cast(Any, (node.mapping("begun") or node).text("program")),
        origin=node.origin,
    )


def _check(node: Node, modules: frozenset[str], forms: Mapping[str, Form], findings: Findings) -> None:
    fields = frozenset(f"{form}.{name}" for form, known in forms.items() for name in known.names)
    there = {"modules": modules, "forms": frozenset(forms), "fields": fields}
    kinds = {"modules": "module", "forms": "form", "fields": "field"}
    for part in ("rename", "removed", "begun"):
        inner = node.mapping(part)
        for key in there if inner is not None else ():
            assert inner is not None
            for name, value in inner.values(key).items():
                if part == "begun" and name not in there[key]:
                    findings.missing_reference(kinds[key], name, inner.key_span(key, name), there[key])
                if part == "rename" and value not in there[key]:
                    findings.missing_reference(kinds[key], str(value), inner.span(key, name), there[key])
                if part != "begun" and name in there[key]:
                    findings.add(migration_of_what_is_there.RULE.at(inner.key_span(key, name), name=name))
