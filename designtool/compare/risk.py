"""What in a program speaks to a patient at risk, or asks about risk: the crisis page, pages that flags show, what is marked as
safety, items and fields whose answers bring a red flag or a crisis page, or keep a rule from proposing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from designtool.compare.difference import Place
from designtool.compare.passages import passages
from designtool.expressions.evaluate import Reference
from designtool.load.document import Inline
from designtool.model.exercise import Constraint, Exercise, Field
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Contact, Program
from designtool.model.questionnaire import Item, Questionnaire

CRISIS_CONTACT = "crisis"


class Risk:
    """Of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def library_pages(self) -> frozenset[str]:
        """Ids of pages of the library that speak to somebody at risk."""
        program = self.program
        flags = [flag for exercise in program.exercises for flag in exercise.flags]
        flags += [flag for questionnaire in program.questionnaires for flag in questionnaire.flags]
        shown = {flag.patient_page.removeprefix("library/") for flag in flags if flag.patient_page}
        marked = {page.id for page in program.library_pages if page.safety}
        return frozenset({program.crisis_page, *shown, *marked})

    @cached_property
    def asked_about(self) -> frozenset[Reference]:
        """Form and name of the answers that themselves bring a red flag or a crisis page, or lock or hold a decision."""
        program = self.program
        flags = [flag for exercise in program.exercises for flag in exercise.flags]
        flags += [flag for questionnaire in program.questionnaires for flag in questionnaire.flags]
        conditions = [flag.when for flag in flags if flag.level == "red" or flag.patient_page]
        rules = [exercise.decision for exercise in program.exercises if exercise.decision is not None]
        conditions += [one for rule in rules for one in (rule.lock_if, rule.hold_if) if one is not None]
        return frozenset(read for one in conditions for read in one.references)

    @cached_property
    def contacts(self) -> frozenset[str]:
        """Ids of those whom somebody at risk is told to turn to."""
        pages = [page for page in self.program.library_pages if page.id in self.library_pages]
        named = [passage.block.inlines for page in pages for passage in passages(page.blocks)]
        return frozenset({CRISIS_CONTACT, *(id for inlines in named for id in _contacts_in(inlines))})

    @cached_property
    def media(self) -> frozenset[str]:
        """Paths of what is shown where risk is spoken of."""
        pages = [(page, page.id in self.library_pages) for page in self.program.library_pages]
        pages += [(page, page.safety or module.safety) for module in self.program.modules for page in module.pages]
        return frozenset(
            path
            for page, is_risk in pages
            for passage in passages(page.blocks)
            if is_risk or passage.is_crisis
            for path in passage.media
        )

    def holds(self, place: Place) -> bool:
        """Whether a place of this program lies in what speaks to somebody at risk."""
        value = place.new if place.new is not None else place.old
        around = place.around
        if isinstance(value, Page):
            is_library = around is not None and around.of is Program
            if value.safety or (is_library and value.id in self.library_pages):
                return True
        if isinstance(value, Item) and value.risk:
            return True
        if isinstance(value, Item | Field) and self.is_asked_about(place, value.id):
            return True
        if isinstance(value, Contact) and value.id == CRISIS_CONTACT:
            return True
        if isinstance(value, Module) and value.safety:
            return True
        if isinstance(value, Constraint):
            return False
        return around is not None and self.holds(around)

    def is_asked_about(self, place: Place, name: str) -> bool:
        around = place.around
        form = None if around is None or around.of not in (Exercise, Questionnaire) else around.new or around.old
        return form is not None and (form.id, name) in self.asked_about


def _contacts_in(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        if inline.kind == "contact":
            yield inline.text
        yield from _contacts_in(inline.children)
