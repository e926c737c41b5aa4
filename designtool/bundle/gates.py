"""What a program from another region must not contain, whoever signed it: nothing it says is run or trusted as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from designtool.bundle.features import KNOWN_FEATURES, blocks_of, features_of, inlines_of
from designtool.bundle.manifest import PROGRAM_FILE, Annotations, Manifest
from designtool.bundle.refusals import Refused
from designtool.expressions.expression import Expression
from designtool.expressions.trees import references_of
from designtool.expressions.well_formed import is_well_formed
from designtool.load.safe_text import active_html, is_safe_link
from designtool.model.program import Program

MEDIA_FOLDER = "media/"


def annotations_of(program: Program) -> Annotations:
    """What the manifest must say about a program."""
    return Annotations(
        id=program.id,
        version=program.version,
        title=program.title,
        region=program.publisher.region,
        licence=program.rights.licence,
        features=features_of(program),
        derived_from=program.derived_from,
        overlay_of=program.overlay_of,
    )


def check_program(program: Program, program_json: Mapping[str, Any], manifest: Manifest) -> None:
    """Raise Refused for a program that is unsafe to show, or is not the one that the manifest describes."""
    for feature in features_of(program):
        if feature not in KNOWN_FEATURES:
            raise Refused("unknown-feature", feature=feature)
    for feature in manifest.annotations.features:
        if feature not in KNOWN_FEATURES:
            raise Refused("unknown-feature", feature=feature)
    said, true = manifest.annotations, annotations_of(program)
    for what in ("id", "version", "title", "region", "licence", "features", "derived_from", "overlay_of"):
        if getattr(said, what) != getattr(true, what):
            raise Refused("program-mismatch", what=what)
    if program.format != said.format:
        raise Refused("program-mismatch", what="format")
    for expression in _expressions(program):
        read = {pair for pair in references_of(expression.tree) if pair[1]} if is_well_formed(expression.tree) else None
        if read is None or tuple(sorted(read)) != expression.references:
            raise Refused("expression-invalid", source=expression.source)
    for link in _links(program):
        if not is_safe_link(link):
            raise Refused("unsafe-link", link=link)
    for text in _texts(program_json):
        found = active_html(text)
        if found is not None:
            raise Refused("unsafe-html", text=found)
    _check_media(program, manifest)


def _expressions(value: Any) -> Iterator[Expression]:
    """Every expression anywhere in a value of the model."""
    waiting = [value]
    while waiting:
        content = waiting.pop()
        if isinstance(content, Expression):
            yield content
        elif is_dataclass(content):
            waiting.extend(getattr(content, field.name) for field in fields(content))
        elif isinstance(content, tuple):
            waiting.extend(content)


def _links(program: Program) -> Iterator[str]:
    for block in blocks_of(program):
        for inline in inlines_of(block.inlines):
            if inline.href:
                yield inline.href
        if block.kind == "video-meeting":
            yield block.argument
    for contact in program.contacts:
        if contact.address:
            yield contact.address


def _texts(value: Any) -> Iterator[str]:
    """Every text but the source of an expression, in which `<` is an operator."""
    waiting = [value]
    while waiting:
        content = waiting.pop()
        if isinstance(content, str):
            yield content
        elif isinstance(content, dict):
            is_expression = "tree" in content and "source" in content
            waiting.extend(inside for key, inside in content.items() if not (is_expression and key == "source"))
        elif isinstance(content, list):
            waiting.extend(content)


def _check_media(program: Program, manifest: Manifest) -> None:
    for media in program.media:
        file = manifest.files.get(MEDIA_FOLDER + media.path)
        if file is None or (file.digest, file.size) != (media.digest, media.size):
            raise Refused("media-missing", name=media.path)
    known = {media.path for media in program.media}
    for block in blocks_of(program):
        if block.kind in ("film", "audio", "image") and block.argument not in known:
            raise Refused("media-missing", name=block.argument or PROGRAM_FILE)
    for person in program.persons:
        # A portrait is named from the library's folder, all other media from the workspace.
        if person.image and not any(path == person.image or path.endswith(f"/{person.image}") for path in known):
            raise Refused("media-missing", name=person.image)
