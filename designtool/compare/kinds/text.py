"""Text that somebody reads: corrected, or about risk, or for therapists alone."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import SAFE
from designtool.compare.kinds.exchanged import EXCHANGED, stood_before_at
from designtool.compare.kinds.media import REPLACED, media_of_passage
from designtool.compare.kinds.risk_text import MESSAGES, RISK
from designtool.compare.pair import Pair
from designtool.compare.passages import MEDIA, Passage, Revision, revisions
from designtool.diagnostics import NOWHERE, Span, Text
from designtool.model.exercise import Computed, Exercise, Field, Row
from designtool.model.module import FeedbackTemplate, Module
from designtool.model.page import Page
from designtool.model.program import Person, Program, Term
from designtool.model.questionnaire import Questionnaire, Score

CORRECTED = Kind(
    name="text-corrected",
    bump="patch",
    in_flight="safe",
    title=Text("Text som patienten läser är ändrad", "Text that patients read has been changed"),
    why=Text(
        "Ny eller rättad text ändrar inte vad som mäts, räknas eller öppnas.",
        "New or corrected text does not change what is measured, worked out or opened.",
    ),
    consequence=SAFE,
    messages=MESSAGES,
    fires="""\
-- modules/01-start/10-sida.md (change) --
-Välj något som betyder något för dig.
+Välj något som betyder mycket för dig.
""",
    near_miss="""\
-- modules/01-start/20-mer.md (change) --
-Ring {contact}`crisis` om du tänker på att skada dig.
+Ring {contact}`crisis` om du tänker på att göra dig illa.
""",
)
GUIDANCE = Kind(
    name="therapist-guidance-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Vägledningen till behandlaren är ändrad", "The guidance for therapists has been changed"),
    why=Text(
        "Bara behandlare läser den. Vad som mäts, räknas och öppnas är oförändrat.",
        "Therapists alone read it. What is measured, worked out and opened is unchanged.",
    ),
    consequence=Text(
        "Pågående patienter märker inget. Behandlaren läser den nya texten när enheten byter version.",
        "Patients under way notice nothing. The therapist reads the new text when the unit changes version.",
    ),
    messages=MESSAGES,
    fires="""\
-- modules/02-vidare/therapist.md (change) --
-Se efter att dagboken är ifylld.
+Se efter att dagboken är ifylld varje dag.
""",
    near_miss="""\
-- modules/01-start/therapist.md (change) --
-Du har gjort en bra plan.
+Du har gjort en plan som håller.
""",
)
TEMPLATE = Kind(
    name="feedback-template-changed",
    bump="patch",
    in_flight="safe",
    title=Text("En mall för återkoppling är ändrad", "A template for feedback has been changed"),
    why=Text(
        "Mallen är en början som behandlaren själv skriver om.",
        "The template is a beginning that the therapist makes their own.",
    ),
    consequence=SAFE,
    messages={"default": Text("mallarna för återkoppling är ändrade", "the templates for feedback have been changed")},
    fires="""\
-- modules/01-start/therapist.md (change) --
-Du har gjort en bra plan.
+Du har gjort en plan som håller.
""",
    near_miss="""\
-- modules/02-vidare/therapist.md (change) --
-Se efter att dagboken är ifylld.
+Se efter att dagboken är ifylld varje dag.
""",
)
_BLOCKS = frozenset({(Page, "blocks"), (Module, "guidance")})
_TITLES = frozenset(
    {
        (Program, "title"),
        (Program, "summary"),
        (Module, "title"),
        (Module, "goal"),
        (Page, "title"),
        (Exercise, "title"),
        (Exercise, "introduction"),
        (Field, "label"),
        (Field, "help"),
        (Field, "example"),
        (Computed, "label"),
        (Row, "label"),
        (Questionnaire, "title"),
        (Score, "label"),
        (Term, "title"),
        (Term, "text"),
        (Person, "name"),
        (Person, "age"),
        (Person, "text"),
        (Person, "image"),
    }
)
_LISTS = frozenset({(Program, "glossary"), (Program, "persons")})


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    field = (difference.place.of, difference.field)
    if field == (Module, "feedback_templates"):
        yield pair.change(
            TEMPLATE, difference, old=_templates(difference.old), new=_templates(difference.new), is_text=True
        )
    elif field in _BLOCKS:
        if difference.old == difference.new:
            return  # Some condition builds on other answers than before: `conditions` tells of it.
        for revision in revisions(difference.old, difference.new):
            yield from _of_revision(revision, difference, pair)
    elif field in _LISTS and difference.what == "moved":
        return
    elif other := stood_before_at(difference):
        yield pair.change(EXCHANGED, difference, is_text=True, other=other)
    else:
        is_risk = pair.is_risk(difference.place)
        variant = "default" if difference.what == "changed" else difference.what
        yield pair.change(RISK if is_risk else CORRECTED, difference, variant, is_text=True)


def _of_revision(revision: Revision, difference: Difference, pair: Pair) -> Iterator[Change]:
    old, new = revision.old, revision.new
    one = new or old
    assert one is not None
    if old is not None and new is not None and one.block.kind == "if" and not revision.is_moved:
        return  # A condition is compared by what it means.
    kind = CORRECTED
    if difference.field == "guidance" or one.is_for_therapist:
        kind = GUIDANCE
    if pair.is_risk(difference.place) or any(part is not None and part.is_crisis for part in (old, new)):
        kind = RISK
    elif old is not None and new is not None and one.block.kind in MEDIA and old.media != new.media:
        yield pair.change(
            REPLACED,
            difference,
            "shown",
            old=media_of_passage(old, pair.old),
            new=media_of_passage(new, pair.new),
            spans=(_span(old), _span(new)),
        )
        if old.block.attributes.get("alt") == new.block.attributes.get("alt"):
            return
    variant = _variant(revision)
    yield pair.change(
        kind,
        difference,
        variant,
        old=_words(old, variant),
        new=_words(new, variant),
        is_text=True,
        spans=(_span(old), _span(new)),
        meaning=(None if old is None else old.meaning, None if new is None else new.meaning),
    )


def _words(passage: Passage | None, variant: str) -> str | None:
    """What is shown of it. Where the words are the same, what they are marked with is what differs."""
    if passage is None:
        return None
    return (passage.marked_text if variant == "settings" else passage.text) or passage.block.kind


def _variant(revision: Revision) -> str:
    if revision.old is None:
        return "added"
    if revision.new is None:
        return "removed"
    if revision.is_moved:
        return "moved"
    return "settings" if revision.old.text == revision.new.text else "default"


def _span(passage: Passage | None) -> Span | None:
    return None if passage is None or passage.block.span in (NOWHERE, Span("")) else passage.block.span


def _templates(templates: tuple[FeedbackTemplate, ...]) -> str:
    return "\n".join(f"{one.title}: {one.text}" for one in templates)


FAMILY = Family(
    (CORRECTED, GUIDANCE, TEMPLATE),
    _BLOCKS | _TITLES | _LISTS | {(Module, "feedback_templates")},
    changes,
)
