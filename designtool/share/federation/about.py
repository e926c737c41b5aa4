"""What a release says of itself to regions that may not have it yet: for whom it is, how long it takes, who answers for it.

It stands in the release's metadata and is signed with it. Whoever reads a catalogue reads this alone, and not the program.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, get_args

from designtool.bundle.manifest import is_digest
from designtool.diagnostics import Text
from designtool.model.program import DerivedFrom, Program
from designtool.share.registries.names import is_part, is_version

Kind = Literal["treatment", "education", "support"]
LONGEST_SUMMARY = 2000
LONGEST_TEXT = 500
_MOST_CONDITIONS = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class About:
    """All text is printable, on one line, and at most so long as the limits of this module."""

    summary: str
    kind: Kind
    language: str
    age_min: int
    age_max: int | None
    severity: str
    """Empty where the program does not say."""
    conditions: tuple[str, ...]
    """Codes of ICD-10-SE."""
    weeks: int
    minutes_per_week: int
    responsible: str
    role: str
    contact: str
    licence: str
    holder: str
    review_by: date | None = None
    """The day by which the region means to have reviewed the program again; None where it has not said."""
    derived_from: DerivedFrom | None = None
    overlay_of: DerivedFrom | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what a release says of itself, in words."""

    key: str
    label: Text
    value: Text


class NotAbout(Exception):
    """What stands there does not describe a release. The message is the key that is wrong."""


def about_of(program: Program) -> About:
    """What a program says of itself. A summary that is too long is cut."""
    return About(
        summary=plain(program.summary, LONGEST_SUMMARY),
        kind=program.kind,
        language=program.language,
        age_min=program.audience.age_min,
        age_max=program.audience.age_max,
        severity=plain(program.audience.severity),
        conditions=tuple(plain(one) for one in program.audience.conditions),
        weeks=program.weeks,
        minutes_per_week=program.minutes_per_week,
        responsible=plain(program.publisher.responsible),
        role=plain(program.publisher.role),
        contact=plain(program.publisher.contact),
        licence=plain(program.rights.licence),
        holder=plain(program.rights.holder),
        review_by=_day(program.release.review_by) if program.release.review_by else None,
        derived_from=program.derived_from,
        overlay_of=program.overlay_of,
    )


def encode_about(about: About) -> dict[str, Any]:
    """As it stands in metadata."""
    content: dict[str, Any] = {
        "summary": about.summary,
        "kind": about.kind,
        "language": about.language,
        "age": {"min": about.age_min, "max": about.age_max},
        "severity": about.severity,
        "conditions": list(about.conditions),
        "weeks": about.weeks,
        "minutes_per_week": about.minutes_per_week,
        "responsible": about.responsible,
        "role": about.role,
        "contact": about.contact,
        "licence": about.licence,
        "holder": about.holder,
        "review_by": about.review_by.isoformat() if about.review_by is not None else None,
    }
    for key, below in (("derived_from", about.derived_from), ("overlay_of", about.overlay_of)):
        content[key] = (
            {"program": below.program, "version": below.version, "digest": below.digest} if below is not None else None
        )
    return content


def read_about(content: object) -> About:
    """Raises NotAbout for anything that `encode_about` does not write. Keys that it does not know are passed over: a later
    designtool may have them."""
    if not isinstance(content, dict):
        raise NotAbout("about")
    age = content.get("age")
    if not isinstance(age, dict):
        raise NotAbout("age")
    conditions = content.get("conditions")
    if not isinstance(conditions, list) or len(conditions) > _MOST_CONDITIONS:
        raise NotAbout("conditions")
    kind: Any = content.get("kind")
    if kind not in get_args(Kind):
        raise NotAbout("kind")
    language = _text(content, "language")
    if not _LANGUAGE.fullmatch(language):
        raise NotAbout("language")
    age_min, age_max = _number(age, "min", 0, 130), None
    if age.get("max") is not None:
        age_max = _number(age, "max", age_min, 130)
    stated = content.get("review_by")
    return About(
        summary=_text(content, "summary", LONGEST_SUMMARY),
        kind=kind,
        language=language,
        age_min=age_min,
        age_max=age_max,
        severity=_text(content, "severity", may_be_empty=True),
        conditions=tuple(_text({"conditions": one}, "conditions") for one in conditions),
        weeks=_number(content, "weeks", 1, 1000),
        minutes_per_week=_number(content, "minutes_per_week", 1, 10_080),
        responsible=_text(content, "responsible"),
        role=_text(content, "role"),
        contact=_text(content, "contact"),
        licence=_text(content, "licence"),
        holder=_text(content, "holder"),
        review_by=_day(stated) if stated is not None else None,
        derived_from=_made_from(content, "derived_from"),
        overlay_of=_made_from(content, "overlay_of"),
    )


def facts(about: About) -> tuple[Fact, ...]:
    """All that it says, in plain words, in the order in which one asks."""
    kind, language = _KINDS[about.kind], _LANGUAGES.get(about.language, _same(about.language))
    return (
        Fact("summary", Text("Sammanfattning", "Summary"), _same(about.summary)),
        Fact("kind", Text("Sort", "Kind"), Text(f"{kind.sv} på {language.sv}", f"{kind.en} in {language.en}")),
        Fact("audience", Text("Målgrupp", "Audience"), audience_words(about)),
        Fact("length", Text("Omfattning", "Length"), length_words(about)),
        Fact("responsible", Text("Ansvarig", "Responsible"), _same(f"{about.responsible}, {about.role}")),
        Fact("contact", Text("Kontakt", "Contact"), _same(about.contact)),
        Fact(
            "rights",
            Text("Rättigheter", "Rights"),
            Text(
                f"{about.licence}. Rättighetshavare: {about.holder}", f"{about.licence}. Rights holder: {about.holder}"
            ),
        ),
        Fact(
            "review_by",
            Text("Granskas på nytt senast", "To be reviewed again by"),
            _same(about.review_by.isoformat()) if about.review_by is not None else Text("inte angivet", "not stated"),
        ),
        *(
            Fact(key, label, _same(f"{below.program} {below.version} ({below.digest})"))
            for key, label, below in (
                ("overlay_of", Text("Anpassning av", "Overlay of"), about.overlay_of),
                ("derived_from", Text("Utgår från", "Derived from"), about.derived_from),
            )
            if below is not None
        ),
    )


def audience_words(about: About) -> Text:
    """Age, severity and conditions in one line."""
    if about.age_max is None:
        age = Text(f"från {about.age_min} år", f"from the age of {about.age_min}")
    else:
        age = Text(f"{about.age_min}–{about.age_max} år", f"aged {about.age_min}–{about.age_max}")
    severity = _SEVERITIES.get(about.severity, _same(about.severity))
    codes = f"ICD-10-SE: {', '.join(about.conditions)}" if about.conditions else ""
    return Text(
        ", ".join(filter(None, (age.sv, severity.sv, codes))), ", ".join(filter(None, (age.en, severity.en, codes)))
    )


def length_words(about: About) -> Text:
    hours, minutes = divmod(about.minutes_per_week, 60)
    swedish = [f"{hours} {'timme' if hours == 1 else 'timmar'}"] if hours else []
    english = [f"{hours} {'hour' if hours == 1 else 'hours'}"] if hours else []
    swedish += [f"{minutes} minuter"] if minutes else []
    english += [f"{minutes} minutes"] if minutes else []
    return Text(
        f"{about.weeks} {'vecka' if about.weeks == 1 else 'veckor'}, {' '.join(swedish)} i veckan",
        f"{about.weeks} {'week' if about.weeks == 1 else 'weeks'}, {' '.join(english)} a week",
    )


def plain(words: str, most: int = LONGEST_TEXT) -> str:
    """Text on one line, without what is not seen (soft hyphens, controls, changes of direction), and cut where it is too long."""
    line = " ".join(unicodedata.normalize("NFC", words).split())
    seen = "".join(letter for letter in line if letter.isprintable())
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def _text(content: Mapping[str, Any], key: str, most: int = LONGEST_TEXT, may_be_empty: bool = False) -> str:
    found = content.get(key)
    if not isinstance(found, str) or len(found) > most or not found.isprintable():
        raise NotAbout(key)
    if not found.strip() and not (may_be_empty and not found):
        raise NotAbout(key)
    return found


def _number(content: Mapping[str, Any], key: str, least: int, most: int) -> int:
    found = content.get(key)
    if type(found) is not int or not least <= found <= most:
        raise NotAbout(key)
    return found


def _day(stated: object) -> date:
    try:
        if isinstance(stated, str) and _DAY.fullmatch(stated):
            return date.fromisoformat(stated)
    except ValueError:
        pass
    raise NotAbout("review_by")


def _made_from(content: Mapping[str, Any], key: str) -> DerivedFrom | None:
    found = content.get(key)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise NotAbout(key)
    program, version, digest = (found.get(part) for part in ("program", "version", "digest"))
    if not (isinstance(program, str) and is_part(program) and isinstance(version, str) and is_version(version)):
        raise NotAbout(key)
    if not isinstance(digest, str) or not is_digest(digest):
        raise NotAbout(key)
    return DerivedFrom(program, version, digest)


def _same(words: str) -> Text:
    return Text(words, words)


_KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "treatment": Text("behandling", "treatment"),
        "education": Text("utbildning", "education"),
        "support": Text("stöd", "support"),
    }
)
_SEVERITIES: Mapping[str, Text] = MappingProxyType(
    {
        "mild": Text("lindriga besvär", "mild"),
        "mild-to-moderate": Text("lindriga till måttliga besvär", "mild to moderate"),
        "moderate": Text("måttliga besvär", "moderate"),
        "moderate-to-severe": Text("måttliga till svåra besvär", "moderate to severe"),
        "severe": Text("svåra besvär", "severe"),
    }
)
_LANGUAGES: Mapping[str, Text] = MappingProxyType(
    {
        "sv": Text("svenska", "Swedish"),
        "en": Text("engelska", "English"),
        "fi": Text("finska", "Finnish"),
        "ar": Text("arabiska", "Arabic"),
        "so": Text("somaliska", "Somali"),
        "fa": Text("persiska", "Persian"),
    }
)
