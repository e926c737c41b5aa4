"""A name that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text

_FEW = 8
"""So many names can be taken in at a glance."""
KINDS: dict[str, Text] = {
    "exercise": Text("övningen", "the exercise"),
    "questionnaire": Text("formuläret", "the questionnaire"),
    "form": Text("övningen eller formuläret", "the exercise or questionnaire"),
    "module": Text("modulen", "the module"),
    "page": Text("sidan", "the page"),
    "library-page": Text("bibliotekssidan", "the library page"),
    "media": Text("filen", "the file"),
    "file": Text("filen", "the file"),
    "folder": Text("mappen", "the folder"),
    "person": Text("personen", "the person"),
    "contact": Text("kontakten", "the contact"),
    "term": Text("ordet i ordlistan", "the term in the glossary"),
    "options": Text("svarslistan", "the list of options"),
    "item": Text("frågan", "the item"),
    "field": Text("fältet", "the field"),
    "column": Text("kolumnen", "the column"),
    "program-fact": Text("uppgiften om programmet", "the fact about the program"),
    "decision": Text("beslutet", "the decision"),
}

RULE = Rule(
    name="broken-reference",
    severity=Severity.ERROR,
    title=Text("Ett namn som inte leder någonstans", "A name that leads nowhere"),
    why=Text(
        "Patienten skulle möta en tom plats där en övning, en bild eller en sida skulle ha varit. "
        "Rätta namnet, eller lägg till det som saknas.",
        "The patient would meet an empty place where an exercise, a picture or a page should have been. "
        "Mend the name, or add what is missing.",
    ),
    messages={
        "default": Text('{kind_sv} "{name}" finns inte', '{kind_en} "{name}" does not exist'),
        "term": Text('ordet "{name}" finns inte i ordlistan', 'the term "{name}" does not stand in the glossary'),
    },
    helps={
        "is-questionnaire": Text(
            "{name} är ett formulär: skriv :::{{questionnaire}} {name}",
            "{name} is a questionnaire: write :::{{questionnaire}} {name}",
        ),
        "is-exercise": Text(
            "{name} är en övning: skriv :::{{exercise}} {name}", "{name} is an exercise: write :::{{exercise}} {name}"
        ),
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "media": Text(
            "sökvägar börjar i programmets mapp, till exempel media/bild.svg",
            "paths start in the program's folder, for example media/picture.svg",
        ),
        "term": Text(
            "förklara ordet i glossary.yaml i biblioteket, eller skriv det utan {{term}}",
            "explain the term in the library's glossary.yaml, or write it without {{term}}",
        ),
        "known": Text("de som finns är: {known}", "those that exist are: {known}"),
        "none": Text("kontrollera stavningen, eller lägg till det som saknas", "check the spelling, or add it"),
    },
    bad="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva.

:::{exercise} min_plann
:::
""",
    good="""\
-- modules/01-start/10-sida.md --
---
title: Första sidan
---
Nu är det dags att skriva.

:::{exercise} min_plan
:::
""",
)


def with_other_directive(kind: str, name: str, span: Span) -> Diagnostic:
    """Of an exercise that is shown as a questionnaire, or the other way round; `kind` is the one that was written."""
    words = KINDS[kind]
    help = "is-questionnaire" if kind == "exercise" else "is-exercise"
    return RULE.at(span, help=help, kind_sv=words.sv, kind_en=words.en, name=name)


def found(kind: str, name: str, span: Span, near: str | None, names: Iterable[str] = ()) -> Diagnostic:
    """`kind` is a key of KINDS; `near` the name that may have been meant, `names` those that there are."""
    known = sorted(names)
    help = kind if kind in ("media", "term") else "known" if 0 < len(known) <= _FEW else "none"
    words = KINDS[kind]
    return RULE.at(
        span,
        "term" if kind == "term" else "default",
        help="near" if near else help,
        kind_sv=words.sv,
        kind_en=words.en,
        name=name,
        near=near or "",
        known=", ".join(known),
    )
