"""A catalogue for a person at a terminal, and for programs to read (schemas/catalogue.schema.json)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from designtool.compare.reports import Compared, json_report
from designtool.compare.reports.compared import grouped, place_in_words, summary
from designtool.diagnostics import Language, Text
from designtool.share.catalogue.entries import Agreed, Entry, Use, Version
from designtool.share.catalogue.words import (
    CatalogueView,
    Line,
    lines,
    region_warnings,
    step_words,
    unknown_difference,
    version_words,
    warnings,
)
from designtool.share.federation.about import encode_about

_WIDEST = 100
_INDENT = "  "
_LABEL = 26
"""Columns for what a line is about."""


def text_report(view: CatalogueView, language: Language) -> str:
    catalogue = view.catalogue
    whom = catalogue.region or Text("okänd region", "unknown region").in_language(language)
    heading = Text(f"Katalog {catalogue.today}, sedd från {whom}", f"Catalogue {catalogue.today}, seen from {whom}")
    found = [heading.in_language(language), ""]
    for warning in warnings(view):
        found += [*_wrapped(f"{_WARNING.in_language(language)}: {warning.in_language(language)}"), ""]
    for part in catalogue.parts:
        found += [part.region.upper(), ""]
        for warning in region_warnings(part):
            found += [*_wrapped(f"{_WARNING.in_language(language)}: {warning.in_language(language)}"), ""]
        if not part.entries and part.problem is None:
            found += [Text("Inget är utgivet.", "Nothing has been released.").in_language(language), ""]
        for entry in part.entries:
            found += [*_entry(entry, view, language), ""]
    if not catalogue.parts:
        found += [Text("Här finns inget program.", "There is no program here.").in_language(language), ""]
    return "\n".join(found)


def json_catalogue(view: CatalogueView, language: Language) -> dict[str, Any]:
    catalogue = view.catalogue
    return {
        "region": catalogue.region,
        "today": catalogue.today.isoformat(),
        "expires": catalogue.expires.isoformat(),
        "expired": catalogue.is_expired,
        "warnings": [one.in_language(language) for one in warnings(view)],
        "regions": [
            {
                "region": part.region,
                "expired": part.is_expired,
                "warnings": [one.in_language(language) for one in region_warnings(part)],
                "programs": [_json_entry(entry, view, language) for entry in part.entries],
            }
            for part in catalogue.parts
        ],
        "unreleased": [{"name": one.name, "digest": one.digest, "source": one.source} for one in catalogue.unknown],
    }


def _entry(entry: Entry, view: CatalogueView, language: Language) -> Iterator[str]:
    newest = entry.newest
    yield f"{newest.release.title}, {newest.number}  ({entry.program})"
    for line in lines(entry):
        yield from _told(line, language)
    unknown = unknown_difference(entry)
    news = Text("Nytt", "News")
    if unknown is not None:
        yield from _told(Line("news", news, unknown), language)
    for step in entry.steps:
        found = view.differences.get(step)
        yield from _told(Line("news", news, Text(f"{step_words(step).sv}:", f"{step_words(step).en}:")), language)
        if isinstance(found, Compared):
            yield from _changes(found, language)
        elif found is not None:
            yield from _wrapped(found.in_language(language), _INDENT * 2)
    if len(entry.versions) > 1:
        label = Text("Alla versioner", "All versions")
        for version in entry.versions:
            yield from _told(Line("version", label, version_words(version)), language)
            label = Text("", "")


def _changes(compared: Compared, language: Language) -> Iterator[str]:
    yield from _wrapped(summary(compared, language), _INDENT * 2)
    for heading, _, changes in grouped(compared.changes):
        yield f"{_INDENT * 2}{heading.in_language(language)} ({len(changes)})"
        for change in changes:
            place = place_in_words(change, compared, language)
            yield from _wrapped(f"- {place}: {change.message.in_language(language)}", _INDENT * 3)


def _told(line: Line, language: Language) -> Iterator[str]:
    label, value = line.label.in_language(language), line.value.in_language(language)
    mark = "! " if line.tone == "warning" else _INDENT
    start = f"{mark}{label + ':' if label else '':<{_LABEL}}"
    yield from textwrap.wrap(
        value, _WIDEST, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False
    ) or [start.rstrip()]


def _wrapped(words: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        words, _WIDEST, initial_indent=indent, subsequent_indent=f"{indent}{_INDENT}", break_on_hyphens=False
    )


def _json_entry(entry: Entry, view: CatalogueView, language: Language) -> dict[str, Any]:
    about, newest = entry.about, entry.newest
    unknown = unknown_difference(entry)
    return {
        "program": str(entry.program),
        "title": newest.release.title,
        "newest": newest.number,
        "may_begin_with": entry.best.number if entry.best is not None else None,
        "about": encode_about(about) if about is not None else None,
        "review_due": entry.is_review_due,
        "agreement": _json_agreed(entry.agreed),
        "base": {"name": str(entry.base[0]), "agreement": _json_agreed(entry.base[1])} if entry.base else None,
        "versions": [_json_version(one) for one in entry.versions],
        "in_use": [_json_use(one, entry) for one in entry.uses],
        "news_unknown": unknown.in_language(language) if unknown is not None else None,
        "news": [
            {
                "from": step.old_version,
                "to": step.new_version,
                "changes": json_report(found, language) if isinstance(found, Compared) else None,
                "unknown": found.in_language(language) if isinstance(found, Text) else None,
            }
            for step in entry.steps
            if (found := view.differences.get(step)) is not None
        ],
    }


def _json_agreed(agreed: Agreed) -> dict[str, Any]:
    return {
        "state": agreed.state,
        "from": agreed.starts.isoformat() if agreed.starts is not None else None,
        "until": agreed.until.isoformat() if agreed.until is not None else None,
        "versions": agreed.versions,
        "uses": agreed.uses,
        "contact": agreed.contact,
    }


def _json_version(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.release.digest,
        "size": version.release.size,
        "may_begin": version.may_begin,
        "recalls": [
            {"level": one.level, "reason": one.reason, "replacement": one.replacement} for one in version.recalls
        ],
    }


def _json_use(use: Use, entry: Entry) -> dict[str, Any]:
    return {
        "version": use.version,
        "digest": use.digest,
        "source": use.source,
        "overlay": use.overlay,
        "released": use.is_released,
        "newer": entry.newest.number if entry.is_newer(use) else None,
    }


_WARNING = Text("VARNING", "WARNING")
