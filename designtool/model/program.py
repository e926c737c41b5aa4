"""The intermediate representation: one frozen program in which every reference is resolved.

Runtimes execute this and nothing else. Its JSON is written and read by `model.codec`, its schema is
schemas/program-representation.schema.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from designtool.model.exercise import Exercise
from designtool.model.flow import PlannedMeasurement, Reminder
from designtool.model.journey import Journey
from designtool.model.migration import Migration
from designtool.model.module import Module
from designtool.model.origin import Origin, origin_field
from designtool.model.page import Block, Page
from designtool.model.questionnaire import Questionnaire

FORMAT = 1
"""The number of the format that this designtool writes, in programs and in bundles."""


@dataclass(frozen=True, slots=True)
class Publisher:
    region: str
    responsible: str
    role: str
    contact: str


@dataclass(frozen=True, slots=True)
class Rights:
    licence: str
    holder: str


@dataclass(frozen=True, slots=True)
class Audience:
    age_min: int
    age_max: int | None
    severity: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TherapistTerms:
    competence: str
    feedback_within_days: int
    messages_within_working_days: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to turn to. At run time these are live data of the region, outside the version a patient is pinned to."""

    id: str
    label: str
    phone: str = ""
    address: str = ""
    """A web address."""
    hours: str = ""
    text: str = ""
    checked: str = ""
    """ISO date on which somebody last saw that it is right."""
    region: str = ""
    """The region that it belongs to; empty for a national one."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Term:
    id: str
    title: str
    text: str
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person whom the pages follow as an example."""

    id: str
    name: str
    age: int | None
    text: str
    image: str = ""
    """Path in the workspace, as that of all media."""
    origin: Origin = origin_field()


@dataclass(frozen=True, slots=True)
class Media:
    """A file that pages show, named by its path in the workspace."""

    path: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    finding: str
    name: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class DerivedFrom:
    """The bundle that a program was made from: begun from it as a fork, or laid over it by a region."""

    program: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Release:
    reserved: tuple[str, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    review_by: str = ""
    """ISO date by which the region means to have reviewed the program again; empty where it has not said."""


@dataclass(frozen=True)
class Program:
    format: int
    id: str
    version: str
    title: str
    summary: str
    kind: Literal["treatment", "education", "support"]
    language: str
    publisher: Publisher
    producer: str
    rights: Rights
    audience: Audience
    weeks: int
    minutes_per_week: int
    codes: tuple[str, ...]
    """KVÅ codes registered with every contact."""
    therapist: TherapistTerms
    unlock_sequential: bool
    days_per_module: int
    measurements: tuple[PlannedMeasurement, ...]
    reminders: tuple[Reminder, ...]
    retention: str
    modules: tuple[Module, ...]
    exercises: tuple[Exercise, ...]
    questionnaires: tuple[Questionnaire, ...]
    library_pages: tuple[Page, ...]
    """Pages of the library that the program reaches."""
    contacts: tuple[Contact, ...]
    glossary: tuple[Term, ...]
    persons: tuple[Person, ...]
    media: tuple[Media, ...]
    journeys: tuple[Journey, ...]
    release: Release
    crisis_page: str = "kris"
    """Id of the library page that is one step away from everywhere."""
    derived_from: DerivedFrom | None = None
    """Of a fork: what it was begun from. None for a program that began on its own."""
    overlay_of: DerivedFrom | None = None
    """Of a region's overlay: the published bundle that it lies over. None for a program that is published as it was written."""
    migrations: tuple[Migration, ...] = ()
    """How patients come here from earlier versions, by the version that they come from."""
    origin: Origin = origin_field()

    @cached_property
    def module(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def exercise(self) -> dict[str, Exercise]:
        return {exercise.id: exercise for exercise in self.exercises}

    @cached_property
    def questionnaire(self) -> dict[str, Questionnaire]:
        return {questionnaire.id: questionnaire for questionnaire in self.questionnaires}

    @cached_property
    def library_page(self) -> dict[str, Page]:
        return {page.id: page for page in self.library_pages}

    @cached_property
    def contact(self) -> dict[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    @cached_property
    def term(self) -> dict[str, Term]:
        return {term.id: term for term in self.glossary}

    @cached_property
    def person(self) -> dict[str, Person]:
        return {person.id: person for person in self.persons}

    @cached_property
    def media_file(self) -> dict[str, Media]:
        return {media.path: media for media in self.media}

    @cached_property
    def modules_with(self) -> dict[str, tuple[str, ...]]:
        """Exercise or questionnaire to the modules where it stands, in order: on a page, to be done, or in their folder."""
        found: dict[str, list[str]] = {}
        for module in self.modules:
            own = [exercise.id for exercise in self.exercises if exercise.module == module.id]
            shown = [form for page in module.pages for form in self._forms_in(page.blocks)]
            for form in dict.fromkeys([*own, *shown, *module.complete_when, *module.homework]):
                found.setdefault(form, []).append(module.id)
        return {form: tuple(modules) for form, modules in found.items()}

    def _forms_in(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for block in blocks:
            if block.kind in ("exercise", "questionnaire"):
                yield block.argument
            page = self.library_page.get(block.argument.removeprefix("library/")) if block.kind == "page" else None
            if page is not None:
                yield from self._forms_in(tuple(inner for inner in page.blocks if inner.kind != "page"))
            yield from self._forms_in(block.children)
