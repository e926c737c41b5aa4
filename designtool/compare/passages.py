"""A page as a row of passages, so that two versions of it can be laid beside each other, and their words compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from designtool.load.document import Inline, plain_text
from designtool.model.page import Block

_CONTAINERS = frozenset({"callout", "if", "branch", "reveal", "summary", "therapist", "example", "checklist", "quote"})
MEDIA = frozenset({"film", "audio", "image"})
_MEDIA_ATTRIBUTES = ("captions", "transcript")
_ALIKE = 0.3


@dataclass(frozen=True)
class Passage:
    """One block without what stands in it, and where it stands."""

    block: Block
    around: tuple[str, ...]
    """The kinds of blocks that it stands in, from the outside in; of a callout and a branch, which."""

    @cached_property
    def text(self) -> str:
        """What somebody reads of it, and what it is where that is no running text."""
        block = self.block
        words = plain_text(block.inlines)
        if block.kind == "if":
            return f"if {block.condition.source if block.condition else ''}"
        options = [f"{key}: {value}" for key, value in block.attributes.items() if key not in ("level", "header")]
        head = f"{block.kind} {block.argument}".strip() if block.argument else ""
        return "\n".join(part for part in (head, *options, words) if part)

    @cached_property
    def marked_text(self) -> str:
        """The text with what else than words an author writes in it: emphasis, links, roles."""
        return "".join(map(_as_written, self.block.inlines)) or self.text

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal for passages that say the same in the same place of the page. A number among the blocks says nothing."""
        block = self.block
        condition = None if block.condition is None else (block.condition.source, repr(block.condition.tree))
        return (
            block.kind,
            block.argument,
            tuple(sorted(block.attributes.items())),
            condition,
            repr(tuple(map(_said, block.inlines))),
            self.around,
        )

    @property
    def meaning(self) -> tuple[object, ...]:
        """All that it says and does, without the number that it has among the blocks."""
        block = self.block
        return (block.kind, block.argument, block.attributes, block.condition, block.inlines, self.around)

    @property
    def is_crisis(self) -> bool:
        return "callout crisis" in self.around or (self.block.kind, self.block.argument) == ("callout", "crisis")

    @property
    def is_for_therapist(self) -> bool:
        return "therapist" in self.around or self.block.kind == "therapist"

    @property
    def media(self) -> tuple[str, ...]:
        block = self.block
        if block.kind not in MEDIA:
            return ()
        named = (block.argument, *(block.attributes.get(name, "") for name in _MEDIA_ATTRIBUTES))
        return tuple(path for path in named if path)


@dataclass(frozen=True, slots=True)
class Revision:
    """A passage that was changed (both), added (no old), removed (no new) or moved (both, and equal but for the place)."""

    old: Passage | None
    new: Passage | None

    @property
    def is_moved(self) -> bool:
        return self.old is not None and self.new is not None and self.old.key[:-1] == self.new.key[:-1]


def passages(blocks: Sequence[Block], around: tuple[str, ...] = ()) -> Iterator[Passage]:
    """Every block, in the order of the text."""
    for place, block in enumerate(blocks):
        yield Passage(block, around)
        name = f"{block.kind} {block.argument}".strip() if block.kind == "callout" else block.kind
        if block.kind == "branch":
            name = f"branch {place}"
        # Of lists and tables, too: an element that ends up in another list has moved.
        yield from passages(block.children, (*around, name))


def revisions(old: Sequence[Block], new: Sequence[Block]) -> tuple[Revision, ...]:
    """What was done to a page, passage by passage, in the order of the new page."""
    before, after = tuple(passages(old)), tuple(passages(new))
    matcher = SequenceMatcher(None, [one.key for one in before], [one.key for one in after], autojunk=False)
    found: list[Revision] = []
    for what, first, last, start, end in matcher.get_opcodes():
        if what != "equal":
            found += _paired(before[first:last], after[start:end])
    return tuple(_with_moves(found))


def _paired(old: Sequence[Passage], new: Sequence[Passage]) -> list[Revision]:
    """Those of a stretch that are versions of each other, in order; the rest are gone, or new."""
    found: list[Revision] = []
    rest = list(old)
    for passage in new:
        scored = [(_likeness(one, passage), -place) for place, one in enumerate(rest)]
        best = max(scored, default=(0.0, 0))
        if best[0] >= _ALIKE:
            place = -best[1]
            found += [Revision(one, None) for one in rest[:place]]
            found.append(Revision(rest[place], passage))
            rest = rest[place + 1 :]
        else:
            found.append(Revision(None, passage))
    return found + [Revision(one, None) for one in rest]


def _likeness(old: Passage, new: Passage) -> float:
    """From 0 to 1. Blocks that do something are the same one when they do the same; text when half of it is."""
    if old.block.kind != new.block.kind:
        return 0.0
    if old.block.kind in ("exercise", "questionnaire", "page", "chart", "review"):
        return 1.0 if old.block.argument == new.block.argument else 0.0
    if old.block.kind in MEDIA or old.block.kind in _CONTAINERS:
        return 0.9
    if not old.text and not new.text:
        return 0.8
    return SequenceMatcher(None, old.text.split(), new.text.split(), autojunk=False).ratio()


def _with_moves(found: list[Revision]) -> Iterator[Revision]:
    """What is gone in one place and new in another has moved."""
    gone = {id(one): one for one in found if one.new is None}
    moved: dict[int, Revision] = {}
    taken: set[int] = set()
    for revision in found:
        if revision.old is not None or revision.new is None:
            continue
        source = next(
            (
                one
                for key, one in gone.items()
                if key not in taken and one.old is not None and one.old.key[:-1] == revision.new.key[:-1]
            ),
            None,
        )
        if source is not None:
            taken.add(id(source))
            moved[id(revision)] = Revision(source.old, revision.new)
    for revision in found:
        if id(revision) not in taken:
            yield moved.get(id(revision), revision)


def _as_written(inline: Inline) -> str:
    inner = inline.text + "".join(map(_as_written, inline.children))
    if inline.kind == "link":
        return f"[{inner}]({inline.href})"
    marks = {"text": "", "strong": "**", "emphasis": "*", "code": "`"}
    mark = marks.get(inline.kind)
    if mark is not None:
        return f"{mark}{inner}{mark}"
    return " " if inline.kind == "line-break" else f"{{{inline.kind}}}`{inner}`"


def _said(inline: Inline) -> tuple[object, ...]:
    return (inline.kind, inline.text, inline.href, tuple(map(_said, inline.children)))
