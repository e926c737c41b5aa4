"""What a layer may never do to the program below it, held against both programs as they were compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from designtool.diagnostics import Diagnostic
from designtool.layer.layer import Layer
from designtool.layer.rules import (
    crisis_page_without_help,
    hidden_safety,
    layer_alters_meaning,
    measurement_taken_away,
)
from designtool.load.kinds import LIBRARY
from designtool.model.assemble_pages import role_id, walk, walk_inlines
from designtool.model.exercise import Exercise
from designtool.model.module import Module
from designtool.model.page import Block, Page
from designtool.model.program import Contact, Program
from designtool.model.questionnaire import Questionnaire

_EMERGENCY = "112"


def what_is_not_allowed(base: Program, layered: Program, layer: Layer, region: str = "") -> Iterator[Diagnostic]:
    """`region` is that of an overlay: its crisis page must then lead to help in the region itself."""
    yield from _altered_meaning(base, layered, layer)
    watched = {form.id for form in _forms_of(base) if _must_be_asked(form)}
    for module in base.modules:
        yield from _hidden_safety(module, layered.module.get(module.id), watched, layer)
    for page in base.library_pages:
        other = layered.library_page.get(page.id)
        if page.safety and other is not None and not other.safety:
            yield hidden_safety.RULE.at(layer.place_of(f"{LIBRARY}/{page.id}"), "unmarked", name=page.title)
    yield from _help_in_a_crisis(base, layered, layer, region)


def _altered_meaning(base: Program, layered: Program, layer: Layer) -> Iterator[Diagnostic]:
    """Forms are compared as they were compiled: what is equal scores, warns and decides alike. A new form takes nothing away."""
    for old in _forms_of(base):
        new = layered.questionnaire.get(old.id) or layered.exercise.get(old.id)
        place = layer.place_of(_module_of(base, old.id))
        if new is None:
            if isinstance(old, Questionnaire) or old.flags or old.decision is not None:
                yield layer_alters_meaning.RULE.at(place, "removed", title=old.title, id=old.id)
        elif old != new:
            yield layer_alters_meaning.RULE.at(place, title=old.title, id=old.id)
    for measured in base.measurements:
        again = next((one for one in layered.measurements if one.questionnaire == measured.questionnaire), None)
        if again is None or not set(measured.at) <= set(again.at):
            place = layer.place_of_measurement(measured.questionnaire)
            yield measurement_taken_away.RULE.at(place, name=measured.questionnaire)


def _forms_of(program: Program) -> tuple[Questionnaire | Exercise, ...]:
    return (*program.questionnaires, *program.exercises)


def _must_be_asked(form: Questionnaire | Exercise) -> bool:
    risky = isinstance(form, Questionnaire) and any(item.risk for item in form.items)
    return risky or bool(form.flags)


def _hidden_safety(module: Module, other: Module | None, watched: set[str], layer: Layer) -> Iterator[Diagnostic]:
    if other is None:
        place = layer.place_of(module.id)
        asked = {form for page in module.pages for form, _ in _asked(page, watched)}
        asked |= {*module.complete_when, *module.homework} & watched
        if module.safety or any(page.safety for page in module.pages):
            yield hidden_safety.RULE.at(place, name=module.title)
        elif asked:
            yield hidden_safety.RULE.at(place, "not-asked", name=module.title, form=", ".join(sorted(asked)))
        return
    kept = {page.id: page for page in other.pages}
    for page in module.pages:
        place, new = layer.place_of(f"{module.id}/{page.id}"), kept.get(page.id)
        if page.safety and new is None:
            yield hidden_safety.RULE.at(place, name=page.title)
            continue
        if page.safety and new is not None and not new.safety:
            yield hidden_safety.RULE.at(place, "unmarked", name=page.title)
        lost = _asked(page, watched) - (_asked(new, watched) if new is not None else Counter())
        if lost:
            forms = ", ".join(sorted({form for form, _ in lost}))
            yield hidden_safety.RULE.at(place, "not-asked", name=page.title, form=forms)


def _asked(page: Page, watched: set[str]) -> Counter[tuple[str, tuple[str, ...]]]:
    """The watched forms on a page, each with the conditions under which it shows."""
    first = (page.show_if.source,) if page.show_if is not None and not page.safety else ()
    return Counter(_forms_below(page.blocks, watched, first))


def _forms_below(
    blocks: tuple[Block, ...], watched: set[str], conditions: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for block in blocks:
        if block.kind in ("exercise", "questionnaire") and block.argument in watched:
            yield block.argument, conditions
        elif block.kind == "if" and block.condition is not None:
            for number, branch in enumerate(block.children):
                yield from _forms_below(branch.children, watched, (*conditions, f"{number}:{block.condition.source}"))
        elif block.kind in ("reveal", "therapist"):
            # Folded away, or not for the patient at all: not the same as being asked.
            yield from _forms_below(block.children, watched, (*conditions, block.kind))
        else:
            yield from _forms_below(block.children, watched, conditions)


def _help_in_a_crisis(base: Program, layered: Program, layer: Layer, region: str) -> Iterator[Diagnostic]:
    old, new = base.library_page.get(base.crisis_page), layered.library_page.get(layered.crisis_page)
    if new is None:
        return  # A rule of the program says so.
    before = _turned_to(base, old) if old is not None else ()
    after = _turned_to(layered, new)
    is_replaced = old != new
    if not is_replaced and before == after:
        return
    if not _names(new.blocks, "crisis"):
        return  # A rule of the program says so.
    place = layer.place_of(f"{LIBRARY}/{layered.crisis_page}")
    if not is_replaced and layer.contacts is not None:
        place = layer.contacts.span()
    if not any(_digits(one.phone) == _EMERGENCY for one in after):
        yield crisis_page_without_help.RULE.at(place)
    others = [one for one in after if _digits(one.phone) != _EMERGENCY and (one.phone or one.address)]
    if is_replaced and region:
        others = [one for one in others if one.region == region]
        if not others:
            yield crisis_page_without_help.RULE.at(place, "region", region=region)
    elif is_replaced and not others:
        yield crisis_page_without_help.RULE.at(place, "alone")


def _turned_to(program: Program, page: Page) -> tuple[Contact, ...]:
    """The contacts that a page of the library shows every patient, also through pages that it shows."""
    found: dict[str, Contact] = {}
    waiting, seen = [page.id], set()
    while waiting:
        id = waiting.pop()
        shown = program.library_page.get(id)
        if shown is None or id in seen:
            continue
        seen.add(id)
        for block in walk(tuple(one for one in shown.blocks if one.kind not in ("if", "therapist"))):
            if block.kind == "page":
                waiting.append(block.argument.removeprefix("library/"))
            for inline in walk_inlines(block.inlines):
                contact = program.contact.get(role_id(inline.text)) if inline.kind == "contact" else None
                if contact is not None:
                    found[contact.id] = contact
    return tuple(found.values())


def _names(blocks: tuple[Block, ...], contact: str) -> bool:
    inlines = (inline for block in walk(blocks) for inline in walk_inlines(block.inlines))
    return any(one.kind == "contact" and role_id(one.text) == contact for one in inlines)


def _digits(phone: str) -> str:
    return "".join(one for one in phone if one.isdigit())


def _module_of(program: Program, form: str) -> str:
    """The first module in which a form stands; empty when it stands in none."""
    return next(iter(program.modules_with.get(form, ())), "")
