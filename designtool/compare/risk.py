"""What in a program speaks to a patient at risk: the crisis page, pages that flags show, what is marked as safety."""

from __future__ import annotations

from functools import cached_property

from designtool.compare.difference import Place
from designtool.compare.passages import passages
from designtool.model.exercise import Constraint
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Contact, Program
from designtool.model.questionnaire import Item

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
        if isinstance(value, Contact) and value.id == CRISIS_CONTACT:
            return True
        if isinstance(value, Module) and value.safety:
            return True
        if isinstance(value, Constraint):
            return False
        return around is not None and self.holds(around)
