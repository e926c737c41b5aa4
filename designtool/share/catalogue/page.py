"""A catalogue as one page that needs nothing else: no script, nothing fetched, on a phone, a screen and paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from designtool.compare.reports import Compared, change_groups
from designtool.compare.reports.compared import summary
from designtool.compare.reports.style import STYLE
from designtool.diagnostics import Language, Text
from designtool.render.html import element, joined, text
from designtool.share.catalogue.entries import Entry, RegionPart, Step
from designtool.share.catalogue.words import (
    CatalogueView,
    Line,
    Tone,
    lines,
    region_warnings,
    state_words,
    step_words,
    tone_of,
    unknown_difference,
    version_words,
    warnings,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
_MARKS: dict[Tone, str] = {"good": "✓", "warning": "!", "plain": "–"}
CATALOGUE_STYLE = (
    STYLE
    + """
main { max-inline-size: 64rem; }
:root { --warn: #7a3e00; --warn-soft: #fff1dc; --good: #0f5a32; --good-soft: #dff3e5; }
@media (prefers-color-scheme: dark) { :root { --warn: #f5c28b; --warn-soft: #3d2a10; --good: #9fe0b6; --good-soft: #153a25; } }
.warnings { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.warnings li { background: var(--warn-soft); color: var(--ink); border: 1px solid var(--warn); border-inline-start-width: .4rem; border-radius: .5rem; padding: .7rem 1rem; }
.warnings strong { color: var(--warn); }
.loud li { border-width: 2px; border-inline-start-width: .6rem; font-size: 1.05rem; }
.contents { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; }
.contents h2 { font-size: 1.05rem; }
.contents ul { display: grid; gap: 0; margin-block-start: .35rem; }
.contents li { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1.25rem; border-block-start: 1px solid var(--line); padding-block: .25rem; }
.contents li:first-child { border-block-start: 0; }
.contents span { color: var(--quiet); }
.region { margin-block-start: 2.75rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
.region > h2 { border-block-end: 2px solid var(--line); padding-block-end: .35rem; }
.quiet { color: var(--quiet); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1.35rem 1.5rem 1.5rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; scroll-margin-block-start: 1rem; }
.card:target { border-color: var(--link); box-shadow: 0 0 0 2px var(--link); }
.card-head { display: flex; flex-wrap: wrap; align-items: start; justify-content: space-between; gap: .5rem 1.5rem; margin: 0; }
.card h3 { font-size: 1.3rem; line-height: 1.3; }
.version { color: var(--quiet); font-weight: 500; }
.name { color: var(--quiet); font-size: .95rem; }
.summary-text { max-inline-size: 46rem; font-size: 1.05rem; }
.state { display: inline-flex; align-items: baseline; gap: .5rem; border: 1px solid currentColor; border-radius: 1rem; padding: .15rem .8rem; font-weight: 650; font-size: .95rem; color: var(--quiet); }
.state-good { color: var(--good); background: var(--good-soft); }
.state-warning { color: var(--warn); background: var(--warn-soft); border-style: dashed; }
.rows { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: .1rem 2.25rem; }
.rows div { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: 0 1rem; border-block-start: 1px solid var(--line); padding-block: .45rem; }
.rows .wide { grid-column: 1 / -1; }
.rows dt { padding-block-start: .1rem; }
details { border: 1px solid var(--line); border-radius: .5rem; }
summary { cursor: pointer; padding: .75rem 1rem; font-weight: 600; color: var(--link); }
summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .5rem; }
details[open] > summary { border-block-end: 1px solid var(--line); }
.inside { padding: 1rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.inside .group { margin-block-start: .75rem; }
.inside .group > h4 { font-size: 1.1rem; line-height: 1.35; margin: 0; color: var(--tone); border-block-end: 2px solid var(--tone); padding-block-end: .3rem; }
h5, h6 { margin: 0; }
.change h5 { font-size: 1.02rem; line-height: 1.35; }
.side h6 { font-size: .85rem; color: var(--quiet); font-weight: 650; margin-block-end: .3rem; }
.versions { list-style: none; display: grid; gap: .4rem; margin: 0; padding: 0; }
.back { margin-block-end: 1.25rem; }
@media (max-width: 44rem) {
  .card { padding: 1.1rem 1rem 1.2rem; }
  .rows div { grid-template-columns: minmax(0, 1fr); }
  .inside { padding: .85rem; }
}
@media (forced-colors: active) { .state { border-style: solid; } }
@media print {
  :root { --warn: #000; --warn-soft: #fff; --good: #000; --good-soft: #fff; }
  .card { break-inside: auto; }
  .card-head, .warnings li, .rows div { break-inside: avoid; }
}
"""
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the page stands when it is not a file of its own: an address for its style, and a way back."""

    style: str
    back: str
    back_words: Text


def catalogue_page(view: CatalogueView, language: Language, frame: Frame | None = None) -> str:
    def say(sv: str, en: str) -> str:
        return Text(sv, en).in_language(language)

    if frame is None:
        policy = Markup('<meta http-equiv="Content-Security-Policy" content="') + text(_POLICY) + Markup('">')
        style = policy + Markup("<style>") + Markup(CATALOGUE_STYLE) + Markup("</style>")
    else:
        style = Markup('<link rel="stylesheet" href="') + text(frame.style) + Markup('">')
    head = element(
        "head",
        {},
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        element("title", {}, say("Katalog över program", "Catalogue of programs")),
        style,
    )
    back = (
        element("p", {"class": "back"}, element("a", {"href": frame.back}, frame.back_words.in_language(language)))
        if frame is not None
        else None
    )
    main = element(
        "main", {}, back, _top(view, language), *(_region(part, view, language) for part in view.catalogue.parts)
    )
    return (
        str(Markup("<!doctype html>\n") + element("html", {"lang": language}, head, element("body", {}, main))) + "\n"
    )


def _top(view: CatalogueView, language: Language) -> Markup:
    def say(sv: str, en: str) -> str:
        return Text(sv, en).in_language(language)

    catalogue = view.catalogue
    whom = catalogue.region or say("en region som inte är angiven", "a region that is not stated")
    count = len(catalogue.entries)
    programs = say(
        "1 program" if count == 1 else f"{count} program", "1 program" if count == 1 else f"{count} programs"
    )
    lead = say(
        f"{programs} i federationen, så som det ser ut från {whom} den {catalogue.today}.",
        f"{programs} in the federation, as seen from {whom} on {catalogue.today}.",
    )
    found = [
        element(
            "li",
            {},
            element(
                "a",
                {"href": f"#{_anchor(entry)}", "dir": "auto"},
                f"{entry.newest.release.title} {entry.newest.number}",
            ),
            element("span", {}, f"{part.region} · {_short_state(entry, language)}"),
        )
        for part in catalogue.parts
        for entry in part.entries
    ]
    return element(
        "header",
        {},
        element("p", {"class": "eyebrow"}, say("Program som regionerna delar", "Programs that the regions share")),
        element("h1", {}, say("Katalog", "Catalogue")),
        element("p", {"class": "lead"}, lead),
        _warnings(((_WARNING, one) for one in warnings(view)), language, "warnings loud"),
        element(
            "nav",
            {"class": "contents", "aria-labelledby": "contents"},
            element("h2", {"id": "contents"}, say("Innehåll", "Contents")),
            element("ul", {}, *found),
        )
        if found
        else None,
    )


def _short_state(entry: Entry, language: Language) -> str:
    """The agreement, and what else must not be missed in a list."""
    words = [state_words(entry.agreed).in_language(language)]
    if entry.newest.is_stopped:
        words.append(Text("återkallad", "recalled").in_language(language))
    if any(entry.is_newer(use) for use in entry.uses):
        words.append(Text("nyare version finns", "newer version").in_language(language))
    elif entry.uses:
        words.append(Text("i bruk", "in use").in_language(language))
    return " · ".join(words)


def _region(part: RegionPart, view: CatalogueView, language: Language) -> Markup:
    id = f"region.{part.region}"
    is_own = part.region == view.catalogue.region
    heading = (
        Text(f"{part.region} (er region)", f"{part.region} (your region)") if is_own else Text(part.region, part.region)
    )
    nothing = Text("Regionen har inte gett ut något.", "The region has not released anything.")
    return element(
        "section",
        {"class": "region", "aria-labelledby": id},
        element("h2", {"id": id}, heading.in_language(language)),
        _warnings(((_WARNING, one) for one in region_warnings(part)), language, "warnings loud"),
        element("p", {"class": "quiet"}, nothing.in_language(language))
        if not part.entries and part.problem is None
        else None,
        *(_card(entry, view, language) for entry in part.entries),
    )


def _card(entry: Entry, view: CatalogueView, language: Language) -> Markup:
    anchor, newest, about = _anchor(entry), entry.newest, entry.about
    said = lines(entry)
    urgent = [line for line in said if line.tone == "warning" and line.key != "agreement"]
    rows = [line for line in said if line not in urgent and line.key != "summary"]
    tone = tone_of(entry.agreed)
    return element(
        "article",
        {"class": "card", "id": anchor, "aria-labelledby": f"{anchor}.title"},
        element(
            "div",
            {"class": "card-head"},
            element(
                "div",
                {},
                element(
                    "h3",
                    {"id": f"{anchor}.title", "dir": "auto"},
                    f"{newest.release.title} ",
                    element("span", {"class": "version"}, newest.number),
                ),
                element("p", {"class": "name"}, str(entry.program)),
            ),
            element(
                "p",
                {"class": f"state state-{tone}"},
                element("span", {"aria-hidden": "true"}, _MARKS[tone]),
                element("span", {}, state_words(entry.agreed).in_language(language)),
            ),
        ),
        _warnings(((line.label, line.value) for line in urgent), language, "warnings"),
        element("p", {"class": "summary-text", "dir": "auto", "lang": about.language}, about.summary)
        if about is not None
        else None,
        element("dl", {"class": "rows"}, *(_row(line, language) for line in rows)),
        *_news(entry, view, language),
        _versions(entry, language),
    )


def _row(line: Line, language: Language) -> Markup:
    value = line.value.in_language(language)
    shown: str | Markup = value
    if line.key == "contact" and _MAIL.fullmatch(value):
        shown = element("a", {"href": f"mailto:{value}"}, value)
    is_wide = line.key in ("in-use", "agreement", "base", "about", "overlay_of", "derived_from")
    return element(
        "div",
        {"class": "wide" if is_wide else None},
        element("dt", {}, line.label.in_language(language)),
        element("dd", {"dir": "auto"}, shown),
    )


def _news(entry: Entry, view: CatalogueView, language: Language) -> Iterator[Markup]:
    unknown = unknown_difference(entry)
    if unknown is not None:
        yield element("p", {}, unknown.in_language(language))
    for step in entry.steps:
        found = view.differences.get(step)
        if isinstance(found, Compared):
            yield _difference(entry, step, found, language)
        elif found is not None:
            words = step_words(step).in_language(language)
            yield element("p", {}, element("strong", {}, f"{words}: "), found.in_language(language))


def _difference(entry: Entry, step: Step, compared: Compared, language: Language) -> Markup:
    return element(
        "details",
        {},
        element("summary", {}, step_words(step).in_language(language)),
        element(
            "div",
            {"class": "inside"},
            element("p", {}, summary(compared, language)),
            change_groups(compared, language, f"{_anchor(entry)}.{step.old_version}.{step.old[7:15]}.", 4),
        ),
    )


def _versions(entry: Entry, language: Language) -> Markup | None:
    if len(entry.versions) < 2:
        return None
    title = Text(f"Alla versioner ({len(entry.versions)})", f"All versions ({len(entry.versions)})")
    items = (element("li", {}, version_words(version).in_language(language)) for version in entry.versions)
    return element(
        "details",
        {},
        element("summary", {}, title.in_language(language)),
        element("div", {"class": "inside"}, element("ul", {"class": "versions"}, *items)),
    )


def _warnings(found: Iterable[tuple[Text, Text]], language: Language, name: str) -> Markup | None:
    items = [
        element("li", {}, element("strong", {}, f"{label.in_language(language)}: "), words.in_language(language))
        for label, words in found
    ]
    return element("ul", {"class": name}, joined(items)) if items else None


def _anchor(entry: Entry) -> str:
    return f"{entry.program.region}.{entry.program.program}"


_WARNING = Text("Varning", "Warning")
