"""Two answers of one list that cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.load.document import Document, Key

RULE = Rule(
    name="repeated-answer",
    severity=Severity.ERROR,
    title=Text("Två svar som inte går att skilja åt", "Two answers that cannot be told apart"),
    why=Text(
        "Har två svar samma värde sparas de som samma svar. Har de samma text kan patienten inte veta vilket som är vilket.",
        "Two answers with the same value are kept as the same answer. With the same text the patient cannot know which is which.",
    ),
    messages={
        "value": Text('två svar har värdet "{found}"', 'two answers have the value "{found}"'),
        "label": Text('två svar har texten "{found}"', 'two answers have the text "{found}"'),
    },
    helps={
        "value": Text("ge varje svar i listan sitt eget värde", "give each answer of the list a value of its own"),
        "label": Text("ge varje svar i listan sin egen text", "give each answer of the list a text of its own"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-      label: Ibland
+      label: Ofta
""",
    good="",  # The minimal program as it is.
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    if not context.is_whole:
        return
    for form in context.forms:
        document = context.documents.get(form.origin.path)
        if document is None:
            continue
        for keys, options in _lists(document):
            yield from _repeated(document, keys, options)


def _lists(document: Document) -> Iterator[tuple[tuple[Key, ...], list[Any]]]:
    """Each list of answers, and the keys that lead to it."""
    data: Mapping[str, Any] = document.data
    named = data.get("options")
    for name, options in named.items() if isinstance(named, dict) else ():
        yield ("options", name), options
    fields = data.get("fields")
    for index, field in enumerate(fields if isinstance(fields, list) else ()):
        if isinstance(field.get("options"), list):
            yield ("fields", index, "options"), field["options"]
        for number, column in enumerate(field.get("columns") or ()):
            if isinstance(column.get("options"), list):
                yield ("fields", index, "columns", number, "options"), column["options"]


def _repeated(document: Document, keys: tuple[Key, ...], options: list[Any]) -> Iterator[Diagnostic]:
    for key in ("value", "label"):
        seen: set[str] = set()
        for index, option in enumerate(options):
            found = str(option.get(key, "")).strip()
            if found in seen:
                yield RULE.at(document.span(*keys, index, key), key, found=found)
            seen.add(found)
