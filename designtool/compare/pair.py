"""The two versions that are compared, and what all kinds of change need to know of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from designtool.compare.change import Change, Subject, Witness
from designtool.compare.difference import Difference, Place, element_of
from designtool.compare.fingerprint import fingerprint
from designtool.compare.grounds import Grounds
from designtool.compare.kind import Kind
from designtool.compare.meaning import Meaning
from designtool.compare.risk import Risk
from designtool.compare.shown import shown
from designtool.diagnostics import Span, Text
from designtool.load.document import Document
from designtool.model.exercise import Field
from designtool.model.origin import Origin
from designtool.model.program import Program

Documents = Mapping[str, Document]
NO_DOCUMENTS: Documents = MappingProxyType({})


class Pair:
    """Lives through one comparison."""

    def __init__(self, old: Program, new: Program, old_documents: Documents, new_documents: Documents) -> None:
        self.old = old
        self.new = new
        self.old_documents = old_documents
        self.new_documents = new_documents
        self.meaning = Meaning(old, new)
        self.risk = (Risk(old), Risk(new))
        self.grounds = (Grounds(old), Grounds(new))

    def is_risk(self, place: Place) -> bool:
        """Whether a place speaks to a patient at risk, in either version."""
        return any(risk.holds(place) for risk in self.risk)

    def is_scale(self, place: Place) -> bool:
        return any(isinstance(one, Field) and one.type == "scale" for one in (place.old, place.new))

    def change(
        self,
        kind: Kind,
        difference: Difference,
        variant: str = "default",
        *,
        about: Subject | None = None,
        old: Any = ...,
        new: Any = ...,
        witness: Witness | None = None,
        evidence: Text | None = None,
        is_text: bool = False,
        spans: tuple[Span | None, Span | None] | None = None,
        meaning: tuple[Any, Any] | None = None,
        **facts: object,
    ) -> Change:
        """A change of this kind. Without more it is about the place of the difference, or the element that it names.

        `meaning` is what stood and stands, where that is more than `old` and `new` show, or less than the difference holds.
        """
        old_span, span = spans or self.spans(difference)
        words = {key: str(value) for key, value in facts.items()}
        template = kind.messages[variant]
        stood, stands = (_told(difference, 0) if old is ... else old), (_told(difference, 1) if new is ... else new)
        subject = about if about is not None else subject_of(difference)
        finding = ""
        if kind.needs_acknowledgement or not kind.allowed:
            finding = fingerprint(kind.name, subject, *(meaning or (stood, stands)), *self.grounds)
        return Change(
            rule=kind.name,
            about=subject,
            bump=kind.bump,
            in_flight=kind.in_flight,
            message=Text(template.sv.format_map(words), template.en.format_map(words)),
            consequence=kind.consequence,
            old=shown(stood),
            new=shown(stands),
            allowed=kind.allowed,
            needs_acknowledgement=kind.needs_acknowledgement,
            witness=witness,
            evidence=evidence,
            span=span,
            old_span=old_span,
            is_text=is_text,
            finding=finding,
        )

    def spans(self, difference: Difference) -> tuple[Span | None, Span | None]:
        """Where it stands in the old and in the new source."""
        place = difference.place
        old = _origin_of(difference.old, place.old_origin, difference.field)
        new = _origin_of(difference.new, place.new_origin, difference.field)
        return (
            _span(old, self.old_documents) if difference.what != "added" else None,
            _span(new if difference.what != "removed" else place.new_origin, self.new_documents),
        )


def subject_of(difference: Difference) -> Subject:
    if difference.id:
        return element_of(difference.place, difference.field, difference.old, difference.new).about
    return difference.place.about


def _told(difference: Difference, side: int) -> Any:
    """The value; of what was moved, its place from 1."""
    if difference.what != "moved":
        return (difference.old, difference.new)[side]
    holder = (difference.place.old, difference.place.new)[side]
    element = (difference.old, difference.new)[side]
    return next(number for number, one in enumerate(getattr(holder, difference.field), 1) if one is element)


def _origin_of(value: Any, of_place: Origin, field: str) -> Origin:
    own = getattr(value, "origin", None)
    return own if isinstance(own, Origin) and own.path else of_place.at(field)


def _span(origin: Origin, documents: Documents) -> Span | None:
    if not origin.path:
        return None
    document = documents.get(origin.path)
    return document.span(*origin.keys) if document is not None else Span(origin.path)
