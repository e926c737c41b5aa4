"""CHANGELOG.md: what is new in a version, in words for those who treat patients with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from designtool.compare.change import Change, Changes
from designtool.compare.reports.compared import IN_FLIGHT_WORDS, plain_place, title_of
from designtool.diagnostics import Language, Text
from designtool.model.program import Program

HEADING = Text("Ändringar", "Changes")

PATIENTS = Text("För patienter", "For patients")
THERAPISTS = Text("För behandlare", "For therapists")
SCORES = Text("Poäng och flaggor", "Scores and flags")
CORRECTIONS = Text("Rättelser", "Corrections")
GROUPS: tuple[Text, ...] = (PATIENTS, THERAPISTS, SCORES, CORRECTIONS)

GROUP_OF: Mapping[str, Text | None] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("exercise-added", "exercise-removed", "exercise-kind-changed", "exercise-rhythm-changed"),
                *("questionnaire-added", "questionnaire-removed", "item-added", "item-removed", "item-moved"),
                *(
                    "item-reworded",
                    "validated-wording-changed",
                    "option-added",
                    "option-removed",
                    "option-label-reworded",
                ),
                *("page-added", "page-removed", "page-moved", "page-moved-to-other-module"),
                *(
                    "module-added-at-end",
                    "module-added-in-middle",
                    "module-removed",
                    "module-moved",
                    "module-choice-changed",
                ),
                *(
                    "unlock-loosened",
                    "unlock-tightened",
                    "completion-loosened",
                    "completion-tightened",
                    "homework-changed",
                ),
                *("shown-to-more", "shown-to-fewer", "passage-condition-changed", "shown-to-patient-changed"),
                "therapist-answers-shown",
                "words-exchanged",
                *("field-added", "field-removed", "field-moved", "field-condition-changed", "answers-source-changed"),
                *("type-changed", "unit-changed", "scale-changed", "limits-tightened", "limits-loosened"),
                *("optional-made-required", "required-made-optional", "constraint-tightened", "constraint-loosened"),
                *("confirmation-changed", "measurement-added", "measurement-removed", "measurement-window-changed"),
                *(
                    "reminder-changed",
                    "risk-text-changed",
                    "crisis-contact-changed",
                    "contact-changed",
                    "safety-mark-removed",
                ),
                *(
                    "media-added",
                    "media-removed",
                    "duration-changed",
                    "workload-estimate-changed",
                    "program-kind-changed",
                ),
                *("language-changed", "chart-changed", "id-reused"),
            ),
            PATIENTS,
        ),
        **dict.fromkeys(
            (
                *(
                    "therapist-guidance-changed",
                    "feedback-template-changed",
                    "therapist-terms-changed",
                    "codes-changed",
                ),
                *("publisher-changed", "publisher-contact-changed", "rights-changed", "audience-changed"),
                *("retention-changed", "instrument-facts-changed", "introduction-mark-changed", "pacing-stated"),
                "review-day-changed",
                *("program-id-changed", "format-changed", "unclassified-change"),
            ),
            THERAPISTS,
        ),
        **dict.fromkeys(
            (
                *(
                    "score-changed",
                    "score-removed",
                    "score-added",
                    "score-bands-changed",
                    "score-interpretation-changed",
                ),
                *("flag-weakened", "flag-strengthened", "flags-renumbered", "decision-rule-changed"),
                *("computed-added", "computed-removed", "computed-value-changed"),
            ),
            SCORES,
        ),
        **dict.fromkeys(
            (
                *("text-corrected", "rewritten-expression", "media-replaced", "listed-in-another-order"),
                *("filling-in-help-changed", "score-range-changed", "safety-mark-added"),
            ),
            CORRECTIONS,
        ),
        # Of these nobody who treats patients has to know.
        **dict.fromkeys(
            (
                *("version-stated", "reserved-id-added", "reserved-id-missing", "acknowledgement-changed"),
                *("test-cases-changed", "migration-changed", "fork-origin-changed", "overlay-base-changed"),
            )
        ),
    }
)
"""Kind of change to the group that it stands in; None for what is not told."""
_FENCE = re.compile(r" {0,3}(```|~~~)")
_SECTION = re.compile(r" {0,3}##[ \t]+(\S.*)")


def entry(old: Program, new: Program, changes: Changes, language: Language) -> str:
    """What is new from one version to another: Markdown, without its heading."""
    parts = [_under_way(changes, language)]
    for group in GROUPS:
        lines = list(_lines([one for one in changes.changes if GROUP_OF[one.rule] is group], old, new, language))
        if lines:
            parts.append("\n".join([f"### {group.in_language(language)}", "", *lines]))
    if len(parts) == 1:
        nothing = Text(
            "Inget som patienter eller behandlare märker har ändrats.",
            "Nothing has changed that patients or therapists notice.",
        )
        parts.append(nothing.in_language(language))
    return "\n\n".join(parts) + "\n"


def with_entry(before: str, version: str, day: date, entry: str, language: Language) -> str | None:
    """The whole file with the entry of a version as the first of all; None when it has one of that version already.

    Line ends and a byte order mark are as they were. `before` is empty where there is no file.
    """
    if has_entry(before, version):
        return None
    sections = list(_sections(before))
    end = "\r\n" if "\r\n" in before else "\n"
    added = f"## {version} ({day.isoformat()})\n\n{entry}".replace("\n", end)
    if sections:
        place = sections[0][0]
        return f"{before[:place]}{added}{end}{before[place:]}"
    head = before if before.strip("\ufeff \t\r\n") else f"{before}# {HEADING.in_language(language)}{end}"
    gap = end if head.endswith("\n") else 2 * end
    return f"{head}{gap}{added}"


def has_entry(text: str, version: str) -> bool:
    return any(_is_of(version, title) for _, title in _sections(text))


def not_told(text: str, entry: str) -> tuple[str, ...]:
    """The lines of an entry that the file does not have, as they would be written."""
    known = {line.strip() for line in text.splitlines()}
    return tuple(line for line in entry.splitlines() if line.startswith("- ") and line not in known)


def _under_way(changes: Changes, language: Language) -> str:
    words = IN_FLIGHT_WORDS[changes.in_flight]
    return Text(f"Pågående patienter {words.sv}.", f"Patients under way {words.en}.").in_language(language)


def _lines(changes: list[Change], old: Program, new: Program, language: Language) -> Iterator[str]:
    """One for each kind of change, with all the places where it was made."""
    places: dict[str, dict[str, None]] = {}
    for change in changes:
        told = places.setdefault(title_of(change, language), {})
        place = plain_place(change, old, new, language)
        if place:
            told[place] = None
    for title, where in places.items():
        yield f"- {_escaped(title)}: {_escaped('; '.join(where))}." if where else f"- {_escaped(title)}."


def _sections(text: str) -> Iterator[tuple[int, str]]:
    """Where each section of the second level begins, and its title. What stands in a block of code is none."""
    place, fence = 0, ""
    for line in text.splitlines(keepends=True):
        bare = line.removeprefix("\ufeff") if place == 0 else line
        opened = _FENCE.match(bare)
        if opened and fence in ("", opened[1]):
            fence = "" if fence else opened[1]
        found = _SECTION.match(bare)
        if found and not fence:
            yield place + len(line) - len(bare), found[1].strip()
        place += len(line)


def _is_of(version: str, title: str) -> bool:
    return re.match(rf"\[?v?{re.escape(version)}(?![\w.-])", title) is not None


def _escaped(text: str) -> str:
    """Words alone: a title cannot become a mark of the page."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split()))
