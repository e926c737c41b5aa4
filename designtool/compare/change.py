"""What came of comparing two versions of a program, as data. Every report and every refusal is made from these records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from designtool.diagnostics import Language, Span, Text

Bump = Literal["none", "patch", "minor", "major"]
"""The least step of the version that a change needs."""
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
InFlight = Literal["safe", "needs-migration", "pin-only"]
"""What a change means for patients under way: the new version suits them as they are; they can move once a migration
says how; or they finish on the version that they began with."""
IN_FLIGHT: tuple[InFlight, ...] = ("safe", "needs-migration", "pin-only")
Subject = tuple[tuple[str, str], ...]
"""From the outside in: (word, id), such as (("questionnaire", "phq9"), ("score", "total"))."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "program": "programmet",
        "module": "modulen",
        "page": "sidan",
        "library page": "bibliotekets sida",
        "block": "stycket",
        "exercise": "övningen",
        "field": "fältet",
        "column": "kolumnen",
        "row": "raden",
        "computed": "det beräknade värdet",
        "summary": "det beräknade värdet",
        "constraint": "kontrollen",
        "decision": "beslutet",
        "questionnaire": "formuläret",
        "item": "frågan",
        "option": "svaret",
        "score": "poängen",
        "flag": "flaggan",
        "vector": "facit",
        "contact": "kontakten",
        "term": "ordet",
        "person": "personen",
        "media": "filen",
        "journey": "provresan",
        "measurement": "mätningen",
        "reminder": "påminnelsen",
        "feedback template": "mallen",
        "chart": "diagrammet",
        "reserved": "det reserverade id:t",
        "acknowledgement": "ställningstagandet",
    }
)


@dataclass(frozen=True, slots=True)
class Witness:
    """One imagined patient who tells the two versions apart."""

    answers: Mapping[str, str] = field(hash=False)
    """`form.name` to the answer, as an author would write it. Absent: not answered."""
    old: Text
    """What comes of these answers in the old version."""
    new: Text

    def in_words(self, language: Language) -> str:
        given = ", ".join(f"{name} = {answer}" for name, answer in self.answers.items())
        nothing = Text("inga svar", "no answers").in_language(language)
        return f"{given or nothing}: {self.old.in_language(language)} → {self.new.in_language(language)}"


@dataclass(frozen=True, slots=True)
class Change:
    rule: str
    """Name of the kind of change, stable and in kebab-case; `designtool explain` tells what it means."""
    about: Subject
    bump: Bump
    in_flight: InFlight
    message: Text
    """What has changed, in one sentence."""
    consequence: Text
    """What that means for patients under way."""
    old: str | None = None
    """As it stood, short and readable; None for what is new."""
    new: str | None = None
    """As it stands; None for what is gone."""
    allowed: bool = True
    """False for what no step of the version can carry: it has to be undone."""
    needs_acknowledgement: bool = False
    """A named clinician has to take a stand on it in release.yaml."""
    witness: Witness | None = None
    evidence: Text | None = None
    """How far the two were compared by what they mean, where they were."""
    span: Span | None = None
    """In the new source; of what is gone, where it would have stood. None where no source is at hand."""
    old_span: Span | None = None
    is_text: bool = False
    """True where `old` and `new` are running text, which reads best as a difference of words."""
    finding: str = ""
    """By this name release.yaml acknowledges it (see `fingerprint`); empty for what nobody has to take a stand on."""

    @property
    def subject(self) -> str:
        """`questionnaire phq9 score total`: stable, for programs to compare."""
        return " ".join(f"{word} {id}".strip() for word, id in self.about)

    def subject_in(self, language: Language) -> str:
        return self.words_of(self.about, language)

    @staticmethod
    def words_of(about: Subject, language: Language) -> str:
        words = _WORDS if language == "sv" else {}
        return ", ".join(f"{words.get(word, word)} {id}".strip() for word, id in about)


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes between two versions, worst first."""

    changes: tuple[Change, ...]

    @property
    def required_bump(self) -> Bump:
        """The least step that the version must take."""
        steps = ["major" if not change.allowed else change.bump for change in self.changes]
        return max(steps, key=BUMPS.index, default="none")

    @property
    def in_flight(self) -> InFlight:
        """The most careful of what the changes mean for patients under way."""
        return max((change.in_flight for change in self.changes), key=IN_FLIGHT.index, default="safe")

    @property
    def not_allowed(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.allowed)

    @property
    def to_acknowledge(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.needs_acknowledgement)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Each change once: what is never allowed first, then by step, clinical ones first, then by name and subject."""
    unique = {_identity(change): change for change in changes}
    return tuple(
        sorted(
            unique.values(),
            key=lambda one: (
                one.allowed,
                -BUMPS.index(one.bump),
                not one.needs_acknowledgement,
                -IN_FLIGHT.index(one.in_flight),
                one.rule,
                one.subject,
                one.old or "",
                one.new or "",
            ),
        )
    )


def _identity(change: Change) -> tuple[object, ...]:
    return (change.rule, change.about, change.old, change.new, change.message)
