"""What a rule may look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from designtool.check.domains import Domains
from designtool.diagnostics import Span
from designtool.load.document import Document, Key
from designtool.model.assemble import Library
from designtool.model.assemble_pages import walk
from designtool.model.exercise import Exercise
from designtool.model.origin import Origin
from designtool.model.page import Block, Page
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.source.tree import Tree


@dataclass(frozen=True)
class Context:
    """One program, or the library that programs share (then `program` is None).

    `pages` and `questionnaires` are those written here: a page of the library is looked at once, with the library, and
    not again in each program that shows it.
    """

    program: Program | None
    pages: tuple[Page, ...]
    guidance: tuple[tuple[str, tuple[Block, ...]], ...]
    """Path of a therapist.md and its blocks."""
    questionnaires: tuple[Questionnaire, ...]
    exercises: tuple[Exercise, ...]
    documents: Mapping[str, Document] = field(repr=False)
    tree: Tree = field(repr=False)
    is_whole: bool
    """False when an earlier stage found errors: what then seems to be missing may only be misspelt, so rules about what
    is missing keep silent."""
    today: date
    """Given by the edge: a contact that was checked long ago is a finding on one day and not on another."""

    def span(self, origin: Origin, *keys: Key) -> Span:
        """The place of a value, or of the nearest thing around it."""
        document = self.documents.get(origin.path)
        return document.span(*origin.keys, *keys) if document else Span(origin.path)

    def key_span(self, origin: Origin, *keys: Key) -> Span:
        document = self.documents.get(origin.path)
        return document.key_span(*origin.keys, *keys) if document else Span(origin.path)

    def texts(self) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """Path and blocks of every text here: pages and therapists' guidance."""
        for page in self.pages:
            yield page.origin.path, page.blocks
        yield from self.guidance

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of every text, parents before children: walked once for all rules."""
        return tuple(block for _, blocks in self.texts() for block in walk(blocks))

    @property
    def forms(self) -> tuple[Questionnaire | Exercise, ...]:
        """Everything written here that is filled in."""
        return (*self.questionnaires, *self.exercises)

    @cached_property
    def domains(self) -> Domains:
        """What can be answered to every form that conditions here may read."""
        known = self.program.questionnaires if self.program is not None else self.questionnaires
        return Domains({one.id: one for one in known}, {one.id: one for one in self.exercises})


def program_context(
    program: Program, folder: str, documents: Mapping[str, Document], tree: Tree, is_whole: bool, today: date
) -> Context:
    return Context(
        program=program,
        pages=tuple(page for module in program.modules for page in module.pages),
        guidance=tuple(
            (f"{module.origin.path.rsplit('/', 1)[0]}/therapist.md", module.guidance) for module in program.modules
        ),
        questionnaires=tuple(
            questionnaire
            for questionnaire in program.questionnaires
            if questionnaire.origin.path.startswith(f"{folder}/")
        ),
        exercises=program.exercises,
        documents=documents,
        tree=tree,
        is_whole=is_whole,
        today=today,
    )


def library_context(library: Library, tree: Tree, is_whole: bool, today: date) -> Context:
    return Context(
        program=None,
        pages=tuple(library.pages.values()),
        guidance=(),
        questionnaires=tuple(library.questionnaires.values()),
        exercises=(),
        documents=library.documents,
        tree=tree,
        is_whole=is_whole,
        today=today,
    )
