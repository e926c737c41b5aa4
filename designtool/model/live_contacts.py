"""Contacts as live data of a region: they come in place of those in a program wherever it is shown, whatever its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from designtool.diagnostics import Severity, Text
from designtool.load.document import Document
from designtool.load.shape import check_shape
from designtool.load.yaml_file import parse_yaml
from designtool.model.assemble import contacts_in
from designtool.model.page import Page
from designtool.model.program import Contact, Program
from designtool.model.wording import placed

NO_CONTACTS: Mapping[str, Contact] = MappingProxyType({})
_EMERGENCY = "112"


def read_contacts(path: str, content: bytes) -> Mapping[str, Contact] | tuple[Text, ...]:
    """The contacts in a file such as the library's contacts.yaml, or what keeps them from being shown to anybody."""
    parsed = parse_yaml(path, content)
    document = Document(path, "contacts", parsed.data, parsed.values, parsed.keys) if parsed.readable else None
    found = (*parsed.diagnostics, *(check_shape(document) if document is not None else ()))
    problems = tuple(placed(one) for one in found if one.severity is Severity.ERROR)
    if document is None or problems:
        return problems
    contacts = dict(contacts_in(document))
    if contacts["crisis"].phone.replace(" ", "") != _EMERGENCY:
        line = document.span("crisis").line
        return (
            Text(
                f'{path}:{line}: kontakten crisis ska ha phone: "{_EMERGENCY}"',
                f'{path}:{line}: the contact crisis must have phone: "{_EMERGENCY}"',
            ),
        )
    return MappingProxyType(contacts)


def with_help(program: Program, contacts: Mapping[str, Contact], page: Page | None) -> Program:
    """The program with these contacts in place of its own of the same ids, and this crisis page. Nothing else of it changes.

    The page names contacts among these alone, and those that the program lacks come along with it.
    """
    known = {one.id for one in program.contacts}
    if page is not None:
        others = tuple(one for one in program.library_pages if one.id != program.crisis_page)
        program = replace(program, library_pages=(*others, replace(page, id=program.crisis_page)))
        come_along = tuple(one for id, one in contacts.items() if id not in known)
        program = replace(program, contacts=(*program.contacts, *come_along))
    if not known & contacts.keys():
        return program
    return replace(program, contacts=tuple(contacts.get(one.id, one) for one in program.contacts))
