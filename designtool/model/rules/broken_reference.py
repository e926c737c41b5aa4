"""A name that leads nowhere."""

from __future__ import annotations

from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text

KINDS: dict[str, Text] = {
    "exercise": Text("övningen", "the exercise"),
    "questionnaire": Text("formuläret", "the questionnaire"),
    "form": Text("övningen eller formuläret", "the exercise or questionnaire"),
    "module": Text("modulen", "the module"),
    "page": Text("sidan", "the page"),
    "library-page": Text("bibliotekssidan", "the library page"),
    "media": Text("filen", "the file"),
    "person": Text("personen", "the person"),
    "contact": Text("kontakten", "the contact"),
    "term": Text("ordet i ordlistan", "the term in the glossary"),
    "options": Text("svarslistan", "the list of options"),
    "item": Text("frågan", "the item"),
    "field": Text("fältet", "the field"),
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
    messages={"default": Text('{kind_sv} "{name}" finns inte', '{kind_en} "{name}" does not exist')},
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "media": Text(
            "sökvägar börjar i programmets mapp, till exempel media/bild.svg",
            "paths start in the program's folder, for example media/picture.svg",
        ),
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


def found(kind: str, name: str, span: Span, near: str | None) -> Diagnostic:
    """`kind` is a key of KINDS; `near` the name that may have been meant."""
    help = "near" if near else ("media" if kind == "media" else "none")
    words = KINDS[kind]
    return RULE.at(span, help=help, kind_sv=words.sv, kind_en=words.en, name=name, near=near or "")
