"""A parsed file: its data as plain values, and the place of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Span

Place = tuple[int, int, int, int]
"""Line, column, end line, end column; all from 1, the end column is the first one after."""

Key = str | int


def pointer(*keys: Key) -> str:
    """The JSON pointer that these keys make."""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that held together well enough to be read."""

    path: str
    kind: str
    """program, module, page, exercise ...: the name of its schema; `load.kinds` says how it follows from the path."""
    data: Any
    """YAML data, or a page's front matter: dict, list, str, int, float, bool, None. Never changed after loading."""
    values: Mapping[str, Place] = field(default_factory=dict, repr=False)
    """JSON pointer to the place of the value."""
    keys: Mapping[str, Place] = field(default_factory=dict, repr=False)
    """JSON pointer to the place of the key that holds the value."""
    blocks: tuple[Block, ...] = ()
    """The content of a Markdown file."""
    allowed: tuple[Allowance, ...] = ()
    """Suppressions written in the file."""
    overlaid: Mapping[str, Span] = field(default_factory=dict, repr=False)
    """JSON pointer to the place, in another file, of a value that was laid over the one written here."""

    def span(self, *keys: Key) -> Span:
        """The place of a value, or of the nearest thing around it that has one."""
        return self._span(self.values, keys)

    def key_span(self, *keys: Key) -> Span:
        """The place of the key that holds a value; for an item of a list, the value's own."""
        found = self.keys.get(pointer(*keys))
        return Span(self.path, *found) if found else self._span(self.values, keys)

    def _span(self, places: Mapping[str, Place], keys: tuple[Key, ...]) -> Span:
        for length in range(len(keys), -1, -1):
            at = pointer(*keys[:length])
            if at in self.overlaid:
                return self.overlaid[at]
            found = places.get(at)
            if found:
                return Span(self.path, *found)
        return Span(self.path, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`# designtool: allow <rule> – reason`: silences the rule on `line`, which is its own or the next one with text."""

    rule: str
    reason: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Inline:
    """A piece of running text.

    Kinds and what they use: text (text), code (text), strong, emphasis (children), link (href, children),
    line-break; and the inline roles term, answer, score, contact, program (text is what stands between the backticks).
    """

    kind: str
    text: str = ""
    href: str = ""
    children: tuple[Inline, ...] = ()
    span: Span = field(default=Span(""), compare=False, repr=False, metadata={"codec": "skip"})


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page as written: CommonMark's own, or a directive.

    CommonMark kinds: heading (attributes level), paragraph, bullet-list, ordered-list (attributes start), list-item,
    quote, code (attributes text), rule, table (children are table-row; attributes align: "left,,right"),
    table-row (attributes header: "true" in the head), table-cell. A directive has its name as kind, its argument
    (what stands after the braces) in `argument`, and its `:key: value` options in `attributes`.
    `if` has children of kind `branch`: the first is shown when the condition holds, the second, if any, when not.
    A `:::{therapist}` directive is a block like others; who sees it is decided by the view.
    """

    kind: str
    argument: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    inlines: tuple[Inline, ...] = ()
    children: tuple[Block, ...] = ()
    span: Span = field(default=Span(""), compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """Places of `kind` (the directive's name), `argument`, and of each option: `:key` its name, `key` its value."""


def plain_text(inlines: tuple[Inline, ...]) -> str:
    """The words of running text, without its marks; a role stands as its own text."""
    return "".join(
        " " if inline.kind == "line-break" else inline.text + plain_text(inline.children) for inline in inlines
    )
