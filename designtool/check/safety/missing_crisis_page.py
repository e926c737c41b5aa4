"""A program without a way to help."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.assemble_pages import role_id, walk, walk_inlines

RULE = Rule(
    name="missing-crisis-page",
    severity=Severity.ERROR,
    title=Text("Ett program utan krissida", "A program without a crisis page"),
    why=Text(
        "Från varje sida ska patienten med ett tryck komma till en sida som säger var det finns hjälp nu. Den ligger i biblioteket, så att ett rättat nummer gäller överallt.",
        "From every page the patient must come, in one step, to a page that says where there is help now. It lies in the library, so that a corrected number holds everywhere.",
    ),
    messages={
        "default": Text(
            "programmet har ingen krissida: library/{page} finns inte",
            "the program has no crisis page: library/{page} does not exist",
        ),
        "contact": Text(
            'krissidan nämner inte kontakten "crisis"', 'the crisis page does not name the contact "crisis"'
        ),
    },
    helps={
        "default": Text(
            "skriv sidan programs/library/pages/{page}.md", "write the page programs/library/pages/{page}.md"
        ),
        "contact": Text("skriv {{contact}}`crisis` på sidan", "write {{contact}}`crisis` on the page"),
    },
    bad="""\
-- /programs/library/pages/kris.md --
---
title: Behöver du hjälp nu?
---
Ta kontakt med någon du litar på.
""",
    good="""\
-- /programs/library/pages/kris.md --
---
title: Behöver du hjälp nu?
---
Ring {contact}`crisis`.
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not context.is_whole:
        return
    page = program.library_page.get(program.crisis_page)
    if page is None:
        document = context.documents.get(program.origin.path)
        # A page that is named and does not exist is a broken reference already.
        if document is None or not document.data.get("crisis_page"):
            yield RULE.at(context.span(program.origin, "id"), page=program.crisis_page)
        return
    named = {
        role_id(inline.text)
        for block in walk(page.blocks)
        for inline in walk_inlines(block.inlines)
        if inline.kind == "contact"
    }
    if "crisis" not in named:
        yield RULE.at(context.span(page.origin, "title"), "contact")
