"""From documents to one frozen program in which every reference is resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from designtool.diagnostics import Diagnostic, Span
from designtool.expressions.expression import Expression, Form, Scope
from designtool.load.document import Document
from designtool.load.kinds import LIBRARY, id_of
from designtool.model import assemble_flow, assemble_forms, assemble_migration, assemble_pages
from designtool.model.assemble_pages import NO_LAID_MEDIA, Names, walk
from designtool.model.exercise import Exercise
from designtool.model.findings import Findings
from designtool.model.module import Module
from designtool.model.origin import Origin
from designtool.model.page import Page
from designtool.model.program import (
    FORMAT,
    Acknowledgement,
    Audience,
    Contact,
    DerivedFrom,
    Media,
    Person,
    Program,
    Publisher,
    Release,
    Rights,
    Term,
    TherapistTerms,
)
from designtool.model.questionnaire import Questionnaire
from designtool.model.reading import Node
from designtool.model.reuse import NOTHING, Made, Reuse, Value
from designtool.model.rules import circular_value, duplicate_id, missing_module_file, missing_program
from designtool.model.scope import exercise_form, questionnaire_form
from designtool.source.tree import File, Tree

_MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "webm": "video/webm",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "vtt": "text/vtt",
    "md": "text/markdown",
}


@dataclass(frozen=True)
class Library:
    """What programs share, compiled once a workspace."""

    folder: str
    questionnaires: Mapping[str, Questionnaire]
    forms: Mapping[str, Form]
    pages: Mapping[str, Page]
    contacts: Mapping[str, Contact]
    terms: Mapping[str, Term]
    persons: Mapping[str, Person]
    media: Mapping[str, Media]
    documents: Mapping[str, Document] = field(repr=False)
    page_reaches: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Page to the (kind, name) pairs that it shows."""


def assemble_library(
    documents: Mapping[str, Document], tree: Tree, broken: frozenset[str], programs: str = "programs"
) -> tuple[Library, tuple[Diagnostic, ...]]:
    """`documents` may be those of the whole workspace; only the library's are looked at."""
    folder = f"{programs}/{LIBRARY}"
    own = {path: document for path, document in documents.items() if path.startswith(f"{folder}/")}
    findings = Findings(frozenset(path for path in broken if path.startswith(f"{folder}/")))
    nodes = {id_of(document.path): Node(document) for document in own.values() if document.kind == "questionnaire"}
    forms = {id: questionnaire_form(id, node) for id, node in nodes.items()}
    contacts = dict(_keyed(own, "contacts", _contact))
    terms = dict(_keyed(own, "glossary", _term))
    persons = {
        id: replace(person, image=f"{folder}/{person.image}") if person.image else person
        for id, person in _keyed(own, "persons", _person)
    }
    media = {file.path: file for file in _media_in(tree, f"{folder}/media/")}
    pages: dict[str, Page] = {}
    reaches: dict[str, frozenset[tuple[str, str]]] = {}
    page_documents = [document for document in own.values() if document.kind == "page"]
    for document in page_documents:
        names = Names(
            scope=Scope(forms),
            media_folder=folder,
            media=frozenset(media),
            pages=frozenset(),
            library_pages=frozenset(id_of(other.path) for other in page_documents),
            persons=frozenset(persons),
            contacts=frozenset(contacts),
            terms=frozenset(terms),
        )
        id = id_of(document.path)
        pages[id] = assemble_pages.page(id, document, names, findings)
        reaches[id] = frozenset(names.reached)
    for person in persons.values():
        if person.image and person.image not in media:
            origin = person.origin
            span = own[origin.path].span(*origin.keys, "image")
            stated = person.image.removeprefix(f"{folder}/")
            findings.missing_reference("media", stated, span, (path.removeprefix(f"{folder}/") for path in media))
    questionnaires = {id: assemble_forms.questionnaire(id, node, forms, findings) for id, node in nodes.items()}
    library = Library(
        folder=folder,
        questionnaires=questionnaires,
        forms=forms,
        pages=pages,
        contacts=contacts,
        terms=terms,
        persons=persons,
        media=media,
        documents=MappingProxyType(own),
        page_reaches=reaches,
    )
    return library, tuple(findings.found)


def assemble(
    folder: str, documents: Mapping[str, Document], tree: Tree, library: Library, broken: frozenset[str]
) -> tuple[Program | None, tuple[Diagnostic, ...]]:
    """The program in a folder such as `programs/somnbehandlingen`. None when there is no readable program.yaml.

    `documents` and `tree` may hold more than the folder; `broken` are files that could not be read.
    """
    program, found, _ = assemble_again(folder, documents, tree, library, broken, NOTHING)
    return program, found


def assemble_again(
    folder: str,
    documents: Mapping[str, Document],
    tree: Tree,
    library: Library,
    broken: frozenset[str],
    before: Mapping[tuple[str, ...], Made],
    laid_media: Mapping[str, str] = NO_LAID_MEDIA,
) -> tuple[Program | None, tuple[Diagnostic, ...], Mapping[tuple[str, ...], Made]]:
    """As `assemble`, with parts of an earlier assembling of the same folder; the last value is for the next time.

    Only broken files of the folder and of the library explain a missing reference. `laid_media` is where files lie that a
    layer shows as if they lay in the program's folder.
    """
    reuse = Reuse(before)
    findings = Findings(frozenset(path for path in broken if path.startswith((f"{folder}/", f"{library.folder}/"))))
    own = {path: document for path, document in documents.items() if path.startswith(f"{folder}/")}
    head = own.get(f"{folder}/program.yaml")
    if head is None:
        if f"{folder}/program.yaml" not in broken:
            findings.add(missing_program.RULE.at(Span(folder), folder=folder))
        return None, tuple(findings.found), NOTHING
    node = Node(head)
    name = folder.rsplit("/", 1)[-1]
    if node.text("id") and node.text("id") != name:
        findings.add(missing_program.RULE.at(node.span("id"), "id", id=node.text("id"), folder=name))

    exercises, questionnaires = _form_documents(own, library, findings)
    form_documents = (
        *(form.document for form, _ in exercises.values()),
        *(form.document for form in questionnaires.values()),
    )
    forms = reuse.same(
        ("forms",),
        reuse.made(
            ("typed forms",), (library, *form_documents), findings, lambda _: _forms(exercises, questionnaires, library)
        ),
    )
    scope = reuse.made(("scope",), (forms,), findings, lambda _: Scope(forms))

    module_documents = _module_documents(own, findings)
    for without in _folders_without_module(folder, own, broken):
        findings.add(missing_module_file.RULE.at(Span(without), folder=without))
    media = {file.path: file for file in _media_in(tree, f"{folder}/media/")}
    media |= {path: _media_file(tree.files[path]) for path in laid_media.values()}
    names = Names(
        scope=scope,
        media_folder=folder,
        media=reuse.same(("media",), frozenset(media)),
        pages=reuse.same(("pages",), frozenset(_page_names(own))),
        library_pages=frozenset(library.pages),
        persons=frozenset(library.persons),
        contacts=frozenset(library.contacts),
        terms=frozenset(library.terms),
        laid_media=laid_media,
    )
    built_exercises = tuple(
        reuse.made(
            ("exercise", id, module),
            (form.document, forms),
            findings,
            partial(assemble_forms.exercise, id, form, module, forms),
        )
        for id, (form, module) in exercises.items()
    )
    built_questionnaires = {
        id: reuse.made(
            ("questionnaire", id),
            (form.document, forms),
            findings,
            partial(assemble_forms.questionnaire, id, form, forms),
        )
        for id, form in questionnaires.items()
    }
    _report_circles(built_exercises, own, findings)
    measurements = assemble_flow.measurements(node, forms, findings)
    modules = _modules(node, module_documents, own, built_exercises, names, findings, library, reuse)
    journeys = tuple(
        assemble_flow.journey(id_of(path), Node(document), forms, module_documents, findings)
        for path, document in own.items()
        if document.kind == "journey"
    )
    crisis_page = node.text("crisis_page", "library/kris").removeprefix("library/")
    if crisis_page in library.pages:
        names.reached.add(("library-page", crisis_page))
    elif node.has("crisis_page"):
        findings.missing_reference("library-page", crisis_page, node.span("crisis_page"), library.pages)

    asked = {measurement.questionnaire for measurement in measurements}
    asked |= {form for module in modules for form in (*module.complete_when, *module.homework)}
    asked |= {name for kind, name in names.reached if kind == "form"}
    asked |= _named_in_expressions(built_exercises, modules)
    reached_questionnaires = tuple(
        built_questionnaires.get(id) or library.questionnaires[id]
        for id in sorted({*built_questionnaires, *asked})
        if id in built_questionnaires or id in library.questionnaires
    )
    _flag_pages((*built_exercises, *reached_questionnaires), {**own, **library.documents}, names, findings)
    reached = _with_library_pages(names.reached, library)
    if "crisis" in library.contacts:
        reached.add(("contact", "crisis"))
    return (
        Program(
            format=FORMAT,
            id=node.text("id", name),
            version=node.text("version", "0.0.0"),
            title=node.text("title", name),
            summary=node.text("summary"),
            kind=cast(Any, node.text("kind", "treatment")),
            language=node.text("language", "sv"),
            publisher=_publisher(node),
            producer=node.text("producer"),
            rights=_rights(node),
            audience=_audience(node),
            weeks=_inner(node, "duration").integer("weeks") or 0,
            minutes_per_week=_inner(node, "duration").integer("minutes_per_week") or 0,
            codes=_inner(node, "codes").texts("kva"),
            therapist=_therapist(node),
            unlock_sequential=_inner(node, "pacing").text("unlock", "sequential") == "sequential",
            days_per_module=_days_per_module(node),
            measurements=measurements,
            reminders=assemble_flow.reminders(node),
            retention=node.text("retention", "agreed"),
            modules=modules,
            exercises=built_exercises,
            questionnaires=reached_questionnaires,
            library_pages=tuple(library.pages[id] for id in _reached(reached, "library-page")),
            contacts=tuple(library.contacts[id] for id in _reached(reached, "contact")),
            glossary=tuple(library.terms[id] for id in _reached(reached, "term")),
            persons=tuple(library.persons[id] for id in _reached(reached, "person")),
            media=_reached_media(reached, media, library),
            journeys=journeys,
            release=_release(own),
            crisis_page=crisis_page,
            derived_from=_derived_from(node),
            migrations=assemble_migration.migrations(own, node.text("version"), modules, forms, findings),
            origin=node.origin,
        ),
        tuple(findings.found),
        MappingProxyType(reuse.now),
    )


def _forms(
    exercises: Mapping[str, tuple[Node, str]], questionnaires: Mapping[str, Node], library: Library
) -> dict[str, Form]:
    forms: dict[str, Form] = dict(library.forms)
    forms |= {id: questionnaire_form(id, form) for id, form in questionnaires.items()}
    forms |= {id: exercise_form(id, form) for id, (form, _) in exercises.items()}
    return assemble_forms.computed_types({id: form for id, (form, _) in exercises.items()}, forms)


def _form_documents(
    own: Mapping[str, Document], library: Library, findings: Findings
) -> tuple[dict[str, tuple[Node, str]], dict[str, Node]]:
    """Exercises (with the module in whose folder each lies) and the program's own questionnaires, by id."""
    exercises: dict[str, tuple[Node, str]] = {}
    questionnaires: dict[str, Node] = {}
    for path, document in own.items():
        if document.kind not in ("exercise", "questionnaire"):
            continue
        id = id_of(path)
        first = exercises[id][0] if id in exercises else questionnaires.get(id)
        if first is not None:
            findings.add(duplicate_id.RULE.at(Span(path), help="other", id=id, other=first.document.path))
        elif id in library.forms:
            findings.add(duplicate_id.RULE.at(Span(path), id=id))
        elif document.kind == "questionnaire":
            questionnaires[id] = Node(document)
        else:
            parts = path.split("/")
            module = id_of(parts[-3]) if "modules" in parts[:-3] else ""
            exercises[id] = (Node(document), module)
    return exercises, questionnaires


def _module_documents(own: Mapping[str, Document], findings: Findings) -> dict[str, Document]:
    """In the order of the folders' numbers (the paths are sorted); a folder's id once."""
    found: dict[str, Document] = {}
    for path, document in own.items():
        if document.kind == "module":
            id = id_of(path.split("/")[-2])
            if id in found:
                other = found[id].path.rsplit("/", 1)[0]
                findings.add(duplicate_id.RULE.at(Span(path.rsplit("/", 1)[0]), help="other", id=id, other=other))
            else:
                found[id] = document
    return found


def _folders_without_module(folder: str, own: Mapping[str, Document], broken: frozenset[str]) -> list[str]:
    """Folders of pages that belong to no module, sorted; one whose module.yaml cannot be read has a finding already."""
    pages = {path.rsplit("/", 1)[0] for path, document in own.items() if document.kind == "page"}
    known = {path.rsplit("/", 1)[0] for path in (*own, *broken) if path.endswith("/module.yaml")}
    return sorted(pages - known)


def _page_names(own: Mapping[str, Document]) -> Iterator[str]:
    for path, document in own.items():
        if document.kind == "page":
            yield f"{id_of(path.split('/')[-2])}/{id_of(path)}"


def _modules(
    head: Node,
    module_documents: Mapping[str, Document],
    own: Mapping[str, Document],
    exercises: tuple[Exercise, ...],
    names: Names,
    findings: Findings,
    library: Library,
    reuse: Reuse,
) -> tuple[Module, ...]:
    modules: list[Module] = []
    by_id = {exercise.id: exercise for exercise in exercises}
    previous = ""
    sequential = _inner(head, "pacing").text("unlock", "sequential") == "sequential"
    for id, document in module_documents.items():
        node = Node(document)
        folder = document.path.rsplit("/", 1)[0]
        pages = _pages(folder, own, names, findings, library, reuse)
        notes = own.get(f"{folder}/therapist.md")
        guidance, templates = (
            _with_names(notes, names, findings, library, reuse, partial(assemble_pages.therapist_notes, notes))
            if notes
            else ((), ())
        )
        homework = _forms_named(node, "homework", names, findings)
        complete_when = (
            _forms_named(node, "complete_when", names, findings)
            if node.has("complete_when")
            else _required_in(pages, homework, by_id)
        )
        modules.append(
            Module(
                id=id,
                title=node.text("title", id),
                goal=node.text("goal"),
                minutes=node.integer("minutes") or 0,
                unlock=assemble_flow.unlock(
                    node, previous, module_documents, names.scope, sequential, _days_per_module(head), findings
                ),
                complete_when=complete_when,
                homework=homework,
                feedback=assemble_flow.feedback(node, _therapist(head).feedback_within_days),
                pages=pages,
                guidance=guidance,
                feedback_templates=templates,
                show_if=findings.expression(node, "show_if", names.scope, "truth"),
                optional=node.flag("optional"),
                safety=node.flag("safety"),
                assigned_by="therapist" if node.text("assigned_by") == "therapist" else "program",
                choose=_modules_to_choose(node, id, module_documents, findings),
                introduction=node.flag("introduction"),
                origin=node.origin,
            )
        )
        previous = id
    return tuple(modules)


def _modules_to_choose(node: Node, own: str, modules: Iterable[str], findings: Findings) -> tuple[str, ...]:
    choice = node.mapping("choose")
    found = []
    for index, id in enumerate(choice.texts("one_of")) if choice else ():
        assert choice is not None
        if id in modules and id != own:
            found.append(id)
        else:
            others = [module for module in modules if module != own]
            findings.missing_reference("module", id, choice.span("one_of", index), others)
    return tuple(dict.fromkeys(found))


def _pages(
    folder: str, own: Mapping[str, Document], names: Names, findings: Findings, library: Library, reuse: Reuse
) -> tuple[Page, ...]:
    pages: dict[str, Page] = {}
    for path, document in own.items():
        if document.kind == "page" and path.rsplit("/", 1)[0] == folder:
            id = id_of(path)
            if id in pages:
                findings.add(duplicate_id.RULE.at(Span(path), help="other", id=id, other=pages[id].origin.path))
            else:
                make = partial(assemble_pages.page, id, document)
                pages[id] = _with_names(document, names, findings, library, reuse, make)
    return tuple(pages.values())


def _with_names(
    document: Document,
    names: Names,
    findings: Findings,
    library: Library,
    reuse: Reuse,
    make: Callable[[Names, Findings], Value],
) -> Value:
    """What is made of one document and the names around it; the names that it reaches are noted each time."""

    def make_with_own_names(own_findings: Findings) -> tuple[Value, frozenset[tuple[str, str]]]:
        own_names = replace(names, reached=set())
        return make(own_names, own_findings), frozenset(own_names.reached)

    made_from = (document, names.scope, names.media, names.pages, library, names.laid_media)
    value, reached = reuse.made(("text", document.path), made_from, findings, make_with_own_names)
    names.reached |= reached
    return value


def _forms_named(node: Node, key: str, names: Names, findings: Findings) -> tuple[str, ...]:
    found = []
    for index, id in enumerate(node.texts(key)):
        if id in names.scope.forms:
            found.append(id)
        else:
            findings.missing_reference("form", id, node.span(key, index), names.scope.forms)
    return tuple(found)


def _required_in(
    pages: tuple[Page, ...], homework: tuple[str, ...], exercises: Mapping[str, Exercise]
) -> tuple[str, ...]:
    """What must be done in a module that does not say: its homework, and each exercise on its pages that asks for
    something. A decision is the therapist's, so it never holds a patient back."""
    found = dict.fromkeys(homework)
    for page in pages:
        for block in walk(page.blocks):
            exercise = exercises.get(block.argument) if block.kind == "exercise" else None
            if (
                exercise is not None
                and exercise.filled_by == "patient"
                and exercise.kind not in ("decision", "diary")
                and (exercise.required is not None or any(field.required for field in exercise.fields))
            ):
                found[exercise.id] = None
    return tuple(found)


def _named_in_expressions(exercises: tuple[Exercise, ...], modules: tuple[Module, ...]) -> set[str]:
    """Forms that conditions, flags and decisions read: a bundle must carry them, or the condition could never be met."""
    expressions: list[Expression | None] = []
    for exercise in exercises:
        expressions += [computed.value for computed in (*exercise.computed, *exercise.summary)]
        expressions += [flag.when for flag in exercise.flags]
        expressions += [constraint.condition for constraint in exercise.constraints]
        expressions += [one.show_if for one in exercise.fields]
        if exercise.decision is not None:
            decision = exercise.decision
            expressions += [decision.measure, decision.start, decision.hold_if, decision.lock_if]
            expressions += [computed.value for computed in decision.computed]
    for module in modules:
        expressions += [module.unlock.when, module.show_if]
        for page in module.pages:
            expressions += [page.show_if, *(block.condition for block in walk(page.blocks))]
    return {form for expression in expressions if expression is not None for form, _ in expression.references}


def _flag_pages(
    forms: Iterable[Exercise | Questionnaire], documents: Mapping[str, Document], names: Names, findings: Findings
) -> None:
    for form in forms:
        for flag in form.flags:
            page = flag.patient_page.removeprefix("library/")
            if page in names.library_pages:
                names.reached.add(("library-page", page))
            elif page and flag.origin.path in documents:
                span = documents[flag.origin.path].span(*flag.origin.keys, "patient_page")
                findings.missing_reference("library-page", page, span, names.library_pages)


def _with_library_pages(reached: set[tuple[str, str]], library: Library) -> set[tuple[str, str]]:
    """Everything reached, through library pages that show further library pages."""
    found: set[tuple[str, str]] = set()
    waiting = set(reached)
    while waiting:
        kind, name = waiting.pop()
        found.add((kind, name))
        if kind == "library-page":
            waiting |= library.page_reaches[name] - found
    return found


def _reached(reached: set[tuple[str, str]], kind: str) -> list[str]:
    return sorted(name for one, name in reached if one == kind)


def _reached_media(reached: set[tuple[str, str]], own: Mapping[str, Media], library: Library) -> tuple[Media, ...]:
    paths = set(_reached(reached, "media"))
    for id in _reached(reached, "person"):
        image = library.persons[id].image
        if image in library.media:
            paths.add(image)
    return tuple(own[path] if path in own else library.media[path] for path in sorted(paths))


def _report_circles(exercises: tuple[Exercise, ...], own: Mapping[str, Document], findings: Findings) -> None:
    needs: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    places: dict[tuple[str, str], tuple[Origin, str]] = {}
    for exercise in exercises:
        decided = exercise.decision.computed if exercise.decision is not None else ()
        for computed in (*exercise.computed, *exercise.summary, *decided):
            needs[(exercise.id, computed.id)] = computed.value.references
            places[(exercise.id, computed.id)] = (computed.origin, "value")
        for one in exercise.fields:
            # What a field counts as hangs on whether it shows.
            if one.show_if is not None:
                needs[(exercise.id, one.id)] = one.show_if.references
                places[(exercise.id, one.id)] = (one.origin, "show_if")
    reported: set[tuple[str, str]] = set()
    for start in needs:
        way = _way_back(start, needs)
        if way and not reported.intersection(way):
            reported.update(way)
            origin, key = places[start]
            names = " → ".join(name for _, name in (*way, start))
            span = own[origin.path].span(*origin.keys, key)
            findings.add(circular_value.RULE.at(span, id=start[1], way=names))


def _way_back(
    start: tuple[str, str], needs: Mapping[tuple[str, str], tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, str], ...]:
    """The values on the way from one back to itself; empty when there is no such way."""
    ways: list[tuple[tuple[str, str], ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        for need in needs.get(way[-1], ()):
            if need == start:
                return way
            if need in needs and need not in seen:
                seen.add(need)
                ways.append((*way, need))
    return ()


def _media_in(tree: Tree, prefix: str) -> Iterator[Media]:
    for path, file in tree.files.items():
        if path.startswith(prefix):
            yield _media_file(file)


def _media_file(file: File) -> Media:
    ending = file.path.rsplit(".", 1)[-1].lower()
    return Media(file.path, file.digest, file.size, _MEDIA_TYPES.get(ending, "application/octet-stream"))


def _keyed(own: Mapping[str, Document], kind: str, make: Any) -> Iterator[tuple[str, Any]]:
    for document in own.values():
        if document.kind == kind:
            for key, node in Node(document).entries():
                yield key, make(key, node)


def contacts_in(document: Document) -> Iterator[tuple[str, Contact]]:
    """The contacts that a contacts.yaml holds, by their ids."""
    for id, node in Node(document).entries():
        yield id, _contact(id, node)


def _contact(id: str, node: Node) -> Contact:
    return Contact(
        id=id,
        label=node.text("label", id),
        phone=node.text("phone"),
        address=node.text("address"),
        hours=node.text("hours"),
        text=node.text("text"),
        checked=node.text("checked"),
        region=node.text("region"),
        origin=node.origin,
    )


def _term(id: str, node: Node) -> Term:
    return Term(id=id, title=node.text("title", id), text=node.text("text"), origin=node.origin)


def _person(id: str, node: Node) -> Person:
    return Person(
        id=id,
        name=node.text("name", id),
        age=node.integer("age"),
        text=node.text("text"),
        image=node.text("image"),
        origin=node.origin,
    )


def _inner(node: Node, key: str) -> Node:
    """The mapping at a key; an empty one where there is none."""
    return node.mapping(key) or Node(Document(node.document.path, node.document.kind, {}))


def _publisher(node: Node) -> Publisher:
    publisher = _inner(node, "publisher")
    return Publisher(
        publisher.text("region"), publisher.text("responsible"), publisher.text("role"), publisher.text("contact")
    )


def _rights(node: Node) -> Rights:
    rights = _inner(node, "rights")
    return Rights(rights.text("licence"), rights.text("holder"))


def _audience(node: Node) -> Audience:
    audience = _inner(node, "audience")
    age = _inner(audience, "age")
    return Audience(
        age.integer("min") or 0, age.integer("max"), audience.text("severity"), audience.texts("conditions")
    )


def _therapist(node: Node) -> TherapistTerms:
    therapist = _inner(node, "therapist")
    within, messages = therapist.integer("feedback_within_days"), therapist.integer("messages_within_working_days")
    return TherapistTerms(
        therapist.text("competence"), 7 if within is None else within, 2 if messages is None else messages
    )


def _days_per_module(node: Node) -> int:
    days = _inner(node, "pacing").integer("days_per_module")
    return 7 if days is None else days


def _derived_from(node: Node) -> DerivedFrom | None:
    stated = _inner(node, "derived_from")
    return (
        DerivedFrom(stated.text("program"), stated.text("version"), stated.text("digest"))
        if stated.has("digest")
        else None
    )


def _release(own: Mapping[str, Document]) -> Release:
    for document in own.values():
        if document.kind == "release":
            node = Node(document)
            return Release(
                reserved=node.texts("reserved"),
                acknowledgements=tuple(
                    Acknowledgement(one.text("finding"), one.text("name"), one.text("role"), one.text("reason"))
                    for one in node.mappings("acknowledgements")
                ),
                review_by=node.text("review_by"),
            )
    return Release()
