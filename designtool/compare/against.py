"""A program held against its earlier versions: the version that it needs, and what keeps it from being published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from designtool.bundle.content import program_folder
from designtool.compare.change import Bump, Change, Changes, in_order
from designtool.compare.compare import compare
from designtool.compare.migrate import Upgrade
from designtool.compare.pair import NO_DOCUMENTS, Documents
from designtool.compare.renaming import renamed
from designtool.compare.reports.compared import Compared, place_in_words, title_of
from designtool.compare.rules import (
    change_never_allowed,
    idle_acknowledgement,
    migration_says_nothing,
    published_version_changed,
    unacknowledged_change,
    version_too_low,
)
from designtool.compare.version_step import stepped
from designtool.diagnostics import Diagnostic, Related, Severity, Span, Text
from designtool.model.migration import version_key
from designtool.model.program import Acknowledgement, Program
from designtool.treatment.moving import way_to

_MOST_RELATED = 5


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier version."""

    program: Program
    source: str
    """As people know it: `exempel 1.0.0`, or what was asked for."""
    digest: str = ""
    """Of its bundle; empty for one that was not read from a bundle, and may not be published at all."""
    documents: Documents = field(default_factory=lambda: NO_DOCUMENTS, hash=False, repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A program held against one earlier version."""

    earlier: Earlier
    changes: Changes
    is_published: bool
    """The same version is published, with other bytes."""

    @property
    def step(self) -> Bump:
        """Even what changes nothing that anybody meets makes another bundle, which is another version."""
        step = self.changes.required_bump
        return "patch" if step == "none" and self.is_published else step

    @property
    def needed(self) -> str:
        """The least version that the changes need."""
        return stepped(self.earlier.program.version, self.step)


def hold(program: Program, documents: Documents, digest: str, earlier: Earlier) -> Held:
    """`digest` is that of the program's own bundle; it may be empty where no earlier version has the same number."""
    changes = compare(earlier.program, program, earlier.documents, documents)
    way = way_to(earlier.program, program)
    if way.modules or way.forms or way.fields:
        # What is only called something else is gone and new by its ids: what changed in it meanwhile shows under the new ones.
        under_new_ids = compare(renamed(earlier.program, way), program, earlier.documents, documents)
        changes = Changes(in_order((*changes.changes, *under_new_ids.not_allowed, *under_new_ids.to_acknowledge)))
    is_same = earlier.program.version == program.version
    return Held(earlier, changes, is_same and bool(earlier.digest) and digest != earlier.digest)


def needed_version(held: Sequence[Held]) -> str:
    """The least version that is late enough for all of them."""
    return max((one.needed for one in held), key=version_key)


def findings(
    program: Program, documents: Documents, held: Sequence[Held], is_complete: bool = True
) -> tuple[Diagnostic, ...]:
    """What keeps the program from being published after these versions. Without any, nothing.

    `is_complete` is False when a version could not be opened: what an acknowledgement is about cannot be known then.
    """
    if not held:
        return ()
    return tuple(_findings(_Findings(program, documents, tuple(held)), is_complete))


@dataclass(frozen=True, slots=True)
class _Findings:
    program: Program
    documents: Documents
    held: tuple[Held, ...]

    @property
    def folder(self) -> str:
        return program_folder(self.program)

    @property
    def version_span(self) -> Span:
        path = self.program.origin.path
        document = self.documents.get(path)
        return document.span("version") if document is not None else Span(path)

    def acknowledgement_span(self, place: int) -> Span:
        document = self.documents.get(self.release_file)
        if document is None:
            return Span(self.release_file)
        return document.span("acknowledgements", place, "finding")

    @property
    def release_file(self) -> str:
        return f"{self.folder}/release.yaml"

    def named(self, held: Held) -> str:
        """The earlier version, as it is called in a message: the program is named, since what it shares may have changed."""
        return f"{held.earlier.program.id} {held.earlier.program.version}"

    def told(self, change: Change, held: Held) -> Text:
        """Kind and place of a change, in words."""
        compared = Compared(held.earlier.program, self.program, held.earlier.source, "", held.changes)
        return Text(*(f"{title_of(change, one)} ({place_in_words(change, compared, one)})" for one in ("sv", "en")))


def _findings(all: _Findings, is_complete: bool) -> Iterator[Diagnostic]:
    yield from _of_version(all)
    yield from _never_allowed(all)
    yield from _unacknowledged(all)
    yield from _of_acknowledgements(all, is_complete)
    for one in all.held:
        yield from _of_migration(all, one)


def _of_version(all: _Findings) -> Iterator[Diagnostic]:
    version = all.program.version
    needed = needed_version(all.held)
    if version_key(version) >= version_key(needed):
        return
    published = next((one for one in all.held if one.is_published), None)
    # Of several that ask as much, the latest says it best.
    most = max(
        (one for one in all.held if one.needed == needed), key=lambda one: version_key(one.earlier.program.version)
    )
    demanding = [change for change in most.changes.changes if _step_of(change) == most.step != "none"]
    related = tuple(
        Related(change.span, all.told(change, most)) for change in demanding[:_MOST_RELATED] if change.span is not None
    )
    told = all.told(demanding[0], most) if demanding else _UNTOLD
    if published is not None:
        rule, variant = published_version_changed.RULE, "default" if demanding else "bytes"
    elif version_key(version) <= version_key(most.earlier.program.version):
        rule, variant = version_too_low.RULE, "not-later" if demanding else "earlier"
    else:
        rule, variant = version_too_low.RULE, "default"
    yield rule.at(
        all.version_span,
        variant,
        help="default",
        related=related,
        version=version,
        needed=needed,
        earlier=all.named(most),
        what=told.sv,
        what_en=told.en,
    )


_UNTOLD = Text("", "")


def _step_of(change: Change) -> Bump:
    return change.bump if change.allowed else "major"


def _never_allowed(all: _Findings) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for held in all.held:
        for change in held.changes.not_allowed:
            if change.finding in told:
                continue
            told.add(change.finding)
            what = all.told(change, held)
            yield change_never_allowed.RULE.at(
                change.span or all.version_span,
                what=what.sv,
                what_en=what.en,
                detail=change.message.sv,
                detail_en=change.message.en,
                earlier=all.named(held),
            )


def _unacknowledged(all: _Findings) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for held in all.held:
        # What the earlier version carries already was said of an earlier change.
        since = _since(all.program, held)
        for change in held.changes.to_acknowledge:
            if not change.allowed or change.finding in told or any(one.finding == change.finding for one in since):
                continue
            told.add(change.finding)
            what = all.told(change, held)
            lines, where = _what_to_write(all, change.finding)
            is_again = any(one.finding == change.finding for one in all.program.release.acknowledgements)
            yield unacknowledged_change.RULE.at(
                change.span or all.version_span,
                help="again" if is_again else "default",
                what=what.sv,
                what_en=what.en,
                detail=change.message.sv,
                detail_en=change.message.en,
                earlier=all.named(held),
                finding=change.finding,
                path=all.release_file,
                lines=lines,
                where=where.sv,
                where_en=where.en,
            )


def _since(program: Program, held: Held) -> tuple[Acknowledgement, ...]:
    before = held.earlier.program.release.acknowledgements
    return tuple(one for one in program.release.acknowledgements if one not in before)


def _what_to_write(all: _Findings, finding: str) -> tuple[str, Text]:
    """The lines for release.yaml, as they are, and where they go. The empty values are errors until a clinician has filled
    them in."""
    document = all.documents.get(all.release_file)
    data = document.data if document is not None and isinstance(document.data, dict) else {}
    stated = bool(data.get("acknowledgements"))
    # A list goes on where its entries begin.
    column = document.span("acknowledgements", 0).column if document is not None and stated else None
    blank = " " * max((column or 5) - 3, 0)
    if stated:
        where = Text("sist under acknowledgements i", "last under acknowledgements in")
    elif "acknowledgements" in data:
        where = Text("i stället för tomma acknowledgements i", "in place of the empty acknowledgements in")
    else:
        where = Text("i", "in")
    entry = [f"- finding: {finding}", "  name:", "  role:", "  reason:"]
    lines = [*([] if stated else ["acknowledgements:"]), *(f"{blank}{line}" for line in entry)]
    return "\n".join(lines), where


def _of_acknowledgements(all: _Findings, is_complete: bool) -> Iterator[Diagnostic]:
    never = {change.finding for held in all.held for change in held.changes.not_allowed}
    asked = {change.finding for held in all.held for change in held.changes.to_acknowledge if change.allowed}
    carried = {one for held in all.held for one in held.earlier.program.release.acknowledgements}
    for place, acknowledgement in enumerate(all.program.release.acknowledgements):
        span = all.acknowledgement_span(place)
        if acknowledgement.finding in never:
            yield idle_acknowledgement.RULE.at(span, "never", severity=Severity.ERROR, name=acknowledgement.name)
        elif is_complete and acknowledgement not in carried and acknowledgement.finding not in asked:
            yield idle_acknowledgement.RULE.at(span, name=acknowledgement.name)


def _of_migration(all: _Findings, held: Held) -> Iterator[Diagnostic]:
    """Once for each version that patients come from: the file is what lacks something."""
    earlier, later = held.earlier.program, max((all.program.version, needed_version(all.held)), key=version_key)
    if version_key(later) <= version_key(earlier.version) or earlier.id != all.program.id:
        return
    unanswered = [change for change in _upgrade(all.program, held).unanswered if change.allowed]
    if not unanswered:
        return
    related = tuple(
        Related(change.span, all.told(change, held)) for change in unanswered[:_MOST_RELATED] if change.span is not None
    )
    told = all.told(unanswered[0], held)
    others = len(unanswered) - 1
    yield migration_says_nothing.RULE.at(
        all.version_span,
        "several" if others else "default",
        help="default",
        related=related,
        path=f"{all.folder}/migrations/{earlier.version}-{later}.yaml",
        what=told.sv,
        what_en=told.en,
        others=others,
        earlier=all.named(held),
        lines=_begun(unanswered),
    )


def _upgrade(program: Program, held: Held) -> Upgrade:
    old = held.earlier.program
    way = way_to(old, program)
    if way.modules or way.forms or way.fields:
        return Upgrade.between(old, "earlier", program, "later")
    return Upgrade(old, "earlier", program, "later", way, held.changes)


def _begun(unanswered: Sequence[Change]) -> str:
    """What the migration lacks, as it is written there; what is decided stands behind each colon."""
    modules, forms, is_program = set(), set(), False
    for change in unanswered:
        (word, id), *_ = change.about or (("", ""),)
        if word == "module":
            modules.add(id)
        elif word in ("exercise", "questionnaire", "measurement", "decision"):
            forms.add(id)
        else:
            is_program = True
    lines = ["begun:"]
    for key, names in (("modules", modules), ("forms", forms)):
        lines += [f"  {key}:", *(f"    {name}:" for name in sorted(names))] if names else []
    return "\n".join([*lines, *(["  program:"] if is_program else [])])
