"""What a report is about, and the words that all reports share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from designtool.compare.change import Bump, Change, Changes, InFlight, Subject
from designtool.compare.families import all_kinds
from designtool.diagnostics import Language, Span, Text
from designtool.model.exercise import Field
from designtool.model.program import Program


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions, where each came from, and the changes between them."""

    old: Program
    new: Program
    old_source: str
    """As it was asked for: a folder, a bundle, or a revision."""
    new_source: str
    changes: Changes


BUMP_WORDS: Mapping[Bump, Text] = MappingProxyType(
    {
        "none": Text("inget", "none"),
        "patch": Text("rättelse (patch)", "patch"),
        "minor": Text("mindre (minor)", "minor"),
        "major": Text("större (major)", "major"),
    }
)
IN_FLIGHT_WORDS: Mapping[InFlight, Text] = MappingProxyType(
    {
        "safe": Text("kan få den nya versionen direkt", "can have the new version at once"),
        "needs-migration": Text(
            "kan flyttas när en flytt säger vad som händer med det de har gjort",
            "can move once a migration says what happens to what they have done",
        ),
        "pin-only": Text("fortsätter på den version de började med", "go on with the version they began with"),
    }
)
GROUPS: tuple[tuple[str, Text, Text], ...] = (
    (
        "never",
        Text("Aldrig tillåtet", "Never allowed"),
        Text(
            "Ingen version kan bära de här ändringarna. De måste tas bort.",
            "No version can carry these. They must be undone.",
        ),
    ),
    (
        "clinical",
        Text("Kräver ett kliniskt ställningstagande", "Needs a clinical acknowledgement"),
        Text(
            "En namngiven kliniker ska ha tagit ställning till var och en i release.yaml.",
            "A named clinician must have taken a stand on each of them in release.yaml.",
        ),
    ),
    (
        "major",
        Text("Större ändringar", "Major changes"),
        Text("De kräver en ny större version.", "They need a new major version."),
    ),
    (
        "minor",
        Text("Mindre ändringar", "Minor changes"),
        Text("De kräver en ny mindre version.", "They need a new minor version."),
    ),
    ("patch", Text("Rättelser", "Corrections"), Text("De ryms i en rättelse.", "They fit in a patch.")),
    ("none", Text("Övrigt", "Other"), Text("Det kräver inget.", "It needs nothing.")),
)
"""In the order in which a reviewer should read."""


def group_of(change: Change) -> str:
    if not change.allowed:
        return "never"
    return "clinical" if change.needs_acknowledgement else change.bump


def grouped(changes: Changes) -> tuple[tuple[Text, Text, tuple[Change, ...]], ...]:
    """Heading, explanation and changes of each group that has any."""
    found = [
        (heading, meaning, tuple(one for one in changes.changes if group_of(one) == name))
        for name, heading, meaning in GROUPS
    ]
    return tuple(one for one in found if one[2])


def title_of(change: Change, language: Language) -> str:
    return all_kinds()[change.rule].title.in_language(language)


def summary(compared: Compared, language: Language) -> str:
    """The whole in one sentence or two."""
    changes = compared.changes
    if not changes.changes:
        return Text("Inget har ändrats.", "Nothing has changed.").in_language(language)
    count = len(changes.changes)
    step = BUMP_WORDS[changes.required_bump].in_language(language)
    number = Text(
        f"{count} {'ändring' if count == 1 else 'ändringar'}", f"{count} {'change' if count == 1 else 'changes'}"
    )
    never = len(changes.not_allowed)
    if never:
        number = Text(
            f"{number.sv}, varav {never} aldrig tillåt{'en' if never == 1 else 'na'}",
            f"{number.en}, {never} of them never allowed",
        )
    parts = [
        Text(f"{number.sv}. Minsta steg för versionen: {step}.", f"{number.en}. Least step of the version: {step}.")
    ]
    parts.append(
        Text(
            f"Pågående patienter {IN_FLIGHT_WORDS[changes.in_flight].sv}.",
            f"Patients under way {IN_FLIGHT_WORDS[changes.in_flight].en}.",
        )
    )
    return " ".join(part.in_language(language) for part in parts)


def where(span: Span | None) -> str:
    """`path:line`, or nothing where no source is at hand."""
    if span is None or not span.path:
        return ""
    return span.path if span.line is None else f"{span.path}:{span.line}"


def place_in_words(change: Change, compared: Compared, language: Language) -> str:
    """What the change is about, with the titles that people know things by."""
    titles = _titles(compared.old) | _titles(compared.new)
    found = []
    for length in range(1, len(change.about) + 1):
        level = change.about[:length]
        word = Change.words_of(level[-1:], language)
        title = titles.get(level)
        found.append(f"{word} ”{title}”" if title and title.casefold() != level[-1][1].casefold() else word)
    return ", ".join(found)


def plain_place(change: Change, old: Program, new: Program, language: Language) -> str:
    """What the change is about, by the titles that people know; by its id only what has none. Nothing for the whole program."""
    titles = _titles(old) | _titles(new)
    found = []
    for length, (word, _) in enumerate(change.about, 1):
        level = change.about[:length]
        if word in ("program", "block"):
            continue
        title = titles.get(level)
        found.append(
            f"{Change.words_of(((word, ''),), language)} ”{title}”" if title else Change.words_of(level[-1:], language)
        )
    return ", ".join(found)


def _titles(program: Program) -> dict[Subject, str]:
    """What each part that has a name for people is called."""
    found: dict[Subject, str] = {(("program", ""),): program.title}
    for module in program.modules:
        about = ("module", module.id)
        found[(about,)] = module.title
        found |= {(about, ("page", page.id)): page.title for page in module.pages}
    for exercise in program.exercises:
        about = ("exercise", exercise.id)
        found[(about,)] = exercise.title
        found |= _titles_of_fields((about,), "field", exercise.fields)
        decided = exercise.decision.computed if exercise.decision is not None else ()
        found |= {(about, ("computed", one.id)): one.label for one in (*exercise.computed, *decided)}
        found |= {(about, ("summary", one.id)): one.label for one in exercise.summary}
    for questionnaire in program.questionnaires:
        about = ("questionnaire", questionnaire.id)
        found[(about,)] = questionnaire.title
        found[(("measurement", questionnaire.id),)] = questionnaire.title
        for item in questionnaire.items:
            found |= {(about, ("item", item.id)): item.text} if item.text else {}
            found |= {(about, ("item", item.id), ("option", str(one.value))): one.label for one in item.options}
        found |= {(about, ("score", score.id)): score.label for score in questionnaire.scores}
    found |= {(("library page", page.id),): page.title for page in program.library_pages}
    found |= {(("contact", contact.id),): contact.label for contact in program.contacts}
    found |= {(("term", term.id),): term.title for term in program.glossary}
    found |= {(("person", person.id),): person.name for person in program.persons}
    found |= {(("journey", journey.id),): journey.title for journey in program.journeys}
    return found


def _titles_of_fields(around: Subject, word: str, fields: tuple[Field, ...]) -> dict[Subject, str]:
    found: dict[Subject, str] = {}
    for field in fields:
        about = (*around, (word, field.id))
        found[about] = field.label
        found |= {(*about, ("row", row.id)): row.label for row in field.rows}
        found |= {(*about, ("option", str(one.value))): one.label for one in field.options}
        found |= {(*about, ("computed", one.id)): one.label for one in field.computed}
        found |= _titles_of_fields(about, "column", field.columns)
    return found
