"""A page as a tree of blocks. There is no HTML in it: the view writes all HTML from these values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from designtool.diagnostics import NOWHERE, Span
from designtool.expressions.expression import Expression
from designtool.load.document import Inline
from designtool.model.origin import Origin, origin_field


@dataclass(frozen=True, slots=True)
class Block:
    """As `load.document.Block`, with every reference resolved and each condition compiled.

    What kinds use beyond CommonMark's: film, audio, image (argument: media path relative to the workspace; attributes
    captions, transcript, alt, caption, credit), example (argument: person id, attributes name), callout (argument: tip, important
    or crisis), reveal and summary (argument: title), exercise and questionnaire (argument: id), if (condition; children are one or two `branch`),
    chart (argument: `form.field`), review (argument: form id), checklist (children as list), therapist, page (argument: library page id),
    video-meeting (argument: address).
    """

    id: str
    """Unique in its page: kind and number, in the order of the text."""
    kind: str
    argument: str = ""
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    condition: Expression | None = None
    inlines: tuple[Inline, ...] = ()
    children: tuple[Block, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False, metadata={"codec": "skip"})
    spans: Mapping[str, Span] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, repr=False, metadata={"codec": "skip"}
    )


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    minutes: int | None
    """The author's estimate of reading time; None where none was given."""
    blocks: tuple[Block, ...]
    show_if: Expression | None = None
    safety: bool = False
    """True for what variants and overlays may not hide."""
    origin: Origin = origin_field()
