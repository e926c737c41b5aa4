"""Pages, from their documents: every reference of a block resolved, every condition compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from designtool.diagnostics import Span
from designtool.expressions.expression import Scope
from designtool.load import document as written
from designtool.load.document import Document, Inline, plain_text
from designtool.load.kinds import id_of
from designtool.model.findings import Findings
from designtool.model.module import FeedbackTemplate
from designtool.model.page import Block, Page
from designtool.model.reading import Node
from designtool.model.rules import broken_reference

PROGRAM_FACTS = ("title", "weeks", "therapist", "publisher")
_TEMPLATE_HEADING = "Mall:"
_MEDIA_OPTIONS = ("captions", "transcript")
NO_LAID_MEDIA: Mapping[str, str] = MappingProxyType({})
"""One value for all: what a page is made from is told by identity."""


@dataclass(slots=True)
class Names:
    """Everything that a page can point to, and what it turned out to point to."""

    scope: Scope
    media_folder: str
    """Where the page's media paths start, relative to the workspace."""
    media: frozenset[str]
    """Workspace paths of all files that a page can show."""
    pages: frozenset[str]
    """`module/page` of the program."""
    library_pages: frozenset[str]
    persons: frozenset[str]
    contacts: frozenset[str]
    terms: frozenset[str]
    laid_media: Mapping[str, str] = field(default_factory=lambda: NO_LAID_MEDIA)
    """Workspace path that a page names to the path where a layer has the file."""
    reached: set[tuple[str, str]] = field(default_factory=set)
    """(kind, name): media, library-page, person, contact, term, form. Filled while pages are assembled."""


def page(id: str, document: Document, names: Names, findings: Findings) -> Page:
    node = Node(document)
    return Page(
        id=id,
        title=node.text("title", id),
        minutes=node.integer("minutes"),
        blocks=blocks(document.blocks, names, findings),
        show_if=findings.expression(node, "show_if", names.scope, "truth"),
        safety=node.flag("safety"),
        origin=node.origin,
    )


def blocks(content: tuple[written.Block, ...], names: Names, findings: Findings) -> tuple[Block, ...]:
    counter: Counter[str] = Counter()
    return tuple(_block(block, names, findings, counter) for block in content)


def therapist_notes(
    document: Document, names: Names, findings: Findings
) -> tuple[tuple[Block, ...], tuple[FeedbackTemplate, ...]]:
    """Guidance, and the templates that stand under `## Mall: <title>` headings."""
    guidance: list[written.Block] = []
    templates: list[tuple[str, list[str]]] = []
    in_template = False
    for block in document.blocks:
        heading = plain_text(block.inlines) if block.kind == "heading" and block.attributes.get("level") == "2" else ""
        if heading:
            in_template = heading.startswith(_TEMPLATE_HEADING)
            if in_template:
                templates.append((heading.removeprefix(_TEMPLATE_HEADING).strip(), []))
                continue
        if in_template:
            templates[-1][1].append(_words(block))
        else:
            guidance.append(block)
    return (
        blocks(tuple(guidance), names, findings),
        tuple(FeedbackTemplate(title, "\n\n".join(paragraphs)) for title, paragraphs in templates),
    )


def walk(content: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, parents before children, in the order of the text."""
    for block in content:
        yield block
        yield from walk(block.children)


def walk_inlines(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
    for inline in inlines:
        yield inline
        yield from walk_inlines(inline.children)


def _words(block: written.Block) -> str:
    own = plain_text(block.inlines)
    parts = [own] if own else []
    return "\n".join(parts + [_words(child) for child in block.children])


def _block(block: written.Block, names: Names, findings: Findings, counter: Counter[str]) -> Block:
    counter[block.kind] += 1
    id = f"{block.kind}-{counter[block.kind]}"
    argument, attributes = block.argument, dict(block.attributes)
    place = block.spans.get("argument", block.span)
    condition = None
    if block.kind in ("film", "audio", "image"):
        argument = _media(argument, place, names, findings)
        for option in _MEDIA_OPTIONS:
            if attributes.get(option):
                attributes[option] = _media(attributes[option], block.spans.get(option, block.span), names, findings)
    elif block.kind in ("exercise", "questionnaire", "review"):
        _form(block.kind, argument, place, names, findings)
    elif block.kind == "example":
        _known("person", argument, place, names.persons, names, findings)
    elif block.kind == "page":
        _known("library-page", argument.removeprefix("library/"), place, names.library_pages, names, findings)
    elif block.kind == "chart":
        _value(argument, place, names, findings)
    elif block.kind == "if":
        condition = findings.compiled(argument, place, names.scope, "truth")
    return Block(
        id=id,
        kind=block.kind,
        argument=argument,
        attributes=MappingProxyType(attributes),
        condition=condition,
        inlines=tuple(_inline(inline, names, findings) for inline in block.inlines),
        children=tuple(_block(child, names, findings, counter) for child in block.children),
        span=block.span,
        spans=block.spans,
    )


def _inline(inline: Inline, names: Names, findings: Findings) -> Inline:
    if inline.kind == "term":
        _known("term", role_id(inline.text), inline.span, names.terms, names, findings)
    elif inline.kind == "contact":
        _known("contact", role_id(inline.text), inline.span, names.contacts, names, findings)
    elif inline.kind in ("answer", "score"):
        _value(inline.text, inline.span, names, findings)
    elif inline.kind == "program" and inline.text not in PROGRAM_FACTS:
        findings.missing_reference("program-fact", inline.text, inline.span, PROGRAM_FACTS)
    elif inline.kind == "link":
        _link(inline, names, findings)
    if not inline.children:
        return inline
    return replace(inline, children=tuple(_inline(child, names, findings) for child in inline.children))


def role_id(text: str) -> str:
    """The id in `id` or in `shown words <id>`."""
    return text[text.rindex("<") + 1 : -1] if text.endswith(">") and "<" in text else text


def _known(kind: str, name: str, span: Span, existing: frozenset[str], names: Names, findings: Findings) -> None:
    if name in existing:
        names.reached.add((kind, name))
    elif name:
        findings.missing_reference(kind, name, span, existing)


def _media(path: str, span: Span, names: Names, findings: Findings) -> str:
    full = str(PurePosixPath(names.media_folder, path))
    full = names.laid_media.get(full, full)
    if full in names.media:
        names.reached.add(("media", full))
    elif path:
        prefix = f"{names.media_folder}/"
        near = [known.removeprefix(prefix) for known in names.media if known.startswith(prefix)]
        if path.endswith((".md", ".vtt")):
            # A film is never what was meant by its words.
            near = [known for known in near if known.endswith(path[-3:])]
        findings.missing_reference("media", path, span, near)
    return full


def _form(kind: str, id: str, span: Span, names: Names, findings: Findings) -> None:
    forms = names.scope.forms
    wanted = {
        form.id
        for form in forms.values()
        if kind == "review" or (form.kind == "questionnaire") == (kind == "questionnaire")
    }
    if id in wanted:
        names.reached.add(("form", id))
    elif id in forms:
        findings.add(broken_reference.with_other_directive(kind, id, span))
    elif id:
        findings.missing_reference("form" if kind == "review" else kind, id, span, wanted)


def _value(text: str, span: Span, names: Names, findings: Findings) -> None:
    """`form.name`, as {answer} and {score} and charts name a value."""
    form, _, name = text.partition(".")
    known = names.scope.forms.get(form)
    if known is None:
        findings.missing_reference("form", form, span, names.scope.forms)
    elif name not in known.names:
        findings.missing_reference("field", name, span, known.names)
    else:
        names.reached.add(("form", form))


def _link(inline: Inline, names: Names, findings: Findings) -> None:
    """Addresses within the program are `module/page` or `library/page`; others were looked at when the page was read."""
    href = inline.href
    if ":" in href or href.startswith(("#", "/")) or not href:
        return
    target = href.split("#", 1)[0]
    if target.startswith("library/"):
        _known("library-page", target.removeprefix("library/"), inline.span, names.library_pages, names, findings)
    elif target not in names.pages:
        # A link to the file, as other systems have it, means the page in it.
        meant = [page for page in names.pages if page.endswith(f"/{id_of(target)}")] if target.endswith(".md") else []
        if len(meant) == 1:
            findings.add(broken_reference.found("page", target, inline.span, meant[0]))
        else:
            findings.missing_reference("page", target, inline.span, names.pages)
